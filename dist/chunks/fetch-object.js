import { Vt as formatBytes, in as LifeboatError } from "./proxy.js";
import { createHash } from "node:crypto";
import path from "node:path";
import { open, statfs } from "node:fs/promises";

// src/actions/restoring/check-room.ts
/** Throws `sandbox-space`. */
async function checkRoom(directory, sizeBytes) {
	const { bavail, bsize } = await statfs(directory);
	const freeBytes = bavail * bsize;
	if (freeBytes >= sizeBytes) return;
	throw new LifeboatError("sandbox-space", `the backup has ${formatBytes(sizeBytes)}, and the disk of ${directory} has ${formatBytes(freeBytes)} left`, { hint: "Use a machine with a larger disk, or remove what is not needed before." });
}

// src/actions/restoring/fetch-object.ts
/** Of one part that breaks off on its way; the store's own requests are repeated besides. */
const ATTEMPTS = 3;
/** Writes one part into a new file of its own. Throws `object-mismatch`; the file is to be removed then. */
async function fetchPartAlone(part, file, options) {
	const handle = await open(file, "wx", 384);
	try {
		await fetchPart(part, {
			handle,
			offset: 0,
			whole: createHash("sha256")
		}, options);
		await handle.sync();
	} finally {
		await handle.close();
	}
}
/**
* Returns the path of a file with all parts joined, whose size and SHA-256 are those of the manifest. Throws `object-mismatch`
* naming the key and what is wrong with it.
*/
async function fetchObject(object, options) {
	const file = path.join(options.directory, options.name);
	const handle = await open(file, "w", 384);
	try {
		let whole = createHash("sha256");
		let offset = 0;
		for (const part of object.parts) {
			whole = await fetchPart(part, {
				handle,
				offset,
				whole
			}, options);
			offset += part.sizeBytes;
		}
		if (whole.digest("hex") !== object.sha256) throw mismatch(object.parts[0]?.key ?? options.name, "and its other parts do not make the object");
		return file;
	} finally {
		await handle.close();
	}
}
/** Returns the hash of everything up to the end of the part. */
async function fetchPart(part, place, options) {
	for (let attempt = 1;; attempt += 1) try {
		return await readPart(part, place, options);
	} catch (error) {
		if (!(error instanceof LifeboatError && error.code === "store-unreachable") || attempt === ATTEMPTS || options.signal.aborted) throw error;
	}
}
async function readPart(part, place, options) {
	const { store, signal, onBytes } = options;
	const stream = await store.get(part.key, signal).catch((error) => {
		throw error instanceof LifeboatError && error.code === "store-not-found" ? mismatch(part.key, "is missing", error) : error;
	});
	const [own, whole] = [createHash("sha256"), place.whole.copy()];
	let sizeBytes = 0;
	for await (const chunk of stream) {
		if (sizeBytes + chunk.length > part.sizeBytes) throw mismatch(part.key, longer(part));
		await writeWhole(place.handle, chunk, place.offset + sizeBytes);
		own.update(chunk);
		whole.update(chunk);
		sizeBytes += chunk.length;
		onBytes?.(chunk.length);
	}
	if (sizeBytes !== part.sizeBytes) throw mismatch(part.key, `has ${sizeBytes} bytes, not ${part.sizeBytes}`);
	const sha256 = own.digest("hex");
	if (sha256 !== part.sha256) throw mismatch(part.key, `has the SHA-256 ${sha256}, not ${part.sha256}`);
	return whole;
}
async function writeWhole(handle, chunk, position) {
	for (let written = 0; written < chunk.length;) {
		const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
		written += bytesWritten;
	}
}
function longer({ sizeBytes }) {
	return `has more than its ${sizeBytes} bytes`;
}
function mismatch(key, what, cause) {
	return new LifeboatError("object-mismatch", `${key} ${what}`, {
		hint: "It is not what was stored, and was not decrypted. Where the bucket keeps versions, the right one may still be there: list the versions of this key, and find out who wrote the newest.",
		cause
	});
}

export { fetchPartAlone as n, checkRoom as r, fetchObject as t };