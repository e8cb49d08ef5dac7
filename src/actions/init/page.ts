// The page that tells what is to be done after init, step by step, ready to paste.
import path from 'node:path';
import { accountOf, createStatement, grantStatements } from '../../domain/dump-account.ts';
import { codeBlock, codeSpan, escapeMarkdown, markdownTable } from '../../domain/markdown.ts';
import { bashWord } from '../../domain/stock-commands.ts';
import { profileOfEndpoint } from '../../domain/store-profiles.ts';
import { b2Commands, proverPolicy, readerPolicy, writerPolicy } from '../../domain/store-roles.ts';
import { environmentsOf, storeUrl, workflowNames, type Site, type SiteKeys } from './site.ts';
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

const PRINT_HOST_KEYS = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done';
const ROLES = ['writer', 'reader', 'prover'] as const;

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
    ...githubSteps(site),
    '## 6. Look at it all',
    `${whereToLook(site)} It changes nothing but for one small object in the store, and names what is still missing:`,
    codeBlock(doctorCommand(facts), 'sh'),
    '## 7. The first dump, and the first proof',
    'When the doctor finds no fault: commit both workflow files, and push them to the main branch, which GitHub takes them from. Then:',
    codeBlock(
      [
        `gh workflow run ${workflowNames(site).dump}`,
        `gh workflow run ${workflowNames(site).test} # when the dump is done`,
      ].join('\n'),
      'sh',
    ),
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
        `apt-get install ${[...client, 'zstd', 'gpg', 'perl'].join(' ')}`,
        `useradd --create-home --shell /bin/sh --password '*' ${bashWord(sshUser)}`,
        `install -d -m 700 -o ${bashWord(sshUser)} -g ${bashWord(sshUser)} ${home}`,
      ].join('\n'),
      'sh',
    ),
    `This line goes into ${codeSpan(`${home}/authorized_keys`)}; where the runner has a fixed address, write ${codeSpan('restrict,from="ADDRESS"')}:`,
    codeBlock(`restrict ${keys.ssh.publicKey.trim()}`, 'text'),
    ...hostKeySteps(site, hostKey),
  ];
}

