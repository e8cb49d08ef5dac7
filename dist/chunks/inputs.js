import { $t as ruleFor, Jt as matchKind, Mt as line, Ot as boolean, Pt as password, Qt as group, Rt as text, Zt as field, _ as localPaths } from "./proxy.js";
import { t as VERSION } from "./version.js";
import { n as proofRules, r as readingInputs, t as proofInputs } from "./reading.js";
import { t as dumpDeclaration } from "./inputs2.js";
import { setTimeout } from "node:timers/promises";

// src/inputs/nearest.ts
/** Number of insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(a, b) {
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? 0) + 1 : 1e400;
			row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
}
/** The nearest of the known names, or undefined when none is near: at most a third of the letters may differ. */
function nearestName(name, known) {
	return known.map((candidate) => ({
		candidate,
		distance: editDistance(name.toLowerCase(), candidate)
	})).filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3))).sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

// src/platform/telling/network-error.ts
/** A few words: `ECONNREFUSED`, "no answer in time". */
function describeNetworkError(error) {
	if (!(error instanceof Error)) return "the request failed";
	if (error.name === "TimeoutError" || error.name === "AbortError") return "there was no answer in time";
	const { cause } = error;
	const code = cause instanceof Error && "code" in cause ? cause.code : void 0;
	return typeof code === "string" ? `the connection failed (${code})` : "the connection failed";
}

// src/platform/telling/heartbeat.ts
/** For one request; such services answer in a fraction of a second. */
const REQUEST_MS$1 = 3e3;
/** For all attempts of one beat. */
const BEAT_MS = 6e3;
const MAX_ATTEMPTS$1 = 3;
const PAUSE_MS = 250;
/** Of an answer: healthchecks.io says in it what its status does not. */
const MAX_ANSWER_BYTES = 200;
/** The address for a beat: its name behind the path, but for `success`, whatever stands behind that. */
function beatAddress(url, beat) {
	const address = new URL(url);
	address.hash = "";
	if (beat !== "success") address.pathname = `${url.pathname.replace(/\/+$/, "")}/${beat}`;
	return address;
}
/**
* Sends one beat, and again when nobody answers. Returns what went wrong, without the address, which is a secret; undefined when
* it arrived. `message` is for people who look at the service.
*/
async function sendBeat(url, beat, message, limit = AbortSignal.timeout(BEAT_MS)) {
	let problem;
	for (let attempt = 1; attempt <= MAX_ATTEMPTS$1; attempt += 1) {
		try {
			const signal = AbortSignal.any([limit, AbortSignal.timeout(REQUEST_MS$1)]);
			const response = await fetch(beatAddress(url, beat), {
				method: "POST",
				body: message,
				signal,
				redirect: "manual"
			});
			problem = judge(response.status, await readBeginning(response));
			if (problem === void 0 || response.status < 500 && response.status !== 429) return problem;
		} catch (error) {
			problem = describeNetworkError(error);
		}
		if (attempt < MAX_ATTEMPTS$1) await setTimeout(PAUSE_MS * attempt, void 0, { signal: limit }).catch(() => void 0);
		if (limit.aborted) break;
	}
	return problem;
}
/** healthchecks.io answers 200 also for a check that is not there, and for beats that it drops. */
function judge(status, answer) {
	if (status >= 300 && status < 400) return `the answer was ${status}: give the address that it leads to`;
	if (status < 200 || status > 299) return `the answer was ${status}`;
	const [, but] = /^OK \((not found|rate limited)\)/.exec(answer) ?? [];
	return but === void 0 ? void 0 : `the answer was "${but}"`;
}
async function readBeginning({ body }) {
	if (body === null) return "";
	for await (const chunk of body) return Buffer.from(chunk.subarray(0, MAX_ANSWER_BYTES)).toString();
	return "";
}

