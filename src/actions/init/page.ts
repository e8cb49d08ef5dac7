// The page that tells what is to be done after init, step by step, ready to paste.
import path from 'node:path';
import {
  accountOf,
  binlogAccountOf,
  binlogGrantStatement,
  createStatement,
  grantStatements,
} from '../../domain/dumps/dump-account.ts';
import { codeBlock, codeSpan, escapeMarkdown, markdownTable } from '../../domain/text/markdown.ts';
import { bashWord } from '../../domain/recovery/stock-commands.ts';
import {
  binlogsDefaultsFile,
  environmentsOf,
  PRINT_HOST_KEYS,
  storeUrl,
  workflowPaths,
  type Site,
  type SiteKeys,
} from './site.ts';
import { firstRuns, githubSteps } from './page-github.ts';
import { storeSteps } from './page-store.ts';
import { UNCOMPARED, UNCOMPARED_STORE } from './workflows.ts';

export interface PageFacts {
  readonly site: Site;
  readonly keys: SiteKeys;
  /** What the server showed, or why that is not known. */
  readonly hostKey:
    { readonly fingerprint: string; readonly knownHostsLine: string } | { readonly why: string };
  /** Paths of everything that was written, as they are seen from here. */
  readonly written: readonly string[];
  /** Absolute path of the program. */
  readonly program: string;
}

export function renderPage(facts: PageFacts): string {
  const { site, written } = facts;
  return `${[
    `# Set up ${escapeMarkdown(site.inputs.server)}`,
    '## What was written',
    written.map((file) => `- ${codeSpan(file)}`).join('\n'),
    '## 1. The server',
    ...serverSteps(facts),
    '## 2. The database',
    ...databaseSteps(site),
    '## 3. The store',
    ...storeSteps(site),
    '## 4. Where each key belongs',
    'No secret half ever goes to a server that is backed up.',
    keyTable(facts),
    '## 5. GitHub',
    ...githubSteps(site, facts.program),
    '## 6. Look at it all',
    `${whereToLook(site)} It changes nothing but for one small object in the store, and names what is still missing:`,
    codeBlock(doctorCommand(facts), 'sh'),
    '## 7. The first dump, and the first proof',
    ...firstRuns(site),
    '## 8. Put the keys away',
    `Print ${codeSpan('paper.md')}, and when every key is where it belongs, remove what is secret from here (${codeSpan('shred --remove')}).`,
  ].join('\n\n')}\n`;
}

function serverSteps({ site, keys, hostKey }: PageFacts): string[] {
  const { engine, dbContainer, sshUser } = site.inputs;
  const client = dbContainer === undefined ? [`${engine}-client`] : [];
  const home = `~${sshUser}/.ssh`;
  return [
    'As root, on the server:',
    codeBlock(
      [
        `apt-get install --yes ${[...client, 'zstd', 'gpg', 'perl'].join(' ')}`,
        `useradd --create-home --shell /bin/sh --password '*' ${bashWord(sshUser)}`,
        `install -d -m 700 -o ${bashWord(sshUser)} -g ${bashWord(sshUser)} ${home}`,
        `echo ${bashWord(`restrict ${keys.ssh.publicKey.trim()}`)} >> ${home}/authorized_keys`,
      ].join('\n'),
      'sh',
    ),
    `Where the runner has a fixed address, write ${codeSpan('restrict,from="ADDRESS"')} for ${codeSpan('restrict')}.`,
    ...hostKeySteps(site, hostKey),
    ...storageSteps(site),
  ];
}

function storageSteps({ inputs: { storagePaths, sshUser } }: Site): string[] {
  if (storagePaths === undefined) return [];
  return [
    `Once more as root there, this prints what ${codeSpan(sshUser)} may not read in the directories; nothing is best. What it prints needs an access control list, or ${codeSpan('become: sudo')} (docs/server-setup.md, “Files that only root may read”):`,
    codeBlock(
      `runuser -u ${bashWord(sshUser)} -- find ${storagePaths.map(bashWord).join(' ')} ! -readable -prune -print`,
      'sh',
    ),
  ];
}

function hostKeySteps(site: Site, hostKey: PageFacts['hostKey']): string[] {
  const { inputs, knownHosts } = site;
  const compare = codeBlock(PRINT_HOST_KEYS, 'sh');
  const { dump, binlogs } = workflowPaths(site);
  const files =
    binlogs === undefined
      ? 'the workflow file of the dump'
      : `${codeSpan(path.basename(dump))}, ${codeSpan(path.basename(binlogs))}`;
  const write = `write the fingerprint in place of ${codeSpan(UNCOMPARED)}, in ${files} and in ${codeSpan('--ssh-known-hosts')} of the doctor's command below, so that both say ${codeSpan('ssh-ed25519 SHA256:…')}.`;
  if ('why' in hostKey) {
    const why = `The host key could not be fetched (${escapeMarkdown(hostKey.why)})`;
    return knownHosts === undefined
      ? [`${why}. On the server itself, this prints it:`, compare, `From that line ${write}`]
      : [
          `${why}: that the server shows the one you gave was not seen. On the server, this prints it:`,
          compare,
        ];
  }
  const shown = [
    `${escapeMarkdown(inputs.sshHost)} showed this host key; the line is for a ${codeSpan('known_hosts')} file:`,
    codeBlock(`${hostKey.fingerprint}\n${hostKey.knownHostsLine}`, 'text'),
  ];
  if (knownHosts !== undefined) return [...shown, 'It is the one that you gave, or said to have compared.'];
  return [
    ...shown,
    `**Nobody has compared it yet**, and anybody could have answered. What the server itself prints must be the same:`,
    compare,
    `Only then ${write}`,
  ];
}

