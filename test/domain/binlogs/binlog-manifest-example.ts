// A binlog's manifest with every field set, for tests to spoil.
import type { BinlogManifest } from '../../../src/domain/binlogs/binlog-manifest.ts';

export const binlogPlace = { server: 'atlas', id: 'mysql-bin.000042.20261120T040512Z-7f3a9c1e' };

/** A fresh copy each time. */
export function exampleBinlogManifest(): BinlogManifest {
  return {
    schema: 1,
    type: 'binlog',
    id: binlogPlace.id,
    server: binlogPlace.server,
    set: 'night-2026-11-20',
    source: {
      flavour: 'mariadb',
      serverId: 1,
      serverUuid: '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
      hostName: 'atlas.example',
      sshHostKey: `SHA256:${'a'.repeat(43)}`,
    },
    versions: { server: '10.11.19-MariaDB-log', lifeboat: '0.1.0' },
    startedAt: '2026-11-20T04:05:12.000Z',
    finishedAt: '2026-11-20T04:05:20.000Z',
    binlog: {
      name: 'mysql-bin.000042',
      serverId: 1,
      sizeBytes: 100_000,
      sha256: 'f'.repeat(64),
      serverVersion: '10.11.19-MariaDB-log',
      createdAt: '2026-11-20T03:05:12.000Z',
      closedAt: '2026-11-20T04:05:13.000Z',
      closedBy: 'rotate',
      next: 'mysql-bin.000043',
      checksum: 'crc32',
      gtidsBefore: '0-1-99',
      gtidsAfter: '0-1-120,1-1-3',
      transactions: 24,
      format: 'ROW',
      rowImage: 'FULL',
    },
    object: {
      codec: 'zstd',
      plainBytes: 100_000,
      sizeBytes: 300,
      sha256: 'd'.repeat(64),
      recipients: ['0123456789ABCDEF', 'FEDCBA9876543210'],
      parts: [
        { key: `atlas/binlogs/${binlogPlace.id}.zst.gpg`, sizeBytes: 200, sha256: 'a'.repeat(64) },
        { key: `atlas/binlogs/${binlogPlace.id}.zst.gpg.002`, sizeBytes: 100, sha256: 'b'.repeat(64) },
      ],
    },
  };
}
