import { t as pruneDeclaration } from "./inputs6.js";
import { s as isOfDump } from "./earlier-proofs.js";
import { Bt as countOf, Gt as formatInstant, Vt as formatBytes, X as parsePackKey, Y as parseBackupId, en as plainLine, zt as DAY_MS } from "./proxy.js";
import { N as readStoreClock, c as createOpenPgpEncryption, n as storeSshRules } from "./store-settings.js";
import { a as holdsBackups, c as openListing, d as isPackKey, f as keysOf, i as groupByServer, l as gatherServer, m as snapshotId, p as partsOf, r as findWhole } from "./whole.js";
import { v as defineAction } from "./ssh-connection.js";
import { t as openReader } from "./open-reader.js";
import { t as signerChecks } from "./signer-checks.js";

// src/domain/stores/retention.ts
/** 5 January 1970 was a Monday. */
const FIRST_MONDAY = 4;
/** `always` says why something is kept whatever its age; undefined: it is not. The newest always is. */
function planRetention(items, rules, always) {
	const newestFirst = items.toSorted((a, b) => Date.parse(b.instant) - Date.parse(a.instant));
	const daily = newestOfEach(newestFirst, rules.daily, ({ instant }) => instant.slice(0, 10));
	const weekly = newestOfEach(newestFirst, rules.weekly, ({ instant }) => weekOf(instant));
	const monthly = newestOfEach(newestFirst, rules.monthly, ({ instant }) => instant.slice(0, 7));
	return newestFirst.map((item, index) => {
		const other = always(item);
		return {
			item,
			isDaily: daily.has(item),
			reasons: [
				...index === 0 ? ["the newest"] : [],
				...other === void 0 ? [] : [other],
				...daily.has(item) ? ["daily"] : [],
				...weekly.has(item) ? ["weekly"] : [],
				...monthly.has(item) ? ["monthly"] : []
			]
		};
	});
}
function newestOfEach(newestFirst, count, periodOf) {
	const newest = /* @__PURE__ */ new Map();
	for (const item of newestFirst) {
		const period = periodOf(item);
		if (newest.size < count && !newest.has(period)) newest.set(period, item);
	}
	return new Set(newest.values());
}
function weekOf(instant) {
	return String(Math.floor((Date.parse(instant) / DAY_MS - FIRST_MONDAY) / 7));
}

