// Options of the dump tool that make two dumps of the same data the same text: a restored server is dumped with exactly these too.
import type { DumpRequest } from '../../../ports/engine.ts';
import { isOn, type Catalogue } from '../catalogue.ts';
import type { Flavour } from '../versions.ts';

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

/**
 * What one flavour's tool needs beside these. MySQL's would write which transactions the server has, other ones on every server, and
 * tools of 8.0 would add statistics.
 */
export const FLAVOUR_OPTIONS: Readonly<Record<Flavour, readonly string[]>> = {
  mariadb: [],
  mysql: ['--set-gtid-purged=OFF', '--loose-column-statistics=0'],
};

/** Whether the dump asks where the binary log stands: of no use to one that has no one moment. */
export function wantsCoordinates(
  { variables }: Pick<Catalogue, 'variables'>,
  { layout, coordinates }: Pick<DumpRequest, 'layout' | 'coordinates'>,
): boolean {
  return isOn(variables['log_bin']) && layout === 'one' && coordinates;
}

/** Options with which the dump says where the binary log stood. MySQL holds all writing for that moment: the wait for it is bounded. */
export function coordinateOptions(flavour: Flavour, knownOptions: ReadonlySet<string>): readonly string[] {
  if (flavour === 'mariadb') return ['--master-data=2', '--gtid'];
  return [
    knownOptions.has('source-data') ? '--source-data=2' : '--master-data=2',
    ...(knownOptions.has('init-command') ? ['--init-command=SET SESSION lock_wait_timeout = 30'] : []),
  ];
}
