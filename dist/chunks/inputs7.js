import { $t as ruleFor, C as tableName, Mt as line, Ot as boolean, Qt as group, Tt as logInputs, Zt as field, c as databaseName, ft as storeRules, l as databases, ut as readerStoreInputs, y as recoverTo } from "./proxy.js";
import { n as choiceRules, t as choiceInputs } from "./choice.js";
import { n as destinationRules, t as destinationInputs } from "./destination.js";
import { r as readingInputs } from "./reading.js";
import { n as targetInputs } from "./target.js";

// src/actions/restore/confirmation.ts
/** `restore atlas into shop_copy`, `… into same names`, `… into new names`. */
function confirmationText({ server, into, sameNames }) {
	return `restore ${server} into ${into ?? (sameNames ? "same names" : "new names")}`;
}

// src/actions/restore/inputs.ts
const ownInputs = group("Restore", {
	...choiceInputs("Which backup to restore: the newest (with `to-time` the newest from before that moment), or one by its id."),
	databases: field(databases, { description: "Databases of the backup to restore. Default: all of them." }),
	table: field(tableName, { description: "One table to restore instead, into a database of its own: structure and rows, without its triggers." }),
	into: field(databaseName, { description: "Name of the new database, where one database or one table is restored. Default: `<name>_restored_<time of the backup>`." }),
	"same-names": field(boolean, {
		description: "Restore databases under their own names, events included. Only where there are none of these names, or with `replace`.",
		default: "false"
	}),
	replace: field(boolean, {
		description: "Drop databases that are there already under the names that are restored to. They are gone then, also when the restore fails afterwards.",
		default: "false"
	}),
	accounts: field(boolean, {
		description: "Load the accounts of the backup first. Every account has its old password then, also those that the server has already (MySQL: those keep theirs). Only with `same-names`.",
		default: "false"
	}),
	"to-time": field(recoverTo, { description: "Also replay the binlogs that were shipped since, up to this moment, or `latest` for all there are. On MariaDB name the second before the mistake began. Only into a server without databases, with `same-names` and `accounts`." }),
	"log-bin": field(boolean, {
		description: "Write what is loaded to the server's binary log, so that its replicas get it, too. Default: `sql_log_bin = 0`.",
		default: "false"
	}),
	unsigned: field(boolean, {
		description: "Restore without `trusted-signers`: whoever can write to the store may have made the backup.",
		default: "false"
	}),
	confirm: field(line, { description: "Typed by whoever starts it: exactly `restore <server> into <name>`, where `<name>` is `into`, or `same names`, or else `new names`. The command line asks for it only with `replace`." })
});
const inputs = {
	server: targetInputs.server,
	...readerStoreInputs,
	...readingInputs,
	...ownInputs,
	...destinationInputs,
	...logInputs
};
const rules = [
	ruleFor(inputs, ["trusted-signers", "unsigned"], ({ trustedSigners, unsigned }) => trustedSigners === void 0 && !unsigned ? [{
		input: "trusted-signers",
		what: "nothing is given",
		fix: "Give the public key of the signing key. `unsigned: true` restores what anybody may have written."
	}] : []),
	ruleFor(inputs, ["table", "databases"], ({ table, databases: chosen }) => table !== void 0 && chosen !== void 0 ? [{
		input: "databases",
		what: "cannot be given together with `table`"
	}] : []),
	ruleFor(inputs, [
		"same-names",
		"table",
		"into",
		"accounts"
	], ({ sameNames, table, into, accounts }) => [
		...sameNames && table !== void 0 ? [{
			input: "same-names",
			what: "cannot be given together with `table`",
			fix: "Restore the table into a new database, and copy its rows from there."
		}] : [],
		...sameNames && into !== void 0 ? [{
			input: "into",
			what: "cannot be given together with `same-names`"
		}] : [],
		...accounts && !sameNames ? [{
			input: "accounts",
			what: "only with `same-names`"
		}] : []
	]),
	ruleFor(inputs, [
		"to-time",
		"same-names",
		"accounts",
		"databases",
		"log-bin"
	], ({ toTime, sameNames, accounts, databases: chosen = "*", logBin }) => {
		if (toTime === void 0) return [];
		const fix = "Binlogs hold what was done to every database and account, under its own name: they need all of them, in a server that has nothing else.";
		return [
			...sameNames && accounts ? [] : [{
				input: "to-time",
				what: "only with `same-names` and `accounts`",
				fix
			}],
			...chosen === "*" ? [] : [{
				input: "databases",
				what: "cannot be given together with `to-time`",
				fix
			}],
			...logBin ? [{
				input: "log-bin",
				what: "cannot be given together with `to-time`",
				fix: "What is replayed has the old server's numbers of transactions. Make replicas of the new server afterwards, from a dump of it."
			}] : []
		];
	}),
	ruleFor(inputs, [
		"confirm",
		"server",
		"into",
		"same-names",
		"replace"
	], ({ confirm, replace, ...names }, { isWorkflow = false, canAsk = false }) => {
		const expected = confirmationText(names);
		if (confirm === expected || confirm === void 0 && !(isWorkflow || replace && !canAsk)) return [];
		return [{
			input: "confirm",
			what: confirm === void 0 ? "nothing is given" : "is not what has to be typed",
			fix: `Type exactly: ${expected}`
		}];
	})
];
const restoreDeclaration = {
	name: "restore",
	description: "Restore a backup, a database or a table into a server, under a new name unless told otherwise",
	inputs,
	outputs: {
		"backup-id": {
			description: "The backup that was restored.",
			example: "20261120T030512Z-7f3a9c1e-mariadb",
			emptyWhen: "nothing was restored"
		},
		databases: {
			description: "Names of the databases that were made, separated by commas.",
			example: "shop_restored_202611200305",
			emptyWhen: "nothing was restored"
		},
		"recovered-to": {
			description: "The moment whose state was restored.",
			example: "2026-11-20T03:05:12.000Z",
			emptyWhen: "nothing was restored"
		},
		"duration-seconds": {
			description: "Whole seconds from the first byte fetched to the last row counted.",
			example: "252",
			emptyWhen: "nothing was restored"
		}
	},
	rules: [
		...storeRules,
		...choiceRules,
		...rules,
		...destinationRules
	],
	positional: "backup"
};

export { confirmationText as n, restoreDeclaration as t };