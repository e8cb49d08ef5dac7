#!/usr/bin/env node
import { a as findUnknownVariables, i as exitCodeOf, n as startRun, o as readEnvironment, r as EXIT_CODES, s as nearestName, t as actions } from "./chunks/actions.js";
import { lt as showUnseen, ot as describeField } from "./chunks/target.js";
import { t as VERSION } from "./chunks/version.js";
import { readFileSync } from "node:fs";

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
function createFlagSource(args, variables, declaration, otherNames = []) {
	const names = Object.keys(declaration);
	const unknown = findUnknownVariables(variables, PREFIX, flagVariable, [...names, ...otherNames]);
	const flags = readFlags(args, declaration);
	return {
		read: (name) => flags.values.get(name) ?? variables[flagVariable(name)],
		howToGive: (name, isSecret) => isSecret ? `Give it as ${secretFlags(name, declaration).map((flag) => `\`${flag}\``).join(" or ")}.` : `Give it as \`--${name} VALUE\`.`,
		leaked: flags.leaked,
		problems: [...unknown.problems, ...flags.problems],
		warnings: unknown.warnings
	};
}
function readFlags(args, declaration) {
	const flags = {
		values: /* @__PURE__ */ new Map(),
		problems: [],
		leaked: []
	};
	const rest = [...args];
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
		const given = value ?? (field.isBoolean ? "true" : void 0);
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
function renderActionHelp({ name, description, inputs }) {
	const groups = [...new Set(Object.values(inputs).map((field) => field.group))];
	return [
		`Usage: lifeboat ${name} --INPUT VALUE …`,
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
	return field.isBoolean ? `--${name} [true|false]` : `--${name} VALUE`;
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

// src/platform/terminal-printer.ts
const COLOURS = {
	plain: "",
	title: "\x1B[1m",
	warning: "\x1B[33m",
	error: "\x1B[31m"
};
const RESET = "\x1B[0m";
function createTerminalPrinter({ log, summary, hasColours }) {
	const print = (lines, colour = "plain") => {
		const time = (/* @__PURE__ */ new Date()).toISOString().replace(/\.\d+/, "");
		for (const line of lines) {
			const text = hasColours && colour !== "plain" ? `${COLOURS[colour]}${line}${RESET}` : line;
			log.write(`${time} ${text}\n`);
		}
	};
	const withPrefix = (prefix, lines) => lines.map((line, index) => index === 0 ? `${prefix}: ${line}` : line);
	return {
		debug: () => void 0,
		info: (lines) => print(lines),
		warning: (lines) => print(withPrefix("warning", lines), "warning"),
		error: (title, lines) => print([...withPrefix("error", [title]), ...lines.map((line) => `  ${line}`)], "error"),
		beginGroup: (title) => print([title], "title"),
		endGroup: () => void 0,
		output: (name, value) => print([`${name}: ${value}`]),
		summary: (markdown) => {
			summary.write(markdown);
			return true;
		},
		mask: () => void 0
	};
}

// src/platform/on-command-line.ts
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
	const source = createFlagSource(rest, environment.variables, entry.declaration.inputs, otherNames);
	const printer = createTerminalPrinter({
		log: process.stderr,
		summary: process.stdout,
		hasColours: process.stderr.isTTY && !environment.variables["NO_COLOR"]
	});
	return startRun(entry, source, environment, printer);
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