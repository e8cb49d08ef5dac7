import { t as restoreFilesDeclaration } from "./inputs7.js";
import { $ as parseRunId, Gt as LifeboatError, Lt as formatInstant, Mt as countOf, Nt as formatBytes, Ut as showUnseen, W as parsePackKey, X as storageFolder, Y as snapshotKeys } from "./target.js";
import { t as shellQuote } from "./shell.js";
import { N as readStoreClock, c as createOpenPgpEncryption } from "./store-settings.js";
import { t as fetchObject } from "./fetch-object.js";
import { n as parseSnapshotManifest, t as MAX_SNAPSHOT_MANIFEST_BYTES } from "./snapshot.js";
import { s as readSmallObject, t as checkSignature } from "./find-backups.js";
import { r as openObject, t as createLocalMachine } from "./local-machine.js";
import { _ as defineAction, v as checkFor } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { lstat, mkdir, mkdtemp, readdir, rm, unlink } from "node:fs/promises";

// src/actions/restore-files/report.ts
function renderRestoredFiles(outcome) {
	const { manifest, directory, files, bytes, unproven, signedBy } = outcome;
	return `${[
		`${countOf(files, "file")} (${formatBytes(bytes)}) of ${manifest.id}, with the state of ${formatInstant(manifest.instant)}, in ${showUnseen(directory)}`,
		`Every file is what was read on the server: ${unproven.length === 0 ? "its SHA-256 matches" : `its SHA-256 matches, but for ${countOf(unproven.length, "file")} that changed while the backup read it`}.`,
		signedBy === void 0 ? "The signature of the manifest was not checked." : `The manifest is signed by ${signedBy}.`,
		...unproven.map((name) => `  ${showUnseen(name)}`)
	].join("\n")}\n`;
}

// src/domain/snapshot-index.ts
var IndexError = class extends Error {
	name = "IndexError";
};
const ATTRIBUTES = /^([fdl]) (\d+) -?\d+\.\d+ -?\d+\.\d+ (\d+) (\d+) [0-7]+ \d+ \d+ (-|[0-9a-f]{64}) (\d{8}T\d{6}Z-[0-9a-f]{8}-\d+)$/;
/** From the root, no empty component and none that goes anywhere else. */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/;
/** Puts the records of one index object over what earlier ones of the chain said. Throws `IndexError`. */
async function applyIndex(entries, text) {
	let rest = "";
	for await (const chunk of text) {
		const records = (rest + Buffer.from(chunk).toString("latin1")).split("\0");
		rest = records.pop() ?? "";
		for (const record of records) apply(entries, record);
	}
	if (rest !== "") throw new IndexError("its last record breaks off");
}
function apply(entries, record) {
	const end = record.indexOf("//");
	const path = record.slice(0, end);
	if (end < 0 || !PATH.test(path)) throw new IndexError("a record without a path");
	const attributes = record.slice(end + 2);
	if (attributes === "-") {
		entries.delete(path);
		return;
	}
	const [, type, size, inode = "", links, sha256, packId = ""] = ATTRIBUTES.exec(attributes) ?? [];
	if (type === void 0) throw new IndexError("a record with other attributes than an index has");
	entries.set(path, {
		type,
		size: Number(size),
		inode,
		links: Number(links),
		sha256: sha256 === "-" ? void 0 : sha256,
		packId
	});
}
/** Names of the same file within the same pack; the first of them in the pack has its content. */
function linkKey({ type, links, packId, inode }) {
	return type === "f" && links > 1 ? `${packId}:${inode}` : void 0;
}
/** Throws `IndexError` for an entry that is not below directories alone: through a link it would leave the tree. */
function checkParents(entries) {
	for (const path of entries.keys()) for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
		const parent = entries.get(path.slice(0, at));
		if (parent === void 0) continue;
		if (parent.type !== "d") throw new IndexError("an entry below something that is no directory");
		break;
	}
}

