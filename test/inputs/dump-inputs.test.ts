import { describe, expect, it } from 'vitest';
import { dumpDeclaration } from '../../src/actions/dump/inputs.ts';
import { LifeboatError } from '../../src/errors.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';

const MINIMUM: Readonly<Record<string, string>> = {
  server: 'atlas',
  'ssh-host': 'atlas.example.com',
  'ssh-user': 'backup',
  'ssh-key': 'a key',
  'ssh-known-hosts': 'ssh-ed25519 SHA256:x',
  store: 's3://bucket/prefix',
  recipients: 'a public key',
};

async function read(values: Record<string, string>, isHostedRunner = false, hasIdToken = false) {
  const source = {
    read: (name: string) => values[name] ?? MINIMUM[name],
    howToGive: () => '',
    problems: [],
    warnings: [],
  };
  const { inputs } = await gatherInputs(
    dumpDeclaration,
    source,
    { isHostedRunner, hasIdToken },
    { checks: {} },
  );
  return inputs;
}

async function problemsOf(values: Record<string, string>, isHostedRunner = false): Promise<string> {
  try {
    await read(values, isHostedRunner);
    return '';
  } catch (error) {
    if (error instanceof LifeboatError) return error.message;
    throw error;
  }
}

it('has the names and defaults of the public contract', () => {
  const table = Object.entries(dumpDeclaration.inputs).map(
    ([name, { isRequired, default: value, isSecret }]) =>
      [name, isRequired ? 'required' : (value ?? '-'), ...(isSecret ? ['secret'] : [])].join(' '),
  );
  expect(table).toMatchInlineSnapshot(`
    [
      "server required",
      "ssh-host required",
      "ssh-port 22",
      "ssh-user required",
      "ssh-key required secret",
      "ssh-key-passphrase - secret",
      "ssh-known-hosts required",
      "ssh-proxy-host -",
      "ssh-proxy-port 22",
      "ssh-proxy-user -",
      "ssh-proxy-key - secret",
      "ssh-proxy-key-passphrase - secret",
      "ssh-proxy-known-hosts -",
      "timeout 5h30m",
      "set -",
      "state-key - secret",
      "max-lock 5m",
      "label -",
      "store required",
      "store-endpoint -",
      "store-region -",
      "store-access-key-id -",
      "store-secret-access-key - secret",
      "store-role-arn -",
      "store-ssh-key - secret",
      "store-ssh-key-passphrase - secret",
      "store-known-hosts -",
      "allow-unversioned false",
      "store-storage-class -",
      "recipients required",
      "encrypt-on target",
      "signing-key - secret",
      "signing-key-passphrase - secret",
      "engine mariadb",
      "db-user -",
      "db-password - secret",
      "db-password-file -",
      "db-defaults-file -",
      "db-host -",
      "db-port -",
      "db-socket -",
      "db-container -",
      "databases *",
      "exclude-databases ",
      "exclude-tables ",
      "layout one",
      "consistency auto",
      "accounts true",
      "inventory rows",
      "rotate true",
      "coordinates true",
      "broken-views exclude",
      "max-replica-lag 15m",
      "before -",
      "after -",
      "extra-args ",
      "compression zstd:3",
      "min-size -",
      "allow-empty false",
      "dry-run false",
      "heartbeat-url - secret",
      "notify-issue false",
      "github-token - secret",
      "public-details false",
      "log-level info",
    ]
  `);
  expect(Object.keys(dumpDeclaration.outputs)).toEqual([
    'backup-id',
    'manifest-key',
    'bytes',
    'duration-seconds',
  ]);
});

it('needs nothing but what is required', async () => {
  expect(await read({})).toMatchObject({
    sshPort: 22,
    timeout: 19_800_000,
    store: { kind: 's3', bucket: 'bucket', prefix: 'prefix' },
    allowUnversioned: false,
    databases: '*',
    excludeDatabases: [],
    excludeTables: [],
    consistency: 'auto',
    accounts: true,
    compression: { codec: 'zstd', level: 3 },
    minSize: undefined,
    dryRun: false,
    logLevel: 'info',
  });
});

