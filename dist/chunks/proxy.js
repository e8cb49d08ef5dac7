import { isIP } from "node:net";
import { createHash, randomBytes } from "node:crypto";

// src/errors.ts
/** Every code, the class it belongs to and what it means; docs/reference/errors.md is made from this table. */
const ERROR_CODES = {
	"input-invalid": ["configuration", "One or more inputs are missing or cannot be used; every problem is listed."],
	"replay-tool-missing": ["configuration", "The image of the sandbox has no program that replays binlogs."],
	"ssh-unreachable": ["target", "No TCP connection to the SSH server, or it broke before authentication."],
	"ssh-host-key": ["target", "The server showed a host key that `ssh-known-hosts` does not list, or a revoked one."],
	"ssh-algorithms": ["target", "The SSH server offers no algorithm that Lifeboat accepts."],
	"ssh-auth": ["target", "The server did not accept the user and key."],
	"ssh-forwarding": ["target", "The bastion let the user in but does not forward connections to the target."],
	"ssh-exec": ["target", "The SSH server let the user in but did not run a command."],
	"ssh-lost": ["target", "The SSH connection broke while the target was at work."],
	"ssh-timeout": ["target", "The target did not answer, or the run reached its `timeout`."],
	"target-busy": ["target", "Another run of the same action holds the lock on the target."],
	"target-protocol": ["target", "The shell on the target answered with something that Lifeboat did not ask for."],
	"target-tool-missing": ["target", "A program that the action needs is not installed on the target."],
	"target-stage-failed": ["target", "A program on the target ended with an error."],
	"target-home": ["target", "The private working directory or the lock could not be made on the target, or its disk is full."],
	"before-failed": ["target", "The commands of `before` ended with an error; nothing was stored."],
	"after-failed": ["target", "The commands of `after` ended with an error, or were not seen to end. What the run stored counts."],
	"db-unreachable": ["target", "The database server cannot be reached from the target, or ended the connection."],
	"db-container": ["target", "The container that the database runs in is not there, does not run, or may not be entered by the SSH user."],
	"db-access-denied": ["target", "The database server refused the user or the password."],
	"db-lock-refused": ["target", "The database server refuses the lock under which MySQL says where its binary log stands, as managed servers do."],
	"db-credentials-file": ["target", "The credentials file on the target is missing, readable by others, or holds unsuitable options."],
	"db-flavour-mix": ["target", "The dump client and the database server are of different flavours."],
	"db-version-unsupported": ["target", "The version of the database server or of its client is not supported."],
	"db-rights-missing": ["target", "The dump user lacks rights; the GRANT statements are printed."],
	"db-rights-excess": ["target", "The dump user may write data; the REVOKE statements are printed."],
	"db-not-found": ["target", "A database or table that the inputs name does not exist, or is hidden from the dump user."],
	"db-empty": ["target", "There is nothing to dump: no tables in the chosen databases."],
	"db-not-transactional": ["target", "Tables hold rows in an engine that a snapshot cannot dump consistently."],
	"replica-stale": ["target", "The database server is a replica that has stopped, or is farther behind its source than `max-replica-lag`."],
	"binlog-unavailable": ["target", "The database server writes no binary log, or one that cannot be shipped."],
	"storage-path": ["target", "A directory that the inputs name is not there, or the SSH user may not see it."],
	"storage-database": ["target", "A directory of a database server is among the files to be backed up."],
	"storage-shrunk": ["target", "More files are gone than `max-deleted` allows."],
	"storage-inconsistent": ["integrity", "What the target listed and what it packed are not the same. There is no new snapshot."],
	"storage-incomplete": ["integrity", "Some files could not be read. The snapshot is stored, and does not count as complete."],
	"storage-unfinished": ["target", "The time was up before everything was packed. What was packed counts, and the next run goes on."],
	"lock-not-granted": ["target", "Tables without transactions could not be locked within 30 seconds."],
	"lock-too-long": ["target", "The dump was not done within `max-lock`; the lock was given up."],
	"restore-exists": ["target", "A database of this name is there already, and nothing is replaced unless `replace` says so."],
	"restore-choice": ["target", "What was chosen is not in the backup, cannot be taken out of it or given another name, or does not fit the server."],
	"restore-failed": ["target", "The database server did not accept what was to be restored, or the restore broke off; what was half loaded is dropped again."],
	"store-unreachable": ["store", "The store does not answer, or stopped answering."],
	"store-denied": ["store", "The store refused the credentials or the operation."],
	"store-not-found": ["store", "The bucket, directory or object does not exist."],
	"store-exists": ["store", "An object of this name is already there; Lifeboat never overwrites."],
	"store-unversioned": ["store", "The bucket keeps no versions, so that a stolen key could overwrite backups."],
	"store-upload-failed": ["store", "The store did not confirm an upload."],
	"not-ready": ["target", "What `doctor` looked at has faults; all of them are listed, each with what to do."],
	"clock-skew": ["store", "The clock of the runner, or of the database server, differs from the store's by more than ten minutes."],
	"recipient-unusable": ["encryption", "A recipient key cannot be encrypted to: expired, revoked, or of a kind that stock gpg cannot read."],
	"encryption-format": ["encryption", "What was to be stored is not an OpenPGP message for exactly the given recipients."],
	"dump-incomplete": ["integrity", "The dump has no trailer, or an object in it ended early."],
	"hash-mismatch": ["integrity", "What the runner received is not what the target sent."],
	"catalogue-changed": ["integrity", "The structure of a database changed while it was dumped; the changes are named."],
	"inventory-mismatch": ["integrity", "What is in the dump is not what the server's catalogue lists; the differences are named."],
	"binlog-damaged": ["integrity", "A binary log is not whole, or a checksum in it does not match; it does not count."],
	"binlog-unreadable": ["integrity", "The database server lists a binary log that cannot be read; it was left out."],
	"binlog-gap": ["integrity", "The chain of shipped binary logs is broken; what is still there was shipped."],
	"too-small": ["integrity", "The dump is smaller than `min-size`."],
	"sandbox-unavailable": ["sandbox", "There is no Docker or Podman that a sandbox can be made with, or it failed."],
	"sandbox-image": ["sandbox", "No image fits the backup's database server, or the given one is of another flavour or series."],
	"sandbox-space": ["sandbox", "The disk has too little room for the backup or for what it restores to."],
	"sandbox-died": ["sandbox", "The sandbox, or the database server in it, ended by itself: most often it ran out of memory."],
	"backup-not-found": ["restore-test", "There is no backup to restore, or none with this id."],
	"signature-invalid": ["restore-test", "A signature does not verify with the trusted keys."],
	"manifest-invalid": ["restore-test", "A manifest or inventory is not of the documented form, or does not belong where it stands."],
	"object-mismatch": ["restore-test", "An object in the store is missing, or is not what the signed manifest says."],
	"identity-unfit": ["restore-test", "The backup is not encrypted to the identity."],
	"decryption-failed": ["restore-test", "An object does not decrypt or decompress, although its bytes are those of the manifest."],
	"load-failed": ["restore-test", "The database server in the sandbox did not accept the dump, or the load ended early."],
	"restore-unreadable": ["restore-test", "What was restored cannot be dumped again."],
	"restore-differs": ["restore-test", "What was restored is not what was dumped; the differences are named."],
	"restore-empty": ["restore-test", "What was restored holds no table, or no row in any table; or of a storage nothing was read."],
	"restore-broken": ["restore-test", "A restored table or view cannot be used."],
	"assertion-failed": ["restore-test", "An assertion does not hold in the restored databases."],
	"not-an-anchor": ["restore-test", "Point-in-time recovery cannot start at this backup; its manifest says why."],
	"binlog-chain": ["restore-test", "Binlogs after the backup are missing, doubled or of another server, or do not reach the moment that was asked for."],
	"binlog-invalid": ["restore-test", "A shipped binlog is not what its manifest says, or cannot be read."],
	"replay-failed": ["restore-test", "The server in the sandbox did not accept the binlogs, or they are damaged."],
	"replay-differs": ["restore-test", "After the replay other transactions are there than the binlogs hold."],
	"snapshot-missing": ["restore-test", "There is storage, but no complete snapshot of it that belongs to the dump, or is recent."],
	"restore-too-slow": ["restore-test", "The restore took longer than `max-restore-time`."],
	"data-loss-exceeded": ["restore-test", "The backup is older than `max-data-loss`."],
	"proof-invalid": ["restore-test", "A proof in the store is not of the documented form, or not signed by a trusted prover."],
	"verify-too-slow": ["store", "Verify reached its `timeout` before there was a verdict."],
	unhealthy: ["stale", "What `verify` looked at is not as it should be: something is missing, too old, not signed or not protected."],
	cancelled: ["cancelled", "The run was cancelled."]
};
/** An error for the user: `message` says what failed on what, `hint` what to do. Neither may hold a secret. */
var LifeboatError = class extends Error {
	name = "LifeboatError";
	code;
	hint;
	variant;
	constructor(code, message, options = {}) {
		super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
		this.code = code;
		this.hint = options.hint;
		this.variant = options.variant;
	}
	get class() {
		return ERROR_CODES[this.code][0];
	}
};

