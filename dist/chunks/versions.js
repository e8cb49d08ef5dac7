import { in as LifeboatError } from "./proxy.js";
import { F as excerpt } from "./store-settings.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";

// src/engines/mysql/find-container.ts
/** Shell text that sets ENGINE and CONTAINER. */
const READ_CONTAINER = "read -r ENGINE CONTAINER <\"$D/container\"";
/** Throws `db-container`. */
async function findContainer(session, name) {
	const { stdout } = await session.run({
		label: "search for the container",
		script: inspectScript(name),
		stages: []
	});
	const { engine, id } = chooseContainer(name, parseAnswers(stdout.toString()));
	await session.run({
		label: "choice of the container",
		script: `printf '%s\\n' ${shellQuote(`${engine} ${id}`)} >"$D/container"`,
		stages: []
	});
}
/** Prints lines `engine id state`, or `engine problem` and what it said. */
function inspectScript(name) {
	return `
running=
for engine in docker podman; do
  command -v "$engine" >/dev/null 2>&1 || continue
  # Asking Podman makes it set up shop for this user, and leaves a process of its own: not where it cannot matter.
  [ "$engine" = docker ] || [ -z "$running" ] || [ "$(id -u)" = 0 ] || [ -d "$HOME/.local/share/containers" ] || continue
  if found=$("$engine" container inspect --format '{{.Id}} {{.State.Status}}' -- ${shellQuote(name)} 2>"$D/inspect"); then
    echo "$engine $found"
    case $found in *' running') running=1 ;; esac
  else
    echo "$engine problem $(tr '\\n' ' ' <"$D/inspect" | head -c 500)"
  fi
done
rm -f "$D/inspect"
`;
}
function parseAnswers(stdout) {
	return stdout.split("\n").filter((line) => line !== "").map((line) => {
		const [engine = "", first = "", ...rest] = line.split(" ");
		return first === "problem" ? {
			engine,
			problem: rest.join(" ").trim()
		} : {
			engine,
			id: first,
			state: rest.join(" ")
		};
	});
}
function chooseContainer(name, answers) {
	if (answers.length === 0) throw fail(`the target has neither docker nor podman in its PATH to enter the container ${name} with`, { hint: "Install the engine that runs the container, or leave db-container out when the database is not in one." });
	const found = answers.filter(({ id = "" }) => /^[0-9a-f]{12,64}$/.test(id));
	const running = found.filter(({ state }) => state === "running");
	const ids = new Set(running.map(({ id }) => id));
	const [one] = running;
	if (one?.id !== void 0 && ids.size === 1) return {
		engine: one.engine,
		id: one.id
	};
	if (ids.size > 1) throw fail(`docker and podman each have a running container ${name} on the target`, { hint: "Give the id of the right one: docker ps --no-trunc, podman ps --no-trunc." });
	const [stopped] = found;
	if (stopped !== void 0) throw fail(`the container ${name} does not run: ${stopped.engine} says that it is ${stopped.state ?? ""}`, { hint: `Start it (${stopped.engine} start ${name}), and see why it ended: ${stopped.engine} logs ${name}` });
	const said = answers.map(({ engine, problem = "" }) => `${engine}: ${excerpt(problem)}`).join("\n");
	const mayNot = answers.find(({ problem = "" }) => /permission denied/i.test(problem));
	if (mayNot !== void 0) throw fail(`the SSH user may not talk to ${mayNot.engine} on the target:\n${said}`, { hint: "Put the SSH user into the group docker (usermod -aG docker USER) and log in anew: whoever is in it can become root. Without that, publish the port of the database on 127.0.0.1, give db-host and db-port, and leave db-container out." });
	throw fail(`there is no container ${name} on the target:\n${said}`, { hint: "docker ps --all and podman ps --all, as the SSH user, show what there is. Podman shows everybody only their own containers: log in as the user who runs it." });
}
/** What a failed attempt to start something in the container means; undefined when the container is not to blame. */
function explainEntering(outcome, stage) {
	const status = outcome.statuses.get(stage);
	if (status !== 125 && status !== 126 && status !== 127) return void 0;
	return fail(`nothing can be run in the container: ${excerpt(outcome.stderr.get(stage) ?? "")}`, { hint: "It must be running and have a shell (sh). Without one, publish the port of the database on 127.0.0.1, give db-host and db-port, and leave db-container out." });
}
function fail(message, options) {
	return new LifeboatError("db-container", message, options);
}

