import { A as RECOVERY_NAME, B as isBinlogId, D as MANIFEST_NAME, G as isTrialKey, Gt as formatInstant, I as dumpFolder, M as SIGNATURE_NAME, N as binlogFolder, O as PROOF_NAME, Q as parseSnapshotIndexKey, U as isServerName, X as parsePackKey, Y as parseBackupId, Z as parseProofKey, at as parseRunId, et as proofFolder, in as LifeboatError, k as PROOF_SIGNATURE_NAME } from "./proxy.js";
import { n as parseManifest, t as MAX_MANIFEST_BYTES } from "./manifest-text.js";
import { P as isFromTheFuture } from "./store-settings.js";
import { createHash } from "node:crypto";

// src/domain/stores/catalog.ts
const BINLOG_MANIFEST = ".json";
const LATER_PART = /\.gpg\.\d{3,}$/;
const DUMP_OBJECT = /^(?:inventory\.json|[a-z0-9_][a-z0-9_.-]*\.sql)\.zst\.gpg$/;
const BINLOG_OBJECT = /^(.+?)(\.zst\.gpg|\.json|\.json\.sig)$/;
const DOCUMENT_END = /\.json(?:\.sig)?$/;
/** The dumps of one server. Keys that are not below `<server>/dumps/` do not matter. Throws RangeError for no server's name. */
function listDumps(keys, server) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	const found = /* @__PURE__ */ new Map();
	for (const listed of keys) {
		if (!listed.key.startsWith(`${server}/dumps/`)) continue;
		const id = readDumpId(listed.key, server);
		if (id === void 0) continue;
		const inFolder = found.get(id) ?? [];
		inFolder.push(listed);
		found.set(id, inFolder);
	}
	const dumps = [...found].map(([id, inFolder]) => describeDump(server, id, inFolder)).sort(newestIdFirst);
	return {
		dumps: dumps.filter(({ hasManifest }) => hasManifest),
		unfinished: dumps.filter(({ hasManifest }) => !hasManifest)
	};
}
/** The runs that left a `proof.json`, newest first. Whether a proof counts is for its signature and its reader to say. */
function listProofs(keys, server) {
	const found = /* @__PURE__ */ new Map();
	for (const { key } of keys) {
		const parsed = parseProofKey(key);
		if (parsed?.server !== server) continue;
		found.set(parsed.runId, (found.get(parsed.runId) ?? /* @__PURE__ */ new Set()).add(parsed.name));
	}
	return [...found].filter(([, names]) => names.has(PROOF_NAME)).map(([runId, names]) => ({
		runId,
		folder: proofFolder(server, runId),
		hasSignature: names.has(PROOF_SIGNATURE_NAME),
		hasRecovery: names.has(RECOVERY_NAME)
	})).sort((a, b) => compareText(b.runId, a.runId));
}
/** Ids of the binlogs that have a manifest, the run that began last first. Throws RangeError for no server's name. */
function listBinlogs(keys, server) {
	const folder = binlogFolder(server);
	return Array.from(keys, ({ key }) => key).filter((key) => key.startsWith(folder) && key.endsWith(BINLOG_MANIFEST)).map((key) => key.slice(folder.length, -5)).filter(isBinlogId).sort((a, b) => compareText(runOf(b), runOf(a)) || compareText(b, a));
}
/**
* What a run of Lifeboat may have stored under a key of this server: an encrypted object, or a document, which is plain. Undefined:
* nothing of ours has such a name.
*/
function kindOfKey(key, server) {
	if (!key.startsWith(`${server}/`)) return void 0;
	const object = key.replace(LATER_PART, ".gpg");
	const name = object.slice(object.lastIndexOf("/") + 1);
	if (readDumpId(object, server) !== void 0) {
		if (DUMP_OBJECT.test(name)) return "object";
		return key.endsWith(`/${"manifest.json"}`) || key.endsWith(`/${"manifest.json.sig"}`) ? "document" : void 0;
	}
	if (parsePackKey(object) ?? parseSnapshotIndexKey(object)) return "object";
	const [, binlog = "", ending] = BINLOG_OBJECT.exec(name) ?? [];
	if (object === binlogFolder(server) + name && isBinlogId(binlog)) return ending === ".zst.gpg" ? "object" : "document";
	return (parseProofKey(key) ?? parseSnapshotIndexKey(key.replace(DOCUMENT_END, ".index.zst.gpg"))) !== void 0 || isTrialKey(key) ? "document" : void 0;
}
function runOf(binlogId) {
	return binlogId.slice(binlogId.lastIndexOf(".") + 1);
}
/** The id of the dump that a key belongs to. Its folder must be exactly the one that follows from the id. */
function readDumpId(key, server) {
	const folder = key.slice(0, key.lastIndexOf("/") + 1);
	const id = folder.split("/").at(-2) ?? "";
	return parseBackupId(id) && folder === dumpFolder(server, id) && folder !== key ? id : void 0;
}
function describeDump(server, id, keys) {
	const folder = dumpFolder(server, id);
	const has = (name) => keys.some(({ key }) => key === folder + name);
	return {
		id,
		folder,
		hasManifest: has(MANIFEST_NAME),
		hasSignature: has(SIGNATURE_NAME),
		keys
	};
}
function newestIdFirst(a, b) {
	return compareText(b.id, a.id);
}
function compareText(a, b) {
	return a < b ? -1 : Number(a > b);
}

