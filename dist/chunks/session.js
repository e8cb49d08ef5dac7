import { in as LifeboatError } from "./proxy.js";
import { t as shellQuote } from "./shell.js";
import { F as excerpt } from "./store-settings.js";
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";

// src/remote/marked-stream.ts
/**
* Yields the bytes before `marker`. The marker is the last thing in the stream at that moment, so only the tail is compared.
* When the stream ends before it, throws what `whyEnded` says.
*/
async function* readMarked(chunks, marker, whyEnded) {
	const end = Buffer.from(marker);
	let held = Buffer.alloc(0);
	for (;;) {
		const next = await nextChunk(chunks);
		if (next === void 0) throw await whyEnded();
		const bytes = held.length === 0 ? next : Buffer.concat([held, next]);
		const ready = bytes.length - countMarkerBytes(bytes, end);
		if (ready > 0) yield bytes.subarray(0, ready);
		held = bytes.subarray(ready);
		if (held.length === end.length) return;
	}
}
/** How many bytes at the end of `bytes` are the marker, or may be the beginning of it. */
function countMarkerBytes(bytes, marker) {
	for (let count = Math.min(bytes.length, marker.length); count > 0; count -= 1) if (bytes.compare(marker, 0, count, bytes.length - count) === 0) return count;
	return 0;
}
async function nextChunk(chunks) {
	try {
		const next = await chunks.next();
		return next.done === true ? void 0 : next.value;
	} catch {
		return;
	}
}

// src/remote/outcome.ts
/**
* The stage that is to blame: the last one that failed. Who writes to a program that ended fails with it, whatever status that
* gives; who reads from one sees an ordinary end. Without any, the first that did not say how it ended.
*/
function findCulprit(outcome) {
	const failed = [...outcome.statuses].filter(([, status]) => status !== 0).map(([stage, status]) => ({
		stage,
		status
	}));
	return failed.findLast(({ status }) => status !== void 0) ?? failed[0];
}
/** Stage under which session.sh reports the file system of the private directory when it is full. */
const FULL_DISK = "room";
function explainFullDisk({ label, stderr }) {
	const where = stderr.get(FULL_DISK)?.trim();
	if (where === void 0) return void 0;
	return new LifeboatError("target-home", `${label}: ${where} on the target is full`, { hint: `Nothing of this run counts. Look what fills it (df ${where}); Lifeboat itself needs a few megabytes there, more only for tens of thousands of tables.` });
}
function explainOutcome(outcome, taskStatus) {
	const culprit = findCulprit(outcome);
	const stage = culprit?.stage ?? "task";
	const how = culprit ? culprit.status === void 0 ? `${stage} was ended before it could report` : `${stage} ended with status ${culprit.status}${signalName(culprit.status)}` : `the script ended with status ${taskStatus}`;
	return new LifeboatError("target-stage-failed", `${outcome.label}: ${how}${quoteStderr(outcome, stage)}`, { hint: "Nothing of this run counts. The lines above are what the program itself said." });
}
/** What a stage wrote to standard error, on lines of its own; empty when it wrote nothing. */
function quoteStderr(outcome, stage) {
	const text = excerpt(outcome.stderr.get(stage) ?? "");
	return text === "" ? "" : `:\n${text}`;
}
function signalName(status) {
	const names = {
		137: "killed",
		141: "its reader ended",
		143: "terminated"
	};
	return names[status] === void 0 ? "" : ` (${names[status]})`;
}

