// Turns what the clients print to standard error into errors with a code: they all end with the same few statuses.
import { LifeboatError } from '../../errors.ts';
import type { TaskOutcome } from '../../ports/remote.ts';

/** Printed with every run of a client under its old name, or by other versions of it; says nothing about the dump. */
const HARMLESS = [/Deprecated program name/, /Using a password on the command line/];

/** The line with the error; the SQL client repeats the failed statement before it. */
function errorLine(text: string): string {
  const lines = text.trim().split('\n');
  return lines.find((line) => /\berror\b.*\d{4}/i.test(line)) ?? lines[0] ?? '';
}

/** An error for a failed client stage, or undefined when another stage is to blame. */
export function explainClientFailure(outcome: TaskOutcome, stage: string): Error | undefined {
  const status = outcome.statuses.get(stage);
  if (status === undefined || status === 0 || status === 141) return undefined;
  const said = outcome.stderr.get(stage) ?? '';
  const line = errorLine(said);
  // Numbers are the same in all languages and versions of the clients.
  if (/\b(?:1045|1044|1698|4151|1862)\b/.test(said)) {
    return new LifeboatError(
      'db-access-denied',
      `${outcome.label}: the database server refused the log-in: ${line}`,
      {
        hint: 'Check db-user and the password, and that the account may connect from where the target connects (host part of the account).',
      },
    );
  }
  if (/\b(?:2002|2003|2005|2013|2006|2026)\b/.test(said) && !/when dumping table|at row/.test(said)) {
    return new LifeboatError(
      'db-unreachable',
      `${outcome.label}: the database server cannot be reached from the target: ${line}`,
      {
        hint: 'Check db-host, db-port or db-socket, and that the server is running.',
      },
    );
  }
  if (/\b(?:1142|1143|1227|1370)\b/.test(said)) {
    return new LifeboatError('db-rights-missing', `${outcome.label}: the dump user lacks a right: ${line}`);
  }
  if (/\b1412\b/.test(said)) {
    return new LifeboatError(
      'catalogue-changed',
      `${outcome.label}: a table was rebuilt or truncated while it was dumped: ${line}`,
      {
        hint: 'Nothing of this run counts. Run it again at a time without schema changes.',
      },
    );
  }
  return undefined;
}

/** Lines of a dump that ended well: what must stop it all the same, and what the reader should know. */
export function classifyDumpStderr(stderr: string): {
  readonly errors: string[];
  readonly warnings: string[];
} {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !HARMLESS.some((pattern) => pattern.test(line)));
  const isWarning = (line: string) => /\b(?:warning|note)\b/i.test(line) && !/\berror\b/i.test(line);
  return { errors: lines.filter((line) => !isWarning(line)), warnings: lines.filter(isWarning) };
}