// src/platform/telling/github-issues.ts
/** GitHub, "Using pagination in the REST API". */
const PAGE_SIZE = 100;
/** A thousand incidents at once are not ours to sort. */
const MAX_PAGES = 10;
const MAX_ATTEMPTS = 2;
const REQUEST_MS = 6e3;
/** What GitHub's answers mean to whoever set up the workflow. */
const ADVICE = {
	401: "is `github-token` a token?",
	403: "does the job have `permissions:` with `issues: write`?",
	404: "may `github-token` see this repository?",
	410: "the repository has issues switched off"
};
var GitHubError = class extends Error {
	name = "GitHubError";
	status;
	constructor(message, status) {
		super(message);
		this.status = status;
	}
};
var GitHubIssues = class {
	#base;
	#token;
	#limit;
	/** Nothing is waited for any more when the signal fires. */
	constructor({ apiUrl }, repository, token, limit) {
		this.#base = `${apiUrl}/repos/${repository}`;
		this.#token = token;
		this.#limit = limit;
	}
	/** False also when GitHub does not say. */
	async isPrivate() {
		try {
			return asRecord(await this.#call("GET", ""))["private"] === true;
		} catch {
			return false;
		}
	}
	/** Every page, oldest first; without a label only the hundred that changed last, in no order. Pull requests are left out. */
	async list({ state, label, since }) {
		const query = new URLSearchParams({
			state,
			per_page: String(PAGE_SIZE)
		});
		if (label === void 0) query.set("sort", "updated");
		else {
			query.set("labels", label);
			query.set("direction", "asc");
		}
		if (since !== void 0) query.set("since", since);
		const found = [];
		for (let page = 1; page <= (label === void 0 ? 1 : MAX_PAGES); page += 1) {
			query.set("page", String(page));
			const entries = await this.#call("GET", `/issues?${query.toString()}`);
			if (!Array.isArray(entries)) throw new GitHubError("the answer is no list of issues");
			found.push(...entries.filter((entry) => !("pull_request" in asRecord(entry))).map(readIssue));
			if (entries.length < PAGE_SIZE) break;
		}
		return found;
	}
	/** A token that may not make the label makes the issue without. */
	async create(title, body, label) {
		try {
			return readIssue(await this.#call("POST", "/issues", {
				title,
				body,
				labels: [label]
			}));
		} catch (error) {
			if (!(error instanceof GitHubError && (error.status === 403 || error.status === 422))) throw error;
			return readIssue(await this.#call("POST", "/issues", {
				title,
				body
			}));
		}
	}
	/** Makes none: one without a title is refused, but only to those who may make any. Throws `GitHubError` for others. */
	async tryToCreate() {
		try {
			await this.#call("POST", "/issues", {});
		} catch (error) {
			if (!(error instanceof GitHubError && error.status === 422)) throw error;
		}
	}
	async update({ number }, change) {
		await this.#call("PATCH", `/issues/${number}`, { ...change });
	}
	async comment({ number }, body) {
		await this.#call("POST", `/issues/${number}/comments`, { body });
	}
	async #call(method, path, body) {
		for (let left = method === "POST" ? 1 : MAX_ATTEMPTS;; left -= 1) try {
			return await this.#request(method, path, body);
		} catch (error) {
			const isPassing = error instanceof GitHubError && (error.status ?? 500) >= 500;
			if (left <= 1 || !isPassing || this.#limit.aborted) throw error;
		}
	}
	async #request(method, path, body) {
		const { response, text } = await fetch(this.#base + path, {
			method,
			headers: {
				accept: "application/vnd.github+json",
				authorization: `Bearer ${this.#token}`,
				"user-agent": `lifeboat/${VERSION}`,
				"x-github-api-version": "2022-11-28"
			},
			...body === void 0 ? {} : { body: JSON.stringify(body) },
			signal: AbortSignal.any([this.#limit, AbortSignal.timeout(REQUEST_MS)])
		}).then(async (response) => ({
			response,
			text: await response.text()
		})).catch((error) => {
			throw new GitHubError(describeNetworkError(error));
		});
		if (!response.ok) throw refusal(response);
		try {
			return JSON.parse(text);
		} catch {
			throw new GitHubError("the answer is not JSON");
		}
	}
};
function refusal({ status, headers }) {
	const advice = status === 429 || headers.get("x-ratelimit-remaining") === "0" || headers.get("retry-after") !== null ? "too many requests; the next run tries again" : ADVICE[status];
	return new GitHubError(`GitHub answered ${status}${advice === void 0 ? "" : `: ${advice}`}`, status);
}
function readIssue(value) {
	const { number, html_url: url, body, user, author_association: association } = asRecord(value);
	if (typeof number !== "number") throw new GitHubError("the answer is no issue");
	return {
		number,
		url: typeof url === "string" ? url : "",
		body: typeof body === "string" ? body : "",
		isOurs: asRecord(user)["type"] === "Bot" || [
			"OWNER",
			"MEMBER",
			"COLLABORATOR"
		].includes(typeof association === "string" ? association : "")
	};
}
function asRecord(value) {
	return typeof value === "object" && value !== null ? value : {};
}

// src/actions/doctor/inputs.ts
const fingerprint = { ...matchKind("fingerprint", "40 hexadecimal digits, blanks between them do no harm", /^(?: *[0-9A-Fa-f]){40}$/, "is not the fingerprint of a key") };
const ownInputs = group("Doctor", {
	probe: field(boolean, {
		description: "Store one small object below `<server>/doctor/` to see what the credentials of the store may do. A writer that is set up well cannot remove it again; the bucket's rules do. Also send one beat to `heartbeat-url`, and ask whether `github-token` may write issues. Without it nothing is written or sent.",
		default: "false"
	}),
	"reader-access-key-id": field(line, { description: "Access key of those who restore. With it the bucket's settings are looked at too, and what the key may do." }),
	"reader-secret-access-key": field(password, {
		description: "Belongs to `reader-access-key-id`.",
		secret: true
	}),
	"trusted-signers": readingInputs["trusted-signers"],
	"trusted-provers": proofInputs["trusted-provers"],
	"identity-fingerprint": field(fingerprint, { description: "Fingerprint of the key that restore tests decrypt with: backups must be encrypted to it. Where the key itself has no place this is enough." }),
	identity: field(text, {
		description: "The key itself, on a machine where it is at home: something is encrypted to the recipients, and opened with it.",
		secret: true
	}),
	"identity-passphrase": readingInputs["identity-passphrase"],
	"proof-signing-key": proofInputs["proof-signing-key"],
	"proof-signing-key-passphrase": proofInputs["proof-signing-key-passphrase"],
	workflow: field(localPaths, {
		description: "Workflow files on this machine to look at, one a line; what their steps do on the server is looked at there, too.",
		default: ""
	})
});
const inputs = {
	...dumpDeclaration.inputs,
	...ownInputs
};
const ownRules = [ruleFor(ownInputs, ["reader-access-key-id", "reader-secret-access-key"], ({ readerAccessKeyId, readerSecretAccessKey }) => readerAccessKeyId === void 0 === (readerSecretAccessKey === void 0) ? [] : [{
	input: "reader-access-key-id",
	what: "and `reader-secret-access-key` go together"
}])];
const doctorDeclaration = {
	name: "doctor",
	description: "Check server, database, store, keys and workflow files; name every fault with what to do about it",
	inputs,
	outputs: {},
	rules: [
		...dumpDeclaration.rules,
		...proofRules,
		...ownRules
	],
	isCommandLineOnly: true
};

export { sendBeat as a, BEAT_MS as i, GitHubError as n, nearestName as o, GitHubIssues as r, doctorDeclaration as t };