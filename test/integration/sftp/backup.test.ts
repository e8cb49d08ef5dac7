// Backups in an SFTP account that is set up as docs/store-setup.md says, locked into its directory: dumped with a key that may only add,
// looked at and fetched with one that may only read, and proven to restore.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blocksBelow, readPage } from '../../helpers/documentation.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { expectFailure, expectNoSecrets } from '../../helpers/expect-failure.ts';
import { RestoreSite } from '../../helpers/restore-site.ts';
import { runAction } from '../../helpers/runner.ts';
import { ADD_ONLY, findFiles } from '../../helpers/sftp-account.ts';
import { runStep } from '../../helpers/step.ts';
import { query } from '../../lab/mariadb.ts';
import { LabRun } from '../../lab/run.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';
import { createSshKey } from '../../lab/ssh-keys.ts';
import { startTarget, type TargetAddress } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const SERVER = 'by-sftp';
const DATABASE = 'by_sftp';
const CLI = path.resolve(import.meta.dirname, '../../../dist/cli.js');
/** What the lab's helpers give for a bucket, and this store is refused. */
const NO_BUCKET = {
  ...{ 'store-endpoint': '', 'store-region': '', 'store-access-key-id': '', 'store-secret-access-key': '' },
};
const NO_PROVER = { 'proof-access-key-id': '', 'proof-secret-access-key': '' };

let run: LabRun;
let account: TargetAddress;
let site: RestoreSite;
let store: Record<string, string>;
let reader: string;
beforeAll(async () => {
  run = await LabRun.start();
  const [sshd = '', keys = ''] = blocksBelow(readPage('docs/store-setup.md'), 'text', 'An SFTP account');
  // The lab has a user, a file of keys and a place for the jail of its own.
  const configuration = sshd
    .split('\n')
    .filter((line) => /^ {4}(?!AuthorizedKeysFile|ChrootDirectory)/.test(line));
  expect(configuration).toHaveLength(2);
  // Debian's own line, which a command before a key replaces; without any the server refuses.
  const sftp = '/usr/lib/openssh/sftp-server';
  account = (await startTarget(run, { isJailed: true, configuration, sftp })).address;
  reader = run.path('reader');
  const places = ['ssh-ed25519 AAAA… writer', 'ssh-ed25519 AAAA… reader'];
  const real = [readFileSync(`${account.privateKeyPath}.pub`, 'utf8').trim(), await createSshKey(reader)];
  for (const place of places) expect(keys).toContain(place);
  expect(keys).toContain(`internal-sftp -P ${ADD_ONLY}"`);
  writeFileSync(
    path.join(path.dirname(account.privateKeyPath), 'authorized_keys'),
    places.reduce((text, place, index) => text.replace(place, real[index] ?? ''), keys),
  );
  store = {
    ...NO_BUCKET,
    store: `sftp://${account.user}@${account.host}:${account.port}/store`,
    'store-ssh-key': readFileSync(account.privateKeyPath, 'utf8'),
    'store-known-hosts': account.knownHosts,
  };
  site = await RestoreSite.start(lab, startPodmanForSandboxes);
  await query(
    lab.mariadb,
    `CREATE DATABASE ${DATABASE}; USE ${DATABASE}; CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB);
     INSERT INTO t SELECT seq, RANDOM_BYTES(1000) FROM seq_1_to_2000`,
  );
});
afterAll(async () => {
  await query(lab.mariadb, `DROP DATABASE IF EXISTS ${DATABASE}`);
  await site.stop();
  await run.stop();
});

it('dumps, lists, fetches, and restores from there', async () => {
  const dumped = await runAction('dump', dumpInputs(lab, { ...store, server: SERVER, databases: DATABASE }));
  expect(dumped.log).not.toContain('::error');
  expect(dumped.exitCode).toBe(0);
  const id = dumped.outputs['backup-id'] ?? '';
  expect(dumped.summary).toContain(`${store['store'] ?? ''}/${SERVER}/dumps/`);
  expect(dumped.summary).toContain(`sftp -q -P ${account.port} `);

  const readerKey = { 'store-ssh-key': readFileSync(reader, 'utf8') };
  const variables = {
    LIFEBOAT_SERVER: SERVER,
    ...Object.fromEntries(
      Object.entries({ ...store, ...readerKey }).map(([name, value]) => [
        `LIFEBOAT_${name.toUpperCase().replaceAll('-', '_')}`,
        value,
      ]),
    ),
  };
  expect((await runStep([CLI, 'list'], variables)).stdout).toContain(`${id}  `);
  const directory = run.path('fetched');
  const fetched = await runStep([CLI, 'fetch', 'latest', '--directory', directory], variables);
  expect(fetched.exitCode, fetched.stderr).toBe(0);
  expect(readdirSync(directory)).toEqual(
    expect.arrayContaining(['manifest.json', `${DATABASE}.sql.zst.gpg`]),
  );

  const refused = await runAction('dump', dumpInputs(lab, { ...store, ...readerKey, server: SERVER }));
  expectFailure(site, refused, { code: 'store-denied', says: ['/store'] });

  const tested = await site.run({ ...store, ...NO_PROVER, server: SERVER });
  expect(tested.log).not.toContain('::error');
  expect(tested.outputs).toMatchObject({ passed: 'true' });
  const proofs = (await findFiles(path.join(account.jail, 'store', SERVER, 'proofs'))).filter(
    (file) => !path.basename(file).startsWith('.'),
  );
  expect(proofs.map((file) => path.basename(file))).toEqual(['RECOVERY.md', 'proof.json', 'proof.json.sig']);
  const canaries = () => [
    ...site.canaries(),
    { name: "the store's key", value: store['store-ssh-key'] ?? '' },
  ];
  for (const one of [dumped, tested]) expectNoSecrets({ canaries }, one);
});

it('says what is wrong with the inputs of such a store before it contacts anything', async () => {
  const strange = { 'store-known-hosts': 'other.example.com ssh-ed25519 AAAA', 'store-ssh-key': 'no key' };
  const refused = await runAction('dump', dumpInputs(lab, { ...store, ...strange, server: SERVER }));
  expect(refused.exitCode).toBe(2);
  expect(refused.log).toContain('store-known-hosts');
  expect(refused.log).toContain('store-ssh-key');
});
