import { n as readSearch, o as connectionOf, r as searchScript } from "./find-client.js";
import { n as confirmationText, t as restoreDeclaration } from "./inputs7.js";
import { a as formatSentence, n as codeSpan, o as markdownTable, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, Wt as formatDuration, in as LifeboatError, m as isSystemDatabase } from "./proxy.js";
import { A as describeStatements, D as fetchObjects, E as fetchInventory, O as describeDisorder, T as planReplay, a as withInvalidDates, c as READ_STREAM, d as replayErrors, f as replayRequest, g as roundInstant, h as BinlogCut, k as describeReplay, l as findReplayTool, m as surveyBinlogs, o as objectGrantsOf, p as summarizeCut, r as TrailerWatch, s as withoutObjectGrants, t as canBeCut, v as clientErrors, w as openBinlogs } from "./sections.js";
import { t as startProgressLog } from "./progress-log.js";
import { F as excerpt, N as readStoreClock, c as createOpenPgpEncryption, i as sshRules, n as storeSshRules, r as sshOptionsOf } from "./store-settings.js";
import { t as chooseBackup } from "./choose-backup.js";
import { t as findBinlogs } from "./find-binlogs.js";
import { n as runOnChannel, r as openObject, t as createLocalMachine } from "./local-machine.js";
import { c as LOAD_OPTIONS, d as quoteIdentifier, i as FLAVOURS, l as clientFunction, n as parseClientVersion, r as parseServerVersion, s as explainClientFailure, t as compareNumbers } from "./versions.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { n as connectSsh, u as enlargeWindow, v as defineAction, y as checkFor } from "./ssh-connection.js";
import { n as randomBoundary, t as bootCommand } from "./session.js";
import { t as adapt } from "./ssh-remote.js";
import { t as openReader } from "./open-reader.js";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { mkdtemp, rm } from "node:fs/promises";

// src/actions/restore/report.ts
const MAX_DIFFERENCES = 50;
function renderRestoreSummary(server, outcome) {
	const { backup, plan, replay, timings, machine, serverVersion, withAccounts, leftOut, differences, warnings, replaced } = outcome;
	const isSame = plan.databases.every(({ from, to }) => from === to);
	const verdict = differences.length === 0 ? "✅" : "❌";
	const what = plan.table === void 0 ? countOf(plan.databases.length, "database") : "1 table";
	const signed = backup.signedBy === void 0 ? "Its signature was not checked." : `It is signed by ${codeSpan(backup.signedBy)}.`;
	return `${[
		`## ${verdict} ${escapeMarkdown(server)}: ${what} restored in ${formatDuration(timings.totalMs)}`,
		`Backup ${codeSpan(backup.id)} with the state of ${formatInstant(replay?.recoveredTo ?? backup.manifest.instant)}, on ${escapeMarkdown(machine)} (${escapeMarkdown(serverVersion)})${withAccounts ? ", with its accounts" : ""}. ${signed}`,
		leftOut === void 0 ? "" : `⚠️ ${formatSentence(leftOut)}`,
		replay === void 0 ? "" : describeReplay(replay, replay.used.length),
		differences.length === 0 ? "Every table, view, routine and trigger of it is there, and every table has as many rows as were dumped." + (replay === void 0 ? "" : " The replay came after that.") : differences.slice(0, MAX_DIFFERENCES).map((one) => `- ❌ ${escapeMarkdown(one)}`).join("\n"),
		renderTable(outcome),
		`Fetched in ${formatDuration(timings.fetchMs)}, loaded in ${formatDuration(timings.loadMs)}${replay === void 0 ? "" : `, replayed in ${formatDuration(timings.replayMs)}`}.${replaced.length === 0 ? "" : ` Replaced: ${replaced.map(codeSpan).join(", ")}.`}`,
		warnings.map((warning) => `- ⚠️ ${formatSentence(warning)}`).join("\n"),
		...isSame ? [] : ["### What next", codeBlock(renderNext(outcome), "sql")]
	].filter((part) => part !== "").join("\n\n")}\n`;
}
function renderTable({ plan, inventory }) {
	const right = (title) => ({
		title,
		align: "right"
	});
	return markdownTable([
		{ title: "From" },
		{ title: "Is now" },
		right("Tables"),
		right("Rows")
	], plan.databases.map(({ from, to }) => {
		const tables = inventory.objects.filter(({ kind, database, name }) => kind === "table" && database === from && (plan.table === void 0 || plan.table === name));
		const isCounted = tables.every(({ rows }) => rows !== void 0);
		const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
		return [
			codeSpan(plan.table === void 0 ? from : `${from}.${plan.table}`),
			codeSpan(to),
			formatCount(tables.length),
			isCounted ? formatCount(rows) : "not counted"
		];
	}));
}
/** SQL with the real names, of the first database where there are several. */
function renderNext({ plan, inventory }) {
	const [{ from, to } = {
		from: "",
		to: ""
	}] = plan.databases;
	const first = inventory.objects.find(({ kind, database }) => kind === "table" && database === from)?.name;
	const table = quote(plan.table ?? first ?? "table");
	return [
		"-- Look at it:",
		`USE ${quote(to)}; SHOW TABLES; SELECT * FROM ${table} LIMIT 10;`,
		"-- Copy back the rows that are missing (say which):",
		`INSERT INTO ${quote(from)}.${table} SELECT * FROM ${quote(to)}.${table} WHERE …;`,
		"-- Or take the whole table in place of the old one, which moves to the new database (not for tables with triggers):",
		`RENAME TABLE ${quote(from)}.${table} TO ${quote(to)}.${quote(`${(plan.table ?? first ?? "table").slice(0, 58)}_old`)}, ${quote(to)}.${table} TO ${quote(from)}.${table};`,
		"-- Be rid of it:",
		`DROP DATABASE ${quote(to)};`
	].join("\n");
}
function quote(name) {
	return `\`${name.replaceAll("`", "``")}\``;
}

// src/actions/restore/left-out.ts
const MAX_NAMED$2 = 10;
/** A sentence; undefined where nothing is left out, or what was asked for is a part of the backup anyway. */
function describeLeftOut({ excluded, complete }, { databases = "*", table }) {
	if (table !== void 0) return void 0;
	const { databases: others, tables, brokenViews } = excluded;
	const more = others.length > MAX_NAMED$2 ? ` and ${others.length - MAX_NAMED$2} more` : "";
	const parts = [
		...others.length > 0 && databases === "*" ? [`${countOf(others.length, "database")} (${others.slice(0, MAX_NAMED$2).join(", ")}${more})`] : [],
		...tables > 0 ? [countOf(tables, "table")] : [],
		...brokenViews > 0 ? [countOf(brokenViews, "broken view")] : [],
		...complete ? [] : ["what could not be dumped"]
	];
	return parts.length === 0 ? void 0 : `This backup is not all that the server had. It leaves out: ${parts.join("; ")}.`;
}

