import { o as __toESM } from "./rolldown-runtime.js";
import { n as chooseMinutes } from "./schedule.js";
import { $t as ruleFor, Kt as Refusal, Yt as camelCase, in as LifeboatError, pt as formatSftpLocation, xt as profileOfEndpoint } from "./proxy.js";
import { n as ASKED_FOR, r as initDeclaration, t as ASKED } from "./inputs4.js";
import { n as codeSpan, o as markdownTable, r as escapeMarkdown, t as codeBlock } from "./markdown.js";
import { c as fetchCommand, s as bashWord, u as listCommand } from "./stock-commands.js";
import { _ as readString, c as require_lib, d as KNOWN_HOSTS_HELP, f as checkKnownHosts, g as fingerprint, h as parseKnownHosts, i as openSsh, k as generateKey, p as formatHostPort, r as connectTcp, s as readPrivateKey, t as TARGET_INPUTS, v as defineAction } from "./ssh-connection.js";
import { existsSync, realpathSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { mkdir, open, rm, rmdir } from "node:fs/promises";

// src/domain/dumps/dump-account.ts
const ON_EVERYTHING = {
	mariadb: [
		"SELECT",
		"SHOW VIEW",
		"TRIGGER",
		"EVENT",
		"RELOAD",
		"BINLOG MONITOR",
		"SLAVE MONITOR"
	],
	mysql: [
		"SELECT",
		"SHOW VIEW",
		"TRIGGER",
		"EVENT",
		"RELOAD",
		"REPLICATION CLIENT"
	]
};
/** Of these there is only one for the whole server. */
const ON_THE_SERVER = {
	mariadb: [
		"RELOAD",
		"BINLOG MONITOR",
		"SLAVE MONITOR"
	],
	mysql: [
		"RELOAD",
		"REPLICATION CLIENT",
		"SHOW_ROUTINE"
	]
};
const ON_A_DATABASE = [
	"SELECT",
	"SHOW VIEW",
	"TRIGGER",
	"EVENT"
];
/** What is written to every table, and no table itself. */
const BINLOGS = {
	mariadb: [
		"REPLICATION SLAVE",
		"BINLOG MONITOR",
		"RELOAD"
	],
	mysql: [
		"REPLICATION SLAVE",
		"REPLICATION CLIENT",
		"RELOAD"
	]
};
/** `lifeboat@localhost`, quoted where SQL wants it. */
function accountOf(user) {
	return /^[a-z][a-z0-9_]*$/.test(user) ? `${user}@localhost` : `${quoteName(user)}@localhost`;
}
/** Of the one that dumps, the account beside it: whoever ships binary logs needs to read no table. */
function binlogAccountOf(user) {
	const name = `${user}_binlogs`;
	return {
		user: name,
		account: accountOf(name)
	};
}
/** Without a password the database server lets in the operating-system user of the same name, over the socket. */
function createStatement(flavour, account, password) {
	return `CREATE USER ${account} IDENTIFIED ${password === void 0 ? flavour === "mariadb" ? "VIA unix_socket" : "WITH auth_socket" : `BY '${password.replaceAll(/[\\']/g, String.raw`\$&`)}'`};`;
}
function grantStatements(flavour, account, databases) {
	if (databases === "*") return [`GRANT ${ON_EVERYTHING[flavour].join(", ")} ON *.* TO ${account};`];
	return [
		`GRANT ${ON_THE_SERVER[flavour].join(", ")} ON *.* TO ${account};`,
		...databases.map((name) => {
			const pattern = quoteName(name.replaceAll(/[_%]/g, String.raw`\$&`));
			return `GRANT ${ON_A_DATABASE.join(", ")} ON ${pattern}.* TO ${account};`;
		}),
		`GRANT SELECT ON \`mysql\`.* TO ${account};`
	];
}
function binlogGrantStatement(flavour, account) {
	return `GRANT ${BINLOGS[flavour].join(", ")} ON *.* TO ${account};`;
}
function quoteName(name) {
	return `\`${name.replaceAll("`", "``")}\``;
}

// src/domain/stores/store-roles.ts
const WRITES = ["s3:PutObject", "s3:AbortMultipartUpload"];
/** Puts below the prefix, gives up its own uploads, writes no proof. */
function writerPolicy(place) {
	return policy([{
		Effect: "Allow",
		Action: WRITES,
		Resource: [objects(place, "*")]
	}, {
		Effect: "Deny",
		Action: ["s3:PutObject"],
		Resource: [proofs(place)]
	}]);
}
/** Gets and lists, and sees how the bucket is set up. */
function readerPolicy(place) {
	return policy([{
		Effect: "Allow",
		Action: [
			"s3:GetObject",
			"s3:GetObjectVersion",
			"s3:GetObjectRetention"
		],
		Resource: [objects(place, "*")]
	}, {
		Effect: "Allow",
		Action: [
			...[
				"s3:ListBucket",
				"s3:ListBucketVersions",
				"s3:GetBucketVersioning"
			],
			...["s3:GetLifecycleConfiguration", "s3:GetBucketObjectLockConfiguration"],
			"s3:ListBucketMultipartUploads"
		],
		Resource: [`arn:aws:s3:::${place.bucket}`]
	}]);
}
/** Puts proofs. */
function proverPolicy(place) {
	return policy([{
		Effect: "Allow",
		Action: WRITES,
		Resource: [proofs(place)]
	}]);
}
/** Commands of Backblaze's `b2`. Its keys know one prefix each and no exception: the writer's could write proofs, too. */
function b2Commands({ bucket, prefix, server = "" }) {
	const base = folder(prefix, server);
	const key = (role, below, capabilities) => `b2 key create --bucket ${bucket} --name-prefix ${below} lifeboat-${role} ${capabilities.join(",")}`;
	return [
		key("writer", base, ["listAllBucketNames", "writeFiles"]),
		key("reader", base, [
			"listAllBucketNames",
			"listBuckets",
			"readBucketRetentions",
			"readFileRetentions",
			"listFiles",
			"readFiles"
		]),
		key("prover", server === "" ? base : `${base}proofs/`, ["listAllBucketNames", "writeFiles"])
	];
}
function policy(statements) {
	return {
		Version: "2012-10-17",
		Statement: statements
	};
}
function objects({ bucket, prefix, server = "" }, names) {
	return `arn:aws:s3:::${bucket}/${folder(prefix, server)}${names}`;
}
function proofs(place) {
	return objects(place, place.server === void 0 ? "*/proofs/*" : "proofs/*");
}
/** With a slash at its end unless it is the whole bucket. */
function folder(...names) {
	return names.map((name) => name === "" ? "" : `${name}/`).join("");
}

