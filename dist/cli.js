#!/usr/bin/env node
import { a as findUnknownVariables, i as exitCodeOf, n as startRun, o as readEnvironment, r as EXIT_CODES, t as actions } from "./chunks/actions.js";
import { Vt as formatBytes, Wt as formatDuration, Xt as describeField, nn as showUnseen } from "./chunks/proxy.js";
import { o as nearestName } from "./chunks/inputs.js";
import { t as VERSION } from "./chunks/version.js";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";

// src/platform/flags.ts
const PREFIX = "LIFEBOAT_";
const FILE_SUFFIX = "-file";
/** A flag, not a value: keys begin with dashes too. */
const FLAG = /^--[a-z]/;
/** `ssh-key` to `LIFEBOAT_SSH_KEY`. */
function flagVariable(name) {
	return PREFIX + name.replaceAll("-", "_").toUpperCase();
}
/** How a secret is given; `--db-password-file` is an input by itself, a file on the target. */
function secretFlags(name, declaration) {
	const fileFlag = name + FILE_SUFFIX;
	return [...fileFlag in declaration ? [] : [`--${fileFlag} PATH`], flagVariable(name)];
}
function createFlagSource(args, variables, declaration, otherNames = [], positional) {
	const names = Object.keys(declaration);
	const unknown = findUnknownVariables(variables, PREFIX, flagVariable, [...names, ...otherNames]);
	const flags = readFlags(args, declaration, positional);
	return {
		read: (name) => flags.values.get(name) ?? variables[flagVariable(name)],
		howToGive: (name, isSecret) => isSecret ? `Give it as ${secretFlags(name, declaration).map((flag) => `\`${flag}\``).join(" or ")}.` : `Give it as \`--${name} VALUE\`.`,
		leaked: flags.leaked,
		problems: [...unknown.problems, ...flags.problems],
		warnings: unknown.warnings
	};
}
/** `positional` is the input that the first argument is meant for where it is no flag. */
function readFlags(args, declaration, positional) {
	const flags = {
		values: /* @__PURE__ */ new Map(),
		problems: [],
		leaked: []
	};
	const rest = [...args];
	const field = declaration[positional ?? ""];
	if (positional !== void 0 && field !== void 0 && rest[0] !== void 0 && !FLAG.test(rest[0])) addValue(positional, field, rest.shift() ?? "", flags.values, flags.problems);
	for (let argument = rest.shift(); argument !== void 0; argument = rest.shift()) {
		if (!FLAG.test(argument)) {
			flags.problems.push({
				input: "arguments",
				what: "one of them belongs to no flag"
			});
			continue;
		}
		const [, name = "", inline] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
		const takeValue = () => inline ?? (rest[0] === void 0 || FLAG.test(rest[0]) ? void 0 : rest.shift());
		readFlag(name, takeValue, declaration, flags);
	}
	return flags;
}
function readFlag(name, takeValue, declaration, { values, problems, leaked }) {
	const field = declaration[name];
	const value = takeValue();
	if (field?.isSecret === true) {
		if (value !== void 0) leaked.push(value);
		problems.push({
			input: name,
			what: "secrets are not taken from the command line, where every user of the machine can read them",
			fix: `Give it as ${secretFlags(name, declaration).join(" or ")}.`
		});
	} else if (field !== void 0) {
		const given = value ?? field.bare;
		if (given === void 0) problems.push({
			input: name,
			what: "the flag has no value",
			accepted: field.accepts
		});
		else addValue(name, field, given, values, problems);
	} else readFileFlag(name, value, declaration, values, problems);
}
function readFileFlag(flag, path, declaration, values, problems) {
	const name = flag.endsWith(FILE_SUFFIX) ? flag.slice(0, -5) : "";
	const field = declaration[name];
	if (field === void 0) {
		const nearest = nearestName(flag, Object.keys(declaration));
		const fix = nearest === void 0 ? {} : { fix: `Did you mean \`--${nearest}\`?` };
		problems.push({
			input: `--${flag}`,
			what: "there is no such flag",
			...fix
		});
	} else if (path === void 0) problems.push({
		input: name,
		what: `\`--${flag}\` has no value`,
		accepted: "the path of a file"
	});
	else try {
		addValue(name, field, readFileSync(path, "utf8"), values, problems);
	} catch (error) {
		const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
		problems.push({
			input: name,
			what: `the file that \`--${flag}\` names cannot be read${code}`
		});
	}
}
function addValue(name, field, value, values, problems) {
	const before = values.get(name);
	if (before !== void 0 && field.type !== "list") problems.push({
		input: name,
		what: "the flag is given twice"
	});
	values.set(name, before === void 0 ? value : `${before}\n${value}`);
}

