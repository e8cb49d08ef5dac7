import { Gt as LifeboatError } from "./target.js";
import { M as excerpt } from "./store-settings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { c as LOAD_OPTIONS, i as FLAVOURS } from "./versions.js";
import { n as findGrantsElsewhere, r as isObjectGrant } from "./object-grants.js";
import { n as startProgressLog, t as checkRoom } from "./check-room.js";
import { t as fetchObject } from "./fetch-object.js";
import { i as parseInventory, t as MAX_INVENTORY_BYTES } from "./inventory.js";
import { i as readObject } from "./local-machine.js";
import { createHash } from "node:crypto";

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

// src/engines/mysql/object-grants.ts
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

export { fetchStored as _, withInvalidDates as a, Inside as c, MISSING_PROGRAMS as d, SERVER_USER as f, fetchObjects as g, fetchInventory as h, sessionStart as i, clientErrors as l, serverCommand as m, cutDump as n, objectGrantsOf as o, VOLUME as p, TrailerWatch as r, withoutObjectGrants as s, canBeCut as t, HOME as u };