// Where secrets must never be: logs, summaries, outputs, the store, arguments and environments of processes, files.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { makeShop } from '../../helpers/blobs.ts';
import { findCanaries, type Canary } from '../../helpers/canaries.ts';
import { expectFailure } from '../../helpers/expect-failure.ts';
import { watchForLeaks } from '../../helpers/leak-watch.ts';
import { startAction, type ActionRun } from '../../helpers/runner.ts';
import { Site } from '../../helpers/site.ts';
import { createPgpKey } from '../../lab/keys.ts';
import { createS3Client } from '../../lab/s3.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const PASSPHRASE = 'canary-of-the-ssh-key +/ä%';
const WRONG = 'canary-that-opens-nothing';

let site: Site;
let directory: string;
let protectedKey: string;
let canaries: readonly Canary[];
const good: string[] = [];
beforeAll(async () => {
  directory = mkdtempSync(path.join(lab.directory, 'secrets-'));
  // A key of its own: the lab's passphrase is the same in every lab of this machine.
  const passphrase = `canary of signing ${path.basename(directory)}`;
  const signing = await createPgpKey(directory, 'signing', {
    type: 'ecc',
    curve: 'curve25519Legacy',
    passphrase,
  });
  site = Site.on({ ...lab, keys: { ...lab.keys, signing } }, 'secrets');
  await makeShop(site, 'secrets_shop');
  const keyFile = path.join(directory, 'protected');
  copyFileSync(lab.ssh.privateKeyPath, keyFile);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', keyFile], { stdio: 'ignore' });
  protectedKey = readFileSync(keyFile, 'utf8');
  canaries = [
    ...site.canaries(),
    { name: 'the protected SSH key', value: protectedKey },
    { name: "the SSH key's passphrase", value: PASSPHRASE },
    { name: 'a wrong secret', value: WRONG },
  ].map(({ name, value }) => ({ name, value: withoutHeader(value) }));
});
afterEach(() => site.reset());

/** The first line of an OpenSSH key is the same in all of them, also in those of other labs on this machine. */
function withoutHeader(secret: string): string {
  return secret.replace(/^(-----BEGIN OPENSSH PRIVATE KEY-----\n).*\n/, '$1');
}

/** Runs the dump and looks everywhere meanwhile and afterwards. */
async function runWatched(changes: Readonly<Record<string, string>>): Promise<ActionRun> {
  const temporary = mkdtempSync(path.join(directory, 'runner-'));
  const inputs = site.inputs({ databases: 'secrets_shop', 'log-level': 'debug', ...changes });
  const { child, ended } = startAction('dump', inputs, { HOME: temporary, RUNNER_TEMP: temporary });
  const watch = watchForLeaks({
    canaries,
    directories: [temporary, lab.ssh.home, lab.ssh.sharedMemory],
    initiated: new Set([child.pid ?? 0]),
  });
  const run = await ended;
  if (run.outputs['backup-id'] !== undefined) good.push(run.outputs['backup-id']);
  expect(watch.stop()).toEqual([]);
  await expectNothingTold(run);
  return run;
}

/** Neither the run nor the store has a secret, and what the store had before is still there. */
async function expectNothingTold(run: ActionRun): Promise<void> {
  const told = [run.log, run.summary, ...Object.values(run.outputs)].join('\n');
  expect(findCanaries(told, canaries)).toEqual([]);
  for (const [key, bytes] of await readBucket()) {
    expect(findCanaries(`${key}\n${bytes}`, canaries).map((canary) => `${key}: ${canary}`)).toEqual([]);
  }
  const backups = await site.expectBackups(good);
  for (const text of backups.at(-1)?.texts.values() ?? []) {
    expect(findCanaries(text.toString('utf8'), canaries)).toEqual([]);
  }
}

/** Every version of every object of the site. */
async function readBucket(): Promise<(readonly [string, string])[]> {
  const { s3 } = lab;
  const client = createS3Client(s3, s3.owner);
  const { Versions = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket: s3.bucket, Prefix: `${s3.prefix}/${site.server}/` }),
  );
  const objects = await Promise.all(
    Versions.map(async ({ Key = '', VersionId }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key, VersionId }));
      return [Key, (await Body?.transformToString('utf8')) ?? ''] as const;
    }),
  );
  client.destroy();
  return objects;
}

