import { Qt as group, Tt as logInputs, Zt as field, ft as storeRules, jt as integer, ut as readerStoreInputs } from "./proxy.js";
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
		description: "How many backups, and snapshots of each storage, are shown at most, the newest first.",
		default: "20"
	}) }),
	...logInputs
};
const listDeclaration = {
	name: "list",
	description: "Show the backups and snapshots of a server, who signed them, when they were proven, and until when binlogs reach",
	inputs,
	outputs: {},
	rules: storeRules,
	isCommandLineOnly: true
};

export { listDeclaration as t };