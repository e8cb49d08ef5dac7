import { Jt as field, St as logInputs, Tt as boolean, Xt as ruleFor, Yt as group, ct as readerStoreInputs, g as localPath, ut as storeRules } from "./proxy.js";
import { r as readingInputs } from "./reading.js";
import { n as targetInputs } from "./target.js";
import { a as storagePaths, i as storageName, r as snapshotChoice } from "./storage.js";

// src/actions/restore-files/inputs.ts
const inputs = {
	server: targetInputs.server,
	...readerStoreInputs,
	...readingInputs,
	...group("Restore", {
		name: field(storageName, {
			description: "Name of the files in the store.",
			required: true
		}),
		snapshot: field(snapshotChoice, {
			description: "Which snapshot to restore from: the newest, or one by its id.",
			default: "latest"
		}),
		paths: field(storagePaths, { description: "Files and directories to restore, one a line, as they are called on the server. Default: all of the snapshot." }),
		to: field(localPath, {
			description: "Directory on this machine, empty or not there yet, below which everything gets its whole path. Owners come back only for root.",
			required: true
		}),
		unsigned: field(boolean, {
			description: "Restore without `trusted-signers`: whoever can write to the store may have made the snapshot.",
			default: "false"
		})
	}),
	...logInputs
};
const rules = [ruleFor(inputs, ["trusted-signers", "unsigned"], ({ trustedSigners, unsigned }) => trustedSigners === void 0 && !unsigned ? [{
	input: "trusted-signers",
	what: "nothing is given",
	fix: "Give the public key of the signing key. `unsigned: true` restores what anybody may have written."
}] : [])];
const restoreFilesDeclaration = {
	name: "restore-files",
	description: "Restore files and directories from a snapshot onto this machine",
	inputs,
	outputs: {},
	rules: [...storeRules, ...rules],
	positional: "snapshot",
	isCommandLineOnly: true
};

export { restoreFilesDeclaration as t };