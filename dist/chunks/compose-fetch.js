import { t as MAX_MANIFEST_BYTES } from "./manifest-text.js";
import { A as RECOVERY_NAME, Bt as countOf, D as MANIFEST_NAME, Gt as formatInstant, M as SIGNATURE_NAME, Vt as formatBytes, et as proofFolder, in as LifeboatError, nn as showUnseen } from "./proxy.js";
import { t as startProgressLog } from "./progress-log.js";
import { N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules } from "./store-settings.js";
import { n as fetchPartAlone, r as checkRoom } from "./fetch-object.js";
import { t as chooseBackup } from "./choose-backup.js";
import { o as MAX_SIGNATURE_BYTES, s as readSmallObject } from "./find-backups.js";
import { s as isOfDump, t as readEarlierProofs } from "./earlier-proofs.js";
import { t as fetchDeclaration } from "./inputs3.js";
import { t as shellQuote } from "./shell.js";
import { v as defineAction } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { t as signerChecks } from "./signer-checks.js";
import { createReadStream } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import { link, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";

// src/actions/fetch/directory.ts
/** Ends the names of files that are not whole yet. */
const SUFFIX = ".fetching";
var FetchDirectory = class FetchDirectory {
	/** Absolute. */
	path;
	signal;
	constructor(directory, signal) {
		this.path = directory;
		this.signal = signal;
	}
	static digest(bytes) {
		return createHash("sha256").update(bytes).digest("hex");
	}
	/** Throws `input-invalid` when a file of this name is there with other content. */
	async expect(name, content) {
		const size = await this.#sizeOf(name);
		if (size === void 0) return;
		if (size !== content.length || await this.#hash(name) !== FetchDirectory.digest(content)) throw this.#taken(name);
	}
	/** Whether the part is there. Throws `input-invalid` when something else is there under its name. */
	async has({ key, sizeBytes, sha256 }) {
		const name = path.posix.basename(key);
		const size = await this.#sizeOf(name);
		if (size === void 0) return false;
		if (size !== sizeBytes || await this.#hash(name) !== sha256) throw this.#taken(name);
		return true;
	}
	/** A file that another program made meanwhile stays. */
	async add(name, write) {
		await this.#sweep(name);
		const temporary = this.#temporary(name);
		try {
			await write(temporary);
			await link(temporary, path.join(this.path, name)).catch((error) => {
				if (isCode(error, "EEXIST")) throw this.#taken(name);
				throw error;
			});
		} finally {
			await rm(temporary, { force: true });
		}
	}
	async replace(name, content) {
		const temporary = this.#temporary(name);
		try {
			await writeFile(temporary, content, {
				mode: 384,
				flag: "wx"
			});
			await rename(temporary, path.join(this.path, name));
		} finally {
			await rm(temporary, { force: true });
		}
	}
	#temporary(name) {
		return path.join(this.path, `.${name}.${randomBytes(4).toString("hex")}${SUFFIX}`);
	}
	/** What a run that was killed left of this file. */
	async #sweep(name) {
		for (const found of await readdir(this.path)) if (found.startsWith(`.${name}.`) && found.endsWith(SUFFIX)) await rm(path.join(this.path, found));
	}
	async #sizeOf(name) {
		try {
			const found = await stat(path.join(this.path, name));
			if (!found.isFile()) throw this.#taken(name);
			return found.size;
		} catch (error) {
			if (isCode(error, "ENOENT")) return void 0;
			throw error;
		}
	}
	async #hash(name) {
		const hash = createHash("sha256");
		const { signal } = this;
		for await (const chunk of createReadStream(path.join(this.path, name), { signal })) hash.update(chunk);
		return hash.digest("hex");
	}
	#taken(name) {
		return new LifeboatError("input-invalid", `\`directory\`: ${path.join(this.path, name)} is there already, and is not that of this backup`, { hint: "Nothing is overwritten. Fetch into another directory, or, to go on with a backup that was begun, give its id." });
	}
};
function isCode(error, code) {
	return error instanceof Error && "code" in error && error.code === code;
}

// src/actions/fetch/runbook.ts
const MAX_PROOFS = 100;
/** A page for 20,000 databases stays below. */
const MAX_RUNBOOK_BYTES = 16 * 2 ** 20;
/** Of the newest proof of this very manifest; a page that is not the one that the proof names is left where it is. */
async function findRunbook(reading, backup) {
	const { store, server, signal, trustedProvers } = reading;
	const { proofs, failures } = await readEarlierProofs(reading, MAX_PROOFS);
	const warnings = failures.map(({ message }) => `A proof does not count: ${message}`);
	const proof = proofs.filter(isOfDump).find((one) => one.backup.id === backup.id && one.backup.manifestSha256 === backup.manifestSha256);
	if (proof === void 0) return {
		text: void 0,
		warnings
	};
	const key = proofFolder(server, proof.id) + RECOVERY_NAME;
	const text = await readRunbook(store, key, signal);
	if (text === void 0 || createHash("sha256").update(text).digest("hex") !== proof.recoverySha256) return {
		text: void 0,
		warnings: [...warnings, `${key} is not the page that its proof names.`]
	};
	const unchecked = `Nobody checked who wrote ${RECOVERY_NAME}: read its commands before you run them, or give \`trusted-provers\`.`;
	return {
		text,
		warnings: trustedProvers === void 0 ? [...warnings, unchecked] : warnings
	};
}
async function readRunbook(store, key, signal) {
	try {
		return await readSmallObject(store, key, MAX_RUNBOOK_BYTES, "proof-invalid", signal);
	} catch (error) {
		if (error instanceof LifeboatError && error.code === "proof-invalid") return void 0;
		throw error;
	}
}

