// The page that tells what is to be done after init, step by step, ready to paste.
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
}

const PRINT_HOST_KEYS = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done';
const ROLES = ['writer', 'reader', 'prover'] as const;

export function renderPage(facts: PageFacts): string {
  const { site, written } = facts;
  return `${[
    `# Set up ${escapeMarkdown(site.inputs.server)}`,
    '## What was written',
    written.map((path) => `- ${codeSpan(path)}`).join('\n'),
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
    'From here, with the keys where they are. It changes nothing but for one small object in the store, and names what is still missing:',
    codeBlock(doctorCommand(site, facts.keys.identity.fingerprint), 'sh'),
    '## 7. The first dump, and the first proof',
    codeBlock(
      [
        `gh workflow run ${workflowNames(site).dump}`,
        `gh workflow run ${workflowNames(site).test} # when the dump is done`,
      ].join('\n'),
      'sh',
    ),
    `Commit the workflow files, print ${codeSpan('paper.md')}, and when every key is where it belongs, remove what is secret from here (${codeSpan('shred --remove')}).`,
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
  if ('why' in hostKey)
    return [
      knownHosts === undefined
        ? `The host key could not be fetched (${escapeMarkdown(hostKey.why)}). On the server, this prints it:`
        : `The host key could not be fetched (${escapeMarkdown(hostKey.why)}): that the server shows the one you gave was not seen.`,
      compare,
    ];
  const shown = [
    `${escapeMarkdown(inputs.sshHost)} showed this host key; the line is for a ${codeSpan('known_hosts')} file:`,
    codeBlock(`${hostKey.fingerprint}\n${hostKey.knownHostsLine}`, 'text'),
  ];
  if (knownHosts !== undefined) return [...shown, 'It is the one that you gave, or said to have compared.'];
  return [
    ...shown,
    `**Nobody has compared it yet**, and anybody could have answered. What the server itself prints must be the same:`,
    compare,
    `Only then write the fingerprint into the workflow file, in place of ${codeSpan(UNCOMPARED)}.`,
  ];
}

function databaseSteps({ inputs, keysDirectory }: Site): string[] {
  const { engine, databases, dbDefaultsFile, sshUser } = inputs;
  const account = accountOf(sshUser);
  const grants = grantStatements(engine, account, databases);
  if (dbDefaultsFile === undefined)
    return [
      `As an administrator of the database server (${codeSpan(`sudo ${engine}`)}). The account has no password: the server lets in the operating-system user of its name, over the socket.`,
      codeBlock([createStatement(engine, account), ...grants].join('\n'), 'sql'),
    ];
  return [
    `The account and its password are in ${codeSpan('database.sql')}; as an administrator of the database server:`,
    codeBlock(`${engine} < ${bashWord(`${keysDirectory}/database.sql`)}`, 'sh'),
    'It may do exactly this:',
    codeBlock(grants.join('\n'), 'sql'),
    `Where the database sees it come from another address, write that in place of ${codeSpan('localhost')}. Copy ${codeSpan('lifeboat.cnf')} to ${codeSpan(dbDefaultsFile)} of ${codeSpan(sshUser)} on the server, then as that user:`,
    codeBlock(`chmod 400 ${dbDefaultsFile}`, 'sh'),
  ];
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
      `Write the fingerprint of its host key into both workflow files, in place of ${codeSpan(UNCOMPARED_STORE)}. On the machine of the store, this prints it:`,
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
  ];
  return markdownTable(
    [{ title: 'File' }, { title: 'Fingerprint' }, { title: 'Where it belongs' }],
    rows.map(([file, fingerprint, where]) => [codeSpan(file), codeSpan(fingerprint), where]),
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
    'In the checkout of the repository. An environment that only the main branch may use is better still (its settings on GitHub).',
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
  ];
}

function doctorCommand(site: Site, identityFingerprint: string): string {
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
    ['identity-fingerprint', identityFingerprint],
    ['engine', inputs.engine],
    ['db-defaults-file', inputs.dbDefaultsFile && `'${inputs.dbDefaultsFile}'`],
    ['db-host', inputs.dbHost],
    ['db-port', inputs.dbPort],
    ['db-socket', inputs.dbSocket && bashWord(inputs.dbSocket)],
    ['db-container', inputs.dbContainer],
    ...(databases === '*' ? [] : databases.map((name) => ['databases', bashWord(name)] as const)),
    ['workflow', bashWord(`${inputs.directory}/.github/workflows/${workflowNames(site).dump}`)],
    ['workflow', bashWord(`${inputs.directory}/.github/workflows/${workflowNames(site).test}`)],
  ];
  const given = flags.filter(([, value]) => value !== undefined);
  return ['lifeboat doctor', ...given.map(([name, value]) => `--${name} ${value ?? ''}`), '--probe'].join(
    ' \\\n  ',
  );
}
