import { Gt as matchKind, Jt as field, Tt as boolean, Xt as ruleFor, Yt as group, _ as localPaths, jt as password, kt as line } from "./proxy.js";
import { r as readingInputs, t as proofInputs } from "./reading.js";
import { t as dumpDeclaration } from "./inputs2.js";

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

// src/actions/doctor/inputs.ts
const fingerprint = { ...matchKind("fingerprint", "40 hexadecimal digits, blanks between them do no harm", /^(?: *[0-9A-Fa-f]){40}$/, "is not the fingerprint of a key") };
const ownInputs = group("Doctor", {
	probe: field(boolean, {
		description: "Store one small object below `<server>/doctor/` to see what the credentials of the store may do. A writer that is set up well cannot remove it again; the bucket's rules do. Without it nothing is written.",
		default: "false"
	}),
	"reader-access-key-id": field(line, { description: "Access key of those who restore. With it the bucket's settings are looked at too, and what the key may do." }),
	"reader-secret-access-key": field(password, {
		description: "Belongs to `reader-access-key-id`.",
		secret: true
	}),
	"trusted-signers": readingInputs["trusted-signers"],
	"trusted-provers": proofInputs["trusted-provers"],
	"identity-fingerprint": field(fingerprint, { description: "Fingerprint of the key that restore tests decrypt with: backups must be encrypted to it. The key itself has no place here." }),
	workflow: field(localPaths, {
		description: "Workflow files on this machine to look at, one a line.",
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
	rules: [...dumpDeclaration.rules, ...ownRules],
	isCommandLineOnly: true
};

export { nearestName as n, doctorDeclaration as t };