// src/remote/refusal.ts
/** `words` as session.sh sends them: a kind, and what belongs to it. */
function explainRefusal(words) {
	const [kind, ...rest] = words.split(" ");
	const detail = rest.join(" ");
	switch (kind) {
		case "busy": return new LifeboatError("target-busy", `another run holds the lock on the target: ${detail || "it does not say which"}`, { hint: "Wait until it has ended. A run whose runner is gone ends within a minute by itself." });
		case "tools": return new LifeboatError("target-tool-missing", `the target lacks ${rest.join(", ")}`, { hint: `On Debian and Ubuntu: apt-get install ${debianPackages(rest).join(" ")}` });
		case "home": return new LifeboatError("target-home", `the target ${detail}`, { hint: "The SSH user needs a home directory that it can write to, and a writable /dev/shm or /tmp." });
		default: return new LifeboatError("target-protocol", `the target refused to start: ${words}`);
	}
}
const DEBIAN_PACKAGE = {
	mariadb: "mariadb-client",
	"mariadb-dump": "mariadb-client",
	flock: "util-linux",
	grep: "grep",
	sed: "sed",
	zstd: "zstd",
	gpg: "gpg"
};
function debianPackages(tools) {
	return [...new Set(tools.map((tool) => DEBIAN_PACKAGE[tool] ?? "coreutils"))];
}

