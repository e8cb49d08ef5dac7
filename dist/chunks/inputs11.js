import { $t as ruleFor, At as duration, Dt as tellingRules, Et as tellingInputs, Ft as percent, Lt as size, Ot as boolean, Qt as group, Rt as text, Zt as field, ft as storeRules, kt as choice, lt as backupStoreInputs, n as proxyRules, s as compression, zt as DAY_MS } from "./proxy.js";
import { n as keyRules, t as keyInputs } from "./keys.js";
import { t as plainTargetInputs } from "./target.js";
import { a as storageName, n as packNames, o as storagePaths, t as excludePatterns } from "./storage.js";

// src/actions/sync-storage/inputs.ts
/** A pack of less is mostly envelope; one of more is too much to fetch for one file. */
const MIN_PACK_BYTES = 1e6;
const MAX_PACK_BYTES = 8 * 2 ** 30;
const ownInputs = group("Storage", {
	name: field(storageName, {
		description: "Name of these files in the store. A server may have several, each with paths of its own: never change it.",
		required: true
	}),
	paths: field(storagePaths, {
		description: "Directories, or single files, on the server to back up, one a line. Symbolic links in them are stored as links and never followed.",
		required: true
	}),
	exclude: field(excludePatterns, {
		description: "What to leave out, one a line. Without a slash: a name at any depth. With a slash at the beginning: a path from the root. With one elsewhere: the end of a path. A slash at the end: directories only. `*` and `?` stop at slashes, `**` does not.",
		default: ""
	}),
	"one-file-system": field(boolean, {
		description: "Leave out what is mounted below the paths.",
		default: "true"
	}),
	become: field(choice("none", "sudo"), {
		description: "Who reads the files: the SSH user, or with `sudo` root, through a script that you install on the server with a list of directories, which docs/server-setup.md describes.",
		default: "none"
	}),
	before: field(text, { description: "Commands that the SSH user runs on the server before its directories are listed, as a script of `sh`. When they end with an error nothing is stored." }),
	after: field(text, { description: "Commands that the SSH user runs on the server once everything is packed, as a script of `sh`. Once `before` was begun they are run in any case, also when the run fails, is cancelled or loses the connection; after five minutes they are ended." }),
	"pack-size": field(size, {
		description: "New files are stored together in packs of about this size. Larger packs are fewer objects; to restore one file its whole pack is fetched.",
		default: "64MiB"
	}),
	"max-deleted": field(percent, {
		description: "When more of the files of the last snapshot are gone, or all below one of the paths, or there is nothing below a new one, the run stops and there is no snapshot: a disk may not be mounted. `100%` allows everything.",
		default: "20%"
	}),
	"allow-incomplete": field(boolean, {
		description: "Do not fail when files could not be read, or changed each time. The snapshot is stored in either case, and says that it is incomplete.",
		default: "false"
	}),
	"allow-database-directories": field(boolean, {
		description: "Store directories of database servers, too. Copies of a running server are worth nothing: dump it instead.",
		default: "false"
	}),
	"refresh-after": field(duration({
		min: DAY_MS,
		max: 36500 * DAY_MS
	}), {
		description: "Packs that are older are packed again, a fourteenth of all in a run, and so is the index, so that what new snapshots need does not outlive the lock of the bucket. At most that lock, less the time that a snapshot is to stay locked, less that of 14 runs: docs/store-setup.md, Retention.",
		default: "90d"
	}),
	repack: field(packNames, {
		description: "Packs and index objects that are missing in the store, one a line: what was in them is stored again. The output `missing-packs` of verify lists them; those of other servers and storages are passed over.",
		default: ""
	}),
	compression: field(compression, {
		description: "Codec and level.",
		default: "zstd:3"
	}),
	"dry-run": field(boolean, {
		description: "List and compare only: says what would be stored, and what each rule leaves out, with all that is in directories. `before` and `after` are not run.",
		default: "false"
	})
});
const inputs = {
	...plainTargetInputs,
	...backupStoreInputs,
	...keyInputs,
	...ownInputs,
	...tellingInputs
};
const ownRules = [ruleFor(ownInputs, ["become", "one-file-system"], ({ become, oneFileSystem }) => become === "sudo" && !oneFileSystem ? [{
	input: "one-file-system",
	what: "must be `true` with `become: sudo`; give what is mounted as a path of its own"
}] : []), ruleFor(ownInputs, ["pack-size"], ({ packSize }) => packSize < MIN_PACK_BYTES || packSize > MAX_PACK_BYTES ? [{
	input: "pack-size",
	what: "is not from `1MB` to `8GiB`"
}] : [])];
const syncStorageDeclaration = {
	name: "sync-storage",
	description: "Back up directories of a server over SSH into a bucket: only what is new, packed and encrypted",
	inputs,
	outputs: {
		"snapshot-id": {
			description: "Id of the snapshot.",
			example: "20261120T030512Z-7f3a9c1e",
			emptyWhen: "nothing was stored"
		},
		"new-files": {
			description: "Entries that are new or changed since the last snapshot.",
			example: "250",
			emptyWhen: "the run failed before they were counted"
		},
		bytes: {
			description: "Bytes that this run stored.",
			example: "18203310",
			emptyWhen: "nothing was stored"
		}
	},
	rules: [
		...storeRules,
		...keyRules,
		...proxyRules,
		...ownRules,
		...tellingRules
	]
};

export { syncStorageDeclaration as t };