function databaseSteps(site: Site): string[] {
  return [...hostNameSteps(site), ...dumpAccountSteps(site), ...binlogAccountSteps(site)];
}

/** MySQL has an id of its own. */
function hostNameSteps({ inputs: { engine, dbContainer } }: Site): string[] {
  if (dbContainer === undefined || engine !== 'mariadb') return [];
  return [
    `Before the first dump the container needs a fixed host name (${codeSpan('hostname:')} in the file of Compose, ${codeSpan('--hostname')} of ${codeSpan('docker run')}): MariaDB is known by it, and every update of the image would otherwise look like another database server (docs/server-setup.md, “A database in a container”).`,
  ];
}

function dumpAccountSteps(site: Site): string[] {
  const { engine, databases, dbDefaultsFile, sshUser } = site.inputs;
  const account = accountOf(sshUser);
  const grants = grantStatements(engine, account, databases);
  if (dbDefaultsFile !== undefined)
    return passwordSteps(site, 'database.sql', grants, 'lifeboat.cnf', dbDefaultsFile);
  return [
    `As an administrator of the database server (${codeSpan(`sudo ${engine}`)}). The account has no password: the server lets in the operating-system user of its name, over the socket.`,
    codeBlock([createStatement(engine, account), ...grants].join('\n'), 'sql'),
  ];
}

function binlogAccountSteps(site: Site): string[] {
  const { binlogs, engine, sshUser } = site.inputs;
  if (!binlogs) return [];
  const grant = binlogGrantStatement(engine, binlogAccountOf(sshUser).account);
  return [
    'Binary logs have an account of their own, which reads what is written and no table. The server must write them (`log_bin`), with `binlog_format=ROW` (ship-binlogs/README.md, “Set up the server”).',
    ...passwordSteps(site, 'binlogs.sql', [grant], 'lifeboat-binlogs.cnf', binlogsDefaultsFile(site)),
  ];
}

