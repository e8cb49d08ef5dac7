import { D as MANIFEST_NAME, F as dataStem, I as dumpFolder, K as objectFileName, L as formatBackupId, M as SIGNATURE_NAME, Vt as formatBytes, Wt as formatDuration, in as LifeboatError, it as createRunId, st as sortDumpArguments } from "./proxy.js";
import { a as refuse, i as checkWith, o as connectionOf, t as findClient } from "./find-client.js";
import { a as nameStore, i as keepState, l as SEALING_TOOLS, n as storeSealed, t as storeManifest } from "./store-sealed.js";
import { F as excerpt, N as readStoreClock } from "./store-settings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { n as commandTools, o as withCommands, r as hasCommands, t as afterFailed } from "./commands.js";
import { a as storedBytesOf, r as serializeManifest } from "./manifest-text.js";
import { c as findRightsFaults, d as parseGrants, f as seesEverything, h as anchorOf, l as grantForReplicas, m as ANCHOR_ACTION, p as identityOf, r as losesWhatIsReplicated, u as hasPublicRights } from "./settings.js";
import { d as quoteIdentifier, f as quoteSqlString, l as clientFunction, m as tableStage, o as classifyDumpStderr, p as sqlStage, s as explainClientFailure, t as compareNumbers } from "./versions.js";
import { a as readViews, i as readCatalogue, n as isOn, r as readAccounts } from "./catalogue.js";
import { a as COMMON_OPTIONS, c as HISTORY_OPTION, i as LIST_OPTIONS, l as coordinateOptions, n as text$1, o as DATA_OPTIONS, r as ACCOUNTS_DUMPS, s as FLAVOUR_OPTIONS, t as parseFacts, u as wantsCoordinates } from "./facts.js";
import { createHash } from "node:crypto";

// src/actions/dump/store-objects.ts
async function storeObjects(backup, plan, clock) {
	const accounts = plan.accounts && (await storeObject(backup, "accounts", "accounts", plan.accounts, plan.accounts.check)).object;
	const instant = clock.now();
	const { objects: data, findings } = await storeData(backup, plan);
	const head = {
		schema: 1,
		type: "inventory",
		id: backup.id,
		server: backup.inputs.server
	};
	const stems = data.map(({ name }) => name);
	const inventory = await storeObject(backup, "inventory", "inventory", plan.inventory(head, stems), () => void 0);
	return {
		objects: [
			...data,
			...accounts ? [accounts] : [],
			inventory.object
		],
		findings,
		instant
	};
}
/** One after the other: a target has other work to do. */
async function storeData(backup, plan) {
	const objects = [];
	const results = [];
	let findings;
	for (const data of plan.data) {
		const { databases } = data;
		const stored = await storeObject(backup, "data", dataStem(databases), data, async (dumped) => {
			data.check(dumped);
			results.push(dumped);
			if (results.length === plan.data.length) findings = await plan.conclude(results);
		});
		objects.push({
			...stored.object,
			databases
		});
	}
	if (findings === void 0) throw new TypeError("a plan dumps something");
	const { plainBytes } = findings;
	return {
		objects: objects.map((object, index) => ({
			...object,
			plainBytes: plainBytes[index] ?? 0
		})),
		findings
	};
}
/** An object of the backup's folder. */
async function storeObject(backup, role, name, dumpTask, judge) {
	const key = `${backup.folder}${objectFileName(role, name)}`;
	const { object, judgement } = await storeSealed(backup, key, dumpTask, judge);
	return {
		object: {
			role,
			name,
			...object
		},
		judgement
	};
}

// src/actions/dump/write-manifest.ts
function describeBackup({ inputs, session, id }, plan, { objects, findings, instant }, { startedAt, finishedAt, lifeboatVersion }) {
	const { source, replicaOf } = plan;
	const { lockedMs } = findings;
	const { label, server, set } = inputs;
	return {
		schema: 1,
		type: "dump",
		id,
		server,
		...set === void 0 ? {} : { set },
		...label === void 0 ? {} : { label },
		source: identityOf(source, session),
		...replicaOf.length === 0 ? {} : { replicaOf },
		versions: {
			server: source.serverVersion,
			dumpTool: source.dumpToolVersion,
			lifeboat: lifeboatVersion
		},
		startedAt: startedAt.toISOString(),
		instant: instant.toISOString(),
		finishedAt: finishedAt.toISOString(),
		consistency: lockedMs === void 0 ? {
			kind: "snapshot",
			uncoveredTables: plan.uncoveredTables
		} : {
			kind: "lock",
			uncoveredTables: 0,
			lockedMs
		},
		coordinates: findings.coordinates,
		layout: inputs.layout,
		complete: true,
		pitrAnchor: {
			isAnchor: findings.anchorObstacles.length === 0,
			reasons: findings.anchorObstacles
		},
		notProvable: findings.notProvable,
		databases: findings.databases.map(({ rows, plainBytes, ...figures }) => ({
			...figures,
			rows: rows ?? null,
			plainBytes: plainBytes ?? null
		})),
		excluded: plan.excluded,
		objects
	};
}
/** Returns the manifest's key. */
function writeManifest(backup, manifest) {
	const names = {
		signature: `${backup.folder}${SIGNATURE_NAME}`,
		manifest: `${backup.folder}${MANIFEST_NAME}`
	};
	return storeManifest(backup, names, serializeManifest(manifest));
}

// src/actions/dump/dump.ts
/**
* Dumps the chosen databases of one target into the store. Throws a `LifeboatError` unless every stage ended with 0, the dump
* has its trailer, the hashes agree, what was dumped is what the catalogue lists, and the manifest is stored. `origin` says to
* others who find the lock whose run holds it.
*/
async function dump(inputs, keys, program, ports, signal) {
	const startedMs = performance.now();
	const { reporter, remote, engine } = ports;
	const clock = await readStoreClock(ports.store, signal);
	const startedAt = clock.now();
	const runId = createRunId(startedAt);
	const { label, before, after } = inputs;
	const id = formatBackupId({
		runId,
		engine: engine.name,
		...label === void 0 ? {} : { label }
	});
	const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () => remote.open({
		lockName: `dump-${inputs.server}`,
		holder: `${id} of ${program.origin}, since ${startedAt.toISOString()}`,
		tools: toolsFor(inputs, engine),
		timeoutMs: inputs.timeout
	}, signal));
	try {
		const plan = await reporter.group("Look at the database server", async () => {
			const found = await engine.plan(session, requestOf(inputs));
			describePlan(found, reporter);
			return found;
		});
		const warnings = [...clock.warning === void 0 ? [] : [clock.warning], ...plan.warnings];
		if (inputs.dryRun) return {
			kind: "dry-run",
			plan,
			hasCommands: hasCommands(inputs),
			warnings
		};
		const backup = {
			inputs,
			keys,
			ports,
			session,
			signal,
			id,
			folder: dumpFolder(inputs.server, id)
		};
		const { value: stored, failure } = await withCommands({
			session,
			before,
			after,
			reporter
		}, () => reporter.group("Dump", () => storeObjects(backup, plan, clock)));
		checkMinimum(inputs.minSize, storedBytesOf(stored));
		const manifest = describeBackup(backup, plan, stored, {
			startedAt,
			finishedAt: clock.now(),
			lifeboatVersion: program.lifeboatVersion
		});
		return {
			kind: "stored",
			manifest,
			manifestKey: await reporter.group("Write the manifest", async () => {
				const key = await writeManifest(backup, manifest);
				await leaveAnchor(backup, manifest).catch((error) => {
					if (!(error instanceof LifeboatError)) throw error;
					warnings.push(`the backup could not be noted on the target, so that ship-binlogs does not know of it: ${error.message}`);
				});
				await session.close();
				return key;
			}),
			storeLocation: ports.store.location,
			storedBytes: storedBytesOf(stored),
			durationMs: performance.now() - startedMs,
			isSigned: keys.signingKey !== void 0,
			encryptedOn: inputs.encryptOn,
			failure: failure && afterFailed(`the backup ${id}`, failure),
			warnings: [...warnings, ...stored.findings.warnings]
		};
	} finally {
		await session.close();
	}
}
/** For whoever ships binary logs: where they have to begin. */
async function leaveAnchor({ inputs, session, ports }, manifest) {
	const anchor = anchorOf(manifest);
	if (anchor === void 0) return;
	const store = nameStore(ports.store, inputs.storeEndpoint);
	const place = {
		action: ANCHOR_ACTION,
		server: inputs.server,
		store
	};
	const keeper = keepState(session, inputs.stateKey ?? inputs.sshKey, place);
	await keeper.read();
	await keeper.write(anchor);
}
/** Programs that the target must have. */
function toolsFor(inputs, engine) {
	return [
		...engine.tools,
		...SEALING_TOOLS[inputs.encryptOn],
		...commandTools(inputs)
	];
}
function requestOf(inputs) {
	const { connection: options, text: textOptions } = sortDumpArguments(inputs.extraArgs);
	return {
		connection: {
			...connectionOf(inputs),
			options
		},
		textOptions,
		databases: inputs.databases,
		excludeDatabases: inputs.excludeDatabases,
		excludeTables: inputs.excludeTables,
		layout: inputs.layout,
		consistency: inputs.consistency,
		maxLockMs: inputs.maxLock,
		accounts: inputs.accounts,
		inventory: inputs.inventory,
		rotate: inputs.rotate,
		coordinates: inputs.coordinates,
		brokenViews: inputs.brokenViews,
		maxReplicaLagMs: inputs.maxReplicaLag,
		allowEmpty: inputs.allowEmpty
	};
}
function describePlan(plan, reporter) {
	const { flavour, serverVersion, hostName, dumpToolVersion } = plan.source;
	reporter.info(`${flavour} ${serverVersion} on ${hostName}, dump client ${dumpToolVersion}`);
	reporter.info(`databases: ${plan.databases.join(", ") || "none"}`);
	if (plan.excluded.databases.length > 0) reporter.info(`not in the dump: ${plan.excluded.databases.join(", ")}`);
}
function checkMinimum(minSize, storedBytes) {
	if (minSize === void 0 || storedBytes >= minSize) return;
	throw new LifeboatError("too-small", `the dump is stored in ${formatBytes(storedBytes)}, less than min-size (${formatBytes(minSize)})`, { hint: "No manifest was written. Is this the server you meant, and is all of its data still there?" });
}

