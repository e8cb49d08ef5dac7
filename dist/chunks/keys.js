import { $t as ruleFor, Pt as password, Qt as group, Rt as text, Zt as field, kt as choice } from "./proxy.js";

// src/inputs/groups/keys.ts
const keyInputs = group("Keys", {
	recipients: field(text, {
		description: "OpenPGP public keys that backups are encrypted to, armored, one after the other. Give two or more: when the only secret key is lost, so are the backups.",
		required: true
	}),
	"encrypt-on": field(choice("target", "runner"), {
		description: "Where backups are encrypted. `target`: on the server, so that the runner sees ciphertext only; the server needs `gpg`. `runner`: on the runner, which then sees what is dumped; for servers without `gpg`.",
		default: "target"
	}),
	"signing-key": field(text, {
		description: "OpenPGP secret key that signs manifests, armored. Without it nobody can tell a backup from a forged one.",
		secret: true
	}),
	"signing-key-passphrase": field(password, {
		description: "Passphrase of `signing-key`, where it has one.",
		secret: true
	})
});
const keyRules = [ruleFor(keyInputs, ["signing-key", "signing-key-passphrase"], ({ signingKey, signingKeyPassphrase }) => signingKey === void 0 && signingKeyPassphrase !== void 0 ? [{
	input: "signing-key",
	what: "nothing is given, but `signing-key-passphrase` is",
	fix: "Give the key too, or leave out both."
}] : [])];

export { keyRules as n, keyInputs as t };