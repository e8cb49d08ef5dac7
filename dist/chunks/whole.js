import { D as MANIFEST_NAME, I as dumpFolder, M as SIGNATURE_NAME, O as PROOF_NAME, P as binlogKeys, U as isServerName, W as isStorageName, at as parseRunId, gt as isSafeKey, in as LifeboatError, tt as snapshotKeys, zt as DAY_MS } from "./proxy.js";
import { P as isFromTheFuture } from "./store-settings.js";
import { d as listDumps, f as listProofs, i as readCandidate, l as kindOfKey, u as listBinlogs } from "./find-backups.js";
import { n as readProof, s as isOfDump } from "./earlier-proofs.js";
import { n as readBinlog } from "./find-binlogs.js";
import { t as findSnapshot } from "./find-snapshot.js";

// src/actions/at-once.ts
/** Results in the order of the items. The first error ends it when what is under way has ended. */
async function mapAtOnce(items, atOnce, work) {
	const results = [];
	const queue = items.entries();
	const workers = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
		for (const [index, item] of queue) results[index] = await work(item);
	});
	const ended = await Promise.allSettled(workers);
	for (const end of ended) if (end.status === "rejected") throw end.reason;
	return results;
}

// src/actions/catalog/inventory.ts
/** Nothing that is or ever was in the store speaks of databases: neither a key, whatever it holds, nor a proof. */
function hasFilesAlone({ server, keys, storages, proofs }) {
	const isAnyBelow = (folders) => [...keys.keys()].some((key) => folders.some((folder) => key.startsWith(`${server}/${folder}/`)));
	return isAnyBelow([...storages].map((name) => `storage/${name}`)) && !isAnyBelow(["dumps", "binlogs"]) && !proofs.some(isOfDump);
}
/** As `Kept` names it. */
function snapshotId({ name, id }) {
	return `${name}/${id}`;
}
function isPackKey(key) {
	return /^[^/]+\/storage\/[^/]+\/packs\//.test(key);
}
function partsOf({ messages }) {
	return messages.flatMap(({ parts }) => parts);
}
/** Everything that has to stay in the store for this to count. */
function keysOf(kept) {
	return [
		...partsOf(kept).map(({ key }) => key),
		kept.signatureKey,
		kept.manifestKey
	];
}

// src/actions/catalog/read-start.ts
/** Session keys for three RSA keys of 4,096 bits, with room. */
const START_BYTES = 4096;
/** For more recipients than anybody has; beyond that it is no message. */
const MAX_START_BYTES = 262144;
async function readStart(key, { store, encryption, signal }) {
	for (let maxBytes = START_BYTES;; maxBytes *= 8) try {
		const head = await readBeginning(store, key, maxBytes, signal);
		const keyIds = encryption.readMessageRecipients(head);
		if (keyIds !== void 0) return { keyIds };
		if (head.length < maxBytes || maxBytes >= MAX_START_BYTES) return { reason: "it ends before its encrypted data begins" };
	} catch (error) {
		if (!(error instanceof LifeboatError) || error.code !== "decryption-failed") throw error;
		return { reason: error.message };
	}
}
async function readBeginning(store, key, maxBytes, signal) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of await store.get(key, signal, maxBytes)) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes >= maxBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, maxBytes);
}

// src/actions/catalog/storages.ts
/** The first run of a storage stores for hours before there is a manifest. */
const FIRST_RUN_MS = DAY_MS;
function findStorages({ server, keys, snapshots, refused, proofs }, now) {
	return /* @__PURE__ */ new Set([
		...snapshots.map(({ name }) => name),
		...refused.flatMap(({ kind, id }) => kind === "snapshot" ? id.split("/")[0] ?? [] : []),
		...proofs.flatMap(({ storage = [] }) => storage.map(({ name }) => name)),
		...[...keys.values()].flatMap((versions) => storageOfRemains(versions, server, now) ?? [])
	]);
}
/** The storage that a key is of, unless it may be of a first run that is still at work. */
function storageOfRemains({ key, current }, server, now) {
	const [, kind, name] = key.split("/");
	if (kind !== "storage" || kindOfKey(key, server) === void 0) return void 0;
	return current !== void 0 && now.getTime() - current.lastModified.getTime() <= FIRST_RUN_MS ? void 0 : name;
}

