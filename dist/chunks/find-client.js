import { in as LifeboatError } from "./proxy.js";
import { t as shellQuote } from "./shell.js";
import { _ as findContainer, a as nameVersion, g as explainEntering, h as READ_CONTAINER, i as FLAVOURS, l as clientFunction, n as parseClientVersion, p as sqlStage, r as parseServerVersion, s as explainClientFailure, t as compareNumbers, u as homePath } from "./versions.js";

// src/actions/database-connection.ts
function connectionOf(inputs) {
	const { dbUser, dbPassword, dbPasswordFile, dbDefaultsFile, dbHost, dbPort, dbSocket, dbContainer } = inputs;
	return {
		...dbUser === void 0 ? {} : { user: dbUser },
		...dbPassword === void 0 ? {} : { password: dbPassword },
		...dbPasswordFile === void 0 ? {} : { passwordFile: dbPasswordFile },
		...dbDefaultsFile === void 0 ? {} : { defaultsFile: dbDefaultsFile },
		...dbHost === void 0 ? {} : { host: dbHost },
		...dbPort === void 0 ? {} : { port: dbPort },
		...dbSocket === void 0 ? {} : { socket: dbSocket },
		...dbContainer === void 0 ? {} : { container: dbContainer }
	};
}

// src/engines/mysql/tolerate.ts
/** As a dump does it. */
function refuse(fault) {
	throw fault;
}
/** Hands what `check` throws to `tolerate`. */
function checkWith(tolerate, check) {
	try {
		check();
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		tolerate(error);
	}
}

