import { describe, expect, it } from 'vitest';
import {
  formatPackId,
  packKey,
  parsePackKey,
  parseSnapshotIndexKey,
  snapshotKeys,
} from '../../../src/domain/stores/object-names.ts';
import {
  parseSnapshotManifest,
  serializeSnapshotManifest,
} from '../../../src/domain/snapshots/snapshot-text.ts';
import type { LifeboatError } from '../../../src/errors.ts';
import { ABSENT, changed } from '../dumps/manifest-example.ts';
import { exampleSnapshotManifest, snapshotPlace } from './snapshot-example.ts';

/** What the reader says of the example with these changes. */
function complaint(changes: Record<string, unknown>): string {
  const text = JSON.stringify(changed(exampleSnapshotManifest(), changes), undefined, 2);
  try {
    parseSnapshotManifest(Buffer.from(`${text}\n`), snapshotPlace);
  } catch (error) {
    expect(error).toMatchObject({ code: 'manifest-invalid' });
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

describe('the manifest of a snapshot', () => {
  it('writes every field, in the documented order, and reads it again', () => {
    const bytes = serializeSnapshotManifest(exampleSnapshotManifest());
    expect(Buffer.from(bytes).toString()).toBe(
      `${JSON.stringify(exampleSnapshotManifest(), undefined, 2)}\n`,
    );
    expect(parseSnapshotManifest(bytes, snapshotPlace)).toEqual(exampleSnapshotManifest());
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another type', { type: 'dump' }, 'type is not "snapshot"'],
    ['another server', { server: 'borea' }, 'server is borea, but the manifest stands under atlas'],
    ['another storage', { name: 'mail' }, 'name is mail, but the manifest stands under files'],
    ['another run', { id: '20261120T040512Z-00000000' }, 'but the manifest stands under'],
    ['no run', { id: 'latest' }, 'id is not the id of a run'],
    ['times out of order', { instant: '2026-11-20T04:05:11.000Z' }, 'instant is before startedAt'],
    ['a path that goes up', { 'paths.0': '/srv//x' }, 'paths[0] is not a path from the root'],
    ['no path', { paths: [] }, 'paths has fewer than 1 entries'],
    ['complete without all', { 'changes.unreadable': 1 }, 'complete is true, although'],
    ['complete with torn files', { 'changes.unstable': 1 }, 'complete is true, although'],
    ['no index', { index: [] }, 'index has fewer than 1 entries'],
    [
      'a pack of another server',
      { 'packs.0.parts.0.key': `borea/storage/files/packs/${snapshotPlace.id}-1.tar.zst.gpg` },
      'packs[0].parts[0].key is not that of such an object of this storage',
    ],
    [
      'an index for a pack',
      { 'packs.0.parts.0.key': `atlas/storage/files/snapshots/${snapshotPlace.id}.index.zst.gpg` },
      'packs[0].parts[0].key is not that of such an object of this storage',
    ],
    [
      'a pack of tomorrow',
      { 'packs.0.parts.0.key': 'atlas/storage/files/packs/20261121T040512Z-7f3a9c1e-1.tar.zst.gpg' },
      'packs[0].parts[0].key is that of a later run',
    ],
    [
      'a pack twice',
      { 'packs.0.parts.0.key': `atlas/storage/files/packs/${snapshotPlace.id}-1.tar.zst.gpg` },
      'packs names an object twice',
    ],
    ['sums that differ', { 'packs.0.sizeBytes': 299 }, 'packs[0].sizeBytes is not the sum of its parts'],
    ['a field more', { 'holds.secret': 1 }, 'holds."secret" is not a field of this format'],
    ['a field less', { 'holds.bytes': ABSENT }, 'holds.bytes is missing'],
  ])('refuses %s', (_what, changes, expected) => {
    expect(complaint(changes)).toContain(expected);
  });
});

describe('names of storage', () => {
  it('follow from server, storage and run', () => {
    const { server, name, id } = snapshotPlace;
    expect(snapshotKeys(server, name, id).manifest).toBe(`atlas/storage/files/snapshots/${id}.json`);
    const key = packKey(server, name, formatPackId(id, 12));
    expect(key).toBe(`atlas/storage/files/packs/${id}-12.tar.zst.gpg`);
    expect(parsePackKey(key)).toEqual({ server, name, runId: id, packId: `${id}-12` });
    expect(parseSnapshotIndexKey(snapshotKeys(server, name, id).index)).toEqual({ server, name, runId: id });
  });

  it('are refused in any other form', () => {
    const { id } = snapshotPlace;
    expect(() => packKey('atlas', '../x', `${id}-1`)).toThrow(RangeError);
    expect(() => packKey('atlas', 'files', `${id}-0`)).toThrow(RangeError);
    expect(parsePackKey(`atlas/storage/files/packs/${id}-01.tar.zst.gpg`)).toBeUndefined();
    expect(parsePackKey(`atlas/storage/Files/packs/${id}-1.tar.zst.gpg`)).toBeUndefined();
    expect(parseSnapshotIndexKey(`x/atlas/storage/files/snapshots/${id}.index.zst.gpg`)).toBeUndefined();
  });
});
