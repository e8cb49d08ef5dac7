import { f as listProofs, o as MAX_SIGNATURE_BYTES, s as readSmallObject } from "./find-backups.js";
import { B as isBinlogId, H as isPackId, O as PROOF_NAME, U as isServerName, W as isStorageName, Y as parseBackupId, at as parseRunId, in as LifeboatError, k as PROOF_SIGNATURE_NAME } from "./proxy.js";
import { n as OBJECT_KINDS } from "./inventory.js";
import { A as text, C as list, D as optional, E as oneOf, M as variants, O as record, S as instant, b as count, f as hasRepeated, h as parseStatement, j as trueOrFalse, k as sha256, m as collectViolations, v as serializeStatement, x as filledText } from "./store-settings.js";
import { i as notProvableShape, n as databaseShape, r as excludedShape } from "./manifest-rules.js";
import { createHash } from "node:crypto";

// src/domain/proofs/proof.ts
function isOfDump(proof) {
	return proof.kind === "dump";
}

// src/domain/proofs/proof-figures.ts
/** The whole restore, checks included, in seconds that have begun. */
function rtoSeconds({ totalMs }) {
	return Math.ceil(totalMs / 1e3);
}
/** What would have been lost, had the server died when the test began. */
function rpoSeconds({ startedAt, recoveredTo }) {
	return Math.ceil((Date.parse(startedAt) - Date.parse(recoveredTo)) / 1e3);
}
/** The moment to which files alone come back: all of them, so that the oldest snapshot counts. Of the future nothing is claimed. */
function oldestOf(storage, startedAt) {
	return [startedAt, ...storage.map(({ instant }) => instant)].toSorted()[0] ?? startedAt;
}
/** What a proof says of the restored objects (see `selectRestored`); the sizes of the texts are those of the manifest. */
function describeRestored(objects, manifest) {
	const countKind = (kind) => objects.filter((object) => object.kind === kind).length;
	return {
		databases: manifest.databases.map(({ name, plainBytes }) => describeDatabase(objects, name, plainBytes)),
		counts: Object.fromEntries(OBJECT_KINDS.map((kind) => [kind, countKind(kind)])),
		dataSha256: digestData(objects)
	};
}
/**
* One digest of the rows of all tables: the SHA-256 of one line of JSON for each table, `["<database>","<table>","<dataSha256>"]`,
* sorted by database and then by table, both as bytes of UTF-8.
*/
function digestData(objects) {
	const hash = createHash("sha256");
	for (const { database, name, dataSha256 } of sortedTables(objects)) hash.update(`${JSON.stringify([
		database,
		name,
		dataSha256
	])}\n`);
	return hash.digest("hex");
}
function sortedTables(objects) {
	return objects.filter(({ kind }) => kind === "table").sort((a, b) => compareBytes(a.database, b.database) || compareBytes(a.name, b.name));
}
function describeDatabase(objects, name, plainBytes) {
	const inside = objects.filter(({ database }) => database === name);
	const tables = inside.filter(({ kind }) => kind === "table");
	const rows = tables.reduce((sum, table) => sum === null || table.rows === void 0 ? null : sum + table.rows, 0);
	const views = inside.filter(({ kind }) => kind === "view").length;
	return {
		name,
		tables: tables.length,
		views,
		rows,
		plainBytes
	};
}
function compareBytes(a, b) {
	return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

// src/domain/proofs/proof-rules.ts
const kindCounts = record({
	database: count,
	table: count,
	view: count,
	sequence: count,
	trigger: count,
	function: count,
	procedure: count,
	package: count,
	"package-body": count,
	event: count,
	account: count
});
const replayShape = record({
	target: oneOf([
		"latest",
		"random",
		"instant"
	]),
	transactions: count,
	binlogs: list(record({
		id: filledText,
		manifestSha256: sha256
	}), 1)
});
const storageShape = record({
	name: filledText,
	snapshot: filledText,
	manifestSha256: sha256,
	instant,
	isSigned: trueOrFalse,
	share: text(/^(?!0+(?:\.0+)?%)\d{1,3}(?:\.\d+)?%$/, "a percentage above 0"),
	packs: list(filledText),
	files: count,
	directories: count,
	links: count,
	bytes: count
});
/** What every proof has. */
const frame = {
	schema: oneOf([1]),
	type: oneOf(["proof"]),
	id: filledText,
	server: filledText,
	startedAt: instant,
	finishedAt: instant,
	recoveredTo: instant,
	rpoSeconds: count,
	limits: list(filledText),
	recoverySha256: sha256
};
const dumpProofShape = record({
	...frame,
	kind: oneOf(["dump"]),
	backup: record({
		id: filledText,
		manifestSha256: sha256,
		instant,
		isSigned: trueOrFalse
	}),
	level: oneOf([
		1,
		2,
		3,
		4
	]),
	assertions: count,
	replay: optional(replayShape),
	storage: optional(list(storageShape, 1)),
	rtoSeconds: count,
	timings: record({
		fetchMs: count,
		loadMs: count,
		replayMs: optional(count),
		checksMs: count,
		totalMs: count
	}),
	versions: record({
		server: filledText,
		dumpTool: filledText,
		sandboxServer: filledText,
		sandboxDumpTool: filledText,
		sandboxEngine: oneOf(["docker", "podman"]),
		image: filledText,
		imageId: text(/^sha256:[0-9a-f]{64}$/, "the id of an image"),
		lifeboat: filledText
	}),
	databases: list(databaseShape, 1),
	excluded: excludedShape,
	counts: optional(kindCounts),
	inventorySha256: optional(sha256),
	dataSha256: optional(sha256),
	notProvable: notProvableShape
});
const filesProofShape = record({
	...frame,
	kind: oneOf(["files"]),
	storage: list(storageShape, 1),
	versions: record({ lifeboat: filledText })
});
const proofShape = variants("kind", {
	dump: dumpProofShape,
	files: filesProofShape
});
/** The value as a proof, or every violation, each as `field problem`. The caller has looked at the schema number. */
function checkProof(value, place) {
	const { violations, report } = collectViolations();
	if (!proofShape.check(value, "", report)) return { violations };
	checkPlace(value, place, report);
	checkTimes(value, report);
	checkStorage(value, report);
	if (value.kind === "dump") {
		checkRestore(value, report);
		checkDatabases(value, report);
		checkLevel(value, report);
	} else checkFiles(value, report);
	return violations.length === 0 ? { value } : { violations };
}
/** Neither another server's proof nor an older one may stand in the place of this. */
function checkPlace({ server, id }, place, report) {
	if (!isServerName(server)) report("server", "is not the name of a server");
	else if (server !== place.server) report("server", `is ${server}, but the proof stands under ${place.server}`);
	if (!parseRunId(id)) report("id", "is not a run id");
	else if (id !== place.id) report("id", `is ${id}, but the proof stands under ${place.id}`);
}
/** The form makes them sort as text. */
function checkTimes(proof, report) {
	const { startedAt, finishedAt, recoveredTo } = proof;
	if (recoveredTo > startedAt) report("recoveredTo", "is after startedAt");
	if (startedAt > finishedAt) report("finishedAt", "is before startedAt");
	if (proof.rpoSeconds !== rpoSeconds(proof)) report("rpoSeconds", "is not startedAt minus recoveredTo");
}
function checkRestore(proof, report) {
	const { backup, recoveredTo, timings, replay } = proof;
	if (!parseBackupId(backup.id)) report("backup.id", "is not a backup id");
	if (replay === void 0 && recoveredTo !== backup.instant) report("recoveredTo", "is not backup.instant");
	if (replay === void 0 !== (timings.replayMs === void 0)) report("timings.replayMs", replay === void 0 ? "belongs to a replay" : "is missing");
	if (timings.fetchMs + timings.loadMs + (timings.replayMs ?? 0) + timings.checksMs > timings.totalMs) report("timings.totalMs", "is less than its parts");
	if (proof.rtoSeconds !== rtoSeconds(timings)) report("rtoSeconds", "is not timings.totalMs in seconds");
}
/** A restore of nothing proves nothing. */
function checkDatabases({ databases, counts }, report) {
	if (new Set(databases.map(({ name }) => name)).size < databases.length) report("databases", "names a database twice");
	const sum = (figure) => databases.reduce((total, database) => total + database[figure], 0);
	if (sum("tables") === 0) report("databases", "has no tables");
	else if (databases.every(({ rows }) => rows === 0)) report("databases", "has no rows");
	if (counts !== void 0 && counts.table !== sum("tables")) report("counts.table", "is not the tables of the databases");
	if (counts !== void 0 && counts.view !== sum("views")) report("counts.view", "is not the views of the databases");
}
function checkStorage({ storage = [] }, report) {
	for (const [at, { name, snapshot, packs }] of storage.entries()) {
		if (!isStorageName(name)) report(`storage[${at}].name`, "is not the name of a storage");
		if (!parseRunId(snapshot)) report(`storage[${at}].snapshot`, "is not the id of a run");
		if (!packs.every(isPackId)) report(`storage[${at}].packs`, "names what is no pack");
	}
	if (hasRepeated(storage.map(({ name }) => name))) report("storage", "names a storage twice");
}
/** A sample of nothing proves nothing. */
function checkFiles({ storage, startedAt, recoveredTo }, report) {
	for (const [at, { files, directories, links }] of storage.entries()) if (files + directories + links === 0) report(`storage[${at}]`, "compares nothing");
	if (recoveredTo !== oldestOf(storage, startedAt)) report("recoveredTo", "is not the oldest storage.instant");
}
function checkLevel(proof, report) {
	const { replay } = proof;
	if (proof.level === 4 && replay === void 0) report("replay", "is missing at level 4");
	if (replay?.binlogs.some(({ id }) => !isBinlogId(id)) === true) report("replay.binlogs", "names what is no binlog");
	if (proof.level === 1) return;
	for (const field of [
		"counts",
		"inventorySha256",
		"dataSha256"
	]) if (proof[field] === void 0) report(field, `is missing at level ${proof.level}`);
}

// src/domain/proofs/proof-text.ts
/** Figures of 20,000 databases stay below. */
const MAX_PROOF_BYTES = 16 * 2 ** 20;
/** In the order in which they are written; a field that is not in this list is not written at all. */
const FIELD_ORDER = `
  schema type id server kind backup manifestSha256 instant isSigned level assertions startedAt finishedAt recoveredTo
  replay target transactions binlogs
  storage name snapshot share packs files directories links bytes
  rtoSeconds rpoSeconds timings fetchMs loadMs replayMs checksMs totalMs
  versions dumpTool sandboxServer sandboxDumpTool sandboxEngine image imageId lifeboat
  databases name tables views rows plainBytes excluded brokenViews
  counts database table view sequence trigger function procedure package package-body event account
  inventorySha256 dataSha256 notProvable what why limits recoverySha256`.trim().split(/\s+/);
const FORMAT = {
	noun: "proof",
	code: "proof-invalid",
	schema: 1,
	maxBytes: MAX_PROOF_BYTES,
	fieldOrder: FIELD_ORDER,
	check: checkProof
};
/** The bytes to sign and store, see `serializeStatement`. Throws `proof-invalid` for one that the reader would refuse. */
function serializeProof(facts) {
	const frame = {
		schema: 1,
		type: "proof",
		rpoSeconds: rpoSeconds(facts)
	};
	const proof = facts.kind === "dump" ? {
		...facts,
		...frame,
		rtoSeconds: rtoSeconds(facts.timings)
	} : {
		...facts,
		...frame
	};
	return serializeStatement(FORMAT, proof, facts);
}
/** Reads what `serializeProof` wrote and nothing else. Throws `proof-invalid`, naming every violation. */
function parseProof(bytes, place) {
	return parseStatement(FORMAT, bytes, place);
}

// src/actions/restoring/earlier-proofs.ts
/** As many as a trend shows. */
const MAX_READ = 8;
/** At most `maxRead` of the newest ones; what they hold is small, and each costs a request or two. */
async function readEarlierProofs(reading, maxRead = MAX_READ) {
	const { store, server, signal } = reading;
	const keys = [];
	for await (const listed of store.list(`${server}/proofs`, signal)) keys.push(listed);
	const [proofs, failures] = [[], []];
	for (const { runId, folder } of listProofs(keys, server).slice(0, maxRead)) try {
		proofs.push(await readProof(reading, runId, folder));
	} catch (error) {
		if (!(error instanceof LifeboatError) || error.class !== "restore-test") throw error;
		failures.push(error);
	}
	return {
		proofs,
		failures
	};
}
/** Throws `proof-invalid`. */
async function readProof(reading, id, folder) {
	const { store, encryption, server, trustedProvers, now, signal } = reading;
	const bytes = await readSmallObject(store, folder + PROOF_NAME, MAX_PROOF_BYTES, "proof-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("proof-invalid", `${folder}${PROOF_NAME} went away while it was read`);
	if (trustedProvers !== void 0) {
		const key = folder + PROOF_SIGNATURE_NAME;
		const signature = await readSmallObject(store, key, MAX_SIGNATURE_BYTES, "proof-invalid", signal);
		if (signature === void 0) throw forged(`${folder}${PROOF_NAME} is not signed`);
		try {
			await encryption.verifyDetached(bytes, signature, trustedProvers, now);
		} catch (error) {
			if (error instanceof LifeboatError) throw forged(`${key}: ${error.message}`, error);
			throw error;
		}
	}
	return parseProof(bytes, {
		server,
		id
	});
}
function forged(message, cause) {
	return new LifeboatError("proof-invalid", message, {
		hint: "Somebody else wrote this proof, or `trusted-provers` lacks a key. Whoever could write it could hide that backups do not restore: find out who may put objects below `proofs/`.",
		cause
	});
}

export { describeRestored as a, serializeProof as i, readProof as n, oldestOf as o, parseProof as r, isOfDump as s, readEarlierProofs as t };