// src/actions/restore/plan.ts
/** MariaDB, "Identifier Names". */
const MAX_NAME_CHARACTERS = 64;
/** Throws `restore-choice`. */
function planRestore(manifest, inputs) {
	const { table, into, sameNames } = inputs;
	const there = manifest.databases.map(({ name }) => name);
	const chosen = chooseNames(there, inputs);
	if (into !== void 0 && chosen.length > 1) throw new LifeboatError("restore-choice", `\`into\` is one name, and ${chosen.length} databases are to be restored`, { hint: "Name one with `databases`, or leave `into` out: each gets a name of its own then." });
	const databases = chosen.map((from) => ({
		from,
		to: sameNames ? from : into ?? restoredName(from, manifest.instant)
	}));
	for (const { from, to } of databases) {
		if (isSystemDatabase(to)) throw new LifeboatError("restore-choice", `${to} is a database of the server's own and is never restored`);
		if (Array.from(to).length > MAX_NAME_CHARACTERS) throw new LifeboatError("restore-choice", `${to} is longer than a database's name can be`, { hint: `Give a shorter one for ${from} with \`into\`.` });
	}
	return {
		databases,
		table: table?.table,
		isWhole: sameNames && chosen.length === there.length,
		withEvents: sameNames
	};
}
function chooseNames(there, { databases, table }) {
	if (table === void 0 && (databases === void 0 || databases === "*")) return there;
	const wanted = table === void 0 ? databases : [table.database];
	const missing = wanted.filter((name) => !there.includes(name));
	if (missing.length === 0) return there.filter((name) => wanted.includes(name));
	throw new LifeboatError("restore-choice", `not in the backup: ${missing.join(", ")}`, { hint: `The backup holds: ${there.join(", ")}.` });
}
/** `shop_restored_202611200305`. */
function restoredName(name, instant) {
	return `${name}_restored_${instant.slice(0, 16).replaceAll(/\D/g, "")}`;
}

