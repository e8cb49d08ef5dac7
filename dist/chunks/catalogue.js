import { t as GtidSet } from "./gtid-set.js";
import { l as clientFunction, p as sqlStage, s as explainClientFailure } from "./versions.js";

// src/engines/mysql/catalogue.ts
/** Schemas that belong to the server. */
const SYSTEM_DATABASES = [
	"mysql",
	"information_schema",
	"performance_schema",
	"sys"
];
/** Engines whose tables a snapshot holds still. */
const TRANSACTIONAL = /* @__PURE__ */ new Set([
	"InnoDB",
	"ROCKSDB",
	"TokuDB"
]);
/** Engines whose rows lie elsewhere: their tables cannot be rebuilt in a sandbox without network. */
const FOREIGN = /* @__PURE__ */ new Set([
	"FEDERATED",
	"CONNECT",
	"SPIDER",
	"S3",
	"OQGRAPH",
	"SPHINX",
	"MROONGA"
]);
/** Accounts that every MySQL server makes for itself, and lets nobody use. */
const NOT_RESERVED = `NOT (Host = 'localhost' AND User IN ('mysql.sys', 'mysql.session', 'mysql.infoschema'))`;
/** Recorded in the inventory: what a sandbox needs to behave like the source. */
const SHARED_VARIABLES = [
	"version",
	"version_comment",
	"server_id",
	"hostname",
	"log_bin",
	"binlog_format",
	"binlog_row_image",
	"sql_mode",
	"lower_case_table_names",
	"character_set_server",
	"collation_server",
	"time_zone",
	"system_time_zone",
	"default_storage_engine",
	"innodb_page_size",
	"innodb_strict_mode",
	"explicit_defaults_for_timestamp",
	"max_allowed_packet",
	"event_scheduler"
];
const DIALECTS = {
	mariadb: {
		variables: [...SHARED_VARIABLES, "gtid_domain_id"],
		settings: `sql_mode = '', lock_wait_timeout = 30`,
		more: [],
		accounts: `SELECT JSON_ARRAY('account', User, Host, COALESCE(JSON_VALUE(Priv, '$.plugin'), '') NOT IN ('', 'mysql_native_password', 'unix_socket', 'ed25519', 'mysql_old_password', 'parsec')) FROM mysql.global_priv;`
	},
	mysql: {
		variables: [
			...SHARED_VARIABLES,
			"server_uuid",
			"gtid_mode",
			"partial_revokes"
		],
		settings: `sql_mode = '', lock_wait_timeout = 30, information_schema_stats_expiry = 0`,
		more: [
			`SET @libraries = IF(EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'LIBRARIES'), 'SELECT DISTINCT JSON_ARRAY(''library'', LIBRARY_SCHEMA) FROM information_schema.LIBRARIES', 'DO 0')`,
			`PREPARE libraries FROM @libraries`,
			`EXECUTE libraries`,
			`SELECT JSON_ARRAY('logged', REPLACE(GTID_SUBTRACT(@@GLOBAL.gtid_executed, @@GLOBAL.gtid_purged), CHAR(10), ''))`
		],
		accounts: `SELECT JSON_ARRAY('account', User, Host, plugin NOT IN ('', 'caching_sha2_password', 'sha256_password', 'mysql_native_password', 'auth_socket', 'mysql_no_login'), COALESCE(JSON_CONTAINS_PATH(User_attributes, 'one', '$.additional_password'), 0)) FROM mysql.user WHERE ${NOT_RESERVED};`
	}
};
/** Throws the codes of a failed query; rights are not checked, so that what is hidden from the dump user is missing. */
async function readCatalogue(session, connection, programs, flavour) {
	return parseCatalogue(await ask(session, "question for the server's catalogue", clientFunction(connection) + withoutHashes(sqlStage(programs, catalogueSql(flavour)))));
}
/** A grant shows the hash of the password: it stays on the target. */
function withoutHashes(stage) {
	return `{ ${stage.trimEnd()}\n} | sed -e "/^GRANT /s/ IDENTIFIED BY PASSWORD '[^']*'//" -e "/^GRANT /s/ USING '[^']*'//g"\n`;
}
/** Needs the right to read the `mysql` database. */
async function readAccounts(session, connection, programs, flavour) {
	const sql = `SET SESSION sql_mode = '';\n${DIALECTS[flavour].accounts}`;
	return parseAccounts(await ask(session, "question for the server's accounts", clientFunction(connection) + sqlStage(programs, sql)));
}
async function readViews(session, connection, programs) {
	return (await ask(session, "question for the server's views", clientFunction(connection) + sqlStage(programs, VIEWS_SQL))).flatMap((line) => {
		if (!line.startsWith("[")) return [];
		const [, database, text] = JSON.parse(line);
		return [{
			database: String(database),
			text: String(text ?? "")
		}];
	});
}
async function ask(session, label, script) {
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label,
		script,
		stages: ["query"]
	}, explain);
	return stdout.toString().split("\n");
}
const VIEWS_SQL = `SET SESSION sql_mode = '', lock_wait_timeout = 30;
SELECT JSON_ARRAY('view', TABLE_SCHEMA, VIEW_DEFINITION) FROM information_schema.VIEWS WHERE TABLE_SCHEMA NOT IN ('sys', 'mysql');`;
function catalogueSql(flavour) {
	const { settings, variables, more } = DIALECTS[flavour];
	const own = `NOT IN (${SYSTEM_DATABASES.map((name) => `'${name}'`).join(", ")})`;
	return `${[
		`SET SESSION ${settings}`,
		...variables.map((name) => `SELECT JSON_ARRAY('variable', '${name}', CONCAT(@@${name}))`),
		`SELECT JSON_ARRAY('account', CURRENT_USER())`,
		`SHOW GRANTS`,
		`SELECT JSON_ARRAY('database', SCHEMA_NAME) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME ${own}`,
		`SELECT JSON_ARRAY('table', TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, IF(TABLE_TYPE = 'VIEW', TABLE_COMMENT, '')) FROM information_schema.TABLES WHERE TABLE_SCHEMA ${own} AND TABLE_TYPE <> 'TEMPORARY'`,
		`SELECT JSON_ARRAY('object', LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA ${own}`,
		`SELECT JSON_ARRAY('object', 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA ${own}`,
		`SELECT JSON_ARRAY('object', 'event', EVENT_SCHEMA, EVENT_NAME) FROM information_schema.EVENTS WHERE EVENT_SCHEMA ${own}`,
		...more
	].join(";\n")};`;
}
function parseCatalogue(lines) {
	const variables = {};
	const [grants, databases, tables, objects] = [
		[],
		[],
		[],
		[]
	];
	let account = "";
	let logged = "";
	const withLibraries = [];
	for (const line of lines) {
		if (/^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line)) grants.push(line);
		if (!line.startsWith("[")) continue;
		const [word, ...values] = JSON.parse(line);
		const [first = "", second = "", third = "", fourth] = values.map((value) => String(value ?? ""));
		if (word === "variable") variables[first] = second;
		if (word === "account") account = first;
		if (word === "logged") logged = GtidSet.parse(first)?.toString() ?? "";
		if (word === "database") databases.push(first);
		if (word === "library") withLibraries.push(first);
		if (word === "object") {
			const table = fourth === void 0 ? {} : { table: fourth };
			objects.push({
				kind: first.replace(" ", "-"),
				database: second,
				name: third,
				...table
			});
		}
		if (word === "table") tables.push(parseTable(values));
	}
	return {
		variables,
		account,
		grants,
		databases,
		tables,
		objects,
		logged,
		withLibraries
	};
}
/** A role has no host; the role PUBLIC is there as soon as it has a right, and mariadb-dump leaves it out (seen up to 11.8). */
const PUBLIC = "'PUBLIC'";
function parseAccounts(lines) {
	const accounts = lines.filter((line) => line.startsWith("[")).map((line) => JSON.parse(line)).map(([, user, host, isForeign, hasSecondPassword]) => ({
		name: host === "" ? `'${user ?? ""}'` : `'${user ?? ""}'@'${host ?? ""}'`,
		isForeign: Boolean(isForeign),
		hasSecondPassword: Boolean(hasSecondPassword)
	}));
	return {
		names: accounts.map(({ name }) => name).filter((name) => name !== PUBLIC),
		foreign: accounts.filter(({ isForeign }) => isForeign).length,
		withSecondPassword: accounts.filter(({ hasSecondPassword }) => hasSecondPassword).length
	};
}
function parseTable([database, name, type, engine, rows, comment]) {
	const engineName = String(engine ?? "");
	const kind = type === "VIEW" ? "view" : type === "SEQUENCE" ? "sequence" : "table";
	return {
		database: String(database),
		name: String(name),
		kind,
		engine: engineName,
		rows: Number(rows ?? 0),
		brokenBecause: kind === "view" && comment !== "VIEW" ? String(comment ?? "") : void 0,
		isVersioned: type === "SYSTEM VERSIONED",
		isForeign: kind === "table" && FOREIGN.has(engineName.toUpperCase()),
		isTransactional: kind !== "table" || TRANSACTIONAL.has(engineName)
	};
}
/** A switch among the server's variables, as text. */
function isOn(value) {
	return value === "1" || value === "ON";
}

export { readViews as a, readCatalogue as i, isOn as n, withoutHashes as o, readAccounts as r, NOT_RESERVED as t };