import { $t as ruleFor, At as duration, Dt as tellingRules, Et as tellingInputs, Lt as size, Ot as boolean, Qt as group, Rt as text, Zt as field, d as excludedDatabases, ft as storeRules, i as databaseRules, kt as choice, l as databases, lt as backupStoreInputs, n as proxyRules, r as databaseInputs, s as compression, u as dumpArguments, w as tablePatterns, zt as DAY_MS } from "./proxy.js";
import { n as keyRules, t as keyInputs } from "./keys.js";
import { n as targetInputs } from "./target.js";

// src/actions/dump/inputs.ts
/** Of a replica that is kept behind on purpose. */
const MAX_REPLICA_LAG_MS = 30 * DAY_MS;
const ownInputs = group("Dump", {
	databases: field(databases, {
		description: "Databases to dump, one a line, or `*` for all but the server's own.",
		default: "*"
	}),
	"exclude-databases": field(excludedDatabases, {
		description: "Databases to leave out, one a line.",
		default: ""
	}),
	"exclude-tables": field(tablePatterns, {
		description: "Tables to leave out, `database.table` one a line; `*` stands for any characters. A dump that leaves out tables cannot be the start of a point-in-time recovery.",
		default: ""
	}),
	layout: field(choice("one", "per-database"), {
		description: "How databases are put into objects. `one`: all of them in one dump, one consistent point in time. `per-database`: one object each, each consistent by itself, for servers with hundreds of databases; it cannot be the start of a point-in-time recovery.",
		default: "one"
	}),
	consistency: field(choice("auto", "snapshot", "lock"), {
		description: "How the dump becomes consistent. `auto`: one snapshot, refused when tables that know no transactions hold rows. `snapshot`: such tables are dumped too, with a warning. `lock`: nobody can write to such tables while they are dumped, and to no others; the summary says how long.",
		default: "auto"
	}),
	accounts: field(boolean, {
		description: "Dump the accounts of the database server and their rights, as an object of its own.",
		default: "true"
	}),
	inventory: field(choice("rows", "digest"), {
		description: "What is recorded of every table, to compare a restored one with. `rows`: its rows and digests. `digest`: digests only, which costs the target a little less.",
		default: "rows"
	}),
	rotate: field(boolean, {
		description: "Begin a new binary log with the dump.",
		default: "true"
	}),
	coordinates: field(boolean, {
		description: "Let the dump say where the binary log stood, for which MySQL holds all writing for a moment. `false` is for managed servers, which refuse that: no binary log is begun then, and the dump cannot be the start of a point-in-time recovery.",
		default: "true"
	}),
	"broken-views": field(choice("exclude", "fail"), {
		description: "What to do about views that can no longer be read. `exclude`: keep their text in the inventory and warn. `fail`: end the run.",
		default: "exclude"
	}),
	"max-replica-lag": field(duration({
		min: 1e3,
		max: MAX_REPLICA_LAG_MS
	}), {
		description: "When the server is a replica: how far behind its source it may be. One that is farther behind, or has stopped, is not dumped, and the run fails.",
		default: "15m"
	}),
	before: field(text, { description: "Commands that the SSH user runs on the server before the dump, as a script of `sh`. When they end with an error nothing is dumped." }),
	after: field(text, { description: "Commands that the SSH user runs on the server after the dump, as a script of `sh`. Once `before` was begun they are run in any case, also when the run fails, is cancelled or loses the connection; after five minutes they are ended." }),
	"extra-args": field(dumpArguments, {
		description: "More arguments for the dump client, one a line. Whatever could leave something out of the dump or change what it means is not accepted. Those about TLS and compression of the connection are for every client of the run; those about rows go into the inventory, and a restore test reads its copy with the same.",
		default: ""
	}),
	compression: field(compression, {
		description: "Codec and level.",
		default: "zstd:3"
	}),
	"min-size": field(size, { description: "A dump whose stored size, compressed and encrypted, is smaller does not count, and the run fails. It is the size that the output `bytes` gives, and that `verify` compares with its input of this name." }),
	"allow-empty": field(boolean, {
		description: "Accept a dump without any table.",
		default: "false"
	}),
	"dry-run": field(boolean, {
		description: "Check everything that can be checked without dumping: connection, versions, rights, choice of databases. Nothing is written.",
		default: "false"
	})
});
const inputs = {
	...targetInputs,
	...backupStoreInputs,
	...keyInputs,
	...databaseInputs,
	...ownInputs,
	...tellingInputs
};
const ownRules = [ruleFor(ownInputs, ["databases", "exclude-databases"], (chosen) => {
	if (chosen.databases === "*") return [];
	const names = chosen.databases;
	return chosen.excludeDatabases.filter((name) => names.includes(name)).map((name) => ({
		input: "exclude-databases",
		what: `"${name}" is listed in \`databases\` too`
	}));
}), ruleFor(inputs, ["consistency", "db-container"], ({ consistency, dbContainer }) => consistency === "lock" && dbContainer !== void 0 ? [{
	input: "consistency",
	what: "`lock` does not work with `db-container` yet",
	fix: "Publish the database's port on 127.0.0.1 of the server and give `db-host` and `db-port` instead, or use `consistency: snapshot`."
}] : [])];
const dumpDeclaration = {
	name: "dump",
	description: "Dump databases of a server over SSH into a bucket, encrypted before they leave the server",
	inputs,
	outputs: {
		"backup-id": {
			description: "Name of the backup, which is also the name of its folder in the store.",
			example: "20261120T030512Z-7f3a9c1e-mariadb",
			emptyWhen: "there is no backup: the run failed or was a dry run"
		},
		"manifest-key": {
			description: "Key of the manifest below the prefix of the store. The backup exists since this object does.",
			example: "atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/manifest.json",
			emptyWhen: "there is no backup"
		},
		bytes: {
			description: "Bytes in the store, all objects of the backup together.",
			example: "48211034",
			emptyWhen: "there is no backup"
		},
		"duration-seconds": {
			description: "Whole seconds from the start of the run to the manifest.",
			example: "252",
			emptyWhen: "there is no backup"
		}
	},
	rules: [
		...proxyRules,
		...storeRules,
		...keyRules,
		...databaseRules,
		...tellingRules,
		...ownRules
	]
};

export { dumpDeclaration as t };