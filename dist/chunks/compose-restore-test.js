import { t as restoreTestDeclaration } from "./inputs9.js";
import { A as RECOVERY_NAME, Bt as countOf, D as MANIFEST_NAME, Gt as formatInstant, Ht as formatCount, I as dumpFolder, M as SIGNATURE_NAME, N as binlogFolder, O as PROOF_NAME, Ut as formatDay, Vt as formatBytes, Wt as formatDuration, Y as parseBackupId, ct as judgeAssertion, et as proofFolder, in as LifeboatError, it as createRunId, k as PROOF_SIGNATURE_NAME, nn as showUnseen, nt as storageFolder, ot as areTextArguments, zt as DAY_MS } from "./proxy.js";
import { a as formatSentence, i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { a as describeRestored, i as serializeProof, o as oldestOf, r as parseProof, s as isOfDump, t as readEarlierProofs } from "./earlier-proofs.js";
import { A as describeStatements, C as serverCommand, D as fetchObjects, E as fetchInventory, O as describeDisorder, S as VOLUME, T as planReplay, _ as Inside, a as withInvalidDates, b as MISSING_PROGRAMS, f as replayRequest, g as roundInstant, i as sessionStart, k as describeReplay, l as findReplayTool, m as surveyBinlogs, n as cutDump, o as objectGrantsOf, r as TrailerWatch, s as withoutObjectGrants, t as canBeCut, u as replayBinlogs, v as clientErrors, w as openBinlogs, x as SERVER_USER, y as HOME } from "./sections.js";
import { F as excerpt, N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules, o as openStoreReader, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { n as findById, r as findNewest } from "./find-backups.js";
import { n as OBJECT_KINDS, r as objectKey } from "./inventory.js";
import { n as findGrantsElsewhere } from "./object-grants.js";
import { i as plainBytesOf } from "./manifest-text.js";
import { t as startProgressLog } from "./progress-log.js";
import { t as findBinlogs } from "./find-binlogs.js";
import { r as openObject, t as createLocalMachine } from "./local-machine.js";
import { a as FetchedIndex, c as addSize, d as readRecord, i as typeOf, n as TarError, o as choosePacks, r as selectMembers, s as packsOf, t as TAR_END } from "./tar.js";
import { t as fetchObject } from "./fetch-object.js";
import { n as findSnapshotOf, r as listStorages } from "./find-snapshot.js";
import { a as STOCK_CLIENTS, c as fetchCommand, i as STOCK_BINLOG_TOOLS, l as fetchNeeds, n as LOAD_OPTIONS, o as WITHOUT_OBJECT_GRANTS, r as OBJECT_GRANTS_ONLY, s as bashWord, t as KEEP_INVALID_DATES, u as listCommand } from "./stock-commands.js";
import { n as signingKeyWarnings } from "./recipient-warnings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { d as quoteIdentifier, f as quoteSqlString, i as FLAVOURS, n as parseClientVersion, r as parseServerVersion, t as compareNumbers } from "./versions.js";
import { a as COMMON_OPTIONS, c as HISTORY_OPTION, i as LIST_OPTIONS, n as text, o as DATA_OPTIONS, r as ACCOUNTS_DUMPS, s as FLAVOUR_OPTIONS, t as parseFacts } from "./facts.js";
import { t as NOT_RESERVED } from "./catalogue.js";
import { v as defineAction, y as checkFor } from "./ssh-connection.js";
import { t as createFindSandboxHost } from "./find-host.js";
import { t as VERSION } from "./version.js";
import { t as withTimeout } from "./with-timeout.js";
import { availableParallelism } from "node:os";
import { createHash, randomBytes, randomInt } from "node:crypto";
import path from "node:path";
import { mkdtemp, rm } from "node:fs/promises";

// src/domain/dumps/judge-differences.ts
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

// src/domain/proofs/trend.ts
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
	const proof = outcome.written?.proof;
	return `${(proof === void 0 ? redParts(server, outcome) : proof.kind === "files" ? provenFiles(server, proof, outcome) : provenParts(server, proof, outcome)).filter((part) => part !== "").join("\n\n")}\n`;
}
/** What is missing is said first: nobody shall take it for the proof of a database. */
function provenFiles(server, proof, { written, files, ...outcome }) {
	const { proofKey = "", recovery = "" } = written ?? {};
	return [
		`## ✅ ${escapeMarkdown(server)}: files proven ${formatDay(proof.startedAt)}, no dump is there`,
		`**A sample of the files was read: each is as it was on the server.** The state is that of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1e3)} of work would have been lost with it. No database was tested, for there is no dump of one in the store.`,
		storageTable(files?.sampled ?? []),
		bullets([
			...outcome.warnings,
			...proof.limits.map(sentence),
			...unsignedProof(outcome)
		]),
		foldedDetails("The runbook: bring these files back by hand", codeBlock(recovery, "markdown")),
		foldedDetails("Details", markdownTable([{ title: "What" }, { title: "Value" }], [["Proof", codeSpan(proofKey)]]))
	];
}
function unsignedProof({ isProofSigned }) {
	return isProofSigned ? [] : ["The proof is not signed: whoever can write to the store can forge one. Give `proof-signing-key`."];
}
function provenParts(server, proof, outcome) {
	const { written, tried, earlierProofs, warnings } = outcome;
	const [first] = tried;
	if (written === void 0 || first?.examination === void 0) return [];
	const { proofKey, recovery } = written;
	const { examination } = first;
	const earlierDumps = earlierProofs.filter(isOfDump);
	const unprovable = proof.notProvable.map(({ what }) => what).join(", ");
	return [
		`## ✅ ${escapeMarkdown(server)}: proven ${formatDay(proof.startedAt)}, restored in ${formatDuration(proof.timings.totalMs)}${unprovable === "" ? "" : escapeMarkdown(` (without ${unprovable})`)}`,
		`**Level ${proof.level}: ${LEVELS[proof.level] ?? ""}.** ${assertionSentence(examination)}Backup ${codeSpan(proof.backup.id)} with the state of ${formatInstant(proof.recoveredTo)}: had the server been lost when this test began, ${formatDuration(proof.rpoSeconds * 1e3)} of work would have been lost with it.`,
		replaySentence(examination),
		storageTable(examination.storage),
		databaseTable(examination, proof.databases),
		timingTable(examination),
		bullets([
			...warnings,
			...proof.limits.map(sentence),
			...proof.notProvable.map(({ what, why }) => `Not shown: ${what}: ${why}.`),
			...unsignedProof(outcome)
		]),
		earlierDumps.length === 0 ? "" : `### Earlier tests\n\n${renderTrend(trendOf([proof, ...earlierDumps]))}`,
		foldedDetails("The runbook: bring this backup back by hand", codeBlock(recovery, "markdown")),
		foldedDetails("Details", details(examination, proofKey))
	];
}
/** What failed, and what to do, stands above already. */
function redParts(server, { tried, files, failure, earlierProofs, warnings }) {
	const [first] = tried;
	const newest = earlierProofs[0];
	return [
		`### ❌ ${escapeMarkdown(server)}: ${first === void 0 ? "the files are not proven" : first.failure === void 0 ? "restored and compared, but the test is red" : "what was tried"}`,
		first === void 0 ? "" : triedTable(tried),
		listFindings(files?.findings ?? []),
		storageTable(files?.sampled ?? []),
		...tried.flatMap(({ examination }) => examination === void 0 ? [] : findingParts(examination)),
		first?.examination === void 0 ? "" : timingTable(first.examination),
		bullets(failure?.code === "proof-invalid" ? [] : warnings),
		newest === void 0 ? "No earlier proof was found." : `The newest proof is of ${formatDay(newest.startedAt)}, for the state of ${formatInstant(newest.recoveredTo)}.`
	];
}
function findingParts({ findings, differences, backup }) {
	if (findings.length === 0) return [];
	const diffs = differences.filter(({ diff }) => diff !== void 0).slice(0, MAX_DIFFS$1);
	return [`### ${escapeMarkdown(backup.id)}\n\n${listFindings(findings)}`, ...diffs.map((difference) => foldedDetails(describeDifference(difference), codeBlock(difference.diff ?? "", "diff")))];
}
function listFindings(findings) {
	const listed = findings.slice(0, MAX_FINDINGS).map((finding) => `- ${escapeMarkdown(finding.sentence)}`);
	const more = findings.length - listed.length;
	return [...listed, ...more > 0 ? [`- and ${formatCount(more)} more`] : []].join("\n");
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
	return describeReplay(replay, replay.replayed.length);
}
/** Which files were read besides: the draw stands in the proof. */
function storageTable(storage) {
	const right = (title) => ({
		title,
		align: "right"
	});
	if (storage.length === 0) return "";
	return markdownTable([
		{ title: "Files" },
		{ title: "Snapshot" },
		right("Sample"),
		right("Packs read"),
		right("Compared"),
		right("Bytes")
	], storage.map(({ name, snapshot, share, packs, files, directories, links, bytes }) => [
		codeSpan(name),
		codeSpan(snapshot),
		share,
		formatCount(packs.length),
		`${countOf(files, "file")}, ${formatCount(directories + links)} other`,
		formatBytes(bytes)
	]));
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

// src/domain/dumps/line-diff.ts
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

// src/domain/dumps/compare-inventories.ts
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
/** A replay counts for something once the dump before it was equal, and when it had something to do. */
function reach(compared, { inventory, replay }) {
	if (inventory.onlyNames !== void 0) return 1;
	return compared === 3 && replay !== void 0 && replay.transactions > 0 ? 4 : compared;
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

// src/actions/restore-test/point-in-time.ts
var Replay = class Replay {
	#plan;
	#manifest;
	#binlogs;
	#survey;
	constructor(plan, manifest, binlogs, survey) {
		this.#plan = plan;
		this.#manifest = manifest;
		this.#binlogs = binlogs;
		this.#survey = survey;
	}
	/** Fetches the binlogs and compares each with its manifest, from its first byte to its last. Throws `object-mismatch`, `binlog-invalid`, `binlog-chain`. */
	static async prepare(plan, manifest, engine, context) {
		const chain = openBinlogs(plan, context);
		const survey = await engine.surveyBinlogs(manifest, chain, plan.at);
		const binlogs = chain.slice(0, survey.binlogs);
		const count = countOf(survey.transactions, "transaction");
		context.reporter.info(`${countOf(binlogs.length, "binlog")} with ${count} after the dump`);
		return new Replay(plan, manifest, binlogs, survey);
	}
	/** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
	async run(server, engine) {
		const { target, recoverableUntil, gap } = this.#plan;
		const until = this.#chooseInstant();
		const replayed = await server.replay(this.#binlogs, this.#survey, until);
		for (const binlog of this.#binlogs) await binlog.remove();
		const used = this.#binlogs.slice(0, replayed.binlogs);
		return {
			...replayed,
			target,
			recoverableUntil,
			recoveredTo: until === void 0 ? recoverableUntil : engine.roundInstant(this.#manifest, until).toISOString(),
			replayed: used.map(({ copy }) => copy),
			limits: [
				gap !== void 0 && `nothing later than ${formatInstant(recoverableUntil)} can be recovered: ${gap}`,
				target === "random" && until === void 0 && "there are no two transactions between which the replay could have ended",
				replayed.transactions === 0 && "there was nothing to replay",
				describeDisorder(this.#survey),
				!replayed.isComparedById && replayed.transactions > 0 && "the transactions have no ids by which the sandbox could tell that it has all of them",
				describeStatements(used)
			].filter((limit) => typeof limit === "string")
		};
	}
	/** Undefined: everything. */
	#chooseInstant() {
		const { target, at, recoverableUntil } = this.#plan;
		const { span } = this.#survey;
		if (target !== "random" || span === void 0) return at;
		const from = Math.max(span.from.getTime(), Date.parse(this.#manifest.instant));
		const to = Math.min(span.to.getTime(), Date.parse(recoverableUntil));
		return from <= to ? new Date(randomInt(from, to + 1)) : void 0;
	}
};

// src/actions/restore-test/read-pack.ts
/** By name, without a slash at the beginning. Throws `object-mismatch`, `restore-failed`, and what `archive` throws. */
async function readPack(archive, machine, signal) {
	const members = [];
	const contents = new Contents();
	async function* files() {
		yield* selectMembers(archive, (member) => {
			members.push(member);
			if (!isContent(member)) return false;
			contents.expect(member);
			return true;
		});
		yield TAR_END;
	}
	const result = await machine.run({
		script: "LC_ALL=C exec tar --extract --to-stdout --file=-",
		stdin: files(),
		signal,
		onStdout: (chunk) => contents.take(chunk)
	}).catch((error) => {
		throw error instanceof TarError ? new LifeboatError("object-mismatch", `a pack is not the archive it should be: ${error.message}`) : error;
	});
	if (result.exitCode !== 0 || !contents.isWhole()) throw new LifeboatError("object-mismatch", `tar could not read a pack (status ${result.exitCode}): ${result.stderr.trim()}`, { hint: "GNU tar is needed on the machine of the restore test." });
	return new Map(members.map((member) => [member.name, describe(member, contents.hashes)]));
}
function isContent({ type }) {
	return type === "0" || type === "7" || type === "\0";
}
function describe(member, hashes) {
	const { mode, uid, gid, mtimeNs } = member;
	const attributes = {
		mode,
		uid,
		gid,
		mtimeNs,
		hasAttributes: member.attributes.size > 0
	};
	const type = typeOf(member);
	if (type === "d") return {
		...attributes,
		type,
		size: 0,
		sha256: void 0
	};
	if (type === "l") return {
		...attributes,
		type,
		size: member.linkName.length,
		sha256: void 0
	};
	const content = hashes.get(member.type === "1" ? member.linkName : member.name);
	return {
		...attributes,
		type,
		size: content?.size ?? 0,
		sha256: content?.sha256
	};
}
/** One stream of contents without anything between them, cut by the sizes in the headers that went in before. */
var Contents = class {
	hashes = /* @__PURE__ */ new Map();
	#expected = [];
	#at = 0;
	#hash = createHash("sha256");
	#bytes = 0;
	#isTooMuch = false;
	expect(member) {
		this.#expected.push(member);
		this.#finish();
	}
	take(chunk) {
		let rest = chunk;
		while (rest.length > 0) {
			const member = this.#expected[this.#at];
			if (member === void 0) {
				this.#isTooMuch = true;
				return;
			}
			const part = rest.subarray(0, member.size - this.#bytes);
			this.#hash.update(part);
			this.#bytes += part.length;
			rest = rest.subarray(part.length);
			this.#finish();
		}
	}
	isWhole() {
		return !this.#isTooMuch && this.#at === this.#expected.length;
	}
	/** Empty files come without a byte. */
	#finish() {
		for (;;) {
			const member = this.#expected[this.#at];
			if (member === void 0 || this.#bytes < member.size) return;
			this.hashes.set(member.name, {
				size: member.size,
				sha256: this.#hash.digest("hex")
			});
			this.#hash = createHash("sha256");
			this.#bytes = 0;
			this.#at += 1;
		}
	}
};

// src/actions/restore-test/storage-sample.ts
/** What is backed up every week has a snapshot that is younger. */
const MAX_AGE_MS = 8 * DAY_MS;
/** That a sentence each is kept of. */
const MAX_TOLD = 100;
/** Without a dump the newest complete snapshots. What is wrong with the files is a finding; throws what says nothing of them. */
async function sampleStorage(dump, context) {
	const [sampled, findings, limits] = [
		[],
		[],
		[]
	];
	if (context.percent === 0) return {
		sampled,
		findings,
		limits
	};
	const storages = await listStorages(context);
	for (const storage of storages) {
		const sample = new Sample(storage, dump, context);
		try {
			const outcome = await sample.run();
			if (outcome !== void 0) sampled.push(outcome);
		} catch (error) {
			if (!(error instanceof LifeboatError) || error.class !== "restore-test" || context.signal.aborted) throw error;
			findings.push({
				code: error.code,
				sentence: `files ${storage.name}: ${error.message}`
			});
		}
		findings.push(...sample.findings);
		limits.push(...sample.limits);
	}
	return {
		sampled,
		findings,
		limits
	};
}
var Sample = class {
	findings = [];
	limits = [];
	#storage;
	#dump;
	#context;
	#untold = 0;
	#unproven = 0;
	#withAttributes = 0;
	constructor(storage, dump, context) {
		this.#storage = storage;
		this.#dump = dump;
		this.#context = context;
	}
	async run() {
		const snapshot = await this.#find();
		if (snapshot === void 0) return void 0;
		const { manifest, manifestSha256, signedBy } = snapshot;
		const { percent, testId, reporter } = this.#context;
		const chosen = choosePacks(packsOf(manifest), percent, testId);
		reporter.info(`files ${manifest.name}: ${chosen.length} of ${countOf(manifest.packs.length, "pack")} of ${manifest.id}`);
		this.#comparePresence(snapshot);
		const index = await FetchedIndex.fetch(manifest, this.#context);
		const recordBytes = await this.#count(index, snapshot);
		const compared = {
			files: 0,
			directories: 0,
			links: 0,
			bytes: 0
		};
		for await (const { pack, entries } of index.entriesOf(chosen, recordBytes)) await this.#comparePack(pack, entries, compared);
		if (this.#untold > 0) this.#differs(`and ${countOf(this.#untold, "more difference")}`);
		if (this.#unproven > 0) this.limits.push(`files ${manifest.name}: ${countOf(this.#unproven, "file")} changed while the backup read it, and cannot be compared`);
		if (this.#withAttributes > 0) this.limits.push(`files ${manifest.name}: extended attributes and access control lists of ${countOf(this.#withAttributes, "entry")} are in the packs, and were not compared: an index has none`);
		return {
			name: manifest.name,
			snapshot: manifest.id,
			manifestSha256,
			signedBy,
			instant: manifest.instant,
			share: `${percent}%`,
			packs: chosen.map(({ packId }) => packId),
			...compared
		};
	}
	/** The snapshot that belongs to the dump; where there is none yet, the one before. */
	async #find() {
		const { name } = this.#storage;
		const { now, server, acknowledge } = this.#context;
		const dump = this.#dump ?? { instant: now.toISOString() };
		const { after, before, refused } = await findSnapshotOf(dump, this.#storage, this.#context, now);
		for (const each of refused) this.limits.push(`files ${name}: passed over: ${each}`);
		const found = after ?? before;
		if (found?.manifest.complete === false) this.limits.push(`files ${name}: no snapshot is complete; a sample of ${found.manifest.id} was read, which lacks files`);
		if (after !== void 0) return after;
		const newest = before === void 0 ? "there is none at all" : `the newest one is of ${formatInstant(before.manifest.instant)}`;
		const since = this.#dump ? `no complete snapshot was begun since the dump of ${formatInstant(this.#dump.instant)}` : "no complete snapshot was begun in the last eight days";
		const isOld = before === void 0 || now.getTime() - Date.parse(before.manifest.instant) > MAX_AGE_MS;
		if (isOld && acknowledge.includes(`age:${server}:snapshot-of-${name}`)) {
			this.limits.push(`files ${name}: ${since}; ${newest}; that is acknowledged, and nothing of it was read`);
			return;
		}
		if (isOld) this.findings.push({
			code: "snapshot-missing",
			sentence: `files ${name}: ${since}; ${newest}`
		});
		else if (this.#dump) this.limits.push(`files ${name}: ${since} yet; ${newest}, and a sample of that was read`);
		return before;
	}
	/** Of all packs, not only of those that are read. */
	#comparePresence({ manifest }) {
		for (const { key, sizeBytes } of manifest.packs.flatMap(({ parts }) => parts)) {
			const found = this.#storage.packs.get(key);
			if (found === sizeBytes) continue;
			const what = found === void 0 ? "is missing" : `has ${found} bytes, not ${sizeBytes}`;
			this.#tell({
				code: "object-mismatch",
				sentence: `${key} ${what}`
			});
		}
	}
	/** Size of the records by pack. The index must hold what the manifest says. */
	async #count(index, { manifest }) {
		const recordBytes = /* @__PURE__ */ new Map();
		const found = {
			files: 0,
			directories: 0,
			links: 0,
			bytes: 0
		};
		for await (const batch of index.batches()) for (const record of batch) {
			addSize(recordBytes, record);
			addTo(found, readRecord(record));
		}
		const { holds } = manifest;
		if (Object.keys(found).some((figure) => found[figure] !== holds[figure])) {
			const say = (figures) => `${countOf(figures.files, "file")}, ${figures.directories} directories, ${countOf(figures.links, "link")} and ${figures.bytes} bytes`;
			this.#tell({
				code: "manifest-invalid",
				sentence: `the index of ${manifest.id} holds ${say(found)}, its manifest says ${say(holds)}`
			});
		}
		const known = new Set(packsOf(manifest).map(({ packId }) => packId));
		for (const packId of recordBytes.keys()) if (!known.has(packId)) this.#tell({
			code: "manifest-invalid",
			sentence: `the index of ${manifest.id} names the pack ${packId}, and its manifest does not`
		});
		return recordBytes;
	}
	async #comparePack(pack, entries, compared) {
		const unpacked = await this.#read(pack);
		for (const entry of entries) {
			const found = unpacked.get(entry.path.slice(1));
			const problem = problemOf(entry, found);
			if (problem !== void 0) this.#differs(`${showPath(entry.path)} ${problem}`);
			if (isUnproven(entry)) this.#unproven += 1;
			if (found?.hasAttributes === true) this.#withAttributes += 1;
			addTo(compared, entry);
		}
	}
	async #read({ packId, stored }) {
		const { reporter, machine, signal } = this.#context;
		reporter.info(`pack ${packId}: ${formatBytes(stored.sizeBytes)}`);
		const file = await fetchObject(stored, {
			...this.#context,
			name: `${packId}.gpg`
		});
		try {
			return await readPack(openObject(file, this.#context), machine, signal);
		} finally {
			await rm(file, { force: true });
		}
	}
	#differs(sentence) {
		this.#tell({
			code: "restore-differs",
			sentence: `files ${this.#storage.name}: ${sentence}`
		});
	}
	#tell(finding) {
		if (this.findings.length < MAX_TOLD) this.findings.push(finding);
		else this.#untold += 1;
	}
};
function addTo(figures, entry) {
	if (entry.type === "d") figures.directories += 1;
	else if (entry.type === "l") figures.links += 1;
	else {
		figures.files += 1;
		figures.bytes += entry.size;
	}
}
function isUnproven({ type, sha256 }) {
	return type === "f" && sha256 === void 0;
}
const KINDS = {
	f: "a file",
	d: "a directory",
	l: "a symbolic link"
};
/** The rest of a sentence that begins with the path; undefined when all is as it was on the server. */
function problemOf(entry, found) {
	if (found === void 0) return "is not in its pack";
	if (isUnproven(entry)) return void 0;
	if (found.type !== entry.type) return `is ${KINDS[found.type]}, and was ${KINDS[entry.type]}`;
	if (entry.type !== "d" && found.size !== entry.size) return `has ${found.size} bytes, and had ${entry.size}`;
	if (found.sha256 !== entry.sha256) return "has another content";
	const differing = [
		found.mode !== entry.mode && `mode ${found.mode.toString(8)}, and had ${entry.mode.toString(8)}`,
		found.uid !== entry.uid && `owner ${found.uid}, and had ${entry.uid}`,
		found.gid !== entry.gid && `group ${found.gid}, and had ${entry.gid}`,
		entry.type !== "d" && found.mtimeNs !== entry.mtimeNs && "another modification time"
	].filter((each) => each !== false);
	return differing.length === 0 ? void 0 : `has ${differing.join("; ")}`;
}
function showPath(path) {
	return showUnseen(Buffer.from(path, "latin1").toString("utf8"));
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
		const examination = await new Proving(backup, context, fetching).run();
		const { sampled, findings, limits } = await reporter.group("Read a sample of the files", () => sampleStorage(backup.manifest, sampling(context, fetching)));
		return {
			...examination,
			findings: [...examination.findings, ...findings],
			limits: [...examination.limits, ...limits],
			storage: sampled
		};
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
function sampling({ inputs, keys, ports, runId, startedAt }, fetching) {
	const { server, storageSample: percent, acknowledge } = inputs;
	const { trustedSigners } = keys;
	return {
		...fetching,
		server,
		trustedSigners,
		now: startedAt,
		machine: ports.machine,
		percent,
		acknowledge,
		testId: runId
	};
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
			replay: replayed,
			storage: []
		};
	}
	/** Undefined where none is asked for. Before anything is fetched: what cannot be replayed need not be. */
	async #planReplay(image) {
		const { inputs, keys, ports, signal, startedAt } = this.#context;
		const { pointInTime, server } = inputs;
		if (pointInTime.kind === "none") return void 0;
		const { manifest } = this.#backup;
		return ports.reporter.group("Look for binlogs", async () => {
			const warn = (sentence) => ports.reporter.warning(sentence);
			const reading = {
				...ports,
				server,
				trustedSigners: keys.trustedSigners,
				now: startedAt,
				signal,
				warn
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

// src/actions/restore-test/prove-files.ts
/**
* Whether this server never had a dump, so that its files are all there is to test. Anything that speaks of databases says no, whatever
* state it is in: dumps that went away must not turn the test of them into one of files.
*/
async function hasFilesAlone(reading, { proofs }, acknowledge) {
	const { server } = reading;
	if (await isAnyBelow(`${server}/dumps`, reading)) return false;
	if ((await listStorages(reading)).length === 0) return false;
	if (acknowledge.includes(`age:${server}:no-dump`)) return true;
	const proof = proofs.find(isOfDump);
	if (proof === void 0 && !await isAnyBelow(`${server}/binlogs`, reading)) return true;
	const trace = proof === void 0 ? "there are binlogs" : `one was tested on ${formatDay(proof.startedAt)} (${proof.id})`;
	throw new LifeboatError("backup-not-found", `${server} has no dump any more in ${reading.store.location}, and had one: ${trace}`, { hint: `Find out who removed the dumps. Where you gave them up, give \`age:${server}:no-dump\` to \`acknowledge\`: the files are tested alone then.` });
}
async function isAnyBelow(folder, { store, signal }) {
	for await (const { key } of store.list(folder, signal)) if (key.startsWith(`${folder}/`)) return true;
	return false;
}
/** Throws where inputs ask for what a server without a dump cannot show. */
function checkFilesInputs(inputs) {
	const { server, backup, label, pointInTime, assertions, maxRestoreTime, storageSample } = inputs;
	const asked = [
		backup.kind === "id" && "backup",
		label !== void 0 && "label",
		pointInTime.kind !== "none" && "point-in-time",
		assertions.length > 0 && "assertions",
		maxRestoreTime !== void 0 && "max-restore-time"
	].filter((name) => name !== false);
	if (asked.length > 0) {
		const names = asked.map((name) => `\`${name}\``).join(", ");
		throw new LifeboatError("backup-not-found", `${server} has files alone, and no dump: ${names} asks for one`, { hint: `Leave out ${names} to test the files. Where there should be a dump, look at the runs of \`dump\`.` });
	}
	if (storageSample > 0) return;
	throw new LifeboatError("input-invalid", `${server} has files alone, and \`storage-sample: 0%\` leaves them out`, { hint: "Give `storage-sample` a share, or leave it out for 5%." });
}
/** What is wrong with the files is a finding. */
async function proveFiles(context, workplace) {
	const directory = await mkdtemp(path.join(workplace.directory, "files-"));
	try {
		const { sampled, findings, limits } = await sampleStorage(void 0, {
			...context,
			directory
		});
		const isEmpty = ({ files, directories, links }) => files + directories + links === 0;
		const empty = sampled.filter(isEmpty).map(({ name }) => ({
			code: "restore-empty",
			sentence: `files ${name}: nothing was read`
		}));
		const nothing = {
			code: "restore-empty",
			sentence: "no files of any storage were read"
		};
		return {
			sampled,
			findings: [
				...findings,
				...empty,
				...sampled.length === 0 && findings.length === 0 ? [nothing] : []
			],
			limits: [...context.trustedSigners === void 0 ? ["the signatures of the manifests were not checked"] : [], ...limits],
			recoveredTo: oldestOf(sampled, context.now.toISOString())
		};
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}

// src/domain/recovery/page.ts
const START = "set -euo pipefail";
const FINGERPRINT = /^[0-9A-F]{40}(?:[0-9A-F]{24})?$/;
function joinPage(parts) {
	return `${parts.join("\n\n")}\n`;
}
function block(...lines) {
	return codeBlock([START, ...lines].join("\n"), "sh");
}
/** Throws RangeError for what is none. */
function checkFingerprint(fingerprint) {
	if (fingerprint !== void 0 && !FINGERPRINT.test(fingerprint)) throw new RangeError("not a fingerprint in upper-case hexadecimal digits");
}
/** As `gpg` prints it, and people compare it. */
function inFours(fingerprint) {
	return fingerprint.match(/.{4}/g)?.join(" ") ?? fingerprint;
}

// src/domain/recovery/recovery-files.ts
/**
* For bash, where `SNAPSHOT` is an id, `get_storage` fetches an object of the storage into the working directory, the manifest is there and
* checked, and gpg has the secret key. Everything comes below `files/`. It ends with a status other than 0 at the first thing that is wrong, whatever
* the shell is set to; not as the left side of `&&`, where bash would go on.
*/
const RESTORE_SNAPSHOT = String.raw`(
set -eo pipefail
# Hash and name of every object of a kind, in the order of the manifest.
objects() {
  awk -F'"' -v kind="/$1/" '$2 == "key" { key = $4 }
    $2 == "sha256" && index(key, kind) { n = split(key, path, "/"); print $4, path[n]; key = "" }' "$SNAPSHOT.json"
}
plain() { get_storage "$1/$3" && echo "$2  $3" | sha256sum --check --quiet >&2 && gpg --decrypt "$3" | zstd -dc && rm "$3"; }
# One record for each path, the last one that there is: a line, in which \n is a line break and \b a backslash.
objects snapshots | while read -r hash file; do plain snapshots "$hash" "$file" || exit 1; done |
  sed -z 's/\\/\\b/g; s/\n/\\n/g' | tr '\0' '\n' |
  LC_ALL=C awk '{ at = index($0, "//"); last[substr($0, 1, at - 1)] = substr($0, at + 2) }
    END { for (path in last) if (last[path] != "-") print path "//" last[path] }' >index.lines
# The names of each pack, without the slash at the beginning.
LC_ALL=C awk '{ print $NF "/" substr($0, 1, index($0, "//") - 1) }' index.lines | LC_ALL=C sort |
  LC_ALL=C awk '{ at = index($0, "/"); file = "names." substr($0, 1, at - 1)
    if (file != open) close(open); open = file; print substr($0, at + 2) >file }'
records() { tr '\n' '\0' | sed -z 's/\\n/\n/g; s/\\b/\\/g'; }
mkdir files
objects packs | while read -r hash file; do
  names="names.$(basename "$file" .tar.zst.gpg)"
  [ -e "$names" ] || continue
  records <"$names" >names
  plain packs "$hash" "$file" | LC_ALL=C tar -x -C files -p --numeric-owner --xattrs --xattrs-include='*' --acls \
    --delay-directory-restore --no-recursion --null -T names || exit 1
done
# What came into a directory later changed its time.
LC_ALL=C awk '{ at = index($0, "//"); split(substr($0, at + 2), f, " ")
  if (f[1] == "d") print "@" f[3] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' time && IFS= read -r -d '' path; do touch -d "$time" -- "files$path"; done
# Is every content what was read on the server?
LC_ALL=C awk '{ at = index($0, "//"); n = split(substr($0, at + 2), f, " ")
  if (f[1] == "f" && f[n - 1] != "-") print f[n - 1] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' hash && IFS= read -r -d '' path; do
    [ "$(sha256sum <"files$path")" = "$hash  -" ] || { echo "not what it was: $path" >&2; exit 1; }
  done
# As many as the manifest says?
found=$(LC_ALL=C awk '{ split(substr($0, index($0, "//") + 2), f, " "); n[f[1]]++ }
  END { printf "%d files, %d directories, %d links\n", n["f"], n["d"], n["l"] }' index.lines)
held=$(awk '$1 ~ /^"(files|directories|links)":$/ { n[$1] = $2 + 0 }
  END { printf "%d files, %d directories, %d links\n", n["\"files\":"], n["\"directories\":"], n["\"links\":"] }' "$SNAPSHOT.json")
[ "$found" = "$held" ] || { echo "there are $found; the manifest says $held" >&2; exit 1; }
echo "$found" && echo "All files are there."
)`;
/** The page of a server that has files alone, as Markdown. Throws RangeError for a fingerprint that is none. */
function renderFilesRecovery(facts) {
	const { server, storeLocation, storeEndpoint, startedAt, recoveredTo, storage, limits } = facts;
	const signers = [...new Set(storage.flatMap(({ signedBy }) => signedBy ?? []))];
	const program = fetchNeeds(storeLocation);
	return joinPage([
		`# Bring back the files of ${escapeMarkdown(server)} as of ${formatInstant(recoveredTo)}`,
		[
			`This page restores snapshots of files with stock tools and without Lifeboat. A restore test on ${formatDay(startedAt)} read a sample of each. There was no dump of a database of this server.`,
			"**They are the ones that were tested, and not the newest any more** when this shows a later `<id>.json` in a folder `snapshots`:",
			codeBlock(listCommand(storeLocation, storeEndpoint, `${server}/storage/`), "text"),
			"To restore that one put its id into `SNAPSHOT`, and leave out the line that compares the manifest with a SHA-256.",
			"The page lies in the store, where somebody may have changed it: read each command before you paste it. Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks."
		].join("\n\n"),
		"## What you need",
		[
			`A machine with room for all files and one pack, \`bash\`, \`gpg\`, \`zstd\`, \`sha256sum\`${program === void 0 ? "" : ` and ${program}`}.`,
			"An empty directory, and in it `backup-secret-key.asc`: the secret key of one of the recipients. It is neither on the old server nor in the store. It is where you put it when it was made: a safe, a password manager, the offline copy.",
			...signers.length === 0 ? [] : ["In the same directory `trusted-signers.asc`, the public key of the signer, and on paper its fingerprint."]
		].map((line) => `- ${line}`).join("\n"),
		"## 1. Begin",
		"Start `bash` in that directory, and paste one block after the other. The shell ends at the first thing that is wrong: stop there, and begin again here when it is mended.",
		block("gpg --batch --import backup-secret-key.asc", ...signers.length === 0 ? [] : ["gpg --batch --import trusted-signers.asc"]),
		"## 2. Check who made them",
		signers.length === 0 ? "The test did not check a signature, so that nothing shows who made these snapshots. Each is compared with the one that was tested." : `The fingerprint on your paper must be ${signers.map((signer) => codeSpan(inFours(signer))).join(" or ")}; if the paper says something else, stop. The blocks below check it.`,
		"## 3. Files",
		...restoreFiles(facts, storage),
		"## What does not come back, or was not shown",
		["Databases of the server, and everything that was written after the snapshots.", ...limits.map((limit) => `Not shown by the test: ${escapeMarkdown(limit)}.`)].map((line) => `- ${line}`).join("\n")
	]);
}
/** A block for each storage, behind what the test read of it. Each says who has to have signed. */
function restoreFiles({ server, storeLocation, storeEndpoint }, storages) {
	const { command, base } = fetchCommand(storeLocation, storeEndpoint);
	const read = ({ name, share, files, snapshot, instant }) => `- ${codeSpan(name)}: snapshot ${codeSpan(snapshot)} of ${formatInstant(instant)}. The test read ${share} of its packs, and compared ${countOf(files, "file")}.`;
	return [
		storages.map(read).join("\n"),
		"As root, and with GNU `tar`, `sed` and `awk`, each comes into a new directory, with every path below `files/`; move it from there to where it belongs. For a single file `lifeboat restore-files` is simpler.",
		...storages.map(({ name, snapshot, manifestSha256, signedBy }) => {
			checkFingerprint(signedBy);
			return block(`mkdir ${name} && cd ${name}`, `SNAPSHOT=${snapshot}`, `STORAGE=${bashWord(`${base}/${storageFolder(server, name).replace(/\/$/, "")}`)}`, `get_storage() { ${command} "$STORAGE/$1" . >&2; }`, "get_storage \"snapshots/$SNAPSHOT.json\"", `echo '${manifestSha256}  ${snapshot}.json' | sha256sum --check`, ...signedBy === void 0 ? [] : [
				"# Must be the one on your paper, whatever this page says.",
				`SIGNER=${signedBy}`,
				"get_storage \"snapshots/$SNAPSHOT.json.sig\"",
				"gpg --status-fd 1 --verify \"$SNAPSHOT.json.sig\" \"$SNAPSHOT.json\" | grep \"^\\[GNUPG:] VALIDSIG .* $SIGNER\\$\""
			], RESTORE_SNAPSHOT, "cd ..");
		})
	];
}

// src/domain/recovery/recovery.ts
/** Names that SQL may hold between quotes as they are, in any mode and character set. */
const PLAIN_NAME = /^[A-Za-z0-9_-]+$/;
/** Every part that a manifest names, in the form that `sha256sum --check` reads; a manifest has one form as text. */
const listHashes = (file) => [`awk -F'"' '$2 == "key" { n = split($4, path, "/"); file = path[n] }`, `  $2 == "sha256" && file { print $4 "  " file; file = "" }' ${file} | sha256sum --check`].join("\n");
/** Markdown. Throws RangeError for a fingerprint that is none. */
function renderRecovery(facts) {
	const { manifest, signerFingerprint, replay } = facts;
	checkFingerprint(signerFingerprint);
	const parts = [
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
		...facts.test.storage === void 0 ? [] : [`## ${replay === void 0 ? 7 : 8}. Files`, ...filesOf(facts, facts.test.storage)],
		"## What does not come back, or was not shown",
		losses(facts)
	];
	return joinPage(parts);
}
function introduction({ manifest, storeLocation, storeEndpoint, replay, test }) {
	const { fetchMs, loadMs } = test.timings;
	return [
		`This page restores one backup, ${codeSpan(manifest.id)}, with stock tools and without Lifeboat. A restore test on ${formatDay(test.startedAt)} fetched it in ${formatDuration(fetchMs)} and loaded it in ${formatDuration(loadMs)}, in a sandbox with ${codeSpan(test.versions.sandboxServer)}. A server that writes every change safely to its disk takes longer.`,
		"**It is the one that was tested, and not the newest any more** when this shows a later folder with a `manifest.json`, and no label at the end of its name:",
		codeBlock(listCommand(storeLocation, storeEndpoint, `${manifest.server}/dumps/`), "text"),
		`To restore that one put its path into \`BACKUP\` and its name into the line with \`"id"\`. Leave out the line that compares \`manifest.json\` with a SHA-256, and step 6, which counts what this backup held${replay === void 0 ? "" : ", and step 7, whose binlogs follow this one"}. What was written after a dump is in \`binlogs/\` beside \`dumps/\`, if binary logs were shipped. docs/restore-by-hand.md of Lifeboat tells both in full.`,
		"The page lies in the store, where somebody may have changed it: read each command before you paste it. Its SHA-256 is `recoverySha256` in the `proof.json` next to it, which `gpg --verify proof.json.sig proof.json` checks."
	].join("\n\n");
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
function filesOf({ manifest: { server }, ...facts }, storages) {
	return ["Files that belong to this backup, whose state is a little later than that of the databases:", ...restoreFiles({
		server,
		...facts
	}, storages)];
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

// src/actions/restore-test/describe-test.ts
function describeDumpTest(examination, run, sandboxEngine) {
	return {
		recovery: renderRecovery(recoveryFacts(examination, run)),
		facts: describeProof(examination, run, sandboxEngine)
	};
}
function describeFilesTest({ sampled, limits, recoveredTo: until }, run) {
	const { server, runId, startedAt, finishedAt, lifeboatVersion, storeLocation, storeEndpoint } = run;
	const said = {
		server,
		startedAt: startedAt.toISOString(),
		recoveredTo: until,
		limits
	};
	return {
		recovery: renderFilesRecovery({
			...said,
			storage: sampled,
			storeLocation,
			...storeEndpoint === void 0 ? {} : { storeEndpoint }
		}),
		facts: {
			...said,
			kind: "files",
			id: runId,
			finishedAt: finishedAt.toISOString(),
			storage: sampled.map(describeFiles),
			versions: { lifeboat: lifeboatVersion }
		}
	};
}
function describeFiles({ signedBy, ...files }) {
	return {
		...files,
		isSigned: signedBy !== void 0
	};
}
function recoveryFacts({ backup, timings, limits, versions, replay, storage }, { startedAt, storeLocation, storeEndpoint }) {
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
			...storage.length === 0 ? {} : { storage },
			versions: { sandboxServer: versions.server }
		}
	};
}
function describeProof(examination, run, sandboxEngine) {
	const { backup, restored, versions, image, replay, storage } = examination;
	const { manifest } = backup;
	return {
		id: run.runId,
		server: run.server,
		kind: "dump",
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
		...storage.length === 0 ? {} : { storage: storage.map(describeFiles) },
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
		excluded: manifest.excluded,
		notProvable: manifest.notProvable,
		limits: examination.limits
	};
}

// src/actions/restore-test/write-proof.ts
/** Page, signature, proof: a proof is never there without what belongs to it. */
async function writeProof({ recovery, facts }, { adapters: { proofStore }, keys, signal }) {
	const bytes = serializeProof({
		...facts,
		recoverySha256: createHash("sha256").update(recovery).digest("hex")
	});
	const folder = proofFolder(facts.server, facts.id);
	await proofStore.put(folder + RECOVERY_NAME, Buffer.from(recovery), { signal });
	if (keys.proofSigningKey !== void 0) {
		const signature = await keys.proofSigningKey.sign(bytes);
		await proofStore.put(folder + PROOF_SIGNATURE_NAME, signature, { signal });
	}
	const { key } = await proofStore.put(folder + PROOF_NAME, bytes, { signal });
	return {
		proofKey: key,
		proof: parseProof(bytes, facts),
		recovery
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
async function restoreTest(inputs, keys, program, adapters, signal) {
	const { store, encryption, reporter } = adapters;
	const { server, acknowledge } = inputs;
	const { trustedProvers, trustedSigners } = keys;
	const clock = await readStoreClock(store, signal);
	const startedAt = clock.now();
	const runId = createRunId(startedAt);
	const earlier = await readEarlierProofs({
		store,
		encryption,
		server,
		trustedProvers,
		now: startedAt,
		signal
	});
	const warn = (sentence) => reporter.warning(sentence);
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		now: startedAt,
		signal,
		warn
	};
	const test = {
		inputs,
		keys,
		workplace: program.workplace,
		reading,
		runId,
		startedAt,
		signal
	};
	const tested = await hasFilesAlone(reading, earlier, acknowledge) ? await testFiles(test, adapters) : await testDumps(test, adapters);
	const run = {
		server,
		runId,
		startedAt,
		finishedAt: clock.now(),
		lifeboatVersion: program.lifeboatVersion,
		storeLocation: store.location,
		storeEndpoint: inputs.storeEndpoint
	};
	const { tried, files, failure, describe } = tested;
	return {
		tried,
		files,
		written: await (describe && reporter.group("Write the proof", () => writeProof(describe(run), {
			adapters,
			keys,
			signal
		}))),
		earlierProofs: earlier.proofs,
		failure: failure ?? (trustedProvers === void 0 ? void 0 : earlier.failures[0]),
		warnings: findWarnings(keys, clock, earlier),
		isProofSigned: keys.proofSigningKey !== void 0
	};
}
async function testDumps(test, { findHost, ...others }) {
	const { inputs, startedAt, signal } = test;
	const { reporter } = others;
	const host = await findHost(signal);
	const ports = {
		...others,
		host
	};
	const swept = await host.sweep(signal);
	if (swept > 0) reporter.info(`removed ${swept} sandboxes that earlier runs had left`);
	const candidates = await reporter.group("Look for the backup", () => findCandidates(test, ports));
	const tried = [];
	for (const candidate of candidates) {
		const result = await tryBackup(candidate, signal, (backup) => proveBackup(backup, {
			...test,
			ports
		}));
		tried.push(result);
		if (result.failure === void 0) break;
		reporter.info(`${candidate.id} is not proven: ${result.failure.message}`);
	}
	const examination = tried.length === 1 ? tried[0]?.examination : void 0;
	const failure = findFailure(inputs, tried, startedAt);
	return {
		tried,
		files: void 0,
		failure,
		describe: examination !== void 0 && failure === void 0 ? (run) => describeDumpTest(examination, run, host.name) : void 0
	};
}
async function testFiles(test, adapters) {
	const { inputs, keys, reading, runId, workplace, startedAt, signal } = test;
	const { server, acknowledge, storageSample: percent } = inputs;
	const { reporter, machine } = adapters;
	checkFilesInputs(inputs);
	reporter.info(`${server} has no dump: its files are tested alone`);
	const context = {
		...reading,
		identity: keys.identity,
		reporter,
		machine,
		percent,
		acknowledge,
		testId: runId,
		signal
	};
	const files = await reporter.group("Read a sample of the files", () => proveFiles(context, workplace));
	const failure = describeFindings(`the files of ${server} are not proven`, files.findings) ?? checkDataLoss(inputs, files.recoveredTo, startedAt);
	return {
		tried: [],
		files,
		failure,
		describe: failure === void 0 ? (run) => describeFilesTest(files, run) : void 0
	};
}
async function findCandidates({ inputs, reading }, { reporter }) {
	const { backup, label, pointInTime } = inputs;
	const latest = pointInTime.kind === "instant" ? pointInTime.at : void 0;
	const candidates = backup.kind === "id" ? [await findById(reading, backup.id)] : await findNewest(reading, inputs.walkBack, {
		latest,
		label,
		isAnchor: pointInTime.kind !== "none"
	});
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
			failure: describeFindings(`the backup ${id} is not proven`, examination.findings)
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
function describeFindings(what, findings) {
	const [first] = findings;
	if (first === void 0) return void 0;
	const named = findings.slice(0, MAX_NAMED).map(({ sentence }) => `- ${sentence}`);
	const more = findings.length - named.length;
	return new LifeboatError(first.code, [
		`${what}:`,
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
	return checkDataLoss({ maxDataLoss }, recoverableUntil(examination), startedAt);
}
function checkDataLoss({ maxDataLoss }, until, startedAt) {
	const ageMs = startedAt.getTime() - Date.parse(until);
	if (maxDataLoss !== void 0 && ageMs > maxDataLoss) return new LifeboatError("data-loss-exceeded", `the newest state that can be restored is ${formatDuration(ageMs)} old, ${formatDuration(ageMs - maxDataLoss)} older than max-data-loss (${formatDuration(maxDataLoss)})`, { hint: "The backup itself is good. Look at the runs of the backup job: since when have they failed?" });
}
function findWarnings(keys, clock, { failures }) {
	return [
		...clock.warning === void 0 ? [] : [clock.warning],
		...keys.trustedSigners === void 0 ? ["Signatures were not checked: anybody who can write to the store could have made this backup. Give `trusted-signers`."] : [],
		...failures.map(({ message }) => `An earlier proof does not count: ${message}`)
	];
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
		const { exitCode, stdout, stderr } = await inside.shell(script, once(text));
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
			`printf '%s' ${shellQuote(text)} >"$d/filter.pl"`,
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
		surveyBinlogs: (manifest, binlogs, until) => surveyBinlogs({
			...replayRequest(manifest, binlogs),
			until
		}),
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
	const { binlogPrograms: tools } = FLAVOURS[flavour];
	const { exitCode } = await new Inside(sandbox, flavour, signal).shell(findReplayTool(flavour));
	if (exitCode === 0) return;
	throw new LifeboatError("replay-tool-missing", `the image ${image.reference} has no ${tools.join(" or ")}, so that binlogs cannot be replayed in it`, { hint: `${flavour === "mysql" ? "The official MySQL images lack it. " : ""}Name an image of the same version with ${HELPERS[flavour]} and \`${tools[0] ?? ""}\` in \`replay-image\`, or leave \`point-in-time\` out: levels 1 to 3 need none.` });
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
		const tooSlow = new LifeboatError("restore-too-slow", `the restore test reached its timeout (${formatDuration(inputs.timeout)})`, { hint: "Give it more time, or a faster machine." });
		const signal = withTimeout(stop, inputs.timeout, tooSlow);
		const settings = storeSettings(inputs, context);
		const store = openStoreReader(inputs.store, settings);
		const prover = credentialsOf(inputs.proofAccessKeyId, inputs.proofSecretAccessKey);
		const proofStore = openStoreWriter(inputs.store, {
			...settings,
			...prover === void 0 ? {} : { credentials: prover },
			allowUnversioned: inputs.allowUnversioned,
			onNotice: (notice) => reporter.warning(notice)
		});
		const machine = createLocalMachine();
		try {
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
				engine: createRestoreEngine(machine),
				machine,
				reporter,
				findHost: (stopped) => createFindSandboxHost()(inputs.sandbox, stopped)
			}, signal);
			for (const warning of outcome.warnings) reporter.warning(warning);
			reporter.summary(renderTestSummary(inputs.server, outcome));
			reporter.output("passed", String(outcome.failure === void 0));
			if (outcome.written !== void 0) {
				const { proof, proofKey } = outcome.written;
				if (isOfDump(proof)) {
					reporter.output("level", proof.level);
					reporter.output("rto-seconds", proof.rtoSeconds);
				}
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

export { restoreTestAction };