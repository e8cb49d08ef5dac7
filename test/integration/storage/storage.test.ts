// Storage over real SSH into a real bucket: stored by a put-only user, restored with the action's own code and with stock tools alone.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parseSnapshotManifest } from '../../../src/domain/snapshot.ts';
import { dumpInputs } from '../../helpers/dump-inputs.ts';
import { describeTree, makeNastyTree } from '../../helpers/file-tree.ts';
import { runAction, startAction, type ActionRun } from '../../helpers/runner.ts';
import { getStored, listStored } from '../../helpers/stored-objects.ts';
import { useLab } from '../../helpers/use-lab.ts';
import { createGpgHome } from '../../lab/gpg.ts';

const lab = useLab();
const SERVER = 'storage';
const work = mkdtempSync(path.join(tmpdir(), 'storage-'));
const data = path.join(lab.ssh.home, 'data');

function inputs(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const all = dumpInputs(lab, { server: SERVER, name: 'files', paths: data, ...changes });
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('db-')));
}

async function sync(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction('sync-storage', inputs(changes));
}

/** What the target's user is to own; only root can hand things over. */
function handOver(): void {
  const { uid, gid } = statSync(lab.ssh.home);
  if (process.geteuid?.() === 0) execFileSync('chown', ['-hR', `${uid}:${gid}`, data]);
}

async function readManifest(id: string) {
  const bytes = await getStored(lab, `${SERVER}/storage/files/snapshots/${id}.json`);
  return parseSnapshotManifest(bytes, { server: SERVER, name: 'files', id });
}

beforeAll(() => {
  mkdirSync(data);
  makeNastyTree(data);
  handOver();
});

afterAll(() => {
  execFileSync('chmod', ['-R', 'u+rwX', data, work]);
  rmSync(data, { recursive: true });
  rmSync(work, { recursive: true });
});

it('comes back equal with stock tools alone, and only what is new is stored', async () => {
  const first = await sync();
  expect(first.log).not.toContain('::error');
  expect(first).toMatchObject({ exitCode: 0 });
  writeFileSync(path.join(data, 'plain'), 'another\n');
  writeFileSync(path.join(data, 'comes'), 'new\n');
  rmSync(path.join(data, 'old'));
  handOver();
  const second = await sync({ 'encrypt-on': 'runner', 'max-deleted': '50%' });
  expect(second.exitCode).toBe(0);
  const manifest = await readManifest(second.outputs['snapshot-id'] ?? '');
  // Names of one file are packed apart from the rest.
  expect(manifest).toMatchObject({ complete: true, packs: { length: 4 }, index: { length: 2 } });

  const gpg = await createGpgHome(lab);
  try {
    for (const key of lab.keys.recipients) await gpg.importSecretKey(key);
    const restored = path.join(work, 'stock');
    mkdirSync(restored);
    const plain = async (key: string) =>
      execFileSync('zstd', ['-dc'], {
        input: await gpg.decrypt(await getStored(lab, key)),
        maxBuffer: 1 << 28,
      });
    const last = new Map<string, string>();
    for (const { parts } of manifest.index) {
      for (const record of (await plain(parts[0]?.key ?? '')).toString('latin1').split('\0')) {
        const [name, attributes] = [
          record.slice(0, record.indexOf('//')),
          record.slice(record.indexOf('//') + 2),
        ];
        if (attributes === '-') last.delete(name);
        else if (record !== '') last.set(name, attributes);
      }
    }
    const isDirectory = (attributes: string) => attributes.startsWith('d ');
    // Directories come last: what is put into them changes their times.
    const rounds = [false, true].flatMap((ofDirectories) =>
      manifest.packs.map(({ parts }) => ({ parts, ofDirectories })),
    );
    for (const { parts, ofDirectories } of rounds) {
      const key = parts[0]?.key ?? '';
      const id = path.basename(key, '.tar.zst.gpg');
      const names = [...last]
        .filter(([, it]) => it.endsWith(` ${id}`) && isDirectory(it) === ofDirectories)
        .map(([name]) => `${name.slice(1)}\0`);
      // Without a single name tar would take everything.
      if (names.length === 0) continue;
      writeFileSync(path.join(work, 'names'), Buffer.from(names.join(''), 'latin1'));
      const owner = process.geteuid?.() === 0 ? ['--numeric-owner', '--same-owner'] : [];
      execFileSync(
        'tar',
        [
          '-x',
          '-C',
          restored,
          '-p',
          '--xattrs',
          '--xattrs-include=*',
          '--acls',
          '--delay-directory-restore',
          '--no-recursion',
          ...owner,
          '--null',
          '-T',
          path.join(work, 'names'),
        ],
        { input: await plain(key), env: { PATH: process.env['PATH'], LC_ALL: 'C' } },
      );
    }
    expect(describeTree(restored + data)).toBe(describeTree(data));
  } finally {
    await gpg.close();
  }
});

it('stores what can be read, names the rest, and is red', async () => {
  const secret = path.join(data, 'secret');
  writeFileSync(secret, 'x');
  if (process.geteuid?.() === 0) chownSync(secret, 0, 0);
  chmodSync(secret, 0);
  const run = await sync();
  expect(run.exitCode).toBe(3);
  expect(run.log).toContain('storage-incomplete');
  expect(run.log).toContain(secret);
  expect(await readManifest(run.outputs['snapshot-id'] ?? '')).toMatchObject({
    complete: false,
    changes: { unreadable: 1 },
  });
  expect((await sync({ 'allow-incomplete': 'true' })).exitCode).toBe(0);
  rmSync(secret);
});

it('leaves earlier snapshots as they were when it is killed, and the next run goes on with what it packed', async () => {
  const before = await listStored(lab, `${SERVER}/storage/files/snapshots`);
  const large = path.join(data, 'large');
  mkdirSync(large);
  for (let n = 0; n < 8; n += 1) writeFileSync(path.join(large, `${n}`), randomBytes(8_000_000));
  handOver();
  const slowly = { compression: 'zstd:19', 'pack-size': '8MB' };
  const started = startAction('sync-storage', inputs(slowly));
  // By then the first one is noted.
  await vi.waitFor(() => expect(started.log()).toMatch(/pack 2: .* stored/), { timeout: 60_000 });
  started.child.kill('SIGKILL');
  await started.ended;
  expect(await listStored(lab, `${SERVER}/storage/files/snapshots`)).toEqual(before);
  let run = await sync();
  // The one that was killed may hold the lock for a moment.
  while (run.exitCode === 5) run = await sync();
  expect(run.exitCode).toBe(0);
  expect(run.log).toMatch(/\d packs? of a run that was cut off/);
  const { packs } = await readManifest(run.outputs['snapshot-id'] ?? '');
  const runs = packs.map(({ parts }) => path.basename(parts[0]?.key ?? '').split('-')[0]);
  const snapshots = JSON.stringify(await listStored(lab, `${SERVER}/storage/files/snapshots`));
  expect(runs.filter((id = '') => !snapshots.includes(id))).not.toEqual([]);
});
