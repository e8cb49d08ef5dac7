import { n as nearestName, t as doctorDeclaration } from "./inputs.js";
import { Gt as LifeboatError, Ut as showUnseen, Wt as ERROR_CODES, gt as LOG_LEVELS } from "./target.js";
import { a as formatSentence, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { t as dumpDeclaration } from "./inputs2.js";
import { t as fetchDeclaration } from "./inputs3.js";
import { r as initDeclaration } from "./inputs4.js";
import { t as listDeclaration } from "./inputs5.js";
import { t as restoreDeclaration } from "./inputs6.js";
import { t as restoreFilesDeclaration } from "./inputs7.js";
import { t as restoreTestDeclaration } from "./inputs8.js";
import { t as shipBinlogsDeclaration } from "./inputs9.js";
import { t as syncStorageDeclaration } from "./inputs10.js";
import { hostname, tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

// src/platform/environment.ts
/** Prefixes of variables that carry inputs. */
const INPUT_PREFIXES = ["INPUT_", "LIFEBOAT_"];
/** Tokens that runners and workflows put into the environment; no action needs one of them there. */
const SECRET_VARIABLES = [
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN",
	"ACTIONS_RUNTIME_TOKEN",
	"ACTIONS_ID_TOKEN_REQUEST_TOKEN",
	"GITHUB_TOKEN",
	"GH_TOKEN"
];
/** Shorter values are equal by chance: a password `root` and a user of that name. */
const MIN_COPIED_SECRET_CHARACTERS = 8;
function readEnvironment(variables = { ...process.env }) {
	return {
		variables,
		isHostedRunner: variables["RUNNER_ENVIRONMENT"] === "github-hosted",
		temporaryBase: variables["RUNNER_TEMP"] ?? tmpdir(),
		summaryPath: variables["GITHUB_STEP_SUMMARY"],
		origin: describeOrigin(variables),
		documentationBase: findDocumentation(variables),
		ambientCredentials: readAmbientCredentials(variables),
		idTokenRequest: readIdTokenRequest(variables)
	};
}
/** Deletes variables with inputs, known tokens, and whatever holds one of these secrets under any name. */
function deleteSecrets(secrets, variables = process.env) {
	const copies = new Set(secrets.map((secret) => secret.trim()).filter((secret) => secret.length >= MIN_COPIED_SECRET_CHARACTERS));
	for (const [name, value] of Object.entries(variables)) if (INPUT_PREFIXES.some((prefix) => name.startsWith(prefix)) || SECRET_VARIABLES.includes(name) || copies.has(value?.trim() ?? "")) Reflect.deleteProperty(variables, name);
}
function readAmbientCredentials(variables) {
	const accessKeyId = variables["AWS_ACCESS_KEY_ID"];
	const secretAccessKey = variables["AWS_SECRET_ACCESS_KEY"];
	const sessionToken = variables["AWS_SESSION_TOKEN"];
	if (!accessKeyId || !secretAccessKey) return void 0;
	return {
		accessKeyId,
		secretAccessKey,
		...sessionToken ? { sessionToken } : {}
	};
}
function readIdTokenRequest(variables) {
	const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = variables;
	return url && token && URL.canParse(url) ? {
		url,
		token
	} : void 0;
}
function describeOrigin(variables) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
	if (server && repository && run) return `${server}/${repository}/actions/runs/${run}/attempts/${variables["GITHUB_RUN_ATTEMPT"] ?? "1"}`;
	return `process ${process.pid} on ${hostname()}`;
}
/** The repository that the runner took the action from; a path where it does not say. */
function findDocumentation(variables) {
	const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = variables;
	return /^https?:\/\/[\w.:-]+$/.test(server ?? "") && /^[\w.-]+\/[\w.-]+$/.test(repository ?? "") && /^[\w./-]+$/.test(ref ?? "") ? `${server ?? ""}/${repository ?? ""}/blob/${ref ?? ""}/` : "";
}

// src/platform/sources.ts
/** Values that must never be printed: every secret input, and a private key that was put into any other. */
function findSecrets(declaration, source) {
	return [...Object.entries(declaration).flatMap(([name, { isSecret }]) => {
		const value = source.read(name) ?? "";
		return isSecret || /PRIVATE KEY/.test(value) ? [value] : [];
	}), ...source.leaked].filter((value) => value.trim() !== "");
}
/**
* Variables that look like inputs but are none. One whose name is near to an input's was meant to be it: a backup must not run
* without. Any other may belong to something else.
*/
function findUnknownVariables(variables, prefix, toVariable, known) {
	const expected = new Set(known.map(toVariable));
	const unknown = Object.entries(variables).filter(([name, value]) => name.startsWith(prefix) && !expected.has(name) && value?.trim() !== "").map(([name]) => name);
	const problems = [];
	const warnings = [];
	for (const variable of unknown) {
		const name = variable.slice(prefix.length).toLowerCase().replaceAll("_", "-");
		const nearest = nearestName(name, known);
		if (nearest === void 0) warnings.push(`The variable ${variable} is no input of Lifeboat; it is not used.`);
		else problems.push({
			input: name,
			what: "there is no such input",
			fix: `Did you mean \`${nearest}\`?`
		});
	}
	return {
		problems,
		warnings
	};
}

// src/domain/exit-codes.ts
const EXIT_CODES = {
	good: [0, "Good: everything was done."],
	failed: [1, "Failed: the run did not do what it was asked to do."],
	configuration: [2, "Configuration: inputs are missing or wrong; nothing was contacted."],
	incomplete: [3, "Incomplete: done, but not everything could be read."],
	red: [4, "Red verdict: what was examined is not as it should be."],
	busy: [5, "Busy: another run of the same action is at work on the target."],
	cancelled: [130, "Cancelled: the run was told to stop, and undid what it had begun."]
};
const OUTCOMES = {
	configuration: "configuration",
	target: "failed",
	store: "failed",
	encryption: "failed",
	integrity: "failed",
	sandbox: "failed",
	"restore-test": "red",
	stale: "red",
	cancelled: "cancelled"
};
/** How a run ends that fails with this error. */
function outcomeOf(code) {
	if (code === "storage-incomplete") return "incomplete";
	return code === "target-busy" ? "busy" : OUTCOMES[ERROR_CODES[code][0]];
}
function exitCodeOf(outcome) {
	return EXIT_CODES[outcome][0];
}

// src/platform/failure.ts
const TROUBLESHOOTING_PAGE = "docs/troubleshooting.md";
const TITLES = {
	good: "done",
	failed: "failed",
	configuration: "not configured",
	incomplete: "incomplete",
	red: "red",
	busy: "busy",
	cancelled: "cancelled"
};
function describeFailure(error, action, documentationBase) {
	return error instanceof LifeboatError ? describeError(error, action, documentationBase) : describeBug(error, action, documentationBase);
}
function describeError(error, action, documentationBase) {
	const outcome = outcomeOf(error.code);
	const title = `Lifeboat ${action}: ${TITLES[outcome]} (${error.code})`;
	const link = `${documentationBase}${TROUBLESHOOTING_PAGE}#${error.code}`;
	const more = documentationBase === "" ? `See ${link}` : `[More about ${error.code}](${link})`;
	return {
		exitCode: exitCodeOf(outcome),
		title,
		message: [
			error.message,
			error.hint,
			`See ${link}`
		].filter((part) => part !== void 0).join("\n"),
		summary: [
			`## ${title}`,
			formatText(error.message),
			error.hint && formatHint(error.hint),
			more
		].filter((part) => part).join("\n\n"),
		trace: error.cause === void 0 ? void 0 : describeTrace(error.cause),
		isBug: false
	};
}
function describeBug(error, action, documentationBase) {
	const title = `Lifeboat ${action}: failed by a bug`;
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	const advice = `Please report this with the stack from the log. See ${documentationBase}${TROUBLESHOOTING_PAGE}#bugs`;
	return {
		exitCode: exitCodeOf("failed"),
		title,
		message: `${what}\n${advice}`,
		summary: `## ${title}\n\n${codeBlock(what, "text")}\n\n${escapeMarkdown(advice)}`,
		trace: describeTrace(error),
		isBug: true
	};
}
/** Paragraphs and list items, as the message has them. */
function formatText(text) {
	return text.split("\n").map((line) => line.startsWith("- ") ? `- ${formatSentence(line.slice(2))}` : formatSentence(line)).join("\n");
}
/** Several lines are there to be copied. */
function formatHint(hint) {
	return hint.includes("\n") ? codeBlock(hint, "text") : formatSentence(hint);
}
function describeTrace(error) {
	if (!(error instanceof Error)) return String(error);
	const own = error.stack ?? `${error.name}: ${error.message}`;
	return error.cause === void 0 ? own : `${own}\nCaused by: ${describeTrace(error.cause)}`;
}

// src/platform/life.ts
/**
* From the first signal to the end, at the most. GitHub's runner sends SIGINT, after 7.5 s SIGTERM, and kills 2.5 s later;
* users are promised 5 s.
*/
const HARD_STOP_MS = 4e3;
const STOP_SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
/** Runs the body and ends the process with the exit code of its outcome. */
async function live(options) {
	const { name, environment, reporter, body } = options;
	const stop = new AbortController();
	const end = (error) => {
		let exitCode = 1;
		try {
			exitCode = error === void 0 ? 0 : tellFailure(error, name, environment, reporter);
			reporter.writeSummary();
		} finally {
			process.exit(exitCode);
		}
	};
	const interrupt = (reason) => {
		if (stop.signal.aborted) return;
		setTimeout(() => end(reason), HARD_STOP_MS);
		stop.abort(reason);
	};
	for (const signal of STOP_SIGNALS) process.on(signal, () => interrupt(new LifeboatError("cancelled", `The run was cancelled (${signal}).`)));
	process.on("uncaughtException", interrupt);
	process.on("beforeExit", () => end(/* @__PURE__ */ new Error("nothing was left to wait for, but the run had not ended")));
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => void 0);
	try {
		await body(makeContext(options, stop.signal));
	} catch (error) {
		if (!stop.signal.aborted) return end(error);
		reporter.debug(`while stopping: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
		return end(stop.signal.reason);
	}
	return end(isBug(stop.signal) ? stop.signal.reason : void 0);
}
function isBug(signal) {
	return signal.aborted && !(signal.reason instanceof LifeboatError);
}
function makeContext({ environment, reporter, isWorkflow = false, ask }, signal) {
	const temporaryDirectory = mkdtempSync(join(environment.temporaryBase, "lifeboat-"));
	process.on("exit", () => rmSync(temporaryDirectory, {
		recursive: true,
		force: true
	}));
	return {
		reporter,
		signal,
		temporaryDirectory,
		surroundings: {
			isHostedRunner: environment.isHostedRunner,
			isWorkflow,
			canAsk: ask !== void 0,
			hasIdToken: environment.idTokenRequest !== void 0
		},
		ask,
		origin: environment.origin,
		ambientCredentials: environment.ambientCredentials,
		idTokenRequest: environment.idTokenRequest
	};
}
/** Returns the exit code. */
function tellFailure(error, name, environment, reporter) {
	const failure = describeFailure(error, name, environment.documentationBase);
	if (failure.trace !== void 0) {
		if (failure.isBug) reporter.bug(failure.trace);
		else reporter.debug(failure.trace);
	}
	reporter.error(failure.title, failure.message);
	reporter.summaryFirst(failure.summary);
	return failure.exitCode;
}

// src/platform/summary-size.ts
/** GitHub, "Adding a job summary": at most 1 MiB a step; a fifth of it leaves room and is more than anybody reads. */
const MAX_SUMMARY_BYTES = 204800;
const NOTE = "This summary was cut; the log has the rest.";
/** The Markdown itself, or its beginning up to a line end with whatever was open closed, and a note. */
function limitSummary(markdown, maxBytes = MAX_SUMMARY_BYTES) {
	const bytes = Buffer.from(markdown);
	if (bytes.length <= maxBytes) return markdown;
	const head = bytes.subarray(0, maxBytes);
	const kept = head.subarray(0, head.lastIndexOf("\n") + 1).toString();
	return `${kept}${closeOpen(kept)}\n${NOTE}\n`;
}
function closeOpen(markdown) {
	let fence;
	let details = 0;
	for (const line of markdown.split("\n")) {
		const mark = /^`{3,}/.exec(line)?.[0];
		if (fence !== void 0) {
			if (mark === fence && line.trim() === fence) fence = void 0;
		} else if (mark !== void 0) fence = mark;
		else details += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
	}
	return `${fence === void 0 ? "" : `${fence}\n`}${"\n</details>\n".repeat(Math.max(0, details))}`;
}

// src/platform/run-reporter.ts
/** GitHub shows ten a step; people read fewer. */
const MAX_WARNING_ANNOTATIONS = 5;
const CONTINUATION = "  ";
var RunReporter = class {
	#printer;
	#sanitizer;
	#warnings = /* @__PURE__ */ new Set();
	#summary = [];
	#level = "info";
	#openGroups = 0;
	constructor(printer, sanitizer) {
		this.#printer = printer;
		this.#sanitizer = sanitizer;
	}
	set level(level) {
		this.#level = level;
	}
	async group(title, body) {
		this.#beginGroup(this.#sanitizer.line(title));
		try {
			return await body();
		} finally {
			this.#endGroup();
		}
	}
	info(message) {
		if (this.#level !== "warning") this.#printer.info(this.#lines(message));
	}
	debug(message) {
		if (this.#level === "debug") this.#printer.info(this.#lines(`debug: ${message}`));
		else this.#printer.debug(this.#lines(message));
	}
	progress(progress) {
		if (this.#printer.progress === void 0 || this.#level === "warning") return false;
		this.#printer.progress(progress && {
			...progress,
			label: this.#sanitizer.line(progress.label)
		});
		return true;
	}
	warning(message) {
		const lines = this.#lines(message);
		const text = lines.join("\n");
		if (this.#warnings.has(text)) return;
		this.#warnings.add(text);
		this.#printer.warning(lines, this.#warnings.size <= 5);
	}
	summary(markdown) {
		this.#summary.push(markdown);
	}
	output(name, value) {
		this.#printer.output(name, this.#sanitizer.line(String(value)));
	}
	mask(secret) {
		this.#printer.mask(this.#sanitizer.addSecret(secret));
	}
	/** A stack: shown at every level, because nobody can ask for it afterwards. */
	bug(trace) {
		this.#printer.info(this.#lines(trace));
	}
	/** The one error of the run. */
	error(title, message) {
		while (this.#openGroups > 0) this.#endGroup();
		this.#printer.error(this.#sanitizer.line(title), this.#lines(message));
	}
	/** Puts what the run is about to say last before everything else in the summary. */
	summaryFirst(markdown) {
		this.#summary.unshift(markdown);
	}
	/** Writes the summary; nothing more may be said in it. */
	writeSummary() {
		if (this.#summary.length === 0) return;
		const markdown = limitSummary(`${this.#sanitizer.document(this.#summary.splice(0).join("\n\n"))}\n`);
		if (!this.#printer.summary(markdown)) this.#printer.info(this.#lines(markdown));
	}
	#lines(message) {
		return this.#sanitizer.lines(message).map((line, index) => index === 0 ? line : `${CONTINUATION}${line}`);
	}
	#beginGroup(title) {
		this.#openGroups += 1;
		if (this.#level === "warning") return;
		if (this.#openGroups === 1) this.#printer.beginGroup(title);
		else this.#printer.info([title]);
	}
	#endGroup() {
		if (this.#openGroups === 0) return;
		this.#openGroups -= 1;
		if (this.#openGroups === 0 && this.#level !== "warning") this.#printer.endGroup();
	}
};

// src/platform/secret-forms.ts
/** Shorter ones would garble every log, and GitHub drops job outputs that contain a masked text. */
const MIN_SECRET_CHARACTERS = 4;
/** Encoded forms are looked for from this length on; shorter pieces of Base64 match by chance. */
const MIN_ENCODED_CHARACTERS = 8;
/** `-----BEGIN … KEY-----` stands in every key and in our own messages. */
const ARMOR_LINE = /^-----(?:BEGIN|END) [A-Z ]+-----$/;
/** Every text that must not be printed because of this secret; empty for one that is too short. */
function secretForms(secret) {
	const whole = secret.trim();
	const plain = [
		secret,
		whole,
		...secret.split(/\r\n|\r|\n/).map((line) => line.trim())
	].filter((form) => form.length >= 4);
	const encoded = [secret, whole].flatMap(encodings).filter((form) => form.length >= MIN_ENCODED_CHARACTERS);
	return [.../* @__PURE__ */ new Set([...plain, ...encoded])].filter((form) => !ARMOR_LINE.test(form));
}
function encodings(text) {
	if (text.length < 4) return [];
	const bytes = Buffer.from(text);
	const hex = bytes.toString("hex");
	const json = JSON.stringify(text).slice(1, -1);
	const url = encodeURIComponent(text.toWellFormed());
	return [
		hex,
		hex.toUpperCase(),
		json,
		url,
		new URLSearchParams([["", text]]).toString().slice(1),
		url.replace(/%../g, (escape) => escape.toLowerCase()),
		text.replaceAll("'", `'\\''`),
		...base64Forms(bytes)
	].filter((form) => form !== text);
}
/** Base64 of the bytes wherever they stand in a longer text: three alignments, without the characters that neighbours decide. */
function base64Forms(bytes) {
	return [
		0,
		1,
		2
	].flatMap((before) => {
		const padded = Buffer.concat([Buffer.alloc(before), bytes]);
		const end = Math.floor(padded.length * 8 / 6);
		const start = Math.ceil(before * 8 / 6);
		const inner = padded.toString("base64").slice(start, end);
		return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
	});
}

// src/platform/sanitize.ts
/** The runner cuts an annotation at 4,096 characters; a log line has no need for more either. */
const MAX_LINE_CHARACTERS = 4e3;
const HIDDEN = "***";
var Sanitizer = class {
	#forms = /* @__PURE__ */ new Set();
	#pattern;
	/** Hides this secret from now on. Returns the forms that were not known before, longest first. */
	addSecret(secret) {
		const added = secretForms(secret).filter((form) => !this.#forms.has(form));
		for (const form of added) this.#forms.add(form);
		const ordered = [...this.#forms].sort((a, b) => b.length - a.length);
		if (ordered.length > 0) this.#pattern = new RegExp(ordered.map(escapePattern).join("|"), "g");
		return added.toSorted((a, b) => b.length - a.length);
	}
	/** Only replaces secrets. */
	hide(text) {
		return this.#pattern === void 0 ? text : text.replace(this.#pattern, HIDDEN);
	}
	/** One line, whatever the text holds. */
	line(text) {
		return cut(breakCommands(showUnseen(this.hide(text))));
	}
	/** One or more lines: line feeds stay. */
	lines(text) {
		return this.hide(text).split("\n").map((line) => cut(breakCommands(showUnseen(line.replace(/\r$/, "")))));
	}
	/** Markdown for a file: line feeds stay, nothing is cut, and there are no commands to break. */
	document(markdown) {
		return this.hide(markdown).split("\n").map(showUnseen).join("\n");
	}
};
function escapePattern(text) {
	return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
/** `::` begins a command of the runner, `##[` one of its predecessor, the latter anywhere in a line. */
function breakCommands(text) {
	return text.replace(/:(?=:)/g, ": ").replace(/##(?=\[)/g, "## ");
}
function cut(line) {
	if (line.length <= 4e3) return line;
	return `${line.slice(0, MAX_LINE_CHARACTERS).toWellFormed()}… (${line.length - MAX_LINE_CHARACTERS} more characters)`;
}

// src/platform/start.ts
async function startRun(entry, source, environment, printer, how = {}) {
	const reporter = new RunReporter(printer, new Sanitizer());
	const { secretAccessKey, sessionToken } = environment.ambientCredentials ?? {};
	const ambient = [
		secretAccessKey,
		sessionToken,
		environment.idTokenRequest?.token
	].filter((secret) => secret !== void 0);
	const secrets = [...findSecrets(entry.declaration.inputs, source), ...ambient];
	for (const secret of secrets) reporter.mask(secret);
	deleteSecrets(secrets);
	reporter.level = LOG_LEVELS.find((level) => level === source.read("log-level")?.trim()) ?? "info";
	return live({
		name: entry.declaration.name,
		environment,
		reporter,
		...how,
		body: async (context) => {
			for (const warning of source.warnings) reporter.warning(warning);
			await (await entry.load()).run(source, context);
		}
	});
}

// src/entries/actions.ts
const actions = {
	dump: {
		declaration: dumpDeclaration,
		load: async () => (await import("./compose-dump.js")).dumpAction
	},
	"ship-binlogs": {
		declaration: shipBinlogsDeclaration,
		load: async () => (await import("./compose-ship-binlogs.js")).shipBinlogsAction
	},
	"sync-storage": {
		declaration: syncStorageDeclaration,
		load: async () => (await import("./compose-sync-storage.js")).syncStorageAction
	},
	"restore-test": {
		declaration: restoreTestDeclaration,
		load: async () => (await import("./compose-restore-test.js")).restoreTestAction
	},
	restore: {
		declaration: restoreDeclaration,
		load: async () => (await import("./compose-restore.js")).restoreAction
	},
	"restore-files": {
		declaration: restoreFilesDeclaration,
		load: async () => (await import("./compose-restore-files.js")).restoreFilesAction
	},
	list: {
		declaration: listDeclaration,
		load: async () => (await import("./compose-list.js")).listAction
	},
	fetch: {
		declaration: fetchDeclaration,
		load: async () => (await import("./compose-fetch.js")).fetchAction
	},
	init: {
		declaration: initDeclaration,
		load: async () => (await import("./compose-init.js")).initAction
	},
	doctor: {
		declaration: doctorDeclaration,
		load: async () => (await import("./compose-doctor.js")).doctorAction
	}
};

export { findUnknownVariables as a, exitCodeOf as i, startRun as n, readEnvironment as o, EXIT_CODES as r, actions as t };