// src/engines/mysql/run-inside.sh
const text = "# Runs a database program inside a container: POSIX sh, run there by `exec -i` as `sh -c THIS_TEXT sh VIA DEFAULTS PROGRAM ARGUMENT...`.\n# Killing the exec on the target does not end what runs in here, but it ends standard input: that is the lifeline.\n#\n# Standard input  a random word; an option file; the word; SQL; the word; then nothing more until the end of the exec\n# VIA             a command that starts PROGRAM, used where the container has it; may be empty\n# DEFAULTS        path of an option file in here, used instead of the one that came; may be empty\nvia=$1 defaults=$2\nshift 2\nexec 8<&0 </dev/null\n# One byte at a time, as the shell reads from a pipe: each reader leaves the rest to the next.\nIFS= read -r mark <&8\ntake() {\n  while IFS= read -r line; do\n    [ \"$line\" != \"$mark\" ] || return 0\n    printf '%s\\n' \"$line\"\n  done\n  return 1\n}\noptions=$(take <&8) && sql=$(take <&8) || exit 96\n# The engine made this shell the leader of a process group, as it does for every exec: all that was started here is in it.\n(\n  while read -r line; do :; done\n  kill -KILL -$$\n) <&8 >/dev/null 2>&1 &\nlifeline=$!\nexec 8<&-\ncommand -v \"${via%% *}\" >/dev/null 2>&1 || via=\nprogram=$1\nshift\nif [ -n \"$defaults\" ]; then\n  case $defaults in \\~/*) defaults=$HOME/${defaults#??} ;; esac\n  # shellcheck disable=SC2086  # a command and its options\n  printf '%s\\n' \"$sql\" | $via \"$program\" \"--defaults-file=$defaults\" \"$@\"\nelse\n  printf '%s\\n' \"$options\" | {\n    exec 7<&0\n    # shellcheck disable=SC2086\n    printf '%s\\n' \"$sql\" | $via \"$program\" --defaults-file=/dev/fd/7 \"$@\"\n  }\nfi\nstatus=$?\nkill -KILL \"$lifeline\"\nexit \"$status\"\n";

