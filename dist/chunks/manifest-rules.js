import { A as text, C as list, D as optional, E as oneOf, O as record, S as instant, T as nullable, b as count, d as checkSums, f as hasRepeated, j as trueOrFalse, m as collectViolations, p as storedMessageFields, u as checkPartKeys, x as filledText, y as anyText } from "./store-settings.js";
import { F as dataStem, I as dumpFolder, K as objectFileName, U as isServerName, V as isLabel, Y as parseBackupId, j as SET_NAME } from "./proxy.js";

// src/domain/dumps/manifest-rules.ts
const object = record({
	role: oneOf([
		"data",
		"accounts",
		"inventory"
	]),
	name: filledText,
	databases: optional(list(filledText, 1)),
	...storedMessageFields
});
const databaseShape = record({
	name: filledText,
	tables: count,
	views: count,
	rows: nullable(count),
	plainBytes: nullable(count)
});
/** In words and numbers. */
const notProvableShape = list(record({
	what: filledText,
	why: filledText
}));
const sourceShape = record({
	flavour: oneOf(["mariadb", "mysql"]),
	serverId: count,
	serverUuid: optional(text(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a UUID")),
	hostName: anyText,
	sshHostKey: text(/^SHA256:[A-Za-z0-9+/]{43}$/, "the SHA-256 fingerprint of a host key")
});
const replicaSource = record({
	channel: optional(filledText),
	host: anyText,
	port: count,
	lagSeconds: count,
	file: anyText,
	position: count,
	gtid: anyText
});
const excludedShape = record({
	databases: list(filledText),
	tables: count,
	brokenViews: count
});
const manifestShape = record({
	schema: oneOf([1]),
	type: oneOf(["dump"]),
	id: filledText,
	server: filledText,
	set: optional(text(SET_NAME, "the name of a set")),
	label: optional(filledText),
	source: sourceShape,
	replicaOf: optional(list(replicaSource, 1)),
	versions: record({
		server: filledText,
		dumpTool: filledText,
		lifeboat: filledText
	}),
	startedAt: instant,
	instant,
	finishedAt: instant,
	consistency: record({
		kind: oneOf(["snapshot", "lock"]),
		uncoveredTables: count,
		lockedMs: optional(count)
	}),
	coordinates: nullable(record({
		file: filledText,
		position: count,
		gtid: anyText
	})),
	layout: oneOf(["one", "per-database"]),
	complete: trueOrFalse,
	pitrAnchor: record({
		isAnchor: trueOrFalse,
		reasons: list(filledText)
	}),
	notProvable: notProvableShape,
	databases: list(databaseShape, 1),
	excluded: excludedShape,
	objects: list(object, 1)
});
/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
function checkManifest(value, place) {
	const { violations, report } = collectViolations();
	if (!manifestShape.check(value, "", report)) return { violations };
	checkPlace(value, place, report);
	checkClaims(value, report);
	checkDatabases(value, report);
	checkObjects(value, report);
	return violations.length === 0 ? { value } : { violations };
}
/** Neither another server's manifest nor an older one may stand in the place of this. */
function checkPlace(manifest, place, report) {
	const { server, id, label } = manifest;
	if (!isServerName(server)) report("server", "is not the name of a server");
	else if (server !== place.server) report("server", `is ${server}, but the manifest stands under ${place.server}`);
	const parts = parseBackupId(id);
	if (!parts) report("id", "is not a backup id");
	else if (id !== place.id) report("id", `is ${id}, but the manifest stands under ${place.id}`);
	else if (parts.label !== label) report("label", "is not the label in the id");
	if (label !== void 0 && !isLabel(label)) report("label", "is not a label");
}
function checkClaims(manifest, report) {
	const { startedAt, instant, finishedAt, pitrAnchor, consistency } = manifest;
	if (startedAt > instant) report("instant", "is before startedAt");
	if (instant > finishedAt) report("finishedAt", "is before instant");
	if (consistency.kind === "lock" && consistency.uncoveredTables > 0) report("consistency.uncoveredTables", "is not 0 under a lock");
	if (consistency.kind === "lock" !== (consistency.lockedMs !== void 0)) report("consistency.lockedMs", consistency.kind === "lock" ? "is missing" : "belongs to a lock");
	if (pitrAnchor.isAnchor === pitrAnchor.reasons.length > 0) report("pitrAnchor.reasons", pitrAnchor.isAnchor ? "is not empty" : "is empty, but the dump is no anchor");
	if (!pitrAnchor.isAnchor) return;
	const refuse = (reason) => report("pitrAnchor.isAnchor", `is true, but ${reason}`);
	if (manifest.layout !== "one") refuse("the layout is not one");
	if (manifest.coordinates === null) refuse("there are no coordinates");
	if (!manifest.complete) refuse("the dump is not complete");
	if (manifest.excluded.tables > 0) refuse("tables are excluded");
	if (!manifest.objects.some(({ role }) => role === "accounts")) refuse("the accounts are missing");
}
function checkDatabases(manifest, report) {
	const names = manifest.databases.map(({ name }) => name);
	if (hasRepeated([...names, ...manifest.excluded.databases])) report("databases", "names a database twice, or one that excluded.databases names too");
	const data = manifest.objects.filter(({ role }) => role === "data");
	if (data.length === 0) report("objects", "has no object with the role data");
	if (manifest.layout === "one" && data.length > 1) report("objects", "has more than one data object, but the layout is one");
	if (manifest.layout === "per-database" && data.some(({ databases }) => databases?.length !== 1)) report("objects", "has a data object without exactly one database, but the layout is per-database");
	if (data.flatMap(({ databases }) => databases ?? []).toSorted().join("\0") !== names.toSorted().join("\0")) report("objects", "does not hold each of the databases exactly once");
	for (const role of ["accounts", "inventory"]) if (manifest.objects.filter((each) => each.role === role).length > 1) report("objects", `has more than one ${role}`);
}
function checkObjects(manifest, report) {
	const { server, id } = manifest;
	const folder = isServerName(server) && parseBackupId(id) ? dumpFolder(server, id) : void 0;
	for (const [index, object] of manifest.objects.entries()) {
		const path = `objects[${index}]`;
		const stem = checkName(object, path, report);
		if (folder !== void 0 && stem !== void 0) checkPartKeys(object, folder + objectFileName(object.role, stem), path, report);
		checkSums(object, path, report);
	}
}
/** The stem that follows from the role and the databases. */
function checkName({ role, name, databases }, path, report) {
	if (role === "data" !== (databases !== void 0)) {
		report(`${path}.databases`, role === "data" ? "is missing" : `does not belong to ${role}`);
		return;
	}
	const stem = databases === void 0 ? role : dataStem(databases);
	if (name !== stem) report(`${path}.name`, `is not ${stem}`);
	return stem;
}

export { sourceShape as a, notProvableShape as i, databaseShape as n, excludedShape as r, checkManifest as t };