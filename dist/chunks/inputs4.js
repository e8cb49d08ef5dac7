import { $t as ruleFor, Ot as boolean, Qt as group, Zt as field, g as localPath, i as databaseRules, jt as integer } from "./proxy.js";
import { a as storageName, o as storagePaths } from "./storage.js";
import { t as dumpDeclaration } from "./inputs2.js";

// src/actions/init/inputs.ts
const { inputs: dump } = dumpDeclaration;
/** Ends the description of what is asked for. */
const ASKED_FOR = " Where it is not given, it is asked for at the terminal.";
/** Asked for at a terminal, where nothing is given. */
function askable(one) {
	return {
		...one,
		isRequired: false,
		description: one.description + ASKED_FOR
	};
}
const whereInputs = group("Where to write", {
	directory: field(localPath, {
		description: "Checkout of the repository that gets the workflow files, below `.github/workflows`. Nothing in it is overwritten.",
		default: "."
	}),
	"verify-directory": field(localPath, { description: "Checkout of a second repository, for the workflow that looks at the backups every day: whoever stops the first one does not stop this one with it. Default: `directory`." }),
	"keys-directory": askable(field(localPath, {
		description: "Directory for the keys and for what else is to be done, outside of every git checkout. It is made, for its owner alone; nothing in it is overwritten.",
		required: true
	})),
	"dump-hour": field(integer({
		min: 0,
		max: 23
	}), {
		description: "Hour (UTC) of the nightly dump; minutes are drawn by lot. The weekly restore test is two hours later, on Sundays, and the daily look at everything five hours later.",
		default: "3"
	})
});
const moreInputs = group("What else to back up", {
	"storage-paths": field(storagePaths, { description: "Directories on the server to back up after every dump, one a line (`sync-storage`). Without any there is no such job." }),
	"storage-name": field(storageName, {
		description: "Name of these files in the store: never change it.",
		default: "files"
	}),
	binlogs: field(boolean, {
		description: "Also ship the binary logs, every hour (`ship-binlogs`), with a database account of their own.",
		default: "false"
	})
});
const inputs = {
	server: askable(dump.server),
	"ssh-host": askable(dump["ssh-host"]),
	"ssh-port": dump["ssh-port"],
	"ssh-user": {
		...dump["ssh-user"],
		isRequired: false,
		default: "lifeboat",
		absent: () => "lifeboat"
	},
	"ssh-known-hosts": {
		...dump["ssh-known-hosts"],
		isRequired: false,
		description: "Host key of the server, taken from the server itself: what it shows must be this. Without it the key is fetched and shown, and the workflow files get it only when somebody at a terminal says that they compared it."
	},
	store: askable(dump.store),
	"store-endpoint": dump["store-endpoint"],
	"store-region": dump["store-region"],
	engine: dump.engine,
	"db-defaults-file": dump["db-defaults-file"],
	"db-host": dump["db-host"],
	"db-port": dump["db-port"],
	"db-socket": dump["db-socket"],
	"db-container": dump["db-container"],
	databases: dump.databases,
	...moreInputs,
	...whereInputs
};
/** What must be known before anything is written. */
const ASKED = [
	"server",
	"ssh-host",
	"store",
	"keys-directory"
];
const passwordRules = ["db-host", "db-container"].map((name) => ruleFor(inputs, [name, "db-defaults-file"], ({ dbDefaultsFile, ...other }) => Object.values(other)[0] !== void 0 && dbDefaultsFile === void 0 ? [{
	input: "db-defaults-file",
	what: `nothing is given, but \`${name}\` is: a log-in without password is by the socket alone`,
	fix: "Say where the file with the password shall lie on the target, such as `~/.lifeboat.cnf`: init writes it for you to copy."
}] : []));
const askedRules = ASKED.map((name) => ruleFor(inputs, [name], (given, { canAsk = false }) => Object.values(given)[0] === void 0 && !canAsk ? [{
	input: name,
	what: "nothing is given, and there is no terminal to ask at",
	accepted: inputs[name].accepts
}] : []));
const initDeclaration = {
	name: "init",
	description: "Write workflow files and keys for a server, and say step by step what else is to be set up",
	inputs,
	outputs: {},
	rules: [
		...databaseRules.filter(({ needs }) => needs.every((name) => name in inputs)),
		...passwordRules,
		...askedRules
	],
	isCommandLineOnly: true
};

export { ASKED_FOR as n, initDeclaration as r, ASKED as t };