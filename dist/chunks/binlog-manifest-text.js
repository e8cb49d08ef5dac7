import { A as text, D as optional, E as oneOf, O as record, S as instant, T as nullable, b as count, d as checkSums, h as parseStatement, k as sha256, m as collectViolations, p as storedMessageFields, u as checkPartKeys, v as serializeStatement, x as filledText, y as anyText } from "./store-settings.js";
import { a as sourceShape } from "./manifest-rules.js";
import { P as binlogKeys, R as formatBinlogId, U as isServerName, j as SET_NAME, rt as RUN_ID_PATTERN } from "./proxy.js";

// src/domain/binlogs/binlog-manifest-rules.ts
const factsShape = record({
	name: filledText,
	serverId: count,
	sizeBytes: count,
	sha256,
	serverVersion: filledText,
	createdAt: instant,
	closedAt: instant,
	closedBy: oneOf([
		"rotate",
		"stop",
		"crash"
	]),
	next: nullable(filledText),
	checksum: oneOf(["crc32", "none"]),
	gtidsBefore: anyText,
	gtidsAfter: anyText,
	transactions: count,
	format: text(/^[A-Z]+$/, "a value in capitals"),
	rowImage: text(/^[A-Z_]+$/, "a value in capitals")
});
const manifestShape = record({
	schema: oneOf([1]),
	type: oneOf(["binlog"]),
	id: filledText,
	server: filledText,
	set: optional(text(SET_NAME, "the name of a set")),
	source: sourceShape,
	versions: record({
		server: filledText,
		lifeboat: filledText
	}),
	startedAt: instant,
	finishedAt: instant,
	binlog: factsShape,
	object: record(storedMessageFields)
});
const RUN_AT_END = new RegExp(`${RUN_ID_PATTERN}$`);
/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
function checkBinlogManifest(value, place) {
	const { violations, report } = collectViolations();
	if (!manifestShape.check(value, "", report)) return { violations };
	checkPlace(value, place, report);
	checkFacts(value, report);
	checkObject(value, report);
	return violations.length === 0 ? { value } : { violations };
}
/** Neither another server's manifest nor that of another file may stand in the place of this. */
function checkPlace({ server, id, binlog }, place, report) {
	if (!isServerName(server)) report("server", "is not the name of a server");
	else if (server !== place.server) report("server", `is ${server}, but the manifest stands under ${place.server}`);
	if (id !== place.id) report("id", `is ${id}, but the manifest stands under ${place.id}`);
	if (id !== idOf(binlog.name, id)) report("id", "does not follow from the name of the binlog and a run id");
}
function idOf(name, id) {
	try {
		return formatBinlogId(name, RUN_AT_END.exec(id)?.[0] ?? "");
	} catch {
		return;
	}
}
function checkFacts({ startedAt, finishedAt, binlog }, report) {
	if (startedAt > finishedAt) report("finishedAt", "is before startedAt");
	if (binlog.closedBy === "rotate" !== (binlog.next !== null)) report("binlog.next", binlog.next === null ? "is missing after a rotation" : "belongs to a rotation");
	if (binlog.next === binlog.name) report("binlog.next", "is the binlog itself");
}
function checkObject({ server, id, object, binlog }, report) {
	if (isServerName(server) && id === idOf(binlog.name, id)) checkPartKeys(object, binlogKeys(server, id).data, "object", report);
	if (object.plainBytes !== binlog.sizeBytes) report("object.plainBytes", "is not the size of the binlog");
	checkSums(object, "object", report);
}

// src/domain/binlogs/binlog-manifest-text.ts
/** GTID sets of a server with a long history are long; nothing else is. */
const MAX_BINLOG_MANIFEST_BYTES = 2 ** 20;
/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server set name source flavour serverId serverUuid hostName sshHostKey versions lifeboat startedAt finishedAt
  binlog object codec plainBytes key sizeBytes sha256 recipients parts serverVersion createdAt closedAt closedBy next checksum
  gtidsBefore gtidsAfter transactions format rowImage`.trim().split(/\s+/);
const FORMAT = {
	noun: "manifest",
	code: "manifest-invalid",
	schema: 1,
	maxBytes: MAX_BINLOG_MANIFEST_BYTES,
	fieldOrder: FIELD_ORDER,
	check: checkBinlogManifest
};
/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
function serializeBinlogManifest(manifest) {
	return serializeStatement(FORMAT, {
		...manifest,
		schema: 1,
		type: "binlog"
	}, manifest);
}
/** Reads what `serializeBinlogManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
function parseBinlogManifest(bytes, place) {
	return parseStatement(FORMAT, bytes, place);
}

export { parseBinlogManifest as n, serializeBinlogManifest as r, MAX_BINLOG_MANIFEST_BYTES as t };