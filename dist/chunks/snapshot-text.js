import { A as text, C as list, D as optional, E as oneOf, O as record, S as instant, b as count, d as checkSums, f as hasRepeated, h as parseStatement, j as trueOrFalse, m as collectViolations, p as storedMessageFields, u as checkPartKeys, v as serializeStatement, x as filledText } from "./store-settings.js";
import { Q as parseSnapshotIndexKey, U as isServerName, W as isStorageName, X as parsePackKey, at as parseRunId, j as SET_NAME } from "./proxy.js";

// src/domain/snapshots/snapshot-rules.ts
const message = record(storedMessageFields);
/** From the root, without doubled slashes or one at the end: the paths of the index begin with it. */
const path = text(/^\/(?:[^/\0]+(?:\/[^/\0]+)*)?$/, "a path from the root without a slash at its end");
const manifestShape = record({
	schema: oneOf([1]),
	type: oneOf(["snapshot"]),
	id: filledText,
	server: filledText,
	name: filledText,
	set: optional(text(SET_NAME, "the name of a set")),
	source: record({
		hostName: filledText,
		sshHostKey: filledText
	}),
	versions: record({
		find: filledText,
		tar: filledText,
		lifeboat: filledText
	}),
	startedAt: instant,
	instant,
	finishedAt: instant,
	paths: list(path, 1),
	exclude: list(filledText),
	oneFileSystem: trueOrFalse,
	complete: trueOrFalse,
	holds: record({
		files: count,
		directories: count,
		links: count,
		bytes: count
	}),
	changes: record({
		added: count,
		changed: count,
		deleted: count,
		unstable: count,
		vanished: count,
		unreadable: count,
		special: count
	}),
	index: list(message, 1),
	packs: list(message)
});
/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
function checkSnapshotManifest(value, place) {
	const { violations, report } = collectViolations();
	if (!manifestShape.check(value, "", report)) return { violations };
	checkPlace(value, place, report);
	checkFacts(value, report);
	checkObjects(value, report);
	return violations.length === 0 ? { value } : { violations };
}
/** Neither another server's manifest nor that of another storage may stand in the place of this. */
function checkPlace({ server, name, id }, place, report) {
	if (!isServerName(server)) report("server", "is not the name of a server");
	else if (server !== place.server) report("server", `is ${server}, but the manifest stands under ${place.server}`);
	if (!isStorageName(name)) report("name", "is not the name of a storage");
	else if (name !== place.name) report("name", `is ${name}, but the manifest stands under ${place.name}`);
	if (!parseRunId(id)) report("id", "is not the id of a run");
	else if (id !== place.id) report("id", `is ${id}, but the manifest stands under ${place.id}`);
}
function checkFacts({ startedAt, instant, finishedAt, ...rest }, report) {
	if (startedAt > instant) report("instant", "is before startedAt");
	if (instant > finishedAt) report("finishedAt", "is before instant");
	if (hasRepeated(rest.paths)) report("paths", "names a path twice");
	if (rest.complete && rest.changes.unreadable + rest.changes.unstable > 0) report("complete", "is true, although something could not be read as it was");
}
/** Every object is one of this storage, and of no later run. */
function checkObjects(manifest, report) {
	const { server, name, id } = manifest;
	for (const field of ["index", "packs"]) {
		const parse = field === "index" ? parseSnapshotIndexKey : parsePackKey;
		for (const [at, each] of manifest[field].entries()) {
			const where = `${field}[${at}]`;
			const key = each.parts[0]?.key ?? "";
			const parsed = parse(key);
			if (parsed?.server !== server || parsed.name !== name) report(`${where}.parts[0].key`, "is not that of such an object of this storage");
			else if (parsed.runId.slice(0, 16) > id.slice(0, 16)) report(`${where}.parts[0].key`, "is that of a later run");
			checkPartKeys(each, key, where, report);
			checkSums(each, where, report);
		}
		if (hasRepeated(manifest[field].map(({ parts }) => parts[0]?.key ?? ""))) report(field, "names an object twice");
	}
}

// src/domain/snapshots/snapshot-text.ts
/** A pack takes half a kilobyte: 4 TB in packs of 64 MiB. */
const MAX_SNAPSHOT_MANIFEST_BYTES = 32 * 2 ** 20;
/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server name set source hostName sshHostKey versions find tar lifeboat startedAt instant finishedAt paths exclude
  oneFileSystem complete holds files directories links bytes changes added changed deleted unstable vanished unreadable special
  index packs codec plainBytes key sizeBytes sha256 recipients parts`.trim().split(/\s+/);
function formatAt(name) {
	return {
		noun: "manifest",
		code: "manifest-invalid",
		schema: 1,
		maxBytes: MAX_SNAPSHOT_MANIFEST_BYTES,
		fieldOrder: FIELD_ORDER,
		check: (value, place) => checkSnapshotManifest(value, {
			...place,
			name
		})
	};
}
/** The bytes to sign and store, see `serializeStatement`. Throws `manifest-invalid` for one that the reader would refuse. */
function serializeSnapshotManifest(manifest) {
	const whole = {
		...manifest,
		schema: 1,
		type: "snapshot"
	};
	return serializeStatement(formatAt(manifest.name), whole, manifest);
}
/** Reads what `serializeSnapshotManifest` wrote and nothing else. Throws `manifest-invalid`, naming every violation. */
function parseSnapshotManifest(bytes, place) {
	return parseStatement(formatAt(place.name), bytes, place);
}

export { parseSnapshotManifest as n, serializeSnapshotManifest as r, MAX_SNAPSHOT_MANIFEST_BYTES as t };