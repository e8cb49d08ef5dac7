import { t as restoreFilesDeclaration } from "./inputs8.js";
import { a as FetchedIndex, c as addSize, d as readRecord, f as typeOfRecord, i as typeOf, l as copyText, n as TarError, r as selectMembers, s as packsOf, t as TAR_END, u as linkKey } from "./tar.js";
import { Bt as countOf, Gt as formatInstant, Vt as formatBytes, in as LifeboatError, nn as showUnseen, nt as storageFolder, tn as showName } from "./proxy.js";
import { N as readStoreClock, c as createOpenPgpEncryption } from "./store-settings.js";
import { n as findById } from "./find-backups.js";
import { n as findSnapshotOf, r as listStorages, t as findSnapshot } from "./find-snapshot.js";
import { r as checkRoom, t as fetchObject } from "./fetch-object.js";
import { t as shellQuote } from "./shell.js";
import { r as openObject, t as createLocalMachine } from "./local-machine.js";
import { v as defineAction, y as checkFor } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { closeSync, constants, lstatSync, openSync, read, readSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { promisify } from "node:util";
import { createHash } from "node:crypto";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";

// src/actions/restore-files/choose-snapshot.ts
/** Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
async function chooseSnapshot({ server, name, snapshot: choice }, trustedSigners, { store, encryption, reporter }, signal) {
	const clock = await readStoreClock(store, signal);
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		now: clock.now(),
		signal
	};
	const chosen = typeof choice === "object" && "backup" in choice ? await findOf(choice.backup, name, reading) : await findChosen(choice, name, reading);
	const { id, instant, complete } = chosen.manifest;
	reporter.info(`${id}, with the state of ${instant}`);
	return {
		...chosen,
		warnings: [
			...clock.warning === void 0 ? [] : [clock.warning],
			...chosen.warnings,
			...complete ? [] : ["The snapshot is incomplete: some files could not be read."]
		]
	};
}
async function findChosen(choice, name, reading) {
	const { refused, ...found } = await findSnapshot(reading, name, choice);
	const warnings = refused.map((one) => `A newer snapshot is not to be believed and was passed over. ${one}`);
	return {
		...found,
		warnings
	};
}
/** As restore tests choose it. */
async function findOf(backupId, name, reading) {
	const candidate = await findById(reading, backupId);
	if ("failure" in candidate) throw candidate.failure;
	const { manifest } = candidate.backup;
	const [storage] = await listStorages(reading, `${storageFolder(reading.server, name)}snapshots`);
	const { after, before, refused } = storage === void 0 ? {
		after: void 0,
		before: void 0,
		refused: []
	} : await findSnapshotOf(manifest, storage, reading, reading.now);
	const found = after ?? before;
	if (found === void 0) throw new LifeboatError("backup-not-found", `no snapshot of ${name} belongs to ${backupId} in ${reading.store.location}`, { hint: "`lifeboat list` shows what snapshots there are, with the moment whose state each holds." });
	return {
		...found,
		warnings: [...refused.map((one) => `A snapshot was passed over. ${one}`), ...after === void 0 ? [`No snapshot was begun after the backup: this one has the files of ${formatInstant(found.manifest.instant)}, the backup the databases of ${formatInstant(manifest.instant)}.`] : []]
	};
}

// src/actions/restore-files/names.ts
const MAX_NAMED = 10;
var Names = class {
	#named = [];
	#count = 0;
	get count() {
		return this.#count;
	}
	/** For people. */
	get text() {
		const more = this.#count - this.#named.length;
		return `${this.#named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
	}
	/** `path` is bytes as latin1 text. */
	add(path) {
		this.#count += 1;
		if (this.#named.length < MAX_NAMED) this.#named.push(showPath(path));
	}
};
function showPath(path) {
	return Buffer.from(path, "latin1").toString("utf8");
}

// src/actions/restore-files/list-files.ts
/** Throws `restore-choice` when there is nothing to print, and what reading throws. */
async function listFiles({ pattern, temporaryDirectory, ...request }, { identity, trustedSigners }, ports, signal) {
	const { store, encryption, reporter, print } = ports;
	const snapshot = await chooseSnapshot(request, trustedSigners, ports, signal);
	const directory = await mkdtemp(path.join(temporaryDirectory, "list-files-"));
	try {
		const count = await printEntries(await FetchedIndex.fetch(snapshot.manifest, {
			store,
			encryption,
			identity,
			directory,
			signal
		}), pattern, {
			print,
			signal
		});
		if (count === 0) throw nothingFits(pattern, snapshot);
		reporter.info(`${countOf(count, "entry")} listed`);
		return snapshot;
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
/** Returns how many. */
async function printEntries(index, pattern, { print, signal }) {
	let count = 0;
	for await (const batch of index.batches()) {
		signal.throwIfAborted();
		const fit = batch.filter((record) => pattern?.fits(showPath(record.path), typeOfRecord(record) === "d") ?? true);
		count += fit.length;
		if (fit.length > 0 && !await print(fit.map((record) => renderEntry(readRecord(record))))) break;
	}
	return count;
}
function nothingFits(pattern, { manifest: { id, name } }) {
	const what = pattern === void 0 ? "is there" : `fits ${pattern.text}`;
	return new LifeboatError("restore-choice", `nothing in ${id} of ${name} ${what}`, { hint: "Names are those of the server, from the root. An older snapshot may have it: `lifeboat list` shows what there are." });
}
/** As `ls -ln` shows it, with the time in UTC. */
function renderEntry(entry) {
	return [
		showMode(entry),
		`${entry.uid}:${entry.gid}`.padStart(11),
		String(entry.size).padStart(13),
		showTime(entry.mtimeNs),
		showName(entry.path)
	].join(" ");
}
function showMode({ type, mode }) {
	const [user = "", group = "", others = ""] = [
		6,
		3,
		0
	].map((shift) => Array.from("rwx", (letter, at) => mode >> shift & 4 >> at ? letter : "-").join(""));
	const letters = [
		mark(user, mode & 2048, "s"),
		mark(group, mode & 1024, "s"),
		mark(others, mode & 512, "t")
	];
	return (type === "f" ? "-" : type) + letters.join("");
}
/** In the place of the `x`; a capital where there is none. */
function mark(letters, isSet, letter) {
	if (isSet === 0) return letters;
	return letters.slice(0, 2) + (letters.endsWith("x") ? letter : letter.toUpperCase());
}
/** A file may be of a year that no `Date` has. */
function showTime(mtimeNs) {
	const seconds = (mtimeNs - (mtimeNs % 1000000000n + 1000000000n) % 1000000000n) / 1000000000n;
	const date = /* @__PURE__ */ new Date(Number(seconds) * 1e3);
	return Number.isNaN(date.getTime()) ? `@${seconds}` : date.toISOString().replace(".000Z", "Z");
}

// src/actions/restore-files/report.ts
function renderRestoredFiles(outcome) {
	const { manifest, directory, files, bytes, unproven, closed, signedBy } = outcome;
	const exceptions = [...unproven.length > 0 ? [`${countOf(unproven.length, "file")} that changed while the backup read it`] : [], ...closed > 0 ? [`${countOf(closed, "entry")} that only root can read`] : []];
	return `${[
		`${countOf(files, "file")} (${formatBytes(bytes)}) of ${manifest.id}, with the state of ${formatInstant(manifest.instant)}, in ${showUnseen(directory)}`,
		`Every file is what was read on the server: its SHA-256 matches${exceptions.length === 0 ? "" : `, but for ${exceptions.join(", and ")}`}.`,
		signedBy === void 0 ? "The signature of the manifest was not checked." : `The manifest is signed by ${signedBy}.`,
		...unproven.map((name) => `  ${showUnseen(name)}`)
	].join("\n")}\n`;
}

// src/actions/restore-files/attributes.ts
const XATTR = "SCHILY.xattr.";
const LISTS = ["access", "default"];
var ExpectedAttributes = class {
	#expected = /* @__PURE__ */ new Map();
	/** Most files have the same ones as many others: each is kept once. */
	#kinds = /* @__PURE__ */ new Map();
	#isRoot;
	/** Without root only what users may set is expected. */
	constructor(isRoot) {
		this.#isRoot = isRoot;
	}
	/** Of what is taken out of a pack. */
	note({ name, type, linkName, attributes }) {
		const own = type === "1" ? this.#expected.get(linkName) : attributes;
		if (own === void 0 || own.size === 0) return;
		const kind = JSON.stringify([...own]);
		if (!this.#kinds.has(kind)) this.#kinds.set(kind, own);
		this.#expected.set(name, this.#kinds.get(kind) ?? own);
	}
	/** Of what was only taken out for others. */
	forget(name) {
		this.#expected.delete(name);
	}
	async compare(directory, machine, signal) {
		const unread = new Set(this.#expected.keys());
		const compared = {
			lost: new Names(),
			unread: new Names()
		};
		if (unread.size === 0) return compared;
		const archive = new PassThrough();
		const running = machine.run({
			script: `LC_ALL=C exec tar --create --file=- --format=posix --directory=${shellQuote(directory)} --no-recursion --hard-dereference --xattrs --acls --null --verbatim-files-from --files-from=-`,
			stdin: namesOf([...unread]),
			signal,
			onStdout: (chunk) => archive.write(chunk)
		});
		const look = ({ name, attributes }) => {
			unread.delete(name);
			const missing = this.#missing(this.#expected.get(name) ?? /* @__PURE__ */ new Map(), attributes);
			if (missing.length > 0) compared.lost.add(`/${name} (${missing.join(", ")})`);
			return false;
		};
		await Promise.all([running.finally(() => archive.end()), readAll(selectMembers(archive, look))]);
		for (const name of unread) compared.unread.add(`/${name}`);
		return compared;
	}
	#missing(expected, found) {
		const lists = LISTS.filter((which) => {
			const keys = [`SCHILY.acl.${which}`, `${XATTR}system.posix_acl_${which}`].filter((key) => expected.has(key));
			return keys.length > 0 && keys.every((key) => expected.get(key) !== found.get(key));
		}).map((which) => `access control list${which === "access" ? "" : " for new files"}`);
		const others = [...expected].filter(([key]) => key.startsWith(`${XATTR}user.`) || this.#isRoot && key.startsWith(XATTR)).filter(([key, value]) => !key.startsWith(`${XATTR}system.posix_acl_`) && found.get(key) !== value).map(([key]) => key.slice(13));
		return [...lists, ...others];
	}
};
/** What breaks off leaves names that were not read. */
async function readAll(members) {
	try {
		while ((await members.next()).done !== true);
	} catch (error) {
		if (!(error instanceof TarError)) throw error;
	}
}
async function* namesOf(names) {
	for (const name of names) yield await Promise.resolve(Buffer.from(`${name}\0`, "latin1"));
}

// src/actions/restore-files/compare.ts
/**
* Files are read without the event loop: what was just written is in memory, a small file takes ten microseconds, and asking for it in the
* background ten times as long. After so long at most signals are answered.
*/
const MAX_STRETCH_MS = 50;
/** A read that takes longer waits for the disk; then the next ones wait in the background, several at a time. */
const MAX_READ_MS = .5;
const READS_IN_BACKGROUND = 256;
const AT_ONCE = 16;
const BUFFER_BYTES = 131072;
const readInBackground = promisify(read);
/** Throws `restore-differs`. */
async function compare(index, selection, { to, isRoot, signal }) {
	const [wrong, closed, loose] = [
		new Names(),
		new Names(),
		new Names()
	];
	const unproven = [];
	const strangers = /* @__PURE__ */ new Map();
	const files = new FileReader(signal);
	const top = Buffer.from(to === "/" ? "" : to).toString("latin1");
	for await (const batch of index.batches()) {
		const wanted = batch.filter((record) => selection.isWanted(record));
		for (let at = 0; at < wanted.length; at += AT_ONCE) await Promise.all(wanted.slice(at, at + AT_ONCE).map((record) => look(readRecord(record))));
	}
	if (wrong.count === 0) return {
		unproven,
		closed,
		strangers,
		loose
	};
	throw new LifeboatError("restore-differs", `not what was backed up: ${wrong.text}`, { hint: `Everything is left in ${to} to be looked at. Try an older snapshot.` });
	async function look(entry) {
		const place = Buffer.from(top + entry.path, "latin1");
		const found = lstatUnlessClosed(place, isRoot);
		if (found === CLOSED) {
			closed.add(entry.path);
			return;
		}
		const isEqual = found !== void 0 && await isSame(entry, found, () => files.hash(place));
		if (!isEqual) {
			wrong.add(entry.path);
			return;
		}
		if (isEqual === CLOSED) closed.add(entry.path);
		if (entry.type === "f" && entry.sha256 === void 0) {
			unproven.push(showPath(entry.path));
			return;
		}
		if (!hasMode(entry, found) || !hasTime(entry, found)) (isRoot ? wrong : loose).add(entry.path);
		else if (isRoot && !hasOwner(entry, found)) wrong.add(entry.path);
		if (!isRoot && !hasOwner(entry, found)) {
			const owner = `${entry.uid}:${entry.gid}`;
			strangers.set(owner, (strangers.get(owner) ?? 0) + 1);
		}
	}
}
/** What it is, its own permissions say to nobody but root. */
const CLOSED = Symbol("closed");
async function isSame({ type, size, sha256 }, found, hash) {
	if (type === "d") return found.isDirectory();
	if (type === "l") return found.isSymbolicLink() && found.size === BigInt(size);
	if (!found.isFile() || sha256 === void 0) return found.isFile();
	if (found.size !== BigInt(size)) return false;
	const now = await hash();
	return now === CLOSED ? CLOSED : now === sha256;
}
function hasMode({ type, mode }, found) {
	return type === "l" || Number(found.mode & 4095n) === mode;
}
/** What is put into a directory, and taken out of it, between being listed and being packed changes its time. */
function hasTime({ type, mtimeNs }, found) {
	return type === "d" || found.mtimeNs === mtimeNs;
}
function hasOwner({ uid, gid }, found) {
	return found.uid === BigInt(uid) && found.gid === BigInt(gid);
}
/** undefined: it is not there. Nothing is closed to root. */
function lstatUnlessClosed(place, isRoot) {
	try {
		return lstatSync(place, { bigint: true });
	} catch (error) {
		return !isRoot && isRefusal(error) ? CLOSED : void 0;
	}
}
var FileReader = class {
	#signal;
	/** Of files that nobody reads at the moment. */
	#buffers = [];
	#pausedMs = performance.now();
	#leftInBackground = 0;
	constructor(signal) {
		this.#signal = signal;
	}
	async hash(place) {
		const file = openUnlessClosed(place);
		if (file === CLOSED) return CLOSED;
		const buffer = this.#buffers.pop() ?? Buffer.allocUnsafe(BUFFER_BYTES);
		try {
			const hash = createHash("sha256");
			for (;;) {
				if (performance.now() - this.#pausedMs > MAX_STRETCH_MS) await this.#pause();
				const bytes = this.#leftInBackground > 0 ? await this.#readLater(file, buffer) : this.#readNow(file, buffer);
				if (bytes === 0) return hash.digest("hex");
				hash.update(buffer.subarray(0, bytes));
			}
		} finally {
			closeSync(file);
			this.#buffers.push(buffer);
		}
	}
	#readNow(file, buffer) {
		const begunMs = performance.now();
		const bytes = readSync(file, buffer);
		if (performance.now() - begunMs > MAX_READ_MS) this.#leftInBackground = READS_IN_BACKGROUND;
		return bytes;
	}
	async #readLater(file, buffer) {
		this.#leftInBackground -= 1;
		const { bytesRead } = await readInBackground(file, buffer, 0, buffer.length, null);
		return bytesRead;
	}
	async #pause() {
		await setImmediate();
		this.#signal.throwIfAborted();
		this.#pausedMs = performance.now();
	}
};
function openUnlessClosed(place) {
	try {
		return openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
	} catch (error) {
		if (isRefusal(error)) return CLOSED;
		throw error;
	}
}
function isRefusal(error) {
	return error instanceof Error && "code" in error && error.code === "EACCES";
}

// src/actions/restore-files/selection.ts
/** `paths` undefined: everything. Throws `restore-choice`. */
async function selectEntries(index, paths) {
	const choices = paths?.map((given) => {
		const exact = Buffer.from(given, "utf8").toString("latin1");
		return {
			given,
			exact,
			below: exact === "/" ? "/" : `${exact}/`
		};
	});
	const isWanted = ({ path }) => choices === void 0 || choices.some(({ exact, below }) => path === exact || path.startsWith(below));
	const missing = new Set(choices);
	const packs = /* @__PURE__ */ new Map();
	const links = /* @__PURE__ */ new Set();
	const figures = {
		files: 0,
		bytes: 0
	};
	for await (const batch of index.batches()) for (const record of batch.filter(isWanted)) {
		const entry = readRecord(record);
		const { path, type, size } = entry;
		for (const choice of missing) if (path === choice.exact || path.startsWith(choice.below)) missing.delete(choice);
		addSize(packs, record);
		const key = linkKey(entry);
		if (key !== void 0 && choices !== void 0) links.add(copyText(key));
		if (type !== "f") continue;
		figures.files += 1;
		figures.bytes += size;
	}
	if (missing.size > 0) throw new LifeboatError("restore-choice", `not in the snapshot: ${[...missing].map(({ given }) => given).join(", ")}`, { hint: "Names are those of the server, from the root. An older snapshot may have it." });
	return {
		...figures,
		packs,
		isWanted,
		isHelper: (record) => links.size > 0 && !isWanted(record) && links.has(linkKey(readRecord(record)) ?? "")
	};
}

// src/actions/restore-files/unpack.ts
/** Removes the file `$0$1`, without leaving a trace in the directory `$0` that it was in, and in none that is reached through a link. */
const REMOVE = `top=$(pwd -P) && at=$top$0 && [ "$(realpath -e -- "$at"; echo .)" = "$at
." ] && times=$(stat -c %.9Y -- "$at") mode=$(stat -c %a -- "$at") &&
  chmod u+rwx -- "$at" && rm -f -- "$at$1" && touch -d "@$times" -- "$at" && chmod "$mode" -- "$at"`;
/**
* Returns extended attributes that only root can set, and in how many entries they were left out. Throws `object-mismatch`,
* `restore-failed`, and what fetching throws.
*/
async function unpack(manifest, index, selection, context) {
	const { machine, to, isRoot, signal } = context;
	const helpers = [];
	const leftOut = /* @__PURE__ */ new Map();
	await runTar(`${isRoot ? "--same-owner --numeric-owner --xattrs-include='*'" : "--no-same-owner --xattrs-include='user.*'"} --xattrs --acls`, members(), context);
	for (const path of helpers) context.attributes.forget(path.slice(1));
	if (helpers.length > 0) {
		const script = `cd ${shellQuote(to)} && xargs -0 -n 2 sh -c ${shellQuote(REMOVE)}`;
		const stdin = Readable.from([Buffer.concat(helpers.map(splitName))]);
		const { exitCode, stderr } = await machine.run({
			script,
			stdin,
			signal
		});
		if (exitCode !== 0) throw failed(`another name of a file could not be removed again:\n${stderr}`, to);
	}
	return leftOut;
	async function* members() {
		const needed = index.entriesOf(packsOf(manifest), selection.packs, (record) => selection.isWanted(record) || selection.isHelper(record));
		for await (const { pack, entries } of needed) {
			for (const entry of entries) if (!selection.isWanted(entry)) helpers.push(entry.path);
			yield* takeOut(pack, new Map(entries.map((entry) => [entry.path.slice(1), entry])), context, leftOut);
		}
		yield TAR_END;
	}
}
/** Directory and name, as `REMOVE` takes them. */
function splitName(path) {
	const end = path.lastIndexOf("/");
	return Buffer.from(`${path.slice(0, end)}\0${path.slice(end)}\0`, "latin1");
}
/** `wanted`: by name without a slash at the beginning. */
async function* takeOut({ packId, stored }, wanted, context, leftOut) {
	context.reporter.info(`pack ${packId}: ${formatBytes(stored.sizeBytes)}`);
	const file = await fetchObject(stored, {
		...context,
		name: `${packId}.gpg`
	});
	const isFirst = /* @__PURE__ */ new Set();
	yield* selectMembers(openObject(file, context), (member) => {
		const entry = wanted.get(member.name);
		if (entry === void 0) return false;
		wanted.delete(member.name);
		checkMember(member, entry, isFirst);
		isFirst.add(member.name);
		context.attributes.note(member);
		if (!context.isRoot) for (const name of onlyForRoot(member)) leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
		return true;
	});
	await rm(file);
	const [first] = wanted.keys();
	if (first !== void 0) throw new LifeboatError("object-mismatch", `pack ${packId} lacks ${Buffer.from(first, "latin1").toString("utf8")}${wanted.size > 1 ? ` and ${wanted.size - 1} more` : ""}`);
}
/** What the index says is all that may come: a link in the place of a file could lead out of the directory. */
function checkMember(member, entry, earlier) {
	if (typeOf(member) !== entry.type) throw new TarError("a member of another kind than the index says");
	if (member.type === "1" && !earlier.has(member.linkName)) throw new TarError("another name of a file that is not in it");
}
function onlyForRoot({ attributes }) {
	return [...attributes.keys()].flatMap((key) => /^SCHILY\.xattr\.(.*)$/s.exec(key)?.[1] ?? []).filter((name) => !/^(user|system\.posix_acl_)/.test(name));
}
async function runTar(options, stdin, { machine, to, signal }) {
	const script = `umask 077; LC_ALL=C exec tar --extract --file=- --directory=${shellQuote(to)} --same-permissions --delay-directory-restore ${options}`;
	const result = await machine.run({
		script,
		stdin,
		signal
	}).catch((error) => {
		throw error instanceof TarError ? new LifeboatError("object-mismatch", `a pack is not the archive it should be: ${error.message}`) : error;
	});
	if (result.exitCode !== 0) throw failed(`tar ended with status ${result.exitCode}:\n${result.stderr.trim()}`, to);
}
function failed(message, to) {
	return new LifeboatError("restore-failed", message, { hint: `What was restored so far is in ${to}. GNU tar is needed, and a file system that knows the attributes of the files.` });
}

// src/actions/restore-files/restore-files.ts
/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
async function restoreFiles(request, { identity, trustedSigners }, ports, signal) {
	const { store, encryption, reporter } = ports;
	const { isRoot } = request;
	const snapshot = await chooseSnapshot(request, trustedSigners, ports, signal);
	const { manifest } = snapshot;
	const to = path.resolve(request.to);
	await makeEmpty(to);
	const directory = await mkdtemp(path.join(request.temporaryDirectory, "restore-files-"));
	try {
		const fetching = {
			store,
			encryption,
			identity,
			reporter,
			directory,
			signal
		};
		const index = await FetchedIndex.fetch(manifest, fetching);
		const selection = await selectEntries(index, request.paths);
		const sizes = packsOf(manifest).flatMap(({ packId, stored }) => selection.packs.has(packId) ? [stored.sizeBytes] : []);
		await checkRoom(directory, Math.max(0, ...sizes));
		const attributes = new ExpectedAttributes(isRoot);
		const leftOut = await unpack(manifest, index, selection, {
			...fetching,
			machine: ports.machine,
			to,
			isRoot,
			attributes
		});
		const compared = await compare(index, selection, {
			to,
			isRoot,
			signal
		});
		const { lost, unread } = await attributes.compare(to, ports.machine, signal);
		if (isRoot && lost.count > 0) throw attributesLost(lost, to);
		return {
			...snapshot,
			directory: to,
			files: selection.files,
			bytes: selection.bytes,
			unproven: compared.unproven,
			closed: compared.closed.count,
			warnings: [
				...snapshot.warnings,
				...describeLosses(compared, leftOut),
				...nameAll("Without attributes or access control lists that they had on the server", lost),
				...nameAll("Attributes and access control lists could not be compared", unread)
			]
		};
	} finally {
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
/** What only root can bring back. */
function describeLosses({ strangers, loose, closed }, leftOut) {
	const list = (counts) => [...counts].map(([what, count]) => `${what} (${count})`).join(", ");
	return [
		...strangers.size === 0 ? [] : [`Everything belongs to you. Run as root to give these back to their owners, user:group: ${list(strangers)}.`],
		...leftOut.size === 0 ? [] : [`Attributes that only root can set were left out: ${list(leftOut)}.`],
		...nameAll("Other permissions or times than on the server", loose),
		...nameAll("Only root can read these, so that they were not compared", closed)
	];
}
function attributesLost(lost, to) {
	return new LifeboatError("restore-differs", nameAll("without attributes or access control lists that they had on the server", lost).join(""), { hint: `Everything is in ${to}, and every content is as it was. Does its file system keep attributes and lists, as ext4 and xfs do, and may you set them? In a container root may not set all of them.` });
}
function nameAll(what, names) {
	return names.count === 0 ? [] : [`${what}: ${names.text}.`];
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

// src/entries/compose-restore-files.ts
const encryption = createOpenPgpEncryption();
const { inputs: declared } = restoreFilesDeclaration;
const restoreFilesAction = defineAction(restoreFilesDeclaration, {
	checks: () => ({
		identity: checkFor(declared, ["identity", "identity-passphrase"], (keys) => encryption.readIdentity(keys.identity, keys.identityPassphrase)),
		trustedSigners: checkFor(declared, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners))
	}),
	run: async (inputs, keys, context) => {
		const { reporter, print, signal, temporaryDirectory } = context;
		const store = openReader(inputs, context);
		const machine = createLocalMachine();
		const ports = {
			store,
			encryption,
			machine,
			reporter,
			print
		};
		try {
			const { to, list } = inputs;
			if (to === void 0) {
				const request = {
					...inputs,
					pattern: list,
					temporaryDirectory
				};
				const { warnings } = await listFiles(request, keys, ports, signal);
				warnings.forEach((warning) => reporter.warning(warning));
				return;
			}
			const isRoot = process.geteuid?.() === 0;
			const outcome = await restoreFiles({
				...inputs,
				to,
				temporaryDirectory,
				isRoot
			}, keys, ports, signal);
			outcome.warnings.forEach((warning) => reporter.warning(warning));
			reporter.summary(renderRestoredFiles(outcome));
		} finally {
			await Promise.all([store.close(), machine.close()]);
		}
	}
});

export { restoreFilesAction };