// src/engines/mysql/dump/advice.ts
/** The same on both flavours and in all versions. */
const VARIABLES$1 = [
	"log_bin",
	"binlog_format",
	"binlog_checksum",
	"binlog_expire_logs_seconds",
	"datadir"
];
/** Logs must be there until the second dump after them: one may fail. */
const MIN_EXPIRY_S = 172800;
/** See `DumpEngine.advise`. */
async function advise(flavour, session, connection) {
	const { programs } = await findClient(session, connection, flavour, () => void 0);
	const sql = VARIABLES$1.map((name) => `SELECT CONCAT('${name} ', @@GLOBAL.${name});`).join("\n");
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label: "question for the server's settings",
		script: clientFunction(connection) + sqlStage(programs, sql),
		stages: ["query"]
	}, explain);
	const variables = Object.fromEntries(stdout.toString().split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
	const isLocal = connection.host === void 0 && connection.container === void 0;
	return {
		advice: adviseOnBinlog(variables),
		dataDirectory: isLocal ? variables.datadir : void 0
	};
}
function adviseOnBinlog(variables) {
	const { log_bin, binlog_format, binlog_checksum, binlog_expire_logs_seconds: expiry } = variables;
	if (!isOn(log_bin)) return [{
		what: "the server writes no binary log: what changed after a dump cannot be brought back",
		fix: "In the section [mysqld] of its configuration set log_bin = binlog and a server_id of its own, and restart it."
	}];
	const expiryS = Number(expiry ?? 0);
	return [
		binlog_format !== "ROW" && {
			what: `binlog_format is ${binlog_format ?? "?"}: statements may do something else when they are replayed`,
			fix: inConfiguration("binlog_format", "ROW")
		},
		binlog_checksum === "NONE" && {
			what: "binlog_checksum is NONE: damage of a binary log is not noticed when it is replayed",
			fix: inConfiguration("binlog_checksum", "CRC32")
		},
		expiryS > 0 && expiryS < MIN_EXPIRY_S && {
			what: `binary logs are deleted after ${formatDuration(expiryS * 1e3)}: when a nightly dump fails, those since the last good one are gone`,
			fix: inConfiguration("binlog_expire_logs_seconds", String(MIN_EXPIRY_S))
		}
	].filter((advice) => advice !== false);
}
function inConfiguration(name, value) {
	return `SET GLOBAL ${name} = ${value};\nand in the section [mysqld] of the configuration, for the next start:\n${name} = ${value}`;
}

