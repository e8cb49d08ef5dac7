import { describe, expect, it } from 'vitest';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import {
  MAX_MANIFEST_BYTES,
  parseManifest,
  serializeManifest,
} from '../../../src/domain/dumps/manifest-text.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { ABSENT, changed, exampleManifest, place } from './manifest-example.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const render = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(LifeboatError);
    expect((error as LifeboatError).code).toBe('manifest-invalid');
    return (error as LifeboatError).message;
  }
  throw new Error('it was accepted');
}

/** What the reader says of the example with these changes. */
function complaint(changes: Record<string, unknown>): string {
  return messageOf(() => parseManifest(render(changed(exampleManifest(), changes)), place));
}

describe('serializeManifest', () => {
  it('writes every field, in the documented order', () => {
    const written = text(serializeManifest(exampleManifest()));
    expect(written).toBe(`${JSON.stringify(exampleManifest(), undefined, 2)}\n`);
  });

  it('gives the same bytes whatever order the fields came in', () => {
    const shuffle = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffle);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, entry]) => [key, shuffle(entry)]),
      );
    };
    const shuffled = shuffle(exampleManifest()) as DumpManifest;
    expect(serializeManifest(shuffled)).toEqual(serializeManifest(exampleManifest()));
  });

  it('leaves out what is not set', () => {
    const bytes = serializeManifest(changed(exampleManifest(), { set: ABSENT }) as DumpManifest);
    expect(text(bytes)).not.toContain('"set"');
    expect(parseManifest(bytes, place).set).toBeUndefined();
  });

  it('refuses to write what would not be read', () => {
    const manifest = changed(exampleManifest(), { 'objects.0.sizeBytes': 301 }) as DumpManifest;
    expect(messageOf(() => serializeManifest(manifest))).toContain('sum of its parts');
  });
});

