// Shell text that keeps tables without transactions as they are while they are dumped: a second client holds a read lock on them, and on
// nothing else, from before the snapshot until the dump tool has ended. It ends with the session, and the lock with it.
import type { TaskOutcome, TaskReport } from '../../../ports/remote.ts';
import { shellQuote } from '../../../domain/text/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { CatalogueTable } from '../catalogue.ts';
import { quoteIdentifier, type ClientPrograms } from '../client.ts';
import { explainClientFailure } from '../client-errors.ts';

export const LOCK_STAGE = 'lock';
/** Longer than anybody should have to wait behind a lock that waits itself. */
const LOCK_WAIT_S = 30;
/** Beyond `max-lock`: the server lets go of a client that does not answer, and the client of a server that does not. */
const SERVER_GRACE_S = 5;
const CLIENT_GRACE_S = 60;
/** sh(1): 128 and the number of SIGALRM, which survives the start of a program (execve(2)). */
const ALARMED = 142;
/** mysqld_error.h: ER_LOCK_WAIT_TIMEOUT. */
const LOCK_WAIT_ERROR = /\b1205\b/;

export interface LockOptions {
  readonly programs: ClientPrograms;
  readonly tables: readonly CatalogueTable[];
  readonly maxLockMs: number;
}

/** Takes the lock, and defines `locked PROGRAM…`, which runs a program with its arguments for as long as it may be held. */
export function takeLock({ programs, tables, maxLockMs }: LockOptions): string {
  const maxS = Math.ceil(maxLockMs / 1000);
  const names = tables.map(
    ({ database, name }) => `${quoteIdentifier(database)}.${quoteIdentifier(name)} READ`,
  );
  const sql = [
    `SET SESSION sql_mode = '', lock_wait_timeout = ${LOCK_WAIT_S}, wait_timeout = ${maxS + SERVER_GRACE_S}`,
    `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Query' AND TIME >= ${LOCK_WAIT_S} AND ID <> CONNECTION_ID()`,
    // From here on others may have to wait: behind the lock, or behind the wait for it.
    `SET @since = SYSDATE(6)`,
    `LOCK TABLES ${names.join(', ')}`,
    `SELECT 'locked'`,
  ];
  const options =
    '--batch --raw --skip-column-names --unbuffered --skip-reconnect --default-character-set=utf8mb4';
  return `printf 'alarm shift; exec @ARGV; exit 127;\\n' >"$D/alarm.pl"
mkfifo "$D/lock.in" "$D/lock.out" || exit 1
IN=$D/lock.in VIA="perl $D/alarm.pl ${maxS + CLIENT_GRACE_S}"
stage ${LOCK_STAGE} run_client ${shellQuote(programs.sql)} ${options} >"$D/lock.out" &
lock_pid=$!
IN=/dev/null VIA=
exec 7<"$D/lock.out" 8>"$D/lock.in"
(printf '%s\\n' ${shellQuote(`${sql.join(';\n')};`)} >&8)
read -r long_queries <&7 && read -r lock_answer <&7 || { exec 8>&-; wait "$lock_pid"; exit 1; }
locked() {
  VIA="perl $D/alarm.pl ${maxS} $VIA"
  "$@"
  locked_status=$?
  (printf '%s\\n' 'UNLOCK TABLES; SELECT TIMESTAMPDIFF(MICROSECOND, @since, SYSDATE(6)) DIV 1000;' >&8) 2>/dev/null
  read -r locked_ms <&7 && printf '%s\\n' "$locked_ms" >"$D/locked-ms"
  return "$locked_status"
}
`;
}

/** After the pipeline with `locked` in it: waits for the end of the other client, and reports. */
export const RELEASE_LOCK = `exec 8>&-
wait "$lock_pid"
exec 7<&-
report long-queries "$long_queries"
[ ! -e "$D/locked-ms" ] || report locked-ms "$(cat "$D/locked-ms")"
rm -f "$D/lock.in" "$D/lock.out" "$D/locked-ms"
`;

/** Undefined when neither the lock nor its limit is to blame. */
export function explainLock(outcome: TaskOutcome, maxLockMs: number): Error | undefined {
  if (!outcome.statuses.has(LOCK_STAGE)) return undefined;
  if (outcome.statuses.get('dump') === ALARMED) {
    return new LifeboatError(
      'lock-too-long',
      `${outcome.label}: tables without transactions were locked for ${maxLockMs / 1000} seconds (max-lock), and the dump had not ended`,
      {
        hint: 'They are not locked any more, and nothing of this run counts. Convert them to InnoDB, which needs no lock; leave large other databases to another run; or allow more with max-lock.',
      },
    );
  }
  const status = outcome.statuses.get(LOCK_STAGE);
  if (status !== undefined && status !== 0 && LOCK_WAIT_ERROR.test(outcome.stderr.get(LOCK_STAGE) ?? '')) {
    return new LifeboatError(
      'lock-not-granted',
      `${outcome.label}: the tables without transactions could not be locked within ${LOCK_WAIT_S} seconds`,
      {
        hint: 'Somebody else has been writing to one of them, or holds a lock, all the time: SHOW FULL PROCESSLIST shows who. Nothing of this run counts.',
      },
    );
  }
  return explainClientFailure(outcome, LOCK_STAGE);
}

/** How long others could not write, and a warning for people. Throws `dump-incomplete` where the lock was not held to the end. */
export function readLock(
  reports: readonly TaskReport[],
  label: string,
): { readonly lockedMs: number; readonly warnings: readonly string[] } {
  const valueOf = (name: string) => reports.find((report) => report.name === name)?.value ?? '';
  const lockedMs = valueOf('locked-ms');
  if (!/^\d+$/.test(lockedMs))
    throw new LifeboatError('dump-incomplete', `${label}: the lock on its tables was lost before the end`, {
      hint: 'Nothing of this run counts: rows of tables without transactions may have changed meanwhile. Was the connection killed?',
    });
  const long = valueOf('long-queries');
  const warnings =
    long === '0' || long === ''
      ? []
      : [
          `${label}: ${long} statements had been running for more than ${LOCK_WAIT_S} seconds when tables were locked. Whoever writes waits behind a lock that waits.`,
        ];
  return { lockedMs: Number(lockedMs), warnings };
}
