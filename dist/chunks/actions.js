import { a as sendBeat, o as nearestName, r as GitHubIssues, t as doctorDeclaration } from "./inputs.js";
import { St as LOG_LEVELS, en as plainLine, in as LifeboatError, nn as showUnseen, rn as ERROR_CODES } from "./proxy.js";
import { a as formatSentence, i as foldedDetails, n as codeSpan, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { t as dumpDeclaration } from "./inputs2.js";
import { t as fetchDeclaration } from "./inputs3.js";
import { r as initDeclaration } from "./inputs4.js";
import { t as listDeclaration } from "./inputs5.js";
import { t as pruneDeclaration } from "./inputs6.js";
import { t as restoreDeclaration } from "./inputs7.js";
import { t as restoreFilesDeclaration } from "./inputs8.js";
import { t as restoreTestDeclaration } from "./inputs9.js";
import { t as shipBinlogsDeclaration } from "./inputs10.js";
import { t as syncStorageDeclaration } from "./inputs11.js";
import { t as verifyDeclaration } from "./inputs12.js";
import { hostname, tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
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
		origin: readRunUrl(variables) ?? `process ${process.pid} on ${hostname()}`,
		documentationBase: findDocumentation(variables),
		ambientCredentials: readAmbientCredentials(variables),
		idTokenRequest: readIdTokenRequest(variables),
		github: readGitHubPlace(variables)
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
function readRunUrl(variables) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
	if (!server || !repository || !run) return void 0;
	return `${server}/${repository}/actions/runs/${run}/attempts/${variables["GITHUB_RUN_ATTEMPT"] ?? "1"}`;
}
function readGitHubPlace(variables) {
	const { GITHUB_API_URL: api = "", GITHUB_REPOSITORY: repository = "" } = variables;
	return {
		apiUrl: URL.canParse(api) ? api.replace(/\/+$/, "") : "https://api.github.com",
		repository: /^[\w.-]+\/[\w.-]+$/.test(repository) ? repository : void 0,
		runUrl: readRunUrl(variables)
	};
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
	if (code === "storage-incomplete" || code === "storage-unfinished") return "incomplete";
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
		outcome,
		code: error.code,
		variant: error.variant,
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
		link,
		trace: error.cause === void 0 ? void 0 : describeTrace(error.cause),
		isBug: false
	};
}
function describeBug(error, action, documentationBase) {
	const title = `Lifeboat ${action}: failed by a bug`;
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	const link = `${documentationBase}${TROUBLESHOOTING_PAGE}#bugs`;
	const advice = `Please report this with the stack from the log. See ${link}`;
	return {
		outcome: "failed",
		code: void 0,
		variant: void 0,
		exitCode: exitCodeOf("failed"),
		title,
		message: `${what}\n${advice}`,
		summary: `## ${title}\n\n${codeBlock(what, "text")}\n\n${escapeMarkdown(advice)}`,
		link,
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
/** From a signal to the end where there is nothing left to undo: a request that is on its way may arrive. */
const TELLING_STOP_MS = 1e3;
const STOP_SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
/** Runs the body and ends the process with the exit code of its outcome. */
async function live(options) {
	const { name, environment, reporter, telling, body } = options;
	const stop = new AbortController();
	let exitCode = 1;
	let ending;
	const finish = async (error) => {
		try {
			const failure = error === void 0 ? void 0 : tellFailure(error, name, environment, reporter);
			exitCode = failure?.exitCode ?? 0;
			reporter.writeSummary();
			await telling?.end(failure);
		} finally {
			process.exit(exitCode);
		}
	};
	const end = (error) => ending ??= finish(error);
	const interrupt = (reason) => {
		if (stop.signal.aborted) return;
		stop.abort(reason);
		if (ending !== void 0) return void setTimeout(() => process.exit(exitCode), TELLING_STOP_MS);
		setTimeout(() => {
			end(reason);
			if (isCancelled(reason)) process.exit(exitCode);
		}, HARD_STOP_MS);
		if (isCancelled(reason)) telling?.cancel();
	};
	for (const signal of STOP_SIGNALS) process.on(signal, () => interrupt(new LifeboatError("cancelled", `The run was cancelled (${signal}).`)));
	process.on("uncaughtException", interrupt);
	process.on("beforeExit", () => void end(/* @__PURE__ */ new Error("nothing was left to wait for, but the run had not ended")));
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => void 0);
	telling?.begin();
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
function isCancelled(reason) {
	return reason instanceof LifeboatError && reason.code === "cancelled";
}
function makeContext({ environment, reporter, isWorkflow = false, ask }, signal) {
	const temporaryDirectory = mkdtempSync(join(environment.temporaryBase, "lifeboat-"));
	process.on("exit", () => rmSync(temporaryDirectory, {
		recursive: true,
		force: true
	}));
	return {
		reporter,
		print: (lines) => reporter.print(lines),
		signal,
		temporaryDirectory,
		surroundings: {
			isHostedRunner: environment.isHostedRunner,
			isWorkflow,
			canAsk: ask !== void 0,
			hasIdToken: environment.idTokenRequest !== void 0,
			hasRepository: environment.github.repository !== void 0
		},
		ask,
		origin: environment.origin,
		ambientCredentials: environment.ambientCredentials,
		idTokenRequest: environment.idTokenRequest,
		github: environment.github
	};
}
function tellFailure(error, name, environment, reporter) {
	const failure = describeFailure(error, name, environment.documentationBase);
	if (failure.trace !== void 0) {
		if (failure.isBug) reporter.bug(failure.trace);
		else reporter.debug(failure.trace);
	}
	reporter.error(failure.title, failure.message);
	reporter.summaryFirst(failure.summary);
	return failure;
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
/** Of the log: what people would scroll to first. */
const TAIL_LINES = 40;
var RunReporter = class {
	#printer;
	#sanitizer;
	#warnings = /* @__PURE__ */ new Set();
	#summary = [];
	#tail = [];
	#level = "info";
	#openGroups = 0;
	constructor(printer, sanitizer) {
		this.#printer = printer;
		this.#sanitizer = sanitizer;
	}
	set level(level) {
		this.#level = level;
	}
	/** The end of what was said, line by line. */
	get tail() {
		return this.#tail.map((line) => this.#sanitizer.hide(line));
	}
	/** Markdown without secrets and control characters, for a place that is no log. */
	clean(markdown) {
		return this.#sanitizer.document(markdown);
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
		if (this.#level !== "warning") this.#printer.info(this.#keep(this.#lines(message)));
	}
	debug(message) {
		if (this.#level === "debug") this.#printer.info(this.#keep(this.#lines(`debug: ${message}`)));
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
		this.#keep([`Warning: ${text}`]);
		this.#printer.warning(lines, this.#warnings.size <= 5);
	}
	summary(markdown) {
		this.#summary.push(markdown);
	}
	output(name, value) {
		this.#printer.output(name, this.#sanitizer.value(String(value)));
	}
	/** Nothing is cut, and no name is changed by more than what would make a line obeyed. */
	print(lines) {
		return this.#printer.print(lines.map((line) => plainLine(this.#sanitizer.hide(line))));
	}
	mask(secret) {
		this.#printer.mask(this.#sanitizer.addSecret(secret));
	}
	/** A stack: shown at every level, because nobody can ask for it afterwards. */
	bug(trace) {
		this.#printer.info(this.#keep(this.#lines(trace)));
	}
	/** The one error of the run. */
	error(title, message) {
		while (this.#openGroups > 0) this.#endGroup();
		this.#printer.error(this.#sanitizer.line(title), this.#keep(this.#lines(message)));
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
	#keep(lines) {
		this.#tail.push(...lines);
		this.#tail.splice(0, this.#tail.length - TAIL_LINES);
		return lines;
	}
	#lines(message) {
		return this.#sanitizer.lines(message).map((line, index) => index === 0 ? line : `${CONTINUATION}${line}`);
	}
	#beginGroup(title) {
		this.#openGroups += 1;
		this.#keep([title]);
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
		return cut(this.value(text));
	}
	/** One line that is read by programs: nothing is cut. */
	value(text) {
		return breakCommands(showUnseen(this.hide(text)));
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

// src/platform/telling/incident-page.ts
/** Hexadecimal digits: enough for no two of a repository to be the same. */
const KEY_DIGITS = 24;
/** GitHub takes bodies of 65,536 characters; message and log stay well below together. */
const MAX_MESSAGE_BYTES = 3e4;
const MAX_TAIL_CHARACTERS = 16e3;
/** Of a name, for a repository that everybody can read. */
const SHORT_NAME = 2;
const STATE = /^<!-- lifeboat:state (\{[^>]*\}) -->$/m;
/** The first line of the issue, by which it is found again. Only a body that begins with it is an incident's. */
function incidentMarker({ action, server = "", particulars }) {
	return `<!-- lifeboat:incident:${createHash("sha256").update(JSON.stringify([
		action,
		server,
		...particulars
	])).digest("hex").slice(0, KEY_DIGITS)} -->`;
}
function renderTitle(subject, isOpenToAll) {
	return `Lifeboat: ${subject.action} of ${nameOf(subject, isOpenToAll)} fails`;
}
function renderBody(attempt, state) {
	const { subject, failure, at, isOpenToAll, tail } = attempt;
	const count = state.attempts === 1 ? "One attempt failed" : `${state.attempts} attempts in a row failed`;
	const text = isOpenToAll ? renderWithout(failure) : [limitSummary(failure.summary, MAX_MESSAGE_BYTES), ...tail.length === 0 ? [] : [foldedDetails("The end of the log", codeBlock(limitTail(tail), "text"))]].join("\n\n");
	return [
		`${incidentMarker(subject)}\n<!-- lifeboat:state ${JSON.stringify(state)} -->`,
		`${count}: the first at ${formatTime(new Date(state.since))}, the last at ${formatTime(at)}${renderRun(attempt)}.`,
		text,
		"The next good run closes this issue. Until then every attempt writes this text anew; what people have to say belongs into comments."
	].join("\n\n");
}
/** For those who watch the issue: it fails for another reason now. */
function renderChange(attempt) {
	return `It fails for another reason now, \`${attempt.failure.code ?? "bug"}\`${renderRun(attempt)}. The text above says more.`;
}
function renderRecovery(state, at, runUrl) {
	const count = state.attempts <= 1 ? "a failed attempt" : `${state.attempts} failed attempts`;
	return `Good again since ${formatTime(at)}, after ${count} since ${formatTime(new Date(state.since))}${renderRun({ runUrl })}.`;
}
/** What is compared with the attempt before. */
function reasonOf({ code, variant }) {
	return [code ?? "bug", ...variant === void 0 ? [] : [variant]].join(":");
}
/** What an issue remembers; the beginning where somebody edited it away. */
function readState(body, at) {
	try {
		const { attempts, since, code } = JSON.parse(STATE.exec(body)?.[1] ?? "");
		if (Number.isSafeInteger(attempts) && typeof since === "string" && typeof code === "string") {
			if (!Number.isNaN(Date.parse(since))) return {
				attempts: Number(attempts),
				since,
				code
			};
		}
	} catch {}
	return {
		attempts: 0,
		since: at.toISOString(),
		code: ""
	};
}
/** Without names: what the code means, and where to read on. */
function renderWithout({ title, code, link }) {
	const meaning = code === void 0 ? "A bug of Lifeboat ended the run." : ERROR_CODES[code][1];
	return [
		`## ${escapeMarkdown(title)}`,
		escapeMarkdown(meaning),
		link.startsWith("https://") ? `[What to do](${link})` : `What to do: ${codeSpan(link)}`,
		"Names and the end of the log are left out, because everybody can read this repository."
	].join("\n\n");
}
function nameOf(subject, isOpenToAll) {
	const { server } = subject;
	if (server === void 0) return "a server";
	if (!isOpenToAll) return server;
	const digits = /:([0-9a-f]{4})[0-9a-f]+ -->$/.exec(incidentMarker(subject))?.[1] ?? "";
	return `${server.slice(0, Math.min(SHORT_NAME, server.length - 1))}… (${digits})`;
}
function renderRun({ runUrl }) {
	return runUrl === void 0 ? "" : ` ([run](${runUrl}))`;
}
function limitTail(lines) {
	const kept = [...lines];
	while (kept.length > 1 && kept.join("\n").length > MAX_TAIL_CHARACTERS) kept.shift();
	return kept.join("\n").slice(-16e3).toWellFormed();
}
function formatTime(at) {
	return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

// src/platform/telling/incident.ts
const LABEL = "lifeboat";
/**
* Opens the incident's issue, or brings it up to date. Only a reason that changed is a comment: a text that is written anew sends
* no mail, and an hourly run that fails all night is one incident. Throws a `GitHubError`. Returns a sentence for the log.
*/
async function reportFailure(issues, attempt) {
	const marker = incidentMarker(attempt.subject);
	const open = await findOpen(issues, marker);
	const [first] = open;
	if (first === void 0) return openIncident(issues, attempt, marker);
	const before = readState(first.body, attempt.at);
	const state = {
		...before,
		attempts: before.attempts + 1,
		code: reasonOf(attempt.failure)
	};
	await issues.update(first, { body: renderBody(attempt, state) });
	if (before.code !== state.code) await issues.comment(first, renderChange(attempt));
	await closeDoubles(issues, open);
	return `The incident is ${first.url}`;
}
/** Closes the incident's issue, where there is one. Throws a `GitHubError`. */
async function reportRecovery(issues, subject, at, runUrl) {
	const open = await findOpen(issues, incidentMarker(subject));
	for (const issue of open) {
		const [noted] = await Promise.allSettled([issues.comment(issue, renderRecovery(readState(issue.body, at), at, runUrl))]);
		await issues.update(issue, {
			state: "closed",
			state_reason: "completed"
		});
		if (noted.status === "rejected") throw noted.reason;
	}
	return open[0] && `The incident is closed: ${open[0].url}`;
}
/** Those that are ours and begin with this line, oldest first. */
async function findIssues(issues, marker, query) {
	const isIt = ({ body, isOurs }) => isOurs && body.startsWith(marker);
	const labelled = (await issues.list({
		...query,
		label: LABEL
	})).filter(isIt);
	return (labelled.length > 0 ? labelled : (await issues.list(query)).filter(isIt)).toSorted((a, b) => a.number - b.number);
}
/** Makes an issue. Another run may have done the same meanwhile: then the older one stays, and is returned. */
async function openOnce(issues, marker, title, body) {
	const created = await issues.create(title, body, LABEL);
	const all = [...(await findOpen(issues, marker)).filter(({ number }) => number !== created.number), created].toSorted((a, b) => a.number - b.number);
	await closeDoubles(issues, all);
	return all[0] ?? created;
}
async function openIncident(issues, attempt, marker) {
	const { subject, at, failure, isOpenToAll } = attempt;
	const state = {
		attempts: 1,
		since: at.toISOString(),
		code: reasonOf(failure)
	};
	return `An incident is open: ${(await openOnce(issues, marker, renderTitle(subject, isOpenToAll), renderBody(attempt, state))).url}`;
}
function findOpen(issues, marker) {
	return findIssues(issues, marker, { state: "open" });
}
async function closeDoubles(issues, [, ...younger]) {
	for (const issue of younger) await issues.update(issue, {
		state: "closed",
		state_reason: "not_planned"
	});
}

// src/platform/telling/human-check.ts
const MONTHS = 3;
/** Opens it unless this quarter has one, open or done. Returns a sentence for the log. Throws a `GitHubError`. */
async function askPeople(issues, now) {
	const { name, begin } = quarterOf(now);
	const marker = `<!-- lifeboat:human-check:${name} -->`;
	if ((await findIssues(issues, marker, {
		state: "all",
		since: begin.toISOString()
	})).length > 0) return void 0;
	const { url } = await openOnce(issues, marker, `Lifeboat: what only people can check, ${name}`, render(marker));
	return `People are asked to check what programs cannot: ${url}`;
}
/** `2026-Q4`, in UTC. */
function quarterOf(now) {
	const quarter = Math.floor(now.getUTCMonth() / MONTHS);
	return {
		name: `${now.getUTCFullYear()}-Q${quarter + 1}`,
		begin: new Date(Date.UTC(now.getUTCFullYear(), quarter * MONTHS))
	};
}
function render(marker) {
	return `${marker}

Restore tests show every week that the newest backup restores. They cannot show the following. Somebody who could have to do it one day looks, ticks, and closes this issue.

- [ ] The paper with the fingerprints of the keys is where it should be, and says what the keys say.
- [ ] The offline identity, the second key that backups are encrypted to, opens: decrypt one small object with it.
- [ ] A second person knows where keys and passphrases are, and can get at them without the first.
- [ ] On a machine that has nothing to do with the servers, one backup was restored with RECOVERY.md alone, without this repository and without GitHub.
- [ ] Every server and every database that matters is backed up; what was added since the last check is there too.
- [ ] Retention and locks of the bucket are what was agreed on, and nobody can delete backups who should not.
- [ ] Mails about failed runs, heartbeats and issues like this one reach somebody who reads them.
- [ ] SSH keys, access keys and tokens of people who left are gone.
`;
}

// src/platform/telling/telling.ts
/** For all calls of a run to GitHub together. */
const ISSUES_MS = 2e4;
/** Less than a cancelled run has. */
const CANCEL_MS = 2500;
/** Besides the server: inputs that make runs of one action different things, so that the good end of one says nothing of another. */
const PARTICULARS = [
	"engine",
	"label",
	"name",
	"backup",
	"point-in-time"
];
/** Undefined where nobody is to be told. Inputs that cannot be read are not told about here; the run itself fails on them. */
function createTelling(declaration, source, environment, reporter) {
	if (declaration.isCommandLineOnly === true) return void 0;
	const read = createReader(declaration.inputs, source);
	if (read("dry-run") === true) return void 0;
	const url = read("heartbeat-url");
	const token = read("github-token");
	const { repository } = environment.github;
	const isNotifying = read("notify-issue") === true;
	const isAsking = read("human-check") === "quarterly";
	const hasIssues = (isNotifying || isAsking) && typeof token === "string" && repository !== void 0;
	if (!(url instanceof URL) && !hasIssues) return void 0;
	const beat = createBeat(url instanceof URL ? url : void 0, declaration.name, reporter);
	const subject = {
		action: declaration.name,
		server: nameServers(read("server")),
		particulars: PARTICULARS.map((name) => source.read(name)?.trim() || declaration.inputs[name]?.default || "")
	};
	const tellIssues = async (failure) => {
		if (!hasIssues) return;
		const issues = new GitHubIssues(environment.github, repository, token, AbortSignal.timeout(ISSUES_MS));
		const { runUrl } = environment.github;
		const at = /* @__PURE__ */ new Date();
		const attempt = async (what) => {
			try {
				const done = await what();
				if (done !== void 0) reporter.info(done);
			} catch (error) {
				const reason = error instanceof Error ? error.message : String(error);
				reporter.warning(`The issue in ${repository} could not be written (${reason}).`);
			}
		};
		const { tail } = reporter;
		if (isNotifying && failure === void 0) await attempt(() => reportRecovery(issues, subject, at, runUrl));
		if (isNotifying && failure !== void 0) await attempt(async () => {
			const isOpenToAll = read("public-details") !== true && !await issues.isPrivate();
			const clean = {
				...failure,
				summary: reporter.clean(failure.summary)
			};
			return reportFailure(issues, {
				subject,
				failure: clean,
				at,
				runUrl,
				tail,
				isOpenToAll
			});
		});
		if (isAsking) await attempt(() => askPeople(issues, at));
	};
	return {
		begin: () => void beat("start", "begun"),
		cancel: () => void beat("fail", "cancelled", AbortSignal.timeout(CANCEL_MS)),
		end: async (failure) => {
			if (failure?.outcome === "busy" || failure?.outcome === "cancelled") return beat();
			const beaten = failure === void 0 ? beat("success", "good") : beat("fail", describe(failure));
			await Promise.all([beaten, tellIssues(failure)]);
		}
	};
}
/** One after the other, or their order would be lost; without a beat it waits for those that are on their way. */
function createBeat(url, action, reporter) {
	let last = Promise.resolve();
	return (beat, message = "", limit) => {
		if (url !== void 0 && beat !== void 0) last = last.then(() => sendBeat(url, beat, `lifeboat ${action}: ${message}`, limit)).then((problem) => {
			if (problem !== void 0) reporter.warning(`The heartbeat (${beat}) did not arrive: ${problem}.`);
		});
		return last;
	};
}
function describe({ outcome, code }) {
	return `${outcome} (${code ?? "bug"})`;
}
/** One, or a list of them in whatever order, of which none means all. */
function nameServers(value) {
	if (Array.isArray(value)) return value.length === 0 ? void 0 : value.toSorted().join(", ");
	return typeof value === "string" ? value : void 0;
}
/** Values as the run will read them; undefined where it will refuse them. */
function createReader(declaration, source) {
	return (name) => {
		const field = declaration[name];
		const text = source.read(name) ?? "";
		try {
			return text.trim() === "" ? field?.absent() : field?.parse(text);
		} catch {
			return;
		}
	};
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
		telling: createTelling(entry.declaration, source, environment, reporter),
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
	verify: {
		declaration: verifyDeclaration,
		load: async () => (await import("./compose-verify.js")).verifyAction
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
	prune: {
		declaration: pruneDeclaration,
		load: async () => (await import("./compose-prune.js")).pruneAction
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