// src/actions/catalog/unnamed.ts
/** What is empty is passed over: consoles make such files for folders. */
function listUnnamed(current, named, server) {
	return current.flatMap((listed) => {
		const kind = kindOfKey(listed.key, server);
		if (kind === "document" || named.has(listed.key) || listed.sizeBytes === 0) return [];
		return {
			...listed,
			isOwn: kind === "object",
			start: void 0
		};
	});
}
/** The same, with what their beginnings say; those that went away meanwhile are left out. */
async function lookInto(unnamed, atOnce, context) {
	return (await mapAtOnce(unnamed, atOnce, async (one) => {
		if (one.isOwn && !one.key.endsWith(".gpg")) return one;
		const start = await tryStart(one.key, context);
		return start === "gone" ? [] : {
			...one,
			start
		};
	})).flat();
}
/** Somebody else's object may be archived, or encrypted by the store with a key of theirs: that is no reason to look at nothing. */
async function tryStart(key, context) {
	if (!isSafeKey(key)) return { reason: "nobody can look into it by this name" };
	try {
		return await readStart(key, context);
	} catch (error) {
		if (!(error instanceof LifeboatError) || error.code === "store-unreachable") throw error;
		if (error.code === "store-not-found") return "gone";
		return { reason: `it cannot be read: ${error.message}` };
	}
}

