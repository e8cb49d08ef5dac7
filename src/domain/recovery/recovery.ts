// RECOVERY.md: how to bring back exactly one backup with stock tools, ready to paste. The blocks marked `sh`, one after the other in
// one bash, are a script that stops at the first thing that is wrong; docs/restore-by-hand.md explains each step at length.
import type { ShippedBinlog } from '../binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../dumps/manifest.ts';
import type { StoredMessage } from '../statements/stored-message.ts';
import { codeBlock, codeSpan, escapeMarkdown } from '../text/markdown.ts';
import { binlogFolder, dumpFolder, MANIFEST_NAME, SIGNATURE_NAME } from '../stores/object-names.ts';
import type { DumpProofFacts } from '../proofs/proof-text.ts';
import { block, checkFingerprint, inFours, joinPage } from './page.ts';
import { restoreFiles, type ReadFiles } from './recovery-files.ts';
import {
  bashWord,
  fetchCommand,
  fetchNeeds,
  listCommand,
  KEEP_INVALID_DATES,
  LOAD_OPTIONS,
  OBJECT_GRANTS_ONLY,
  STOCK_BINLOG_TOOLS,
  STOCK_CLIENTS,
  WITHOUT_OBJECT_GRANTS,
} from './stock-commands.ts';
import { countOf, formatBytes, formatDay, formatDuration, formatInstant } from '../text/units.ts';
import { showUnseen } from '../text/visible.ts';

export interface RecoveryFacts {
  /** Valid; its names of files are safe for that reason. */
  readonly manifest: DumpManifest;
  readonly manifestSha256: string;
  /** The store's own, `s3://bucket/prefix`, `sftp://user@host/directory` or `file:///directory`. */
  readonly storeLocation: string;
  /** Of an S3 service that is not Amazon's. */
  readonly storeEndpoint?: URL;
  /** Of the primary key that signed the manifest, in hexadecimal; absent where nobody checked a signature. */
  readonly signerFingerprint?: string;
  /** Replayed after the dump was loaded; the dump has coordinates then. */
  readonly replay?: {
    /** ISO 8601. */
    readonly recoveredTo: string;
    readonly binlogs: readonly ShippedBinlog[];
    /** In the last of them: where to stop; undefined for its end. */
    readonly stopPosition: number | undefined;
  };
  /** The restore test that the page is written for. */
  readonly test: Pick<DumpProofFacts, 'startedAt' | 'timings' | 'limits'> & {
    readonly storage?: readonly ReadFiles[];
    readonly versions: Pick<DumpProofFacts['versions'], 'sandboxServer'>;
  };
}

/** Names that SQL may hold between quotes as they are, in any mode and character set. */
const PLAIN_NAME = /^[A-Za-z0-9_-]+$/;
/** Every part that a manifest names, in the form that `sha256sum --check` reads; a manifest has one form as text. */
const listHashes = (file: string): string =>
  [
    `awk -F'"' '$2 == "key" { n = split($4, path, "/"); file = path[n] }`,
    `  $2 == "sha256" && file { print $4 "  " file; file = "" }' ${file} | sha256sum --check`,
  ].join('\n');

/** Markdown. Throws RangeError for a fingerprint that is none. */
export function renderRecovery(facts: RecoveryFacts): string {
  const { manifest, signerFingerprint, replay } = facts;
  checkFingerprint(signerFingerprint);
  const parts = [
    `# Bring back ${escapeMarkdown(manifest.server)} as of ${formatInstant(replay?.recoveredTo ?? manifest.instant)}`,
    introduction(facts),
    '## What you need',
    needs(facts),
    '## 1. Begin',
    ...beginning(facts),
    '## 2. Check who made it',
    ...signature(facts),
    '## 3. Fetch and check every object',
    ...objects(manifest),
    '## 4. Accounts',
    ...accounts(manifest),
    '## 5. Databases',
    ...databases(manifest),
    '## 6. Compare',
    ...comparison(manifest),
    ...(replay === undefined ? [] : ['## 7. Replay', ...replaying(facts, replay)]),
    ...(facts.test.storage === undefined
      ? []
      : [`## ${replay === undefined ? 7 : 8}. Files`, ...filesOf(facts, facts.test.storage)]),
    '## What does not come back, or was not shown',
    losses(facts),
  ];
  return joinPage(parts);
}

