import { in as LifeboatError } from "./proxy.js";

// src/actions/store-trials.ts
/** What is put where something has to be put. */
const TRIAL = Buffer.from("Lifeboat stored this to see what its credentials may do. Nothing reads it.\n");
const WRITER_POLICY = "Give it the policy of docs/store-setup.md, \"The writer\": s3:PutObject and s3:AbortMultipartUpload below the prefix, and nothing below proofs/.";
function trialKey(server, runId) {
	return `${server}/doctor/${runId}.txt`;
}
/** Whether a second write of the same object destroys the first. */
async function isReplaced(writer, { key, versionId }, signal) {
	return !await isRefused(writer.put(key, TRIAL, { signal }), "store-exists") && versionId === void 0;
}
/** Without an object that was stored less is known. */
async function tryWriter(trial, stored) {
	const { writer, inspector, server, signal, onExcess, onLeftBehind } = trial;
	if (await inspector.mayList("", signal) || await inspector.mayList(server, signal)) onExcess("list", "may list the store: whoever steals it learns which backups there are");
	if (stored === void 0) return;
	if (await inspector.mayGet(stored.key, signal)) onExcess("read", "may read objects: a backup job needs to read none");
	const proof = stored.key.replace(`${server}/doctor/`, `${server}/proofs/doctor-`);
	if (await isRefused(writer.put(proof, TRIAL, { signal }), "store-denied")) return;
	onLeftBehind(proof);
	onExcess("proofs", "may write proofs: who makes backups could say that they were tested");
}
/** After everything that reads the object: it may be gone then. */
async function tryWriterDelete({ inspector, signal, onExcess }, stored) {
	if (await inspector.mayDelete(stored, signal)) onExcess("delete", "may delete objects: whoever steals it can make backups disappear");
}
/** Whether a write ends with this code; other errors are thrown. */
async function isRefused(work, code) {
	try {
		await work;
		return false;
	} catch (error) {
		if (error instanceof LifeboatError && error.code === code) return true;
		throw error;
	}
}

// src/actions/judge-settings.ts
function judgeSettings(settings) {
	const judge = (setting, right, texts) => ({
		setting,
		state: settings[setting] === void 0 ? "unknown" : settings[setting] ? "good" : "bad",
		why: `the service does not say, or the reader lacks ${right}`,
		...texts
	});
	return [
		judge("keepsVersions", "s3:GetBucketVersioning", {
			subject: "whether the bucket keeps versions",
			what: "the bucket keeps no versions: whoever steals the writer's key can replace backups",
			fix: "aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled"
		}),
		judge("abortsUploads", "s3:GetLifecycleConfiguration", {
			subject: "whether unfinished uploads are removed",
			what: "no rule of the bucket removes uploads that were never completed: they are kept, and paid for, without end",
			fix: "Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind)."
		}),
		judge("locks", "s3:GetBucketObjectLockConfiguration", {
			subject: "whether new objects are locked",
			what: "the bucket locks no objects: whoever takes over its account can delete every backup",
			fix: "Set a default retention (docs/store-setup.md, Retention). Object Lock may have to be on since the bucket was made."
		})
	];
}

export { isReplaced as a, tryWriterDelete as c, isRefused as i, TRIAL as n, trialKey as o, WRITER_POLICY as r, tryWriter as s, judgeSettings as t };