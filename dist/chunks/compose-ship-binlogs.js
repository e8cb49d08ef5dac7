import { t as shipBinlogsDeclaration } from "./inputs10.js";
import { n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, Vt as formatBytes, Wt as formatDuration } from "./proxy.js";
import { r as shipBinlogs, t as createBinlogEngine } from "./binlog-engine.js";
import { v as defineAction } from "./ssh-connection.js";
import { n as runSealing, r as sealingRules, t as checkSealingKeys } from "./sealing.js";

// src/actions/ship-binlogs/report.ts
/** A first run may find hundreds. */
const MAX_ROWS = 50;
function renderShipSummary(server, outcome) {
	return `${(outcome.kind === "shipped" ? shippedParts(server, outcome) : dryRunParts(server, outcome)).filter((part) => part !== "").join("\n\n")}\n`;
}
function shippedParts(server, outcome) {
	const { manifests, failure, warnings, isSigned, durationMs } = outcome;
	const unsigned = isSigned ? [] : ["Manifests are not signed: whoever can write to the store can forge one. Give `signing-key`."];
	const what = manifests.length === 0 ? "nothing new to ship" : `${countOf(manifests.length, "binary log")} shipped`;
	return [
		`## ${failure === void 0 ? "✅" : "❌"} ${escapeMarkdown(server)}: ${what} in ${formatDuration(durationMs)}`,
		failure === void 0 ? "" : `**${escapeMarkdown(failure.message)}**`,
		recovery(outcome),
		table(manifests),
		whereTheyLie(outcome),
		bullets([...warnings, ...unsigned])
	];
}
function recovery({ reach, chainStart, newest }) {
	const begins = chainStart === null || newest === void 0 ? "" : ` The unbroken chain begins with ${codeSpan(chainStart.name)}; ${codeSpan(newest)} is the newest shipped.`;
	if (reach === void 0) return `**Until when data can be recovered is not known:** no backup is known here to start from.${begins}`;
	const { anchor, until } = reach;
	const from = `backup ${codeSpan(anchor.backupId)} (${formatInstant(anchor.instant)}, ${codeSpan(`${anchor.file}:${anchor.position}`)})`;
	switch (reach.chain) {
		case "whole": return `**Recoverable until ${formatInstant(until)}**, from ${from} through every binary log after it.${begins}`;
		case "broken": return `**Recoverable until ${formatInstant(until)} only**, from ${from}: the chain does not reach back to it.${begins} Make a new dump.`;
		case "unknown": return `**Recoverable until ${formatInstant(until)} for certain**, from ${from}: whether the chain reaches back to it is not known here.${begins}`;
	}
}
function table(manifests) {
	if (manifests.length === 0) return "";
	const columns = [
		{ title: "Binary log" },
		{ title: "From" },
		{ title: "To" },
		{
			title: "Transactions",
			align: "right"
		},
		{
			title: "Size",
			align: "right"
		},
		{
			title: "Stored",
			align: "right"
		},
		{ title: "Closed by" }
	];
	const rows = manifests.slice(0, MAX_ROWS).map(({ binlog, object }) => [
		codeSpan(binlog.name),
		formatInstant(binlog.createdAt),
		formatInstant(binlog.closedAt),
		formatCount(binlog.transactions),
		formatBytes(binlog.sizeBytes),
		formatBytes(object.sizeBytes),
		binlog.closedBy
	]);
	const left = manifests.length - rows.length;
	return markdownTable(columns, rows) + (left > 0 ? `\n\nand ${countOf(left, "more")}` : "");
}
function whereTheyLie({ manifests: [first], storeLocation, purged }) {
	const folder = first?.object.parts[0]?.key.replace(/[^/]*$/, "") ?? "";
	return [...first === void 0 ? [] : [`They lie in ${codeSpan(`${storeLocation}/${folder}`)}.`], ...purged.length === 0 ? [] : [`Removed from the server, because an earlier run shipped them: ${names(purged)}.`]].join(" ");
}
function dryRunParts(server, { server: found, due, rotated, warnings }) {
	const { flavour, serverVersion } = found.source;
	return [
		`## ☑️ ${escapeMarkdown(server)}: ready to ship binary logs, nothing was written`,
		`Connection, version, rights and settings are in order: ${escapeMarkdown(`${flavour} ${serverVersion}`)}.`,
		due.length === 0 ? "No closed binary log is due." : `Would be shipped: ${names(due)}.`,
		rotated === void 0 ? "" : `Would be closed, and shipped too: ${codeSpan(rotated.name)}.`,
		bullets(warnings)
	];
}
function names(binlogs) {
	const shown = binlogs.slice(0, MAX_ROWS).map(({ name }) => codeSpan(name));
	const left = binlogs.length - shown.length;
	return [...shown, ...left > 0 ? [`and ${left} more`] : []].join(", ");
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join("\n");
}

// src/entries/compose-ship-binlogs.ts
const shipBinlogsAction = defineAction(shipBinlogsDeclaration, {
	rules: sealingRules,
	checks: () => checkSealingKeys(shipBinlogsDeclaration.inputs),
	run: (inputs, keys, context) => {
		const { reporter, signal } = context;
		const engine = createBinlogEngine(inputs.engine);
		return runSealing(inputs, keys, context, (adapters, program) => shipBinlogs(inputs, keys, program, {
			...adapters,
			engine
		}, signal), (outcome) => {
			reporter.summary(renderShipSummary(inputs.server, outcome));
			if (outcome.kind !== "shipped") return;
			reporter.output("shipped", outcome.manifests.length);
			reporter.output("bytes", outcome.storedBytes);
			reporter.output("newest-binlog", outcome.newest ?? "");
			reporter.output("recoverable-until", outcome.reach?.until ?? "");
			if (outcome.failure !== void 0) throw outcome.failure;
		});
	}
});

export { shipBinlogsAction };