// A dump manifest as the text that is signed and stored: written and read by one description, so that nothing is written that would not be read.
import { checkManifest } from './manifest-rules.ts';
import type { StatementFormat } from '../statements/statement.ts';
import { parseStatement, serializeStatement } from '../statements/statement.ts';
import { MANIFEST_SCHEMA, type DumpManifest, type ManifestPlace } from './manifest.ts';

/** A dump of 20,000 databases in one object each stays below; a hostile store shall not fill the memory. */
export const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set label source flavour serverId serverUuid hostName sshHostKey replicaOf channel host port lagSeconds versions dumpTool lifeboat
  startedAt instant finishedAt consistency kind uncoveredTables lockedMs coordinates file position gtid layout complete
  pitrAnchor isAnchor reasons notProvable what why role name databases excluded tables views rows brokenViews
  objects codec plainBytes key sizeBytes sha256 recipients parts`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<DumpManifest> = {
  noun: 'manifest',
  code: 'manifest-invalid',
  schema: MANIFEST_SCHEMA,
  maxBytes: MAX_MANIFEST_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkManifest,
};

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeManifest(manifest: Omit<DumpManifest, 'schema' | 'type'>): Uint8Array {
  return serializeStatement(FORMAT, { ...manifest, schema: MANIFEST_SCHEMA, type: 'dump' }, manifest);
}

/** Reads what `serializeManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseManifest(bytes: Uint8Array, place: ManifestPlace): DumpManifest {
  return parseStatement(FORMAT, bytes, place);
}
