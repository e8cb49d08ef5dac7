import { c as createOpenPgpEncryption, s as openStoreWriter, t as storeSettings } from "./store-settings.js";
import { n as signingKeyWarnings, t as recipientWarnings } from "./recipient-warnings.js";
import { v as checkFor } from "./ssh-connection.js";

// src/entries/sealing.ts
const encryption = createOpenPgpEncryption();
/** `declared` are the inputs of an action that has those about keys. */
function checkSealingKeys(declared) {
	return {
		recipients: checkFor(declared, ["recipients"], ({ recipients }) => encryption.readRecipients(recipients, /* @__PURE__ */ new Date())),
		signingKey: checkFor(declared, ["signing-key", "signing-key-passphrase"], (keys) => keys.signingKey === void 0 ? void 0 : encryption.readSigningKey(keys.signingKey, keys.signingKeyPassphrase, /* @__PURE__ */ new Date()))
	};
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

export { encryption as n, openBackupStore as r, checkSealingKeys as t };