// src/actions/init/site.ts
/** Users of a bucket; their ids and secrets lie beside the keys, as `writer-id`, `writer-secret` and so on. */
const ROLES = [
	"writer",
	"reader",
	"prover"
];
/** To be run on the machine whose keys they are. */
const PRINT_HOST_KEYS = "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \"$key\"; done";
/** Environments of GitHub: one for each job, so that none sees what another is given. */
function environmentsOf({ inputs: { server } }) {
	return {
		backup: `backup-${server}`,
		test: `restore-test-${server}`,
		verify: `verify-${server}`
	};
}
/** Where each workflow file lies, absolute. */
function workflowPaths({ inputs: { server, directory, verifyDirectory = directory, binlogs } }) {
	const inFolder = (checkout, name) => path.resolve(checkout, ".github/workflows", `${name}-${server}.yml`);
	return {
		dump: inFolder(directory, "dump"),
		binlogs: binlogs ? inFolder(directory, "ship-binlogs") : void 0,
		test: inFolder(directory, "restore-test"),
		verify: inFolder(verifyDirectory, "verify")
	};
}
/** Credentials of the account for binary logs, where the one who runs the client finds them; in a container beside those of the dump. */
function binlogsDefaultsFile({ inputs: { dbContainer, dbDefaultsFile } }) {
	const name = "lifeboat-binlogs.cnf";
	return dbContainer === void 0 || dbDefaultsFile === void 0 ? `~/.${name}` : path.posix.join(path.posix.dirname(dbDefaultsFile), name);
}
/** Those that people type, in the form of the `store` input. */
function storeUrl(store) {
	if (store.kind === "directory") return `file://${store.path}`;
	if (store.kind === "sftp") return formatSftpLocation(store);
	return `s3://${store.bucket}${store.prefix === "" ? "" : `/${store.prefix}`}`;
}

// src/actions/init/page-github.ts
/** `program` is its absolute path: two folders above it is the clone. */
function githubSteps(site, program) {
	const { backup, test, verify } = environmentsOf(site);
	const { directory, verifyDirectory, store } = site.inputs;
	const set = (kind, name, environment, file) => `gh ${kind} set ${name} --env ${bashWord(environment)} < ${bashWord(`${site.keysDirectory}/${file}`)}`;
	const make = (environment) => `gh api --silent --method PUT ${bashWord(`repos/{owner}/{repo}/environments/${environment}`)}`;
	const storeKeys = (environment, ...roles) => {
		if (store.kind === "directory") return [];
		if (store.kind === "sftp") return [set("secret", "STORE_SSH_KEY", environment, "store-ssh-key")];
		return roles.flatMap((role) => [set("variable", `${role.toUpperCase()}_ID`, environment, `${role}-id`), set("secret", `${role.toUpperCase()}_SECRET`, environment, `${role}-secret`)]);
	};
	const backups = [
		make(backup),
		set("secret", "SSH_KEY", backup, "ssh-key"),
		set("secret", "SIGNING_KEY", backup, "signing-key.asc"),
		set("variable", "RECIPIENTS", backup, "recipients.asc"),
		...storeKeys(backup, "writer")
	];
	const tests = [
		make(test),
		set("secret", "IDENTITY", test, "identity.asc"),
		set("secret", "PROOF_SIGNING_KEY", test, "proof-signing-key.asc"),
		set("variable", "TRUSTED_SIGNERS", test, "trusted-signers.asc"),
		set("variable", "TRUSTED_PROVERS", test, "trusted-provers.asc"),
		...storeKeys(test, "reader", "prover")
	];
	const looks = [
		make(verify),
		set("variable", "TRUSTED_SIGNERS", verify, "trusted-signers.asc"),
		set("variable", "TRUSTED_PROVERS", verify, "trusted-provers.asc"),
		set("variable", "RECIPIENTS", verify, "recipients.asc"),
		...storeKeys(verify, "reader")
	];
	const files = Object.values(workflowPaths(site)).filter((file) => file !== void 0);
	return [
		`In the checkout of the repository. A private one has environments only with GitHub Pro or Team: otherwise make a private repository for each environment, with its workflow files and its secrets (without ${codeSpan("--env")}), and never two sets of secrets in one. An environment that only the main branch may use is better still (its settings on GitHub).`,
		codeBlock([
			enter(directory),
			...backups,
			...tests
		].join("\n"), "sh"),
		verifyDirectory === void 0 ? `The daily look is better in a repository of its own (${codeSpan("--verify-directory")}): whoever stops this one does not stop it with it.` : "In the checkout of the second one:",
		codeBlock([enter(verifyDirectory ?? directory), ...looks].join("\n"), "sh"),
		`Heartbeats are more secrets, for those who want them: ${codeSpan("HEARTBEAT_…")} in the workflow files (docs/telling.md).`,
		`In the workflow files, ${codeSpan("OWNER")} is the account that the repository of Lifeboat lives in: write it for ${codeSpan("ACCOUNT-HERE")}. As long as there is no release, the commit of your clone takes the place of ${codeSpan("v1")}:`,
		codeBlock([`commit=$(git -C ${bashWord(path.resolve(path.dirname(program), ".."))} rev-parse HEAD)`, `perl -pi -e "s|OWNER/(lifeboat/.*)\\@v1|ACCOUNT-HERE/\\$1\\@$commit|" \\\n  ${files.map((file) => bashWord(file)).join(" \\\n  ")}`].join("\n"), "sh")
	];
}
function enter(directory) {
	return `cd ${bashWord(path.resolve(directory))}`;
}
function firstRuns(site) {
	const { server, directory, verifyDirectory, binlogs } = site.inputs;
	const paths = workflowPaths(site);
	const run = (file) => `gh workflow run ${path.basename(file)}`;
	const push = (checkout) => [
		enter(checkout),
		"git add .github/workflows",
		`git commit --message ${bashWord(`Back up ${server}`)}`,
		"git push --set-upstream origin HEAD"
	];
	const checkouts = [directory, ...verifyDirectory === void 0 ? [] : [verifyDirectory]];
	return [
		"When the doctor finds no fault, on the main branch, which GitHub takes schedules from:",
		codeBlock(checkouts.flatMap(push).join("\n"), "sh"),
		`The first dump${binlogs ? ", and the first binary logs" : ""} (${codeSpan("gh run watch")} shows how it goes):`,
		codeBlock([enter(directory), ...[paths.dump, paths.binlogs].flatMap((file) => file === void 0 ? [] : [run(file)])].join("\n"), "sh"),
		"When that is done, the first proof:",
		codeBlock(`${run(paths.test)}${binlogs ? " -f point-in-time=none" : ""}`, "sh"),
		"And when that is done, the first look at all of it:",
		codeBlock([...verifyDirectory === void 0 ? [] : [enter(verifyDirectory)], run(paths.verify)].join("\n"), "sh")
	];
}

