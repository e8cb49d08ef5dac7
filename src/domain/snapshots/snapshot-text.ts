// A snapshot's manifest as the text that is signed and stored: written and read by one description, so that nothing is written that would not be read.
import { checkSnapshotManifest } from './snapshot-rules.ts';
import type { StatementFormat } from '../statements/statement.ts';
import { parseStatement, serializeStatement } from '../statements/statement.ts';
import { SNAPSHOT_SCHEMA, type SnapshotPlace, type SnapshotManifest } from './snapshot.ts';

/** A pack takes half a kilobyte: 4 TB in packs of 64 MiB. */
export const MAX_SNAPSHOT_MANIFEST_BYTES = 32 * 2 ** 20;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server name set source hostName sshHostKey versions find tar lifeboat startedAt instant finishedAt paths exclude
  oneFileSystem complete holds files directories links bytes changes added changed deleted unstable vanished unreadable special
  index packs codec plainBytes key sizeBytes sha256 recipients parts`
  .trim()
  .split(/\s+/);

function formatAt(name: string): StatementFormat<SnapshotManifest> {
  return {
    noun: 'manifest',
    code: 'manifest-invalid',
    schema: SNAPSHOT_SCHEMA,
    maxBytes: MAX_SNAPSHOT_MANIFEST_BYTES,
    fieldOrder: FIELD_ORDER,
    check: (value, place) => checkSnapshotManifest(value, { ...place, name }),
  };
}

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeSnapshotManifest(manifest: Omit<SnapshotManifest, 'schema' | 'type'>): Uint8Array {
  const whole: SnapshotManifest = { ...manifest, schema: SNAPSHOT_SCHEMA, type: 'snapshot' };
  return serializeStatement(formatAt(manifest.name), whole, manifest);
}

/** Reads what `serializeSnapshotManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseSnapshotManifest(bytes: Uint8Array, place: SnapshotPlace): SnapshotManifest {
  return parseStatement(formatAt(place.name), bytes, place);
}
