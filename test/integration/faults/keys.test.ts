// Keys that cannot be relied on: host keys of the target and recipients of the backup. The run is refused before anything of value is
// said to anybody.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateKey, readPrivateKey, revokeKey, type KeyOptions } from 'openpgp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeShop } from '../../helpers/blobs.ts';
import { expectFailure, expectNoSecrets, findWarnings } from '../../helpers/expect-failure.ts';
import { Site } from '../../helpers/site.ts';
import { runCommand } from '../../lab/command.ts';
import { createSshKey } from '../../lab/ssh-keys.ts';
import { readTargetLog } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'keys');
const DAY_MS = 24 * 60 * 60 * 1000;
const [ED25519 = '', RSA = ''] = lab.ssh.knownHosts.trim().split('\n');
const address = ED25519.split(' ')[0] ?? '';

const good: string[] = [];
let seenBefore: number;
beforeAll(() => makeShop(site, 'keys_shop'));
beforeEach(async () => {
  seenBefore = (await readTargetLog(lab.ssh)).length;
});
afterAll(async () => {
  await site.expectClean();
  await site.expectBackups(good);
});

/** What sshd said since the test began. */
async function readNewLog(): Promise<string> {
  return (await readTargetLog(lab.ssh)).slice(seenBefore);
}

describe('a host key', () => {
  let strangers: readonly string[];
  beforeAll(async () => {
    strangers = [
      await createSshKey(path.join(lab.directory, 'stranger_ed25519')),
      await createSshKey(path.join(lab.directory, 'stranger_ecdsa'), { type: 'ecdsa' }),
    ];
  });

  it.each([
    [
      'is another one',
      () => `${address} ${strangers[0] ?? ''}`,
      ['showed the host key ssh-ed25519 SHA256:', 'ssh-known-hosts'],
    ],
    [
      'is of a type that is not known',
      () => `${address} ${strangers[1] ?? ''}`,
      ['no host key of a type', 'ssh-known-hosts'],
    ],
    [
      'is revoked',
      () => `${ED25519}\n@revoked * ${ED25519.split(' ').slice(1).join(' ')}`,
      ['marks as revoked'],
    ],
    [
      'is revoked, and of the two listed the first',
      () => `@revoked ${ED25519}\n${RSA}\n${ED25519}`,
      ['ssh-known-hosts'],
    ],
  ])('that %s ends the run before user or key are named', async (_what, knownHosts, says) => {
    const run = await site.run({ databases: 'keys_shop', 'ssh-known-hosts': knownHosts() });
    expectFailure(site, run, { code: 'ssh-host-key', says });
    const log = await readNewLog();
    expect(log).toMatch(/^Connection from 127\.0\.0\.1/m);
    expect(log).not.toMatch(/publickey|Accepted|Failed|user deploy|Invalid/i);
  });

  it('may be known by a hashed line, as ssh-keygen writes it', async () => {
    const file = path.join(lab.directory, 'hashed_known_hosts');
    await writeFile(file, `${ED25519}\n`);
    await runCommand('ssh-keygen', ['-q', '-H', '-f', file]);
    const hashed = await readFile(file, 'utf8');
    expect(hashed).toMatch(/^\|1\|/);
    good.push(await site.makeGoodBackup({ databases: 'keys_shop', 'ssh-known-hosts': hashed }));
  });
});

describe('a recipient', () => {
  const make = async (options: Omit<KeyOptions, 'userIDs' | 'format'>) => {
    const userIDs = { name: 'Keeper', email: 'keeper@lab.example' };
    const { privateKey } = await generateKey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      ...options,
      userIDs,
      format: 'object',
    });
    return privateKey;
  };
  const madeAt = (days: number) => new Date(Date.now() + days * DAY_MS);
  const expired = async () =>
    (await make({ date: madeAt(-3), keyExpirationTime: 2 * 24 * 60 * 60 })).toPublic().armor();
  const revoked = async () => {
    const { publicKey } = await revokeKey({
      key: await readPrivateKey({ armoredKey: (await make({})).armor() }),
      reasonForRevocation: { string: 'lost' },
      format: 'object',
    });
    return publicKey.armor();
  };
  const signOnly = async () => (await make({ subkeys: [{ sign: true }] })).toPublic().armor();

  it.each([
    ['that has expired', expired, 'expired'],
    ['that is revoked', revoked, 'revoked'],
    ['that can only sign', signOnly, 'encrypt'],
  ])('%s ends the run before anything is contacted, whatever the others are', async (_what, key, says) => {
    const { recipients = '' } = site.inputs();
    const run = await site.run({ databases: 'keys_shop', recipients: `${recipients}\n${await key()}` });
    expectFailure(site, run, { code: 'recipient-unusable', says: [says, 'Keeper'] });
    expect(await readNewLog()).toBe('');
  });

  it('that expires in ten days is good for today, with a warning', async () => {
    const { recipients = '' } = site.inputs();
    const soon = await make({ date: madeAt(-1), keyExpirationTime: 11 * 24 * 60 * 60 });
    const run = await site.run({
      databases: 'keys_shop',
      recipients: `${recipients}\n${soon.toPublic().armor()}`,
    });
    expect(run.exitCode).toBe(0);
    good.push(run.outputs['backup-id'] ?? '');
    const day = madeAt(10).toISOString().slice(0, 10);
    expect(findWarnings(run)).toEqual([expect.stringMatching(`Keeper.* expires on ${day}`)]);
    expect(run.summary).toContain('expires on');
    expectNoSecrets(site, run);
  });

  it('that is the only one is worth a warning', async () => {
    const only = await readFile(lab.keys.recipients[0].publicKeyPath, 'utf8');
    const run = await site.run({ databases: 'keys_shop', recipients: only });
    expect(run.exitCode).toBe(0);
    good.push(run.outputs['backup-id'] ?? '');
    expect(findWarnings(run)).toEqual([expect.stringContaining('There is only one recipient')]);
  });

  it('that is a secret key is refused, and its text told nowhere', async () => {
    const secret = (await make({})).armor();
    const run = await site.run({ databases: 'keys_shop', recipients: secret });
    expectFailure(site, run, { code: 'input-invalid', exitCode: 2, says: ['recipients'] });
    for (const line of secret.split('\n').filter((text) => text.length > 40)) {
      expect(run.log + run.summary).not.toContain(line.trim());
    }
    expect(await readNewLog()).toBe('');
  });
});
