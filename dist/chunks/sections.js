import { Bt as countOf, Gt as formatInstant, in as LifeboatError } from "./proxy.js";
import { n as codeSpan } from "./markdown.js";
import { F as excerpt } from "./store-settings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { n as MariadbGtids, r as formatMariadbGtid, t as GtidSet } from "./gtid-set.js";
import { c as LOAD_OPTIONS, f as quoteSqlString, i as FLAVOURS, t as compareNumbers } from "./versions.js";
import { n as findGrantsElsewhere, r as isObjectGrant } from "./object-grants.js";
import { t as startProgressLog } from "./progress-log.js";
import { r as checkRoom, t as fetchObject } from "./fetch-object.js";
import { i as parseInventory, t as MAX_INVENTORY_BYTES } from "./inventory.js";
import { t as buildTimeline } from "./binlog-timeline.js";
import { i as readObject, r as openObject } from "./local-machine.js";
import { crc32 } from "node:zlib";
import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";

// src/actions/restoring/describe-replay.ts
/** Markdown, of `binlogs` files. */
function describeReplay({ transactions, last, next }, binlogs) {
	return [`${countOf(transactions, "transaction")} of ${countOf(binlogs, "binlog")} replayed onto the dump.`, `The last one that is there: ${show(last)}. The first one that is not: ${show(next)}.`].join(" ");
}
/** A sentence without full stop; undefined where every file holds rows alone. */
function describeStatements(binlogs) {
	const count = binlogs.filter(({ facts }) => facts.format !== "ROW").length;
	return count === 0 ? void 0 : `${countOf(count, "binlog")} may hold statements, which were executed again, and not the rows that they changed`;
}
/** A sentence without full stop: of what is left out though its time is before the moment; undefined where there is none. */
function describeDisorder({ outOfOrder }) {
	return outOfOrder === 0 ? void 0 : `left out: ${countOf(outOfOrder, "transaction")} behind the end of the replay, with a time before that moment; the order of the log counts, and a session may set its own time`;
}
function show(transaction) {
	if (transaction === void 0) return "none";
	return `${transaction.gtid === "" ? "one" : codeSpan(transaction.gtid)} of ${formatInstant(transaction.committedAt.toISOString())}`;
}

// src/actions/restoring/fetch-backup.ts
/** Throws `object-mismatch`, `sandbox-space`. */
async function fetchObjects(objects, { store, reporter, directory, signal }) {
	const sizeBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	await checkRoom(directory, sizeBytes);
	const progress = startProgressLog("fetched", sizeBytes, reporter);
	try {
		const fetched = [];
		for (const object of objects) {
			const options = {
				store,
				directory,
				name: `${object.role}-${object.name}.gpg`,
				signal,
				onBytes: (count) => progress.add(count)
			};
			fetched.push({
				object,
				file: await fetchObject(object, options)
			});
		}
		return fetched;
	} finally {
		progress.end();
	}
}
/** One object that is no part of a backup. Throws `object-mismatch`, `sandbox-space`. */
async function fetchStored(object, name, { store, directory, signal }) {
	await checkRoom(directory, object.sizeBytes);
	return fetchObject(object, {
		store,
		directory,
		name: `${name}.gpg`,
		signal
	});
}
/** Throws `manifest-invalid`, and what opening an object throws. */
async function fetchInventory({ manifest, id }, context) {
	const object = manifest.objects.find(({ role }) => role === "inventory");
	if (object === void 0) throw new LifeboatError("manifest-invalid", `the backup ${id} has no inventory, so that nothing can be compared with it`);
	const [fetched] = await fetchObjects([object], context);
	const bytes = await readObject(fetched?.file ?? "", MAX_INVENTORY_BYTES, context);
	return {
		inventory: parseInventory(bytes, manifest),
		sha256: createHash("sha256").update(bytes).digest("hex")
	};
}

// src/actions/restoring/plan-replay.ts
const HINT = "Make a new dump now: it begins a new chain. Then look at the runs that ship binlogs: since when have they failed, and does the server keep its binlogs longer than they pause?";
/**
* `isRealDay`: what should not be in the store counts as missing, so that nobody who can write there keeps one from an instant before it.
* Throws `not-an-anchor`, `binlog-chain`.
*/
function planReplay(manifest, shipped, wanted, { isRealDay = false } = {}) {
	const { isAnchor, reasons } = manifest.pitrAnchor;
	if (!isAnchor || manifest.coordinates === null) throw new LifeboatError("not-an-anchor", `binlogs cannot be replayed onto the backup ${manifest.id}: ${reasons.join("; ")}`, { hint: "Point-in-time recovery needs a dump of everything, at one moment, from a server with a binary log." });
	const timeline = buildTimeline(manifest, shipped);
	const { chain, recoverableUntil, gap, alarms } = timeline;
	const obstacle = findObstacle(timeline, wanted, manifest);
	const problem = [...isRealDay && wanted.kind === "instant" && obstacle === void 0 ? [] : alarms, ...obstacle === void 0 ? [] : [obstacle]].join("; ");
	if (problem !== "") {
		const still = `What can still be recovered is everything until ${formatInstant(recoverableUntil)}.`;
		throw new LifeboatError("binlog-chain", `${problem}.\n${still}`, { hint: HINT });
	}
	const at = wanted.kind === "instant" ? wanted.at : void 0;
	return {
		target: wanted.kind,
		at,
		chain,
		recoverableUntil,
		gap,
		alarms
	};
}
/** Without a full stop. */
function findObstacle({ chain, recoverableUntil, gap }, wanted, { instant, id }) {
	if (wanted.kind === "instant") {
		const at = formatInstant(wanted.at.toISOString());
		const begun = chain[0]?.facts.createdAt ?? instant;
		if (wanted.at < new Date(instant) || wanted.at < new Date(begun)) return `the backup ${id} holds a later state than that of ${at}`;
		if (wanted.at < new Date(recoverableUntil)) return void 0;
		return gap ?? `the binlogs that were shipped do not reach ${at}`;
	}
	if (gap !== void 0) return gap;
	return chain.length === 0 ? `no binlog was shipped since the backup ${id}` : void 0;
}

