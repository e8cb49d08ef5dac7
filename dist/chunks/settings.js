import { in as LifeboatError, zt as DAY_MS } from "./proxy.js";
import { D as optional, O as record, S as instant, b as count, x as filledText, y as anyText } from "./store-settings.js";
import { a as sourceShape } from "./manifest-rules.js";
import { d as quoteIdentifier, t as compareNumbers } from "./versions.js";

// src/actions/anchor.ts
/** Of the state that a dump keeps. */
const ANCHOR_ACTION = "dump";
/** Undefined for a backup that is none. */
function anchorOf({ id, instant, source, pitrAnchor, coordinates }) {
	if (!pitrAnchor.isAnchor || coordinates === null) return void 0;
	return {
		backupId: id,
		instant,
		source,
		...coordinates
	};
}
const anchorShape = record({
	backupId: filledText,
	instant,
	source: sourceShape,
	file: filledText,
	position: count,
	gtid: optional(anyText)
});
/** Undefined for what another release of Lifeboat may have left. */
function readAnchor(value) {
	return anchorShape.check(value, "", () => void 0) ? value : void 0;
}

// src/actions/source-identity.ts
function identityOf({ flavour, serverId, serverUuid, hostName }, { hostKeyFingerprint }) {
	return {
		flavour,
		serverId,
		...serverUuid === void 0 ? {} : { serverUuid },
		hostName,
		sshHostKey: hostKeyFingerprint
	};
}