// src/actions/init/workflows.ts
/** What a run refuses, so that nobody trusts a key that was not compared. */
const UNCOMPARED = "REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_SERVER";
const UNCOMPARED_STORE = "REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_STORE";
/** Two hours later, when the dump of the same night is done; and when the restore test is. */
const TEST_DELAY_H = 2;
const VERIFY_DELAY_H = 5;
/** A little more than the actions' own `timeout`, less than the six hours of a hosted job. */
const TIMEOUT_MINUTES = 340;
const VERIFY_TIMEOUT_MINUTES = 60;
/** Below that, so that a run that is too slow fails and is told. */
const VERIFY_TIMEOUT = "50m";
/** Every workflow file, by its absolute path. */
function renderWorkflows(site) {
	const paths = workflowPaths(site);
	const render = (path, workflow) => ({
		path,
		text: renderWorkflow(site, workflow)
	});
	return [
		render(paths.dump, nightly(site)),
		...paths.binlogs === void 0 ? [] : [render(paths.binlogs, hourly(site))],
		render(paths.test, weekly(site)),
		render(paths.verify, daily(site))
	];
}
function nightly(site) {
	const { server, dumpHour, databases, storagePaths, storageName } = site.inputs;
	const set = "${{ github.run_id }}";
	const common = {
		timeoutMinutes: TIMEOUT_MINUTES,
		environment: environmentsOf(site).backup
	};
	const dump = {
		name: "dump",
		...common,
		group: `dump-${server}`,
		action: "dump",
		with: {
			...backupInputs(site),
			...databaseInputs(site, site.inputs.dbDefaultsFile),
			databases: databases === "*" ? void 0 : databases.join("\n"),
			set,
			...telling("HEARTBEAT_DUMP")
		}
	};
	const storage = {
		name: "storage",
		after: dump.name,
		...common,
		group: `sync-storage-${server}`,
		action: "sync-storage",
		with: {
			...backupInputs(site),
			name: storageName,
			paths: storagePaths?.join("\n"),
			"refresh-after": "14d",
			set,
			...telling("HEARTBEAT_STORAGE")
		}
	};
	return {
		comment: `Every night a dump of ${server}${storagePaths === void 0 ? "" : ", then its directories"}.`,
		name: `dump ${server}`,
		cron: `${site.minutes.dump} ${dumpHour} * * *`,
		jobs: storagePaths === void 0 ? [dump] : [dump, storage]
	};
}
function hourly(site) {
	const { server } = site.inputs;
	return {
		comment: `Every hour the binary logs of ${server} since the last time.`,
		name: `ship binary logs ${server}`,
		cron: `${site.minutes.binlogs} * * * *`,
		jobs: [{
			name: "ship",
			timeoutMinutes: TIMEOUT_MINUTES,
			environment: environmentsOf(site).backup,
			group: `ship-binlogs-${server}`,
			isQueue: true,
			action: "ship-binlogs",
			with: {
				...backupInputs(site),
				...databaseInputs(site, binlogsDefaultsFile(site)),
				...telling("HEARTBEAT_BINLOGS")
			}
		}]
	};
}
function weekly(site) {
	const { server, dumpHour, store, binlogs } = site.inputs;
	const isS3 = store.kind === "s3";
	const moment = binlogs ? {
		byHand: "latest",
		byClock: "random"
	} : {
		byHand: "none",
		byClock: "none"
	};
	return {
		comment: `Every week the newest backup of ${server} is restored into a sandbox; and by "Run workflow" any backup, to any moment.`,
		name: `restore test ${server}`,
		cron: `${site.minutes.test} ${(dumpHour + TEST_DELAY_H) % 24} * * 0`,
		dispatch: `    inputs:
      backup:
        description: The newest backup, or one by its id
        type: string
        default: latest
      point-in-time:
        description: none, latest, random, or a moment such as 2026-11-20T14:05:59Z
        type: string
        default: ${moment.byHand}
      compare:
        description: How closely it is compared with what was dumped
        type: choice
        options: [exact, rows, none]
        default: exact`,
		jobs: [{
			name: "restore-test",
			timeoutMinutes: TIMEOUT_MINUTES,
			environment: environmentsOf(site).test,
			group: `restore-test-${server}`,
			action: "restore-test",
			with: {
				server,
				...storeInputs(site, "READER"),
				identity: secret("IDENTITY"),
				"trusted-signers": variable("TRUSTED_SIGNERS"),
				"proof-signing-key": secret("PROOF_SIGNING_KEY"),
				"proof-access-key-id": isS3 ? variable("PROVER_ID") : void 0,
				"proof-secret-access-key": isS3 ? secret("PROVER_SECRET") : void 0,
				"trusted-provers": variable("TRUSTED_PROVERS"),
				backup: "${{ inputs.backup || 'latest' }}",
				"point-in-time": `\${{ inputs.point-in-time || '${moment.byClock}' }}`,
				compare: "${{ inputs.compare || 'exact' }}",
				...telling("HEARTBEAT_RESTORE_TEST"),
				"heartbeat-url": "${{ github.event_name == 'schedule' && secrets.HEARTBEAT_RESTORE_TEST || '' }}",
				"human-check": "quarterly"
			}
		}]
	};
}
function daily(site) {
	const { server, dumpHour } = site.inputs;
	return {
		comment: `Every day a look whether everything of ${server} is there, fresh, whole, signed and proven.`,
		name: `verify ${server}`,
		cron: `${site.minutes.verify} ${(dumpHour + VERIFY_DELAY_H) % 24} * * *`,
		jobs: [{
			name: "verify",
			timeoutMinutes: VERIFY_TIMEOUT_MINUTES,
			environment: environmentsOf(site).verify,
			group: `verify-${server}`,
			action: "verify",
			with: {
				server,
				...storeInputs(site, "READER"),
				"trusted-signers": variable("TRUSTED_SIGNERS"),
				"trusted-provers": variable("TRUSTED_PROVERS"),
				recipients: variable("RECIPIENTS"),
				"max-dump-age": "30h",
				"max-storage-age": "30h",
				"max-binlog-age": "3h",
				"max-proof-age": "9d",
				"read-back": "sample",
				timeout: VERIFY_TIMEOUT,
				...telling("HEARTBEAT_VERIFY")
			}
		}]
	};
}
function renderWorkflow({ inputs }, { comment, name, cron, dispatch, jobs }) {
	const runner = inputs.store.kind === "directory" ? "self-hosted" : "ubuntu-latest";
	return [
		`# ${comment}`,
		`name: ${scalar(name)}`,
		"on:",
		"  schedule:",
		`    - cron: '${cron}' # UTC; a minute drawn by lot, because round ones are the busiest`,
		"  workflow_dispatch:",
		...dispatch === void 0 ? [] : [dispatch],
		"permissions: {}",
		"jobs:",
		...jobs.map((job) => renderJob(job, runner)),
		""
	].join("\n");
}
function renderJob(job, runner) {
	const given = Object.entries(job.with).filter(([, value]) => value !== void 0);
	return [
		`  ${job.name}:`,
		...job.after === void 0 ? [] : [`    needs: ${job.after}`, `    if: \${{ !cancelled() }} # whatever became of the ${job.after}`],
		`    runs-on: ${runner}`,
		`    timeout-minutes: ${job.timeoutMinutes}`,
		`    environment: ${scalar(job.environment)}`,
		"    permissions:",
		"      issues: write # for issues about this job alone",
		"    concurrency:",
		`      group: ${scalar(job.group)}`,
		"      cancel-in-progress: false",
		...job.isQueue ? ["      queue: max # a run waits for the one before it, and is not replaced by the next"] : [],
		"    steps:",
		`      - uses: OWNER/lifeboat/${job.action}@v1`,
		"        with:",
		...given.map(([name, value]) => `          ${name}: ${renderValue(value ?? "", " ".repeat(12))}`)
	].join("\n");
}
/** Of everything that reads a server and writes to the store. */
function backupInputs(site) {
	const { inputs, knownHosts } = site;
	return {
		server: inputs.server,
		"ssh-host": inputs.sshHost,
		"ssh-port": inputs.sshPort === 22 ? void 0 : inputs.sshPort,
		"ssh-user": inputs.sshUser,
		"ssh-key": secret("SSH_KEY"),
		"ssh-known-hosts": knownHosts ?? `ssh-ed25519 SHA256:${"REPLACE_WITH_THE_FINGERPRINT_OF_YOUR_SERVER"}`,
		...storeInputs(site, "WRITER"),
		recipients: variable("RECIPIENTS"),
		"signing-key": secret("SIGNING_KEY")
	};
}
function databaseInputs({ inputs }, defaultsFile) {
	return {
		engine: inputs.engine === "mariadb" ? void 0 : inputs.engine,
		"db-defaults-file": defaultsFile,
		"db-host": inputs.dbHost,
		"db-port": inputs.dbPort,
		"db-socket": inputs.dbSocket,
		"db-container": inputs.dbContainer
	};
}
function storeInputs({ inputs }, role) {
	const { store, storeEndpoint, storeRegion } = inputs;
	return {
		store: storeUrl(store),
		"store-endpoint": storeEndpoint?.origin,
		"store-region": storeRegion,
		...store.kind === "s3" ? {
			"store-access-key-id": variable(`${role}_ID`),
			"store-secret-access-key": secret(`${role}_SECRET`)
		} : {},
		...store.kind === "sftp" ? {
			"store-ssh-key": secret("STORE_SSH_KEY"),
			"store-known-hosts": `ssh-ed25519 SHA256:${UNCOMPARED_STORE}`
		} : {}
	};
}
/** A heartbeat that nobody set is not sent. */
function telling(heartbeat) {
	return {
		"heartbeat-url": secret(heartbeat),
		"notify-issue": true,
		"github-token": secret("GITHUB_TOKEN")
	};
}
function secret(name) {
	return `\${{ secrets.${name} }}`;
}
function variable(name) {
	return `\${{ vars.${name} }}`;
}
function renderValue(value, indent) {
	if (typeof value !== "string") return String(value);
	if (value.startsWith("${{")) return value;
	if (!value.includes("\n")) return scalar(value);
	return ["|", ...value.trim().split("\n").map((line) => indent + line)].join("\n");
}
/** A string that YAML reads as one, quoted only where it must be. */
function scalar(text) {
	return (/^[A-Za-z][\w./@-]*(?:: ?(?=\/\/)[\w./:@-]+)?$/.test(text) || /^[A-Za-z][\w-]*(?: [A-Za-z][\w.:/+=-]*)+$/.test(text) || /^\d+[hd]$|^~\/[\w./-]+$|^\/[\w./-]+$/.test(text)) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}

