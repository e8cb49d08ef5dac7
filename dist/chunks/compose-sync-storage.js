import { t as syncStorageDeclaration } from "./inputs11.js";
import { i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, Vt as formatBytes, Wt as formatDuration } from "./proxy.js";
import { r as syncStorage, t as storageLayer } from "./storage-layer.js";
import { v as defineAction } from "./ssh-connection.js";
import { n as runSealing, r as sealingRules, t as checkSealingKeys } from "./sealing.js";

// src/actions/sync-storage/report.ts
function renderSyncSummary(server, name, outcome) {
	const { stored, facts, warnings } = outcome;
	const title = `${escapeMarkdown(server)}/${escapeMarkdown(name)}`;
	return `${[
		...stored === void 0 ? [`## ☑️ ${title}: ready to be stored, nothing was written`, `Would be packed: ${formatBytes(outcome.scan.freshBytes)} in ${countOf(outcome.scan.packs, "pack")}.`] : [`## ${stored.manifest.complete ? "✅" : "⚠️"} ${title}: ${stored.manifest.complete ? "stored" : "stored, incomplete,"} in ${formatDuration(stored.durationMs)}`, verdict(stored)],
		figures(outcome),
		adopted(outcome),
		bullets([...warnings, ...troubles(stored)]),
		excluded(outcome),
		foldedDetails("Details", details(facts, stored))
	].filter((part) => part !== "").join("\n\n")}\n`;
}
function verdict({ manifest, storedBytes, newPacks }) {
	const { holds } = manifest;
	const added = newPacks === 0 ? "Nothing had to be packed." : `What is new takes ${formatBytes(storedBytes)} in the store, compressed and encrypted: ${countOf(newPacks, "pack")} and an index.`;
	return `**${countOf(holds.files, "file")} with ${formatBytes(holds.bytes)}.** ${added} The state is that of ${formatInstant(manifest.instant)}.`;
}
function figures({ scan, stored }) {
	const changes = stored?.manifest.changes;
	const scanned = scan.known - scan.deleted + scan.added;
	const rows = [
		["Seen", scanned],
		["New", scan.added],
		["Changed", scan.changed],
		["Unchanged", scanned - scan.added - scan.changed - scan.renewed],
		["Deleted", scan.deleted],
		["As they were, and packed again", scan.renewed],
		["Changed while they were read", changes?.unstable ?? 0],
		["Vanished while they were read", changes?.vanished ?? 0],
		["Not readable", changes?.unreadable ?? scan.unreadable.count],
		["Sockets, FIFOs and devices, which are not stored", scan.special]
	];
	return markdownTable([{ title: "Files, directories and links" }, {
		title: "Number",
		align: "right"
	}], rows.filter(([, count], at) => count > 0 || at < 5).map(([what, count]) => [what, formatCount(count)]));
}
function adopted({ scan }) {
	if (scan.adopted.size === 0) return "";
	return `A run that was cut off had stored ${countOf(scan.adopted.size, "pack")} already; what is in them is not counted as new.`;
}
function troubles(stored) {
	if (stored === void 0) return [];
	const { unstable, unreadable, manifest, isSigned } = stored;
	return [
		...unreadable.length === 0 ? [] : [`Could not be read: ${unreadable.join(", ")}`],
		...unstable.length === 0 ? [] : [`Changed each of the three times they were read, and are stored as they were then: ${unstable.join(", ")}`],
		...manifest.holds.files === 0 ? ["There is not a single file in the snapshot."] : [],
		...isSigned ? [] : ["The manifest is not signed: whoever can write to the store can forge a snapshot. Give `signing-key`."]
	];
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join("\n");
}
function excluded({ scan, stored }) {
	if (scan.excluded.length === 0) return "";
	return markdownTable([
		{ title: "Left out by" },
		{
			title: "Entries",
			align: "right"
		},
		{
			title: stored === void 0 ? "Size" : "Size without what is in directories",
			align: "right"
		}
	], scan.excluded.map(({ rule, entries, bytes }) => [
		codeSpan(rule),
		formatCount(entries),
		formatBytes(bytes)
	]));
}
function details({ roots, uncovered }, stored) {
	const rows = [
		["Directories", roots.map(codeSpan).join(", ")],
		...uncovered.length === 0 ? [] : [["Top directories without a path", uncovered.map(codeSpan).join(", ")]],
		...stored === void 0 ? [] : [
			["Snapshot", codeSpan(stored.manifest.id)],
			["Manifest", codeSpan(`${stored.storeLocation}/${stored.manifestKey}`)],
			["Packs that it needs", formatCount(stored.manifest.packs.length)],
			["SSH host key", codeSpan(stored.manifest.source.sshHostKey)]
		]
	];
	return markdownTable([{ title: "What" }, { title: "Value" }], rows);
}

// src/entries/compose-sync-storage.ts
const syncStorageAction = defineAction(syncStorageDeclaration, {
	rules: sealingRules,
	checks: () => checkSealingKeys(syncStorageDeclaration.inputs),
	run: (inputs, keys, context) => {
		const { reporter, signal } = context;
		return runSealing(inputs, keys, context, (adapters, program) => syncStorage(inputs, keys, program, {
			...adapters,
			storage: storageLayer
		}, signal), (outcome) => {
			reporter.summary(renderSyncSummary(inputs.server, inputs.name, outcome));
			const { scan, stored } = outcome;
			reporter.output("new-files", scan.added + scan.changed);
			if (stored === void 0) return;
			reporter.output("snapshot-id", stored.manifest.id);
			reporter.output("bytes", stored.storedBytes);
			if (stored.failure !== void 0) throw stored.failure;
		});
	}
});

export { syncStorageAction };