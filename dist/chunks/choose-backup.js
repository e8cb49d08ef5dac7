import { in as LifeboatError } from "./proxy.js";
import { n as findById, r as findNewest } from "./find-backups.js";

// src/actions/restoring/choose-backup.ts
/**
* Never another one than asked for; `wanted` is for the newest one. Throws `backup-not-found`, `signature-invalid`,
* `manifest-invalid`.
*/
async function chooseBackup(reading, choice, wanted) {
	const [candidate] = choice.kind === "id" ? [await findById(reading, choice.id)] : await findNewest(reading, 0, wanted);
	if (candidate === void 0) throw new TypeError("a search that finds nothing throws");
	if ("backup" in candidate) return candidate.backup;
	if (choice.kind === "id") throw candidate.failure;
	const { code, message, hint = "" } = candidate.failure;
	throw new LifeboatError(code, `the newest backup is refused: ${message}`, {
		hint: `${hint} \`lifeboat list\` shows the older ones; name one by its id.`.trim(),
		cause: candidate.failure
	});
}

export { chooseBackup as t };