// src/platform/help.ts
const WIDTH = 100;
const INDENT = "      ";
function renderHelp(declarations) {
	const width = Math.max(...declarations.map(({ name }) => name.length));
	return [
		"Usage: lifeboat ACTION --INPUT VALUE …",
		"       lifeboat ACTION --help",
		"       lifeboat --version",
		"",
		"Actions:",
		...declarations.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
		"",
		"Exit codes:",
		...Object.values(EXIT_CODES).map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`),
		""
	].join("\n");
}
function renderActionHelp({ name, description, inputs, positional }) {
	const groups = [...new Set(Object.values(inputs).map((field) => field.group))];
	return [
		`Usage: lifeboat ${name} ${positional === void 0 ? "" : `[${positional.toUpperCase()}] `}--INPUT VALUE …`,
		"",
		`${description}.`,
		"",
		"Every input can also be given as a file, `--INPUT-file PATH`, or as a variable, LIFEBOAT_INPUT. Secrets",
		"are taken in these two ways only. Lists can be given by repeating the flag.",
		...groups.flatMap((group) => [
			"",
			`${group}:`,
			...renderGroup(group, inputs)
		]),
		""
	].join("\n");
}
function renderGroup(group, inputs) {
	return Object.entries(inputs).filter(([, field]) => field.group === group).flatMap(([name, field]) => [`  ${renderFlag(name, field, inputs)}${renderPresence(field)}`, ...wrap(describeField(field))]);
}
function renderFlag(name, field, inputs) {
	if (field.isSecret) return secretFlags(name, inputs).join(" or ");
	if (field.bare === void 0) return `--${name} VALUE`;
	return field.bare === "true" ? `--${name} [true|false]` : `--${name} [VALUE]`;
}
function renderPresence(field) {
	if (field.isRequired) return "  (required)";
	return field.default === void 0 || field.default === "" ? "" : `  (default: ${field.default})`;
}
function wrap(text) {
	const lines = [];
	let line = INDENT;
	for (const word of text.split(" ")) {
		if (line.length + word.length > WIDTH && line.trim() !== "") {
			lines.push(line.trimEnd());
			line = INDENT;
		}
		line += `${word} `;
	}
	return [...lines, line.trimEnd()];
}

// src/platform/progress-bar.ts
const BAR_COLUMNS = 24;
const MIN_LABEL_COLUMNS = 8;
/** Never wider than `columns`. */
function renderProgressBar(progress, columns) {
	const { label, doneBytes, totalBytes, bytesPerSecond, elapsedMs } = progress;
	const share = totalBytes === void 0 ? void 0 : Math.min(1, doneBytes / Math.max(1, totalBytes));
	const rate = `${formatBytes(bytesPerSecond)}/s`;
	let kept = share === void 0 || totalBytes === void 0 ? [
		formatBytes(doneBytes),
		rate,
		formatDuration(elapsedMs)
	] : [
		`${String(Math.floor(share * 100)).padStart(3)}%`,
		bar(share),
		`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
		rate,
		...bytesPerSecond > 0 && share < 1 ? [`${formatDuration((totalBytes - doneBytes) / bytesPerSecond * 1e3)} left`] : []
	];
	while (kept.length > 1 && widthOf(kept) + MIN_LABEL_COLUMNS > columns) kept = kept.slice(0, -1);
	const room = Math.max(0, columns - widthOf(kept));
	const characters = Array.from(label);
	const name = characters.length > room ? `${characters.slice(0, Math.max(0, room - 1)).join("")}…` : label;
	return Array.from([name, ...kept].join("  ")).slice(0, Math.max(0, columns)).join("");
}
function widthOf(parts) {
	return parts.reduce((sum, part) => sum + part.length + 2, 0);
}
function bar(share) {
	const full = Math.floor(share * BAR_COLUMNS);
	return `[${"#".repeat(full)}${".".repeat(BAR_COLUMNS - full)}]`;
}