// src/engines/mysql/rights.ts
/** What a user that only dumps may have. */
const HARMLESS_RIGHTS = /* @__PURE__ */ new Set([
	"USAGE",
	"SELECT",
	"SHOW VIEW",
	"TRIGGER",
	"EVENT",
	"RELOAD",
	"BINLOG MONITOR",
	"REPLICATION CLIENT",
	"REPLICATION SLAVE",
	"REPLICA MONITOR",
	"SLAVE MONITOR",
	"LOCK TABLES",
	"PROCESS",
	"SHOW DATABASES",
	"SHOW CREATE ROUTINE",
	"REFERENCES",
	"PROXY",
	"SHOW_ROUTINE",
	"FLUSH_TABLES",
	"BACKUP_ADMIN"
]);
const PER_DATABASE = [
	"SELECT",
	"SHOW VIEW",
	"TRIGGER",
	"EVENT"
];
const NEEDS = {
	mariadb: {
		coordinates: [["BINLOG MONITOR", "REPLICATION CLIENT"]],
		routines: ["SHOW CREATE ROUTINE", "SELECT"],
		routinesTable: {
			database: "mysql",
			table: "proc"
		}
	},
	mysql: {
		coordinates: [["REPLICATION CLIENT"], ["RELOAD", "FLUSH_TABLES"]],
		routines: ["SHOW_ROUTINE", "SELECT"],
		routinesTable: void 0
	}
};
const PUBLIC = "PUBLIC";
/** Everybody may do everything in these unless the server was set up without them (mariadb-install-db, `--skip-test-db`). */
const TEST_DATABASES = ["test", String.raw`test\_%`];
const NAME = "`(?:[^`]|``)*`";
const GRANT = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:(TABLE|FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY|LIBRARY) )?(\\*|${NAME})\\.(\\*|${NAME}) (?:TO|FROM) (${PUBLIC}|${NAME}(?:@${NAME})?)(.*)$`, "s");
/** Parses `SHOW GRANTS`; lines about roles and proxies give nothing themselves. */
function parseGrants(lines) {
	return lines.flatMap((line) => {
		const match = GRANT.exec(line);
		if (!match) return [];
		const [, verb, rights = "", objectType, database = "", table = "", grantee = "", end = ""] = match;
		return [{
			rights: [...splitRights(rights), .../ WITH GRANT OPTION\b/.test(end) ? ["GRANT OPTION"] : []],
			database: database === "*" ? void 0 : unquote(database),
			table: table === "*" ? void 0 : unquote(table),
			...objectType === void 0 ? {} : { objectType },
			grantee,
			...verb === "REVOKE" ? { isRevoked: true } : {}
		}];
	});
}
function splitRights(text) {
	return text.split(/,(?![^(]*\))/).map((right) => right.trim().toUpperCase());
}
function unquote(name) {
	return name.slice(1, -1).replaceAll("``", "`");
}
/** To list binary logs; to be sent them; to begin a new one; to have old ones removed, and to see who still reads them. */
const BINLOG_RIGHTS = {
	mariadb: {
		list: ["BINLOG MONITOR", "REPLICATION CLIENT"],
		read: ["REPLICATION SLAVE"],
		rotate: ["RELOAD"],
		purge: ["BINLOG ADMIN"],
		watch: ["PROCESS"]
	},
	mysql: {
		list: ["REPLICATION CLIENT"],
		read: ["REPLICATION SLAVE"],
		rotate: ["RELOAD"],
		purge: ["BINLOG_ADMIN"],
		watch: ["PROCESS"]
	}
};
/** The rights of the account that ships binary logs. Throws `db-rights-missing` or `db-rights-excess`. */
function checkBinlogRights(flavour, grants, wants, account) {
	const { list, read, rotate, purge, watch } = BINLOG_RIGHTS[flavour];
	const wanted = [
		list,
		read,
		...wants.rotate ? [rotate] : [],
		...wants.purge ? [purge, watch] : []
	];
	const globally = globalRights(grants);
	const lacking = wanted.filter((rights) => !rights.some((right) => hasRight(globally, right)));
	if (lacking.length > 0) throw new LifeboatError("db-rights-missing", `the database user ${account} lacks rights`, { hint: `Run as an administrator of the database server:\nGRANT ${lacking.map(([right]) => right).join(", ")} ON *.* TO ${quoteAccount(account)};` });
	const excess = findExcess(grants, account, wants.purge ? purge : []);
	if (excess !== void 0) throw excess;
}
/** To see whether and how well a server follows another one. */
const REPLICA_RIGHTS = {
	mariadb: ["SLAVE MONITOR", "REPLICA MONITOR"],
	mysql: ["REPLICATION CLIENT"]
};
/** What has to be granted for that; undefined when nothing has. */
function grantForReplicas(flavour, grants, account) {
	const globally = globalRights(grants);
	const rights = REPLICA_RIGHTS[flavour];
	if (rights.some((right) => hasRight(globally, right))) return void 0;
	return `GRANT ${rights[0]} ON *.* TO ${quoteAccount(account)};`;
}
/** Whether no database and no table can be hidden from a user with these grants. */
function seesEverything(grants) {
	return hasRight(globalRights(grants), "SELECT") && !grants.some(({ isRevoked }) => isRevoked);
}
/** Whether everybody has rights by way of PUBLIC, those to the test databases apart. */
function hasPublicRights(grants) {
	return grants.some(({ grantee, database }) => grantee === PUBLIC && !TEST_DATABASES.includes(database));
}
/** `db-rights-missing` and `db-rights-excess`, with statements ready to paste. `account` is CURRENT_USER(). */
function findRightsFaults(flavour, grants, needed, account) {
	const grantee = quoteAccount(account);
	const faults = [];
	const missing = missingGrants(NEEDS[flavour], grants, needed, grantee).map((grant) => `GRANT ${grant} TO ${grantee};`);
	if (missing.length > 0) faults.push(new LifeboatError("db-rights-missing", `the dump user ${account} lacks rights; without them parts of the databases would be missing from the dump without an error`, { hint: `Run as an administrator of the database server:\n${missing.join("\n")}` }));
	const excess = findExcess(grants, account);
	return excess === void 0 ? faults : [...faults, excess];
}
/** `db-rights-excess` when there are rights but the harmless ones and `more`. */
function findExcess(grants, account, more = []) {
	const revocations = grants.flatMap((grant) => revokeExcess(grant, more));
	if (revocations.length === 0) return void 0;
	return new LifeboatError("db-rights-excess", `the database user ${account} may change data; a user whose password is in a backup job must only read`, { hint: `Make a user of its own for backups (docs/server-setup.md has the statements), or run:\n${revocations.join("\n")}` });
}
/** What takes away the rights that are more than harmless. What everybody may do anyway is no reason to refuse this user. */
function revokeExcess({ rights, database, table, objectType, grantee, isRevoked }, more) {
	if (grantee === PUBLIC || isRevoked === true) return [];
	const excess = rights.filter((right) => !HARMLESS_RIGHTS.has(right.replace(/ \(.*/s, "")) && !more.includes(right));
	const type = objectType === void 0 ? "" : `${objectType} `;
	const where = [database, table].map((name) => name === void 0 ? "*" : quoteIdentifier(name)).join(".");
	const { alone = [], together = [] } = Object.groupBy(excess, (right) => right === "ALL PRIVILEGES" || right === "GRANT OPTION" ? "alone" : "together");
	return [...together.length === 0 ? [] : [together.join(", ")], ...alone].map((list) => `REVOKE ${list} ON ${type}${where} FROM ${grantee};`);
}
function missingGrants({ coordinates, routines, routinesTable }, grants, needed, grantee) {
	const globally = globalRights(grants);
	const has = (right) => hasRight(globally, right);
	const hasOneOf = (rights) => rights.some(has);
	const wantsSelect = needed.isAll && !has("SELECT");
	const readsRoutines = hasOneOf(routines) || wantsSelect && routines.includes("SELECT") || routinesTable !== void 0 && (hasRight(rightsOn(grants, routinesTable.database), "SELECT") || readsTable(grants, routinesTable.database, routinesTable.table));
	const global = /* @__PURE__ */ new Set([
		...needed.isAll ? PER_DATABASE.filter((right) => !has(right)) : [],
		...needed.isAll && needed.locked.some((name) => !mayLock(grants, name)) ? ["LOCK TABLES"] : [],
		...needed.rotate && !has("RELOAD") ? ["RELOAD"] : [],
		...(needed.coordinates ? coordinates : []).filter((rights) => !hasOneOf(rights)).map(([right = ""]) => right),
		...!readsRoutines && routinesTable === void 0 ? routines.slice(0, 1) : []
	]);
	const missing = global.size > 0 ? [`${[...global].join(", ")} ON *.*`] : [];
	missing.push(...takenAway(grants, needed));
	if (!needed.isAll) for (const database of needed.databases) {
		const here = rightsOn(grants, database);
		const lock = needed.locked.includes(database) ? ["LOCK TABLES"] : [];
		const wanted = [...PER_DATABASE, ...lock].filter((right) => !has(right));
		const lacking = wanted.filter((right) => !hasRight(here, right));
		if (lacking.length === 0) continue;
		const pattern = escapePattern(database);
		const isKnown = grants.some((grant) => grant.grantee === grantee && grant.database === pattern);
		missing.push(`${(isKnown ? lacking : wanted).join(", ")} ON ${quoteIdentifier(pattern)}.*`);
	}
	const readsSystem = has("SELECT") || wantsSelect || hasRight(rightsOn(grants, "mysql"), "SELECT");
	if (needed.accounts && !readsSystem) missing.push("SELECT ON `mysql`.*");
	else if (!readsRoutines && routinesTable !== void 0) missing.push(`SELECT ON ${quoteIdentifier(routinesTable.database)}.${quoteIdentifier(routinesTable.table)}`);
	return missing;
}
/** What was taken away again of rights on everything, and is needed. */
function takenAway(grants, { isAll, databases, accounts }) {
	return grants.flatMap(({ isRevoked, rights, database }) => {
		if (isRevoked !== true || database === void 0) return [];
		const isSystem = database === "mysql";
		if (isSystem ? !accounts : !isAll && !databases.includes(database)) return [];
		const wanted = isSystem ? ["SELECT"] : PER_DATABASE;
		const lacking = rights.filter((right) => wanted.includes(right));
		return lacking.length === 0 ? [] : [`${lacking.join(", ")} ON ${quoteIdentifier(database)}.*`];
	});
}
function mayLock(grants, database) {
	return [globalRights(grants), rightsOn(grants, database)].some((rights) => hasRight(rights, "LOCK TABLES"));
}
function hasRight(rights, right) {
	return rights.has(right) || rights.has("ALL PRIVILEGES");
}
function globalRights(grants) {
	return new Set(grants.filter(({ database }) => database === void 0).flatMap(({ rights }) => rights));
}
/**
* Rights on a whole database, not on single tables of it. Of several patterns that fit, the server looks at the most exact one
* only; rights of roles and of PUBLIC are added.
*/
function rightsOn(grants, database) {
	const fitting = grants.filter((grant) => grant.isRevoked !== true && grant.database !== void 0 && grant.table === void 0 && covers(grant.database, database));
	const byGrantee = Object.values(Object.groupBy(fitting, ({ grantee }) => grantee));
	return new Set(byGrantee.flatMap((own = []) => own.toSorted((a, b) => literalLength(b) - literalLength(a))[0]?.rights ?? []));
}
/** How much of a pattern stands before its first wildcard: what the server sorts by. The whole of it without any. */
function literalLength({ database = "" }) {
	const at = database.replaceAll(/\\[_%]/g, "xx").search(/[_%]/);
	return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}
function readsTable(grants, database, table) {
	return grants.some((grant) => grant.database === database && grant.table === table && grant.objectType === void 0 && hasRight(new Set(grant.rights), "SELECT"));
}
/** A database in a statement that grants: exactly this one. */
function escapePattern(database) {
	return database.replaceAll(/[_%]/g, String.raw`\$&`);
}
/** A database in a grant is a pattern: `_` and `%` stand for any character(s) unless a backslash stands before them. */
function covers(pattern, database) {
	const source = pattern.replaceAll(/\\([_%])|([_%])|[.*+?^${}()|[\]\\/]/g, (match, escaped, wildcard) => {
		if (escaped !== void 0) return escaped;
		if (wildcard !== void 0) return wildcard === "_" ? "." : ".*";
		return `\\${match}`;
	});
	return new RegExp(`^${source}$`, "su").test(database);
}
/** `name@host` as CURRENT_USER() gives it; the name may hold an @ itself. */
function quoteAccount(account) {
	const at = account.lastIndexOf("@");
	return `${quoteIdentifier(account.slice(0, at))}@${quoteIdentifier(account.slice(at + 1))}`;
}

// src/engines/mysql/binlogs/settings.ts
const SECOND_MS = 1e3;
/** After which time the server removes files; undefined: never by itself. */
function readExpiry(variables) {
	if (variables.get("binlog_expire_logs_auto_purge") === "OFF") return void 0;
	const seconds = Number(variables.get("binlog_expire_logs_seconds") ?? 0);
	const days = Number(variables.get("expire_logs_days") ?? 0);
	const expireMs = seconds > 0 ? seconds * SECOND_MS : days * DAY_MS;
	return expireMs > 0 ? expireMs : void 0;
}
/** In capitals. MySQL is about to leave these settings out, with the one value that is left. */
function readFormat(variables) {
	return {
		format: (variables.get("binlog_format") ?? "ROW").toUpperCase(),
		rowImage: (variables.get("binlog_row_image") ?? "FULL").toUpperCase()
	};
}
/** What keeps binary logs from being replayed to the same result. */
function findSettingWarnings(variables) {
	const { format, rowImage: image } = readFormat(variables);
	return [
		...format === "ROW" ? [] : [`binlog_format is ${format}: statements may give another result when they are replayed. Set it to ROW.`],
		...image === "FULL" || image === "FULL_NODUP" ? [] : [`binlog_row_image is ${image}: a replay cannot find rows that are not what they were. Set it to FULL.`],
		...variables.get("binlog_checksum") === "NONE" ? ["binlog_checksum is NONE: a binary log that was damaged on the server cannot be told. Set it to CRC32."] : [],
		...losesWhatIsReplicated(variables) ? ["log_slave_updates (log_replica_updates) is OFF: what this replica gets from its source is not in its own binary logs, and recovery loses it. Set it to ON."] : []
	];
}
/** MariaDB has it OFF by default, and tells how many replications run; MySQL has it ON, and whoever changed it has a replica. */
function losesWhatIsReplicated(variables) {
	return [variables.get("log_slave_updates"), variables.get("log_replica_updates")].includes("OFF") && (variables.has("server_uuid") || Number(variables.get("Slaves_running") ?? 0) > 0);
}
/** MySQL has another name for it since 8.2, and 8.4 knows no other; MariaDB keeps the old one. */
const RENAMED_IN = [
	8,
	2,
	0
];
function statusStatement({ flavour, numbers }) {
	return flavour === "mysql" && compareNumbers(numbers, RENAMED_IN) >= 0 ? "SHOW BINARY LOG STATUS;" : "SHOW MASTER STATUS;";
}
/** `status` is what that statement prints: file, position, databases that alone are logged, and databases that are not. */
function findFilterWarnings(status = "") {
	const [, , only = "", not = ""] = status.split("	");
	return [...only === "" ? [] : [`binlog_do_db is set (${only}): recovery loses what is written to other databases`], ...not === "" ? [] : [`binlog_ignore_db is set (${not}): recovery loses what is written there`]].map((warning) => `${warning}. Take it out of the options of the server, restart it, and make a new dump.`);
}

export { readFormat as a, findRightsFaults as c, parseGrants as d, seesEverything as f, readAnchor as g, anchorOf as h, readExpiry as i, grantForReplicas as l, ANCHOR_ACTION as m, findSettingWarnings as n, statusStatement as o, identityOf as p, losesWhatIsReplicated as r, checkBinlogRights as s, findFilterWarnings as t, hasPublicRights as u };