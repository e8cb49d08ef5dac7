import { Vt as formatBytes, Wt as formatDuration, in as LifeboatError } from "./proxy.js";
import { t as shellQuote } from "./shell.js";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

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
/** What is remembered below `~/.lifeboat/` is called: a server that is backed up into two stores has one for each. */
function stateName({ action, server, store }) {
	return `${action}-${server}-${createHash("sha256").update(store).digest("hex").slice(0, STORE_DIGITS)}`;
}
function stateFileName(place) {
	return `${stateName(place)}.state`;
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
		write: async (value, after = ":") => {
			sequence += 1;
			const script = `printf '%s\\n' ${shellQuote(sealState({
				sequence,
				value
			}, secret, place))} >${file}.new && mv -f ${file}.new ${file} || exit 1\n${after}`;
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

export { nameStore as a, sealState as c, keepState as i, SEALING_TOOLS as l, storeSealed as n, stateName as o, UNREADABLE as r, openState as s, storeManifest as t, sealObject as u };