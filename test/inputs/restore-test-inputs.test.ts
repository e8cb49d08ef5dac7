import { describe, expect, it } from 'vitest';
import { restoreTestDeclaration } from '../../src/actions/restore-test/inputs.ts';
import { LifeboatError } from '../../src/errors.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';

const MINIMUM: Readonly<Record<string, string>> = {
  server: 'atlas',
  store: 's3://bucket/prefix',
  identity: 'a key',
};

async function read(values: Record<string, string>) {
  const source = {
    read: (name: string) => values[name] ?? MINIMUM[name],
    howToGive: () => '',
    problems: [],
    warnings: [],
  };
  return (await gatherInputs(restoreTestDeclaration, source, { isHostedRunner: false }, { checks: {} }))
    .inputs;
}

async function problemsOf(values: Record<string, string>): Promise<string> {
  try {
    await read(values);
    return '';
  } catch (error) {
    if (error instanceof LifeboatError) return error.message;
    throw error;
  }
}

it('has the names and defaults of the public contract', () => {
  const table = Object.entries(restoreTestDeclaration.inputs).map(
    ([name, { isRequired, default: value, isSecret }]) =>
      [name, isRequired ? 'required' : (value ?? '-'), ...(isSecret ? ['secret'] : [])].join(' '),
  );
  expect(table).toMatchInlineSnapshot(`
    [
      "server required",
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
      "identity required secret",
      "identity-passphrase - secret",
      "trusted-signers -",
      "proof-signing-key - secret",
      "proof-signing-key-passphrase - secret",
      "proof-access-key-id -",
      "proof-secret-access-key - secret",
      "trusted-provers -",
      "backup latest",
      "label -",
      "point-in-time none",
      "sandbox auto",
      "sandbox-image -",
      "replay-image -",
      "compare exact",
      "assertions ",
      "walk-back 3",
      "storage-sample 5%",
      "acknowledge ",
      "max-restore-time -",
      "max-data-loss -",
      "timeout 5h30m",
      "human-check never",
      "heartbeat-url - secret",
      "notify-issue false",
      "github-token - secret",
      "public-details false",
      "log-level info",
    ]
  `);
  expect(Object.keys(restoreTestDeclaration.outputs)).toEqual([
    ...['passed', 'level', 'rto-seconds', 'rpo-seconds', 'recovered-to', 'proof-key'],
  ]);
});

it('needs nothing but what is required', async () => {
  expect(await read({})).toMatchObject({
    ...{
      server: 'atlas',
      backup: { kind: 'latest' },
      sandbox: 'auto',
      compare: 'exact',
      assertions: [],
      walkBack: 3,
    },
    ...{
      sandboxImage: undefined,
      maxRestoreTime: undefined,
      maxDataLoss: undefined,
      trustedSigners: undefined,
    },
  });
});

it.each<[string, Record<string, string>, string]>([
  ['a passphrase without its key', { 'proof-signing-key-passphrase': 'x' }, 'proof-signing-key'],
  ['an access key without its secret', { 'proof-access-key-id': 'AKIA' }, 'proof-secret-access-key'],
  ['a secret without its access key', { 'proof-secret-access-key': 'x' }, 'proof-access-key-id'],
  [
    'an access key for proofs in a directory',
    { store: 'file:///srv/b', 'proof-access-key-id': 'AKIA', 'proof-secret-access-key': 'x' },
    'proof-access-key-id',
  ],
  ['too many older backups', { 'walk-back': '21' }, 'walk-back'],
  ['a restore within no time', { 'max-restore-time': '0s' }, 'max-restore-time'],
  ['a loss of less than a minute', { 'max-data-loss': '59s' }, 'max-data-loss'],
  ['an unknown sandbox', { sandbox: 'chroot' }, 'sandbox'],
  ['an unknown comparison', { compare: 'all' }, 'compare'],
  ['an option for an image', { 'sandbox-image': '--privileged' }, 'sandbox-image'],
  ['a moment without a zone', { 'point-in-time': '2026-11-20T03:05:12' }, 'point-in-time'],
  ['a moment that never was', { 'point-in-time': '2026-02-30T03:05:12Z' }, 'point-in-time'],
  ['no assertion', { assertions: 'SELECT 1' }, 'assertions'],
])('%s is refused', async (_, values, input) => {
  expect(await problemsOf(values)).toContain(`\`${input}\``);
});

describe('what fits together is accepted:', () => {
  it.each<Record<string, string>>([
    { 'proof-signing-key': 'a key', 'proof-signing-key-passphrase': 'x' },
    { 'proof-signing-key': 'a key' },
    { 'proof-access-key-id': 'AKIA', 'proof-secret-access-key': 'x' },
    {
      'max-restore-time': '4h',
      'max-data-loss': '26h',
      'walk-back': '0',
      backup: '20261120T030512Z-7f3a9c1e-mariadb',
    },
  ])('%o', async (values) => {
    expect(await problemsOf(values)).toBe('');
  });
});
