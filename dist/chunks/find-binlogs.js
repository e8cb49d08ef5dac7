import { n as parseBinlogManifest, t as MAX_BINLOG_MANIFEST_BYTES } from "./binlog-manifest-text.js";
import { c as passOverFuture, s as readSmallObject, t as checkSignature, u as listBinlogs } from "./find-backups.js";
import { N as binlogFolder, P as binlogKeys, at as parseRunId, in as LifeboatError } from "./proxy.js";
import { createHash } from "node:crypto";

// src/actions/restoring/find-binlogs.ts
/** A run that began before the backup may have shipped what was written after it; none takes longer. */
const MAX_RUN_MS = 864e5;
/**
* Of runs since then. Throws `signature-invalid`, `manifest-invalid`: a binlog that is refused is not one that is missing, unless `onRefused`
* takes it for one. One of a time that has not come is: it would be refused for ever, and where the chain needs it there is a gap.
*/
async function findBinlogs(reading, since, onRefused) {
	const { store, server, signal } = reading;
	const keys = [];
	for await (const listed of store.list(binlogFolder(server), signal)) keys.push(listed);
	const oldest = since.getTime() - MAX_RUN_MS;
	const listed = listBinlogs(keys, server).map((id) => ({
		id,
		startedMs: startOf(id)
	})).filter(({ startedMs }) => startedMs >= oldest);
	const shipped = [];
	for (const { id } of passOverFuture(listed, ({ startedMs }) => startedMs, reading)) try {
		shipped.push(await readBinlog(reading, id));
	} catch (error) {
		if (onRefused === void 0 || !(error instanceof LifeboatError) || error.class !== "restore-test") throw error;
		onRefused(id, error);
	}
	return shipped;
}
function startOf(id) {
	return parseRunId(id.slice(id.lastIndexOf(".") + 1))?.startedAt.getTime() ?? 0;
}
/** Throws `signature-invalid`, `manifest-invalid`. */
async function readBinlog(reading, id) {
	const { store, server, signal } = reading;
	const { manifest: key, signature } = binlogKeys(server, id);
	const bytes = await readSmallObject(store, key, MAX_BINLOG_MANIFEST_BYTES, "manifest-invalid", signal);
	if (bytes === void 0) throw new LifeboatError("manifest-invalid", `${key} went away while it was read`);
	await checkSignature(reading, {
		document: key,
		signature
	}, bytes);
	return {
		manifest: parseBinlogManifest(bytes, {
			server,
			id
		}),
		manifestSha256: createHash("sha256").update(bytes).digest("hex")
	};
}

export { readBinlog as n, findBinlogs as t };