// src/actions/init/page-store.ts
/** As docs/store-setup.md has it; `refresh-after` of the files goes by it. */
const LOCK_DAYS = 35;
function storeSteps({ inputs, keysDirectory }) {
	const { store, storeEndpoint, storeRegion, server } = inputs;
	if (store.kind === "directory") return ["The directory must exist. Whoever runs Lifeboat there can also delete: keep a copy elsewhere."];
	if (store.kind === "sftp") return [
		"The account must exist, and let this key only add files and read them (docs/store-setup.md, “An SFTP account”):",
		codeBlock(`ssh-keygen -t ed25519 -N '' -C lifeboat -f ${bashWord(`${keysDirectory}/store-ssh-key`)}`, "sh"),
		`Write the fingerprint of its host key into every workflow file and the doctor's command below, in place of ${codeSpan(UNCOMPARED_STORE)}. On the machine of the store, this prints it:`,
		codeBlock(PRINT_HOST_KEYS, "sh")
	];
	const place = {
		bucket: store.bucket,
		prefix: store.prefix,
		server
	};
	const files = `The id and the secret of each lie beside the keys, as ${ROLES.flatMap((role) => [`${role}-id`, `${role}-secret`]).map(codeSpan).join(", ")} (mode 600).`;
	if (profileOfEndpoint(storeEndpoint).name === "Backblaze B2") return [
		"The bucket must keep versions, better with a lock (docs/store-setup.md). Then three keys:",
		codeBlock(b2Commands(place).join("\n"), "sh"),
		`What they print has to be saved by hand. ${files}`
	];
	const policies = {
		writer: writerPolicy(place),
		reader: readerPolicy(place),
		prover: proverPolicy(place)
	};
	return [
		`The bucket, where there is none yet: nobody can delete what is stored in it for ${LOCK_DAYS} days, you neither; to try things out write fewer. What a run that died left behind goes after three days. For how long backups are kept then is a rule of yours (docs/store-setup.md, “What runs leave behind”).`,
		codeBlock(bucketCommands(store.bucket, storeEndpoint, storeRegion).join("\n"), "sh"),
		"Three users, each with the policy of its name, which lies beside the keys:",
		...ROLES.flatMap((role) => [`${codeSpan(`${role}.json`)}:`, codeBlock(JSON.stringify(policies[role], null, 2), "json")]),
		"On Amazon, and where else there is IAM:",
		codeBlock([
			`cd ${bashWord(keysDirectory)}`,
			"umask 077",
			`for role in ${ROLES.join(" ")}; do`,
			`  user=lifeboat-${server}-$role`,
			"  aws iam create-user --user-name \"$user\"",
			"  aws iam put-user-policy --user-name \"$user\" --policy-name \"$role\" --policy-document \"file://$role.json\"",
			`  aws iam create-access-key --user-name "$user" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text |`,
			"    while read -r id secret; do echo \"$id\" > \"$role-id\"; echo \"$secret\" > \"$role-secret\"; done",
			"done"
		].join("\n"), "sh"),
		files
	];
}
function bucketCommands(bucket, endpoint, region) {
	const json = (value) => bashWord(JSON.stringify(value));
	const named = `--bucket ${bashWord(bucket)}`;
	const place = region === void 0 || region === "us-east-1" ? "" : ` --create-bucket-configuration LocationConstraint=${bashWord(region)}`;
	const retention = {
		Mode: "COMPLIANCE",
		Days: LOCK_DAYS
	};
	const abort = {
		ID: "abort-incomplete-uploads",
		Status: "Enabled",
		Filter: { Prefix: "" },
		AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 }
	};
	return [
		...endpoint === void 0 ? [] : [`export AWS_ENDPOINT_URL=${endpoint.origin}`],
		...region === void 0 ? [] : [`export AWS_DEFAULT_REGION=${bashWord(region)}`],
		`aws s3api create-bucket ${named} --object-lock-enabled-for-bucket${place}`,
		`aws s3api put-object-lock-configuration ${named} --object-lock-configuration ${json({
			ObjectLockEnabled: "Enabled",
			Rule: { DefaultRetention: retention }
		})}`,
		`aws s3api put-bucket-lifecycle-configuration ${named} --lifecycle-configuration ${json({ Rules: [abort] })}`
	];
}