// src/domain/text/visible.ts
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u{FEFF}\u{E0000}-\u{E007F}]/gu;
const NAMED = {
	"\n": "\\n",
	"\r": "\\r",
	"\0": "\\0"
};
function escapeCharacter(character) {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	if (code <= 255) return `\\x${hex.padStart(2, "0")}`;
	return code <= 65535 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
/** The same text on one line, with every unseen character but the tab as an escape such as `\n`, `\x1b` or `\u202e`. */
function showUnseen(text) {
	return text.toWellFormed().replace(UNSEEN, (character) => character === "	" ? character : NAMED[character] ?? escapeCharacter(character));
}
/** For standard output without Markdown: on one line, and nothing that the runner of a workflow would obey, should it be a workflow's log. */
function plainLine(text) {
	return showUnseen(text).replaceAll("	", " ").replaceAll("##[", "## [").replace(/^ *::/, ": :");
}
/** What is not plain in a name: a character of UTF-8, or a byte. */
const ODD = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^ -[\]-~]/g;
const SHORT = {
	"\\": "\\\\",
	"\n": "\\n",
	"\r": "\\r",
	"	": "\\t"
};
/**
* A name that is bytes as latin1 text, for standard output: on one line, nothing that a terminal or the runner of a workflow would obey, and
* exactly this name. Whatever is unseen or no UTF-8 stands there byte by byte, as bash reads it in `$'…'`: `\n`, `\x1b`.
*/
function showName(name) {
	return name.replaceAll(ODD, (piece) => {
		const text = Buffer.from(piece, "latin1").toString("utf8");
		return Buffer.from(text, "utf8").toString("latin1") === piece && text !== "\\" && text.search(UNSEEN) < 0 ? text : SHORT[piece] ?? escapeBytes(piece);
	}).replaceAll("##[", String.raw`##\x5b`);
}
function escapeBytes(bytes) {
	return Array.from(bytes, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}

// src/inputs/declaration.ts
/** Makes rules for inputs of a declaration: `check` gets exactly the inputs that it asked for. */
function ruleFor(_declaration, needs, check) {
	return {
		needs,
		check: (inputs, surroundings) => check(inputs, surroundings)
	};
}

// src/inputs/field.ts
function field(kind, details) {
	return {
		description: details.description,
		type: kind.type,
		accepts: kind.accepts,
		isMultiline: kind.isMultiline,
		bare: details.bare ?? (kind.type === "boolean" ? "true" : void 0),
		isRequired: details.required ?? false,
		default: details.default,
		isSecret: details.secret ?? false,
		group: "",
		parse: (text) => kind.parse(text.replaceAll("\r\n", "\n")),
		absent: () => details.default === void 0 ? void 0 : kind.parse(details.default)
	};
}
/** Description and what is accepted, in sentences. */
function describeField({ description, accepts }) {
	return accepts === void 0 ? description : `${description} Accepted: ${accepts}.`;
}
/** Puts fields under one heading. */
function group(title, fields) {
	const entries = Object.entries(fields).map(([name, one]) => [name, {
		...one,
		group: title
	}]);
	return Object.fromEntries(entries);
}
/** `ssh-known-hosts` to `sshKnownHosts`. */
function camelCase(name) {
	return name.replace(/-([a-z0-9])/g, (_, character) => character.toUpperCase());
}

// src/inputs/kind.ts
/** Why a value is not accepted: a predicate such as "is not a whole number", which must not quote the value. */
var Refusal = class extends Error {
	name = "Refusal";
};
const CONTROL = /\p{Cc}/u;
/** A kind of one line without control characters; outer blanks are dropped before `parse` sees the text. */
function lineKind(type, accepts, parse) {
	return {
		type,
		accepts,
		isMultiline: false,
		parse: (text) => {
			const line = text.trim();
			if (line.includes("\n")) throw new Refusal("has more than one line");
			if (CONTROL.test(line)) throw new Refusal("holds a control character");
			return parse(line);
		}
	};
}
/** A kind of one line that either matches or is refused with the same words for every reason. */
function matchKind(type, accepts, pattern, refusal) {
	return lineKind(type, accepts, (line) => {
		if (!pattern.test(line)) throw new Refusal(refusal);
		return line;
	});
}

// src/domain/text/units.ts
const SECOND_MS = 1e3;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DURATION = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
const SIZE = /^(\d{1,15}(?:\.\d{1,6})?) ?(B|[kK]B|MB|GB|TB|KiB|MiB|GiB|TiB)$/;
const PERCENT = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/;
const BYTES_PER_UNIT = {
	B: 1,
	kB: 1e3,
	KB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 0xe8d4a51000,
	KiB: 1024,
	MiB: 2 ** 20,
	GiB: 2 ** 30,
	TiB: 2 ** 40
};
/** Milliseconds of `90s`, `15m`, `26h`, `8d` or units joined from great to small, `5h30m`; undefined for anything else. */
function parseDuration(text) {
	const match = DURATION.exec(text);
	if (match === null || text === "") return void 0;
	const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0));
	const durationMs = (days ?? 0) * DAY_MS + (hours ?? 0) * HOUR_MS + (minutes ?? 0) * MINUTE_MS + (seconds ?? 0) * SECOND_MS;
	return Number.isSafeInteger(durationMs) ? durationMs : void 0;
}
/** Bytes of `1GB` (10^9), `16MiB` (2^20), `512 B`; undefined for anything else, bare numbers included. */
function parseSize(text) {
	const match = SIZE.exec(text);
	const sizeBytes = Math.round(Number(match?.[1]) * (BYTES_PER_UNIT[match?.[2] ?? ""] ?? NaN));
	return Number.isSafeInteger(sizeBytes) ? sizeBytes : void 0;
}
/** The number before the sign of `20%`, from 0 to 100; undefined for anything else. */
function parsePercent(text) {
	const match = PERCENT.exec(text);
	const percent = Number(match?.[1]);
	return percent <= 100 ? percent : void 0;
}
const SHOWN_UNITS = [
	"B",
	"kB",
	"MB",
	"GB",
	"TB",
	"PB"
];
/** Powers of ten with one decimal: `0 B`, `999 B`, `1.3 GB`. */
function formatBytes(sizeBytes) {
	let value = sizeBytes;
	let unit = 0;
	while (value >= (unit === 0 ? 1e3 : 999.95) && unit < SHOWN_UNITS.length - 1) {
		value /= 1e3;
		unit += 1;
	}
	return `${unit === 0 ? String(Math.round(value)) : value.toFixed(1)} ${SHOWN_UNITS[unit] ?? ""}`;
}
/** The two greatest units: `0.4 s`, `42 s`, `4 min 12 s`, `3 h 5 min`, `2 d`. */
function formatDuration(durationMs) {
	if (durationMs < 9950) return `${(Math.max(0, durationMs) / SECOND_MS).toFixed(1)} s`;
	const seconds = Math.round(durationMs / SECOND_MS);
	const parts = [
		[Math.floor(seconds / 86400), "d"],
		[Math.floor(seconds / 3600) % 24, "h"],
		[Math.floor(seconds / 60) % 60, "min"],
		[seconds % 60, "s"]
	];
	const first = parts.findIndex(([count]) => count > 0);
	return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
/** Thousands separated by commas: `2,660,000`. */
function formatCount(count) {
	return String(Math.trunc(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
/** `1 table`, `2,000 tables`. */
function countOf(count, noun) {
	const plural = `${noun.replace(/(?<=[^aeiou])y$/, "ie")}s`;
	return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|([+-])(\d\d):?(\d\d))$/;
/** `2026-11-20T03:05:12.250Z`, `2026-11-20 04:05+01:00`: ISO 8601 with its zone; undefined for anything else, also for 30 February. */
function parseInstant(text) {
	const [whole, sign, hours = "0", minutes = "0"] = INSTANT.exec(text) ?? [];
	if (whole === void 0) return void 0;
	const time = Date.parse(whole.replace(" ", "T").replace(/([+-]\d\d):?(\d\d)$/, "$1:$2"));
	if (Number.isNaN(time)) return void 0;
	const offsetMs = (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS) * (sign === "-" ? -1 : 1);
	return new Date(time + offsetMs).toISOString().startsWith(whole.slice(0, 10)) ? new Date(time) : void 0;
}
const MONTHS = [
	"Jan",
	"Feb",
	"Mar",
	"Apr",
	"May",
	"Jun",
	"Jul",
	"Aug",
	"Sep",
	"Oct",
	"Nov",
	"Dec"
];
/** `20 Nov 2026, 03:05:12 UTC` of `2026-11-20T03:05:12.000Z`. */
function formatInstant(iso) {
	return `${formatDay(iso)}, ${iso.slice(11, 19)} UTC`;
}
/** `20 Nov 2026`. */
function formatDay(iso) {
	const date = new Date(iso);
	return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`;
}

// src/inputs/kinds.ts
/** Any text; outer blank lines are dropped. */
const text = {
	type: "text",
	accepts: void 0,
	isMultiline: true,
	parse: (value) => value.trim()
};
const line = lineKind("text", void 0, (value) => value);
/** A password or passphrase: nothing is trimmed but the line end that pasting leaves behind. */
const password = {
	type: "text",
	accepts: void 0,
	isMultiline: false,
	parse: (value) => {
		const secret = value.replace(/\n+$/, "");
		if (/\p{Cc}/u.test(secret)) throw new Refusal("has more than one line, or holds a control character");
		return secret;
	}
};
/** A list, one item a line; blank lines, lines that begin with `#` and repeated items are dropped. */
function lines(items) {
	return {
		type: "list",
		accepts: `${items.accepts}, one a line; lines that begin with # are comments`,
		isMultiline: true,
		parse: (value) => {
			const given = value.split("\n").map((entry) => entry.trim()).filter((entry) => entry !== "" && !entry.startsWith("#"));
			return [...new Set(given)].map((entry) => items.parse(entry));
		}
	};
}
function integer({ min, max }) {
	return lineKind("number", `a whole number from ${min} to ${max}`, (value) => {
		if (!/^-?\d{1,15}$/.test(value)) throw new Refusal("is not a whole number");
		const number = Number(value);
		if (number < min || number > max) throw new Refusal("is out of range");
		return number;
	});
}
const port = integer({
	min: 1,
	max: 65535
});
const boolean = lineKind("boolean", "`true` or `false`", (value) => {
	if (value !== "true" && value !== "false") throw new Refusal("is neither `true` nor `false`");
	return value === "true";
});
function choice(...values) {
	const accepts = values.map((value) => `\`${value}\``).join(", ");
	return lineKind("choice", values.length === 1 ? `only ${accepts}` : `one of ${accepts}`, (value) => {
		const chosen = values.find((candidate) => candidate === value);
		if (chosen === void 0) throw new Refusal("is not one of the choices");
		return chosen;
	});
}
/** Limits in milliseconds, both included. The value is in milliseconds too. */
function duration({ min, max }) {
	const accepts = `a duration such as \`90s\`, \`15m\`, \`5h30m\` or \`8d\`, from ${formatDuration(min)} to ${formatDuration(max)}`;
	return lineKind("duration", accepts, (value) => {
		const durationMs = parseDuration(value);
		if (durationMs === void 0) throw new Refusal("is not a duration");
		if (durationMs < min || durationMs > max) throw new Refusal("is out of range");
		return durationMs;
	});
}
/** The value is in bytes. */
const size = lineKind("size", "a size with its unit: `1GB` is 10^9 bytes, `16MiB` is 2^20 times 16", (value) => {
	const sizeBytes = parseSize(value);
	if (sizeBytes === void 0) throw new Refusal(/^\d+$/.test(value) ? "has no unit" : "is not a size");
	return sizeBytes;
});
/** The value is the number before the sign. */
const percent = lineKind("percentage", "a percentage from `0%` to `100%`", (value) => {
	const number = parsePercent(value);
	if (number === void 0) throw new Refusal("is not a percentage");
	return number;
});
const url = lineKind("URL", "an https URL without user and password", (value) => {
	const parsed = URL.parse(value);
	if (parsed?.protocol !== "https:") throw new Refusal("is not an https URL");
	if (parsed.username !== "" || parsed.password !== "") throw new Refusal("holds a user or a password");
	return parsed;
});

// src/inputs/groups/telling.ts
const LOG_LEVELS = [
	"debug",
	"info",
	"warning"
];
const webAddress = lineKind("URL", "an address that begins with https:// or http://", (text) => {
	const url = URL.parse(text);
	if (url === null || !["http:", "https:"].includes(url.protocol)) throw new Refusal("is not the address of a web page");
	if (url.username !== "" || url.password !== "") throw new Refusal("holds a user or a password");
	return url;
});
/** For what people run by hand. */
const logInputs = group("Telling", { "log-level": field(choice(...LOG_LEVELS), {
	description: "How much the log says. Secrets are never in it.",
	default: "info"
}) });
/** For what runs by itself; the platform does what they say (src/platform/telling/). */
const tellingInputs = group("Telling", {
	"heartbeat-url": field(webAddress, {
		description: "Address that hears when a run starts (with `/start` behind it), is good (as it is) or fails (`/fail`), so that a run that never began is noticed: a check of healthchecks.io, or of a service with the same addresses. It never fails a run. A dry run says nothing.",
		secret: true
	}),
	"notify-issue": field(boolean, {
		description: "Open an issue in the repository when a run fails, bring it up to date with every attempt, and close it when a run is good again: one for each server and action. It never fails a run. A dry run says nothing.",
		default: "false"
	}),
	"github-token": field(password, {
		description: "Token for these issues. The one of the job does, when it has `issues: write`.",
		secret: true
	}),
	"public-details": field(boolean, {
		description: "Write the whole message and the end of the log into issues although everybody can read the repository. Otherwise they have neither there, and names are shortened.",
		default: "false"
	}),
	...logInputs
});
const tellingRules = [ruleFor(tellingInputs, ["notify-issue", "github-token"], ({ notifyIssue, githubToken }, surroundings) => notifyIssue ? findMissing("notify-issue", githubToken, surroundings) : [])];
/** For restore tests: what no program can look at. */
const humanCheckInputs = group("Telling", { "human-check": field(choice("never", "quarterly"), {
	description: "Open an issue with what only people can check, once in a quarter of a year and repository: is the paper still there, who else has the keys, was a restore tried on another machine.",
	default: "never"
}) });
const humanCheckDeclaration = {
	...tellingInputs,
	...humanCheckInputs
};
const humanCheckRules = [ruleFor(humanCheckDeclaration, ["human-check", "github-token"], ({ humanCheck, githubToken }, surroundings) => humanCheck === "never" ? [] : findMissing("human-check", githubToken, surroundings))];
function findMissing(input, token, { isWorkflow = false, hasRepository = false }) {
	return [...token === void 0 ? [{
		input: "github-token",
		what: `nothing is given, and \`${input}\` needs it`,
		fix: "In a workflow: `github-token: ${{ secrets.GITHUB_TOKEN }}`, and `issues: write` below `permissions:`."
	}] : [], ...isWorkflow || hasRepository ? [] : [{
		input,
		what: "outside of a workflow it is not known which repository has the issues",
		fix: "Set the variable GITHUB_REPOSITORY to `owner/name`, and GITHUB_API_URL where it is not on github.com."
	}]];
}

// src/domain/stores/store-profiles.ts
/** Protections that are missing in a store reached by SFTP: sentences for summaries, with what to do. */
function describeSftpLacks({ hasLinks, hasSync, mayDestroy }) {
	return [
		...mayDestroy ? ["The store is reached by SFTP, with an account that may delete or replace files: whoever steals its key can destroy every backup. Take these rights from it, or let the server keep snapshots that the account cannot reach (docs/store-setup.md)."] : [],
		...hasLinks ? [] : [`The SFTP server has no hardlink@openssh.com, and may replace a file when another is renamed: ${UNIQUE_NAMES}.`],
		...hasSync ? [] : ["The SFTP server has no fsync@openssh.com: it does not say when what it took is on its disk. A power cut there can damage the newest backup; only a restore test would show it."]
	];
}
/** Classes whose objects must be brought back for hours before they can be read: no restore test could read them. */
const ARCHIVES = /* @__PURE__ */ new Set(["GLACIER", "DEEP_ARCHIVE"]);
const UNIQUE_NAMES = "only the uniqueness of names keeps objects from being replaced";
const AMAZON = {
	name: "Amazon S3",
	hasCrc32: true,
	hasMd5EtagUnderAes256: true,
	hasPartsEtag: false,
	storageClasses: [...[
		"STANDARD",
		"STANDARD_IA",
		"ONEZONE_IA",
		"INTELLIGENT_TIERING",
		"GLACIER_IR"
	], "REDUCED_REDUNDANCY"],
	lacks: []
};
/** Documented by Backblaze; refuses conditional writes with 501, which the writer hears by itself. */
const BACKBLAZE = {
	name: "Backblaze B2",
	hasCrc32: false,
	hasPartsEtag: false,
	storageClasses: ["STANDARD"],
	lacks: []
};
/** Documented by Cloudflare: conditional writes, no versions and no S3 Object Lock, but locks of the bucket. */
const CLOUDFLARE = {
	name: "Cloudflare R2",
	hasCrc32: false,
	hasPartsEtag: false,
	storageClasses: ["STANDARD", "STANDARD_IA"],
	lacks: [],
	withoutVersions: "Cloudflare R2 keeps no versions: lock the bucket (a lock rule with a retention, in its settings), and then set `allow-unversioned: true`."
};
/** Seen with Ceph 20. */
const CEPH = {
	name: "Ceph Object Gateway",
	hasCrc32: false,
	hasPartsEtag: true,
	lacks: []
};
/** Seen with Ceph 16: in a bucket with versions it takes every conditional write, and makes a new version; no ETag of an object of parts. */
const OLD_CEPH = {
	name: "Ceph Object Gateway before release 18",
	hasCrc32: false,
	hasPartsEtag: false,
	lacks: [`The store is a Ceph Object Gateway from before release 18. Release 16 takes conditional writes (If-None-Match) and ignores the condition: ${UNIQUE_NAMES}. Newer ones refuse to replace them.`]
};
/** Seen with the s3api of OpenStack Swift 2.30: lock headers are taken and ignored; conditional writes are refused with 501. */
const SWIFT = {
	name: "OpenStack Swift",
	hasCrc32: false,
	hasPartsEtag: true,
	hidesVersionOfParts: true,
	lacks: ["The store is OpenStack Swift. It takes requests for object locks and ignores them, and it has no policies for users that may only put: whoever has the keys of this run can delete backups. Keep a second copy where they cannot."]
};
const UNKNOWN = {
	name: "an S3 service that is not known",
	hasCrc32: false,
	hasPartsEtag: false,
	lacks: []
};
/** By the end of the endpoint's host name. */
const HOSTS = [
	[".amazonaws.com", AMAZON],
	[".amazonaws.com.cn", AMAZON],
	[".backblazeb2.com", BACKBLAZE],
	[".r2.cloudflarestorage.com", CLOUDFLARE]
];
/** The profile of the service at this address; undefined is Amazon's own. */
function profileOfEndpoint(endpoint) {
	if (endpoint === void 0) return AMAZON;
	return HOSTS.find(([suffix]) => endpoint.hostname.endsWith(suffix))?.[1] ?? UNKNOWN;
}
/** What the head of an answer tells of a service whose address tells nothing; header names are in lower case. */
function profileOfAnswer(headers) {
	if (headers["server"]?.startsWith("Ceph Object Gateway")) return CEPH;
	if (headers["x-openstack-request-id"] !== void 0) return SWIFT;
	return /^tx[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-./.test(headers["x-amz-request-id"] ?? "") && headers["server"] === void 0 ? OLD_CEPH : void 0;
}
/** What is wrong with a storage class at this service; undefined when nothing is known to be. */
function refuseStorageClass(name, profile) {
	if (ARCHIVES.has(name)) return "objects of this class must be brought back for hours before they can be read: neither a restore nor a restore test could";
	return profile.storageClasses === void 0 || profile.storageClasses.includes(name) ? void 0 : `${profile.name} has no such class; it has ${profile.storageClasses.join(", ")}`;
}

// src/domain/stores/object-key.ts
/** Amazon S3: "The name for a key is a sequence of Unicode characters whose UTF-8 encoding is at most 1,024 bytes long". */
const MAX_KEY_LENGTH = 1024;
/** File systems take 255 bytes a name (NAME_MAX); continuation suffixes need room. */
const MAX_KEY_SEGMENT_LENGTH = 240;
/** No leading dot: such names are a directory store's own temporary files, and `.` and `..` are no names at all. */
const SAFE_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
/** For messages. */
const SAFE_KEY_CHARACTERS = "letters a-z A-Z, digits, dots, dashes and underscores, not beginning with a dot or dash, with single slashes between";
/** Whether this can be the key of an object, or the folder that keys are below. */
function isSafeKey(key) {
	return key.length <= 1024 && key.split("/").every(isSafeKeySegment);
}
function isSafeKeySegment(segment) {
	return segment.length <= 240 && SAFE_SEGMENT.test(segment);
}
/**
* The whole key of `key` below `prefix` (may be empty). A key that is not safe is a bug of the caller, who makes keys of run ids
* and encoded names: a plain error, not one for users.
*/
function joinKey(prefix, key) {
	const joined = prefix === "" ? key : `${prefix}/${key}`;
	if (!isSafeKey(key) || joined.length > 1024) throw new RangeError(`not a key that can be stored: ${JSON.stringify(key)}`);
	return joined;
}
/** What all keys below `folder` begin with, without the slash; `folder` may be empty or end in a slash. */
function joinFolder(prefix, folder) {
	return folder === "" ? prefix : joinKey(prefix, folder.replace(/\/$/, ""));
}
/** A prefix as users write it: slashes at the ends and doubled ones are dropped. Throws `input-invalid`. */
function normalizePrefix(text) {
	const prefix = text.split("/").filter((segment) => segment !== "");
	if (prefix.every(isSafeKeySegment) && prefix.join("/").length <= 1024 / 2) return prefix.join("/");
	throw new LifeboatError("input-invalid", `the prefix ${JSON.stringify(text)} cannot be used: it takes ${SAFE_KEY_CHARACTERS}, at most ${MAX_KEY_LENGTH / 2} characters`);
}

// src/domain/stores/store-url.ts
/** Amazon S3, "Bucket naming rules": 3 to 63 lower-case letters, digits, dots and dashes; other providers accept no less. */
const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const SSH_PORT = 22;
/** Users, hosts and directories that no shell, no glob of `sftp` and no URL reads as anything else. */
const SFTP_SERVER = /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})@(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?)(?::(\d{1,5}))?$/;
const SFTP_DIRECTORY = /^(?:\/+[A-Za-z0-9_.+@=-]+)+\/*$/;
const MAX_PORT = 65535;
const ACCEPTED = "`store` takes s3://bucket/prefix, sftp://user@host/directory or file:///directory";
/** Parses the `store` input. Throws `input-invalid`; what was given is quoted only where it cannot hold credentials. */
function parseStoreUrl(text) {
	const [, scheme = "", rest = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text.trim()) ?? [];
	switch (scheme.toLowerCase()) {
		case "s3": return parseBucket(rest);
		case "sftp": return parseSftp(rest);
		case "file": return parseDirectory(rest);
		case "": throw refuse(`${ACCEPTED}; this is not a URL`);
		case "http":
		case "https": throw refuse(`${ACCEPTED}; the address of the server goes into \`store-endpoint\``);
		default: throw refuse(`${ACCEPTED}; there is no ${scheme}:// store`);
	}
}
function parseBucket(rest) {
	if (/[@?#]/.test(rest)) throw refuse(`${ACCEPTED}; credentials, options and fragments have no place in it`);
	const slash = rest.indexOf("/");
	const bucket = slash === -1 ? rest : rest.slice(0, slash);
	if (!BUCKET_NAME.test(bucket) || IPV4.test(bucket)) throw refuse(`${ACCEPTED}; ${JSON.stringify(bucket)} is no bucket name (3 to 63 lower-case letters, digits, dots and dashes)`);
	return {
		kind: "s3",
		bucket,
		prefix: slash === -1 ? "" : normalizePrefix(rest.slice(slash))
	};
}
function parseDirectory(rest) {
	if (!rest.startsWith("/")) throw refuse(`${ACCEPTED}; a directory is given from the root, with three slashes: file:///srv/backups`);
	if (/[?#]/.test(rest)) throw refuse(`${ACCEPTED}; options and fragments have no place in it`);
	return {
		kind: "directory",
		path: normalizeDirectory(decodePath(rest))
	};
}
function parseSftp(rest) {
	const slash = rest.indexOf("/");
	const [, user, host = "", port = SSH_PORT] = SFTP_SERVER.exec(slash === -1 ? rest : rest.slice(0, slash)) ?? [];
	const isHost = !host.startsWith("[") || isIPv6(host.slice(1, -1));
	if (user === void 0 || !isHost || Number(port) < 1 || Number(port) > MAX_PORT) throw refuse(`${ACCEPTED}; before the directory stand a user and a host, and a port where it is not 22: sftp://backup@store.example.com:2222/backups. Keys and passphrases have inputs of their own`);
	const directory = slash === -1 ? "/" : rest.slice(slash);
	if (directory !== "/" && !SFTP_DIRECTORY.test(directory)) throw refuse(`${ACCEPTED}; an SFTP directory is written with letters a-z A-Z, digits, and _ . + @ = - (a link with such a name does, too)`);
	return {
		kind: "sftp",
		user,
		host: host.replace(/^\[|\]$/g, ""),
		port: Number(port),
		path: normalizeDirectory(directory)
	};
}
function normalizeDirectory(path) {
	const segments = path.split("/").filter((segment) => segment !== "");
	if (segments.length === 0) throw refuse(`${ACCEPTED}; the root of the file system is not a store`);
	if (segments.includes(".") || segments.includes("..")) throw refuse(`${ACCEPTED}; the directory is written without . and ..`);
	return `/${segments.join("/")}`;
}
/** As users write it, and as the store is called. */
function formatSftpLocation({ user, host, port, path }) {
	return `sftp://${user}@${host.includes(":") ? `[${host}]` : host}${port === SSH_PORT ? "" : `:${port}`}${path}`;
}
function isIPv6(host) {
	return URL.canParse(`http://[${host}]/`);
}
function decodePath(path) {
	const decoded = decodePercents(path);
	if (decoded === void 0) throw refuse(`${ACCEPTED}; a % in it is written %25`);
	if (/\p{Cc}/u.test(decoded)) throw refuse(`${ACCEPTED}; control characters have no place in it`);
	return decoded;
}
function decodePercents(path) {
	try {
		return decodeURIComponent(path);
	} catch {
		return;
	}
}
/** Parses the `store-endpoint` input: the server alone, by https unless it is this very machine. Throws `input-invalid`. */
function parseStoreEndpoint(text) {
	const accepted = "`store-endpoint` takes the address of the server alone, such as https://s3.eu-central-003.example.com";
	const url = URL.parse(text.trim());
	if (url === null || !["http:", "https:"].includes(url.protocol)) throw refuse(accepted);
	if (url.username !== "" || url.password !== "") throw refuse(`${accepted}; credentials have inputs of their own`);
	if (url.pathname !== "/" || url.search !== "" || url.hash !== "") throw refuse(`${accepted}; bucket and prefix go into \`store\``);
	if (url.protocol === "http:" && !isLoopback(url.hostname)) throw refuse(`${accepted}; plain http is accepted for this machine only (localhost, 127.0.0.1, [::1])`);
	return url;
}
/** `eu-central-003` of `s3.eu-central-003.backblazeb2.com`: most providers name the region so. Undefined for any other name. */
function readRegion(endpoint) {
	return /^s3[.-]([a-z]{2,}-[a-z0-9-]*[a-z0-9])\.[^.]+\.[^.]+/.exec(endpoint.hostname)?.[1];
}
function isLoopback(hostname) {
	return /^(?:localhost|[^.]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
function refuse(sentence) {
	return new LifeboatError("input-invalid", sentence);
}

// src/inputs/groups/store.ts
const storeUrl = lineKind("URL", "`s3://bucket/prefix`, `sftp://user@host/directory` or `file:///directory`", parseStoreUrl);
const endpoint = lineKind("URL", "the address of the server alone, https", parseStoreEndpoint);
const region = matchKind("name", "lower-case letters, digits and dashes, such as `eu-central-1`", /^[a-z0-9-]{1,64}$/, "is not the name of a region");
const roleArn = matchKind("ARN", "the ARN of a role, such as `arn:aws:iam::123456789012:role/lifeboat-writer`", /^arn:aws[a-z-]*:iam::[A-Za-z0-9]*:role\/[\w+=,.@/-]{1,512}$/, "is not the ARN of a role");
const storageClass = matchKind("name", "upper-case letters, digits, dashes and underscores", /^[A-Z][A-Z0-9_-]{0,63}$/, "is not the name of a storage class");
const storeInputs = group("Store", {
	store: field(storeUrl, {
		description: "Where backups are kept: `s3://bucket/prefix` for Amazon S3, Backblaze B2 and other S3 services, `sftp://user@host:port/directory` for an SFTP account, or `file:///directory` on self-hosted runners and the command line.",
		required: true
	}),
	"store-endpoint": field(endpoint, { description: "Address of an S3 service that is not Amazon, such as `https://s3.eu-central-003.backblazeb2.com`." }),
	"store-region": field(region, { description: "Region of the bucket. Default: what the endpoint's name tells, or the environment of the AWS tools." }),
	"store-access-key-id": field(line, { description: "Access key of the store. In backup jobs it may put objects below the prefix and nothing else; in jobs that restore it may get and list them. Default: the credentials that the AWS tools would find on the runner." }),
	"store-secret-access-key": field(password, {
		description: "Belongs to `store-access-key-id`.",
		secret: true
	}),
	"store-role-arn": field(roleArn, { description: "Role whose temporary keys are used in place of an access key: `arn:aws:iam::123456789012:role/name`. The job needs `permissions: id-token: write`, with which GitHub says which workflow it is. The keys are fetched anew before they expire." }),
	"store-ssh-key": field(text, {
		description: "Private key of the user of an `sftp://` store, in OpenSSH or PEM format, with its line breaks.",
		secret: true
	}),
	"store-ssh-key-passphrase": field(password, {
		description: "Passphrase of `store-ssh-key`, where it has one.",
		secret: true
	}),
	"store-known-hosts": field(text, { description: "Host keys that the server of an `sftp://` store may show: lines of a `known_hosts` file, hashed ones too, or `ssh-ed25519 SHA256:…`. There is no switch to turn the check off." }),
	"allow-unversioned": field(boolean, {
		description: "Accept a bucket that keeps no versions. Whoever steals the access key can then overwrite backups.",
		default: "false"
	})
});
/** For actions that write nothing. */
const readerStoreInputs = {
	store: storeInputs.store,
	"store-endpoint": storeInputs["store-endpoint"],
	"store-region": storeInputs["store-region"],
	"store-access-key-id": storeInputs["store-access-key-id"],
	"store-secret-access-key": storeInputs["store-secret-access-key"],
	"store-role-arn": storeInputs["store-role-arn"],
	"store-ssh-key": storeInputs["store-ssh-key"],
	"store-ssh-key-passphrase": storeInputs["store-ssh-key-passphrase"],
	"store-known-hosts": storeInputs["store-known-hosts"]
};
/** For actions that write backups, not only proofs: those have to be at hand. */
const backupStoreInputs = {
	...storeInputs,
	...group("Store", { "store-storage-class": field(storageClass, { description: "Storage class of the objects, by the provider's name, such as `STANDARD_IA`. Default: the provider's, or the bucket's own. Classes that must be thawed before they can be read are refused." }) })
};
const S3_ONLY = [
	"store-endpoint",
	"store-region",
	"store-access-key-id",
	"store-secret-access-key",
	"store-role-arn",
	"store-storage-class"
];
const SFTP_NEEDS = ["store-ssh-key", "store-known-hosts"];
const SFTP_ONLY = [...SFTP_NEEDS, "store-ssh-key-passphrase"];
const KINDS = {
	s3: "an S3 bucket",
	sftp: "an SFTP account",
	directory: "a directory"
};
const storeRules = [
	ruleFor(storeInputs, ["store-access-key-id", "store-secret-access-key"], ({ storeAccessKeyId, storeSecretAccessKey }) => {
		if (storeAccessKeyId === void 0 === (storeSecretAccessKey === void 0)) return [];
		const [missing, given] = storeAccessKeyId === void 0 ? ["store-access-key-id", "store-secret-access-key"] : ["store-secret-access-key", "store-access-key-id"];
		return [{
			input: missing,
			what: `nothing is given, but \`${given}\` is`,
			fix: "Give both or neither. A secret that is not set, and every secret in a run that a fork started, looks exactly like this."
		}];
	}),
	ruleFor(storeInputs, ["store"], ({ store }, { isHostedRunner }) => store.kind === "directory" && isHostedRunner ? [{
		input: "store",
		what: "a directory of a hosted runner is gone when the job ends, and the backups with it",
		fix: "Use `s3://bucket/prefix` or `sftp://user@host/directory`; `file://` is for self-hosted runners and the command line."
	}] : []),
	ruleFor(storeInputs, ["store-role-arn", "store-access-key-id"], ({ storeRoleArn, storeAccessKeyId }, { hasIdToken = false }) => {
		if (storeRoleArn === void 0) return [];
		if (storeAccessKeyId !== void 0) return [{
			input: "store-role-arn",
			what: "an access key is given as well: only one of the two can be used"
		}];
		return hasIdToken ? [] : [{
			input: "store-role-arn",
			what: "this run may not ask GitHub for a token that says which workflow it is",
			fix: "Give the job `permissions: id-token: write`. Runs that a fork started never have it, and the command line has an access key instead."
		}];
	}),
	ruleFor(backupStoreInputs, ["store-storage-class", "store-endpoint"], ({ storeStorageClass, storeEndpoint }) => {
		const what = storeStorageClass && refuseStorageClass(storeStorageClass, profileOfEndpoint(storeEndpoint));
		return what ? [{
			input: "store-storage-class",
			what
		}] : [];
	}),
	...S3_ONLY.map((name) => ruleFor(backupStoreInputs, ["store", name], ({ store, ...others }) => store.kind !== "s3" && Object.values(others).some((value) => value !== void 0) ? [{
		input: name,
		what: `only for \`s3://\` stores; \`store\` is ${KINDS[store.kind]}`
	}] : [])),
	...SFTP_ONLY.map((name) => ruleFor(storeInputs, ["store", name], ({ store, ...others }) => store.kind !== "sftp" && Object.values(others).some((value) => value !== void 0) ? [{
		input: name,
		what: `only for \`sftp://\` stores; \`store\` is ${KINDS[store.kind]}`
	}] : [])),
	...SFTP_NEEDS.map((name) => ruleFor(storeInputs, ["store", name], ({ store, ...others }) => store.kind === "sftp" && Object.values(others).every((value) => value === void 0) ? [{
		input: name,
		what: "nothing is given, and an `sftp://` store needs it"
	}] : [])),
	ruleFor(storeInputs, ["store", "allow-unversioned"], ({ store, allowUnversioned }) => store.kind !== "s3" && allowUnversioned ? [{
		input: "allow-unversioned",
		what: `only for \`s3://\` stores; \`store\` is ${KINDS[store.kind]}`
	}] : [])
];

// src/domain/statements/assertion.ts
const ASSERTION_OPERATORS = [
	"=",
	"!=",
	"<",
	"<=",
	">",
	">="
];
const ARROW = " => ";
/** `shop: SELECT …`; a name with blanks or colons stands in backquotes. */
const DATABASE = /^(?:`([^`]+)`|([^\s:`'"]+)):(?:\s+|$)/;
const EXPECTED = /^(<=|>=|!=|=|<|>)?\s*(.*)$/s;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** As databases write floating-point numbers. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** What clients print where there is no value. */
const NO_VALUE = "NULL";
/** `[database:] SQL => [operator] value`, split at the last arrow. Undefined for text of another form. */
function parseAssertion(text) {
	const at = text.lastIndexOf(ARROW);
	if (at < 0) return void 0;
	const claim = text.slice(0, at).trim();
	const [, operator, value = ""] = EXPECTED.exec(text.slice(at + 4).trim()) ?? [];
	const named = DATABASE.exec(claim);
	const sql = claim.slice(named?.[0].length ?? 0).replace(/;$/, "");
	if (sql === "" || value === "") return void 0;
	return {
		text,
		database: named?.[1] ?? named?.[2],
		sql,
		operator: ASSERTION_OPERATORS.find((known) => known === operator) ?? "=",
		value: unquote(value)
	};
}
/** Why the rows that the statement gave do not fulfil the claim, as the rest of a sentence; undefined when they do. */
function judgeAssertion({ operator, value }, rows) {
	const [found] = rows;
	if (found === void 0) return "gave no row";
	if (rows.length > 1) return `gave ${rows.length} rows, not one`;
	if (found.includes("	")) return "gave several columns, not one";
	if (found === NO_VALUE && value !== NO_VALUE) return `gave ${NO_VALUE}`;
	return holds(operator, compare(found, value)) ? void 0 : `gave ${shorten(found)}`;
}
/** Numbers as numbers, everything else as text: dates as databases write them sort as text. */
function compare(found, value) {
	if (found === value) return 0;
	if (DECIMAL.test(found) && DECIMAL.test(value)) return compareDecimals(found, value);
	if (NUMBER.test(found) && NUMBER.test(value)) return Number(found) - Number(value);
	return found < value ? -1 : 1;
}
/** Digit by digit: ids and sums of money have more digits than a floating-point number. */
function compareDecimals(a, b) {
	const decimals = Math.max(decimalsOf(a), decimalsOf(b));
	const difference = scale(a, decimals) - scale(b, decimals);
	return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}
function decimalsOf(number) {
	return DECIMAL.exec(number)?.[3]?.length ?? 0;
}
function scale(number, decimals) {
	const [, sign = "", whole = "", fraction = ""] = DECIMAL.exec(number) ?? [];
	const scaled = BigInt(whole + fraction.padEnd(decimals, "0"));
	return sign === "" ? scaled : -scaled;
}
function holds(operator, order) {
	switch (operator) {
		case "=": return order === 0;
		case "!=": return order !== 0;
		case "<": return order < 0;
		case "<=": return order <= 0;
		case ">": return order > 0;
		case ">=": return order >= 0;
	}
}
/** Quotes around a value are for values with blanks at their ends, and for the empty one. */
function unquote(value) {
	return /^'.*'$|^".*"$/s.test(value) && value.length >= 2 ? value.slice(1, -1) : value;
}
const MAX_SHOWN = 100;
function shorten(value) {
	return value.length <= MAX_SHOWN ? value : `${value.slice(0, MAX_SHOWN)}…`;
}

// src/domain/dumps/dump-arguments.ts
const FLAG = void 0;
const PATH = /^\/[^\p{Cc}]+$/u;
const WORDS = /^[\w@:.,!+-]+$/;
/** `mariadb-dump --help`: a number of bytes, with a binary unit. */
const BYTES = /^[1-9]\d{0,8}[KMkm]?$/;
/** With what a value has to look like; a flag takes none. */
const CONNECTION = {
	"--compress": FLAG,
	"--ssl": FLAG,
	"--skip-ssl": FLAG,
	"--ssl-ca": PATH,
	"--ssl-capath": PATH,
	"--ssl-cert": PATH,
	"--ssl-cipher": WORDS,
	"--ssl-crl": PATH,
	"--ssl-crlpath": PATH,
	"--ssl-key": PATH,
	"--ssl-mode": WORDS,
	"--ssl-verify-server-cert": FLAG,
	"--skip-ssl-verify-server-cert": FLAG,
	"--tls-version": WORDS
};
const TEXT = {
	"--complete-insert": FLAG,
	"--net-buffer-length": BYTES,
	"--order-by-primary": FLAG,
	"--skip-extended-insert": FLAG
};
const DUMP_ARGUMENT_NAMES = [...Object.keys(TEXT), ...Object.keys(CONNECTION)];
/** An argument as the clients are given it, `_` being another way to write `-`; or what is wrong with it. */
function readDumpArgument(argument) {
	const [, name = "", value] = /^([^=]*)(?:=(.*))?$/su.exec(argument) ?? [];
	const known = name.replaceAll("_", "-");
	const table = [TEXT, CONNECTION].find((each) => Object.hasOwn(each, known));
	if (table === void 0) return "unknown";
	const form = table[known];
	if (form === FLAG ? value !== void 0 : value === void 0 || !form.test(value)) return "value";
	return { argument: value === void 0 ? known : `${known}=${value}` };
}
/** Of arguments that `readDumpArgument` gave. */
function sortDumpArguments(given) {
	const isText = (argument) => Object.hasOwn(TEXT, argument.replace(/=.*/s, ""));
	return {
		connection: given.filter((one) => !isText(one)),
		text: given.filter(isText)
	};
}
/** Whether all of them are arguments for the form of a dump's rows, and nothing else. */
function areTextArguments(given) {
	return given.every((one) => typeof readDumpArgument(one) === "object") && sortDumpArguments(given).connection.length === 0;
}

// src/domain/run-id.ts
/** 32 bits: two runs of one server within one second meet once in four thousand million. */
const RANDOM_BYTES = 4;
const RUN_ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}$/;
/** As a regular expression's source, for patterns of which a run id is a part. */
const RUN_ID_PATTERN = String.raw`\d{8}T\d{6}Z-[0-9a-f]{8}`;
/** `20261120T030512Z-7f3a9c1e`; `startedAt` is the store's time, cut to the second. */
function createRunId(startedAt, random = randomBytes) {
	return `${startedAt.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(/[-:]/g, "")}-${Buffer.from(random(RANDOM_BYTES)).toString("hex")}`;
}
/** When the run with this id started, or `undefined` for text that is no run id. */
function parseRunId(text) {
	const match = RUN_ID.exec(text);
	if (!match) return void 0;
	const [year, month, day, hour, minute, second] = match.slice(1);
	const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
	const startedAt = new Date(iso);
	return !Number.isNaN(startedAt.getTime()) && startedAt.toISOString() === iso ? { startedAt } : void 0;
}

// src/domain/stores/object-names.ts
const MANIFEST_NAME = "manifest.json";
const SIGNATURE_NAME = "manifest.json.sig";
const PROOF_NAME = "proof.json";
const PROOF_SIGNATURE_NAME = "proof.json.sig";
const RECOVERY_NAME = "RECOVERY.md";
const PROOF_NAMES = [
	PROOF_NAME,
	PROOF_SIGNATURE_NAME,
	RECOVERY_NAME
];
const SERVER = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const ENGINE = /^[a-z][a-z0-9]{0,31}$/;
/** Ties together what belongs to one night; in no key. */
const SET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const BACKUP_ID = new RegExp(`^(${RUN_ID_PATTERN})-([a-z][a-z0-9]*)(?:-(.+))?$`);
const PACK_ID = new RegExp(`^${RUN_ID_PATTERN}-[1-9]\\d{0,8}$`);
const PACK_KEY = new RegExp(`^([^/]+)/storage/([^/]+)/packs/((${RUN_ID_PATTERN})-[1-9]\\d{0,8})\\.tar\\.zst\\.gpg$`);
const INDEX_KEY = new RegExp(`^([^/]+)/storage/([^/]+)/snapshots/(${RUN_ID_PATTERN})\\.index\\.zst\\.gpg$`);
/** Of what `doctor` and `verify` store to see what a key may do. */
const TRIAL_KEY = new RegExp(`^[^/]+/(?:doctor/|proofs/doctor-)${RUN_ID_PATTERN}(?:-reader)?\\.txt$`);
/** Several databases in one object have this name. */
const SEVERAL_DATABASES = "databases";
/** Names that objects of another kind have, or could be taken for. */
const RESERVED_STEMS = /* @__PURE__ */ new Set([
	SEVERAL_DATABASES,
	"accounts",
	"inventory",
	"manifest"
]);
/** 64 is the longest name of a database in MySQL and MariaDB. */
const PLAIN_STEM = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const SLUG_LENGTH = 40;
const HASH_DIGITS = 16;
/** A binlog's base name as it may stand in a key; servers take any path that fits, people take short ones. */
const PLAIN_BINLOG_BASE = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;
/** Six digits, and more when they are used up. */
const BINLOG_NAME = /^(.+)\.(\d{6,10})$/s;
const BINLOG_ID = new RegExp(String.raw`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.\d{6,10}\.(${RUN_ID_PATTERN})$`);
/** The first part has no number, so that the common case has the plain name. */
const PART_DIGITS = 3;
function isServerName(text) {
	return SERVER.test(text);
}
function isLabel(text) {
	return LABEL.test(text);
}
/** `20261120T030512Z-7f3a9c1e-mariadb-nightly`. Throws RangeError for parts that are not of the documented form. */
function formatBackupId({ runId, engine, label }) {
	if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
	if (!ENGINE.test(engine)) throw new RangeError(`not the name of an engine: ${engine}`);
	if (label !== void 0 && !isLabel(label)) throw new RangeError(`not a label: ${label}`);
	return [
		runId,
		engine,
		...label === void 0 ? [] : [label]
	].join("-");
}
/** The parts of a backup id, or `undefined` for text that is none. */
function parseBackupId(text) {
	const match = BACKUP_ID.exec(text);
	if (!match) return void 0;
	const [, runId = "", engine = "", label] = match;
	if (!parseRunId(runId) || !ENGINE.test(engine)) return void 0;
	if (label === void 0) return {
		runId,
		engine
	};
	return isLabel(label) ? {
		runId,
		engine,
		label
	} : void 0;
}
/** `atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/`; the day is the one in the id. Throws RangeError. */
function dumpFolder(server, backupId) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	if (!parseBackupId(backupId)) throw new RangeError(`not a backup id: ${backupId}`);
	const [year, month, day] = [
		backupId.slice(0, 4),
		backupId.slice(4, 6),
		backupId.slice(6, 8)
	];
	return `${server}/dumps/${year}/${month}/${day}/${backupId}/`;
}
/** `atlas/proofs/20261120T051200Z-0badcafe/`, named after the run of the restore test. Throws RangeError. */
function proofFolder(server, runId) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
	return `${server}/proofs/${runId}/`;
}
/** What a key of a proof says, or `undefined` for any other key. */
function parseProofKey(key) {
	const [server = "", proofs, runId = "", file, ...more] = key.split("/");
	const name = PROOF_NAMES.find((known) => known === file);
	if (proofs !== "proofs" || name === void 0 || more.length > 0) return void 0;
	return isServerName(server) && parseRunId(runId) ? {
		server,
		runId,
		name
	} : void 0;
}
/**
* The name under which the text of these databases is kept: one database's own name, made safe, or `databases`.
* Lower-case letters, digits, `_` and `-` stay as they are; any other name becomes `<what is left of it>.<hash>`, 57
* characters at most. Names that differ only in case stay apart where a file system does not see the difference.
*/
function dataStem(databases) {
	const [only] = databases;
	if (only === void 0) throw new RangeError("an object holds at least one database");
	if (databases.length > 1) return SEVERAL_DATABASES;
	if (PLAIN_STEM.test(only) && !RESERVED_STEMS.has(only)) return only;
	return safeStem(only, "database");
}
/** `<what is left of the name>.<hash>`. */
function safeStem(name, otherwise) {
	const slug = name.toLowerCase().replaceAll(/[^a-z0-9_]+/g, "-").slice(0, SLUG_LENGTH).replaceAll(/^-+|-+$/g, "");
	const hash = createHash("sha256").update(name, "utf8").digest("hex").slice(0, HASH_DIGITS);
	return `${slug === "" ? otherwise : slug}.${hash}`;
}
/**
* The id of a binlog that was shipped, `mysql-bin.000042.20261120T030512Z-7f3a9c1e`: the file's name, made safe, and the run's id.
* Throws RangeError for a name that no server gives (without a number at its end), or no run id.
*/
function formatBinlogId(binlog, runId) {
	if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
	const match = BINLOG_NAME.exec(binlog);
	if (!match) throw new RangeError(`not the name of a binlog: ${binlog}`);
	const [, base = "", number = ""] = match;
	return `${PLAIN_BINLOG_BASE.test(base) ? base : safeStem(base, "binlog")}.${number}.${runId}`;
}
/** Whether text is the id of a shipped binlog; what it was called on the server is in its manifest. */
function isBinlogId(text) {
	const match = BINLOG_ID.exec(text);
	return match !== null && parseRunId(match[1] ?? "") !== void 0;
}
/** `atlas/binlogs/`. Throws RangeError. */
function binlogFolder(server) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	return `${server}/binlogs/`;
}
/** Throws RangeError. */
function binlogKeys(server, id) {
	if (!isBinlogId(id)) throw new RangeError(`not the id of a binlog: ${id}`);
	const stem = binlogFolder(server) + id;
	return {
		data: `${stem}.zst.gpg`,
		signature: `${stem}.json.sig`,
		manifest: `${stem}.json`
	};
}
/** An object's file name inside the dump's folder; `stem` counts for `data` only. */
function objectFileName(role, stem) {
	if (role === "data") return `${stem}.sql.zst.gpg`;
	return role === "accounts" ? "accounts.sql.zst.gpg" : "inventory.json.zst.gpg";
}
/** The key of part `number` (from 1) of an object: the key itself, then `<key>.002`, `<key>.003`, …, joined by `cat`. */
function partKey(key, number) {
	if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`not the number of a part: ${number}`);
	return number === 1 ? key : `${key}.${String(number).padStart(PART_DIGITS, "0")}`;
}
function isStorageName(text) {
	return LABEL.test(text);
}
/** `atlas/storage/files/`. Throws RangeError. */
function storageFolder(server, name) {
	if (!isServerName(server)) throw new RangeError(`not the name of a server: ${server}`);
	if (!isStorageName(name)) throw new RangeError(`not the name of a storage: ${name}`);
	return `${server}/storage/${name}/`;
}
/** Keys of a snapshot, whose id is that of its run. Throws RangeError. */
function snapshotKeys(server, name, runId) {
	if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
	const stem = `${storageFolder(server, name)}snapshots/${runId}`;
	return {
		index: `${stem}.index.zst.gpg`,
		signature: `${stem}.json.sig`,
		manifest: `${stem}.json`
	};
}
/** `<run>-<n>`, from 1: what an index calls a pack. Throws RangeError. */
function formatPackId(runId, number) {
	if (!parseRunId(runId)) throw new RangeError(`not a run id: ${runId}`);
	if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`not the number of a pack: ${number}`);
	return `${runId}-${number}`;
}
function isPackId(text) {
	return PACK_ID.test(text);
}
/** Throws RangeError. */
function packKey(server, name, packId) {
	if (!PACK_ID.test(packId)) throw new RangeError(`not the id of a pack: ${packId}`);
	return `${storageFolder(server, name)}packs/${packId}.tar.zst.gpg`;
}
/** What the key of a pack says, or `undefined` for any other key. */
function parsePackKey(key) {
	const [, server = "", name = "", packId = "", runId = ""] = PACK_KEY.exec(key) ?? [];
	if (!isServerName(server) || !isStorageName(name) || !parseRunId(runId)) return void 0;
	return {
		server,
		name,
		runId,
		packId
	};
}
/** Of a pack, as a manifest names it. */
function packIdOf({ parts }) {
	return parsePackKey(parts[0]?.key ?? "")?.packId ?? "";
}
/** What the key of an index says, or `undefined` for any other key. */
function parseSnapshotIndexKey(key) {
	const [, server = "", name = "", runId = ""] = INDEX_KEY.exec(key) ?? [];
	return isServerName(server) && isStorageName(name) && parseRunId(runId) ? {
		server,
		name,
		runId
	} : void 0;
}
function isTrialKey(key) {
	return TRIAL_KEY.test(key);
}

// src/inputs/names.ts
/** A target's name in the store; it becomes a folder. */
const serverName = matchKind("name", "lower-case letters, digits, dots and dashes, at most 63, beginning with a letter or digit", /^[a-z0-9][a-z0-9.-]{0,62}$/, "is not a name for a server");
const serverNames = lines({
	accepts: "names of servers",
	parse: (name) => serverName.parse(name)
});
/** A part of a backup id. */
const label = lineKind("name", "lower-case letters, digits and dashes, at most 32, no dash at either end", (value) => {
	if (!isLabel(value)) throw new Refusal("is not a label");
	return value;
});
const setName = matchKind("name", "letters, digits, dots, dashes and underscores, at most 64, beginning with a letter or digit", SET_NAME, "is not the name of a set");
/** RFC 1035: at most 253 characters; underscores are common in practice. */
const HOST_NAME = /^(?=.{1,253}$)\w(?:[\w.-]*[\w.])?$/;
const hostName = lineKind("host", "a host name or an IP address, nothing else", (host) => {
	if (host.includes("@")) throw new Refusal("holds a user; it has an input of its own");
	if (/^\[.*\]|^[^:]*:\d+$/.test(host)) throw new Refusal("holds brackets or a port; the port has an input of its own");
	if (isIP(host) === 0 && !HOST_NAME.test(host)) throw new Refusal("is not the name of a host");
	return host;
});
/** A leading dash could be taken for an option by programs on the target. */
const userName = matchKind("name", "a user name without blanks", /^[^-\s][^\s]{0,127}$/, "is not a user name");
/** A path on the target. */
const targetPath = matchKind("path", "a path on the target that begins with `/` or `~/`", /^~?\/[^/]/, "is not a path from the root or the home directory");
/** As Docker and Podman name containers; an id is one, too. */
const containerName = matchKind("name", "the name or id of a container", /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/, "is not the name or id of a container");
const MAX_NAME_CHARACTERS = 64;
function checkName(name) {
	if (Array.from(name).length > MAX_NAME_CHARACTERS) throw new Refusal("holds a name of more than 64 characters");
	return name;
}
const databaseNames = lines({
	accepts: "names of databases",
	parse: checkName
});
/** Every database, or those that are listed. */
const databases = {
	...databaseNames,
	accepts: "`*` for all, or names of databases, one a line; lines that begin with # are comments",
	parse: (text) => {
		const names = databaseNames.parse(text);
		if (names.length === 0) throw new Refusal("lists nothing");
		if (!names.includes("*")) return names;
		if (names.length > 1) throw new Refusal("lists `*` and names");
		return "*";
	}
};
const excludedDatabases = databaseNames;
/** `database.table`; `*` stands for any characters. */
const tablePatterns = lines({
	accepts: "tables as `database.table`, where `*` stands for any characters",
	parse: (pattern) => {
		if (!/^[^.]+\..+$/.test(pattern)) throw new Refusal("holds an entry that is not `database.table`");
		return pattern;
	}
});
/** Arguments for the dump client. */
const dumpArguments = lines({
	accepts: `arguments such as \`--net-buffer-length=16384\`; only these: ${DUMP_ARGUMENT_NAMES.map((name) => `\`${name}\``).join(", ")}`,
	parse: (text) => {
		const read = readDumpArgument(text);
		if (typeof read === "object") return read.argument;
		throw new Refusal(read === "value" ? "gives an argument a value that it does not take, or none where it needs one" : "holds an argument that is not on this list");
	}
});
/** zstd(1): levels 1 to 19; higher ones need memory on the target that a backup must not take. */
const MAX_ZSTD_LEVEL = 19;
const compression = lineKind("compression", `\`zstd:1\` (fast) to \`zstd:${MAX_ZSTD_LEVEL}\` (small)`, (value) => {
	const level = Number(/^zstd:(\d{1,2})$/.exec(value)?.[1]);
	if (!(level >= 1 && level <= MAX_ZSTD_LEVEL)) throw new Refusal("is not a compression");
	return {
		codec: "zstd",
		level
	};
});
/** Which backup to read. */
const backupChoice = lineKind("backup", "`latest`, or the id of a backup such as `20261120T030512Z-7f3a9c1e-mariadb`", (value) => {
	if (value === "latest") return { kind: "latest" };
	if (parseBackupId(value) === void 0) throw new Refusal("is not the id of a backup");
	return {
		kind: "id",
		id: value
	};
});
/** Up to which moment binlogs are replayed. */
const pointInTime = lineKind("point in time", "`none`, `latest`, `random`, or an instant with its zone such as `2026-11-20T03:05:12Z`", (value) => {
	if (value === "none" || value === "latest" || value === "random") return { kind: value };
	const at = parseInstant(value);
	if (at === void 0) throw new Refusal("is not a point in time");
	return {
		kind: "instant",
		at
	};
});
/** The same, where somebody waits for the data. */
const recoverTo = lineKind("point in time", "`latest`, or an instant with its zone such as `2026-11-20T03:05:12Z`", (value) => {
	const parsed = pointInTime.parse(value);
	if (parsed.kind === "latest" || parsed.kind === "instant") return parsed;
	throw new Refusal("is not a point in time to recover to");
});
/** `[database:] SQL => [operator] value`. */
const assertions = (() => {
	const claims = lines({
		accepts: `claims such as \`shop: SELECT COUNT(*) FROM orders => > 1000\` (${ASSERTION_OPERATORS.join(" ")}; without an operator \`=\`)`,
		parse: (claim) => claim
	});
	return {
		...claims,
		parse: (text) => claims.parse(text).map((claim) => {
			const assertion = parseAssertion(claim);
			if (assertion === void 0) throw new Refusal("holds a line that is not `[database:] SQL => [operator] value`");
			return assertion;
		})
	};
})();
/** An image as docker and podman take it; a leading dash would be an option. */
const imageReference = matchKind("image", "an image as `docker pull` takes it, such as `mariadb:11.8.3`", /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$/, "is not the reference of an image");
function checkLocalPath(value) {
	if (value.startsWith("~")) throw new Refusal("begins with `~`, which only a shell expands");
	return value;
}
/** A path on the machine that Lifeboat runs on. */
const localPath = lineKind("path", "a path on this machine", checkLocalPath);
const localPaths = lines({
	accepts: "paths on this machine",
	parse: checkLocalPath
});
const SYSTEM_DATABASES = [
	"mysql",
	"sys",
	"information_schema",
	"performance_schema"
];
function isSystemDatabase(name) {
	return SYSTEM_DATABASES.includes(name.toLowerCase());
}
/** One database that may be made. */
const databaseName = lineKind("name", "the name of a database", (name) => {
	if (isSystemDatabase(name)) throw new Refusal("is a database of the server's own");
	return checkName(name);
});
/** The database ends at the first dot. */
const tableName = lineKind("table", "a table as `database.table`", (value) => {
	const [, database, table] = /^([^.]+)\.(.+)$/.exec(value) ?? [];
	if (database === void 0 || table === void 0) throw new Refusal("is not `database.table`");
	return {
		database: checkName(database),
		table: checkName(table)
	};
});

// src/inputs/groups/database.ts
const databaseInputs = group("Database", {
	engine: field(choice("mariadb", "mysql"), {
		description: "Kind of the database server. A server of another kind is refused.",
		default: "mariadb"
	}),
	"db-user": field(line, { description: "Database user that dumps. Default: the SSH user, by the socket, without password." }),
	"db-password": field(password, {
		description: "Password of `db-user`. It travels over standard input and never appears in a process list.",
		secret: true
	}),
	"db-password-file": field(targetPath, { description: "File on the target whose first line is the password of `db-user`. It must belong to the SSH user, who alone may read it." }),
	"db-defaults-file": field(targetPath, { description: "Option file of the database client on the target, with a `[client]` section. It must belong to the SSH user, who alone may read it. Excludes `db-user`, `db-password` and `db-password-file`." }),
	"db-host": field(hostName, { description: "Host of the database, seen from the target. Default: the local socket." }),
	"db-port": field(port, { description: "Port of the database, seen from the target." }),
	"db-socket": field(targetPath, { description: "Socket of the database on the target. Excludes `db-host` and `db-port`." }),
	"db-container": field(containerName, { description: "Name or id of a Docker or Podman container on the target that the database runs in. The dump client of the container is used, nothing has to be published, and every other `db-…` input is meant inside it, `db-password-file` (`/run/secrets/…`) included." })
});
/** The second input must not be given where the first is. */
function excludes(first, second) {
	return ruleFor(databaseInputs, [first, second], (inputs) => Object.values(inputs).every((value) => value !== void 0) ? [{
		input: second,
		what: `cannot be given together with \`${first}\``
	}] : []);
}
const databaseRules = [
	excludes("db-defaults-file", "db-user"),
	excludes("db-defaults-file", "db-password"),
	excludes("db-defaults-file", "db-password-file"),
	excludes("db-password", "db-password-file"),
	excludes("db-socket", "db-host"),
	excludes("db-socket", "db-port"),
	ruleFor(databaseInputs, [
		"db-user",
		"db-password",
		"db-password-file",
		"db-defaults-file"
	], ({ dbUser, dbPassword, dbPasswordFile, dbDefaultsFile }) => (dbPassword ?? dbPasswordFile) !== void 0 && (dbUser ?? dbDefaultsFile) === void 0 ? [{
		input: "db-user",
		what: `nothing is given, but \`${dbPassword === void 0 ? "db-password-file" : "db-password"}\` is`,
		fix: "Say whose password it is."
	}] : [])
];

// src/inputs/groups/proxy.ts
const proxyInputs = {
	"ssh-proxy-host": field(hostName, { description: "Bastion (jump host) through which the SSH server is reached, as `ssh -J` does it: `ssh-host` is then a name or address as the bastion sees it. It must let its user forward connections; a shell is not needed there." }),
	"ssh-proxy-port": field(port, {
		description: "Port of the bastion.",
		default: "22"
	}),
	"ssh-proxy-user": field(userName, { description: "User to log in as on the bastion. Default: `ssh-user`." }),
	"ssh-proxy-key": field(text, {
		description: "Private key of that user, in OpenSSH or PEM format. Default: `ssh-key`.",
		secret: true
	}),
	"ssh-proxy-key-passphrase": field(password, {
		description: "Passphrase of `ssh-proxy-key`, where it has one.",
		secret: true
	}),
	"ssh-proxy-known-hosts": field(text, { description: "Host keys that the bastion may show, written as in `ssh-known-hosts`. Needed with `ssh-proxy-host`." })
};
const PROXY_ONLY = [
	"ssh-proxy-user",
	"ssh-proxy-key",
	"ssh-proxy-key-passphrase",
	"ssh-proxy-known-hosts"
];
const proxyRules = [
	...PROXY_ONLY.map((name) => ruleFor(proxyInputs, ["ssh-proxy-host", name], ({ sshProxyHost, ...one }) => sshProxyHost === void 0 && Object.values(one)[0] !== void 0 ? [{
		input: name,
		what: "only with `ssh-proxy-host`, for which nothing is given"
	}] : [])),
	ruleFor(proxyInputs, ["ssh-proxy-host", "ssh-proxy-known-hosts"], ({ sshProxyHost, sshProxyKnownHosts }) => sshProxyHost !== void 0 && sshProxyKnownHosts === void 0 ? [{
		input: "ssh-proxy-known-hosts",
		what: "nothing is given, but `ssh-proxy-host` is"
	}] : []),
	ruleFor(proxyInputs, ["ssh-proxy-key", "ssh-proxy-key-passphrase"], ({ sshProxyKey, sshProxyKeyPassphrase }) => sshProxyKey === void 0 && sshProxyKeyPassphrase !== void 0 ? [{
		input: "ssh-proxy-key",
		what: "nothing is given, but `ssh-proxy-key-passphrase` is"
	}] : [])
];

export { partKey as $, ruleFor as $t, RECOVERY_NAME as A, duration as At, isBinlogId as B, countOf as Bt, tableName as C, humanCheckInputs as Ct, MANIFEST_NAME as D, tellingRules as Dt, userName as E, tellingInputs as Et, dataStem as F, percent as Ft, isTrialKey as G, formatInstant as Gt, isPackId as H, formatCount as Ht, dumpFolder as I, port as It, packKey as J, matchKind as Jt, objectFileName as K, Refusal as Kt, formatBackupId as L, size as Lt, SIGNATURE_NAME as M, line as Mt, binlogFolder as N, lines as Nt, PROOF_NAME as O, boolean as Ot, binlogKeys as P, password as Pt, parseSnapshotIndexKey as Q, group as Qt, formatBinlogId as R, text as Rt, setName as S, LOG_LEVELS as St, targetPath as T, logInputs as Tt, isServerName as U, formatDay as Ut, isLabel as V, formatBytes as Vt, isStorageName as W, formatDuration as Wt, parsePackKey as X, describeField as Xt, parseBackupId as Y, camelCase as Yt, parseProofKey as Z, field as Zt, localPaths as _, joinFolder as _t, assertions as a, parseRunId as at, serverName as b, profileOfAnswer as bt, databaseName as c, judgeAssertion as ct, excludedDatabases as d, storeInputs as dt, plainLine as en, proofFolder as et, hostName as f, storeRules as ft, localPath as g, isSafeKey as gt, label as h, readRegion as ht, databaseRules as i, LifeboatError as in, createRunId as it, SET_NAME as j, integer as jt, PROOF_SIGNATURE_NAME as k, choice as kt, databases as l, backupStoreInputs as lt, isSystemDatabase as m, parseStoreUrl as mt, proxyRules as n, showUnseen as nn, storageFolder as nt, backupChoice as o, areTextArguments as ot, imageReference as p, formatSftpLocation as pt, packIdOf as q, lineKind as qt, databaseInputs as r, ERROR_CODES as rn, RUN_ID_PATTERN as rt, compression as s, sortDumpArguments as st, proxyInputs as t, showName as tn, snapshotKeys as tt, dumpArguments as u, readerStoreInputs as ut, pointInTime as v, joinKey as vt, tablePatterns as w, humanCheckRules as wt, serverNames as x, profileOfEndpoint as xt, recoverTo as y, describeSftpLacks as yt, formatPackId as z, DAY_MS as zt };