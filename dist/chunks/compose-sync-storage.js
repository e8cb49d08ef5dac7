import { t as syncStorageDeclaration } from "./inputs11.js";
import { i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, J as packKey, Vt as formatBytes, Wt as formatDuration, at as parseRunId, in as LifeboatError, it as createRunId, q as packIdOf, tt as snapshotKeys, z as formatPackId, zt as DAY_MS } from "./proxy.js";
import { a as expectFigures, c as toolsFor, i as expectEqual, n as NO_FIGURES, o as inconsistent, r as addFigures, s as requestOf, t as storageLayer } from "./storage-layer.js";
import { r as serializeSnapshotManifest } from "./snapshot-text.js";
import { a as runBefore, i as runAfter, t as afterFailed } from "./commands.js";
import { A as text, C as list, E as oneOf, N as readStoreClock, O as record, b as count, k as sha256, p as storedMessageFields, x as filledText } from "./store-settings.js";
import { a as nameStore, c as sealState, i as keepState, n as storeSealed, o as stateName, r as UNREADABLE, s as openState, t as storeManifest } from "./store-sealed.js";
import { v as defineAction } from "./ssh-connection.js";
import { n as runSealing, r as sealingRules, t as checkSealingKeys } from "./sealing.js";

// src/actions/sync-storage/report.ts
function renderSyncSummary(server, name, outcome) {
	const { stored, facts, warnings } = outcome;
	const title = `${escapeMarkdown(server)}/${escapeMarkdown(name)}`;
	return `${[
		...stored === void 0 ? [`## ☑️ ${title}: ready to be stored, nothing was written`, `Would be packed: ${formatBytes(outcome.scan.freshBytes)} in ${countOf(outcome.scan.packs, "pack")}.`] : [`## ${stored.manifest.complete ? "✅" : "⚠️"} ${title}: ${stored.manifest.complete ? "stored" : "stored, incomplete,"} in ${formatDuration(stored.durationMs)}`, verdict(stored)],
		figures(outcome),
		adopted(outcome),
		bullets([...warnings, ...troubles(stored)]),
		excluded(outcome),
		foldedDetails("Details", details(facts, stored))
	].filter((part) => part !== "").join("\n\n")}\n`;
}
function verdict({ manifest, storedBytes, newPacks }) {
	const { holds } = manifest;
	const added = newPacks === 0 ? "Nothing had to be packed." : `What is new takes ${formatBytes(storedBytes)} in the store, compressed and encrypted: ${countOf(newPacks, "pack")} and an index.`;
	return `**${countOf(holds.files, "file")} with ${formatBytes(holds.bytes)}.** ${added} The state is that of ${formatInstant(manifest.instant)}.`;
}
function figures({ scan, stored }) {
	const changes = stored?.manifest.changes;
	const scanned = scan.known - scan.deleted + scan.added;
	const rows = [
		["Seen", scanned],
		["New", scan.added],
		["Changed", scan.changed],
		["Unchanged", scanned - scan.added - scan.changed - scan.renewed],
		["Deleted", scan.deleted],
		["As they were, and packed again", scan.renewed],
		["Changed while they were read", changes?.unstable ?? 0],
		["Vanished while they were read", changes?.vanished ?? 0],
		["Not readable", changes?.unreadable ?? scan.unreadable.count],
		["Sockets, FIFOs and devices, which are not stored", scan.special]
	];
	return markdownTable([{ title: "Files, directories and links" }, {
		title: "Number",
		align: "right"
	}], rows.filter(([, count], at) => count > 0 || at < 5).map(([what, count]) => [what, formatCount(count)]));
}
function adopted({ scan }) {
	if (scan.adopted.size === 0) return "";
	return `A run that was cut off had stored ${countOf(scan.adopted.size, "pack")} already; what is in them is not counted as new.`;
}
function troubles(stored) {
	if (stored === void 0) return [];
	const { unstable, unreadable, manifest, isSigned } = stored;
	return [
		...unreadable.length === 0 ? [] : [`Could not be read: ${unreadable.join(", ")}`],
		...unstable.length === 0 ? [] : [`Changed each of the three times they were read, and are stored as they were then: ${unstable.join(", ")}`],
		...manifest.holds.files === 0 ? ["There is not a single file in the snapshot."] : [],
		...isSigned ? [] : ["The manifest is not signed: whoever can write to the store can forge a snapshot. Give `signing-key`."]
	];
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join("\n");
}
function excluded({ scan, stored }) {
	if (scan.excluded.length === 0) return "";
	return markdownTable([
		{ title: "Left out by" },
		{
			title: "Entries",
			align: "right"
		},
		{
			title: stored === void 0 ? "Size" : "Size without what is in directories",
			align: "right"
		}
	], scan.excluded.map(({ rule, entries, bytes }) => [
		codeSpan(rule),
		formatCount(entries),
		formatBytes(bytes)
	]));
}
function details({ roots, uncovered }, stored) {
	const rows = [
		["Directories", roots.map(codeSpan).join(", ")],
		...uncovered.length === 0 ? [] : [["Top directories without a path", uncovered.map(codeSpan).join(", ")]],
		...stored === void 0 ? [] : [
			["Snapshot", codeSpan(stored.manifest.id)],
			["Manifest", codeSpan(`${stored.storeLocation}/${stored.manifestKey}`)],
			["Packs that it needs", formatCount(stored.manifest.packs.length)],
			["SSH host key", codeSpan(stored.manifest.source.sshHostKey)]
		]
	];
	return markdownTable([{ title: "What" }, { title: "Value" }], rows);
}

// src/actions/sync-storage/run.ts
/** Of what is remembered on the target. */
function secretOf({ stateKey, sshKey }) {
	return stateKey ?? sshKey;
}
/** When it changes, what is missing was not deleted. */
function choiceOf({ inputs: { exclude, oneFileSystem }, work }) {
	return JSON.stringify({
		paths: work.facts.roots,
		exclude,
		oneFileSystem
	});
}

// src/actions/sync-storage/checks.ts
function leftOut({ mounts }) {
	return `Left out, because they are other file systems than the paths: ${nameSome(mounts)}. Make them paths of their own, or leave them out with \`exclude\`.`;
}
function inUse({ sqlite }) {
	return `These look like databases of SQLite that are in use, and a copy of their files as they are can be torn: ${nameSome(sqlite)}. Store what \`sqlite3 FILE ".backup COPY"\` makes of them instead, and leave them out with \`exclude\`.`;
}
function nameSome({ count, names }) {
	return names.join(", ") + (count > names.length ? ` and ${formatCount(count - names.length)} more` : "");
}
function checkDatabases({ inputs }, { databases: { count, names } }) {
	if (count === 0 || inputs.allowDatabaseDirectories) return;
	throw new LifeboatError("storage-database", `a database server keeps its data in ${names.slice(0, 3).join(", ")}${count > 3 ? ` and ${count - 3} more` : ""}`, { hint: "Copies of the files of a running server do not start. Dump it with the dump action, and add the directory to `exclude`. `allow-database-directories: true` is for servers that stand still." });
}
/** `vanished`: of what was listed. */
function checkDeleted(run, scan, base, vanished) {
	const { maxDeleted } = run.inputs;
	const isSameChoice = base !== void 0 && base.choice === choiceOf(run);
	const gone = vanished + (isSameChoice ? scan.deleted : 0);
	const all = Math.max(scan.known, scan.scanned);
	const emptied = isSameChoice ? scan.emptied : scan.empty;
	if (emptied.length > 0 && maxDeleted < 100) throw shrunk(`there is nothing below ${emptied.join(", ")}`);
	if (maxDeleted < 100 && gone * 100 > maxDeleted * all) throw shrunk(`${formatCount(gone)} of ${countOf(all, "entry")} are gone, more than max-deleted (${maxDeleted}%)`);
}
/** Also where nothing is known of earlier runs. */
function checkEmpty({ inputs }, files) {
	if (files === 0 && inputs.maxDeleted < 100) throw shrunk("there is not a single file below the paths");
}
function shrunk(what) {
	return new LifeboatError("storage-shrunk", what, { hint: "There is no new snapshot, and earlier ones are as they were. Is a disk not mounted? If it is as it should be, run it once with a larger `max-deleted`; `100%` allows everything." });
}
function incomplete({ id, changes }, names) {
	const troubles = [...changes.unreadable > 0 ? [`${countOf(changes.unreadable, "entry")} could not be read`] : [], ...changes.unstable > 0 ? [`${countOf(changes.unstable, "file")} changed each time they were read`] : []];
	return new LifeboatError("storage-incomplete", [`the snapshot ${id} is stored, but ${troubles.join(", and ")}:`, ...names].join("\n"), { hint: "Let the SSH user read them, or leave them out with `exclude`. `allow-incomplete: true` accepts such snapshots." });
}