function introduction({ manifest, storeLocation, storeEndpoint, replay, test }: RecoveryFacts): string {
  const { fetchMs, loadMs } = test.timings;
  return [
    `This page restores one backup, ${codeSpan(manifest.id)}, with stock tools and without Lifeboat. ` +
      `A restore test on ${formatDay(test.startedAt)} fetched it in ${formatDuration(fetchMs)} and loaded it in ${formatDuration(loadMs)}, ` +
      `in a sandbox with ${codeSpan(test.versions.sandboxServer)}. A server that writes every change safely to its disk takes longer.`,
    '**It is the one that was tested, and not the newest any more** when this shows a later folder with a `manifest.json`, and no label at the end of its name:',
    codeBlock(listCommand(storeLocation, storeEndpoint, `${manifest.server}/dumps/`), 'text'),
    'To restore that one put its path into `BACKUP` and its name into the line with `"id"`. Leave out the line that compares `manifest.json` with a SHA-256, ' +
      `and step 6, which counts what this backup held${replay === undefined ? '' : ', and step 7, whose binlogs follow this one'}. ` +
      'What was written after a dump is in `binlogs/` beside `dumps/`, if binary logs were shipped. docs/restore-by-hand.md of Lifeboat tells both in full.',
    'The page lies in the store, where somebody may have changed it: read each command before you paste it. ' +
      'Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks.',
  ].join('\n\n');
}

