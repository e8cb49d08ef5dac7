import { t as verifyDeclaration } from "./inputs6.js";
import { a as formatSentence, i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as formatDay, D as PROOF_NAME, E as MANIFEST_NAME, Ht as formatInstant, Lt as countOf, Q as proofFolder, Rt as formatBytes, Vt as formatDuration, en as LifeboatError, nt as createRunId, q as parseBackupId, zt as formatCount } from "./proxy.js";
import { N as readStoreClock, P as isFromTheFuture, a as openStoreInspector, c as createOpenPgpEncryption, n as storeSshRules, o as openStoreReader, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { n as closingOf, r as isSameSource, t as buildTimeline } from "./binlog-timeline.js";
import { a as holdsBackups, c as gatherServer, d as mapAtOnce, i as groupByServer, l as keysOf, n as findPartFault, o as isBackupKey, r as findWhole, s as openListing, t as findLateness, u as partsOf } from "./whole.js";
import { a as isReplaced, c as tryWriterDelete, n as TRIAL, o as trialKey, r as WRITER_POLICY, s as tryWriter, t as judgeSettings } from "./judge-settings.js";
import { r as plainBytesOf } from "./manifest.js";
import { _ as defineAction, v as checkFor } from "./ssh-connection.js";
import { t as signerChecks } from "./signer-checks.js";
import { createHash } from "node:crypto";

// src/domain/store-prices.ts
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

// src/actions/verify/cost.ts
const DAY_MS$5 = 864e5;
/** What was stored in this time is taken for what goes on. */
const OBSERVED_DAYS = 30;
const YEAR_DAYS = 365;
/** Adds up while servers are looked at one after the other. */
var Volume = class {
	currentBytes = 0;
	hiddenBytes = 0;
	#recentBytes = 0;
	#oldest;
	#now;
	constructor(now) {
		this.#now = this.#oldest = now.getTime();
	}
	add({ current, hidden }) {
		for (const version of [...current === void 0 ? [] : [current], ...hidden]) {
			const storedAt = version.lastModified.getTime();
			if (version === current) this.currentBytes += version.sizeBytes;
			else this.hiddenBytes += version.sizeBytes;
			if (this.#now - storedAt <= OBSERVED_DAYS * DAY_MS$5) this.#recentBytes += version.sizeBytes;
			this.#oldest = Math.min(this.#oldest, storedAt);
		}
	}
	get bytes() {
		return this.currentBytes + this.hiddenBytes;
	}
	/** Undefined for what began less than a day ago: nothing can be told of it. */
	get bytesPerDay() {
		const days = Math.min(OBSERVED_DAYS, (this.#now - this.#oldest) / DAY_MS$5);
		return days < 1 ? void 0 : this.#recentBytes / days;
	}
};
function estimateCost(volume, expiry, store) {
	const days = expiry.filter((rule) => rule.prefix === "" && rule.days !== void 0).map((rule) => (rule.days ?? 0) + (rule.noncurrentDays ?? 0));
	const removedAfterDays = days.length === 0 ? void 0 : Math.min(...days);
	const { bytes, hiddenBytes, bytesPerDay } = volume;
	return {
		bytes,
		hiddenBytes,
		bytesPerDay,
		bytesInAYear: bytesPerDay && (removedAfterDays === void 0 ? bytes + bytesPerDay * YEAR_DAYS : bytesPerDay * Math.min(YEAR_DAYS, removedAfterDays)),
		removedAfterDays,
		price: store.isBucket ? priceOfEndpoint(store.endpoint) : void 0
	};
}
/** US dollars a month. */
function monthlyPrice(bytes, { perGigabyteMonth }) {
	return bytes / 1e9 * perGigabyteMonth;
}

// src/domain/badge.ts
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
/** Green only when nothing is red; the age is that of the proof that is furthest back. */
function renderReportBadge(report) {
	const red = redOf(report).length;
	if (red > 0) return renderBadge({
		message: countOf(red, "fault"),
		color: "red"
	});
	const proofs = report.servers.map(({ newestProof }) => newestProof?.startedAt);
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
		renderList("Not looked at", unchecked.map(({ server, line }) => `${prefix(server)}${formatSentence(line)}`)),
		renderList("Known, and not counted", of("known").map(({ server, line }) => `${prefix(server)}${formatSentence(line)}`)),
		renderCost(report.cost),
		of("note").length === 0 ? "" : foldedDetails("Details", of("note").slice(0, MAX_LISTED).map(({ server, line }) => `- ${prefix(server)}${formatSentence(line)}`).join("\n"))
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
	const ago = (iso) => `${formatDuration(Date.parse(checkedAt) - Date.parse(iso))} ago`;
	const isRed = ({ server }) => findings.some((finding) => finding.severity === "red" && finding.server === server);
	const rows = servers.map((server) => {
		const { newestDump, newestBinlog, newestProof, newestSnapshots, counts, bytes } = server;
		return [
			`${isRed(server) ? "❌" : "✅"} ${codeSpan(server.server)}`,
			server.recoverableUntil === void 0 ? "**not at all**" : formatInstant(server.recoverableUntil),
			newestDump === void 0 ? "none" : ago(newestDump.instant),
			newestBinlog === void 0 ? "none" : ago(newestBinlog.closedAt),
			newestSnapshots.length === 0 ? "none" : newestSnapshots.map(({ name, instant }) => `${codeSpan(name)} ${ago(instant)}`).join(", "),
			newestProof === void 0 ? "**never**" : `level ${newestProof.level}, ${formatDay(newestProof.startedAt)}`,
			formatCount(counts.dumps),
			formatBytes(bytes)
		];
	});
	const right = (title) => ({
		title,
		align: "right"
	});
	return markdownTable([
		{ title: "Server" },
		{ title: "Can be brought back until" },
		right("Dump"),
		right("Binlog"),
		{ title: "Storage" },
		{ title: "Proven" },
		right("Dumps"),
		right("Stored")
	], rows);
}
function renderFindings(title, findings) {
	return renderList(title, findings.map(({ server, line, fix, subject }) => {
		const id = subject === void 0 ? "" : ` Id: ${codeSpan(subject)}.`;
		return `${prefix(server)}${formatSentence(line)}.${fix === void 0 ? "" : ` ${formatSentence(fix)}`}${id}`;
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
function prefix(server) {
	return server === void 0 ? "" : `**${escapeMarkdown(server)}**: `;
}
function renderCost({ bytes, hiddenBytes, bytesPerDay, bytesInAYear, removedAfterDays, price }) {
	const dollars = (of) => price === void 0 ? "" : `, about ${monthlyPrice(of, price).toFixed(2)} USD a month`;
	const hidden = hiddenBytes === 0 ? "" : ` (${formatBytes(hiddenBytes)} of it hidden versions)`;
	const growth = bytesPerDay === void 0 || bytesInAYear === void 0 ? "How it grows cannot be told yet." : `${formatBytes(bytesPerDay)} come in a day${removedAfterDays === void 0 ? ", and no rule removes any of it" : `, and a rule removes them after ${countOf(removedAfterDays, "day")}`}: if it goes on like this, ${formatBytes(bytesInAYear)} in a year${dollars(bytesInAYear)}.`;
	const source = price === void 0 ? "" : ` An estimate, for keeping the data alone: ${price.service}, ${price.tier}, ${price.perGigabyteMonth} USD for a gigabyte and month as read in ${price.readIn}.`;
	return escapeMarkdown(`Stored: ${formatBytes(bytes)}${hidden}${dollars(bytes)}. ${growth}${source}`);
}

// src/actions/verify/proven.ts
/** From here on everything was seen to be there; below, it was loaded and nothing was compared. */
const MIN_LEVEL = 2;
/** Tests take the newest backup; by hand any can be tested, which says nothing of today's. */
const MAX_BACKUP_AGE_MS = 6048e5;
/** Undefined for a proof that counts. */
function doubtProof({ id, server, level, backup, startedAt, finishedAt }, { dumps, keys }, { now, limits, hasStoreTimes, asksWhoSigned }) {
	const storedAt = hasStoreTimes ? keys.get(proofFolder(server, id) + PROOF_NAME)?.current?.lastModified : void 0;
	const finished = new Date(finishedAt);
	if (isFromTheFuture(finished, now) || storedAt !== void 0 && isFromTheFuture(finished, storedAt)) return {
		why: "it is of a time that had not come yet",
		isWrong: true
	};
	const dump = dumps.find((one) => one.id === backup.id);
	if (dump !== void 0 && dump.manifestSha256 !== backup.manifestSha256) return {
		why: `the manifest of \`${backup.id}\` is another one than was tested`,
		isWrong: true
	};
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

// src/actions/verify/context.ts
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
	const isCurrent = ({ manifest }, index) => index === 0 || now.getTime() - Date.parse(manifest.instant) <= limits.maxDumpAge;
	return {
		inventory,
		wholeDumps,
		series,
		currentDumps: [...series.values()].map(([newest]) => newest).filter(isCurrent),
		wholeBinlogs: inventory.binlogs.filter(({ manifest }) => binlogs.has(manifest.id)),
		wholeSnapshots: inventory.snapshots.filter(({ name, id, complete }) => complete && snapshots.has(`${name}/${id}`)),
		proofs: inventory.proofs.filter((proof) => doubtProof(proof, inventory, context) === void 0)
	};
}
/** The series of the newest dump comes first. */
function groupBySeries(dumps) {
	const series = /* @__PURE__ */ new Map();
	for (const backup of dumps) {
		const { engine = "", label } = parseBackupId(backup.id) ?? {};
		const name = label === void 0 ? engine : `${engine}-${label}`;
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
function findNewest({ series, wholeBinlogs, wholeSnapshots }, { limits }) {
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
		...newestOfEach(wholeSnapshots).map(({ name, instant: at }) => ({
			what: `snapshot of \`${name}\``,
			input: "max-storage-age",
			at,
			maxAgeMs: limits.maxStorageAge
		}))
	];
}
/** Of each storage. */
function newestOfEach(snapshots) {
	return snapshots.filter(({ name }, index) => snapshots.findIndex((one) => one.name === name) === index);
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
function noneLeft({ wholeDumps, wholeBinlogs, wholeSnapshots, inventory }) {
	const { binlogs, snapshots, refused } = inventory;
	const storages = /* @__PURE__ */ new Set([...snapshots.map(({ name }) => name), ...refused.flatMap(({ kind, id }) => kind === "snapshot" ? id.split("/")[0] ?? [] : [])]);
	const isStorageAlone = storages.size > 0 && inventory.dumps.length + binlogs.length + inventory.proofs.length + inventory.unfinished === 0 && refused.every(({ kind }) => kind === "snapshot");
	const hadBinlogs = binlogs.length > 0 || refused.some(({ kind }) => kind === "binlog");
	return [
		...wholeDumps.length === 0 && !isStorageAlone ? ["no dump"] : [],
		...wholeBinlogs.length === 0 && hadBinlogs ? ["no binlog"] : [],
		...[...storages].filter((storage) => !wholeSnapshots.some(({ name }) => name === storage)).map((storage) => `no complete snapshot of \`${storage}\``)
	].map((what) => ({
		check: "age",
		severity: "red",
		line: `${what} is left that can be restored`,
		fix: STOPPED,
		subject: what.replaceAll("`", "").replaceAll(" ", "-")
	}));
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
const DAY_MS$4 = 864e5;
/** As long as the rule of docs/store-setup.md waits. */
const STALE_UPLOAD_MS = 3 * DAY_MS$4;
/** `manifestKey` is one that is there: whether strangers get it is tried. */
async function readBucket(inspector, manifestKey, signal) {
	const isManifestPublic = manifestKey !== void 0 && await inspector.isPublic(manifestKey, signal);
	return {
		settings: await inspector.readSettings(signal),
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
	if (lockDays === void 0 || wantedLockMs === void 0 || lockDays * DAY_MS$4 >= wantedLockMs) return [];
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
/** Until when a server can be brought back: by binlogs from a dump, or as a dump has it. Undefined: not at all. */
function recoverableUntil({ wholeDumps }, timelines) {
	return [...wholeDumps.map(({ manifest }) => manifest.instant), ...timelines.map(({ timeline }) => timeline.recoverableUntil)].toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}
function checkChains(timelines) {
	return ({ wholeDumps, wholeBinlogs, inventory }) => {
		if (inventory.binlogs.length === 0) return [];
		return [
			...findGaps(timelines),
			...findAlarms(timelines, wholeBinlogs),
			...judgeNewest$1(wholeDumps, timelines, wholeBinlogs)
		];
	};
}
/** One for each gap, not for each dump before it. */
function findGaps(timelines) {
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
		return [{
			check: "chain",
			severity: "red",
			line: `binlogs: ${gap}; ${countOf(before.length, "dump")}, the newest \`${newest.backup.id}\`, cannot be brought forward beyond ${formatInstant(end)}`,
			fix: "Make a new dump: recovery to a point in time starts anew with it. The moments in the gap are lost.",
			subject: chain.at(-1)?.copies[0].manifest.id ?? newest.backup.id,
			since: end
		}];
	});
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
function judgeNewest$1([newest], timelines, binlogs) {
	if (newest === void 0 || binlogs.length === 0 || newest.manifest.pitrAnchor.isAnchor) return [];
	return [{
		check: "chain",
		severity: "warning",
		line: `${timelines.length === 0 ? "no dump is one that" : "the newest dump is not one that"} binlogs can be replayed onto: ${newest.manifest.pitrAnchor.reasons.join("; ")}`
	}];
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

// src/actions/verify/checks/lifecycle.ts
const DAY_MS$3 = 864e5;
/** Backups that stop on the first day of a holiday must not all be gone when it ends. */
const MIN_KEPT_DAYS = 7;
const FIX$3 = "Let the rule remove everything of the store at the same age, and leave storage out of it (docs/store-setup.md, What runs leave behind).";
/** Whether a rule is about this object; a size that is not known is taken for one that fits. */
function applies({ prefix, moreThanBytes, lessThanBytes }, key, sizeBytes) {
	if (!key.startsWith(prefix)) return false;
	if (sizeBytes === void 0) return true;
	return (moreThanBytes === void 0 || sizeBytes > moreThanBytes) && (lessThanBytes === void 0 || sizeBytes < lessThanBytes);
}
function checkLifecycle(timelines) {
	return (judged, { settings }) => {
		const rules = (settings?.expiry ?? []).filter(({ days }) => days !== void 0);
		if (rules.length === 0) return [];
		return findTooEarly(judged, timelines, rules);
	};
}
/** When the first rule removes what is under a key; undefined: none does. */
function findEnd(key, keys, rules) {
	const current = keys.get(key)?.current;
	if (current === void 0) return void 0;
	const { lastModified, sizeBytes } = current;
	return rules.filter((rule) => applies(rule, key, sizeBytes)).map((rule) => ({
		key,
		at: lastModified.getTime() + (rule.days ?? 0) * DAY_MS$3,
		rule
	})).sort((a, b) => a.at - b.at)[0];
}
/** One for each rule and kind: what goes more than a day before the manifest that needs it. */
function findTooEarly({ inventory: { kept, keys } }, timelines, rules) {
	const binlogs = new Map(kept.map((each) => [each.id, each]));
	const groups = /* @__PURE__ */ new Map();
	for (const each of kept) {
		const links = (timelines.find(({ backup }) => backup.id === each.id)?.timeline.chain ?? []).flatMap(({ copies: [copy] }) => binlogs.get(copy.manifest.id) ?? []);
		const end = findEnd(each.manifestKey, keys, rules)?.at ?? Number.POSITIVE_INFINITY;
		const first = [each, ...links].flatMap(partsOf).flatMap(({ key }) => findEnd(key, keys, rules) ?? []).sort((a, b) => a.at - b.at)[0];
		if (first === void 0 || end - first.at <= 864e5) continue;
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
			line: `the bucket's rule \`${first.rule.id}\` removes \`${first.key}\` on ${formatDay(new Date(first.at).toISOString())}, and ${countOf(needers.length, newest?.kind ?? "")} that stay longer need such objects, the newest \`${newest?.id ?? ""}\``,
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

// src/actions/verify/checks/history.ts
/** Rules run once a day, and round. */
const RULE_SLACK_MS = DAY_MS$3;
const checkHistory = ({ inventory: { keys, kept } }, { settings }) => {
	const rules = settings?.expiry ?? [];
	const named = new Map(kept.flatMap((each) => keysOf(each).map((key) => [key, each.id])));
	const owners = /* @__PURE__ */ new Map();
	for (const versions of keys.values()) {
		const { key, current, hidden } = versions;
		if (!isBackupKey(key) || current !== void 0 && hidden.length === 0) continue;
		if (current === void 0 && (named.has(key) || isExpired(versions, rules))) continue;
		const owner = named.get(key) ?? ownerOf(key);
		owners.set(owner, [...owners.get(owner) ?? [], versions]);
	}
	return [...owners].map(([owner, found]) => describe$2(owner, found, rules));
};
function describe$2(owner, found, rules) {
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
	const end = new Date(deleted.getTime() + Math.min(...days) * DAY_MS$3);
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
const checkIdentity = ({ inventory: { dumps, binlogs } }) => {
	const all = [...dumps.map(({ id, manifest }) => ({
		id,
		at: manifest.finishedAt,
		source: manifest.source
	})), ...binlogs.map(({ manifest }) => ({
		id: manifest.id,
		at: manifest.finishedAt,
		source: manifest.source
	}))].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
	const [newest] = all;
	if (newest === void 0) return [];
	const groups = [];
	for (const one of all) {
		const group = groups.find(([first]) => isSameSource(first.source, one.source));
		if (group === void 0) groups.push([one]);
		else group.push(one);
	}
	return groups.slice(1).map(([first, ...others]) => ({
		check: "identity",
		severity: "red",
		line: `${countOf(others.length + 1, "backup")}, the newest \`${first.id}\`, of another database server (${describe$1(first.source)}) than the newest of all, \`${newest.id}\` (${describe$1(newest.source)})`,
		fix: "Two servers must not share a name. Where the server was replaced or moved, acknowledge this id.",
		subject: first.id,
		since: newest.at
	}));
};
function describe$1({ hostName, serverId, serverUuid, sshHostKey }) {
	return `host ${hostName}, ${serverUuid === void 0 ? `server_id ${serverId}, ${sshHostKey}` : `server_uuid ${serverUuid}`}`;
}

// src/actions/verify/checks/locks.ts
const DAY_MS$2 = 864e5;
/** The store counts from its own moment, which no list tells. */
const SLACK_MS = 36e5;
const WHY = "the service does not say, or the reader lacks s3:GetObjectRetention";
async function checkLocks(judged, wanted, inspector, signal) {
	const { currentDumps, wholeBinlogs } = judged;
	const [first] = currentDumps;
	if (wanted === void 0 || first === void 0) return {
		findings: [],
		unchecked: []
	};
	const binlogs = wholeBinlogs[0]?.manifest.object.parts ?? [];
	const findings = [];
	for (const dump of currentDumps) {
		const asked = [`${dump.folder}manifest.json`, ...dump.manifest.objects.flatMap(({ parts }) => parts.map(({ key }) => key))].slice(0, 5);
		if (dump === first) asked.push(...binlogs.map(({ key }) => key).slice(0, 1));
		const faults = await findFaults(asked, judged, wanted.ms, inspector, signal);
		if (faults === void 0) return describeUntold(judged, wanted);
		findings.push(...describeFaults(dump.id, faults, wanted.ms));
	}
	return {
		findings,
		unchecked: []
	};
}
/** Undefined where nobody tells. */
async function findFaults(asked, { inventory: { keys } }, lockMs, inspector, signal) {
	const faults = [];
	for (const key of asked) {
		const until = await readLock(key, inspector, signal);
		if (until === void 0) return void 0;
		const storedAt = keys.get(key)?.current?.lastModified.getTime() ?? 0;
		if (until === null) faults.push(`\`${key}\` is not locked`);
		else if (until.getTime() < storedAt + lockMs - SLACK_MS) faults.push(`\`${key}\` is locked until ${formatDay(until.toISOString())} only`);
	}
	return faults;
}
/** A service that answers in a way of its own does not tell. */
async function readLock(key, inspector, signal) {
	try {
		return await inspector.readLock(key, signal);
	} catch (error) {
		if (error instanceof LifeboatError && error.class === "store" && error.code !== "store-unreachable") return void 0;
		throw error;
	}
}
function describeFaults(subject, faults, lockMs) {
	const [first] = faults;
	if (first === void 0) return [];
	const more = faults.length === 1 ? "" : `; ${faults.length - 1} more of the newest objects are not either`;
	return [{
		check: "lock",
		severity: "red",
		line: `${first}, and should be for ${lockMs / DAY_MS$2} days from when it was stored${more}`,
		fix: "Set the bucket's default retention (docs/store-setup.md, Retention): what is stored from then on is locked.",
		subject
	}];
}
function describeUntold({ inventory: { server } }, { isAskedFor }) {
	const line = `whether the newest backup is locked: ${WHY}`;
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
			line: `whether the newest backup is locked cannot be told, and \`store-object-lock\` asks for it: ${WHY}`,
			fix: "Give the reader's policy of docs/store-setup.md, or leave `store-object-lock` out."
		}],
		unchecked: []
	};
}

// src/actions/verify/checks/manifests.ts
const checkManifests = ({ inventory }, { now, hasStoreTimes }) => [...inventory.refused.filter(({ kind }) => kind !== "proof").map(({ kind, id, failure, storedAt }) => ({
	check: "manifest",
	severity: "red",
	line: `the ${kind} \`${id}\` does not count: ${failure.message}`,
	...failure.hint === void 0 ? {} : { fix: failure.hint },
	subject: id,
	since: storedAt.toISOString()
})), ...inventory.kept.flatMap((kept) => {
	if (isFromTheFuture(new Date(kept.finishedAt), now)) return describeFuture(kept);
	const lateMs = hasStoreTimes ? findLateness(kept, inventory.keys) : void 0;
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
function describeFuture({ kind, id, finishedAt }) {
	return {
		check: "manifest",
		severity: "red",
		line: `the ${kind} \`${id}\` says that it was finished ${formatInstant(finishedAt)}, which has not come yet: it does not count`,
		fix: "A clock was wrong when it was made, or somebody forged it: find out which.",
		subject: id
	};
}

// src/actions/verify/checks/objects.ts
const FIX$2 = "What is hidden behind a deletion comes back when the deletion is deleted (docs/verify.md). What is gone is gone: find out who may delete, and make a new backup.";
const checkObjects = ({ inventory: { kept, keys } }) => kept.flatMap((each) => {
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
	const more = faults.length - 1;
	return {
		check: "object",
		severity: "red",
		line: `the ${each.kind} \`${each.id}\` cannot be restored: \`${first.key}\` ${describeFault(first.fault, first.wanted)}${more > 0 ? `, and ${more} more of its objects` : ""}`,
		fix: FIX$2,
		subject: each.id,
		...first.fault.what === "deleted" ? { since: first.fault.deletedAt.toISOString() } : {}
	};
});
function describeFault(fault, wanted) {
	if (fault.what === "gone") return "is gone";
	if (fault.what === "size") return `has ${fault.sizeBytes} bytes, not ${wanted}`;
	return `${`was deleted ${formatInstant(fault.deletedAt.toISOString())}`}, and ${fault.isThere ? "is still there as an older version" : "no version of its size is left"}`;
}
/** Packs that snapshots need and that are not there as they should be. */
function findMissingPacks(kept, keys) {
	const missing = kept.filter(({ kind }) => kind === "snapshot").flatMap(partsOf).filter((part) => part.key.includes("/packs/") && findPartFault(part, keys) !== void 0);
	return [...new Set(missing.map(({ key }) => key))];
}
/** Counted, for people who wonder what takes the room. */
const checkLeftovers = ({ inventory: { unfinished, unnamed } }) => [...unfinished === 0 ? [] : [{
	check: "object",
	severity: "note",
	line: `${unfinished} ${unfinished === 1 ? "run" : "runs"} without a manifest: failed, or still at work; no backups`
}], ...unnamed === 0 ? [] : [{
	check: "object",
	severity: "note",
	line: `${unnamed} ${unnamed === 1 ? "object" : "objects"} that no manifest names`
}]];

// src/actions/verify/checks/proofs.ts
const FIX$1 = "Run `restore-test` (docs/restore-tests.md).";
const checkProofs = ({ inventory, proofs }, context) => {
	const { now, limits } = context;
	const refused = inventory.refused.filter(({ kind }) => kind === "proof").map(({ id, failure, storedAt }) => ({
		check: "proof",
		severity: "red",
		line: `the proof \`${id}\` does not count: ${failure.message}`,
		...failure.hint === void 0 ? {} : { fix: failure.hint },
		subject: id,
		since: storedAt.toISOString()
	}));
	const doubtful = inventory.proofs.flatMap((proof, index) => {
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
	const found = [...refused, ...doubtful];
	if (inventory.dumps.length === 0 && inventory.proofs.length === 0) return found;
	return [...found, ...judgeNewest(proofs[0]?.startedAt, limits.maxProofAge, now)];
};
function judgeNewest(startedAt, maxAgeMs, now) {
	if (startedAt === void 0) return [{
		check: "proof",
		severity: maxAgeMs === void 0 ? "warning" : "red",
		line: "never proven: nobody has seen a backup restore",
		fix: FIX$1
	}];
	const ageMs = now.getTime() - Date.parse(startedAt);
	if (maxAgeMs === void 0 || ageMs <= maxAgeMs) return [];
	return [{
		check: "proof",
		severity: "red",
		line: `the newest proof is of ${formatInstant(startedAt)}, ${formatDuration(ageMs)} ago: more than \`max-proof-age\` (${formatDuration(maxAgeMs)})`,
		fix: FIX$1,
		since: new Date(Date.parse(startedAt) + maxAgeMs).toISOString()
	}];
}

// src/actions/verify/checks/recipients.ts
/** Time to replace a key, and for more than one person to be on holiday. */
const EXPIRES_SOON_MS = 2592e6;
const checkRecipients = ({ inventory, currentDumps, wholeBinlogs }, { recipients }) => {
	const newest = /* @__PURE__ */ new Set([...currentDumps.map(({ id }) => id), wholeBinlogs[0]?.manifest.id]);
	return inventory.kept.flatMap((kept) => [...judgeStarts(kept, inventory.starts), ...recipients === void 0 || !newest.has(kept.id) ? [] : judgeChoice(kept, recipients)]);
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
function judgeChoice({ kind, id, messages }, recipients) {
	const wanted = recipients.map(({ encryptionKeyId }) => encryptionKeyId);
	const found = [...new Set(messages.flatMap((message) => message.recipients))];
	const missing = wanted.filter((keyId) => !found.includes(keyId));
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
/** Of the keys themselves; once, not for each server. */
function checkExpiry(recipients, now) {
	return recipients.flatMap(({ encryptionKeyId, userId, expiresAt }) => {
		if (expiresAt === void 0 || expiresAt.getTime() - now.getTime() > EXPIRES_SOON_MS) return [];
		const since = (/* @__PURE__ */ new Date(expiresAt.getTime() - EXPIRES_SOON_MS)).toISOString();
		return [{
			check: "recipient",
			severity: "red",
			line: `the recipient \`${encryptionKeyId}\` (${userId}) expires on ${formatDay(expiresAt.toISOString())}: backups stop the day before`,
			fix: "Extend it, and give the backup jobs the new public key (docs/keys.md, When a key expires).",
			since
		}];
	});
}

// src/actions/verify/checks/sizes.ts
/** How many earlier dumps the newest is compared with. */
const COMPARED = 10;
const FIX = "Look whether somebody deleted data. Where it was meant, acknowledge this id.";
/** Dumps with different labels hold different things: the newest of each is compared with its like. */
const checkSizes = ({ series, inventory: { server } }, { limits: { maxShrink, minSize, acknowledge } }) => [...series.values()].flatMap(([newest, ...earlier]) => {
	const isMeant = ({ id }) => acknowledge.includes(nameSubject({
		check: "size",
		server,
		subject: id
	}));
	const before = earlier.slice(0, COMPARED);
	const from = before.findIndex(isMeant);
	return [
		...judgeSize(newest, minSize),
		...judgeShrinking(newest, from < 0 ? before : before.slice(0, from + 1), maxShrink),
		...judgeTables(newest, earlier[0]),
		...judgeCompleteness(newest)
	];
});
function judgeSize({ id, manifest }, minSize) {
	const bytes = sizeOf(manifest);
	if (minSize === void 0 || bytes >= minSize) return [];
	return [{
		check: "size",
		severity: "red",
		line: `the dump \`${id}\` has ${formatBytes(bytes)}, less than \`min-size\` (${formatBytes(minSize)})`,
		fix: FIX,
		subject: id,
		since: manifest.instant
	}];
}
function judgeShrinking({ id, manifest }, earlier, maxShrink) {
	if (earlier.length === 0) return [];
	const names = new Set(earlier.flatMap((one) => one.manifest.databases.map(({ name }) => name)));
	return [{
		what: "",
		now: sizeOf(manifest),
		before: medianOf(earlier.map((one) => sizeOf(one.manifest))),
		show: (bytes) => `${formatBytes(bytes)} of SQL`
	}, ...[...names].map((name) => ({
		what: `, database \`${name}\``,
		now: rowsOf(manifest, name),
		before: medianOf(earlier.flatMap((one) => rowsOf(one.manifest, name) ?? [])),
		show: (rows) => `${formatCount(rows)} rows`
	}))].flatMap(({ what, now, before, show }) => {
		if (now === void 0 || before === void 0 || before === 0) return [];
		const shrunk = (1 - now / before) * 100;
		if (shrunk <= maxShrink) return [];
		return [{
			check: "size",
			severity: "red",
			line: `the dump \`${id}\`${what} has ${show(now)}, ${Math.floor(shrunk)}% less than the median of the last ${earlier.length} before it (${show(before)}): more than \`max-shrink\` (${maxShrink}%)`,
			fix: FIX,
			subject: id,
			since: manifest.instant
		}];
	});
}
/** Names of tables are encrypted; how many there are is not. */
function judgeTables({ id, manifest }, before) {
	const fewer = (before?.manifest.databases ?? []).flatMap(({ name, tables }) => {
		const now = manifest.databases.find((database) => database.name === name)?.tables ?? 0;
		return now < tables ? [`${name}: ${tables - now} of ${tables}`] : [];
	});
	if (fewer.length === 0) return [];
	return [{
		check: "size",
		severity: "warning",
		line: `the dump \`${id}\` has fewer tables than the one before: gone are ${nameSome(fewer)}`
	}];
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
/** Of SQL, or where that was not counted of what is stored. */
function sizeOf(manifest) {
	const plain = plainBytesOf(manifest);
	return plain > 0 ? plain : manifest.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
/** 0 for a database that is not there any more; undefined where rows were not counted. */
function rowsOf({ databases }, name) {
	const database = databases.find((one) => one.name === name);
	return database === void 0 ? 0 : database.rows ?? void 0;
}
function medianOf(values) {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
	return low === void 0 || high === void 0 ? void 0 : (low + high) / 2;
}

// src/actions/verify/checks/writer.ts
async function checkWriter(writer, inspector, server, now, signal) {
	const findings = [];
	const onExcess = (what) => findings.push({
		check: "writer",
		severity: "red",
		line: `the writer's key ${what}`,
		fix: WRITER_POLICY
	});
	const onLeftBehind = (key) => findings.push({
		check: "writer",
		severity: "warning",
		line: `what was tried with the writer's key left \`${key}\``,
		fix: "Delete it with a key that may."
	});
	try {
		const stored = await writer.put(trialKey(server, createRunId(now)), TRIAL, { signal });
		if (await isReplaced(writer, stored, signal)) onExcess("may replace what is stored: whoever steals it can destroy backups");
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
		if (!(error instanceof LifeboatError) || error.class !== "store" || error.code === "store-unreachable") throw error;
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

// src/actions/verify/read-back.ts
/** A prime, so that a run every day, or every seventh, comes by every slice. */
const SLICES = 31;
const DAY_MS$1 = 864e5;
const READS_AT_ONCE = 4;
/** Of one object that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;
/** Of the objects that are there, each once. */
function choosePart(key, mode, now) {
	if (mode === "all") return true;
	return createHash("sha256").update(key).digest().readUInt32BE() % 31 === Math.floor(now.getTime() / DAY_MS$1) % 31;
}
async function readBack({ kept, keys }, mode, { store, now, signal }) {
	const chosen = /* @__PURE__ */ new Map();
	for (const owner of kept) for (const part of partsOf(owner)) if (keys.get(part.key)?.current !== void 0 && choosePart(part.key, mode, now)) chosen.set(part.key, {
		part,
		owner
	});
	const findings = await mapAtOnce([...chosen.values()], READS_AT_ONCE, async ({ part, owner }) => {
		const fault = await comparePart(part, store, signal);
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
async function comparePart(part, store, signal) {
	for (let attempt = 1;; attempt += 1) try {
		const found = await hashOf(part.key, store, signal);
		return found === part.sha256 ? void 0 : `has the SHA-256 ${found}, not ${part.sha256}`;
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		if (error.code === "store-not-found") return "went away while it was read";
		if (error.code !== "store-unreachable" || attempt === ATTEMPTS || signal.aborted) throw error;
	}
}
async function hashOf(key, store, signal) {
	const hash = createHash("sha256");
	for await (const chunk of await store.get(key, signal)) hash.update(chunk);
	return hash.digest("hex");
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
const DAY_MS = 864e5;
/** Throws what keeps it from looking; what it sees is in the report. */
async function verify(inputs, keys, ports, signal) {
	const { store, inspector, writer, reporter } = ports;
	const clock = await readStoreClock(store, signal);
	const now = clock.now();
	const settings = await inspector?.readSettings(signal);
	const context = {
		now,
		limits: inputs,
		recipients: Array.isArray(keys.recipients) ? keys.recipients : void 0,
		settings,
		asksWhoSigned: keys.trustedSigners !== void 0,
		hasStoreTimes: inspector !== void 0
	};
	const findings = [...judgeKeys(keys, now)];
	const unchecked = [...listUngiven(inputs, keys, ports)];
	if (clock.warning !== void 0) findings.push({
		check: "server",
		severity: "warning",
		line: clock.warning.replace(/\.$/, "")
	});
	const take = (verdicts, server) => {
		findings.push(...verdicts.findings.map((finding) => server === void 0 ? finding : {
			...finding,
			server
		}));
		unchecked.push(...verdicts.unchecked);
	};
	const servers = [];
	const missingPacks = [];
	const volume = new Volume(now);
	const manifestKeys = [];
	const listing = await openListing(ports, signal);
	if (listing.unchecked !== void 0) unchecked.push(listing.unchecked);
	for await (const { server, keys: serverKeys } of groupByServer(listing.list, inputs.server)) {
		for (const versions of serverKeys.values()) volume.add(versions);
		if (!holdsBackups(serverKeys)) {
			if (inputs.server.includes(server)) findings.push(nothingLeft(server));
			continue;
		}
		await reporter.group(`Look at ${server}`, async () => {
			const inventory = await gatherServer(server, serverKeys, {
				...ports,
				...keys,
				now,
				signal,
				looksInside: true
			});
			const judged = judgeServer(inventory, context);
			const timelines = followAnchors(judged);
			const found = [...runChecks(judged, context, timelines), ...inputs.readBack === "none" ? [] : await readBack(inventory, inputs.readBack, {
				store,
				now,
				signal
			})];
			take({
				findings: found,
				unchecked: []
			}, server);
			if (inspector !== void 0) take(await checkLocks(judged, wantedLock(inputs, settings), inspector, signal), server);
			missingPacks.push(...findMissingPacks(inventory.kept, inventory.keys));
			servers.push(describeServer(judged, timelines, inputs.maxDumpAge));
			const [dump] = judged.wholeDumps;
			if (dump !== void 0) manifestKeys.push(`${dump.folder}${MANIFEST_NAME}`);
			const red = found.filter(({ severity }) => severity === "red").length;
			reporter.info(`${serverKeys.size} keys, ${inventory.kept.length} manifests, ${red} faults`);
		});
	}
	if (servers.length === 0 && inputs.server.length === 0) findings.push(nothingAtAll(store.location));
	findings.push(...checkShortRules(settings?.expiry, manifestKeys));
	if (inspector !== void 0) take(judgeBucket(await readBucket(inspector, manifestKeys[0], signal), inputs.storeObjectLock, now));
	const [first] = servers;
	if (writer !== void 0 && first !== void 0) take(await checkWriter(writer.writer, writer.inspector, first.server, now, signal));
	return {
		location: store.location,
		checkedAt: now.toISOString(),
		servers,
		findings: acknowledge(findings, inputs.acknowledge),
		unchecked,
		missingPacks,
		cost: estimateCost(volume, settings?.expiry ?? [], {
			isBucket: inputs.store.kind === "s3",
			endpoint: inputs.storeEndpoint
		})
	};
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
function listUngiven(inputs, keys, { inspector }) {
	const isBucket = inspector !== void 0;
	return [
		...keys.trustedSigners === void 0 ? [{
			check: "manifest",
			line: "who signed the manifests: give `trusted-signers`"
		}] : [],
		...keys.trustedProvers === void 0 ? [{
			check: "proof",
			line: "who signed the proofs: give `trusted-provers`"
		}] : [],
		...keys.recipients === void 0 ? [{
			check: "recipient",
			line: "whether a recipient expires soon: give `recipients`"
		}] : [],
		...isBucket && inputs.writerAccessKeyId === void 0 ? [{
			check: "writer",
			line: "what the writer's key may do: give `writer-access-key-id`"
		}] : [],
		...isBucket ? [] : [{
			check: "bucket",
			line: "versions, locks, rules and who may read: this kind of store has none of its own to ask for"
		}],
		...inputs.readBack === "none" ? [{
			check: "read-back",
			line: "whether the bytes of objects are still those that were stored: set `read-back`"
		}] : []
	];
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
function describeServer(judged, timelines, maxDumpAge) {
	const { inventory, wholeDumps, wholeBinlogs, wholeSnapshots, proofs } = judged;
	const [dump] = wholeDumps;
	const [proof] = proofs;
	const count = (wanted) => inventory.kept.filter(({ kind }) => kind === wanted).length;
	let bytes = 0;
	for (const { current } of inventory.keys.values()) bytes += current?.sizeBytes ?? 0;
	return {
		server: inventory.server,
		recoverableUntil: recoverableUntil(judged, timelines),
		newestDump: dump && {
			id: dump.id,
			instant: dump.manifest.instant
		},
		newestBinlog: newestClosing(wholeBinlogs),
		newestSnapshots: newestOfEach(wholeSnapshots).map(({ name, instant }) => ({
			name,
			instant
		})),
		newestProof: proof && {
			id: proof.id,
			startedAt: proof.startedAt,
			level: proof.level
		},
		inTimeSince: findInTimeSince(judged, maxDumpAge),
		counts: {
			dumps: count("dump"),
			binlogs: count("binlog"),
			snapshots: count("snapshot")
		},
		bytes
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
		const { reporter, signal } = context;
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