// src/actions/restore/restore.ts
const MAX_NAMED$1 = 10;
/** Throws when nothing was restored; databases that are there but not as they should be are in `differences`. */
async function restore(inputs, keys, workplace, ports, signal) {
	const { store, encryption, reporter, machine } = ports;
	const { server: name, label, logBin, replace, toTime } = inputs;
	const clock = await readStoreClock(store, signal);
	const { trustedSigners } = keys;
	const warn = (sentence) => reporter.warning(sentence);
	const reading = {
		store,
		encryption,
		server: name,
		trustedSigners,
		now: clock.now(),
		signal,
		warn
	};
	const latest = toTime?.kind === "instant" ? toTime.at : void 0;
	const backup = await reporter.group("Look for the backup", () => chooseBackup(reading, inputs.backup, {
		latest,
		label,
		isAnchor: toTime !== void 0
	}));
	reporter.info(`${backup.id}, with the state of ${backup.manifest.instant}`);
	const plan = planRestore(backup.manifest, inputs);
	const leftOut = describeLeftOut(backup.manifest, inputs);
	if (leftOut !== void 0) reporter.warning(leftOut);
	const refused = [];
	const replayPlan = toTime && await reporter.group("Look for binlogs", () => findReplay(reading, backup.manifest, toTime, refused));
	const server = await reporter.group(`Look at the database server of ${machine.name}`, () => ports.connect(machine, backup.manifest, {
		connection: workplace.connection,
		logBin,
		signal
	}));
	const names = namesOf(plan);
	const existing = await server.findExisting(names);
	if (existing.length > 0 && !replace) throw alreadyThere(existing);
	if (replayPlan !== void 0) await checkFitness(server, names, signal);
	if (replace) await confirm(inputs, existing, ports);
	const directory = await mkdtemp(path.join(workplace.directory, "backup-"));
	const fetching = {
		store,
		encryption,
		identity: keys.identity,
		reporter,
		directory,
		signal
	};
	const restoring = new Restoring({
		inputs,
		backup,
		plan,
		replayPlan,
		server,
		existing,
		ports,
		fetching,
		signal
	});
	try {
		const restored = await restoring.run();
		return {
			backup,
			plan,
			...restored,
			machine: machine.name,
			serverVersion: server.version,
			withAccounts: inputs.accounts,
			replaced: existing,
			leftOut,
			warnings: [
				...clock.warning === void 0 ? [] : [clock.warning],
				...refused,
				...replayPlan?.alarms ?? [],
				...findWarnings(restored, server, inputs)
			]
		};
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
/** Before an instant nothing that somebody left in the store is in the way, when the chain up to there is whole without it. */
async function findReplay(reading, manifest, toTime, refused) {
	const onRefused = (id, { message }) => {
		refused.push(`the binlog ${id} is refused and counts as missing: ${message}`);
		reading.warn?.(refused.at(-1) ?? "");
	};
	const shipped = await findBinlogs(reading, new Date(manifest.startedAt), toTime.kind === "instant" ? onRefused : void 0);
	return planReplay(manifest, shipped, toTime, { isRealDay: true });
}
var Restoring = class {
	#context;
	/** Databases that this run made itself. */
	#made = [];
	/** Others than those may be of the binlogs then, or of somebody else. */
	#hasReplayed = false;
	constructor(context) {
		this.#context = context;
	}
	async run() {
		const { backup, plan, server, ports, fetching, inputs, signal } = this.#context;
		const { reporter } = ports;
		const startedMs = performance.now();
		const { inventory } = await reporter.group("Fetch the inventory", () => fetchInventory(backup, fetching));
		const notes = server.checkPlan(plan, inventory);
		const wanted = backup.manifest.objects.filter(({ role, databases = [] }) => role === "accounts" && inputs.accounts || role === "data" && plan.databases.some(({ from }) => databases.includes(from)));
		if (inputs.accounts && !wanted.some(({ role }) => role === "accounts")) throw new LifeboatError("restore-choice", "the backup holds no accounts");
		const fetched = await reporter.group("Fetch the backup", () => fetchObjects(wanted, fetching));
		reporter.info("every object is what the manifest says");
		const prepared = await this.#prepareReplay();
		const fetchMs = performance.now() - startedMs;
		const loadStartedMs = performance.now();
		try {
			await reporter.group("Load", () => this.#load(fetched, inventory));
			const loadMs = performance.now() - loadStartedMs;
			const differences = await reporter.group("Compare with the inventory", () => server.findDifferences(plan, inventory, signal));
			const replayStartedMs = performance.now();
			const replay = prepared === void 0 || differences.length > 0 ? void 0 : await reporter.group("Replay binlogs", () => this.#replay(prepared));
			const endedMs = performance.now();
			return {
				notes,
				inventory,
				differences,
				replay,
				timings: {
					fetchMs,
					loadMs,
					replayMs: endedMs - replayStartedMs,
					totalMs: endedMs - startedMs
				}
			};
		} catch (error) {
			throw await this.#undo(error);
		}
	}
	/** Each is compared with its manifest from its first byte to its last, before anything is changed on the server. */
	async #prepareReplay() {
		const { replayPlan, server, ports, fetching } = this.#context;
		if (replayPlan === void 0) return void 0;
		return ports.reporter.group("Fetch the binlogs", async () => {
			const chain = openBinlogs(replayPlan, fetching);
			const survey = await server.surveyBinlogs(chain, replayPlan.at);
			const binlogs = chain.slice(0, survey.binlogs);
			const count = countOf(survey.transactions, "transaction");
			ports.reporter.info(`${countOf(binlogs.length, "binlog")} with ${count} after the dump`);
			return {
				plan: replayPlan,
				binlogs,
				survey
			};
		});
	}
	async #replay({ plan: { at, recoverableUntil }, binlogs, survey }) {
		const { plan, server, signal } = this.#context;
		await refuseOthers(server, namesOf(plan), "What binlogs hold could not be told from it.");
		this.#hasReplayed = true;
		const replayed = await server.replay(binlogs, at, signal);
		return {
			...replayed,
			recoveredTo: at === void 0 ? recoverableUntil : server.roundInstant(at).toISOString(),
			used: binlogs.slice(0, replayed.binlogs),
			outOfOrder: survey.outOfOrder
		};
	}
	async #load(fetched, inventory) {
		const { backup, plan, server, existing, ports, fetching, signal } = this.#context;
		const { reporter } = ports;
		const accounts = fetched.find(({ object }) => object.role === "accounts");
		if (accounts !== void 0) {
			await server.loadAccounts(openObject(accounts.file, fetching), signal);
			reporter.info("the accounts are loaded");
		}
		for (const name of existing) {
			signal.throwIfAborted();
			await server.dropDatabase(name, signal);
			reporter.info(`dropped what was there: ${name}`);
		}
		for (const database of plan.databases) {
			signal.throwIfAborted();
			await server.createDatabase(database, inventory);
			this.#made.push(database.to);
		}
		for (const { object, file } of fetched) {
			if (object.role !== "data") continue;
			const progress = startProgressLog(`loaded ${object.name}`, object.plainBytes, reporter);
			const startedMs = performance.now();
			try {
				await server.loadDatabases(openObject(file, fetching), plan, {
					instant: new Date(backup.manifest.instant),
					onLoaded: (count) => progress.add(count),
					signal
				});
			} finally {
				progress.end();
			}
			await rm(file);
			reporter.info(`${object.name}: loaded in ${formatDuration(performance.now() - startedMs)}`);
		}
		if (accounts !== void 0) await server.completeAccounts(openObject(accounts.file, fetching), inventory, signal);
	}
	/** Takes away what this run made. Returns the error with what became of it. */
	async #undo(error) {
		const { server, ports } = this.#context;
		await server.endLoad();
		const left = [];
		for (const name of this.#made) try {
			await server.dropDatabase(name);
			ports.reporter.info(`dropped again what was half loaded: ${name}`);
		} catch {
			left.push(name);
			ports.reporter.warning(`The database ${name} is half loaded and could not be dropped: drop it yourself.`);
		}
		const others = this.#hasReplayed ? await this.#nameOthers() : void 0;
		if (others !== void 0) ports.reporter.warning(others);
		if (!(error instanceof LifeboatError) || this.#made.length === 0) return error;
		const became = left.length === 0 ? "What was half loaded is dropped again" : "Half loaded and still there";
		const names = (left.length === 0 ? this.#made : left).slice(0, MAX_NAMED$1).join(", ");
		const { code, message, hint, cause } = error;
		const sentences = [
			message,
			`${became}: ${names}.`,
			others
		].filter((each) => each !== void 0);
		return new LifeboatError(code, sentences.join("\n"), {
			...hint === void 0 ? {} : { hint },
			cause
		});
	}
	/** They came while the binlogs were replayed: who made them only people can tell. */
	async #nameOthers() {
		const { server, plan } = this.#context;
		try {
			const others = await server.findOthers(namesOf(plan));
			if (others.length === 0) return void 0;
			return `Still there, made by the binlogs or by somebody else meanwhile: ${others.slice(0, MAX_NAMED$1).join(", ")}.`;
		} catch {
			return "Whether the binlogs made other databases, which would still be there, could not be asked.";
		}
	}
};
/** Of a server that binlogs are to be replayed into. Throws `restore-choice`, and what asking for a replay throws. */
async function checkFitness(server, names, signal) {
	await server.checkReplay(signal);
	await refuseOthers(server, names, "Nothing was fetched and nothing changed.");
}
/** Throws `restore-choice`. */
async function refuseOthers(server, names, became) {
	const others = await server.findOthers(names);
	if (others.length === 0) return;
	throw new LifeboatError("restore-choice", `the server holds more than what is restored: ${others.slice(0, MAX_NAMED$1).join(", ")}`, { hint: `Binlogs hold what was done to all databases and accounts, and go into an empty server only. ${became} Set up a new server, and copy from there what you need.` });
}
function namesOf({ databases }) {
	return databases.map(({ to }) => to);
}
/** Throws `input-invalid` when somebody at the terminal thinks better of it. */
async function confirm(inputs, existing, { ask, reporter }) {
	if (inputs.confirm !== void 0 || existing.length === 0) return;
	const expected = confirmationText(inputs);
	reporter.info(`these databases are dropped: ${existing.join(", ")}`);
	if ((await ask?.(`Type "${expected}" to go on: `))?.trim() === expected) return;
	throw new LifeboatError("input-invalid", "`confirm`: what was typed is not what was asked for", { hint: "Nothing was changed." });
}
function alreadyThere(existing) {
	return new LifeboatError("restore-exists", `already there, and nothing is replaced: ${existing.slice(0, MAX_NAMED$1).join(", ")}`, { hint: "Nothing was fetched and nothing changed. Give another name with `into`; or, when nobody needs what is there (a run that was killed may have left it), `replace: true`." });
}
function findWarnings({ notes, differences, replay }, { writesBinlog }, { logBin, unsigned, trustedSigners, toTime }) {
	const { namesItself, leftOutEvents, leftOutTriggers } = notes;
	return [
		...unsigned && trustedSigners === void 0 ? ["The backup is not checked for a signature: anybody who can write to the store could have made it."] : [],
		...namesItself.length === 0 ? [] : [`These definitions name their old database and still use that one: ${namesItself.slice(0, MAX_NAMED$1).join(", ")}${namesItself.length > MAX_NAMED$1 ? " and others" : ""}.`],
		...leftOutEvents === 0 ? [] : [`Left out: ${countOf(leftOutEvents, "event")}. Under a new name they would do their work twice.`],
		...leftOutTriggers === 0 ? [] : [`Left out: ${countOf(leftOutTriggers, "trigger")} of the table.`],
		...writesBinlog && !logBin ? ["What was loaded is not in the binary log: replicas of this server do not have it."] : [],
		...replay === void 0 ? [] : [describeStatements(replay.used), describeDisorder(replay)].filter((one) => one !== void 0),
		...differences.length === 0 ? [] : [`What was restored differs from the backup; it is left there to be looked at.${toTime === void 0 ? "" : " No binlog was replayed onto it."}`]
	];
}

// src/engines/mysql/live/live-client.ts
/**
* A client that loses its connection must not go on in a new one, where neither the database nor the binary log is set as before.
*/
const CLIENT_OPTIONS = [
	...LOAD_OPTIONS,
	"--unbuffered",
	"--skip-reconnect"
];
/** Variables that the client library takes for options of its own. */
const CLIENT_VARIABLES = "MYSQL_HOST MYSQL_TCP_PORT MYSQL_UNIX_PORT MYSQL_PWD MYSQL_TEST_LOGIN_FILE MYSQL_HOME MARIADB_HOME";
var LiveClient = class {
	#machine;
	#connection;
	#program;
	constructor(machine, connection, program) {
		this.#machine = machine;
		this.#connection = connection;
		this.#program = program;
	}
	run(sql, options, clientOptions = [], preparation = "") {
		const stdin = typeof sql === "string" ? oneChunk(sql) : sql;
		return this.#machine.run({
			script: this.#script(clientOptions, preparation),
			stdin,
			...options
		});
	}
	/** A pipe is made of whatever standard input is: that can be opened again by its descriptor's name, a socket cannot. */
	#script(more, preparation) {
		return [
			"before_client() { cat; }",
			preparation,
			`unset ${CLIENT_VARIABLES}`,
			clientFunction(this.#connection).trimEnd(),
			`before_client | { exec 8<&0; IN=/dev/fd/8; run_client ${shellQuote(this.#program)} ${shellQuoteAll([...CLIENT_OPTIONS, ...more])}; }`
		].join("\n");
	}
};
async function* oneChunk(text) {
	yield await Promise.resolve(Buffer.from(text));
}

