import { t as syncStorageDeclaration } from "./inputs12.js";
import { i as foldedDetails, n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as formatInstant, Ft as countOf, G as packKey, It as formatBytes, Lt as formatCount, Q as snapshotKeys, Qt as LifeboatError, R as formatPackId, nt as parseRunId, q as parsePackKey, tt as createRunId, zt as formatDuration } from "./proxy.js";
import { a as patternsOf } from "./storage.js";
import { r as serializeSnapshotManifest } from "./snapshot.js";
import { A as text$1, C as list, E as oneOf, N as readStoreClock, O as record, b as count, i as sshRules, k as sha256, p as storedMessageFields, r as sshOptionsOf, x as filledText } from "./store-settings.js";
import { a as nameStore, i as keepState, n as storeSealed, o as stateName, r as UNREADABLE, s as SEALING_TOOLS, t as storeManifest } from "./store-sealed.js";
import { n as shellQuoteAll, t as shellQuote } from "./shell.js";
import { _ as defineAction } from "./ssh-connection.js";
import { n as createSshRemote } from "./ssh-remote.js";
import { t as VERSION } from "./version.js";
import { n as encryption, r as openBackupStore, t as checkSealingKeys } from "./sealing.js";

// src/actions/sync-storage/report.ts
function renderSyncSummary(server, name, outcome) {
	const { stored, facts, warnings } = outcome;
	const title = `${escapeMarkdown(server)}/${escapeMarkdown(name)}`;
	return `${[
		...stored === void 0 ? [`## ☑️ ${title}: ready to be stored, nothing was written`, `Would be packed: ${formatBytes(outcome.scan.freshBytes)} in ${countOf(outcome.scan.packs, "pack")}.`] : [`## ${stored.manifest.complete ? "✅" : "⚠️"} ${title}: ${stored.manifest.complete ? "stored" : "stored, incomplete,"} in ${formatDuration(stored.durationMs)}`, verdict(stored)],
		figures(outcome),
		bullets([...warnings, ...troubles(stored)]),
		excluded(outcome),
		foldedDetails("Details", details(facts.roots, stored))
	].filter((part) => part !== "").join("\n\n")}\n`;
}
function verdict({ manifest, storedBytes, newPacks }) {
	const { holds } = manifest;
	return `**${countOf(holds.files, "file")} with ${formatBytes(holds.bytes)}, of which this run stored ${formatBytes(storedBytes)} in ${countOf(newPacks, "pack")}.** The state is that of ${formatInstant(manifest.instant)}.`;
}
function figures({ scan, stored }) {
	const changes = stored?.manifest.changes;
	const scanned = scan.known - scan.deleted + scan.added;
	const rows = [
		["Scanned", scanned],
		["New", scan.added],
		["Changed", scan.changed],
		["Unchanged", scanned - scan.added - scan.changed],
		["Deleted", scan.deleted],
		["Changed while they were read", changes?.unstable ?? 0],
		["Vanished while they were read", changes?.vanished ?? 0],
		["Not readable", changes?.unreadable ?? scan.unreadable.count],
		["Sockets, FIFOs and devices, which are not stored", scan.special]
	];
	return markdownTable([{ title: "Entries" }, {
		title: "Number",
		align: "right"
	}], rows.filter(([, count], at) => count > 0 || at < 5).map(([what, count]) => [what, formatCount(count)]));
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
function excluded({ scan }) {
	if (scan.excluded.length === 0) return "";
	return markdownTable([
		{ title: "Left out by" },
		{
			title: "Entries",
			align: "right"
		},
		{
			title: "Size without what is below",
			align: "right"
		}
	], scan.excluded.map(({ rule, entries, bytes }) => [
		codeSpan(rule),
		formatCount(entries),
		formatBytes(bytes)
	]));
}
function details(roots, stored) {
	const rows = [["Directories", roots.map(codeSpan).join(", ")], ...stored === void 0 ? [] : [
		["Snapshot", codeSpan(stored.manifest.id)],
		["Manifest", codeSpan(`${stored.storeLocation}/${stored.manifestKey}`)],
		["Packs that it needs", formatCount(stored.manifest.packs.length)],
		["SSH host key", codeSpan(stored.manifest.source.sshHostKey)]
	]];
	return markdownTable([{ title: "What" }, { title: "Value" }], rows);
}

// src/actions/sync-storage/state.ts
const STATE_VERSION = 1;
const kept = record({
	run: text$1(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/, "the id of a run"),
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
		tools: [...ports.storage.tools, ...SEALING_TOOLS[inputs.encryptOn]],
		timeoutMs: inputs.timeout
	}, signal));
	try {
		const place = {
			action: `sync-storage.${name}`,
			server,
			store: nameStore(ports.store, inputs.storeEndpoint)
		};
		const work = await ports.storage.open(session, {
			folder: stateName(place),
			paths: inputs.paths,
			exclude: inputs.exclude.map((text) => ({
				text,
				patterns: patternsOf(text) ?? []
			})),
			oneFileSystem: inputs.oneFileSystem,
			packBytes: inputs.packSize
		});
		const run = {
			inputs,
			keys,
			ports,
			session,
			signal,
			id,
			work
		};
		const keeper = keepState(session, inputs.stateKey ?? inputs.sshKey, place);
		const { warnings, ...last } = await recall(run, keeper);
		if (clock.warning !== void 0) warnings.push(clock.warning);
		const instant = clock.now();
		const scan = await reporter.group("List the directories", () => work.scan(last.state?.listing));
		const base = scan.isCompared ? last.state : void 0;
		if (last.state && !base) warnings.push(fullBecause("the list on the server is not the one that was left"));
		describeScan(scan, reporter.info.bind(reporter));
		checkDatabases(run, scan);
		checkDeleted(run, scan, base);
		if (inputs.dryRun) return {
			facts: work.facts,
			scan,
			warnings,
			stored: void 0
		};
		const packed = await reporter.group("Pack what is new", () => packAll(run, scan));
		const found = add(base?.listed ?? NOTHING, scan.growth);
		const conclusion = await work.conclude(found);
		const index = await reporter.group("Index", () => storeIndex(run, conclusion, base, program.maxChain ?? MAX_CHAIN));
		const packs = [...base?.packs ?? [], ...packed.packs].filter((pack) => index.needed?.has(packIdOf(pack)) ?? true);
		const kept = await work.keep(id, index.isNew);
		const chain = chainOf(base, index, kept.index);
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
			complete: scan.unreadable.count + packed.findings.unreadable === 0,
			holds: conclusion.holds,
			changes: {
				added: scan.added,
				changed: scan.changed,
				deleted: scan.deleted,
				unstable: packed.findings.unstable,
				vanished: packed.findings.vanished,
				unreadable: scan.unreadable.count + packed.findings.unreadable,
				special: scan.special
			},
			index: chain.map(({ stored }) => stored),
			packs
		};
		const manifestKey = await reporter.group("Write the manifest", () => storeManifest(run, snapshotKeys(server, name, id), serializeSnapshotManifest(manifest)));
		await keeper.write({
			version: 1,
			sshHostKey: session.hostKeyFingerprint,
			choice: choiceOf(run),
			snapshot: id,
			listing: kept.listing,
			listed: conclusion.listed,
			chain,
			packs
		});
		await work.forget(kept.listing, chain.map((one) => one.kept));
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
				storedBytes: bytesOf(packed.packs) + (index.isNew ? bytesOf([index.stored]) : 0),
				newPacks: packed.packs.length,
				durationMs: performance.now() - startedMs,
				unstable: conclusion.unstable,
				unreadable,
				failure: manifest.complete || inputs.allowIncomplete ? void 0 : incomplete(id, manifest.changes.unreadable, unreadable)
			}
		};
	} finally {
		await session.close();
	}
}
const NOTHING = {
	files: 0,
	directories: 0,
	links: 0,
	bytes: 0
};
function add(a, b) {
	return {
		files: a.files + b.files,
		directories: a.directories + b.directories,
		links: a.links + b.links,
		bytes: a.bytes + b.bytes
	};
}
async function recall({ session, id }, keeper) {
	const warnings = [];
	const remembered = recallState(await keeper.read(), session.hostKeyFingerprint, id);
	if (remembered.state === void 0 && remembered.why !== void 0) warnings.push(fullBecause(`what the last run left on the server ${remembered.why}`));
	return {
		state: remembered.state,
		warnings
	};
}
function fullBecause(why) {
	return `Everything was stored anew: ${why}.`;
}
/** When it changes, what is missing was not deleted. */
function choiceOf({ inputs: { exclude, oneFileSystem }, work }) {
	return JSON.stringify({
		paths: work.facts.roots,
		exclude,
		oneFileSystem
	});
}
function describeScan(scan, info) {
	const { files, directories, links } = scan.growth;
	info(scan.isCompared ? `${formatCount(scan.added)} new, ${formatCount(scan.changed)} changed, ${formatCount(scan.deleted)} deleted` : `nothing to compare with: ${countOf(files, "file")}, ${countOf(directories, "directory")}, ${countOf(links, "link")}`);
	info(`${formatBytes(scan.freshBytes)} to be packed`);
}
function checkDatabases({ inputs }, { databases: { count, names } }) {
	if (count === 0 || inputs.allowDatabaseDirectories) return;
	throw new LifeboatError("storage-database", `a database server keeps its data in ${names.slice(0, 3).join(", ")}${count > 3 ? ` and ${count - 3} more` : ""}`, { hint: "Copies of the files of a running server do not start. Dump it with the dump action, and add the directory to `exclude`. `allow-database-directories: true` is for servers that stand still." });
}
function checkDeleted(run, scan, base) {
	const { maxDeleted } = run.inputs;
	if (base === void 0 || base.choice !== choiceOf(run)) return;
	if (scan.deleted * 100 <= maxDeleted * scan.known) return;
	throw new LifeboatError("storage-shrunk", `${formatCount(scan.deleted)} of ${countOf(scan.known, "entry")} of the last snapshot are gone, more than max-deleted (${maxDeleted}%)`, { hint: "Nothing was stored, and earlier snapshots are as they were. Is a disk not mounted? If so many were deleted on purpose, run it once with a larger `max-deleted`." });
}
/** Packs in order; what changed while it was read comes again behind all others. */
async function packAll(run, scan) {
	const packs = [];
	const findings = {
		stored: 0,
		again: 0,
		unstable: 0,
		vanished: 0,
		unreadable: 0
	};
	let [number, planned] = [0, scan.packs];
	for (let attempt = 1; attempt <= 3; attempt += 1) {
		findings.again = 0;
		while (number < planned) {
			number += 1;
			const { pack, found } = await storePack(run, number, attempt);
			if (found.stored + found.unstable > 0) packs.push(pack);
			for (const what of [
				"stored",
				"again",
				"unstable",
				"vanished",
				"unreadable"
			]) findings[what] += found[what];
		}
		if (findings.again === 0) break;
		run.ports.reporter.info(`${countOf(findings.again, "entry")} changed while they were read`);
		const again = await run.work.planAgain(number);
		findings.vanished += again.vanished;
		planned = number + again.packs;
	}
	return {
		packs,
		findings
	};
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
function packIdOf({ parts }) {
	return parsePackKey(parts[0]?.key ?? "")?.packId ?? "";
}
async function storeIndex(run, { records }, base, maxChain) {
	if (base !== void 0 && records === 0) return { isNew: false };
	const { server, name } = run.inputs;
	const needed = base !== void 0 && base.chain.length >= maxChain ? await run.work.completeIndex(base.chain.map(({ kept }) => kept)) : void 0;
	const key = snapshotKeys(server, name, run.id).index;
	const { object } = await storeSealed(run, key, run.work.index(), () => void 0);
	return {
		isNew: true,
		stored: object,
		needed,
		isComplete: base === void 0 || needed !== void 0
	};
}
function chainOf(base, index, kept) {
	const before = base?.chain ?? [];
	if (!index.isNew || kept === void 0) return before;
	return [...index.isComplete ? [] : before, {
		kept,
		stored: index.stored
	}];
}
function bytesOf(messages) {
	return messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
function incomplete(id, count, names) {
	return new LifeboatError("storage-incomplete", [`the snapshot ${id} is stored, but ${countOf(count, "entry")} could not be read:`, ...names].join("\n"), { hint: "Let the SSH user read them, or leave them out with `exclude`. `allow-incomplete: true` accepts such snapshots." });
}

// src/files/exclude.ts
/**
* The test as shell words. A pattern without a slash is for names at any depth; with one at its beginning it is a path from the root;
* with one elsewhere it is the end of a path. `*` and `?` stop at slashes, `**` does not. A slash at the end: directories only.
*/
function excludeTest(pattern) {
	const isForDirectories = pattern.endsWith("/");
	const body = isForDirectories ? pattern.slice(0, -1) : pattern;
	const test = body.includes("/") ? ["-regex", pathExpression(body)] : ["-name", body];
	return shellQuoteAll([...isForDirectories ? ["-type", "d"] : [], ...test]);
}
const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\\?[\s\S]/g;
/** A POSIX extended regular expression for a whole path; find compares bytes. */
function pathExpression(glob) {
	const body = glob.replaceAll(TOKEN, (token) => {
		if (token === "**/") return "(.*/)?";
		if (token === "**") return ".*";
		if (token === "*") return "[^/]*";
		if (token === "?") return "[^/]";
		if (token.length > 2 && token.startsWith("[")) return token.replace("[!", "[^");
		return token.replace(/^\\(?=.)/, "").replaceAll(/[.[\]{}()*+?^$|\\]/g, String.raw`\$&`);
	});
	return glob.startsWith("/") ? body : `.*/${body}`;
}

// src/files/scan-script.ts
/** Path, then what two listings must agree in; docs/format.md, "Storage". */
const RECORD_FORMAT = String.raw`%p//%y %s %T@ %C@ %i %n %m %U %G\0`;
/** Files that only the directory of a database server has: InnoDB, Aria, PostgreSQL, MongoDB. */
const DATABASE_FILES = [
	"ibdata1",
	"aria_log_control",
	"pg_control",
	"WiredTiger.wt"
];
function scanScript({ exclude, oneFileSystem }, roots, base) {
	return [
		"begin_work || exit 1",
		`list_roots() { ${roots.map((root, at) => findRoot({
			root,
			at,
			exclude,
			oneFileSystem
		})).join(" && ")}; }`,
		[
			"stage list list_roots",
			"stage sort sort -z -S 128M -T \"$W\"",
			"stage note tee \"$W/scan\"",
			`stage compare compare ${shellQuoteAll([base?.run ?? "", base?.sha256 ?? ""])}`,
			"stage plan plan_scan"
		].join(" | "),
		"[ \"$(cat \"$D/status.list\" \"$D/status.sort\" \"$D/status.note\" \"$D/status.compare\" \"$D/status.plan\" | tr -d \"\\n\")\" = 00000 ] || exit 1",
		"tell_scan"
	].join("\n");
}
const SCAN_STAGES = [
	"list",
	"sort",
	"note",
	"compare",
	"plan"
];
/** What Lifeboat itself keeps on the target changes while it is read. */
const OWN_FOLDER = "-samefile \"$HOME/.lifeboat\" -prune";
function findRoot({ root, at, exclude, oneFileSystem }) {
	const rules = exclude.map(({ patterns }, rule) => {
		return `\\( ${patterns.map(excludeTest).join(" -o ")} \\) -fprintf "$W/excluded.${at}" ${shellQuote(`${rule} %s\\n`)} -prune`;
	});
	const database = DATABASE_FILES.map((name) => `-name ${name}`).join(" -o ");
	return [
		`list_root ${shellQuote(root)} -regextype posix-extended`,
		...oneFileSystem ? ["-xdev"] : [],
		...root === "/" ? ["-mindepth 1"] : [],
		[
			OWN_FOLDER,
			...rules,
			`-type f \\( ${database} \\) -fprintf "$W/databases.${at}" '%h\\0' -false`,
			`\\( -type f -o -type d -o -type l \\) -printf "$RECORD"`,
			`-fprintf "$W/special.${at}" '%p\\0'`
		].join(" -o ")
	].join(" ");
}

