import { t as listDeclaration } from "./inputs5.js";
import { s as isOfDump, t as readEarlierProofs } from "./earlier-proofs.js";
import { N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules } from "./store-settings.js";
import { a as readDumpList, i as readCandidate } from "./find-backups.js";
import { t as buildTimeline } from "./binlog-timeline.js";
import { t as findBinlogs } from "./find-binlogs.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, Vt as formatBytes, en as plainLine, in as LifeboatError } from "./proxy.js";
import { r as listStorages, t as findSnapshot } from "./find-snapshot.js";
import { v as defineAction } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { t as signerChecks } from "./signer-checks.js";

// src/actions/list/binlogs.ts
/** One that is refused counts as missing. */
async function listBinlogs(reading, anchor) {
	const refused = [];
	const shipped = await findBinlogs(reading, new Date(anchor.startedAt), (id, { message }) => refused.push(`${id}: ${message}`));
	return {
		anchorId: anchor.id,
		refused,
		...buildTimeline(anchor, shipped)
	};
}

// src/actions/list/snapshots.ts
/** At most `limit` of each storage. Of the proofs the newest comes first. */
async function listSnapshots(reading, limit, proofs) {
	const snapshots = [];
	let olderSnapshots = 0;
	for (const { name, snapshotIds } of await listStorages(reading)) {
		const newest = snapshotIds.toReversed().slice(0, limit);
		olderSnapshots += snapshotIds.length - newest.length;
		for (const id of newest) snapshots.push(await look(reading, name, id, proofs));
	}
	return {
		snapshots,
		olderSnapshots
	};
}
async function look(reading, name, id, proofs) {
	try {
		const { manifest, manifestSha256, signedBy } = await findSnapshot(reading, name, { id });
		const isOfThis = (one) => one.name === name && one.snapshot === id && one.manifestSha256 === manifestSha256;
		const [sample] = proofs.flatMap(({ startedAt, storage = [] }) => storage.filter(isOfThis).map(({ share }) => ({
			startedAt,
			share
		})));
		return {
			name,
			id,
			manifest,
			signedBy,
			failure: void 0,
			sample
		};
	} catch (failure) {
		if (!(failure instanceof LifeboatError) || failure.class !== "restore-test") throw failure;
		return {
			name,
			id,
			manifest: void 0,
			signedBy: void 0,
			failure,
			sample: void 0
		};
	}
}

// src/actions/list/list.ts
/** Proofs come once a week where backups come every night. */
const MAX_PROOFS = 100;
async function list({ server, limit, trustedSigners, trustedProvers }, { store, encryption }, signal) {
	const clock = await readStoreClock(store, signal);
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		trustedProvers,
		now: clock.now(),
		signal
	};
	const { dumps, unfinished } = await readDumpList(reading);
	const { proofs, failures } = await readEarlierProofs(reading, MAX_PROOFS);
	const backups = [];
	for (const { id, hasSignature } of dumps.slice(0, limit)) {
		const candidate = await readCandidate(reading, id);
		const backup = "backup" in candidate ? candidate.backup : void 0;
		backups.push({
			id,
			manifest: backup?.manifest,
			signedBy: backup?.signedBy,
			hasSignature,
			failure: "failure" in candidate ? candidate.failure : void 0,
			proof: proofs.filter(isOfDump).find((proof) => proof.backup.id === id && proof.backup.manifestSha256 === backup?.manifestSha256)
		});
	}
	backups.sort((a, b) => compareText(timeOf(b), timeOf(a)) || compareText(b.id, a.id));
	const anchor = backups.find(({ manifest }) => manifest?.pitrAnchor.isAnchor)?.manifest;
	return {
		server,
		location: store.location,
		backups,
		...await listSnapshots(reading, limit, proofs),
		binlogs: anchor && await listBinlogs(reading, anchor),
		olderBackups: Math.max(0, dumps.length - limit),
		unfinished: unfinished.length,
		areSignersGiven: trustedSigners !== void 0,
		warnings: [...clock.warning === void 0 ? [] : [clock.warning], ...failures.map(({ message }) => `A proof does not count: ${message}`)]
	};
}
/** Of the state where the manifest can be read, else of the run; both sort as text. */
function timeOf({ id, manifest }) {
	return (manifest?.instant ?? id).replaceAll(/[-:]/g, "").slice(0, 15);
}
function compareText(a, b) {
	return a < b ? -1 : Number(a > b);
}

// src/actions/list/table.ts
/** One line for each row; the first row holds the titles. */
function renderColumns(rows) {
	const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column] ?? ""))));
	return rows.map((row) => row.map((cell, column) => cell + " ".repeat((widths?.[column] ?? 0) - lengthOf(cell))).join("  ").trimEnd());
}
function lengthOf(text) {
	return Array.from(text).length;
}

