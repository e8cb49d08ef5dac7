import { t as openStoreReader } from "./open-store.js";

// src/entries/open-reader.ts
function openReader(inputs, ambientCredentials) {
	const { storeAccessKeyId: accessKeyId, storeSecretAccessKey: secretAccessKey } = inputs;
	return openStoreReader(inputs.store, {
		endpoint: inputs.storeEndpoint,
		region: inputs.storeRegion,
		credentials: accessKeyId !== void 0 && secretAccessKey !== void 0 ? {
			accessKeyId,
			secretAccessKey
		} : ambientCredentials
	});
}

export { openReader as t };