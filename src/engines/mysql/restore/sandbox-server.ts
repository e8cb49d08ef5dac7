// The server of a sandbox: started by our own command, with the source's recorded variables, and with nothing durable about it.
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import type { Flavour } from '../versions.ts';

/** Written to by the image's own user for databases; the official images and Debian's package have it. */
export const VOLUME = '/var/lib/mysql';
export const SERVER_USER = 'mysql';
/** Everything of ours lies below it: what an image brings in the volume is not touched. */
export const HOME = `${VOLUME}/lifeboat`;
export const SOCKET = `${HOME}/server.sock`;
/** Of an account that install scripts make, logs in over the socket without password, and goes before accounts are loaded. */
export const FIRST_ACCOUNT = 'root';

/** Begins the line that is printed when one of them is not there. */
export const MISSING_PROGRAMS = 'lifeboat: this image has no';
/** Where distributions keep servers is not in every PATH. */
export const SET_PATH =
  'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH';

/** What the sandbox takes over from the source, and the form that a value must have to be taken over. */
const SHARED_VARIABLES: Readonly<Record<string, RegExp>> = {
  sql_mode: /^[A-Z_,]*$/,
  lower_case_table_names: /^[01]$/,
  character_set_server: /^[a-z0-9]+$/,
  collation_server: /^[a-z0-9_]+$/,
  default_storage_engine: /^(?:InnoDB|MyISAM|Aria)$/,
  innodb_page_size: /^(?:4096|8192|16384|32768|65536)$/,
  innodb_strict_mode: /^(?:0|1|ON|OFF)$/,
  explicit_defaults_for_timestamp: /^(?:0|1|ON|OFF)$/,
};
/** They shape the data directory when it is made. */
const AT_INITIALISATION = new Set(['lower_case_table_names', 'innodb_page_size']);

/** Half of the memory for pages; clients, the dump filter and the rest of the server share the other half. */
const BUFFER_POOL_SHARE = 0.5;
const MIN_BUFFER_POOL_BYTES = 128 * 2 ** 20;

interface ServerRecipe {
  /** Programs of the image that a restore test uses. */
  readonly programs: readonly string[];
  readonly server: string;
  /** Shell text that makes a data directory, without its options. */
  readonly initialise: string;
  readonly takenOver: Readonly<Record<string, RegExp>>;
  readonly closed: readonly string[];
  /** More of them where binlogs are replayed. */
  readonly logging: readonly string[];
  /** Options that one version has and another one has not must not keep it from starting. */
  readonly loose: readonly string[];
}

/** Never for real servers: this one lives for minutes and its data is a copy. */
const FAST = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-flush-method=nosync',
  // Keys that are made after the rows.
  '--innodb-sort-buffer-size=32M',
  '--innodb-stats-auto-recalc=0',
  '--sync-binlog=0',
  // Of functions whose effect cannot be foreseen; the source was asked already.
  '--log-bin-trust-function-creators=1',
];

/** No way out, nothing that runs by itself, no file but those of the server. */
const CLOSED = [
  '--skip-networking',
  '--skip-name-resolve',
  // Not DISABLED, with which no event can be created.
  '--event-scheduler=OFF',
  '--local-infile=0',
  `--secure-file-priv=${HOME}/none`,
];

/** What is replayed is logged again, so that the server can tell which transactions it has. */
const LOGGING = ['--log-bin=replay', '--server-id=1'];

const RECIPES: Readonly<Record<Flavour, ServerRecipe>> = {
  mariadb: {
    programs: ['mariadbd', 'mariadb-install-db', 'mariadb', 'mariadb-dump', 'perl', 'sha256sum'],
    server: 'mariadbd',
    initialise: 'mariadb-install-db --no-defaults --skip-test-db --auth-root-authentication-method=normal',
    takenOver: SHARED_VARIABLES,
    closed: ['--skip-slave-start'],
    // As rows what came as rows, as statements what came as statements.
    logging: [...LOGGING, '--binlog-format=MIXED'],
    loose: [...FAST, '--innodb-log-file-size=1G', '--sync-frm=0'],
  },
  mysql: {
    // The official images have no perl.
    programs: ['mysqld', 'mysql', 'mysqldump'],
    server: 'mysqld',
    initialise: 'mysqld --no-defaults --initialize-insecure',
    takenOver: {
      ...SHARED_VARIABLES,
      // Without it the server refuses to take away a part of a right.
      partial_revokes: /^(?:0|1|ON|OFF)$/,
    },
    closed: ['--mysqlx=OFF'],
    // Takes transactions with an id and without, whatever the source was set to.
    logging: [...LOGGING, '--gtid-mode=ON_PERMISSIVE'],
    loose: [
      ...FAST,
      '--innodb-redo-log-capacity=1G',
      '--skip-replica-start',
      // 8.4 has it, but has to be told to use it.
      '--mysql-native-password=ON',
    ],
  },
};

/** The command that a sandbox runs: makes a data directory, then becomes the server. */
export function serverCommand(
  flavour: Flavour,
  variables: Readonly<Record<string, string>>,
  { memoryBytes, replays }: { readonly memoryBytes: number; readonly replays: boolean },
): readonly string[] {
  const { programs, server, initialise, takenOver, closed, logging, loose } = RECIPES[flavour];
  const taken = Object.entries(takenOver).flatMap(([name, form]) => {
    const value = variables[name];
    return value !== undefined && form.test(value) ? [{ name, option: optionOf(name, value) }] : [];
  });
  const initial = taken.filter(({ name }) => AT_INITIALISATION.has(name)).map(({ option }) => option);
  const bufferPool = Math.max(MIN_BUFFER_POOL_BYTES, Math.floor(memoryBytes * BUFFER_POOL_SHARE));
  const places = [`--datadir=${HOME}/data`, `--tmpdir=${HOME}/tmp`];
  const options = [
    ...places,
    `--socket=${SOCKET}`,
    `--pid-file=${HOME}/server.pid`,
    '--max-allowed-packet=1G',
    `--innodb-buffer-pool-size=${bufferPool}`,
    ...CLOSED,
    ...closed,
    ...(replays ? logging : ['--skip-log-bin']),
    ...[...loose, ...taken.map(({ option }) => option)].map((option) => option.replace(/^--/, '--loose-')),
  ];
  const script = [
    SET_PATH,
    `missing=`,
    `for program in ${programs.join(' ')}; do command -v "$program" >/dev/null 2>&1 || missing="$missing $program"; done`,
    `if [ -n "$missing" ]; then echo ${shellQuote(MISSING_PROGRAMS)}"$missing" >&2; mysqld --version >&2 2>/dev/null; exit 127; fi`,
    // MariaDB has programs of these names, too.
    ...(flavour === 'mysql'
      ? [
          `case $(${server} --version 2>/dev/null) in *MariaDB*) echo ${shellQuote(MISSING_PROGRAMS)} 'MySQL, but MariaDB' >&2; exit 127;; esac`,
        ]
      : []),
    `umask 077`,
    `mkdir -p ${HOME} ${HOME}/tmp ${HOME}/none || exit 1`,
    `${initialise} ${shellQuoteAll([...places, ...initial])} >${HOME}/install.log 2>&1 || { cat ${HOME}/install.log >&2; exit 1; }`,
    `exec ${server} --no-defaults ${shellQuoteAll(options)}`,
  ];
  return ['/bin/sh', '-c', script.join('\n')];
}

function optionOf(name: string, value: string): string {
  return `--${name.replaceAll('_', '-')}=${value}`;
}
