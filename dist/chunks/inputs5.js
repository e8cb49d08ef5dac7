import { Jt as field, Ot as integer, St as logInputs, Yt as group, ct as readerStoreInputs, ut as storeRules } from "./proxy.js";
import { r as readingInputs, t as proofInputs } from "./reading.js";
import { n as targetInputs } from "./target.js";

// src/actions/list/inputs.ts
/** Each backup costs two requests. */
const MAX_SHOWN = 1e3;
const inputs = {
	server: targetInputs.server,
	...readerStoreInputs,
	"trusted-signers": readingInputs["trusted-signers"],
	"trusted-provers": proofInputs["trusted-provers"],
	...group("List", { limit: field(integer({
		min: 1,
		max: MAX_SHOWN
	}), {
		description: "How many backups are shown at most, the newest first.",
		default: "20"
	}) }),
	...logInputs
};
const listDeclaration = {
	name: "list",
	description: "Show the backups of a server: what is in them, who signed them, and when they were proven",
	inputs,
	outputs: {},
	rules: storeRules,
	isCommandLineOnly: true
};

export { listDeclaration as t };