// src/actions/sync-storage/index-chain.ts
/** An index that is complete by itself holds what the snapshot holds, in packs that there are. */
async function storeIndex(run, { records, holds, indexed }, base, isDue, packs) {
	if (base !== void 0 && records === 0 && !isDue) return { isNew: false };
	const { server, name } = run.inputs;
	const complete = base !== void 0 && isDue ? await run.work.completeIndex(keptOf(base)) : void 0;
	const isComplete = base === void 0 || complete !== void 0;
	if (isComplete) expectFigures("by the complete index", complete?.indexed ?? indexed, holds);
	const known = new Set(packs.map(packIdOf));
	const absent = [...complete?.needed ?? []].find((id) => !known.has(id));
	if (absent !== void 0) throw inconsistent(`the complete index needs the pack ${absent}`);
	const key = snapshotKeys(server, name, run.id).index;
	const { read, ...task } = run.work.index(run.id);
	const { object, judgement } = await storeSealed(run, key, task, read);
	return {
		isNew: true,
		stored: object,
		lists: judgement,
		needed: complete?.needed,
		isComplete
	};
}
function chainOf(base, index) {
	const before = base?.chain ?? [];
	if (!index.isNew) return before;
	return [...index.isComplete ? [] : before, {
		kept: index.lists.index,
		stored: index.stored
	}];
}
function keptOf(state) {
	return state?.chain.map(({ kept }) => kept) ?? [];
}

