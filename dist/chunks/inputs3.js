import { Qt as group, Tt as logInputs, Zt as field, ft as storeRules, g as localPath, ut as readerStoreInputs } from "./proxy.js";
import { n as choiceRules, t as choiceInputs } from "./choice.js";
import { r as readingInputs, t as proofInputs } from "./reading.js";
import { n as targetInputs } from "./target.js";

// src/actions/fetch/inputs.ts
const inputs = {
	server: targetInputs.server,
	...readerStoreInputs,
	"trusted-signers": readingInputs["trusted-signers"],
	"trusted-provers": proofInputs["trusted-provers"],
	...group("Fetch", {
		...choiceInputs("Which backup to fetch: the newest, or one by its id."),
		directory: field(localPath, {
			description: "Directory on this machine for the objects, which stay encrypted, and for their manifest. It is made where it is not there, for its owner alone. Nothing in it is overwritten, and parts that are there already are not fetched again.",
			required: true
		})
	}),
	...logInputs
};
const fetchDeclaration = {
	name: "fetch",
	description: "Bring a backup onto this machine, still encrypted, and compare it with its manifest",
	inputs,
	outputs: {},
	rules: [...storeRules, ...choiceRules],
	positional: "backup",
	isCommandLineOnly: true
};

export { fetchDeclaration as t };