// src/engines/mysql/live/select-dump.ts
/** Lines that mean something are short: names have at most 64 characters, a database's comment 1,024. */
const MAX_LINE_BYTES = 16384;
const NEWLINE = 10;
const UNLOCK = Buffer.from("\nUNLOCK TABLES;\n");
const CREATE = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ ";
const DATABASE_TITLE = "Current Database: ";
/** Whether a selection of these objects, under other names, is what it should be. */
function canBeSelected(objects) {
	const isPlain = ({ kind, ddl }) => ![
		"table",
		"view",
		"sequence"
	].includes(kind) || !/^ALTER DATABASE `/m.test(ddl);
	return canBeCut(objects) && objects.every(isPlain);
}
async function* selectDump(text, selection) {
	const selector = new Selector(selection);
	for await (const chunk of text) yield* selector.take(chunk, false);
	yield* selector.take(Buffer.alloc(0), true);
}
/** The statement that makes a database under another name, and fails where there is one; undefined for a text of another form. */
function createDatabaseSql({ ddl, name }, newName) {
	const head = CREATE + quoteIdentifier(name);
	const use = `\nUSE ${quoteIdentifier(name)};\n`;
	if (!ddl.startsWith(head) || !ddl.endsWith(use)) return void 0;
	return `CREATE DATABASE ${quoteIdentifier(newName)}${ddl.slice(head.length, -use.length)}\n`;
}
var Selector = class {
	#selection;
	#buffer = Buffer.alloc(0);
	#at = "lines";
	#isHeader = true;
	#isKept = true;
	#isInBody = false;
	#isDatabaseSection = false;
	#database = "";
	/** `--`, which may begin a title. */
	#held;
	constructor(selection) {
		this.#selection = selection;
	}
	/** What is selected of everything that is there so far. */
	take(chunk, isEnd) {
		this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
		const out = [];
		while (this.#step(out, isEnd));
		if (isEnd) {
			this.#emit(this.#held, out);
			this.#emit(this.#buffer, out);
		}
		return out;
	}
	/** False when more text is needed. */
	#step(out, isEnd) {
		if (this.#buffer.length === 0) return false;
		if (this.#at === "rows") return this.#passRows(out);
		const end = this.#buffer.indexOf(NEWLINE);
		if (this.#at === "long line") {
			this.#emit(this.#cut(end < 0 ? this.#buffer.length : end + 1), out);
			if (end >= 0) this.#at = "lines";
			return true;
		}
		if (end >= 0 && end <= MAX_LINE_BYTES) {
			this.#line(this.#cut(end + 1), out);
			return true;
		}
		if (end < 0 && this.#buffer.length <= MAX_LINE_BYTES) return false;
		if (isEnd && end < 0) return false;
		this.#release(out);
		this.#at = "long line";
		return true;
	}
	#passRows(out) {
		const end = this.#buffer.indexOf(UNLOCK);
		const length = end >= 0 ? end + 1 : this.#buffer.length - UNLOCK.length;
		if (length <= 0) return false;
		this.#emit(this.#cut(length), out);
		if (end >= 0) this.#at = "lines";
		return end >= 0;
	}
	#line(bytes, out) {
		const line = bytes.toString("latin1");
		if (this.#isInBody) {
			this.#isInBody = line !== "DELIMITER ;\n";
			this.#emit(bytes, out);
			return;
		}
		if (line === "--\n") {
			this.#release(out);
			this.#held = bytes;
			return;
		}
		if (this.#held !== void 0 && line.startsWith("-- ")) this.#begin(bytes.toString("utf8", 3, bytes.length - 1));
		this.#release(out);
		if (line.startsWith("LOCK TABLES `")) {
			this.#emit(bytes.subarray(0, -1), out);
			this.#buffer = Buffer.concat([bytes.subarray(-1), this.#buffer]);
			this.#at = "rows";
			return;
		}
		if (line === "DELIMITER ;;\n") this.#isInBody = true;
		this.#emit(this.#rewrite(bytes, line), out);
		if (line === "UNLOCK TABLES;\n" && this.#selection.table !== void 0) this.#isKept = false;
	}
	/** A section with this title. */
	#begin(title) {
		const { databases, table, withEvents } = this.#selection;
		this.#isDatabaseSection = title.startsWith(DATABASE_TITLE);
		if (this.#isDatabaseSection) {
			this.#isHeader = false;
			this.#database = title.slice(19, -1).replaceAll("``", "`");
		}
		if (this.#isHeader) return;
		const quoted = table === void 0 ? "" : quoteIdentifier(table);
		const isChosen = this.#isDatabaseSection || (table === void 0 ? withEvents || !title.startsWith("Dumping events for database ") : [`Table structure for table ${quoted}`, `Dumping data for table ${quoted}`].includes(title));
		this.#isKept = databases.has(this.#database) && isChosen;
	}
	#rewrite(bytes, line) {
		const to = this.#selection.databases.get(this.#database);
		if (this.#isHeader || !this.#isKept || to === void 0 || to === this.#database) return bytes;
		const [from, into] = [this.#database, to].map((name) => Buffer.from(quoteIdentifier(name)).toString("latin1"));
		if (from === void 0 || into === void 0) return bytes;
		const swap = (head) => Buffer.from(head + into + line.slice(head.length + from.length), "latin1");
		if (this.#isDatabaseSection && line.startsWith(`${CREATE}${from} `)) return swap(CREATE);
		if (this.#isDatabaseSection && line === `USE ${from};\n`) return swap("USE ");
		const alter = `ALTER DATABASE ${from} `;
		if (line.startsWith(alter) && /^CHARACTER SET \w+ COLLATE \w+ ;\n$/.test(line.slice(alter.length))) return swap("ALTER DATABASE ");
		return bytes;
	}
	#release(out) {
		this.#emit(this.#held, out);
		this.#held = void 0;
	}
	#emit(bytes, out) {
		if (this.#isKept && bytes !== void 0 && bytes.length > 0) out.push(bytes);
	}
	#cut(length) {
		const bytes = this.#buffer.subarray(0, length);
		this.#buffer = this.#buffer.subarray(length);
		return bytes;
	}
};

