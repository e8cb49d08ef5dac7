import { $t as ruleFor, Mt as line, Pt as password, Qt as group, Rt as text, Zt as field, dt as storeInputs } from "./proxy.js";

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
const proofRules = [
	ruleFor({
		...storeInputs,
		...proofInputs
	}, ["store", "proof-access-key-id"], ({ store, proofAccessKeyId }) => store.kind !== "s3" && proofAccessKeyId !== void 0 ? [{
		input: "proof-access-key-id",
		what: "only for `s3://` stores"
	}] : []),
	ruleFor(proofInputs, ["proof-signing-key", "proof-signing-key-passphrase"], ({ proofSigningKey, proofSigningKeyPassphrase }) => proofSigningKey === void 0 && proofSigningKeyPassphrase !== void 0 ? [{
		input: "proof-signing-key",
		what: "nothing is given, but `proof-signing-key-passphrase` is",
		fix: "Give the key too, or leave out both."
	}] : []),
	ruleFor(proofInputs, ["proof-access-key-id", "proof-secret-access-key"], ({ proofAccessKeyId, proofSecretAccessKey }) => {
		if (proofAccessKeyId === void 0 === (proofSecretAccessKey === void 0)) return [];
		const [missing, given] = proofAccessKeyId === void 0 ? ["proof-access-key-id", "proof-secret-access-key"] : ["proof-secret-access-key", "proof-access-key-id"];
		return [{
			input: missing,
			what: `nothing is given, but \`${given}\` is`,
			fix: "Give both or neither."
		}];
	})
];

export { proofRules as n, readingInputs as r, proofInputs as t };