// src/actions/catalog/gather.ts
/** Small requests mostly wait. */
const READS_AT_ONCE = 8;
/** Two years of weekly tests. */
const MAX_PROOFS = 100;
async function gatherServer(server, keys, context) {
	const { store, encryption, trustedSigners, trustedProvers, now, signal } = context;
	const current = [...keys.values()].flatMap((versions) => versions.current ?? []);
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		now,
		signal
	};
	const { dumps: found, unfinished } = listDumps(current, server);
	const refuse = (kind, id, key, failure) => {
		return {
			kind,
			id,
			key,
			failure,
			storedAt: keys.get(key)?.current?.lastModified ?? now
		};
	};
	const candidates = await mapAtOnce(found, 8, ({ id }) => readCandidate(reading, id));
	const dumps = candidates.flatMap((candidate) => "backup" in candidate ? candidate.backup : []);
	const refusedDumps = candidates.flatMap((candidate) => "failure" in candidate ? [refuse("dump", candidate.id, dumpFolder(server, candidate.id) + MANIFEST_NAME, candidate.failure)] : []);
	const binlogs = await readAll(listBinlogs(current, server), async (id) => readBinlog(reading, id));
	const snapshots = await readSnapshots(reading, current);
	const proofs = await readAll(listProofs(current, server).slice(0, MAX_PROOFS), ({ runId, folder }) => readProof({
		store,
		encryption,
		server,
		trustedProvers,
		now,
		signal
	}, runId, folder));
	const kept = [
		...dumps.map(keptDump),
		...binlogs.good.map((binlog) => keptBinlog(server, binlog)),
		...snapshots.kept
	];
	const named = new Set(kept.flatMap((each) => partsOf(each).map(({ key }) => key)));
	const unnamed = listUnnamed(current, named, server);
	const refused = [
		...refusedDumps,
		...binlogs.bad.map(({ item: id, failure }) => refuse("binlog", id, binlogKeys(server, id).manifest, failure)),
		...snapshots.refused.map(({ id, key, failure }) => refuse("snapshot", id, key, failure)),
		...proofs.bad.map(({ item: { runId, folder }, failure }) => refuse("proof", runId, folder + PROOF_NAME, failure))
	];
	return {
		server,
		keys,
		dumps: dumps.toSorted(newestFirst(({ manifest }) => manifest.instant)),
		binlogs: binlogs.good.toSorted(newestFirst(({ manifest }) => manifest.finishedAt)),
		snapshots: snapshots.facts.toSorted(newestFirst(({ instant }) => instant)),
		proofs: proofs.good.toSorted(newestFirst(({ startedAt }) => startedAt)),
		kept,
		refused,
		storages: findStorages({
			server,
			keys,
			snapshots: snapshots.facts,
			refused,
			proofs: proofs.good
		}, now),
		starts: context.looksInside ? await readStarts(kept, keys, context) : /* @__PURE__ */ new Map(),
		unfinished: unfinished.length,
		unnamed: context.looksInside ? await lookInto(unnamed, 8, context) : unnamed
	};
}
/** Equal ones in the order of their keys, so that every run says the same. */
function newestFirst(timeOf) {
	return (a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a));
}
/** In the order of the items. What is wrong with a document is a result; an answer that did not come from the store is thrown. */
async function readAll(items, read) {
	const results = await mapAtOnce(items, 8, async (item) => {
		try {
			return { good: await read(item) };
		} catch (failure) {
			if (!(failure instanceof LifeboatError) || failure.class !== "restore-test") throw failure;
			return { bad: {
				item,
				failure
			} };
		}
	});
	return {
		good: results.flatMap((result) => "good" in result ? [result.good] : []),
		bad: results.flatMap((result) => "bad" in result ? [result.bad] : [])
	};
}
function keptDump({ id, folder, manifest }) {
	return {
		kind: "dump",
		id,
		finishedAt: manifest.finishedAt,
		messages: manifest.objects,
		manifestKey: folder + MANIFEST_NAME,
		signatureKey: folder + SIGNATURE_NAME
	};
}
function keptBinlog(server, { manifest }) {
	const { manifest: manifestKey, signature: signatureKey } = binlogKeys(server, manifest.id);
	const { id, finishedAt, object } = manifest;
	return {
		kind: "binlog",
		id,
		finishedAt,
		manifestKey,
		signatureKey,
		messages: [object]
	};
}
/** What manifests name is kept, each pack once. */
async function readSnapshots(reading, current) {
	const places = current.flatMap(({ key }) => parseSnapshotKey(key));
	const messages = /* @__PURE__ */ new Map();
	const share = (message) => {
		const name = `${message.parts[0]?.key ?? ""} ${message.sha256}`;
		const known = messages.get(name);
		if (known === void 0) messages.set(name, message);
		return known ?? message;
	};
	const { good, bad } = await readAll(places, async ({ name, id }) => {
		const { manifest, manifestSha256 } = await findSnapshot(reading, name, { id });
		const { instant, complete, set, source, holds } = manifest;
		const facts = {
			name,
			id,
			instant,
			complete,
			source,
			holds,
			manifestSha256,
			...set === void 0 ? {} : { set }
		};
		const keys = snapshotKeys(reading.server, name, id);
		return {
			kept: {
				kind: "snapshot",
				id: snapshotId(facts),
				finishedAt: manifest.finishedAt,
				manifestKey: keys.manifest,
				signatureKey: keys.signature,
				messages: [...manifest.index, ...manifest.packs].map(share)
			},
			facts
		};
	});
	return {
		kept: good.map(({ kept }) => kept),
		facts: good.map(({ facts }) => facts),
		refused: bad.map(({ item: { name, id }, failure }) => ({
			id: snapshotId({
				name,
				id
			}),
			failure,
			key: snapshotKeys(reading.server, name, id).manifest
		}))
	};
}
function parseSnapshotKey(key) {
	const [, storage, name = "", snapshots, file = "", ...more] = key.split("/");
	const id = file.replace(/\.json$/, "");
	return storage === "storage" && snapshots === "snapshots" && file.endsWith(".json") && more.length === 0 && isStorageName(name) && parseRunId(id) ? [{
		name,
		id
	}] : [];
}
/** Of those objects that are there: for whom each is encrypted. */
async function readStarts(kept, keys, context) {
	const present = [...new Set(kept.flatMap(({ messages }) => messages.flatMap(({ parts: [first] }) => first?.key ?? [])))].filter((key) => keys.get(key)?.current !== void 0);
	return new Map(await mapAtOnce(present, 8, async (key) => [key, await readStart(key, context)]));
}