// src/engines/mysql/dump/choice.ts
/** Throws `db-not-found`. */
function choose(catalogue, request) {
	const wanted = request.databases === "*" ? catalogue.databases.filter(isDatabase(catalogue)) : request.databases;
	const known = new Set(catalogue.databases);
	const unknown = [...wanted, ...request.excludeDatabases].filter((name) => !known.has(name));
	if (unknown.length > 0) throw new LifeboatError("db-not-found", `the server does not show these databases to the dump user: ${unknown.join(", ")}`, { hint: `It shows: ${catalogue.databases.join(", ") || "none"}. Check the spelling in databases and exclude-databases, and the rights of the dump user.` });
	const excluded = new Set(request.excludeDatabases);
	const databases = wanted.filter((name) => !excluded.has(name));
	const chosen = new Set(databases);
	const inside = catalogue.tables.filter((table) => chosen.has(table.database));
	checkPatterns(request.excludeTables, inside);
	const isExcluded = matcher(request.excludeTables);
	const [excludedTables, kept] = split(inside, (table) => isExcluded(`${table.database}.${table.name}`));
	const [brokenViews, tables] = split(kept, (table) => table.brokenBecause !== void 0);
	checkNames([...excludedTables, ...brokenViews]);
	const withTables = new Set(catalogue.tables.map((table) => table.database));
	return {
		databases,
		tables,
		excludedTables,
		brokenViews,
		forgottenDatabases: catalogue.databases.filter((name) => withTables.has(name) && !chosen.has(name))
	};
}
/** Those that pass the test, and the others. */
function split(items, test) {
	const { yes = [], no = [] } = Object.groupBy(items, (item) => test(item) ? "yes" : "no");
	return [yes, no];
}
/**
* A directory whose name no database could have is shown as `#mysql50#…`; `lost+found` is one on every volume of its own. Without
* tables it is no database, and the dump tool stops at it.
*/
function isDatabase(catalogue) {
	return (name) => !name.startsWith("#mysql50#") || catalogue.tables.some((table) => table.database === name);
}
/** Throws `db-empty`. To a user without rights everything looks empty, so they are to be checked first. */
function checkNotEmpty({ databases, tables }, request) {
	if (databases.length > 0 && (request.allowEmpty || tables.some((table) => table.kind === "table"))) return;
	throw new LifeboatError("db-empty", databases.length === 0 ? "no database is left to dump" : `there is no table in ${databases.join(", ")}`, { hint: "Is this the server you meant? If an empty dump is right, set allow-empty: true." });
}
function matcher(patterns) {
	const tests = patterns.map((pattern) => new RegExp(`^${pattern.split("*").map(escapeRegExp).join(".*")}$`, "su"));
	return (name) => tests.some((test) => test.test(name));
}
function escapeRegExp(text) {
	return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
/** A pattern without `*` that matches nothing is a typing error that would otherwise back up what should stay out. */
function checkPatterns(patterns, tables) {
	const names = new Set(tables.map((table) => `${table.database}.${table.name}`));
	const unknown = patterns.filter((pattern) => !pattern.includes("*") && !names.has(pattern));
	if (unknown.length === 0) return;
	throw new LifeboatError("db-not-found", `exclude-tables names tables that are not there: ${unknown.join(", ")}`, { hint: "Write database.table; a * matches any characters, and a pattern with * may match nothing." });
}
/** mariadb-dump splits the value of --ignore-table at its first dot. */
function checkNames(ignored) {
	const dotted = ignored.filter((table) => table.database.includes("."));
	if (dotted.length === 0) return;
	throw new LifeboatError("db-not-found", `the dump tool cannot leave out tables of a database with a dot in its name: ${dotted.map((table) => `${table.database}.${table.name}`).join(", ")}`, { hint: "Take the whole database (and repair or drop its broken views), or leave the whole database out." });
}

// src/engines/mysql/dump/structure.ts
/** A trigger stands in a dump as it was typed, so that its name cannot be relied on. */
const TRIGGERS = {
	isCounted: (kind) => kind === "trigger",
	noun: "triggers"
};
const NAMED_KINDS = /* @__PURE__ */ new Set([
	"database",
	"table",
	"view",
	"sequence"
]);
/** Where perl is missing. */
const ALL_BODIES = {
	isCounted: (kind) => !NAMED_KINDS.has(kind),
	noun: "routines, triggers and events"
};
/** Differences that an error message names; the rest is counted. */
const MAX_NAMED = 20;
function parseSeen(text) {
	return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
function keyOf(object) {
	return JSON.stringify([
		object.kind,
		object.database,
		object.name
	]);
}
function describeObject({ kind, database, name }) {
	return kind === "database" || database === "" ? `${kind} ${name}` : `${kind} ${database}.${name}`;
}
const IN_TIME = {
	removed: "was removed",
	added: "was added",
	changed: "was changed"
};
const IN_DUMP = {
	removed: "is missing in the dump",
	added: "is only in the dump",
	changed: "is another in the dump"
};
/** "table helpdesk.ticket was changed", … between two looks at the same databases; empty when they are the same. */
function listChanges(earlier, later, words = IN_TIME) {
	const before = new Map(earlier.map((object) => [keyOf(object), object]));
	const after = new Map(later.map((object) => [keyOf(object), object]));
	const removed = earlier.filter((object) => !after.has(keyOf(object)));
	const added = later.filter((object) => !before.has(keyOf(object)));
	const changed = later.filter((object) => (before.get(keyOf(object))?.shapeSha256 ?? object.shapeSha256) !== object.shapeSha256);
	return [
		...removed.map((object) => `${describeObject(object)} ${words.removed}`),
		...added.map((object) => `${describeObject(object)} ${words.added}`),
		...changed.map((object) => `${describeObject(object)} ${words.changed}`)
	];
}
/** Throws `inventory-mismatch` or `catalogue-changed` unless the three looks are the same. */
function checkStructure(before, dumped, after) {
	if (listChanges(before, after).length === 0) {
		const differences = listChanges(before, dumped, IN_DUMP);
		if (differences.length === 0) return;
		throw new LifeboatError("inventory-mismatch", `the dump does not hold what is on the server: ${some(differences)}`, { hint: "The structure on the server did not change, so the dump is wrong. Nothing of this run counts. Run it again, and report it if it stays." });
	}
	const changes = [.../* @__PURE__ */ new Set([...listChanges(before, dumped), ...listChanges(dumped, after)])];
	throw new LifeboatError("catalogue-changed", `the structure changed while the dump ran: ${some(changes)}`, { hint: "Nothing of this run counts, because a dump that overlaps such a change can lose a table. Run it again; if a program makes and drops tables all the time, name them in exclude-tables." });
}
/** The digests of all definitions together, where each of them was not looked at by itself. Throws `catalogue-changed`. */
function checkSameDefinitions(before, after) {
	if (before !== "" && before === after) return;
	throw new LifeboatError("catalogue-changed", "the structure changed while the dump ran: the names are the same, a definition is not", { hint: "Nothing of this run counts. Run it again. With perl on the target it would be said which definition it was." });
}
/** Where the dump tool does not show what information_schema lists, or the other way round. Of some kinds only the number is known. */
function listCatalogueDifferences(catalogue, choice, before, { isCounted, noun } = TRIGGERS) {
	const chosen = new Set(choice.databases);
	const listed = [
		...choice.databases.map((name) => ({
			kind: "database",
			database: name,
			name
		})),
		...choice.tables,
		...catalogue.objects.filter(({ kind, database }) => chosen.has(database) && !isCounted(kind))
	];
	const seen = before.filter(({ kind }) => !isCounted(kind));
	const [listedKeys, seenKeys] = [new Set(listed.map(keyOf)), new Set(seen.map(keyOf))];
	return [
		...listed.filter((object) => !seenKeys.has(keyOf(object))).map((object) => `${describeObject(object)} is missing`),
		...seen.filter((object) => !listedKeys.has(keyOf(object))).map((object) => `${describeObject(object)} is not in the catalogue`),
		...compareCounts(catalogue, choice, before, {
			isCounted,
			noun
		})
	];
}
/** Throws `inventory-mismatch` for any difference from the catalogue. */
function checkAgainstCatalogue(differences) {
	if (differences.length === 0) return;
	throw new LifeboatError("inventory-mismatch", `the dump tool does not show what the server's catalogue lists: ${some(differences)}`, { hint: "Either the structure changed in that second (run it again), or the dump user lacks a right on these objects." });
}
/** Throws `inventory-mismatch` unless the dump of accounts holds exactly the accounts that the server had before it. */
function checkAccounts(accounts, seen) {
	const [listed, dumped] = [new Set(accounts.names), new Set(seen.map(({ name }) => name))];
	const differences = [...[...listed].filter((name) => !dumped.has(name)).map((name) => `account ${name} is missing`), ...[...dumped].filter((name) => !listed.has(name)).map((name) => `account ${name} was not there before`)];
	if (differences.length === 0) return;
	throw new LifeboatError("inventory-mismatch", `the dump of accounts does not hold what the server lists: ${some(differences)}`, { hint: "Either accounts were made or dropped in that second (run it again), or the dump user may not see them all." });
}
/** The same where names of accounts were not seen. */
function checkNumberOfAccounts(accounts, seen) {
	const dumped = seen.filter(({ kind }) => kind === "account").length;
	if (dumped === accounts.names.length) return;
	throw new LifeboatError("inventory-mismatch", `the dump of accounts holds ${dumped} accounts, the server lists ${accounts.names.length}`, { hint: "Either accounts were made or dropped in that second (run it again), or the dump user may not see them all." });
}
function compareCounts(catalogue, choice, before, { isCounted, noun }) {
	const keyOfTable = (database, name) => JSON.stringify([database, name]);
	const leftOut = new Set(choice.excludedTables.map(({ database, name }) => keyOfTable(database, name)));
	const listed = countByDatabase(catalogue.objects.filter(({ kind, database, table }) => isCounted(kind) && !leftOut.has(keyOfTable(database, table ?? ""))));
	const seen = countByDatabase(before.filter(({ kind }) => isCounted(kind)));
	return choice.databases.filter((database) => (listed.get(database) ?? 0) !== (seen.get(database) ?? 0)).map((database) => `database ${database} has ${listed.get(database) ?? 0} ${noun}, the dump tool shows ${seen.get(database) ?? 0}`);
}
function countByDatabase(objects) {
	const counts = /* @__PURE__ */ new Map();
	for (const { database } of objects) counts.set(database, (counts.get(database) ?? 0) + 1);
	return counts;
}
/** At most twenty of the names, separated by semicolons, and how many more there are. */
function some(names) {
	const more = names.length - MAX_NAMED;
	return names.slice(0, MAX_NAMED).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

// src/engines/mysql/dump/find-perl.ts
const PERL_PACKAGES = "Install perl on it: `perl-base` on Debian and Ubuntu, `perl` on Alpine, `perl-interpreter` on Fedora and its like";
/** A name takes more than one line in a dump. */
const LINE_BREAK = /[\n\r\f]/;
async function findPerl(session) {
	const { stdout } = await session.run({
		label: "search for perl",
		script: `perl -e 'use strict; use warnings; print "perl"' 2>/dev/null || :`,
		stages: []
	});
	return stdout.toString() === "perl";
}
/** Throws `target-tool-missing` for what cannot be done without perl. */
function checkWithoutPerl({ databases, tables }, locked) {
	const refuse = (why, otherwise) => {
		throw new LifeboatError("target-tool-missing", `the target has no perl, and ${why}`, { hint: `${PERL_PACKAGES}; ${otherwise}.` });
	};
	if (locked.length > 0) refuse(`without it nobody would end a lock that is held for longer than max-lock`, "or convert these tables to InnoDB, or use consistency: snapshot");
	const broken = [...databases, ...tables.map(({ database, name }) => `${database}.${name}`)].filter((name) => LINE_BREAK.test(name));
	if (broken.length > 0) refuse(`without it these names, which have line breaks, cannot be found in a dump: ${some(broken)}`, "or leave them out");
}

// src/engines/mysql/dump/limits.ts
/** Sentences for the summary. */
function findWarnings(survey) {
	const { choice, uncovered, client } = survey;
	const { dumpTool, server } = client;
	const withSecondPassword = survey.accounts?.withSecondPassword ?? 0;
	return [
		!survey.hasPerl && `The target has no perl: only the names of tables and views are taken down, and a restore test can reach level 1 only. ${"Install perl on it: `perl-base` on Debian and Ubuntu, `perl` on Alpine, `perl-interpreter` on Fedora and its like"}.`,
		choice.brokenViews.length > 0 && `These views are broken and are kept apart, as text in the inventory: ${namesOf(choice.brokenViews)}. Repair or drop them.`,
		uncovered.length > 0 && `Rows written during the dump may be torn apart in tables without transactions: ${namesOf(uncovered)}.`,
		choice.tables.some((table) => table.isVersioned) && !client.knownOptions.has("dump-history") && `The dump client ${dumpTool.text} cannot dump the history of system-versioned tables; 10.11 and newer can.`,
		compareNumbers(seriesOf(dumpTool), seriesOf(server)) < 0 && `The dump client ${dumpTool.text} is older than the server ${server.text}: it may not know everything that the server can hold.`,
		survey.replicaGrant !== void 0 && `Whether this server is a replica that has stopped or is behind could not be looked at: the dump user may not see it. As an administrator of the database server: ${survey.replicaGrant}`,
		isPublicLeftOut(survey) && "The rights granted to PUBLIC are not in the dump of accounts: mariadb-dump leaves them out.",
		withSecondPassword > 0 && `The second password of ${count(withSecondPassword, "account")} is not in the dump: MySQL shows it to nobody.`
	].filter((warning) => warning !== false);
}
/** What a restore cannot be compared with; `tables` are those that the inventory names. */
function findNotProvable(survey) {
	const { choice, accounts, hasPerl } = survey;
	const foreign = choice.tables.filter((table) => table.isForeign);
	const engines = [...new Set(foreign.map((table) => table.engine))].join(", ");
	return [
		!hasPerl && {
			what: "rows and definitions",
			why: "the target had no perl to take them down with",
			tables: []
		},
		foreign.length > 0 && {
			what: count(foreign.length, "table"),
			why: `engines that read their rows from elsewhere (${engines})`,
			tables: foreign
		},
		accounts !== void 0 && accounts.foreign > 0 && {
			what: count(accounts.foreign, "account"),
			why: "log-in through a plug-in that a sandbox does not have",
			tables: []
		},
		accounts !== void 0 && accounts.withSecondPassword > 0 && {
			what: `the second password of ${count(accounts.withSecondPassword, "account")}`,
			why: "MySQL shows it to nobody",
			tables: []
		},
		isPublicLeftOut(survey) && {
			what: "the rights of PUBLIC",
			why: "mariadb-dump leaves them out",
			tables: []
		}
	].filter((limit) => limit !== false);
}
/** Why point-in-time recovery cannot start at this dump; empty when it can. */
function findAnchorObstacles({ choice, grants, uncovered, replication }, { accounts, layout, coordinates }, hasCoordinates) {
	const left = choice.forgottenDatabases.length;
	return [
		layout === "per-database" && "each database has a moment of its own",
		layout === "one" && !coordinates && "it was not asked where the binary log stood (coordinates: false)",
		layout === "one" && coordinates && !hasCoordinates && "the server writes no binary log",
		hasCoordinates && replication.isNotLogged && "this replica does not write what it gets from its source into its own binary log (log_slave_updates)",
		left > 0 && `${count(left, "database")} with tables ${left === 1 ? "is" : "are"} not in the dump`,
		!seesEverything(grants) && "the dump user may not read every database, so that others may exist",
		choice.excludedTables.length > 0 && `${count(choice.excludedTables.length, "table")} left out`,
		uncovered.length > 0 && `${count(uncovered.length, "table")} without transactions may have changed meanwhile`,
		!accounts && "accounts are not in the dump"
	].filter((obstacle) => obstacle !== false);
}
function namesOf(tables) {
	return some(tables.map((table) => `${table.database}.${table.name}`));
}
function isPublicLeftOut({ accounts, grants }) {
	return accounts !== void 0 && hasPublicRights(grants);
}
/** Major and minor number; patches of one series are the same to a dump. */
function seriesOf({ numbers: [major, minor] }) {
	return [major, minor];
}
function count(number, noun) {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

// src/engines/mysql/dump/completeness.ts
/** What the dump tool wrote about itself and is no error. Throws `dump-incomplete` for everything else. */
function readWarnings({ stderr }, what) {
	const { errors, warnings } = classifyDumpStderr(stderr.get("dump") ?? "");
	if (errors.length === 0) return warnings;
	throw new LifeboatError("dump-incomplete", `the dump of ${what} ended with status 0, but said:\n${excerpt(errors.join("\n"))}`, { hint: "Nothing of this run counts: a dump that complains has left something out." });
}
/** Throws `dump-incomplete` unless the text of a dump was whole; `more` is what else is wrong with it. */
function checkComplete(what, facts, more = []) {
	const wrong = [
		...more,
		...facts.hasTrailer ? [] : ["its last line is missing"],
		...facts.isOpen ? ["it ends in the middle of a statement"] : [],
		...facts.complaints
	];
	if (wrong.length === 0) return;
	throw new LifeboatError("dump-incomplete", `the dump of ${what} ended with status 0, but is not whole: ${excerpt(some(wrong))}`, { hint: "Nothing of this run counts. Check the rights of the dump user and the free memory of the database server, then run it again." });
}

// src/engines/mysql/dump/lock-script.ts
const LOCK_STAGE = "lock";
/** Longer than anybody should have to wait behind a lock that waits itself. */
const LOCK_WAIT_S = 30;
/** Beyond `max-lock`: the server lets go of a client that does not answer, and the client of a server that does not. */
const SERVER_GRACE_S = 5;
const CLIENT_GRACE_S = 60;
/** sh(1): 128 and the number of SIGALRM, which survives the start of a program (execve(2)). */
const ALARMED = 142;
/** mysqld_error.h: ER_LOCK_WAIT_TIMEOUT. */
const LOCK_WAIT_ERROR = /\b1205\b/;
/** Takes the lock, and defines `locked PROGRAM…`, which runs a program with its arguments for as long as it may be held. */
function takeLock({ programs, tables, maxLockMs }) {
	const maxS = Math.ceil(maxLockMs / 1e3);
	const names = tables.map(({ database, name }) => `${quoteIdentifier(database)}.${quoteIdentifier(name)} READ`);
	const sql = [
		`SET SESSION sql_mode = '', lock_wait_timeout = ${LOCK_WAIT_S}, wait_timeout = ${maxS + SERVER_GRACE_S}`,
		`SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Query' AND TIME >= ${LOCK_WAIT_S} AND ID <> CONNECTION_ID()`,
		`SET @since = SYSDATE(6)`,
		`LOCK TABLES ${names.join(", ")}`,
		`SELECT 'locked'`
	];
	return `printf 'alarm shift; exec @ARGV; exit 127;\\n' >"$D/alarm.pl"
mkfifo "$D/lock.in" "$D/lock.out" || exit 1
IN=$D/lock.in VIA="perl $D/alarm.pl ${maxS + CLIENT_GRACE_S}"
stage ${LOCK_STAGE} run_client ${shellQuote(programs.sql)} --batch --raw --skip-column-names --unbuffered --skip-reconnect --default-character-set=utf8mb4 >"$D/lock.out" &
lock_pid=$!
IN=/dev/null VIA=
exec 7<"$D/lock.out" 8>"$D/lock.in"
(printf '%s\\n' ${shellQuote(`${sql.join(";\n")};`)} >&8)
read -r long_queries <&7 && read -r lock_answer <&7 || { exec 8>&-; wait "$lock_pid"; exit 1; }
locked() {
  VIA="perl $D/alarm.pl ${maxS} $VIA"
  "$@"
  locked_status=$?
  (printf '%s\\n' 'UNLOCK TABLES; SELECT TIMESTAMPDIFF(MICROSECOND, @since, SYSDATE(6)) DIV 1000;' >&8) 2>/dev/null
  read -r locked_ms <&7 && printf '%s\\n' "$locked_ms" >"$D/locked-ms"
  return "$locked_status"
}
`;
}
/** After the pipeline with `locked` in it: waits for the end of the other client, and reports. */
const RELEASE_LOCK = `exec 8>&-
wait "$lock_pid"
exec 7<&-
report long-queries "$long_queries"
[ ! -e "$D/locked-ms" ] || report locked-ms "$(cat "$D/locked-ms")"
rm -f "$D/lock.in" "$D/lock.out" "$D/locked-ms"
`;
/** Undefined when neither the lock nor its limit is to blame. */
function explainLock(outcome, maxLockMs) {
	if (!outcome.statuses.has("lock")) return void 0;
	if (outcome.statuses.get("dump") === ALARMED) return new LifeboatError("lock-too-long", `${outcome.label}: tables without transactions were locked for ${maxLockMs / 1e3} seconds (max-lock), and the dump had not ended`, { hint: "They are not locked any more, and nothing of this run counts. Convert them to InnoDB, which needs no lock; leave large other databases to another run; or allow more with max-lock." });
	const status = outcome.statuses.get(LOCK_STAGE);
	if (status !== void 0 && status !== 0 && LOCK_WAIT_ERROR.test(outcome.stderr.get("lock") ?? "")) return new LifeboatError("lock-not-granted", `${outcome.label}: the tables without transactions could not be locked within ${LOCK_WAIT_S} seconds`, { hint: "Somebody else has been writing to one of them, or holds a lock, all the time: SHOW FULL PROCESSLIST shows who. Nothing of this run counts." });
	return explainClientFailure(outcome, LOCK_STAGE);
}
/** How long others could not write, and a warning for people. Throws `dump-incomplete` where the lock was not held to the end. */
function readLock(reports, label) {
	const valueOf = (name) => reports.find((report) => report.name === name)?.value ?? "";
	const lockedMs = valueOf("locked-ms");
	if (!/^\d+$/.test(lockedMs)) throw new LifeboatError("dump-incomplete", `${label}: the lock on its tables was lost before the end`, { hint: "Nothing of this run counts: rows of tables without transactions may have changed meanwhile. Was the connection killed?" });
	const long = valueOf("long-queries");
	const warnings = long === "0" || long === "" ? [] : [`${label}: ${long} statements had been running for more than ${LOCK_WAIT_S} seconds when tables were locked. Whoever writes waits behind a lock that waits.`];
	return {
		lockedMs: Number(lockedMs),
		warnings
	};
}

// src/engines/mysql/dump/names-filter.sh
const text = "# What stands in the dump pipeline of a target without perl, in place of inventory-filter.pl and accounts-format.pl: POSIX sh, grep and\n# sed. Lines as long as a row are for grep alone: it takes as much memory as the longest one, where awk would take minutes.\n#\n# look_at_names DIR WHAT: passes standard input through unchanged and writes down\n#   DIR/seen    lines of the dump: titles, definitions of databases, marks of bodies, where the binary log stood, what the dump tool\n#               excuses itself for; of definers the name alone; \"account\" for each account; with WHAT structure at last \"structure\" and the SHA-256 of all\n#               lines but comments, without values that move by themselves\n#   DIR/facts   \"name value\" lines: bytes, trailer\n# A reader that dies is seen by tee, or by its own status. One that finds nothing has failed: that was no dump.\n# shellcheck disable=SC2016,SC2317  # backquotes are names of SQL; the functions are called by the text that follows\nlook_at_names() {\n  mkfifo \"$1/names.in\" \"$1/end.in\" \"$1/size.in\" || return 1\n  nice grep -aE \\\n    -e '^--$' \\\n    -e \"^-- (Current Database: |(Table|Sequence|[A-Z][a-z]+ view|Temporary table) structure for |Dumping (data|events|routines) for )\" \\\n    -e \"^-- CHANGE (MASTER|REPLICATION SOURCE) TO (MASTER|SOURCE)_LOG_FILE=|^-- SET GLOBAL gtid_slave_pos=\" \\\n    -e \"^-- ([Ii]nsufficient privileges|[Ff]ailed on view|WARNING|[Ww]arning|ERROR|[Ee]rror|[Cc]ouldn't)\" \\\n    -e '^DELIMITER ;;?$' -e '^CREATE DATABASE ' \\\n    -e '^(CREATE|/\\*!50013|/\\*!50003 CREATE\\*/ /\\*!50017|/\\*!50106 CREATE\\*/ /\\*!50117) DEFINER=`' \\\n    -e \"^(/\\*M![0-9]+ )?CREATE (USER|ROLE)( IF NOT EXISTS)? ['\\`]\" \\\n    <\"$1/names.in\" >\"$1/names\" &\n  readers=$!\n  nice tail -c 1024 <\"$1/end.in\" >\"$1/end\" &\n  readers=\"$readers $!\"\n  nice wc -c <\"$1/size.in\" >\"$1/size\" &\n  readers=\"$readers $!\"\n  if [ \"$2\" = structure ]; then\n    mkfifo \"$1/structure.in\" || return 1\n    nice sed -e '/^--/d' -e 's/^\\() ENGINE=[^ ]*\\) AUTO_INCREMENT=[0-9]*/\\1/' -e '/^DO SETVAL(/d' -e '/^SELECT SETVAL(/d' \\\n      <\"$1/structure.in\" >\"$1/structure\" &\n    readers=\"$readers $!\"\n  fi\n  nice tee \"$1\"/*.in\n  looked=$?\n  for feed in \"$1\"/*.in; do\n    # A tee that died early never opened it, and its reader would wait.\n    : <>\"$feed\"\n  done\n  for reader in $readers; do wait \"$reader\" || looked=1; done\n  rm -f \"$1\"/*.in\n  # Behind a definer stands the user's own text, behind an account the hash of a password: nothing of either leaves the target.\n  sed -E -e 's/^(\\/\\*M![0-9]+ )?CREATE (USER|ROLE) .*/account/' \\\n    -e 's/^(CREATE|\\/[^`]*) (DEFINER=`([^`]|``)*`(@`([^`]|``)*`)?).*/\\2/' -e '/^CREATE DATABASE /n' -e '/^(CREATE|\\/)/d' \"$1/names\" >\"$1/seen\" || return 1\n  if [ \"$2\" = structure ]; then printf 'structure %s\\n' \"$(hash_stdin <\"$1/structure\")\" >>\"$1/seen\" || return 1; fi\n  trailer=0\n  case $(tail -n 2 \"$1/end\"; echo end) in\n  '\n-- Dump completed'*'\nend') trailer=1 ;;\n  esac\n  printf 'bytes %s\\ntrailer %s\\n' \"$(($(cat \"$1/size\")))\" \"$trailer\" >\"$1/facts\" || return 1\n  return \"$looked\"\n}\n\n# format_accounts: what accounts-format.pl does, but for the order of rights, which is of use only where texts are compared.\nformat_accounts() {\n  printf '%s\\n' '-- MySQL accounts' '' 'SET NAMES utf8mb4;' \"SET SESSION sql_mode = '';\" ''\n  is_whole=0 revokes=\n  while IFS= read -r line; do\n    [ \"$is_whole\" = 0 ] || { echo 'a line behind the last one' >&2; return 1; }\n    case $line in\n    lifeboat-account) flush_revokes ;;\n    lifeboat-end) flush_revokes; is_whole=1 ;;\n    # The client escapes \\n, \\t and \\\\ as printf does.\n    'CREATE USER '*) printf 'CREATE USER IF NOT EXISTS %b;\\n' \"${line#CREATE USER }\" ;;\n    'GRANT '*) printf '%b;\\n' \"$line\" ;;\n    'REVOKE '*) revokes=\"$revokes$line;\\\\n\" ;;\n    *) echo 'neither CREATE USER nor GRANT nor REVOKE' >&2; return 1 ;;\n    esac\n  done\n  [ \"$is_whole\" = 0 ] || printf '\\n-- Dump completed on %s\\n' \"$(date -u '+%Y-%m-%d %H:%M:%S')\"\n}\n\n# What was granted is taken away in part, where the server is told that this can be.\nflush_revokes() {\n  [ -z \"$revokes\" ] || printf 'SET GLOBAL partial_revokes = ON;\\n%b' \"$revokes\"\n  revokes=\n}\n";

// src/engines/mysql/dump/dump-script.ts
function flavourOf({ client }) {
	return client.server.flavour;
}
/** What the stages of a dump are made of. */
function beginning({ connection, hasPerl }) {
	return clientFunction(connection) + (hasPerl ? "" : text);
}
function dumpCommand({ client }, options) {
	return `run_client ${shellQuoteAll([client.programs.dump, ...options])}`;
}
/** A stage that passes its input through and writes down, below `$D/<look>`, what it saw. */
function filterStage({ hasPerl }, name, look, what) {
	if (!hasPerl) return `stage ${name} look_at_names "$D/${look}" ${what}`;
	return `stage ${name} nice perl "$D/filter.pl" "$D/${look}" ${what} $HASHER`;
}
/** The filter's own text is written once a session. */
function preparation({ hasPerl }, look) {
	if (!hasPerl) return `mkdir -p "$D/${look}"\n`;
	return `[ -e "$D/filter.pl" ] || printf '%s' ${shellQuote(text$1)} >"$D/filter.pl"\nmkdir -p "$D/${look}"\n`;
}
function ignored({ choice }, { databases }) {
	const inside = new Set(databases);
	return [...choice.excludedTables, ...choice.brokenViews].filter(({ database }) => inside.has(database)).map((table) => `--ignore-table=${table.database}.${table.name}`);
}
/** Everything but the rows, through the same filter. */
function structure(scripts, part, when) {
	const options = [
		...COMMON_OPTIONS,
		...FLAVOUR_OPTIONS[flavourOf(scripts)],
		"--skip-lock-tables",
		"--no-data",
		...ignored(scripts, part),
		"--databases",
		"--",
		...part.databases
	];
	const look = `${part.index}.${when}`;
	return `${preparation(scripts, look)}stage structure-${when} ${dumpCommand(scripts, options)} | ${filterStage(scripts, `look-${when}`, look, "structure")} >/dev/null\n`;
}
function accountsScript(scripts) {
	const start = beginning(scripts) + preparation(scripts, "accounts");
	const end = `${filterStage(scripts, "filter", "accounts", "digest")} | seal\n`;
	const accounts = ACCOUNTS_DUMPS[flavourOf(scripts)];
	if (accounts.by === "dump tool") return `${start}stage dump ${dumpCommand(scripts, accounts.options)} | ${end}`;
	const format = scripts.hasPerl ? "perl \"$D/accounts/format.pl\"" : "format_accounts";
	const client = (options) => `run_client ${shellQuoteAll([scripts.client.programs.sql, ...options])}`;
	return [
		start.trimEnd(),
		`printf '%s' ${shellQuote(accounts.question)} >"$D/accounts/question"`,
		`printf '%s' ${shellQuote(accounts.format)} >"$D/accounts/format.pl"`,
		`IN=$D/accounts/question`,
		`stage query ${client(LIST_OPTIONS)} >"$D/accounts/statements"`,
		`[ "$stage_status" = 0 ] || exit 1`,
		`IN=$D/accounts/statements`,
		`stage dump ${client(accounts.options)} | stage format ${format} | ${end}`
	].join("\n");
}
function accountsStages(scripts) {
	return [...ACCOUNTS_DUMPS[flavourOf(scripts)].by === "statements" ? [
		"query",
		"dump",
		"format"
	] : ["dump"], "filter"];
}
function dataScript(scripts, part) {
	const options = [
		...COMMON_OPTIONS,
		...FLAVOUR_OPTIONS[flavourOf(scripts)],
		...DATA_OPTIONS,
		...scripts.textOptions,
		...scripts.coordinates ? coordinateOptions(flavourOf(scripts), scripts.client.knownOptions) : [],
		...needsHistory(scripts) ? [HISTORY_OPTION] : [],
		...ignored(scripts, part),
		"--databases",
		"--",
		...part.databases
	];
	const look = `${part.index}.during`;
	const { maxLockMs, client } = scripts;
	const tables = lockedIn(scripts, part);
	const hasLock = tables.length > 0;
	const rotate = scripts.rotate ? `${sqlStage(scripts.client.programs, "SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;")}[ "$stage_status" = 0 ] || exit 1\n` : "";
	return beginning(scripts) + structure(scripts, part, "before") + `[ "$(cat "$D/status.structure-before" "$D/status.look-before" | tr -d '\\n')" = 00 ] || exit 1\n` + rotate + preparation(scripts, look) + (hasLock ? takeLock({
		programs: client.programs,
		tables,
		maxLockMs
	}) : "") + `if command -v stdbuf >/dev/null 2>&1; then VIA='stdbuf -o 1M'; fi\nstage dump ${hasLock ? "locked " : ""}${dumpCommand(scripts, options)} | ${filterStage(scripts, "filter", look, scripts.countRows ? "rows" : "digest")} | seal\n` + (hasLock ? RELEASE_LOCK : "") + structure(scripts, part, "after");
}
/** Tables of these databases that are locked while they are dumped. */
function lockedIn({ locked }, { databases }) {
	const inside = new Set(databases);
	return locked.filter(({ database }) => inside.has(database));
}
function dataStages(scripts, part) {
	const before = [
		"structure-before",
		"look-before",
		...scripts.rotate ? ["query"] : []
	];
	const lock = lockedIn(scripts, part).length > 0 ? [LOCK_STAGE] : [];
	return [
		...before,
		...lock,
		"dump",
		"filter",
		"structure-after",
		"look-after"
	];
}
/**
* Prints texts that end with form feeds: with accounts the facts and what was seen of their dump; then for each part of the dump the
* facts, and what was seen during, before and after it.
*/
function concludeScript(parts, withAccounts) {
	return `show() { for file in "$@"; do cat "$D/$file" || exit 1; printf '\\f'; done; }
${withAccounts ? "show accounts/facts accounts/seen" : ":"}
n=0
while [ "$n" -lt ${parts} ]; do show "$n.during/facts" "$n.during/seen" "$n.before/seen" "$n.after/seen"; n=$((n + 1)); done
`;
}
/** Prints the inventory: members given by the runner, then what the filter wrote, or what is known instead; sealed as the dump itself is. */
function inventoryScript(scripts, head, parts, withAccounts, known = []) {
	const { brokenViews } = scripts.choice;
	const taken = [
		...withAccounts ? ["print_objects accounts || return"] : [],
		"n=0",
		`while [ "$n" -lt ${parts} ]; do print_objects "$n.during" || return; n=$((n + 1)); done`
	];
	const objects = scripts.hasPerl ? taken.join("\n  ") : `printf '%s' ${shellQuote(known.map((object) => JSON.stringify(object)).join(",\n"))}`;
	const readBrokenViews = `{ ${sqlStage(scripts.client.programs, brokenViews.map(brokenViewSql).join("\n"))}} |
{ first=1; while IFS= read -r row; do [ "$first" = 1 ] || printf ','; first=0; printf '%s' "$row"; done; } >"$D/broken-views"
`;
	return `${clientFunction(scripts.connection)}
print_objects() {
  [ -s "$D/$1/ddl" ] || { [ -e "$D/$1/ddl" ]; return; }
  printf '%s' "$separator"
  separator=,
  cat "$D/$1/ddl"
}
print_inventory() {
  printf '%s' ${shellQuote(head)}
  printf ',"objects":['
  separator=
  ${objects}
  printf '],"brokenViews":['
  cat "$D/broken-views" || return
  printf ']}\\n'
}
: >"$D/broken-views"
${brokenViews.length === 0 ? "" : readBrokenViews}stage print print_inventory | seal
`;
}
/** Names are compared byte by byte too: the catalogue's own comparison takes E for é. */
function brokenViewSql({ database, name, brokenBecause = "" }) {
	return `SET SESSION sql_mode = ''; SELECT JSON_OBJECT(${`'database', TABLE_SCHEMA, 'name', TABLE_NAME, 'text', VIEW_DEFINITION, 'error', ${quoteSqlString(brokenBecause)}`}) FROM information_schema.VIEWS WHERE ${[`TABLE_SCHEMA = ${quoteSqlString(database)} AND TABLE_NAME = ${quoteSqlString(name)}`, `BINARY TABLE_SCHEMA = ${quoteSqlString(database)} AND BINARY TABLE_NAME = ${quoteSqlString(name)}`].join(" AND ")};`;
}
function inventoryStages(scripts) {
	return [...scripts.choice.brokenViews.length > 0 ? ["query"] : [], "print"];
}
/** Rows of the past would be lost without it; such tables are read with their history. */
function needsHistory({ client, choice }) {
	return client.knownOptions.has("dump-history") && choice.tables.some((table) => table.isVersioned);
}

// src/engines/mysql/dump/names-look.ts
/** Routines, triggers and events look alike from outside: they are counted. */
const COUNTED_KIND = "routine, trigger or event";
const TITLES = [
	["Current Database: ", "database"],
	["Table structure for table ", "table"],
	["Final view structure for view ", "view"],
	["Sequence structure for ", "sequence"]
];
const CREATE_DATABASE = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ ";
const QUOTED = /^`((?:[^`]|``)+)`$/;
const COORDINATES = /^-- CHANGE .*_LOG_FILE='([^']+)', .*_LOG_POS=(\d+);/;
const GTID = /^-- SET GLOBAL gtid_slave_pos='([^']*)';$/;
const STRUCTURE = /^structure ([0-9a-f]{64})$/;
const EXCUSE = /^-- (?:insufficient privileges|failed on view|WARNING|Error|Couldn't)/i;
function parseNamesLook(factsText, seenText) {
	const found = /* @__PURE__ */ new Map();
	const definers = /* @__PURE__ */ new Set();
	const complaints = [];
	let [database, structureSha256, gtid, previous] = [
		"",
		"",
		"",
		""
	];
	let [isInBody, counted] = [false, 0];
	let coordinates = null;
	const add = (kind, name, definition = {}) => found.set(JSON.stringify([
		kind,
		database,
		name
	]), {
		kind,
		database,
		name,
		...definition
	});
	for (const line of seenText.split("\n")) {
		if (line === "account" || line === "DELIMITER ;;") {
			counted += 1;
			add(line === "account" ? line : COUNTED_KIND, `no. ${counted}`);
		}
		if (line.startsWith("DELIMITER ")) isInBody = line === "DELIMITER ;;";
		if (line.startsWith("DEFINER=")) definers.add(line.slice(8));
		structureSha256 = STRUCTURE.exec(line)?.[1] ?? structureSha256;
		const [title = "", kind = ""] = !isInBody && previous === "--" && TITLES.find(([start]) => line.startsWith(`-- ${start}`)) || [];
		const name = QUOTED.exec(line.slice(`-- ${title}`.length))?.[1]?.replaceAll("``", "`");
		if (kind !== "" && name !== void 0) {
			if (kind === "database") database = name;
			else add(kind, name);
		} else if (!isInBody && database !== "" && line.startsWith(CREATE_DATABASE + quoteIdentifier(database))) {
			const ddl = `${line}\nUSE ${quoteIdentifier(database)};\n`;
			add("database", database, {
				ddl,
				ddlSha256: createHash("sha256").update(ddl).digest("hex")
			});
		} else if (!isInBody && EXCUSE.test(line)) complaints.push(line.slice(3));
		const [, file, position] = COORDINATES.exec(line) ?? [];
		if (file !== void 0 && database === "") coordinates = {
			file,
			position: Number(position),
			gtid
		};
		if (!isInBody) gtid = GTID.exec(line)?.[1] ?? gtid;
		previous = line;
	}
	return {
		facts: {
			...parseFacts(factsText),
			complaints,
			coordinates: coordinates && {
				...coordinates,
				gtid
			}
		},
		seen: [...found.values()],
		definers: [...definers],
		structureSha256
	};
}

