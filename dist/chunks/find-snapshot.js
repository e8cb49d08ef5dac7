import { W as isStorageName, X as parsePackKey, at as parseRunId, in as LifeboatError, nt as storageFolder, tt as snapshotKeys } from "./proxy.js";
import { n as parseSnapshotManifest, t as MAX_SNAPSHOT_MANIFEST_BYTES } from "./snapshot-text.js";
import { c as passOverFuture, s as readSmallObject, t as checkSignature } from "./find-backups.js";
import { createHash } from "node:crypto";

// src/actions/restoring/find-snapshot.ts
/** Of one set: the run of a dump and that of the files belong to one night. */
const MAX_LOOKED_AT = 5;
/** Where none of so many is complete, none is meant to be. */
const MAX_LOOKED_BACK = 30;
/** `latest`: the newest valid one. Throws `backup-not-found`, `signature-invalid`, `manifest-invalid`. */
async function findSnapshot(reading, name, choice) {
	if (choice !== "latest") return {
		...await readSnapshot(reading, name, choice.id),
		refused: []
	};
	const { server, store } = reading;
	const [storage] = await listStorages(reading, `${storageFolder(server, name)}snapshots`);
	const refused = [];
	let why;
	for (const id of storage?.snapshotIds.toReversed() ?? []) try {
		return {
			...await readSnapshot(reading, name, id),
			refused
		};
	} catch (error) {
		if (!isInvalid(error)) throw error;
		why ??= error;
		refused.push(`${id}: ${error.message}`);
	}
	if (why !== void 0) throw why;
	throw new LifeboatError("backup-not-found", `${server} has no snapshot of ${name} in ${store.location}`, { hint: "Check `server`, `name` and the prefix in `store`. A run that failed leaves no manifest and is no snapshot." });
}
function isInvalid(error) {
	return error instanceof LifeboatError && ["manifest-invalid", "signature-invalid"].includes(error.code);
}
/**
* What belongs to a dump: of several that may, the one of its own `set`. One that is not valid is passed over; throws `signature-invalid`,
* `manifest-invalid` where it may be what belongs to the dump and nothing else does.
*/
async function findSnapshotOf({ instant, set }, { name, snapshotIds }, reading, now) {
	const refused = [];
	const errors = [];
	const read = async (id) => {
		try {
			return await readSnapshot(reading, name, id);
		} catch (error) {
			if (!isInvalid(error)) throw error;
			errors.push(error);
			refused.push(`${id}: ${error.message}`);
			return;
		}
	};
	const begun = snapshotIds.map((id) => ({
		id,
		startedAt: parseRunId(id)?.startedAt ?? /* @__PURE__ */ new Date(0)
	}));
	const ids = passOverFuture(begun, ({ startedAt }) => startedAt.getTime(), {
		now,
		warn: (sentence) => refused.push(sentence)
	});
	const firstAfter = ids.findLastIndex(({ startedAt }) => startedAt.toISOString() < `${instant.slice(0, 19)}.000Z`);
	let first;
	let incompleteAfter;
	for (const [at, { id }] of ids.slice(Math.max(firstAfter, 0)).entries()) {
		if (first !== void 0 && at >= MAX_LOOKED_AT) break;
		const found = await read(id);
		if (found === void 0 || found.manifest.instant < instant) continue;
		if (!found.manifest.complete) {
			incompleteAfter ??= found;
			continue;
		}
		first ??= found;
		if (set === void 0 || found.manifest.set === set) return {
			after: found,
			before: void 0,
			refused
		};
	}
	if (first !== void 0) return {
		after: first,
		before: void 0,
		refused
	};
	if (errors[0] !== void 0) throw errors[0];
	let incompleteBefore;
	for (const { id } of ids.slice(0, firstAfter + 1).toReversed().slice(0, MAX_LOOKED_BACK)) {
		const found = await read(id);
		if (found?.manifest.complete === true) return {
			after: void 0,
			before: found,
			refused
		};
		incompleteBefore ??= found;
	}
	const error = errors.at(0);
	if (error !== void 0 && !incompleteAfter && !incompleteBefore) throw error;
	return {
		after: incompleteAfter,
		before: incompleteAfter ? void 0 : incompleteBefore,
		refused
	};
}
/** The storages of a server that have a snapshot, by name; `below` is a folder that is enough to look at. */
async function listStorages({ store, server, signal }, below = `${server}/storage`) {
	const found = /* @__PURE__ */ new Map();
	for await (const { key, sizeBytes } of store.list(below, signal)) {
		const [, , name = "", kind, file = "", ...deeper] = key.split("/");
		if (!isStorageName(name) || deeper.length > 0) continue;
		const storage = found.get(name) ?? {
			name,
			snapshotIds: [],
			packs: /* @__PURE__ */ new Map()
		};
		found.set(name, storage);
		const id = file.replace(/\.json$/, "");
		if (kind === "snapshots" && id !== file && parseRunId(id)) storage.snapshotIds.push(id);
		if (kind === "packs" && parsePackKey(key.replace(/\.\d{3}$/, ""))) storage.packs.set(key, sizeBytes);
	}
	for (const { snapshotIds } of found.values()) snapshotIds.sort();
	return [...found.values()].filter(({ snapshotIds }) => snapshotIds.length > 0);
}
async function readSnapshot(reading, name, id) {
	const { store, server, signal } = reading;
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
		manifestSha256: createHash("sha256").update(bytes).digest("hex"),
		signedBy
	};
}

export { findSnapshotOf as n, listStorages as r, findSnapshot as t };