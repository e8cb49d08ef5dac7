import { o as openStoreReader, t as storeSettings } from "./store-settings.js";

// src/entries/open-reader.ts
function openReader(inputs, context) {
	return openStoreReader(inputs.store, storeSettings(inputs, context));
}

export { openReader as t };