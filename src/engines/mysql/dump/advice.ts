// What a dump can live with, and a recovery perhaps not: the settings of the binary log.
import { formatDuration } from '../../../domain/text/units.ts';
import type { Advice, Counsel, DatabaseConnection } from '../../../ports/engine.ts';
import type { TargetSession, TaskOutcome } from '../../../ports/remote.ts';
import { isOn } from '../catalogue.ts';
import { clientFunction, sqlStage } from '../client.ts';
import { explainClientFailure } from '../client-errors.ts';
import { findClient } from '../find-client.ts';
import type { Flavour } from '../versions.ts';

/** The same on both flavours and in all versions. */
const VARIABLES = [
  'log_bin',
  'binlog_format',
  'binlog_checksum',
  'binlog_expire_logs_seconds',
  'datadir',
] as const;
type Variables = Readonly<Partial<Record<(typeof VARIABLES)[number], string>>>;

/** Logs must be there until the second dump after them: one may fail. */
const MIN_EXPIRY_S = 2 * 86_400;

/** See `DumpEngine.advise`. */
export async function advise(
  flavour: Flavour,
  session: TargetSession,
  connection: DatabaseConnection,
): Promise<Counsel> {
  const { programs } = await findClient(session, connection, flavour, () => undefined);
  const sql = VARIABLES.map((name) => `SELECT CONCAT('${name} ', @@GLOBAL.${name});`).join('\n');
  const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'query');
  const { stdout } = await session.run(
    {
      label: "question for the server's settings",
      script: clientFunction(connection) + sqlStage(programs, sql),
      stages: ['query'],
    },
    explain,
  );
  const variables = Object.fromEntries(
    stdout
      .toString()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  ) as Variables;
  const isLocal = connection.host === undefined && connection.container === undefined;
  return { advice: adviseOnBinlog(variables), dataDirectory: isLocal ? variables.datadir : undefined };
}

export function adviseOnBinlog(variables: Variables): Advice[] {
  const { log_bin, binlog_format, binlog_checksum, binlog_expire_logs_seconds: expiry } = variables;
  if (!isOn(log_bin)) {
    return [
      {
        what: 'the server writes no binary log: what changed after a dump cannot be brought back',
        fix: 'In the section [mysqld] of its configuration set log_bin = binlog and a server_id of its own, and restart it.',
      },
    ];
  }
  const expiryS = Number(expiry ?? 0);
  return [
    binlog_format !== 'ROW' && {
      what: `binlog_format is ${binlog_format ?? '?'}: statements may do something else when they are replayed`,
      fix: inConfiguration('binlog_format', 'ROW'),
    },
    binlog_checksum === 'NONE' && {
      what: 'binlog_checksum is NONE: damage of a binary log is not noticed when it is replayed',
      fix: inConfiguration('binlog_checksum', 'CRC32'),
    },
    // 0: never.
    expiryS > 0 &&
      expiryS < MIN_EXPIRY_S && {
        what: `binary logs are deleted after ${formatDuration(expiryS * 1000)}: when a nightly dump fails, those since the last good one are gone`,
        fix: inConfiguration('binlog_expire_logs_seconds', String(MIN_EXPIRY_S)),
      },
  ].filter((advice) => advice !== false);
}

function inConfiguration(name: string, value: string): string {
  return `SET GLOBAL ${name} = ${value};\nand in the section [mysqld] of the configuration, for the next start:\n${name} = ${value}`;
}
