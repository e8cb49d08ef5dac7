import { t as restoreTestDeclaration } from "./inputs2.js";
import { $ as countOf, A as proofFolder, B as markdownTable, D as parseBackupId, F as codeBlock, I as codeSpan, L as escapeMarkdown, M as parseRunId, N as judgeAssertion, O as parseProofKey, R as foldedDetails, S as dumpFolder, T as isServerName, _ as PROOF_NAME, b as SIGNATURE_NAME, dt as LifeboatError, et as formatBytes, g as MANIFEST_NAME, it as formatInstant, j as createRunId, lt as showUnseen, nt as formatDay, rt as formatDuration, tt as formatCount, v as PROOF_SIGNATURE_NAME, y as RECOVERY_NAME, z as formatSentence } from "./target.js";
import { A as parseManifest, B as count, C as KEEP_INVALID_DATES, D as shellQuote, E as fetchCommand, F as parseStatement, G as oneOf, H as instant, I as readJson, J as sha256, K as optional, L as refusal, M as databaseShape, N as notProvableShape, O as shellQuoteAll, P as collectViolations, R as serializeStatement, S as excerpt, T as bashWord, U as list, V as filledText, W as mapOf, X as trueOrFalse, Y as text$1, Z as readStoreClock, _ as quoteSqlString, a as parseFacts, b as signingKeyWarnings, c as COMMON_OPTIONS, d as compareNumbers, f as parseClientVersion, g as quoteIdentifier, i as checkFor, k as MAX_MANIFEST_BYTES, l as DATA_OPTIONS, n as openStoreWriter, o as text$2, p as parseServerVersion, q as record, r as defineAction, s as ACCOUNT_OPTIONS, t as openStoreReader, u as HISTORY_OPTION, w as LOAD_OPTIONS, x as createOpenPgpEncryption, z as anyText } from "./open-store.js";
import { t as VERSION } from "./version.js";
import { availableParallelism, constants } from "node:os";
import { createReadStream } from "node:fs";
import { Readable, pipeline } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/domain/judge-differences.ts
function judgeDifferences(differences, { isSameDumpTool, compare }) {
	const isTold = ({ what }) => what === "definition" && !isSameDumpTool;
	return {
		red: differences.filter((difference) => !isTold(difference)),
		told: differences.filter(isTold),
		level: levelOf(differences, compare)
	};
}
function levelOf(differences, compare) {
	if (differences.some(({ what }) => [
		"missing",
		"rows",
		"added"
	].includes(what))) return 1;
	return compare === "exact" && differences.length === 0 ? 3 : 2;
}
/** One sentence without a full stop, with the names as they are: "table shop.orders: 11,999 rows, 12,000 were dumped". */
function describeDifference(difference) {
	const { kind, what, expected, found } = difference;
	if (kind === "rest") return "what stands between the definitions is not what was dumped";
	const object = describeObject(difference);
	switch (what) {
		case "missing": return `${object} is missing`;
		case "added": return `${object} is there, but was not dumped`;
		case "rows": return found === void 0 ? `${object}: the rows were not counted, ${shownCount(expected)} were dumped` : `${object}: ${shownCount(found)} rows, ${shownCount(expected)} were dumped`;
		case "data": return `${object}: the rows are not the ones that were dumped`;
		case "definition": return `${object} has another definition`;
	}
}
/** For a proof's limits: what is told and what could not be compared, in numbers and without names. */
function describeLimits(told, { isRestComparable }) {
	const definitions = told.filter(({ kind }) => kind !== "rest").length;
	const by = "by another version of the dump tool";
	return [
		...definitions > 0 ? [`definitions of ${countOf(definitions, "object")} are written differently ${by}`] : [],
		...told.length > definitions ? [`what stands between the definitions is written differently ${by}`] : [],
		...isRestComparable ? [] : ["what stands between the definitions could not be compared"]
	];
}
function describeObject({ kind, database, name }) {
	const noun = kind.replace("-", " ");
	return kind === "account" || kind === "database" ? `${noun} ${name}` : `${noun} ${database}.${name}`;
}
function shownCount(digits) {
	return digits === void 0 ? "?" : formatCount(Number(digits));
}

// src/domain/trend.ts
/** About two months of weekly tests; fits on a screen. */
const MAX_POINTS = 8;
const BAR_BLOCKS = 20;
/** Runners differ by as much from one day to the next. */
const NOTABLE_FACTOR = 1.25;
const NOTABLE_SECONDS = 5;
/** The newest proofs, newest first. Only proofs that were verified belong in it. */
function trendOf(proofs) {
	const newestFirst = proofs.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
	return newestFirst.slice(0, MAX_POINTS).map((proof, index) => ({
		startedAt: proof.startedAt,
		rtoSeconds: proof.rtoSeconds,
		level: proof.level,
		plainBytes: proof.databases.reduce((sum, { plainBytes }) => sum + plainBytes, 0),
		change: compareTimes(proof.rtoSeconds, newestFirst[index + 1]?.rtoSeconds)
	}));
}
/** A Markdown table; empty without points. */
function renderTrend(points) {
	if (points.length === 0) return "";
	const longest = Math.max(1, ...points.map(({ rtoSeconds }) => rtoSeconds));
	const rows = points.map(({ startedAt, rtoSeconds, level, plainBytes, change }) => [
		formatDay(startedAt),
		String(level),
		formatBytes(plainBytes),
		formatDuration(rtoSeconds * 1e3),
		`${bar(rtoSeconds / longest)}${change === void 0 || change === "same" ? "" : ` ${change}`}`
	]);
	return markdownTable([
		{ title: "Tested" },
		{
			title: "Level",
			align: "right"
		},
		{
			title: "SQL",
			align: "right"
		},
		{
			title: "Restored in",
			align: "right"
		},
		{ title: "" }
	], rows);
}
function compareTimes(seconds, before) {
	if (before === void 0) return void 0;
	if (Math.abs(seconds - before) < NOTABLE_SECONDS) return "same";
	if (seconds > before * NOTABLE_FACTOR) return "slower";
	return before > seconds * NOTABLE_FACTOR ? "faster" : "same";
}
function bar(share) {
	return "█".repeat(Math.max(1, Math.round(share * BAR_BLOCKS)));
}