// src/actions/catalog/list-servers.ts
/** What backups lie in; anything else below a server is not looked at. */
const KINDS = /^[^/]+\/(?:dumps|binlogs|storage|proofs)\//;
/** Services that keep no versions have many ways to say so. */
const REFUSED = ["store-denied", "store-upload-failed"];
function isBackupKey(key) {
	return KINDS.test(key);
}
function holdsBackups(keys) {
	return [...keys.keys()].some(isBackupKey);
}
/** With versions where these credentials may see them, else what is current alone. They may be limited to the servers that are named. */
async function openListing({ store, inspector }, servers, signal) {
	const plain = async function* (folder) {
		for await (const current of store.list(folder, signal)) yield {
			key: current.key,
			current,
			hidden: []
		};
	};
	if (inspector === void 0) return {
		list: plain,
		hasVersions: false
	};
	try {
		const trial = inspector.listVersions(servers[0] ?? "", signal)[Symbol.asyncIterator]();
		await trial.next();
		await trial.return?.();
		return {
			list: (folder) => inspector.listVersions(folder, signal),
			hasVersions: true
		};
	} catch (error) {
		if (!(error instanceof LifeboatError) || !REFUSED.includes(error.code)) throw error;
		return {
			list: plain,
			hasVersions: false
		};
	}
}
/** Every key of a server. */
async function listServer(list, server) {
	const keys = /* @__PURE__ */ new Map();
	for await (const versions of list(server)) keys.set(versions.key, versions);
	return keys;
}
/** One server in memory at a time: lists are sorted, so that its keys come together. */
async function* groupByServer(list, names) {
	if (names.length > 0) {
		for (const server of names) yield {
			server,
			keys: await listServer(list, server)
		};
		return;
	}
	let open;
	for await (const versions of list("")) {
		const [server = "", ...rest] = versions.key.split("/");
		if (rest.length === 0 || !isServerName(server)) continue;
		if (open?.server !== server) {
			if (open !== void 0) yield open;
			open = {
				server,
				keys: /* @__PURE__ */ new Map()
			};
		}
		open.keys.set(versions.key, versions);
	}
	if (open !== void 0) yield open;
}

// src/actions/catalog/whole.ts
/** From the last part to the manifest it takes a request or two; clocks and slow stores get the rest. */
const MAX_LATE_MS = 9e5;
/** Undefined for a part that is there with its size. */
function findPartFault({ key, sizeBytes }, keys) {
	const versions = keys.get(key);
	const current = versions?.current;
	if (current !== void 0) return current.sizeBytes === sizeBytes ? void 0 : {
		what: "size",
		sizeBytes: current.sizeBytes
	};
	if (versions?.deletedAt === void 0) return { what: "gone" };
	const isThere = versions.hidden.some((hidden) => hidden.sizeBytes === sizeBytes);
	return {
		what: "deleted",
		deletedAt: versions.deletedAt,
		isThere
	};
}
/** How far the time at which the store got a manifest is from the one that it tells; undefined where that is little. */
function findLateness({ finishedAt, manifestKey }, keys) {
	const storedAt = keys.get(manifestKey)?.current?.lastModified;
	if (storedAt === void 0) return void 0;
	const lateMs = storedAt.getTime() - Date.parse(finishedAt);
	return Math.abs(lateMs) > MAX_LATE_MS ? lateMs : void 0;
}
/** Those that count. `hasStoreTimes`: the store says itself when it got something, and nobody else can. */
function findWhole({ kept, keys }, { now, hasStoreTimes }) {
	return new Set(kept.filter((each) => partsOf(each).every((part) => findPartFault(part, keys) === void 0) && !isFromTheFuture(new Date(each.finishedAt), now) && !(hasStoreTimes && findLateness(each, keys) !== void 0)));
}

export { holdsBackups as a, openListing as c, isPackKey as d, keysOf as f, mapAtOnce as h, groupByServer as i, gatherServer as l, snapshotId as m, findPartFault as n, isBackupKey as o, partsOf as p, findWhole as r, listServer as s, findLateness as t, hasFilesAlone as u };