describe('no secret is to be found', () => {
  it.each([
    ['with a plain SSH key', () => ({})],
    [
      'with a protected SSH key',
      () => ({ 'ssh-key': protectedKey, 'ssh-key-passphrase': PASSPHRASE, label: 'second' }),
    ],
  ])('of a good run %s', async (_how, changes) => {
    const run = await runWatched(changes());
    expect(run.log).not.toContain('::error');
    expect(run.exitCode).toBe(0);
  });

  it.each<[string, ErrorCode, number, () => Record<string, string>]>([
    [
      'wrong passphrase of the SSH key',
      'input-invalid',
      2,
      () => ({ 'ssh-key': protectedKey, 'ssh-key-passphrase': WRONG }),
    ],
    ['wrong password of the database', 'db-access-denied', 1, () => ({ 'db-password': WRONG })],
    ['wrong key of the store', 'store-denied', 1, () => ({ 'store-secret-access-key': WRONG })],
    ['wrong passphrase of the signing key', 'input-invalid', 2, () => ({ 'signing-key-passphrase': WRONG })],
    // The mistake of somebody in a hurry: one secret in the place of another.
    ['passphrase in the place of the SSH key', 'input-invalid', 2, () => ({ 'ssh-key': WRONG })],
    ['secret in the place of a name', 'input-invalid', 2, () => ({ 'signing-key': WRONG })],
  ])('of a run with a %s', async (_what, code, exitCode, changes) => {
    expectFailure(site, await runWatched(changes()), { code, exitCode, says: [] });
  });

  it('when the dump client says all that it knows, and its options file', async () => {
    const password = String.raw`sed -n 's/^password="\(.*\)"$/\1/p' | sed 's/\\\(.\)/\1/g'`;
    const told = `printf '%s\\n' "$*" >&2; env >&2; options=$(cat /dev/fd/7); echo "$options" >&2
      for encode in cat base64 'od -An -v -tx1'; do echo "$options" | ${password} | tr -d '\\n' | $encode | tr -d ' \\n' >&2; echo >&2; done; exit 3`;
    site.wrap(
      'mariadb-dump',
      `#!/bin/bash\ncase " $* " in *" --single-transaction "*) ${told} ;; esac\nexec /usr/bin/mariadb-dump "$@"\n`,
    );
    // Not watched: the wrapper itself writes the secrets down.
    const run = await site.run({ databases: 'secrets_shop', 'log-level': 'debug' });
    await expectNothingTold(run);
    const message = expectFailure(site, run, {
      code: 'target-stage-failed',
      says: ['password="***"', /^ *\*{3}\n *\*{3}.{0,3}\n *\*{3}$/m],
    });
    expect(message).not.toContain(lab.mariadb.dumpPassword);
  });
});

describe('the search itself finds a secret', () => {
  const canary = { name: 'planted', value: 'planted-secret/with+signs?and ä' };

  it.each([
    ['as it is', canary.value],
    ['in Base64, first alignment', Buffer.from(canary.value).toString('base64')],
    ['in Base64, second alignment', Buffer.from(`x${canary.value}`).toString('base64')],
    ['in Base64, third alignment', Buffer.from(`xy${canary.value}yx`).toString('base64')],
    ['in hex', Buffer.from(canary.value).toString('hex')],
    ['in a URL', encodeURIComponent(canary.value)],
  ])('%s', (_how, text) => {
    expect(findCanaries(`before ${text} after`, [canary])).not.toEqual([]);
    expect(findCanaries('before and after', [canary])).toEqual([]);
  });

  it('in arguments, environments and files', async () => {
    const planted = path.join(lab.ssh.home, 'planted');
    const words = { name: 'argument', value: 'planted-in-arguments' };
    const variable = { name: 'variable', value: 'planted-in-environment' };
    writeFileSync(planted, canary.value);
    const child = spawn('sh', ['-c', 'read -r line', words.value], { env: { SECRET: variable.value } });
    await once(child, 'spawn');
    const watch = watchForLeaks({
      canaries: [canary, words, variable],
      directories: [lab.ssh.home],
      initiated: new Set(),
    });
    const leaks = watch.stop();
    child.stdin.end();
    await once(child, 'close');
    rmSync(planted);
    expect(leaks).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^process .*argument/),
        expect.stringMatching(/^environment .*variable/),
        expect.stringContaining(`${planted}: planted`),
      ]),
    );
  });
});
