// A manifest with every field set, for tests to spoil.
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';

export const place = { server: 'atlas', id: '20261120T030512Z-7f3a9c1e-mariadb-nightly' };

const folder = `atlas/dumps/2026/11/20/${place.id}/`;
const recipients = ['0123456789ABCDEF', 'FEDCBA9876543210'];

/** A fresh copy each time. */
export function exampleManifest(): DumpManifest {
  return {
    schema: 1,
    type: 'dump',
    id: place.id,
    server: place.server,
    set: 'night-2026-11-20',
    label: 'nightly',
    source: {
      flavour: 'mariadb',
      serverId: 1,
      serverUuid: '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
      hostName: 'atlas.example',
      sshHostKey: `SHA256:${'a'.repeat(43)}`,
    },
    replicaOf: [
      {
        ...{ channel: 'east', host: 'db1.example', port: 3306, lagSeconds: 4 },
        ...{ file: 'binlog.000007', position: 5678, gtid: '0-2-345' },
      },
    ],
    versions: {
      server: '10.11.19-MariaDB-log',
      dumpTool: '10.19 Distrib 10.11.19-MariaDB',
      lifeboat: '0.1.0',
    },
    startedAt: '2026-11-20T03:05:12.000Z',
    instant: '2026-11-20T03:05:14.250Z',
    finishedAt: '2026-11-20T03:09:41.000Z',
    consistency: { kind: 'snapshot', uncoveredTables: 0 },
    coordinates: { file: 'mysql-bin.000042', position: 1234, gtid: '0-1-99' },
    layout: 'one',
    complete: true,
    pitrAnchor: { isAnchor: true, reasons: [] },
    notProvable: [{ what: '1 account', why: 'it logs in through the unix socket' }],
    databases: [
      { name: 'shop', tables: 12, views: 1, rows: 34567, plainBytes: 8_000_000 },
      { name: 'Wiki – neu', tables: 3, views: 0, rows: null, plainBytes: 1000 },
    ],
    excluded: { databases: ['scratch'], tables: 0, brokenViews: 0 },
    objects: [
      {
        role: 'data',
        name: 'databases',
        databases: ['shop', 'Wiki – neu'],
        codec: 'zstd',
        plainBytes: 8_001_000,
        sizeBytes: 300,
        sha256: 'd'.repeat(64),
        recipients: [...recipients],
        parts: [
          { key: `${folder}databases.sql.zst.gpg`, sizeBytes: 200, sha256: 'a'.repeat(64) },
          { key: `${folder}databases.sql.zst.gpg.002`, sizeBytes: 100, sha256: 'b'.repeat(64) },
        ],
      },
      {
        role: 'accounts',
        name: 'accounts',
        codec: 'zstd',
        sizeBytes: 50,
        sha256: 'c'.repeat(64),
        recipients: [...recipients],
        parts: [{ key: `${folder}accounts.sql.zst.gpg`, sizeBytes: 50, sha256: 'c'.repeat(64) }],
      },
      {
        role: 'inventory',
        name: 'inventory',
        codec: 'zstd',
        sizeBytes: 60,
        sha256: 'e'.repeat(64),
        recipients: [...recipients],
        parts: [{ key: `${folder}inventory.json.zst.gpg`, sizeBytes: 60, sha256: 'e'.repeat(64) }],
      },
    ],
  };
}

/** Stands for "take the field away" in `changed`. */
export const ABSENT = Symbol('absent');

/** A copy of `value` with other values at some places, each written like `objects.0.parts.1.key`. */
export function changed(value: object, changes: Readonly<Record<string, unknown>>): object {
  const copy = structuredClone(value);
  for (const [path, replacement] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let holder: unknown = copy;
    for (const name of names) holder = (holder as Record<string, unknown>)[name];
    if (typeof holder !== 'object' || holder === null) throw new TypeError(`there is no ${path}`);
    if (replacement === ABSENT) Reflect.deleteProperty(holder, last);
    else Reflect.set(holder, last, replacement);
  }
  return copy;
}
