// Options of the dump tool that make two dumps of the same data the same text: a restored server is dumped with exactly these too.

/**
 * Options that no option file and no default of any version may change. hex-blob keeps the text valid UTF-8; without
 * no-tablespaces the user would need PROCESS; 1G is the largest packet there is, the default of 16 MB fails on larger rows.
 */
export const COMMON_OPTIONS = [
  '--default-character-set=utf8mb4',
  '--tz-utc',
  '--quote-names',
  '--create-options',
  '--add-drop-table',
  '--triggers',
  '--routines',
  '--events',
  '--hex-blob',
  '--no-tablespaces',
  '--max-allowed-packet=1G',
  '--comments',
] as const;

export const DATA_OPTIONS = [
  '--single-transaction',
  '--quick',
  '--extended-insert',
  '--disable-keys',
] as const;

/** Rows of the past would be lost without it; for system-versioned tables, where the client knows it. */
export const HISTORY_OPTION = '--dump-history';

export const ACCOUNT_OPTIONS = [
  '--default-character-set=utf8mb4',
  '--comments',
  '--insert-ignore',
  '--system=users',
] as const;
