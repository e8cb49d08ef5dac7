import { Ct as formatBytes, Et as formatDuration, Ft as LifeboatError } from "./target.js";
import { C as count, T as instant, j as record, p as sourceShape, w as filledText } from "./store-settings.js";
import { t as shellQuote } from "./shell.js";
import { m as quoteIdentifier } from "./session.js";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

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
		file: coordinates.file,
		position: coordinates.position
	};
}
const anchorShape = record({
	backupId: filledText,
	instant,
	source: sourceShape,
	file: filledText,
	position: count
});
/** Undefined for what another release of Lifeboat may have left. */
function readAnchor(value) {
	return anchorShape.check(value, "", () => void 0) ? value : void 0;
}

// src/actions/sealing/checked-message.ts
/** Session-key packets of a hundred recipients with 4096-bit keys fit; what is not decided by then is no message. */
const MAX_HEAD_BYTES = 65536;
/** Passes `ciphertext` on once its beginning has been checked. Throws `encryption-format`. */
async function* checkedMessage(ciphertext, recipients, encryption) {
	let head = Buffer.alloc(0);
	for await (const chunk of ciphertext) {
		if (head === void 0) {
			yield chunk;
			continue;
		}
		head = Buffer.concat([head, chunk]);
		if (encryption.checkMessageStart(head, recipients) === true) {
			yield head;
			head = void 0;
		} else if (head.length > MAX_HEAD_BYTES) break;
	}
	if (head !== void 0) throw new LifeboatError("encryption-format", "what was to be stored is not a whole OpenPGP message", { hint: "Nothing of this run counts." });
}

// src/actions/sealing/seal-object.ts
/** Programs that the target needs to seal objects. */
const SEALING_TOOLS = {
	target: ["zstd", "gpg"],
	runner: ["zstd", "sha256sum"]
};
/** Starts the task. What comes is ciphertext for exactly the recipients, wherever it was encrypted. */
function sealObject({ inputs: { compression, encryptOn }, keys: { recipients }, ports, session }, { task, explain }) {
	const armored = encryptOn === "target" ? recipients.map((recipient) => recipient.armored) : null;
	const sent = session.seal({
		...task,
		recipients: armored,
		compression
	}, explain);
	const sealed = encryptOn === "target" ? sent : encryptHere(sent, recipients, ports.encryption);
	return {
		...sealed,
		bytes: checkedMessage(sealed.bytes, recipients, ports.encryption)
	};
}
/** Ends well only when `compressed` did, of which every byte was compared with what the target sent. */
function encryptHere(compressed, recipients, encryption) {
	const settled = Promise.withResolvers();
	settled.promise.catch(() => void 0);
	async function* encrypted() {
		const hash = createHash("sha256");
		try {
			for await (const chunk of encryption.encrypt(compressed.bytes, recipients)) {
				hash.update(chunk);
				yield chunk;
			}
			settled.resolve({
				...await compressed.result,
				sha256: hash.digest("hex")
			});
		} catch (error) {
			settled.reject(error);
			throw error;
		}
	}
	return {
		bytes: encrypted(),
		result: settled.promise
	};
}

// src/domain/sealed-state.ts
/** Says what a file is, and of which form. */
const MARK = "lifeboat-state-1";
const KEY_BYTES = 32;
/** NIST SP 800-38D: 96 bits of chance are enough for 2^32 messages under one key. */
const NONCE_BYTES = 12;
/** One line of text. */
function sealState(state, secret, place) {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv("aes-256-gcm", deriveKey(secret, place), nonce);
	const sealed = Buffer.concat([cipher.update(JSON.stringify(state), "utf8"), cipher.final()]);
	return `${MARK} ${Buffer.concat([
		nonce,
		sealed,
		cipher.getAuthTag()
	]).toString("base64")}`;
}
/** Undefined for everything that was not sealed with this secret for this place. */
function openState(text, secret, place) {
	const [mark, body = ""] = text.trim().split(" ");
	const bytes = Buffer.from(body, "base64");
	if (mark !== MARK || bytes.length < 28) return void 0;
	const decipher = createDecipheriv("aes-256-gcm", deriveKey(secret, place), bytes.subarray(0, NONCE_BYTES));
	decipher.setAuthTag(bytes.subarray(-16));
	try {
		const sealed = bytes.subarray(NONCE_BYTES, -16);
		const opened = Buffer.concat([decipher.update(sealed), decipher.final()]).toString();
		return JSON.parse(opened);
	} catch {
		return;
	}
}
function deriveKey(secret, { action, server, store }) {
	const material = secret.replaceAll("\r\n", "\n").trimEnd();
	return Buffer.from(hkdfSync("sha256", material, "", `${MARK}\n${action}\n${server}\n${store}`, KEY_BYTES));
}

