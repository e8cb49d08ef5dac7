import { At as duration, Dt as tellingRules, Et as tellingInputs, Ot as boolean, Qt as group, Zt as field, ft as storeRules, i as databaseRules, kt as choice, lt as backupStoreInputs, n as proxyRules, r as databaseInputs, zt as DAY_MS } from "./proxy.js";
import { n as keyRules, t as keyInputs } from "./keys.js";
import { t as plainTargetInputs } from "./target.js";

// src/actions/ship-binlogs/inputs.ts
/** MySQL, binlog_expire_logs_seconds: at most 2^32 - 1 seconds; nobody keeps them for longer than ten years. */
const MAX_KEEP_MS = 3650 * DAY_MS;
const ownInputs = group("Binary logs", {
	rotate: field(boolean, {
		description: "Have the server close the binary log that it writes to and begin a new one (`FLUSH BINARY LOGS`), when there is something in it, or it is an hour old. Otherwise only what the server has closed by itself is shipped.",
		default: "true"
	}),
	purge: field(choice("never", "shipped"), {
		description: "Whether the server may be told to remove binary logs (`PURGE BINARY LOGS`). `shipped`: those that an earlier run shipped, that are older than `purge-keep`, and that no replica is known to need. What is not known keeps them.",
		default: "never"
	}),
	"purge-keep": field(duration({
		min: 6e4,
		max: MAX_KEEP_MS
	}), {
		description: "Shipped binary logs stay on the server for this long after they were closed.",
		default: "2d"
	}),
	"dry-run": field(boolean, {
		description: "Check everything that can be checked without shipping: connection, versions, rights, which binary logs are due. Nothing is written or rotated.",
		default: "false"
	})
});
const inputs = {
	...plainTargetInputs,
	...backupStoreInputs,
	...keyInputs,
	...databaseInputs,
	...ownInputs,
	...tellingInputs
};
const shipBinlogsDeclaration = {
	name: "ship-binlogs",
	description: "Ship closed binary logs of a database server over SSH into a bucket, verified and encrypted",
	inputs,
	outputs: {
		shipped: {
			description: "How many binary logs this run stored.",
			example: "3",
			emptyWhen: "the run failed before it came to that, or was a dry run"
		},
		bytes: {
			description: "Bytes that this run stored, all binary logs together.",
			example: "1820331",
			emptyWhen: "`shipped` is"
		},
		"newest-binlog": {
			description: "The newest binary log that is shipped, by this run or an earlier one.",
			example: "mysql-bin.000042",
			emptyWhen: "none is"
		},
		"recoverable-until": {
			description: "Until when the newest backup known here can be brought forward: the database server's time of the rotation that closed the newest binary log of the unbroken chain, or the backup's own instant.",
			example: "2026-11-20T04:05:13.000Z",
			emptyWhen: "no backup is known on the server that recovery could start from"
		}
	},
	rules: [
		...proxyRules,
		...storeRules,
		...keyRules,
		...databaseRules,
		...tellingRules
	]
};

export { shipBinlogsDeclaration as t };