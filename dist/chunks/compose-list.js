import { t as listDeclaration } from "./inputs5.js";
import { N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules } from "./store-settings.js";
import { t as readEarlierProofs } from "./earlier-proofs.js";
import { a as readDumpList, i as readCandidate } from "./find-backups.js";
import { Lt as countOf, Rt as formatBytes, Zt as plainLine } from "./proxy.js";
import { _ as defineAction } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { t as signerChecks } from "./signer-checks.js";

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
			proof: proofs.find((proof) => proof.backup.id === id && proof.backup.manifestSha256 === backup?.manifestSha256)
		});
	}
	return {
		server,
		location: store.location,
		backups: backups.toSorted((a, b) => compareText(timeOf(b), timeOf(a)) || compareText(b.id, a.id)),
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
		...backups.length === 0 ? ["", "Check `server` and the prefix in `store`."] : areSignersGiven ? [] : ["", "Signatures were not checked: give trusted-signers."]
	].join("\n")}\n`;
}
function renderTable(backups, areSignersGiven) {
	const table = [[
		"Backup",
		"State of",
		"Stored",
		"Signed by",
		"Proven",
		"Databases"
	], ...backups.map((backup) => [
		backup.id,
		backup.manifest === void 0 ? "" : `${backup.manifest.instant.slice(0, 19)}Z`,
		backup.manifest === void 0 ? "" : formatBytes(storedBytes(backup)),
		describeSignature(backup, areSignersGiven),
		backup.proof === void 0 ? "never" : `${backup.proof.startedAt.slice(0, 10)}, level ${backup.proof.level}`,
		describeDatabases(backup)
	])];
	const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => lengthOf(row[column] ?? ""))));
	return table.map((row) => row.map((cell, column) => cell + " ".repeat((widths?.[column] ?? 0) - lengthOf(cell))).join("  ").trimEnd());
}
function storedBytes({ manifest }) {
	return (manifest?.objects ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
function describeSignature({ signedBy, failure, hasSignature }, areSignersGiven) {
	if (failure !== void 0) return REFUSED;
	if (areSignersGiven) return signedBy?.slice(-16) ?? "";
	return hasSignature ? "not checked" : "nobody";
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
function lengthOf(text) {
	return Array.from(text).length;
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