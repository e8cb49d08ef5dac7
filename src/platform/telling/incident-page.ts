// What an incident's issue says. Everything in it went through the sanitiser and is Markdown that mentions nobody.
import { createHash } from 'node:crypto';
import { codeBlock, codeSpan, escapeMarkdown, foldedDetails } from '../../domain/text/markdown.ts';
import { ERROR_CODES } from '../../errors.ts';
import type { Failure } from '../failure.ts';
import { limitSummary } from '../summary-size.ts';

/** What fails, told from everything else that may fail in the same repository. */
export interface Subject {
  readonly action: string;
  /** Undefined where the input could not be read. */
  readonly server: string | undefined;
  /** Other inputs that tell runs of one server apart; not shown. */
  readonly particulars: readonly string[];
}

export interface Attempt {
  readonly subject: Subject;
  readonly failure: Failure;
  readonly at: Date;
  readonly runUrl: string | undefined;
  /** The end of the log. */
  readonly tail: readonly string[];
  /** Whether names and the server's words may be shown to those who can read the issue. */
  readonly isOpenToAll: boolean;
}

/** What is remembered from one attempt to the next, in the issue itself. */
export interface IncidentState {
  readonly attempts: number;
  /** ISO 8601 */
  readonly since: string;
  readonly code: string;
}

/** Hexadecimal digits: enough for no two of a repository to be the same. */
const KEY_DIGITS = 24;
/** GitHub takes bodies of 65,536 characters; message and log stay well below together. */
const MAX_MESSAGE_BYTES = 30_000;
const MAX_TAIL_CHARACTERS = 16_000;
/** Of a name, for a repository that everybody can read. */
const SHORT_NAME = 2;

const STATE = /^<!-- lifeboat:state (\{[^>]*\}) -->$/m;

/** The first line of the issue, by which it is found again. Only a body that begins with it is an incident's. */
export function incidentMarker({ action, server = '', particulars }: Subject): string {
  const key = createHash('sha256')
    .update(JSON.stringify([action, server, ...particulars]))
    .digest('hex');
  return `<!-- lifeboat:incident:${key.slice(0, KEY_DIGITS)} -->`;
}

export function renderTitle(subject: Subject, isOpenToAll: boolean): string {
  return `Lifeboat: ${subject.action} of ${nameOf(subject, isOpenToAll)} fails`;
}

export function renderBody(attempt: Attempt, state: IncidentState): string {
  const { subject, failure, at, isOpenToAll, tail } = attempt;
  const count = state.attempts === 1 ? 'One attempt failed' : `${state.attempts} attempts in a row failed`;
  const text = isOpenToAll
    ? renderWithout(failure)
    : [
        limitSummary(failure.summary, MAX_MESSAGE_BYTES),
        ...(tail.length === 0
          ? []
          : [foldedDetails('The end of the log', codeBlock(limitTail(tail), 'text'))]),
      ].join('\n\n');
  return [
    `${incidentMarker(subject)}\n<!-- lifeboat:state ${JSON.stringify(state)} -->`,
    `${count}: the first at ${formatTime(new Date(state.since))}, the last at ${formatTime(at)}${renderRun(attempt)}.`,
    text,
    'The next good run closes this issue. Until then every attempt writes this text anew; what people have to say belongs into comments.',
  ].join('\n\n');
}

/** For those who watch the issue: it fails for another reason now. */
export function renderChange(attempt: Attempt): string {
  return `It fails for another reason now, \`${attempt.failure.code ?? 'bug'}\`${renderRun(attempt)}. The text above says more.`;
}

export function renderRecovery(state: IncidentState, at: Date, runUrl: string | undefined): string {
  const count = state.attempts <= 1 ? 'a failed attempt' : `${state.attempts} failed attempts`;
  return `Good again since ${formatTime(at)}, after ${count} since ${formatTime(new Date(state.since))}${renderRun({ runUrl })}.`;
}

/** What is compared with the attempt before. */
export function reasonOf({ code, variant }: Failure): string {
  return [code ?? 'bug', ...(variant === undefined ? [] : [variant])].join(':');
}

/** What an issue remembers; the beginning where somebody edited it away. */
export function readState(body: string, at: Date): IncidentState {
  try {
    const value = JSON.parse(STATE.exec(body)?.[1] ?? '') as Partial<Record<keyof IncidentState, unknown>>;
    const { attempts, since, code } = value;
    if (Number.isSafeInteger(attempts) && typeof since === 'string' && typeof code === 'string')
      if (!Number.isNaN(Date.parse(since))) return { attempts: Number(attempts), since, code };
  } catch {
    // Whoever edits the text may do so.
  }
  return { attempts: 0, since: at.toISOString(), code: '' };
}

/** Without names: what the code means, and where to read on. */
function renderWithout({ title, code, link }: Failure): string {
  const meaning = code === undefined ? 'A bug of Lifeboat ended the run.' : ERROR_CODES[code][1];
  return [
    `## ${escapeMarkdown(title)}`,
    escapeMarkdown(meaning),
    link.startsWith('https://') ? `[What to do](${link})` : `What to do: ${codeSpan(link)}`,
    'Names and the end of the log are left out, because everybody can read this repository.',
  ].join('\n\n');
}

function nameOf(subject: Subject, isOpenToAll: boolean): string {
  const { server } = subject;
  if (server === undefined) return 'a server';
  if (!isOpenToAll) return server;
  // The digits tell two servers apart whose names begin alike.
  const digits = /:([0-9a-f]{4})[0-9a-f]+ -->$/.exec(incidentMarker(subject))?.[1] ?? '';
  return `${server.slice(0, Math.min(SHORT_NAME, server.length - 1))}… (${digits})`;
}

function renderRun({ runUrl }: { readonly runUrl: string | undefined }): string {
  return runUrl === undefined ? '' : ` ([run](${runUrl}))`;
}

function limitTail(lines: readonly string[]): string {
  const kept = [...lines];
  while (kept.length > 1 && kept.join('\n').length > MAX_TAIL_CHARACTERS) kept.shift();
  return kept.join('\n').slice(-MAX_TAIL_CHARACTERS).toWellFormed();
}

function formatTime(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
