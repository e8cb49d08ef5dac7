import { zt as DAY_MS } from "./proxy.js";
import { l as formatDay } from "./store-settings.js";

// src/encryption/recipient-warnings.ts
/** Time to replace a key, and for more than one person to be on holiday. */
const WARNING_PERIOD_MS = 30 * DAY_MS;
/** One key can be lost. */
const WANTED_RECIPIENTS = 2;
/** Recipients that expire within 30 days; fewer than two of them. Empty when there is nothing to say. */
function recipientWarnings(recipients, now) {
	const warnings = recipients.flatMap(({ encryptionKeyId, userId, expiresAt }) => isSoon(expiresAt, now) ? [`The recipient ${encryptionKeyId} (${userId}) expires on ${formatDay(expiresAt)}: backups stop the day before.`] : []);
	if (recipients.length < WANTED_RECIPIENTS) warnings.push("There is only one recipient: if its secret key is lost, so are all backups. Add one that is kept offline.");
	return warnings;
}
/** A signing key that expires within 30 days. */
function signingKeyWarnings({ fingerprint, expiresAt }, now) {
	return isSoon(expiresAt, now) ? [`The signing key ${fingerprint.slice(-16)} expires on ${formatDay(expiresAt)}: backups stop the day before.`] : [];
}
function isSoon(expiresAt, now) {
	return expiresAt !== void 0 && expiresAt.getTime() - now.getTime() <= WARNING_PERIOD_MS;
}

export { signingKeyWarnings as n, recipientWarnings as t };