// src/actions/init/page.ts
function renderPage(facts) {
	const { site, written } = facts;
	return `${[
		`# Set up ${escapeMarkdown(site.inputs.server)}`,
		"## What was written",
		written.map((file) => `- ${codeSpan(file)}`).join("\n"),
		"## 1. The server",
		...serverSteps(facts),
		"## 2. The database",
		...databaseSteps(site),
		"## 3. The store",
		...storeSteps(site),
		"## 4. Where each key belongs",
		"No secret half ever goes to a server that is backed up.",
		keyTable(facts),
		"## 5. GitHub",
		...githubSteps(site, facts.program),
		"## 6. Look at it all",
		`${whereToLook(site)} It changes nothing but for one small object in the store, and names what is still missing:`,
		codeBlock(doctorCommand(facts), "sh"),
		"## 7. The first dump, and the first proof",
		...firstRuns(site),
		"## 8. Put the keys away",
		`Print ${codeSpan("paper.md")}, and when every key is where it belongs, remove what is secret from here (${codeSpan("shred --remove")}).`
	].join("\n\n")}\n`;
}
function serverSteps({ site, keys, hostKey }) {
	const { engine, dbContainer, sshUser } = site.inputs;
	const client = dbContainer === void 0 ? [`${engine}-client`] : [];
	const home = `~${sshUser}/.ssh`;
	return [
		"As root, on the server:",
		codeBlock([
			`apt-get install --yes ${[
				...client,
				"zstd",
				"gpg",
				"perl"
			].join(" ")}`,
			`useradd --create-home --shell /bin/sh --password '*' ${bashWord(sshUser)}`,
			`install -d -m 700 -o ${bashWord(sshUser)} -g ${bashWord(sshUser)} ${home}`,
			`echo ${bashWord(`restrict ${keys.ssh.publicKey.trim()}`)} >> ${home}/authorized_keys`
		].join("\n"), "sh"),
		`Where the runner has a fixed address, write ${codeSpan("restrict,from=\"ADDRESS\"")} for ${codeSpan("restrict")}.`,
		...hostKeySteps(site, hostKey),
		...storageSteps(site)
	];
}
function storageSteps({ inputs: { storagePaths, sshUser } }) {
	if (storagePaths === void 0) return [];
	return [`Once more as root there, this prints what ${codeSpan(sshUser)} may not read in the directories; nothing is best. What it prints needs an access control list, or ${codeSpan("become: sudo")} (docs/server-setup.md, “Files that only root may read”):`, codeBlock(`runuser -u ${bashWord(sshUser)} -- find ${storagePaths.map(bashWord).join(" ")} ! -readable -prune -print`, "sh")];
}
function hostKeySteps(site, hostKey) {
	const { inputs, knownHosts } = site;
	const compare = codeBlock(PRINT_HOST_KEYS, "sh");
	const { dump, binlogs } = workflowPaths(site);
	const files = binlogs === void 0 ? "the workflow file of the dump" : `${codeSpan(path.basename(dump))}, ${codeSpan(path.basename(binlogs))}`;
	const write = `write the fingerprint in place of ${codeSpan(UNCOMPARED)}, in ${files} and in ${codeSpan("--ssh-known-hosts")} of the doctor's command below, so that both say ${codeSpan("ssh-ed25519 SHA256:…")}.`;
	if ("why" in hostKey) {
		const why = `The host key could not be fetched (${escapeMarkdown(hostKey.why)})`;
		return knownHosts === void 0 ? [
			`${why}. On the server itself, this prints it:`,
			compare,
			`From that line ${write}`
		] : [`${why}: that the server shows the one you gave was not seen. On the server, this prints it:`, compare];
	}
	const shown = [`${escapeMarkdown(inputs.sshHost)} showed this host key; the line is for a ${codeSpan("known_hosts")} file:`, codeBlock(`${hostKey.fingerprint}\n${hostKey.knownHostsLine}`, "text")];
	if (knownHosts !== void 0) return [...shown, "It is the one that you gave, or said to have compared."];
	return [
		...shown,
		`**Nobody has compared it yet**, and anybody could have answered. What the server itself prints must be the same:`,
		compare,
		`Only then ${write}`
	];
}
function databaseSteps(site) {
	return [
		...hostNameSteps(site),
		...dumpAccountSteps(site),
		...binlogAccountSteps(site)
	];
}
/** MySQL has an id of its own. */
function hostNameSteps({ inputs: { engine, dbContainer } }) {
	if (dbContainer === void 0 || engine !== "mariadb") return [];
	return [`Before the first dump the container needs a fixed host name (${codeSpan("hostname:")} in the file of Compose, ${codeSpan("--hostname")} of ${codeSpan("docker run")}): MariaDB is known by it, and every update of the image would otherwise look like another database server (docs/server-setup.md, “A database in a container”).`];
}
function dumpAccountSteps(site) {
	const { engine, databases, dbDefaultsFile, sshUser } = site.inputs;
	const account = accountOf(sshUser);
	const grants = grantStatements(engine, account, databases);
	if (dbDefaultsFile !== void 0) return passwordSteps(site, "database.sql", grants, "lifeboat.cnf", dbDefaultsFile);
	return [`As an administrator of the database server (${codeSpan(`sudo ${engine}`)}). The account has no password: the server lets in the operating-system user of its name, over the socket.`, codeBlock([createStatement(engine, account), ...grants].join("\n"), "sql")];
}
function binlogAccountSteps(site) {
	const { binlogs, engine, sshUser } = site.inputs;
	if (!binlogs) return [];
	return ["Binary logs have an account of their own, which reads what is written and no table. The server must write them (`log_bin`), with `binlog_format=ROW` (ship-binlogs/README.md, “Set up the server”).", ...passwordSteps(site, "binlogs.sql", [binlogGrantStatement(engine, binlogAccountOf(sshUser).account)], "lifeboat-binlogs.cnf", binlogsDefaultsFile(site))];
}
function passwordSteps({ inputs, keysDirectory }, statements, grants, options, defaultsFile) {
	const { engine, dbContainer, sshHost, sshPort, sshUser } = inputs;
	const file = (name) => bashWord(`${keysDirectory}/${name}`);
	const ssh = `ssh${sshPort === 22 ? "" : ` -p ${sshPort}`}`;
	const root = `${ssh} root@${bashWord(sshHost)}`;
	const client = dbContainer === void 0 ? engine : `docker exec -i ${bashWord(dbContainer)} ${engine}`;
	return [
		`The account and its password are in ${codeSpan(statements)}. From here, as an administrator of the database server (with ${codeSpan("sudo")} where root does not log in):`,
		codeBlock(`${root} ${client} < ${file(statements)}`, "sh"),
		"It may do exactly this:",
		codeBlock(grants.join("\n"), "sql"),
		`Where the database sees it come from another address, write that in place of ${codeSpan("localhost")}.`,
		...dbContainer === void 0 ? [`The password goes to where ${codeSpan(sshUser)} finds it on the server. From here:`, codeBlock(`${ssh} -i ${file("ssh-key")} ${bashWord(`${sshUser}@${sshHost}`)} ${bashWord(saveAs(defaultsFile))} < ${file(options)}`, "sh")] : [`${codeSpan(options)} belongs inside the container, as ${codeSpan(defaultsFile)}, where its user can read it: as a secret or a mounted file, so that it outlives the container. ${codeSpan(sshUser)} must be allowed to enter the container: with rootless Podman (write ${codeSpan("podman")} for ${codeSpan("docker")}) as the user who runs it, with Docker as one of the group ${codeSpan("docker")}, who is as good as root (docs/server-setup.md, “A database in a container”).`]
	];
}
/** A command for the server. A path in the home stays one: the shell there finds it. */
function saveAs(file) {
	const word = file.startsWith("~/") ? `~/${bashWord(file.slice(2))}` : bashWord(file);
	return `umask 077; cat > ${word} && chmod 400 ${word}`;
}
function keyTable({ site, keys }) {
	const { backup, test, verify } = environmentsOf(site);
	const { store, dbContainer, dbDefaultsFile, binlogs, sshUser } = site.inputs;
	const stored = store.kind === "s3" ? [
		[
			"writer-secret",
			"",
			`secret of the environment ${codeSpan(backup)}`
		],
		[
			"reader-secret",
			"",
			`secret of the environments ${codeSpan(test)} and ${codeSpan(verify)}; a key that reads the store: with those who restore`
		],
		[
			"prover-secret",
			"",
			`secret of the environment ${codeSpan(test)}`
		]
	] : store.kind === "sftp" ? [[
		"store-ssh-key",
		"",
		`secret of all environments; a key that reads the store: with those who restore`
	]] : [];
	const account = (statements, options, file) => [[
		statements,
		"",
		"nowhere, once the account is made: it holds its password"
	], [
		options,
		"",
		`${codeSpan(file)} ${dbContainer === void 0 ? `of ${codeSpan(sshUser)} on the server` : "in the container"}`
	]];
	const database = [...dbDefaultsFile === void 0 ? [] : account("database.sql", "lifeboat.cnf", dbDefaultsFile), ...binlogs ? account("binlogs.sql", "lifeboat-binlogs.cnf", binlogsDefaultsFile(site)) : []];
	const rows = [
		[
			"ssh-key",
			"",
			`secret of the environment ${codeSpan(backup)}`
		],
		[
			"signing-key.asc",
			keys.signing.fingerprint,
			`secret of the environment ${codeSpan(backup)}; its fingerprint on paper`
		],
		[
			"identity.asc",
			keys.identity.fingerprint,
			`secret of the environment ${codeSpan(test)}`
		],
		[
			"proof-signing-key.asc",
			keys.proofSigning.fingerprint,
			`secret of the environment ${codeSpan(test)}; its fingerprint on paper`
		],
		[
			"daily-secret.asc",
			keys.daily.fingerprint,
			"with those who restore"
		],
		[
			"offline-secret.asc",
			keys.offline.fingerprint,
			"on two media in two safes, away from any network"
		],
		[
			"passphrase.txt",
			"",
			"on paper, apart from both: it opens the two secret keys before it"
		],
		...stored,
		...database
	];
	return markdownTable([
		{ title: "File" },
		{ title: "Fingerprint" },
		{ title: "Where it belongs" }
	], rows.map(([file, fingerprint, where]) => [
		codeSpan(file),
		fingerprint === "" ? "" : codeSpan(fingerprint),
		where
	]));
}
function whereToLook({ inputs: { store } }) {
	return store.kind === "directory" ? "The store is a directory of the runner's machine: run this there, with the program, the keys and the checkout at the same paths." : "From here, with the keys where they are.";
}
function doctorCommand({ site, keys, program }) {
	const { inputs, keysDirectory, knownHosts } = site;
	const { store, storeEndpoint, storeRegion, databases } = inputs;
	const file = (name) => bashWord(`${keysDirectory}/${name}`);
	const given = [
		["server", inputs.server],
		["ssh-host", inputs.sshHost],
		["ssh-port", inputs.sshPort === 22 ? void 0 : inputs.sshPort],
		["ssh-user", inputs.sshUser],
		["ssh-key-file", file("ssh-key")],
		...knownHosts === void 0 ? [["ssh-known-hosts", bashWord(`ssh-ed25519 SHA256:${UNCOMPARED}`)]] : [["ssh-known-hosts-file", file("known_hosts")]],
		["store", bashWord(storeUrl(store))],
		["store-endpoint", storeEndpoint?.origin],
		["store-region", storeRegion],
		...store.kind === "s3" ? [
			["store-access-key-id-file", file("writer-id")],
			["store-secret-access-key-file", file("writer-secret")],
			["reader-access-key-id-file", file("reader-id")],
			["reader-secret-access-key-file", file("reader-secret")]
		] : [],
		...store.kind === "sftp" ? [["store-ssh-key-file", file("store-ssh-key")], ["store-known-hosts", bashWord(`ssh-ed25519 SHA256:${UNCOMPARED_STORE}`)]] : [],
		["recipients-file", file("recipients.asc")],
		["signing-key-file", file("signing-key.asc")],
		["trusted-signers-file", file("trusted-signers.asc")],
		["trusted-provers-file", file("trusted-provers.asc")],
		["identity-fingerprint", keys.identity.fingerprint],
		["engine", inputs.engine],
		["db-defaults-file", inputs.dbDefaultsFile && bashWord(inputs.dbDefaultsFile)],
		["db-host", inputs.dbHost],
		["db-port", inputs.dbPort],
		["db-socket", inputs.dbSocket && bashWord(inputs.dbSocket)],
		["db-container", inputs.dbContainer],
		...databases === "*" ? [] : databases.map((name) => ["databases", bashWord(name)]),
		...Object.values(workflowPaths(site)).flatMap((path) => path === void 0 ? [] : [["workflow", bashWord(path)]])
	].filter(([, value]) => value !== void 0);
	return [
		`node ${bashWord(program)} doctor`,
		...given.map(([name, value]) => `--${name} ${value ?? ""}`),
		"--probe"
	].join(" \\\n  ");
}

