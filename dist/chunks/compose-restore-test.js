import { t as restoreTestDeclaration } from "./inputs8.js";
import { $ as parseRunId, A as binlogFolder, D as RECOVERY_NAME, E as PROOF_SIGNATURE_NAME, Ft as formatDay, Gt as LifeboatError, It as formatDuration, J as proofFolder, Lt as formatInstant, Mt as countOf, N as dumpFolder, Nt as formatBytes, Pt as formatCount, Q as createRunId, T as PROOF_NAME, U as parseBackupId, Ut as showUnseen, et as areTextArguments, j as binlogKeys, k as SIGNATURE_NAME, nt as judgeAssertion, w as MANIFEST_NAME } from "./target.js";
import { a as formatSentence, i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { M as excerpt, N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules, o as openStoreReader, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { c as listBinlogs, n as findById, r as findNewest, s as readSmallObject, t as checkSignature } from "./find-backups.js";
import { i as describeRestored, n as parseProof, r as serializeProof, t as readEarlierProofs } from "./earlier-proofs.js";
import { n as OBJECT_KINDS, r as objectKey } from "./inventory.js";
import { n as findGrantsElsewhere } from "./object-grants.js";
import { r as plainBytesOf } from "./manifest.js";
import { n as startProgressLog } from "./check-room.js";
import { n as parseBinlogManifest, t as MAX_BINLOG_MANIFEST_BYTES } from "./binlog-manifest.js";
import { r as openObject, t as createLocalMachine } from "./local-machine.js";
import { _ as fetchStored, a as withInvalidDates, c as Inside, d as MISSING_PROGRAMS, f as SERVER_USER, g as fetchObjects, h as fetchInventory, i as sessionStart, l as clientErrors, m as serverCommand, n as cutDump, o as objectGrantsOf, p as VOLUME, r as TrailerWatch, s as withoutObjectGrants, t as canBeCut, u as HOME } from "./sections.js";
import { a as STOCK_CLIENTS, c as fetchCommand, i as STOCK_BINLOG_TOOLS, l as fetchNeeds, n as LOAD_OPTIONS, o as WITHOUT_OBJECT_GRANTS, r as OBJECT_GRANTS_ONLY, s as bashWord, t as KEEP_INVALID_DATES } from "./stock-commands.js";
import { n as signingKeyWarnings } from "./recipient-warnings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { d as quoteIdentifier, f as quoteSqlString, i as FLAVOURS, n as parseClientVersion, r as parseServerVersion, t as compareNumbers } from "./versions.js";
import { a as FLAVOUR_OPTIONS, c as ACCOUNTS_DUMPS, i as DATA_OPTIONS, l as LIST_OPTIONS, n as text$1, o as HISTORY_OPTION, r as COMMON_OPTIONS, t as parseFacts } from "./facts.js";
import { t as NOT_RESERVED } from "./catalogue.js";
import { _ as defineAction, v as checkFor } from "./ssh-connection.js";
import { t as VERSION } from "./version.js";
import { availableParallelism, constants } from "node:os";
import { crc32 } from "node:zlib";
import { createHash, randomBytes, randomInt } from "node:crypto";
import path from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
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
		plainBytes: proof.databases.reduce((sum, { plainBytes }) => sum === void 0 || plainBytes === null ? void 0 : sum + plainBytes, 0),
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
		plainBytes === void 0 ? "" : formatBytes(plainBytes),
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
	3: "equal to what was dumped, byte by byte",
	4: "equal to what was dumped, byte by byte, and from there replayed to the second"
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
		replaySentence(examination),
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
		database.plainBytes === null ? "not counted" : formatBytes(database.plainBytes)
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
	const { fetchMs, loadMs, replayMs, checksMs, totalMs } = timings;
	const columns = [
		["Fetch", fetchMs],
		["Load", loadMs],
		...replayMs === void 0 ? [] : [["Replay", replayMs]],
		["Checks", checksMs],
		["Whole restore", totalMs]
	];
	return markdownTable(columns.map(([title]) => ({
		title,
		align: "right"
	})), [columns.map(([, durationMs]) => formatDuration(durationMs))]);
}
/** Both sides of the moment: what is there, and what is not. */
function replaySentence({ replay }) {
	if (replay === void 0) return "";
	const { transactions, replayed, last, next } = replay;
	const show = (transaction) => transaction === void 0 ? "none" : `${transaction.gtid === "" ? "one" : codeSpan(transaction.gtid)} of ${formatInstant(transaction.committedAt.toISOString())}`;
	return [`${countOf(transactions, "transaction")} of ${countOf(replayed.length, "binlog")} replayed onto the dump.`, `The last one that is there: ${show(last)}. The first one that is not: ${show(next)}.`].join(" ");
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

// src/actions/restore-test/examination.ts
/** The newest moment that can be restored, whichever one was. */
function recoverableUntil({ backup, replay }) {
	return replay?.recoverableUntil ?? backup.manifest.instant;
}
/** The moment whose state was restored. The clock of a database server may be ahead: of the future nothing is claimed. */
function recoveredTo({ backup, replay }, now) {
	const at = replay?.recoveredTo ?? backup.manifest.instant;
	return at > now.toISOString() ? now.toISOString() : at;
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
function compareInventories(inventory, restored, { compare: wanted, ignoredAccounts }) {
	const compare = inventory.onlyNames === void 0 ? wanted : "rows";
	const isChosen = chooseObjects(inventory);
	const isCompared = (object) => isChosen(object) && (inventory.onlyNames === void 0 || NAMED_KINDS.has(object.kind));
	const isElsewhere = findGrantsElsewhere(inventory);
	const expected = indexObjects(inventory.objects.filter(isCompared));
	const found = indexObjects(restored.objects.filter(isCompared));
	const differences = [];
	for (const [key, object] of expected) {
		const other = found.get(key);
		if (other === void 0) differences.push(differenceOf(object, "missing"));
		else differences.push(...compareObjects(object, other, {
			compare,
			isElsewhere
		}));
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
/** Of other kinds the names in a dump are not known where only names were taken down. */
const NAMED_KINDS = /* @__PURE__ */ new Set([
	"database",
	"table",
	"view",
	"sequence"
]);
/** Which objects are compared, on both sides. */
function chooseObjects(inventory) {
	const left = new Set(inventory.notProvable.map(objectKey));
	const hasAccounts = inventory.objects.some(({ kind }) => kind === "account");
	return (object) => !left.has(objectKey(object)) && (object.kind !== "account" || hasAccounts);
}
function indexObjects(objects) {
	return new Map(objects.map((object) => [objectKey(object), object]));
}
function compareObjects(expected, found, { compare, isElsewhere }) {
	const differences = [];
	if (expected.rows !== void 0 && expected.rows !== found.rows) differences.push({
		...differenceOf(expected, "rows"),
		expected: String(expected.rows),
		...found.rows === void 0 ? {} : { found: String(found.rows) }
	});
	if (compare === "rows") return differences;
	if (differences.length === 0 && expected.dataSha256 !== found.dataSha256) differences.push(differenceOf(expected, "data"));
	if (!isSameDefinition(expected, found, isElsewhere)) differences.push(differenceOf(expected, "definition"));
	return differences;
}
/** Servers list what is granted to an account in no particular order, another one after every restart. */
function isSameDefinition(expected, found, isElsewhere) {
	if (expected.ddlSha256 === found.ddlSha256) return true;
	const [a, b] = [expected, found].map(({ ddl }) => ddl.split("\n").filter((line) => !isElsewhere(line)).toSorted().join("\n"));
	return expected.kind === "account" && a === b;
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

// src/actions/restoring/find-binlogs.ts
/** A run that began before the backup may have shipped what was written after it; none takes longer. */
const MAX_RUN_MS = 864e5;
/** Of runs since then. Throws `signature-invalid`, `manifest-invalid`: a binlog that is refused is not one that is missing. */
async function findBinlogs(reading, since) {
	const { store, server, signal } = reading;
	const keys = [];
	for await (const listed of store.list(binlogFolder(server), signal)) keys.push(listed);
	const oldest = since.getTime() - MAX_RUN_MS;
	const shipped = [];
	for (const id of listBinlogs(keys, server)) {
		const run = parseRunId(id.slice(id.lastIndexOf(".") + 1));
		if (run !== void 0 && run.startedAt.getTime() >= oldest) shipped.push(await readBinlog(reading, id));
	}
	return shipped;
}
async function readBinlog(reading, id) {
	const { store, server, signal } = reading;
	const { manifest: key, signature } = binlogKeys(server, id);
	const bytes = await readSmallObject(store, key, MAX_BINLOG_MANIFEST_BYTES, "manifest-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("manifest-invalid", `${key} went away while it was read`);
	await checkSignature(reading, {
		document: key,
		signature
	}, bytes);
	return {
		manifest: parseBinlogManifest(bytes, {
			server,
			id
		}),
		manifestSha256: createHash("sha256").update(bytes).digest("hex")
	};
}

// src/actions/restore-test/judge.ts
function judge$1(evidence) {
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
			...evidence.brokenAfter.map(({ database, name, problem }) => finding("restore-broken", `after the replay: table ${database}.${name}: ${problem}`)),
			...assertions.filter(({ problem }) => problem !== void 0).map(({ assertion, problem }) => finding("assertion-failed", `${assertion.text}: it ${problem ?? ""}`))
		],
		differences,
		level: reach(verdict.level, evidence),
		limits: [
			...findLimits(evidence),
			...evidence.replay?.limits ?? [],
			...isCompared && compare === "exact" && inventory.onlyNames === void 0 ? describeLimits(verdict.told, { isRestComparable: isRestComparable(inventory) }) : []
		]
	};
}
/** A replay counts for something once the dump before it was equal. */
function reach(compared, { inventory, replay }) {
	if (inventory.onlyNames !== void 0) return 1;
	return compared === 3 && replay !== void 0 ? 4 : compared;
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
	const hasDetails = inventory.onlyNames === void 0;
	const hasAccounts = manifest.objects.some(({ role }) => role === "accounts");
	const uncounted = inventory.objects.filter(({ kind, rows }) => kind === "table" && rows === void 0).length;
	const isElsewhere = findGrantsElsewhere(inventory);
	const elsewhere = inventory.objects.filter(({ kind }) => kind === "account").flatMap(({ ddl }) => ddl.split("\n").filter(isElsewhere)).length;
	const unopened = looked?.broken.filter(({ isOfSource }) => isOfSource === true).length ?? 0;
	return [
		signedBy === void 0 && "the signature of the manifest was not checked",
		!versions.isSameVersion && `the sandbox ran ${versions.server} with dump client ${versions.dumpTool}, the source ${manifest.versions.server} with ${manifest.versions.dumpTool}`,
		!hasAccounts && "accounts are not in the backup: others stood in for them",
		inputs.compare === "none" && "nothing was compared with what was dumped",
		hasDetails && inputs.compare === "rows" && "rows were counted, not compared",
		!hasDetails && inputs.compare !== "none" && "only the names of tables and views could be compared: nothing else was taken down when they were dumped",
		unopened > 0 && `${countOf(unopened, "view")} cannot be opened here and could not be in the source: the definer is not among its accounts`,
		elsewhere > 0 && `${countOf(elsewhere, "right")} on single tables or routines that the backup does not hold were not given`,
		hasDetails && uncounted > 0 && `the rows of ${countOf(uncounted, "table")} were not counted when they were dumped`
	].filter((limit) => limit !== false);
}
function finding(code, sentence) {
	return {
		code,
		sentence
	};
}

// src/domain/binlog-timeline.ts
/** The dump's instant is of the store's clock, what is in a binlog of the database server's. */
const CLOCK_TOLERANCE_MS = 6e5;
/** A rotation closes a file and begins the next one. */
const ROTATION_MS = 6e4;
/** Throws RangeError for a dump without coordinates. */
function buildTimeline(anchor, shipped) {
	const { coordinates, instant, source } = anchor;
	if (coordinates === null) throw new RangeError("a dump without coordinates has no timeline");
	const own = shipped.filter(({ manifest }) => isSameSource(manifest.source, source));
	const { files, alarms } = groupFiles(own);
	if (own.length < shipped.length) alarms.unshift(describeStrangers(source, shipped));
	const first = findFirst(files, anchor, coordinates.file);
	if (first === void 0) return {
		chain: [],
		recoverableUntil: instant,
		gap: files.some(({ facts }) => facts.createdAt >= instant || facts.closedAt > instant) ? `${coordinates.file}, where the dump was made, is missing` : void 0,
		alarms
	};
	const chain = [first];
	let last = first;
	for (;;) {
		const next = findFollower(files, last);
		if (next === void 0) break;
		chain.push(next);
		last = next;
	}
	return {
		chain,
		recoverableUntil: last.facts.closedAt,
		gap: describeGap(files, last),
		alarms
	};
}
/** MySQL has an id of its own for each server; elsewhere it takes what the server and its host say. */
function isSameSource(a, b) {
	if (a.serverUuid !== void 0 || b.serverUuid !== void 0) return a.serverUuid === b.serverUuid;
	return a.serverId === b.serverId && a.hostName === b.hostName && a.sshHostKey === b.sshHostKey;
}
function describeStrangers(source, shipped) {
	const strangers = shipped.filter(({ manifest }) => !isSameSource(manifest.source, source));
	return `${[...new Set(strangers.map(({ manifest }) => manifest.binlog.name))].join(", ")}: shipped by another database server than the one that was dumped`;
}
function groupFiles(shipped) {
	const groups = /* @__PURE__ */ new Map();
	for (const binlog of shipped) {
		const { name, serverId, createdAt } = binlog.manifest.binlog;
		const key = JSON.stringify([
			name,
			serverId,
			createdAt
		]);
		const group = groups.get(key);
		if (group === void 0) groups.set(key, [binlog]);
		else group.push(binlog);
	}
	const [files, alarms] = [[], []];
	for (const copies of groups.values()) {
		const [{ manifest }] = copies;
		if (copies.every((copy) => copy.manifest.binlog.sha256 === manifest.binlog.sha256)) files.push({
			facts: manifest.binlog,
			copies
		});
		else alarms.push(`${manifest.binlog.name} was shipped ${copies.length} times, with different contents`);
	}
	return {
		files,
		alarms
	};
}
/** The newest file of that name that had begun when the dump was made: a reset counts from the beginning again. */
function findFirst(files, { source, instant }, name) {
	const latest = Date.parse(instant) + CLOCK_TOLERANCE_MS;
	return files.filter(({ facts }) => facts.name === name && facts.serverId === source.serverId && Date.parse(facts.createdAt) <= latest).toSorted(byAge).at(-1);
}
function findFollower(files, { facts }) {
	const [next] = files.filter((file) => follows(file.facts, facts)).toSorted(byAge);
	return next !== void 0 && !(facts.gtidsAfter === "" && wasReset(files, facts, next.facts)) ? next : void 0;
}
function follows(next, last) {
	const [number, lastNumber] = [numberOf(next.name), numberOf(last.name)];
	return (last.next === null ? baseOf(next.name) === baseOf(last.name) : next.name === last.next) && number === lastNumber + 1 && next.serverId === last.serverId && next.gtidsBefore === last.gtidsAfter && (last.gtidsAfter !== "" || isInTime(next, last));
}
/**
* Without transactions to compare only the clock tells it from a file of the same name after a reset. With them it does not count: a file
* begins at the time of the statement that filled the one before, which may have begun earlier than that one.
*/
function isInTime({ createdAt }, last) {
	const waitedMs = Date.parse(createdAt) - Date.parse(last.closedAt);
	return last.closedBy === "rotate" ? Math.abs(waitedMs) <= ROTATION_MS : createdAt >= last.createdAt;
}
/** Whether numbers began again between the two. */
function wasReset(files, from, to) {
	return files.some(({ facts }) => facts.createdAt > from.createdAt && facts.createdAt <= to.createdAt && numberOf(facts.name) <= numberOf(from.name));
}
function describeGap(files, { facts: last }) {
	const [next] = files.filter(({ facts }) => isLater(facts, last)).toSorted(byAge).map(({ facts }) => facts);
	if (next === void 0) return void 0;
	const number = numberOf(last.name) + 1;
	if (numberOf(next.name) < number) return `the server's binlogs were reset after ${last.name}: they begin again with ${next.name}`;
	if (numberOf(next.name) > number) return `what followed ${last.name} is missing; ${next.name} is there`;
	return `${next.name} does not go on where ${last.name} ended`;
}
function isLater(facts, last) {
	if (facts.createdAt !== last.createdAt) return facts.createdAt > last.createdAt;
	return numberOf(facts.name) > numberOf(last.name);
}
function byAge(a, b) {
	const byTime = Date.parse(a.facts.createdAt) - Date.parse(b.facts.createdAt);
	return byTime === 0 ? numberOf(a.facts.name) - numberOf(b.facts.name) : byTime;
}
function numberOf(name) {
	return Number(/\d+$/.exec(name)?.[0] ?? 0);
}
function baseOf(name) {
	return name.replace(/\d+$/, "");
}

// src/actions/restore-test/point-in-time.ts
const HINT = "Make a new dump now: it begins a new chain. Then look at the runs that ship binlogs: since when have they failed, and does the server keep its binlogs longer than they pause?";
/** Throws `not-an-anchor`, `binlog-chain`. */
function planReplay(manifest, shipped, wanted) {
	const { isAnchor, reasons } = manifest.pitrAnchor;
	if (!isAnchor || manifest.coordinates === null) throw new LifeboatError("not-an-anchor", `binlogs cannot be replayed onto the backup ${manifest.id}: ${reasons.join("; ")}`, { hint: "Point-in-time recovery needs a dump of everything, at one moment, from a server with a binary log." });
	const timeline = buildTimeline(manifest, shipped);
	const { chain, recoverableUntil, gap } = timeline;
	const problem = findProblem$1(timeline, wanted, manifest);
	if (problem !== void 0) {
		const still = `What can still be recovered is everything until ${formatInstant(recoverableUntil)}.`;
		throw new LifeboatError("binlog-chain", `${problem}.\n${still}`, { hint: HINT });
	}
	const at = wanted.kind === "instant" ? wanted.at : void 0;
	return {
		target: wanted.kind,
		at,
		recoverableUntil,
		gap,
		chain: at === void 0 ? chain : chain.slice(0, countNeeded(chain, at))
	};
}
/** How many files may hold what was committed until then. A session that sets its own time can close a file in any future. */
function countNeeded(chain, at) {
	const closedLater = chain.findIndex(({ facts }) => Date.parse(facts.closedAt) > at.getTime());
	const begunBefore = chain.findLastIndex(({ facts }) => Date.parse(facts.createdAt) <= at.getTime());
	return closedLater < 0 ? chain.length : Math.max(closedLater, begunBefore) + 1;
}
/** Without a full stop. */
function findProblem$1({ chain, recoverableUntil, gap, alarms }, wanted, { instant, id }) {
	if (alarms.length > 0) return alarms.join("; ");
	if (wanted.kind === "instant") {
		const at = formatInstant(wanted.at.toISOString());
		if (wanted.at < new Date(instant)) return `the backup ${id} holds a later state than that of ${at}`;
		if (wanted.at < new Date(recoverableUntil)) return void 0;
		return gap ?? `the binlogs that were shipped do not reach ${at}`;
	}
	if (gap !== void 0) return gap;
	return chain.length === 0 ? `no binlog was shipped since the backup ${id}` : void 0;
}
/** Of several copies of a file the first that is whole. Throws `object-mismatch`. */
async function fetchBinlogs({ chain }, context) {
	const fetched = [];
	for (const { copies } of chain) for (const [index, copy] of copies.entries()) try {
		fetched.push({
			copy,
			file: await fetchStored(copy.manifest.object, copy.manifest.id, context)
		});
		break;
	} catch (error) {
		if (!(error instanceof LifeboatError && error.code === "object-mismatch") || index === copies.length - 1) throw error;
		context.reporter.info(`${error.message}; another copy is taken`);
	}
	return fetched;
}
var Replay = class Replay {
	#plan;
	#manifest;
	#fetched;
	#binlogs;
	#survey;
	constructor(plan, manifest, { fetched, binlogs, survey }) {
		this.#plan = plan;
		this.#manifest = manifest;
		this.#fetched = fetched;
		this.#binlogs = binlogs;
		this.#survey = survey;
	}
	/** Fetches the binlogs and compares each with its manifest, from its first byte to its last. Throws `object-mismatch`, `binlog-invalid`. */
	static async prepare(plan, manifest, engine, context) {
		const fetched = await fetchBinlogs(plan, context);
		const binlogs = fetched.map(({ copy, file }) => ({
			facts: copy.manifest.binlog,
			open: () => openObject(file, context)
		}));
		const survey = await engine.surveyBinlogs(manifest, binlogs);
		const count = countOf(survey.transactions, "transaction");
		context.reporter.info(`${countOf(binlogs.length, "binlog")} with ${count} after the dump`);
		return new Replay(plan, manifest, {
			fetched,
			binlogs,
			survey
		});
	}
	/** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
	async run(server, engine) {
		const { target, recoverableUntil, gap } = this.#plan;
		const until = this.#chooseInstant();
		const replayed = await server.replay(this.#binlogs, this.#survey, until);
		for (const { file } of this.#fetched) await rm(file);
		const used = this.#fetched.slice(0, replayed.binlogs).map(({ copy }) => copy);
		const statements = used.filter(({ manifest }) => manifest.binlog.format !== "ROW").length;
		return {
			...replayed,
			target,
			recoverableUntil,
			recoveredTo: until === void 0 ? recoverableUntil : engine.roundInstant(this.#manifest, until).toISOString(),
			replayed: used,
			limits: [
				gap !== void 0 && `nothing later than ${formatInstant(recoverableUntil)} can be recovered: ${gap}`,
				target === "random" && until === void 0 && "there are no two transactions between which the replay could have ended",
				!replayed.isComparedById && replayed.transactions > 0 && "the transactions have no ids by which the sandbox could tell that it has all of them",
				statements > 0 && `${countOf(statements, "binlog")} may hold statements, which were executed again, and not the rows that they changed`
			].filter((limit) => limit !== false)
		};
	}
	/** Undefined: everything. */
	#chooseInstant() {
		const { target, at } = this.#plan;
		const { span } = this.#survey;
		if (target !== "random" || span === void 0) return at;
		const lengthMs = span.to.getTime() - span.from.getTime();
		return new Date(span.from.getTime() + randomInt(lengthMs + 1));
	}
};

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
		const plan = await this.#planReplay(image);
		const startedMs = performance.now();
		const { inventory, sha256: inventorySha256 } = await reporter.group(`Fetch the inventory of ${this.#backup.id}`, () => fetchInventory(this.#backup, this.#fetching));
		const [{ fetched, replay }, server] = await reporter.group("Fetch the backup and start a sandbox", () => together(this.#context.signal, (signal) => this.#fetch(plan, signal), (signal) => this.#start(inventory, image, signal)));
		const fetchMs = fetched.endedMs - startedMs;
		const loadStartedMs = performance.now();
		await reporter.group("Load", () => this.#load(server, fetched.objects));
		const loadMs = performance.now() - loadStartedMs;
		const checksStartedMs = performance.now();
		const looked = await reporter.group("Compare with what was dumped", () => this.#look(server, inventory));
		const replayStartedMs = performance.now();
		const replayed = replay === void 0 ? void 0 : await reporter.group("Replay binlogs", () => replay.run(server, ports.engine));
		const replayMs = performance.now() - replayStartedMs;
		const brokenAfter = replayed === void 0 ? [] : await server.findBrokenTables();
		const assertions = await this.#assert(server);
		const endedMs = performance.now();
		const judgement = judge$1({
			backup: this.#backup,
			inventory,
			inputs: this.#context.inputs,
			versions: server.versions,
			looked,
			assertions,
			replay: replayed,
			brokenAfter
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
				...replayed === void 0 ? {} : { replayMs: Math.floor(replayMs) },
				checksMs: Math.floor(endedMs - checksStartedMs - replayMs),
				totalMs: Math.floor(endedMs - startedMs)
			},
			versions: server.versions,
			image,
			replay: replayed
		};
	}
	/** Undefined where none is asked for. Before anything is fetched: what cannot be replayed need not be. */
	async #planReplay(image) {
		const { inputs, keys, ports, signal, startedAt } = this.#context;
		const { pointInTime, server } = inputs;
		if (pointInTime.kind === "none") return void 0;
		const { manifest } = this.#backup;
		return ports.reporter.group("Look for binlogs", async () => {
			const reading = {
				...ports,
				server,
				trustedSigners: keys.trustedSigners,
				now: startedAt,
				signal
			};
			const shipped = await findBinlogs(reading, new Date(manifest.startedAt));
			const plan = planReplay(manifest, shipped, pointInTime);
			await this.#checkReplayTool(image);
			return plan;
		});
	}
	async #checkReplayTool(image) {
		const { engine, host } = this.#context.ports;
		const { signal } = this.#context;
		const { manifest } = this.#backup;
		const trial = await host.create(this.#optionsOf(engine.trialOf(manifest), image, "trial"), signal);
		try {
			await engine.checkReplayTool(trial, image, manifest, signal);
		} finally {
			await trial.destroy();
		}
	}
	async #fetch(plan, signal) {
		const context = {
			...this.#fetching,
			signal
		};
		const { manifest } = this.#backup;
		const { engine } = this.#context.ports;
		const wanted = this.#backup.manifest.objects.filter(({ role }) => role !== "inventory");
		const objects = await fetchObjects(wanted, context);
		this.#context.ports.reporter.info("every object is what the manifest says");
		const replay = plan && await Replay.prepare(plan, manifest, engine, context);
		return {
			fetched: {
				objects,
				endedMs: performance.now()
			},
			replay
		};
	}
	async #start(inventory, image, signal) {
		const { ports, workplace, inputs } = this.#context;
		const { engine, host, reporter } = ports;
		const startedMs = performance.now();
		this.#sandbox = await host.create(this.#optionsOf(engine.sandboxFor(this.#backup.manifest, inventory, {
			memoryBytes: workplace.sandboxMemoryBytes,
			replays: inputs.pointInTime.kind !== "none"
		}), image), signal);
		const server = await engine.connect(this.#sandbox, image, this.#backup.manifest, inventory, signal);
		const elapsed = formatDuration(performance.now() - startedMs);
		reporter.info(`${server.versions.server} of ${image.reference} is ready in ${host.name} after ${elapsed}`);
		await this.#checkRoom(server);
		return server;
	}
	#optionsOf(what, image, ...more) {
		const { runId, workplace, inputs } = this.#context;
		const ofBackup = (parseBackupId(this.#backup.id)?.runId ?? "").slice(-8);
		return {
			...what,
			name: [
				"lifeboat",
				runId.toLowerCase(),
				ofBackup,
				...more
			].join("-"),
			image,
			memoryBytes: workplace.sandboxMemoryBytes,
			lifetimeMs: inputs.timeout
		};
	}
	async #findImage(signal) {
		const { ports, inputs } = this.#context;
		const { host, engine, reporter } = ports;
		const { pointInTime, replayImage, sandboxImage } = inputs;
		const given = pointInTime.kind === "none" ? sandboxImage : replayImage ?? sandboxImage;
		if (given !== void 0) return host.findImage([given], signal);
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
		const neededBytes = SPACE_FACTOR * plainBytesOf(this.#backup.manifest);
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
		if (accounts !== void 0) await server.completeAccounts(openObject(accounts.file, this.#fetching));
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
/** Every part that a manifest names, in the form that `sha256sum --check` reads; a manifest has one form as text. */
const listHashes = (file) => [`awk -F'"' '$2 == "key" { n = split($4, path, "/"); file = path[n] }`, `  $2 == "sha256" && file { print $4 "  " file; file = "" }' ${file} | sha256sum --check`].join("\n");
/** Markdown. Throws RangeError for a fingerprint that is none. */
function renderRecovery(facts) {
	const { manifest, signerFingerprint, replay } = facts;
	if (signerFingerprint !== void 0 && !FINGERPRINT.test(signerFingerprint)) throw new RangeError("not a fingerprint in upper-case hexadecimal digits");
	return `${[
		`# Bring back ${escapeMarkdown(manifest.server)} as of ${formatInstant(replay?.recoveredTo ?? manifest.instant)}`,
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
		...replay === void 0 ? [] : ["## 7. Replay", ...replaying(facts, replay)],
		"## What does not come back, or was not shown",
		losses(facts)
	].join("\n\n")}\n`;
}
function introduction({ manifest, test }) {
	const { fetchMs, loadMs } = test.timings;
	return [`This page restores one backup, ${codeSpan(manifest.id)}, with stock tools and without Lifeboat. A restore test on ${formatDay(test.startedAt)} fetched it in ${formatDuration(fetchMs)} and loaded it in ${formatDuration(loadMs)}, in a sandbox with ${codeSpan(test.versions.sandboxServer)}. A server that writes every change safely to its disk takes longer.`, "The page lies in the store, where somebody may have changed it: read each command before you paste it. Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks."].join("\n\n");
}
function needs({ manifest, storeLocation, signerFingerprint, replay }) {
	const { source, versions } = manifest;
	const storedBytes = [...manifest.objects, ...(replay?.binlogs ?? []).map((each) => each.manifest.object)].reduce((sum, object) => sum + object.sizeBytes, 0);
	const recipients = [...new Set(manifest.objects.flatMap((object) => object.recipients))];
	const program = fetchNeeds(storeLocation);
	const fetcher = program === void 0 ? "" : ` and ${program}`;
	return [
		`An **empty** ${flavourName(manifest)} server, ${codeSpan(versions.server)} or newer, and an account on it that may do everything.`,
		`A machine with ${formatBytes(storedBytes)} of free disk, \`bash\`, \`gpg\`, \`zstd\`, \`sha256sum\`, \`awk\`, the ${codeSpan(clientOf(source))} client${replay === void 0 ? "" : `, ${codeSpan(STOCK_BINLOG_TOOLS[source.flavour])}`}${fetcher}. The dump was made by ${codeSpan(versions.dumpTool)}: take a client that is as new.`,
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
	return [`\`gpg\` must say \`Good signature\`. The fingerprint on your paper must be ${codeSpan(inFours(signerFingerprint))}; if the paper says something else, stop. The warning that the key is not certified is normal.`, block("gpg --batch --import trusted-signers.asc", "gpg --status-fd 1 --verify manifest.json.sig manifest.json | grep \"^\\[GNUPG:] VALIDSIG .* $SIGNER\\$\"", "# Is it the backup of this page, and the one that was tested?", ...isWhatItSays, isTested)];
}
function objects(manifest) {
	return ["Every line must end in `OK`. Decrypt nothing before: `gpg` hands out what it decrypts before it knows whether it was changed.", block(`fetch ${manifest.objects.flatMap(fileNames).map(bashWord).join(" ")}`, listHashes(MANIFEST_NAME))];
}
function accounts(manifest) {
	const own = manifest.objects.filter(({ role }) => role === "accounts");
	const prepare = block("gpg --batch --import backup-secret-key.asc", `$CLIENT -e 'SET GLOBAL max_allowed_packet = 1073741824, GLOBAL event_scheduler = OFF,`, `  GLOBAL log_bin_trust_function_creators = ON'`, ...own.map((object) => loadAccounts(object, WITHOUT_OBJECT_GRANTS)));
	if (own.length === 0) return ["The backup holds no accounts: make them yourself, before step 5 where you know them.", prepare];
	return [`Views, routines and triggers belong to accounts, so these come first; rights on single tables and routines come in step 5, when these are there. ${manifest.source.flavour === "mysql" ? "An account that the server has already, such as `root`, keeps its password." : "Afterwards every account has the password of the old server, `root` too: set `CLIENT` anew if you cannot log in any more."}`, prepare];
}
/** `filter` says which part of them. */
function loadAccounts(object, filter) {
	return `cat ${fileNames(object).map(bashWord).join(" ")} | gpg --decrypt | zstd -dc |\n  ${filter} |\n  $CLIENT ${LOAD_OPTIONS} --default-character-set=utf8mb4 --init-command='SET SESSION sql_log_bin = 0'`;
}
function databases(manifest) {
	const timestamp = Math.floor(Date.parse(manifest.instant) / 1e3);
	return ["When a block ends with an error, drop what was loaded and look for the reason. `sed` keeps dates such as 30 February; the `timestamp` is the moment of the backup, so that events that were to come then are not dropped as past.", block("# Events may name time zones, and a new server knows none.", "{ \"$(command -v mariadb-tzinfo-to-sql || command -v mysql_tzinfo_to_sql)\" /usr/share/zoneinfo 2>/dev/null |", `  $CLIENT --init-command='SET SESSION sql_log_bin = 0' mysql; } ||`, "  echo \"No time zones were loaded: an event that names one will not load.\" >&2", "load() {", "  cat \"$@\" | gpg --decrypt | zstd -dc |", `    ${KEEP_INVALID_DATES} |`, `    $CLIENT ${LOAD_OPTIONS} \\`, `      --init-command='SET SESSION sql_log_bin = 0, timestamp = ${timestamp}'`, "}", ...manifest.objects.filter(({ role }) => role === "data").map((object) => `load ${fileNames(object).map(bashWord).join(" ")}`), ...manifest.objects.filter(({ role }) => role === "accounts").map((object) => `# Rights on single tables and routines.\n${loadAccounts(object, OBJECT_GRANTS_ONLY)} --force ||\n  echo "Were all refused rights on what the backup does not hold?" >&2`))];
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
		"Then open the application and look for the newest record that you remember. Switch the events on again when you are content, and the check of functions: `SET GLOBAL event_scheduler = ON, GLOBAL log_bin_trust_function_creators = OFF`."
	];
}
function replaying({ manifest, storeLocation, storeEndpoint, signerFingerprint }, { recoveredTo, binlogs, stopPosition }) {
	const { command, base } = fetchCommand(storeLocation, storeEndpoint);
	const { flavour } = manifest.source;
	const options = [
		"--no-defaults --verify-binlog-checksum",
		`--start-position=${manifest.coordinates?.position ?? 0}`,
		...stopPosition === void 0 ? [] : [`--stop-position=${stopPosition}`],
		...flavour === "mysql" ? ["--skip-gtids"] : []
	];
	const files = binlogs.map(({ manifest: { id } }) => id);
	return [
		`What was written until ${formatInstant(recoveredTo)} is in ${countOf(binlogs.length, "binlog")}. Each is checked like the backup before it is decrypted, and once more behind that:`,
		block(`BINLOGS=${bashWord(`${base}/${binlogFolder(manifest.server).replace(/\/$/, "")}`)}`, `fetch_binlog() { for file in "$@"; do ${command} "$BINLOGS/$file" .; done; }`, ...binlogs.map((binlog) => fetchBinlog(binlog, signerFingerprint !== void 0))),
		"All of them go through one call, and its text through one client: temporary tables and settings of a session may go on from one file into the next. The last file ends where the first transaction begins that is left out.",
		block(`TZ=UTC ${STOCK_BINLOG_TOOLS[flavour]} ${options.join(" ")} \\`, `  ${files.join(" ")} | $CLIENT ${LOAD_OPTIONS}`, "echo \"All is replayed.\"")
	];
}
function fetchBinlog({ manifest: { id, object, binlog }, manifestSha256 }, isSigned) {
	const parts = fileNames(object).map(bashWord).join(" ");
	return [
		`fetch_binlog ${id}.json ${isSigned ? `${id}.json.sig ` : ""}${parts}`,
		`echo '${manifestSha256}  ${id}.json' | sha256sum --check`,
		...isSigned ? [`gpg --status-fd 1 --verify ${id}.json.sig ${id}.json | grep "^\\[GNUPG:] VALIDSIG .* $SIGNER\\$"`] : [],
		listHashes(`${id}.json`),
		`cat ${parts} | gpg --decrypt | zstd -dc >${id}`,
		`echo '${binlog.sha256}  ${id}' | sha256sum --check`
	].join("\n");
}
function losses({ manifest, test, replay }) {
	const { excluded, notProvable, consistency, layout } = manifest;
	return [
		`Everything that was written after ${formatInstant(replay?.recoveredTo ?? manifest.instant)}.`,
		...layout === "per-database" ? [`One moment for all databases: they were dumped one after the other, until ${formatInstant(manifest.finishedAt)}.`] : [],
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
	return STOCK_CLIENTS[flavour];
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
function recoveryFacts({ backup, timings, limits, versions, replay }, { startedAt, storeEndpoint }, storeLocation) {
	return {
		manifest: backup.manifest,
		manifestSha256: backup.manifestSha256,
		storeLocation,
		...storeEndpoint === void 0 ? {} : { storeEndpoint },
		...backup.signedBy === void 0 ? {} : { signerFingerprint: backup.signedBy },
		...replay === void 0 ? {} : { replay: {
			recoveredTo: replay.recoveredTo,
			binlogs: replay.replayed,
			stopPosition: replay.stopPosition
		} },
		test: {
			startedAt: startedAt.toISOString(),
			timings,
			limits,
			versions: { sandboxServer: versions.server }
		}
	};
}
function describeProof(examination, run, sandboxEngine, recovery) {
	const { backup, restored, versions, image, replay } = examination;
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
		recoveredTo: recoveredTo(examination, run.startedAt),
		...replay === void 0 ? {} : { replay: {
			target: replay.target,
			transactions: replay.transactions,
			binlogs: replay.replayed.map(({ manifest: { id }, manifestSha256 }) => ({
				id,
				manifestSha256
			}))
		} },
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
		startedAt,
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
	const { backup, pointInTime } = inputs;
	const latest = pointInTime.kind === "instant" ? pointInTime.at : void 0;
	const candidates = backup.kind === "id" ? [await findById(reading, backup.id)] : await findNewest(reading, inputs.walkBack, latest);
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
function checkLimits({ maxRestoreTime, maxDataLoss }, examination, startedAt) {
	const { timings } = examination;
	if (maxRestoreTime !== void 0 && timings.totalMs > maxRestoreTime) return new LifeboatError("restore-too-slow", `the restore took ${formatDuration(timings.totalMs)}, ${formatDuration(timings.totalMs - maxRestoreTime)} longer than max-restore-time (${formatDuration(maxRestoreTime)})`, { hint: `The backup itself is good. Fetching took ${formatDuration(timings.fetchMs)}, loading ${formatDuration(timings.loadMs)}, checks ${formatDuration(timings.checksMs)}.` });
	const ageMs = startedAt.getTime() - Date.parse(recoverableUntil(examination));
	if (maxDataLoss !== void 0 && ageMs > maxDataLoss) return new LifeboatError("data-loss-exceeded", `the newest state that can be restored is ${formatDuration(ageMs)} old, ${formatDuration(ageMs - maxDataLoss)} older than max-data-loss (${formatDuration(maxDataLoss)})`, { hint: "The backup itself is good. Look at the runs of the backup job: since when have they failed?" });
}
function findWarnings(keys, clock, { failures }) {
	return [
		...clock.warning === void 0 ? [] : [clock.warning],
		...keys.trustedSigners === void 0 ? ["Signatures were not checked: anybody who can write to the store could have made this backup. Give `trusted-signers`."] : [],
		...failures.map(({ message }) => `An earlier proof does not count: ${message}`)
	];
}

// src/domain/gtid-set.ts
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const INTERVAL = /^([1-9]\d{0,15})(?:-([1-9]\d{0,15}))?$/;
const MARIADB_GTID = /^(\d{1,10})-(\d{1,10})-(\d{1,16})$/;
/** MySQL: `uuid:1-5:7,uuid:tag:1-3`. */
var GtidSet = class GtidSet {
	/** By `uuid`, or `uuid:tag`. Sorted, and with something missing between each two. */
	#intervals = /* @__PURE__ */ new Map();
	/** Undefined for text that is no set; blanks and line breaks between its parts do not matter. */
	static parse(text) {
		const set = new GtidSet();
		const parts = text.toLowerCase().replaceAll(/\s+/g, "").split(",");
		if (parts.length === 1 && parts[0] === "") return set;
		return parts.every((part) => set.#read(part)) ? set : void 0;
	}
	/** `source` is a uuid in lower case, with `:tag` behind it where there is one. Throws RangeError. */
	add(source, from, to = from) {
		if (!(from >= 1 && to >= from && Number.isSafeInteger(to))) throw new RangeError(`not numbers of transactions: ${from} to ${to}`);
		const intervals = this.#intervals.get(source) ?? [];
		this.#intervals.set(source, intervals);
		const last = intervals.at(-1);
		if (last === void 0 || from > last.to + 1) intervals.push({
			from,
			to
		});
		else if (from >= last.from) last.to = Math.max(last.to, to);
		else this.#intervals.set(source, merge([...intervals, {
			from,
			to
		}]));
	}
	union(other) {
		const all = new GtidSet();
		for (const { source, from, to } of [...this.#list(), ...other.#list()]) all.add(source, from, to);
		return all;
	}
	contains(other) {
		return other.#list().every(({ source, from, to }) => this.#intervals.get(source)?.some((own) => own.from <= from && to <= own.to));
	}
	equals(other) {
		return this.toString() === other.toString();
	}
	/** As the server prints it, without line breaks. */
	toString() {
		const byUuid = /* @__PURE__ */ new Map();
		for (const source of [...this.#intervals.keys()].toSorted()) {
			const [uuid = "", ...tag] = source.split(":");
			const intervals = this.#intervals.get(source) ?? [];
			const parts = [...tag, ...intervals.map(({ from, to }) => from === to ? `${from}` : `${from}-${to}`)];
			byUuid.set(uuid, [...byUuid.get(uuid) ?? [], ...parts]);
		}
		return [...byUuid].map(([uuid, parts]) => [uuid, ...parts].join(":")).join(",");
	}
	/** One uuid with all that belongs to it; a tag holds until the next one. */
	#read(part) {
		const [uuid = "", ...rest] = part.split(":");
		if (!UUID.test(uuid) || rest.length === 0) return false;
		let source = uuid;
		return rest.every((word) => {
			const [, from, to = from] = INTERVAL.exec(word) ?? [];
			if (from === void 0) {
				source = `${uuid}:${word}`;
				return TAG.test(word);
			}
			if (Number(to) < Number(from) || !Number.isSafeInteger(Number(to))) return false;
			this.add(source, Number(from), Number(to));
			return true;
		});
	}
	#list() {
		return [...this.#intervals].flatMap(([source, intervals]) => intervals.map(({ from, to }) => ({
			source,
			from,
			to
		})));
	}
};
function merge(intervals) {
	const merged = [];
	for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
		const last = merged.at(-1);
		if (last === void 0 || next.from > last.to + 1) merged.push({ ...next });
		else last.to = Math.max(last.to, next.to);
	}
	return merged;
}
/** MariaDB: `0-1-99,0-2-7`, the last transaction of each domain and server. */
var MariadbGtids = class MariadbGtids {
	#last = /* @__PURE__ */ new Map();
	/** Undefined for text that is no such list. */
	static parse(text) {
		const list = new MariadbGtids();
		if (text.trim() === "") return list;
		for (const part of text.split(",")) {
			const [domain, server, number] = MARIADB_GTID.exec(part.trim())?.slice(1).map(Number) ?? [];
			if (domain === void 0 || server === void 0 || number === void 0) return void 0;
			list.add({
				domain,
				server,
				number
			});
		}
		return list;
	}
	/** A later one takes the place of an earlier one, whatever its number. */
	add(gtid) {
		this.#last.set(`${gtid.domain}-${gtid.server}`, gtid);
	}
	has({ domain, server, number }) {
		return this.#last.get(`${domain}-${server}`)?.number === number;
	}
	list() {
		return [...this.#last.values()].toSorted((a, b) => a.domain - b.domain || a.server - b.server);
	}
	equals(other) {
		return this.toString() === other.toString();
	}
	/** Sorted by domain and then by server. */
	toString() {
		return this.list().map(formatMariadbGtid).join(",");
	}
};
/** `0-1-99`. */
function formatMariadbGtid({ domain, server, number }) {
	return `${domain}-${server}-${number}`;
}

// src/engines/mysql/replay/event-scanner.ts
/** Types of events that somebody here looks into; the same numbers in both flavours where both have them. */
const EVENT = {
	stop: 3,
	rotate: 4,
	formatDescription: 15,
	gtid: 33,
	anonymousGtid: 34,
	previousGtids: 35,
	taggedGtid: 42,
	mariadbCheckpoint: 161,
	mariadbGtid: 162,
	mariadbGtidList: 163,
	mariadbEncryption: 164
};
const LOOKED_INTO = new Set(Object.values(EVENT));
/** A list of GTIDs after years of failovers has some kilobytes. */
const MAX_LOOKED_INTO_BYTES = 64 * 2 ** 20;
const MAGIC = Buffer.from([
	254,
	98,
	105,
	110
]);
const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
/** Of a format description event: its algorithm stands before its own checksum. */
const CRC32 = 1;
var EventScanner = class {
	#decide;
	#pending = Buffer.alloc(0);
	#offset = 0;
	/** Of the event that is on its way. */
	#left = 0;
	#isPassed = false;
	#checksumBytes = 0;
	#isChecked = false;
	#checksum = 0;
	#expected = Buffer.alloc(0);
	#isStopped = false;
	constructor(decide) {
		this.#decide = decide;
	}
	get isStopped() {
		return this.#isStopped;
	}
	/** Bytes of events that are passed on; the four before the first event are not. Throws `binlog-invalid`. */
	scan(chunk) {
		const data = this.#pending.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([this.#pending, chunk]);
		const passed = [];
		let at = 0;
		let from = -1;
		const cut = () => {
			if (from >= 0 && at > from) passed.push(data.subarray(from, at));
			from = -1;
		};
		while (at < data.length && !this.#isStopped) {
			if (this.#left === 0) {
				const skipped = this.#begin(data.subarray(at));
				if (skipped === void 0) break;
				at += skipped;
				continue;
			}
			if (!this.#isPassed) cut();
			else if (from < 0) from = at;
			const count = Math.min(this.#left, data.length - at);
			this.#check(data.subarray(at, at + count));
			this.#left -= count;
			this.#offset += count;
			at += count;
		}
		cut();
		this.#pending = this.#isStopped ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
		return passed;
	}
	/** `mariadb-binlog` takes a wrong one for the end, without a failure, in a file that a crash left open. */
	#check(bytes) {
		if (!this.#isChecked) return;
		const covered = Math.max(0, Math.min(bytes.length, this.#left - CHECKSUM_BYTES));
		if (covered > 0) this.#checksum = crc32(bytes.subarray(0, covered), this.#checksum);
		if (covered === bytes.length) return;
		this.#expected = Buffer.concat([this.#expected, bytes.subarray(covered)]);
		if (this.#expected.length === CHECKSUM_BYTES && this.#expected.readUInt32LE(0) !== this.#checksum) throw damaged(`an event before ${this.#offset + bytes.length} does not have its checksum`);
	}
	/** Throws `binlog-invalid` when the last event is not whole. */
	end() {
		if (this.#left > 0 || this.#pending.length > 0 || this.#offset === 0) throw damaged("it ends in the middle of an event");
	}
	/** Returns how many bytes are to be skipped: those before the first event. Undefined when more are needed first. */
	#begin(data) {
		if (this.#offset === 0) {
			if (data.length < MAGIC.length) return void 0;
			if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged("it does not begin like a binlog");
			this.#offset = MAGIC.length;
			return MAGIC.length;
		}
		if (data.length < 19) return void 0;
		const type = data.readUInt8(4);
		const sizeBytes = data.readUInt32LE(9);
		if (sizeBytes < 19) throw damaged(`there is no event at ${this.#offset}`);
		const isLookedInto = LOOKED_INTO.has(type);
		if (isLookedInto && sizeBytes > MAX_LOOKED_INTO_BYTES) throw damaged(`the event at ${this.#offset} is too large for its kind`);
		const wanted = isLookedInto ? sizeBytes : 19;
		if (data.length < wanted) return void 0;
		if (type === EVENT.formatDescription) this.#checksumBytes = data.readUInt8(sizeBytes - CHECKSUM_BYTES - 1) === CRC32 ? CHECKSUM_BYTES : 0;
		this.#isChecked = type !== EVENT.formatDescription && this.#checksumBytes > 0;
		this.#checksum = 0;
		this.#expected = Buffer.alloc(0);
		const decision = this.#decide({
			checksumBytes: this.#checksumBytes,
			type,
			offset: this.#offset,
			sizeBytes,
			seconds: data.readUInt32LE(0),
			serverId: data.readUInt32LE(5),
			bytes: data.subarray(0, wanted)
		});
		this.#isStopped = decision === "stop";
		this.#isPassed = decision === "pass";
		this.#left = this.#isStopped ? 0 : sizeBytes;
		return 0;
	}
};
function damaged(how) {
	return new LifeboatError("binlog-invalid", `a binlog cannot be read: ${how}`);
}

// src/engines/mysql/replay/transactions.ts
const SECOND_US = 1e6;
const MILLISECOND_US = 1e3;
const SECOND_MS = 1e3;
const UUID_BYTES = 16;
/** Gtid_event of MySQL behind the header: flags, uuid, number, type of the clock (2), two clocks, time of commit in 55 bits. */
const MYSQL_GTID = {
	uuid: 1,
	number: 17,
	clock: 25,
	time: 42,
	end: 49
};
const LOGICAL_CLOCK = 2;
function executedFrom(flavour, text) {
	return flavour === "mysql" ? new MysqlExecuted(text) : new MariadbExecuted(text);
}
/** A moment that a person names, as the binlogs can tell it: MariaDB's seconds count as a whole. */
function roundInstant(flavour, instant) {
	return flavour === "mysql" ? instant : /* @__PURE__ */ new Date(Math.floor(instant.getTime() / SECOND_MS) * SECOND_MS);
}
function isAfter(flavour, { committedUs }, instant) {
	return committedUs > roundInstant(flavour, instant).getTime() * MILLISECOND_US;
}
var MysqlExecuted = class {
	#set;
	constructor(text) {
		const set = GtidSet.parse(text);
		if (set === void 0) throw damaged("its manifest names no set of GTIDs");
		this.#set = set;
	}
	read({ type, bytes, seconds }) {
		if (type === EVENT.taggedGtid) throw damaged("it holds GTIDs with tags, which this version of Lifeboat does not know");
		if (type !== EVENT.gtid && type !== EVENT.anonymousGtid) return void 0;
		const body = bytes.subarray(19);
		if (body.length < MYSQL_GTID.end || body.readUInt8(MYSQL_GTID.clock) !== LOGICAL_CLOCK) throw damaged(`a transaction of ${(/* @__PURE__ */ new Date(seconds * 1e3)).toISOString()} has no time of commit`);
		const high = body.readUInt8(MYSQL_GTID.end - 1) & 127;
		const committedUs = body.readUIntLE(MYSQL_GTID.time, 6) + high * 2 ** 48;
		return {
			gtid: type === EVENT.gtid ? `${readUuid(body, MYSQL_GTID.uuid)}:${body.readBigUInt64LE(MYSQL_GTID.number)}` : "",
			committedUs
		};
	}
	readList({ type, bytes, sizeBytes }) {
		if (type !== EVENT.previousGtids) return void 0;
		const set = new GtidSet();
		let at = 19;
		const number = () => {
			if (at + 8 > sizeBytes) throw damaged("the list of earlier GTIDs is not of a known form");
			return Number(bytes.readBigUInt64LE((at += 8) - 8));
		};
		for (let sources = number(); sources > 0; sources -= 1) {
			if (at + UUID_BYTES > sizeBytes) throw damaged("the list of earlier GTIDs is not of a known form");
			const source = readUuid(bytes, at);
			at += UUID_BYTES;
			for (let intervals = number(); intervals > 0; intervals -= 1) set.add(source, number(), number() - 1);
		}
		return set.toString();
	}
	add({ gtid }) {
		const at = gtid.lastIndexOf(":");
		if (at >= 0) this.#set.add(gtid.slice(0, at), Number(gtid.slice(at + 1)));
	}
	toString() {
		return this.#set.toString();
	}
};
var MariadbExecuted = class {
	#last;
	constructor(text) {
		const last = MariadbGtids.parse(text);
		if (last === void 0) throw damaged("its manifest names no list of GTIDs");
		this.#last = last;
	}
	read({ type, bytes, seconds, serverId }) {
		if (type !== EVENT.mariadbGtid) return void 0;
		const number = Number(bytes.readBigUInt64LE(19));
		const domain = bytes.readUInt32LE(19 + 8);
		return {
			gtid: formatMariadbGtid({
				domain,
				server: serverId,
				number
			}),
			committedUs: seconds * SECOND_US
		};
	}
	readList({ type, bytes }) {
		if (type !== EVENT.mariadbGtidList) return void 0;
		const list = new MariadbGtids();
		const count = bytes.readUInt32LE(19) & 268435455;
		for (let index = 0; index < count; index += 1) {
			const at = 19 + 4 + index * 16;
			list.add({
				domain: bytes.readUInt32LE(at),
				server: bytes.readUInt32LE(at + 4),
				number: Number(bytes.readBigUInt64LE(at + 8))
			});
		}
		return list.toString();
	}
	add({ gtid }) {
		const [domain = 0, server = 0, number = 0] = gtid.split("-").map(Number);
		this.#last.add({
			domain,
			server,
			number
		});
	}
	toString() {
		return this.#last.toString();
	}
};
function readUuid(bytes, at) {
	return bytes.toString("hex", at, at + UUID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// src/engines/mysql/replay/cut-binlogs.ts
/** Where a replay may begin: between two transactions. */
const BETWEEN = /* @__PURE__ */ new Set([...[
	EVENT.gtid,
	EVENT.anonymousGtid,
	EVENT.taggedGtid,
	EVENT.mariadbGtid
], ...[
	EVENT.rotate,
	EVENT.stop,
	EVENT.mariadbCheckpoint,
	EVENT.mariadbGtidList
]]);
var BinlogCut = class {
	#request;
	#executed;
	/** In the order of the log, by domain: what MariaDB calls its position. */
	#inDomains = /* @__PURE__ */ new Map();
	/** Has begun, and counts when it has ended. */
	#open;
	#before;
	#file;
	#transactions = 0;
	#first;
	#last;
	#stop;
	constructor(request) {
		const [first] = request.binlogs;
		if (first === void 0) throw new RangeError("there is nothing to replay");
		this.#request = request;
		this.#executed = executedFrom(request.flavour, first.facts.gtidsBefore);
		this.#file = new FileState(first.facts);
	}
	/** What had been executed at the position. */
	get before() {
		return this.#before ?? "";
	}
	/** What has been executed at the end. */
	get executed() {
		return this.#executed.toString();
	}
	get transactions() {
		return this.#transactions;
	}
	get first() {
		return this.#first;
	}
	get last() {
		return this.#last;
	}
	get stop() {
		return this.#stop;
	}
	/** To be read once. Throws `binlog-invalid`, and what opening a file throws. */
	async *read() {
		yield MAGIC;
		for (const binlog of this.#request.binlogs) {
			yield* this.#readFile(binlog);
			if (this.#stop !== void 0) return;
		}
	}
	async *#readFile(binlog) {
		const { facts } = binlog;
		const file = this.#file = new FileState(facts);
		const scanner = new EventScanner((event) => this.#decide(event));
		try {
			for await (const chunk of binlog.open()) {
				file.add(chunk);
				yield* scanner.scan(chunk);
				if (scanner.isStopped) return;
			}
			scanner.end();
			if (this.#before === void 0) this.#begin(facts.sizeBytes);
			this.#completeLast(facts);
			file.check();
		} catch (error) {
			if (error instanceof LifeboatError && error.code !== "binlog-invalid") throw error;
			if (!(error instanceof LifeboatError) && !(error instanceof RangeError)) throw error;
			const how = error instanceof LifeboatError ? error.message.replace(/^.*?: /, "") : "an event is too short";
			throw new LifeboatError("binlog-invalid", `the binlog ${facts.name} cannot be replayed: ${how}`, {
				hint: "What was stored is not what the server closed. Make a new dump now: it begins a new chain.",
				cause: error
			});
		}
	}
	#decide(event) {
		const { type, offset } = event;
		const { flavour, binlogs, position, until } = this.#request;
		const file = this.#file;
		file.see(event);
		if (type === EVENT.formatDescription) return "pass";
		const list = this.#executed.readList(event);
		if (list !== void 0) {
			const { gtidsBefore } = file.facts;
			if (list !== executedFrom(flavour, gtidsBefore).toString()) throw damaged(`it says that ${list} had been executed before, and its manifest ${gtidsBefore}`);
		}
		if (file.facts === binlogs[0]?.facts && this.#before === void 0) {
			if (offset < position) {
				this.#advance(event);
				return "drop";
			}
			if (!BETWEEN.has(type)) throw damaged(`the position of the dump, ${position}, is in a transaction`);
			this.#begin(offset);
		}
		const transaction = this.#advance(event);
		if (transaction !== void 0 && until !== void 0 && isAfter(flavour, transaction, until)) {
			this.#open = void 0;
			this.#stop = {
				name: file.facts.name,
				position: offset,
				next: transaction
			};
			return "stop";
		}
		return type === EVENT.mariadbGtidList || type === EVENT.mariadbEncryption ? "drop" : "pass";
	}
	/** The transaction that this event begins; the one before has ended then. */
	#advance(event) {
		const transaction = this.#executed.read(event);
		if (transaction !== void 0 || event.type === EVENT.rotate || event.type === EVENT.stop) {
			this.#complete();
			this.#open = transaction;
		}
		return transaction;
	}
	#complete() {
		const transaction = this.#open;
		if (transaction === void 0) return;
		this.#open = void 0;
		this.#executed.add(transaction);
		const domain = transaction.gtid.split("-")[0] ?? "";
		if (this.#before === void 0) this.#inDomains.set(domain, transaction.gtid);
		if (this.#before === void 0) return;
		this.#transactions += 1;
		this.#first ??= transaction;
		this.#last = transaction;
	}
	/** All before it is in the dump. */
	#begin(offset) {
		const { position, gtid, flavour } = this.#request;
		this.#complete();
		if (offset !== position) throw damaged(`no event begins at the position of the dump, ${position}`);
		if (flavour === "mariadb" && gtid !== void 0 && gtid !== "" && !this.#isAt(gtid)) throw damaged(`at the position of the dump it has not executed what the dump has, ${gtid}`);
		this.#before = this.#executed.toString();
	}
	#isAt(gtid) {
		const executed = new Set(this.#executed.toString().split(","));
		return gtid.split(",").every((each) => {
			const last = this.#inDomains.get(each.split("-")[0] ?? "");
			return last === void 0 ? executed.has(each) : last === each;
		});
	}
	/** What a crash cut off was never committed: the server does not count it. */
	#completeLast({ closedBy, gtidsAfter }) {
		const { flavour } = this.#request;
		const after = executedFrom(flavour, gtidsAfter).toString();
		if (closedBy === "crash" && gtidsAfter !== "" && this.executed === after) this.#open = void 0;
		this.#complete();
		if (this.executed !== after) throw damaged(`${this.executed} has been executed after it, and its manifest says ${gtidsAfter}`);
	}
};
/** LOG_EVENT_IGNORABLE_F: MariaDB sets it on the mark of encryption in a log that it sends decrypted. */
function isIgnorable({ bytes }) {
	return (bytes.readUInt16LE(19 - 2) & 128) !== 0;
}
/** One file, as it goes by and as its manifest says. */
var FileState = class {
	facts;
	#hash = createHash("sha256");
	#sizeBytes = 0;
	#hasBegun = false;
	#closedBy = "crash";
	#next = null;
	constructor(facts) {
		this.facts = facts;
	}
	add(chunk) {
		this.#sizeBytes += chunk.length;
		this.#hash.update(chunk);
	}
	see(event) {
		const { type, bytes, seconds, serverId, sizeBytes, checksumBytes, offset } = event;
		if (this.#closedBy !== "crash") throw damaged(`something follows its end, at ${offset}`);
		if (type === EVENT.mariadbEncryption && !isIgnorable(event)) throw damaged("it is encrypted by the server");
		if (!this.#hasBegun) {
			const { createdAt } = this.facts;
			if (type !== EVENT.formatDescription || serverId !== this.facts.serverId) throw damaged("its first event is not that of its manifest");
			if (seconds * 1e3 !== Date.parse(createdAt)) throw damaged(`it was not begun at ${createdAt}`);
			this.#hasBegun = true;
		}
		if (type === EVENT.stop) this.#closedBy = "stop";
		if (type !== EVENT.rotate) return;
		this.#closedBy = "rotate";
		this.#next = bytes.toString("utf8", 19 + 8, sizeBytes - checksumBytes);
	}
	check() {
		const { sizeBytes, sha256, closedBy, next } = this.facts;
		if (this.#sizeBytes !== sizeBytes) throw damaged(`it has ${this.#sizeBytes} bytes, not ${sizeBytes}`);
		if (this.#hash.digest("hex") !== sha256) throw damaged("it has another SHA-256 than in its manifest");
		if (this.#closedBy !== closedBy) throw damaged(`it is not closed by a ${closedBy}: its end is missing`);
		if (this.#next !== next) throw damaged(`the next file is ${this.#next ?? "none"}, not ${next ?? "none"}`);
	}
};

// src/engines/mysql/replay/replay.ts
/** Before it the statement has MariaDB's name. */
const RESET_RENAMED = [
	8,
	2,
	0
];
const RANDOM_BYTES$1 = 12;
const REPLAY_DIALECTS = {
	mariadb: {
		tools: ["mariadb-binlog", "mysqlbinlog"],
		begin: (executed) => `RESET MASTER;\nSET GLOBAL gtid_binlog_state = ${quoteSqlString(executed)};\n`,
		executed: "@@GLOBAL.gtid_binlog_state",
		isEqual: (a, b) => MariadbGtids.parse(a)?.toString() === MariadbGtids.parse(b)?.toString()
	},
	mysql: {
		tools: ["mysqlbinlog"],
		begin: (executed, { numbers }) => (compareNumbers(numbers, RESET_RENAMED) < 0 ? "RESET MASTER" : "RESET BINARY LOGS AND GTIDS") + `;\nSET GLOBAL gtid_purged = ${quoteSqlString(executed)};\n`,
		executed: String.raw`REPLACE(@@GLOBAL.gtid_executed, '\n', '')`,
		isEqual: (a, b) => GtidSet.parse(a)?.toString() === GtidSet.parse(b)?.toString()
	}
};
/** Reads and compares everything; nothing is executed. Throws `binlog-invalid`. */
async function surveyBinlogs(request) {
	const cut = new BinlogCut({
		...request,
		until: void 0
	});
	for await (const chunk of cut.read());
	const { transactions, before, first, last } = cut;
	return {
		transactions,
		executedBefore: before,
		span: spanOf(request.flavour, first, last)
	};
}
/** Instants have milliseconds; an instant counts as its whole second in MariaDB. */
function spanOf(flavour, first, last) {
	if (first === void 0 || last === void 0) return void 0;
	const from = Math.ceil(first.committedUs / 1e3);
	const to = Math.ceil(last.committedUs / 1e3) - (flavour === "mysql" ? 1 : 1e3);
	return from <= to ? {
		from: new Date(from),
		to: new Date(to)
	} : void 0;
}
/** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
async function replayBinlogs(inside, server, request, survey) {
	const dialect = REPLAY_DIALECTS[inside.flavour];
	const begun = await inside.sql(dialect.begin(survey.executedBefore, server));
	if (begun.exitCode !== 0) throw failed(`the server could not be prepared:\n${clientErrors(begun.stderr)}`);
	const loggedBefore = await readLogBytes(inside);
	const cut = new BinlogCut(request);
	const mark = randomBytes(RANDOM_BYTES$1).toString("hex");
	const { exitCode, stdout, stderr } = await inside.shell(replayScript(inside, mark), cut.read());
	const lines = stdout.toString().split("\n");
	const [client, tool] = answer(lines, `${mark} ended `)?.split(" ") ?? [];
	if (exitCode !== 0 || client !== "0" || tool !== "0" || /^ERROR/m.test(stderr)) throw failed(`mysqlbinlog ended with status ${tool ?? "unknown"} and the client with ${client ?? "unknown"}:\n${excerpt(toldBy(stderr))}`);
	const executed = answer(lines, `${mark} executed\t`);
	if (executed === void 0) throw failed("the client did not come to the end");
	if (!dialect.isEqual(executed, cut.executed)) throw differs(`the binlogs hold ${excerptOf(cut.executed)}, and the sandbox has executed ${excerptOf(executed)}`);
	const hasExecuted = await readLogBytes(inside) > loggedBefore;
	if (cut.transactions > 0 && !hasExecuted) throw differs(`nothing was executed of ${countOf(cut.transactions, "transaction")}`);
	const { stop } = cut;
	const stoppedIn = request.binlogs.findIndex(({ facts }) => facts.name === stop?.name);
	return {
		transactions: cut.transactions,
		last: describeOne(cut.last),
		next: describeOne(stop?.next),
		stopPosition: stop?.position,
		binlogs: stoppedIn < 0 ? request.binlogs.length : stoppedIn + 1,
		isComparedById: cut.last !== void 0 && cut.last.gtid !== ""
	};
}
/** The last statement goes through the same client behind all others: its answer means that they were executed. */
function replayScript(inside, mark) {
	const { tools, executed } = REPLAY_DIALECTS[inside.flavour];
	const directory = `${HOME}/replay`;
	const client = shellQuoteAll([inside.client, ...inside.clientArguments()]);
	const question = shellQuote(`\nSELECT '${mark} executed', ${executed};\n`);
	return [
		`mkdir -p ${directory} || exit 1`,
		`tool=$(${tools.map((name) => `command -v ${name}`).join(" || ")}) || exit 127`,
		`{ TZ=UTC "$tool" --no-defaults --verify-binlog-checksum - 2>${directory}/errors; echo $? >${directory}/status; printf '%s' ${question}; } |`,
		`  ${client}`,
		`client=$?`,
		`echo ${mark} ended "$client" "$(cat ${directory}/status)"`,
		`cat ${directory}/errors >&2`
	].join("\n");
}
function answer(lines, start) {
	return lines.find((line) => line.startsWith(start))?.slice(start.length);
}
async function readLogBytes(inside) {
	const { exitCode, stdout, stderr } = await inside.sql("SHOW BINARY LOGS;");
	if (exitCode !== 0) throw failed(`the server does not list its binlogs:\n${clientErrors(stderr)}`);
	return stdout.toString().split("\n").map((line) => Number(line.split("	")[1] ?? 0)).reduce((sum, size) => sum + size, 0);
}
function describeOne(transaction) {
	if (transaction === void 0) return void 0;
	const { gtid, committedUs } = transaction;
	return {
		gtid,
		committedAt: new Date(Math.floor(committedUs / 1e3))
	};
}
/** Errors of the two programs; what else they print may hold rows. */
function toldBy(stderr) {
	const errors = stderr.split("\n").filter((line) => /^(?:ERROR|WARNING|mysqlbinlog:|mariadb-binlog:)/i.test(line));
	return errors.length === 0 ? stderr : errors.join("\n");
}
/** Sets may be long. */
function excerptOf(executed) {
	return executed === "" ? "nothing" : excerpt(executed);
}
function failed(how) {
	return new LifeboatError("replay-failed", `the binlogs could not be replayed: ${how}`, { hint: "On the real day they would not go further either. Make a new dump now: it begins a new chain." });
}
function differs(how) {
	return new LifeboatError("replay-differs", `the replay did not do what the binlogs hold: ${how}`, { hint: "Make a new dump now: it begins a new chain. Until then the dump alone is what can be relied upon." });
}

// src/engines/mysql/restore/text-queue.ts
/** Whoever puts more in waits. */
const ROOM_BYTES = 1048576;
var TextQueue = class {
	#chunks = [];
	#bytes = 0;
	#hasEnded = false;
	#failure;
	#changed = Promise.withResolvers();
	/** Takes its place at once; the promise is kept when there is room for more. */
	async put(chunk) {
		this.#chunks.push(chunk);
		this.#bytes += chunk.length;
		this.#change();
		while (this.#bytes > ROOM_BYTES) {
			this.#throwFailure();
			await this.#changed.promise;
		}
		this.#throwFailure();
	}
	end() {
		this.#hasEnded = true;
		this.#change();
	}
	/** Everybody who waits, or comes later, gets this. */
	fail(reason) {
		this.#failure ??= { reason };
		this.#change();
	}
	async *[Symbol.asyncIterator]() {
		for (;;) {
			this.#throwFailure();
			const chunk = this.#chunks.shift();
			if (chunk !== void 0) {
				yield chunk;
				this.#bytes -= chunk.length;
				this.#change();
			} else if (this.#hasEnded) return;
			else await this.#changed.promise;
		}
	}
	#change() {
		this.#changed.resolve(void 0);
		this.#changed = Promise.withResolvers();
	}
	#throwFailure() {
		if (this.#failure !== void 0) throw this.#failure.reason;
	}
};

// src/engines/mysql/restore/filter-run.ts
/** Fewer bytes leave the sandbox. The image must have perl and sha256sum. */
function filterInside(inside) {
	return async ({ command, ...how }) => {
		const directory = `${HOME}/filtered`;
		const script = [
			`rm -rf ${directory} && mkdir ${directory} || exit 1`,
			`cat >${directory}/filter.pl || exit 1`,
			`{ ( ${command}\n) 2>${directory}/errors </dev/null; echo "$?" >${directory}/status; } |`,
			...filterLines(directory, how),
			`cat ${directory}/errors >&2`,
			`[ "$(cat ${directory}/status)" = 0 ]`
		].join("\n");
		const { exitCode, stdout, stderr } = await inside.shell(script, once(text$1));
		return {
			exitCode,
			stdout: stdout.toString(),
			stderr
		};
	};
}
/** The text goes through a pipe to perl on this machine; nothing of it is written to a disk where there is memory to write to. */
function filterHere(inside, machine) {
	return async ({ command, ...how }) => {
		const script = [
			`trap '' PIPE`,
			`base=/dev/shm; [ -d $base ] && [ -w $base ] || base=\${TMPDIR:-/tmp}`,
			`d=$(umask 077; mktemp -d "$base/lifeboat-filter.$PPID.XXXXXX") || exit 1`,
			`trap 'rm -rf "$d"' EXIT`,
			`printf '%s' ${shellQuote(text$1)} >"$d/filter.pl"`,
			...filterLines("\"$d\"", how)
		].join("\n");
		const queue = new TextQueue();
		const filtering = machine.run({
			script,
			stdin: queue,
			signal: new AbortController().signal
		});
		const ended = /* @__PURE__ */ new Error("the filter has ended");
		filtering.then(() => queue.fail(ended), (error) => queue.fail(error));
		const dumping = inside.pipe(command, (chunk) => queue.put(chunk)).finally(() => queue.end());
		const [dumped, filtered] = await Promise.allSettled([dumping, filtering]);
		if (filtered.status === "rejected") throw filtered.reason;
		if (dumped.status === "rejected") {
			if (dumped.reason !== ended) throw dumped.reason;
			return filtered.value;
		}
		return {
			exitCode: dumped.value.exitCode === 0 ? filtered.value.exitCode : dumped.value.exitCode,
			stdout: filtered.value.stdout,
			stderr: dumped.value.stderr + filtered.value.stderr
		};
	};
}
/** Throws `sandbox-unavailable` unless this machine can run the filter. */
async function checkFilterHere(machine, signal) {
	if ((await machine.run({
		script: "command -v perl >/dev/null && command -v sha256sum >/dev/null",
		signal
	})).exitCode === 0) return;
	throw new LifeboatError("sandbox-unavailable", "this machine has no perl or no sha256sum, which the comparison needs: the image has no perl either", { hint: "Install perl on the runner (apt-get install perl); those that GitHub hosts have it." });
}
/** Shell text at the end of a pipeline; `directory` is a word of shell and holds filter.pl. */
function filterLines(directory, { format, mode }) {
	return [`${format === void 0 ? "" : `perl -e ${shellQuote(format)} | `}perl ${directory}/filter.pl ${directory} ${mode} sha256sum >/dev/null || { echo 'the filter failed' >&2; exit 1; }`, `cat ${directory}/facts && printf '\\f[' && cat ${directory}/ddl && printf ']' || exit 1`];
}
async function* once(text) {
	yield await Promise.resolve(Buffer.from(text));
}

// src/engines/mysql/restore/checks.ts
/** Stands before the answer to each statement. */
const MARK$1 = "lifeboat-object-";
const GOOD = /^(?:OK|Table is already up to date|The storage engine for the table doesn't support check)$/;
const NO_DEFINER = /^(?:error 1449: )?The user specified as a definer \(('.*'@'.*')\) does not exist$/s;
const VERDICT = "Corrupt";
const FIRST_LINE = "SET SESSION sql_mode = '';\n";
function checkSql(objects) {
	return FIRST_LINE + objects.map(statementsFor).join("");
}
function statementsFor({ kind, database, name }, index) {
	const quoted = `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
	const open = kind === "view" ? `SELECT 1 FROM ${quoted} LIMIT 0;\n` : "";
	return `SELECT '${MARK$1}${index}';\nCHECK TABLE ${quoted};\n${open}`;
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
	let line = linesIn(FIRST_LINE);
	return objects.flatMap((object, index) => {
		const { kind, database, name } = object;
		const [first, last] = [line + 1, line + linesIn(statementsFor(object, index))];
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
function linesIn(text) {
	return text.split("\n").length - 1;
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
/** SQL that makes every account and role that a definition names as its definer, with every right; `definers` are known without one. */
function createDefinersSql(objects, definers = []) {
	const found = /* @__PURE__ */ new Set();
	const others = {
		kind: "view",
		ddl: definers.map((name) => `DEFINER=${name}\n`).join("")
	};
	for (const { kind, ddl } of [...objects, others]) {
		if (kind === "account" || kind === "table") continue;
		for (const [, name = "", host] of ddl.matchAll(DEFINER)) if (host !== void 0) found.add(`USER ${name}@${host}`);
		else if (!NOBODY.has(name)) found.add(`ROLE ${name}`);
	}
	return [...found].map((grantee) => {
		const name = grantee.replace(/^(?:USER|ROLE) /, "");
		return `CREATE ${grantee.replace(" ", " IF NOT EXISTS ")};\nGRANT ALL ON *.* TO ${name};\n`;
	}).join("");
}

// src/engines/mysql/restore/late-keys.ts
const NAME$1 = "`(?:[^`]|``)+`";
const COLUMN = `${NAME$1}(?:\\(\\d+\\))?(?: DESC)?`;
/** Whole lines of what SHOW CREATE TABLE prints. */
const PLAIN_KEY = new RegExp(`^  (KEY (${NAME$1}) \\((${COLUMN}(?:,${COLUMN})*)\\)),?$`);
/** Servers print unique keys before all others and full-text keys behind them, whatever came first. */
const SORTED_APART = /^  (?:PRIMARY|UNIQUE|FULLTEXT) KEY /;
const ANY_KEY = /^  (?:[A-Z]+ )?KEY /;
/** Foreign keys need their indexes all the time, history does not let itself be changed, and partitions are made of several tables. */
const UNFIT = /^ +(?:CONSTRAINT .* )?FOREIGN KEY |SYSTEM VERSIONING|PARTITION BY|^  PERIOD FOR /m;
const AUTO_INCREMENT = new RegExp(`^  (${NAME$1}) .* AUTO_INCREMENT\\b`, "m");
const VIRTUAL = new RegExp(`^  (${NAME$1}) .*GENERATED ALWAYS AS .* VIRTUAL\\b`, "gm");
const REFERENCE = new RegExp(` REFERENCES (?:${NAME$1}\\.)?(${NAME$1}) \\((${NAME$1}(?:, ?${NAME$1})*)\\)`, "g");
function lateKeysOf(objects) {
	const tables = objects.filter(({ kind }) => kind === "table");
	const referenced = findReferenced(tables);
	const keys = new Map(tables.map((table) => [placeOf(table.database, table.name), findKeys(table, referenced)]));
	return (database, table) => keys.get(placeOf(database, table));
}
function findKeys({ name, ddl }, referenced) {
	if (!/^\) ENGINE=InnoDB\b/m.test(ddl) || UNFIT.test(ddl)) return void 0;
	const kept = new Set([...ddl.matchAll(VIRTUAL)].map(([, column = ""]) => column));
	const counted = AUTO_INCREMENT.exec(ddl)?.[1];
	if (counted !== void 0 && !ddl.includes(`\n  PRIMARY KEY (${counted}`)) kept.add(counted);
	const chosen = [];
	for (const line of ddl.split("\n").toReversed()) {
		if (!ANY_KEY.test(line) || SORTED_APART.test(line)) continue;
		const [, definition = "", key = "", list = ""] = PLAIN_KEY.exec(line) ?? [];
		const columns = list.match(new RegExp(NAME$1, "g")) ?? [];
		if (columns.length === 0 || columns.some((column) => kept.has(column) || referenced.has(column))) break;
		chosen.unshift({
			name: key,
			definition
		});
	}
	if (chosen.length === 0) return void 0;
	const alter = (changes) => `\nALTER TABLE ${quoteIdentifier(name)} ${changes.join(", ")};\n`;
	return {
		drop: alter(chosen.map((key) => `DROP KEY ${key.name}`)),
		add: alter(chosen.map(({ definition }) => `ADD ${definition}`))
	};
}
/** Names of columns that a foreign key refers to, in whatever table: such a column's keys stay. */
function findReferenced(tables) {
	const columns = tables.flatMap(({ ddl }) => [...ddl.matchAll(REFERENCE)].flatMap(([, , list = ""]) => list.match(new RegExp(NAME$1, "g")) ?? []));
	return new Set(columns);
}
function placeOf(database, table) {
	return JSON.stringify([database, table]);
}

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

// src/engines/mysql/restore/parallel-load.ts
const MARK = "lifeboat-mark-";
/** What every session is asked before anything else: one that answers late, or only when it ends, would be waited for without end. */
const HELLO = -1;
const HELLO_TIMEOUT_MS = 12e4;
/** Throws `load-failed`. */
async function loadInParallel(inside, dump, { workers, findLateKeys, helloTimeoutMs = HELLO_TIMEOUT_MS }) {
	const load = new ParallelLoad(inside, dump, findLateKeys, helloTimeoutMs);
	const sessions = [load.inOrder(), ...Array.from({ length: workers }, () => load.rows())];
	for (const session of sessions) session.catch((error) => load.fail(error));
	await Promise.allSettled(sessions);
	load.throwFailure();
}
var ParallelLoad = class {
	#inside;
	#dump;
	#findLateKeys;
	#helloTimeoutMs;
	#text = new TextInOrder();
	/** Ordinals of tables that a session has taken. */
	#taken = /* @__PURE__ */ new Set();
	#failure;
	constructor(inside, dump, findLateKeys, helloTimeoutMs) {
		this.#inside = inside;
		this.#dump = dump;
		this.#findLateKeys = findLateKeys;
		this.#helloTimeoutMs = helloTimeoutMs;
	}
	async inOrder() {
		await this.#session((asked) => this.#text.open(this.#begin(), asked), this.#text.created);
	}
	async rows() {
		const progress = { hasEnded: false };
		const trailer = new TrailerWatch();
		await this.#session((asked) => this.#rowsOfTaken(trailer, progress, asked), this.#text.loaded);
		if (!progress.hasEnded) throw loadFailure("databases", "a session ended before their text did");
		if (!trailer.hasTrailer) throw loadFailure("databases", "their text ends without the last line of a whole dump");
	}
	/** The text asks for a mark for each large table; all of them must have been printed in the end. */
	async #session(text, milestones) {
		const asked = /* @__PURE__ */ new Set([HELLO]);
		const timer = setTimeout(() => {
			if (asked.has(HELLO)) this.fail(loadFailure("databases", "a session does not answer"));
		}, this.#helloTimeoutMs);
		const result = await this.#inside.session(text(asked), (line) => {
			if (!line.startsWith(MARK)) return;
			const ordinal = Number(line.slice(14));
			asked.delete(ordinal);
			milestones.reach(ordinal);
		}).finally(() => clearTimeout(timer));
		checkLoaded("databases", result);
		if (asked.size > 0) throw loadFailure("databases", "a session ended without an answer");
	}
	/** The first failure counts; everybody who waits for something gives up. */
	fail(error) {
		this.#failure ??= { error };
		this.#text.abandon(this.#failure.error);
	}
	throwFailure() {
		if (this.#failure !== void 0) throw this.#failure.error;
	}
	#begin() {
		return Buffer.concat([Buffer.from(sessionStart(this.#dump.instant)), mark({ ordinal: HELLO })]);
	}
	async *#rowsOfTaken(trailer, progress, asked) {
		yield this.#begin();
		const reader = this.#text.addReader((count) => this.#dump.onLoaded?.(count));
		let mine;
		for await (const piece of cutDump(withInvalidDates(trailer.watch(this.#dump.open())))) {
			this.throwFailure();
			await reader.read(piece);
			if (piece.kind === "header") yield piece.bytes;
			if (piece.kind === "rows") {
				if (mine === void 0 && !this.#taken.has(piece.table.ordinal)) {
					mine = piece.table;
					this.#taken.add(mine.ordinal);
					await this.#text.created.whenReached(mine.ordinal);
					yield mine.use;
					yield Buffer.from(this.#lateKeysOf(mine)?.drop ?? "");
				}
				if (piece.table.ordinal !== mine?.ordinal) continue;
				this.#dump.onLoaded?.(piece.bytes.length);
				yield piece.bytes;
			}
			if (piece.kind === "rows-end" && piece.table.ordinal === mine?.ordinal) {
				yield Buffer.from(this.#lateKeysOf(mine)?.add ?? "");
				asked.add(mine.ordinal);
				yield mark(mine);
				mine = void 0;
			}
		}
		await reader.end();
		progress.hasEnded = true;
	}
	#lateKeysOf({ database, name }) {
		return this.#findLateKeys(database, name);
	}
};
/** What is loaded in order, from whoever reads it first. */
var TextInOrder = class {
	/** Tables that are there, by ordinal. */
	created = new Milestones();
	/** Tables whose rows are there. */
	loaded = new Milestones();
	#queue = new TextQueue();
	#asked = /* @__PURE__ */ new Set();
	#given = {
		bytes: 0,
		tables: 0,
		afterRows: 0,
		barriers: 0
	};
	/** Triggers of tables whose rows others are loading: they must not fire. */
	#later = [];
	/** At each barrier everybody waits for the same thing, or the text behind it would overtake it. */
	#barriers = [];
	/** The text, after `start`; `asked` takes the tables whose marks are in it. */
	open(start, asked) {
		this.#asked = asked;
		this.#queue.put(start);
		return this.#queue;
	}
	/** For one reading of the whole text; `onGiven` is told what this one was the first to read. */
	addReader(onGiven) {
		let place = {
			bytes: 0,
			tables: 0,
			afterRows: 0,
			barriers: 0
		};
		return {
			read: async (piece) => {
				const before = place;
				place = advance(place, piece);
				await this.#give(piece, before, place, onGiven);
			},
			end: async () => {
				await this.#passBarrier(place.barriers);
				this.#queue.end();
			}
		};
	}
	abandon(reason) {
		this.created.abandon(reason);
		this.loaded.abandon(reason);
		this.#queue.fail(reason);
	}
	async #give(piece, before, after, onGiven) {
		const given = this.#given;
		if (piece.kind === "header" || piece.kind === "text") {
			if (after.bytes <= given.bytes) return;
			const bytes = piece.bytes.subarray(Math.max(0, given.bytes - before.bytes));
			this.#given = {
				...given,
				bytes: after.bytes
			};
			onGiven(bytes.length);
			await this.#queue.put(bytes);
		} else if (piece.kind === "rows" && after.tables > given.tables) {
			this.#given = {
				...given,
				tables: after.tables
			};
			this.#asked.add(piece.table.ordinal);
			await this.#queue.put(mark(piece.table));
		} else if (piece.kind === "after-rows" && after.afterRows > given.afterRows) {
			this.#given = {
				...given,
				afterRows: after.afterRows
			};
			this.#later.push(piece.bytes);
		} else if (piece.kind === "barrier") await this.#passBarrier(before.barriers);
	}
	async #passBarrier(number) {
		await (this.#barriers[number] ??= this.#flush());
	}
	async #flush() {
		if (this.#later.length === 0) return;
		for (let ordinal = 0; ordinal < this.#given.tables; ordinal += 1) await this.loaded.whenReached(ordinal);
		const flushed = Buffer.concat(this.#later);
		this.#later = [];
		await this.#queue.put(flushed);
	}
};
function advance(place, piece) {
	switch (piece.kind) {
		case "header":
		case "text": return {
			...place,
			bytes: place.bytes + piece.bytes.length
		};
		case "rows": return {
			...place,
			tables: piece.table.ordinal + 1
		};
		case "after-rows": return {
			...place,
			afterRows: place.afterRows + 1
		};
		case "barrier": return {
			...place,
			barriers: place.barriers + 1
		};
		case "rows-end": return place;
	}
}
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
/** With more options than the usual ones. Throws `restore-unreadable`. */
async function readDatabases(inside, runFilter, databases, more) {
	return judge("databases", await runFilter({
		command: dumpCommand(inside, [
			...COMMON_OPTIONS,
			...FLAVOUR_OPTIONS[inside.flavour],
			...DATA_OPTIONS,
			...more,
			"--databases",
			"--",
			...databases
		]),
		mode: "rows"
	}));
}
/** Throws `restore-unreadable`. */
async function readAccounts(inside, runFilter) {
	const accounts = ACCOUNTS_DUMPS[inside.flavour];
	return judge("accounts", await runFilter(accounts.by === "dump tool" ? {
		command: dumpCommand(inside, accounts.options),
		mode: "digest"
	} : {
		command: [`S=$(printf '%s' ${shellQuote(accounts.question)} | ${clientCommand(inside, LIST_OPTIONS)}) || exit 1`, `printf '%s\\n' "$S" | ${clientCommand(inside, accounts.options)}`].join("\n"),
		mode: "digest",
		format: accounts.format
	})).objects;
}
function dumpCommand(inside, options) {
	return shellQuoteAll([
		inside.dumpTool,
		...inside.logInArguments(),
		...options
	]);
}
function clientCommand(inside, options) {
	return shellQuoteAll([
		inside.client,
		...inside.logInArguments(),
		...options
	]);
}
function judge(what, { exitCode, stdout, stderr }) {
	const at = stdout.indexOf("\f");
	const facts = parseFacts(stdout.slice(0, Math.max(0, at)));
	const wrong = [
		...exitCode === 0 ? [] : [`the dump tool ended with an error:\n${excerpt(stderr)}`],
		...exitCode === 0 && stderr.trim() !== "" ? [`the dump tool said:\n${excerpt(stderr)}`] : [],
		...facts.hasTrailer && !facts.isOpen ? [] : ["its dump is not whole"],
		...facts.complaints
	];
	if (wrong.length > 0) throw new LifeboatError("restore-unreadable", `what was restored of the ${what} cannot be dumped again: ${wrong.join("; ")}`, { hint: "A backup whose copy cannot be read is not proven. Look at the objects that are named." });
	return {
		objects: JSON.parse(stdout.slice(at + 1)),
		restSha256: facts.restSha256
	};
}

// src/engines/mysql/restore/restored-server.ts
const RANDOM_BYTES = 6;
/** Less is loaded in a few seconds anyhow. */
const WORTH_SEVERAL_SESSIONS_BYTES = 16 * 2 ** 20;
/** Each costs another reading of the dump, and the server's own work does not share out any further. */
const MAX_ROW_SESSIONS = 4;
const FIRST_STEPS = {
	mariadb: {
		proxy: `''@'%'`,
		firstAccounts: "mysql.global_priv",
		optional: ""
	},
	mysql: {
		proxy: `''@''`,
		firstAccounts: `mysql.user WHERE ${NOT_RESERVED}`,
		optional: [
			`INSTALL PLUGIN auth_socket SONAME 'auth_socket.so';`,
			`INSTALL PLUGIN mysql_no_login SONAME 'mysql_no_login.so';`,
			"ALTER INSTANCE DISABLE INNODB REDO_LOG;"
		].join("\n")
	}
};
const CHECKED_KINDS = /* @__PURE__ */ new Set([
	"table",
	"view",
	"sequence"
]);
var SqlRestoredServer = class {
	versions;
	replay;
	#inside;
	#inventory;
	#runFilter;
	#first;
	/** Of the sandbox's own account, as the filter writes it. */
	#ownAccount = "";
	constructor(inside, runFilter, versions, inventory, replay) {
		this.replay = replay;
		this.#inside = inside;
		this.#runFilter = runFilter;
		this.versions = versions;
		this.#inventory = inventory;
		this.#first = FIRST_STEPS[inside.flavour];
	}
	/** Makes the account that everything is done with from now on; its name is nobody else's. */
	async createAccount() {
		const name = `lifeboat-${randomBytes(RANDOM_BYTES).toString("hex")}`;
		const sql = `CREATE USER '${name}'@'localhost'; GRANT ALL ON *.* TO '${name}'@'localhost' WITH GRANT OPTION; GRANT PROXY ON ${this.#first.proxy} TO '${name}'@'localhost' WITH GRANT OPTION;`;
		this.#require(await this.#inside.sql(sql), "its account could not be made");
		this.#inside.account = name;
		this.#ownAccount = `'${name}'@'localhost'`;
		if (this.#first.optional !== "") await this.#inside.sql(this.#first.optional, "--force");
	}
	async readFreeBytes() {
		const { exitCode, stdout } = await this.#inside.shell(`df -Pk ${VOLUME} | tail -n 1`);
		const [, , , kilobytes] = stdout.toString().trim().split(/\s+/);
		return exitCode === 0 && /^\d+$/.test(kilobytes ?? "") ? Number(kilobytes) * 1024 : void 0;
	}
	/** The server's first accounts go first: those of the dump must not find them there. */
	async loadAccounts(text) {
		const { firstAccounts } = this.#first;
		const drop = `SET @accounts = (SELECT CONCAT('DROP USER ', GROUP_CONCAT(QUOTE(User), '@', QUOTE(Host))) FROM (${`SELECT * FROM (SELECT User, Host FROM ${firstAccounts}) AS one WHERE User <> '${this.#inside.account}'`}) AS others);
PREPARE drop_accounts FROM @accounts;
EXECUTE drop_accounts;`;
		this.#require(await this.#inside.sql(drop), "its first accounts could not be dropped");
		await loadText(this.#inside, "accounts", withoutObjectGrants(text), /* @__PURE__ */ new Date());
	}
	async completeAccounts(text) {
		await loadText(this.#inside, "accounts", objectGrantsOf(text, this.#inventory), /* @__PURE__ */ new Date());
	}
	async createDefiners() {
		const { objects, onlyNames } = this.#inventory;
		const sql = createDefinersSql(objects, onlyNames?.definers);
		if (sql !== "") this.#require(await this.#inside.sql(sql), "stand-ins for accounts could not be made");
	}
	async loadDatabases(dump) {
		if ((dump.plainBytes ?? 0) >= WORTH_SEVERAL_SESSIONS_BYTES && canBeCut(this.#inventory.objects)) {
			const workers = Math.min(MAX_ROW_SESSIONS, Math.max(2, availableParallelism()));
			const findLateKeys = lateKeysOf(this.#inventory.objects);
			await loadInParallel(this.#inside, dump, {
				workers,
				findLateKeys
			});
		} else await loadText(this.#inside, "databases", dump.open(), dump.instant, dump.onLoaded);
	}
	async readDatabases(databases) {
		const hasHistory = this.#inventory.objects.some(({ kind, ddl }) => kind === "table" && /WITH SYSTEM VERSIONING/i.test(ddl));
		const { dumpOptions = [] } = this.#inventory;
		if (!areTextArguments(dumpOptions)) throw new LifeboatError("manifest-invalid", "the inventory names options of the dump tool that no dump has");
		return readDatabases(this.#inside, this.#runFilter, databases, [...dumpOptions, ...hasHistory ? [HISTORY_OPTION] : []]);
	}
	async readAccounts() {
		return (await readAccounts(this.#inside, this.#runFilter)).filter(({ name }) => name !== this.#ownAccount);
	}
	async findBroken() {
		const objects = this.#inventory.objects.filter(({ kind }) => CHECKED_KINDS.has(kind));
		const accounts = this.#inventory.objects.filter(({ kind }) => kind === "account");
		const names = accounts.length === 0 ? void 0 : new Set(accounts.map(({ name }) => name));
		return readChecks(objects, await this.#inside.sql(checkSql(objects), "--force"), names);
	}
	async findBrokenTables() {
		const listed = await this.#inside.sql(`SELECT HEX(TABLE_SCHEMA), HEX(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema');\n`);
		this.#require(listed, "its tables could not be listed");
		const objects = listed.stdout.toString().split("\n").filter((row) => row !== "").map((row) => {
			const [database = "", name = ""] = row.split("	").map((hex) => Buffer.from(hex, "hex").toString("utf8"));
			return {
				kind: "table",
				database,
				name
			};
		});
		if (objects.length === 0) return [];
		return readChecks(objects, await this.#inside.sql(checkSql(objects), "--force"));
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
/** An event may have been made under any, where its text is not known. */
function needsTimeZones({ variables, objects, onlyNames }) {
	return zoneOf(variables) !== void 0 || objects.some(({ kind, ddl }) => kind === "event" && (onlyNames !== void 0 || BY_NAME.test(ddl)));
}
/** Fills the server's tables from the image's zones, and takes over the source's own. Throws `sandbox-image`. */
async function loadTimeZones(inside, variables) {
	const client = inside.clientArguments("mysql").map((word) => `'${word}'`);
	const { exitCode, stderr } = await inside.shell(`T=$(command -v mariadb-tzinfo-to-sql || command -v mysql_tzinfo_to_sql) && [ -d /usr/share/zoneinfo ] || { echo 'no zones' >&2; exit 1; }\n"$T" /usr/share/zoneinfo 2>/dev/null | ${inside.client} ${client.join(" ")}`);
	if (exitCode !== 0) throw new LifeboatError("sandbox-image", `the image has no time zones that the server can load, and the backup needs them: ${stderr.trim()}`, { hint: "Take an image with tzdata, as the official ones are." });
	const zone = zoneOf(variables);
	if (zone === void 0) return;
	const set = await inside.sql(`SET GLOBAL time_zone = ${quoteSqlString(zone)};`);
	if (set.exitCode !== 0) throw new LifeboatError("sandbox-image", `the server of the image does not know the time zone ${zone}, which the backup needs: ${clientErrors(set.stderr)}`, { hint: "Take an image with newer tzdata, as the official ones are." });
}
function zoneOf({ time_zone: zone }) {
	return zone !== void 0 && zone !== "SYSTEM" && NAME.test(zone) ? zone : void 0;
}

// src/engines/mysql/restore/restore-engine.ts
/** What an image must have, for people. */
const HELPERS = {
	mariadb: "the server, its clients and perl",
	mysql: "the server, `mysql` and `mysqldump`"
};
/** Until it is destroyed. */
const IDLE = [
	"/bin/sh",
	"-c",
	"while :; do sleep 60; done"
];
/** The first start makes a data directory: 1 to 8 s, 17 s were seen on busy cores. */
const MAX_QUESTIONS = 3e3;
const PAUSE_SECONDS = .1;
/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
const ALL_NUMBERS = 3;
/** `here` is the machine that this program runs on. */
function createRestoreEngine(here) {
	return {
		imagesFor,
		sandboxFor({ source }, { variables }, options) {
			return {
				command: serverCommand(source.flavour, variables, options),
				user: SERVER_USER,
				volume: VOLUME
			};
		},
		trialOf: () => ({
			command: IDLE,
			user: SERVER_USER,
			volume: VOLUME
		}),
		checkReplayTool,
		surveyBinlogs: (manifest, binlogs) => surveyBinlogs(replayRequest(manifest, binlogs)),
		roundInstant: ({ source }, instant) => roundInstant(source.flavour, instant),
		async connect(sandbox, image, manifest, inventory, signal) {
			const { flavour } = manifest.source;
			const inside = new Inside(sandbox, flavour, signal);
			const server = await waitForServer(inside, sandbox, image);
			checkSeries(server, manifest, image);
			const runFilter = flavour === "mariadb" ? filterInside(inside) : filterHere(inside, here);
			if (flavour !== "mariadb") await checkFilterHere(here, signal);
			return prepare(inside, runFilter, {
				server,
				dumpTool: await readDumpTool(inside)
			}, manifest, inventory);
		}
	};
}
/** Throws `replay-tool-missing`. */
async function checkReplayTool(sandbox, image, { source: { flavour } }, signal) {
	const { tools } = REPLAY_DIALECTS[flavour];
	const questions = tools.map((name) => `command -v ${name}`).join(" || ");
	const { exitCode } = await new Inside(sandbox, flavour, signal).shell(questions);
	if (exitCode === 0) return;
	throw new LifeboatError("replay-tool-missing", `the image ${image.reference} has no ${tools.join(" or ")}, so that binlogs cannot be replayed in it`, { hint: `${flavour === "mysql" ? "The official MySQL images lack it. " : ""}Name an image of the same version with ${HELPERS[flavour]} and \`${tools[0] ?? ""}\` in \`replay-image\`, or leave \`point-in-time\` out: levels 1 to 3 need none.` });
}
/** Throws RangeError for a dump without coordinates. */
function replayRequest({ source, coordinates }, binlogs) {
	if (coordinates === null) throw new RangeError("nothing can be replayed onto a dump without coordinates");
	const { position, gtid } = coordinates;
	return {
		flavour: source.flavour,
		binlogs,
		position,
		gtid: gtid === "" ? void 0 : gtid
	};
}
function imagesFor({ versions, source }) {
	const version = parseServerVersion(versions.server, source.flavour);
	if (version?.flavour !== source.flavour) throw new LifeboatError("sandbox-image", `the backup is of ${source.flavour} ${versions.server}, which this version of Lifeboat cannot restore`);
	const [major, minor] = version.numbers;
	const { image } = FLAVOURS[source.flavour];
	return {
		exact: [`${image}:${version.numbers.join(".")}`],
		sameSeries: [`${image}:${major}.${minor}`]
	};
}
async function prepare(inside, runFilter, { server, dumpTool }, manifest, inventory) {
	const versions = {
		server: server.text,
		dumpTool,
		isSameVersion: dumpTool === manifest.versions.dumpTool && isSame(server, wantedServer(manifest), ALL_NUMBERS)
	};
	if (needsTimeZones(inventory)) await loadTimeZones(inside, inventory.variables);
	const restored = new SqlRestoredServer(inside, runFilter, versions, inventory, (binlogs, survey, until) => replayBinlogs(inside, server, {
		...replayRequest(manifest, binlogs),
		until
	}, survey));
	await restored.createAccount();
	return restored;
}
/** Only one server ever listens on this socket, so that its answer means that it is ready. One command inside asks until then. */
async function waitForServer(inside, sandbox, image) {
	const script = `n=0; until ${shellQuoteAll([inside.client, ...inside.clientArguments()])} --execute=${shellQuote("SELECT VERSION(); SELECT @@version_comment;")} 2>/dev/null; do n=$((n + 1)); [ "$n" -lt ${MAX_QUESTIONS} ] || exit 1; sleep ${PAUSE_SECONDS}; done`;
	const { exitCode, stdout } = await inside.shell(script).catch((error) => {
		throw explainStart(error, inside.flavour, sandbox, image);
	});
	const [version = "", comment = ""] = stdout.toString().split("\n");
	const parsed = parseServerVersion(version, comment);
	if (exitCode === 0 && parsed !== void 0) return parsed;
	throw new LifeboatError("sandbox-died", "the server in the sandbox did not answer", { hint: "Is the machine overloaded? Look at its processes and disks, and run it again." });
}
function explainStart(error, flavour, sandbox, image) {
	const end = sandbox.describeEnd();
	const missing = end?.slice(end.indexOf(MISSING_PROGRAMS));
	if (end === void 0 || missing === void 0 || !end.includes("lifeboat: this image has no")) return error;
	return new LifeboatError("sandbox-image", `the image ${image.reference} cannot be used: ${missing.replace("lifeboat: ", "").trim()}`, {
		hint: `It takes an image of the same flavour with ${HELPERS[flavour]}, as the official \`${flavour}\` images are.`,
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
	const { stdout } = await inside.shell(`${inside.dumpTool} --version`);
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
		const taking = Promise.withResolvers();
		cli.child.stdout.on("data", (chunk) => {
			const taken = onStdout?.(chunk);
			if (taken === void 0) return;
			cli.child.stdout.pause();
			taken.then(() => cli.child.stdout.resume(), taking.reject);
		});
		const interruption = this.#interrupt(signal);
		const feeding = stdin === void 0 ? Promise.resolve(cli.child.stdin.end()) : feed(stdin, cli.child.stdin);
		const failure = new Promise((_, reject) => void feeding.catch(reject));
		try {
			const exitCode = await Promise.race([
				cli.ended,
				failure,
				taking.promise,
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
	rules: storeSshRules,
	checks: () => ({
		identity: checkFor(declared, ["identity", "identity-passphrase"], (keys) => encryption.readIdentity(keys.identity, keys.identityPassphrase)),
		trustedSigners: checkFor(declared, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners)),
		trustedProvers: checkFor(declared, ["trusted-provers"], ({ trustedProvers }) => trustedProvers === void 0 ? void 0 : encryption.readTrustedSigners(trustedProvers)),
		proofSigningKey: checkFor(declared, ["proof-signing-key", "proof-signing-key-passphrase"], (keys) => keys.proofSigningKey === void 0 ? void 0 : encryption.readSigningKey(keys.proofSigningKey, keys.proofSigningKeyPassphrase, /* @__PURE__ */ new Date(), "proof-signing-key"))
	}),
	run: async (inputs, keys, context) => {
		const { reporter, signal: stop, temporaryDirectory } = context;
		if (keys.proofSigningKey !== void 0) for (const warning of signingKeyWarnings(keys.proofSigningKey, /* @__PURE__ */ new Date())) reporter.warning(warning);
		const signal = withTimeout(stop, inputs.timeout);
		const settings = storeSettings(inputs, context);
		const store = openStoreReader(inputs.store, settings);
		const prover = credentialsOf(inputs.proofAccessKeyId, inputs.proofSecretAccessKey);
		const proofStore = openStoreWriter(inputs.store, {
			...settings,
			...prover === void 0 ? {} : { credentials: prover },
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
				engine: createRestoreEngine(createLocalMachine()),
				host,
				reporter
			}, signal);
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