// src/actions/restoring/fetch-binlogs.ts
var FetchedBinlog = class {
	facts;
	#link;
	#context;
	#copy;
	#file;
	constructor(link, context) {
		this.facts = link.facts;
		this.#link = link;
		this.#context = context;
		this.#copy = link.copies[0];
	}
	/** Which of them was read. */
	get copy() {
		return this.#copy;
	}
	/** Throws `object-mismatch` where no copy is whole. */
	async *open() {
		this.#file ??= await this.#fetch();
		yield* openObject(this.#file, this.#context);
	}
	async remove() {
		if (this.#file !== void 0) await rm(this.#file);
		this.#file = void 0;
	}
	/** Of several copies the first that is whole. */
	async #fetch() {
		const { copies } = this.#link;
		for (const copy of copies) try {
			const file = await fetchStored(copy.manifest.object, copy.manifest.id, this.#context);
			this.#copy = copy;
			return file;
		} catch (error) {
			if (!(error instanceof LifeboatError && error.code === "object-mismatch") || copy === copies.at(-1)) throw error;
			this.#context.reporter.info(`${error.message}; another copy is taken`);
		}
		throw new TypeError("a file is there at least once");
	}
};
function openBinlogs({ chain }, context) {
	return chain.map((link) => new FetchedBinlog(link, context));
}

// src/engines/mysql/restore/sandbox-server.ts
/** Written to by the image's own user for databases; the official images and Debian's package have it. */
const VOLUME = "/var/lib/mysql";
const SERVER_USER = "mysql";
/** Everything of ours lies below it: what an image brings in the volume is not touched. */
const HOME = `${VOLUME}/lifeboat`;
const SOCKET = `${HOME}/server.sock`;
/** Of an account that install scripts make, logs in over the socket without password, and goes before accounts are loaded. */
const FIRST_ACCOUNT = "root";
/** Begins the line that is printed when one of them is not there. */
const MISSING_PROGRAMS = "lifeboat: this image has no";
/** Where distributions keep servers is not in every PATH. */
const SET_PATH = "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH";
/** What the sandbox takes over from the source, and the form that a value must have to be taken over. */
const SHARED_VARIABLES = {
	sql_mode: /^[A-Z_,]*$/,
	lower_case_table_names: /^[01]$/,
	character_set_server: /^[a-z0-9]+$/,
	collation_server: /^[a-z0-9_]+$/,
	default_storage_engine: /^(?:InnoDB|MyISAM|Aria)$/,
	innodb_page_size: /^(?:4096|8192|16384|32768|65536)$/,
	innodb_strict_mode: /^(?:0|1|ON|OFF)$/,
	explicit_defaults_for_timestamp: /^(?:0|1|ON|OFF)$/
};
/** They shape the data directory when it is made. */
const AT_INITIALISATION = /* @__PURE__ */ new Set(["lower_case_table_names", "innodb_page_size"]);
/** Half of the memory for pages; clients, the dump filter and the rest of the server share the other half. */
const BUFFER_POOL_SHARE = .5;
const MIN_BUFFER_POOL_BYTES = 128 * 2 ** 20;
/** Never for real servers: this one lives for minutes and its data is a copy. */
const FAST = [
	"--innodb-flush-log-at-trx-commit=0",
	"--innodb-doublewrite=0",
	"--innodb-flush-method=nosync",
	"--innodb-sort-buffer-size=32M",
	"--innodb-stats-auto-recalc=0",
	"--sync-binlog=0",
	"--log-bin-trust-function-creators=1"
];
/** No way out, nothing that runs by itself, no file but those of the server. */
const CLOSED = [
	"--skip-networking",
	"--skip-name-resolve",
	"--event-scheduler=OFF",
	"--local-infile=0",
	`--secure-file-priv=${HOME}/none`
];
/** What is replayed is logged again, so that the server can tell which transactions it has. */
const LOGGING = ["--log-bin=replay", "--server-id=1"];
const RECIPES = {
	mariadb: {
		programs: [
			"mariadbd",
			"mariadb-install-db",
			"mariadb",
			"mariadb-dump",
			"perl",
			"sha256sum"
		],
		server: "mariadbd",
		initialise: "mariadb-install-db --no-defaults --skip-test-db --auth-root-authentication-method=normal",
		takenOver: SHARED_VARIABLES,
		closed: ["--skip-slave-start"],
		logging: [...LOGGING, "--binlog-format=MIXED"],
		loose: [
			...FAST,
			"--innodb-log-file-size=1G",
			"--sync-frm=0"
		]
	},
	mysql: {
		programs: [
			"mysqld",
			"mysql",
			"mysqldump"
		],
		server: "mysqld",
		initialise: "mysqld --no-defaults --initialize-insecure",
		takenOver: {
			...SHARED_VARIABLES,
			partial_revokes: /^(?:0|1|ON|OFF)$/
		},
		closed: ["--mysqlx=OFF"],
		logging: [...LOGGING, "--gtid-mode=ON_PERMISSIVE"],
		loose: [
			...FAST,
			"--innodb-redo-log-capacity=1G",
			"--skip-replica-start",
			"--mysql-native-password=ON"
		]
	}
};
/** The command that a sandbox runs: makes a data directory, then becomes the server. */
function serverCommand(flavour, variables, { memoryBytes, replays }) {
	const { programs, server, initialise, takenOver, closed, logging, loose } = RECIPES[flavour];
	const taken = Object.entries(takenOver).flatMap(([name, form]) => {
		const value = variables[name];
		return value !== void 0 && form.test(value) ? [{
			name,
			option: optionOf(name, value)
		}] : [];
	});
	const initial = taken.filter(({ name }) => AT_INITIALISATION.has(name)).map(({ option }) => option);
	const bufferPool = Math.max(MIN_BUFFER_POOL_BYTES, Math.floor(memoryBytes * BUFFER_POOL_SHARE));
	const places = [`--datadir=${HOME}/data`, `--tmpdir=${HOME}/tmp`];
	const options = [
		...places,
		`--socket=${SOCKET}`,
		`--pid-file=${HOME}/server.pid`,
		"--max-allowed-packet=1G",
		`--innodb-buffer-pool-size=${bufferPool}`,
		...CLOSED,
		...closed,
		...replays ? logging : ["--skip-log-bin"],
		...[...loose, ...taken.map(({ option }) => option)].map((option) => option.replace(/^--/, "--loose-"))
	];
	return [
		"/bin/sh",
		"-c",
		[
			SET_PATH,
			`missing=`,
			`for program in ${programs.join(" ")}; do command -v "$program" >/dev/null 2>&1 || missing="$missing $program"; done`,
			`if [ -n "$missing" ]; then echo ${shellQuote(MISSING_PROGRAMS)}"$missing" >&2; mysqld --version >&2 2>/dev/null; exit 127; fi`,
			...flavour === "mysql" ? [`case $(${server} --version 2>/dev/null) in *MariaDB*) echo ${shellQuote(MISSING_PROGRAMS)} 'MySQL, but MariaDB' >&2; exit 127;; esac`] : [],
			`umask 077`,
			`mkdir -p ${HOME} ${HOME}/tmp ${HOME}/none || exit 1`,
			`${initialise} ${shellQuoteAll([...places, ...initial])} >${HOME}/install.log 2>&1 || { cat ${HOME}/install.log >&2; exit 1; }`,
			`exec ${server} --no-defaults ${shellQuoteAll(options)}`
		].join("\n")
	];
}
function optionOf(name, value) {
	return `--${name.replaceAll("_", "-")}=${value}`;
}

// src/engines/mysql/restore/inside.ts
/** What a command printed; whoever asks for more than this asks for the wrong thing. */
const MAX_OUTPUT_BYTES = 512 * 2 ** 20;
const CLIENT_OPTIONS = [
	"--no-defaults",
	`--socket=${SOCKET}`,
	...LOAD_OPTIONS
];
var Inside = class {
	#sandbox;
	#signal;
	flavour;
	/** Programs of the image. */
	client;
	dumpTool;
	/** Who the clients log in as. */
	account = FIRST_ACCOUNT;
	constructor(sandbox, flavour, signal) {
		this.#sandbox = sandbox;
		this.#signal = signal;
		this.flavour = flavour;
		const { sqlPrograms, dumpPrograms } = FLAVOURS[flavour];
		[this.client = "", this.dumpTool = ""] = [sqlPrograms[0], dumpPrograms[0]];
	}
	get signal() {
		return this.#signal;
	}
	/** Arguments for the SQL client, without its name. */
	clientArguments(...more) {
		return [
			...CLIENT_OPTIONS,
			`--user=${this.account}`,
			...more
		];
	}
	/** How a client logs in, and nothing else. */
	logInArguments() {
		return [
			"--no-defaults",
			`--socket=${SOCKET}`,
			`--user=${this.account}`
		];
	}
	/** Runs SQL in a session of its own. Options go before those that are always given are read, so that they may not repeat them. */
	sql(text, ...options) {
		const stdin = typeof text === "string" ? oneChunk(text) : text;
		return this.run([this.client, ...this.clientArguments(...options)], stdin);
	}
	/** A session that is fed as it goes; `onLine` takes each line that it prints, as soon as it does. */
	async session(text, onLine) {
		let rest = "";
		const { exitCode, stderr } = await this.#sandbox.exec([this.client, ...this.clientArguments("--unbuffered")], {
			signal: this.#signal,
			stdin: text,
			onStdout: (chunk) => {
				const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
				rest = lines.pop() ?? "";
				lines.forEach(onLine);
			}
		});
		return {
			exitCode,
			stderr,
			stdout: Buffer.alloc(0)
		};
	}
	/** Hands on what shell text prints as fast as it is taken. Throws what the taker throws. */
	async pipe(script, take) {
		return this.#sandbox.exec([
			"/bin/sh",
			"-c",
			`${SET_PATH}\numask 077\n${script}`
		], {
			signal: this.#signal,
			onStdout: take
		});
	}
	/** Runs shell text; `stdin` is that of the shell. */
	shell(script, stdin) {
		return this.run([
			"/bin/sh",
			"-c",
			`${SET_PATH}\numask 077\n${script}`
		], stdin);
	}
	async run(command, stdin) {
		const chunks = [];
		let bytes = 0;
		const { exitCode, stderr } = await this.#sandbox.exec(command, {
			signal: this.#signal,
			...stdin === void 0 ? {} : { stdin },
			onStdout: (chunk) => {
				bytes += chunk.length;
				if (bytes <= MAX_OUTPUT_BYTES) chunks.push(Buffer.from(chunk));
			}
		});
		if (bytes > MAX_OUTPUT_BYTES) throw new LifeboatError("restore-unreadable", `a program in the sandbox printed ${bytes} bytes`, { hint: "That many were not expected. Does an assertion select whole tables?" });
		return {
			exitCode,
			stderr,
			stdout: Buffer.concat(chunks)
		};
	}
};
/** What the SQL client complains of, without the statement that it repeats before: rows may stand in it. */
function clientErrors(stderr) {
	const errors = stderr.split("\n").filter((line) => /^(?:ERROR \d|ERROR at line|[\w-]+: )/.test(line));
	return excerpt(errors.length === 0 ? stderr : errors.join("\n"));
}
async function* oneChunk(text) {
	yield await Promise.resolve(Buffer.from(text));
}