// src/actions/init/paper.ts
const BLANK = "______________________________";
function renderPaper({ inputs }, keys) {
	const { server, store, storeEndpoint } = inputs;
	const { command, base } = fetchCommand(storeUrl(store), storeEndpoint);
	const list = (folder) => listCommand(storeUrl(store), storeEndpoint, folder);
	return `${[
		`# Bring back ${escapeMarkdown(server)}`,
		"Print this page. Keep one copy with each of the two media that hold the offline key.",
		"## Where the backups are",
		markdownTable([{ title: "What" }, { title: "Value" }], [
			["Store", codeSpan(storeUrl(store))],
			["Service", serviceOf(store, storeEndpoint)],
			["Account there, and who can log in", BLANK],
			["Key that may read", BLANK]
		]),
		"## What opens them",
		markdownTable([
			{ title: "Key" },
			{ title: "Fingerprint" },
			{ title: "Where it lies" }
		], [
			[
				"daily",
				codeSpan(inFours(keys.daily.fingerprint)),
				BLANK
			],
			[
				"offline",
				codeSpan(inFours(keys.offline.fingerprint)),
				BLANK
			],
			[
				"passphrase of both",
				"",
				BLANK
			]
		]),
		"## What must have signed them",
		markdownTable([{ title: "Signs" }, { title: "Fingerprint" }], [["manifests of backups", codeSpan(inFours(keys.signing.fingerprint))], ["proofs of restore tests", codeSpan(inFours(keys.proofSigning.fingerprint))]]),
		"A backup that another key signed is not yours.",
		"## How to begin",
		"On a clean machine with `gpg` and `zstd`, import a key and look what is there:",
		codeBlock(["gpg --import offline-secret.asc", ...[
			"dumps",
			"binlogs",
			"proofs"
		].map((folder) => list(`${server}/${folder}/`))].join("\n"), "sh"),
		"The name of a folder below `dumps/` begins with its time in UTC, and one with a `manifest.json` is a backup. Begin with the newest, but for those whose names end in a label: they may be a part only. docs/restore-by-hand.md of Lifeboat tells every step with stock tools alone; print it, too. What was written after a dump is in `binlogs/`, and its last section brings it back.",
		"The page of a proof is ready to paste, but for the backup that was tested, which may be days older. It says how to put a newer one in its place:",
		codeBlock(`${command} ${base}/${server}/proofs/RUN/RECOVERY.md .`, "sh")
	].join("\n\n")}\n`;
}
function serviceOf(store, endpoint) {
	if (store.kind === "sftp") return `SFTP at ${codeSpan(`${store.host}:${store.port}`)}`;
	if (store.kind === "directory") return `a directory of this machine: ${BLANK}`;
	return endpoint === void 0 ? "Amazon S3" : codeSpan(endpoint.origin);
}
/** As `gpg` prints it, and people compare it. */
function inFours(fingerprint) {
	return fingerprint.match(/.{4}/g)?.join(" ") ?? fingerprint;
}

// src/actions/init/write-files.ts
/** Throws `input-invalid` when the directory lies in a git checkout, where one `git add` makes a secret known. */
function refuseCheckout(directory) {
	for (let at = realPathOf(directory);; at = path.dirname(at)) {
		if (existsSync(path.join(at, ".git"))) throw new LifeboatError("input-invalid", `keys-directory: ${directory} lies in the git checkout ${at}`, { hint: "Secret keys do not belong into a repository. Choose a directory outside of every checkout." });
		if (at === path.dirname(at)) return;
	}
}
/** Where it would really be: what is there of its path may be links. */
function realPathOf(directory) {
	let there = directory;
	while (!existsSync(there)) there = path.dirname(there);
	return path.join(realpathSync(there), path.relative(there, directory));
}
/** Throws `input-invalid` when one of them is there already; nothing is written then. */
function refuseExisting(files) {
	const taken = files.filter((file) => existsSync(file));
	if (taken.length === 0) return;
	throw new LifeboatError("input-invalid", `these files are there already, and are not overwritten: ${taken.join(", ")}`, { hint: "Choose another `keys-directory`, or move them away. Keys that backups were made with are still needed." });
}
/** Throws `input-invalid`. */
function refuseUnusable(checkouts, keysDirectory) {
	for (const directory of checkouts) if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) throw new LifeboatError("input-invalid", `${directory} is no directory`, { hint: "Give the checkout of a repository that gets workflow files." });
	if (((statSync(keysDirectory, { throwIfNoEntry: false })?.mode ?? 0) & 63) !== 0) throw new LifeboatError("input-invalid", `keys-directory: ${keysDirectory} is open to others`, { hint: "Take one that is not there yet, or make it private: chmod 700" });
}
/** All of them or none: what was made before one fails is removed. Throws `input-invalid`. */
async function writeFiles(files) {
	const undo = [];
	try {
		for (const { path: file, isSecret } of files) await makeDirectory(path.dirname(file), isSecret ? 448 : 511, undo);
		for (const file of files) await writeNew(file, undo);
	} catch (error) {
		for (const one of undo.toReversed()) await one().catch(() => void 0);
		if (!(error instanceof Error && "code" in error && "path" in error)) throw error;
		const what = `${String(error.path)} cannot be written (${String(error.code)})`;
		throw new LifeboatError("input-invalid", what, {
			hint: "Nothing was kept. Choose a directory that you may write to, and whose path holds directories alone.",
			cause: error
		});
	}
}
/** One after the other: in /proc `mkdir` with `recursive` never returns. */
async function makeDirectory(directory, mode, undo) {
	const missing = [];
	for (let at = directory; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
	for (const one of missing) {
		await mkdir(one, { mode });
		undo.push(() => rmdir(one));
	}
}
async function writeNew({ path: file, text, isSecret }, undo) {
	const handle = await open(file, "wx", isSecret ? 384 : 420);
	undo.push(() => rm(file));
	try {
		await handle.writeFile(text);
	} finally {
		await handle.close();
	}
}

// src/actions/init/init.ts
const PASSWORD_BYTES = 24;
/** Writes the files and returns the page that tells what is left to do. Throws `input-invalid`, `ssh-host-key`. */
async function init(given, ports, signal) {
	const inputs = await complete(given, ports.ask);
	const keysDirectory = path.resolve(inputs.keysDirectory);
	refuseCheckout(keysDirectory);
	const checkouts = [inputs.directory, inputs.verifyDirectory ?? inputs.directory];
	refuseUnusable(checkouts.map((one) => path.resolve(one)), keysDirectory);
	const hostKey = await look(inputs, ports, signal);
	const site = {
		inputs,
		keysDirectory,
		knownHosts: inputs.sshKnownHosts ?? await confirm(hostKey, inputs.sshHost, ports.ask),
		minutes: drawMinutes()
	};
	const passphrase = makePassword();
	const keys = await makeKeys(inputs.server, passphrase, ports);
	const files = [
		...keyFiles(site, keys, passphrase),
		...publicFiles(site, keys),
		...workflowFiles(site)
	];
	const pages = ["setup.md", "paper.md"].map((name) => path.join(keysDirectory, name));
	const written = [...files.map((file) => file.path), ...pages];
	refuseExisting(written);
	const page = renderPage({
		site,
		keys,
		hostKey,
		written,
		program: ports.program
	});
	await writeFiles([
		...files,
		{
			path: pages[0] ?? "",
			text: page,
			isSecret: false
		},
		{
			path: pages[1] ?? "",
			text: renderPaper(site, keys),
			isSecret: false
		}
	]);
	ports.reporter.info(`${written.length} files written`);
	return page;
}
function drawMinutes() {
	const [dump = 0, binlogs = 0, test = 0, verify = 0] = chooseMinutes(4);
	return {
		dump,
		binlogs,
		test,
		verify
	};
}
/** Asks until an answer is accepted. */
async function complete(given, ask) {
	const answers = {};
	for (const name of ASKED) {
		const field = initDeclaration.inputs[name];
		const key = camelCase(name);
		let value = given[key];
		while (value === void 0) {
			if (ask === void 0) throw new TypeError(`nobody can be asked for ${name}`);
			const answer = await ask(`${field.description.replace(ASKED_FOR, "")}\n${name}: `);
			try {
				if (answer.trim() !== "") value = field.parse(answer);
			} catch (error) {
				if (!(error instanceof Refusal || error instanceof LifeboatError)) throw error;
				await ask(`That ${error.message}. Accepted: ${field.accepts ?? "text"}. (Enter) `);
			}
		}
		answers[key] = value;
	}
	return {
		...given,
		...answers
	};
}
/** What the server shows. A server that cannot be reached from here is no reason to stop; one that shows another key is. */
async function look({ sshHost, sshPort, sshKnownHosts }, ports, signal) {
	let shown;
	try {
		shown = await ports.reporter.group(`Ask ${sshHost} for its host key`, () => ports.fetchHostKey(sshHost, sshPort, sshKnownHosts, signal));
	} catch (error) {
		if (!(error instanceof LifeboatError) || error.code !== "ssh-unreachable") throw error;
		ports.reporter.warning(`The host key could not be fetched: ${error.message}`);
		return { why: error.message };
	}
	if (sshKnownHosts !== void 0 && !ports.isListed(sshKnownHosts, shown, sshHost, sshPort)) throw new LifeboatError("ssh-host-key", `${sshHost} showed the host key ${shown.fingerprint}, which \`ssh-known-hosts\` does not list`, { hint: "Somebody may be answering in its place, or the line is of another server. Nothing was written." });
	return shown;
}
/** The fingerprint, once somebody has compared it. */
async function confirm(hostKey, host, ask) {
	if (ask === void 0 || "why" in hostKey) return void 0;
	return (await ask([
		`${host} showed the host key ${hostKey.fingerprint}.`,
		"On the server itself: for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf \"$key\"; done",
		"Type \"same\" if you compared the two, anything else to do it later: "
	].join("\n"))).trim() === "same" ? hostKey.fingerprint : void 0;
}
async function makeKeys(server, passphrase, ports) {
	const make = (what, use, years, secret) => ports.makeKey({
		name: `Lifeboat ${server}, ${what}`,
		use,
		years,
		...secret === void 0 ? {} : { passphrase: secret }
	});
	const [daily, offline, identity, signing, proofSigning] = await Promise.all([
		make("daily", "encrypt", 5, passphrase),
		make("offline", "encrypt", 10, passphrase),
		make("restore tests", "encrypt", 2),
		make("manifests", "sign", 2),
		make("proofs", "sign", 2)
	]);
	return {
		daily,
		offline,
		identity,
		signing,
		proofSigning,
		ssh: ports.makeSshKey(`lifeboat on ${server}`)
	};
}
function keyFiles({ inputs, keysDirectory }, keys, passphrase) {
	const secret = (name, text) => ({
		path: path.join(keysDirectory, name),
		text,
		isSecret: true
	});
	return [
		secret("ssh-key", keys.ssh.privateKey),
		secret("signing-key.asc", keys.signing.secretKey),
		secret("identity.asc", keys.identity.secretKey),
		secret("proof-signing-key.asc", keys.proofSigning.secretKey),
		secret("daily-secret.asc", keys.daily.secretKey),
		secret("offline-secret.asc", keys.offline.secretKey),
		secret("passphrase.txt", `${passphrase}\n`),
		...inputs.dbDefaultsFile === void 0 ? [] : dumpAccountFiles(inputs, secret),
		...inputs.binlogs ? binlogAccountFiles(inputs, secret) : []
	];
}
function dumpAccountFiles({ engine, sshUser, databases }, secret) {
	const account = accountOf(sshUser);
	const password = makePassword();
	return [secret("database.sql", `${[createStatement(engine, account, password), ...grantStatements(engine, account, databases)].join("\n")}\n`), secret("lifeboat.cnf", optionsFile(sshUser, password))];
}
function binlogAccountFiles({ engine, sshUser }, secret) {
	const { user, account } = binlogAccountOf(sshUser);
	const password = makePassword();
	return [secret("binlogs.sql", `${[createStatement(engine, account, password), binlogGrantStatement(engine, account)].join("\n")}\n`), secret("lifeboat-binlogs.cnf", optionsFile(user, password))];
}
/** The password is in this file, in the statements, and nowhere else. */
function optionsFile(user, password) {
	return `[client]\nuser=${user}\npassword="${password}"\n`;
}
function publicFiles({ inputs, keysDirectory, knownHosts }, keys) {
	const { store, server } = inputs;
	const open = (name, text) => ({
		path: path.join(keysDirectory, name),
		text,
		isSecret: false
	});
	const place = store.kind === "s3" ? {
		bucket: store.bucket,
		prefix: store.prefix,
		server
	} : void 0;
	const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
	return [
		open("ssh-key.pub", `${keys.ssh.publicKey.trim()}\n`),
		open("recipients.asc", [
			keys.daily,
			keys.offline,
			keys.identity
		].map(({ publicKey }) => publicKey).join("")),
		open("trusted-signers.asc", keys.signing.publicKey),
		open("trusted-provers.asc", keys.proofSigning.publicKey),
		...knownHosts === void 0 ? [] : [open("known_hosts", `${knownHosts.trim()}\n`)],
		...place === void 0 ? [] : [
			open("writer.json", json(writerPolicy(place))),
			open("reader.json", json(readerPolicy(place))),
			open("prover.json", json(proverPolicy(place)))
		]
	];
}
function workflowFiles(site) {
	return renderWorkflows(site).map((file) => ({
		...file,
		isSecret: false
	}));
}
/** Letters and digits alone: every quoting of it is the same. */
function makePassword() {
	return randomBytes(PASSWORD_BYTES).toString("hex");
}