function passwordSteps(
  { inputs, keysDirectory }: Site,
  statements: string,
  grants: readonly string[],
  options: string,
  defaultsFile: string,
): string[] {
  const { engine, dbContainer, sshHost, sshPort, sshUser } = inputs;
  const file = (name: string) => bashWord(`${keysDirectory}/${name}`);
  const ssh = `ssh${sshPort === 22 ? '' : ` -p ${sshPort}`}`;
  const root = `${ssh} root@${bashWord(sshHost)}`;
  const client = dbContainer === undefined ? engine : `docker exec -i ${bashWord(dbContainer)} ${engine}`;
  return [
    `The account and its password are in ${codeSpan(statements)}. From here, as an administrator of the database server (with ${codeSpan('sudo')} where root does not log in):`,
    codeBlock(`${root} ${client} < ${file(statements)}`, 'sh'),
    'It may do exactly this:',
    codeBlock(grants.join('\n'), 'sql'),
    `Where the database sees it come from another address, write that in place of ${codeSpan('localhost')}.`,
    ...(dbContainer === undefined
      ? [
          `The password goes to where ${codeSpan(sshUser)} finds it on the server. From here:`,
          codeBlock(
            `${ssh} -i ${file('ssh-key')} ${bashWord(`${sshUser}@${sshHost}`)} ${bashWord(saveAs(defaultsFile))} < ${file(options)}`,
            'sh',
          ),
        ]
      : [
          `${codeSpan(options)} belongs inside the container, as ${codeSpan(defaultsFile)}, where its user can read it: as a secret or a mounted file, so that it outlives the container. ${codeSpan(sshUser)} must be allowed to enter the container: with rootless Podman (write ${codeSpan('podman')} for ${codeSpan('docker')}) as the user who runs it, with Docker as one of the group ${codeSpan('docker')}, who is as good as root (docs/server-setup.md, “A database in a container”).`,
        ]),
  ];
}

/** A command for the server. A path in the home stays one: the shell there finds it. */
function saveAs(file: string): string {
  const word = file.startsWith('~/') ? `~/${bashWord(file.slice(2))}` : bashWord(file);
  return `umask 077; cat > ${word} && chmod 400 ${word}`;
}

function keyTable({ site, keys }: PageFacts): string {
  const { backup, test, verify } = environmentsOf(site);
  const { store, dbContainer, dbDefaultsFile, binlogs, sshUser } = site.inputs;
  const stored: [string, string, string][] =
    store.kind === 's3'
      ? [
          ['writer-secret', '', `secret of the environment ${codeSpan(backup)}`],
          [
            'reader-secret',
            '',
            `secret of the environments ${codeSpan(test)} and ${codeSpan(verify)}; a key that reads the store: with those who restore`,
          ],
          ['prover-secret', '', `secret of the environment ${codeSpan(test)}`],
        ]
      : store.kind === 'sftp'
        ? [
            [
              'store-ssh-key',
              '',
              `secret of all environments; a key that reads the store: with those who restore`,
            ],
          ]
        : [];
  const account = (statements: string, options: string, file: string): [string, string, string][] => [
    [statements, '', 'nowhere, once the account is made: it holds its password'],
    [
      options,
      '',
      `${codeSpan(file)} ${dbContainer === undefined ? `of ${codeSpan(sshUser)} on the server` : 'in the container'}`,
    ],
  ];
  const database = [
    ...(dbDefaultsFile === undefined ? [] : account('database.sql', 'lifeboat.cnf', dbDefaultsFile)),
    ...(binlogs ? account('binlogs.sql', 'lifeboat-binlogs.cnf', binlogsDefaultsFile(site)) : []),
  ];
  const rows: [string, string, string][] = [
    ['ssh-key', '', `secret of the environment ${codeSpan(backup)}`],
    [
      'signing-key.asc',
      keys.signing.fingerprint,
      `secret of the environment ${codeSpan(backup)}; its fingerprint on paper`,
    ],
    ['identity.asc', keys.identity.fingerprint, `secret of the environment ${codeSpan(test)}`],
    [
      'proof-signing-key.asc',
      keys.proofSigning.fingerprint,
      `secret of the environment ${codeSpan(test)}; its fingerprint on paper`,
    ],
    ['daily-secret.asc', keys.daily.fingerprint, 'with those who restore'],
    ['offline-secret.asc', keys.offline.fingerprint, 'on two media in two safes, away from any network'],
    ['passphrase.txt', '', 'on paper, apart from both: it opens the two secret keys before it'],
    ...stored,
    ...database,
  ];
  return markdownTable(
    [{ title: 'File' }, { title: 'Fingerprint' }, { title: 'Where it belongs' }],
    rows.map(([file, fingerprint, where]) => [
      codeSpan(file),
      fingerprint === '' ? '' : codeSpan(fingerprint),
      where,
    ]),
  );
}