// src/engines/mysql/live/check-plan.ts
/** Throws `restore-choice`. */
function checkPlan(plan, { objects, rest, onlyNames }) {
	const { databases, table, isWhole, withEvents } = plan;
	const chosen = objects.filter((object) => isChosen(object, plan));
	const inDatabases = objects.filter(({ database }) => databases.some(({ from }) => from === database));
	if (table !== void 0 && !chosen.some(({ kind }) => kind === "table")) {
		const database = databases[0]?.from ?? "";
		const view = objects.some((one) => one.database === database && one.name === table && one.kind === "view");
		throw new LifeboatError("restore-choice", `${database}.${table} is ${view ? "a view" : "no table of the backup"}`, { hint: "A table is given as `database.table`, as it was called when it was dumped. For anything else restore the whole database." });
	}
	if (!isWhole && !canBeSelected(textsOf(inDatabases, objects, rest))) throw new LifeboatError("restore-choice", `${onlyNames === void 0 ? "names or definitions in this dump look like the marks between its parts" : "only names were taken down when this dump was made, on a target without perl"}, so that no part can be taken out or renamed without doubt`, { hint: "Restore the whole dump under its own names into an empty server (`same-names: true`, all databases), and copy from there." });
	return {
		namesItself: databases.some(({ from, to }) => from !== to) ? chosen.filter(namesItself).map(({ kind, database, name }) => `${kind} ${database}.${name}`) : [],
		leftOutEvents: withEvents || table !== void 0 ? 0 : inDatabases.filter(({ kind }) => kind === "event").length,
		leftOutTriggers: table === void 0 ? 0 : inDatabases.filter((one) => isTriggerOf(one, table)).length
	};
}
/** What can be in the texts that are loaded: where each database has one of its own, what others hold does not matter. */
function textsOf(own, all, rest) {
	return Object.keys(rest).length > 1 ? own : all;
}
/** Whether the object is to be there after the restore. */
function isChosen({ kind, database, name }, plan) {
	if (kind === "account" || !plan.databases.some(({ from }) => from === database)) return false;
	if (plan.table !== void 0) return kind === "table" && name === plan.table;
	return kind !== "event" || plan.withEvents;
}
function namesItself({ kind, database, ddl }) {
	if (kind === "database") return false;
	if (ddl.includes(`${quoteIdentifier(database)}.`)) return true;
	return /^\w+$/.test(database) && new RegExp(`(?<![\\w\`$@.])${database}\\s*\\.\\s*[\`\\w]`, "i").test(ddl);
}
function isTriggerOf({ kind, ddl }, table) {
	if (kind !== "trigger") return false;
	const plain = /^\w+$/.test(table) ? `|\\b${table}\\b` : "";
	const quoted = quoteIdentifier(table).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
	return new RegExp(`\\bON\\s+(?:${quoted}${plain})`, "i").test(ddl);
}

