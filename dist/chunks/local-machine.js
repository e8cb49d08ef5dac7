import { in as LifeboatError } from "./proxy.js";
import { n as randomBoundary, t as bootCommand } from "./session.js";
import { createReadStream } from "node:fs";
import { Readable, pipeline } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { spawn } from "node:child_process";

// src/actions/restoring/open-object.ts
/** Larger ones save turns of the event loop; memory of more than 128 KiB is asked of the kernel anew each time (mallopt(3)). */
const CHUNK_BYTES = 98304;
/**
* Decrypts and decompresses. Ends only when the message was whole. Throws `identity-unfit`, `decryption-failed`; nothing that came
* before an error may be believed.
*/
async function* openObject(file, { encryption, identity, signal }) {
	const ciphertext = createReadStream(file, { highWaterMark: CHUNK_BYTES });
	const message = Readable.from(encryption.decrypt(ciphertext, identity, signal), { objectMode: false });
	const text = createZstdDecompress({ chunkSize: CHUNK_BYTES });
	let failure;
	pipeline(message, text, (error) => failure = error);
	try {
		for await (const chunk of text) yield chunk;
	} catch (error) {
		const cause = failure ?? error;
		if (cause instanceof LifeboatError || signal.aborted) throw cause;
		throw new LifeboatError("decryption-failed", "what was decrypted is not a whole zstd stream", { cause });
	} finally {
		message.destroy();
		ciphertext.destroy();
	}
}
/** The whole text of a small object. Throws `manifest-invalid` when it is larger than `maxBytes`. */
async function readObject(file, maxBytes, options) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of openObject(file, options)) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new LifeboatError("manifest-invalid", `an object has more than ${maxBytes} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

// src/remote/run-on-channel.ts
/** Answers of a catalogue of 100,000 objects stay below. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;
const STDERR_HEAD_BYTES = 4096;
/** The channel's command is `bootCommand(boundary)`. Throws as `Machine.run` does. */
async function runOnChannel(channel, boundary, task) {
	const { script, stdin, signal, onStdout } = task;
	const stop = () => channel.destroy();
	channel.stdin.on("error", () => void 0);
	const stderr = keepEnds(channel);
	const stdout = readAnswer(channel, randomBoundary(), boundary, script, onStdout);
	stdout.catch(() => void 0);
	signal.addEventListener("abort", stop, { once: true });
	try {
		if (signal.aborted) stop();
		if (stdin === void 0) channel.stdin.end();
		else await feed(stdin, channel.stdin);
		const { exitCode, error } = await channel.closed;
		signal.throwIfAborted();
		if (exitCode === void 0) {
			if (error !== void 0) throw error;
			throw new LifeboatError("ssh-lost", "the shell ended without saying how: it was killed, or the connection broke");
		}
		return {
			exitCode,
			stdout: await stdout.catch(() => ""),
			stderr: stderr()
		};
	} catch (error) {
		channel.destroy();
		await channel.closed;
		throw signal.aborted ? signal.reason : error;
	} finally {
		signal.removeEventListener("abort", stop);
	}
}
/** Sends the script, and returns what it printed; start-up files of a login shell may print before it. */
async function readAnswer({ stdin, stdout }, mark, boundary, script, onStdout) {
	stdin.write(`printf '%s\\n' ${mark}\n${script}\n${boundary}\n`);
	const end = Buffer.from(`${mark}\n`);
	let noise = Buffer.alloc(0);
	const kept = [];
	let bytes = 0;
	for await (const chunk of stdout) {
		let answer = chunk;
		if (noise !== void 0) {
			noise = Buffer.concat([noise, chunk]);
			const at = noise.indexOf(end);
			if (at < 0) continue;
			answer = noise.subarray(at + end.length);
			noise = void 0;
		}
		onStdout?.(answer);
		bytes += answer.length;
		if (onStdout === void 0 && bytes <= MAX_OUTPUT_BYTES) kept.push(answer);
	}
	return Buffer.concat(kept).toString();
}
function keepEnds({ stderr }) {
	let [head, tail] = [Buffer.alloc(0), Buffer.alloc(0)];
	stderr.on("error", () => void 0);
	stderr.on("data", (chunk) => {
		const room = STDERR_HEAD_BYTES - head.length;
		head = Buffer.concat([head, chunk.subarray(0, room)]);
		tail = Buffer.concat([tail, chunk.subarray(room)]).subarray(-8192);
	});
	return () => head.toString() + tail.toString();
}
/** Ends `sink` with the source. Settles early, and lets go of the source, when nobody reads `sink` any more. */
async function feed(source, sink) {
	const iterator = source[Symbol.asyncIterator]();
	for (;;) {
		const next = await unlessClosed(sink, iterator.next());
		if (next?.done === true) {
			sink.end();
			return;
		}
		if (next === void 0 || !await write(sink, next.value)) break;
	}
	iterator.return?.().catch(() => void 0);
}
/** Undefined when the sink is closed first. Nothing of it stays with the sink: a race against one promise for all pieces would grow with each. */
function unlessClosed(sink, promise) {
	return new Promise((resolve, reject) => {
		const stop = () => resolve(void 0);
		if (sink.destroyed) stop();
		sink.once("close", stop);
		promise.then(resolve, reject).finally(() => sink.off("close", stop));
	});
}
/** Whether it was written. */
function write(sink, chunk) {
	return new Promise((resolve) => {
		const stop = () => resolve(false);
		sink.once("close", stop);
		sink.write(chunk, (error) => {
			sink.off("close", stop);
			resolve(error === void 0 || error === null);
		});
	});
}

// src/remote/local-machine.ts
function createLocalMachine() {
	return {
		name: "this machine",
		run: (task) => {
			const boundary = randomBoundary();
			return runOnChannel(startShell(boundary), boundary, task);
		},
		close: () => Promise.resolve()
	};
}
function startShell(boundary) {
	const child = spawn("/bin/sh", ["-c", bootCommand(boundary)], {
		detached: true,
		stdio: "pipe"
	});
	const { promise: closed, resolve } = Promise.withResolvers();
	child.once("error", (error) => resolve({
		exitCode: void 0,
		error: cannotStart(error)
	}));
	child.once("close", (code, signal) => resolve(code === null ? {
		exitCode: void 0,
		error: ended(signal)
	} : { exitCode: code }));
	return {
		stdin: child.stdin,
		stdout: child.stdout,
		stderr: child.stderr,
		closed,
		destroy: () => {
			try {
				if (child.pid !== void 0) process.kill(-child.pid, "SIGKILL");
			} catch {}
		}
	};
}
function cannotStart(cause) {
	return new LifeboatError("target-tool-missing", "/bin/sh cannot be started on this machine", { cause });
}
function ended(signal) {
	return new LifeboatError("restore-failed", `the shell on this machine was ended by ${signal ?? "a signal"}`, { hint: "Was the machine out of memory? Run it again." });
}

export { readObject as i, runOnChannel as n, openObject as r, createLocalMachine as t };