import { c as createOpenPgpEncryption, i as sshRules, n as storeSshRules, r as sshOptionsOf, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { n as signingKeyWarnings, t as recipientWarnings } from "./recipient-warnings.js";
import { y as checkFor } from "./ssh-connection.js";
import { n as createSshRemote } from "./ssh-remote.js";
import { t as VERSION } from "./version.js";

// src/entries/sealing.ts
const encryption = createOpenPgpEncryption();
const sealingRules = [...sshRules, ...storeSshRules];
/** `declared` are the inputs of an action that has those about keys. */
function checkSealingKeys(declared) {
	return {
		recipients: checkFor(declared, ["recipients"], ({ recipients }) => encryption.readRecipients(recipients, /* @__PURE__ */ new Date())),
		signingKey: checkFor(declared, ["signing-key", "signing-key-passphrase"], (keys) => keys.signingKey === void 0 ? void 0 : encryption.readSigningKey(keys.signingKey, keys.signingKeyPassphrase, /* @__PURE__ */ new Date()))
	};
}
/** Runs an action with the store open to write to, then has its outcome told, with everything in it that is to be told of keys and store. */
async function runSealing(inputs, keys, context, run, tell) {
	const { reporter, origin } = context;
	const warnings = [];
	const warn = (warning) => {
		warnings.push(warning);
		reporter.warning(warning);
	};
	const store = openBackupStore(inputs, keys, context, warn);
	try {
		const outcome = await run({
			remote: createSshRemote(sshOptionsOf(inputs)),
			store,
			encryption,
			reporter
		}, {
			lifeboatVersion: VERSION,
			origin
		});
		outcome.warnings.forEach(warn);
		tell({
			...outcome,
			warnings
		});
	} finally {
		await store.close();
	}
}
/** Opens the store to write to, and tells what is to be told of it and of the keys. */
function openBackupStore(inputs, keys, context, warn) {
	recipientWarnings(keys.recipients, /* @__PURE__ */ new Date()).forEach(warn);
	if (keys.signingKey !== void 0) signingKeyWarnings(keys.signingKey, /* @__PURE__ */ new Date()).forEach(warn);
	const { storeStorageClass: storageClass } = inputs;
	return openStoreWriter(inputs.store, {
		...storeSettings(inputs, context),
		allowUnversioned: inputs.allowUnversioned,
		...storageClass === void 0 ? {} : { storageClass },
		onNotice: warn
	});
}

export { runSealing as n, sealingRules as r, checkSealingKeys as t };