// src/actions/sync-storage/noted-packs.ts
/** Longer than anybody leaves backups red. What no manifest names for longer may have been tidied away. */
const MAX_AGE_MS = 14 * DAY_MS;
/** `20261120T030512Z`; the rest of a run's id is chance. */
const TIME_LENGTH = 16;
const noteShape = record({
	sshHostKey: filledText,
	choice: filledText,
	records: sha256,
	stored: record(storedMessageFields)
});
/** One line of text. */
function sealNote(note, secret, place) {
	return sealState({
		sequence: 1,
		value: note
	}, secret, placeOfNotes(place));
}
/** Those that count for run `now`, the oldest first: made on this target, of the same choice, by runs after the one that left `snapshot`. */
function openNotes(lines, secret, place, { sshHostKey, choice, snapshot, now }) {
	return lines.map((line) => openState(line, secret, placeOfNotes(place))?.value).filter((note) => noteShape.check(note, "", () => void 0)).filter((note) => {
		const run = runOf(note);
		return note.sshHostKey === sshHostKey && note.choice === choice && run !== snapshot && run.slice(0, TIME_LENGTH) >= (snapshot ?? "").slice(0, TIME_LENGTH) && run.slice(0, TIME_LENGTH) <= now.slice(0, TIME_LENGTH) && startOf$1(run) >= startOf$1(now) - MAX_AGE_MS;
	}).sort((a, b) => runOf(a) < runOf(b) ? -1 : runOf(a) > runOf(b) ? 1 : numberOf(a) - numberOf(b));
}
/** A note is never taken for a state, nor a state for a note. */
function placeOfNotes(place) {
	return {
		...place,
		action: `${place.action}.pack`
	};
}
function runOf({ stored }) {
	return packIdOf(stored).replace(/-\d+$/, "");
}
function numberOf({ stored }) {
	return Number(packIdOf(stored).split("-").at(-1));
}
function startOf$1(run) {
	return parseRunId(run)?.startedAt.getTime() ?? NaN;
}