// src/engines/mysql/replay/event-scanner.ts
/** Types of events that somebody here looks into; the same numbers in both flavours where both have them. */
const EVENT = {
	stop: 3,
	rotate: 4,
	formatDescription: 15,
	gtid: 33,
	anonymousGtid: 34,
	previousGtids: 35,
	taggedGtid: 42,
	mariadbCheckpoint: 161,
	mariadbGtid: 162,
	mariadbGtidList: 163,
	mariadbEncryption: 164
};
const LOOKED_INTO = new Set(Object.values(EVENT));
/** A list of GTIDs after years of failovers has some kilobytes. */
const MAX_LOOKED_INTO_BYTES = 64 * 2 ** 20;
const MAGIC = Buffer.from([
	254,
	98,
	105,
	110
]);
const HEADER_BYTES$1 = 19;
const CHECKSUM_BYTES = 4;
/** Of a format description event: its algorithm stands before its own checksum. */
const CRC32 = 1;
var EventScanner = class {
	#decide;
	#pending = Buffer.alloc(0);
	#offset = 0;
	/** Of the event that is on its way. */
	#left = 0;
	#isPassed = false;
	#checksumBytes = 0;
	#isChecked = false;
	#checksum = 0;
	#expected = Buffer.alloc(0);
	#isStopped = false;
	constructor(decide) {
		this.#decide = decide;
	}
	get isStopped() {
		return this.#isStopped;
	}
	/** Bytes of events that are passed on; the four before the first event are not. Throws `binlog-invalid`. */
	scan(chunk) {
		const data = this.#pending.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([this.#pending, chunk]);
		const passed = [];
		let at = 0;
		let from = -1;
		const cut = () => {
			if (from >= 0 && at > from) passed.push(data.subarray(from, at));
			from = -1;
		};
		while (at < data.length && !this.#isStopped) {
			if (this.#left === 0) {
				const skipped = this.#begin(data.subarray(at));
				if (skipped === void 0) break;
				at += skipped;
				continue;
			}
			if (!this.#isPassed) cut();
			else if (from < 0) from = at;
			const count = Math.min(this.#left, data.length - at);
			this.#check(data.subarray(at, at + count));
			this.#left -= count;
			this.#offset += count;
			at += count;
		}
		cut();
		this.#pending = this.#isStopped ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
		return passed;
	}
	/** `mariadb-binlog` takes a wrong one for the end, without a failure, in a file that a crash left open. */
	#check(bytes) {
		if (!this.#isChecked) return;
		const covered = Math.max(0, Math.min(bytes.length, this.#left - CHECKSUM_BYTES));
		if (covered > 0) this.#checksum = crc32(bytes.subarray(0, covered), this.#checksum);
		if (covered === bytes.length) return;
		this.#expected = Buffer.concat([this.#expected, bytes.subarray(covered)]);
		if (this.#expected.length === CHECKSUM_BYTES && this.#expected.readUInt32LE(0) !== this.#checksum) throw damaged(`an event before ${this.#offset + bytes.length} does not have its checksum`);
	}
	/** Throws `binlog-invalid` when the last event is not whole. */
	end() {
		if (this.#left > 0 || this.#pending.length > 0 || this.#offset === 0) throw damaged("it ends in the middle of an event");
	}
	/** Returns how many bytes are to be skipped: those before the first event. Undefined when more are needed first. */
	#begin(data) {
		if (this.#offset === 0) {
			if (data.length < MAGIC.length) return void 0;
			if (!data.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged("it does not begin like a binlog");
			this.#offset = MAGIC.length;
			return MAGIC.length;
		}
		if (data.length < 19) return void 0;
		const type = data.readUInt8(4);
		const sizeBytes = data.readUInt32LE(9);
		if (sizeBytes < 19) throw damaged(`there is no event at ${this.#offset}`);
		const isLookedInto = LOOKED_INTO.has(type);
		if (isLookedInto && sizeBytes > MAX_LOOKED_INTO_BYTES) throw damaged(`the event at ${this.#offset} is too large for its kind`);
		const wanted = isLookedInto ? sizeBytes : 19;
		if (data.length < wanted) return void 0;
		if (type === EVENT.formatDescription) this.#checksumBytes = data.readUInt8(sizeBytes - CHECKSUM_BYTES - 1) === CRC32 ? CHECKSUM_BYTES : 0;
		this.#isChecked = type !== EVENT.formatDescription && this.#checksumBytes > 0;
		this.#checksum = 0;
		this.#expected = Buffer.alloc(0);
		const decision = this.#decide({
			checksumBytes: this.#checksumBytes,
			type,
			offset: this.#offset,
			sizeBytes,
			seconds: data.readUInt32LE(0),
			serverId: data.readUInt32LE(5),
			bytes: data.subarray(0, wanted)
		});
		this.#isStopped = decision === "stop";
		this.#isPassed = decision === "pass";
		this.#left = this.#isStopped ? 0 : sizeBytes;
		return 0;
	}
};
function damaged(how) {
	return new LifeboatError("binlog-invalid", `a binlog cannot be read: ${how}`);
}

// src/engines/mysql/replay/transactions.ts
const SECOND_US = 1e6;
const MILLISECOND_US = 1e3;
const SECOND_MS = 1e3;
const UUID_BYTES = 16;
/** Of a list, in its highest byte; tags that were used once stay in it. Before 8.3 that byte belongs to a number, which is small. */
const TAGGED_FORM = 1n;
/** Gtid_event of MySQL behind the header: flags, uuid, number, type of the clock (2), two clocks, time of commit in 55 bits. */
const MYSQL_GTID = {
	uuid: 1,
	number: 17,
	clock: 25,
	time: 42,
	end: 49
};
const LOGICAL_CLOCK = 2;
function executedFrom(flavour, text) {
	return flavour === "mysql" ? new MysqlExecuted(text) : new MariadbExecuted(text);
}
/** A moment that a person names, as the binlogs can tell it: MariaDB's seconds count as a whole. */
function roundInstant(flavour, instant) {
	return flavour === "mysql" ? instant : /* @__PURE__ */ new Date(Math.floor(instant.getTime() / SECOND_MS) * SECOND_MS);
}
function isAfter(flavour, { committedUs }, instant) {
	return committedUs > roundInstant(flavour, instant).getTime() * MILLISECOND_US;
}
var MysqlExecuted = class {
	#set;
	constructor(text) {
		const set = GtidSet.parse(text);
		if (set === void 0) throw damaged("its manifest names no set of GTIDs");
		this.#set = set;
	}
	read({ type, bytes, seconds }) {
		if (type === EVENT.taggedGtid) throw damaged("it holds GTIDs with tags, which this version of Lifeboat does not know");
		if (type !== EVENT.gtid && type !== EVENT.anonymousGtid) return void 0;
		const body = bytes.subarray(19);
		if (body.length < MYSQL_GTID.end || body.readUInt8(MYSQL_GTID.clock) !== LOGICAL_CLOCK) throw damaged(`a transaction of ${(/* @__PURE__ */ new Date(seconds * 1e3)).toISOString()} has no time of commit`);
		const high = body.readUInt8(MYSQL_GTID.end - 1) & 127;
		const committedUs = body.readUIntLE(MYSQL_GTID.time, 6) + high * 2 ** 48;
		return {
			gtid: type === EVENT.gtid ? `${readUuid(body, MYSQL_GTID.uuid)}:${body.readBigUInt64LE(MYSQL_GTID.number)}` : "",
			committedUs
		};
	}
	readList({ type, bytes, sizeBytes }) {
		if (type !== EVENT.previousGtids) return void 0;
		const set = new GtidSet();
		let at = 19;
		const take = (count) => {
			if (at + count > sizeBytes) throw damaged("the list of earlier GTIDs is not of a known form");
			return (at += count) - count;
		};
		const number = () => Number(bytes.readBigUInt64LE(take(8)));
		const readTag = () => {
			const length = bytes.readUInt8(take(1));
			if (length % 2 === 1) throw damaged("the list of earlier GTIDs has a tag that cannot be read");
			const from = take(length / 2);
			return length === 0 ? "" : `:${bytes.toString("latin1", from, at)}`;
		};
		const head = bytes.readBigUInt64LE(take(8));
		const form = head >> 56n;
		if (form > TAGGED_FORM) throw damaged("the list of earlier GTIDs is not of a known form");
		const hasTags = form === TAGGED_FORM;
		for (let left = hasTags ? head >> 8n & 281474976710655n : head; left > 0n; left -= 1n) {
			const uuid = readUuid(bytes, take(UUID_BYTES));
			const source = hasTags ? uuid + readTag() : uuid;
			for (let intervals = number(); intervals > 0; intervals -= 1) set.add(source, number(), number() - 1);
		}
		return set.toString();
	}
	add({ gtid }) {
		const at = gtid.lastIndexOf(":");
		if (at >= 0) this.#set.add(gtid.slice(0, at), Number(gtid.slice(at + 1)));
	}
	toString() {
		return this.#set.toString();
	}
};
var MariadbExecuted = class {
	#last;
	constructor(text) {
		const last = MariadbGtids.parse(text);
		if (last === void 0) throw damaged("its manifest names no list of GTIDs");
		this.#last = last;
	}
	read({ type, bytes, seconds, serverId }) {
		if (type !== EVENT.mariadbGtid) return void 0;
		const number = Number(bytes.readBigUInt64LE(19));
		const domain = bytes.readUInt32LE(19 + 8);
		return {
			gtid: formatMariadbGtid({
				domain,
				server: serverId,
				number
			}),
			committedUs: seconds * SECOND_US
		};
	}
	readList({ type, bytes }) {
		if (type !== EVENT.mariadbGtidList) return void 0;
		const list = new MariadbGtids();
		const count = bytes.readUInt32LE(19) & 268435455;
		for (let index = 0; index < count; index += 1) {
			const at = 19 + 4 + index * 16;
			list.add({
				domain: bytes.readUInt32LE(at),
				server: bytes.readUInt32LE(at + 4),
				number: Number(bytes.readBigUInt64LE(at + 8))
			});
		}
		return list.toString();
	}
	add({ gtid }) {
		const [domain = 0, server = 0, number = 0] = gtid.split("-").map(Number);
		this.#last.add({
			domain,
			server,
			number
		});
	}
	toString() {
		return this.#last.toString();
	}
};
function readUuid(bytes, at) {
	return bytes.toString("hex", at, at + UUID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// src/engines/mysql/replay/cut-binlogs.ts
/** Where a replay may begin: between two transactions. */
const BETWEEN = /* @__PURE__ */ new Set([...[
	EVENT.gtid,
	EVENT.anonymousGtid,
	EVENT.taggedGtid,
	EVENT.mariadbGtid
], ...[
	EVENT.rotate,
	EVENT.stop,
	EVENT.mariadbCheckpoint,
	EVENT.mariadbGtidList
]]);
var BinlogCut = class {
	#request;
	#executed;
	/** In the order of the log, by domain: what MariaDB calls its position. */
	#inDomains = /* @__PURE__ */ new Map();
	/** Has begun, and counts when it has ended. */
	#open;
	#before;
	#file;
	#transactions = 0;
	#first;
	#last;
	#stop;
	/** Goes on behind the stop. */
	#isSurvey = false;
	#inDump;
	#outOfOrder = 0;
	constructor(request) {
		const [first] = request.binlogs;
		if (first === void 0) throw new RangeError("there is nothing to replay");
		this.#request = request;
		this.#executed = executedFrom(request.flavour, first.facts.gtidsBefore);
		this.#file = new FileState(first.facts);
	}
	/** What had been executed at the position. */
	get before() {
		return this.#before ?? "";
	}
	/** What has been executed at the end. */
	get executed() {
		return this.#executed.toString();
	}
	get transactions() {
		return this.#transactions;
	}
	get first() {
		return this.#first;
	}
	get last() {
		return this.#last;
	}
	get stop() {
		return this.#stop;
	}
	/** The last before the position. */
	get inDump() {
		return this.#inDump;
	}
	/** After a survey: how many behind the stop say that they committed before it. */
	get outOfOrder() {
		return this.#outOfOrder;
	}
	/**
	* Instead of `read`: every file with its whole contents, up to the first with a transaction that committed after the instant, and what was
	* begun by then. Returns how many files these are. Throws as `read`.
	*/
	async survey() {
		this.#isSurvey = true;
		const { binlogs, until } = this.#request;
		const begunBefore = until === void 0 ? -1 : binlogs.findLastIndex(({ facts }) => new Date(facts.createdAt) <= until);
		for (const [index, binlog] of binlogs.entries()) {
			for await (const chunk of this.#readFile(binlog));
			if (this.#stop !== void 0 && index >= begunBefore) return index + 1;
		}
		return binlogs.length;
	}
	/** To be read once. Throws `binlog-invalid`, `binlog-chain` for an instant before the dump, and what opening a file throws. */
	async *read() {
		yield MAGIC;
		for (const binlog of this.#request.binlogs) {
			yield* this.#readFile(binlog);
			if (this.#stop !== void 0) return;
		}
	}
	async *#readFile(binlog) {
		const { facts } = binlog;
		const file = this.#file = new FileState(facts);
		const scanner = new EventScanner((event) => this.#decide(event));
		try {
			for await (const chunk of binlog.open()) {
				file.add(chunk);
				yield* scanner.scan(chunk);
				if (scanner.isStopped) return;
			}
			scanner.end();
			if (this.#before === void 0) this.#begin(facts.sizeBytes);
			this.#completeLast(facts);
			file.check();
		} catch (error) {
			if (error instanceof LifeboatError && error.code !== "binlog-invalid") throw error;
			if (!(error instanceof LifeboatError) && !(error instanceof RangeError)) throw error;
			const how = error instanceof LifeboatError ? error.message.replace(/^.*?: /, "") : "an event is too short";
			throw new LifeboatError("binlog-invalid", `the binlog ${facts.name} cannot be replayed: ${how}`, {
				hint: "What was stored is not what the server closed. Make a new dump now: it begins a new chain.",
				cause: error
			});
		}
	}
	#decide(event) {
		const { type, offset } = event;
		const { flavour, binlogs, position, until } = this.#request;
		const file = this.#file;
		file.see(event);
		if (type === EVENT.formatDescription) return "pass";
		const list = this.#executed.readList(event);
		if (list !== void 0) {
			const { gtidsBefore } = file.facts;
			if (list !== executedFrom(flavour, gtidsBefore).toString()) throw damaged(`it says that ${list} had been executed before, and its manifest ${gtidsBefore}`);
		}
		if (file.facts === binlogs[0]?.facts && this.#before === void 0) {
			if (offset < position) {
				this.#advance(event);
				return "drop";
			}
			if (!BETWEEN.has(type)) throw damaged(`the position of the dump, ${position}, is in a transaction`);
			this.#begin(offset);
		}
		const transaction = this.#advance(event);
		if (transaction !== void 0 && until !== void 0) {
			const isLater = isAfter(flavour, transaction, until);
			if (!isLater && this.#stop !== void 0) this.#outOfOrder += 1;
			if (isLater) this.#stop ??= {
				name: file.facts.name,
				position: offset,
				next: transaction
			};
			if (isLater && !this.#isSurvey) {
				this.#open = void 0;
				return "stop";
			}
		}
		return type === EVENT.mariadbGtidList || type === EVENT.mariadbEncryption ? "drop" : "pass";
	}
	/** The transaction that this event begins; the one before has ended then. */
	#advance(event) {
		const transaction = this.#executed.read(event);
		if (transaction !== void 0 || event.type === EVENT.rotate || event.type === EVENT.stop) {
			this.#complete();
			this.#open = transaction;
		}
		return transaction;
	}
	#complete() {
		const transaction = this.#open;
		if (transaction === void 0) return;
		this.#open = void 0;
		this.#executed.add(transaction);
		const domain = transaction.gtid.split("-")[0] ?? "";
		if (this.#before === void 0) {
			this.#inDomains.set(domain, transaction.gtid);
			this.#inDump = transaction;
			return;
		}
		this.#transactions += 1;
		this.#first ??= transaction;
		this.#last = transaction;
	}
	/** All before it is in the dump. */
	#begin(offset) {
		const { flavour, position, gtid, until } = this.#request;
		this.#complete();
		if (offset !== position) throw damaged(`no event begins at the position of the dump, ${position}`);
		if (gtid !== void 0 && gtid !== "" && !this.#isAt(gtid)) throw damaged(`at the position of the dump it has not executed what the dump has, ${gtid}`);
		if (this.#inDump !== void 0 && until !== void 0 && isAfter(flavour, this.#inDump, until)) {
			const at = (/* @__PURE__ */ new Date(this.#inDump.committedUs / 1e3)).toISOString();
			throw new LifeboatError("binlog-chain", `the backup holds a later state than that of ${until.toISOString()}: what was committed at ${at} is in it`, { hint: "Name a later moment, or an older backup. The clock is that of the database server." });
		}
		this.#before = this.#executed.toString();
	}
	#isAt(gtid) {
		if (this.#request.flavour === "mysql") return contains(this.#executed.toString(), gtid);
		const executed = new Set(this.#executed.toString().split(","));
		return gtid.split(",").every((each) => {
			const last = this.#inDomains.get(each.split("-")[0] ?? "");
			return last === void 0 ? executed.has(each) : last === each;
		});
	}
	/** What a crash cut off was never committed: the server does not count it. */
	#completeLast({ closedBy, gtidsAfter }) {
		const { flavour } = this.#request;
		const after = executedFrom(flavour, gtidsAfter).toString();
		if (closedBy === "crash" && gtidsAfter !== "" && this.executed === after) this.#open = void 0;
		this.#complete();
		if (this.executed !== after) throw damaged(`${this.executed} has been executed after it, and its manifest says ${gtidsAfter}`);
	}
};
/** Of MySQL's sets. */
function contains(executed, gtids) {
	const part = GtidSet.parse(gtids);
	return part !== void 0 && GtidSet.parse(executed)?.contains(part) === true;
}
/** LOG_EVENT_IGNORABLE_F: MariaDB sets it on the mark of encryption in a log that it sends decrypted. */
function isIgnorable({ bytes }) {
	return (bytes.readUInt16LE(19 - 2) & 128) !== 0;
}
/** One file, as it goes by and as its manifest says. */
var FileState = class {
	facts;
	#hash = createHash("sha256");
	#sizeBytes = 0;
	#hasBegun = false;
	#closedBy = "crash";
	#next = null;
	constructor(facts) {
		this.facts = facts;
	}
	add(chunk) {
		this.#sizeBytes += chunk.length;
		this.#hash.update(chunk);
	}
	see(event) {
		const { type, bytes, seconds, serverId, sizeBytes, checksumBytes, offset } = event;
		if (this.#closedBy !== "crash") throw damaged(`something follows its end, at ${offset}`);
		if (type === EVENT.mariadbEncryption && !isIgnorable(event)) throw damaged("it is encrypted by the server");
		if (!this.#hasBegun) {
			const { createdAt } = this.facts;
			if (type !== EVENT.formatDescription || serverId !== this.facts.serverId) throw damaged("its first event is not that of its manifest");
			if (seconds * 1e3 !== Date.parse(createdAt)) throw damaged(`it was not begun at ${createdAt}`);
			this.#hasBegun = true;
		}
		if (type === EVENT.stop) this.#closedBy = "stop";
		if (type !== EVENT.rotate) return;
		this.#closedBy = "rotate";
		this.#next = bytes.toString("utf8", 19 + 8, sizeBytes - checksumBytes);
	}
	check() {
		const { sizeBytes, sha256, closedBy, next } = this.facts;
		if (this.#sizeBytes !== sizeBytes) throw damaged(`it has ${this.#sizeBytes} bytes, not ${sizeBytes}`);
		if (this.#hash.digest("hex") !== sha256) throw damaged("it has another SHA-256 than in its manifest");
		if (this.#closedBy !== closedBy) throw damaged(`it is not closed by a ${closedBy}: its end is missing`);
		if (this.#next !== next) throw damaged(`the next file is ${this.#next ?? "none"}, not ${next ?? "none"}`);
	}
};

// src/engines/mysql/replay/replay.ts
/** Before it the statement has MariaDB's name. */
const RESET_RENAMED = [
	8,
	2,
	0
];
const RANDOM_BYTES = 12;
/** Options of the program that reads binlogs. */
const READ_STREAM = "--no-defaults --verify-binlog-checksum";
const REPLAY_DIALECTS = {
	mariadb: {
		begin: (executed) => `RESET MASTER;\nSET GLOBAL gtid_binlog_state = ${quoteSqlString(executed)};\n`,
		executed: "@@GLOBAL.gtid_binlog_state",
		isEqual: (a, b) => MariadbGtids.parse(a)?.toString() === MariadbGtids.parse(b)?.toString()
	},
	mysql: {
		begin: (executed, { numbers }) => (compareNumbers(numbers, RESET_RENAMED) < 0 ? "RESET MASTER" : "RESET BINARY LOGS AND GTIDS") + `;\nSET GLOBAL gtid_purged = ${quoteSqlString(executed)};\n`,
		executed: String.raw`REPLACE(@@GLOBAL.gtid_executed, '\n', '')`,
		isEqual: (a, b) => GtidSet.parse(a)?.toString() === GtidSet.parse(b)?.toString()
	}
};
/** Throws RangeError for a dump without coordinates. */
function replayRequest({ source, coordinates }, binlogs) {
	if (coordinates === null) throw new RangeError("nothing can be replayed onto a dump without coordinates");
	const { position, gtid } = coordinates;
	return {
		flavour: source.flavour,
		binlogs,
		position,
		gtid: gtid === "" ? void 0 : gtid
	};
}
/** Reads and compares all that an instant needs; nothing is executed. Throws `binlog-invalid`, `binlog-chain`. */
async function surveyBinlogs(request) {
	const cut = new BinlogCut(request);
	const binlogs = await cut.survey();
	const { transactions, before: executedBefore, outOfOrder } = cut;
	return {
		binlogs,
		transactions,
		outOfOrder,
		executedBefore,
		span: spanOf(request.flavour, cut)
	};
}
/** Instants have milliseconds; an instant counts as its whole second in MariaDB. */
function spanOf(flavour, { inDump, first, last }) {
	if (first === void 0 || last === void 0) return void 0;
	const from = Math.ceil(Math.max(first.committedUs, inDump?.committedUs ?? 0) / 1e3);
	const to = Math.ceil(last.committedUs / 1e3) - (flavour === "mysql" ? 1 : 1e3);
	return from <= to ? {
		from: new Date(from),
		to: new Date(to)
	} : void 0;
}
/** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
async function replayBinlogs(inside, server, request, survey) {
	const dialect = REPLAY_DIALECTS[inside.flavour];
	const begun = await inside.sql(dialect.begin(survey.executedBefore, server));
	if (begun.exitCode !== 0) throw failed(`the server could not be prepared:\n${clientErrors(begun.stderr)}`);
	const loggedBefore = await readLogBytes(inside);
	const cut = new BinlogCut(request);
	const mark = randomBytes(RANDOM_BYTES).toString("hex");
	const { exitCode, stdout, stderr } = await inside.shell(replayScript(inside, mark), cut.read());
	const lines = stdout.toString().split("\n");
	const [client, tool] = answer(lines, `${mark} ended `)?.split(" ") ?? [];
	if (exitCode !== 0 || client !== "0" || tool !== "0" || /^ERROR/m.test(stderr)) throw failed(`mysqlbinlog ended with status ${tool ?? "unknown"} and the client with ${client ?? "unknown"}:\n${excerpt(replayErrors(stderr))}`);
	const executed = answer(lines, `${mark} executed\t`);
	if (executed === void 0) throw failed("the client did not come to the end");
	if (!dialect.isEqual(executed, cut.executed)) throw differs(`the binlogs hold ${excerptOf(cut.executed)}, and the sandbox has executed ${excerptOf(executed)}`);
	const hasExecuted = await readLogBytes(inside) > loggedBefore;
	if (cut.transactions > 0 && !hasExecuted) throw differs(`nothing was executed of ${countOf(cut.transactions, "transaction")}`);
	return {
		...summarizeCut(cut, request.binlogs),
		isComparedById: cut.last !== void 0 && cut.last.gtid !== ""
	};
}
/** What went by. */
function summarizeCut({ transactions, last, stop }, binlogs) {
	const stoppedIn = binlogs.findIndex(({ facts }) => facts.name === stop?.name);
	return {
		transactions,
		last: describeOne(last),
		next: describeOne(stop?.next),
		stopPosition: stop?.position,
		binlogs: stoppedIn < 0 ? binlogs.length : stoppedIn + 1
	};
}
/** Shell text that prints the path of the program that reads binlogs, or fails. */
function findReplayTool(flavour) {
	return FLAVOURS[flavour].binlogPrograms.map((name) => `command -v ${name}`).join(" || ");
}
/** The last statement goes through the same client behind all others: its answer means that they were executed. */
function replayScript(inside, mark) {
	const { executed } = REPLAY_DIALECTS[inside.flavour];
	const directory = `${HOME}/replay`;
	const client = shellQuoteAll([inside.client, ...inside.clientArguments()]);
	const question = shellQuote(`\nSELECT '${mark} executed', ${executed};\n`);
	return [
		`mkdir -p ${directory} || exit 1`,
		`tool=$(${findReplayTool(inside.flavour)}) || exit 127`,
		`{ TZ=UTC "$tool" ${READ_STREAM} - 2>${directory}/errors; echo $? >${directory}/status; printf '%s' ${question}; } |`,
		`  ${client}`,
		`client=$?`,
		`echo ${mark} ended "$client" "$(cat ${directory}/status)"`,
		`cat ${directory}/errors >&2`
	].join("\n");
}
function answer(lines, start) {
	return lines.find((line) => line.startsWith(start))?.slice(start.length);
}
async function readLogBytes(inside) {
	const { exitCode, stdout, stderr } = await inside.sql("SHOW BINARY LOGS;");
	if (exitCode !== 0) throw failed(`the server does not list its binlogs:\n${clientErrors(stderr)}`);
	return stdout.toString().split("\n").map((line) => Number(line.split("	")[1] ?? 0)).reduce((sum, size) => sum + size, 0);
}
function describeOne(transaction) {
	if (transaction === void 0) return void 0;
	const { gtid, committedUs } = transaction;
	return {
		gtid,
		committedAt: new Date(Math.floor(committedUs / 1e3))
	};
}
/** Errors of the two programs; what else they print may hold rows. */
function replayErrors(stderr) {
	const errors = stderr.split("\n").filter((line) => /^(?:ERROR|WARNING|mysqlbinlog:|mariadb-binlog:)/i.test(line));
	return errors.length === 0 ? "neither of them said why" : errors.join("\n");
}
/** Sets may be long. */
function excerptOf(executed) {
	return executed === "" ? "nothing" : excerpt(executed);
}
function failed(how) {
	return new LifeboatError("replay-failed", `the binlogs could not be replayed: ${how}`, { hint: "On the real day they would not go further either. Make a new dump now: it begins a new chain." });
}
function differs(how) {
	return new LifeboatError("replay-differs", `the replay did not do what the binlogs hold: ${how}`, { hint: "Make a new dump now: it begins a new chain. Until then the dump alone is what can be relied upon." });
}

// src/engines/mysql/restore/object-grants.ts
/** Lines that every part of the text keeps: what the session is set to before anything else, and the trailer. */
const FRAME = /^(?:--|$|SET NAMES |SET SESSION |\/\*!40101 SET )/;
/** For before the databases. */
function withoutObjectGrants(text) {
	return selectLines(text, (line) => !isObjectGrant(line));
}
/** For after the databases: what that left out, but for rights on what the backup does not hold. */
function objectGrantsOf(text, inventory) {
	const isElsewhere = findGrantsElsewhere(inventory);
	return selectLines(text, (line) => FRAME.test(line) || isObjectGrant(line) && !isElsewhere(Buffer.from(line, "latin1").toString()));
}
/** Bytes stay what they are: latin1 has a character for each. */
async function* selectLines(text, isWanted) {
	let rest = "";
	for await (const chunk of text) {
		const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
		rest = lines.pop() ?? "";
		const wanted = lines.filter(isWanted).map((line) => `${line}\n`);
		yield Buffer.from(wanted.join(""), "latin1");
	}
	if (isWanted(rest)) yield Buffer.from(rest, "latin1");
}

// src/engines/mysql/restore/load-text.ts
/** Dumps set this mode for the session that loads them, whatever the source allowed. */
const DUMP_MODE = "NO_AUTO_VALUE_ON_ZERO";
/** Dates such as 30 February, which the source took, would become 0000-00-00 without an error. */
const ADDED_MODE = ",ALLOW_INVALID_DATES";
/** The header of a dump is a kilobyte; the first database begins after it. */
const HEADER_BYTES = 16384;
/** "-- Dump completed on 2026-11-20  3:05:12". */
const TRAILER = /\n-- Dump completed[^\n]*\n$/;
/** What a load session begins with: rows must not go to a binary log, and events of the past must survive their creation. */
function sessionStart(instant) {
	return `SET SESSION sql_log_bin = 0;\nSET SESSION timestamp = ${(instant.getTime() / 1e3).toFixed(3)};\n`;
}
/** Passes the text on with ALLOW_INVALID_DATES in the mode that its header sets. */
async function* withInvalidDates(text) {
	let header = Buffer.alloc(0);
	for await (const chunk of text) {
		if (header === void 0) {
			yield chunk;
			continue;
		}
		header = Buffer.concat([header, chunk]);
		if (header.length < HEADER_BYTES) continue;
		yield editHeader(header);
		header = void 0;
	}
	if (header !== void 0) yield editHeader(header);
}
function editHeader(header) {
	const at = header.indexOf(DUMP_MODE);
	if (at < 0 || at > HEADER_BYTES) return header;
	const end = at + 21;
	return Buffer.concat([
		header.subarray(0, end),
		Buffer.from(ADDED_MODE),
		header.subarray(end)
	]);
}
/** Looks at the end of a text as it passes by. */
var TrailerWatch = class {
	#end = Buffer.alloc(0);
	get hasTrailer() {
		return TRAILER.test(this.#end.toString("latin1"));
	}
	async *watch(text) {
		for await (const chunk of text) {
			this.#end = Buffer.concat([this.#end, chunk.subarray(-256)]).subarray(-256);
			yield chunk;
		}
	}
};

// src/engines/mysql/restore/sections.ts
/** About as much as one session loads while another one is told what to do. */
const LARGE_BYTES = 524288;
/** Between the title of a section and the lock that it begins with. */
const MAX_TITLE_BYTES = 4096;
/** Text is passed on when there is more than twice as much: titles and USE statements stay in one piece. */
const HELD_BYTES = 65536;
const TITLE = Buffer.from("\n--\n-- ");
const LOCK = Buffer.from("\nLOCK TABLES `");
const UNLOCK = Buffer.from("\nUNLOCK TABLES;\n");
const DELIMITER = Buffer.from("\nDELIMITER ;;\n");
const USE = Buffer.from("\nUSE `");
/** Lines behind the lock that end a transaction, or take back what was set before it. */
const SETTING = /^(?:COMMIT|SET [^']*|\/\*M!\d+ SET [^']*\*\/);$/i;
const ROWS_TITLE = "Dumping data for table ";
const DATABASE_TITLE = "Current Database: ";
const DATABASE_START = Buffer.concat([TITLE, Buffer.from(DATABASE_TITLE)]);
/** Titles that may come while tables are still being loaded. */
const TABLE_TITLES = [
	"Table structure for table ",
	"Temporary table structure for view ",
	"Temporary view structure for view ",
	ROWS_TITLE
];
/** Whether names and definitions leave no doubt where the parts of their dump begin. */
function canBeCut(objects) {
	return objects.every(({ kind, database, name, ddl, ddlSha256 }) => kind === "account" || ddlSha256 !== void 0 && !/[\n\r]/.test(database + name) && !/^(?:--$|LOCK TABLES |UNLOCK TABLES;)/m.test(ddl));
}
/**
* The pieces in the order of the text; their bytes, one after the other, are the text but for locks of tables. How the text comes in
* chunks makes no difference to what is a large table: everybody who reads the same text counts the same ones.
*/
async function* cutDump(text, largeBytes = LARGE_BYTES) {
	const cutter = new Cutter(largeBytes);
	for await (const chunk of text) {
		cutter.add(chunk);
		yield* cutter.take(false);
	}
	yield* cutter.take(true);
}
var Cutter = class {
	#largeBytes;
	#buffer = Buffer.alloc(0);
	#state = { at: "header" };
	#use = Buffer.alloc(0);
	#ordinal = 0;
	constructor(largeBytes) {
		this.#largeBytes = largeBytes;
	}
	add(chunk) {
		this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([this.#buffer, chunk]);
	}
	*take(isEnd) {
		for (;;) {
			const before = this.#buffer.length;
			const state = this.#state.at;
			yield* this.#step(isEnd);
			if (this.#state.at === state && this.#buffer.length === before) break;
		}
		if (isEnd && this.#buffer.length > 0) yield* this.#rest();
	}
	*#step(isEnd) {
		switch (this.#state.at) {
			case "header":
			case "text":
			case "after-rows":
				yield* this.#untilTitle(this.#state.at, isEnd);
				break;
			case "section":
				yield* this.#section(isEnd);
				break;
			case "rows":
				yield* this.#rows(this.#state.table);
				break;
			case "rows-end": yield* this.#rowsEnd(this.#state.table, isEnd);
		}
	}
	/** Up to the next title; what it announces decides what follows. */
	*#untilTitle(kind, isEnd) {
		const at = this.#buffer.indexOf(TITLE, 1);
		if (at < 0) {
			if (kind === "text" && !isEnd && this.#buffer.length > 2 * HELD_BYTES) yield* textPieces(this.#noteUse(this.#cut(this.#buffer.length - HELD_BYTES)));
			return;
		}
		const title = this.#readTitle(at + TITLE.length, isEnd);
		if (title === void 0) return;
		if (kind === "header" && !title.startsWith(DATABASE_TITLE)) {
			yield {
				kind: "header",
				bytes: this.#cut(at)
			};
			return;
		}
		const bytes = this.#cut(at);
		if (kind === "text") yield* textPieces(this.#noteUse(bytes));
		else if (kind === "header") yield {
			kind,
			bytes
		};
		else if (bytes.includes(DELIMITER)) yield {
			kind,
			bytes
		};
		else yield* textPieces(bytes);
		if (!TABLE_TITLES.some((known) => title.startsWith(known))) yield { kind: "barrier" };
		this.#state = { at: title.startsWith(ROWS_TITLE) ? "section" : "text" };
	}
	/** Small tables stay in the text; the rows of large ones go their own way, and the settings before them too. */
	*#section(isEnd) {
		const lock = this.#findLock();
		const unlock = lock < 0 ? -1 : this.#buffer.indexOf(UNLOCK, lock);
		if (unlock >= 0 && unlock < this.#largeBytes) {
			const end = unlock + UNLOCK.length - 1;
			const section = this.#cut(end);
			const lockEnd = section.indexOf("\n", lock + 1);
			yield* textPieces(section.subarray(0, lock));
			yield* textPieces(section.subarray(lockEnd, unlock));
			this.#state = { at: "text" };
		} else if (lock >= 0 && this.#buffer.length >= this.#largeBytes + UNLOCK.length) {
			const lockEnd = this.#buffer.indexOf("\n", lock + 1);
			if (lockEnd < 0 && !isEnd) return;
			const name = nameIn(this.#buffer.subarray(lock, lockEnd < 0 ? void 0 : lockEnd));
			const table = {
				ordinal: this.#ordinal,
				database: nameIn(this.#use),
				name,
				use: this.#use
			};
			this.#ordinal += 1;
			yield {
				kind: "rows",
				table,
				bytes: this.#cut(lock)
			};
			this.#cut(lockEnd < 0 ? this.#buffer.length : lockEnd - lock);
			this.#state = {
				at: "rows",
				table
			};
		} else if (isEnd || lock < 0 && this.#buffer.length > 2 * MAX_TITLE_BYTES) this.#state = { at: "text" };
	}
	/** Where the lock of this section begins; that of another one does not count. */
	#findLock() {
		const lock = this.#buffer.indexOf(LOCK);
		const next = this.#buffer.indexOf(TITLE, 1);
		return lock < MAX_TITLE_BYTES && (next < 0 || lock < next) ? lock : -1;
	}
	*#rows(table) {
		const unlock = this.#buffer.indexOf(UNLOCK);
		if (unlock < 0) {
			const length = this.#buffer.length - startOfUnlock(this.#buffer);
			if (length > 0) yield {
				kind: "rows",
				table,
				bytes: this.#cut(length)
			};
			return;
		}
		if (unlock > 0) yield {
			kind: "rows",
			table,
			bytes: this.#cut(unlock)
		};
		this.#cut(UNLOCK.length - 1);
		this.#state = {
			at: "rows-end",
			table
		};
	}
	/** Line by line: what follows the settings is for the session that has the rest. */
	*#rowsEnd(table, isEnd) {
		const end = this.#buffer.indexOf("\n", 1);
		if (end < 0 && !isEnd) return;
		if (end >= 0 && SETTING.test(this.#buffer.toString("latin1", 1, end))) {
			yield {
				kind: "rows",
				table,
				bytes: this.#cut(end)
			};
			return;
		}
		yield {
			kind: "rows-end",
			table
		};
		this.#state = { at: "after-rows" };
	}
	*#rest() {
		const state = this.#state.at;
		if (state === "rows") throw new LifeboatError("load-failed", "the text of the dump ends among the rows of a table");
		if (state === "after-rows") yield {
			kind: "after-rows",
			bytes: this.#cut(this.#buffer.length)
		};
		else yield* textPieces(this.#cut(this.#buffer.length));
	}
	/** The rest of the line; undefined while it is not all there. */
	#readTitle(at, isEnd) {
		const end = this.#buffer.indexOf("\n", at);
		if (end < 0) return isEnd ? this.#buffer.toString("latin1", at) : void 0;
		return this.#buffer.toString("latin1", at, end);
	}
	/** Elsewhere than behind the title of a database a line that looks like one stands in a routine. */
	#noteUse(bytes) {
		const at = bytes.subarray(0, DATABASE_START.length).equals(DATABASE_START) ? bytes.lastIndexOf(USE) : -1;
		if (at >= 0) {
			const end = bytes.indexOf("\n", at + 1);
			this.#use = Buffer.from(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
		}
		return bytes;
	}
	#cut(length) {
		const bytes = this.#buffer.subarray(0, length);
		this.#buffer = this.#buffer.subarray(length);
		return bytes;
	}
};
/** How many bytes at the end of this could be the beginning of the mark. */
function startOfUnlock(bytes) {
	for (let length = Math.min(UNLOCK.length - 1, bytes.length); length > 0; length -= 1) if (bytes.subarray(bytes.length - length).equals(UNLOCK.subarray(0, length))) return length;
	return 0;
}
/** The first quoted name in a statement. */
function nameIn(statement) {
	const [, name = ""] = /`((?:[^`]|``)+)`/.exec(statement.toString("utf8")) ?? [];
	return name.replaceAll("``", "`");
}
function* textPieces(bytes) {
	if (bytes.length > 0) yield {
		kind: "text",
		bytes
	};
}

export { describeStatements as A, serverCommand as C, fetchObjects as D, fetchInventory as E, describeDisorder as O, VOLUME as S, planReplay as T, Inside as _, withInvalidDates as a, MISSING_PROGRAMS as b, READ_STREAM as c, replayErrors as d, replayRequest as f, roundInstant as g, BinlogCut as h, sessionStart as i, describeReplay as k, findReplayTool as l, surveyBinlogs as m, cutDump as n, objectGrantsOf as o, summarizeCut as p, TrailerWatch as r, withoutObjectGrants as s, canBeCut as t, replayBinlogs as u, clientErrors as v, openBinlogs as w, SERVER_USER as x, HOME as y };