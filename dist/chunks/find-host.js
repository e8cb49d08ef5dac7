import { F as excerpt } from "./store-settings.js";
import { Vt as formatBytes, in as LifeboatError } from "./proxy.js";
import { constants } from "node:os";
import { randomBytes } from "node:crypto";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { spawn } from "node:child_process";

// src/sandbox/bounded-text.ts
/** Cuts are made in bytes; a character that is cut in two becomes U+FFFD. */
var BoundedText = class {
	#headBytes;
	#tailBytes;
	#head = Buffer.alloc(0);
	#tail = Buffer.alloc(0);
	#missingBytes = 0;
	constructor(headBytes, tailBytes) {
		this.#headBytes = headBytes;
		this.#tailBytes = tailBytes;
	}
	push(chunk) {
		const room = this.#headBytes - this.#head.length;
		this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
		const tail = Buffer.concat([this.#tail, chunk.subarray(room)]);
		const excess = Math.max(0, tail.length - this.#tailBytes);
		this.#missingBytes += excess;
		this.#tail = Buffer.from(tail.subarray(excess));
	}
	toString() {
		const gap = this.#missingBytes > 0 && this.#headBytes > 0 ? `\n[… ${this.#missingBytes} more bytes …]\n` : "";
		return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
	}
};

// src/sandbox/engine-cli.ts
/** Lists of ids and labels are short; what is longer is not for us. */
const MAX_STDOUT_BYTES = 262144;
/** Of standard error, at the beginning and at the end each. */
const STDERR_PART_BYTES = 4096;
/** What shells use for a program that cannot be started. */
const NOT_STARTED = 127;
/** What timeout(1) uses. */
const TIMED_OUT = 124;
/** Starts the program with pipes. It leads a session of its own: a Ctrl-C in the terminal is for us, who know what to do first. */
function startCli(engine, args) {
	const { name, environment, workingDirectory } = engine;
	const child = spawn(name, args, {
		stdio: "pipe",
		detached: true,
		...environment && { env: environment },
		...workingDirectory !== void 0 && { cwd: workingDirectory }
	});
	let failure;
	const ended = new Promise((resolve) => {
		child.once("error", (error) => {
			if (child.pid !== void 0) return;
			failure = error.code === "ENOENT" ? `there is no program "${name}"` : error.message;
			resolve(NOT_STARTED);
		});
		child.once("close", (code, signal) => resolve(code ?? (signal === null ? NOT_STARTED : 128 + constants.signals[signal])));
	});
	child.stdin.on("error", () => void 0);
	return {
		child,
		ended,
		startFailure: () => failure,
		kill: () => {
			child.kill("SIGKILL");
			for (const stream of [
				child.stdin,
				child.stdout,
				child.stderr
			]) stream.destroy();
		}
	};
}
/** Runs one command to its end, whatever that is. Throws only the signal's reason. */
async function runCli(engine, args, { signal, timeoutMs } = {}) {
	signal?.throwIfAborted();
	const cli = startCli(engine, args);
	const stdout = new BoundedText(MAX_STDOUT_BYTES, 0);
	const stderr = createStderr();
	cli.child.stdout.on("data", (chunk) => stdout.push(chunk));
	cli.child.stderr.on("data", (chunk) => stderr.push(chunk));
	cli.child.stdin.end();
	const deadline = timeoutMs === void 0 ? void 0 : AbortSignal.timeout(timeoutMs);
	const stop = () => cli.kill();
	for (const stopper of [signal, deadline]) stopper?.addEventListener("abort", stop, { once: true });
	const exitCode = await cli.ended;
	for (const stopper of [signal, deadline]) stopper?.removeEventListener("abort", stop);
	signal?.throwIfAborted();
	if (deadline?.aborted === true) {
		const stderr = `no answer within ${(timeoutMs ?? 0) / 1e3} seconds`;
		return {
			exitCode: TIMED_OUT,
			stdout: "",
			stderr
		};
	}
	return {
		exitCode,
		stdout: stdout.toString(),
		stderr: cli.startFailure() ?? stderr.toString()
	};
}
function createStderr() {
	return new BoundedText(STDERR_PART_BYTES, STDERR_PART_BYTES);
}

// src/sandbox/feed.ts
/**
* Ends `sink` when the source ends. Settles early, and lets go of the source, when nobody reads `sink` any more: that is for the
* program's exit code to judge. Rejects with the source's own error, and with nothing else; `sink` is left open then.
*/
async function feed(source, sink) {
	const iterator = source[Symbol.asyncIterator]();
	for (;;) {
		const next = await unlessClosed(iterator.next(), sink);
		if (next?.done === true) break;
		if (next !== void 0 && await write(sink, next.value)) continue;
		iterator.return?.().catch(() => void 0);
		return;
	}
	sink.end();
}
/** Undefined as soon as the sink is closed. Leaves nothing behind at the sink, which sees many chunks. */
function unlessClosed(work, sink) {
	return new Promise((resolve, reject) => {
		const stop = () => resolve(void 0);
		if (sink.destroyed) stop();
		sink.once("close", stop);
		work.then(resolve, reject).finally(() => sink.off("close", stop));
	});
}
/** Whether it was written. */
function write(sink, chunk) {
	return new Promise((resolve) => {
		sink.write(chunk, (error) => resolve(error === void 0 || error === null));
	});
}

// src/sandbox/main-output.ts
/** Enough for the last words of a server. */
const LOG_BYTES = 16384;
/** A line of ours is shorter; of a longer one no more is held back. */
const MAX_LINE_BYTES = 256;
const NEWLINE = 10;
var MainOutput = class {
	#mark;
	#events;
	#log = new BoundedText(0, LOG_BYTES);
	#line = Buffer.alloc(0);
	#isOver = false;
	/** `mark` is random: what runs in the sandbox cannot speak for main.sh. */
	constructor(mark, events) {
		this.#mark = mark;
		this.#events = events;
	}
	pushStdout(chunk) {
		this.#keep(chunk);
	}
	pushStderr(chunk) {
		let rest = Buffer.concat([this.#line, chunk]);
		for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
			this.#take(rest.subarray(0, end + 1));
			rest = rest.subarray(end + 1);
		}
		if (rest.length > MAX_LINE_BYTES) {
			this.#keep(rest);
			rest = Buffer.alloc(0);
		}
		this.#line = Buffer.from(rest);
	}
	/** The end of what was written, without our own lines. */
	readLog() {
		const line = this.#isOver ? "" : this.#line.toString();
		return `${this.#log.toString()}${line}`.trim();
	}
	#take(line) {
		const [mark, word, first = "", second = ""] = (line.length > MAX_LINE_BYTES ? "" : line.toString().trim()).split(" ");
		if (mark !== this.#mark) this.#keep(line);
		else if (word === "started") this.#events.onStarted(first);
		else if (word === "ended") {
			this.#isOver = true;
			this.#events.onEnded({
				status: Number(first),
				memoryKills: Number(second)
			});
		}
	}
	/** What comes after our last line is the engine's, which has nothing to say about the command. */
	#keep(chunk) {
		if (!this.#isOver) this.#log.push(chunk);
	}
};
/** "status 3", or "SIGSEGV" for a status of 128 + signal. */
function describeStatus(status) {
	return Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0] ?? `status ${status}`;
}

// src/sandbox/container.ts
/** How long an `exec` may take to notice that its container has ended, which is usually at once. */
const LAST_WORDS_MS = 500;
/** How long a container may take to end after its command has; 20 ms on idle cores. */
const END_TIMEOUT_MS = 1e4;
/** Succeeds while the process of this id lives; a zombie does not. The id is `$0`. */
const IS_ALIVE = `while read -r key value _; do
  if [ "$key" = State: ]; then case $value in [ZX]) exit 1 ;; *) exit 0 ;; esac; fi
done </proc/"$0"/status 2>/dev/null
exit 1`;
/** Between two attempts to remove a container; the engine may be removing it already. */
const REMOVE_PAUSE_MS = 100;
/** For one attempt; a removal took 0.3 s. */
const REMOVE_TIMEOUT_MS = 1e4;
/** After this the engine's program is not waited for any more, only the container. */
const CLI_PATIENCE_MS = 3e3;
var ContainerSandbox = class {
	#engine;
	#identity;
	#main;
	#output;
	/** The command's process id inside, or undefined when the engine's program ended before there was one. */
	#started = Promise.withResolvers();
	/** Fires when the sandbox ends. */
	#gone = new AbortController();
	#end;
	#hasCliEnded = false;
	#removal;
	/** `main` is the engine's program, just started. */
	constructor(engine, identity, main) {
		this.#engine = engine;
		this.#identity = identity;
		this.#main = main;
		this.#output = new MainOutput(identity.mark, {
			onStarted: (pid) => this.#started.resolve(pid),
			onEnded: (end) => this.#endWith(end)
		});
		main.child.stdout.on("data", (chunk) => this.#output.pushStdout(chunk));
		main.child.stderr.on("data", (chunk) => this.#output.pushStderr(chunk));
		main.ended.then(() => {
			this.#hasCliEnded = true;
			this.#endWith("unknown");
			this.#started.resolve(void 0);
		});
	}
	/** Settles when the command runs. Throws `sandbox-unavailable` when the engine could not start it, or the signal's reason. */
	async start(signal) {
		const abort = () => this.#started.reject(signal.reason);
		if (signal.aborted) abort();
		signal.addEventListener("abort", abort, { once: true });
		if (await this.#started.promise.finally(() => signal.removeEventListener("abort", abort)) !== void 0) return;
		const said = this.#main.startFailure() ?? this.#output.readLog();
		throw new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not start the sandbox: ${excerpt(said)}`, { hint: startHint(said) });
	}
	async exec(command, { signal, stdin, onStdout }) {
		signal.throwIfAborted();
		if (this.#gone.signal.aborted) throw this.#createDeath();
		const interactive = stdin === void 0 ? [] : ["--interactive"];
		const cli = startCli(this.#engine, [
			"exec",
			...interactive,
			this.#identity.name,
			...command
		]);
		const stderr = createStderr();
		cli.child.stderr.on("data", (chunk) => stderr.push(chunk));
		const taking = Promise.withResolvers();
		cli.child.stdout.on("data", (chunk) => {
			const taken = onStdout?.(chunk);
			if (taken === void 0) return;
			cli.child.stdout.pause();
			taken.then(() => cli.child.stdout.resume(), taking.reject);
		});
		const interruption = this.#interrupt(signal);
		const feeding = stdin === void 0 ? Promise.resolve(cli.child.stdin.end()) : feed(stdin, cli.child.stdin);
		const failure = new Promise((_, reject) => void feeding.catch(reject));
		try {
			const exitCode = await Promise.race([
				cli.ended,
				failure,
				taking.promise,
				interruption.promise
			]);
			if (exitCode !== 0) await this.#waitForEnd(signal);
			return this.#judge(exitCode, cli.startFailure() ?? stderr.toString());
		} finally {
			interruption.stop();
			cli.kill();
		}
	}
	describeEnd() {
		const end = this.#end;
		if (end === void 0) return void 0;
		if (end === "destroyed") return "was destroyed";
		const log = excerpt(this.#output.readLog());
		const words = log === "" ? "" : `: ${log}`;
		if (end === "unknown") return `was ended from outside, not by its own command${words}`;
		if (end.memoryKills > 0) return `ran out of memory (its limit is ${formatBytes(this.#identity.memoryBytes)})`;
		return `ended with ${describeStatus(end.status)}${words}`;
	}
	destroy() {
		this.#endWith("destroyed");
		return this.#removal ??= this.#remove();
	}
	#endWith(end) {
		this.#end ??= end;
		this.#gone.abort();
	}
	/** A promise that rejects when the signal fires, or some time after the sandbox ended, if the engine has not noticed by then. */
	#interrupt(signal) {
		const { promise, reject } = Promise.withResolvers();
		promise.catch(() => void 0);
		let timer;
		const gone = this.#gone.signal;
		const onAbort = () => reject(signal.reason);
		const onGone = () => {
			timer = setTimeout(() => reject(this.#createDeath()), LAST_WORDS_MS);
		};
		signal.addEventListener("abort", onAbort, { once: true });
		gone.addEventListener("abort", onGone, { once: true });
		const stop = () => {
			signal.removeEventListener("abort", onAbort);
			gone.removeEventListener("abort", onGone);
			clearTimeout(timer);
		};
		return {
			promise,
			stop
		};
	}
	/**
	* A client inside sees its server die before we hear of it. When the sandbox's command is not alive any more, returns only after the
	* sandbox has ended.
	*/
	async #waitForEnd(signal) {
		if (this.#gone.signal.aborted) return;
		const pid = await this.#started.promise ?? "";
		const probe = [
			"exec",
			this.#identity.name,
			"sh",
			"-c",
			IS_ALIVE,
			pid
		];
		if ((await runCli(this.#engine, probe, { signal })).exitCode === 0) return;
		const either = AbortSignal.any([signal, this.#gone.signal]);
		await setTimeout$1(END_TIMEOUT_MS, void 0, { signal: either }).catch(() => void 0);
		signal.throwIfAborted();
	}
	#judge(exitCode, stderr) {
		if (exitCode !== 0 && this.#gone.signal.aborted) throw this.#createDeath();
		if (this.#engine.isEngineFailure(exitCode, stderr)) throw new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not run a command in the sandbox: ${excerpt(stderr)}`);
		return {
			exitCode,
			stderr
		};
	}
	#createDeath() {
		return new LifeboatError("sandbox-died", `the sandbox ${this.describeEnd() ?? "ended"}`, { hint: "Most often a sandbox ends because memory runs out: use a runner with more memory, for example a self-hosted one." });
	}
	/** Again and again until the engine says that there is no such container, and its program, which may be about to make one, has ended. */
	async #remove() {
		const { name } = this.#identity;
		this.#main.child.stdin.end();
		const began = Date.now();
		for (;;) {
			const wasLast = this.#hasCliEnded;
			const remove = [
				"rm",
				...this.#engine.removeOptions,
				name
			];
			const { exitCode, stderr } = await runCli(this.#engine, remove, { timeoutMs: REMOVE_TIMEOUT_MS });
			const isGone = exitCode === 0 || isNoContainer(stderr) || this.#main.startFailure() !== void 0;
			if (isGone && wasLast) return;
			const passedMs = Date.now() - began;
			if (passedMs > CLI_PATIENCE_MS) this.#main.kill();
			if (passedMs > REMOVE_TIMEOUT_MS) throw this.#createRemovalFailure(stderr);
			await Promise.race([this.#main.ended, setTimeout$1(REMOVE_PAUSE_MS)]);
			if (!isGone) await setTimeout$1(REMOVE_PAUSE_MS);
		}
	}
	#createRemovalFailure(stderr) {
		const { name } = this.#identity;
		const remove = [
			this.#engine.name,
			"rm",
			"--force",
			"--volumes",
			name
		].join(" ");
		return new LifeboatError("sandbox-unavailable", `${this.#engine.name} could not remove the sandbox ${name}: ${excerpt(stderr)}`, { hint: `What was restored is still in it. Remove it with \`${remove}\`; otherwise a later run does.` });
	}
};
/** Both engines' words for a container that is not there (any more). */
function isNoContainer(stderr) {
	return /no such container|no container with name or id/i.test(stderr);
}
function startHint(said) {
	return /cgroup|resource limit|memory limit/i.test(said) ? "This machine lets this user set no memory limit for a container (rootless containers need cgroup v2 with delegation): run as root, or with the other engine (`sandbox`)." : "Make sure that this user can run a container with this engine, or choose the other engine with `sandbox`.";
}

// src/sandbox/images.ts
/** Throws `sandbox-image` with what the engine said of each. */
async function findImage(engine, references, signal) {
	for (const reference of references) {
		const { id } = await inspectImage(engine, reference, signal);
		if (id !== void 0) return {
			reference,
			id
		};
	}
	const reasons = [];
	for (const reference of references) {
		const pulled = await runCli(engine, [
			"pull",
			"--quiet",
			"--",
			reference
		], { signal });
		const { id, reason } = await inspectImage(engine, reference, signal);
		if (pulled.exitCode === 0 && id !== void 0) return {
			reference,
			id
		};
		reasons.push(`${reference}: ${lastLines(pulled.exitCode === 0 ? reason : pulled.stderr)}`);
	}
	throw new LifeboatError("sandbox-image", `${engine.name} has no image for the sandbox, and cannot pull one:\n${excerpt(reasons.join("\n"))}`, { hint: "Check that this machine reaches the registry of the image, or name one that is here or can be pulled in `sandbox-image`." });
}
async function inspectImage(engine, reference, signal) {
	const { exitCode, stdout, stderr } = await runCli(engine, [
		"image",
		"inspect",
		"--format",
		"{{.Id}}",
		"--",
		reference
	], { signal });
	const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
	if (exitCode !== 0 || hash === void 0) return { reason: stderr };
	return {
		id: `sha256:${hash}`,
		reason: ""
	};
}
function lastLines(text) {
	return text.trim().split("\n").slice(-3).join("\n");
}

// src/sandbox/main.sh
const text = "# The first process of a sandbox: POSIX sh (dash, bash, busybox), run as `sh -c THIS_TEXT MARK COMMAND...`. It lives as long as COMMAND\n# does, and COMMAND no longer than standard input, the other end of which the runner holds: however the runner dies, that ends.\n# Everything else in the container ends with its first process.\n#\n# Standard error  \"MARK started PID\", PID being COMMAND's; what COMMAND writes; \"MARK ended STATUS KILLS\", KILLS being how many processes the kernel killed for want\n#                 of memory\nexec 8<&0 </dev/null\n\"$@\" 8<&- &\ncommand=$!\n# A shell gives a background job an empty standard input unless it is told otherwise.\n(\n  while read -r _; do :; done\n  kill -KILL \"$command\"\n) <&8 >/dev/null 2>&1 &\nexec 8<&-\nprintf '\\n%s started %s\\n' \"$0\" \"$command\" >&2\n# Without the shell's own word on a command that was killed.\nwait \"$command\" 2>/dev/null\nstatus=$?\nkills=0\n# The kernel's control groups, version 2 and version 1.\nfor file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do\n  [ -r \"$file\" ] || continue\n  while read -r key value; do\n    if [ \"$key\" = oom_kill ]; then kills=$value; fi\n  done <\"$file\"\ndone\nprintf '\\n%s ended %s %s\\n' \"$0\" \"$status\" \"$kills\" >&2\nexit \"$status\"\n";

// src/sandbox/container-host.ts
/** Says which run a container belongs to; what has no such label is none of ours. */
const NAME_LABEL = "lifeboat.sandbox";
/** When it was made, in milliseconds since 1970. */
const STARTED_LABEL = "lifeboat.started";
/** How long after that it may run, in milliseconds. */
const LIFETIME_LABEL = "lifeboat.lifetime";
/** A database server with a thousand sessions has fewer; a fork bomb does not get far. */
const MAX_PROCESSES = 4096;
/** A container that does not run may be one that is just being started. */
const START_GRACE_MS = 6e5;
function createContainerHost(engine) {
	return {
		name: engine.name,
		findImage: (references, signal) => findImage(engine, references, signal),
		create: (options, signal) => createSandbox(engine, options, signal),
		sweep: (signal) => sweep(engine, signal)
	};
}
async function createSandbox(engine, options, signal) {
	signal.throwIfAborted();
	const identity = {
		name: `lifeboat-${options.name}-${randomBytes(4).toString("hex")}`,
		mark: `lifeboat-${randomBytes(16).toString("hex")}`,
		memoryBytes: options.memoryBytes
	};
	const main = startCli(engine, renderRun(engine, options, identity));
	const sandbox = new ContainerSandbox(engine, identity, main);
	try {
		await sandbox.start(signal);
	} catch (error) {
		await sandbox.destroy().catch(() => void 0);
		throw error;
	}
	return sandbox;
}
function renderRun(engine, { name: label, image, user, volume, command, memoryBytes, lifetimeMs }, { name, mark }) {
	const memory = String(memoryBytes);
	return [
		...[
			"run",
			"--rm",
			"--interactive",
			"--log-driver",
			"none",
			"--name",
			name
		],
		...["--label", `${NAME_LABEL}=${label}`],
		...["--label", `${STARTED_LABEL}=${Date.now()}`],
		...["--label", `${LIFETIME_LABEL}=${lifetimeMs}`],
		...[
			"--network",
			"none",
			"--ipc",
			"none",
			"--cap-drop",
			"ALL",
			"--security-opt",
			"no-new-privileges"
		],
		...[
			"--memory",
			memory,
			"--memory-swap",
			memory,
			"--pids-limit",
			String(MAX_PROCESSES)
		],
		...["--read-only", ...engine.runOptions],
		...[
			"--mount",
			`type=volume,dst=${volume}`,
			"--user",
			user,
			"--workdir",
			"/",
			"--no-healthcheck"
		],
		...[
			"--pull",
			"never",
			"--entrypoint",
			"/bin/sh",
			image.id,
			"-c",
			text,
			mark,
			...command
		]
	];
}
async function sweep(engine, signal) {
	const listed = await runCli(engine, [
		"ps",
		"--all",
		"--quiet",
		"--no-trunc",
		"--filter",
		`label=${NAME_LABEL}`
	], { signal });
	if (listed.exitCode !== 0) throw createSweepFailure(engine, "list", listed);
	const ids = listed.stdout.split("\n").filter((id) => id !== "");
	const problems = [];
	let count = 0;
	for (const id of ids) {
		if (!await isForgotten(engine, id, signal)) continue;
		const removed = await runCli(engine, [
			"rm",
			...engine.removeOptions,
			id
		], { signal });
		if (removed.exitCode === 0) count += 1;
		else if (!isNoContainer(removed.stderr)) problems.push(removed);
	}
	if (problems[0] !== void 0) throw createSweepFailure(engine, "remove", problems[0]);
	return count;
}
async function isForgotten(engine, id, signal) {
	const label = (name) => `{{index .Config.Labels "${name}"}}`;
	const format = `{{.State.Status}} ${label(STARTED_LABEL)} ${label(LIFETIME_LABEL)}`;
	const { exitCode, stdout } = await runCli(engine, [
		"container",
		"inspect",
		"--format",
		format,
		id
	], { signal });
	if (exitCode !== 0) return false;
	const [status = "", started, lifetime] = stdout.trim().split(" ");
	const isRunning = status === "running" || status === "paused";
	return Date.now() - Number(started) > (isRunning ? Number(lifetime) : START_GRACE_MS);
}
function createSweepFailure(engine, verb, { stderr }) {
	return new LifeboatError("sandbox-unavailable", `${engine.name} could not ${verb} the sandboxes that earlier runs left: ${excerpt(stderr)}`);
}

// src/sandbox/engine.ts
function dockerEngine(environment) {
	return {
		name: "docker",
		environment,
		runOptions: ["--tmpfs", "/tmp:rw,nosuid,nodev,noexec"],
		removeOptions: ["--force", "--volumes"],
		isEngineFailure: (exitCode, stderr) => exitCode === 1 && /^(?:Error response from daemon|Cannot connect to the Docker daemon)/m.test(stderr)
	};
}
function podmanEngine(environment) {
	return {
		name: "podman",
		environment,
		workingDirectory: process.platform === "linux" ? "/proc" : void 0,
		runOptions: [...["--http-proxy=false", "--read-only-tmpfs=false"], ...["--tmpfs", "/tmp:rw,nosuid,nodev,noexec,notmpcopyup"]],
		removeOptions: [
			"--force",
			"--volumes",
			"--time",
			"0"
		],
		isEngineFailure: (exitCode, stderr) => exitCode === 125 && /^Error: /m.test(stderr)
	};
}

// src/sandbox/find-host.ts
/** A daemon answers within a tenth of a second; one that was started by this very question needs some. */
const ANSWER_TIMEOUT_MS = 8e3;
/** `environment` is that of the engines' programs: this process's own when absent. */
function createFindSandboxHost(environment) {
	const engines = [dockerEngine(environment), podmanEngine(environment)];
	return async (choice, signal) => {
		const answers = [];
		for (const engine of engines) {
			if (choice !== "auto" && choice !== engine.name) continue;
			const problem = await findProblem(engine, signal);
			if (problem === void 0) return createContainerHost(engine);
			answers.push(`${engine.name}: ${problem}`);
		}
		throw new LifeboatError("sandbox-unavailable", `there is no container engine that a sandbox can be made with:\n${excerpt(answers.join("\n"))}`, { hint: HINTS[choice] });
	};
}
const HINTS = {
	auto: "Install Podman, or start Docker and let this user use it. GitHub-hosted Ubuntu runners have both.",
	docker: "Start Docker and let this user use it, or choose `sandbox: podman`.",
	podman: "Install Podman, or choose `sandbox: docker`."
};
/** Undefined when the engine can be used. */
async function findProblem(engine, signal) {
	const { exitCode, stdout, stderr } = await runCli(engine, ["version"], {
		signal,
		timeoutMs: ANSWER_TIMEOUT_MS
	});
	if (exitCode !== 0) {
		const said = stderr.trim();
		return said === "" ? `"${engine.name} version" ended with status ${exitCode}` : said;
	}
	return engine.name === "docker" && /podman engine/i.test(stdout) ? "the program of this name is Podman" : void 0;
}

export { createFindSandboxHost as t };