// src/remote/report-reader.ts
/** Noise of a login shell that is kept for an error message. */
const MAX_NOISE_LENGTH = 500;
/** Of standard error, for each stage: session.sh sends less than 9 kB; what is longer does not come from it. */
const MAX_STDERR_LENGTH = 65536;
const CUT_MARK = "[... more was sent than is kept ...]\n";
var ReportReader = class {
	noise = "";
	#prefix;
	#started = quiet(Promise.withResolvers());
	#pending = /* @__PURE__ */ new Map();
	constructor(stderr, nonce) {
		this.#prefix = `${nonce} `;
		stderr.on("error", () => void 0);
		createInterface({
			input: stderr,
			crlfDelay: 1e400
		}).on("line", (line) => {
			this.#read(line);
		});
	}
	/** The first report: ready, or refused with the reason. */
	start(timeoutMs) {
		return withTimeout(this.#started.promise, timeoutMs, () => this.#silent("did not start"));
	}
	expect(task) {
		const done = quiet(Promise.withResolvers());
		this.#pending.set(task, {
			statuses: /* @__PURE__ */ new Map(),
			reports: [],
			stderr: /* @__PURE__ */ new Map(),
			done
		});
	}
	async done(task, timeoutMs) {
		const pending = this.#pending.get(task);
		if (!pending) throw new TypeError(`task ${task} was not announced`);
		try {
			return await withTimeout(pending.done.promise, timeoutMs, () => this.#silent("did not report on a task"));
		} finally {
			this.#pending.delete(task);
		}
	}
	/** Nothing more will come. */
	fail(error) {
		this.#started.reject(error);
		for (const pending of this.#pending.values()) pending.done.reject(error);
	}
	#read(line) {
		if (!line.startsWith(this.#prefix)) {
			if (this.noise.length < MAX_NOISE_LENGTH) this.noise += `${line.slice(0, MAX_NOISE_LENGTH)}\n`;
			return;
		}
		const [word, taskNumber, name, ...rest] = line.slice(this.#prefix.length).split(" ");
		if (word === "ready") this.#started.resolve({});
		if (word === "refused") this.#started.resolve({ refused: line.slice(this.#prefix.length + 8) });
		const pending = this.#pending.get(Number(taskNumber));
		if (!pending || name === void 0) return;
		if (word === "report") pending.reports.push({
			name,
			value: rest.join(" ")
		});
		if (word === "status") pending.statuses.set(name, parseStatus(rest[0]));
		if (word === "stderr") this.#keepStderr(pending, name, rest.join(" "));
		if (word === "done") {
			const { statuses, reports, stderr } = pending;
			pending.done.resolve({
				status: parseStatus(name),
				statuses,
				reports,
				stderr
			});
		}
	}
	#keepStderr(pending, stage, line) {
		const kept = pending.stderr.get(stage) ?? "";
		if (kept.endsWith(CUT_MARK)) return;
		pending.stderr.set(stage, `${kept}${kept.length + line.length > MAX_STDERR_LENGTH ? CUT_MARK : `${line}\n`}`);
	}
	#silent(what) {
		return new LifeboatError("ssh-timeout", `the shell on the target ${what}${this.noise === "" ? "" : `; it said: ${this.noise.trim()}`}`, { hint: "Lifeboat needs a user whose login shell runs commands (`ssh user@host true` must work without a terminal)." });
	}
};
/** A status that is not a number counts as a failure. */
function parseStatus(text) {
	return text !== void 0 && /^\d{1,3}$/.test(text) ? Number(text) : 255;
}
/** Rejected before anybody waits, it must not become an unhandled rejection. */
function quiet(resolvers) {
	resolvers.promise.catch(() => void 0);
	return resolvers;
}
async function withTimeout(promise, timeoutMs, error) {
	const { promise: late, reject } = Promise.withResolvers();
	const timer = setTimeout(() => reject(error()), timeoutMs);
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

// src/remote/session.sh
const text = "# The shell that works for one session on the target: POSIX sh (dash, bash, busybox). The runner sends this text over standard\n# input; nothing of it is in argv, nothing is written outside the private directory and the lock.\n#\n# Set before this text: NONCE (random, marks every line of ours), LOCK_NAME, HOLDER, TOOLS, TIMEOUT_S; by a sealed task LEVEL and\n# ENCRYPT_ON.\n# shellcheck disable=SC2317,SC2034  # the functions and variables that tasks use are reached through eval\n# shellcheck disable=SC2154\n#\n# Standard input   lines: \"$NONCE beat\", \"task N\" + script + \"$NONCE\", \"quit\"; its end is the end of the session\n# Standard output  \"$NONCE ready\", then for each task its payload and \"$NONCE end N\"\n# Standard error   report lines \"$NONCE word …\"; everything else there is noise of the login shell\n#\n# What it takes to leave nothing behind when the connection dies at any moment: pipelines run in the background, because a trap\n# runs only after a foreground command; the shell is the leader of its process group (sshd made it so, and the boot line execs),\n# so one kill reaches everything; standard input is read by one process alone, and its end or a silence of 60 s kills the group.\nset -u\nLOGIN_UMASK=$(umask)\numask 077\nLC_ALL=C\nexport LC_ALL\nexec 3>&2\n# What a start-up file of the login shell printed last may lack its end of line.\necho >&3\nsay() { printf '%s %s\\n' \"$NONCE\" \"$*\" >&3; }\nrefuse() { say \"refused $*\"; exit 90; }\n\n# --- tools ---------------------------------------------------------------------------------------------------------------\nmissing=\nfor tool in mktemp mkfifo mkdir cat rm sleep tee head tail wc tr id find nice flock $TOOLS; do\n  command -v \"$tool\" >/dev/null 2>&1 || missing=\"$missing $tool\"\ndone\n[ -z \"$missing\" ] || refuse \"tools$missing\"\n\n# --- lock ----------------------------------------------------------------------------------------------------------------\nmkdir -p \"${HOME:=/nonexistent}/.lifeboat\" 2>/dev/null || refuse \"home cannot create $HOME/.lifeboat\"\n# Whoever else may write there could make the lock a link to any file of this user.\n[ -n \"$(find \"$HOME/.lifeboat/.\" -prune -user \"$(id -u)\" ! -perm -020 ! -perm -002 2>/dev/null)\" ] ||\n  refuse \"home lets others than this user write to $HOME/.lifeboat\"\n{ exec 9>>\"$HOME/.lifeboat/$LOCK_NAME.lock\"; } 2>/dev/null || refuse \"home cannot write $HOME/.lifeboat/$LOCK_NAME.lock\"\nflock -n 9 || refuse \"busy $(head -c 200 \"$HOME/.lifeboat/$LOCK_NAME.lock\" 2>/dev/null)\"\nprintf '%s\\n' \"$HOLDER\" >\"$HOME/.lifeboat/$LOCK_NAME.lock\"\n\n# --- private directory ---------------------------------------------------------------------------------------------------\n# In memory where there is room; a container's /dev/shm may be missing, or full.\nD=\nfor base in /dev/shm /tmp; do\n  if ! [ -d \"$base\" ] || ! [ -w \"$base\" ]; then continue; fi\n  # What a power cut or a SIGKILL of everything left; nothing of ours lives for a day.\n  find \"$base\" -maxdepth 1 -name 'lifeboat.??????????' -user \"$(id -u)\" -mmin +1440 -exec rm -rf {} + 2>/dev/null\n  D=$(mktemp -d \"$base/lifeboat.XXXXXXXXXX\" 2>/dev/null) || continue\n  { head -c 1048576 /dev/zero >\"$D/room\"; } 2>/dev/null && rm \"$D/room\" && break\n  rm -rf \"$D\"\n  D=\ndone\n[ -n \"$D\" ] || refuse 'home cannot create a directory with 1 MiB of room below /dev/shm or /tmp'\n\n# Whether one process is left of the group besides this shell; zombies are gone. Without /proc the answer is no.\nis_alone() {\n  members=0\n  for stat in /proc/[0-9]*/stat; do\n    read -r line <\"$stat\" || continue\n    # After the program's name, which may hold anything: state, parent, group.\n    rest=${line##*) }\n    case $rest in [ZX]*) continue ;; esac\n    rest=${rest#* * }\n    [ \"${rest%% *}\" != \"$$\" ] || [ \"${line%% *}\" = \"$$\" ] || members=$((members + 1))\n  done\n  [ \"$members\" = 1 ]\n}\n\n# --- the user's commands -------------------------------------------------------------------------------------------------\n# They get what a log-in would give them, and nothing of ours. All that they print is standard error.\nrun_before() { (umask \"$LOGIN_UMASK\" && exec sh \"$D/before\" </dev/null >&2 9>&-); }\n\n# run_after [GROUP]: in a session of its own, which no kill of our group reaches, and which keeps the lock; once that group is gone.\nrun_after() {\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  (\n    trap - HUP INT TERM PIPE\n    exec setsid sh -c '\n      : >\"$1/left\"\n      n=0\n      while [ -n \"$4\" ] && kill -0 \"-$4\" 2>/dev/null && [ \"$n\" -lt 100 ]; do n=$((n + 1)); sleep 0.1; done\n      umask \"$2\"\n      timeout -s KILL \"$3\" sh /dev/fd/8 >&2 9>&-\n      exit \"$?\"\n    ' after \"$D\" \"$LOGIN_UMASK\" \"$AFTER_S\" \"${1:-}\" 8<\"$D/after\" </dev/null\n  )\n}\nAFTER_S=300\n\n# Done once: by the task at the end of the work, or else by whoever ends the session, however it comes to its end.\ntake_after() { rmdir \"$D/after_is_due\" 2>/dev/null; }\nleave_after() {\n  take_after || return 0\n  run_after $$ >/dev/null 2>&1 3>&- 4<&- 5<&- &\n  n=0\n  until [ -e \"$D/left\" ] || [ \"$n\" -ge 20 ]; do n=$((n + 1)); sleep 0.1; done\n}\n\n# Ends everything that this session started. Who takes no notice of TERM, or is stopped, or was born too late to get it, is\n# killed a second later, by one who stays behind for that and ends with the rest; a file that slips in between goes then, too.\nfinish() {\n  trap '' HUP INT TERM PIPE\n  leave_after\n  (\n    sleep 0.1\n    # Whoever is gone by now may have written on its way out, as gpg does.\n    if is_alone; then rm -rf \"$D\"; else sleep 1; rm -rf \"$D\"; kill -KILL -$$; fi\n  ) </dev/null >/dev/null 2>&1 3>&- 4<&- 9>&- &\n  kill -TERM -$$ 2>/dev/null\n  rm -rf \"$D\" 2>/dev/null\n}\ndie() { finish; exit 91; }\ntrap die HUP INT TERM\n# Caught, not ignored: programs started later get the default back, and this shell survives a report that nobody reads.\ntrap : PIPE\nmkdir \"$D/gpg\"\nmkfifo \"$D/commands\" || { say \"refused home cannot create a FIFO in $D\"; die; }\n\n# --- lifelines: quiet processes that hold neither the payload's pipe nor the report's -------------------------------------\nexec 4<&0 </dev/null\nend_all() { kill -TERM $$; sleep 5; leave_after; rm -rf \"$D\"; kill -KILL -$$; }\n: >\"$D/beat\"\n(\n  trap - HUP INT TERM PIPE\n  exec >/dev/null 2>&1 3>&- 9>&- 8>\"$D/commands\"\n  while IFS= read -r line <&4; do\n    case $line in\n    \"$NONCE beat\") : >\"$D/beat\" ;;\n    *) printf '%s\\n' \"$line\" >&8 ;;\n    esac\n  done\n  # Whoever reads the commands sees their end now.\n  exec 8>&-\n  end_all\n) &\n(\n  # The runner beats every 15 s; three checks in a row without a beat are 45 to 60 s of silence.\n  trap - HUP INT TERM PIPE\n  exec >/dev/null 2>&1 3>&- 4<&- 9>&-\n  silent=0\n  while sleep 15; do\n    if [ -e \"$D/beat\" ]; then rm -f \"$D/beat\"; silent=0; else silent=$((silent + 1)); fi\n    [ \"$silent\" -lt 3 ] || break\n  done\n  end_all\n) &\n(\n  trap - HUP INT TERM PIPE\n  exec >/dev/null 2>&1 3>&- 4<&- 9>&-\n  sleep \"$TIMEOUT_S\"\n  end_all\n) &\nexec 4<&- 5<\"$D/commands\"\n\n# --- what tasks may use --------------------------------------------------------------------------------------------------\n# What works on the bytes gives way to what produces them, and to everything else on this machine.\nrun_gpg() { nice gpg --no-options --homedir \"$D/gpg\" --batch --no-tty --quiet --no-autostart --lock-never \"$@\"; }\n\n# SHA-256 of standard input in hex; libgcrypt uses the processor's instructions, sha256sum does so only in newer coreutils.\nif run_gpg --print-md SHA256 </dev/null >/dev/null 2>&1; then\n  hash_stdin() { run_gpg --print-md SHA256 | tr -d ' \\n' | tr A-F a-f; }\n  HASHER=\"nice gpg --no-options --homedir $D/gpg --batch --no-tty --quiet --no-autostart --lock-never --print-md SHA256\"\nelse\n  hash_stdin() { nice sha256sum | head -c 64; }\n  HASHER='nice sha256sum'\nfi\n\nreport() { say \"report $TASK $*\"; }\n\n# report_line NAME FILE: its first line, with no program started for it.\nreport_line() {\n  reported=\n  IFS= read -r reported <\"$2\" || :\n  report \"$1\" \"$reported\"\n}\n\n# Beginning and end of a standard error that may be endless; that something is missing between them is said, because it may be\n# what matters.\nkeep_ends() {\n  head -c 4096\n  tail -c 4097 >\"$D/end.$stage_name\"\n  [ -s \"$D/end.$stage_name\" ] || return 0\n  if [ \"$(wc -c <\"$D/end.$stage_name\")\" -gt 4096 ]; then\n    printf '\\n[... more was written than is kept ...]\\n'\n    tail -c 4096 \"$D/end.$stage_name\"\n  else\n    cat \"$D/end.$stage_name\"\n  fi\n}\n\n# stage NAME COMMAND…: the exit status and the standard error are kept; a stage without a status has failed.\nstage() {\n  stage_name=$1\n  shift\n  {\n    { \"$@\" 3>&- 6>&-; echo $? >\"$D/status.$stage_name\"; } 2>&1 >&6 6>&- | keep_ends >\"$D/err.$stage_name\" 3>&- 6>&-\n  } 6>&1\n  read -r stage_status <\"$D/status.$stage_name\" || stage_status=1\n  return \"$stage_status\"\n}\n\nencrypt_stdin() {\n  # --rfc4880 comes last of the compliance options: integrity-protected version 1, which every gpg reads, whatever the keys say.\n  set -- --no-options\n  for key in \"$D\"/recipient.*; do set -- \"$@\" --recipient-file \"$key\"; done\n  run_gpg \"$@\" --trust-model always --rfc4880 --compress-algo none -z 0 --cipher-algo AES256 --set-filename '' --encrypt --output -\n}\n\n# seal: compresses, and encrypts where the runner does not; the SHA-256 of what is sent is taken on the way out.\nseal() {\n  mkfifo \"$D/sealed.$TASK\" || return 1\n  { hash_stdin <\"$D/sealed.$TASK\" >\"$D/sha256.$TASK\"; echo $? >\"$D/status.hash\"; } 2>\"$D/err.hash\" 3>&- >/dev/null &\n  hash_pid=$!\n  case $ENCRYPT_ON in\n  target) stage compress nice zstd -q \"-$LEVEL\" -c | stage encrypt encrypt_stdin ;;\n  runner) stage compress nice zstd -q \"-$LEVEL\" -c ;;\n  esac | stage send nice tee \"$D/sealed.$TASK\"\n  # A tee that died early never opened the FIFO, and its reader would wait for it: opened for both, it has had a writer.\n  : <>\"$D/sealed.$TASK\"\n  wait \"$hash_pid\"\n  report_line sha256 \"$D/sha256.$TASK\"\n}\n\n# --- tasks ---------------------------------------------------------------------------------------------------------------\n# One read a byte at a time, as the shell does from a pipe: it never swallows what comes after.\nread_script() {\n  while IFS= read -r line <&5; do\n    [ \"$line\" = \"$NONCE\" ] && return 0\n    printf '%s\\n' \"$line\"\n  done\n  return 1\n}\n\nsay_stderr() {\n  for file in \"$D\"/err.*; do\n    [ -s \"$file\" ] || continue\n    while IFS= read -r line || [ -n \"$line\" ]; do\n      say \"stderr $TASK ${file##*/err.} $line\"\n    done <\"$file\"\n  done\n}\n\nprintf '%s ready\\n' \"$NONCE\"\nsay ready\nwhile IFS= read -r line <&5; do\n  case $line in\n  'task '*)\n    TASK=${line#task }\n    script=$(read_script) || die\n    (\n      trap - HUP INT TERM PIPE\n      exec 5<&-\n      eval \"$script\"\n    ) 2>\"$D/err.task\" &\n    wait $!\n    task_status=$?\n    script=\n    printf '%s end %s\\n' \"$NONCE\" \"$TASK\"\n    # A full disk explains everything else that is missing, statuses included.\n    { head -c 4096 /dev/zero >\"$D/room\"; } 2>/dev/null || say \"stderr $TASK room $base\"\n    for file in \"$D\"/status.*; do\n      [ -e \"$file\" ] || continue\n      status=\n      read -r status <\"$file\" || :\n      say \"status $TASK ${file##*/status.} $status\"\n    done\n    say_stderr\n    rm -f \"$D/room\" \"$D\"/status.* \"$D\"/err.* \"$D\"/end.* \"$D\"/recipient.* \"$D\"/sealed.* \"$D\"/sha256.*\n    say \"done $TASK $task_status\"\n    ;;\n  quit) break ;;\n  esac\ndone\nsay bye\nfinish\nexit 0\n";

// src/remote/session.ts
/** How often the runner says that it is alive; session.sh gives up after three checks of this length without a beat. */
const BEAT_INTERVAL_MS = 15e3;
/** From the first byte of the script to "ready": a login shell's start-up files and a slow disk included. */
const READY_TIMEOUT_MS = 6e4;
/** From the end of a payload to the report on its stages: hashing what is still in a pipe. */
const REPORT_TIMEOUT_MS = 6e4;
/** What `close` waits for the target to clear up. */
const CLOSE_TIMEOUT_MS = 3e3;
/** Above what session.sh enforces itself, for the case that it cannot. */
const DEADLINE_GRACE_MS = 6e4;
/** The largest output of a task that is kept in memory; a catalogue of 100,000 objects has about 40 MB. */
const MAX_TASK_OUTPUT_BYTES = 268435456;
/**
* The one command line of a session: reads the script up to a random line, byte by byte, so that nothing after it is swallowed. A
* script that does not arrive whole is not run at all.
*/
function bootCommand(boundary) {
	return `exec /bin/sh -c 'LC_ALL=C; export LC_ALL; S=$(while IFS= read -r l; do [ "$l" = ${boundary} ] && exit; printf "%s\\n" "$l"; done; exit 1) && eval "$S"'`;
}
function randomBoundary() {
	return randomBytes(16).toString("hex");
}
/** Runs session.sh in a channel whose command is `bootCommand(boundary)`. Throws as `Remote.open` does. */
async function startSession(channel, boundary, options, hostKeyFingerprint, signal) {
	const session = new ShellSession(channel, options, hostKeyFingerprint, signal);
	try {
		await session.start(boundary);
	} catch (error) {
		await session.close();
		throw error;
	}
	return session;
}
var ShellSession = class {
	hostKeyFingerprint;
	#nonce = randomBoundary();
	#channel;
	#options;
	#signal;
	#reports;
	#chunks;
	#timers = [];
	#onAbort = () => void this.close();
	#failure;
	#taskNumber = 0;
	#closing;
	constructor(channel, options, hostKeyFingerprint, signal) {
		this.#channel = channel;
		this.#options = options;
		this.hostKeyFingerprint = hostKeyFingerprint;
		this.#signal = signal;
		this.#reports = new ReportReader(channel.stderr, this.#nonce);
		this.#chunks = channel.stdout[Symbol.asyncIterator]();
		channel.stdin.on("error", () => void 0);
		channel.closed.then((end) => {
			this.#failure ??= this.#lost(end);
			this.#reports.fail(this.#failure);
			this.#clearTimers();
		});
		signal.addEventListener("abort", this.#onAbort, { once: true });
	}
	async start(boundary) {
		this.#signal.throwIfAborted();
		const { lockName, holder, tools, timeoutMs } = this.#options;
		const settings = {
			NONCE: this.#nonce,
			LOCK_NAME: lockName,
			HOLDER: holder,
			TOOLS: tools.join(" "),
			TIMEOUT_S: String(Math.ceil(timeoutMs / 1e3))
		};
		const assignments = Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}\n`);
		this.#write(`${assignments.join("")}${text}\n${boundary}\n`);
		this.#every(BEAT_INTERVAL_MS, () => this.#write(`${this.#nonce} beat\n`));
		this.#after(timeoutMs + DEADLINE_GRACE_MS, () => {
			this.#fail(new LifeboatError("ssh-timeout", `the run reached its timeout of ${Math.round(timeoutMs / 6e4)} minutes`));
		});
		const noise = this.#skipNoise();
		noise.catch(() => void 0);
		const start = await this.#reports.start(READY_TIMEOUT_MS);
		if (start.refused !== void 0) throw explainRefusal(start.refused);
		await noise;
	}
	async run(task, explain) {
		const number = this.#send(task, "");
		const chunks = [];
		let sizeBytes = 0;
		for await (const chunk of this.#payload(number)) {
			sizeBytes += chunk.length;
			if (sizeBytes > 268435456) throw this.#fail(new LifeboatError("target-protocol", `${task.label}: the target sent more than was asked for`));
			chunks.push(chunk);
		}
		const { reports, stderr } = await this.#settle(task, number, explain);
		return {
			stdout: Buffer.concat(chunks),
			reports,
			stderr
		};
	}
	seal(task, explain) {
		const encrypt = task.recipients === null ? [] : ["encrypt"];
		const stages = [
			...task.stages,
			"compress",
			...encrypt,
			"send",
			"hash"
		];
		const settled = Promise.withResolvers();
		settled.promise.catch(() => void 0);
		return {
			bytes: this.#sealed({
				...task,
				stages
			}, explain, settled),
			result: settled.promise
		};
	}
	async *#sealed(task, explain, settled) {
		try {
			const number = this.#send(task, sealingPreamble(task));
			const hash = createHash("sha256");
			for await (const chunk of this.#payload(number)) {
				hash.update(chunk);
				yield chunk;
			}
			const outcome = await this.#settle(task, number, explain);
			const sha256 = hash.digest("hex");
			const sent = outcome.reports.find((report) => report.name === "sha256")?.value;
			if (sent !== sha256) throw new LifeboatError("hash-mismatch", `${task.label}: the target sent bytes with SHA-256 ${sent ?? "(none)"}, what arrived has ${sha256}`, { hint: "Nothing of this run counts. Run it again; if it happens twice, suspect the memory of one of the two machines." });
			settled.resolve({
				sha256,
				reports: outcome.reports,
				stderr: outcome.stderr
			});
		} catch (error) {
			settled.reject(error);
			throw error;
		}
	}
	close() {
		this.#closing ??= this.#close();
		return this.#closing;
	}
	async #close() {
		this.#signal.removeEventListener("abort", this.#onAbort);
		this.#clearTimers();
		if (this.#signal.aborted) this.#failure ??= new LifeboatError("cancelled", "the run was cancelled");
		this.#channel.stdin.end("quit\n");
		this.#drain();
		const { promise: waited, resolve } = Promise.withResolvers();
		const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS, void 0);
		await Promise.race([this.#channel.closed, waited]);
		clearTimeout(timer);
		this.#channel.destroy();
	}
	/** Through the iterator: while it exists, `resume` has no effect, and a stream that is not read to its end never closes. */
	async #drain() {
		try {
			while ((await this.#chunks.next()).done !== true);
		} catch {}
	}
	/** Takes what start-up files of the login shell print before the session's own first line. */
	async #skipNoise() {
		const noise = readMarked(this.#chunks, `${this.#nonce} ready\n`, () => this.#ended());
		while ((await noise.next()).done !== true);
	}
	/** Sends a task and returns its number. */
	#send(task, preamble) {
		if (this.#failure) throw this.#failure;
		this.#taskNumber += 1;
		this.#reports.expect(this.#taskNumber);
		this.#write(`task ${this.#taskNumber}\n${preamble}${task.script}\n${this.#nonce}\n`);
		return this.#taskNumber;
	}
	#payload(number) {
		return readMarked(this.#chunks, `${this.#nonce} end ${number}\n`, () => this.#ended());
	}
	/** Waits for the report on a task and throws unless every stage ended with 0. */
	async #settle(task, number, explain) {
		const report = await this.#reports.done(number, REPORT_TIMEOUT_MS);
		const outcome = {
			label: task.label,
			statuses: new Map(task.stages.map((stage) => [stage, report.statuses.get(stage)])),
			reports: report.reports,
			stderr: report.stderr
		};
		if (!(report.status === 0 && [...outcome.statuses.values()].every((status) => status === 0))) throw explainFullDisk(outcome) ?? explain?.(outcome) ?? explainOutcome(outcome, report.status);
		return outcome;
	}
	/** The channel's output ended in the middle of something: why? */
	async #ended() {
		const end = await this.#channel.closed;
		return this.#failure ?? this.#lost(end);
	}
	#lost({ exitCode, error }) {
		const how = exitCode === void 0 ? `${error?.message ?? "The connection broke."} The target was at work then` : `the shell on the target ended early, with status ${exitCode}, while it was at work`;
		const noise = this.#reports.noise.trim();
		const advice = error instanceof LifeboatError && error.hint !== void 0 ? `${error.hint} ` : "";
		return new LifeboatError("ssh-lost", noise === "" ? `${how}.` : `${how}; it said: ${noise}`, {
			hint: `${advice}Nothing of this run counts, and what it left on the target ends by itself within a minute.`,
			cause: error
		});
	}
	#fail(error) {
		this.#failure ??= error;
		this.#reports.fail(error);
		this.#channel.destroy();
		return error;
	}
	#write(text) {
		if (this.#channel.stdin.writable) this.#channel.stdin.write(text);
	}
	#every(intervalMs, action) {
		this.#timers.push(setInterval(action, intervalMs).unref());
	}
	#after(delayMs, action) {
		this.#timers.push(setTimeout(action, delayMs).unref());
	}
	#clearTimers() {
		for (const timer of this.#timers) clearTimeout(timer);
	}
};
/** What `seal` has to know. */
function sealingPreamble({ recipients, compression }) {
	const keys = (recipients ?? []).map((key, index) => `printf '%s\\n' ${shellQuote(key)} >"$D/recipient.${index}"\n`);
	const encryptOn = recipients === null ? "runner" : "target";
	return `LEVEL=${compression.level}\nENCRYPT_ON=${encryptOn}\n${keys.join("")}`;
}

export { randomBoundary as n, startSession as r, bootCommand as t };