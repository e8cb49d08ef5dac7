import { t as checkManifest } from "./manifest-rules.js";
import { h as parseStatement, v as serializeStatement } from "./store-settings.js";

// src/domain/dumps/manifest.ts
/** As stored: compressed and encrypted, with all that belongs to the dump. */
function storedBytesOf({ objects }) {
	return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
/** SQL text of the databases. */
function plainBytesOf({ objects }) {
	return objects.reduce((sum, { role, plainBytes = 0 }) => sum + (role === "data" ? plainBytes : 0), 0);
}

// src/domain/dumps/manifest-text.ts
/** A dump of 20,000 databases in one object each stays below; a hostile store shall not fill the memory. */
const MAX_MANIFEST_BYTES = 16 * 2 ** 20;
/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set label source flavour serverId serverUuid hostName sshHostKey replicaOf channel host port lagSeconds versions dumpTool lifeboat
  startedAt instant finishedAt consistency kind uncoveredTables lockedMs coordinates file position gtid layout complete
  pitrAnchor isAnchor reasons notProvable what why role name databases excluded tables views rows brokenViews
  objects codec plainBytes key sizeBytes sha256 recipients parts`.trim().split(/\s+/);
const FORMAT = {
	noun: "manifest",
	code: "manifest-invalid",
	schema: 1,
	maxBytes: MAX_MANIFEST_BYTES,
	fieldOrder: FIELD_ORDER,
	check: checkManifest
};
/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
function serializeManifest(manifest) {
	return serializeStatement(FORMAT, {
		...manifest,
		schema: 1,
		type: "dump"
	}, manifest);
}
/** Reads what `serializeManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
function parseManifest(bytes, place) {
	return parseStatement(FORMAT, bytes, place);
}

export { storedBytesOf as a, plainBytesOf as i, parseManifest as n, serializeManifest as r, MAX_MANIFEST_BYTES as t };