it('tells every missing input at once', async () => {
  const blank = Object.fromEntries(Object.keys(MINIMUM).map((name) => [name, ' ']));
  const message = await problemsOf(blank);
  expect(message).toContain('7 problems');
  for (const name of Object.keys(MINIMUM)) expect(message).toContain(`- \`${name}\`: nothing is given`);
});

const SFTP = { store: 'sftp://u@h/b', 'store-ssh-key': 'a key', 'store-known-hosts': 'a host key' };

describe('what does not fit together is refused:', () => {
  const secret = { 'store-access-key-id': 'AKIA', 'store-secret-access-key': 'secret' };
  it.each<[string, Record<string, string>, string]>([
    ['an access key without its secret', { 'store-access-key-id': 'AKIA' }, 'store-secret-access-key'],
    ['a secret without its access key', { 'store-secret-access-key': 'secret' }, 'store-access-key-id'],
    ['S3 credentials for a directory', { store: 'file:///srv/b', ...secret }, 'store-access-key-id'],
    [
      'an endpoint for a directory',
      { store: 'file:///srv/b', 'store-endpoint': 'https://s3.example' },
      'store-endpoint',
    ],
    ['a lock in a container', { consistency: 'lock', 'db-container': 'db' }, 'consistency'],
    ['a region for a directory', { store: 'file:///srv/b', 'store-region': 'eu-central-1' }, 'store-region'],
    [
      'versions for a directory',
      { store: 'file:///srv/b', 'allow-unversioned': 'true' },
      'allow-unversioned',
    ],
    ['an SFTP store without a key', { store: 'sftp://u@h/b', 'store-known-hosts': 'x' }, 'store-ssh-key'],
    ['an SFTP store without host keys', { store: 'sftp://u@h/b', 'store-ssh-key': 'x' }, 'store-known-hosts'],
    ['S3 credentials for an SFTP store', { ...SFTP, ...secret }, 'store-access-key-id'],
    ['versions for an SFTP store', { ...SFTP, 'allow-unversioned': 'true' }, 'allow-unversioned'],
    ['an SSH key for a bucket', { 'store-ssh-key': 'x' }, 'store-ssh-key'],
    ['a passphrase for a bucket', { 'store-ssh-key-passphrase': 'x' }, 'store-ssh-key-passphrase'],
    ['host keys for a directory', { store: 'file:///srv/b', 'store-known-hosts': 'x' }, 'store-known-hosts'],
    ['a passphrase without its signing key', { 'signing-key-passphrase': 'x' }, 'signing-key'],
    ['a defaults file and a user', { 'db-defaults-file': '~/.my.cnf', 'db-user': 'dump' }, 'db-user'],
    [
      'a defaults file and a password',
      { 'db-defaults-file': '~/.my.cnf', 'db-password': 'pass' },
      'db-password',
    ],
    [
      'a defaults file and a password file',
      { 'db-defaults-file': '~/.my.cnf', 'db-password-file': '~/.pass' },
      'db-password-file',
    ],
    [
      'a password and a password file',
      { 'db-user': 'dump', 'db-password': 'pass', 'db-password-file': '~/.pass' },
      'db-password-file',
    ],
    ['a password of nobody', { 'db-password': 'pass' }, 'db-user'],
    ['a password file of nobody', { 'db-password-file': '~/.pass' }, 'db-user'],
    ['a socket and a host', { 'db-socket': '/run/db.sock', 'db-host': 'db' }, 'db-host'],
    ['a socket and a port', { 'db-socket': '/run/db.sock', 'db-port': '3306' }, 'db-port'],
    [
      'a database both listed and left out',
      { databases: 'shop', 'exclude-databases': 'shop' },
      'exclude-databases',
    ],
  ])('%s', async (_, values, input) => {
    expect(await problemsOf(values)).toContain(`- \`${input}\`:`);
  });

  it('a directory on a hosted runner', async () => {
    expect(await problemsOf({ store: 'file:///srv/b' }, true)).toContain('gone when the job ends');
    expect(await problemsOf({ store: 'file:///srv/b' }, false)).toBe('');
  });
});

