// What is wrong with one input, and how all of it is told at once.
import { LifeboatError } from '../errors.ts';
import { showUnseen } from '../domain/text/visible.ts';

export interface Problem {
  /** The input's name, as declared. */
  readonly input: string;
  /** A clause: "nothing is given", "the value has no unit". Never holds a secret. */
  readonly what: string;
  /** Completes "accepted: …". */
  readonly accepted?: string | undefined;
  /** A sentence. */
  readonly fix?: string;
}

/** As much of a value as is quoted in a message. */
const MAX_QUOTED_CHARACTERS = 60;
const SECRET_LOOK = /PRIVATE KEY|-----BEGIN|:\/\/[^/\s]*:[^/\s]*@/i;

/** The value in quotation marks, shortened; "the value" when it may hold a secret that was put in the wrong place. */
export function quoteValue(value: string): string {
  if (SECRET_LOOK.test(value)) return 'the value';
  const visible = showUnseen(value.trim());
  const shown =
    visible.length > MAX_QUOTED_CHARACTERS
      ? `${visible.slice(0, MAX_QUOTED_CHARACTERS).toWellFormed()}…`
      : visible;
  return `"${shown}"`;
}

function formatProblem({ input, what, accepted, fix }: Problem): string {
  // Some adapters begin their message with the name already.
  const clause = what.startsWith(`\`${input}\``) ? what : `\`${input}\`: ${what}`;
  const sentences = [accepted === undefined ? clause : `${clause}; accepted: ${accepted}`, fix];
  return sentences
    .filter((sentence) => sentence !== undefined)
    .map((sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
}

/** One error for all problems. `cause` is kept where there is a single one. */
export function problemsError(action: string, problems: readonly Problem[], cause?: unknown): LifeboatError {
  const heading =
    problems.length === 1
      ? `An input of \`${action}\` cannot be used:`
      : `${problems.length} problems with the inputs of \`${action}\`:`;
  return new LifeboatError(
    'input-invalid',
    [heading, ...problems.map((problem) => `- ${formatProblem(problem)}`)].join('\n'),
    { hint: `Every input of \`${action}\` is described in docs/reference/${action}.md.`, cause },
  );
}