// src/actions/restore-test/report.ts
/** A summary is read by people; the log has no more either. */
const MAX_FINDINGS = 50;
const MAX_DIFFS$1 = 10;
const LEVELS = {
	1: "it loads",
	2: "every object and every row is there",
	3: "equal to what was dumped, byte by byte"
};
function renderTestSummary(server, outcome) {
	return `${(outcome.written === void 0 ? redParts(server, outcome) : provenParts(server, outcome)).filter((part) => part !== "").join("\n\n")}\n`;
}
function provenParts(server, outcome) {
	const { written, tried, earlierProofs, warnings } = outcome;
	const [first] = tried;
	if (written === void 0 || first?.examination === void 0) return [];
	const { proof, proofKey, recovery } = written;
	const { examination } = first;
	const unprovable = proof.notProvable.map(({ what }) => what).join(", ");
	return [
		`## ✅ ${escapeMarkdown(server)}: proven ${formatDay(proof.startedAt)}, restored in ${formatDuration(proof.timings.totalMs)}${unprovable === "" ? "" : escapeMarkdown(` (without ${unprovable})`)}`,
		`**Level ${proof.level}: ${LEVELS[proof.level] ?? ""}.** ${assertionSentence(examination)}Backup ${codeSpan(proof.backup.id)} with the state of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1e3)} of work would have been lost with it.`,
		databaseTable(examination, proof.databases),
		timingTable(examination),
		bullets([
			...warnings,
			...proof.limits.map(sentence),
			...proof.notProvable.map(({ what, why }) => `Not shown: ${what}: ${why}.`),
			...outcome.isProofSigned ? [] : ["The proof is not signed: whoever can write to the store can forge one. Give `proof-signing-key`."]
		]),
		earlierProofs.length === 0 ? "" : `### Earlier tests\n\n${renderTrend(trendOf([proof, ...earlierProofs]))}`,
		foldedDetails("The runbook: bring this backup back by hand", codeBlock(recovery, "markdown")),
		foldedDetails("Details", details(examination, proofKey))
	];
}
/** What failed, and what to do, stands above already. */
function redParts(server, { tried, failure, earlierProofs, warnings }) {
	const [first] = tried;
	const newest = earlierProofs[0];
	return [
		`### ❌ ${escapeMarkdown(server)}: ${first?.failure === void 0 ? "restored and compared, but the test is red" : "what was tried"}`,
		triedTable(tried),
		...tried.flatMap(({ examination }) => examination === void 0 ? [] : findingParts(examination)),
		first?.examination === void 0 ? "" : timingTable(first.examination),
		bullets(failure?.code === "proof-invalid" ? [] : warnings),
		newest === void 0 ? "No earlier proof was found." : `The newest proof is of ${formatDay(newest.startedAt)}, for the state of ${formatInstant(newest.recoveredTo)}.`
	];
}
function findingParts({ findings, differences, backup }) {
	if (findings.length === 0) return [];
	const listed = findings.slice(0, MAX_FINDINGS).map((finding) => `- ${escapeMarkdown(finding.sentence)}`);
	const more = findings.length - listed.length;
	const diffs = differences.filter(({ diff }) => diff !== void 0).slice(0, MAX_DIFFS$1);
	return [`### ${escapeMarkdown(backup.id)}\n\n${[...listed, ...more > 0 ? [`- and ${formatCount(more)} more`] : []].join("\n")}`, ...diffs.map((difference) => foldedDetails(describeDifference(difference), codeBlock(difference.diff ?? "", "diff")))];
}
function triedTable(tried) {
	const rows = tried.map(({ id, examination, failure }) => [
		codeSpan(id),
		examination === void 0 ? "" : formatInstant(examination.backup.manifest.instant),
		failure === void 0 ? "✅ good" : `❌ ${codeSpan(failure.code)}`
	]);
	return markdownTable([
		{ title: "Backup" },
		{ title: "State of" },
		{ title: "Result" }
	], rows);
}
function assertionSentence({ assertions }) {
	return assertions.length === 0 ? "" : `${countOf(assertions.length, "assertion")} of yours held. `;
}
function databaseTable({ restored }, databases) {
	const right = (title) => ({
		title,
		align: "right"
	});
	const rows = databases.map((database) => [
		codeSpan(database.name),
		formatCount(database.tables),
		formatCount(database.views),
		others(restored, database.name),
		database.rows === null ? "not counted" : formatCount(database.rows),
		formatBytes(database.plainBytes)
	]);
	return markdownTable([
		{ title: "Database" },
		right("Tables"),
		right("Views"),
		right("Other objects"),
		right("Rows"),
		right("SQL")
	], rows);
}
const COUNTED_ALREADY = /* @__PURE__ */ new Set([
	"database",
	"table",
	"view"
]);
function others(restored, name) {
	if (restored === void 0) return "not compared";
	return formatCount(restored.filter(({ database, kind }) => database === name && !COUNTED_ALREADY.has(kind)).length);
}
function timingTable({ timings }) {
	const right = (title) => ({
		title,
		align: "right"
	});
	return markdownTable([
		right("Fetch"),
		right("Load"),
		right("Checks"),
		right("Whole restore")
	], [[
		timings.fetchMs,
		timings.loadMs,
		timings.checksMs,
		timings.totalMs
	].map(formatDuration)]);
}
function details({ backup, versions, image, assertions }, proofKey) {
	const { manifest } = backup;
	const rows = [
		["Proof", codeSpan(proofKey)],
		["Manifest", backup.signedBy === void 0 ? "signature not checked" : `signed by ${codeSpan(backup.signedBy)}`],
		["Source", escapeMarkdown(`${manifest.versions.server}, dump client ${manifest.versions.dumpTool}`)],
		["Sandbox", escapeMarkdown(`${versions.server}, dump client ${versions.dumpTool}`)],
		["Image", `${codeSpan(image.reference)} ${codeSpan(image.id)}`],
		...assertions.map(({ assertion }) => ["Assertion", codeSpan(assertion.text)])
	];
	return markdownTable([{ title: "What" }, { title: "Value" }], rows);
}
function sentence(text) {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${formatSentence(warning)}`).join("\n");
}

// src/domain/catalog.ts
/** The dumps of one server. Keys that are not below `<server>/dumps/` do not matter. Throws RangeError for no server's name. */
function listDumps(keys, server) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	const found = /* @__PURE__ */ new Map();
	const strayKeys = [];
	for (const listed of keys) {
		if (!listed.key.startsWith(`${server}/dumps/`)) continue;
		const id = readDumpId(listed.key, server);
		if (id === void 0) {
			strayKeys.push(listed.key);
			continue;
		}
		const inFolder = found.get(id) ?? [];
		inFolder.push(listed);
		found.set(id, inFolder);
	}
	const dumps = [...found].map(([id, inFolder]) => describeDump(server, id, inFolder)).sort(newestIdFirst);
	return {
		dumps: dumps.filter(({ hasManifest }) => hasManifest),
		unfinished: dumps.filter(({ hasManifest }) => !hasManifest),
		strayKeys
	};
}
/** The runs that left a `proof.json`, newest first. Whether a proof counts is for its signature and its reader to say. */
function listProofs(keys, server) {
	const found = /* @__PURE__ */ new Map();
	for (const { key } of keys) {
		const parsed = parseProofKey(key);
		if (parsed?.server !== server) continue;
		found.set(parsed.runId, (found.get(parsed.runId) ?? /* @__PURE__ */ new Set()).add(parsed.name));
	}
	return [...found].filter(([, names]) => names.has(PROOF_NAME)).map(([runId, names]) => ({
		runId,
		folder: proofFolder(server, runId),
		hasSignature: names.has(PROOF_SIGNATURE_NAME),
		hasRecovery: names.has(RECOVERY_NAME)
	})).sort((a, b) => compareText$1(b.runId, a.runId));
}
/** The id of the dump that a key belongs to. Its folder must be exactly the one that follows from the id. */
function readDumpId(key, server) {
	const folder = key.slice(0, key.lastIndexOf("/") + 1);
	const id = folder.split("/").at(-2) ?? "";
	return parseBackupId(id) && folder === dumpFolder(server, id) && folder !== key ? id : void 0;
}
function describeDump(server, id, keys) {
	const folder = dumpFolder(server, id);
	const has = (name) => keys.some(({ key }) => key === folder + name);
	return {
		id,
		folder,
		hasManifest: has(MANIFEST_NAME),
		hasSignature: has(SIGNATURE_NAME),
		keys
	};
}
function newestIdFirst(a, b) {
	return compareText$1(b.id, a.id);
}
function compareText$1(a, b) {
	return a < b ? -1 : Number(a > b);
}

// src/actions/restoring/read-small-object.ts
/** A signature by the largest keys there are has two kilobytes. */
const MAX_SIGNATURE_BYTES = 65536;
/** Undefined when there is none. Throws `code` when it is larger than anything of its kind. */
async function readSmallObject(store, key, maxBytes, code, signal) {
	const stream = await store.get(key, signal).catch((error) => {
		if (error instanceof LifeboatError && error.code === "store-not-found") return void 0;
		throw error;
	});
	if (stream === void 0) return void 0;
	const chunks = [];
	let bytes = 0;
	for await (const chunk of stream) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new LifeboatError(code, `${key} has more than ${maxBytes} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

// src/actions/restoring/find-backups.ts
/** Runs may overlap, so that the one that began last need not hold the newest state: at least so many are looked at. */
const MIN_LOOKED_AT = 5;
/** All folders of dumps that have a manifest, newest id first. */
async function listBackups({ store, server, signal }) {
	const keys = [];
	for await (const listed of store.list(`${server}/dumps`, signal)) keys.push(listed);
	return listDumps(keys, server).dumps;
}
/**
* The newest backup and up to `older` more, newest state first. One whose manifest is refused stands where its id puts it.
* Throws `backup-not-found`.
*/
async function findNewest(reading, older) {
	const found = await listBackups(reading);
	if (found.length === 0) throw new LifeboatError("backup-not-found", `${reading.server} has no backup in ${reading.store.location}`, { hint: "Check `server` and the prefix in `store`. A dump that failed leaves no manifest and is no backup." });
	const candidates = [];
	for (const { id } of found.slice(0, Math.max(MIN_LOOKED_AT, older + 1))) candidates.push(await readCandidate(reading, id));
	return candidates.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, older + 1);
}
/** Throws `backup-not-found`. */
async function findById(reading, id) {
	const candidate = await readCandidate(reading, id);
	if (!("failure" in candidate) || candidate.failure.code !== "backup-not-found") return candidate;
	throw candidate.failure;
}
/** What is wrong with the manifest is the candidate's failure; an answer that did not come from the store is thrown. */
async function readCandidate(reading, id) {
	try {
		return {
			id,
			backup: await readBackup(reading, id)
		};
	} catch (error) {
		if (error instanceof LifeboatError && [
			"integrity",
			"encryption",
			"restore-test"
		].includes(error.class)) return {
			id,
			failure: error
		};
		throw error;
	}
}
/** Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. The signature comes first: nobody else's text is looked at. */
async function readBackup(reading, id) {
	const { store, server, signal } = reading;
	const folder = dumpFolder(server, id);
	const bytes = await readSmallObject(store, folder + MANIFEST_NAME, MAX_MANIFEST_BYTES, "manifest-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("backup-not-found", `${folder}${MANIFEST_NAME} is not in ${store.location}`, { hint: "`lifeboat list` shows what is there. A folder without a manifest is a run that failed." });
	const signedBy = await checkSignature(reading, folder, bytes);
	return {
		id,
		folder,
		manifest: parseManifest(bytes, {
			server,
			id
		}),
		manifestSha256: createHash("sha256").update(bytes).digest("hex"),
		signedBy
	};
}
async function checkSignature({ store, encryption, trustedSigners, now, signal }, folder, manifest) {
	if (trustedSigners === void 0) return void 0;
	const key = folder + SIGNATURE_NAME;
	const signature = await readSmallObject(store, key, MAX_SIGNATURE_BYTES, "signature-invalid", signal);
	if (signature === void 0) throw new LifeboatError("signature-invalid", `${folder}${MANIFEST_NAME} is not signed`, { hint: "Give the backup job a `signing-key`. A backup that anybody may have written is not restored." });
	try {
		return (await encryption.verifyDetached(manifest, signature, trustedSigners, now)).fingerprint;
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		throw new LifeboatError("signature-invalid", `${key}: ${error.message}`, {
			hint: "Somebody else wrote this manifest, or it was changed, or `trusted-signers` lacks a key. Find out which before you trust anything newer than the last proven backup.",
			cause: error
		});
	}
}
/** Of the state where the manifest is believed, else of the run. */
function timeOf(candidate) {
	if ("backup" in candidate) return Date.parse(candidate.backup.manifest.instant);
	const runId = parseBackupId(candidate.id)?.runId ?? "";
	return parseRunId(runId)?.startedAt.getTime() ?? 0;
}

// src/domain/inventory.ts
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
	ddlSha256: sha256,
	ddl: anyText
});
const inventoryShape = record({
	schema: oneOf([1]),
	type: oneOf(["inventory"]),
	id: filledText,
	server: filledText,
	variables: mapOf(anyText),
	rest: mapOf(sha256),
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
		checkObjects(value.objects, report);
		if (violations.length === 0) return value;
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
function checkObjects(objects, report) {
	const seen = /* @__PURE__ */ new Set();
	for (const [index, object] of objects.entries()) {
		const path = `objects[${index}]`;
		const isTable = object.kind === "table";
		if (isTable && object.dataSha256 === void 0) report(`${path}.dataSha256`, "is missing");
		if (!isTable && object.dataSha256 !== void 0) report(`${path}.dataSha256`, "belongs to tables only");
		if (!isTable && object.rows !== void 0) report(`${path}.rows`, "belongs to tables only");
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

// src/domain/proof-figures.ts
/** The whole restore, checks included, in seconds that have begun. */
function rtoSeconds({ totalMs }) {
	return Math.ceil(totalMs / 1e3);
}
/** What would have been lost, had the server died when the test began. */
function rpoSeconds({ startedAt, recoveredTo }) {
	return Math.ceil((Date.parse(startedAt) - Date.parse(recoveredTo)) / 1e3);
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

// src/domain/proof-rules.ts
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
const proofShape = record({
	schema: oneOf([1]),
	type: oneOf(["proof"]),
	id: filledText,
	server: filledText,
	backup: record({
		id: filledText,
		manifestSha256: sha256,
		instant,
		isSigned: trueOrFalse
	}),
	level: oneOf([
		1,
		2,
		3
	]),
	assertions: count,
	startedAt: instant,
	finishedAt: instant,
	recoveredTo: instant,
	rtoSeconds: count,
	rpoSeconds: count,
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
		imageId: text$1(/^sha256:[0-9a-f]{64}$/, "the id of an image"),
		lifeboat: filledText
	}),
	databases: list(databaseShape, 1),
	counts: optional(kindCounts),
	inventorySha256: optional(sha256),
	dataSha256: optional(sha256),
	notProvable: notProvableShape,
	limits: list(filledText),
	recoverySha256: sha256
});
/** The value as a proof, or every violation, each as `field problem`. The caller has looked at the schema number. */
function checkProof(value, place) {
	const { violations, report } = collectViolations();
	if (!proofShape.check(value, "", report)) return { violations };
	checkPlace(value, place, report);
	checkTimes(value, report);
	checkDatabases(value, report);
	checkLevel(value, report);
	return violations.length === 0 ? { value } : { violations };
}
/** Neither another server's proof nor an older one may stand in the place of this. */
function checkPlace({ server, id, backup }, place, report) {
	if (!isServerName(server)) report("server", "is not the name of a server");
	else if (server !== place.server) report("server", `is ${server}, but the proof stands under ${place.server}`);
	if (!parseRunId(id)) report("id", "is not a run id");
	else if (id !== place.id) report("id", `is ${id}, but the proof stands under ${place.id}`);
	if (!parseBackupId(backup.id)) report("backup.id", "is not a backup id");
}
function checkTimes(proof, report) {
	const { backup, startedAt, finishedAt, recoveredTo, timings } = proof;
	if (recoveredTo !== backup.instant) report("recoveredTo", "is not backup.instant");
	if (recoveredTo > startedAt) report("recoveredTo", "is after startedAt");
	if (startedAt > finishedAt) report("finishedAt", "is before startedAt");
	if (timings.fetchMs + timings.loadMs + (timings.replayMs ?? 0) + timings.checksMs > timings.totalMs) report("timings.totalMs", "is less than its parts");
	if (proof.rtoSeconds !== rtoSeconds(timings)) report("rtoSeconds", "is not timings.totalMs in seconds");
	if (proof.rpoSeconds !== rpoSeconds(proof)) report("rpoSeconds", "is not startedAt minus recoveredTo");
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
function checkLevel(proof, report) {
	if (proof.level === 1) return;
	for (const field of [
		"counts",
		"inventorySha256",
		"dataSha256"
	]) if (proof[field] === void 0) report(field, `is missing at level ${proof.level}`);
}

// src/domain/proof.ts
const PROOF_SCHEMA = 1;
/** Figures of 20,000 databases stay below. */
const MAX_PROOF_BYTES = 16 * 2 ** 20;
const FORMAT = {
	noun: "proof",
	code: "proof-invalid",
	schema: 1,
	maxBytes: MAX_PROOF_BYTES,
	fieldOrder: `
  schema type id server backup manifestSha256 instant isSigned level assertions startedAt finishedAt recoveredTo
  rtoSeconds rpoSeconds timings fetchMs loadMs replayMs checksMs totalMs
  versions dumpTool sandboxServer sandboxDumpTool sandboxEngine image imageId lifeboat
  databases name tables views rows plainBytes
  counts database table view sequence trigger function procedure package package-body event account
  inventorySha256 dataSha256 notProvable what why limits recoverySha256`.trim().split(/\s+/),
	check: checkProof
};
/** The bytes to sign and store, see `serializeStatement`. Throws `proof-invalid` for one that the reader would refuse. */
function serializeProof(facts) {
	const proof = {
		...facts,
		schema: 1,
		type: "proof",
		rtoSeconds: rtoSeconds(facts.timings),
		rpoSeconds: rpoSeconds(facts)
	};
	return serializeStatement(FORMAT, proof, facts);
}
/** Reads what `serializeProof` wrote and nothing else. Throws `proof-invalid`, naming every violation. */
function parseProof(bytes, place) {
	return parseStatement(FORMAT, bytes, place);
}

// src/actions/restore-test/earlier-proofs.ts
/** As many as a trend shows. */
const MAX_READ = 8;
async function readEarlierProofs(reading) {
	const { store, server, signal } = reading;
	const keys = [];
	for await (const listed of store.list(`${server}/proofs`, signal)) keys.push(listed);
	const [proofs, failures] = [[], []];
	for (const { runId, folder } of listProofs(keys, server).slice(0, MAX_READ)) try {
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

// src/domain/line-diff.ts
/** The table of the longest common subsequence has the square of this many cells: 2 MB. */
const MAX_COMPARED_LINES = 1e3;
const CONTEXT_LINES = 2;
const MAX_SHOWN_LINES = 40;
/** A view is one line of thousands of characters: of a changed line this much is shown, from a little before the change. */
const MAX_LINE_CHARACTERS = 160;
const LEAD_CHARACTERS = 40;
/**
* Lines with `-` were expected, lines with `+` were found, lines with a space are around them; `…` stands for what is left out.
* Empty when the texts are equal.
*/
function diffLines(expected, found) {
	if (expected === found) return "";
	const shown = keepContext(shortenChanges(markLines(splitLines(expected), splitLines(found))));
	const more = shown.length - MAX_SHOWN_LINES;
	if (more <= 1) return shown.join("\n");
	return [...shown.slice(0, MAX_SHOWN_LINES), `… ${more} more lines`].join("\n");
}
/** A line feed at the end that only one of them has is a difference too. */
function splitLines(text) {
	const lines = text.split("\n");
	const last = lines.pop() ?? "";
	return last === "" ? lines : [...lines, `${last}\\ no line break`];
}
function markLines(expected, found) {
	const isSame = (a, b) => expected[a] === found[b];
	let start = 0;
	while (start < expected.length && start < found.length && isSame(start, start)) start += 1;
	let end = 0;
	while (end < expected.length - start && end < found.length - start && isSame(expected.length - 1 - end, found.length - 1 - end)) end += 1;
	const middle = markMiddle(expected.slice(start, expected.length - end), found.slice(start, found.length - end));
	return [
		...withMark(" ", expected.slice(0, start)),
		...middle,
		...withMark(" ", expected.slice(expected.length - end))
	];
}
function markMiddle(expected, found) {
	if (expected.length > MAX_COMPARED_LINES || found.length > MAX_COMPARED_LINES) return [...withMark("-", expected), ...withMark("+", found)];
	const width = found.length + 1;
	const lengths = new Uint16Array((expected.length + 1) * width);
	const lengthAt = (a, b) => lengths[a * width + b] ?? 0;
	for (let a = expected.length - 1; a >= 0; a -= 1) for (let b = found.length - 1; b >= 0; b -= 1) lengths[a * width + b] = expected[a] === found[b] ? lengthAt(a + 1, b + 1) + 1 : Math.max(lengthAt(a + 1, b), lengthAt(a, b + 1));
	const lines = [];
	let [a, b] = [0, 0];
	while (a < expected.length || b < found.length) if (a < expected.length && b < found.length && expected[a] === found[b]) {
		lines.push({
			mark: " ",
			text: expected[a] ?? ""
		});
		[a, b] = [a + 1, b + 1];
	} else if (b === found.length || a < expected.length && lengthAt(a + 1, b) >= lengthAt(a, b + 1)) {
		lines.push({
			mark: "-",
			text: expected[a] ?? ""
		});
		a += 1;
	} else {
		lines.push({
			mark: "+",
			text: found[b] ?? ""
		});
		b += 1;
	}
	return lines;
}
function withMark(mark, texts) {
	return texts.map((text) => ({
		mark,
		text
	}));
}
/** Cuts long lines; one that was replaced by another is cut around the first place in which the two differ. */
function shortenChanges(lines) {
	const cut = (own, others) => own.map(({ mark, text }, index) => ({
		mark,
		text: shorten(text, firstDifference(text, others[index]?.text ?? ""))
	}));
	const pieces = [];
	let at = 0;
	while (at < lines.length) {
		const kept = runOf(" ", lines, at);
		const removed = runOf("-", lines, at + kept.length);
		const added = runOf("+", lines, at + kept.length + removed.length);
		pieces.push(kept.map(({ mark, text }) => ({
			mark,
			text: shorten(text, 0)
		})), cut(removed, added), cut(added, removed));
		at += kept.length + removed.length + added.length;
	}
	return pieces.flat();
}
function runOf(mark, lines, start) {
	let end = start;
	while (lines[end]?.mark === mark) end += 1;
	return lines.slice(start, end);
}
function firstDifference(text, other) {
	let at = 0;
	while (at < text.length && text[at] === other[at]) at += 1;
	return at;
}
function shorten(text, interesting) {
	if (text.length <= MAX_LINE_CHARACTERS) return text;
	const start = Math.max(0, Math.min(interesting - LEAD_CHARACTERS, text.length - MAX_LINE_CHARACTERS));
	const end = start + MAX_LINE_CHARACTERS;
	return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`.toWellFormed();
}
/** Changed lines and a few around them. */
function keepContext(lines) {
	const isKept = new Uint8Array(lines.length);
	for (const [index, { mark }] of lines.entries()) if (mark !== " ") isKept.fill(1, Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
	const shown = [];
	for (const [index, { mark, text }] of lines.entries()) if (isKept[index]) shown.push(`${mark} ${text}`);
	else if (index === 0 || isKept[index - 1]) shown.push("…");
	return shown;
}

// src/domain/compare-inventories.ts
/** The worst first. */
const SEVERITY = [
	"missing",
	"rows",
	"data",
	"added",
	"definition"
];
const KIND_ORDER = [...OBJECT_KINDS, "rest"];
/** Each is work and many lines; after another version of the dump tool all definitions may differ. */
const MAX_DIFFS = 20;
/** Every difference, the worst first, then by kind, database and name. Empty: equal, as far as was asked. */
function compareInventories(inventory, restored, { compare, ignoredAccounts }) {
	const isCompared = chooseObjects(inventory);
	const expected = indexObjects(inventory.objects.filter(isCompared));
	const found = indexObjects(restored.objects.filter(isCompared));
	const differences = [];
	for (const [key, object] of expected) {
		const other = found.get(key);
		if (other === void 0) differences.push(differenceOf(object, "missing"));
		else differences.push(...compareObjects(object, other, compare));
	}
	const ignored = new Set(ignoredAccounts);
	for (const [key, object] of found) {
		const isIgnored = object.kind === "account" && ignored.has(object.name);
		if (!expected.has(key) && !isIgnored) differences.push(differenceOf(object, "added"));
	}
	if (compare === "exact") differences.push(...compareRest(inventory, restored, differences));
	return addDiffs(differences.sort(worstFirst), expected, found);
}
/** What a proof counts of the sandbox's objects: those that are compared, without accounts that were not dumped. */
function selectRestored(inventory, objects) {
	const isCompared = chooseObjects(inventory);
	const dumped = indexObjects(inventory.objects);
	return objects.filter((object) => isCompared(object) && (object.kind !== "account" || dumped.has(objectKey(object))));
}
/** Which objects are compared, on both sides. */
function chooseObjects(inventory) {
	const left = new Set(inventory.notProvable.map(objectKey));
	const hasAccounts = inventory.objects.some(({ kind }) => kind === "account");
	return (object) => !left.has(objectKey(object)) && (object.kind !== "account" || hasAccounts);
}
function indexObjects(objects) {
	return new Map(objects.map((object) => [objectKey(object), object]));
}
function compareObjects(expected, found, compare) {
	const differences = [];
	if (expected.rows !== void 0 && expected.rows !== found.rows) differences.push({
		...differenceOf(expected, "rows"),
		expected: String(expected.rows),
		...found.rows === void 0 ? {} : { found: String(found.rows) }
	});
	if (compare === "rows") return differences;
	if (differences.length === 0 && expected.dataSha256 !== found.dataSha256) differences.push(differenceOf(expected, "data"));
	if (!isSameDefinition(expected, found)) differences.push(differenceOf(expected, "definition"));
	return differences;
}
/** Servers list what is granted to an account in no particular order, another one after every restart. */
function isSameDefinition(expected, found) {
	if (expected.ddlSha256 === found.ddlSha256) return true;
	return expected.kind === "account" && sortLines(expected.ddl) === sortLines(found.ddl);
}
function sortLines(text) {
	return text.split("\n").toSorted().join("\n");
}
/**
* The rest is one text for the whole sandbox. It holds the definitions as well, so that it says something of its own only where
* they are all equal, none was left out, and the dump was one text too. Accounts are in a text of their own.
*/
function compareRest(inventory, { restSha256 }, differences) {
	if (!isRestComparable(inventory)) return [];
	const isSaid = differences.some(({ kind, what }) => kind !== "account" && [
		"missing",
		"added",
		"definition"
	].includes(what));
	const [expected] = Object.values(inventory.rest);
	return isSaid || expected === restSha256 ? [] : [{
		kind: "rest",
		database: "",
		name: "",
		what: "definition"
	}];
}
/** Whether the digest of the rest can be compared at all; where it cannot, a proof says so among its limits. */
function isRestComparable({ rest, notProvable }) {
	return Object.keys(rest).length === 1 && notProvable.every(({ kind }) => kind === "account");
}
function addDiffs(differences, expected, found) {
	let count = 0;
	return differences.map((difference) => {
		const { kind, what, database, name } = difference;
		if (what !== "definition" || kind === "rest" || kind === "account" || count === MAX_DIFFS) return difference;
		count += 1;
		const key = objectKey({
			kind,
			database,
			name
		});
		return {
			...difference,
			diff: diffLines(expected.get(key)?.ddl ?? "", found.get(key)?.ddl ?? "")
		};
	});
}
function differenceOf({ kind, database, name }, what) {
	return {
		kind,
		database,
		name,
		what
	};
}
function worstFirst(a, b) {
	return SEVERITY.indexOf(a.what) - SEVERITY.indexOf(b.what) || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || compareText(a.database, b.database) || compareText(a.name, b.name);
}
function compareText(a, b) {
	return a < b ? -1 : Number(a > b);
}

// src/actions/progress-log.ts
const INTERVAL_MS = 5e3;
/** `totalBytes` undefined: not known. */
function startProgressLog(label, totalBytes, reporter) {
	const startedAt = performance.now();
	let [bytes, bytesBefore] = [0, 0];
	const timer = setInterval(() => {
		const rate = (bytes - bytesBefore) * 1e3 / INTERVAL_MS;
		bytesBefore = bytes;
		const all = totalBytes === void 0 ? "" : ` of ${formatBytes(totalBytes)}`;
		const elapsed = formatDuration(performance.now() - startedAt);
		reporter.info(`${label}: ${formatBytes(bytes)}${all}, ${formatBytes(rate)}/s, ${elapsed}`);
	}, INTERVAL_MS);
	return {
		add: (count) => {
			bytes += count;
		},
		end: () => clearInterval(timer)
	};
}

// src/actions/restoring/open-object.ts
/** Fewer, larger pieces: each costs a turn of the event loop. */
const CHUNK_BYTES = 262144;
/**
* Decrypts and decompresses. Ends only when the message was whole. Throws `identity-unfit`, `decryption-failed`; nothing that came
* before an error may be believed.
*/
async function* openObject(file, { encryption, identity, signal }) {
	const ciphertext = createReadStream(file, { highWaterMark: CHUNK_BYTES });
	const message = Readable.from(encryption.decrypt(ciphertext, identity, signal), { objectMode: false });
	const text = createZstdDecompress({ chunkSize: CHUNK_BYTES });
	let failure;
	pipeline(message, text, (error) => failure = error);
	try {
		for await (const chunk of text) yield chunk;
	} catch (error) {
		const cause = failure ?? error;
		if (cause instanceof LifeboatError || signal.aborted) throw cause;
		throw new LifeboatError("decryption-failed", "what was decrypted is not a whole zstd stream", { cause });
	} finally {
		message.destroy();
		ciphertext.destroy();
	}
}
/** The whole text of a small object. Throws `manifest-invalid` when it is larger than `maxBytes`. */
async function readObject(file, maxBytes, options) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of openObject(file, options)) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new LifeboatError("manifest-invalid", `an object has more than ${maxBytes} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

// src/actions/restoring/fetch-object.ts
/** Of one part that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;
/**
* Returns the path of a file with all parts joined, whose size and SHA-256 are those of the manifest. Throws `object-mismatch`
* naming the key and what is wrong with it.
*/
async function fetchObject(object, options) {
	const file = path.join(options.directory, `${object.role}-${object.name}.gpg`);
	const handle = await open(file, "w", 384);
	try {
		let whole = createHash("sha256");
		let offset = 0;
		for (const part of object.parts) {
			whole = await fetchPart(part, {
				handle,
				offset,
				whole
			}, options);
			offset += part.sizeBytes;
		}
		if (whole.digest("hex") !== object.sha256) throw mismatch(object.parts[0]?.key ?? object.name, "and its other parts do not make the object");
		return file;
	} finally {
		await handle.close();
	}
}
/** Returns the hash of everything up to the end of the part. */
async function fetchPart(part, place, options) {
	for (let attempt = 1;; attempt += 1) try {
		return await readPart(part, place, options);
	} catch (error) {
		if (!(error instanceof LifeboatError && error.code === "store-unreachable") || attempt === ATTEMPTS || options.signal.aborted) throw error;
	}
}
async function readPart(part, place, options) {
	const { store, signal, onBytes } = options;
	const stream = await store.get(part.key, signal).catch((error) => {
		throw error instanceof LifeboatError && error.code === "store-not-found" ? mismatch(part.key, "is missing", error) : error;
	});
	const [own, whole] = [createHash("sha256"), place.whole.copy()];
	let sizeBytes = 0;
	for await (const chunk of stream) {
		if (sizeBytes + chunk.length > part.sizeBytes) throw mismatch(part.key, longer(part));
		await writeWhole(place.handle, chunk, place.offset + sizeBytes);
		own.update(chunk);
		whole.update(chunk);
		sizeBytes += chunk.length;
		onBytes?.(chunk.length);
	}
	if (sizeBytes !== part.sizeBytes) throw mismatch(part.key, `has ${sizeBytes} bytes, not ${part.sizeBytes}`);
	const sha256 = own.digest("hex");
	if (sha256 !== part.sha256) throw mismatch(part.key, `has the SHA-256 ${sha256}, not ${part.sha256}`);
	return whole;
}
async function writeWhole(handle, chunk, position) {
	for (let written = 0; written < chunk.length;) {
		const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
		written += bytesWritten;
	}
}
function longer({ sizeBytes }) {
	return `has more than its ${sizeBytes} bytes`;
}
function mismatch(key, what, cause) {
	return new LifeboatError("object-mismatch", `${key} ${what}`, {
		hint: "It is not what was stored, and was not decrypted. Where the bucket keeps versions, the right one may still be there: list the versions of this key, and find out who wrote the newest.",
		cause
	});
}

// src/actions/restore-test/fetch-backup.ts
/** Throws `object-mismatch`, `sandbox-space`. */
async function fetchObjects(objects, { store, reporter, directory, signal }) {
	const sizeBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	await checkRoom(directory, sizeBytes);
	const progress = startProgressLog("fetched", sizeBytes, reporter);
	try {
		const fetched = [];
		for (const object of objects) {
			const options = {
				store,
				directory,
				signal,
				onBytes: (count) => progress.add(count)
			};
			fetched.push({
				object,
				file: await fetchObject(object, options)
			});
		}
		return fetched;
	} finally {
		progress.end();
	}
}
/** Throws `manifest-invalid`, and what opening an object throws. */
async function fetchInventory({ manifest, id }, context) {
	const object = manifest.objects.find(({ role }) => role === "inventory");
	if (object === void 0) throw new LifeboatError("manifest-invalid", `the backup ${id} has no inventory, so that nothing can be compared with it`);
	const [fetched] = await fetchObjects([object], context);
	const bytes = await readObject(fetched?.file ?? "", MAX_INVENTORY_BYTES, context);
	return {
		inventory: parseInventory(bytes, manifest),
		sha256: createHash("sha256").update(bytes).digest("hex")
	};
}
async function checkRoom(directory, sizeBytes) {
	const { bavail, bsize } = await statfs(directory);
	const freeBytes = bavail * bsize;
	if (freeBytes >= sizeBytes) return;
	throw new LifeboatError("sandbox-space", `the backup has ${formatBytes(sizeBytes)}, and the disk of ${directory} has ${formatBytes(freeBytes)} left`, { hint: "Use a runner with a larger disk, or remove what is not needed before this step." });
}

// src/actions/restore-test/judge.ts
function judge(evidence) {
	const { inputs, versions, looked, inventory, assertions } = evidence;
	const { compare } = inputs;
	const isCompared = looked !== void 0 && compare !== "none";
	const differences = isCompared ? compareInventories(inventory, looked, {
		compare,
		ignoredAccounts: []
	}) : [];
	const verdict = isCompared ? judgeDifferences(differences, {
		isSameDumpTool: versions.isSameVersion,
		compare
	}) : {
		red: [],
		told: [],
		level: 1
	};
	return {
		findings: [
			...findEmptiness(evidence),
			...verdict.red.map((difference) => finding("restore-differs", describeDifference(difference))),
			...findBroken(looked?.broken ?? [], inventory),
			...assertions.filter(({ problem }) => problem !== void 0).map(({ assertion, problem }) => finding("assertion-failed", `${assertion.text}: it ${problem ?? ""}`))
		],
		differences,
		level: verdict.level,
		limits: [...findLimits(evidence), ...isCompared && compare === "exact" ? describeLimits(verdict.told, { isRestComparable: isRestComparable(inventory) }) : []]
	};
}
/** A backup of nothing restores without fault. */
function findEmptiness({ looked, backup }) {
	const tables = looked ? looked.objects.filter(({ kind }) => kind === "table").map(({ rows }) => rows) : backup.manifest.databases.flatMap(({ tables, rows }) => tables === 0 ? [] : [rows ?? void 0]);
	if (tables.length === 0) return [finding("restore-empty", "there is no table in what was restored")];
	return tables.every((rows) => rows === 0) ? [finding("restore-empty", "there is no row in any table of what was restored")] : [];
}
function findBroken(broken, { notProvable }) {
	const isLeftOut = ({ database, name }) => notProvable.some((other) => other.database === database && other.name === name);
	return broken.filter((object) => object.isOfSource !== true && !isLeftOut(object)).map(({ kind, database, name, problem }) => finding("restore-broken", `${kind} ${database}.${name}: ${problem}`));
}
/** In numbers: they stand in the proof. */
function findLimits({ backup, inventory, inputs, versions, looked }) {
	const { manifest, signedBy } = backup;
	const hasAccounts = manifest.objects.some(({ role }) => role === "accounts");
	const uncounted = inventory.objects.filter(({ kind, rows }) => kind === "table" && rows === void 0).length;
	const unopened = looked?.broken.filter(({ isOfSource }) => isOfSource === true).length ?? 0;
	return [
		signedBy === void 0 && "the signature of the manifest was not checked",
		!versions.isSameVersion && `the sandbox ran ${versions.server} with dump client ${versions.dumpTool}, the source ${manifest.versions.server} with ${manifest.versions.dumpTool}`,
		!hasAccounts && "accounts are not in the backup: others stood in for them",
		inputs.compare === "none" && "nothing was compared with what was dumped",
		inputs.compare === "rows" && "rows were counted, not compared",
		unopened > 0 && `${countOf(unopened, "view")} cannot be opened here and could not be in the source: the definer is not among its accounts`,
		uncounted > 0 && `the rows of ${countOf(uncounted, "table")} were not counted when they were dumped`
	].filter((limit) => limit !== false);
}
function finding(code, sentence) {
	return {
		code,
		sentence
	};
}

// src/actions/restore-test/prove-backup.ts
/**
* Rows with their indexes take more room than their text, and indexes are sorted beside them. Less than this for each byte of text
* has not been seen to be enough.
*/
const SPACE_FACTOR = 2;
/** Throws when the backup cannot be restored at all; what is wrong with what came back are findings. */
async function proveBackup(backup, context) {
	const { workplace, ports, keys, signal } = context;
	const directory = await mkdtemp(path.join(workplace.directory, "backup-"));
	const { store, encryption, reporter } = ports;
	const fetching = {
		store,
		encryption,
		identity: keys.identity,
		reporter,
		directory,
		signal
	};
	try {
		return await new Proving(backup, context, fetching).run();
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
var Proving = class {
	#backup;
	#context;
	#fetching;
	#sandbox;
	constructor(backup, context, fetching) {
		this.#backup = backup;
		this.#context = context;
		this.#fetching = fetching;
	}
	async run() {
		try {
			return await this.#run();
		} finally {
			await this.#sandbox?.destroy();
		}
	}
	async #run() {
		const { ports } = this.#context;
		const { reporter } = ports;
		const image = await reporter.group("Find an image", () => this.#findImage(this.#context.signal));
		const startedMs = performance.now();
		const { inventory, sha256: inventorySha256 } = await reporter.group(`Fetch the inventory of ${this.#backup.id}`, () => fetchInventory(this.#backup, this.#fetching));
		const [fetched, server] = await reporter.group("Fetch the backup and start a sandbox", () => together(this.#context.signal, (signal) => this.#fetch(signal), (signal) => this.#start(inventory, image, signal)));
		const fetchMs = fetched.endedMs - startedMs;
		const loadStartedMs = performance.now();
		await reporter.group("Load", () => this.#load(server, fetched.objects));
		const loadMs = performance.now() - loadStartedMs;
		const checksStartedMs = performance.now();
		const looked = await reporter.group("Compare with what was dumped", () => this.#look(server, inventory));
		const assertions = await this.#assert(server);
		const endedMs = performance.now();
		const judgement = judge({
			backup: this.#backup,
			inventory,
			inputs: this.#context.inputs,
			versions: server.versions,
			looked,
			assertions
		});
		return {
			backup: this.#backup,
			...judgement,
			assertions,
			restored: looked && selectRestored(inventory, looked.objects),
			inventorySha256,
			timings: {
				fetchMs: Math.floor(fetchMs),
				loadMs: Math.floor(loadMs),
				checksMs: Math.floor(endedMs - checksStartedMs),
				totalMs: Math.floor(endedMs - startedMs)
			},
			versions: server.versions,
			image
		};
	}
	async #fetch(signal) {
		const wanted = this.#backup.manifest.objects.filter(({ role }) => role !== "inventory");
		const objects = await fetchObjects(wanted, {
			...this.#fetching,
			signal
		});
		this.#context.ports.reporter.info("every object is what the manifest says");
		return {
			objects,
			endedMs: performance.now()
		};
	}
	async #start(inventory, image, signal) {
		const { ports, workplace, inputs, runId } = this.#context;
		const { engine, host, reporter } = ports;
		const startedMs = performance.now();
		this.#sandbox = await host.create({
			...engine.sandboxFor(inventory, workplace.sandboxMemoryBytes),
			name: `lifeboat-${runId.toLowerCase()}-${(parseBackupId(this.#backup.id)?.runId ?? "").slice(-8)}`,
			image,
			memoryBytes: workplace.sandboxMemoryBytes,
			lifetimeMs: inputs.timeout
		}, signal);
		const server = await engine.connect(this.#sandbox, image, this.#backup.manifest, inventory, signal);
		const elapsed = formatDuration(performance.now() - startedMs);
		reporter.info(`${server.versions.server} of ${image.reference} is ready in ${host.name} after ${elapsed}`);
		await this.#checkRoom(server);
		return server;
	}
	async #findImage(signal) {
		const { ports, inputs } = this.#context;
		const { host, engine, reporter } = ports;
		if (inputs.sandboxImage !== void 0) return host.findImage([inputs.sandboxImage], signal);
		const { exact, sameSeries } = engine.imagesFor(this.#backup.manifest);
		reporter.info(`${exact.join(", ")}, else ${sameSeries.join(", ")}`);
		try {
			return await host.findImage(exact, signal);
		} catch (error) {
			if (!(error instanceof LifeboatError) || error.code !== "sandbox-image") throw error;
			reporter.debug(error.message);
			return host.findImage(sameSeries, signal);
		}
	}
	async #checkRoom(server) {
		const { databases } = this.#backup.manifest;
		const neededBytes = SPACE_FACTOR * databases.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
		const freeBytes = await server.readFreeBytes();
		if (freeBytes === void 0 || freeBytes >= neededBytes) return;
		throw new LifeboatError("sandbox-space", `restored, the backup needs about ${formatBytes(neededBytes)}, and the disk of the sandbox has ${formatBytes(freeBytes)} left`, { hint: "Use a runner with a larger disk, or remove what is not needed before this step." });
	}
	async #load(server, fetched) {
		const { reporter } = this.#context.ports;
		const accounts = fetched.find(({ object }) => object.role === "accounts");
		if (accounts === void 0) await server.createDefiners();
		else await server.loadAccounts(openObject(accounts.file, this.#fetching));
		const instant = new Date(this.#backup.manifest.instant);
		for (const { object, file } of fetched) {
			if (object.role !== "data") continue;
			const startedMs = performance.now();
			const progress = startProgressLog(`loaded ${object.name}`, object.plainBytes, reporter);
			try {
				await server.loadDatabases({
					open: () => openObject(file, this.#fetching),
					plainBytes: object.plainBytes,
					instant,
					onLoaded: (count) => progress.add(count)
				});
			} finally {
				progress.end();
			}
			await rm(file);
			reporter.info(`${object.name}: loaded in ${formatDuration(performance.now() - startedMs)}`);
		}
	}
	/** Undefined when nothing is to be compared. */
	async #look(server, inventory) {
		if (this.#context.inputs.compare === "none") return void 0;
		const databases = this.#backup.manifest.databases.map(({ name }) => name);
		const { objects, restSha256 } = await server.readDatabases(databases);
		return {
			objects: [...inventory.objects.some(({ kind }) => kind === "account") ? await server.readAccounts() : [], ...objects],
			restSha256,
			broken: await server.findBroken()
		};
	}
	async #assert(server) {
		const { inputs, ports } = this.#context;
		if (inputs.assertions.length === 0) return [];
		return ports.reporter.group("Check the assertions", async () => {
			const checked = [];
			for (const assertion of inputs.assertions) {
				const answer = await server.ask(assertion.sql, assertion.database);
				const problem = "error" in answer ? `failed: ${answer.error}` : judgeAssertion(assertion, answer.rows);
				ports.reporter.info(`${assertion.text}: ${problem ?? "holds"}`);
				checked.push({
					assertion,
					problem
				});
			}
			return checked;
		});
	}
};
/**
* Both, or the first error once both have ended: nothing may go on while its sandbox is destroyed. The one that is left is told to stop,
* for nobody wants it any more.
*/
async function together(signal, first, second) {
	const other = new AbortController();
	const either = AbortSignal.any([signal, other.signal]);
	const stopOther = (work) => {
		work.catch((error) => other.abort(error));
		return work;
	};
	const [a, b] = await Promise.allSettled([stopOther(first(either)), stopOther(second(either))]);
	if (other.signal.aborted) throw other.signal.reason;
	if (a.status === "rejected") throw a.reason;
	if (b.status === "rejected") throw b.reason;
	return [a.value, b.value];
}

// src/domain/recovery.ts
const START = "set -euo pipefail";
/** Names that SQL may hold between quotes as they are, in any mode and character set. */
const PLAIN_NAME = /^[A-Za-z0-9_-]+$/;
const FINGERPRINT = /^[0-9A-F]{40}(?:[0-9A-F]{24})?$/;
/** Every part that the manifest names, in the form that `sha256sum --check` reads; the manifest has one form as text. */
const LIST_HASHES = [`awk -F'"' '$2 == "key" { n = split($4, path, "/"); file = path[n] }`, `  $2 == "sha256" && file { print $4 "  " file; file = "" }' manifest.json | sha256sum --check`].join("\n");
/** Markdown. Throws RangeError for a fingerprint that is none. */
function renderRecovery(facts) {
	const { manifest, signerFingerprint } = facts;
	if (signerFingerprint !== void 0 && !FINGERPRINT.test(signerFingerprint)) throw new RangeError("not a fingerprint in upper-case hexadecimal digits");
	return `${[
		`# Bring back ${escapeMarkdown(manifest.server)} as of ${formatInstant(manifest.instant)}`,
		introduction(facts),
		"## What you need",
		needs(facts),
		"## 1. Begin",
		...beginning(facts),
		"## 2. Check who made it",
		...signature(facts),
		"## 3. Fetch and check every object",
		...objects(manifest),
		"## 4. Accounts",
		...accounts(manifest),
		"## 5. Databases",
		...databases(manifest),
		"## 6. Compare",
		...comparison(manifest),
		"## What does not come back, or was not shown",
		losses(facts)
	].join("\n\n")}\n`;
}
function introduction({ manifest, test }) {
	const { fetchMs, loadMs } = test.timings;
	return [`This page restores one backup, ${codeSpan(manifest.id)}, with stock tools and without Lifeboat. A restore test on ${formatDay(test.startedAt)} fetched it in ${formatDuration(fetchMs)} and loaded it in ${formatDuration(loadMs)}, in a sandbox with ${codeSpan(test.versions.sandboxServer)}. A server that writes every change safely to its disk takes longer.`, "The page lies in the store, where somebody may have changed it: read each command before you paste it. Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks."].join("\n\n");
}
function needs({ manifest, storeLocation, signerFingerprint }) {
	const { source, versions } = manifest;
	const storedBytes = manifest.objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	const recipients = [...new Set(manifest.objects.flatMap((object) => object.recipients))];
	const fetcher = storeLocation.startsWith("s3://") ? " and `aws`, with credentials that may read the store" : "";
	return [
		`An **empty** ${flavourName(manifest)} server, ${codeSpan(versions.server)} or newer, and an account on it that may do everything.`,
		`A machine with ${formatBytes(storedBytes)} of free disk, \`bash\`, \`gpg\`, \`zstd\`, \`sha256sum\`, \`awk\`, the ${codeSpan(clientOf(source))} client${fetcher}. The dump was made by ${codeSpan(versions.dumpTool)}: take a client that is as new.`,
		`An empty directory, and in it \`backup-secret-key.asc\`: the secret key of one of ${recipients.map(codeSpan).join(", ")}. It is neither on the old server nor in the store. It is where you put it when it was made: a safe, a password manager, the offline copy.`,
		...signerFingerprint === void 0 ? [] : ["In the same directory `trusted-signers.asc`, the public key of the signer, and on paper its fingerprint."]
	].map((line) => `- ${line}`).join("\n");
}
function beginning({ manifest, storeLocation, storeEndpoint, signerFingerprint }) {
	const { command, base } = fetchCommand(storeLocation, storeEndpoint);
	const folder = dumpFolder(manifest.server, manifest.id).replace(/\/$/, "");
	const client = clientOf(manifest.source);
	return ["Start `bash` in that directory, and paste one block after the other. The shell ends at the first thing that is wrong: stop there, and begin again here when it is mended.", block(`# How the empty server is reached; with options where needed: CLIENT='${client} --host=… --user=…'`, `CLIENT="\${CLIENT:-${client}}"`, `BACKUP=${bashWord(`${base}/${folder}`)}`, ...signerFingerprint === void 0 ? [] : ["# Must be the one on your paper, whatever this page says.", `SIGNER=${signerFingerprint}`], `fetch() { for file in "$@"; do ${command} "$BACKUP/$file" .; done; }`, `fetch ${[MANIFEST_NAME, ...signerFingerprint === void 0 ? [] : [SIGNATURE_NAME]].join(" ")}`)];
}
function signature({ manifest, manifestSha256, signerFingerprint }) {
	const isWhatItSays = [
		"type",
		"server",
		"id"
	].map((field) => `grep -Fx ${bashWord(`  "${field}": ${JSON.stringify(manifest[field])},`)} manifest.json`);
	const isTested = `echo '${manifestSha256}  manifest.json' | sha256sum --check`;
	if (signerFingerprint === void 0) return ["The test did not check a signature, so that nothing shows who made this backup. This checks that it is the one that was tested:", block(isTested, ...isWhatItSays)];
	return [`\`gpg\` must say \`Good signature\`. The fingerprint on your paper must be ${codeSpan(inFours(signerFingerprint))}; if the paper says something else, stop. The warning that the key is not certified is normal.`, block("gpg --import trusted-signers.asc", "gpg --status-fd 1 --verify manifest.json.sig manifest.json | grep \"^\\[GNUPG:] VALIDSIG .* $SIGNER\\$\"", "# Is it the backup of this page, and the one that was tested?", ...isWhatItSays, isTested)];
}
function objects(manifest) {
	return ["Every line must end in `OK`. Decrypt nothing before: `gpg` hands out what it decrypts before it knows whether it was changed.", block(`fetch ${manifest.objects.flatMap(fileNames).map(bashWord).join(" ")}`, LIST_HASHES)];
}
function accounts(manifest) {
	const own = manifest.objects.filter(({ role }) => role === "accounts");
	const prepare = block("gpg --import backup-secret-key.asc", `$CLIENT -e 'SET GLOBAL max_allowed_packet = 1073741824, GLOBAL event_scheduler = OFF'`, ...own.map((object) => `cat ${fileNames(object).map(bashWord).join(" ")} | gpg --decrypt | zstd -dc |\n  $CLIENT ${LOAD_OPTIONS} --init-command='SET SESSION sql_log_bin = 0'`));
	return own.length === 0 ? ["The backup holds no accounts: make them yourself, before step 5 where you know them.", prepare] : ["Views, routines and triggers belong to accounts, so these come first. Afterwards every account has the password of the old server, `root` too: set `CLIENT` anew if you cannot log in any more.", prepare];
}
function databases(manifest) {
	const timestamp = Math.floor(Date.parse(manifest.instant) / 1e3);
	return ["When a block ends with an error, drop what was loaded and look for the reason. `sed` keeps dates such as 30 February; the `timestamp` is the moment of the backup, so that events that were to come then are not dropped as past.", block("load() {", "  cat \"$@\" | gpg --decrypt | zstd -dc |", `    ${KEEP_INVALID_DATES} |`, `    $CLIENT ${LOAD_OPTIONS} \\`, `      --init-command='SET SESSION sql_log_bin = 0, timestamp = ${timestamp}'`, "}", ...manifest.objects.filter(({ role }) => role === "data").map((object) => `load ${fileNames(object).map(bashWord).join(" ")}`))];
}
function comparison(manifest) {
	return [
		"This counts tables, views and rows of each database, and stops where they are not those of the backup:",
		block("sql() { $CLIENT --batch --raw --skip-column-names --binary-mode --default-character-set=utf8mb4; }", "compare() {", `  local where="FROM information_schema.tables WHERE table_schema = $2 AND table_type"`, `  local tables="$where IN ('BASE TABLE', 'SYSTEM VERSIONED')" found rows=-`, `  found="$(sql <<<"SELECT COUNT(*) $tables") tables, $(sql <<<"SELECT COUNT(*) $where = 'VIEW'") views"`, "  if [ \"$5\" != - ]; then", `    rows="$(sql <<<"SELECT CONCAT('SELECT COUNT(*) FROM \\\`', REPLACE(table_schema, '\\\`', '\\\`\\\`'), '\\\`.\\\`',`, `      REPLACE(table_name, '\\\`', '\\\`\\\`'), '\\\`', IF(table_type = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''), ';')`, `      $tables" | sql | awk '{ sum += $1 } END { printf "%.0f", sum }')"`, "  fi", "  echo \"$1: $found, $rows rows\"", "  [ \"$found, $rows\" = \"$3 tables, $4 views, $5\" ] ||", "    { echo \"$1: $3 tables, $4 views and $5 rows were dumped\" >&2; return 1; }", "}", ...manifest.databases.map(({ name, tables, views, rows }) => [
			"compare",
			bashWord(showUnseen(name)),
			`"${sqlText(name)}"`,
			tables,
			views,
			rows ?? "-"
		].join(" ")), "echo \"All is there.\""),
		"Then open the application and look for the newest record that you remember. Switch the events on again when you are content: `SET GLOBAL event_scheduler = ON`."
	];
}
function losses({ manifest, test }) {
	const { excluded, notProvable, consistency } = manifest;
	return [
		`Everything that was written after ${formatInstant(manifest.instant)}.`,
		"The configuration files of the old server, its replication, and what was granted to `PUBLIC`.",
		...excluded.databases.length > 0 ? [`Databases that were left out: ${excluded.databases.map(codeSpan).join(", ")}.`] : [],
		...excluded.tables > 0 ? [`${countOf(excluded.tables, "table")} that were left out.`] : [],
		...excluded.brokenViews > 0 ? [`${countOf(excluded.brokenViews, "view")} that did not work any more; the text is in \`inventory.json.zst.gpg\`.`] : [],
		...consistency.uncoveredTables > 0 ? [`The one moment of ${countOf(consistency.uncoveredTables, "table")} in engines that a snapshot does not freeze.`] : [],
		...notProvable.map(({ what, why }) => `Not shown by the test: ${escapeMarkdown(`${what} (${why})`)}.`),
		...test.limits.map((limit) => `Not shown by the test: ${escapeMarkdown(limit)}.`)
	].map((line) => `- ${line}`).join("\n");
}
function block(...lines) {
	return codeBlock([START, ...lines].join("\n"), "sh");
}
function fileNames({ parts }) {
	return parts.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
}
/** A text for SQL between double quotes of bash. */
function sqlText(name) {
	return PLAIN_NAME.test(name) ? `'${name}'` : `CONVERT(0x${Buffer.from(name, "utf8").toString("hex")} USING utf8mb4)`;
}
function clientOf({ flavour }) {
	return flavour === "mysql" ? "mysql" : "mariadb";
}
function flavourName({ source }) {
	return source.flavour === "mysql" ? "MySQL" : "MariaDB";
}
/** As `gpg` prints it, and people compare it. */
function inFours(fingerprint) {
	return fingerprint.match(/.{4}/g)?.join(" ") ?? fingerprint;
}

// src/actions/restore-test/write-proof.ts
/** Page, signature, proof: a proof is never there without what belongs to it. */
async function writeProof(examination, run, { ports, keys, signal }) {
	const { proofStore, host } = ports;
	const recovery = renderRecovery(recoveryFacts(examination, run, ports.store.location));
	const bytes = serializeProof(describeProof(examination, run, host.name, recovery));
	const folder = proofFolder(run.server, run.runId);
	await proofStore.put(folder + RECOVERY_NAME, Buffer.from(recovery), { signal });
	if (keys.proofSigningKey !== void 0) {
		const signature = await keys.proofSigningKey.sign(bytes);
		await proofStore.put(folder + PROOF_SIGNATURE_NAME, signature, { signal });
	}
	const { key } = await proofStore.put(folder + PROOF_NAME, bytes, { signal });
	return {
		proofKey: key,
		proof: parseProof(bytes, {
			server: run.server,
			id: run.runId
		}),
		recovery
	};
}
function recoveryFacts({ backup, timings, limits, versions }, { startedAt, storeEndpoint }, storeLocation) {
	return {
		manifest: backup.manifest,
		manifestSha256: backup.manifestSha256,
		storeLocation,
		...storeEndpoint === void 0 ? {} : { storeEndpoint },
		...backup.signedBy === void 0 ? {} : { signerFingerprint: backup.signedBy },
		test: {
			startedAt: startedAt.toISOString(),
			timings,
			limits,
			versions: { sandboxServer: versions.server }
		}
	};
}
function describeProof(examination, run, sandboxEngine, recovery) {
	const { backup, restored, versions, image } = examination;
	const { manifest } = backup;
	return {
		id: run.runId,
		server: run.server,
		backup: {
			id: backup.id,
			manifestSha256: backup.manifestSha256,
			instant: manifest.instant,
			isSigned: backup.signedBy !== void 0
		},
		level: examination.level,
		assertions: examination.assertions.length,
		startedAt: run.startedAt.toISOString(),
		finishedAt: run.finishedAt.toISOString(),
		recoveredTo: manifest.instant,
		timings: examination.timings,
		versions: {
			server: manifest.versions.server,
			dumpTool: manifest.versions.dumpTool,
			sandboxServer: versions.server,
			sandboxDumpTool: versions.dumpTool,
			sandboxEngine,
			image: image.reference,
			imageId: image.id,
			lifeboat: run.lifeboatVersion
		},
		...restored === void 0 ? { databases: manifest.databases } : {
			...describeRestored(restored, manifest),
			inventorySha256: examination.inventorySha256
		},
		notProvable: manifest.notProvable,
		limits: examination.limits,
		recoverySha256: createHash("sha256").update(recovery).digest("hex")
	};
}

// src/actions/restore-test/restore-test.ts
/** Findings that a sentence of an error names; the summary has them all. */
const MAX_NAMED = 10;
/** Of a database server's or a person's making, not the backup's: an older one would fare no better. */
const PASSES_ON = /* @__PURE__ */ new Set([
	"sandbox",
	"store",
	"configuration",
	"cancelled",
	"target",
	"stale"
]);
/** Throws what keeps it from testing at all; a backup that fails its test is in the outcome. */
async function restoreTest(inputs, keys, program, ports, signal) {
	const { store, encryption, host, reporter } = ports;
	const clock = await readStoreClock(store, signal);
	const startedAt = clock.now();
	const runId = createRunId(startedAt);
	const swept = await host.sweep(signal);
	if (swept > 0) reporter.info(`removed ${swept} sandboxes that earlier runs had left`);
	const candidates = await reporter.group("Look for the backup", () => findCandidates(inputs, keys, ports, startedAt, signal));
	const context = {
		inputs,
		keys,
		ports,
		workplace: program.workplace,
		runId,
		signal
	};
	const tried = [];
	for (const candidate of candidates) {
		const result = await tryBackup(candidate, signal, (backup) => proveBackup(backup, context));
		tried.push(result);
		if (result.failure === void 0) break;
		reporter.info(`${candidate.id} is not proven: ${result.failure.message}`);
	}
	const { server } = inputs;
	const { trustedProvers } = keys;
	const earlier = await readEarlierProofs({
		store,
		encryption,
		server,
		trustedProvers,
		now: startedAt,
		signal
	});
	const examination = tried.length === 1 ? tried[0]?.examination : void 0;
	const failure = findFailure(inputs, tried, startedAt);
	const run = {
		server,
		runId,
		startedAt,
		finishedAt: clock.now(),
		lifeboatVersion: program.lifeboatVersion,
		storeEndpoint: inputs.storeEndpoint
	};
	return {
		tried,
		written: examination !== void 0 && failure === void 0 ? await reporter.group("Write the proof", () => writeProof(examination, run, {
			ports,
			keys,
			signal
		})) : void 0,
		earlierProofs: earlier.proofs,
		failure: failure ?? (trustedProvers === void 0 ? void 0 : earlier.failures[0]),
		warnings: findWarnings(keys, clock, earlier),
		isProofSigned: keys.proofSigningKey !== void 0
	};
}
async function findCandidates(inputs, { trustedSigners }, { store, encryption, reporter }, now, signal) {
	const reading = {
		store,
		encryption,
		server: inputs.server,
		trustedSigners,
		now,
		signal
	};
	const { backup } = inputs;
	const candidates = backup.kind === "id" ? [await findById(reading, backup.id)] : await findNewest(reading, inputs.walkBack);
	reporter.info(`${backup.kind === "id" ? "asked for" : "newest"}: ${candidates[0]?.id ?? ""}`);
	return candidates;
}
async function tryBackup(candidate, signal, prove) {
	const { id } = candidate;
	if ("failure" in candidate) return {
		id,
		examination: void 0,
		failure: candidate.failure
	};
	try {
		const examination = await prove(candidate.backup);
		return {
			id,
			examination,
			failure: describeFindings(id, examination.findings)
		};
	} catch (error) {
		if (!(error instanceof LifeboatError && !PASSES_ON.has(error.class) && !signal.aborted)) throw error;
		return {
			id,
			examination: void 0,
			failure: error
		};
	}
}
/** The first finding gives the code. */
function describeFindings(id, findings) {
	const [first] = findings;
	if (first === void 0) return void 0;
	const named = findings.slice(0, MAX_NAMED).map(({ sentence }) => `- ${sentence}`);
	const more = findings.length - named.length;
	return new LifeboatError(first.code, [
		`the backup ${id} is not proven:`,
		...named,
		...more > 0 ? [`- and ${more} more`] : []
	].join("\n"), { hint: "This backup restores to something else than it should. Make a new one and test it; keep the last good one until then." });
}
/** What makes a run red: the first backup, even when an older one is good; else a limit that the user set. */
function findFailure(inputs, tried, startedAt) {
	const [first] = tried;
	const last = tried.at(-1);
	if (first?.failure !== void 0) {
		if (inputs.backup.kind === "id") return first.failure;
		const lastGood = last?.failure === void 0 && last?.examination !== void 0 ? `The last good backup is ${last.id}, with the state of ${formatInstant(last.examination.backup.manifest.instant)}.` : tried.length > 1 ? `None of the ${tried.length} newest backups is good.` : "Older backups were not tried.";
		const { code, message, hint, cause } = first.failure;
		return new LifeboatError(code, `${message}\n${lastGood}`, {
			...hint === void 0 ? {} : { hint },
			cause
		});
	}
	return first?.examination === void 0 ? void 0 : checkLimits(inputs, first.examination, startedAt);
}
function checkLimits({ maxRestoreTime, maxDataLoss }, { timings, backup }, startedAt) {
	if (maxRestoreTime !== void 0 && timings.totalMs > maxRestoreTime) return new LifeboatError("restore-too-slow", `the restore took ${formatDuration(timings.totalMs)}, longer than max-restore-time (${formatDuration(maxRestoreTime)})`, { hint: `The backup itself is good. Fetching took ${formatDuration(timings.fetchMs)}, loading ${formatDuration(timings.loadMs)}, checks ${formatDuration(timings.checksMs)}.` });
	const ageMs = startedAt.getTime() - Date.parse(backup.manifest.instant);
	if (maxDataLoss !== void 0 && ageMs > maxDataLoss) return new LifeboatError("data-loss-exceeded", `the newest state that can be restored is ${formatDuration(ageMs)} old, older than max-data-loss (${formatDuration(maxDataLoss)})`, { hint: "The backup itself is good. Look at the runs of the backup job: since when have they failed?" });
}
function findWarnings(keys, clock, { failures }) {
	return [
		...clock.warning === void 0 ? [] : [clock.warning],
		...keys.trustedSigners === void 0 ? ["Signatures were not checked: anybody who can write to the store could have made this backup. Give `trusted-signers`."] : [],
		...failures.map(({ message }) => `An earlier proof does not count: ${message}`)
	];
}

// src/engines/mysql/restore/sandbox-server.ts
/** Written to by the image's own user for databases; the official images and Debian's package have it. */
const VOLUME = "/var/lib/mysql";
const SERVER_USER = "mysql";
/** Everything of ours lies below it: what an image brings in the volume is not touched. */
const HOME = `${VOLUME}/lifeboat`;
const SOCKET = `${HOME}/server.sock`;
/** Of an account that install scripts make, logs in over the socket without password, and goes before accounts are loaded. */
const FIRST_ACCOUNT = "root";
/** Programs of the image that a restore test uses. */
const PROGRAMS = [
	"mariadbd",
	"mariadb-install-db",
	"mariadb",
	"mariadb-dump",
	"perl",
	"sha256sum"
];
/** Begins the line that is printed when one of them is not there. */
const MISSING_PROGRAMS = "lifeboat: this image has no";
/** Where distributions keep servers is not in every PATH. */
const SET_PATH = "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH";
/** What the sandbox takes over from the source, and the form that a value must have to be taken over. */
const TAKEN_OVER = {
	sql_mode: /^[A-Z_,]*$/,
	lower_case_table_names: /^[01]$/,
	character_set_server: /^[a-z0-9]+$/,
	collation_server: /^[a-z0-9_]+$/,
	default_storage_engine: /^(?:InnoDB|MyISAM|Aria)$/,
	innodb_page_size: /^(?:4096|8192|16384|32768|65536)$/,
	innodb_strict_mode: /^(?:0|1|ON|OFF)$/,
	explicit_defaults_for_timestamp: /^(?:0|1|ON|OFF)$/
};
/** They shape the data directory when it is made. */
const AT_INITIALISATION = /* @__PURE__ */ new Set(["lower_case_table_names", "innodb_page_size"]);
/** Half of the memory for pages; clients, the dump filter and the rest of the server share the other half. */
const BUFFER_POOL_SHARE = .5;
const MIN_BUFFER_POOL_BYTES = 128 * 2 ** 20;
/** Never for real servers: this one lives for minutes and its data is a copy. */
const FAST = [
	"--innodb-flush-log-at-trx-commit=0",
	"--innodb-doublewrite=0",
	"--innodb-flush-method=nosync",
	"--innodb-log-file-size=1G",
	"--innodb-stats-auto-recalc=0",
	"--sync-frm=0"
];
/** No way out, nothing that runs by itself, no file but those of the server. */
const CLOSED = [
	"--skip-networking",
	"--skip-name-resolve",
	"--event-scheduler=OFF",
	"--local-infile=0",
	`--secure-file-priv=${HOME}/none`,
	"--skip-log-bin",
	"--skip-slave-start"
];
/** The command that a sandbox runs: makes a data directory, then becomes the server. */
function serverCommand(variables, memoryBytes) {
	const taken = Object.entries(TAKEN_OVER).flatMap(([name, form]) => {
		const value = variables[name];
		return value !== void 0 && form.test(value) ? [{
			name,
			option: optionOf(name, value)
		}] : [];
	});
	const initial = taken.filter(({ name }) => AT_INITIALISATION.has(name)).map(({ option }) => option);
	const bufferPool = Math.max(MIN_BUFFER_POOL_BYTES, Math.floor(memoryBytes * BUFFER_POOL_SHARE));
	const places = [`--datadir=${HOME}/data`, `--tmpdir=${HOME}/tmp`];
	const options = [
		...places,
		`--socket=${SOCKET}`,
		`--pid-file=${HOME}/server.pid`,
		"--max-allowed-packet=1G",
		`--innodb-buffer-pool-size=${bufferPool}`,
		...CLOSED,
		...[...FAST, ...taken.map(({ option }) => option)].map((option) => option.replace(/^--/, "--loose-"))
	];
	return [
		"/bin/sh",
		"-c",
		[
			SET_PATH,
			`missing=`,
			`for program in ${PROGRAMS.join(" ")}; do command -v "$program" >/dev/null 2>&1 || missing="$missing $program"; done`,
			`if [ -n "$missing" ]; then echo ${shellQuote(MISSING_PROGRAMS)}"$missing" >&2; mysqld --version >&2 2>/dev/null; exit 127; fi`,
			`umask 077`,
			`mkdir -p ${HOME} ${HOME}/tmp ${HOME}/none || exit 1`,
			`mariadb-install-db --no-defaults --skip-test-db --auth-root-authentication-method=normal ${shellQuoteAll([...places, ...initial])} >${HOME}/install.log 2>&1 || { cat ${HOME}/install.log >&2; exit 1; }`,
			`exec mariadbd --no-defaults ${shellQuoteAll(options)}`
		].join("\n")
	];
}
function optionOf(name, value) {
	return `--${name.replaceAll("_", "-")}=${value}`;
}

// src/engines/mysql/restore/inside.ts
/** What a command printed; whoever asks for more than this asks for the wrong thing. */
const MAX_OUTPUT_BYTES = 512 * 2 ** 20;
/** Options that make a client see a dump as the text that it is: binary-mode keeps it from running commands of its own in it. */
const CLIENT_OPTIONS = [
	"--no-defaults",
	`--socket=${SOCKET}`,
	"--default-character-set=utf8mb4",
	"--max-allowed-packet=1G",
	"--local-infile=0",
	"--binary-mode",
	"--comments",
	"--batch",
	"--raw",
	"--skip-column-names"
];
var Inside = class {
	#sandbox;
	#signal;
	/** Who the clients log in as. */
	account = FIRST_ACCOUNT;
	constructor(sandbox, signal) {
		this.#sandbox = sandbox;
		this.#signal = signal;
	}
	get signal() {
		return this.#signal;
	}
	/** Arguments for the SQL client, without its name. */
	clientArguments(...more) {
		return [
			...CLIENT_OPTIONS,
			`--user=${this.account}`,
			...more
		];
	}
	/** How the dump tool logs in. */
	dumpArguments() {
		return [
			"--no-defaults",
			`--socket=${SOCKET}`,
			`--user=${this.account}`
		];
	}
	/** Runs SQL in a session of its own. Options go before those that are always given are read, so that they may not repeat them. */
	sql(text, ...options) {
		const stdin = typeof text === "string" ? oneChunk(text) : text;
		return this.run(["mariadb", ...this.clientArguments(...options)], stdin);
	}
	/** A session that is fed as it goes; `onLine` takes each line that it prints, as soon as it does. */
	async session(text, onLine) {
		let rest = "";
		const { exitCode, stderr } = await this.#sandbox.exec(["mariadb", ...this.clientArguments("--unbuffered")], {
			signal: this.#signal,
			stdin: text,
			onStdout: (chunk) => {
				const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
				rest = lines.pop() ?? "";
				lines.forEach(onLine);
			}
		});
		return {
			exitCode,
			stderr,
			stdout: Buffer.alloc(0)
		};
	}
	/** Runs shell text; `stdin` is that of the shell. */
	shell(script, stdin) {
		return this.run([
			"/bin/sh",
			"-c",
			`${SET_PATH}\numask 077\n${script}`
		], stdin);
	}
	async run(command, stdin) {
		const chunks = [];
		let bytes = 0;
		const { exitCode, stderr } = await this.#sandbox.exec(command, {
			signal: this.#signal,
			...stdin === void 0 ? {} : { stdin },
			onStdout: (chunk) => {
				bytes += chunk.length;
				if (bytes <= MAX_OUTPUT_BYTES) chunks.push(Buffer.from(chunk));
			}
		});
		if (bytes > MAX_OUTPUT_BYTES) throw new LifeboatError("restore-unreadable", `a program in the sandbox printed ${bytes} bytes`, { hint: "That many were not expected. Does an assertion select whole tables?" });
		return {
			exitCode,
			stderr,
			stdout: Buffer.concat(chunks)
		};
	}
};
/** What the SQL client complains of, without the statement that it repeats before: rows may stand in it. */
function clientErrors(stderr) {
	const errors = stderr.split("\n").filter((line) => /^(?:ERROR \d|ERROR at line|[\w-]+: )/.test(line));
	return excerpt(errors.length === 0 ? stderr : errors.join("\n"));
}
async function* oneChunk(text) {
	yield await Promise.resolve(Buffer.from(text));
}

// src/engines/mysql/restore/checks.ts
/** Stands before the answer to each statement. */
const MARK$1 = "lifeboat-object-";
const GOOD = /^(?:OK|Table is already up to date|The storage engine for the table doesn't support check)$/;
const NO_DEFINER = /^(?:error 1449: )?The user specified as a definer \(('.*'@'.*')\) does not exist$/s;
const VERDICT = "Corrupt";
/** One statement a line: names with line breaks are escaped in a text that is run as a statement. */
function checkSql(objects) {
	return `SET SESSION sql_mode = '';\n${objects.map(({ kind, database, name }, index) => {
		const quoted = `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
		const open = kind === "view" ? `${execute(`SELECT 1 FROM ${quoted} LIMIT 0`)}\n` : "";
		return `SELECT '${MARK$1}${index}';\n${execute(`CHECK TABLE ${quoted}`)}\n${open}`;
	}).join("")}`;
}
/**
* Reads what `checkSql` printed, run with `--force` so that it goes on after an error. `dumpedAccounts` are those of the source, as
* `'user'@'host'`; absent where they were not dumped.
*/
function readChecks(objects, { stdout, stderr }, dumpedAccounts) {
	const answers = /* @__PURE__ */ new Map();
	let current = -1;
	for (const line of stdout.toString().split("\n")) if (line === `${MARK$1}${current + 1}`) answers.set(current += 1, []);
	else answers.get(current)?.push(line);
	const errors = errorsByLine(stderr);
	let line = 1;
	return objects.flatMap(({ kind, database, name }, index) => {
		const [first, last] = [line + 1, line + (kind === "view" ? 3 : 2)];
		line = last;
		const problems = [...problemsIn(answers.get(index)), ...errors.filter((error) => error.line >= first && error.line <= last).map(({ text }) => text)];
		if (problems.length === 0) return [];
		return [{
			kind: kind === "view" ? "view" : "table",
			database,
			name,
			problem: [...new Set(problems)].join("; "),
			...dumpedAccounts !== void 0 && problems.every((problem) => isOfNobody(problem, dumpedAccounts)) ? { isOfSource: true } : {}
		}];
	});
}
/** Whether a definer is missed that the source did not have; `Corrupt` says no more than that something was said before. */
function isOfNobody(problem, accounts) {
	const definer = NO_DEFINER.exec(problem)?.[1];
	return definer === void 0 ? problem === VERDICT : !accounts.has(definer);
}
/** Rows of CHECK TABLE: table, `check`, type of message, text. The last one is the verdict. */
function problemsIn(answer) {
	const rows = (answer ?? []).map((row) => /\tcheck\t(\w+)\t(.*)$/i.exec(row)).filter((row) => row !== null);
	const told = rows.map(([, type = "", text = ""]) => ({
		type: type.toLowerCase(),
		text
	})).filter(({ type, text }) => type === "status" || type === "note" ? !GOOD.test(text) : true).map(({ text }) => text);
	return rows.length === 0 ? ["CHECK TABLE did not answer"] : told;
}
function errorsByLine(stderr) {
	return Array.from(stderr.matchAll(/^ERROR (\d+) \([0-9A-Z]{5}\) at line (\d+): (.*)$/gm), ([, code = "", line = "0", text = ""]) => ({
		line: Number(line),
		text: `error ${code}: ${text}`
	}));
}
function execute(statement) {
	return `EXECUTE IMMEDIATE '${statement.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`).replaceAll("\r", String.raw`\r`)}';`;
}

// src/engines/mysql/restore/definers.ts
const QUOTED = "`(?:[^`]|``)*`";
const DEFINER = new RegExp(String.raw`DEFINER\s*=\s*(${QUOTED})(?:@(${QUOTED}))?`, "g");
/** No account and no role. */
const NOBODY = /* @__PURE__ */ new Set([
	"``",
	"`CURRENT_USER`",
	"`CURRENT_ROLE`"
]);
/** SQL that makes every account and role that a definition names as its definer, with every right. */
function createDefinersSql(objects) {
	const found = /* @__PURE__ */ new Set();
	for (const { kind, ddl } of objects) {
		if (kind === "account" || kind === "table") continue;
		for (const [, name = "", host] of ddl.matchAll(DEFINER)) if (host !== void 0) found.add(`USER ${name}@${host}`);
		else if (!NOBODY.has(name)) found.add(`ROLE ${name}`);
	}
	return [...found].map((grantee) => {
		const name = grantee.replace(/^(?:USER|ROLE) /, "");
		return `CREATE ${grantee.replace(" ", " IF NOT EXISTS ")};\nGRANT ALL ON *.* TO ${name};\n`;
	}).join("");
}

// src/engines/mysql/restore/load-text.ts
/** Dumps set this mode for the session that loads them, whatever the source allowed. */
const DUMP_MODE = "NO_AUTO_VALUE_ON_ZERO";
/** Dates such as 30 February, which the source took, would become 0000-00-00 without an error. */
const ADDED_MODE = ",ALLOW_INVALID_DATES";
/** The header of a dump is a kilobyte; the first database begins after it. */
const HEADER_BYTES = 16384;
/** "-- Dump completed on 2026-11-20  3:05:12". */
const TRAILER = /\n-- Dump completed[^\n]*\n$/;
/** What a load session begins with: rows must not go to a binary log, and events of the past must survive their creation. */
function sessionStart(instant) {
	return `SET SESSION sql_log_bin = 0;\nSET SESSION timestamp = ${(instant.getTime() / 1e3).toFixed(3)};\n`;
}
/** Passes the text on with ALLOW_INVALID_DATES in the mode that its header sets. */
async function* withInvalidDates(text) {
	let header = Buffer.alloc(0);
	for await (const chunk of text) {
		if (header === void 0) {
			yield chunk;
			continue;
		}
		header = Buffer.concat([header, chunk]);
		if (header.length < HEADER_BYTES) continue;
		yield editHeader(header);
		header = void 0;
	}
	if (header !== void 0) yield editHeader(header);
}
function editHeader(header) {
	const at = header.indexOf(DUMP_MODE);
	if (at < 0 || at > HEADER_BYTES) return header;
	const end = at + 21;
	return Buffer.concat([
		header.subarray(0, end),
		Buffer.from(ADDED_MODE),
		header.subarray(end)
	]);
}
/** Looks at the end of a text as it passes by. */
var TrailerWatch = class {
	#end = Buffer.alloc(0);
	get hasTrailer() {
		return TRAILER.test(this.#end.toString("latin1"));
	}
	async *watch(text) {
		for await (const chunk of text) {
			this.#end = Buffer.concat([this.#end, chunk.subarray(-256)]).subarray(-256);
			yield chunk;
		}
	}
};

// src/engines/mysql/restore/load.ts
/** One session that takes the whole text. Throws `load-failed`. */
async function loadText(inside, what, text, instant, onLoaded = () => void 0) {
	const trailer = new TrailerWatch();
	checkLoaded(what, await inside.sql(sessionText(instant, withInvalidDates(trailer.watch(text)), onLoaded)));
	if (!trailer.hasTrailer) throw loadFailure(what, "its text ends without the last line of a whole dump");
}
function checkLoaded(what, { exitCode, stderr }) {
	if (exitCode !== 0) throw loadFailure(what, `the client ended with status ${exitCode}:\n${clientErrors(stderr)}`);
}
function loadFailure(what, how) {
	return new LifeboatError("load-failed", `the ${what} could not be loaded into the sandbox: ${how}`, { hint: "A stock server of the same version refused what the backup holds, so that it would not come back on the real day either. Make a new dump; if it stays, restore this one by hand (docs/restore-by-hand.md) and look at the statement." });
}
async function* sessionText(instant, text, onLoaded) {
	yield Buffer.from(sessionStart(instant));
	for await (const chunk of text) {
		onLoaded(chunk.length);
		yield chunk;
	}
}

// src/engines/mysql/restore/sections.ts
/** About as much as one session loads while another one is told what to do. */
const LARGE_BYTES = 524288;
/** Between the title of a section and the lock that it begins with. */
const MAX_TITLE_BYTES = 4096;
/** Text is passed on when there is more than twice as much: titles and USE statements stay in one piece. */
const HELD_BYTES = 65536;
const TITLE = Buffer.from("\n--\n-- ");
const LOCK = Buffer.from("\nLOCK TABLES `");
const UNLOCK = Buffer.from("\nUNLOCK TABLES;\n");
const DELIMITER = Buffer.from("\nDELIMITER ;;\n");
const USE = Buffer.from("\nUSE `");
/** Lines behind the lock that end a transaction, or take back what was set before it. */
const SETTING = /^(?:COMMIT|SET [^']*|\/\*M!\d+ SET [^']*\*\/);$/i;
const ROWS_TITLE = "Dumping data for table ";
const DATABASE_TITLE = "Current Database: ";
const DATABASE_START = Buffer.concat([TITLE, Buffer.from(DATABASE_TITLE)]);
/** Titles that may come while tables are still being loaded. */
const TABLE_TITLES = [
	"Table structure for table ",
	"Temporary table structure for view ",
	ROWS_TITLE
];
/** Whether names and definitions leave no doubt where the parts of their dump begin. */
function canBeCut(objects) {
	return objects.every(({ kind, database, name, ddl }) => kind === "account" || !/[\n\r]/.test(database + name) && !/^(?:--$|LOCK TABLES |UNLOCK TABLES;)/m.test(ddl));
}
/**
* The pieces in the order of the text; their bytes, one after the other, are the text but for locks of tables. How the text comes in
* chunks makes no difference to what is a large table: everybody who reads the same text counts the same ones.
*/
async function* cutDump(text, largeBytes = LARGE_BYTES) {
	const cutter = new Cutter(largeBytes);
	for await (const chunk of text) {
		cutter.add(chunk);
		yield* cutter.take(false);
	}
	yield* cutter.take(true);
}
var Cutter = class {
	#largeBytes;
	#buffer = Buffer.alloc(0);
	#state = { at: "header" };
	#use = Buffer.alloc(0);
	#ordinal = 0;
	constructor(largeBytes) {
		this.#largeBytes = largeBytes;
	}
	add(chunk) {
		this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
	}
	*take(isEnd) {
		for (;;) {
			const before = this.#buffer.length;
			const state = this.#state.at;
			yield* this.#step(isEnd);
			if (this.#state.at === state && this.#buffer.length === before) break;
		}
		if (isEnd && this.#buffer.length > 0) yield* this.#rest();
	}
	*#step(isEnd) {
		switch (this.#state.at) {
			case "header":
			case "text":
			case "after-rows":
				yield* this.#untilTitle(this.#state.at, isEnd);
				break;
			case "section":
				yield* this.#section(isEnd);
				break;
			case "rows":
				yield* this.#rows(this.#state.table);
				break;
			case "rows-end": yield* this.#rowsEnd(this.#state.table, isEnd);
		}
	}
	/** Up to the next title; what it announces decides what follows. */
	*#untilTitle(kind, isEnd) {
		const at = this.#buffer.indexOf(TITLE, 1);
		if (at < 0) {
			if (kind === "text" && !isEnd && this.#buffer.length > 2 * HELD_BYTES) yield* textPieces(this.#noteUse(this.#cut(this.#buffer.length - HELD_BYTES)));
			return;
		}
		const title = this.#readTitle(at + TITLE.length, isEnd);
		if (title === void 0) return;
		if (kind === "header" && !title.startsWith(DATABASE_TITLE)) {
			yield {
				kind: "header",
				bytes: this.#cut(at)
			};
			return;
		}
		const bytes = this.#cut(at);
		if (kind === "text") yield* textPieces(this.#noteUse(bytes));
		else if (kind === "header") yield {
			kind,
			bytes
		};
		else if (bytes.includes(DELIMITER)) yield {
			kind,
			bytes
		};
		else yield* textPieces(bytes);
		if (!TABLE_TITLES.some((known) => title.startsWith(known))) yield { kind: "barrier" };
		this.#state = { at: title.startsWith(ROWS_TITLE) ? "section" : "text" };
	}
	/** Small tables stay in the text; the rows of large ones go their own way, and the settings before them too. */
	*#section(isEnd) {
		const lock = this.#findLock();
		const unlock = lock < 0 ? -1 : this.#buffer.indexOf(UNLOCK, lock);
		if (unlock >= 0 && unlock < this.#largeBytes) {
			const end = unlock + UNLOCK.length - 1;
			const section = this.#cut(end);
			const lockEnd = section.indexOf("\n", lock + 1);
			yield* textPieces(section.subarray(0, lock));
			yield* textPieces(section.subarray(lockEnd, unlock));
			this.#state = { at: "text" };
		} else if (lock >= 0 && this.#buffer.length >= this.#largeBytes + UNLOCK.length) {
			const lockEnd = this.#buffer.indexOf("\n", lock + 1);
			if (lockEnd < 0 && !isEnd) return;
			const table = {
				ordinal: this.#ordinal,
				use: this.#use
			};
			this.#ordinal += 1;
			yield {
				kind: "rows",
				table,
				bytes: this.#cut(lock)
			};
			this.#cut(lockEnd < 0 ? this.#buffer.length : lockEnd - lock);
			this.#state = {
				at: "rows",
				table
			};
		} else if (isEnd || lock < 0 && this.#buffer.length > 2 * MAX_TITLE_BYTES) this.#state = { at: "text" };
	}
	/** Where the lock of this section begins; that of another one does not count. */
	#findLock() {
		const lock = this.#buffer.indexOf(LOCK);
		const next = this.#buffer.indexOf(TITLE, 1);
		return lock < MAX_TITLE_BYTES && (next < 0 || lock < next) ? lock : -1;
	}
	*#rows(table) {
		const unlock = this.#buffer.indexOf(UNLOCK);
		if (unlock < 0) {
			const length = this.#buffer.length - UNLOCK.length;
			if (length > 0) yield {
				kind: "rows",
				table,
				bytes: this.#cut(length)
			};
			return;
		}
		if (unlock > 0) yield {
			kind: "rows",
			table,
			bytes: this.#cut(unlock)
		};
		this.#cut(UNLOCK.length - 1);
		this.#state = {
			at: "rows-end",
			table
		};
	}
	/** Line by line: what follows the settings is for the session that has the rest. */
	*#rowsEnd(table, isEnd) {
		const end = this.#buffer.indexOf("\n", 1);
		if (end < 0 && !isEnd) return;
		if (end >= 0 && SETTING.test(this.#buffer.toString("latin1", 1, end))) {
			yield {
				kind: "rows",
				table,
				bytes: this.#cut(end)
			};
			return;
		}
		yield {
			kind: "rows-end",
			table
		};
		this.#state = { at: "after-rows" };
	}
	*#rest() {
		const state = this.#state.at;
		if (state === "rows") throw new LifeboatError("load-failed", "the text of the dump ends among the rows of a table");
		if (state === "after-rows") yield {
			kind: "after-rows",
			bytes: this.#cut(this.#buffer.length)
		};
		else yield* textPieces(this.#cut(this.#buffer.length));
	}
	/** The rest of the line; undefined while it is not all there. */
	#readTitle(at, isEnd) {
		const end = this.#buffer.indexOf("\n", at);
		if (end < 0) return isEnd ? this.#buffer.toString("latin1", at) : void 0;
		return this.#buffer.toString("latin1", at, end);
	}
	/** Elsewhere than behind the title of a database a line that looks like one stands in a routine. */
	#noteUse(bytes) {
		const at = bytes.subarray(0, DATABASE_START.length).equals(DATABASE_START) ? bytes.lastIndexOf(USE) : -1;
		if (at >= 0) {
			const end = bytes.indexOf("\n", at + 1);
			this.#use = Buffer.from(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
		}
		return bytes;
	}
	#cut(length) {
		const bytes = this.#buffer.subarray(0, length);
		this.#buffer = this.#buffer.subarray(length);
		return bytes;
	}
};
function* textPieces(bytes) {
	if (bytes.length > 0) yield {
		kind: "text",
		bytes
	};
}

// src/engines/mysql/restore/parallel-load.ts
const MARK = "lifeboat-mark-";
/** Throws `load-failed`. `workers` sessions take rows, one more everything else. */
async function loadInParallel(inside, dump, workers) {
	const load = new ParallelLoad(inside, dump);
	const sessions = [load.inOrder(), ...Array.from({ length: workers }, () => load.rows())];
	for (const session of sessions) session.catch((error) => load.fail(error));
	await Promise.allSettled(sessions);
	load.throwFailure();
}
var ParallelLoad = class {
	#inside;
	#dump;
	/** Ordinals of tables that a session has taken. */
	#taken = /* @__PURE__ */ new Set();
	#created = new Milestones();
	#loaded = new Milestones();
	#failure;
	constructor(inside, dump) {
		this.#inside = inside;
		this.#dump = dump;
	}
	async inOrder() {
		const trailer = new TrailerWatch();
		await this.#session((asked) => this.#textInOrder(trailer, asked), this.#created);
		if (!trailer.hasTrailer) throw loadFailure("databases", "their text ends without the last line of a whole dump");
	}
	async rows() {
		const progress = { hasEnded: false };
		await this.#session((asked) => this.#rowsOfTaken(progress, asked), this.#loaded);
		if (!progress.hasEnded) throw loadFailure("databases", "a session ended before their text did");
	}
	/** The text asks for a mark behind each large table; all of them must have been printed in the end. */
	async #session(text, milestones) {
		const asked = /* @__PURE__ */ new Set();
		const result = await this.#inside.session(text(asked), (line) => {
			if (!line.startsWith(MARK)) return;
			const ordinal = Number(line.slice(14));
			asked.delete(ordinal);
			milestones.reach(ordinal);
		});
		checkLoaded("databases", result);
		if (asked.size > 0) throw loadFailure("databases", "a session ended without an answer");
	}
	/** The first failure counts; everybody who waits for something gives up. */
	fail(error) {
		this.#failure ??= { error };
		this.#created.abandon(this.#failure.error);
		this.#loaded.abandon(this.#failure.error);
	}
	throwFailure() {
		if (this.#failure !== void 0) throw this.#failure.error;
	}
	async *#textInOrder(trailer, asked) {
		yield Buffer.from(sessionStart(this.#dump.instant));
		/** Triggers of tables whose rows others are loading: they must not fire. */
		let later = [];
		let tables = 0;
		const flush = async () => {
			for (let ordinal = 0; later.length > 0 && ordinal < tables; ordinal += 1) await this.#loaded.whenReached(ordinal);
			const flushed = Buffer.concat(later);
			later = [];
			return flushed;
		};
		for await (const piece of cutDump(withInvalidDates(trailer.watch(this.#dump.open())))) {
			this.throwFailure();
			if (piece.kind === "header" || piece.kind === "text") {
				this.#dump.onLoaded?.(piece.bytes.length);
				yield piece.bytes;
			} else if (piece.kind === "rows-end") {
				tables = piece.table.ordinal + 1;
				asked.add(piece.table.ordinal);
				yield mark(piece.table);
			} else if (piece.kind === "after-rows") later.push(piece.bytes);
			else if (piece.kind === "barrier" && later.length > 0) yield await flush();
		}
		if (later.length > 0) yield await flush();
	}
	async *#rowsOfTaken(progress, asked) {
		yield Buffer.from(sessionStart(this.#dump.instant));
		let mine;
		for await (const piece of cutDump(withInvalidDates(this.#dump.open()))) {
			this.throwFailure();
			if (piece.kind === "header") yield piece.bytes;
			if (piece.kind === "rows") {
				if (mine === void 0 && !this.#taken.has(piece.table.ordinal)) {
					mine = piece.table;
					this.#taken.add(mine.ordinal);
					await this.#created.whenReached(mine.ordinal);
					yield mine.use;
				}
				if (piece.table.ordinal !== mine?.ordinal) continue;
				this.#dump.onLoaded?.(piece.bytes.length);
				yield piece.bytes;
			}
			if (piece.kind === "rows-end" && piece.table.ordinal === mine?.ordinal) {
				asked.add(mine.ordinal);
				yield mark(mine);
				mine = void 0;
			}
		}
		progress.hasEnded = true;
	}
};
/** Printed by the session when it has done everything before it. */
function mark({ ordinal }) {
	return Buffer.from(`\nSELECT '${MARK}${ordinal}';\n`);
}
/** Numbered events that are waited for. */
var Milestones = class {
	#all = /* @__PURE__ */ new Map();
	#abandoned;
	reach(number) {
		this.#get(number).resolve(void 0);
	}
	async whenReached(number) {
		await this.#get(number).promise;
	}
	abandon(reason) {
		this.#abandoned = { reason };
		for (const { reject } of this.#all.values()) reject(reason);
	}
	#get(number) {
		const known = this.#all.get(number);
		if (known !== void 0) return known;
		const created = Promise.withResolvers();
		created.promise.catch(() => void 0);
		if (this.#abandoned !== void 0) created.reject(this.#abandoned.reason);
		this.#all.set(number, created);
		return created;
	}
};

// src/engines/mysql/restore/state.ts
const FILTER = `${HOME}/filter.pl`;
/** Throws `restore-unreadable`. */
async function readDatabases(inside, databases, hasHistory) {
	return dumpThroughFilter(inside, "databases", [
		...COMMON_OPTIONS,
		...DATA_OPTIONS,
		...hasHistory ? [HISTORY_OPTION] : [],
		"--databases",
		"--",
		...databases
	], "rows");
}
/** Throws `restore-unreadable`. */
async function readAccounts(inside) {
	return (await dumpThroughFilter(inside, "accounts", ACCOUNT_OPTIONS, "digest")).objects;
}
async function dumpThroughFilter(inside, what, options, mode) {
	const directory = `${HOME}/${what}`;
	const script = [
		`cat >${FILTER} && rm -rf ${directory} && mkdir ${directory} || exit 1`,
		`{ mariadb-dump ${shellQuoteAll([...inside.dumpArguments(), ...options])} 2>${directory}/errors </dev/null; echo "$?" >${directory}/status; } |`,
		`perl ${FILTER} ${directory} ${mode} sha256sum >/dev/null || { echo 'the filter failed' >&2; exit 1; }`,
		`cat ${directory}/errors >&2`,
		`[ "$(cat ${directory}/status)" = 0 ] || exit 1`,
		`cat ${directory}/facts && printf '\\f[' && cat ${directory}/ddl && printf ']'`
	];
	const { exitCode, stdout, stderr } = await inside.shell(script.join("\n"), once(text$2));
	const at = stdout.indexOf("\f");
	const facts = parseFacts(stdout.subarray(0, Math.max(0, at)).toString());
	const wrong = [
		...exitCode === 0 ? [] : [`the dump tool ended with an error:\n${excerpt(stderr)}`],
		...exitCode === 0 && stderr.trim() !== "" ? [`the dump tool said:\n${excerpt(stderr)}`] : [],
		...facts.hasTrailer && !facts.isOpen ? [] : ["its dump is not whole"],
		...facts.complaints
	];
	if (wrong.length > 0) throw new LifeboatError("restore-unreadable", `what was restored of the ${what} cannot be dumped again: ${wrong.join("; ")}`, { hint: "A backup whose copy cannot be read is not proven. Look at the objects that are named." });
	return {
		objects: JSON.parse(stdout.subarray(at + 1).toString()),
		restSha256: facts.restSha256
	};
}
async function* once(text) {
	yield await Promise.resolve(Buffer.from(text));
}

// src/engines/mysql/restore/restored-server.ts
const RANDOM_BYTES = 6;
/** Less is loaded in a few seconds anyhow. */
const WORTH_SEVERAL_SESSIONS_BYTES = 16 * 2 ** 20;
/** Each costs another reading of the dump, and the server's own work does not share out any further. */
const MAX_ROW_SESSIONS = 4;
const CHECKED_KINDS = /* @__PURE__ */ new Set([
	"table",
	"view",
	"sequence"
]);
var MariadbRestoredServer = class {
	versions;
	#inside;
	#inventory;
	/** Of the sandbox's own account, as the filter writes it. */
	#ownAccount = "";
	constructor(inside, versions, inventory) {
		this.#inside = inside;
		this.versions = versions;
		this.#inventory = inventory;
	}
	/** Makes the account that everything is done with from now on; its name is nobody else's. */
	async createAccount() {
		const name = `lifeboat-${randomBytes(RANDOM_BYTES).toString("hex")}`;
		const sql = `CREATE USER '${name}'@'localhost'; GRANT ALL ON *.* TO '${name}'@'localhost' WITH GRANT OPTION; GRANT PROXY ON ''@'%' TO '${name}'@'localhost' WITH GRANT OPTION;`;
		this.#require(await this.#inside.sql(sql), "its account could not be made");
		this.#inside.account = name;
		this.#ownAccount = `'${name}'@'localhost'`;
	}
	async readFreeBytes() {
		const { exitCode, stdout } = await this.#inside.shell(`df -Pk ${VOLUME} | tail -n 1`);
		const [, , , kilobytes] = stdout.toString().trim().split(/\s+/);
		return exitCode === 0 && /^\d+$/.test(kilobytes ?? "") ? Number(kilobytes) * 1024 : void 0;
	}
	/** The install script's own accounts go first: those of the dump must not find them there. */
	async loadAccounts(text) {
		const drop = `SET @accounts = (SELECT GROUP_CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.global_priv WHERE User <> '${this.#inside.account}');
EXECUTE IMMEDIATE CONCAT('DROP USER ', @accounts);`;
		this.#require(await this.#inside.sql(drop), "its first accounts could not be dropped");
		await loadText(this.#inside, "accounts", text, /* @__PURE__ */ new Date());
	}
	async createDefiners() {
		const sql = createDefinersSql(this.#inventory.objects);
		if (sql !== "") this.#require(await this.#inside.sql(sql), "stand-ins for accounts could not be made");
	}
	async loadDatabases(dump) {
		if ((dump.plainBytes ?? 0) >= WORTH_SEVERAL_SESSIONS_BYTES && canBeCut(this.#inventory.objects)) {
			const workers = Math.min(MAX_ROW_SESSIONS, Math.max(2, availableParallelism()));
			await loadInParallel(this.#inside, dump, workers);
		} else await loadText(this.#inside, "databases", dump.open(), dump.instant, dump.onLoaded);
	}
	readDatabases(databases) {
		const hasHistory = this.#inventory.objects.some(({ kind, ddl }) => kind === "table" && /WITH SYSTEM VERSIONING/i.test(ddl));
		return readDatabases(this.#inside, databases, hasHistory);
	}
	async readAccounts() {
		return (await readAccounts(this.#inside)).filter(({ name }) => name !== this.#ownAccount);
	}
	async findBroken() {
		const objects = this.#inventory.objects.filter(({ kind }) => CHECKED_KINDS.has(kind));
		const accounts = this.#inventory.objects.filter(({ kind }) => kind === "account");
		const names = accounts.length === 0 ? void 0 : new Set(accounts.map(({ name }) => name));
		return readChecks(objects, await this.#inside.sql(checkSql(objects), "--force"), names);
	}
	async ask(sql, database) {
		const options = database === void 0 ? [] : [`--database=${database}`];
		const { exitCode, stdout, stderr } = await this.#inside.sql(`${sql}\n`, ...options);
		if (exitCode !== 0) return { error: clientErrors(stderr) };
		const text = stdout.toString();
		return { rows: text === "" ? [] : text.replace(/\n$/, "").split("\n") };
	}
	#require(result, what) {
		if (result.exitCode === 0) return;
		throw new LifeboatError("sandbox-died", `the server in the sandbox failed: ${what}:\n${clientErrors(result.stderr)}`);
	}
};

// src/engines/mysql/restore/time-zones.ts
const BY_NAME = /SET time_zone\s*=\s*'(?!SYSTEM'|[+-])/;
const NAME = /^[A-Za-z][\w+/-]*$/;
function needsTimeZones({ variables, objects }) {
	return zoneOf(variables) !== void 0 || objects.some(({ kind, ddl }) => kind === "event" && BY_NAME.test(ddl));
}
/** Fills the server's tables from the image's zones, and takes over the source's own. Throws `sandbox-image`. */
async function loadTimeZones(inside, variables) {
	const client = inside.clientArguments("mysql").map((word) => `'${word}'`);
	const { exitCode, stderr } = await inside.shell(`T=$(command -v mariadb-tzinfo-to-sql || command -v mysql_tzinfo_to_sql) && [ -d /usr/share/zoneinfo ] || { echo 'no zones' >&2; exit 1; }\n"$T" /usr/share/zoneinfo 2>/dev/null | mariadb ${client.join(" ")}`);
	if (exitCode !== 0) throw new LifeboatError("sandbox-image", `the image has no time zones that the server can load, and the backup needs them: ${stderr.trim()}`, { hint: "Take an image with tzdata, as the official ones are." });
	const zone = zoneOf(variables);
	if (zone === void 0) return;
	const set = await inside.sql(`SET GLOBAL time_zone = ${quoteSqlString(zone)};`);
	if (set.exitCode !== 0) throw new LifeboatError("sandbox-image", `the server of the image does not know the time zone ${zone}, which the backup needs: ${clientErrors(set.stderr)}`, { hint: "Take an image with newer tzdata, as the official ones are." });
}
function zoneOf({ time_zone: zone }) {
	return zone !== void 0 && zone !== "SYSTEM" && NAME.test(zone) ? zone : void 0;
}

// src/engines/mysql/restore/mariadb-restore-engine.ts
/** The first start makes a data directory: 1 to 8 s, 17 s were seen on busy cores. */
const MAX_QUESTIONS = 3e3;
const PAUSE_SECONDS = .1;
/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
const ALL_NUMBERS = 3;
const mariadbRestoreEngine = {
	imagesFor({ versions, source }) {
		const version = parseServerVersion(versions.server, source.flavour);
		if (version?.flavour !== "mariadb") throw new LifeboatError("sandbox-image", `the backup is of ${source.flavour} ${versions.server}, which this version of Lifeboat cannot restore`);
		const [major, minor] = version.numbers;
		const image = "docker.io/library/mariadb";
		return {
			exact: [`${image}:${version.numbers.join(".")}`],
			sameSeries: [`${image}:${major}.${minor}`]
		};
	},
	sandboxFor({ variables }, memoryBytes) {
		return {
			command: serverCommand(variables, memoryBytes),
			user: SERVER_USER,
			volume: VOLUME
		};
	},
	async connect(sandbox, image, manifest, inventory, signal) {
		const inside = new Inside(sandbox, signal);
		const server = await waitForServer(inside, sandbox, image);
		checkSeries(server, manifest, image);
		return prepare(inside, {
			server,
			dumpTool: await readDumpTool(inside)
		}, manifest, inventory);
	}
};
async function prepare(inside, { server, dumpTool }, manifest, inventory) {
	const versions = {
		server: server.text,
		dumpTool,
		isSameVersion: dumpTool === manifest.versions.dumpTool && isSame(server, wantedServer(manifest), ALL_NUMBERS)
	};
	if (needsTimeZones(inventory)) await loadTimeZones(inside, inventory.variables);
	const restored = new MariadbRestoredServer(inside, versions, inventory);
	await restored.createAccount();
	return restored;
}
/** Only one server ever listens on this socket, so that its answer means that it is ready. One command inside asks until then. */
async function waitForServer(inside, sandbox, image) {
	const script = `n=0; until ${shellQuoteAll(["mariadb", ...inside.clientArguments()])} --execute=${shellQuote("SELECT VERSION(); SELECT @@version_comment;")} 2>/dev/null; do n=$((n + 1)); [ "$n" -lt ${MAX_QUESTIONS} ] || exit 1; sleep ${PAUSE_SECONDS}; done`;
	const { exitCode, stdout } = await inside.shell(script).catch((error) => {
		throw explainStart(error, sandbox, image);
	});
	const [version = "", comment = ""] = stdout.toString().split("\n");
	const parsed = parseServerVersion(version, comment);
	if (exitCode === 0 && parsed !== void 0) return parsed;
	throw new LifeboatError("sandbox-died", "the server in the sandbox did not answer", { hint: "Is the machine overloaded? Look at its processes and disks, and run it again." });
}
function explainStart(error, sandbox, image) {
	const end = sandbox.describeEnd();
	const missing = end?.slice(end.indexOf(MISSING_PROGRAMS));
	if (end === void 0 || missing === void 0 || !end.includes("lifeboat: this image has no")) return error;
	return new LifeboatError("sandbox-image", `the image ${image.reference} cannot be used: ${missing.replace("lifeboat: ", "").trim()}`, {
		hint: "It takes an image of the same flavour with the server, its clients and perl, as the official `mariadb` images are.",
		cause: error
	});
}
function checkSeries(server, manifest, image) {
	if (isSame(server, wantedServer(manifest), SERIES_NUMBERS)) return;
	throw new LifeboatError("sandbox-image", `the image ${image.reference} holds ${server.flavour} ${server.text}, and the backup is of ${manifest.source.flavour} ${manifest.versions.server}`, { hint: "A proof needs the same flavour and series. Leave `sandbox-image` empty, or name an image of that series." });
}
function wantedServer({ versions, source }) {
	return parseServerVersion(versions.server, source.flavour);
}
/** Of one flavour, and equal in this many numbers. */
function isSame(server, wanted, numbers) {
	return wanted?.flavour === server.flavour && compareNumbers(wanted.numbers.slice(0, numbers), server.numbers.slice(0, numbers)) === 0;
}
async function readDumpTool(inside) {
	const { stdout } = await inside.shell("mariadb-dump --version");
	return parseClientVersion(stdout.toString().trim())?.text ?? "unknown";
}

// src/sandbox/bounded-text.ts
/** Cuts are made in bytes; a character that is cut in two becomes U+FFFD. */
var BoundedText = class {
	#headBytes;
	#tailBytes;
	#head = Buffer.alloc(0);
	#tail = Buffer.alloc(0);
	#missingBytes = 0;
	constructor(headBytes, tailBytes) {
		this.#headBytes = headBytes;
		this.#tailBytes = tailBytes;
	}
	push(chunk) {
		const room = this.#headBytes - this.#head.length;
		this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
		const tail = Buffer.concat([this.#tail, chunk.subarray(room)]);
		const excess = Math.max(0, tail.length - this.#tailBytes);
		this.#missingBytes += excess;
		this.#tail = Buffer.from(tail.subarray(excess));
	}
	toString() {
		const gap = this.#missingBytes > 0 && this.#headBytes > 0 ? `\n[… ${this.#missingBytes} more bytes …]\n` : "";
		return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
	}
};

// src/sandbox/engine-cli.ts
/** Lists of ids and labels are short; what is longer is not for us. */
const MAX_STDOUT_BYTES = 262144;
/** Of standard error, at the beginning and at the end each. */
const STDERR_PART_BYTES = 4096;
/** What shells use for a program that cannot be started. */
const NOT_STARTED = 127;
/** What timeout(1) uses. */
const TIMED_OUT = 124;
/** Starts the program with pipes. It leads a session of its own: a Ctrl-C in the terminal is for us, who know what to do first. */
function startCli(engine, args) {
	const { name, environment, workingDirectory } = engine;
	const child = spawn(name, args, {
		stdio: "pipe",
		detached: true,
		...environment && { env: environment },
		...workingDirectory !== void 0 && { cwd: workingDirectory }
	});
	let failure;
	const ended = new Promise((resolve) => {
		child.once("error", (error) => {
			if (child.pid !== void 0) return;
			failure = error.code === "ENOENT" ? `there is no program "${name}"` : error.message;
			resolve(NOT_STARTED);
		});
		child.once("close", (code, signal) => resolve(code ?? (signal === null ? NOT_STARTED : 128 + constants.signals[signal])));
	});
	child.stdin.on("error", () => void 0);
	return {
		child,
		ended,
		startFailure: () => failure,
		kill: () => {
			child.kill("SIGKILL");
			for (const stream of [
				child.stdin,
				child.stdout,
				child.stderr
			]) stream.destroy();
		}
	};
}
/** Runs one command to its end, whatever that is. Throws only the signal's reason. */
async function runCli(engine, args, { signal, timeoutMs } = {}) {
	signal?.throwIfAborted();
	const cli = startCli(engine, args);
	const stdout = new BoundedText(MAX_STDOUT_BYTES, 0);
	const stderr = createStderr();
	cli.child.stdout.on("data", (chunk) => stdout.push(chunk));
	cli.child.stderr.on("data", (chunk) => stderr.push(chunk));
	cli.child.stdin.end();
	const deadline = timeoutMs === void 0 ? void 0 : AbortSignal.timeout(timeoutMs);
	const stop = () => cli.kill();
	for (const stopper of [signal, deadline]) stopper?.addEventListener("abort", stop, { once: true });
	const exitCode = await cli.ended;
	for (const stopper of [signal, deadline]) stopper?.removeEventListener("abort", stop);
	signal?.throwIfAborted();
	if (deadline?.aborted === true) {
		const stderr = `no answer within ${(timeoutMs ?? 0) / 1e3} seconds`;
		return {
			exitCode: TIMED_OUT,
			stdout: "",
			stderr
		};
	}
	return {
		exitCode,
		stdout: stdout.toString(),
		stderr: cli.startFailure() ?? stderr.toString()
	};
}
function createStderr() {
	return new BoundedText(STDERR_PART_BYTES, STDERR_PART_BYTES);
}

// src/sandbox/feed.ts
/**
* Ends `sink` when the source ends. Settles early, and lets go of the source, when nobody reads `sink` any more: that is for the
* program's exit code to judge. Rejects with the source's own error, and with nothing else; `sink` is left open then.
*/
async function feed(source, sink) {
	const iterator = source[Symbol.asyncIterator]();
	for (;;) {
		const next = await unlessClosed(iterator.next(), sink);
		if (next?.done === true) break;
		if (next !== void 0 && await write(sink, next.value)) continue;
		iterator.return?.().catch(() => void 0);
		return;
	}
	sink.end();
}
/** Undefined as soon as the sink is closed. Leaves nothing behind at the sink, which sees many chunks. */
function unlessClosed(work, sink) {
	return new Promise((resolve, reject) => {
		const stop = () => resolve(void 0);
		if (sink.destroyed) stop();
		sink.once("close", stop);
		work.then(resolve, reject).finally(() => sink.off("close", stop));
	});
}
/** Whether it was written. */
function write(sink, chunk) {
	return new Promise((resolve) => {
		sink.write(chunk, (error) => resolve(error === void 0 || error === null));
	});
}

// src/sandbox/main-output.ts
/** Enough for the last words of a server. */
const LOG_BYTES = 16384;
/** A line of ours is shorter; of a longer one no more is held back. */
const MAX_LINE_BYTES = 256;
const NEWLINE = 10;
var MainOutput = class {
	#mark;
	#events;
	#log = new BoundedText(0, LOG_BYTES);
	#line = Buffer.alloc(0);
	#isOver = false;
	/** `mark` is random: what runs in the sandbox cannot speak for main.sh. */
	constructor(mark, events) {
		this.#mark = mark;
		this.#events = events;
	}
	pushStdout(chunk) {
		this.#keep(chunk);
	}
	pushStderr(chunk) {
		let rest = Buffer.concat([this.#line, chunk]);
		for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
			this.#take(rest.subarray(0, end + 1));
			rest = rest.subarray(end + 1);
		}
		if (rest.length > MAX_LINE_BYTES) {
			this.#keep(rest);
			rest = Buffer.alloc(0);
		}
		this.#line = Buffer.from(rest);
	}
	/** The end of what was written, without our own lines. */
	readLog() {
		const line = this.#isOver ? "" : this.#line.toString();
		return `${this.#log.toString()}${line}`.trim();
	}
	#take(line) {
		const [mark, word, first = "", second = ""] = (line.length > MAX_LINE_BYTES ? "" : line.toString().trim()).split(" ");
		if (mark !== this.#mark) this.#keep(line);
		else if (word === "started") this.#events.onStarted(first);
		else if (word === "ended") {
			this.#isOver = true;
			this.#events.onEnded({
				status: Number(first),
				memoryKills: Number(second)
			});
		}
	}
	/** What comes after our last line is the engine's, which has nothing to say about the command. */
	#keep(chunk) {
		if (!this.#isOver) this.#log.push(chunk);
	}
};
/** "status 3", or "SIGSEGV" for a status of 128 + signal. */
function describeStatus(status) {
	return Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0] ?? `status ${status}`;
}

// src/sandbox/container.ts
/** How long an `exec` may take to notice that its container has ended, which is usually at once. */
const LAST_WORDS_MS = 500;
/** How long a container may take to end after its command has; 20 ms on idle cores. */
const END_TIMEOUT_MS = 1e4;
/** Succeeds while the process of this id lives; a zombie does not. The id is `$0`. */
const IS_ALIVE = `while read -r key value _; do
  if [ "$key" = State: ]; then case $value in [ZX]) exit 1 ;; *) exit 0 ;; esac; fi
done </proc/"$0"/status 2>/dev/null
exit 1`;
/** Between two attempts to remove a container; the engine may be removing it already. */
const REMOVE_PAUSE_MS = 100;
/** For one attempt; a removal took 0.3 s. */
const REMOVE_TIMEOUT_MS = 1e4;
/** After this the engine's program is not waited for any more, only the container. */
const CLI_PATIENCE_MS = 3e3;
var ContainerSandbox = class {
	#engine;
	#identity;
	#main;
	#output;
	/** The command's process id inside, or undefined when the engine's program ended before there was one. */
	#started = Promise.withResolvers();
	/** Fires when the sandbox ends. */
	#gone = new AbortController();
	#end;
	#hasCliEnded = false;
	#removal;
	/** `main` is the engine's program, just started. */
	constructor(engine, identity, main) {
		this.#engine = engine;
		this.#identity = identity;
		this.#main = main;
		this.#output = new MainOutput(identity.mark, {
			onStarted: (pid) => this.#started.resolve(pid),
			onEnded: (end) => this.#endWith(end)
		});
		main.child.stdout.on("data", (chunk) => this.#output.pushStdout(chunk));
		main.child.stderr.on("data", (chunk) => this.#output.pushStderr(chunk));
		main.ended.then(() => {
			this.#hasCliEnded = true;
			this.#endWith("unknown");
			this.#started.resolve(void 0);
		});
	}
	/** Settles when the command runs. Throws `sandbox-unavailable` when the engine could not start it, or the signal's reason. */
	async start(signal) {
		const abort = () => this.#started.reject(signal.reason);
		if (signal.aborted) abort();
		signal.addEventListener("abort", abort, { once: true });
		if (await this.#started.promise.finally(() => signal.removeEventListener("abort", abort)) !== void 0) return;
		const said = this.#main.startFailure() ?? this.#output.readLog();
		throw new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not start the sandbox: ${excerpt(said)}`, { hint: startHint(said) });
	}
	async exec(command, { signal, stdin, onStdout }) {
		signal.throwIfAborted();
		if (this.#gone.signal.aborted) throw this.#createDeath();
		const interactive = stdin === void 0 ? [] : ["--interactive"];
		const cli = startCli(this.#engine, [
			"exec",
			...interactive,
			this.#identity.name,
			...command
		]);
		const stderr = createStderr();
		cli.child.stderr.on("data", (chunk) => stderr.push(chunk));
		cli.child.stdout.on("data", (chunk) => onStdout?.(chunk));
		const interruption = this.#interrupt(signal);
		const feeding = stdin === void 0 ? Promise.resolve(cli.child.stdin.end()) : feed(stdin, cli.child.stdin);
		const failure = new Promise((_, reject) => void feeding.catch(reject));
		try {
			const exitCode = await Promise.race([
				cli.ended,
				failure,
				interruption.promise
			]);
			if (exitCode !== 0) await this.#waitForEnd(signal);
			return this.#judge(exitCode, cli.startFailure() ?? stderr.toString());
		} finally {
			interruption.stop();
			cli.kill();
		}
	}
	describeEnd() {
		const end = this.#end;
		if (end === void 0) return void 0;
		if (end === "destroyed") return "was destroyed";
		const log = excerpt(this.#output.readLog());
		const words = log === "" ? "" : `: ${log}`;
		if (end === "unknown") return `was ended from outside, not by its own command${words}`;
		if (end.memoryKills > 0) return `ran out of memory (its limit is ${formatBytes(this.#identity.memoryBytes)})`;
		return `ended with ${describeStatus(end.status)}${words}`;
	}
	destroy() {
		this.#endWith("destroyed");
		return this.#removal ??= this.#remove();
	}
	#endWith(end) {
		this.#end ??= end;
		this.#gone.abort();
	}
	/** A promise that rejects when the signal fires, or some time after the sandbox ended, if the engine has not noticed by then. */
	#interrupt(signal) {
		const { promise, reject } = Promise.withResolvers();
		promise.catch(() => void 0);
		let timer;
		const gone = this.#gone.signal;
		const onAbort = () => reject(signal.reason);
		const onGone = () => {
			timer = setTimeout(() => reject(this.#createDeath()), LAST_WORDS_MS);
		};
		signal.addEventListener("abort", onAbort, { once: true });
		gone.addEventListener("abort", onGone, { once: true });
		const stop = () => {
			signal.removeEventListener("abort", onAbort);
			gone.removeEventListener("abort", onGone);
			clearTimeout(timer);
		};
		return {
			promise,
			stop
		};
	}
	/**
	* A client inside sees its server die before we hear of it. When the sandbox's command is not alive any more, returns only after the
	* sandbox has ended.
	*/
	async #waitForEnd(signal) {
		if (this.#gone.signal.aborted) return;
		const pid = await this.#started.promise ?? "";
		const probe = [
			"exec",
			this.#identity.name,
			"sh",
			"-c",
			IS_ALIVE,
			pid
		];
		if ((await runCli(this.#engine, probe, { signal })).exitCode === 0) return;
		const either = AbortSignal.any([signal, this.#gone.signal]);
		await setTimeout$1(END_TIMEOUT_MS, void 0, { signal: either }).catch(() => void 0);
		signal.throwIfAborted();
	}
	#judge(exitCode, stderr) {
		if (exitCode !== 0 && this.#gone.signal.aborted) throw this.#createDeath();
		if (this.#engine.isEngineFailure(exitCode, stderr)) throw new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not run a command in the sandbox: ${excerpt(stderr)}`);
		return {
			exitCode,
			stderr
		};
	}
	#createDeath() {
		return new LifeboatError("sandbox-died", `the sandbox ${this.describeEnd() ?? "ended"}`, { hint: "Most often a sandbox ends because memory runs out: use a runner with more memory, for example a self-hosted one." });
	}
	/** Again and again until the engine says that there is no such container, and its program, which may be about to make one, has ended. */
	async #remove() {
		const { name } = this.#identity;
		this.#main.child.stdin.end();
		const began = Date.now();
		for (;;) {
			const wasLast = this.#hasCliEnded;
			const remove = [
				"rm",
				...this.#engine.removeOptions,
				name
			];
			const { exitCode, stderr } = await runCli(this.#engine, remove, { timeoutMs: REMOVE_TIMEOUT_MS });
			const isGone = exitCode === 0 || isNoContainer(stderr) || this.#main.startFailure() !== void 0;
			if (isGone && wasLast) return;
			const passedMs = Date.now() - began;
			if (passedMs > CLI_PATIENCE_MS) this.#main.kill();
			if (passedMs > REMOVE_TIMEOUT_MS) throw this.#createRemovalFailure(stderr);
			await Promise.race([this.#main.ended, setTimeout$1(REMOVE_PAUSE_MS)]);
			if (!isGone) await setTimeout$1(REMOVE_PAUSE_MS);
		}
	}
	#createRemovalFailure(stderr) {
		const { name } = this.#identity;
		const remove = [
			this.#engine.name,
			"rm",
			"--force",
			"--volumes",
			name
		].join(" ");
		return new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not remove the sandbox ${name}: ${excerpt(stderr)}`, { hint: `What was restored is still in it. Remove it with \`${remove}\`; otherwise a later run does.` });
	}
};
/** Both engines' words for a container that is not there (any more). */
function isNoContainer(stderr) {
	return /no such container|no container with name or id/i.test(stderr);
}
function startHint(said) {
	return /cgroup|resource limit|memory limit/i.test(said) ? "This machine lets this user set no memory limit for a container (rootless containers need cgroup v2 with delegation): run as root, or with the other engine (`sandbox`)." : "Make sure that this user can run a container with this engine, or choose the other engine with `sandbox`.";
}

// src/sandbox/images.ts
/** Throws `sandbox-image` with what the engine said of each. */
async function findImage(engine, references, signal) {
	for (const reference of references) {
		const { id } = await inspectImage(engine, reference, signal);
		if (id !== void 0) return {
			reference,
			id
		};
	}
	const reasons = [];
	for (const reference of references) {
		const pulled = await runCli(engine, [
			"pull",
			"--quiet",
			"--",
			reference
		], { signal });
		const { id, reason } = await inspectImage(engine, reference, signal);
		if (pulled.exitCode === 0 && id !== void 0) return {
			reference,
			id
		};
		reasons.push(`${reference}: ${lastLines(pulled.exitCode === 0 ? reason : pulled.stderr)}`);
	}
	throw new LifeboatError("sandbox-image", `${engine.name} has no image for the sandbox, and cannot pull one:\n${excerpt(reasons.join("\n"))}`, { hint: "Check that this machine reaches the registry of the image, or name one that is here or can be pulled in `sandbox-image`." });
}
async function inspectImage(engine, reference, signal) {
	const { exitCode, stdout, stderr } = await runCli(engine, [
		"image",
		"inspect",
		"--format",
		"{{.Id}}",
		"--",
		reference
	], { signal });
	const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
	if (exitCode !== 0 || hash === void 0) return { reason: stderr };
	return {
		id: `sha256:${hash}`,
		reason: ""
	};
}
function lastLines(text) {
	return text.trim().split("\n").slice(-3).join("\n");
}

// src/sandbox/main.sh
const text = "# The first process of a sandbox: POSIX sh (dash, bash, busybox), run as `sh -c THIS_TEXT MARK COMMAND...`. It lives as long as COMMAND\n# does, and COMMAND no longer than standard input, the other end of which the runner holds: however the runner dies, that ends.\n# Everything else in the container ends with its first process.\n#\n# Standard error  \"MARK started PID\", PID being COMMAND's; what COMMAND writes; \"MARK ended STATUS KILLS\", KILLS being how many processes the kernel killed for want\n#                 of memory\nexec 8<&0 </dev/null\n\"$@\" 8<&- &\ncommand=$!\n# A shell gives a background job an empty standard input unless it is told otherwise.\n(\n  while read -r _; do :; done\n  kill -KILL \"$command\"\n) <&8 >/dev/null 2>&1 &\nexec 8<&-\nprintf '\\n%s started %s\\n' \"$0\" \"$command\" >&2\n# Without the shell's own word on a command that was killed.\nwait \"$command\" 2>/dev/null\nstatus=$?\nkills=0\n# The kernel's control groups, version 2 and version 1.\nfor file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do\n  [ -r \"$file\" ] || continue\n  while read -r key value; do\n    if [ \"$key\" = oom_kill ]; then kills=$value; fi\n  done <\"$file\"\ndone\nprintf '\\n%s ended %s %s\\n' \"$0\" \"$status\" \"$kills\" >&2\nexit \"$status\"\n";

// src/sandbox/container-host.ts
/** Says which run a container belongs to; what has no such label is none of ours. */
const NAME_LABEL = "lifeboat.sandbox";
/** When it was made, in milliseconds since 1970. */
const STARTED_LABEL = "lifeboat.started";
/** How long after that it may run, in milliseconds. */
const LIFETIME_LABEL = "lifeboat.lifetime";
/** A database server with a thousand sessions has fewer; a fork bomb does not get far. */
const MAX_PROCESSES = 4096;
/** A container that does not run may be one that is just being started. */
const START_GRACE_MS = 6e5;
function createContainerHost(engine) {
	return {
		name: engine.name,
		findImage: (references, signal) => findImage(engine, references, signal),
		create: (options, signal) => createSandbox(engine, options, signal),
		sweep: (signal) => sweep(engine, signal)
	};
}
async function createSandbox(engine, options, signal) {
	signal.throwIfAborted();
	const identity = {
		name: `lifeboat-${options.name}-${randomBytes(4).toString("hex")}`,
		mark: `lifeboat-${randomBytes(16).toString("hex")}`,
		memoryBytes: options.memoryBytes
	};
	const main = startCli(engine, renderRun(engine, options, identity));
	const sandbox = new ContainerSandbox(engine, identity, main);
	try {
		await sandbox.start(signal);
	} catch (error) {
		await sandbox.destroy().catch(() => void 0);
		throw error;
	}
	return sandbox;
}
function renderRun(engine, { name: label, image, user, volume, command, memoryBytes, lifetimeMs }, { name, mark }) {
	const memory = String(memoryBytes);
	return [
		...[
			"run",
			"--rm",
			"--interactive",
			"--log-driver",
			"none",
			"--name",
			name
		],
		...["--label", `${NAME_LABEL}=${label}`],
		...["--label", `${STARTED_LABEL}=${Date.now()}`],
		...["--label", `${LIFETIME_LABEL}=${lifetimeMs}`],
		...[
			"--network",
			"none",
			"--ipc",
			"none",
			"--cap-drop",
			"ALL",
			"--security-opt",
			"no-new-privileges"
		],
		...[
			"--memory",
			memory,
			"--memory-swap",
			memory,
			"--pids-limit",
			String(MAX_PROCESSES)
		],
		...["--read-only", ...engine.runOptions],
		...[
			"--mount",
			`type=volume,dst=${volume}`,
			"--user",
			user,
			"--workdir",
			"/",
			"--no-healthcheck"
		],
		...[
			"--pull",
			"never",
			"--entrypoint",
			"/bin/sh",
			image.id,
			"-c",
			text,
			mark,
			...command
		]
	];
}
async function sweep(engine, signal) {
	const listed = await runCli(engine, [
		"ps",
		"--all",
		"--quiet",
		"--no-trunc",
		"--filter",
		`label=${NAME_LABEL}`
	], { signal });
	if (listed.exitCode !== 0) throw createSweepFailure(engine, "list", listed);
	const ids = listed.stdout.split("\n").filter((id) => id !== "");
	const problems = [];
	let count = 0;
	for (const id of ids) {
		if (!await isForgotten(engine, id, signal)) continue;
		const removed = await runCli(engine, [
			"rm",
			...engine.removeOptions,
			id
		], { signal });
		if (removed.exitCode === 0) count += 1;
		else if (!isNoContainer(removed.stderr)) problems.push(removed);
	}
	if (problems[0] !== void 0) throw createSweepFailure(engine, "remove", problems[0]);
	return count;
}
async function isForgotten(engine, id, signal) {
	const label = (name) => `{{index .Config.Labels "${name}"}}`;
	const format = `{{.State.Status}} ${label(STARTED_LABEL)} ${label(LIFETIME_LABEL)}`;
	const { exitCode, stdout } = await runCli(engine, [
		"container",
		"inspect",
		"--format",
		format,
		id
	], { signal });
	if (exitCode !== 0) return false;
	const [status = "", started, lifetime] = stdout.trim().split(" ");
	const isRunning = status === "running" || status === "paused";
	return Date.now() - Number(started) > (isRunning ? Number(lifetime) : START_GRACE_MS);
}
function createSweepFailure(engine, verb, { stderr }) {
	return new LifeboatError("sandbox-unavailable", `${engine.name} could not ${verb} the sandboxes that earlier runs left: ${excerpt(stderr)}`);
}

// src/sandbox/engine.ts
function dockerEngine(environment) {
	return {
		name: "docker",
		environment,
		runOptions: ["--tmpfs", "/tmp:rw,nosuid,nodev,noexec"],
		removeOptions: ["--force", "--volumes"],
		isEngineFailure: (exitCode, stderr) => exitCode === 1 && /^(?:Error response from daemon|Cannot connect to the Docker daemon)/m.test(stderr)
	};
}
function podmanEngine(environment) {
	return {
		name: "podman",
		environment,
		workingDirectory: process.platform === "linux" ? "/proc" : void 0,
		runOptions: [...["--http-proxy=false", "--read-only-tmpfs=false"], ...["--tmpfs", "/tmp:rw,nosuid,nodev,noexec,notmpcopyup"]],
		removeOptions: [
			"--force",
			"--volumes",
			"--time",
			"0"
		],
		isEngineFailure: (exitCode, stderr) => exitCode === 125 && /^Error: /m.test(stderr)
	};
}

// src/sandbox/find-host.ts
/** A daemon answers within a tenth of a second; one that was started by this very question needs some. */
const ANSWER_TIMEOUT_MS = 8e3;
/** `environment` is that of the engines' programs: this process's own when absent. */
function createFindSandboxHost(environment) {
	const engines = [dockerEngine(environment), podmanEngine(environment)];
	return async (choice, signal) => {
		const answers = [];
		for (const engine of engines) {
			if (choice !== "auto" && choice !== engine.name) continue;
			const problem = await findProblem(engine, signal);
			if (problem === void 0) return createContainerHost(engine);
			answers.push(`${engine.name}: ${problem}`);
		}
		throw new LifeboatError("sandbox-unavailable", `there is no container engine that a sandbox can be made with:\n${excerpt(answers.join("\n"))}`, { hint: HINTS[choice] });
	};
}
const HINTS = {
	auto: "Install Podman, or start Docker and let this user use it. GitHub-hosted Ubuntu runners have both.",
	docker: "Start Docker and let this user use it, or choose `sandbox: podman`.",
	podman: "Install Podman, or choose `sandbox: docker`."
};
/** Undefined when the engine can be used. */
async function findProblem(engine, signal) {
	const { exitCode, stdout, stderr } = await runCli(engine, ["version"], {
		signal,
		timeoutMs: ANSWER_TIMEOUT_MS
	});
	if (exitCode !== 0) {
		const said = stderr.trim();
		return said === "" ? `"${engine.name} version" ended with status ${exitCode}` : said;
	}
	return engine.name === "docker" && /podman engine/i.test(stdout) ? "the program of this name is Podman" : void 0;
}

// src/entries/compose-restore-test.ts
const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreTestDeclaration;
/** Of the memory that is free now: the rest is for this program, gpg and the container engine. */
const SANDBOX_SHARE = .75;
/** Below this a database server does not start. */
const MIN_SANDBOX_BYTES = 512 * 2 ** 20;
const restoreTestAction = defineAction(restoreTestDeclaration, {
	checks: () => ({
		identity: checkFor(declared, ["identity", "identity-passphrase"], (keys) => encryption.readIdentity(keys.identity, keys.identityPassphrase)),
		trustedSigners: checkFor(declared, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners)),
		trustedProvers: checkFor(declared, ["trusted-provers"], ({ trustedProvers }) => trustedProvers === void 0 ? void 0 : encryption.readTrustedSigners(trustedProvers)),
		proofSigningKey: checkFor(declared, ["proof-signing-key", "proof-signing-key-passphrase"], (keys) => keys.proofSigningKey === void 0 ? void 0 : encryption.readSigningKey(keys.proofSigningKey, keys.proofSigningKeyPassphrase, /* @__PURE__ */ new Date(), "proof-signing-key"))
	}),
	run: async (inputs, keys, { reporter, signal: stop, ambientCredentials, temporaryDirectory }) => {
		if (keys.proofSigningKey !== void 0) for (const warning of signingKeyWarnings(keys.proofSigningKey, /* @__PURE__ */ new Date())) reporter.warning(warning);
		const signal = withTimeout(stop, inputs.timeout);
		const { endpoint, region } = {
			endpoint: inputs.storeEndpoint,
			region: inputs.storeRegion
		};
		const readerCredentials = credentialsOf(inputs.storeAccessKeyId, inputs.storeSecretAccessKey) ?? ambientCredentials;
		const store = openStoreReader(inputs.store, {
			endpoint,
			region,
			credentials: readerCredentials
		});
		const proofStore = openStoreWriter(inputs.store, {
			endpoint,
			region,
			credentials: credentialsOf(inputs.proofAccessKeyId, inputs.proofSecretAccessKey) ?? readerCredentials,
			allowUnversioned: inputs.allowUnversioned,
			onNotice: (notice) => reporter.warning(notice)
		});
		try {
			const host = await createFindSandboxHost()(inputs.sandbox, signal);
			const outcome = await restoreTest(inputs, keys, {
				lifeboatVersion: VERSION,
				workplace: {
					directory: temporaryDirectory,
					sandboxMemoryBytes: sandboxMemory()
				}
			}, {
				store,
				proofStore,
				encryption,
				engine: mariadbRestoreEngine,
				host,
				reporter
			}, signal).catch((error) => {
				reporter.output("passed", "false");
				throw error;
			});
			for (const warning of outcome.warnings) reporter.warning(warning);
			reporter.summary(renderTestSummary(inputs.server, outcome));
			reporter.output("passed", String(outcome.failure === void 0));
			if (outcome.written !== void 0) {
				const { proof, proofKey } = outcome.written;
				reporter.output("level", proof.level);
				reporter.output("rto-seconds", proof.rtoSeconds);
				reporter.output("rpo-seconds", proof.rpoSeconds);
				reporter.output("recovered-to", proof.recoveredTo);
				reporter.output("proof-key", proofKey);
			}
			if (outcome.failure !== void 0) throw outcome.failure;
		} finally {
			await Promise.all([store.close(), proofStore.close()]);
		}
	}
});
function credentialsOf(accessKeyId, secretAccessKey) {
	return accessKeyId !== void 0 && secretAccessKey !== void 0 ? {
		accessKeyId,
		secretAccessKey
	} : void 0;
}
function sandboxMemory() {
	return Math.max(MIN_SANDBOX_BYTES, Math.floor(process.availableMemory() * SANDBOX_SHARE));
}
function withTimeout(stop, timeoutMs) {
	const limit = new AbortController();
	const reason = new LifeboatError("restore-too-slow", `the restore test reached its timeout (${formatDuration(timeoutMs)})`, { hint: "Give it more time, or a faster machine." });
	setTimeout(() => limit.abort(reason), timeoutMs).unref();
	return AbortSignal.any([stop, limit.signal]);
}

export { restoreTestAction };