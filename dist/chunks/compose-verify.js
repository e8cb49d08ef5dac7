import { t as verifyDeclaration } from "./inputs12.js";
import { a as formatSentence, i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { A as RECOVERY_NAME, Bt as countOf, D as MANIFEST_NAME, G as isTrialKey, Gt as formatInstant, Ht as formatCount, O as PROOF_NAME, P as binlogKeys, Ut as formatDay, Vt as formatBytes, Wt as formatDuration, Y as parseBackupId, et as proofFolder, in as LifeboatError, it as createRunId, nn as showUnseen, zt as DAY_MS } from "./proxy.js";
import { a as holdsBackups, c as openListing, d as isPackKey, f as keysOf, h as mapAtOnce, i as groupByServer, l as gatherServer, m as snapshotId, n as findPartFault, o as isBackupKey, p as partsOf, r as findWhole, s as listServer, t as findLateness, u as hasFilesAlone } from "./whole.js";
import { N as readStoreClock, P as isFromTheFuture, a as openStoreInspector, c as createOpenPgpEncryption, n as storeSshRules, o as openStoreReader, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { s as isOfDump } from "./earlier-proofs.js";
import { n as closingOf, r as isSameSource, t as buildTimeline } from "./binlog-timeline.js";
import { a as isReplaced, c as tryWriterDelete, n as TRIAL, o as trialKey, r as WRITER_POLICY, s as tryWriter, t as judgeSettings } from "./judge-settings.js";
import { a as storedBytesOf, i as plainBytesOf } from "./manifest-text.js";
import { v as defineAction, y as checkFor } from "./ssh-connection.js";
import { t as signerChecks } from "./signer-checks.js";
import { t as withTimeout } from "./with-timeout.js";
import { createHash } from "node:crypto";

// src/domain/stores/store-prices.ts
const AMAZON = {
	service: "Amazon S3",
	perGigabyteMonth: .023,
	tier: "Standard, us-east-1, the first 50 TB",
	readIn: "2026-08",
	source: "https://aws.amazon.com/s3/pricing/"
};
/** By the end of the endpoint's host name. */
const HOSTS = [
	[".amazonaws.com", AMAZON],
	[".backblazeb2.com", {
		service: "Backblaze B2",
		perGigabyteMonth: .006,
		tier: "pay as you go",
		readIn: "2026-04",
		source: "https://www.backblaze.com/cloud-storage/pricing"
	}],
	[".r2.cloudflarestorage.com", {
		service: "Cloudflare R2",
		perGigabyteMonth: .015,
		tier: "Standard",
		readIn: "2026-08",
		source: "https://developers.cloudflare.com/r2/pricing/"
	}]
];
/** Of the service at this address; undefined is Amazon's own. Nothing for one whose prices are not known. */
function priceOfEndpoint(endpoint) {
	if (endpoint === void 0) return AMAZON;
	return HOSTS.find(([suffix]) => endpoint.hostname.endsWith(suffix))?.[1];
}

// src/actions/verify/rules.ts
/** Rules run once a day, round to days, and take hours for everything that is due. */
const RULE_SLACK_MS = DAY_MS;
/** Whether a rule is about this object; a size that is not known is taken for one that fits. */
function applies({ prefix, moreThanBytes, lessThanBytes }, key, sizeBytes) {
	if (!key.startsWith(prefix)) return false;
	if (sizeBytes === void 0) return true;
	return (moreThanBytes === void 0 || sizeBytes > moreThanBytes) && (lessThanBytes === void 0 || sizeBytes < lessThanBytes);
}
/** When the first rule removes what is under a key; undefined: none does. */
function findEnd(key, keys, rules) {
	const current = keys.get(key)?.current;
	if (current === void 0) return void 0;
	const { lastModified, sizeBytes } = current;
	return rules.flatMap((rule) => rule.days !== void 0 && applies(rule, key, sizeBytes) ? [{
		key,
		at: lastModified.getTime() + rule.days * DAY_MS,
		rule
	}] : []).sort((a, b) => a.at - b.at)[0];
}
/**
* The end of a document that a rule is about to remove, or has begun to: rules go object by object, so that for some hours a part of it,
* or its signature, may be gone already. Undefined where there is longer to go, and for a part that the rule is not about.
*/
function findEnding(documentKey, partKey, keys, rules, now) {
	const end = findEnd(documentKey, keys, rules);
	return end !== void 0 && now.getTime() >= end.at - RULE_SLACK_MS && applies(end.rule, partKey, void 0) ? end : void 0;
}
/** A line for people. */
function describeEnd(kind, id, { rule }) {
	return `the ${kind} \`${id}\` is at its end: the bucket's rule \`${rule.id}\` has begun to remove it`;
}

// src/actions/verify/cost.ts
/** What was stored in this time is taken for what goes on. */
const OBSERVED_DAYS = 30;
const YEAR_DAYS = 365;
/** Adds up while servers are looked at one after the other. */
var Volume = class {
	currentBytes = 0;
	hiddenBytes = 0;
	#groups = /* @__PURE__ */ new Map();
	#settings;
	#oldest;
	#now;
	constructor(now, settings) {
		this.#now = this.#oldest = now.getTime();
		this.#settings = settings;
	}
	add({ key, current, hidden }) {
		for (const version of [...current === void 0 ? [] : [current], ...hidden]) {
			const storedAt = version.lastModified.getTime();
			const group = this.#groupOf(key, version.sizeBytes);
			if (version === current) this.currentBytes += version.sizeBytes;
			else this.hiddenBytes += version.sizeBytes;
			group.bytes += version.sizeBytes;
			if (this.#now - storedAt <= OBSERVED_DAYS * 864e5) group.recentBytes += version.sizeBytes;
			this.#oldest = Math.min(this.#oldest, storedAt);
		}
	}
	get bytes() {
		return this.currentBytes + this.hiddenBytes;
	}
	/** Undefined for what began less than a day ago: nothing can be told of it. */
	get bytesPerDay() {
		const days = this.#observedDays;
		return days < 1 ? void 0 : sumOf(this.#groups.values(), ({ recentBytes }) => recentBytes) / days;
	}
	/** Undefined where `bytesPerDay` is. */
	get bytesInAYear() {
		const days = this.#observedDays;
		if (days < 1) return void 0;
		return sumOf(this.#groups.values(), ({ bytes, recentBytes, removedAfterDays }) => {
			const perDay = recentBytes / days;
			const kept = bytes + perDay * YEAR_DAYS;
			return removedAfterDays === void 0 ? kept : Math.min(kept, perDay * removedAfterDays);
		});
	}
	/** Of each group. */
	get removals() {
		return [...this.#groups.keys()];
	}
	get #observedDays() {
		return Math.min(OBSERVED_DAYS, (this.#now - this.#oldest) / DAY_MS);
	}
	#groupOf(key, sizeBytes) {
		const removedAfterDays = findRemoval(key, sizeBytes, this.#settings);
		const known = this.#groups.get(removedAfterDays);
		const group = known ?? {
			removedAfterDays,
			bytes: 0,
			recentBytes: 0
		};
		if (known === void 0) this.#groups.set(removedAfterDays, group);
		return group;
	}
};
function estimateCost(volume, store) {
	const { bytes, hiddenBytes, bytesPerDay, bytesInAYear, removals } = volume;
	const days = removals.flatMap((removal) => removal ?? []);
	return {
		bytes,
		hiddenBytes,
		bytesPerDay,
		bytesInAYear,
		price: store.isBucket ? priceOfEndpoint(store.endpoint) : void 0,
		isAnyRemoved: days.length > 0,
		removedAfterDays: days.length > 0 && days.length === removals.length ? Math.max(...days) : void 0
	};
}
/** After how many days rules remove an object for good; undefined: none does. */
function findRemoval(key, sizeBytes, { expiry, keepsVersions }) {
	const rules = expiry.filter((rule) => applies(rule, key, sizeBytes));
	const [days] = rules.flatMap((rule) => rule.days ?? []).toSorted((a, b) => a - b);
	const [noncurrentDays] = rules.flatMap((rule) => rule.noncurrentDays ?? []).toSorted((a, b) => a - b);
	return days === void 0 || noncurrentDays === void 0 && keepsVersions === true ? void 0 : days + (noncurrentDays ?? 0);
}
function sumOf(all, valueOf) {
	return [...all].reduce((sum, one) => sum + valueOf(one), 0);
}
/** US dollars a month. */
function monthlyPrice(bytes, { perGigabyteMonth }) {
	return bytes / 1e9 * perGigabyteMonth;
}

// src/domain/text/badge.ts
/** https://shields.io/badges/endpoint-badge, version 1 of its schema. */
function renderBadge({ message, color }) {
	return JSON.stringify({
		schemaVersion: 1,
		label: "backups",
		message,
		color
	});
}

// src/actions/verify/report.ts
/** GitHub takes a megabyte for all outputs of a job. */
const MAX_LISTED$1 = 200;
/** Lines in the error; the summary has more. */
const MAX_NAMED = 10;
/** Of one server and storage more than that are not packed again one by one. */
const MAX_MISSING_PACKS = 2e3;
/** Keys with blanks between; when they are packed again the next run tells the rest. */
function renderMissingPacks({ missingPacks }) {
	return missingPacks.slice(0, MAX_MISSING_PACKS).join(" ");
}
function redOf({ findings }) {
	return findings.filter(({ severity }) => severity === "red");
}
/** Since when at least something is red: what was red before, and is not any more, is not seen. */
function redSince(report) {
	return redOf(report).flatMap(({ since }) => since ?? []).toSorted()[0];
}
/** The end that is furthest back; undefined when a server cannot be brought back, or there is none. */
function recoverableUntilOf({ servers }) {
	const ends = servers.map(({ recoverableUntil }) => recoverableUntil);
	return ends.includes(void 0) ? void 0 : ends.toSorted()[0];
}
/** The error that ends a run that is red; undefined when nothing is. */
function failureOf(report) {
	const red = redOf(report);
	if (red.length === 0) return void 0;
	const named = red.slice(0, MAX_NAMED).map(({ server, line }) => `- ${server === void 0 ? "" : `${server}: `}${line}`);
	const more = red.length - named.length;
	const message = [
		`the backups in ${report.location} are not healthy:`,
		...named,
		...more > 0 ? [`- and ${more} more`] : []
	].join("\n");
	return new LifeboatError("unhealthy", message, {
		variant: digestOf(red),
		hint: "The summary says what to do about each. What is known and meant goes into `acknowledge`, by the id that stands there."
	});
}
/** The same while the same is wrong: lines tell ages, which change from run to run. */
function digestOf(red) {
	const subjects = new Set(red.map(({ check, server = "", subject = "" }) => `${check} ${server} ${subject}`));
	return createHash("sha256").update([...subjects].sort().join("\n")).digest("hex").slice(0, 12);
}
function renderReportJson(report) {
	const { location, checkedAt, servers, findings, unchecked, missingPacks, cost } = report;
	const red = redOf(report);
	const { price } = cost;
	const order = [
		"red",
		"warning",
		"known",
		"note"
	];
	const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
	return JSON.stringify({
		schema: 1,
		healthy: red.length === 0,
		since: redSince(report) ?? null,
		checkedAt,
		store: location,
		recoverableUntil: recoverableUntilOf(report) ?? null,
		servers: servers.slice(0, MAX_LISTED$1).map((server) => ({
			...server,
			healthy: !red.some((finding) => finding.server === server.server)
		})),
		findings: sorted.slice(0, MAX_LISTED$1),
		findingsLeftOut: Math.max(0, findings.length - MAX_LISTED$1),
		notChecked: unchecked.slice(0, MAX_LISTED$1),
		missingPacks: missingPacks.length,
		bytes: cost.bytes,
		bytesPerDay: cost.bytesPerDay ?? null,
		bytesInAYear: cost.bytesInAYear ?? null,
		usdPerMonth: price === void 0 ? null : Number(monthlyPrice(cost.bytes, price).toFixed(2)),
		usdPerMonthInAYear: price === void 0 || cost.bytesInAYear === void 0 ? null : Number(monthlyPrice(cost.bytesInAYear, price).toFixed(2))
	}).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
/** Green only when nothing is red; the age is that of the proof that is furthest back, of files that were not given up, too. */
function renderReportBadge(report) {
	const red = redOf(report).length;
	if (red > 0) return renderBadge({
		message: countOf(red, "fault"),
		color: "red"
	});
	const given = new Set(report.findings.flatMap(({ severity, subject }) => severity === "known" ? subject ?? [] : []));
	const proofs = report.servers.flatMap(({ server, newestProof, newestSnapshots }) => [newestProof?.startedAt, ...newestSnapshots.filter(({ name }) => !given.has(`proof:${server}:files-of-${name}`)).map(({ provenAt }) => provenAt)]);
	const oldest = proofs.includes(void 0) ? void 0 : proofs.toSorted()[0];
	if (oldest === void 0) return renderBadge({
		message: "healthy, not proven",
		color: "yellow"
	});
	const ageMs = Date.parse(report.checkedAt) - Date.parse(oldest);
	return renderBadge({
		message: `healthy, proven ${formatDuration(ageMs)} ago`,
		color: "brightgreen"
	});
}

// src/actions/verify/page.ts
/** More is read by nobody; the JSON has more. */
const MAX_LISTED = 50;
function renderPage(report) {
	const { findings, unchecked } = report;
	const of = (severity) => findings.filter((finding) => finding.severity === severity);
	return `${[
		renderVerdict(report),
		renderServers(report),
		renderFindings("What is wrong", of("red")),
		renderFindings("Worth a look", of("warning")),
		renderList("Not looked at", unchecked.map(renderLine)),
		renderList("Known, and not counted", of("known").map(renderLine)),
		renderCost(report.cost),
		of("note").length === 0 ? "" : foldedDetails("Details", of("note").slice(0, MAX_LISTED).map((note) => `- ${renderLine(note)}`).join("\n"))
	].filter((part) => part !== "").join("\n\n")}\n`;
}
function renderVerdict(report) {
	const { servers, location, findings } = report;
	const red = redOf(report);
	const warnings = findings.filter(({ severity }) => severity === "warning").length;
	const where = `${countOf(servers.length, "server")} in ${codeSpan(location)}`;
	const also = warnings === 0 ? "" : `, ${countOf(warnings, "warning")}`;
	if (red.length > 0) {
		const since = redSince(report);
		return `### ❌ not healthy: ${countOf(red.length, "fault")}${also}; ${where}\n\n${since === void 0 ? "Since when cannot be told from what is in the store." : `Since ${formatInstant(since)} at the latest.`}`;
	}
	const since = servers.map(({ inTimeSince }) => inTimeSince);
	const last = since.flatMap((one) => one ?? []).toSorted().at(-1);
	return [`## ✅ healthy: ${where}${also}`, ...last === void 0 || since.includes(void 0) ? [] : [`Dumps have come in time since ${formatInstant(last)}: that is how far back those in the store can tell.`]].join("\n\n");
}
function renderServers({ servers, findings, checkedAt }) {
	if (servers.length === 0) return "";
	const ageOf = (iso) => `${keepTogether(formatDuration(Date.parse(checkedAt) - Date.parse(iso)))} ago`;
	const isRed = ({ server }) => findings.some((finding) => finding.severity === "red" && finding.server === server);
	const rows = servers.map((server) => {
		const { newestDump, newestBinlog, newestSnapshots, counts, bytes } = server;
		return [
			`${isRed(server) ? "❌" : "✅"}&nbsp;${codeSpan(server.server)}`,
			server.recoverableUntil === void 0 ? "**not at all**" : keepInTwo(formatInstant(server.recoverableUntil)),
			newestDump === void 0 ? "none" : ageOf(newestDump.instant),
			newestBinlog === void 0 ? "none" : ageOf(newestBinlog.closedAt),
			newestSnapshots.length === 0 ? "none" : newestSnapshots.map(({ name, instant }) => `${codeSpan(name)} ${ageOf(instant)}`).join(", "),
			renderProven(server),
			formatCount(counts.dumps),
			keepTogether(formatBytes(bytes))
		];
	});
	const right = (title) => ({
		title,
		align: "right"
	});
	return markdownTable([
		{ title: "Server" },
		{ title: "Can be brought back until" },
		right("Newest dump"),
		right("Newest binlog"),
		{ title: "Newest snapshots" },
		{ title: "Proven" },
		right("Dumps"),
		right("Stored")
	], rows);
}
function renderProven({ newestProof, newestSnapshots }) {
	if (newestProof === void 0) return "**never**";
	const { startedAt, level } = newestProof;
	const unproven = newestSnapshots.filter(({ provenAt }) => provenAt === void 0);
	return [
		keepTogether(formatDay(startedAt)),
		level === void 0 ? "files" : `level&nbsp;${level}`,
		...unproven.map(({ name }) => `**never** ${codeSpan(name)}`)
	].join(", ");
}
function renderFindings(title, findings) {
	return renderList(title, findings.map((finding) => {
		const { fix, subject } = finding;
		const id = subject === void 0 ? "" : ` Id: ${codeSpan(subject)}.`;
		return `${renderLine(finding)}${fix === void 0 ? "" : ` ${formatSentence(fix)}`}${id}`;
	}));
}
function renderList(title, lines) {
	if (lines.length === 0) return "";
	const listed = lines.slice(0, MAX_LISTED).map((line) => `- ${line}`);
	const more = lines.length - listed.length;
	return [
		`### ${title}`,
		"",
		...listed,
		...more > 0 ? [`- and ${formatCount(more)} more`] : []
	].join("\n");
}
/** A sentence; behind the name of its server, where it has one, it goes on in lower case. */
function renderLine({ server, line }) {
	const text = formatSentence(line);
	if (server === void 0) return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
	return `**${escapeMarkdown(server)}**: ${text}.`;
}
/** Day and time, each on one line. */
function keepInTwo(instant) {
	return instant.split(", ").map(keepTogether).join(", ");
}
/** Text of our own making: in a narrow column a number and its unit stay on one line. */
function keepTogether(text) {
	return text.replaceAll(" ", "&nbsp;");
}
function renderCost({ bytes, hiddenBytes, bytesPerDay, bytesInAYear, isAnyRemoved, removedAfterDays, price }) {
	const dollars = (of) => price === void 0 ? "" : `, about ${monthlyPrice(of, price).toFixed(2)} USD a month`;
	const hidden = hiddenBytes === 0 ? "" : ` (${formatBytes(hiddenBytes)} of it hidden versions)`;
	const removal = removedAfterDays === void 0 ? isAnyRemoved ? "rules remove part of it" : "no rule removes any of it for good" : `rules remove all of it after ${countOf(removedAfterDays, "day")}`;
	const growth = bytesPerDay === void 0 || bytesInAYear === void 0 ? "How it grows cannot be told yet." : `${formatBytes(bytesPerDay)} come in a day, and ${removal}: if it goes on like this, ${formatBytes(bytesInAYear)} in a year${dollars(bytesInAYear)}.`;
	const source = price === void 0 ? "" : ` An estimate, for keeping the data alone: ${price.service}, ${price.tier}, ${price.perGigabyteMonth} USD for a gigabyte and month as read in ${price.readIn}.`;
	return escapeMarkdown(`Stored: ${formatBytes(bytes)}${hidden}${dollars(bytes)}. ${growth}${source}`);
}

// src/actions/catalog/look-at-server.ts
/** Where something is missing the list is read once more, and all of it where the list is another one. */
async function lookAtServer({ server, keys }, list, context) {
	const seen = await gatherServer(server, keys, context).catch((error) => {
		if (error instanceof LifeboatError && error.code === "store-not-found") return void 0;
		throw error;
	});
	if (seen !== void 0 && !isAnyMissing(seen)) return seen;
	const again = await listServer(list, server);
	return seen !== void 0 && isSame(keys, again) ? seen : gatherServer(server, again, context);
}
function isAnyMissing({ refused, kept, keys }) {
	return refused.length > 0 || kept.some((each) => partsOf(each).some((part) => findPartFault(part, keys) !== void 0));
}
function isSame(before, after) {
	const isThere = ({ current }) => current !== void 0;
	return before.size === after.size && [...after].every(([key, versions]) => {
		const known = before.get(key);
		return known !== void 0 && isThere(known) === isThere(versions);
	});
}

// src/actions/verify/finding.ts
/** `identity:atlas:20261112T030512Z-7f3a9c1e-mariadb`: who acknowledges one fault does not acknowledge another of the same backup. */
function nameSubject({ check, server, subject = "" }) {
	return [
		check,
		...server === void 0 ? [] : [server],
		subject
	].join(":");
}
/** Findings by the names of their subjects; those that are named do not make the store unhealthy any more. */
function acknowledge(findings, names) {
	return findings.map((finding) => {
		if (finding.subject === void 0) return finding;
		const subject = nameSubject(finding);
		const isKnown = finding.severity === "red" && names.includes(subject);
		return {
			...finding,
			subject,
			severity: isKnown ? "known" : finding.severity
		};
	});
}
/** The first few of a list, and how many more there are. */
function nameSome(names, max = 3) {
	const named = names.slice(0, max).map((name) => `\`${name}\``);
	const more = names.length - named.length;
	return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

// src/actions/verify/main-series.ts
/** A database that no dump held for so long was given up. */
const REMEMBERED_MS = 7 * DAY_MS;
/** `wholeDumps`: newest first. Where databases were left out on purpose, `acknowledge` names the first such dump, as for its size. */
function findMainSeries({ server, dumps, refused }, wholeDumps, acknowledge) {
	const hasUnlabelled = [...dumps, ...refused.filter(({ kind }) => kind === "dump")].map(({ id }) => id).some(isUnlabelled);
	const has = (id) => !hasUnlabelled || isUnlabelled(id);
	const own = wholeDumps.filter(({ id }) => has(id));
	const meant = own.findIndex(({ id: subject }) => acknowledge.includes(nameSubject({
		check: "size",
		server,
		subject
	})));
	const from = Date.parse(own[0]?.manifest.instant ?? "") - REMEMBERED_MS;
	const names = (meant < 0 ? own : own.slice(0, meant + 1)).filter(({ manifest }) => Date.parse(manifest.instant) >= from).flatMap(({ manifest }) => manifest.databases.map(({ name }) => name));
	return {
		has,
		databases: [...new Set(names)]
	};
}
/**
* The one with which all databases are there: of each database the newest that does not leave it out, and of these the oldest.
* Undefined where there is none for some.
*/
function findFurthestBack(newestFirst, { databases }, leftOutOf) {
	const newest = databases.map((name) => newestFirst.findIndex((one) => !leftOutOf(one).includes(name)));
	return newest.includes(-1) ? void 0 : newestFirst[Math.max(0, ...newest)];
}
function isUnlabelled(id) {
	return parseBackupId(id)?.label === void 0;
}

// src/actions/verify/proven.ts
/** From here on everything was seen to be there; below, it was loaded and nothing was compared. */
const MIN_LEVEL = 2;
/** Tests take the newest backup; by hand any can be tested, which says nothing of today's. */
const MAX_BACKUP_AGE_MS = 7 * DAY_MS;
/** Of a snapshot; older ones make the test red. */
const MAX_SNAPSHOT_AGE_MS = 8 * DAY_MS;
/** Undefined for a proof that counts; one of files alone counts for those that `findFilesProof` finds in it. */
function doubtProof(proof, stored, context) {
	const why = findWrong(proof, stored, context);
	if (why !== void 0) return {
		why,
		isWrong: true
	};
	return proof.kind === "dump" ? doubtDump(proof, context) : void 0;
}
/** The newest that read files of a storage, whatever it says of the dump that they belong to. */
function findFilesProof(name, { proofs, ...stored }, context) {
	return proofs.find((proof) => proof.storage?.some((files) => files.name === name && shows(files, proof, context)) === true && findWrong(proof, stored, context) === void 0);
}
function shows({ instant, isSigned, files, directories, links }, { startedAt }, { asksWhoSigned, limits: { maxStorageAge } }) {
	const ageMs = Date.parse(startedAt) - Date.parse(instant);
	return (isSigned || !asksWhoSigned) && ageMs <= Math.max(MAX_SNAPSHOT_AGE_MS, maxStorageAge) && files + directories + links > 0;
}
/** What no test could have written. */
function findWrong({ id, server, finishedAt, storage = [], ...proof }, { dumps, snapshots, keys }, { now, hasStoreTimes }) {
	const storedAt = hasStoreTimes ? keys.get(proofFolder(server, id) + PROOF_NAME)?.current?.lastModified : void 0;
	const finished = new Date(finishedAt);
	if (isFromTheFuture(finished, now) || storedAt !== void 0 && isFromTheFuture(finished, storedAt)) return "it is of a time that had not come yet";
	const isOther = [...proof.kind === "dump" ? dumps.filter((one) => isAnother(one, proof.backup)).map((one) => one.id) : [], ...storage.filter(({ name, snapshot, manifestSha256 }) => snapshots.some((one) => one.name === name && isAnother(one, {
		id: snapshot,
		manifestSha256
	}))).map(({ name, snapshot }) => snapshotId({
		name,
		id: snapshot
	}))];
	return isOther[0] === void 0 ? void 0 : `the manifest of \`${isOther[0]}\` is another one than was tested`;
}
function isAnother(found, tested) {
	return found.id === tested.id && found.manifestSha256 !== tested.manifestSha256;
}
function doubtDump({ level, backup, startedAt }, { limits, asksWhoSigned }) {
	if (asksWhoSigned && !backup.isSigned) return {
		why: "the test did not look who signed the backup",
		isWrong: false
	};
	if (level < MIN_LEVEL) return {
		why: `level ${level}: nothing was compared`,
		isWrong: false
	};
	const ageMs = Date.parse(startedAt) - Date.parse(backup.instant);
	if (ageMs > Math.max(MAX_BACKUP_AGE_MS, limits.maxDumpAge)) return {
		why: `the backup was ${formatDuration(ageMs)} old when it was tested`,
		isWrong: false
	};
}

// src/actions/verify/judged.ts
function judgeServer(inventory, context) {
	const { now, limits } = context;
	const whole = findWhole(inventory, context);
	const ids = (kind) => new Set([...whole].filter((one) => one.kind === kind).map(({ id }) => id));
	const [dumps, binlogs, snapshots] = [
		ids("dump"),
		ids("binlog"),
		ids("snapshot")
	];
	const wholeDumps = inventory.dumps.filter(({ id }) => dumps.has(id));
	const series = groupBySeries(wholeDumps);
	const wholeSnapshots = inventory.snapshots.filter((facts) => facts.complete && snapshots.has(snapshotId(facts)));
	const isCurrent = ({ manifest }, index) => index === 0 || now.getTime() - Date.parse(manifest.instant) <= limits.maxDumpAge;
	const proofs = inventory.proofs.filter(isOfDump).filter((proof) => doubtProof(proof, inventory, context) === void 0);
	const main = findMainSeries(inventory, wholeDumps, limits.acknowledge);
	return {
		inventory,
		wholeDumps,
		series,
		proofs,
		isMain: main.has,
		mainDump: findFurthestBack(wholeDumps.filter(({ id }) => main.has(id)), main, ({ manifest }) => manifest.excluded.databases),
		mainProof: findFurthestBack(proofs.filter(({ backup }) => main.has(backup.id)), main, ({ excluded }) => excluded.databases),
		filesProofs: new Map([...inventory.storages].flatMap((name) => {
			const proof = findFilesProof(name, inventory, context);
			return proof === void 0 ? [] : [[name, proof]];
		})),
		currentDumps: [...series.values()].map(([newest]) => newest).filter(isCurrent),
		wholeBinlogs: inventory.binlogs.filter(({ manifest }) => binlogs.has(manifest.id)),
		wholeSnapshots,
		currentSnapshots: newestOfEach(wholeSnapshots)
	};
}
/** Of each storage, from a list with the newest first. */
function newestOfEach(snapshots) {
	return snapshots.filter(({ name }, index) => snapshots.findIndex((one) => one.name === name) === index);
}
/** `mariadb`, `mariadb-deploy`. */
function seriesOf(backupId) {
	const { engine = "", label } = parseBackupId(backupId) ?? {};
	return label === void 0 ? engine : `${engine}-${label}`;
}
/** The series of the newest dump comes first. */
function groupBySeries(dumps) {
	const series = /* @__PURE__ */ new Map();
	for (const backup of dumps) {
		const name = seriesOf(backup.id);
		const known = series.get(name);
		if (known === void 0) series.set(name, [backup]);
		else known.push(backup);
	}
	return series;
}
/** When the newest of them was closed, which a session's own clock cannot put off. */
function newestClosing(binlogs) {
	return binlogs.map((binlog) => ({
		id: binlog.manifest.id,
		closedAt: closingOf({
			facts: binlog.manifest.binlog,
			copies: [binlog]
		})
	})).toSorted((a, b) => a.closedAt < b.closedAt ? 1 : -1)[0];
}

// src/actions/verify/checks/ages.ts
const STOPPED = "Look at the last runs of its workflow, and whether it still runs at all.";
const checkAges = (judged, context) => [
	...findNewest(judged, context).flatMap((newest) => judgeAge(newest, context.now)),
	...noneLeft(judged),
	...findIncomplete(judged)
];
function findNewest({ series, wholeBinlogs, currentSnapshots }, { limits }) {
	const closed = newestClosing(wholeBinlogs)?.closedAt;
	return [
		...[...series].map(([name, [{ manifest }]]) => {
			const limit = {
				input: "max-dump-age",
				at: manifest.instant,
				maxAgeMs: limits.maxDumpAge
			};
			return series.size === 1 ? {
				what: "dump",
				...limit
			} : {
				what: `dump of \`${name}\``,
				...limit,
				subject: name
			};
		}),
		...closed === void 0 ? [] : [{
			what: "binlog",
			input: "max-binlog-age",
			at: closed,
			maxAgeMs: limits.maxBinlogAge
		}],
		...currentSnapshots.map(({ name, instant: at }) => ({
			what: `snapshot of \`${name}\``,
			input: "max-storage-age",
			at,
			maxAgeMs: limits.maxStorageAge,
			...series.size + currentSnapshots.length === 1 ? {} : { subject: `snapshot-of-${name}` }
		}))
	];
}
function judgeAge({ what, input, at, maxAgeMs, subject }, now) {
	const ageMs = now.getTime() - Date.parse(at);
	if (ageMs <= maxAgeMs) return [];
	return [{
		check: "age",
		severity: "red",
		line: `the newest ${what} has the state of ${formatInstant(at)}, ${formatDuration(ageMs)} ago: more than \`${input}\` (${formatDuration(maxAgeMs)})`,
		fix: STOPPED,
		since: new Date(Date.parse(at) + maxAgeMs).toISOString(),
		...subject === void 0 ? {} : { subject }
	}];
}
/** What was backed up once, or should have been, and of which nothing counts any more. */
function noneLeft({ wholeDumps, wholeBinlogs, currentSnapshots, inventory }) {
	const { binlogs, refused, proofs } = inventory;
	const hadBinlogs = binlogs.length > 0 || refused.some(({ kind }) => kind === "binlog") || proofs.some(replayedBinlogs);
	return [
		...wholeDumps.length === 0 && !hasFilesAlone(inventory) ? ["no dump"] : [],
		...wholeBinlogs.length === 0 && hadBinlogs ? ["no binlog"] : [],
		...[...inventory.storages].filter((storage) => !currentSnapshots.some(({ name }) => name === storage)).map((storage) => `no complete snapshot of \`${storage}\``)
	].map((what) => ({
		check: "age",
		severity: "red",
		line: `${what} is left that can be restored`,
		fix: STOPPED,
		subject: what.replaceAll("`", "").replaceAll(" ", "-")
	}));
}
function replayedBinlogs(proof) {
	return isOfDump(proof) && (proof.replay?.binlogs.length ?? 0) > 0;
}
/** It counts for nothing, and what it lacks is missing from day to day. */
function findIncomplete({ inventory }) {
	return newestOfEach(inventory.snapshots).flatMap(({ name, id, complete }) => {
		const line = `the newest snapshot of \`${name}\`, \`${id}\`, is not complete: something could not be read`;
		return complete ? [] : [{
			check: "age",
			severity: "warning",
			line,
			fix: "Look at the run that made it."
		}];
	});
}

// src/actions/verify/checks/bucket.ts
/** As long as the rule of docs/store-setup.md waits. */
const STALE_UPLOAD_MS = 3 * DAY_MS;
/** `manifestKey` is one that is there: whether strangers get it is tried. */
async function readBucket(inspector, settings, manifestKey, signal) {
	const isManifestPublic = manifestKey !== void 0 && await inspector.isPublic(manifestKey, signal);
	return {
		settings,
		uploads: await inspector.listUploads(signal),
		isListPublic: await inspector.isPublic(void 0, signal),
		publicKey: isManifestPublic ? manifestKey : void 0
	};
}
/** `wantedLockMs` is what `store-object-lock` says; undefined: nothing. */
function judgeBucket(facts, wantedLockMs, now) {
	const { settings, uploads, isListPublic, publicKey } = facts;
	const verdicts = judgeSettings(settings);
	const stale = (uploads ?? []).filter(({ startedAt }) => now.getTime() - startedAt.getTime() > STALE_UPLOAD_MS);
	return {
		findings: [
			...verdicts.filter(({ state }) => state === "bad").map(({ setting, what, fix }) => {
				return {
					check: "bucket",
					severity: setting === "keepsVersions" || setting === "locks" && wantedLockMs !== void 0 ? "red" : "warning",
					line: what,
					fix,
					...setting === "keepsVersions" ? { subject: "versions" } : {}
				};
			}),
			...judgeLockDays(settings, wantedLockMs),
			...judgePublic(isListPublic, publicKey),
			...judgeUploads(stale)
		],
		unchecked: [
			...verdicts.filter(({ state }) => state === "unknown").map(({ subject, why }) => ({
				check: "bucket",
				line: `${subject}: ${why}`
			})),
			...settings.expiry === void 0 ? [{
				check: "lifecycle",
				line: "whether a rule of the bucket removes what is needed: the service does not say, or the reader lacks s3:GetLifecycleConfiguration"
			}] : [],
			...uploads === void 0 ? [{
				check: "uploads",
				line: "uploads that were never completed: the service does not say, or the reader lacks s3:ListBucketMultipartUploads"
			}] : []
		]
	};
}
function judgeLockDays({ lockDays }, wantedLockMs) {
	if (lockDays === void 0 || wantedLockMs === void 0 || lockDays * 864e5 >= wantedLockMs) return [];
	return [{
		check: "lock",
		severity: "red",
		line: `the bucket locks new objects for ${countOf(lockDays, "day")}, less than \`store-object-lock\` says`,
		fix: "Lengthen its default retention (docs/store-setup.md, Retention)."
	}];
}
function judgePublic(isListPublic, publicKey) {
	if (!isListPublic && publicKey === void 0) return [];
	return [{
		check: "bucket",
		severity: "red",
		line: `the bucket is public: anybody can ${[...isListPublic ? ["list what is in it"] : [], ...publicKey === void 0 ? [] : [`get objects such as \`${publicKey}\``]].join(" and ")}, without credentials`,
		fix: "Take away the policy or the access list that allows it; on Amazon turn Block Public Access on."
	}];
}
function judgeUploads(stale) {
	const [oldest] = stale.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
	if (oldest === void 0) return [];
	return [{
		check: "uploads",
		severity: "warning",
		line: `${countOf(stale.length, "upload")} never completed, and paid for: the oldest, of \`${oldest.key}\`, began ${formatInstant(oldest.startedAt.toISOString())}`,
		fix: "Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind)."
	}];
}

// src/actions/verify/checks/chains.ts
/**
* Retention keeps binlogs for the newest days alone, and older dumps for the state of their own moment. What is missing behind a younger
* dump was no retention.
*/
const MIN_KEPT_MS = 7 * DAY_MS;
/** A replay runs one transaction after the other, and needs each of the files: beyond this it takes an hour, or one bad file is likely to end it. */
const MAX_BINLOGS = 1e3;
const MAX_REPLAYED_BYTES = 2e10;
/** Of fewer a test shows how long it takes to begin, not how fast it goes. */
const MIN_TIMED_TRANSACTIONS = 1e3;
/** Of the clock of the store against that of the database server, as in the timeline itself. */
const CLOCK_TOLERANCE_MS = 6e5;
/** Newest dump first. Chains end in each other: each is followed once. */
function followAnchors({ wholeDumps, wholeBinlogs }) {
	const followed = [];
	const anchors = wholeDumps.filter(({ manifest }) => manifest.pitrAnchor.isAnchor);
	for (const backup of anchors.toReversed()) {
		const timeline = endOfKnown(backup, followed.at(-1), wholeBinlogs) ?? buildTimeline(backup.manifest, wholeBinlogs);
		followed.push({
			backup,
			timeline
		});
	}
	return followed.toReversed();
}
/** The rest of the chain of an older dump, where it holds the file that this one was made at. */
function endOfKnown({ manifest }, older, binlogs) {
	const { source, instant, coordinates } = manifest;
	if (older === void 0 || !isSameSource(older.backup.manifest.source, source)) return void 0;
	const latest = Date.parse(instant) + CLOCK_TOLERANCE_MS;
	const isFirst = (facts) => facts.name === coordinates?.file && facts.serverId === source.serverId && Date.parse(facts.createdAt) <= latest;
	const { chain, ...rest } = older.timeline;
	const at = chain.findIndex(({ facts }) => isFirst(facts));
	const link = chain[at];
	if (link === void 0) return void 0;
	return !binlogs.some(({ manifest: { binlog } }) => isFirst(binlog) && binlog.createdAt > link.facts.createdAt) ? {
		...rest,
		chain: chain.slice(at)
	} : void 0;
}
/** Until when all of a server can be brought back: by binlogs from a dump, or as a dump has it. Undefined: not at all. */
function recoverableUntil({ mainDump }, timelines) {
	return [...mainDump === void 0 ? [] : [mainDump.manifest.instant], ...timelines.map(({ timeline }) => timeline.recoverableUntil)].toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}
function checkChains(timelines) {
	return (judged, context) => {
		const { wholeDumps, isMain, wholeBinlogs, inventory, proofs } = judged;
		if (inventory.binlogs.length === 0) return [];
		return [
			...findGaps(timelines, judged, context),
			...findAlarms(timelines, wholeBinlogs),
			...judgeNewest$1(wholeDumps.find(({ id }) => isMain(id)), timelines, wholeBinlogs),
			...judgeLength(timelines, proofs)
		];
	};
}
/** One for each gap, not for each dump before it. */
function findGaps(timelines, judged, context) {
	const isMeant = (one) => isFollowed(one, timelines) && (isBeforeBinlogs(one, context) || isAtItsEnd(one, judged, context));
	const gaps = /* @__PURE__ */ new Map();
	for (const one of timelines) {
		const { gap, chain } = one.timeline;
		if (gap === void 0) continue;
		const key = JSON.stringify([gap, chain.at(-1)?.facts.sha256 ?? one.backup.id]);
		gaps.set(key, [...gaps.get(key) ?? [], one]);
	}
	return [...gaps.values()].flatMap((before) => {
		const [newest] = before;
		if (newest === void 0) return [];
		const { gap = "", recoverableUntil: end, chain } = newest.timeline;
		const dumps = `${countOf(before.length, "dump")}, the newest \`${newest.backup.id}\``;
		if (before.every(isMeant)) return [{
			check: "chain",
			severity: "note",
			line: chain.length === 0 ? `${dumps}, from before the oldest binlogs that are kept: each brings back its own moment alone` : `${dumps}, whose binlogs rules of the bucket have begun to remove: they lead to ${formatInstant(end)}`
		}];
		return [{
			check: "chain",
			severity: "red",
			line: `binlogs: ${gap}; ${dumps}, cannot be brought forward beyond ${formatInstant(end)}`,
			fix: "Make a new dump: recovery to a point in time starts anew with it. The moments in the gap are lost.",
			subject: chain.at(-1)?.copies[0].manifest.id ?? newest.backup.id,
			since: end
		}];
	});
}
/** The chain of a newer dump is whole. */
function isFollowed({ backup }, timelines) {
	const instant = Date.parse(backup.manifest.instant);
	return timelines.some((other) => Date.parse(other.backup.manifest.instant) > instant && other.timeline.gap === void 0 && other.timeline.chain.length > 0);
}
/** Nothing of its chain is there any more. */
function isBeforeBinlogs({ backup, timeline }, { now }) {
	return timeline.chain.length === 0 && isOlderThanKept(backup, now);
}
/** Rules remove what is due on one day in no order: for some hours the rest of a chain, or the dump, outlives what is behind it. */
function isAtItsEnd({ backup, timeline }, { inventory: { server, keys } }, { settings, now }) {
	const isEnding = (key) => findEnding(key, key, keys, settings?.expiry ?? [], now) !== void 0;
	const last = timeline.chain.at(-1)?.copies[0].manifest.id;
	return isEnding(backup.folder + "manifest.json") || last !== void 0 && isOlderThanKept(backup, now) && isEnding(binlogKeys(server, last).manifest);
}
function isOlderThanKept({ manifest }, now) {
	return now.getTime() - Date.parse(manifest.instant) > MIN_KEPT_MS;
}
/** Each is about the binlog of its first name that was shipped last: another one that comes is another fault. */
function findAlarms(timelines, binlogs) {
	return [...new Set(timelines.flatMap(({ timeline }) => timeline.alarms))].map((alarm) => {
		const name = /^[^\s,:]+/.exec(alarm)?.[0];
		const subject = binlogs.find(({ manifest }) => manifest.binlog.name === name)?.manifest.id ?? alarm;
		return {
			check: "chain",
			severity: "red",
			line: `binlogs: ${alarm}`,
			subject
		};
	});
}
/** `newest`: of those that stand for the server. */
function judgeNewest$1(newest, timelines, binlogs) {
	if (newest === void 0 || binlogs.length === 0 || newest.manifest.pitrAnchor.isAnchor) return [];
	return [{
		check: "chain",
		severity: "warning",
		line: `${timelines.length === 0 ? "no dump is one that" : "the newest dump is not one that"} binlogs can be replayed onto: ${newest.manifest.pitrAnchor.reasons.join("; ")}`
	}];
}
/** What it takes to come from the newest dump that binlogs can be replayed onto to the newest moment. */
function judgeLength([newest], proofs) {
	if (newest === void 0) return [];
	const { backup, timeline } = newest;
	const facts = timeline.chain.map((link) => link.facts);
	const bytes = facts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	if (facts.length <= MAX_BINLOGS && bytes <= MAX_REPLAYED_BYTES) return [];
	const transactions = facts.reduce((sum, one) => sum + one.transactions, 0);
	return [{
		check: "chain",
		severity: "warning",
		line: `${countOf(facts.length, "binlog")} with ${formatBytes(bytes)} follow the newest dump that they can be replayed onto, \`${backup.id}\`: ${describeReplay(transactions, proofs)}`,
		fix: "Make such dumps more often: each begins a new chain."
	}];
}
function describeReplay(transactions, proofs) {
	const { replay, timings } = proofs.find(({ replay }) => (replay?.transactions ?? 0) >= MIN_TIMED_TRANSACTIONS) ?? {};
	if (replay === void 0 || timings?.replayMs === void 0) return "how long a replay takes no restore test has shown (`point-in-time`)";
	const replayMs = transactions / replay.transactions * timings.replayMs;
	return `at the rate of the newest restore test with a replay all ${formatCount(transactions)} transactions take about ${formatDuration(replayMs)}`;
}

// src/actions/verify/checks/history.ts
const checkHistory = (judged, context) => {
	const [twins, changed] = [[], []];
	for (const versions of judged.inventory.keys.values()) {
		const { key, current, hidden } = versions;
		if (!isBackupKey(key) || isTrialKey(key) || current !== void 0 && hidden.length === 0) continue;
		(isTwin(versions) ? twins : changed).push(versions);
	}
	return [...describeChanges(changed, judged, context), ...describeTwins(twins)];
};
/**
* The same bytes, twice: an answer to a run's write was lost, the request went out again, and a service that knows no conditional writes
* took both. Whatever a reader gets of them, it is what was stored first.
*/
function isTwin({ current, hidden }) {
	return current?.md5 !== void 0 && hidden.every(({ md5, sizeBytes }) => md5 === current.md5 && sizeBytes === current.sizeBytes);
}
function describeChanges(changed, { inventory: { kept } }, { settings }) {
	const rules = settings?.expiry ?? [];
	const named = new Map(kept.flatMap((each) => keysOf(each).map((key) => [key, each.id])));
	const parts = new Set(kept.flatMap((each) => partsOf(each).map(({ key }) => key)));
	const owners = /* @__PURE__ */ new Map();
	for (const versions of changed) {
		const { key, current } = versions;
		if (current === void 0 && (parts.has(key) || isExpired(versions, rules))) continue;
		const owner = named.get(key) ?? ownerOf(key);
		owners.set(owner, [...owners.get(owner) ?? [], versions]);
	}
	return [...owners].map(([owner, found]) => describe$1(owner, found, rules));
}
function describeTwins(twins) {
	if (twins.length === 0) return [];
	return [{
		check: "history",
		severity: "note",
		line: `stored twice, each time the same: ${nameSome(twins.map(({ key }) => key))}; an answer of the service was lost, and the request repeated`
	}];
}
function describe$1(owner, found, rules) {
	const names = nameSome(found.map(({ key }) => key));
	const deleted = found.flatMap(({ deletedAt }) => deletedAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
	const overwritten = found.flatMap(({ current }) => current?.lastModified ?? [])[0];
	const since = (deleted ?? overwritten)?.toISOString();
	return {
		check: "history",
		severity: "red",
		line: deleted === void 0 ? `something was written over ${names}, or it was deleted and brought back: what a reader gets is not the first version` : `deleted ${formatInstant(deleted.toISOString())}: ${names}; ${describeRest(found, deleted, rules)}`,
		fix: "No key of a backup job may do this: find out whose it was. What was deleted comes back when the deletion is deleted (docs/verify.md).",
		subject: owner,
		...since === void 0 ? {} : { since }
	};
}
function describeRest(found, deleted, rules) {
	if (found.some(({ current, hidden }) => current === void 0 && hidden.length === 0)) return "no version is left of some";
	const days = found.flatMap(({ key }) => rules.flatMap((rule) => applies(rule, key, void 0) ? rule.noncurrentDays ?? [] : []));
	if (days.length === 0) return "all of it can be brought back";
	const end = new Date(deleted.getTime() + Math.min(...days) * DAY_MS);
	return `all of it can be brought back until ${formatInstant(end.toISOString())}`;
}
function isExpired({ key, deletedAt, hidden }, rules) {
	const [version] = hidden;
	if (deletedAt === void 0) return false;
	return rules.some((rule) => rule.days !== void 0 && applies(rule, key, version?.sizeBytes) && (version === void 0 || deletedAt.getTime() - version.lastModified.getTime() >= rule.days * 864e5 - RULE_SLACK_MS));
}
/** The id of the dump, binlog or proof that a key was of, as far as the key tells. */
function ownerOf(key) {
	const [, kind = "", ...rest] = key.split("/");
	if (kind === "dumps") return rest.at(-2) ?? key;
	if (kind === "proofs") return rest[0] ?? key;
	if (kind === "binlogs") return (rest[0] ?? key).replace(/\.(?:json|json\.sig|zst\.gpg(?:\.\d+)?)$/, "");
	return key;
}

// src/actions/verify/checks/identity.ts
const DATABASE_SERVER = {
	noun: "backup",
	machine: "database server",
	isSame: isSameSource,
	describe: ({ hostName, serverId, serverUuid, sshHostKey }) => `host ${hostName}, ${serverUuid === void 0 ? `server_id ${serverId}, ${sshHostKey}` : `server_uuid ${serverUuid}`}`
};
/** Another storage of the same server may lie on a host of its own. */
const FILE_HOST = {
	noun: "snapshot",
	machine: "host",
	isSame: (a, b) => a.hostName === b.hostName && a.sshHostKey === b.sshHostKey,
	describe: ({ hostName, sshHostKey }) => `${hostName}, ${sshHostKey}`
};
const checkIdentity = ({ inventory: { dumps, binlogs, snapshots } }) => [...findOthers(DATABASE_SERVER, [...dumps.map(({ id, manifest }) => ({
	id,
	at: manifest.finishedAt,
	source: manifest.source
})), ...binlogs.map(({ manifest }) => ({
	id: manifest.id,
	at: manifest.finishedAt,
	source: manifest.source
}))]), ...newestOfEach(snapshots).flatMap(({ name }) => findOthers(FILE_HOST, snapshots.filter((snapshot) => snapshot.name === name).map((facts) => ({
	id: snapshotId(facts),
	at: facts.instant,
	source: facts.source
}))))];
function findOthers({ noun, machine, isSame, describe }, named) {
	const all = named.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
	const [newest] = all;
	if (newest === void 0) return [];
	const groups = [];
	for (const one of all) {
		const group = groups.find(([first]) => isSame(first.source, one.source));
		if (group === void 0) groups.push([one]);
		else group.push(one);
	}
	return groups.slice(1).map(([first, ...others]) => ({
		check: "identity",
		severity: "red",
		line: `${countOf(others.length + 1, noun)}, the newest \`${first.id}\`, of another ${machine} (${describe(first.source)}) than the newest of all, \`${newest.id}\` (${describe(newest.source)})`,
		fix: "Two machines must not share a name. Where it was replaced or moved, acknowledge this id.",
		subject: first.id,
		since: newest.at
	}));
}

// src/actions/verify/checks/lifecycle.ts
/** Backups that stop on the first day of a holiday must not all be gone when it ends. */
const MIN_KEPT_DAYS = 7;
const FIX$3 = "Let the rule remove everything of the store at the same age, and leave storage out of it (docs/store-setup.md, What runs leave behind).";
function checkLifecycle(timelines) {
	return (judged, { settings }) => {
		const rules = settings?.expiry ?? [];
		return rules.length === 0 ? [] : findTooEarly(judged, timelines, rules);
	};
}
/** One for each rule and kind: what goes more than a day before the manifest that needs it. */
function findTooEarly({ inventory: { kept, keys } }, timelines, rules) {
	const binlogs = new Map(kept.map((each) => [each.id, each]));
	const groups = /* @__PURE__ */ new Map();
	for (const each of kept) {
		const anchor = timelines.find(({ backup }) => backup.id === each.id);
		const links = anchor?.timeline.chain.flatMap(({ copies: [copy] }) => binlogs.get(copy.manifest.id) ?? []);
		const neededUntil = Date.parse(anchor?.backup.manifest.instant ?? "") + MIN_KEPT_MS;
		const endsOf = (one) => keysOf(one).flatMap((key) => findEnd(key, keys, rules) ?? []);
		const end = findEnd(each.manifestKey, keys, rules)?.at ?? Number.POSITIVE_INFINITY;
		const first = [...endsOf(each), ...(links ?? []).flatMap(endsOf).filter(({ at }) => at < neededUntil)].sort((a, b) => a.at - b.at)[0];
		if (first === void 0 || end - first.at <= RULE_SLACK_MS) continue;
		const name = `${first.rule.id} ${each.kind}`;
		const known = groups.get(name);
		if (known === void 0) groups.set(name, {
			first,
			needers: [each]
		});
		else known.needers.push(each);
	}
	return [...groups.values()].map(({ first, needers }) => {
		const newest = needers.toSorted((a, b) => a.finishedAt < b.finishedAt ? 1 : -1)[0];
		return {
			check: "lifecycle",
			severity: "red",
			line: `the bucket's rule \`${first.rule.id}\` removes \`${first.key}\` on ${formatDay(new Date(first.at).toISOString())}, and ${countOf(needers.length, newest?.kind ?? "")} that ${needers.length === 1 ? "stays longer needs" : "stay longer need"} such objects, the newest \`${newest?.id ?? ""}\``,
			fix: FIX$3
		};
	});
}
/** One for each rule, not for each server; `manifestKeys` are those of the newest dumps. */
function checkShortRules(rules, manifestKeys) {
	return (rules ?? []).flatMap((rule) => {
		const { id, days } = rule;
		const isAbout = manifestKeys.some((key) => applies(rule, key, void 0));
		if (days === void 0 || days >= MIN_KEPT_DAYS || !isAbout) return [];
		return [{
			check: "lifecycle",
			severity: "red",
			line: `the bucket's rule \`${id}\` removes backups after ${countOf(days, "day")}: when backups stop, nothing is left before anybody has seen it`,
			fix: `Give it ${MIN_KEPT_DAYS} days or more.`
		}];
	});
}

// src/actions/verify/checks/locks.ts
/** The store counts from its own moment, which no list tells. */
const SLACK_MS = 36e5;
const WHY = "the service does not say, or the reader lacks s3:GetObjectRetention";
/** Of each dump; each costs a request, and all are stored the same way. */
const MAX_ASKED = 5;
async function checkLocks(judged, wanted, inspector, now, signal) {
	if (wanted === void 0) return {
		findings: [],
		unchecked: []
	};
	const findings = [];
	for (const question of listQuestions(judged)) {
		const locks = await readLocks(question, inspector, signal);
		if (locks === void 0) return describeUntold(judged, wanted);
		const ended = findEnded(question, locks, now);
		findings.push(...ended, ...findShort(question, locks, ended.length > 0, judged, wanted.ms));
	}
	return {
		findings,
		unchecked: []
	};
}
function listQuestions({ currentDumps, wholeBinlogs: [binlog], currentSnapshots, inventory }) {
	const keptOf = (kind, wanted) => inventory.kept.filter((one) => one.kind === kind && one.id === wanted);
	return [
		...currentDumps.flatMap(({ id }) => keptOf("dump", id).map((kept) => ({
			subject: seriesOf(id),
			keys: [kept.manifestKey, ...partsOf(kept).map(({ key }) => key)].slice(0, MAX_ASKED)
		}))),
		...(binlog === void 0 ? [] : keptOf("binlog", binlog.manifest.id)).map((kept) => ({
			subject: "binlogs",
			keys: partsOf(kept).map(({ key }) => key)
		})),
		...currentSnapshots.flatMap((facts) => keptOf("snapshot", snapshotId(facts)).map((kept) => askAboutSnapshot(facts.name, kept, inventory.keys)))
	];
}
function askAboutSnapshot(name, kept, keys) {
	const storedAt = (key) => keys.get(key)?.current?.lastModified.getTime() ?? 0;
	const byAge = partsOf(kept).map(({ key }) => key).toSorted((a, b) => storedAt(a) - storedAt(b));
	const packs = byAge.filter(isPackKey);
	const index = byAge.filter((key) => !isPackKey(key));
	const oldest = [...packs.slice(0, 1), ...index.slice(0, 1)];
	return {
		subject: `storage/${name}`,
		keys: [.../* @__PURE__ */ new Set([
			kept.manifestKey,
			...packs.slice(-1),
			...oldest
		])],
		oldest: {
			keys: oldest,
			snapshot: kept.id
		}
	};
}
/** Undefined where nobody tells. */
async function readLocks({ keys }, inspector, signal) {
	const locks = /* @__PURE__ */ new Map();
	for (const key of keys) {
		const until = await readLock(key, inspector, signal);
		if (until === void 0) return void 0;
		locks.set(key, until);
	}
	return locks;
}
/** A service that answers in a way of its own does not tell. */
async function readLock(key, inspector, signal) {
	try {
		return await inspector.readLock(key, signal);
	} catch (error) {
		if (isRefusal(error) && !signal.aborted) return void 0;
		throw error;
	}
}
function isRefusal(error) {
	return error instanceof LifeboatError && error.class === "store" && error.code !== "store-unreachable";
}
function findEnded({ subject, oldest }, locks, now) {
	const [first] = (oldest?.keys ?? []).flatMap((key) => ({
		key,
		until: locks.get(key) ?? now
	})).filter(({ until }) => until < now).sort((a, b) => a.until.getTime() - b.until.getTime());
	if (oldest === void 0 || first === void 0) return [];
	const until = first.until.toISOString();
	return [{
		check: "lock",
		severity: "red",
		line: `the newest snapshot \`${oldest.snapshot}\` needs \`${first.key}\`, whose lock ended on ${formatDay(until)}: who may delete can end this snapshot and every other that needs it`,
		fix: "Let `sync-storage` store it again before that: a smaller `refresh-after`, or a longer lock (docs/store-setup.md, Retention).",
		subject: `${subject}/ended`,
		since: until
	}];
}
/** Not locked, or for less than is wanted. Of what has a lock that is over that is said already. */
function findShort({ subject, oldest }, locks, hasEnded, { inventory: { keys } }, lockMs) {
	const faults = [...locks].flatMap(([key, until]) => {
		const storedAt = keys.get(key)?.current?.lastModified.getTime() ?? 0;
		if (until === null) return [`\`${key}\` is not locked`];
		if (until.getTime() >= storedAt + lockMs - SLACK_MS || hasEnded && oldest?.keys.includes(key)) return [];
		return [`\`${key}\` is locked until ${formatDay(until.toISOString())} only`];
	});
	const [first] = faults;
	if (first === void 0) return [];
	const more = faults.length === 1 ? "" : `; ${faults.length - 1} more that belong to it are not either`;
	return [{
		check: "lock",
		severity: "red",
		line: `${first}, and should be for ${lockMs / DAY_MS} days from when it was stored${more}`,
		fix: "Set the bucket's default retention (docs/store-setup.md, Retention): what is stored from then on is locked.",
		subject
	}];
}
function describeUntold({ inventory: { server } }, { isAskedFor }) {
	const line = `whether the newest backups are locked: ${WHY}`;
	if (!isAskedFor) return {
		findings: [],
		unchecked: [{
			check: "lock",
			server,
			line
		}]
	};
	return {
		findings: [{
			check: "lock",
			severity: "red",
			line: `whether the newest backups are locked cannot be told, and \`store-object-lock\` asks for it: ${WHY}`,
			fix: "Give the reader's policy of docs/store-setup.md, or leave `store-object-lock` out."
		}],
		unchecked: []
	};
}

// src/actions/verify/checks/manifests.ts
const checkManifests = ({ inventory }, context) => [...inventory.refused.map((refused) => judgeRefused(refused, inventory.keys, context)), ...inventory.kept.flatMap((kept) => {
	if (isFromTheFuture(new Date(kept.finishedAt), context.now)) return describeFuture(kept);
	const lateMs = context.hasStoreTimes ? findLateness(kept, inventory.keys) : void 0;
	if (lateMs === void 0) return [];
	const direction = lateMs > 0 ? "after" : "before";
	return {
		check: "manifest",
		severity: "red",
		line: `the ${kept.kind} \`${kept.id}\` says that it was finished ${formatInstant(kept.finishedAt)}, and was stored ${formatDuration(Math.abs(lateMs))} ${direction} that: it does not count as fresh`,
		fix: "Somebody put it there again, or copied it. Where you did, acknowledge its id.",
		subject: kept.id
	};
})];
function judgeRefused({ kind, id, key, failure, storedAt }, keys, { settings, now }) {
	const check = kind === "proof" ? "proof" : "manifest";
	const signature = `${key}.sig`;
	const end = keys.get(signature)?.current === void 0 ? findEnding(key, signature, keys, settings?.expiry ?? [], now) : void 0;
	if (end !== void 0) return {
		check,
		severity: "note",
		line: describeEnd(kind, id, end)
	};
	return {
		check,
		severity: "red",
		line: `the ${kind} \`${id}\` does not count: ${failure.message}`,
		...failure.hint === void 0 ? {} : { fix: failure.hint },
		subject: id,
		since: storedAt.toISOString()
	};
}
function describeFuture({ kind, id, finishedAt }) {
	return {
		check: "manifest",
		severity: "red",
		line: `the ${kind} \`${id}\` says that it was finished ${formatInstant(finishedAt)}, which has not come yet: it does not count`,
		fix: "A clock was wrong when it was made, or somebody forged it: find out which.",
		subject: id
	};
}

// src/actions/verify/checks/leftovers.ts
const checkLeftovers = ({ inventory: { unfinished, unnamed } }) => {
	const own = unnamed.filter(({ isOwn }) => isOwn).length;
	return [
		...unfinished === 0 ? [] : note(`${countOf(unfinished, "run")} without a manifest: failed, or still at work; no backups`),
		...own === 0 ? [] : note(`${countOf(own, "object")} that no manifest names`),
		...unnamed.flatMap(judgePlain),
		...judgeStrangers(unnamed.filter((one) => !one.isOwn && !isPlain(one)))
	];
};
function note(line) {
	return [{
		check: "object",
		severity: "note",
		line
	}];
}
function isPlain({ start }) {
	return start !== void 0 && "reason" in start;
}
function judgePlain({ key, start, lastModified }) {
	if (start === void 0 || !("reason" in start)) return [];
	const name = showUnseen(key);
	return [{
		check: "recipient",
		severity: "red",
		line: `\`${name}\` belongs to no backup, and nothing shows that it is encrypted: ${start.reason}`,
		fix: "Whoever may read the store may be able to read it: find out who put it there, and take it away. What is meant to lie there, acknowledge.",
		subject: name,
		since: lastModified.toISOString()
	}];
}
function judgeStrangers(strangers) {
	if (strangers.length === 0) return [];
	return [{
		check: "object",
		severity: "warning",
		line: `${countOf(strangers.length, "encrypted object")} of somebody else among the backups: ${nameSome(strangers.map(({ key }) => key))}`,
		fix: "Find out who put that there. Nobody looks whether it is good: keep it elsewhere."
	}];
}

// src/actions/verify/checks/objects.ts
const FIX$2 = "What is hidden behind a deletion comes back when the deletion is deleted (docs/verify.md). What is gone is gone: find out who may delete, and make a new backup; for files with `repack` (docs/verify.md).";
const checkObjects = ({ inventory: { kept, keys } }, context) => kept.flatMap((each) => {
	const faults = partsOf(each).flatMap((part) => {
		const fault = findPartFault(part, keys);
		return fault === void 0 ? [] : [{
			key: part.key,
			fault,
			wanted: part.sizeBytes
		}];
	});
	const [first] = faults;
	if (first === void 0) return [];
	const ends = faults.map(({ key, fault }) => {
		const end = findEnding(each.manifestKey, key, keys, context.settings?.expiry ?? [], context.now);
		return end !== void 0 && isDoneByRule(fault, end) ? end : void 0;
	});
	const [end] = ends;
	if (end !== void 0 && !ends.includes(void 0)) return [{
		check: "object",
		severity: "note",
		line: describeEnd(each.kind, each.id, end)
	}];
	const more = faults.length - 1;
	return [{
		check: "object",
		severity: "red",
		line: `the ${each.kind} \`${each.id}\` cannot be restored: \`${first.key}\` ${describeFault(first.fault, first.wanted)}${more > 0 ? `, and ${more} more of its objects` : ""}`,
		fix: FIX$2,
		subject: each.id,
		...first.fault.what === "deleted" ? { since: first.fault.deletedAt.toISOString() } : {}
	}];
});
/** Nobody gains by deleting what goes today anyway; what was deleted before, or has another size, was no rule. */
function isDoneByRule(fault, end) {
	if (fault.what === "deleted") return fault.deletedAt.getTime() >= end.at - RULE_SLACK_MS;
	return fault.what === "gone";
}
function describeFault(fault, wanted) {
	if (fault.what === "gone") return "is gone";
	if (fault.what === "size") return `has ${fault.sizeBytes} bytes, not ${wanted}`;
	return `${`was deleted ${formatInstant(fault.deletedAt.toISOString())}`}, and ${fault.isThere ? "is still there as an older version" : "no version of its size is left"}`;
}
/** Packs and index objects that snapshots need and that are not there as they should be: `sync-storage` can store them again. */
function findMissingPacks(kept, keys) {
	const missing = kept.filter(({ kind }) => kind === "snapshot").flatMap(partsOf).filter((part) => findPartFault(part, keys) !== void 0);
	return [...new Set(missing.map(({ key }) => key))];
}

// src/actions/verify/checks/proofs.ts
const FIX$1 = "Run `restore-test` (docs/restore-tests.md).";
const FILES_FIX = "Run `restore-test` (docs/restore-tests.md), without `storage-sample: 0%`. Where these files were given up, acknowledge this id.";
const checkProofs = (judged, context) => [
	...tellDoubts(judged, context),
	...hasFilesAlone(judged.inventory) ? [] : judgeDumps(judged, context),
	...newestOfEach(judged.inventory.snapshots).flatMap(({ name }) => judgeFiles(name, judged, context))
];
function tellDoubts({ inventory }, context) {
	return inventory.proofs.flatMap((proof, index) => {
		const doubt = doubtProof(proof, inventory, context);
		if (doubt === void 0 || !doubt.isWrong && index > 0) return [];
		const line = `the proof \`${proof.id}\` does not count: ${doubt.why}`;
		return [{
			check: "proof",
			severity: doubt.isWrong ? "red" : "note",
			line,
			subject: proof.id
		}];
	});
}
function judgeDumps({ proofs, mainProof }, context) {
	return judgeNewest(mainProof?.startedAt, context, {
		never: proofs.length === 0 ? "never proven: nobody has seen a backup restore" : "never proven: of all databases nobody has seen a backup restore, only of dumps that have a label, or leave out some",
		newest: "the newest proof",
		fix: FIX$1
	});
}
function judgeFiles(name, { filesProofs }, context) {
	return judgeNewest(filesProofs.get(name)?.startedAt, context, {
		never: `files of \`${name}\` were never proven: no restore test has read any of them`,
		newest: `the newest proof that read files of \`${name}\``,
		fix: FILES_FIX,
		subject: `files-of-${name}`
	});
}
function judgeNewest(startedAt, { now, limits: { maxProofAge } }, { never, newest, ...about }) {
	if (startedAt === void 0) return [{
		check: "proof",
		severity: maxProofAge === void 0 ? "warning" : "red",
		line: never,
		...about
	}];
	const ageMs = now.getTime() - Date.parse(startedAt);
	if (maxProofAge === void 0 || ageMs <= maxProofAge) return [];
	return [{
		check: "proof",
		severity: "red",
		line: `${newest} is of ${formatInstant(startedAt)}, ${formatDuration(ageMs)} ago: more than \`max-proof-age\` (${formatDuration(maxProofAge)})`,
		...about,
		since: new Date(Date.parse(startedAt) + maxProofAge).toISOString()
	}];
}

// src/actions/verify/checks/recipients.ts
/** Time to replace a key, and for more than one person to be on holiday. */
const EXPIRES_SOON_MS = 30 * DAY_MS;
const checkRecipients = (judged, { recipients }) => {
	const { inventory, currentDumps, wholeBinlogs, currentSnapshots } = judged;
	const ids = /* @__PURE__ */ new Set([
		...currentDumps.map(({ id }) => id),
		wholeBinlogs[0]?.manifest.id,
		...currentSnapshots.map(snapshotId)
	]);
	const newest = inventory.kept.filter(({ id }) => ids.has(id));
	return [
		...inventory.kept.flatMap((kept) => judgeStarts(kept, inventory.starts)),
		...recipients === void 0 ? [] : newest.flatMap((kept) => judgeChoice(kept, recipients)),
		...recipients === void 0 ? [] : newest.flatMap((kept) => judgeEarlier(kept, recipients)),
		...judgeNumber(newest)
	];
};
/** The first object of a manifest that is not what it says. */
function judgeStarts({ kind, id, messages }, starts) {
	for (const { parts, recipients } of messages) {
		const key = parts[0]?.key ?? "";
		const start = starts.get(key);
		const fault = start && describeStart(start, recipients);
		if (fault === void 0) continue;
		return [{
			check: "recipient",
			severity: "red",
			line: `the ${kind} \`${id}\`: \`${key}\` ${fault}`,
			fix: "It is not what was stored: look for older versions of it, and find out who wrote this one.",
			subject: id
		}];
	}
	return [];
}
function describeStart(start, recipients) {
	if ("reason" in start) return `is no message for its recipients: ${start.reason}`;
	const missing = recipients.filter((keyId) => !start.keyIds.includes(keyId));
	const others = start.keyIds.filter((keyId) => !recipients.includes(keyId));
	if (others.length > 0) return `is encrypted to ${nameSome(others)}, which its manifest does not name`;
	return missing.length > 0 ? `is not encrypted to ${nameSome(missing)}, which its manifest names` : void 0;
}
function judgeChoice(kept, recipients) {
	const { kind, id } = kept;
	const wanted = recipients.map(({ encryptionKeyId }) => encryptionKeyId);
	const own = ownMessages(kept);
	const found = [...new Set(own.flatMap((message) => message.recipients))];
	const missing = wanted.filter((keyId) => !own.every((message) => message.recipients.includes(keyId)));
	const others = found.filter((keyId) => !wanted.includes(keyId));
	if (missing.length === 0 && others.length === 0) return [];
	return [{
		check: "recipient",
		severity: "red",
		line: `the newest ${kind} \`${id}\` is ${[...missing.length === 0 ? [] : [`not encrypted to ${nameSome(missing)}, which \`recipients\` has`], ...others.length === 0 ? [] : [`encrypted to ${nameSome(others)}, which \`recipients\` has not`]].join(", and ")}`,
		fix: "Give backup jobs and `verify` the same recipients.",
		subject: id
	}];
}
/** What a snapshot needs of earlier runs: packed for all recipients again by the runs that come. */
function judgeEarlier(kept, recipients) {
	const own = ownMessages(kept);
	const earlier = kept.messages.filter((message) => !own.includes(message));
	const isForAll = (message) => recipients.every(({ encryptionKeyId }) => message.recipients.includes(encryptionKeyId));
	const others = earlier.filter((message) => !isForAll(message)).length;
	if (others === 0) return [];
	return [{
		check: "recipient",
		severity: "warning",
		line: `the newest ${kept.kind} \`${kept.id}\` needs ${countOf(others, "object")} of earlier runs that ${others === 1 ? "is" : "are"} not encrypted to all of \`recipients\`: whoever has one of the newer keys alone cannot restore it yet`,
		fix: "Keep the older secret keys: `sync-storage` stores these objects again, in 14 runs at most."
	}];
}
/** One key can be lost. */
function judgeNumber(newest) {
	const alone = newest.filter(({ messages }) => messages.some(({ recipients }) => new Set(recipients).size < 2));
	if (alone.length === 0) return [];
	return [{
		check: "recipient",
		severity: "warning",
		line: `there is only one recipient of ${nameSome(alone.map(({ id }) => id))}: if its secret key is lost, so is all that is encrypted to it alone`,
		fix: "Add one that is kept offline (docs/keys.md, Another recipient)."
	}];
}
/** A snapshot also needs what earlier runs stored, for the recipients of their time. */
function ownMessages({ kind, id, messages }) {
	return messages.filter(({ parts: [first] }) => kind !== "snapshot" || isOfRun(first?.key ?? "", id));
}
/** `id` is that of a snapshot with its storage: `files/20261120T033500Z-7f3a9c1e`. */
function isOfRun(key, id) {
	return key.split("/").at(-1)?.startsWith(id.split("/")[1] ?? "") === true;
}
/** Of the keys themselves; once, not for each server. */
function checkExpiry(recipients, now) {
	return recipients.flatMap(({ encryptionKeyId, userId, expiresAt }) => {
		if (expiresAt === void 0 || expiresAt.getTime() - now.getTime() > EXPIRES_SOON_MS) return [];
		const since = new Date(expiresAt.getTime() - EXPIRES_SOON_MS).toISOString();
		return [{
			check: "recipient",
			severity: "red",
			line: `the recipient \`${encryptionKeyId}\` (${userId}) expires on ${formatDay(expiresAt.toISOString())}: backups stop the day before`,
			fix: "Extend it, and give the backup jobs the new public key (docs/keys.md, When a key expires).",
			since
		}];
	});
}

// src/actions/verify/hash-stored.ts
/** Of one object that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;
/** SHA-256; undefined: it went away. */
async function hashStored(key, store, signal) {
	for (let attempt = 1;; attempt += 1) try {
		const hash = createHash("sha256");
		for await (const chunk of await store.get(key, signal)) hash.update(chunk);
		return hash.digest("hex");
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		if (error.code === "store-not-found") return void 0;
		if (error.code !== "store-unreachable" || attempt === ATTEMPTS || signal.aborted) throw error;
	}
}

// src/actions/verify/checks/runbook.ts
async function checkRunbook({ inventory }, { store, signal }) {
	const [proof] = inventory.proofs;
	if (proof === void 0) return [];
	const key = proofFolder(proof.server, proof.id) + RECOVERY_NAME;
	const found = await hashStored(key, store, signal);
	if (found === proof.recoverySha256) return [];
	const fix = "Take that of an earlier proof, or docs/restore-by-hand.md; the next restore test writes a new one.";
	if (found === void 0) return [{
		check: "proof",
		severity: "warning",
		line: `\`${key}\` is gone: how to restore by hand`,
		fix
	}];
	return [{
		check: "proof",
		severity: "red",
		line: `\`${key}\` is not the page that its proof names: who follows it runs commands of somebody else`,
		fix: `Find out who wrote it. ${fix}`,
		subject: proof.id
	}];
}

// src/actions/verify/checks/sizes.ts
/** How many earlier ones the newest is compared with. */
const COMPARED = 10;
const FIX = "Look whether somebody deleted data. Where it was meant, acknowledge this id.";
const SHOWN = {
	sql: (bytes) => `${formatBytes(bytes)} of SQL`,
	rows: (rows) => `${formatCount(rows)} rows`,
	files: (files) => `${formatCount(files)} files`,
	bytes: (bytes) => `${formatBytes(bytes)} of files`
};
const checkSizes = ({ series, isMain, wholeSnapshots, currentSnapshots, inventory: { server } }, { limits }) => [...[...series.values()].flatMap((dumps) => [
	...isMain(dumps[0].id) ? judgeSize(dumps[0], limits) : [],
	...judgeShrinking(dumps.map(countDump), server, limits),
	...judgeCompleteness(dumps[0])
]), ...currentSnapshots.flatMap(({ name }) => judgeShrinking(wholeSnapshots.filter((snapshot) => snapshot.name === name).map(countSnapshot), server, limits))];
function judgeSize({ id, manifest }, { minSize }) {
	const bytes = storedBytesOf(manifest);
	if (minSize === void 0 || bytes >= minSize) return [];
	return [{
		check: "size",
		severity: "red",
		line: `the dump \`${id}\` is stored in ${formatBytes(bytes)}, less than \`min-size\` (${formatBytes(minSize)})`,
		fix: FIX,
		subject: id,
		since: manifest.instant
	}];
}
/** The newest, which comes first, beside the ones before it. */
function judgeShrinking([newest, ...before], server, { maxShrink, acknowledge }) {
	const compared = before.slice(0, COMPARED);
	const meant = compared.findIndex(({ id }) => acknowledge.includes(nameSubject({
		check: "size",
		server,
		subject: id
	})));
	const earlier = meant < 0 ? compared : compared.slice(0, meant + 1);
	if (newest === void 0 || earlier.length === 0) return [];
	const { kind, id, instant } = newest;
	return [...new Map(earlier.flatMap((one) => one.figures).map((figure) => [`${figure.unit} ${figure.database ?? ""}`, figure])).values()].flatMap((figure) => {
		const now = valueOf(newest, figure);
		const usual = medianOf(earlier.flatMap((one) => valueOf(one, figure) ?? []));
		if (now === null || usual === void 0 || usual === 0) return [];
		const shrunk = (1 - now / usual) * 100;
		if (shrunk <= maxShrink) return [];
		const { unit, database } = figure;
		const what = database === void 0 ? "" : `, database \`${database}\``;
		return [{
			check: "size",
			severity: "red",
			line: `the ${kind} \`${id}\`${what} has ${SHOWN[unit](now)}, ${Math.floor(shrunk)}% less than the median of the last ${earlier.length} before it (${SHOWN[unit](usual)}): more than \`max-shrink\` (${maxShrink}%)`,
			fix: FIX,
			subject: id,
			since: instant
		}];
	});
}
function judgeCompleteness({ id, manifest: { complete, instant } }) {
	if (complete) return [];
	return [{
		check: "size",
		severity: "red",
		line: `the dump \`${id}\` is not complete: something that was chosen could not be dumped`,
		subject: id,
		since: instant
	}];
}
function countDump({ id, manifest }) {
	const plain = plainBytesOf(manifest);
	return {
		kind: "dump",
		id,
		instant: manifest.instant,
		figures: [{
			unit: "sql",
			value: plain > 0 ? plain : storedBytesOf(manifest)
		}, ...manifest.databases.map(({ name, rows }) => ({
			unit: "rows",
			database: name,
			value: rows
		}))]
	};
}
function countSnapshot(facts) {
	const { files, bytes } = facts.holds;
	return {
		kind: "snapshot",
		id: snapshotId(facts),
		instant: facts.instant,
		figures: [{
			unit: "files",
			value: files
		}, {
			unit: "bytes",
			value: bytes
		}]
	};
}
/** 0 of a database that is not there. */
function valueOf({ figures }, { unit, database }) {
	const found = figures.find((figure) => figure.unit === unit && figure.database === database);
	return found === void 0 ? 0 : found.value;
}
function medianOf(values) {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
	return low === void 0 || high === void 0 ? void 0 : (low + high) / 2;
}

// src/actions/verify/checks/tables.ts
const checkTables = ({ series, proofs, inventory: { dumps } }) => [...series].flatMap(([name, [newest, before]]) => {
	const proof = proofs.filter(isOfDump).find(({ backup }) => seriesOf(backup.id) === name);
	const sinceBefore = before === void 0 ? [] : judgeSinceBefore(newest, before);
	return [...sinceBefore, ...proof === void 0 ? [] : [
		...sinceBefore.length > 0 ? [] : judgeSinceProof(newest, proof),
		...judgeWayBack(dumps.find(({ manifestSha256 }) => manifestSha256 === proof.backup.manifestSha256), proof),
		...tellLimits(proof)
	]];
});
function judgeSinceBefore({ id, manifest }, before) {
	const gone = findFewer(before.manifest.databases, manifest.databases);
	if (gone.length === 0) return [];
	return [{
		check: "size",
		severity: "warning",
		line: `the dump \`${id}\` has fewer tables than the one before: gone are ${nameSome(gone)}`
	}];
}
function judgeSinceProof({ id, manifest }, { id: proofId, startedAt, ...proof }) {
	const gone = manifest.instant > proof.backup.instant ? findFewer(proof.databases, manifest.databases) : [];
	if (gone.length === 0) return [];
	return [{
		check: "size",
		severity: "warning",
		line: `the dump \`${id}\` has fewer tables than the restore test \`${proofId}\` brought back ${formatDay(startedAt)}: gone are ${nameSome(gone)}`
	}];
}
/** What no sandbox can hold was left out of the test: it is in the dump, and nobody has seen it come back. */
function judgeWayBack(tested, { id, databases, notProvable }) {
	const missing = findFewer(tested?.manifest.databases ?? [], databases);
	if (missing.length === 0) return [];
	const why = notProvable.map((one) => `${one.what}: ${one.why}`).join("; ");
	return [{
		check: "proof",
		severity: "warning",
		line: `the restore test \`${id}\` did not bring back every table of its dump: missing are ${nameSome(missing)}${why === "" ? "" : ` (${why})`}`,
		fix: "Restore these once by hand, on a server like the source (docs/restore-by-hand.md)."
	}];
}
function tellLimits({ id, notProvable, limits }) {
	const open = [...notProvable.map(({ what, why }) => `${what} (${why})`), ...limits];
	if (open.length === 0) return [];
	return [{
		check: "proof",
		severity: "note",
		line: `what the proof \`${id}\` does not show: ${open.join("; ")}`
	}];
}
/** `shop: 2 of 12`, for each database that has fewer, or is not there. */
function findFewer(before, now) {
	return before.flatMap(({ name, tables }) => {
		const left = now.find((database) => database.name === name)?.tables ?? 0;
		return left < tables ? [`${name}: ${tables - left} of ${tables}`] : [];
	});
}

// src/actions/verify/checks/writer.ts
async function checkWriter(writer, inspector, server, now, signal) {
	const findings = [];
	const onExcess = (subject, what) => {
		const line = `the writer's key ${what}`;
		findings.push({
			check: "writer",
			severity: "red",
			line,
			fix: WRITER_POLICY,
			subject
		});
	};
	const onLeftBehind = (key) => findings.push({
		check: "writer",
		severity: "warning",
		line: `what was tried with the writer's key left \`${key}\``,
		fix: "Delete it with a key that may."
	});
	try {
		const stored = await writer.put(trialKey(server, createRunId(now)), TRIAL, { signal });
		if (await isReplaced(writer, stored, signal)) onExcess("replace", "may replace what is stored: whoever steals it can destroy backups");
		const trial = {
			writer,
			inspector,
			server,
			signal,
			onExcess,
			onLeftBehind
		};
		await tryWriter(trial, stored);
		await tryWriterDelete(trial, stored);
		return {
			findings,
			unchecked: []
		};
	} catch (error) {
		if (!(error instanceof LifeboatError && error.class === "store" && error.code !== "store-unreachable") || signal.aborted) throw error;
		const line = `the writer's key could not be tried: it could not store an object below \`${server}/\` (${error.message})`;
		findings.push({
			check: "writer",
			severity: "red",
			line,
			fix: WRITER_POLICY
		});
		return {
			findings,
			unchecked: []
		};
	}
}

// src/actions/verify/describe-server.ts
function describeServer(judged, timelines, maxDumpAge) {
	const { inventory, wholeDumps, wholeBinlogs, currentSnapshots, filesProofs } = judged;
	const [dump] = wholeDumps;
	const isOfFiles = hasFilesAlone(inventory);
	const snapshots = currentSnapshots.map(({ name, instant }) => ({
		name,
		instant,
		provenAt: filesProofs.get(name)?.startedAt
	}));
	const count = (wanted) => inventory.kept.filter(({ kind }) => kind === wanted).length;
	let bytes = 0;
	for (const { current } of inventory.keys.values()) bytes += current?.sizeBytes ?? 0;
	return {
		server: inventory.server,
		recoverableUntil: isOfFiles ? snapshots.map(({ instant }) => instant).toSorted()[0] : recoverableUntil(judged, timelines),
		newestDump: dump && {
			id: dump.id,
			instant: dump.manifest.instant
		},
		newestBinlog: newestClosing(wholeBinlogs),
		newestSnapshots: snapshots,
		newestProof: isOfFiles ? findFilesProofs(judged) : describeProof(judged.mainProof),
		inTimeSince: findInTimeSince(judged, maxDumpAge),
		counts: {
			dumps: count("dump"),
			binlogs: count("binlog"),
			snapshots: count("snapshot")
		},
		bytes
	};
}
function describeProof(proof) {
	return proof && {
		id: proof.id,
		startedAt: proof.startedAt,
		level: proof.level
	};
}
/** The one that is furthest back; undefined where a storage was never proven. */
function findFilesProofs({ currentSnapshots, filesProofs }) {
	const proofs = currentSnapshots.map(({ name }) => filesProofs.get(name));
	const oldest = proofs.toSorted((a, b) => Date.parse(a?.startedAt ?? "") - Date.parse(b?.startedAt ?? ""))[0];
	return oldest === void 0 || proofs.includes(void 0) ? void 0 : {
		id: oldest.id,
		startedAt: oldest.startedAt
	};
}
/** Back from the newest dump, as long as none came later than the limit after the one before it. */
function findInTimeSince({ wholeDumps }, maxDumpAge) {
	let since;
	for (const { manifest } of wholeDumps) {
		if (since !== void 0 && Date.parse(since) - Date.parse(manifest.instant) > maxDumpAge) break;
		since = manifest.instant;
	}
	return since;
}

// src/actions/verify/not-asked.ts
function listNotAsked({ readBack, writerAccessKeyId }, { trustedSigners, trustedProvers, recipients }, isBucket) {
	return [
		trustedSigners === void 0 && {
			check: "manifest",
			line: "who signed the manifests: give `trusted-signers`"
		},
		trustedProvers === void 0 && {
			check: "proof",
			line: "who signed the proofs: give `trusted-provers`"
		},
		recipients === void 0 && {
			check: "recipient",
			line: "whether the newest backups are encrypted to exactly your keys, and whether one of these expires soon: give `recipients`"
		},
		isBucket && writerAccessKeyId === void 0 && {
			check: "writer",
			line: "what the writer's key may do: give `writer-access-key-id`"
		},
		!isBucket && {
			check: "bucket",
			line: "versions, locks, rules and who may read: this kind of store has none of its own to ask for"
		},
		readBack === "none" && {
			check: "read-back",
			line: "whether the bytes of objects are still those that were stored: set `read-back`"
		}
	].filter((line) => line !== false);
}

// src/actions/verify/read-back.ts
/** A prime, so that a run every day, or every seventh, comes by every slice. */
const SLICES = 31;
const READS_AT_ONCE = 4;
/** Of the objects that are there, each once. */
function choosePart(key, mode, now) {
	if (mode === "all") return true;
	return createHash("sha256").update(key).digest().readUInt32BE() % 31 === Math.floor(now.getTime() / DAY_MS) % 31;
}
async function readBack({ kept, keys }, mode, { store, now, signal }) {
	const chosen = /* @__PURE__ */ new Map();
	for (const owner of kept) for (const part of partsOf(owner)) if (keys.get(part.key)?.current !== void 0 && choosePart(part.key, mode, now)) chosen.set(part.key, {
		part,
		owner
	});
	const findings = await mapAtOnce([...chosen.values()], READS_AT_ONCE, async ({ part, owner }) => {
		const fault = await comparePart(part, owner, store, signal);
		return fault === void 0 ? [] : [describe(part, owner, fault)];
	});
	const bytes = [...chosen.values()].reduce((sum, { part }) => sum + part.sizeBytes, 0);
	const line = `read back ${mode === "all" ? "everything" : `the slice of today, 1 of ${31}`}: ${countOf(chosen.size, "object")}, ${formatBytes(bytes)}`;
	return [...findings.flat(), {
		check: "read-back",
		severity: "note",
		line
	}];
}
/** Undefined: it is what was stored, or its manifest went with it. */
async function comparePart(part, owner, store, signal) {
	const found = await hashStored(part.key, store, signal);
	if (found === part.sha256) return void 0;
	if (found !== void 0) return `has the SHA-256 ${found}, not ${part.sha256}`;
	return await hashStored(owner.manifestKey, store, signal) === void 0 ? void 0 : "went away while it was read";
}
function describe({ key }, { kind, id }, fault) {
	return {
		check: "read-back",
		severity: "red",
		line: `the ${kind} \`${id}\` cannot be restored: \`${key}\` ${fault}`,
		fix: "It is not what was stored: look for older versions of it, and find out who wrote this one.",
		subject: id
	};
}

// src/actions/verify/verify.ts
/** Throws what keeps it from looking; what it sees is in the report. */
async function verify(inputs, keys, ports, signal) {
	const { store, inspector, reporter } = ports;
	const clock = await readStoreClock(store, signal);
	const now = clock.now();
	const settings = await inspector?.readSettings(signal);
	const look = {
		inputs,
		keys,
		ports,
		context: {
			now,
			limits: inputs,
			settings,
			recipients: keys.recipients instanceof LifeboatError ? void 0 : keys.recipients,
			asksWhoSigned: keys.trustedSigners !== void 0,
			hasStoreTimes: inspector !== void 0
		},
		signal
	};
	const findings = [...judgeKeys(keys, now), ...judgeClock(clock)];
	const { list, hasVersions } = await openListing(ports, inputs.server, signal);
	const unchecked = [...listNotAsked(inputs, keys, inspector !== void 0), ...inspector === void 0 || hasVersions ? [] : [noVersions(inputs.server)]];
	const volume = new Volume(now, {
		expiry: settings?.expiry ?? [],
		keepsVersions: settings?.keepsVersions
	});
	const servers = [];
	for await (const listed of groupByServer(list, inputs.server)) {
		const { server, keys: serverKeys } = listed;
		for (const versions of serverKeys.values()) volume.add(versions);
		if (holdsBackups(serverKeys)) servers.push(await reporter.group(`Look at ${server}`, () => lookAt(listed, list, look)));
		else if (inputs.server.includes(server)) findings.push(nothingLeft(server));
	}
	if (servers.length === 0 && inputs.server.length === 0) findings.push(nothingAtAll(store.location));
	const manifestKeys = servers.flatMap(({ manifestKey }) => manifestKey ?? []);
	const verdicts = [
		...servers,
		{
			findings: checkShortRules(settings?.expiry, manifestKeys),
			unchecked: []
		},
		...await lookAtStore(servers[0], look)
	];
	return {
		location: store.location,
		checkedAt: now.toISOString(),
		servers: servers.map(({ report }) => report),
		findings: acknowledge([...findings, ...verdicts.flatMap((verdict) => verdict.findings)], inputs.acknowledge),
		unchecked: [...unchecked, ...verdicts.flatMap((verdict) => verdict.unchecked)],
		missingPacks: servers.flatMap(({ missingPacks }) => missingPacks),
		cost: estimateCost(volume, {
			isBucket: inputs.store.kind === "s3",
			endpoint: inputs.storeEndpoint
		})
	};
}
async function lookAt(listed, list, look) {
	const { inputs, keys, ports, context, signal } = look;
	const { inspector, reporter } = ports;
	const { now, settings } = context;
	const { server } = listed;
	const reading = {
		...ports,
		...keys,
		now,
		signal,
		looksInside: true
	};
	const inventory = await lookAtServer(listed, list, reading);
	const judged = judgeServer(inventory, context);
	const timelines = followAnchors(judged);
	const locks = await (inspector && checkLocks(judged, wantedLock(inputs, settings), inspector, now, signal));
	const findings = [
		...runChecks(judged, context, timelines),
		...await checkRunbook(judged, reading),
		...inputs.readBack === "none" ? [] : await readBack(inventory, inputs.readBack, reading),
		...locks?.findings ?? []
	];
	const red = findings.filter(({ severity }) => severity === "red").length;
	reporter.info(`${inventory.keys.size} keys, ${inventory.kept.length} manifests, ${red} faults`);
	const newest = inventory.kept.find(({ id }) => id === judged.wholeDumps[0]?.id) ?? inventory.kept[0];
	return {
		findings: findings.map((finding) => ({
			...finding,
			server
		})),
		unchecked: locks?.unchecked ?? [],
		report: describeServer(judged, timelines, inputs.maxDumpAge),
		missingPacks: findMissingPacks(inventory.kept, inventory.keys),
		manifestKey: newest?.manifestKey
	};
}
/** What is the same for all servers; strangers and the writer's key are tried on one of them. */
async function lookAtStore(example, look) {
	const { inputs, ports, context, signal } = look;
	const { inspector, writer } = ports;
	const { now, settings } = context;
	const verdicts = [];
	if (inspector !== void 0 && settings !== void 0) {
		const facts = await readBucket(inspector, settings, example?.manifestKey, signal);
		verdicts.push(judgeBucket(facts, inputs.storeObjectLock, now));
	}
	if (writer !== void 0 && example !== void 0) verdicts.push(await checkWriter(writer.writer, writer.inspector, example.report.server, now, signal));
	return verdicts;
}
function runChecks(judged, context, timelines) {
	return [...[
		checkManifests,
		checkObjects,
		checkAges,
		checkChains(timelines),
		checkProofs,
		checkIdentity
	], ...[
		checkSizes,
		checkTables,
		checkRecipients,
		checkHistory,
		checkLifecycle(timelines),
		checkLeftovers
	]].flatMap((check) => check(judged, context));
}
/** Keys that cannot be encrypted to any more are no reason not to look at the rest. */
function judgeKeys({ recipients }, now) {
	if (recipients === void 0) return [];
	if (!(recipients instanceof LifeboatError)) return checkExpiry(recipients, now);
	const { message, hint } = recipients;
	return [{
		check: "recipient",
		severity: "red",
		line: message,
		...hint === void 0 ? {} : { fix: hint }
	}];
}
function judgeClock({ warning }) {
	if (warning === void 0) return [];
	return [{
		check: "server",
		severity: "warning",
		line: warning.replace(/\.$/, "")
	}];
}
function wantedLock({ storeObjectLock }, settings) {
	if (storeObjectLock !== void 0) return {
		ms: storeObjectLock,
		isAskedFor: true
	};
	return settings?.lockDays === void 0 ? void 0 : {
		ms: settings.lockDays * DAY_MS,
		isAskedFor: false
	};
}
function noVersions([server]) {
	return {
		check: "history",
		line: `deletions and hidden versions: the service keeps none, or the reader lacks s3:ListBucketVersions ${server === void 0 ? "for the whole store (one that is limited to some servers needs their names in `server`)" : `below \`${server}/\``}`
	};
}
function nothingLeft(server) {
	return {
		check: "server",
		severity: "red",
		server,
		line: "nothing of this server is in the store",
		fix: "Check `server` and the prefix in `store`."
	};
}
function nothingAtAll(location) {
	return {
		check: "server",
		severity: "red",
		line: `no server has a backup in \`${location}\``,
		fix: "Check the prefix in `store`."
	};
}

// src/entries/compose-verify.ts
const encryption = createOpenPgpEncryption();
const { inputs: declared } = verifyDeclaration;
const verifyAction = defineAction(verifyDeclaration, {
	rules: storeSshRules,
	checks: () => ({
		...signerChecks(declared, encryption),
		recipients: checkFor(declared, ["recipients"], ({ recipients }) => readRecipients(recipients))
	}),
	run: async (inputs, keys, context) => {
		const { reporter, signal: stop } = context;
		const tooSlow = new LifeboatError("verify-too-slow", `verify reached its timeout (${formatDuration(inputs.timeout)}) before there was a verdict`, { hint: "Give it more time, or less to do: `read-back: sample`, or fewer servers in one run." });
		const signal = withTimeout(stop, inputs.timeout, tooSlow);
		const settings = storeSettings(inputs, context);
		const store = openStoreReader(inputs.store, settings);
		const inspector = openStoreInspector(inputs.store, settings);
		const { writerAccessKeyId: accessKeyId, writerSecretAccessKey: secretAccessKey } = inputs;
		const writer = accessKeyId === void 0 || secretAccessKey === void 0 ? void 0 : openWriter(inputs.store, {
			...settings,
			credentials: {
				accessKeyId,
				secretAccessKey
			}
		});
		try {
			const report = await verify(inputs, keys, {
				store,
				inspector,
				writer,
				encryption,
				reporter
			}, signal);
			reporter.summary(renderPage(report));
			reporter.output("healthy", String(redOf(report).length === 0));
			reporter.output("report", renderReportJson(report));
			reporter.output("recoverable-until", recoverableUntilOf(report) ?? "");
			reporter.output("missing-packs", renderMissingPacks(report));
			reporter.output("badge", renderReportBadge(report));
			const failure = failureOf(report);
			if (failure !== void 0) throw failure;
		} finally {
			for (const one of [
				store,
				inspector,
				writer?.writer,
				writer?.inspector
			]) await one?.close();
		}
	}
});
/** A key that expired is something to tell, and no reason not to look. */
async function readRecipients(armored) {
	if (armored === void 0) return void 0;
	try {
		return await encryption.readRecipients(armored, /* @__PURE__ */ new Date());
	} catch (error) {
		if (error instanceof LifeboatError && error.code === "recipient-unusable") return error;
		throw error;
	}
}
function openWriter(location, settings) {
	const inspector = openStoreInspector(location, settings);
	const writer = openStoreWriter(location, {
		...settings,
		allowUnversioned: true
	});
	return inspector === void 0 ? void 0 : {
		writer,
		inspector
	};
}

export { verifyAction };