// src/actions/restoring/pass-over.ts
const MAX_NAMED = 5;
/** Returns the others. `timeOf`: Unix time in milliseconds. */
function passOverFuture(found, timeOf, { now, warn }) {
	const isFuture = (one) => isFromTheFuture(new Date(timeOf(one)), now);
	const ids = found.filter(isFuture).map(({ id }) => id);
	if (ids.length === 0) return found;
	warn?.(`Of a time that has not come, and not counted: ${nameSome(ids)}. No run with a right clock wrote this: find out who did, and delete it.`);
	return found.filter((one) => !isFuture(one));
}
/** `why`: a sentence that ids end. */
function warnOf(ids, why, { warn }) {
	if (ids.length > 0) warn?.(`${why}: ${nameSome(ids)}.`);
}
function nameSome(ids) {
	const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : "";
	return ids.slice(0, MAX_NAMED).join(", ") + more;
}

// src/actions/restoring/read-small-object.ts
/** A signature by the largest keys there are has two kilobytes. */
const MAX_SIGNATURE_BYTES = 65536;
/** Undefined when there is none. Throws `code` when it is larger than anything of its kind. */
async function readSmallObject(store, key, maxBytes, code, signal) {
	const stream = await store.get(key, signal).catch((error) => {
		if (error instanceof LifeboatError && error.code === "store-not-found") return void 0;
		throw error;
	});
	if (stream === void 0) return void 0;
	const chunks = [];
	let bytes = 0;
	for await (const chunk of stream) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new LifeboatError(code, `${key} has more than ${maxBytes} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

// src/actions/restoring/find-backups.ts
/** Runs may overlap, so that the one that began last need not hold the newest state: at least so many are looked at. */
const MIN_LOOKED_AT = 5;
/** All folders of dumps that have a manifest, newest id first. */
async function listBackups(reading) {
	return (await readDumpList(reading)).dumps;
}
/** Everything below the folder of dumps: backups, runs that left none, and what does not belong there. */
async function readDumpList({ store, server, signal }) {
	const keys = [];
	for await (const listed of store.list(`${server}/dumps`, signal)) keys.push(listed);
	return listDumps(keys, server);
}
/**
* The newest backup and up to `older` more, newest state first. One whose manifest is refused stands where its id puts it, but for one of a
* time that has not come: it would be the newest for ever. Throws `backup-not-found`.
*/
async function findNewest(reading, older, { latest, isAnchor = false, label } = {}) {
	const isEarlyEnough = (time) => latest === void 0 || time <= latest.getTime();
	const isFit = (candidate) => !isAnchor || "failure" in candidate || candidate.backup.manifest.pitrAnchor.isAnchor;
	const early = passOverFuture(await listBackups(reading), ({ id }) => startOf(id), reading).filter(({ id }) => isEarlyEnough(startOf(id)));
	const found = isAnchor && label === void 0 ? early : ofSeries(early, label);
	const candidates = [];
	let fitCount = 0;
	for (const { id } of found) {
		if (candidates.length >= MIN_LOOKED_AT && fitCount > older) break;
		const candidate = await readCandidate(reading, id);
		candidates.push(candidate);
		if (isFit(candidate) && isEarlyEnough(timeOf(candidate))) fitCount += 1;
	}
	const inOrder = passOverFuture(candidates, timeOf, reading).filter((candidate) => isEarlyEnough(timeOf(candidate))).toSorted((a, b) => timeOf(b) - timeOf(a));
	const fit = inOrder.filter(isFit);
	const [first] = fit;
	if (first !== void 0) {
		const newer = inOrder.slice(0, inOrder.indexOf(first)).map(({ id }) => id);
		warnOf(newer, "Newer backups, onto which binlogs cannot be replayed, were passed over", reading);
		const isPassedOver = ({ id }) => label === void 0 && startOf(id) > startOf(first.id);
		const labelled = early.filter((one) => isPassedOver(one) && !found.includes(one)).map(({ id }) => id);
		warnOf(labelled, "Newer backups have a label that `label` does not name, and were passed over", reading);
		return fit.slice(0, older + 1);
	}
	if (inOrder.length > 0) return ofSeries(inOrder, label).slice(0, older + 1);
	const which = label === void 0 ? "" : ` with the label ${label}`;
	const before = latest === void 0 ? "" : ` of ${formatInstant(latest.toISOString())} or before`;
	throw new LifeboatError("backup-not-found", `${reading.server} has no backup${which}${before} in ${reading.store.location}`, { hint: "Check `server` and the prefix in `store`. A dump that failed leaves no manifest and is no backup." });
}
/** Throws `backup-not-found`. */
async function findById(reading, id) {
	const candidate = await readCandidate(reading, id);
	if (!("failure" in candidate) || candidate.failure.code !== "backup-not-found") return candidate;
	throw candidate.failure;
}
/** What is wrong with the manifest is the candidate's failure; an answer that did not come from the store is thrown. */
async function readCandidate(reading, id) {
	try {
		return {
			id,
			backup: await readBackup(reading, id)
		};
	} catch (error) {
		if (error instanceof LifeboatError && error.class === "restore-test") return {
			id,
			failure: error
		};
		throw error;
	}
}
/** Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. The signature comes first: nobody else's text is looked at. */
async function readBackup(reading, id) {
	const { store, server, signal } = reading;
	const folder = dumpFolder(server, id);
	const bytes = await readSmallObject(store, folder + MANIFEST_NAME, MAX_MANIFEST_BYTES, "manifest-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("backup-not-found", `${folder}${MANIFEST_NAME} is not in ${store.location}`, { hint: "`lifeboat list` shows what is there. A folder without a manifest is a run that failed." });
	const signedBy = await checkSignature(reading, {
		document: folder + MANIFEST_NAME,
		signature: folder + SIGNATURE_NAME
	}, bytes);
	return {
		id,
		folder,
		manifest: parseManifest(bytes, {
			server,
			id
		}),
		manifestSha256: createHash("sha256").update(bytes).digest("hex"),
		signedBy
	};
}
/** Returns the fingerprint of the signer, where one is asked for. Throws `signature-invalid`. */
async function checkSignature({ store, encryption, trustedSigners, now, signal }, { document, signature: key }, manifest) {
	if (trustedSigners === void 0) return void 0;
	const signature = await readSmallObject(store, key, MAX_SIGNATURE_BYTES, "signature-invalid", signal);
	if (signature === void 0) throw new LifeboatError("signature-invalid", `${document} is not signed`, { hint: "Give the backup job a `signing-key`. A backup that anybody may have written is not restored." });
	try {
		return (await encryption.verifyDetached(manifest, signature, trustedSigners, now)).fingerprint;
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		throw new LifeboatError("signature-invalid", `${key}: ${error.message}`, {
			hint: "Somebody else wrote this manifest, or it was changed, or `trusted-signers` lacks a key. Find out which before you trust anything newer than the last proven backup.",
			cause: error
		});
	}
}
/** Those with the label; where none is asked for those without one, as long as there are any. */
function ofSeries(found, label) {
	const own = found.filter(({ id }) => parseBackupId(id)?.label === label);
	return own.length === 0 && label === void 0 ? found : own;
}
/** Of the state where the manifest is believed, else of the run. */
function timeOf(candidate) {
	if ("backup" in candidate) return Date.parse(candidate.backup.manifest.instant);
	return startOf(candidate.id);
}
function startOf(backupId) {
	return parseRunId(parseBackupId(backupId)?.runId ?? "")?.startedAt.getTime() ?? 0;
}

export { readDumpList as a, passOverFuture as c, listDumps as d, listProofs as f, readCandidate as i, kindOfKey as l, findById as n, MAX_SIGNATURE_BYTES as o, findNewest as r, readSmallObject as s, checkSignature as t, listBinlogs as u };