// src/encryption/make-key.ts
const DAY_S = 86400;
const YEAR_DAYS = 365;
async function makeKey({ name, use, years, passphrase }) {
	const { privateKey } = await generateKey({
		type: "ecc",
		curve: "curve25519Legacy",
		userIDs: { name },
		keyExpirationTime: years * YEAR_DAYS * DAY_S,
		...passphrase === void 0 ? {} : { passphrase },
		...use === "sign" ? { subkeys: [] } : {},
		format: "object"
	});
	return {
		fingerprint: privateKey.getFingerprint().toUpperCase(),
		secretKey: privateKey.armor(),
		publicKey: privateKey.toPublic().armor()
	};
}

// src/remote/make-ssh-key.ts
var import_lib = /* @__PURE__ */ __toESM(require_lib(), 1);
function makeSshKey(comment) {
	const pair = import_lib.default.utils.generateKeyPairSync("ed25519", { comment });
	return {
		privateKey: pair.private,
		publicKey: pair.public
	};
}

// src/remote/host-key.ts
/** Best first; every server has one of them. */
const ALGORITHMS = [
	"ssh-ed25519",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"rsa-sha2-512",
	"rsa-sha2-256"
];
/** Nobody is let in: the connection ends with the host key. */
const NOBODY = "lifeboat";
/**
* One of a type that `knownHosts` lists for it, where that is given. Neither user nor key are sent. Throws `ssh-unreachable`,
* `ssh-host-key` (it has none of these types), `ssh-algorithms`.
*/
async function fetchHostKey(host, port, knownHosts, signal) {
	const parsed = knownHosts === void 0 ? void 0 : parseKnownHosts(knownHosts);
	const listed = parsed?.ok === true ? parsed.knownHosts.lookup(host, port).algorithms : void 0;
	let shown;
	const hostKeys = {
		algorithms: listed ?? ALGORITHMS,
		expected: [],
		check: (key) => {
			shown = key;
			return "unknown";
		}
	};
	const { privateKey } = makeSshKey("");
	const key = readPrivateKey(privateKey, void 0);
	if (typeof key === "string") throw new TypeError(key);
	const hop = {
		name: `SSH server ${formatHostPort(host, port)}`,
		inputs: TARGET_INPUTS
	};
	const options = {
		host,
		port,
		user: NOBODY,
		privateKey,
		knownHosts: ""
	};
	try {
		(await openSsh({
			hop,
			options,
			key,
			hostKeys
		}, connectTcp, signal)).transport.destroy();
	} catch (error) {
		if (shown === void 0) throw error;
	}
	const type = shown && readString(shown, 0)?.toString("latin1");
	if (shown === void 0 || type === void 0) throw new LifeboatError("ssh-unreachable", `The ${hop.name} showed no host key.`);
	const name = port === 22 ? host : formatHostPort(host, port);
	return {
		fingerprint: `${type} ${fingerprint(shown)}`,
		knownHostsLine: `${name} ${type} ${shown.toString("base64")}`
	};
}
/** Whether these known_hosts lines list the key. */
function isListed(knownHosts, shown, host, port) {
	const parsed = parseKnownHosts(knownHosts);
	const key = Buffer.from(shown.knownHostsLine.split(" ")[2] ?? "", "base64");
	return parsed.ok && parsed.knownHosts.lookup(host, port).check(key) === "ok";
}

// src/entries/compose-init.ts
const initAction = defineAction(initDeclaration, {
	rules: [ruleFor(initDeclaration.inputs, [
		"ssh-known-hosts",
		"ssh-host",
		"ssh-port"
	], ({ sshKnownHosts, sshHost, sshPort }) => sshKnownHosts === void 0 || sshHost === void 0 ? [] : checkKnownHosts(sshKnownHosts, sshHost, sshPort).map((what) => ({
		input: "ssh-known-hosts",
		what,
		fix: KNOWN_HOSTS_HELP
	})))],
	checks: () => ({}),
	run: async (inputs, _checked, { reporter, signal, ask }) => {
		const program = path.resolve(process.argv[1] ?? "");
		const page = await init(inputs, {
			reporter,
			makeKey,
			makeSshKey,
			fetchHostKey,
			isListed,
			program,
			ask
		}, signal);
		reporter.summary(page);
	}
});

export { initAction };