function needs({ manifest, storeLocation, signerFingerprint, replay }: RecoveryFacts): string {
  const { source, versions } = manifest;
  const objects = [...manifest.objects, ...(replay?.binlogs ?? []).map((each) => each.manifest.object)];
  const storedBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  const recipients = [...new Set(manifest.objects.flatMap((object) => object.recipients))];
  const program = fetchNeeds(storeLocation);
  const fetcher = program === undefined ? '' : ` and ${program}`;
  return [
    `An **empty** ${flavourName(manifest)} server, ${codeSpan(versions.server)} or newer, and an account on it that may do everything.`,
    `A machine with ${formatBytes(storedBytes)} of free disk, \`bash\`, \`gpg\`, \`zstd\`, \`sha256sum\`, \`awk\`, the ${codeSpan(clientOf(source))} client${replay === undefined ? '' : `, ${codeSpan(STOCK_BINLOG_TOOLS[source.flavour])}`}${fetcher}. The dump was made by ${codeSpan(versions.dumpTool)}: take a client that is as new.`,
    `An empty directory, and in it \`backup-secret-key.asc\`: the secret key of one of ${recipients.map(codeSpan).join(', ')}. It is neither on the old server nor in the store. It is where you put it when it was made: a safe, a password manager, the offline copy.`,
    ...(signerFingerprint === undefined
      ? []
      : [
          'In the same directory `trusted-signers.asc`, the public key of the signer, and on paper its fingerprint.',
        ]),
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function beginning({ manifest, storeLocation, storeEndpoint, signerFingerprint }: RecoveryFacts): string[] {
  const { command, base } = fetchCommand(storeLocation, storeEndpoint);
  const folder = dumpFolder(manifest.server, manifest.id).replace(/\/$/, '');
  const client = clientOf(manifest.source);
  return [
    'Start `bash` in that directory, and paste one block after the other. The shell ends at the first thing that is wrong: stop there, and begin again here when it is mended.',
    block(
      `# How the empty server is reached; with options where needed: CLIENT='${client} --host=… --user=…'`,
      `CLIENT="\${CLIENT:-${client}}"`,
      `BACKUP=${bashWord(`${base}/${folder}`)}`,
      ...(signerFingerprint === undefined
        ? []
        : ['# Must be the one on your paper, whatever this page says.', `SIGNER=${signerFingerprint}`]),
      `fetch() { for file in "$@"; do ${command} "$BACKUP/$file" .; done; }`,
      `fetch ${[MANIFEST_NAME, ...(signerFingerprint === undefined ? [] : [SIGNATURE_NAME])].join(' ')}`,
    ),
  ];
}

function signature({ manifest, manifestSha256, signerFingerprint }: RecoveryFacts): string[] {
  const isWhatItSays = (['type', 'server', 'id'] as const).map(
    (field) => `grep -Fx ${bashWord(`  "${field}": ${JSON.stringify(manifest[field])},`)} manifest.json`,
  );
  const isTested = `echo '${manifestSha256}  manifest.json' | sha256sum --check`;
  if (signerFingerprint === undefined) {
    return [
      'The test did not check a signature, so that nothing shows who made this backup. This checks that it is the one that was tested:',
      block(isTested, ...isWhatItSays),
    ];
  }
  return [
    `\`gpg\` must say \`Good signature\`. The fingerprint on your paper must be ${codeSpan(inFours(signerFingerprint))}; if the paper says something else, stop. The warning that the key is not certified is normal.`,
    block(
      'gpg --batch --import trusted-signers.asc',
      'gpg --status-fd 1 --verify manifest.json.sig manifest.json | grep "^\\[GNUPG:] VALIDSIG .* $SIGNER\\$"',
      '# Is it the backup of this page, and the one that was tested?',
      ...isWhatItSays,
      isTested,
    ),
  ];
}

function objects(manifest: DumpManifest): string[] {
  return [
    'Every line must end in `OK`. Decrypt nothing before: `gpg` hands out what it decrypts before it knows whether it was changed.',
    block(`fetch ${manifest.objects.flatMap(fileNames).map(bashWord).join(' ')}`, listHashes(MANIFEST_NAME)),
  ];
}

function accounts(manifest: DumpManifest): string[] {
  const own = manifest.objects.filter(({ role }) => role === 'accounts');
  const prepare = block(
    'gpg --batch --import backup-secret-key.asc',
    `$CLIENT -e 'SET GLOBAL max_allowed_packet = 1073741824, GLOBAL event_scheduler = OFF,`,
    // A server with a binary log refuses functions whose effect it cannot foresee.
    `  GLOBAL log_bin_trust_function_creators = ON'`,
    ...own.map((object) => loadAccounts(object, WITHOUT_OBJECT_GRANTS)),
  );
  if (own.length === 0)
    return ['The backup holds no accounts: make them yourself, before step 5 where you know them.', prepare];
  const passwords =
    manifest.source.flavour === 'mysql'
      ? 'An account that the server has already, such as `root`, keeps its password.'
      : 'Afterwards every account has the password of the old server, `root` too: set `CLIENT` anew if you cannot log in any more.';
  return [
    `Views, routines and triggers belong to accounts, so these come first; rights on single tables and routines come in step 5, when these are there. ${passwords}`,
    prepare,
  ];
}

/** `filter` says which part of them. */
function loadAccounts(object: StoredMessage, filter: string): string {
  return (
    `cat ${fileNames(object).map(bashWord).join(' ')} | gpg --decrypt | zstd -dc |\n` +
    `  ${filter} |\n` +
    `  $CLIENT ${LOAD_OPTIONS} --default-character-set=utf8mb4 --init-command='SET SESSION sql_log_bin = 0'`
  );
}

function databases(manifest: DumpManifest): string[] {
  // Whole seconds: a fraction would stay in what the session makes.
  const timestamp = Math.floor(Date.parse(manifest.instant) / 1_000);
  return [
    'When a block ends with an error, drop what was loaded and look for the reason. `sed` keeps dates such as 30 February; the `timestamp` is the moment of the backup, so that events that were to come then are not dropped as past.',
    block(
      '# Events may name time zones, and a new server knows none.',
      '{ "$(command -v mariadb-tzinfo-to-sql || command -v mysql_tzinfo_to_sql)" /usr/share/zoneinfo 2>/dev/null |',
      `  $CLIENT --init-command='SET SESSION sql_log_bin = 0' mysql; } ||`,
      '  echo "No time zones were loaded: an event that names one will not load." >&2',
      'load() {',
      '  cat "$@" | gpg --decrypt | zstd -dc |',
      `    ${KEEP_INVALID_DATES} |`,
      `    $CLIENT ${LOAD_OPTIONS} \\`,
      `      --init-command='SET SESSION sql_log_bin = 0, timestamp = ${timestamp}'`,
      '}',
      ...manifest.objects
        .filter(({ role }) => role === 'data')
        .map((object) => `load ${fileNames(object).map(bashWord).join(' ')}`),
      ...manifest.objects
        .filter(({ role }) => role === 'accounts')
        .map(
          (object) =>
            `# Rights on single tables and routines.\n${loadAccounts(object, OBJECT_GRANTS_ONLY)} --force ||\n  echo "Were all refused rights on what the backup does not hold?" >&2`,
        ),
    ),
  ];
}

function comparison(manifest: DumpManifest): string[] {
  return [
    'This counts tables, views and rows of each database, and stops where they are not those of the backup:',
    block(
      'sql() { $CLIENT --batch --raw --skip-column-names --binary-mode --default-character-set=utf8mb4; }',
      'compare() {',
      `  local where="FROM information_schema.tables WHERE table_schema = $2 AND table_type"`,
      `  local tables="$where IN ('BASE TABLE', 'SYSTEM VERSIONED')" found rows=-`,
      `  found="$(sql <<<"SELECT COUNT(*) $tables") tables, $(sql <<<"SELECT COUNT(*) $where = 'VIEW'") views"`,
      '  if [ "$5" != - ]; then',
      // History is among the rows of a dump.
      `    rows="$(sql <<<"SELECT CONCAT('SELECT COUNT(*) FROM \\\`', REPLACE(table_schema, '\\\`', '\\\`\\\`'), '\\\`.\\\`',`,
      `      REPLACE(table_name, '\\\`', '\\\`\\\`'), '\\\`', IF(table_type = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''), ';')`,
      `      $tables" | sql | awk '{ sum += $1 } END { printf "%.0f", sum }')"`,
      '  fi',
      '  echo "$1: $found, $rows rows"',
      '  [ "$found, $rows" = "$3 tables, $4 views, $5" ] ||',
      '    { echo "$1: $3 tables, $4 views and $5 rows were dumped" >&2; return 1; }',
      '}',
      ...manifest.databases.map(({ name, tables, views, rows }) =>
        ['compare', bashWord(showUnseen(name)), `"${sqlText(name)}"`, tables, views, rows ?? '-'].join(' '),
      ),
      'echo "All is there."',
    ),
    'Then open the application and look for the newest record that you remember. Switch the events on again when you are content, and the check of functions: `SET GLOBAL event_scheduler = ON, GLOBAL log_bin_trust_function_creators = OFF`.',
  ];
}

function replaying(
  { manifest, storeLocation, storeEndpoint, signerFingerprint }: RecoveryFacts,
  { recoveredTo, binlogs, stopPosition }: NonNullable<RecoveryFacts['replay']>,
): string[] {
  const { command, base } = fetchCommand(storeLocation, storeEndpoint);
  const { flavour } = manifest.source;
  const options = [
    '--no-defaults --verify-binlog-checksum',
    `--start-position=${manifest.coordinates?.position ?? 0}`,
    ...(stopPosition === undefined ? [] : [`--stop-position=${stopPosition}`]),
    // A server leaves out what it believes to have, and one without GTIDs takes none.
    ...(flavour === 'mysql' ? ['--skip-gtids'] : []),
  ];
  const files = binlogs.map(({ manifest: { id } }) => id);
  return [
    `What was written until ${formatInstant(recoveredTo)} is in ${countOf(binlogs.length, 'binlog')}. Each is checked like the backup before it is decrypted, and once more behind that:`,
    block(
      `BINLOGS=${bashWord(`${base}/${binlogFolder(manifest.server).replace(/\/$/, '')}`)}`,
      `fetch_binlog() { for file in "$@"; do ${command} "$BINLOGS/$file" .; done; }`,
      ...binlogs.map((binlog) => fetchBinlog(binlog, signerFingerprint !== undefined)),
    ),
    'All of them go through one call, and its text through one client: temporary tables and settings of a session may go on from one file into the next. The last file ends where the first transaction begins that is left out.',
    block(
      `TZ=UTC ${STOCK_BINLOG_TOOLS[flavour]} ${options.join(' ')} \\`,
      `  ${files.join(' ')} | $CLIENT ${LOAD_OPTIONS}`,
      'echo "All is replayed."',
    ),
  ];
}

function fetchBinlog(
  { manifest: { id, object, binlog }, manifestSha256 }: ShippedBinlog,
  isSigned: boolean,
): string {
  const parts = fileNames(object).map(bashWord).join(' ');
  return [
    `fetch_binlog ${id}.json ${isSigned ? `${id}.json.sig ` : ''}${parts}`,
    `echo '${manifestSha256}  ${id}.json' | sha256sum --check`,
    ...(isSigned
      ? [`gpg --status-fd 1 --verify ${id}.json.sig ${id}.json | grep "^\\[GNUPG:] VALIDSIG .* $SIGNER\\$"`]
      : []),
    listHashes(`${id}.json`),
    `cat ${parts} | gpg --decrypt | zstd -dc >${id}`,
    `echo '${binlog.sha256}  ${id}' | sha256sum --check`,
  ].join('\n');
}

function filesOf(
  { manifest: { server }, ...facts }: RecoveryFacts,
  storages: readonly ReadFiles[],
): string[] {
  return [
    'Files that belong to this backup, whose state is a little later than that of the databases:',
    ...restoreFiles({ server, ...facts }, storages),
  ];
}

function losses({ manifest, test, replay }: RecoveryFacts): string {
  const { excluded, notProvable, consistency, layout } = manifest;
  return [
    `Everything that was written after ${formatInstant(replay?.recoveredTo ?? manifest.instant)}.`,
    ...(layout === 'per-database'
      ? [
          `One moment for all databases: they were dumped one after the other, until ${formatInstant(manifest.finishedAt)}.`,
        ]
      : []),
    'The configuration files of the old server, its replication, and what was granted to `PUBLIC`.',
    ...(excluded.databases.length > 0
      ? [`Databases that were left out: ${excluded.databases.map(codeSpan).join(', ')}.`]
      : []),
    ...(excluded.tables > 0 ? [`${countOf(excluded.tables, 'table')} that were left out.`] : []),
    ...(excluded.brokenViews > 0
      ? [
          `${countOf(excluded.brokenViews, 'view')} that did not work any more; the text is in \`inventory.json.zst.gpg\`.`,
        ]
      : []),
    ...(consistency.uncoveredTables > 0
      ? [
          `The one moment of ${countOf(consistency.uncoveredTables, 'table')} in engines that a snapshot does not freeze.`,
        ]
      : []),
    ...notProvable.map(({ what, why }) => `Not shown by the test: ${escapeMarkdown(`${what} (${why})`)}.`),
    ...test.limits.map((limit) => `Not shown by the test: ${escapeMarkdown(limit)}.`),
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function fileNames({ parts }: StoredMessage): string[] {
  return parts.map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
}

/** A text for SQL between double quotes of bash. */
function sqlText(name: string): string {
  return PLAIN_NAME.test(name)
    ? `'${name}'`
    : `CONVERT(0x${Buffer.from(name, 'utf8').toString('hex')} USING utf8mb4)`;
}

function clientOf({ flavour }: DumpManifest['source']): string {
  return STOCK_CLIENTS[flavour];
}

function flavourName({ source }: DumpManifest): string {
  return source.flavour === 'mysql' ? 'MySQL' : 'MariaDB';
}