function hostKeySteps({ inputs, knownHosts }: Site, hostKey: PageFacts['hostKey']): string[] {
  const compare = codeBlock(PRINT_HOST_KEYS, 'sh');
  const write = `write the fingerprint in place of ${codeSpan(UNCOMPARED)}, in the workflow file of the dump and in ${codeSpan('--ssh-known-hosts')} of the doctor's command below, so that both say ${codeSpan('ssh-ed25519 SHA256:…')}.`;
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

function databaseSteps({ inputs, keysDirectory }: Site): string[] {
  const { engine, databases, dbContainer, dbDefaultsFile, sshHost, sshPort, sshUser } = inputs;
  const account = accountOf(sshUser);
  const grants = grantStatements(engine, account, databases);
  if (dbDefaultsFile === undefined)
    return [
      `As an administrator of the database server (${codeSpan(`sudo ${engine}`)}). The account has no password: the server lets in the operating-system user of its name, over the socket.`,
      codeBlock([createStatement(engine, account), ...grants].join('\n'), 'sql'),
    ];
  const file = (name: string) => bashWord(`${keysDirectory}/${name}`);
  const ssh = `ssh${sshPort === 22 ? '' : ` -p ${sshPort}`}`;
  const root = `${ssh} root@${bashWord(sshHost)}`;
  const client = dbContainer === undefined ? engine : `docker exec -i ${bashWord(dbContainer)} ${engine}`;
  return [
    `The account and its password are in ${codeSpan('database.sql')}. From here, as an administrator of the database server (with ${codeSpan('sudo')} where root does not log in):`,
    codeBlock(`${root} ${client} < ${file('database.sql')}`, 'sh'),
    'It may do exactly this:',
    codeBlock(grants.join('\n'), 'sql'),
    `Where the database sees it come from another address, write that in place of ${codeSpan('localhost')}.`,
    ...(dbContainer === undefined
      ? [
          `The password goes to where ${codeSpan(sshUser)} finds it on the server. From here:`,
          codeBlock(
            `${ssh} -i ${file('ssh-key')} ${bashWord(`${sshUser}@${sshHost}`)} ${bashWord(saveAs(dbDefaultsFile))} < ${file('lifeboat.cnf')}`,
            'sh',
          ),
        ]
      : [
          `${codeSpan('lifeboat.cnf')} belongs inside the container, as ${codeSpan(dbDefaultsFile)}, where its user can read it: as a secret or a mounted file, so that it outlives the container. ${codeSpan(sshUser)} must be allowed to enter the container: with rootless Podman (write ${codeSpan('podman')} for ${codeSpan('docker')}) as the user who runs it, with Docker as one of the group ${codeSpan('docker')}, who is as good as root (docs/server-setup.md, “A database in a container”).`,
        ]),
  ];
}

/** A command for the server. A path in the home stays one: the shell there finds it. */
function saveAs(file: string): string {
  const word = file.startsWith('~/') ? `~/${bashWord(file.slice(2))}` : bashWord(file);
  return `umask 077; cat > ${word} && chmod 400 ${word}`;
}

function storeSteps({ inputs: { store, storeEndpoint, server }, keysDirectory }: Site): string[] {
  if (store.kind === 'directory')
    return ['The directory must exist. Whoever runs Lifeboat there can also delete: keep a copy elsewhere.'];
  if (store.kind === 'sftp')
    return [
      'The account must exist, and let this key only add files and read them (docs/store-setup.md, “An SFTP account”):',
      codeBlock(
        `ssh-keygen -t ed25519 -N '' -C lifeboat -f ${bashWord(`${keysDirectory}/store-ssh-key`)}`,
        'sh',
      ),
      `Write the fingerprint of its host key into both workflow files and the doctor's command below, in place of ${codeSpan(UNCOMPARED_STORE)}. On the machine of the store, this prints it:`,
      codeBlock(PRINT_HOST_KEYS, 'sh'),
    ];
  const place = { bucket: store.bucket, prefix: store.prefix, server };
  const bucket = 'The bucket must keep versions, better with a lock (docs/store-setup.md).';
  const files = `Save the secret of each as ${ROLES.map((role) => codeSpan(`${role}-secret`)).join(', ')} beside the keys (mode 600), and remember the three ids.`;
  if (profileOfEndpoint(storeEndpoint).name === 'Backblaze B2')
    return [bucket, codeBlock(b2Commands(place).join('\n'), 'sh'), files];
  const policies = { writer: writerPolicy(place), reader: readerPolicy(place), prover: proverPolicy(place) };
  return [
    bucket,
    'Three users, each with the policy of its name, which lies beside the keys:',
    ...ROLES.flatMap((role) => [
      `${codeSpan(`${role}.json`)}:`,
      codeBlock(JSON.stringify(policies[role], null, 2), 'json'),
    ]),
    'On Amazon, in the directory of the keys:',
    codeBlock(
      [
        `for role in ${ROLES.join(' ')}; do`,
        `  aws iam create-user --user-name "lifeboat-${server}-$role"`,
        `  aws iam put-user-policy --user-name "lifeboat-${server}-$role" --policy-name "$role" --policy-document "file://$role.json"`,
        `  aws iam create-access-key --user-name "lifeboat-${server}-$role"`,
        'done',
      ].join('\n'),
      'sh',
    ),
    files,
  ];
}

function keyTable({ site, keys }: PageFacts): string {
  const { backup, test } = environmentsOf(site);
  const { store, dbContainer, dbDefaultsFile, sshUser } = site.inputs;
  const stored: [string, string, string][] =
    store.kind === 's3'
      ? [
          ['writer-secret', '', `secret of the environment ${codeSpan(backup)}`],
          [
            'reader-secret',
            '',
            `secret of the environment ${codeSpan(test)}; a key that reads the store: with those who restore`,
          ],
          ['prover-secret', '', `secret of the environment ${codeSpan(test)}`],
        ]
      : store.kind === 'sftp'
        ? [
            [
              'store-ssh-key',
              '',
              `secret of both environments; a key that reads the store: with those who restore`,
            ],
          ]
        : [];
  const database: [string, string, string][] =
    dbDefaultsFile === undefined
      ? []
      : [
          ['database.sql', '', 'nowhere, once the account is made: it holds its password'],
          [
            'lifeboat.cnf',
            '',
            dbContainer === undefined
              ? `${codeSpan(dbDefaultsFile)} of ${codeSpan(sshUser)} on the server`
              : `${codeSpan(dbDefaultsFile)} in the container`,
          ],
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

function githubSteps(site: Site): string[] {
  const { backup, test } = environmentsOf(site);
  const { kind } = site.inputs.store;
  const isS3 = kind === 's3';
  const isSftp = kind === 'sftp';
  const set = (kind: 'secret' | 'variable', name: string, environment: string, file: string) =>
    `gh ${kind} set ${name} --env ${bashWord(environment)} < ${bashWord(`${site.keysDirectory}/${file}`)}`;
  const id = (role: string, environment: string) =>
    `gh variable set ${role}_ID --env ${bashWord(environment)} --body ${role}-ID-HERE`;
  const make = (environment: string) =>
    `gh api --silent --method PUT ${bashWord(`repos/{owner}/{repo}/environments/${environment}`)}`;
  return [
    'In the checkout of the repository. A private one has environments only with GitHub Pro or Team: otherwise make two private repositories, one for each job with its workflow file and its secrets (without `--env`), and never both sets of secrets in one. An environment that only the main branch may use is better still (its settings on GitHub).',
    codeBlock(
      [
        make(backup),
        set('secret', 'SSH_KEY', backup, 'ssh-key'),
        set('secret', 'SIGNING_KEY', backup, 'signing-key.asc'),
        set('variable', 'RECIPIENTS', backup, 'recipients.asc'),
        ...(isS3 ? [set('secret', 'WRITER_SECRET', backup, 'writer-secret'), id('WRITER', backup)] : []),
        ...(isSftp ? [set('secret', 'STORE_SSH_KEY', backup, 'store-ssh-key')] : []),
        make(test),
        set('secret', 'IDENTITY', test, 'identity.asc'),
        set('secret', 'PROOF_SIGNING_KEY', test, 'proof-signing-key.asc'),
        set('variable', 'TRUSTED_SIGNERS', test, 'trusted-signers.asc'),
        set('variable', 'TRUSTED_PROVERS', test, 'trusted-provers.asc'),
        ...(isSftp ? [set('secret', 'STORE_SSH_KEY', test, 'store-ssh-key')] : []),
        ...(isS3
          ? [
              set('secret', 'READER_SECRET', test, 'reader-secret'),
              id('READER', test),
              set('secret', 'PROVER_SECRET', test, 'prover-secret'),
              id('PROVER', test),
            ]
          : []),
      ].join('\n'),
      'sh',
    ),
    `In both workflow files write the account that the repository of Lifeboat lives in in place of ${codeSpan('OWNER')}, and the full SHA of a commit in place of ${codeSpan('v1')} as long as there is no release (README.md).`,
  ];
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
  const workflow = (name: string) => bashWord(path.resolve(inputs.directory, '.github/workflows', name));
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
          ['store-access-key-id', 'WRITER-ID-HERE'],
          ['store-secret-access-key-file', file('writer-secret')],
          ['reader-access-key-id', 'READER-ID-HERE'],
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
    ['workflow', workflow(workflowNames(site).dump)],
    ['workflow', workflow(workflowNames(site).test)],
  ];
  const given = flags.filter(([, value]) => value !== undefined);
  return [
    `node ${bashWord(program)} doctor`,
    ...given.map(([name, value]) => `--${name} ${value ?? ''}`),
    '--probe',
  ].join(' \\\n  ');
}