function whereToLook({ inputs: { store } }: Site): string {
  return store.kind === 'directory'
    ? "The store is a directory of the runner's machine: run this there, with the program, the keys and the checkout at the same paths."
    : 'From here, with the keys where they are.';
}

function doctorCommand({ site, keys, program }: PageFacts): string {
  const { inputs, keysDirectory, knownHosts } = site;
  const { store, storeEndpoint, storeRegion, databases } = inputs;
  const file = (name: string) => bashWord(`${keysDirectory}/${name}`);
  const flags: (readonly [string, string | number | undefined])[] = [
    ['server', inputs.server],
    ['ssh-host', inputs.sshHost],
    ['ssh-port', inputs.sshPort === 22 ? undefined : inputs.sshPort],
    ['ssh-user', inputs.sshUser],
    ['ssh-key-file', file('ssh-key')],
    ...(knownHosts === undefined
      ? [['ssh-known-hosts', bashWord(`ssh-ed25519 SHA256:${UNCOMPARED}`)] as const]
      : [['ssh-known-hosts-file', file('known_hosts')] as const]),
    ['store', bashWord(storeUrl(store))],
    ['store-endpoint', storeEndpoint?.origin],
    ['store-region', storeRegion],
    ...(store.kind === 's3'
      ? ([
          ['store-access-key-id-file', file('writer-id')],
          ['store-secret-access-key-file', file('writer-secret')],
          ['reader-access-key-id-file', file('reader-id')],
          ['reader-secret-access-key-file', file('reader-secret')],
        ] as const)
      : []),
    ...(store.kind === 'sftp'
      ? ([
          ['store-ssh-key-file', file('store-ssh-key')],
          ['store-known-hosts', bashWord(`ssh-ed25519 SHA256:${UNCOMPARED_STORE}`)],
        ] as const)
      : []),
    ['recipients-file', file('recipients.asc')],
    ['signing-key-file', file('signing-key.asc')],
    ['trusted-signers-file', file('trusted-signers.asc')],
    ['trusted-provers-file', file('trusted-provers.asc')],
    ['identity-fingerprint', keys.identity.fingerprint],
    ['engine', inputs.engine],
    ['db-defaults-file', inputs.dbDefaultsFile && bashWord(inputs.dbDefaultsFile)],
    ['db-host', inputs.dbHost],
    ['db-port', inputs.dbPort],
    ['db-socket', inputs.dbSocket && bashWord(inputs.dbSocket)],
    ['db-container', inputs.dbContainer],
    ...(databases === '*' ? [] : databases.map((name) => ['databases', bashWord(name)] as const)),
    ...Object.values(workflowPaths(site)).flatMap((path) =>
      path === undefined ? [] : [['workflow', bashWord(path)] as const],
    ),
  ];
  const given = flags.filter(([, value]) => value !== undefined);
  return [
    `node ${bashWord(program)} doctor`,
    ...given.map(([name, value]) => `--${name} ${value ?? ''}`),
    '--probe',
  ].join(' \\\n  ');
}