// src/files/storage.sh
const text = "# What tasks of sync-storage use on the target: lists what is below some directories, compares that with the list of the last run, packs\n# what is new, and keeps lists and indexes for the next run. POSIX sh; find, sort, comm, sed, tar and xargs are GNU's, awk is any.\n#\n# Set before this text: FOLDER (below ~/.lifeboat/), PACK_BYTES, MOST (entries of a pack), RECORD (what find prints of an entry).\n# shellcheck disable=SC2154  # what session.sh gives: stage, seal, report, hash_stdin\n#\n# $S    what stays: listing.RUN, index.RUN, both compressed\n# $W    what goes: the files of one run\n#       scan, doubt      records that end with NUL: all that was found; what is not sure to be in the snapshot as it was found\n#       pack.N           lines: records of what is to be packed\n#       records.N        lines: records of what was packed, with hash and pack\n#       gone, again      lines: paths that are no more; paths that are to be packed anew\n#\n# A record is `<path>//<attributes>`. Lines are records for awk: a line break within is \\n, a backslash \\b.\nS=$HOME/.lifeboat/$FOLDER\nW=$S/work\n\nto_lines() { sed -z 's/\\\\/\\\\b/g; s/\\n/\\\\n/g' | tr '\\0' '\\n'; }\nto_records() { tr '\\n' '\\0' | sed -z 's/\\\\n/\\n/g; s/\\\\b/\\\\/g'; }\n\nbegin_work() {\n  rm -rf \"$W\"\n  mkdir -p \"$W\" || return 1\n  for file in gone again errors; do : >\"$W/$file\"; done\n  : >\"$W/doubt\"\n}\n\n# --- list and compare ------------------------------------------------------------------------------------------------------\n# list_root ARGUMENTS: what find cannot read is in its errors; the list goes on.\nlist_root() { find \"$@\" 2>>\"$W/errors\" || [ $? = 1 ]; }\n\n# print_base RUN SHA256: nothing when that list is not there, or not the one that was sealed.\nprint_base() {\n  [ -n \"$1\" ] || return 0\n  [ \"$(hash_stdin 2>/dev/null <\"$S/listing.$1\")\" = \"$2\" ] || return 0\n  : >\"$W/compared\"\n  zstd -dcq \"$S/listing.$1\"\n}\n\ncompare() {\n  mkfifo \"$W/base\" || return 1\n  print_base \"$@\" >\"$W/base\" &\n  base=$!\n  comm -z -3 --total \"$W/base\" - && wait \"$base\"\n}\n\n# plan AFTER: from what differs to lists of packs, and figures. The last line is comm's total.\nplan() {\n  awk -v work=\"$W\" -v limit=\"$PACK_BYTES\" -v most=\"$MOST\" -v number=\"$1\" '\n    function count(attributes, sign,   f) {\n      split(attributes, f, \" \")\n      kinds[f[1]] += sign\n      if (f[1] == \"f\") bytes += sign * f[2]\n    }\n    function place(record, attributes,   f, size, file) {\n      split(attributes, f, \" \")\n      size = f[1] == \"f\" ? f[2] : 0\n      # All names of a file go into one pack.\n      if (f[1] == \"f\" && f[6] > 1 && f[5] in home) {\n        file = work \"/pack.\" home[f[5]]\n        print record >>file\n        if (home[f[5]] != number) close(file)\n        return\n      }\n      if (entries == 0 || weight + size > limit || entries >= most) {\n        if (entries > 0) close(work \"/pack.\" number)\n        number++\n        packs++\n        weight = entries = 0\n      }\n      weight += size\n      fresh += size\n      entries++\n      print record >>(work \"/pack.\" number)\n      if (f[1] == \"f\" && f[6] > 1) home[f[5]] = number\n    }\n    function leave() {\n      if (!leaving) return\n      print lost \"//-\" >>(work \"/gone\")\n      deleted++\n      leaving = 0\n    }\n    /\\ttotal$/ && /^[0-9]/ { split($0, t, \"\\t\"); known = t[1] + t[3]; whole = 1; next }\n    {\n      isNew = substr($0, 1, 1) == \"\\t\"\n      record = isNew ? substr($0, 2) : $0\n      at = index(record, \"//\")\n      path = substr(record, 1, at - 1)\n      attributes = substr(record, at + 2)\n      if (leaving && path != lost) leave()\n      count(attributes, isNew ? 1 : -1)\n    }\n    isNew {\n      if (leaving) { changed++; leaving = 0 } else { added++; came = path }\n      place(record, attributes)\n      next\n    }\n    came == path && added > 0 { added--; changed++; next }\n    { leaving = 1; lost = path }\n    END {\n      if (!whole) exit 1\n      leave()\n      printf \"packs %d\\nknown %.0f\\nadded %.0f\\nchanged %.0f\\ndeleted %.0f\\nfresh %.0f\\n\", packs, known, added, changed, deleted, fresh\n      printf \"files %.0f\\ndirectories %.0f\\nlinks %.0f\\nbytes %.0f\\n\", kinds[\"f\"], kinds[\"d\"], kinds[\"l\"], bytes\n    }'\n}\n\nplan_scan() { to_lines | plan 0; }\n\n# --- pack --------------------------------------------------------------------------------------------------------------------\n# relist NAMES: lines of what is there now; nothing that is reached through a link.\nrelist() {\n  # shellcheck disable=SC2016  # expanded by the shell that gets it\n  xargs -0 -r -a \"$1\" sh -c 'exec find \"$@\" -maxdepth 0 \\( -type f -o -type d -o -type l \\) -printf \"$0\"' \"$RECORD\" 2>/dev/null |\n    to_lines >\"$W/relisted\"\n  awk '\n    {\n      path = substr($0, 1, index($0, \"//\") - 1)\n      sub(/\\/[^\\/]*$/, \"\", path)\n      if (!(path in seen)) print path == \"\" ? \"/\" : path\n      seen[path]\n    }' \"$W/relisted\" | to_records >\"$W/parents\"\n  xargs -0 -r -a \"$W/parents\" realpath -z -e -- 2>/dev/null | to_lines >\"$W/real\"\n  awk '\n    FILENAME == ARGV[1] { real[$0 == \"/\" ? \"\" : $0]; next }\n    {\n      path = substr($0, 1, index($0, \"//\") - 1)\n      sub(/\\/[^\\/]*$/, \"\", path)\n      if (path in real) print\n    }' \"$W/real\" \"$W/relisted\"\n}\n\n# A pack holds what was to be in it, or counts for nothing: of what it lacks nobody could say why.\nwrite_tar() {\n  tar --create --file=- --format=posix --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' \\\n    --no-recursion --sparse --xattrs --acls --null --verbatim-files-from --files-from=\"$W/names\" \\\n    --verbose --index-file=\"$W/stored\" --quoting-style=literal\n  echo $? >\"$W/tar\"\n}\n\n# prepare_pack NUMBER: hashes of the files, and the names of what can be read.\nprepare_pack() {\n  awk '{ at = index($0, \"//\"); if (substr($0, at + 2, 2) == \"f \") print substr($0, 1, at - 1) }' \"$W/pack.$1\" |\n    to_records >\"$W/files\"\n  begun=$(date +%s.%N)\n  # What cannot be read has no hash, and is named for that.\n  xargs -0 -r -a \"$W/files\" nice sha256sum -z -- 2>/dev/null | to_lines >\"$W/hashes\"\n  awk -v work=\"$W\" '\n    FILENAME == ARGV[1] { hashed[substr($0, 67)]; next }\n    {\n      at = index($0, \"//\")\n      path = substr($0, 1, at - 1)\n      type = substr($0, at + 2, 1)\n      if (type == \"f\" && !(path in hashed)) next\n      print path >(work \"/names.lines\")\n      print path (type == \"d\" ? \"/\" : \"\") >(work \"/expected.lines\")\n    }' \"$W/hashes\" \"$W/pack.$1\"\n  for list in names expected; do\n    [ -e \"$W/$list.lines\" ] || : >\"$W/$list.lines\"\n    to_records <\"$W/$list.lines\" >\"$W/$list\"\n    rm \"$W/$list.lines\"\n  done\n}\n\n# judge_pack NUMBER ID TRY, of which the third is the last: what was found before and after is in the pack as it is; the rest is taken again, or given up.\njudge_pack() {\n  relist \"$W/names\" >\"$W/after\"\n  is_void=0\n  if [ \"$(cat \"$W/tar\")\" -gt 1 ] || ! tr '\\0' '\\n' <\"$W/expected\" | cmp -s - \"$W/stored\"; then is_void=1; fi\n  [ \"$is_void$3\" != 13 ] || return 1\n  : >\"$W/records.$1\"\n  awk -v work=\"$W\" -v number=\"$1\" -v id=\"$2\" -v try=\"$3\" -v void=\"$is_void\" -v begun=\"$begun\" '\n    FILENAME == ARGV[1] { hashes[substr($0, 67)] = substr($0, 1, 64); next }\n    FILENAME == ARGV[2] { after[substr($0, 1, index($0, \"//\") - 1)] = $0; next }\n    function keep(record, hash) { print record \" \" hash \" \" id >(work \"/records.\" number); stored++ }\n    function doubt() { if (try == 1) print $0 >>(work \"/doubt.lines\") }\n    {\n      at = index($0, \"//\")\n      path = substr($0, 1, at - 1)\n      split(substr($0, at + 2), f, \" \")\n      isFile = f[1] == \"f\"\n      hash = isFile ? hashes[path] : \"-\"\n      now = path in after ? after[path] : \"\"\n      # A change in the same tick of the clock as the one before leaves no trace in the times; coarse clocks tick in seconds.\n      racy = isFile && f[4] + 0 > begun - (f[4] ~ /\\.0+$/ ? 2 : 0.1)\n      if (!void && now == $0 && hash != \"\" && !racy) { keep($0, hash); next }\n      doubt()\n      if (hash == \"\" && now == \"\") print path >(work \"/missing\")\n      else if (try < 3) { print path >>(work \"/again\") ; again++ }\n      else if (now == \"\") lose(\"vanished\")\n      else if (now == $0 && hash != \"\") keep($0, hash)\n      else { keep(now, \"-\"); unstable++; print path >>(work \"/unstable\") }\n    }\n    function lose(why) { print path \"//-\" >>(work \"/gone\"); lost[why]++ }\n    END { printf \"stored %d\\nagain %d\\nunstable %d\\nvanished %d\\n\", stored, again, unstable, lost[\"vanished\"] }\n  ' \"$W/hashes\" \"$W/after\" \"$W/pack.$1\" >\"$W/verdict\" || return 1\n  judge_missing >>\"$W/verdict\" || return 1\n  while read -r name value; do report \"$name\" \"$value\"; done <\"$W/verdict\"\n  rm -f \"$W/pack.$1\" \"$W/verdict\" \"$W/names\" \"$W/stored\" \"$W/expected\" \"$W/after\" \"$W/hashes\"\n}\n\n# Without a hash: gone meanwhile, or not to be read.\njudge_missing() {\n  [ -e \"$W/missing\" ] || return 0\n  to_records <\"$W/missing\" >\"$W/missing.names\"\n  relist \"$W/missing.names\" >\"$W/there\"\n  awk -v work=\"$W\" '\n      FILENAME == ARGV[1] { there[substr($0, 1, index($0, \"//\") - 1)]; next }\n      { print $0 \"//-\" >>(work \"/gone\") }\n      $0 in there { unreadable++; print >>(work \"/unreadable\"); next }\n      { vanished++ }\n      END { printf \"unreadable %d\\nvanished %d\\n\", unreadable, vanished }\n    ' \"$W/there\" \"$W/missing\"\n  rm \"$W/missing\" \"$W/missing.names\"\n}\n\n# plan_again AFTER: what is to be taken once more, as it is now.\nplan_again() {\n  to_records <\"$W/again\" >\"$W/again.names\"\n  relist \"$W/again.names\" >\"$W/again.records\"\n  # Gone meanwhile: not in the snapshot.\n  awk -v work=\"$W\" '\n    FILENAME == ARGV[1] { there[substr($0, 1, index($0, \"//\") - 1)]; next }\n    !($0 in there) { print $0 \"//-\" >>(work \"/gone\"); vanished++ }\n    END { printf \"vanished %d\\n\", vanished }' \"$W/again.records\" \"$W/again\"\n  : >\"$W/again\"\n  { sed 's/^/\\t/' \"$W/again.records\"; printf '0\\t0\\t0\\ttotal\\n'; } | plan \"$1\"\n}\n\n# --- index and list for the next run ---------------------------------------------------------------------------------------\nfigures_of() {\n  awk '\n    { at = index($0, \"//\"); split(substr($0, at + 2), f, \" \"); kinds[f[1]]++; if (f[1] == \"f\") bytes += f[2] }\n    END { printf \"%.0f %.0f %.0f %.0f\", kinds[\"f\"], kinds[\"d\"], kinds[\"l\"], bytes }' \"$@\"\n}\n\n# newest_of FILE...: of each path the record of the last file; lines in, lines out, none of what is gone.\nnewest_of() {\n  n=1000000\n  for file in \"$@\"; do\n    n=$((n + 1))\n    { case $file in *.lines) cat \"$file\" ;; *) zstd -dcq \"$file\" | to_lines ;; esac || echo '!'; } |\n      awk -v n=\"$n\" '{ at = index($0, \"//\"); print substr($0, 1, at + 1) n \" \" substr($0, at + 2) }'\n  done | sort -S 128M -T \"$W\" | awk '\n    function flush() { if (path != \"\" && attributes != \"-\") print path attributes }\n    {\n      at = index($0, \"//\") + 1\n      if (at == 1) { isBroken = 1; exit }\n      if (substr($0, 1, at) != path) flush()\n      path = substr($0, 1, at)\n      attributes = substr($0, at + 9)\n    }\n    END { if (isBroken) exit 1; flush() }'\n}\n\n# conclude: makes what is to be the index of this run; figures of what is in doubt, and of what was stored of it.\nconclude() {\n  { cat \"$W/gone\"; find \"$W\" -maxdepth 1 -name 'records.*' -exec cat {} +; } >\"$W/delta.lines\" || return 1\n  to_records <\"$W/delta.lines\" | sort -z -S 128M -T \"$W\" >\"$W/delta\" || return 1\n  [ -e \"$W/doubt.lines\" ] || : >\"$W/doubt.lines\"\n  to_records <\"$W/doubt.lines\" | sort -z -u >\"$W/doubt\" || return 1\n  to_lines <\"$W/doubt\" >\"$W/doubt.lines\"\n  printf 'doubted %s\\n' \"$(figures_of \"$W/doubt.lines\")\"\n  # What is in doubt is stored by a later pack, or by the last one.\n  awk 'FILENAME == ARGV[1] { doubted[substr($0, 1, index($0, \"//\") - 1)]; next }\n    substr($0, 1, index($0, \"//\") - 1) in doubted && !/\\/\\/-$/' \"$W/doubt.lines\" \"$W/delta.lines\" >\"$W/saved.lines\"\n  printf 'saved %s\\n' \"$(figures_of \"$W/saved.lines\")\"\n  printf 'changes %s\\n' \"$(wc -l <\"$W/delta.lines\")\"\n}\n\n# complete_index RUN...: joins the index objects of these runs and of this one; prints the packs that are needed.\ncomplete_index() {\n  set -- \"$@\" /\n  while [ \"$1\" != / ]; do\n    run=${1%%:*}\n    [ \"$(hash_stdin <\"$S/index.$run\")\" = \"${1#*:}\" ] || return 1\n    set -- \"$@\" \"$S/index.$run\"\n    shift\n  done\n  shift\n  newest_of \"$@\" \"$W/delta.lines\" >\"$W/complete.lines\" || return 1\n  to_records <\"$W/complete.lines\" | sort -z -S 128M -T \"$W\" >\"$W/delta\" || return 1\n  awk '{ print $NF }' \"$W/complete.lines\" | sort -u\n}\n\n# keep RUN WITH_INDEX: for the next run; prints hashes. Nothing refers to these files before the state does.\nkeep() {\n  comm -z -23 \"$W/scan\" \"$W/doubt\" | nice zstd -1 -q >\"$S/listing.$1\" || return 1\n  printf 'listing %s\\n' \"$(hash_stdin <\"$S/listing.$1\")\"\n  [ \"$2\" = 1 ] || return 0\n  nice zstd -3 -q <\"$W/delta\" >\"$S/index.$1\" || return 1\n  printf 'index %s\\n' \"$(hash_stdin <\"$S/index.$1\")\"\n}\n\n# forget LISTING INDEX...: removes what the state does not name, by the ids of runs.\nforget() {\n  rm -rf \"$W\"\n  for file in \"$S\"/listing.* \"$S\"/index.*; do\n    is_known=0\n    [ \"$file\" != \"$S/listing.$1\" ] || is_known=1\n    for run in \"$@\"; do [ \"$file\" != \"$S/index.$run\" ] || is_known=1; done\n    [ \"$is_known\" = 1 ] || rm -f \"$file\"\n  done\n}\n\n# --- what the runner is told -----------------------------------------------------------------------------------------------\n# first_names FILE...: how many records, then some of them in one line each.\ntell_names() {\n  told=$1\n  shift\n  cat \"$@\" /dev/null 2>/dev/null | to_lines | sort -u >\"$W/told\"\n  report \"$told\" \"$(wc -l <\"$W/told\")\"\n  head -n 20 \"$W/told\" | while IFS= read -r line; do report \"$told-name\" \"$line\"; done\n}\n\ntell_scan() {\n  [ ! -e \"$W/compared\" ] || report compared yes\n  tell_names special \"$W\"/special.*\n  tell_names database \"$W\"/databases.*\n  # A directory that vanished while it was listed is nothing to be told.\n  grep -v ': No such file or directory$' \"$W/errors\" | tr '\\n' '\\0' >\"$W/unreadable.records\"\n  tell_names unreadable \"$W/unreadable.records\"\n  cat \"$W\"/excluded.* /dev/null 2>/dev/null |\n    awk '{ entries[$1]++; bytes[$1] += $2 } END { for (rule in entries) printf \"%s %.0f %.0f\\n\", rule, entries[rule], bytes[rule] }' |\n    while read -r figures; do report excluded \"$figures\"; done\n}\n\ntell_troubled() {\n  for trouble in unstable unreadable; do\n    [ ! -e \"$W/$trouble\" ] || head -n 20 \"$W/$trouble\" | while IFS= read -r line; do report \"$trouble\" \"$line\"; done\n  done\n}\n\n# look ROOT...: versions, and where the paths really are.\nlook() {\n  report host \"$(uname -n)\"\n  for tool in find tar sort comm; do\n    report \"$tool\" \"$(\"$tool\" --version 2>/dev/null </dev/null | head -n 1)\"\n  done\n  comm --help 2>/dev/null | grep -q -e --total || report lacks 'comm --total'\n  tar --help 2>/dev/null | grep -q -e --verbatim-files-from || report lacks 'tar --verbatim-files-from'\n  sha256sum --help 2>/dev/null | grep -q -e --zero || report lacks 'sha256sum --zero'\n  for root in \"$@\"; do\n    if resolved=$(readlink -e -- \"$root\") && [ -d \"$resolved\" ]; then report root \"$resolved\"; else report no-root \"$root\"; fi\n  done\n}\n";

