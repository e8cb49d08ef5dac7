import { C as list, D as optional, E as oneOf, O as record, _ as refusal, b as count, g as readJson, k as sha256, m as collectViolations, w as mapOf, x as filledText, y as anyText } from "./store-settings.js";

// src/domain/dumps/inventory.ts
const INVENTORY_SCHEMA = 1;
/** The DDL of 100,000 tables; must fit into one JavaScript string (512 Mi characters). */
const MAX_INVENTORY_BYTES = 256 * 2 ** 20;
const MAX_NAMED_VIOLATIONS = 20;
const OBJECT_KINDS = [...[
	"database",
	"table",
	"view",
	"sequence",
	"trigger",
	"function",
	"procedure",
	"package"
], ...[
	"package-body",
	"event",
	"account"
]];
const inventoryObject = record({
	kind: oneOf(OBJECT_KINDS),
	database: anyText,
	name: anyText,
	rows: optional(count),
	dataSha256: optional(sha256),
	ddlSha256: optional(sha256),
	ddl: optional(anyText)
});
const inventoryShape = record({
	schema: oneOf([1]),
	type: oneOf(["inventory"]),
	id: filledText,
	server: filledText,
	variables: mapOf(anyText),
	onlyNames: optional(record({ definers: list(filledText) })),
	rest: mapOf(sha256),
	dumpOptions: optional(list(filledText, 1)),
	objects: list(inventoryObject),
	brokenViews: list(record({
		database: anyText,
		name: anyText,
		text: anyText,
		error: anyText
	})),
	notProvable: list(record({
		kind: oneOf(OBJECT_KINDS),
		database: anyText,
		name: anyText,
		why: filledText
	}))
});
/**
* Reads a decrypted inventory that belongs to the dump at `place`. Its bytes were compared with the manifest's before, so that
* what is wrong here was written wrong: `manifest-invalid`, naming the violations by position, never by the objects' names.
*/
function parseInventory(bytes, place) {
	const { violations, report } = collectViolations();
	const value = readBounded(bytes, report);
	if (value !== void 0 && inventoryShape.check(value, "", report)) {
		if (value.server !== place.server || value.id !== place.id) report("", "belongs to another dump");
		checkObjects(value, report);
		if (violations.length === 0) return {
			...value,
			objects: value.objects.map((object) => ({
				...object,
				ddl: object.ddl ?? ""
			}))
		};
	}
	throw refusal({
		noun: "inventory",
		code: "manifest-invalid",
		place,
		violations,
		maxNamed: MAX_NAMED_VIOLATIONS
	});
}
/** How one object is told from all others; for maps, not for people. */
function objectKey({ kind, database, name }) {
	return JSON.stringify([
		kind,
		database,
		name
	]);
}
const TAKEN_DOWN = [
	"rows",
	"dataSha256",
	"ddlSha256",
	"ddl"
];
function checkObjects({ objects, onlyNames, rest }, report) {
	if (onlyNames !== void 0 && Object.keys(rest).length > 0) report("rest", "does not belong to onlyNames");
	const seen = /* @__PURE__ */ new Set();
	for (const [index, object] of objects.entries()) {
		const path = `objects[${index}]`;
		const { kind } = object;
		const isTable = kind === "table";
		for (const field of TAKEN_DOWN) {
			const isThere = object[field] !== void 0;
			const isForTables = field === "rows" || field === "dataSha256";
			const isKept = onlyNames === void 0 || kind === "database" && !isForTables;
			if (isThere && !isKept) report(`${path}.${field}`, "does not belong to onlyNames");
			else if (isThere && isForTables && !isTable) report(`${path}.${field}`, "belongs to tables only");
			else if (!isThere && isKept && field !== "rows" && (isTable || !isForTables)) report(`${path}.${field}`, "is missing");
		}
		const key = objectKey(object);
		if (seen.has(key)) report(path, "is there twice");
		seen.add(key);
	}
}
function readBounded(bytes, report) {
	if (bytes.length > MAX_INVENTORY_BYTES) {
		report("", `has more than ${MAX_INVENTORY_BYTES} bytes`);
		return;
	}
	const value = readJson(bytes);
	if (value === void 0) report("", "is not JSON in UTF-8");
	return value;
}

export { parseInventory as i, OBJECT_KINDS as n, objectKey as r, MAX_INVENTORY_BYTES as t };