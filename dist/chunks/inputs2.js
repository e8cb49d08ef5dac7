import { G as duration, H as tellingInputs, J as password, K as integer, P as ruleFor, W as choice, Z as text, c as backupChoice, ct as group, n as storeInputs, p as imageReference, q as line, r as storeRules, s as assertions, st as field, t as targetInputs } from "./target.js";

// src/inputs/groups/reading.ts
const readingInputs = group("Keys", {
	identity: field(text, {
		description: "OpenPGP secret key of a recipient, armored: opens the backups. Keep it out of backup jobs and off the servers; an environment of GitHub that only this job uses is a good place.",
		required: true,
		secret: true
	}),
	"identity-passphrase": field(password, {
		description: "Passphrase of `identity`, where it has one.",
		secret: true
	}),
	"trusted-signers": field(text, { description: "OpenPGP public keys, armored: only backups whose manifest one of them signed are believed. Without them anybody who can write to the store can put a backup of their own there." })
});
const proofInputs = group("Proofs", {
	"proof-signing-key": field(text, {
		description: "OpenPGP secret key that signs proofs, armored. Another one than the key of the backup jobs: who makes backups must not be able to say that they were tested.",
		secret: true
	}),
	"proof-signing-key-passphrase": field(password, {
		description: "Passphrase of `proof-signing-key`, where it has one.",
		secret: true
	}),
	"proof-access-key-id": field(line, { description: "Access key that may put objects below `proofs/`. Default: that of the store, which then has to be allowed more than reading." }),
	"proof-secret-access-key": field(password, {
		description: "Belongs to `proof-access-key-id`.",
		secret: true
	}),
	"trusted-provers": field(text, { description: "OpenPGP public keys, armored: earlier proofs that none of them signed are an alarm. Without them earlier proofs are shown unchecked." })
});
const proofRules = [ruleFor(proofInputs, ["proof-signing-key", "proof-signing-key-passphrase"], ({ proofSigningKey, proofSigningKeyPassphrase }) => proofSigningKey === void 0 && proofSigningKeyPassphrase !== void 0 ? [{
	input: "proof-signing-key",
	what: "nothing is given, but `proof-signing-key-passphrase` is",
	fix: "Give the key too, or leave out both."
}] : []), ruleFor(proofInputs, ["proof-access-key-id", "proof-secret-access-key"], ({ proofAccessKeyId, proofSecretAccessKey }) => {
	if (proofAccessKeyId === void 0 === (proofSecretAccessKey === void 0)) return [];
	const [missing, given] = proofAccessKeyId === void 0 ? ["proof-access-key-id", "proof-secret-access-key"] : ["proof-secret-access-key", "proof-access-key-id"];
	return [{
		input: missing,
		what: `nothing is given, but \`${given}\` is`,
		fix: "Give both or neither."
	}];
})];

// src/actions/restore-test/inputs.ts
const MINUTE_MS = 6e4;
const YEAR_MS = 316224e5;
const ownInputs = group("Restore test", {
	backup: field(backupChoice, {
		description: "Which backup to restore: the newest, or one by its id.",
		default: "latest"
	}),
	sandbox: field(choice("auto", "docker", "podman"), {
		description: "What the sandbox is made with. `auto`: Docker when it answers, else Podman.",
		default: "auto"
	}),
	"sandbox-image": field(imageReference, { description: "Image of the database server. Default: the official one of the very version that was backed up, else of the newest patch of its series." }),
	compare: field(choice("exact", "rows", "none"), {
		description: "How the restored databases are compared with what was dumped. `exact`: every definition and every byte of every row. `rows`: objects and numbers of rows. `none`: only that the backup loads.",
		default: "exact"
	}),
	assertions: field(assertions, {
		description: "What must hold of the restored data: SQL that gives one value, and that value. A line is `[database:] SQL => [operator] value`.",
		default: ""
	}),
	"walk-back": field(integer({
		min: 0,
		max: 20
	}), {
		description: "When the backup fails its test: how many older ones are tried, to find the last good one. The run is red all the same.",
		default: "3"
	}),
	"max-restore-time": field(duration({
		min: 1e3,
		max: YEAR_MS
	}), { description: "The run is red when the restore takes longer: fetching, loading and checks together." }),
	"max-data-loss": field(duration({
		min: MINUTE_MS,
		max: YEAR_MS
	}), { description: "The run is red when the newest state that can be restored is older." })
});
const inputs = {
	server: targetInputs.server,
	...storeInputs,
	...readingInputs,
	...proofInputs,
	...ownInputs,
	timeout: {
		...targetInputs.timeout,
		group: "Restore test"
	},
	...tellingInputs
};
const restoreTestDeclaration = {
	name: "restore-test",
	description: "Restore the newest backup into a sandbox, compare it with what was dumped, and sign a proof",
	inputs,
	outputs: {
		passed: {
			description: "Whether the backup that was asked for was proven.",
			example: "true",
			emptyWhen: "inputs are wrong, or there is no container engine"
		},
		level: {
			description: "What was proven: 1 it loads, 2 it has every object and row, 3 it equals what was dumped.",
			example: "3",
			emptyWhen: "nothing was proven"
		},
		"rto-seconds": {
			description: "Whole seconds from the first byte fetched to the last check.",
			example: "252",
			emptyWhen: "nothing was proven"
		},
		"rpo-seconds": {
			description: "Whole seconds between the state that was restored and the start of the test.",
			example: "11040",
			emptyWhen: "nothing was proven"
		},
		"recovered-to": {
			description: "The moment whose state was restored.",
			example: "2026-11-20T03:05:12.000Z",
			emptyWhen: "nothing was proven"
		},
		"proof-key": {
			description: "Key of the proof below the prefix of the store.",
			example: "atlas/proofs/20261120T061500Z-0b1c2d3e/proof.json",
			emptyWhen: "there is no proof: the test was red"
		}
	},
	rules: [...storeRules, ...proofRules]
};

export { restoreTestDeclaration as t };