// A snapshot's manifest with every field set, for tests to spoil.
import type { StoredMessage } from '../../../src/domain/statements/stored-message.ts';
import type { SnapshotManifest } from '../../../src/domain/snapshots/snapshot.ts';

export const snapshotPlace = { server: 'atlas', name: 'files', id: '20261120T040512Z-7f3a9c1e' };

const EARLIER = '20261119T040512Z-00000001';

function stored(key: string): StoredMessage {
  return {
    codec: 'zstd',
    sizeBytes: 300,
    sha256: 'd'.repeat(64),
    recipients: ['0123456789ABCDEF', 'FEDCBA9876543210'],
    parts: [{ key: `atlas/storage/files/${key}`, sizeBytes: 300, sha256: 'd'.repeat(64) }],
  };
}

/** A fresh copy each time. */
export function exampleSnapshotManifest(): SnapshotManifest {
  return {
    schema: 1,
    type: 'snapshot',
    id: snapshotPlace.id,
    server: 'atlas',
    name: 'files',
    set: 'night-2026-11-20',
    source: { hostName: 'atlas.example', sshHostKey: `SHA256:${'a'.repeat(43)}` },
    versions: { find: '4.9.0', tar: '1.34', lifeboat: '0.1.0' },
    startedAt: '2026-11-20T04:05:12.000Z',
    instant: '2026-11-20T04:05:13.000Z',
    finishedAt: '2026-11-20T04:05:20.000Z',
    paths: ['/srv/helpdesk/storage', '/var/www'],
    exclude: ['preset:caches', '*.tmp'],
    oneFileSystem: true,
    complete: true,
    holds: { files: 1_000, directories: 20, links: 3, bytes: 123_456 },
    changes: { added: 250, changed: 2, deleted: 1, unstable: 0, vanished: 1, unreadable: 0, special: 1 },
    index: [
      stored(`snapshots/${EARLIER}.index.zst.gpg`),
      stored(`snapshots/${snapshotPlace.id}.index.zst.gpg`),
    ],
    packs: [stored(`packs/${EARLIER}-1.tar.zst.gpg`), stored(`packs/${snapshotPlace.id}-1.tar.zst.gpg`)],
  };
}