// src/files/storage-layer.ts
/** A pack of empty files is full at some time, too. */
const MAX_PACK_ENTRIES = 2e4;
const TOOLS = "find sort comm tar xargs sed awk tr cmp sha256sum readlink realpath zstd".split(" ");
const GNU = {
	find: "findutils",
	tar: "GNU tar",
	sort: "coreutils",
	comm: "coreutils"
};
const storageLayer = {
	tools: TOOLS,
	open: openStorage
};
async function openStorage(session, request) {
	const settings = {
		FOLDER: request.folder,
		PACK_BYTES: String(request.packBytes),
		MOST: String(MAX_PACK_ENTRIES),
		RECORD: RECORD_FORMAT
	};
	const library = [...Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}`), text].join("\n");
	await session.run({
		label: "preparation",
		script: `printf '%s\\n' ${shellQuote(library)} >"$D/storage.sh"`,
		stages: []
	});
	const looked = await session.run(task("look at the directories", `look ${shellQuoteAll(request.paths)}`));
	return new Work(session, request, readFacts(looked.reports));
}
function task(label, script, stages = []) {
	return {
		label,
		script: `. "$D/storage.sh"\n${script}`,
		stages
	};
}
var Work = class {
	facts;
	#session;
	#request;
	constructor(session, request, facts) {
		this.#session = session;
		this.#request = request;
		this.facts = facts;
	}
	async scan(base) {
		const script = scanScript(this.#request, this.facts.roots, base);
		const result = await this.#session.run(task("list of the directories", script, SCAN_STAGES));
		const figures = readFigures(result);
		const { reports } = result;
		return {
			isCompared: reports.some(({ name }) => name === "compared"),
			known: figureOf(figures, "known"),
			packs: figureOf(figures, "packs"),
			added: figureOf(figures, "added"),
			changed: figureOf(figures, "changed"),
			deleted: figureOf(figures, "deleted"),
			freshBytes: figureOf(figures, "fresh"),
			growth: {
				files: figureOf(figures, "files"),
				directories: figureOf(figures, "directories"),
				links: figureOf(figures, "links"),
				bytes: figureOf(figures, "bytes")
			},
			special: namesOf(reports, "special").count,
			unreadable: namesOf(reports, "unreadable"),
			databases: namesOf(reports, "database"),
			excluded: this.#request.exclude.map(({ text }, rule) => {
				const [, entries = 0, bytes = 0] = (valuesOf(reports, "excluded").find((value) => value.startsWith(`${rule} `)) ?? "").split(" ").map(Number);
				return {
					rule: text,
					entries,
					bytes
				};
			})
		};
	}
	pack(number, packId, attempt) {
		const script = [
			`prepare_pack ${number} || exit 1`,
			"stage tar write_tar | seal",
			`judge_pack ${number} ${shellQuote(packId)} ${attempt}`
		].join("\n");
		return {
			task: task(`pack ${number}`, script, ["tar"]),
			explain: () => void 0,
			read: ({ reports }) => {
				const sum = (name) => valuesOf(reports, name).reduce((total, value) => total + readCount(value), 0);
				return {
					stored: sum("stored"),
					again: sum("again"),
					unstable: sum("unstable"),
					vanished: sum("vanished"),
					unreadable: sum("unreadable")
				};
			}
		};
	}
	async planAgain(after) {
		const figures = readFigures(await this.#session.run(task("list of what changed meanwhile", `plan_again ${after}`)));
		return {
			packs: figureOf(figures, "packs"),
			vanished: figureOf(figures, "vanished")
		};
	}
	async conclude(growth) {
		const result = await this.#session.run(task("index", "conclude || exit 1\ntell_troubled"));
		const figures = readFigures(result);
		const doubted = figuresOf(figures, "doubted");
		const saved = figuresOf(figures, "saved");
		const listed = addFigures(growth, doubted, -1);
		return {
			holds: addFigures(listed, saved, 1),
			listed,
			records: figureOf(figures, "changes"),
			unstable: valuesOf(result.reports, "unstable"),
			unreadable: valuesOf(result.reports, "unreadable")
		};
	}
	async completeIndex(chain) {
		const names = chain.map(({ run, sha256 }) => `${run}:${sha256}`);
		const script = `complete_index ${shellQuoteAll(names)} || echo impossible`;
		const { stdout } = await this.#session.run(task("complete index", script));
		const ids = stdout.toString().split("\n").filter(Boolean);
		return ids.includes("impossible") ? void 0 : new Set(ids);
	}
	index() {
		return {
			task: task("index", "stage print cat \"$W/delta\" | seal", ["print"]),
			explain: () => void 0
		};
	}
	async keep(run, withIndex) {
		const script = `keep ${shellQuote(run)} ${withIndex ? 1 : 0}`;
		const figures = readFigures(await this.#session.run(task("lists for the next run", script)));
		const kept = (name) => ({
			run,
			sha256: figures.get(name) ?? missing(name)
		});
		return {
			listing: kept("listing"),
			...withIndex ? { index: kept("index") } : {}
		};
	}
	async forget(listing, chain) {
		const runs = [listing, ...chain].map(({ run }) => run);
		await this.#session.run(task("clearing up", `forget ${shellQuoteAll(runs)}`));
	}
};
function readFacts(reports) {
	const versionOf = (name) => valuesOf(reports, name)[0] ?? "";
	const lacking = [...Object.entries(GNU).filter(([name, make]) => !versionOf(name).includes(make)).map(([name, make]) => `${name} of ${make}`), ...valuesOf(reports, "lacks")];
	if (lacking.length > 0) throw new LifeboatError("target-tool-missing", `the target lacks ${lacking.join(", ")}`, { hint: "Storage is listed and packed with the GNU programs (findutils 4.9, coreutils 8.26, tar 1.29 or newer); those of busybox cannot do it. On Alpine: apk add findutils coreutils tar sed." });
	const absent = valuesOf(reports, "no-root");
	if (absent.length > 0) throw new LifeboatError("storage-path", `${absent.join(", ")}: there is no such directory on the target, or the SSH user may not see it`, { hint: "Is the disk mounted? Nothing was written. Take out of `paths` what is gone for good." });
	return {
		hostName: versionOf("host"),
		findVersion: numberIn(versionOf("find")),
		tarVersion: numberIn(versionOf("tar")),
		roots: withoutNested(valuesOf(reports, "root"))
	};
}
/** What is below another root is found there. */
function withoutNested(roots) {
	const unique = [...new Set(roots)];
	return unique.filter((root) => !unique.some((other) => other !== root && root.startsWith(other === "/" ? other : `${other}/`)));
}
function numberIn(text) {
	return /\d[\d.]*/.exec(text)?.[0] ?? text;
}
function valuesOf(reports, wanted) {
	return reports.filter(({ name }) => name === wanted).map(({ value }) => value);
}
function namesOf(reports, what) {
	return {
		count: readCount(valuesOf(reports, what)[0] ?? ""),
		names: valuesOf(reports, `${what}-name`)
	};
}
/** Lines of a name and a value. */
function readFigures({ stdout }) {
	const lines = stdout.toString().split("\n").filter(Boolean);
	return new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
}
function figureOf(figures, name) {
	const value = Number(figures.get(name) ?? missing(name));
	return Number.isSafeInteger(value) ? value : missing(name);
}
function figuresOf(figures, name) {
	const [files, directories, links, bytes] = (figures.get(name) ?? missing(name)).split(" ").map(readCount);
	return {
		files: files ?? 0,
		directories: directories ?? 0,
		links: links ?? 0,
		bytes: bytes ?? 0
	};
}
function readCount(text) {
	const value = Number(text.trim());
	return text.trim() !== "" && Number.isSafeInteger(value) && value >= 0 ? value : missing("a number");
}
/** The target's own programs did not say what they say always. */
function missing(what) {
	throw new LifeboatError("target-protocol", `the target did not tell ${what}`);
}
function addFigures(a, b, sign) {
	return {
		files: a.files + sign * b.files,
		directories: a.directories + sign * b.directories,
		links: a.links + sign * b.links,
		bytes: a.bytes + sign * b.bytes
	};
}

// src/entries/compose-sync-storage.ts
const syncStorageAction = defineAction(syncStorageDeclaration, {
	rules: sshRules,
	checks: () => checkSealingKeys(syncStorageDeclaration.inputs),
	run: async (inputs, keys, context) => {
		const { reporter, signal, origin } = context;
		const warnings = [];
		const warn = (warning) => {
			warnings.push(warning);
			reporter.warning(warning);
		};
		const store = openBackupStore(inputs, keys, context, warn);
		const ports = {
			remote: createSshRemote(sshOptionsOf(inputs)),
			store,
			encryption,
			storage: storageLayer,
			reporter
		};
		try {
			const outcome = await syncStorage(inputs, keys, {
				lifeboatVersion: VERSION,
				origin
			}, ports, signal);
			outcome.warnings.forEach(warn);
			reporter.summary(renderSyncSummary(inputs.server, inputs.name, {
				...outcome,
				warnings
			}));
			const { scan, stored } = outcome;
			reporter.output("new-files", scan.added + scan.changed);
			if (stored === void 0) return;
			reporter.output("snapshot-id", stored.manifest.id);
			reporter.output("bytes", stored.storedBytes);
			if (stored.failure !== void 0) throw stored.failure;
		} finally {
			await store.close();
		}
	}
});

export { syncStorageAction };