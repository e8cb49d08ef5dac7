// A binlog's manifest as the text that is signed and stored: written and read by one description, so that nothing is written that would not be read.
import { checkBinlogManifest } from './binlog-manifest-rules.ts';
import type { DocumentPlace, StatementFormat } from '../statements/statement.ts';
import { parseStatement, serializeStatement } from '../statements/statement.ts';
import { BINLOG_SCHEMA, type BinlogManifest } from './binlog-manifest.ts';

/** GTID sets of a server with a long history are long; nothing else is. */
export const MAX_BINLOG_MANIFEST_BYTES = 2 ** 20;

/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set name source flavour serverId serverUuid hostName sshHostKey versions lifeboat startedAt finishedAt
  binlog object codec plainBytes key sizeBytes sha256 recipients parts serverVersion createdAt closedAt closedBy next checksum
  gtidsBefore gtidsAfter transactions format rowImage`
  .trim()
  .split(/\s+/);

const FORMAT: StatementFormat<BinlogManifest> = {
  noun: 'manifest',
  code: 'manifest-invalid',
  schema: BINLOG_SCHEMA,
  maxBytes: MAX_BINLOG_MANIFEST_BYTES,
  fieldOrder: FIELD_ORDER,
  check: checkBinlogManifest,
};

/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
export function serializeBinlogManifest(manifest: Omit<BinlogManifest, 'schema' | 'type'>): Uint8Array {
  return serializeStatement(FORMAT, { ...manifest, schema: BINLOG_SCHEMA, type: 'binlog' }, manifest);
}

/** Reads what `serializeBinlogManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
export function parseBinlogManifest(bytes: Uint8Array, place: DocumentPlace): BinlogManifest {
  return parseStatement(FORMAT, bytes, place);
}
