// Storage over real SSH into a real bucket: stored by a put-only user, restored with stock tools alone.
import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { packIdOf } from '../../../src/domain/stores/object-names.ts';
import { parseSnapshotManifest } from '../../../src/domain/snapshots/snapshot-text.ts';
import { makeNastyTree } from '../../helpers/file-tree.ts';
import { StorageSite } from '../../helpers/storage-site.ts';
import { getStored } from '../../helpers/stored-objects.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = new StorageSite(lab, 'storage');

async function readManifest(id = '') {
  const place = { server: site.server, name: 'files', id };
  const bytes = await getStored(lab, `${site.server}/storage/files/snapshots/${id}.json`);
  return parseSnapshotManifest(bytes, place);
}

beforeAll(() => {
  makeNastyTree(site.data);
  // What only root may read is in a test of its own.
  site.change('chmod 400 no-rights; setfattr -x trusted.note noted 2>/dev/null || :');
});
afterAll(() => site.close());

it('comes back equal with stock tools alone, and only what is new is stored', async () => {
  const first = await site.run({ 'pack-size': '64MiB' });
  expect(first.log).not.toContain('::error');
  expect(first).toMatchObject({ exitCode: 0 });
  site.expectNow(first.outputs['snapshot-id']);
  site.change('echo another >plain; echo new >comes; rm old; echo more >>zz/links-3');
  const second = await site.run({ 'encrypt-on': 'runner', 'max-deleted': '50%', 'pack-size': '64MiB' });
  expect(second.exitCode).toBe(0);
  site.expectNow(second.outputs['snapshot-id']);
  const manifest = await readManifest(second.outputs['snapshot-id']);
  expect(manifest).toMatchObject({ complete: true, packs: { length: 4 }, index: { length: 2 } });
  await site.expectAll();
});

it('stores what can be read, names the rest, and is red', async () => {
  const secret = path.join(site.data, 'secret');
  writeFileSync(secret, 'x');
  if (process.geteuid?.() === 0) chownSync(secret, 0, 0);
  chmodSync(secret, 0);
  const run = await site.run();
  expect(run.exitCode).toBe(3);
  expect(run.log).toContain('storage-incomplete');
  expect(run.log).toContain(secret);
  const manifest = await readManifest(run.outputs['snapshot-id']);
  expect(manifest).toMatchObject({ complete: false, changes: { unreadable: 1 } });
  expect((await site.run({ 'allow-incomplete': 'true' })).exitCode).toBe(0);
  rmSync(secret);
});

it('goes on with what a run packed that was killed', async () => {
  site.change(`mkdir large; for n in 1 2 3 4 5 6 7 8; do head -c 8000000 /dev/urandom >large/$n; done`);
  const started = site.start({ compression: 'zstd:19', 'pack-size': '8MB' });
  // By then the first one is noted.
  await vi.waitFor(() => expect(started.log()).toMatch(/pack 2: .* stored/), { timeout: 60_000 });
  started.child.kill('SIGKILL');
  await started.ended;
  const run = await site.run();
  expect(run.log).toMatch(/\d packs? of a run that was cut off/);
  site.expectNow(run.outputs['snapshot-id']);
  const { packs } = await readManifest(run.outputs['snapshot-id']);
  const known = await site.listSnapshots();
  const adopted = packs.filter((pack) => !known.includes(packIdOf(pack).replace(/-\d+$/, '')));
  expect(adopted.length).toBeGreaterThan(0);
});