// src/actions/prune/plan.ts
const PROVEN = "the newest that is proven";
const TOO_OLD = "not the newest of a day, week or month that is kept";
const NOT_WHOLE = "not whole: look at it with `verify`";
/** A dump's instant is told a moment after its position in the binlogs was read. */
const TOLERANCE_MS = 6e5;
/** Reads; removes nothing. */
async function planPruning(inputs, keys, { store, encryption }, signal) {
	const now = (await readStoreClock(store, signal)).now();
	const { list } = await openListing({
		store,
		inspector: void 0
	}, inputs.server, signal);
	const rules = {
		daily: inputs.keepDaily,
		weekly: inputs.keepWeekly,
		monthly: inputs.keepMonthly
	};
	const context = {
		store,
		encryption,
		...keys,
		now,
		signal,
		looksInside: false
	};
	const plans = [];
	for await (const { server, keys: serverKeys } of groupByServer(list, inputs.server)) if (holdsBackups(serverKeys)) plans.push(planServer(await gatherServer(server, serverKeys, context), rules, now));
	return plans;
}
/** Whole backups only are counted as kept: one that cannot be restored must not take the place of one that can. */
function planServer(inventory, rules, now) {
	const whole = findWhole(inventory, {
		now,
		hasStoreTimes: false
	});
	const dumps = decideDumps(inventory, whole, rules);
	const decisions = [...dumps, ...keepMates(decideSnapshots(inventory, whole, rules), dumps)];
	const binlogs = decideBinlogs(inventory, whole, dumps);
	const all = [...decisions, ...binlogs];
	const needed = new Set(all.filter(({ reasons }) => reasons.length > 0).flatMap(({ item }) => keysOf(item.kept)));
	const removed = all.filter(({ reasons }) => reasons.length === 0);
	const plan = ({ item, reasons }) => ({
		kind: item.kept.kind,
		id: item.id,
		instant: item.instant,
		bytes: sumOf(partsOf(item.kept).filter(({ key }) => !isPackKey(key))),
		why: reasons.length > 0 ? reasons.join(", ") : item.kept.kind === "binlog" ? whyBinlog(dumps) : TOO_OLD
	});
	return {
		server: inventory.server,
		keep: all.filter(({ reasons }) => reasons.length > 0).map(plan),
		remove: [...removed.map(plan), ...planPacks(inventory, removed, needed)],
		refused: inventory.refused.length
	};
}
function decideDumps(inventory, whole, rules) {
	const items = inventory.dumps.flatMap(({ id, manifest: { instant, complete, set } }) => {
		const kept = inventory.kept.find((one) => one.kind === "dump" && one.id === id);
		return kept === void 0 ? [] : [{
			id,
			instant,
			kept,
			complete,
			set
		}];
	});
	const tested = new Set(inventory.proofs.filter(isOfDump).map(({ backup }) => backup.id));
	const proven = items.find(({ id, kept }) => tested.has(id) && whole.has(kept))?.id;
	return inSeries(items, whole, rules, ({ id }) => parseBackupId(id)?.label ?? "", (item) => item.id === proven ? PROVEN : void 0);
}
function decideSnapshots({ kept, snapshots, proofs }, whole, rules) {
	const items = snapshots.flatMap(({ name, id, instant, complete, set }) => {
		const one = kept.find((each) => each.kind === "snapshot" && each.id === snapshotId({
			name,
			id
		}));
		return one === void 0 ? [] : [{
			id: one.id,
			instant,
			kept: one,
			complete,
			set
		}];
	});
	const tested = new Set(proofs.flatMap(({ storage = [] }) => storage.map(({ name, snapshot }) => snapshotId({
		name,
		id: snapshot
	}))));
	const proven = new Set([...Map.groupBy(items.filter(({ id, kept: one }) => tested.has(id) && whole.has(one)), ({ id }) => storageOf(id)).values()].map(([newest]) => newest?.id));
	return inSeries(items, whole, rules, ({ id }) => storageOf(id), ({ id }) => proven.has(id) ? PROVEN : void 0);
}
/** Of a snapshot, `uploads/20261120T030512Z-7f3a9c1e`. */
function storageOf(id) {
	return id.split("/")[0] ?? "";
}
/** A dump without its files is half a backup, and midnight may lie between the two. */
function keepMates(snapshots, dumps) {
	const sets = new Set(dumps.flatMap(({ item, reasons }) => reasons.length > 0 ? item.set ?? [] : []));
	return snapshots.map((decision) => {
		const { item, reasons } = decision;
		return reasons.length === 0 && item.set !== void 0 && sets.has(item.set) ? {
			...decision,
			reasons: ["belongs to a dump that is kept"]
		} : decision;
	});
}
/** Each series by itself, and what is not complete beside what is; what cannot be restored is left for people to look at. */
function inSeries(items, whole, rules, seriesOf, always) {
	const series = Map.groupBy(items.filter(({ kept }) => whole.has(kept)), (item) => `${seriesOf(item)} ${item.complete ? "" : "not complete"}`);
	const broken = items.filter(({ kept }) => !whole.has(kept));
	return [...[...series.values()].flatMap((one) => planRetention(one, rules, always)), ...broken.map((item) => ({
		item,
		isDaily: false,
		reasons: [NOT_WHOLE]
	}))];
}
/**
* From the oldest dump that is kept as one of the days: older ones keep their own moment alone. By when they were shipped, after which
* nothing came into them: when one was closed is told by the server's clock, and after a crash by its last event.
*/
function decideBinlogs({ binlogs, kept, dumps }, whole, decisions) {
	const from = oldestDaily(decisions);
	const anchors = new Set(dumps.filter(({ manifest }) => manifest.pitrAnchor.isAnchor).map(({ id }) => id));
	const hasAnchor = decisions.some(({ item, isDaily }) => isDaily && anchors.has(item.id));
	return binlogs.flatMap(({ manifest }) => {
		const { id, binlog, finishedAt, set } = manifest;
		const one = kept.find((each) => each.kind === "binlog" && each.id === id);
		if (one === void 0) return [];
		const why = !hasAnchor || from === void 0 || Date.parse(finishedAt) >= Date.parse(from) - TOLERANCE_MS ? ["shipped after the oldest daily dump"] : [];
		return [{
			item: {
				id,
				instant: binlog.closedAt,
				kept: one,
				complete: true,
				set
			},
			isDaily: false,
			reasons: whole.has(one) ? why : [NOT_WHOLE]
		}];
	});
}
function oldestDaily(decisions) {
	return decisions.filter(({ isDaily, item }) => isDaily && item.kept.kind === "dump").map(({ item }) => item.instant).toSorted()[0];
}
function whyBinlog(decisions) {
	return `shipped before the oldest daily dump, of ${formatInstant(oldestDaily(decisions) ?? "")}`;
}
/** Those that only snapshots need that go; none of a storage with a snapshot that is not believed, for nobody knows what that needs. */
function planPacks({ refused }, removed, needed) {
	const unknown = new Set(refused.flatMap(({ kind, id }) => kind === "snapshot" ? id.split("/")[0] : []));
	const packs = /* @__PURE__ */ new Map();
	for (const { item } of removed) for (const part of partsOf(item.kept)) if (isPackKey(part.key) && !needed.has(part.key) && !unknown.has(parsePackKey(part.key)?.name)) packs.set(part.key, part);
	return [...packs.values()].map(({ key, sizeBytes }) => ({
		kind: "pack",
		id: key,
		instant: "",
		bytes: sizeBytes,
		why: "no snapshot that is kept needs it"
	}));
}
function sumOf(parts) {
	return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

// src/actions/prune/report.ts
function renderPlan(plans, location) {
	const bytes = plans.flatMap(({ remove }) => remove).reduce((sum, one) => sum + one.bytes, 0);
	const count = plans.reduce((sum, { remove }) => sum + remove.length, 0);
	return `${[plans.length === 0 ? `No server has a backup in ${location}.` : `${countOf(count, "thing")} would be removed from ${location}, ${formatBytes(bytes)}. Nothing was removed.`, ...plans.map(renderServer)].join("\n\n")}\n`;
}
function renderServer({ server, keep, remove, refused }) {
	return [
		`${server}: ${keep.length} kept, ${remove.length} would be removed`,
		...renderLines("remove", remove),
		...renderLines("keep", keep),
		...refused === 0 ? [] : [`  ${countOf(refused, "document")} not believed, and left alone: \`lifeboat verify\` says why`]
	].join("\n");
}
function renderLines(verb, items) {
	return items.map(({ kind, id, instant, bytes, why }) => {
		const at = instant === "" ? "" : `, ${instant.slice(0, 19)}Z`;
		return plainLine(`  ${verb.padEnd(6)} ${kind} ${id}${at}, ${formatBytes(bytes)}: ${why}`);
	});
}

// src/entries/compose-prune.ts
const encryption = createOpenPgpEncryption();
const pruneAction = defineAction(pruneDeclaration, {
	rules: storeSshRules,
	checks: () => signerChecks(pruneDeclaration.inputs, encryption),
	run: async (inputs, keys, context) => {
		const { reporter, signal } = context;
		const store = openReader(inputs, context);
		try {
			const plans = await planPruning(inputs, keys, {
				store,
				encryption
			}, signal);
			reporter.summary(renderPlan(plans, store.location));
		} finally {
			await store.close();
		}
	}
});

export { pruneAction };