// src/actions/sync-storage/packs.ts
/** Packs in order; what changed while it was read comes again behind all others. */
async function packAll(run, scan) {
	const packs = [];
	const findings = {
		stored: 0,
		harmed: 0,
		again: 0,
		unstable: 0,
		vanished: 0,
		unreadable: 0
	};
	let [number, planned] = [0, scan.packs];
	for (let attempt = 1; attempt <= 3; attempt += 1) {
		findings.again = 0;
		while (number < planned) {
			if (attempt === 1) checkTime(run, packs, planned - number);
			number += 1;
			const { pack, found } = await storePack(run, number, attempt);
			if (found.stored + found.unstable > 0) packs.push(pack);
			if (attempt === 1 && found.stored > 0) notePack(run, number, pack, found.records);
			for (const what of [
				"stored",
				"harmed",
				"again",
				"unstable",
				"vanished",
				"unreadable"
			]) findings[what] += found[what];
		}
		if (findings.again === 0) break;
		run.ports.reporter.info(`${countOf(findings.again, "entry")} changed while they were read`);
		const again = await run.work.planAgain();
		findings.vanished += again.vanished;
		findings.unreadable += again.unreadable;
		planned = number + again.packs;
	}
	return {
		packs,
		findings
	};
}
function checkTime({ inputs, stopMs }, packs, left) {
	if (performance.now() < stopMs) return;
	throw new LifeboatError("storage-unfinished", `the timeout of ${formatDuration(inputs.timeout)} is near: ${countOf(packs.length, "pack")} with ${formatBytes(bytesOf(packs))} were stored, ${formatCount(left)} of about ${formatBytes(inputs.packSize)} are left`, { hint: "There is no new snapshot yet. What was stored counts: start it again, and it goes on from there." });
}
function notePack(run, number, stored, records) {
	const { inputs, session, work, place } = run;
	const note = {
		sshHostKey: session.hostKeyFingerprint,
		choice: choiceOf(run),
		records,
		stored
	};
	work.note(number, packIdOf(stored), sealNote(note, secretOf(inputs), place));
}
async function storePack(run, number, attempt) {
	const { server, name } = run.inputs;
	const packId = formatPackId(run.id, number);
	const { read, ...task } = run.work.pack(number, packId, attempt);
	const { object, judgement } = await storeSealed(run, packKey(server, name, packId), task, read);
	return {
		pack: object,
		found: judgement
	};
}
/** Every entry that was to be packed is in a pack, or is told to be missing. */
function checkAccount(scan, findings, conclusion) {
	const { stored, unstable, vanished, unreadable } = findings;
	expectEqual("entries that were packed or lost", stored + unstable + vanished + unreadable, scan.planned);
	expectEqual("records of what was packed", conclusion.packed, stored + unstable);
	expectEqual("records of what is gone", conclusion.lost, scan.deleted + vanished + unreadable);
}
function bytesOf(messages) {
	return messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

// src/actions/sync-storage/renewal.ts
/** So many runs share what is to be packed again: a first snapshot grows too old all at once. */
const SHARES = 14;
/** Ids of the packs. Of what is not missing the oldest first, no more than a share of all that is stored. */
function chooseRenewed(packs, renewal) {
	const named = packs.filter((pack) => isMissing(pack, renewal) || renewal.repack.includes(packIdOf(pack)));
	const outdated = packs.filter((pack) => !named.includes(pack) && isOutdated(pack, packIdOf(pack), renewal));
	const share = packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / SHARES;
	let taken = 0;
	const due = outdated.filter(({ sizeBytes }) => taken < share && (taken += sizeBytes) > 0);
	return [...named, ...due].map(packIdOf);
}
/** Every snapshot needs the whole chain of its index: one object that cannot stay makes it a new one. */
function isIndexOutdated(chain, renewal) {
	return chain.some(({ kept, stored }) => isMissing(stored, renewal) || isOutdated(stored, kept.run, renewal));
}
function isMissing({ parts }, { repack }) {
	return parts.some(({ key }) => repack.includes(key));
}
/** `id` is that of the run that stored it, or begins with one. */
function isOutdated(message, id, { now, recipients, refreshAfter }) {
	return startOf(id) < startOf(now) - refreshAfter || recipients.some((key) => !message.recipients.includes(key));
}
function startOf(id) {
	return parseRunId(id.slice(0, 25))?.startedAt.getTime() ?? NaN;
}

// src/actions/sync-storage/state.ts
const STATE_VERSION = 1;
const kept = record({
	run: text(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/, "the id of a run"),
	sha256
});
const stored = record(storedMessageFields);
const stateShape = record({
	version: oneOf([STATE_VERSION]),
	sshHostKey: filledText,
	choice: filledText,
	snapshot: filledText,
	listing: kept,
	listed: record({
		files: count,
		directories: count,
		links: count,
		bytes: count
	}),
	chain: list(record({
		kept,
		stored
	}), 1),
	packs: list(stored)
});
/** `value` is what the keeper read. `now` is the id of this run. */
function recallState(value, sshHostKey, now) {
	const nothing = (why) => ({
		state: void 0,
		why
	});
	if (value === void 0) return nothing(void 0);
	if (value === UNREADABLE) return nothing("was sealed with another key, for another server, or was changed");
	if (!stateShape.check(value, "", () => void 0)) return nothing("is of another version of Lifeboat");
	if (value.sshHostKey !== sshHostKey) return nothing("is that of a server with another host key");
	const startedAt = parseRunId(value.snapshot)?.startedAt;
	return startedAt === void 0 || startedAt > (parseRunId(now)?.startedAt ?? /* @__PURE__ */ new Date(0)) ? nothing("is that of a later run") : { state: value };
}

// src/actions/sync-storage/sync-storage.ts
/** A chain that is longer costs a restore more than a complete index costs the store. */
const MAX_CHAIN = 30;
/** What a run needs at most for the pack that it is at when the time is up, and for index and manifest. */
const MAX_CLOSING_MS = 3e5;
/** Throws a `LifeboatError` unless everything that can be read is in the store, and the manifest with it. */
async function syncStorage(inputs, keys, program, ports, signal) {
	const startedMs = performance.now();
	const { reporter } = ports;
	const { server, name } = inputs;
	const clock = await readStoreClock(ports.store, signal);
	const startedAt = clock.now();
	const id = createRunId(startedAt);
	const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () => ports.remote.open({
		lockName: `sync-storage.${name}.${server}`,
		holder: `${id} of ${program.origin}, since ${startedAt.toISOString()}`,
		tools: toolsFor(inputs, ports.storage),
		timeoutMs: inputs.timeout
	}, signal));
	let work;
	let left = "lists";
	try {
		const place = {
			action: `sync-storage.${name}`,
			server,
			store: nameStore(ports.store, inputs.storeEndpoint)
		};
		const request = requestOf(inputs, stateName(place), program.settledSeconds);
		work = await ports.storage.open(session, request);
		const stopMs = startedMs + inputs.timeout - Math.min(inputs.timeout / 10, MAX_CLOSING_MS);
		const run = {
			inputs,
			keys,
			ports,
			session,
			signal,
			id,
			work,
			place,
			stopMs
		};
		const keeper = keepState(session, secretOf(inputs), place);
		const { warnings, state, noted } = await recall(run, keeper);
		if (clock.warning !== void 0) warnings.push(clock.warning);
		const commands = {
			session,
			before: inputs.before,
			after: inputs.after,
			reporter
		};
		if (!inputs.dryRun) await runBefore(commands);
		const instant = clock.now();
		const recipients = keys.recipients.map(({ encryptionKeyId }) => encryptionKeyId);
		const { refreshAfter, repack } = inputs;
		const renewal = {
			now: id,
			recipients,
			refreshAfter,
			repack
		};
		const renewed = chooseRenewed(state?.packs ?? [], renewal);
		const chain = state?.chain ?? [];
		const isDue = chain.length >= (program.maxChain ?? MAX_CHAIN) || isIndexOutdated(chain, renewal);
		const scan = await reporter.group("List the directories", () => run.work.scan({
			listing: state?.listing,
			entries: entriesIn(state?.listed ?? NO_FIGURES),
			chain: isDue || renewed.length > 0 ? keptOf(state) : [],
			packed: noted.map(({ records, stored }) => ({
				packId: packIdOf(stored),
				sha256: records
			})),
			renewed
		}));
		const base = scan.isCompared ? state : void 0;
		if (state && !base) warnings.push(fullBecause("a list on the server is not the one that was left"));
		if (!state && scan.hasLists && warnings.length === 0) warnings.push(fullBecause("what is remembered of earlier runs is lost"));
		const adopted = noted.map(({ stored }) => stored).filter((pack) => scan.adopted.has(packIdOf(pack)));
		describeScan(scan, renewed.length, reporter.info.bind(reporter));
		checkDatabases(run, scan);
		if (scan.mounts.count > 0) warnings.push(leftOut(scan));
		if (scan.sqlite.count > 0) warnings.push(inUse(scan));
		const found = addFigures(scan.base ?? base?.listed ?? NO_FIGURES, scan.growth);
		checkDeleted(run, scan, base, 0);
		checkEmpty(run, found.files);
		if (inputs.dryRun) return {
			facts: work.facts,
			scan,
			warnings,
			stored: void 0
		};
		const { packs: newPacks, findings } = await reporter.group("Pack what is new", () => packAll(run, scan));
		checkDeleted(run, scan, base, findings.vanished);
		const conclusion = await work.conclude(found);
		checkEmpty(run, conclusion.holds.files);
		checkAccount(scan, findings, conclusion);
		const afterFailure = await runAfter(commands);
		const known = [
			...base?.packs.filter((pack) => !renewed.includes(packIdOf(pack))) ?? [],
			...adopted,
			...newPacks
		];
		const index = await reporter.group("Index", () => storeIndex(run, conclusion, base, isDue, known));
		const packs = known.filter((pack) => index.needed?.has(packIdOf(pack)) ?? true);
		const { listing } = index.isNew ? index.lists : await work.keep(id);
		const newChain = chainOf(base, index);
		const manifest = {
			schema: 1,
			type: "snapshot",
			id,
			server,
			name,
			...inputs.set === void 0 ? {} : { set: inputs.set },
			source: {
				hostName: work.facts.hostName,
				sshHostKey: session.hostKeyFingerprint
			},
			versions: {
				find: work.facts.findVersion,
				tar: work.facts.tarVersion,
				lifeboat: program.lifeboatVersion
			},
			startedAt: startedAt.toISOString(),
			instant: instant.toISOString(),
			finishedAt: clock.now().toISOString(),
			paths: work.facts.roots,
			exclude: inputs.exclude,
			oneFileSystem: inputs.oneFileSystem,
			complete: scan.unreadable.count + findings.unreadable + findings.harmed + findings.unstable === 0,
			holds: conclusion.holds,
			changes: {
				added: scan.added,
				changed: scan.changed,
				deleted: scan.deleted,
				unstable: findings.unstable,
				vanished: findings.vanished,
				unreadable: scan.unreadable.count + findings.unreadable + findings.harmed,
				special: scan.special
			},
			index: newChain.map(({ stored }) => stored),
			packs
		};
		const manifestKey = await reporter.group("Write the manifest", () => storeManifest(run, snapshotKeys(server, name, id), serializeSnapshotManifest(manifest)));
		const remembered = {
			version: 1,
			sshHostKey: session.hostKeyFingerprint,
			choice: choiceOf(run),
			snapshot: id,
			listing,
			listed: conclusion.holds,
			chain: newChain,
			packs
		};
		const kept = newChain.map((one) => one.kept);
		await keeper.write(remembered, work.forgetting(listing, kept));
		left = void 0;
		const unreadable = [...scan.unreadable.names, ...conclusion.unreadable];
		return {
			facts: work.facts,
			scan,
			warnings,
			stored: {
				manifest,
				manifestKey,
				storeLocation: ports.store.location,
				isSigned: keys.signingKey !== void 0,
				storedBytes: bytesOf(newPacks) + (index.isNew ? bytesOf([index.stored]) : 0),
				newPacks: newPacks.length,
				durationMs: performance.now() - startedMs,
				unstable: conclusion.unstable,
				unreadable,
				failure: afterFailure !== void 0 ? afterFailed(`the snapshot ${id}`, afterFailure) : manifest.complete || inputs.allowIncomplete ? void 0 : incomplete(manifest, [...unreadable, ...conclusion.unstable])
			}
		};
	} catch (error) {
		if (!inputs.dryRun && error instanceof LifeboatError && error.code === "storage-inconsistent") left = "nothing";
		throw error;
	} finally {
		if (left !== void 0) await work?.discard(left).catch(() => void 0);
		await session.close();
	}
}
function entriesIn({ files, directories, links }) {
	return files + directories + links;
}
/** What the last snapshot left, and the packs that runs stored after it that did not come to their end. */
async function recall(run, keeper) {
	const { inputs, session, id, work, place } = run;
	const warnings = [];
	const sshHostKey = session.hostKeyFingerprint;
	const remembered = recallState(await keeper.read(), sshHostKey, id);
	if (remembered.state === void 0 && remembered.why !== void 0) warnings.push(fullBecause(`what the last run left on the server ${remembered.why}`));
	const { state } = remembered;
	const context = {
		sshHostKey,
		choice: choiceOf(run),
		snapshot: state?.snapshot,
		now: id
	};
	const notes = openNotes(work.notes, secretOf(inputs), place, context);
	const known = new Set(state?.packs.map(packIdOf));
	return {
		state,
		warnings,
		noted: notes.filter(({ stored }) => !known.has(packIdOf(stored)))
	};
}
function fullBecause(why) {
	return `Everything was stored anew: ${why}.`;
}
function describeScan(scan, renewed, info) {
	if (scan.adopted.size > 0) info(`${countOf(scan.adopted.size, "pack")} of a run that was cut off: what is in them is stored`);
	const { files, directories, links } = scan.growth;
	info(scan.known > 0 ? `${formatCount(scan.added)} new, ${formatCount(scan.changed)} changed, ${formatCount(scan.deleted)} deleted` : `nothing to compare with: ${countOf(files, "file")}, ${countOf(directories, "directory")}, ${countOf(links, "link")}`);
	if (scan.renewed > 0) info(`${countOf(scan.renewed, "entry")} to be packed again, most of them out of ${countOf(renewed, "pack")}`);
	info(`${formatBytes(scan.freshBytes)} to be packed`);
}

// src/entries/compose-sync-storage.ts
const syncStorageAction = defineAction(syncStorageDeclaration, {
	rules: sealingRules,
	checks: () => checkSealingKeys(syncStorageDeclaration.inputs),
	run: (inputs, keys, context) => {
		const { reporter, signal } = context;
		return runSealing(inputs, keys, context, (adapters, program) => syncStorage(inputs, keys, program, {
			...adapters,
			storage: storageLayer
		}, signal), (outcome) => {
			reporter.summary(renderSyncSummary(inputs.server, inputs.name, outcome));
			const { scan, stored } = outcome;
			reporter.output("new-files", scan.added + scan.changed);
			if (stored === void 0) return;
			reporter.output("snapshot-id", stored.manifest.id);
			reporter.output("bytes", stored.storedBytes);
			if (stored.failure !== void 0) throw stored.failure;
		});
	}
});

export { syncStorageAction };