// src/actions/fetch/fetch.ts
/** Throws `object-mismatch`, `input-invalid` for a directory that holds something else, and what the store throws. */
async function fetchBackup({ server, backup: choice, label, directory, trustedSigners, trustedProvers }, { store, encryption, reporter }, signal) {
	const clock = await readStoreClock(store, signal);
	const warn = (sentence) => reporter.warning(sentence);
	const reading = {
		store,
		encryption,
		server,
		trustedSigners,
		trustedProvers,
		now: clock.now(),
		signal,
		warn
	};
	const backup = await chooseBackup(reading, choice, { label });
	reporter.info(`${backup.id}, with the state of ${backup.manifest.instant}`);
	const place = new FetchDirectory(path.resolve(directory), signal);
	await mkdir(place.path, {
		recursive: true,
		mode: 448
	});
	const documents = await readDocuments(reading, backup);
	await place.expect(MANIFEST_NAME, documents.manifest);
	const fetched = await fetchParts(backup, place, {
		store,
		encryption,
		reporter
	});
	const runbook = await findRunbook(reading, backup);
	if (runbook.text !== void 0) await place.replace("RECOVERY.md", runbook.text);
	if (documents.signature !== void 0) await place.replace(SIGNATURE_NAME, documents.signature);
	await place.replace(MANIFEST_NAME, documents.manifest);
	return {
		backup,
		directory: place.path,
		...fetched,
		hasRunbook: runbook.text !== void 0,
		isSigned: documents.signature !== void 0,
		warnings: [
			...clock.warning === void 0 ? [] : [clock.warning],
			...trustedSigners === void 0 ? ["The signature was not checked: give `trusted-signers`, or check it by hand before you decrypt."] : [],
			...runbook.warnings
		]
	};
}
/** The bytes whose signature was checked, and that signature. */
async function readDocuments({ store, signal }, { folder, manifestSha256 }) {
	const key = folder + MANIFEST_NAME;
	const manifest = await readSmallObject(store, key, MAX_MANIFEST_BYTES, "manifest-invalid", signal);
	if (manifest === void 0 || FetchDirectory.digest(manifest) !== manifestSha256) throw new LifeboatError("manifest-invalid", `${key} changed while it was read`);
	const signatureKey = folder + SIGNATURE_NAME;
	return {
		manifest,
		signature: await readSmallObject(store, signatureKey, MAX_SIGNATURE_BYTES, "signature-invalid", signal)
	};
}
async function fetchParts({ manifest }, place, { store, reporter }) {
	const parts = manifest.objects.flatMap((object) => object.parts);
	const missing = [];
	for (const part of parts) if (!await place.has(part)) missing.push(part);
	const fetchedBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	await checkRoom(place.path, fetchedBytes);
	const progress = startProgressLog("fetched", fetchedBytes, reporter);
	try {
		for (const part of missing) {
			const options = {
				store,
				signal: place.signal,
				onBytes: (count) => progress.add(count)
			};
			await place.add(path.posix.basename(part.key), (file) => fetchPartAlone(part, file, options));
		}
	} finally {
		progress.end();
	}
	return {
		fetchedParts: missing.length,
		fetchedBytes,
		keptParts: parts.length - missing.length
	};
}

// src/actions/fetch/report.ts
function renderFetched(outcome) {
	const { backup, directory, fetchedParts, fetchedBytes, keptParts, hasRunbook, isSigned } = outcome;
	const kept = keptParts === 0 ? "" : `; ${countOf(keptParts, "file")} had been there already`;
	return `${[
		`${backup.id}, with the state of ${formatInstant(backup.manifest.instant)}, is in ${showUnseen(directory)}`,
		`${countOf(fetchedParts, "file")} fetched (${formatBytes(fetchedBytes)})${kept}. Each one is what the manifest says, and still encrypted.`,
		backup.signedBy === void 0 ? isSigned ? "The signature of the manifest was not checked." : "The manifest is not signed." : `The manifest is signed by ${backup.signedBy}.`,
		"",
		"What next:",
		`  cd ${shellQuote(directory)}`,
		hasRunbook ? "  RECOVERY.md is the page that a restore test wrote for exactly this backup: follow it; what it fetches is there already." : "  docs/restore-by-hand.md, from step 3 on, tells how to check and load it with stock tools.",
		`  To load it with Lifeboat: lifeboat restore ${backup.id} --server ${backup.manifest.server} …`
	].join("\n")}\n`;
}

// src/entries/compose-fetch.ts
const encryption = createOpenPgpEncryption();
const fetchAction = defineAction(fetchDeclaration, {
	rules: storeSshRules,
	checks: () => signerChecks(fetchDeclaration.inputs, encryption),
	run: async (inputs, { trustedSigners, trustedProvers }, context) => {
		const { reporter, signal } = context;
		const store = openReader(inputs, context);
		try {
			const { server, backup, label, directory } = inputs;
			const outcome = await fetchBackup({
				server,
				backup,
				label,
				directory,
				trustedSigners,
				trustedProvers
			}, {
				store,
				encryption,
				reporter
			}, signal);
			outcome.warnings.forEach((warning) => reporter.warning(warning));
			reporter.summary(renderFetched(outcome));
		} finally {
			await store.close();
		}
	}
});

export { fetchAction };