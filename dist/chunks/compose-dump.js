import { n as dump, t as createDumpEngine } from "./dump-engine.js";
import { t as dumpDeclaration } from "./inputs2.js";
import { i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { i as plainBytesOf } from "./manifest-text.js";
import { t as shellQuote } from "./shell.js";
import { a as STOCK_CLIENTS, c as fetchCommand, n as LOAD_OPTIONS, o as WITHOUT_OBJECT_GRANTS, r as OBJECT_GRANTS_ONLY, t as KEEP_INVALID_DATES } from "./stock-commands.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, Vt as formatBytes, Wt as formatDuration } from "./proxy.js";
import { v as defineAction } from "./ssh-connection.js";
import { n as runSealing, r as sealingRules, t as checkSealingKeys } from "./sealing.js";

// src/actions/dump/report.ts
/** A summary of hundreds of databases stays one that can be read, and below what GitHub shows. */
const MAX_OBJECTS_BY_HAND = 5;
const MAX_OBJECTS_IN_DETAIL = 50;
/** `endpoint` is the address of an S3 service that is not Amazon's, for the commands that fetch a backup. */
function renderDumpSummary(server, outcome, endpoint) {
	return `${(outcome.kind === "stored" ? storedParts(server, outcome, endpoint) : dryRunParts(server, outcome)).filter((part) => part !== "").join("\n\n")}\n`;
}
function storedParts(server, outcome, endpoint) {
	const { manifest, storedBytes, durationMs } = outcome;
	const plainBytes = plainBytesOf(manifest);
	const ratio = storedBytes === 0 ? "" : `, ${(plainBytes / storedBytes).toFixed(1)} times smaller`;
	return [
		`## ✅ ${escapeMarkdown(server)}: dumped in ${formatDuration(durationMs)}`,
		`**${countOf(manifest.databases.length, "database")}, ${formatBytes(plainBytes)} of SQL, stored as ${formatBytes(storedBytes)}${ratio}.** ${stateOf(manifest)} ${replicaOf(manifest)}${lockOf(manifest)}${pointInTime(manifest)}`,
		databaseTable(manifest),
		warningList(outcome),
		whereItLies(outcome),
		foldedDetails("Restore it by hand", restoreByHand(outcome, endpoint)),
		foldedDetails("Details", details(manifest))
	];
}
function dryRunParts(server, { plan, hasCommands, warnings }) {
	const { source, databases, excluded } = plan;
	return [
		`## ☑️ ${escapeMarkdown(server)}: ready to dump, nothing was written`,
		`Connection, versions, rights and choice are in order: ${escapeMarkdown(`${source.flavour} ${source.serverVersion}`)}, dump client ${escapeMarkdown(source.dumpToolVersion)}.`,
		`Would be dumped: ${databases.map(codeSpan).join(", ")}.`,
		excluded.databases.length === 0 ? "" : `Would be left out: ${excluded.databases.map(codeSpan).join(", ")}.`,
		hasCommands ? "`before` and `after` were not run." : "",
		bullets(warnings)
	];
}
function databaseTable(manifest) {
	const columns = [
		{ title: "Database" },
		{
			title: "Tables",
			align: "right"
		},
		{
			title: "Views",
			align: "right"
		},
		{
			title: "Rows",
			align: "right"
		},
		{
			title: "SQL",
			align: "right"
		}
	];
	const rows = manifest.databases.map((database) => [
		codeSpan(database.name),
		formatCount(database.tables),
		formatCount(database.views),
		database.rows === null ? "not counted" : formatCount(database.rows),
		database.plainBytes === null ? "not counted" : formatBytes(database.plainBytes)
	]);
	return markdownTable(columns, rows);
}
function stateOf({ instant, finishedAt, layout }) {
	return layout === "one" ? `The state is that of ${formatInstant(instant)}.` : `Each database has the state of a moment of its own, from ${formatInstant(instant)} to ${formatInstant(finishedAt)}.`;
}
function replicaOf({ replicaOf: sources = [] }) {
	if (sources.length === 0) return "";
	return `It comes from a replica of ${sources.map(({ host, port, lagSeconds }) => `${codeSpan(`${host}:${port}`)}, ${formatDuration(lagSeconds * 1e3)} behind it`).join(", and of ")}. `;
}
function lockOf({ consistency: { lockedMs } }) {
	return lockedMs === void 0 ? "" : `Nobody could write to tables without transactions for ${formatDuration(lockedMs)}. `;
}
function pointInTime({ pitrAnchor, coordinates }) {
	if (!pitrAnchor.isAnchor) return `Point-in-time recovery cannot start here: ${escapeMarkdown(pitrAnchor.reasons.join("; "))}.`;
	return coordinates === null ? "" : `Point-in-time recovery can start here, at ${codeSpan(`${coordinates.file}:${coordinates.position}`)}.`;
}
function warningList({ manifest, warnings, isSigned }) {
	const unprovable = manifest.notProvable.map(({ what, why }) => `A restore test cannot show that ${what} come back: ${why}.`);
	const unsigned = isSigned ? [] : ["The manifest is not signed: whoever can write to the store can forge a backup. Give `signing-key`."];
	return bullets([
		...warnings,
		...unprovable,
		...unsigned
	]);
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join("\n");
}
function whereItLies({ manifest, storeLocation, manifestKey, encryptedOn }) {
	const folder = manifestKey.slice(0, manifestKey.lastIndexOf("/"));
	const recipients = [...new Set(manifest.objects.flatMap((object) => object.recipients))];
	return [`Backup ${codeSpan(manifest.id)} lies in ${codeSpan(`${storeLocation}/${folder}/`)},`, `encrypted on the ${encryptedOn === "target" ? "server" : "runner"} to ${recipients.map(codeSpan).join(", ")}.`].join(" ");
}
/** Commands with stock tools only, ready to paste. */
function restoreByHand({ manifest, storeLocation }, endpoint) {
	const { flavour } = manifest.source;
	const objects = ["accounts", "data"].flatMap((role) => manifest.objects.filter((object) => object.role === role));
	const shown = objects.slice(0, MAX_OBJECTS_BY_HAND).map((object) => restoreCommands(storeLocation, endpoint, object, flavour));
	const left = objects.length - shown.length;
	const more = left > 0 ? [`# and so on: ${countOf(left, "object")} more, in the order of the manifest`] : [];
	const intro = "On a machine with the secret key of a recipient, a new server of the same flavour, `gpg`, `zstd` and its client. Fetch the objects first" + (storeLocation.startsWith("s3://") ? ", for example with `aws s3 cp`" : "") + ". Check each before you open it:";
	const rights = objects.filter(({ role }) => role === "accounts").map((object) => `# at last rights on single tables and routines\n${loadCommand(object, OBJECT_GRANTS_ONLY, flavour)}`);
	return [intro, codeBlock([
		...shown,
		...more,
		...rights
	].join("\n"), "sh")].join("\n\n");
}
function restoreCommands(storeLocation, endpoint, object, flavour) {
	const { command, base } = fetchCommand(storeLocation, endpoint);
	const files = object.parts.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
	const fetch = object.parts.map(({ key }) => `${command} ${shellQuote(`${base}/${key}`)} .`);
	const check = object.parts.map(({ sha256 }, index) => `echo ${shellQuote(`${sha256}  ${files[index] ?? ""}`)} | sha256sum --check`);
	return [
		`# ${object.role === "accounts" ? "accounts first" : `then ${object.name}`}`,
		...fetch,
		...check,
		loadCommand(object, object.role === "accounts" ? WITHOUT_OBJECT_GRANTS : KEEP_INVALID_DATES, flavour)
	].join("\n");
}
function loadCommand({ parts }, filter, flavour) {
	return `cat ${parts.map(({ key }) => key.slice(key.lastIndexOf("/") + 1)).map(shellQuote).join(" ")} | gpg --decrypt | zstd -dc | ${filter} | ${STOCK_CLIENTS[flavour]} ${LOAD_OPTIONS} --default-character-set=utf8mb4`;
}
function details(manifest) {
	const { versions, source, excluded, set, objects } = manifest;
	const leftOut = [
		...excluded.databases.length > 0 ? [excluded.databases.map(codeSpan).join(", ")] : [],
		...excluded.tables > 0 ? [countOf(excluded.tables, "table")] : [],
		...excluded.brokenViews > 0 ? [countOf(excluded.brokenViews, "broken view")] : []
	];
	const rows = [
		["Server", escapeMarkdown(`${source.flavour} ${versions.server} on ${source.hostName}, server_id ${source.serverId}`)],
		["Dump client", escapeMarkdown(versions.dumpTool)],
		["Consistency", describeConsistency(manifest)],
		["GTID", manifest.coordinates === null ? "none" : codeSpan(manifest.coordinates.gtid)],
		["Left out", leftOut.length === 0 ? "nothing" : leftOut.join(", ")],
		...set === void 0 ? [] : [["Set", codeSpan(set)]],
		["SSH host key", codeSpan(source.sshHostKey)],
		...objects.slice(0, MAX_OBJECTS_IN_DETAIL).map((object) => [`Object ${codeSpan(object.name)}`, `${formatBytes(object.sizeBytes)}, SHA-256 ${codeSpan(object.sha256)}`])
	];
	const left = objects.length - MAX_OBJECTS_IN_DETAIL;
	if (left > 0) rows.push(["Objects", `and ${left} more, see the manifest`]);
	return markdownTable([{ title: "What" }, { title: "Value" }], rows);
}
function describeConsistency({ consistency, layout }) {
	const { uncoveredTables, lockedMs } = consistency;
	const snapshot = layout === "one" ? "one snapshot" : "a snapshot of each database";
	if (lockedMs !== void 0) return `${snapshot}, and a read lock on tables without transactions for ${formatDuration(lockedMs)}`;
	return uncoveredTables === 0 ? snapshot : `${snapshot}, but for ${countOf(uncoveredTables, "table")}`;
}

// src/entries/compose-dump.ts
const dumpAction = defineAction(dumpDeclaration, {
	rules: sealingRules,
	checks: () => checkSealingKeys(dumpDeclaration.inputs),
	run: (inputs, keys, context) => {
		const { reporter, signal } = context;
		const engine = createDumpEngine(inputs.engine);
		return runSealing(inputs, keys, context, (adapters, program) => dump(inputs, keys, program, {
			...adapters,
			engine
		}, signal), (outcome) => {
			reporter.summary(renderDumpSummary(inputs.server, outcome, inputs.storeEndpoint));
			if (outcome.kind !== "stored") return;
			reporter.output("backup-id", outcome.manifest.id);
			reporter.output("manifest-key", outcome.manifestKey);
			reporter.output("bytes", outcome.storedBytes);
			reporter.output("duration-seconds", Math.round(outcome.durationMs / 1e3));
			if (outcome.failure !== void 0) throw outcome.failure;
		});
	}
});

export { dumpAction };