// src/domain/tar.ts
/** POSIX.1-2024, pax Interchange Format: everything comes in blocks of 512 bytes. */
const TAR_BLOCK = 512;
/** An archive ends with two blocks of zeros. */
const TAR_END = Buffer.alloc(2 * 512);
/** Extended headers hold names, attributes and access control lists; those have at most 64 KiB each on Linux. */
const MAX_EXTENSION_BYTES = 8 * 2 ** 20;
var TarError = class extends Error {
	name = "TarError";
};
/**
* Yields the members whose name `isWanted`, headers and all, without the end of the archive. Names are bytes as latin1 text, as
* they stand in the archive but for a slash at the end. Throws `TarError` for what is no such archive, or breaks off.
*/
async function* selectMembers(archive, isWanted) {
	const input = new BlockReader(archive);
	let extension;
	for (;;) {
		const header = await input.take(512);
		if (isZero(header)) return input.drain();
		checkSum(header);
		const type = header.toString("latin1", 156, 157);
		if (type === "x") {
			const size = readNumber(header.subarray(124, 136));
			if (size > MAX_EXTENSION_BYTES) throw new TarError("an extended header is too large");
			const body = await input.take(roundUp(size));
			extension = {
				blocks: [header, body],
				values: readPax(body.subarray(0, size))
			};
			continue;
		}
		if (!"012345670\0".includes(type)) throw new TarError(`a member of type ${JSON.stringify(type)}`);
		const name = nameOf(header, extension?.values);
		const size = Number(extension?.values.get("size") ?? readNumber(header.subarray(124, 136)));
		if (!Number.isSafeInteger(size) || size < 0) throw new TarError("a size that is no number");
		const chosen = isWanted(name.replace(/\/$/, ""));
		if (chosen) {
			yield* extension?.blocks ?? [];
			yield header;
		}
		extension = void 0;
		for await (const chunk of input.pass(roundUp(size))) if (chosen) yield chunk;
	}
}
function nameOf(header, values) {
	const extended = values?.get("GNU.sparse.name") ?? values?.get("path");
	if (extended !== void 0) return extended;
	const [prefix, name] = [textOf(header.subarray(345, 500)), textOf(header.subarray(0, 100))];
	return prefix === "" ? name : `${prefix}/${name}`;
}
function textOf(field) {
	const end = field.indexOf(0);
	return field.toString("latin1", 0, end < 0 ? field.length : end);
}
/** Octal digits, or, with the first bit set, a binary number. */
function readNumber(field) {
	if (((field[0] ?? 0) & 128) !== 0) {
		const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 127);
		if (!Number.isSafeInteger(value)) throw new TarError("a size that is no number");
		return value;
	}
	const digits = textOf(field).trim();
	if (!/^[0-7]*$/.test(digits)) throw new TarError("a size that is no number");
	return digits === "" ? 0 : Number.parseInt(digits, 8);
}
/** The sum of all bytes, those of the sum itself taken as blanks. */
function checkSum(header) {
	const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
	if (readNumber(header.subarray(148, 156)) !== sum) throw new TarError("a header whose sum does not match");
}
/** `<length> <key>=<value>\n`, where the length is that of the whole. */
function readPax(body) {
	const values = /* @__PURE__ */ new Map();
	for (let at = 0; at < body.length;) {
		const blank = body.indexOf(32, at);
		const length = blank < 0 ? NaN : Number(body.toString("latin1", at, blank));
		const record = body.subarray(blank + 1, at + length);
		const equals = record.indexOf(61);
		if (!(length > 0) || equals < 0 || record.at(-1) !== 10 || at + length > body.length) throw new TarError("an extended header that cannot be read");
		values.set(record.toString("latin1", 0, equals), record.toString("latin1", equals + 1, record.length - 1));
		at += length;
	}
	return values;
}
function roundUp(size) {
	return Math.ceil(size / 512) * 512;
}
function isZero(block) {
	return block.every((byte) => byte === 0);
}
var BlockReader = class {
	#chunks;
	#rest = Buffer.alloc(0);
	constructor(archive) {
		this.#chunks = archive[Symbol.asyncIterator]();
	}
	async take(size) {
		const parts = [];
		for await (const part of this.pass(size)) parts.push(part);
		return parts.length === 1 && parts[0] !== void 0 ? parts[0] : Buffer.concat(parts);
	}
	async *pass(size) {
		for (let left = size; left > 0;) {
			if (this.#rest.length === 0) {
				const next = await this.#chunks.next();
				if (next.done === true) throw new TarError("it breaks off");
				this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
				continue;
			}
			const part = this.#rest.subarray(0, left);
			this.#rest = this.#rest.subarray(part.length);
			left -= part.length;
			yield part;
		}
	}
	async drain() {
		while ((await this.#chunks.next()).done !== true);
	}
};

// src/actions/restoring/find-snapshot.ts
/** Never another one than asked for. Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
async function findSnapshot(reading, name, choice) {
	const { store, server, signal } = reading;
	const id = choice === "latest" ? await findNewestId(reading, name) : choice.id;
	const keys = snapshotKeys(server, name, id);
	const bytes = await readSmallObject(store, keys.manifest, MAX_SNAPSHOT_MANIFEST_BYTES, "manifest-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("backup-not-found", `${keys.manifest} is not in ${store.location}`);
	const signedBy = await checkSignature(reading, {
		document: keys.manifest,
		signature: keys.signature
	}, bytes);
	return {
		manifest: parseSnapshotManifest(bytes, {
			server,
			name,
			id
		}),
		signedBy
	};
}
/** Runs of one storage hold a lock, so that the one that began last has the newest state. */
async function findNewestId({ store, server, signal }, name) {
	const folder = `${storageFolder(server, name)}snapshots`;
	let newest;
	for await (const { key } of store.list(folder, signal)) {
		const id = key.slice(folder.length + 1).replace(/\.json$/, "");
		if (key.endsWith(".json") && parseRunId(id) && (newest === void 0 || id > newest)) newest = id;
	}
	if (newest !== void 0) return newest;
	throw new LifeboatError("backup-not-found", `${server} has no snapshot of ${name} in ${store.location}`, { hint: "Check `server`, `name` and the prefix in `store`. A run that failed leaves no manifest and is no snapshot." });
}

// src/actions/restore-files/restore-files.ts
/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
async function restoreFiles(request, keys, ports, signal) {
	const { store, encryption, reporter } = ports;
	const clock = await readStoreClock(store, signal);
	const { server, name } = request;
	const reading = {
		store,
		encryption,
		server,
		trustedSigners: keys.trustedSigners,
		now: clock.now(),
		signal
	};
	const snapshot = await findSnapshot(reading, name, request.snapshot);
	reporter.info(`${snapshot.manifest.id}, with the state of ${snapshot.manifest.instant}`);
	const directory = path.resolve(request.to);
	await makeEmpty(directory);
	const scratch = await mkdtemp(path.join(request.temporaryDirectory, "restore-files-"));
	try {
		const job = {
			request,
			keys,
			ports,
			signal,
			directory,
			scratch
		};
		const entries = await readIndex(job, snapshot);
		const wanted = choose(entries, request.paths);
		const helpers = linkedWith(entries, wanted);
		await unpack(job, snapshot, new Map([...wanted, ...helpers]));
		for (const helper of helpers.keys()) await unlink(placeOf(directory, helper));
		const unproven = await compare(directory, wanted, signal);
		const files = [...wanted.values()].filter(({ type }) => type === "f");
		return {
			...snapshot,
			directory,
			files: files.length,
			bytes: files.reduce((sum, { size }) => sum + size, 0),
			unproven,
			warnings: [
				...clock.warning === void 0 ? [] : [clock.warning],
				...snapshot.manifest.complete ? [] : ["The snapshot is incomplete: some files could not be read."],
				...request.isRoot ? [] : ["Everything belongs to you: only root can give files their owners back."]
			]
		};
	} finally {
		await rm(scratch, {
			recursive: true,
			force: true
		});
	}
}
/** Nothing is there that could be overwritten, or that leads anywhere else. */
async function makeEmpty(directory) {
	await mkdir(directory, {
		recursive: true,
		mode: 448
	});
	if ((await readdir(directory)).length === 0) return;
	throw new LifeboatError("input-invalid", `\`to\`: ${directory} is not empty`, { hint: "Files are restored into an empty directory, so that nothing is overwritten. Move them from there to where they belong." });
}
async function readIndex(job, { manifest }) {
	const entries = /* @__PURE__ */ new Map();
	try {
		for (const [at, object] of manifest.index.entries()) await applyIndex(entries, openStored(job, object, `index-${at}`));
		checkParents(entries);
		return entries;
	} catch (error) {
		if (!(error instanceof IndexError)) throw error;
		throw new LifeboatError("manifest-invalid", `the index of ${manifest.id} cannot be used: ${error.message}`);
	}
}
/** Fetches, compares with the manifest, decrypts and decompresses; the ciphertext is gone afterwards. */
async function* openStored(job, stored, name) {
	const { ports, keys, signal, scratch } = job;
	const file = await fetchObject(stored, {
		store: ports.store,
		directory: scratch,
		name,
		signal
	});
	yield* openObject(file, {
		encryption: ports.encryption,
		identity: keys.identity,
		signal
	});
	await rm(file);
}
function choose(entries, paths) {
	if (paths === void 0) return entries;
	const chosen = paths.map((given) => {
		const exact = Buffer.from(given, "utf8").toString("latin1");
		return {
			given,
			exact,
			below: exact === "/" ? "/" : `${exact}/`
		};
	});
	const wanted = /* @__PURE__ */ new Map();
	const missing = new Set(paths);
	for (const [name, entry] of entries) for (const { given, exact, below } of chosen) {
		if (name !== exact && !name.startsWith(below)) continue;
		wanted.set(name, entry);
		missing.delete(given);
	}
	if (missing.size === 0) return wanted;
	throw new LifeboatError("restore-choice", `not in the snapshot: ${[...missing].join(", ")}`, { hint: "Names are those of the server, from the root. An older snapshot may have it." });
}
/** Other names of wanted files, which have to come along: the content is with one of them. */
function linkedWith(entries, wanted) {
	const keys = new Set([...wanted.values()].map(linkKey).filter((key) => key !== void 0));
	if (keys.size === 0) return /* @__PURE__ */ new Map();
	return new Map([...entries].filter(([name, entry]) => !wanted.has(name) && keys.has(linkKey(entry) ?? "")));
}
/** One tar for all packs: it sets times and rights of directories, and makes links, after everything else. */
async function unpack(job, { manifest }, wanted) {
	const { request, ports, signal, directory } = job;
	const packs = /* @__PURE__ */ new Map();
	for (const [name, { packId }] of wanted) packs.set(packId, (packs.get(packId) ?? /* @__PURE__ */ new Set()).add(name));
	const attributes = request.isRoot ? "--same-owner --numeric-owner --xattrs --xattrs-include='*' --acls" : "--no-same-owner --xattrs";
	async function* members() {
		for (const stored of manifest.packs) {
			const id = parsePackKey(stored.parts[0]?.key ?? "")?.packId ?? "";
			const names = packs.get(id);
			if (names === void 0) continue;
			packs.delete(id);
			ports.reporter.info(`pack ${id}: ${formatBytes(stored.sizeBytes)}`);
			yield* selectMembers(openStored(job, stored, id), (name) => names.delete(`/${name}`));
			if (names.size > 0) throw lacking(id, names);
		}
		for (const [id, names] of packs) throw lacking(id, names);
		yield TAR_END;
	}
	const result = await ports.machine.run({
		script: `LC_ALL=C exec tar --extract --file=- --directory=${shellQuote(directory)} --same-permissions --delay-directory-restore ${attributes}`,
		stdin: members(),
		signal
	}).catch((error) => {
		throw error instanceof TarError ? new LifeboatError("object-mismatch", `a pack is not the archive it should be: ${error.message}`) : error;
	});
	if (result.exitCode === 0) return;
	throw new LifeboatError("restore-failed", `tar ended with status ${result.exitCode}:\n${result.stderr.trim()}`, { hint: `What was restored so far is in ${directory}. GNU tar is needed, and a file system that knows the attributes of the files.` });
}
function lacking(packId, names) {
	const [first = ""] = names;
	return new LifeboatError("object-mismatch", `pack ${packId} lacks ${bytesOf(first).toString("utf8")}${names.size > 1 ? ` and ${names.size - 1} more` : ""}`);
}
/** What is on the disk now against the hashes taken on the target. Returns files that have none. */
async function compare(directory, wanted, signal) {
	const unproven = [];
	const wrong = [];
	for (const [name, { type, size, sha256 }] of wanted) {
		const place = placeOf(directory, name);
		const found = await lstat(place).catch(() => void 0);
		const shown = bytesOf(name).toString("utf8");
		if ((type === "f" ? found?.isFile() : type === "d" ? found?.isDirectory() : found?.isSymbolicLink()) !== true) wrong.push(shown);
		else if (type === "f" && sha256 === void 0) unproven.push(shown);
		else if (type === "f" && (found?.size !== size || await hashOf(place, signal) !== sha256)) wrong.push(shown);
	}
	if (wrong.length === 0) return unproven;
	throw new LifeboatError("restore-differs", `not what was backed up: ${wrong.slice(0, 10).join(", ")}${wrong.length > 10 ? ` and ${wrong.length - 10} more` : ""}`, { hint: `Everything is left in ${directory} to be looked at. Try an older snapshot.` });
}
async function hashOf(place, signal) {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(place, { signal })) hash.update(chunk);
	return hash.digest("hex");
}
function placeOf(directory, name) {
	return Buffer.concat([Buffer.from(directory === "/" ? "" : directory), bytesOf(name)]);
}
function bytesOf(text) {
	return Buffer.from(text, "latin1");
}

// src/entries/compose-restore-files.ts
const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreFilesDeclaration;
const restoreFilesAction = defineAction(restoreFilesDeclaration, {
	checks: () => ({
		identity: checkFor(declared, ["identity", "identity-passphrase"], (keys) => encryption.readIdentity(keys.identity, keys.identityPassphrase)),
		trustedSigners: checkFor(declared, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners))
	}),
	run: async (inputs, keys, context) => {
		const { reporter, signal, temporaryDirectory } = context;
		const store = openReader(inputs, context);
		const machine = createLocalMachine();
		try {
			const isRoot = process.geteuid?.() === 0;
			const outcome = await restoreFiles({
				...inputs,
				temporaryDirectory,
				isRoot
			}, keys, {
				store,
				encryption,
				machine,
				reporter
			}, signal);
			outcome.warnings.forEach((warning) => reporter.warning(warning));
			reporter.summary(renderRestoredFiles(outcome));
		} finally {
			await Promise.all([store.close(), machine.close()]);
		}
	}
});

export { restoreFilesAction };