describe('parseManifest', () => {
  it('returns what was written', () => {
    expect(parseManifest(serializeManifest(exampleManifest()), place)).toEqual(exampleManifest());
  });

  it('refuses another schema with a sentence that says what to do', () => {
    const message = messageOf(() => parseManifest(render({ ...exampleManifest(), schema: 2 }), place));
    expect(message).toBe(
      `The manifest of atlas/${place.id} cannot be used: its schema is 2, and this version of Lifeboat reads schema 1: ` +
        'use a newer version.',
    );
  });

  it.each([
    ['no JSON', Buffer.from('{'), 'is not a JSON object'],
    ['nothing', Buffer.alloc(0), 'is not a JSON object'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not a JSON object'],
    [
      'a byte order mark',
      Buffer.from(`\uFEFF${text(serializeManifest(exampleManifest()))}`),
      'is not a JSON object',
    ],
    ['a list', Buffer.from('[]'), 'no schema number'],
    ['null', Buffer.from('null'), 'is not a JSON object'],
    ['a schema in words', Buffer.from('{"schema":"1"}'), 'no schema number'],
    ['too many bytes', Buffer.alloc(MAX_MANIFEST_BYTES + 1, ' '), 'more than 16777216 bytes'],
  ])('refuses %s', (_, bytes, problem) => {
    expect(messageOf(() => parseManifest(bytes, place))).toContain(problem);
  });

  it.each([
    ['other indentation', (json: string) => JSON.stringify(JSON.parse(json), undefined, 1) + '\n'],
    ['no final line break', (json: string) => json.trimEnd()],
    ['a field that stands twice', (json: string) => json.replace('{\n', '{\n  "server": "other",\n')],
    ['an escaped letter', (json: string) => json.replace('"shop"', '"\\u0073hop"')],
    ['another order', (json: string) => json.replace(/( {2}"id".*\n)( {2}"server".*\n)/, '$2$1')],
  ])('refuses %s', (_, change) => {
    const before = text(serializeManifest(exampleManifest()));
    const after = change(before);
    expect(after).not.toBe(before);
    expect(messageOf(() => parseManifest(Buffer.from(after), place))).toContain('canonical form');
  });

  it('names all violations at once', () => {
    const message = complaint({
      startedAt: 'yesterday',
      'objects.1.parts.0.sha256': 'A'.repeat(64),
      'databases.0.rows': -1,
    });
    expect(message).toContain('startedAt is not an instant');
    expect(message).toContain('objects[1].parts[0].sha256 is not 64 lower-case hexadecimal digits');
    expect(message).toContain('databases[0].rows is not a whole number');
  });

  it('bounds what it says about a hostile one', () => {
    const manifest = { ...exampleManifest(), objects: Array.from({ length: 10_000 }, () => ({})) };
    const message = messageOf(() => parseManifest(render(manifest), place));
    expect(message.length).toBeLessThan(5000);
    expect(message).toMatch(/and \d+ more/);
  });

  it('misses no field', () => {
    const optional = new Set(['set', 'serverUuid', 'replicaOf', 'channel', 'plainBytes']);
    let fields = 0;
    const visit = (value: unknown, root: object): void => {
      if (typeof value !== 'object' || value === null) return;
      const holder = value as Record<string, unknown>;
      for (const [name, entry] of Object.entries(holder)) {
        if (!Array.isArray(value) && !optional.has(name)) {
          Reflect.deleteProperty(holder, name);
          expect(() => parseManifest(render(root), place), name).toThrow(LifeboatError);
          holder[name] = entry;
          fields += 1;
        }
        visit(entry, root);
      }
    };
    const root = exampleManifest();
    visit(root, root);
    expect(fields).toBeGreaterThan(60);
  });

  const { objects, databases } = exampleManifest();
  const [data, accounts, inventory] = objects;
  const folder = `atlas/dumps/2026/11/20/${place.id}`;

  it.each<[string, Record<string, unknown>, string]>([
    ['another type', { type: 'binlog' }, 'type is not "dump"'],
    ['an unknown field', { extra: 1 }, '"extra" is not a field of this format'],
    ['an unknown field deep down', { 'objects.0.parts.0.url': 'x' }, 'objects[0].parts[0]."url"'],
    ['null for a field', { server: null }, 'server is not a string'],
    ['a list for an object', { source: [] }, 'source is not an object'],
    ['an object for a list', { objects: {} }, 'objects is not a list'],
    ['another server', { server: 'borg' }, 'server is borg, but the manifest stands under atlas'],
    ['no server name', { server: '../atlas' }, 'server is not the name of a server'],
    ['another id', { id: place.id.replace('7f3a', '0000') }, 'but the manifest stands under'],
    ['no id', { id: 'latest' }, 'id is not a backup id'],
    ['another label', { label: 'weekly' }, 'label is not the label in the id'],
    ['no label', { label: ABSENT }, 'label is not the label in the id'],
    ['a bad label', { label: 'a/b' }, 'label is not a label'],
    ['a bad set', { set: '..' }, 'set is not the name of a set'],
    ['another flavour', { 'source.flavour': 'oracle' }, 'source.flavour is not "mariadb" or "mysql"'],
    ['a bad UUID', { 'source.serverUuid': 'x' }, 'source.serverUuid is not a UUID'],
    ['a bad host key', { 'source.sshHostKey': 'MD5:00' }, 'source.sshHostKey is not the SHA-256'],
    ['an instant without a zone', { instant: '2026-11-20T03:05:14.250' }, 'instant is not an instant'],
    ['an instant before the start', { instant: '2026-11-20T03:05:11.000Z' }, 'instant is before startedAt'],
    ['an end before the instant', { finishedAt: '2026-11-20T03:05:13.000Z' }, 'finishedAt is before instant'],
    [
      'a lock without its length',
      { consistency: { kind: 'lock', uncoveredTables: 0 } },
      'lockedMs is missing',
    ],
    ['the length of no lock', { 'consistency.lockedMs': 1 }, 'lockedMs belongs to a lock'],
    ['uncovered tables under a lock', { consistency: { kind: 'lock', uncoveredTables: 1 } }, 'under a lock'],
    ['a fraction', { 'coordinates.position': 1.5 }, 'coordinates.position is not a whole number'],
    [
      'a number that was rounded',
      { 'databases.0.plainBytes': 2 ** 53 },
      'databases[0].plainBytes is not a whole',
    ],
    ['reasons against an anchor', { 'pitrAnchor.reasons': ['none'] }, 'pitrAnchor.reasons is not empty'],
    ['no reason for no anchor', { 'pitrAnchor.isAnchor': false }, 'pitrAnchor.reasons is empty'],
    ['an anchor without coordinates', { coordinates: null }, 'there are no coordinates'],
    ['an anchor that is incomplete', { complete: false }, 'the dump is not complete'],
    ['an anchor without some tables', { 'excluded.tables': 1 }, 'tables are excluded'],
    ['an anchor without accounts', { objects: [data, inventory] }, 'the accounts are missing'],
    ['an anchor of another layout', { layout: 'per-database' }, 'the layout is not one'],
    ['several databases in one object', { layout: 'per-database' }, 'without exactly one database'],
    ['no databases', { databases: [] }, 'databases has fewer than 1 entries'],
    ['a database twice', { 'databases.1.name': 'shop' }, 'databases names a database twice'],
    ['a database in and out', { 'excluded.databases': ['shop'] }, 'databases names a database twice'],
    ['a database in no object', { 'databases.2': { ...databases[0], name: 'x' } }, 'exactly once'],
    ['no data', { objects: [accounts, inventory] }, 'no object with the role data'],
    ['data twice', { 'objects.3': data }, 'more than one data object'],
    ['accounts twice', { 'objects.3': accounts }, 'more than one accounts'],
    ['an inventory twice', { 'objects.3': inventory }, 'more than one inventory'],
    ['databases of accounts', { 'objects.1.databases': ['shop'] }, 'objects[1].databases does not belong'],
    ['no databases of data', { 'objects.0.databases': ABSENT }, 'objects[0].databases is missing'],
    ['another name', { 'objects.0.name': 'shop' }, 'objects[0].name is not databases'],
    ['another codec', { 'objects.0.codec': 'xz' }, 'objects[0].codec is not "zstd"'],
    ['no recipients', { 'objects.0.recipients': [] }, 'objects[0].recipients has fewer than 1'],
    ['a short key id', { 'objects.0.recipients.0': '01234567' }, 'objects[0].recipients[0] is not 16'],
    [
      'a recipient twice',
      { 'objects.0.recipients.0': data?.recipients[1] },
      'objects[0].recipients names a key twice',
    ],
    ['no parts', { 'objects.0.parts': [] }, 'objects[0].parts has fewer than 1'],
    ['an empty part', { 'objects.0.parts.0.sizeBytes': 0 }, 'objects[0].parts has an empty part'],
    ['a wrong sum', { 'objects.0.sizeBytes': 301 }, 'objects[0].sizeBytes is not the sum'],
    [
      'a digest unlike its only part',
      { 'objects.1.sha256': 'f'.repeat(64) },
      'objects[1].sha256 is not that',
    ],
    ...[
      `${folder.replace('7f3a9c1e', '00000000')}/accounts.sql.zst.gpg`,
      `${folder.replace('atlas', 'borg')}/accounts.sql.zst.gpg`,
      `${folder}/../${place.id}/accounts.sql.zst.gpg`,
      `${folder}/accounts.sql.zst.gpg.002`,
      `/${folder}/accounts.sql.zst.gpg`,
    ].map((key): [string, Record<string, unknown>, string] => [
      `the key ${key}`,
      { 'objects.1.parts.0.key': key },
      `objects[1].parts[0].key is not ${folder}/accounts.sql.zst.gpg`,
    ]),
    [
      'parts in another order',
      { 'objects.0.parts': data?.parts.toReversed() },
      'objects[0].parts[0].key is not',
    ],
  ])('refuses %s', (_, changes, problem) => {
    expect(complaint(changes)).toContain(problem);
  });

  it('accepts a dump with one object for each database', () => {
    const each = (name: string, stem: string): object => ({
      ...accounts,
      role: 'data',
      name: stem,
      databases: [name],
      parts: [{ key: `${folder}/${stem}.sql.zst.gpg`, sizeBytes: 50, sha256: 'c'.repeat(64) }],
    });
    const manifest = changed(exampleManifest(), {
      layout: 'per-database',
      pitrAnchor: { isAnchor: false, reasons: ['the layout is per-database'] },
      coordinates: null,
      objects: [each('shop', 'shop'), each('Wiki – neu', 'wiki-neu.3c59b3a02e197cc2'), accounts, inventory],
    }) as DumpManifest;
    expect(parseManifest(serializeManifest(manifest), place)).toEqual(manifest);
  });
});