// src/platform/terminal-printer.ts
const COLOURS = {
	plain: "",
	title: "\x1B[1m",
	warning: "\x1B[33m",
	error: "\x1B[31m"
};
const RESET = "\x1B[0m";
/** To the beginning of the line, and nothing on it. */
const CLEAR_LINE = "\r\x1B[K";
function createTerminalPrinter({ log, summary, hasColours, columns }) {
	let shown;
	const draw = () => {
		if (shown !== void 0) log.write(CLEAR_LINE + renderProgressBar(shown, (columns?.() ?? 0) - 1));
	};
	const print = (lines, colour = "plain") => {
		const time = (/* @__PURE__ */ new Date()).toISOString().replace(/\.\d+/, "");
		if (shown !== void 0) log.write(CLEAR_LINE);
		for (const line of lines) {
			const text = hasColours && colour !== "plain" ? `${COLOURS[colour]}${line}${RESET}` : line;
			log.write(`${time} ${text}\n`);
		}
		draw();
	};
	const withPrefix = (prefix, lines) => lines.map((line, index) => index === 0 ? `${prefix}: ${line}` : line);
	return {
		debug: () => void 0,
		info: (lines) => print(lines),
		...columns === void 0 ? {} : { progress: (progress) => {
			if (progress === void 0 && shown !== void 0) log.write(CLEAR_LINE);
			shown = progress;
			draw();
		} },
		warning: (lines) => print(withPrefix("warning", lines), "warning"),
		error: (title, lines) => print([...withPrefix("error", [title]), ...lines.map((line) => `  ${line}`)], "error"),
		beginGroup: (title) => print([title], "title"),
		endGroup: () => void 0,
		output: (name, value) => print([`${name}: ${value}`]),
		print: (lines) => {
			if (shown !== void 0) log.write(CLEAR_LINE);
			return new Promise((resolve) => {
				summary.write(`${lines.join("\n")}\n`, (error) => resolve(error === void 0 || error === null));
			});
		},
		summary: (markdown) => {
			if (shown !== void 0) log.write(CLEAR_LINE);
			summary.write(markdown);
			return true;
		},
		mask: () => void 0
	};
}

// src/platform/on-command-line.ts
/** Of a terminal that says 0, as some do over a serial line or in a pipe of their own. */
const DEFAULT_COLUMNS = 80;
const HELP_FLAGS = ["--help", "-h"];
/** `args` are those after the name of the program. */
async function runOnCommandLine(registry, args, version) {
	const [command = "", ...rest] = args;
	const declarations = Object.values(registry).map(({ declaration }) => declaration);
	if (HELP_FLAGS.includes(command) || command === "help") return leave(renderHelp(declarations));
	if (command === "--version") return leave(`lifeboat ${version}\n`);
	const entry = Object.hasOwn(registry, command) ? registry[command] : void 0;
	if (entry === void 0) return refuse(command, Object.keys(registry));
	if (rest.some((argument) => HELP_FLAGS.includes(argument))) return leave(renderActionHelp(entry.declaration));
	const environment = readEnvironment();
	const otherNames = declarations.flatMap(({ inputs }) => Object.keys(inputs));
	const { inputs, positional } = entry.declaration;
	const source = createFlagSource(rest, environment.variables, inputs, otherNames, positional);
	const printer = createTerminalPrinter({
		log: process.stderr,
		summary: process.stdout,
		hasColours: process.stderr.isTTY && !environment.variables["NO_COLOR"],
		columns: canRedraw(environment.variables) ? () => process.stderr.columns || DEFAULT_COLUMNS : void 0
	});
	return startRun(entry, source, environment, printer, canAsk() ? { ask } : {});
}
function canAsk() {
	return process.stdin.isTTY && process.stderr.isTTY;
}
async function ask(question) {
	const terminal = createInterface({
		input: process.stdin,
		output: process.stderr
	});
	const { promise: closed, resolve } = Promise.withResolvers();
	terminal.once("close", () => resolve(""));
	terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
	try {
		return await Promise.race([terminal.question(question), closed]);
	} finally {
		terminal.close();
	}
}
function canRedraw({ TERM, GITHUB_ACTIONS }) {
	return process.stderr.isTTY && TERM !== "dumb" && GITHUB_ACTIONS !== "true";
}
function leave(text) {
	process.stdout.write(text);
	process.exit(exitCodeOf("good"));
}
function refuse(command, names) {
	const nearest = nearestName(command, names);
	const lines = [
		command === "" ? "lifeboat: no action is given" : `lifeboat: there is no action "${showUnseen(command)}"`,
		nearest === void 0 ? `Actions: ${names.join(", ")}` : `Did you mean "${nearest}"?`,
		"Try: lifeboat --help"
	];
	process.stderr.write(`${lines.join("\n")}\n`);
	process.exit(exitCodeOf("configuration"));
}

// src/entries/cli.ts
await runOnCommandLine(actions, process.argv.slice(2), VERSION);

export {  };