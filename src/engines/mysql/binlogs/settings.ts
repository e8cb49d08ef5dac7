// What the server's settings mean for binary logs that are shipped.
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

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
  ];
}