// src/engines/mysql/client.ts
/**
* Options with which an SQL client takes a dump as the text that it is, and prints rows as they are: binary-mode and local-infile keep it
* from doing anything else that somebody may have written into the text.
*/
const LOAD_OPTIONS = [
	"--default-character-set=utf8mb4",
	"--max-allowed-packet=1G",
	"--local-infile=0",
	"--binary-mode",
	"--comments",
	"--batch",
	"--raw",
	"--skip-column-names"
];
/** A value in a client option file: in double quotes, so that `#` begins no comment. */
function quoteOptionValue(value) {
	return `"${value.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}
/** Options that go into argv: none of them is secret. */
function connectionArguments(connection) {
	const { host, port, socket, options = [] } = connection;
	return [
		...host === void 0 ? [] : [`--host=${host}`, "--protocol=tcp"],
		...port === void 0 ? [] : [`--port=${port}`],
		...socket === void 0 ? [] : [`--socket=${socket}`],
		...options
	];
}
/**
* Shell text that defines `run_client PROGRAM ARGUMENT…`. The program is started by `$VIA` (directly unless set), reads `$IN`
* (/dev/null unless set) and takes its credentials from descriptor 7; `--defaults-file` keeps it from reading any other option file.
*/
function clientFunction(connection) {
	const lines = [`IN=/dev/null`, `VIA=`];
	if (connection.container !== void 0) lines.push(READ_CONTAINER);
	if (connection.passwordFile === void 0) {
		const password = connection.password === void 0 ? "" : `password=${quoteOptionValue(connection.password)}\n`;
		lines.push(`OPTIONS=${shellQuote(`[client]\n${userOption(connection)}${password}`)}`);
	} else {
		const file = homePath(connection.passwordFile);
		lines.push(connection.container === void 0 ? `IFS= read -r PASSWORD <${file} || :` : `PASSWORD=$("$ENGINE" exec "$CONTAINER" sh -c ${shellQuote(`IFS= read -r line <${file} || :; printf '%s\\n' "$line"`)})`, String.raw`PASSWORD=$(printf '%s\n' "$PASSWORD" | sed 's/[\\"]/\\&/g')`, `OPTIONS=${shellQuote(`[client]\n${userOption(connection)}`)}"password=\\"$PASSWORD\\"`, `"`);
	}
	const fixed = shellQuoteAll(connectionArguments(connection));
	if (connection.container !== void 0) return `${lines.join("\n")}\n${clientInside(connection, fixed)}`;
	lines.push(`DEFAULTS=${homePath(connection.defaultsFile)}`, `run_client() {`, `  program=$1; shift`, `  if [ -n "$DEFAULTS" ]; then $VIA "$program" "--defaults-file=$DEFAULTS" ${fixed} "$@" <"$IN"`, `  else printf '%s\\n' "$OPTIONS" | { $VIA "$program" --defaults-file=/dev/fd/7 ${fixed} "$@" 7<&0 <"$IN"; }; fi`, `}`);
	return `${lines.join("\n")}\n`;
}
/**
* The same in a container. Its standard input is a FIFO that the exec itself holds open for writing, too: it ends when the exec does,
* however that ends, and no sooner.
*/
function clientInside({ defaultsFile = "" }, fixed) {
	return `run_client() (
  program=$1; shift
  mkfifo "$D/feed.$stage_name" && exec 5<>"$D/feed.$stage_name" && rm "$D/feed.$stage_name" || exit 1
  { printf '%s\\n' "$NONCE" "$OPTIONS" "$NONCE"; cat "$IN"; printf '\\n%s\\n' "$NONCE"; } >&5 5>&- &
  feeder=$!
  "$ENGINE" exec -i "$CONTAINER" sh -c ${shellQuote(text)} sh "$VIA" ${shellQuote(defaultsFile)} "$program" ${fixed} "$@" <&5 5>&-
  status=$?
  kill "$feeder" 2>/dev/null
  wait "$feeder" 2>/dev/null
  exit "$status"
)
`;
}
function userOption(connection) {
	return connection.user === void 0 ? "" : `user=${quoteOptionValue(connection.user)}\n`;
}
/** A path on the target as a shell word; `~/` is the home of the user that logs in. */
function homePath(path) {
	if (path === void 0) return `''`;
	return path.startsWith("~/") ? `"$HOME"/${shellQuote(path.slice(2))}` : shellQuote(path);
}
/** Shell text of a stage `query` that sends SQL from standard input and prints one row a line, unescaped. */
function sqlStage(programs, sql) {
	return queryStage(programs, sql, "--raw --skip-column-names");
}
/** The same with the names of the columns before the rows, and values escaped, so that no tab and no line break is part of one. */
function tableStage(programs, sql) {
	return queryStage(programs, sql, "--column-names");
}
function queryStage(programs, sql, manner) {
	return [
		`printf '%s\\n' ${shellQuote(sql)} >"$D/sql"`,
		`IN=$D/sql`,
		`stage query run_client ${shellQuote(programs.sql)} --batch ${manner} --default-character-set=utf8mb4`,
		`IN=/dev/null`,
		""
	].join("\n");
}
/** A database, table or account name as SQL writes it. */
function quoteIdentifier(name) {
	return `\`${name.replaceAll("`", "``")}\``;
}
/** A string literal of SQL; only for sessions without NO_BACKSLASH_ESCAPES, which every query of ours sets. */
function quoteSqlString(text) {
	return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

// src/engines/mysql/client-errors.ts
/** Printed with every run of a client under its old name, or by other versions of it; says nothing about the dump. */
const HARMLESS = [/Deprecated program name/, /Using a password on the command line/];
/** A program's own mark of a line that is no error; the word alone may be part of a name. */
const WARNING = /^(?:[\w-]+: )?(?:\[(?:warning|note)\]|(?:warning|note):)/i;
/** 128 + SIGPIPE: the stage ended because another one did. */
const ENDED_BY_READER = 141;
/** sh(1): the program was found but could not be started. */
const NOT_STARTED = 126;
const LOG_IN_REFUSED = /* @__PURE__ */ new Set([
	1045,
	1130,
	1251,
	1275,
	1524,
	1698,
	1862,
	4151,
	2059
]);
const UNREACHABLE = /* @__PURE__ */ new Set([
	1040,
	1129,
	1203,
	2002,
	2003,
	2005,
	2006,
	2013,
	2026,
	2055
]);
const RIGHT_MISSING = /* @__PURE__ */ new Set([
	1044,
	1142,
	1143,
	1227,
	1370
]);
/** Rebuilt or truncated; gone. */
const TABLE_CHANGED = /* @__PURE__ */ new Set([1412, 1146]);
const LOCK_REFUSED = /* @__PURE__ */ new Set([1205]);
/** What mysqldump does before it asks for coordinates; the rights to it were looked at before. */
const GLOBAL_LOCK = /'FLUSH (?:\/\*.*?\*\/ )?(?:LOCAL )?TABLES\b.*Access denied/;
/** Errors with their numbers, each with its line. The SQL client repeats the failed statement before it. */
function findErrors(said) {
	return said.split("\n").flatMap((line) => {
		const [, named, bracketed] = /\berror:? (\d{4})\b|\((\d{4})\)\s*$/i.exec(line) ?? [];
		const number = named ?? bracketed;
		return number === void 0 ? [] : [{
			number: Number(number),
			line: excerpt(line)
		}];
	});
}
/** An error for a failed client stage, or undefined when another stage is to blame. */
function explainClientFailure(outcome, stage) {
	const status = outcome.statuses.get(stage);
	if (status === void 0 || status === 0 || status === ENDED_BY_READER) return void 0;
	const said = outcome.stderr.get(stage) ?? "";
	const errors = findErrors(said);
	const find = (known) => errors.find(({ number }) => known.has(number))?.line;
	const withoutLock = errors.find(({ line }) => GLOBAL_LOCK.test(line))?.line;
	if (withoutLock !== void 0) return new LifeboatError("db-lock-refused", `${outcome.label}: the database server refuses the lock under which it says where its binary log stands: ${withoutLock}`, { hint: "Managed servers, such as those of Amazon RDS and Aurora, refuse it to every account. Set `coordinates: false`: the dump is as consistent without it, but cannot be the start of a point-in-time recovery." });
	const refused = find(LOG_IN_REFUSED);
	if (refused !== void 0) return new LifeboatError("db-access-denied", `${outcome.label}: the database server refused the log-in: ${refused}`, { hint: "Check db-user and the password, and that the account may connect from where the target connects (host part of the account)." });
	const lost = find(UNREACHABLE);
	if (lost !== void 0 && /when dumping table|at row/.test(lost)) return new LifeboatError("db-unreachable", `${outcome.label}: the database server ended the connection in the middle: ${lost}`, { hint: "Nothing of this run counts. Look into the error log of the database server at this time: was it restarted, was the connection killed, or did it wait longer than its net_write_timeout for a slow network or store?" });
	if (lost !== void 0) return new LifeboatError("db-unreachable", `${outcome.label}: the database server cannot be reached from the target: ${lost}`, { hint: "Check db-host, db-port or db-socket, and that the server is running." });
	const forbidden = find(RIGHT_MISSING);
	if (forbidden !== void 0) return new LifeboatError("db-rights-missing", `${outcome.label}: the dump user lacks a right: ${forbidden}`, { hint: "The README has the GRANT statements for a dump user." });
	const changed = find(TABLE_CHANGED);
	if (changed !== void 0) return new LifeboatError("catalogue-changed", `${outcome.label}: a table or view was dropped, renamed, rebuilt or truncated while it was dumped: ${changed}`, { hint: "Nothing of this run counts. Run it again at a time without schema changes." });
	const waited = find(LOCK_REFUSED);
	if (waited !== void 0) return new LifeboatError("target-stage-failed", `${outcome.label}: the database server did not give a lock in time: ${waited}`, { hint: "A long query or transaction was in the way (SHOW PROCESSLIST). Nothing of this run counts. Run it again at a time without any." });
	if (status === NOT_STARTED && /argument list too long/i.test(said)) return new LifeboatError("target-stage-failed", `${outcome.label}: the names of the chosen databases and of what is left out are too many for one command line of the target`, { hint: "Leave out whole databases rather than single tables, or dump the databases in several runs (databases, and a label for each)." });
}
/** Lines of a dump that ended well: what must stop it all the same, and what the reader should know. */
function classifyDumpStderr(stderr) {
	const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !HARMLESS.some((pattern) => pattern.test(line)));
	const isWarning = (line) => WARNING.test(line) && !/\berror\b/i.test(line);
	return {
		errors: lines.filter((line) => !isWarning(line)),
		warnings: lines.filter(isWarning)
	};
}