it.each<Record<string, string>>([
  { 'store-access-key-id': 'AKIA', 'store-secret-access-key': 'secret' },
  SFTP,
  { ...SFTP, 'store-ssh-key-passphrase': 'x' },
  { 'db-user': 'dump', 'db-password-file': '~/.pass' },
  { 'db-user': 'dump', 'db-password': 'pass', 'db-host': 'db', 'db-port': '3307' },
  { 'db-defaults-file': '~/.my.cnf', 'db-socket': '/run/db.sock' },
  { databases: '*', 'exclude-databases': 'shop' },
  { 'signing-key': 'a key', 'signing-key-passphrase': 'x' },
])('accepts what fits together: %o', async (values) => {
  expect(await problemsOf(values)).toBe('');
});

it('never quotes credentials in a store address', async () => {
  const message = await problemsOf({
    store: 's3://key:topsecret@bucket/x',
    'store-endpoint': 'https://u:topsecret@x',
  });
  expect(message).toContain('2 problems');
  expect(message).not.toContain('topsecret');
});

describe('a bastion', () => {
  it('is not contacted without its host keys', async () => {
    expect(await problemsOf({ 'ssh-proxy-host': 'bastion.example.com' })).toContain(
      '`ssh-proxy-known-hosts`: nothing is given, but `ssh-proxy-host` is',
    );
  });

  it('has to be named when anything is said about it', async () => {
    const problems = await problemsOf({ 'ssh-proxy-user': 'jump', 'ssh-proxy-known-hosts': 'x' });
    for (const input of ['ssh-proxy-user', 'ssh-proxy-known-hosts'])
      expect(problems).toContain(`\`${input}\`: only with \`ssh-proxy-host\``);
    expect(await problemsOf({ 'ssh-proxy-key-passphrase': 'x' })).toContain(
      '`ssh-proxy-key`: nothing is given',
    );
  });
});

describe('store-role-arn', () => {
  const ROLE = { 'store-role-arn': 'arn:aws:iam::123456789012:role/path/lifeboat-writer' };

  it('is for jobs that may ask for a token', async () => {
    expect(await problemsOf(ROLE)).toMatch(
      /may not ask GitHub for a token.*\n?.*`permissions: id-token: write`/,
    );
    expect((await read(ROLE, true, true)).storeRoleArn).toBe(ROLE['store-role-arn']);
  });

  it('goes with nothing else that gives keys, and is the ARN of a role', async () => {
    const keys = { 'store-access-key-id': 'ID', 'store-secret-access-key': 'secret' };
    expect(await problemsOf({ ...ROLE, ...keys })).toContain('only one of the two');
    expect(await problemsOf({ ...ROLE, store: 'file:///srv/backups' })).toContain('only for `s3://` stores');
    for (const arn of ['lifeboat-writer', 'arn:aws:iam::123456789012:user/x'])
      expect(await problemsOf({ 'store-role-arn': arn })).toContain('is not the ARN of a role');
  });
});

describe('store-storage-class', () => {
  it('is one that the provider is known to have, and that can be read at once', async () => {
    expect((await read({ 'store-storage-class': 'STANDARD_IA' })).storeStorageClass).toBe('STANDARD_IA');
    const backblaze = { 'store-endpoint': 'https://s3.eu-central-003.backblazeb2.com' };
    expect(await problemsOf({ 'store-storage-class': 'STANDARD_IA', ...backblaze })).toContain(
      'Backblaze B2 has no such class',
    );
    expect(await problemsOf({ 'store-storage-class': 'DEEP_ARCHIVE' })).toContain('before they can be read');
  });
});