// src/engines/mysql/live/compare-live.ts
const KINDS = {
	"BASE TABLE": "table",
	"SYSTEM VERSIONED": "table",
	VIEW: "view",
	SEQUENCE: "sequence",
	TRIGGER: "trigger",
	FUNCTION: "function",
	PROCEDURE: "procedure",
	PACKAGE: "package",
	"PACKAGE BODY": "package-body",
	EVENT: "event"
};
const MARK = "lifeboat-rows";
/** Databases of the server's own, as SQL lists them. */
const SYSTEM = "('information_schema', 'performance_schema', 'mysql', 'sys')";
/** One object a line; names in hex, because they may hold tabs and line ends. */
const LIST_SQL = [
	[
		"TABLE_TYPE",
		"TABLE_SCHEMA",
		"TABLE_NAME",
		"TABLES"
	],
	[
		"'TRIGGER'",
		"TRIGGER_SCHEMA",
		"TRIGGER_NAME",
		"TRIGGERS"
	],
	[
		"ROUTINE_TYPE",
		"ROUTINE_SCHEMA",
		"ROUTINE_NAME",
		"ROUTINES"
	],
	[
		"'EVENT'",
		"EVENT_SCHEMA",
		"EVENT_NAME",
		"EVENTS"
	]
].map(([type = "", database = "", name = "", table = ""]) => `SELECT ${type}, HEX(${database}), HEX(${name}) FROM information_schema.${table} WHERE ${database} NOT IN ${SYSTEM};\n`).join("");
/** Those of the databases that were restored. */
function readListed(stdout, { plan, ignoresCase }) {
	const fold = folding(ignoresCase);
	const databases = new Set(plan.databases.map(({ to }) => fold(to)));
	return stdout.split("\n").flatMap((line) => {
		const [type = "", databaseHex = "", nameHex = ""] = line.split("	");
		const [database, name] = [databaseHex, nameHex].map((hex) => Buffer.from(hex, "hex").toString());
		const kind = KINDS[type];
		if (kind === void 0 || database === void 0 || name === void 0) return [];
		return databases.has(fold(database)) ? [{
			kind,
			database,
			name,
			hasHistory: type === "SYSTEM VERSIONED"
		}] : [];
	});
}
/** The dump has the past of a table with history, and its rows were counted with it. */
function rowsSql(there) {
	return `SET SESSION sql_mode = '';\n${there.map(({ kind, database, name, hasHistory }, index) => kind === "table" ? `SELECT '${MARK}', ${index}, COUNT(*) FROM ${quoteIdentifier(database)}.${quoteIdentifier(name)}${hasHistory ? " FOR SYSTEM_TIME ALL" : ""};\n` : "").join("")}`;
}
/** Sentences without full stop. */
function findCatalogueDifferences(there, rowsText, { plan, inventory, ignoresCase }) {
	const fold = folding(ignoresCase);
	const keyOf = (kind, database, name) => JSON.stringify([
		kind,
		fold(database),
		fold(name)
	]);
	const rows = new Map(Array.from(rowsText.matchAll(new RegExp(`^${MARK}\t(\\d+)\t(\\d+)$`, "gm")), ([, index, count]) => [Number(index), Number(count)]));
	const found = new Map(there.map((one, index) => [keyOf(one.kind, one.database, one.name), {
		one,
		index
	}]));
	const differences = [];
	for (const object of inventory.objects) {
		if (!isChosen(object, plan) || object.kind === "database") continue;
		const to = plan.databases.find(({ from }) => from === object.database)?.to ?? "";
		const key = keyOf(object.kind, to, object.name);
		const match = found.get(key);
		found.delete(key);
		const what = `${object.kind} ${to}.${object.name}`;
		if (match === void 0) differences.push(`the ${what} is missing`);
		else if (object.rows !== void 0 && rows.get(match.index) !== object.rows) differences.push(`the ${what} has ${countOf(rows.get(match.index) ?? 0, "row")} instead of ${object.rows}`);
	}
	for (const { one } of found.values()) differences.push(`the ${one.kind} ${one.database}.${one.name} is not in the dump`);
	return differences;
}
function folding(ignoresCase) {
	return (name) => ignoresCase ? name.toLowerCase() : name;
}

// src/engines/mysql/live/live-replay.ts
const RANDOM_BYTES = 12;
const MISSING_TOOL = 127;
const MANNERS = {
	mariadb: {
		isStrict: "@@GLOBAL.gtid_strict_mode AND @@GLOBAL.log_bin",
		options: [],
		rights: "BINLOG REPLAY"
	},
	mysql: {
		isStrict: "0",
		options: ["--skip-gtids"],
		rights: "REPLICATION_APPLIER, SESSION_VARIABLES_ADMIN"
	}
};
/** Shell text that finds the program or ends. */
const findTool = (flavour) => `tool=$(${findReplayTool(flavour)}) || exit ${MISSING_TOOL}`;
/** Asks what would otherwise fail in the middle. Throws `target-tool-missing`, `db-rights-missing`, `restore-choice`. */
async function checkLiveReplay(client, flavour, signal) {
	const { isStrict, rights } = MANNERS[flavour];
	const questions = `SELECT @@GLOBAL.event_scheduler; SELECT ${isStrict};\nSET SESSION pseudo_thread_id = 1;\nBINLOG '';\n`;
	const { exitCode, stdout, stderr } = await client.run(questions, { signal }, [], findTool(flavour));
	if (exitCode === MISSING_TOOL) throw new LifeboatError("target-tool-missing", `there is no ${FLAVOURS[flavour].binlogPrograms.join(" or ")} where the restore runs, so that binlogs cannot be replayed`, { hint: `On Debian and Ubuntu: apt-get install ${FLAVOURS[flavour].clientPackage}.` });
	if (/^ERROR 1227 /m.test(stderr)) throw new LifeboatError("db-rights-missing", `the database user may not replay binlogs: ${clientErrors(stderr)}`, { hint: `For the restore: GRANT ${rights} ON *.* TO the user.` });
	const [scheduler = "", strict] = stdout.split("\n");
	if (!/^ERROR (?:1149|1064) /m.test(stderr)) throw new LifeboatError("restore-failed", `the server cannot be asked whether it takes binlogs: ${clientErrors(stderr)}`);
	if (scheduler === "ON") throw unfit("its event scheduler is on: events would do their work again while it is replayed", "SET GLOBAL event_scheduler = OFF;");
	if (strict === "1") throw unfit("it is strict about the numbers of transactions, and those in the binlogs are of another server", "SET GLOBAL gtid_strict_mode = OFF;");
}
function unfit(why, statement) {
	return new LifeboatError("restore-choice", `the server cannot be brought to a point in time: ${why}`, { hint: `Nothing was changed. Say this first, and the opposite when you are content: ${statement}` });
}
/** Throws `binlog-invalid`, `restore-failed`. */
async function replayIntoLive(client, request, { first, onStdout, signal }) {
	const { flavour, binlogs } = request;
	const mark = randomBytes(RANDOM_BYTES).toString("hex");
	const cut = new BinlogCut(request);
	const script = [
		findTool(flavour),
		`before_client() {`,
		`  printf '%s' ${shellQuote(first)}`,
		`  TZ=UTC "$tool" ${[
			READ_STREAM,
			...MANNERS[flavour].options,
			"-"
		].join(" ")}`,
		`  printf "\\nSELECT '%s', %d;\\n" ${mark} $?`,
		`}`
	].join("\n");
	let printed = "";
	const { exitCode, stderr } = await client.run(cut.read(), {
		signal,
		onStdout: (chunk) => {
			onStdout(chunk);
			printed = (printed + Buffer.from(chunk).toString("latin1")).slice(-4096);
		}
	}, [], script);
	const status = new RegExp(`^${mark}\t(\\d+)$`, "m").exec(printed)?.[1];
	if (exitCode !== 0 || status !== "0" || /^ERROR/m.test(stderr)) throw new LifeboatError("restore-failed", `the binlogs could not be replayed: the client ended with status ${exitCode} and mysqlbinlog with ${status ?? "unknown"}:\n${excerpt(replayErrors(stderr))}`, { hint: "The server quotes what it refused. Something that was written around the binary log, or that is on this server already, and a right that the database user lacks are the usual causes." });
	return {
		...summarizeCut(cut, binlogs),
		isComparedById: false
	};
}

