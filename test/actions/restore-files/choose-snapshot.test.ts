// Which snapshot `of:<backup>` means, in the store of the test vectors with snapshots around its backup.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chooseSnapshot } from '../../../src/actions/restore-files/choose-snapshot.ts';
import { parseRunId } from '../../../src/domain/run-id.ts';
import { serializeSnapshotManifest } from '../../../src/domain/snapshots/snapshot-text.ts';
import type { SnapshotManifest } from '../../../src/domain/snapshots/snapshot.ts';
import type { StoredMessage } from '../../../src/domain/statements/stored-message.ts';
import { snapshotKeys } from '../../../src/domain/stores/object-names.ts';
import type { SnapshotChoice } from '../../../src/inputs/storage.ts';
import { exampleSnapshotManifest } from '../../domain/snapshots/snapshot-example.ts';
import {
  FormatStore,
  readVectorKeys,
  vectorBackup,
  vectorEncryption,
  VECTOR_TIME,
} from '../../helpers/format-store.ts';
import { silentReporter } from '../../helpers/silent-reporter.ts';

let vector: FormatStore;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: VECTOR_TIME });
  vector = new FormatStore();
});
afterEach(() => {
  vi.useRealTimers();
  vector[Symbol.dispose]();
});

/** Of the same night as the vectors' backup, which has the state of a few seconds after 03:05:12. */
function add(time: string, changes: Partial<SnapshotManifest> = {}): string {
  const id = `20261120T${time}Z-7f3a9c1e`;
  const startedAt = parseRunId(id)?.startedAt.getTime() ?? 0;
  const at = (ms: number) => new Date(startedAt + ms).toISOString();
  const { index, packs, ...example } = exampleSnapshotManifest();
  const rename = (objects: readonly StoredMessage[], name: string) =>
    objects.slice(0, 1).map(({ parts, ...object }) => ({
      ...object,
      parts: parts.map((part) => ({ ...part, key: `atlas/storage/files/${name}` })),
    }));
  const manifest: SnapshotManifest = {
    ...example,
    ...{ id, startedAt: at(0), instant: at(1_000), finishedAt: at(9_000) },
    index: rename(index, `snapshots/${id}.index.zst.gpg`),
    packs: rename(packs, `packs/${id}-1.tar.zst.gpg`),
    ...changes,
  };
  const file = path.join(vector.directory, snapshotKeys('atlas', 'files', id).manifest);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, serializeSnapshotManifest(manifest));
  return id;
}

async function choose(snapshot: SnapshotChoice, isSigned = false) {
  const trustedSigners = isSigned ? (await readVectorKeys()).trustedSigners : undefined;
  return chooseSnapshot(
    { server: 'atlas', name: 'files', snapshot },
    trustedSigners,
    { store: vector.reader, encryption: vectorEncryption, reporter: silentReporter },
    new AbortController().signal,
  );
}
const OF_BACKUP = { backup: vectorBackup.id };

it('is the first complete one that was begun after the backup', async () => {
  add('020000');
  add('031000', { complete: false });
  const id = add('040000');
  add('050000');
  expect(await choose(OF_BACKUP)).toMatchObject({ manifest: { id }, warnings: [] });
  expect(await choose('latest')).toMatchObject({ manifest: { id: '20261120T050000Z-7f3a9c1e' } });
  expect(await choose({ id: '20261120T020000Z-7f3a9c1e' })).toMatchObject({
    manifest: { instant: '2026-11-20T02:00:01.000Z' },
  });
});

it('is one from before, where there is none after it, and that is said', async () => {
  add('010000');
  const id = add('020000');
  const { manifest, warnings } = await choose(OF_BACKUP);
  expect(manifest.id).toBe(id);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^No snapshot was begun after the backup: this one has the files of 20 Nov 2026, 02:00:01 UTC, the backup the databases of 20 Nov 2026, 03:05:/,
    ),
  ]);
});

it('says so when none is complete', async () => {
  add('040000', { complete: false });
  expect((await choose(OF_BACKUP)).warnings).toEqual([
    'The snapshot is incomplete: some files could not be read.',
  ]);
});

it('is none without snapshots, and none of a backup that there is not', async () => {
  await expect(choose(OF_BACKUP)).rejects.toMatchObject({
    code: 'backup-not-found',
    message: expect.stringContaining('no snapshot of files belongs to') as string,
  });
  add('040000');
  await expect(choose({ backup: '20261119T030512Z-7f3a9c1e-mariadb' })).rejects.toMatchObject({
    code: 'backup-not-found',
  });
});

it('believes nothing that is not signed', async () => {
  add('040000');
  await expect(choose(OF_BACKUP, true)).rejects.toMatchObject({ code: 'signature-invalid' });
  await expect(choose('latest', true)).rejects.toMatchObject({ code: 'signature-invalid' });
});
