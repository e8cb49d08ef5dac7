import { n as shellQuoteAll, t as shellQuote } from "./shell.js";

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
	const lines = [
		`IN=/dev/null`,
		`VIA=`,
		`DEFAULTS=${homePath(connection.defaultsFile)}`
	];
	if (connection.passwordFile === void 0) {
		const password = connection.password === void 0 ? "" : `password=${quoteOptionValue(connection.password)}\n`;
		lines.push(`OPTIONS=${shellQuote(`[client]\n${userOption(connection)}${password}`)}`);
	} else {
		const file = homePath(connection.passwordFile);
		lines.push(`IFS= read -r PASSWORD <${file} || :`, String.raw`PASSWORD=$(printf '%s\n' "$PASSWORD" | sed 's/[\\"]/\\&/g')`, `OPTIONS=${shellQuote(`[client]\n${userOption(connection)}`)}"password=\\"$PASSWORD\\"`, `"`);
	}
	const fixed = shellQuoteAll(connectionArguments(connection));
	lines.push(`run_client() {`, `  program=$1; shift`, `  if [ -n "$DEFAULTS" ]; then $VIA "$program" "--defaults-file=$DEFAULTS" ${fixed} "$@" <"$IN"`, `  else printf '%s\\n' "$OPTIONS" | { $VIA "$program" --defaults-file=/dev/fd/7 ${fixed} "$@" 7<&0 <"$IN"; }; fi`, `}`);
	return `${lines.join("\n")}\n`;
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
	return [
		`printf '%s\\n' ${shellQuote(sql)} >"$D/sql"`,
		`IN=$D/sql`,
		`stage query run_client ${shellQuote(programs.sql)} --batch --raw --skip-column-names --default-character-set=utf8mb4`,
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

export { clientFunction as a, quoteSqlString as c, LOAD_OPTIONS as i, sqlStage as l, parseClientVersion as n, homePath as o, parseServerVersion as r, quoteIdentifier as s, compareNumbers as t };