// src/engines/mysql/live/sql-live-server.ts
/** What is short and must have an answer is not interrupted; a server that hangs must not hang the run. */
const SHORT_MS = 6e4;
const SESSION_MARK = "lifeboat-session ";
var SqlLiveServer = class {
	version;
	writesBinlog;
	#client;
	#facts;
	/** Connection of the load or replay that is at work. */
	#session;
	constructor(client, facts) {
		this.#client = client;
		this.#facts = facts;
		this.version = facts.version;
		this.writesBinlog = facts.writesBinlog;
	}
	async findExisting(names) {
		const there = new Set((await this.#listDatabases("")).map((name) => this.#fold(name)));
		return names.filter((name) => there.has(this.#fold(name)));
	}
	async findOthers(names) {
		const known = new Set(names.map((name) => this.#fold(name)));
		return (await this.#listDatabases(` WHERE SCHEMA_NAME NOT IN ${SYSTEM}`)).filter((name) => !known.has(this.#fold(name)));
	}
	async #listDatabases(where) {
		const answer = await this.#short(`SELECT HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA${where};`);
		this.#require(answer, "its databases cannot be listed");
		return answer.stdout.split("\n").filter((hex) => hex !== "").map((hex) => Buffer.from(hex, "hex").toString());
	}
	#fold(name) {
		return this.#facts.ignoresCase ? name.toLowerCase() : name;
	}
	checkPlan(plan, inventory) {
		return checkPlan(plan, inventory);
	}
	async dropDatabase(name, signal) {
		const sql = `${this.#log()}DROP DATABASE IF EXISTS ${quoteIdentifier(name)};\n`;
		const answer = await this.#client.run(sql, { signal: signal ?? new AbortController().signal });
		this.#require(answer, `the database ${name} cannot be dropped`);
	}
	async createDatabase({ from, to }, { objects }) {
		const found = objects.find(({ kind, name }) => kind === "database" && name === from);
		const sql = found && createDatabaseSql(found, to);
		if (sql === void 0) throw new LifeboatError("manifest-invalid", `the inventory does not say how the database ${from} is made`);
		const answer = await this.#short(this.#log() + sql);
		if (/^ERROR 1007 /m.test(answer.stderr)) throw new LifeboatError("restore-exists", `the database ${to} is there already`);
		this.#require(answer, `the database ${to} cannot be made`);
	}
	async loadAccounts(text, signal) {
		await this.#loadAccounts(text, withoutObjectGrants, signal);
	}
	async completeAccounts(text, inventory, signal) {
		await this.#loadAccounts(text, (whole) => objectGrantsOf(whole, inventory), signal);
	}
	async #loadAccounts(text, select, signal) {
		const trailer = new TrailerWatch();
		const selected = withFirst(this.#sessionStart(void 0), select(trailer.watch(text)));
		await this.#load("accounts", selected, trailer, signal);
	}
	async loadDatabases(text, plan, options) {
		const trailer = new TrailerWatch();
		const counted = count(withInvalidDates(trailer.watch(text)), options.onLoaded);
		const selected = plan.isWhole ? counted : selectDump(counted, {
			databases: new Map(plan.databases.map(({ from, to }) => [from, to])),
			table: plan.table,
			withEvents: plan.withEvents
		});
		await this.#load("databases", withFirst(this.#sessionStart(options.instant), selected), trailer, options.signal);
	}
	checkReplay(signal) {
		return checkLiveReplay(this.#client, this.#facts.manifest.source.flavour, signal);
	}
	surveyBinlogs(binlogs, until) {
		return surveyBinlogs({
			...replayRequest(this.#facts.manifest, binlogs),
			until
		});
	}
	roundInstant(instant) {
		return roundInstant(this.#facts.manifest.source.flavour, instant);
	}
	async replay(binlogs, until, signal) {
		const replayed = await replayIntoLive(this.#client, {
			...replayRequest(this.#facts.manifest, binlogs),
			until
		}, {
			first: this.#sessionStart(void 0),
			onStdout: this.#watchSession(),
			signal
		});
		this.#session = void 0;
		return replayed;
	}
	async endLoad() {
		const session = this.#session;
		if (session === void 0) return;
		this.#session = void 0;
		await this.#short(`KILL ${session};\n`).catch(() => void 0);
	}
	async findDifferences(plan, inventory, signal) {
		const options = {
			plan,
			inventory,
			ignoresCase: this.#facts.ignoresCase
		};
		const listed = await this.#client.run(LIST_SQL, { signal });
		this.#require(listed, "what was restored cannot be listed");
		const there = readListed(listed.stdout, options);
		const rows = await this.#client.run(rowsSql(there), { signal });
		this.#require(rows, "the rows that were restored cannot be counted");
		return findCatalogueDifferences(there, rows.stdout, options);
	}
	async #load(what, text, trailer, signal) {
		const onStdout = this.#watchSession();
		const { exitCode, stderr } = await this.#client.run(text, {
			signal,
			onStdout
		});
		if (exitCode !== 0) throw loadFailure(what, clientErrors(stderr));
		if (!trailer.hasTrailer) throw loadFailure(what, "their text ends without the last line of a whole dump");
		this.#session = void 0;
	}
	/** Learns the session's number from what the client prints. */
	#watchSession() {
		let said = "";
		return (chunk) => {
			if (this.#session !== void 0) return;
			said += Buffer.from(chunk).toString("latin1");
			this.#session = new RegExp(`^${SESSION_MARK}(\\d+)\n`, "m").exec(said)?.[1];
		};
	}
	/** Rows stay out of the binary log unless told; events of the past must survive their creation. */
	#sessionStart(instant) {
		const time = instant === void 0 ? "" : `SET SESSION timestamp = ${(instant.getTime() / 1e3).toFixed(3)};\n`;
		return `${this.#log()}SELECT CONCAT('${SESSION_MARK}', CONNECTION_ID());\n${time}`;
	}
	#log() {
		return this.#facts.logBin ? "" : "SET SESSION sql_log_bin = 0;\n";
	}
	#short(sql) {
		return this.#client.run(sql, { signal: AbortSignal.timeout(SHORT_MS) });
	}
	#require({ exitCode, stderr }, what) {
		if (exitCode !== 0) throw new LifeboatError("restore-failed", `${what}: ${clientErrors(stderr)}`);
	}
};
function loadFailure(what, how) {
	return new LifeboatError("restore-failed", `the ${what} could not be loaded: ${how}`, { hint: "The server quotes what it refused. Rows larger than its max_allowed_packet, a right that the database user lacks, and a full disk are the usual causes." });
}
async function* withFirst(first, text) {
	yield Buffer.from(first);
	yield* text;
}
async function* count(text, onCounted) {
	for await (const chunk of text) {
		onCounted(chunk.length);
		yield chunk;
	}
}

// src/engines/mysql/live/connect.ts
/** Major and minor: patches of one series read each other's dumps. */
const SERIES_NUMBERS = 2;
/** To keep a session out of the binary log. */
const LOG_RIGHTS = {
	mariadb: "BINLOG ADMIN",
	mysql: "SESSION_VARIABLES_ADMIN"
};
const LABEL = "log-in to the database server";
const connectLiveServer = async (machine, manifest, { connection, logBin, signal }) => {
	const { flavour } = manifest.source;
	const search = await machine.run({
		script: searchScript(connection, flavour),
		signal
	});
	const found = readSearch(search.stdout, connection);
	const program = found.get("sql") ?? "";
	if (program === "") throw new LifeboatError("target-tool-missing", `there is no ${FLAVOURS[flavour].sqlPrograms.join(" or ")} in the PATH of ${machine.name}`, { hint: `On Debian and Ubuntu: apt-get install ${FLAVOURS[flavour].clientPackage}.` });
	checkVersion("client", parseClientVersion(found.get("sql-version") ?? ""), dumpToolOf(manifest), machine.name);
	const client = new LiveClient(machine, connection, program);
	const answer = await client.run(`SELECT VERSION(); SELECT @@version_comment; SELECT @@lower_case_table_names; SELECT @@log_bin;\n${logBin ? "" : "SET SESSION sql_log_bin = 0;\n"}`, { signal });
	checkAnswer(answer, flavour);
	const [version = "", comment = "", lowerCase, binlog] = answer.stdout.split("\n");
	const dumped = parseServerVersion(manifest.versions.server, flavour);
	checkVersion("server", parseServerVersion(version, comment), dumped, machine.name);
	return new SqlLiveServer(client, {
		manifest,
		version,
		writesBinlog: binlog === "1",
		ignoresCase: lowerCase !== "0",
		logBin
	});
};
/** As manifests have it: the number alone, or the client's own line. */
function dumpToolOf({ versions, source }) {
	return parseServerVersion(versions.dumpTool, source.flavour) ?? parseClientVersion(versions.dumpTool);
}
function checkVersion(what, here, dumped, where) {
	if (here === void 0) throw new LifeboatError("db-version-unsupported", `the ${what} of ${where} does not say its version`);
	if (dumped === void 0) return;
	if (here.flavour !== dumped.flavour) throw new LifeboatError("db-flavour-mix", `the ${what} of ${where} is of ${here.flavour}, the dump of ${dumped.flavour}`, { hint: "Restore into a server of the flavour that was dumped, with its own client." });
	const [series, needed] = [here, dumped].map(({ numbers }) => numbers.slice(0, SERIES_NUMBERS));
	if (compareNumbers(series ?? [], needed ?? []) >= 0) return;
	throw new LifeboatError("db-version-unsupported", `the ${what} of ${where} is ${here.text}, older than the ${what === "server" ? "server that was dumped" : "client that made the dump"} (${dumped.text})`, { hint: "An older one may not understand the dump. Take one of the same series or a newer one." });
}
function checkAnswer({ exitCode, stderr }, flavour) {
	if (exitCode === 0) return;
	if (/sql_log_bin|BINLOG ADMIN|SUPER|SESSION_VARIABLES_ADMIN/.test(stderr) && /\(42000\)/.test(stderr)) throw new LifeboatError("db-rights-missing", `the database user may not keep what is loaded out of the binary log: ${clientErrors(stderr)}`, { hint: `Grant it ${LOG_RIGHTS[flavour]} for the restore, or set \`log-bin: true\`: replicas get the data, too, then.` });
	throw explainClientFailure({
		label: LABEL,
		reports: [],
		statuses: /* @__PURE__ */ new Map([["query", exitCode]]),
		stderr: /* @__PURE__ */ new Map([["query", stderr]])
	}, "query") ?? new LifeboatError("restore-failed", `${LABEL} failed with status ${exitCode}: ${clientErrors(stderr)}`);
}

// src/remote/ssh-machine.ts
function createSshMachine(options) {
	let connection;
	const connect = async (signal) => {
		if (connection === void 0 || connection.lostError !== void 0) connection = await connectSsh(options, signal);
		return connection;
	};
	return {
		name: `${options.user}@${options.host}:${options.port}`,
		run: async (task) => {
			const current = await connect(task.signal);
			const boundary = randomBoundary();
			const channel = await current.exec(bootCommand(boundary));
			enlargeWindow(channel, current.roundTripMs);
			return runOnChannel(adapt(channel, current), boundary, task);
		},
		close: async () => {
			await connection?.end();
			connection = void 0;
		}
	};
}

// src/entries/compose-restore.ts
const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreDeclaration;
const MAX_NAMED = 10;
const restoreAction = defineAction(restoreDeclaration, {
	rules: [...sshRules, ...storeSshRules],
	checks: () => ({
		identity: checkFor(declared, ["identity", "identity-passphrase"], (keys) => encryption.readIdentity(keys.identity, keys.identityPassphrase)),
		trustedSigners: checkFor(declared, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners))
	}),
	run: async (inputs, keys, context) => {
		const { reporter, signal, temporaryDirectory, ask } = context;
		const store = openReader(inputs, context);
		const ssh = sshOptionsOf(inputs);
		const machine = ssh === void 0 ? createLocalMachine() : createSshMachine(ssh);
		try {
			const outcome = await restore(inputs, keys, {
				directory: temporaryDirectory,
				connection: connectionOf(inputs)
			}, {
				store,
				encryption,
				machine,
				connect: connectLiveServer,
				reporter,
				ask
			}, signal);
			const { backup, plan, replay, differences, timings } = outcome;
			outcome.warnings.forEach((warning) => reporter.warning(warning));
			reporter.summary(renderRestoreSummary(inputs.server, outcome));
			reporter.output("backup-id", backup.id);
			reporter.output("databases", plan.databases.map(({ to }) => to).join(","));
			reporter.output("recovered-to", replay?.recoveredTo ?? backup.manifest.instant);
			reporter.output("duration-seconds", Math.round(timings.totalMs / 1e3));
			if (differences.length > 0) throw new LifeboatError("restore-differs", ["what was restored is not what was dumped:", ...differences.slice(0, MAX_NAMED).map((one) => `- ${one}`)].join("\n"), { hint: "It is left there to be looked at; the summary says how to drop it." });
		} finally {
			await Promise.all([store.close(), machine.close()]);
		}
	}
});

export { restoreAction };