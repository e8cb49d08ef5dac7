// Turns whatever ended a run into what is told about it: for users a sentence, what to do and where to read on; for a bug its stack.
import { exitCodeOf, type Outcome, outcomeOf } from '../domain/exit-codes.ts';
import { codeBlock, escapeMarkdown, formatSentence } from '../domain/text/markdown.ts';
import { type ErrorCode, LifeboatError } from '../errors.ts';

const TROUBLESHOOTING_PAGE = 'docs/troubleshooting.md';

export interface Failure {
  readonly outcome: Outcome;
  /** Undefined for a bug. */
  readonly code: ErrorCode | undefined;
  /** Of a `LifeboatError`. */
  readonly variant: string | undefined;
  readonly exitCode: number;
  readonly title: string;
  /** The annotation: message, hint, link. */
  readonly message: string;
  readonly summary: string;
  /** The section of the documentation that says what to do. */
  readonly link: string;
  /** Stacks, for the log. */
  readonly trace: string | undefined;
  /** Whether the trace is for everybody, or only for those who ask for more. */
  readonly isBug: boolean;
}

const TITLES: Readonly<Record<Outcome, string>> = {
  good: 'done',
  failed: 'failed',
  configuration: 'not configured',
  incomplete: 'incomplete',
  red: 'red',
  busy: 'busy',
  cancelled: 'cancelled',
};

export function describeFailure(error: unknown, action: string, documentationBase: string): Failure {
  return error instanceof LifeboatError
    ? describeError(error, action, documentationBase)
    : describeBug(error, action, documentationBase);
}

function describeError(error: LifeboatError, action: string, documentationBase: string): Failure {
  const outcome = outcomeOf(error.code);
  const title = `Lifeboat ${action}: ${TITLES[outcome]} (${error.code})`;
  const link = `${documentationBase}${TROUBLESHOOTING_PAGE}#${error.code}`;
  const more = documentationBase === '' ? `See ${link}` : `[More about ${error.code}](${link})`;
  return {
    outcome,
    ...{ code: error.code, variant: error.variant },
    exitCode: exitCodeOf(outcome),
    title,
    message: [error.message, error.hint, `See ${link}`].filter((part) => part !== undefined).join('\n'),
    summary: [`## ${title}`, formatText(error.message), error.hint && formatHint(error.hint), more]
      .filter((part) => part)
      .join('\n\n'),
    link,
    trace: error.cause === undefined ? undefined : describeTrace(error.cause),
    isBug: false,
  };
}

function describeBug(error: unknown, action: string, documentationBase: string): Failure {
  const title = `Lifeboat ${action}: failed by a bug`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const link = `${documentationBase}${TROUBLESHOOTING_PAGE}#bugs`;
  const advice = `Please report this with the stack from the log. See ${link}`;
  return {
    outcome: 'failed',
    ...{ code: undefined, variant: undefined },
    exitCode: exitCodeOf('failed'),
    title,
    message: `${what}\n${advice}`,
    summary: `## ${title}\n\n${codeBlock(what, 'text')}\n\n${escapeMarkdown(advice)}`,
    link,
    trace: describeTrace(error),
    isBug: true,
  };
}

/** Paragraphs and list items, as the message has them. */
function formatText(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('- ') ? `- ${formatSentence(line.slice(2))}` : formatSentence(line)))
    .join('\n');
}

/** Several lines are there to be copied. */
function formatHint(hint: string): string {
  return hint.includes('\n') ? codeBlock(hint, 'text') : formatSentence(hint);
}

function describeTrace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by: ${describeTrace(error.cause)}`;
}
