// What the server's settings mean for binary logs that are shipped.
import { DAY_MS } from '../../../domain/text/units.ts';
import { compareNumbers, type Version } from '../versions.ts';

const SECOND_MS = 1_000;

type Variables = ReadonlyMap<string, string>;

/** After which time the server removes files; undefined: never by itself. */
export function readExpiry(variables: Variables): number | undefined {
  if (variables.get('binlog_expire_logs_auto_purge') === 'OFF') return undefined;
  const seconds = Number(variables.get('binlog_expire_logs_seconds') ?? 0);
  const days = Number(variables.get('expire_logs_days') ?? 0);
  const expireMs = seconds > 0 ? seconds * SECOND_MS : days * DAY_MS;
  return expireMs > 0 ? expireMs : undefined;
}

/** In capitals. MySQL is about to leave these settings out, with the one value that is left. */
export function readFormat(variables: Variables): { readonly format: string; readonly rowImage: string } {
  return {
    format: (variables.get('binlog_format') ?? 'ROW').toUpperCase(),
    rowImage: (variables.get('binlog_row_image') ?? 'FULL').toUpperCase(),
  };
}

/** What keeps binary logs from being replayed to the same result. */
export function findSettingWarnings(variables: Variables): string[] {
  const { format, rowImage: image } = readFormat(variables);
  return [
    ...(format === 'ROW'
      ? []
      : [
          `binlog_format is ${format}: statements may give another result when they are replayed. Set it to ROW.`,
        ]),
    // MariaDB's FULL_NODUP leaves out only what stands there twice.
    ...(image === 'FULL' || image === 'FULL_NODUP'
      ? []
      : [
          `binlog_row_image is ${image}: a replay cannot find rows that are not what they were. Set it to FULL.`,
        ]),
    ...(variables.get('binlog_checksum') === 'NONE'
      ? [
          'binlog_checksum is NONE: a binary log that was damaged on the server cannot be told. Set it to CRC32.',
        ]
      : []),
    ...(losesWhatIsReplicated(variables)
      ? [
          'log_slave_updates (log_replica_updates) is OFF: what this replica gets from its source is not in its own binary logs, and recovery loses it. Set it to ON.',
        ]
      : []),
  ];
}

/** MariaDB has it OFF by default, and tells how many replications run; MySQL has it ON, and whoever changed it has a replica. */
export function losesWhatIsReplicated(variables: Variables): boolean {
  const isOff = [variables.get('log_slave_updates'), variables.get('log_replica_updates')].includes('OFF');
  return isOff && (variables.has('server_uuid') || Number(variables.get('Slaves_running') ?? 0) > 0);
}

/** MySQL has another name for it since 8.2, and 8.4 knows no other; MariaDB keeps the old one. */
const RENAMED_IN = [8, 2, 0];

export function statusStatement({ flavour, numbers }: Pick<Version, 'flavour' | 'numbers'>): string {
  const isRenamed = flavour === 'mysql' && compareNumbers(numbers, RENAMED_IN) >= 0;
  return isRenamed ? 'SHOW BINARY LOG STATUS;' : 'SHOW MASTER STATUS;';
}

/** `status` is what that statement prints: file, position, databases that alone are logged, and databases that are not. */
export function findFilterWarnings(status = ''): string[] {
  const [, , only = '', not = ''] = status.split('\t');
  return [
    ...(only === ''
      ? []
      : [`binlog_do_db is set (${only}): recovery loses what is written to other databases`]),
    ...(not === '' ? [] : [`binlog_ignore_db is set (${not}): recovery loses what is written there`]),
  ].map(
    (warning) => `${warning}. Take it out of the options of the server, restart it, and make a new dump.`,
  );
}
