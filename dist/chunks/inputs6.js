import { $t as ruleFor, Ot as boolean, Qt as group, Tt as logInputs, Zt as field, ft as storeRules, jt as integer, ut as readerStoreInputs, x as serverNames } from "./proxy.js";
import { r as readingInputs, t as proofInputs } from "./reading.js";

// src/actions/prune/inputs.ts
const count = integer({
	min: 0,
	max: 1e4
});
const ownInputs = group("Prune", {
	server: field(serverNames, {
		description: "Servers to look at, by their names in the store. Default: all that are there.",
		default: ""
	}),
	plan: field(boolean, {
		description: "Show what would be removed, and why. Removing is not there yet: without this the command is refused.",
		default: "false"
	}),
	"keep-daily": field(count, {
		description: "Of how many days, of those that have one, the newest dump and the newest snapshot of each storage are kept; with them the binlogs since.",
		default: "14"
	}),
	"keep-weekly": field(count, {
		description: "Of how many weeks, which begin on Mondays, the newest is kept.",
		default: "8"
	}),
	"keep-monthly": field(count, {
		description: "Of how many months the newest is kept.",
		default: "12"
	})
});
const inputs = {
	...readerStoreInputs,
	"trusted-signers": readingInputs["trusted-signers"],
	"trusted-provers": proofInputs["trusted-provers"],
	...ownInputs,
	...logInputs
};
const ownRules = [ruleFor(ownInputs, ["plan"], ({ plan }) => plan ? [] : [{
	input: "plan",
	what: "nothing can be removed by this release; it only shows what would be",
	fix: "Add `--plan`. Until then rules of the bucket are what removes old dumps and binary logs (docs/store-setup.md, What runs leave behind); never let one be about storage."
}])];
const pruneDeclaration = {
	name: "prune",
	description: "Show which backups a retention would remove, and why; nothing is removed yet",
	inputs,
	outputs: {},
	rules: [...storeRules, ...ownRules],
	isCommandLineOnly: true
};

export { pruneDeclaration as t };