import { $t as ruleFor, At as duration, Dt as tellingRules, Et as tellingInputs, Ft as percent, Lt as size, Mt as line, Nt as lines, Pt as password, Qt as group, Rt as text, Zt as field, dt as storeInputs, ft as storeRules, kt as choice, ut as readerStoreInputs, x as serverNames, zt as DAY_MS } from "./proxy.js";
import { t as keyInputs } from "./keys.js";
import { r as readingInputs, t as proofInputs } from "./reading.js";
import { t as plainTargetInputs } from "./target.js";

// src/actions/verify/inputs.ts
const SECOND_MS = 1e3;
const YEAR_MS = 366 * DAY_MS;
const age = duration({
	min: SECOND_MS,
	max: 10 * YEAR_MS
});
const subjects = lines({
	accepts: "ids of faults, such as `identity:atlas:20261112T030512Z-7f3a9c1e-mariadb` or `bucket:versions`",
	parse: (subject) => subject
});
const ownInputs = group("Verify", {
	server: field(serverNames, {
		description: "Servers to look at, by their names in the store. Default: all that are there. Name them, and one of which nothing is left is noticed.",
		default: ""
	}),
	"max-dump-age": field(age, {
		description: "The run is red when the newest dump has an older state; dumps with different labels by themselves.",
		default: "26h"
	}),
	"max-binlog-age": field(age, {
		description: "The run is red when the newest binlog was closed longer ago; only where binlogs are shipped.",
		default: "2h"
	}),
	"max-storage-age": field(age, {
		description: "The run is red when the newest complete snapshot of a storage is older; only where there are snapshots.",
		default: "26h"
	}),
	"max-proof-age": field(age, { description: "The run is red when the newest proof that counts (docs/verify.md) is older, of the databases or of the files of a storage. Without it, what was never proven is a warning." }),
	"min-size": field(size, { description: "The run is red when the newest dump is stored in less than this, compressed and encrypted, as for the input of `dump` with this name. A dump with a label is not measured where there are others without one." }),
	"max-shrink": field(percent, {
		description: "The run is red when the newest dump, the rows of one of its databases, or the files of the newest snapshot of a storage or their bytes shrank by more than this against the median of the ten before.",
		default: "50%"
	}),
	"read-back": field(choice("none", "sample", "all"), {
		description: "Whether objects are read again, whole, and compared with their manifests. `sample`: one of 31 slices, another one each day. `all`: everything; most services charge for that.",
		default: "none"
	}),
	acknowledge: field(subjects, {
		description: "What is known, and shall not make the run red any more: the ids that the summary gives for it.",
		default: ""
	}),
	"store-object-lock": field(duration({
		min: DAY_MS,
		max: 100 * YEAR_MS
	}), { description: "For how long every new object has to be locked. Default: what the bucket's own settings say, and a bucket without a lock is a warning." }),
	"writer-access-key-id": field(line, { description: "Access key of the backup jobs. With it is tried that it can neither read, list, delete, replace nor write proofs; for that one small object is stored below `<server>/doctor/`." }),
	"writer-secret-access-key": field(password, {
		description: "Belongs to `writer-access-key-id`.",
		secret: true
	})
});
const inputs = {
	...readerStoreInputs,
	...group("Keys", {
		"trusted-signers": readingInputs["trusted-signers"],
		"trusted-provers": proofInputs["trusted-provers"],
		recipients: field(text, { description: `${keyInputs.recipients.description.split(". ")[0] ?? ""}. With them is looked at whether one expires soon, and whether the newest backups are encrypted to exactly these.` })
	}),
	...ownInputs,
	timeout: {
		...plainTargetInputs.timeout,
		group: "Verify"
	},
	...tellingInputs
};
const ownRules = [ruleFor(ownInputs, ["writer-access-key-id", "writer-secret-access-key"], ({ writerAccessKeyId, writerSecretAccessKey }) => writerAccessKeyId === void 0 === (writerSecretAccessKey === void 0) ? [] : [{
	input: "writer-access-key-id",
	what: "and `writer-secret-access-key` go together"
}]), ...["writer-access-key-id", "store-object-lock"].map((name) => ruleFor({
	...storeInputs,
	...ownInputs
}, ["store", name], ({ store, ...others }) => store.kind !== "s3" && Object.values(others).some((value) => value !== void 0) ? [{
	input: name,
	what: "only for `s3://` stores"
}] : []))];
const verifyDeclaration = {
	name: "verify",
	description: "Look at the backups of all servers: everything there, fresh, whole, signed, locked, proven",
	inputs,
	outputs: {
		healthy: {
			description: "Whether nothing is red.",
			example: "true",
			emptyWhen: "the run came to no verdict"
		},
		report: {
			description: "Everything that was found, as JSON (docs/verify.md).",
			example: "{\"schema\":1,\"healthy\":true}",
			emptyWhen: "the run came to no verdict"
		},
		"recoverable-until": {
			description: "The moment up to which a server can be brought back; of several servers that of the one that is furthest behind.",
			example: "2026-11-20T03:05:12.000Z",
			emptyWhen: "a server cannot be brought back at all"
		},
		"missing-packs": {
			description: "Keys of packs and index objects that snapshots need and that are not as they should be, with blanks between; at most 2,000.",
			example: "atlas/storage/files/packs/20261120T030512Z-7f3a9c1e-1.tar.zst.gpg",
			emptyWhen: "none is missing"
		},
		badge: {
			description: "JSON for an endpoint badge of shields.io.",
			example: "{\"schemaVersion\":1,\"label\":\"backups\",\"message\":\"healthy\",\"color\":\"brightgreen\"}",
			emptyWhen: "the run came to no verdict"
		}
	},
	rules: [
		...storeRules,
		...ownRules,
		...tellingRules
	]
};

export { verifyDeclaration as t };