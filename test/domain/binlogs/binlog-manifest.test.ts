import { describe, expect, it } from 'vitest';
import {
  parseBinlogManifest,
  serializeBinlogManifest,
} from '../../../src/domain/binlogs/binlog-manifest-text.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { binlogPlace, exampleBinlogManifest } from './binlog-manifest-example.ts';
import { ABSENT, changed } from '../dumps/manifest-example.ts';

/** What the reader says of the example with these changes. */
function complaint(changes: Record<string, unknown>): string {
  const bytes = Buffer.from(`${JSON.stringify(changed(exampleBinlogManifest(), changes), undefined, 2)}\n`);
  try {
    parseBinlogManifest(bytes, binlogPlace);
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('manifest-invalid');
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

describe('the manifest of a binlog', () => {
  it('writes every field, in the documented order, and reads it again', () => {
    const bytes = serializeBinlogManifest(exampleBinlogManifest());
    expect(Buffer.from(bytes).toString()).toBe(`${JSON.stringify(exampleBinlogManifest(), undefined, 2)}\n`);
    expect(parseBinlogManifest(bytes, binlogPlace)).toEqual(exampleBinlogManifest());
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another type', { type: 'dump' }, 'type is not "binlog"'],
    ['another server', { server: 'borea' }, 'server is borea, but the manifest stands under atlas'],
    ['another name', { 'binlog.name': 'mysql-bin.000041' }, 'id does not follow from the name'],
    ['a name without a number', { 'binlog.name': 'mysql-bin' }, 'id does not follow from the name'],
    ['times out of order', { finishedAt: '2026-11-20T04:05:11.000Z' }, 'finishedAt is before startedAt'],
    ['a rotation to nowhere', { 'binlog.next': null }, 'binlog.next is missing after a rotation'],
    ['a stop with a next', { 'binlog.closedBy': 'stop' }, 'binlog.next belongs to a rotation'],
    ['a rotation to itself', { 'binlog.next': 'mysql-bin.000042' }, 'binlog.next is the binlog itself'],
    ['no size', { 'object.plainBytes': ABSENT }, 'object.plainBytes is not the size of the binlog'],
    ['another size', { 'binlog.sizeBytes': 99_999 }, 'object.plainBytes is not the size of the binlog'],
    [
      'a key elsewhere',
      { 'object.parts.0.key': 'atlas/binlogs/other.zst.gpg' },
      `object.parts[0].key is not atlas/binlogs/${binlogPlace.id}.zst.gpg`,
    ],
    ['sums that differ', { 'object.sizeBytes': 299 }, 'object.sizeBytes is not the sum of its parts'],
    ['a field more', { 'binlog.secret': 1 }, 'binlog."secret" is not a field of this format'],
    ['a field less', { 'binlog.gtidsAfter': ABSENT }, 'binlog.gtidsAfter is missing'],
  ])('refuses %s', (_what, changes, expected) => {
    expect(complaint(changes)).toContain(expected);
  });
});
