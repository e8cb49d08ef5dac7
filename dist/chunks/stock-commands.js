import { t as OBJECT_GRANT } from "./object-grants.js";
import { t as shellQuote } from "./shell.js";
import { mt as parseStoreUrl } from "./proxy.js";

// src/domain/recovery/stock-commands.ts
/** The dump's own header sets a mode in which dates such as 30 February become 0000-00-00, without an error. */
const KEEP_INVALID_DATES = `LC_ALL=C sed '1,/NO_AUTO_VALUE_ON_ZERO/s/NO_AUTO_VALUE_ON_ZERO/&,ALLOW_INVALID_DATES/'`;
/**
* `--binary-mode`: no commands to the client that somebody may have put into the data. `--comments`: those in routines stay.
*/
const LOAD_OPTIONS = "--binary-mode --comments --max-allowed-packet=1G";
/** The SQL client, by the flavour of the server. */
const STOCK_CLIENTS = {
	mariadb: "mariadb",
	mysql: "mysql"
};
/** What reads binlogs, by the flavour of the server. */
const STOCK_BINLOG_TOOLS = {
	mariadb: "mariadb-binlog",
	mysql: "mysqlbinlog"
};
/** Filters for the text of accounts: what is loaded before the databases, and what after them. */
const WITHOUT_OBJECT_GRANTS = `LC_ALL=C sed '/${OBJECT_GRANT}/d'`;
const OBJECT_GRANTS_ONLY = `LC_ALL=C sed -n '/${OBJECT_GRANT}/p'`;
const PLAIN_WORD = /^[A-Za-z0-9_./][A-Za-z0-9_./:@%+,=-]*$/;
/** What a fence, an escape or an eye would take for something else. */
const UNSAFE_IN_A_BLOCK = /[^\p{L}\p{N}\p{P}\p{S} ]|[`\p{Bidi_Control}]/u;
/** One word of bash in printable characters, on one line and without backquotes; quoted only where that is needed. */
function bashWord(text) {
	if (PLAIN_WORD.test(text)) return text;
	if (!UNSAFE_IN_A_BLOCK.test(text)) return shellQuote(text);
	return `$'${Array.from(Buffer.from(text, "utf8"), (byte) => /[A-Za-z0-9 _./:@%+,=-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`).join("")}'`;
}
/** The command before the name of an object, and where that name is appended to. `location` is the store's own. */
function fetchCommand(location, endpoint) {
	if (location.startsWith("sftp://")) return sftpCommand(location);
	if (!location.startsWith("s3://")) return {
		command: "cp",
		base: location.replace(/^file:\/\//, "")
	};
	return {
		command: `aws s3 cp${endpoint === void 0 ? "" : ` --endpoint-url ${bashWord(endpoint.origin)}`}`,
		base: location
	};
}
/** What shows the names of all objects below a folder, `server/dumps/`; of an SFTP account a prompt there, for `ls` and `cd`. */
function listCommand(location, endpoint, folder) {
	const { command, base } = fetchCommand(location, endpoint);
	return `${command.replace(/^aws s3 cp/, "aws s3 ls --recursive").replace(/^cp$/, "find")} ${bashWord(`${base}/${folder}`)}`;
}
/** What one needs beside the usual programs to fetch from there; undefined for a directory. */
function fetchNeeds(location) {
	if (location.startsWith("s3://")) return "`aws`, with credentials that may read the store";
	return location.startsWith("sftp://") ? "`sftp`, with a key that the store lets in (`IdentityFile` in `~/.ssh/config`)" : void 0;
}
/** `sftp` fetches the one file that stands behind the host, and fails when it cannot; its options say neither key nor host key. */
function sftpCommand(location) {
	const store = parseStoreUrl(location);
	if (store.kind !== "sftp") throw new RangeError("not the location of an SFTP store");
	const host = store.host.includes(":") ? `[${store.host}]` : store.host;
	return {
		command: `sftp -q -P ${store.port}`,
		base: `${store.user}@${host}:${store.path}`
	};
}

export { STOCK_CLIENTS as a, fetchCommand as c, STOCK_BINLOG_TOOLS as i, fetchNeeds as l, LOAD_OPTIONS as n, WITHOUT_OBJECT_GRANTS as o, OBJECT_GRANTS_ONLY as r, bashWord as s, KEEP_INVALID_DATES as t, listCommand as u };