// src/actions/target-state.ts
/** Far more than any state has; what is larger is none. */
const MAX_STATE_BYTES = 67108864;
/** Of the hash of a store in a name. */
const STORE_DIGITS = 12;
const UNREADABLE = Symbol("unreadable");
/** The file of a state, below `~/.lifeboat/`: a server that is backed up into two stores has one for each. */
function stateFileName({ action, server, store }) {
	return `${action}-${server}-${createHash("sha256").update(store).digest("hex").slice(0, STORE_DIGITS)}.state`;
}
/** Of the state of one action, for one server in one store. */
function keepState(session, secret, place) {
	const file = `"$HOME/.lifeboat/"${shellQuote(stateFileName(place))}`;
	let sequence = 0;
	return {
		read: async () => {
			const script = `[ ! -e ${file} ] || head -c ${MAX_STATE_BYTES} ${file} || echo unreadable`;
			const { stdout } = await session.run({
				label: "what is remembered on the target",
				script,
				stages: []
			});
			if (stdout.length === 0) return void 0;
			const opened = openState(stdout.toString(), secret, place);
			if (opened === void 0) return UNREADABLE;
			sequence = opened.sequence;
			return opened.value;
		},
		write: async (value) => {
			sequence += 1;
			const script = `printf '%s\\n' ${shellQuote(sealState({
				sequence,
				value
			}, secret, place))} >${file}.new && mv -f ${file}.new ${file}`;
			await session.run({
				label: "note on the target",
				script,
				stages: []
			});
		}
	};
}
/** A store with the address of its service: two services may have buckets of one name. */
function nameStore({ location }, endpoint) {
	return `${endpoint?.origin ?? ""} ${location}`;
}

// src/actions/sealing/progress.ts
const INTERVAL_MS = 5e3;
/** Passes a stream on and reports what went by until it ends. */
async function* withProgress(stream, label, reporter) {
	const startedAt = performance.now();
	let [bytes, bytesBefore] = [0, 0];
	const timer = setInterval(() => {
		const rate = (bytes - bytesBefore) * 1e3 / INTERVAL_MS;
		bytesBefore = bytes;
		const elapsed = formatDuration(performance.now() - startedAt);
		reporter.info(`${label}: ${formatBytes(bytes)} so far, ${formatBytes(rate)}/s, ${elapsed}`);
	}, INTERVAL_MS);
	try {
		for await (const chunk of stream) {
			bytes += chunk.length;
			yield chunk;
		}
	} finally {
		clearInterval(timer);
	}
}

// src/actions/sealing/store-sealed.ts
/**
* `judge` looks at the result while the store still confirms the last parts. When anything fails, the upload has ended before this
* throws: nobody would be left to abort it.
*/
async function storeSealed(sealing, key, dumpTask, judge) {
	const { keys, ports, signal } = sealing;
	const { store, reporter } = ports;
	const { task } = dumpTask;
	const startedMs = performance.now();
	const sealed = sealObject(sealing, dumpTask);
	const stream = withProgress(sealed.bytes, task.label, reporter);
	const stop = new AbortController();
	const upload = store.upload(key, stream, { signal: AbortSignal.any([signal, stop.signal]) });
	const [parts, { sha256 }, judgement] = await Promise.all([
		upload,
		sealed.result,
		sealed.result.then(judge)
	]).catch(async (error) => {
		stop.abort(error);
		await upload.catch(() => void 0);
		throw error;
	});
	const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
	const elapsed = formatDuration(performance.now() - startedMs);
	reporter.info(`${task.label}: ${formatBytes(sizeBytes)} stored in ${elapsed}`);
	return {
		object: {
			codec: "zstd",
			sizeBytes,
			sha256,
			recipients: keys.recipients.map((recipient) => recipient.encryptionKeyId),
			parts: parts.map((part) => ({
				key: part.key,
				sizeBytes: part.sizeBytes,
				sha256: part.sha256
			}))
		},
		judgement
	};
}
/** Signature first: a manifest is never there without the signature that it will be asked for. Returns the manifest's key. */
async function storeManifest({ ports, keys, signal }, names, bytes) {
	signal.throwIfAborted();
	if (keys.signingKey) await ports.store.put(names.signature, await keys.signingKey.sign(bytes), { signal });
	return (await ports.store.put(names.manifest, bytes, { signal })).key;
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

export { seesEverything as a, storeSealed as c, nameStore as d, SEALING_TOOLS as f, readAnchor as g, anchorOf as h, parseGrants as i, UNREADABLE as l, ANCHOR_ACTION as m, findRightsFaults as n, identityOf as o, sealObject as p, hasPublicRights as r, storeManifest as s, checkBinlogRights as t, keepState as u };