import { t as restoreFilesDeclaration } from "./inputs9.js";
import { Ht as formatInstant, Lt as countOf, Qt as showUnseen, Rt as formatBytes, en as LifeboatError } from "./proxy.js";
import { a as FetchedIndex, c as inGroups, i as typeOf, l as packsOf, n as TarError, o as linkKey, r as selectMembers, t as TAR_END } from "./tar.js";
import { r as checkRoom, t as fetchObject } from "./fetch-object.js";
import { N as readStoreClock, c as createOpenPgpEncryption } from "./store-settings.js";
import { t as findSnapshot } from "./find-snapshot.js";
import { t as shellQuote } from "./shell.js";
import { r as openObject, t as createLocalMachine } from "./local-machine.js";
import { _ as defineAction, v as checkFor } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";

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

// src/actions/restore-files/compare.ts
/** Looked at together: most of the time goes into waiting for the disk. */
const AT_ONCE = 16;
/** Named in an error. */
const MAX_NAMED$1 = 10;
/** Throws `restore-differs`. */
async function compare(index, selection, { to, isRoot, signal }) {
	const wrong = [];
	const unproven = [];
	const closed = [];
	const loose = [];
	const strangers = /* @__PURE__ */ new Map();
	for await (const batch of index.batches()) {
		const wanted = batch.filter((entry) => selection.isWanted(entry));
		for (let at = 0; at < wanted.length; at += AT_ONCE) await Promise.all(wanted.slice(at, at + AT_ONCE).map(look));
	}
	if (wrong.length === 0) return {
		unproven,
		closed,
		strangers,
		loose
	};
	const more = wrong.length > MAX_NAMED$1 ? ` and ${wrong.length - MAX_NAMED$1} more` : "";
	throw new LifeboatError("restore-differs", `not what was backed up: ${wrong.slice(0, MAX_NAMED$1).join(", ")}${more}`, { hint: `Everything is left in ${to} to be looked at. Try an older snapshot.` });
	async function look(entry) {
		const name = Buffer.from(entry.path, "latin1");
		const place = Buffer.concat([Buffer.from(to === "/" ? "" : to), name]);
		const found = await lstat(place, { bigint: true }).catch(() => void 0);
		const shown = name.toString("utf8");
		if (found === void 0) {
			wrong.push(shown);
			return;
		}
		const isEqual = await isSame(entry, found, place, signal).catch((error) => {
			if (isDenied(error)) return void 0;
			throw error;
		});
		if (isEqual === void 0) closed.push(shown);
		else if (!isEqual) {
			wrong.push(shown);
			return;
		}
		if (entry.type === "f" && entry.sha256 === void 0) {
			unproven.push(shown);
			return;
		}
		if (!hasMode(entry, found) || found.mtimeNs !== entry.mtimeNs) (isRoot ? wrong : loose).push(shown);
		else if (isRoot && !hasOwner(entry, found)) wrong.push(shown);
		if (!isRoot && !hasOwner(entry, found)) {
			const owner = `${entry.uid}:${entry.gid}`;
			strangers.set(owner, (strangers.get(owner) ?? 0) + 1);
		}
	}
}
function isDenied(error) {
	return error instanceof Error && "code" in error && error.code === "EACCES";
}
async function isSame({ type, size, sha256 }, found, place, signal) {
	if (type === "d") return found.isDirectory();
	if (type === "l") return found.isSymbolicLink() && found.size === BigInt(size);
	if (!found.isFile() || sha256 === void 0) return found.isFile();
	return found.size === BigInt(size) && await hashOf(place, signal) === sha256;
}
function hasMode({ type, mode }, found) {
	return type === "l" || Number(found.mode & 4095n) === mode;
}
function hasOwner({ uid, gid }, found) {
	return found.uid === BigInt(uid) && found.gid === BigInt(gid);
}
async function hashOf(place, signal) {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(place, { signal })) hash.update(chunk);
	return hash.digest("hex");
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
	for await (const batch of index.batches()) for (const entry of batch.filter(isWanted)) {
		const { path, type, size, packId } = entry;
		for (const choice of missing) if (path === choice.exact || path.startsWith(choice.below)) missing.delete(choice);
		packs.set(packId, (packs.get(packId) ?? 0) + 1);
		const key = linkKey(entry);
		if (key !== void 0 && choices !== void 0) links.add(key);
		if (type !== "f") continue;
		figures.files += 1;
		figures.bytes += size;
	}
	if (missing.size > 0) throw new LifeboatError("restore-choice", `not in the snapshot: ${[...missing].map(({ given }) => given).join(", ")}`, { hint: "Names are those of the server, from the root. An older snapshot may have it." });
	return {
		...figures,
		packs,
		isWanted,
		isHelper: (entry) => links.has(linkKey(entry) ?? "") && !isWanted(entry)
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
	if (helpers.length > 0) {
		const script = `cd ${shellQuote(to)} && xargs -0 -n 2 sh -c ${shellQuote(REMOVE)}`;
		const names = helpers.flatMap((path) => [path.replace(/\/[^/]*$/, ""), /\/[^/]*$/.exec(path)?.[0] ?? ""]);
		const stdin = [Buffer.from(`${names.join("\0")}\0`, "latin1")];
		const { exitCode, stderr } = await machine.run({
			script,
			stdin: fromArray(stdin),
			signal
		});
		if (exitCode !== 0) throw failed(`another name of a file could not be removed again:\n${stderr}`, to);
	}
	return leftOut;
	async function* members() {
		for (const group of inGroups(packsOf(manifest), selection.packs)) {
			const wanted = new Map(group.map(({ packId }) => [packId, /* @__PURE__ */ new Map()]));
			for await (const batch of index.batches()) for (const entry of batch) {
				const ofPack = wanted.get(entry.packId);
				if (ofPack === void 0) continue;
				if (selection.isHelper(entry)) helpers.push(entry.path);
				else if (!selection.isWanted(entry)) continue;
				ofPack.set(entry.path.slice(1), entry);
			}
			for (const pack of group) yield* takeOut(pack, wanted.get(pack.packId) ?? /* @__PURE__ */ new Map(), context, leftOut);
		}
		yield TAR_END;
	}
}
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
		if (!context.isRoot) {
			for (const name of member.xattrs) if (!name.startsWith("user.")) leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
		}
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
async function runTar(options, stdin, { machine, to, signal }) {
	const script = `LC_ALL=C exec tar --extract --file=- --directory=${shellQuote(to)} --same-permissions --delay-directory-restore ${options}`;
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
async function* fromArray(chunks) {
	for (const chunk of chunks) yield await Promise.resolve(chunk);
}

// src/actions/restore-files/restore-files.ts
/** Names in a warning. */
const MAX_NAMED = 10;
/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
async function restoreFiles(request, { identity, trustedSigners }, ports, signal) {
	const { store, encryption, reporter } = ports;
	const clock = await readStoreClock(store, signal);
	const { server, name, isRoot } = request;
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		now: clock.now(),
		signal
	};
	const snapshot = await findSnapshot(reading, name, request.snapshot);
	const { manifest } = snapshot;
	reporter.info(`${manifest.id}, with the state of ${manifest.instant}`);
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
		const leftOut = await unpack(manifest, index, selection, {
			...fetching,
			machine: ports.machine,
			to,
			isRoot
		});
		const compared = await compare(index, selection, {
			to,
			isRoot,
			signal
		});
		return {
			...snapshot,
			directory: to,
			files: selection.files,
			bytes: selection.bytes,
			unproven: compared.unproven,
			warnings: [
				...clock.warning === void 0 ? [] : [clock.warning],
				...snapshot.refused.map((one) => `A newer snapshot is not to be believed and was passed over. ${one}`),
				...manifest.complete ? [] : ["The snapshot is incomplete: some files could not be read."],
				...describeLosses(compared, leftOut)
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
		...nameAll("Only root can read these, so that their contents were not compared", closed)
	];
}
function nameAll(what, names) {
	const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
	return names.length === 0 ? [] : [`${what}: ${names.slice(0, MAX_NAMED).join(", ")}${more}.`];
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