// src/actions/list/report.ts
const MAX_DATABASES = 3;
const MAX_NAME_CHARACTERS = 30;
/** What is wrong with a backup is told in full below the table. */
const REFUSED = "refused, see below";
function renderListing(listing) {
	const { server, location, backups, olderBackups, unfinished, areSignersGiven } = listing;
	const refused = backups.filter(({ failure }) => failure !== void 0);
	return `${[
		backups.length === 0 ? `${server} has no backup in ${location}.` : `${countOf(backups.length, "backup")} of ${server} in ${location}, newest first:`,
		...backups.length === 0 ? [] : ["", ...renderTable(backups, areSignersGiven)],
		...refused.length === 0 ? [] : ["", ...refused.map(({ id, failure }) => `${id}: ${plainLine(failure?.message ?? "")}`)],
		...olderBackups === 0 ? [] : ["", `${countOf(olderBackups, "older backup")} not shown (--limit).`],
		...unfinished === 0 ? [] : ["", `${countOf(unfinished, "run")} without a manifest: failed, or still at work. They are no backups.`],
		...renderBinlogs(listing),
		...renderSnapshots(listing),
		...backups.length === 0 && listing.snapshots.length === 0 ? ["", "Check `server` and the prefix in `store`."] : areSignersGiven ? [] : ["", "Signatures were not checked: give trusted-signers."]
	].join("\n")}\n`;
}
function renderTable(backups, areSignersGiven) {
	const rows = backups.map((backup) => [
		backup.id,
		backup.manifest === void 0 ? "" : `${backup.manifest.instant.slice(0, 19)}Z`,
		backup.manifest === void 0 ? "" : formatBytes(storedBytes(backup)),
		describeSignature(backup, areSignersGiven),
		backup.proof === void 0 ? "never" : `${backup.proof.startedAt.slice(0, 10)}, level ${backup.proof.level}`,
		describeDatabases(backup)
	]);
	return renderColumns([[
		"Backup",
		"State of",
		"Stored",
		"Signed by",
		"Proven",
		"Databases"
	], ...rows]);
}
function renderSnapshots({ snapshots, olderSnapshots, server, areSignersGiven }) {
	if (snapshots.length === 0) return [];
	const rows = snapshots.map(({ name, id, manifest, signedBy, failure, sample }) => [
		id,
		name,
		...manifest === void 0 ? [
			"",
			"",
			"",
			""
		] : [
			`${manifest.instant.slice(0, 19)}Z`,
			formatCount(manifest.holds.files),
			formatBytes(manifest.holds.bytes),
			manifest.complete ? "yes" : "no"
		],
		...failure === void 0 ? [areSignersGiven ? keyId(signedBy) : "not checked", describeSample(sample)] : [REFUSED, ""]
	]);
	return [
		"",
		`${countOf(snapshots.length, "snapshot")} of ${server}:`,
		"",
		...renderColumns([[
			"Snapshot",
			"Storage",
			"State of",
			"Files",
			"Bytes",
			"Complete",
			"Signed by",
			"Proven"
		], ...rows]),
		...snapshots.flatMap(({ name, id, failure }) => failure === void 0 ? [] : ["", `${name}/${id}: ${plainLine(failure.message)}`]),
		...olderSnapshots === 0 ? [] : ["", `${countOf(olderSnapshots, "older snapshot")} not shown (--limit).`]
	];
}
function describeSample(sample) {
	return sample === void 0 ? "never" : `${sample.startedAt.slice(0, 10)}, ${sample.share} of it`;
}
function renderBinlogs({ backups, binlogs }) {
	if (backups.length === 0) return [];
	if (binlogs === void 0) return ["", "Binlogs cannot be replayed onto any of these backups."];
	const { anchorId, chain, recoverableUntil, gap, alarms, refused } = binlogs;
	const [first, last] = [chain.at(0), chain.at(-1)];
	return [
		"",
		first === void 0 || last === void 0 ? `No binlog goes on from ${anchorId}: its own state is the newest that can be brought back.` : `Can be brought back until ${formatInstant(recoverableUntil)}: ${anchorId} and ${countOf(chain.length, "binlog")} without a gap, ${plainLine(first.facts.name)} to ${plainLine(last.facts.name)}.`,
		...gap === void 0 ? [] : [`Not any later: ${plainLine(gap)}.`],
		...alarms.map(plainLine),
		...refused.map((one) => `Refused, and counted as missing: ${plainLine(one)}`)
	];
}
function storedBytes({ manifest }) {
	return (manifest?.objects ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
function describeSignature({ signedBy, failure, hasSignature }, areSignersGiven) {
	if (failure !== void 0) return REFUSED;
	if (areSignersGiven) return keyId(signedBy);
	return hasSignature ? "not checked" : "nobody";
}
/** The last 16 digits are what gpg shows as the key's id. */
function keyId(fingerprint) {
	return fingerprint?.slice(-16) ?? "";
}
function describeDatabases({ manifest }) {
	const names = manifest?.databases.map(({ name }) => shorten(plainLine(name))) ?? [];
	const more = names.length - MAX_DATABASES;
	return [...names.slice(0, MAX_DATABASES), ...more > 0 ? [`and ${more} more`] : []].join(", ");
}
function shorten(name) {
	const characters = Array.from(name);
	return characters.length > MAX_NAME_CHARACTERS ? `${characters.slice(0, 29).join("")}…` : name;
}

// src/entries/compose-list.ts
const encryption = createOpenPgpEncryption();
const listAction = defineAction(listDeclaration, {
	rules: storeSshRules,
	checks: () => signerChecks(listDeclaration.inputs, encryption),
	run: async (inputs, { trustedSigners, trustedProvers }, context) => {
		const { reporter, signal } = context;
		const store = openReader(inputs, context);
		try {
			const { server, limit } = inputs;
			const listing = await list({
				server,
				limit,
				trustedSigners,
				trustedProvers
			}, {
				store,
				encryption
			}, signal);
			listing.warnings.forEach((warning) => reporter.warning(warning));
			reporter.summary(renderListing(listing));
		} finally {
			await store.close();
		}
	}
});

export { listAction };