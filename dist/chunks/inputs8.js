import { $t as ruleFor, Ot as boolean, Qt as group, Tt as logInputs, Zt as field, ft as storeRules, g as localPath, ut as readerStoreInputs } from "./proxy.js";
import { r as readingInputs } from "./reading.js";
import { n as targetInputs } from "./target.js";
import { a as storageName, i as snapshotChoice, o as storagePaths, r as pathPattern } from "./storage.js";

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
			description: "Which snapshot to restore from: the newest, one by its id, or the one that belongs to a backup of the databases.",
			default: "latest"
		}),
		paths: field(storagePaths, { description: "Files and directories to restore, one a line, as they are called on the server. Default: all of the snapshot." }),
		to: field(localPath, { description: "Directory on this machine, empty or not there yet, below which everything gets its whole path. Owners come back only for root. Needed without `list`." }),
		list: field(pathPattern, {
			description: "Restore nothing, and print what is in the snapshot: everything, or what fits this path or glob, with all below it. Permissions, owner and group as numbers, bytes, time of the last change, and the name, as bash reads it between `$'` and `'` where it holds anything unseen.",
			bare: "**"
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
}] : []), ruleFor(inputs, [
	"to",
	"list",
	"paths"
], ({ to, list, paths }) => {
	if (list !== void 0 && (to !== void 0 || paths !== void 0)) return [{
		input: "list",
		what: "cannot be given together with `to` or `paths`"
	}];
	if (list !== void 0 || to !== void 0) return [];
	return [{
		input: "to",
		what: "nothing is given",
		fix: "Name a directory. `list` restores nothing."
	}];
})];
const restoreFilesDeclaration = {
	name: "restore-files",
	description: "List the files of a snapshot, or restore them onto this machine",
	inputs,
	outputs: {},
	rules: [...storeRules, ...rules],
	positional: "snapshot",
	isCommandLineOnly: true
};

export { restoreFilesDeclaration as t };