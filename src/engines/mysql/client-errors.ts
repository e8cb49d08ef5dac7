// Turns what the clients print to standard error into errors with a code: they all end with the same few statuses.
import { excerpt } from '../../domain/text/excerpt.ts';
import { LifeboatError } from '../../errors.ts';
import type { TaskOutcome } from '../../ports/remote.ts';

/** Printed with every run of a client under its old name, or by other versions of it; says nothing about the dump. */
const HARMLESS = [/Deprecated program name/, /Using a password on the command line/];
/** A program's own mark of a line that is no error; the word alone may be part of a name. */
const WARNING = /^(?:[\w-]+: )?(?:\[(?:warning|note)\]|(?:warning|note):)/i;
/** 128 + SIGPIPE: the stage ended because another one did. */
const ENDED_BY_READER = 141;
/** sh(1): the program was found but could not be started. */
const NOT_STARTED = 126;

// Numbers are the same in all languages and versions of servers and clients (mysqld_error.h, errmsg.h).
const LOG_IN_REFUSED = new Set([1045, 1130, 1251, 1275, 1524, 1698, 1862, 4151, 2059]);
const UNREACHABLE = new Set([1040, 1129, 1203, 2002, 2003, 2005, 2006, 2013, 2026, 2055]);
const RIGHT_MISSING = new Set([1044, 1142, 1143, 1227, 1370]);
/** Rebuilt or truncated; gone. */
const TABLE_CHANGED = new Set([1412, 1146]);
const LOCK_REFUSED = new Set([1205]);
/** What mysqldump does before it asks for coordinates; the rights to it were looked at before. */
const GLOBAL_LOCK = /'FLUSH (?:\/\*.*?\*\/ )?(?:LOCAL )?TABLES\b.*Access denied/;

/** Errors with their numbers, each with its line. The SQL client repeats the failed statement before it. */
function findErrors(said: string): { readonly number: number; readonly line: string }[] {
  return said.split('\n').flatMap((line) => {
    // `ERROR 1045 (28000) …`, `Got error: 1045: …`, `Error 2013: …`, `… (1227)`: never a number that belongs to a row or a name.
    const [, named, bracketed] = /\berror:? (\d{4})\b|\((\d{4})\)\s*$/i.exec(line) ?? [];
    const number = named ?? bracketed;
    return number === undefined ? [] : [{ number: Number(number), line: excerpt(line) }];
  });
}

/** An error for a failed client stage, or undefined when another stage is to blame. */
export function explainClientFailure(outcome: TaskOutcome, stage: string): Error | undefined {
  const status = outcome.statuses.get(stage);
  if (status === undefined || status === 0 || status === ENDED_BY_READER) return undefined;
  const said = outcome.stderr.get(stage) ?? '';
  const errors = findErrors(said);
  const find = (known: ReadonlySet<number>) => errors.find(({ number }) => known.has(number))?.line;
  const withoutLock = errors.find(({ line }) => GLOBAL_LOCK.test(line))?.line;
  if (withoutLock !== undefined) {
    return new LifeboatError(
      'db-lock-refused',
      `${outcome.label}: the database server refuses the lock under which it says where its binary log stands: ${withoutLock}`,
      {
        hint: 'Managed servers, such as those of Amazon RDS and Aurora, refuse it to every account. Set `coordinates: false`: the dump is as consistent without it, but cannot be the start of a point-in-time recovery.',
      },
    );
  }
  const refused = find(LOG_IN_REFUSED);
  if (refused !== undefined) {
    return new LifeboatError(
      'db-access-denied',
      `${outcome.label}: the database server refused the log-in: ${refused}`,
      {
        hint: 'Check db-user and the password, and that the account may connect from where the target connects (host part of the account).',
      },
    );
  }
  const lost = find(UNREACHABLE);
  if (lost !== undefined && /when dumping table|at row/.test(lost)) {
    return new LifeboatError(
      'db-unreachable',
      `${outcome.label}: the database server ended the connection in the middle: ${lost}`,
      {
        hint: 'Nothing of this run counts. Look into the error log of the database server at this time: was it restarted, was the connection killed, or did it wait longer than its net_write_timeout for a slow network or store?',
      },
    );
  }
  if (lost !== undefined) {
    return new LifeboatError(
      'db-unreachable',
      `${outcome.label}: the database server cannot be reached from the target: ${lost}`,
      {
        hint: 'Check db-host, db-port or db-socket, and that the server is running.',
      },
    );
  }
  const forbidden = find(RIGHT_MISSING);
  if (forbidden !== undefined) {
    return new LifeboatError(
      'db-rights-missing',
      `${outcome.label}: the dump user lacks a right: ${forbidden}`,
      { hint: 'The README has the GRANT statements for a dump user.' },
    );
  }
  const changed = find(TABLE_CHANGED);
  if (changed !== undefined) {
    return new LifeboatError(
      'catalogue-changed',
      `${outcome.label}: a table or view was dropped, renamed, rebuilt or truncated while it was dumped: ${changed}`,
      {
        hint: 'Nothing of this run counts. Run it again at a time without schema changes.',
      },
    );
  }
  const waited = find(LOCK_REFUSED);
  if (waited !== undefined) {
    return new LifeboatError(
      'target-stage-failed',
      `${outcome.label}: the database server did not give a lock in time: ${waited}`,
      {
        hint: 'A long query or transaction was in the way (SHOW PROCESSLIST). Nothing of this run counts. Run it again at a time without any.',
      },
    );
  }
  if (status === NOT_STARTED && /argument list too long/i.test(said)) {
    return new LifeboatError(
      'target-stage-failed',
      `${outcome.label}: the names of the chosen databases and of what is left out are too many for one command line of the target`,
      {
        hint: 'Leave out whole databases rather than single tables, or dump the databases in several runs (databases, and a label for each).',
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
  const isWarning = (line: string) => WARNING.test(line) && !/\berror\b/i.test(line);
  return { errors: lines.filter((line) => !isWarning(line)), warnings: lines.filter(isWarning) };
}