// src/engines/mysql/find-client.ts
/** Options of the dump tool that not every version has. */
const PROBED_OPTIONS = [
	"dump-history",
	"source-data",
	"init-command"
];
/** MySQL 8.4 has no SHOW MASTER STATUS any more, and dump tools before 8.2 know nothing else. */
const MYSQL_WITHOUT_MASTER = [
	8,
	4,
	0
];
const MYSQL_TOOL_WITHOUT_MASTER = [
	8,
	2,
	0
];
/** What may stand in a client option file that Lifeboat reads: how to log in, and TLS. Anything else could change the dump. */
const ALLOWED_OPTIONS = /^(?:user|password|host|port|socket|protocol|default-auth|plugin-dir|connect-timeout|ssl|ssl-(?:ca|capath|cert|cipher|crl|crlpath|key|mode|verify-server-cert)|tls-version|get-server-public-key|server-public-key-path)$/;
async function findClient(session, connection, flavour, tolerate = refuse) {
	if (connection.container !== void 0) await findContainer(session, connection.container);
	const { stdout } = await session.run({
		label: "search for the dump client",
		...searchTask(connection, flavour)
	}, (outcome) => explainEntering(outcome, "enter"));
	const found = readSearch(stdout.toString(), connection, tolerate);
	const programs = {
		sql: found.get("sql") ?? "",
		dump: found.get("dump") ?? ""
	};
	if (programs.sql === "" || programs.dump === "") {
		const { dumpPrograms, sqlPrograms, clientPackage } = FLAVOURS[flavour];
		const pairs = dumpPrograms.map((dump, index) => `${dump} and ${sqlPrograms[index] ?? ""}`);
		const isInside = connection.container !== void 0;
		throw new LifeboatError("target-tool-missing", `${isInside ? "the container" : "the target"} has no ${pairs.join(" or ")} in its PATH`, { hint: isInside ? "Use an image that brings them, as the official ones do, or install the server's own client on the target, publish the port of the database on 127.0.0.1, give db-host and db-port, and leave db-container out." : `On Debian and Ubuntu: apt-get install ${clientPackage}. It must be of the same flavour as the server.` });
	}
	const server = await askServerVersion(session, connection, programs);
	const dumpTool = parseClientVersion(found.get("version") ?? "");
	if (!dumpTool) throw new LifeboatError("db-version-unsupported", `${programs.dump} does not say its version: ${found.get("version") ?? ""}`, { hint: `It must answer \`--version\` as the client of ${FLAVOURS[flavour].name} does: is another program of this name in front of it?` });
	checkVersions(flavour, server, dumpTool);
	return {
		programs,
		server,
		dumpTool,
		knownOptions: new Set(found.get("knows")?.split(" "))
	};
}
/** The search where the programs are: on the target, or in the container. */
function searchTask(connection, flavour) {
	const script = searchScript(connection, flavour);
	if (connection.container === void 0) return {
		script,
		stages: []
	};
	const enter = `printf '%s\\n' ${shellQuote(script)} | stage enter "$ENGINE" exec -i "$CONTAINER" sh -s`;
	return {
		script: `${READ_CONTAINER}\n${enter}`,
		stages: ["enter"]
	};
}
/** What `searchScript` printed, by the first word of each line. Throws `db-credentials-file`. */
function readSearch(stdout, connection, tolerate = refuse) {
	const found = new Map(stdout.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
	const check = connection.container === void 0 ? checkCredentialsFile : checkFileInside;
	check("db-password-file", found.get("password-file"), connection.passwordFile, tolerate);
	check("db-defaults-file", found.get("defaults-file"), connection.defaultsFile, tolerate);
	checkWith(tolerate, () => checkOptions(connection.defaultsFile, found.get("options") ?? ""));
	return found;
}
/** Shell text that looks for the programs, and at the files with credentials. */
function searchScript(connection, flavour) {
	const { sqlPrograms, dumpPrograms } = FLAVOURS[flavour];
	return `
find_first() { for name in "$@"; do command -v "$name" 2>/dev/null && return; done; }
sql=$(find_first ${sqlPrograms.join(" ")}); dump=$(find_first ${dumpPrograms.join(" ")})
echo "sql $sql"; echo "dump $dump"
[ -z "$sql" ] || echo "sql-version $("$sql" --no-defaults --version 2>/dev/null | head -n 1)"
[ -z "$dump" ] || { echo "version $("$dump" --no-defaults --version 2>/dev/null | head -n 1)"
  help=$("$dump" --no-defaults --help 2>/dev/null); knows=
  for option in ${PROBED_OPTIONS.join(" ")}; do case $help in *--$option*) knows="$knows $option";; esac; done
  echo "knows$knows"; }
check_file() {
  [ -n "$2" ] || return 0
  [ -f "$2" ] && [ -r "$2" ] || { echo "$1 missing"; return 0; }
  mode=$(ls -Lldn -- "$2" | { read -r mode links owner rest; echo "$mode $owner"; })
  echo "$1 $mode $(id -u)"
}
check_file password-file ${homePath(connection.passwordFile)}
check_file defaults-file ${homePath(connection.defaultsFile)}
options=${homePath(connection.defaultsFile)}
[ -z "$options" ] || ! [ -r "$options" ] || echo "options $(sed -n 's/^[[:space:]]*\\(![a-z]*\\).*/\\1/p; s/^[[:space:]]*\\(\\[[^]]*\\]\\).*/\\1/p; s/^[[:space:]]*\\([A-Za-z][A-Za-z0-9_-]*\\).*/\\1/p' "$options" | tr '\\n' ' ')"
`;
}
/** `-r-------- 1000 1000`: mode, owner, who we are. Without the file nothing else can be asked. */
function checkCredentialsFile(input, found, path, tolerate) {
	if (path === void 0) return;
	const fix = `On the target: chown "$(id -un)" ${path} && chmod 400 ${path}`;
	if (found === void 0 || found === "missing") throw new LifeboatError("db-credentials-file", `${input}: ${path} is not there, or the SSH user cannot read it`, { hint: fix });
	const [mode = "", owner, self] = found.split(" ");
	if (!/^-r[w-][x-]------/.test(mode)) {
		const what = `${input}: ${path} can be read by others (${mode})`;
		tolerate(new LifeboatError("db-credentials-file", what, { hint: fix }));
	}
	if (owner !== self && owner !== "0") {
		const what = `${input}: ${path} belongs to user ${owner ?? "?"}, not to the SSH user`;
		tolerate(new LifeboatError("db-credentials-file", what, { hint: fix }));
	}
}
function checkFileInside(input, found, path) {
	if (path === void 0 || found !== void 0 && found !== "missing") return;
	throw new LifeboatError("db-credentials-file", `${input}: ${path} is not there in the container, or the container's user cannot read it`, { hint: "With db-container the path is one inside the container, such as /run/secrets/…." });
}
/** The names in an option file, without their values: `[client] user password`. */
function checkOptions(path, names) {
	if (path === void 0) return;
	let group = "";
	const unsuitable = [];
	for (const name of names.split(" ").filter((word) => word !== "")) if (name.startsWith("[")) group = name;
	else if (!/^\[client(?:-mariadb)?\]$/.test(group) || !ALLOWED_OPTIONS.test(name.replaceAll("_", "-"))) unsuitable.push(`${group} ${name}`.trim());
	if (unsuitable.length === 0) return;
	throw new LifeboatError("db-credentials-file", `db-defaults-file: ${path} holds more than how to log in: ${unsuitable.join(", ")}`, { hint: "Options such as where or ignore-table would change the dump without a word. Make a file of its own for Lifeboat with one group [client] that holds user, password, and host, port, socket or ssl-… where needed." });
}
async function askServerVersion(session, connection, programs) {
	const script = clientFunction(connection) + sqlStage(programs, "SELECT VERSION(); SELECT @@version_comment;");
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label: "question for the server's version",
		script,
		stages: ["query"]
	}, explain);
	const [version = "", comment = ""] = stdout.toString().split("\n");
	const parsed = parseServerVersion(version, comment);
	if (!parsed) throw new LifeboatError("db-version-unsupported", `the database server calls itself "${version}"`);
	return parsed;
}
/** Throws `db-flavour-mix` or `db-version-unsupported`. */
function checkVersions(wanted, server, client) {
	if (server.flavour !== wanted) throw new LifeboatError("db-flavour-mix", `the server is ${nameVersion(server)}, and engine says ${wanted}`, { hint: `Set \`engine: ${server.flavour}\`.` });
	const { clientPackage, oldest, newestMajor, range, name } = FLAVOURS[wanted];
	if (client.flavour !== wanted) throw new LifeboatError("db-flavour-mix", `the server is ${nameVersion(server)}, the dump client on the target is ${nameVersion(client)}: such a dump would lose objects without an error`, { hint: `Install the ${clientPackage} package on the target.` });
	if (compareNumbers(server.numbers, oldest) < 0 || newestMajor !== void 0 && server.numbers[0] > newestMajor) throw new LifeboatError("db-version-unsupported", `the server is ${nameVersion(server)}; this release dumps ${name} ${range}`);
	if (compareNumbers(client.numbers, oldest) < 0) throw new LifeboatError("db-version-unsupported", `the dump client on the target is ${nameVersion(client)}; it must be ${oldest.slice(0, oldest[2] === 0 ? 2 : 3).join(".")} or newer`);
	if (wanted === "mysql" && compareNumbers(server.numbers, MYSQL_WITHOUT_MASTER) >= 0 && compareNumbers(client.numbers, MYSQL_TOOL_WITHOUT_MASTER) < 0) throw new LifeboatError("db-version-unsupported", `the dump client on the target is ${nameVersion(client)}, which cannot ask ${nameVersion(server)} where its binary log stands`, { hint: `Install a ${clientPackage} package of the server's version on the target.` });
}

export { refuse as a, checkWith as i, readSearch as n, connectionOf as o, searchScript as r, findClient as t };