// src/engines/mysql/dump/dump-plan.ts
var SqlDumpPlan = class {
	source;
	replicaOf;
	databases;
	warnings;
	excluded;
	uncoveredTables;
	accounts;
	data;
	variables;
	#session;
	#scripts;
	#survey;
	#request;
	#parts;
	#restOfData = [];
	/** Where only names were taken down. */
	#definers = [];
	#seen = [];
	constructor(session, request, survey) {
		const { client, catalogue, replication, choice, uncovered, locked, hasPerl } = survey;
		this.#session = session;
		this.#request = request;
		this.#survey = survey;
		const coordinates = wantsCoordinates(catalogue, request);
		const { databases } = choice;
		const wholes = request.layout === "one" ? [databases] : databases.map((name) => [name]);
		this.#parts = wholes.map((names, index) => ({
			index,
			databases: names
		}));
		this.#scripts = {
			client,
			connection: request.connection,
			choice,
			countRows: hasPerl && request.inventory === "rows",
			hasPerl,
			textOptions: request.textOptions,
			locked,
			maxLockMs: request.maxLockMs,
			rotate: request.rotate && coordinates,
			coordinates
		};
		const serverUuid = catalogue.variables["server_uuid"];
		this.source = {
			flavour: client.server.flavour,
			serverId: Number(catalogue.variables["server_id"] ?? 0),
			...serverUuid === void 0 ? {} : { serverUuid },
			hostName: catalogue.variables["hostname"] ?? "",
			serverVersion: client.server.text,
			dumpToolVersion: client.dumpTool.text
		};
		this.replicaOf = (replication.sources ?? []).map(({ source, lagSeconds = 0 }) => ({
			...source,
			lagSeconds
		}));
		this.variables = catalogue.variables;
		this.databases = choice.databases;
		this.uncoveredTables = uncovered.length;
		this.excluded = {
			databases: catalogue.databases.filter((name) => !choice.databases.includes(name)),
			tables: choice.excludedTables.length,
			brokenViews: choice.brokenViews.length
		};
		this.warnings = findWarnings(survey);
		const explain = (outcome) => explainLock(outcome, request.maxLockMs) ?? explainClientFailure(outcome, "dump") ?? explainClientFailure(outcome, "structure-before") ?? explainClientFailure(outcome, "query") ?? explainClientFailure(outcome, "structure-after");
		this.accounts = request.accounts ? {
			task: {
				label: "dump of accounts",
				script: accountsScript(this.#scripts),
				stages: accountsStages(this.#scripts)
			},
			explain,
			check: (dumped) => void readWarnings(dumped, "accounts")
		} : void 0;
		this.data = this.#parts.map((part) => {
			const what = this.#nameOf(part);
			return {
				databases: part.databases,
				task: {
					label: `dump of ${what}`,
					script: dataScript(this.#scripts, part),
					stages: dataStages(this.#scripts, part)
				},
				explain,
				check: (dumped) => void readWarnings(dumped, what)
			};
		});
	}
	async conclude(dumped) {
		const parts = this.#parts;
		const warnings = dumped.flatMap((one, index) => readWarnings(one, this.#nameOf(parts[index])));
		const locks = parts.filter((part) => lockedIn(this.#scripts, part).length > 0).map((part) => readLock(dumped[part.index]?.reports ?? [], `dump of ${this.#nameOf(part)}`));
		const { accounts } = this.#survey;
		const { stdout } = await this.#session.run({
			label: "comparison with the catalogue",
			script: concludeScript(parts.length, accounts !== void 0),
			stages: []
		});
		const texts = stdout.toString().split("\f");
		if (accounts) {
			const [facts = "", seen = ""] = texts.splice(0, 2);
			const look = this.#read(facts, seen);
			checkComplete("accounts", look.facts);
			if (this.#survey.hasPerl) checkAccounts(accounts, look.seen);
			else checkNumberOfAccounts(accounts, look.seen);
		}
		const looks = parts.map((part) => {
			const [facts = "", ...seenTexts] = texts.splice(0, 4);
			const [during = "", before = "", after = ""] = seenTexts;
			const read = {
				before: this.#read("", before),
				during: this.#read(facts, during),
				after: this.#read("", after)
			};
			const seen = {
				before: read.before.seen,
				during: read.during.seen,
				after: read.after.seen
			};
			return {
				part,
				facts: read.during.facts,
				seen,
				read
			};
		});
		for (const { part, facts } of looks) {
			const more = !this.#scripts.coordinates || facts.coordinates !== null ? [] : ["it does not say where the binary log stood"];
			checkComplete(this.#nameOf(part), facts, more);
		}
		await this.#checkAgainstCatalogue(looks.flatMap(({ seen }) => seen.before));
		for (const { seen, read } of looks) {
			checkStructure(seen.before, seen.during, seen.after);
			if (!this.#survey.hasPerl) checkSameDefinitions(read.before.structureSha256, read.after.structureSha256);
		}
		this.#definers = [...new Set(looks.flatMap(({ read }) => read.during.definers))];
		this.#seen = looks.flatMap(({ seen }) => seen.during);
		this.#restOfData = looks.map(({ facts }) => facts.restSha256);
		const coordinates = this.#completeCoordinates(looks[0]?.facts.coordinates ?? null);
		return {
			databases: looks.flatMap(({ part, facts, seen }) => part.databases.map((name) => figuresOf(name, part, seen.during, facts, this.#scripts.countRows))),
			plainBytes: looks.map(({ facts }) => facts.bytes),
			coordinates,
			anchorObstacles: findAnchorObstacles(this.#survey, this.#request, coordinates !== null),
			notProvable: findNotProvable(this.#survey).map(({ what, why }) => ({
				what,
				why
			})),
			...locks.length === 0 ? {} : { lockedMs: locks.reduce((sum, { lockedMs }) => sum + lockedMs, 0) },
			warnings: [...warnings, ...locks.flatMap((lock) => lock.warnings)]
		};
	}
	/** mysqldump does not say what had been executed there: what was logged when the catalogue was read is a part of it. */
	#completeCoordinates(coordinates) {
		return coordinates && {
			...coordinates,
			gtid: coordinates.gtid || this.#survey.catalogue.logged
		};
	}
	/**
	* A database whose turn came late may have changed since the catalogue was read. That is no fault of its dump, so that only what
	* the catalogue of now says, too, is one.
	*/
	async #checkAgainstCatalogue(seen) {
		const { client, catalogue, choice, hasPerl } = this.#survey;
		const counted = hasPerl ? void 0 : ALL_BODIES;
		const differences = listCatalogueDifferences(catalogue, choice, seen, counted);
		if (differences.length === 0 || this.#parts.length === 1) {
			checkAgainstCatalogue(differences);
			return;
		}
		const { connection } = this.#request;
		const now = await readCatalogue(this.#session, connection, client.programs, client.server.flavour);
		const still = listCatalogueDifferences(now, {
			...choose(now, this.#request),
			databases: choice.databases
		}, seen, counted);
		checkAgainstCatalogue(differences.filter((difference) => still.includes(difference)));
	}
	#nameOf(part) {
		return this.#request.layout === "one" ? "databases" : `database ${part?.databases.join(", ") ?? ""}`;
	}
	#read(facts, seen) {
		if (!this.#survey.hasPerl) return parseNamesLook(facts, seen);
		return {
			facts: parseFacts(facts),
			seen: parseSeen(seen),
			definers: [],
			structureSha256: ""
		};
	}
	/** What stands in for objects that were not taken down: names that were seen in the dump, else those of the catalogue. */
	#knownObjects() {
		const { choice, catalogue, accounts } = this.#survey;
		const chosen = new Set(choice.databases);
		return [
			...(accounts?.names ?? []).map((name) => ({
				kind: "account",
				database: "",
				name
			})),
			...this.#seen.filter(({ kind }) => !ALL_BODIES.isCounted(kind)),
			...catalogue.objects.filter(({ database }) => chosen.has(database)).map(({ kind, database, name }) => ({
				kind,
				database,
				name
			}))
		];
	}
	inventory(head, stems) {
		const { textOptions, hasPerl } = this.#scripts;
		const members = {
			...head,
			variables: this.variables,
			...hasPerl ? {} : { onlyNames: { definers: this.#definers } },
			rest: hasPerl ? Object.fromEntries(stems.map((stem, index) => [stem, this.#restOfData[index]])) : {},
			...textOptions.length === 0 ? {} : { dumpOptions: textOptions },
			notProvable: findNotProvable(this.#survey).flatMap(({ why, tables }) => tables.map(({ kind, database, name }) => ({
				kind,
				database,
				name,
				why
			})))
		};
		const text = JSON.stringify(members).slice(0, -1);
		return {
			task: {
				label: "inventory",
				script: inventoryScript(this.#scripts, text, this.#parts.length, this.#request.accounts, hasPerl ? [] : this.#knownObjects()),
				stages: inventoryStages(this.#scripts)
			},
			explain: (outcome) => explainClientFailure(outcome, "query")
		};
	}
};
function figuresOf(name, { databases }, seen, facts, countRows) {
	const inside = seen.filter((object) => object.database === name);
	const tables = inside.filter((object) => object.kind === "table");
	return {
		name,
		tables: tables.length,
		views: inside.filter((object) => object.kind === "view").length,
		rows: countRows ? tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) : void 0,
		plainBytes: facts.databaseBytes.get(name) ?? (databases.length === 1 ? facts.bytes : void 0)
	};
}

// src/engines/mysql/dump/order-of-views.ts
/** A name with something after it: the server writes databases, tables and aliases before what belongs to them. */
const QUALIFIER = /`((?:[^`]|``)*)`\./g;
/** The databases, each after those that its views show; otherwise in the given order. Throws `input-invalid` for a circle. */
function inOrderOfViews(databases, views) {
	const needs = new Map(databases.map((name) => [name, /* @__PURE__ */ new Set()]));
	for (const { database, text } of views) for (const [, quoted = ""] of text.matchAll(QUALIFIER)) {
		const name = quoted.replaceAll("``", "`");
		if (name !== database && needs.has(name)) needs.get(database)?.add(name);
	}
	const ordered = /* @__PURE__ */ new Set();
	const visit = (name, path) => {
		if (ordered.has(name)) return;
		if (path.includes(name)) throw circle([...path.slice(path.indexOf(name)), name]);
		for (const needed of needs.get(name) ?? []) visit(needed, [...path, name]);
		ordered.add(name);
	};
	for (const name of databases) visit(name, []);
	return [...ordered];
}
function circle(names) {
	return new LifeboatError("input-invalid", `\`layout\`: views of these databases show tables of the next one, in a circle: ${names.join(", ")}. With \`per-database\` none of them could be loaded first`, { hint: "Dump with `layout: one`, or dump these databases in a run of their own with `layout: one`." });
}

// src/engines/mysql/dump/replication.ts
const VARIABLES = [
	"log_slave_updates",
	"log_replica_updates",
	"server_uuid"
];
/** MySQL has the statement by this name since then, and 8.4 knows no other. */
const RENAMED_IN = [
	8,
	0,
	22
];
/** Members of a group are no replicas of one another, and list what is left of how they joined. */
const GROUP_CHANNEL = /^group_replication_/;
/** Throws the codes of a failed query. With `mayLook`, the account has the right to the state of replicas. */
async function readReplication(session, connection, { programs, server }, mayLook) {
	const sql = [
		`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${VARIABLES.map((name) => `'${name}'`).join(", ")})`,
		`SHOW GLOBAL STATUS LIKE 'Slaves_running'`,
		...mayLook ? [statusStatement(server)] : []
	].join(";\n");
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label: "question whether the server is a replica",
		script: clientFunction(connection) + tableStage(programs, `${sql};`),
		stages: ["query"]
	}, explain);
	const { sources, isNotLogged } = parseReplication(stdout.toString());
	return {
		sources: mayLook ? sources : void 0,
		isNotLogged
	};
}
function statusStatement({ flavour, numbers }) {
	if (flavour === "mariadb") return "SHOW ALL SLAVES STATUS";
	return compareNumbers(numbers, RENAMED_IN) < 0 ? "SHOW SLAVE STATUS" : "SHOW REPLICA STATUS";
}
/** Of variables, each with its value, and of the table that has a row for each source. */
function parseReplication(text) {
	const lines = text.split("\n").filter((line) => line !== "");
	const heading = lines.findIndex((line) => /\t(?:Slave|Replica)_IO_Running\t/.test(line));
	const [values, table] = heading < 0 ? [lines, []] : [lines.slice(0, heading), lines.slice(heading).map(splitRow)];
	const [names = [], ...rows] = table;
	const variables = new Map(values.map(splitRow).map(([name = "", value = ""]) => [name, value]));
	const oldNames = names.map((name) => name.replace("Replica", "Slave").replace("Source", "Master"));
	return {
		sources: rows.map((row) => parseSource(new Map(oldNames.map((name, index) => [name, row[index] ?? ""])))).filter(({ source }) => !GROUP_CHANNEL.test(source.channel ?? "")),
		isNotLogged: losesWhatIsReplicated(variables)
	};
}
function splitRow(line) {
	return line.split("	");
}
function parseSource(row) {
	const get = (name) => row.get(name) ?? "";
	const number = (name) => /^\d+$/.test(get(name)) ? Number(get(name)) : void 0;
	const channel = row.get("Connection_name") ?? get("Channel_Name");
	const threads = ["IO", "SQL"].flatMap((name) => {
		const state = get(`Slave_${name}_Running`);
		if (state === "Yes") return [];
		const error = number(`Last_${name}_Errno`) ?? 0;
		const why = error === 0 ? "" : `, after error ${error}`;
		return [`its ${name} thread ${state === "No" ? "has stopped" : `is only ${state.toLowerCase()}`}${why}`];
	});
	const behind = number("Seconds_Behind_Master");
	const waiting = (number("SQL_Delay") ?? 0) - (number("SQL_Remaining_Delay") ?? 1e400);
	return {
		source: {
			...channel === "" ? {} : { channel },
			host: get("Master_Host"),
			port: number("Master_Port") ?? 0,
			file: get("Relay_Master_Log_File"),
			position: number("Exec_Master_Log_Pos") ?? 0,
			gtid: (row.get("Gtid_Slave_Pos") ?? get("Executed_Gtid_Set")).replaceAll(String.raw`\n`, "")
		},
		lagSeconds: behind === void 0 ? void 0 : Math.max(behind, waiting),
		fault: threads.length === 0 ? void 0 : threads.join(", and ")
	};
}
/** `replica-stale` unless every source is followed, and none by more than `maxLagMs`. */
function findStaleReplica({ sources = [] }, maxLagMs) {
	const faults = sources.flatMap(({ source, lagSeconds, fault }) => {
		const name = `${source.host}:${source.port}${source.channel === void 0 ? "" : ` (${source.channel})`}`;
		if (fault !== void 0) return [`of ${name}, ${fault}`];
		if (lagSeconds === void 0) return [`of ${name}, and does not say how far it is behind`];
		const lagMs = lagSeconds * 1e3;
		return lagMs > maxLagMs ? [`of ${name}, ${formatDuration(lagMs)} behind`] : [];
	});
	if (faults.length === 0) return void 0;
	return new LifeboatError("replica-stale", `the database server is a replica whose data is old (max-replica-lag is ${formatDuration(maxLagMs)}): ${some(faults)}`, { hint: "Nothing was dumped. `SHOW REPLICA STATUS`, on MariaDB `SHOW ALL SLAVES STATUS`, says why; start it again and let it catch up, or dump its source. A server that is no replica any more is told so by `RESET REPLICA ALL`, on MariaDB `RESET SLAVE ALL`. For one that is behind on purpose raise `max-replica-lag`." });
}

// src/engines/mysql/dump/dump-engine.ts
function createDumpEngine(flavour) {
	return {
		name: flavour,
		tools: ["grep", "sed"],
		plan: (session, request, tolerate = refuse) => plan(flavour, session, request, tolerate),
		advise: (session, connection) => advise(flavour, session, connection)
	};
}
async function plan(flavour, session, request, tolerate) {
	const { connection } = request;
	const client = await findClient(session, connection, flavour, tolerate);
	const hasPerl = await findPerl(session);
	const catalogue = await readCatalogue(session, connection, client.programs, flavour);
	const choice = choose(catalogue, request);
	const isOne = request.layout === "one";
	const grants = parseGrants(catalogue.grants);
	const replicaGrant = grantForReplicas(flavour, grants, catalogue.account);
	const replication = await readReplication(session, connection, client, replicaGrant === void 0);
	const staleReplica = findStaleReplica(replication, request.maxReplicaLagMs);
	if (staleReplica !== void 0) tolerate(staleReplica);
	const coordinates = wantsCoordinates(catalogue, request);
	const locked = request.consistency === "lock" ? choice.tables.filter(isUnsettled) : [];
	if (flavour === "mysql" && coordinates && locked.length > 0) tolerate(new LifeboatError("db-not-transactional", `mysqldump cannot ask where the binary log stands while these tables are locked: ${namesOf(locked)}`, { hint: "Convert them to InnoDB, or use consistency: snapshot, or layout: per-database, or coordinates: false." }));
	if (!hasPerl) checkWith(tolerate, () => checkWithoutPerl(choice, locked));
	const rightsFaults = findRightsFaults(flavour, grants, {
		databases: choice.databases,
		isAll: request.databases === "*",
		rotate: request.rotate && coordinates,
		coordinates,
		accounts: request.accounts,
		locked: [...new Set(locked.map(({ database }) => database))]
	}, catalogue.account);
	rightsFaults.forEach(tolerate);
	const seesAll = !rightsFaults.some(({ code }) => code === "db-rights-missing");
	if (seesAll) checkWith(tolerate, () => checkNotEmpty(choice, request));
	const uncovered = locked.length > 0 ? [] : findUncovered(choice, request, tolerate);
	if (request.brokenViews === "fail" && choice.brokenViews.length > 0) tolerate(new LifeboatError("inventory-mismatch", `these views cannot be dumped: ${namesOf(choice.brokenViews)}`, { hint: "Repair or drop them, or set broken-views: exclude: their text is then kept in the inventory." }));
	const withLibraries = catalogue.withLibraries.filter((name) => choice.databases.includes(name));
	if (withLibraries.length > 0) tolerate(new LifeboatError("inventory-mismatch", `these databases hold libraries of code (CREATE LIBRARY), which this release cannot dump: ${some(withLibraries)}`, { hint: "Leave these databases out, or keep the libraries elsewhere and drop them." }));
	const accounts = request.accounts && seesAll ? await readAccounts(session, connection, client.programs, flavour) : void 0;
	const databases = isOne ? choice.databases : inOrderOfViews(choice.databases, await readViews(session, connection, client.programs));
	return new SqlDumpPlan(session, request, {
		client,
		catalogue,
		grants,
		replication,
		replicaGrant,
		accounts,
		choice: {
			...choice,
			databases
		},
		locked,
		uncovered,
		hasPerl
	});
}
/** Whether a snapshot does not hold the table still. */
function isUnsettled({ isTransactional, isForeign }) {
	return !isTransactional && !isForeign;
}
/** Tables with rows that a snapshot does not hold still: a fault (`db-not-transactional`) with consistency auto. */
function findUncovered(choice, request, tolerate) {
	const uncovered = choice.tables.filter((table) => isUnsettled(table) && table.rows > 0);
	if (uncovered.length === 0 || request.consistency !== "auto") return uncovered;
	const named = uncovered.map((table) => `${table.database}.${table.name} (${table.engine})`);
	tolerate(new LifeboatError("db-not-transactional", `a snapshot cannot dump these tables at one consistent point: ${some(named)}`, { hint: "Convert them (ALTER TABLE … ENGINE=InnoDB), leave them out (exclude-tables), or lock them while they are dumped (consistency: lock), or accept rows that change meanwhile (consistency: snapshot)." }));
	return [];
}

export { toolsFor as i, dump as n, requestOf as r, createDumpEngine as t };