// src/engines/mysql/flavours.ts
const FLAVOURS = {
	mariadb: {
		name: "MariaDB",
		sqlPrograms: ["mariadb", "mysql"],
		dumpPrograms: ["mariadb-dump", "mysqldump"],
		binlogPrograms: ["mariadb-binlog", "mysqlbinlog"],
		clientPackage: "mariadb-client",
		oldest: [
			10,
			6,
			0
		],
		newestMajor: 12,
		range: "10.6 to 12",
		image: "docker.io/library/mariadb"
	},
	mysql: {
		name: "MySQL",
		sqlPrograms: ["mysql"],
		dumpPrograms: ["mysqldump"],
		binlogPrograms: ["mysqlbinlog"],
		clientPackage: "mysql-client",
		oldest: [
			8,
			0,
			20
		],
		newestMajor: void 0,
		range: "8.0.20 and newer",
		image: "docker.io/library/mysql"
	}
};
/** `MariaDB 10.11.19`. */
function nameVersion({ flavour, text }) {
	return `${FLAVOURS[flavour].name} ${text}`;
}

// src/engines/mysql/versions.ts
/** `VERSION()` and `@@version_comment` of a server. Undefined for text that is no version. */
function parseServerVersion(version, comment) {
	return build(/mariadb/i.test(`${version} ${comment}`) ? "mariadb" : "mysql", version.replace(/^5\.5\.5-(?=1\d)/, ""), version);
}
/**
* What a client prints for `--version`: "mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, …", "mariadb-dump from 11.8.3-MariaDB, …"
* or "mysqldump  Ver 9.7.4 for Linux …".
*/
function parseClientVersion(line) {
	const mariadb = /(?:Distrib|from) (\d+\.\d+\.\d+)[^,]*-MariaDB/i.exec(line);
	if (mariadb?.[1] !== void 0) return build("mariadb", mariadb[1], mariadb[1]);
	const mysql = /Ver (\d+\.\d+\.\d+)/.exec(line) ?? /Distrib (\d+\.\d+\.\d+)/.exec(line);
	return mysql?.[1] === void 0 ? void 0 : build("mysql", mysql[1], mysql[1]);
}
function build(flavour, digits, text) {
	const match = /^(\d+)\.(\d+)\.(\d+)/.exec(digits);
	if (!match) return void 0;
	const [major, minor, patch] = match.slice(1).map(Number);
	return {
		flavour,
		numbers: [
			major,
			minor,
			patch
		],
		text
	};
}
/** Negative, zero or positive, as for sorting; only for versions of one flavour. */
function compareNumbers(a, b) {
	for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
		const difference = (a[i] ?? 0) - (b[i] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

export { findContainer as _, nameVersion as a, LOAD_OPTIONS as c, quoteIdentifier as d, quoteSqlString as f, explainEntering as g, READ_CONTAINER as h, FLAVOURS as i, clientFunction as l, tableStage as m, parseClientVersion as n, classifyDumpStderr as o, sqlStage as p, parseServerVersion as r, explainClientFailure as s, compareNumbers as t, homePath as u };