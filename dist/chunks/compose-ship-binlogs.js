import { t as shipBinlogsDeclaration } from "./inputs10.js";
import { n as codeSpan, o as markdownTable, r as escapeMarkdown } from "./markdown.js";
import { Bt as countOf, Gt as formatInstant, Ht as formatCount, P as binlogKeys, R as formatBinlogId, Vt as formatBytes, Wt as formatDuration, in as LifeboatError, it as createRunId, zt as DAY_MS } from "./proxy.js";
import { C as list, D as optional, N as readStoreClock, O as record, S as instant, T as nullable, b as count, j as trueOrFalse, x as filledText, y as anyText } from "./store-settings.js";
import { n as requestOf, r as toolsFor, t as createBinlogEngine } from "./binlog-engine.js";
import { a as believeClosing, c as numberOf, i as baseOf, o as findBreak, r as isSameSource, s as hasExecuted } from "./binlog-timeline.js";
import { t as GtidSet } from "./gtid-set.js";
import { g as readAnchor, m as ANCHOR_ACTION, p as identityOf } from "./settings.js";
import { a as nameStore, i as keepState, n as storeSealed, r as UNREADABLE, t as storeManifest } from "./store-sealed.js";
import { r as serializeBinlogManifest } from "./binlog-manifest-text.js";
import { a as sourceShape } from "./manifest-rules.js";
import { v as defineAction } from "./ssh-connection.js";
import { n as runSealing, r as sealingRules, t as checkSealingKeys } from "./sealing.js";

// src/actions/ship-binlogs/report.ts
/** A first run may find hundreds. */
const MAX_ROWS = 50;
function renderShipSummary(server, outcome) {
	return `${(outcome.kind === "shipped" ? shippedParts(server, outcome) : dryRunParts(server, outcome)).filter((part) => part !== "").join("\n\n")}\n`;
}
function shippedParts(server, outcome) {
	const { manifests, failure, warnings, isSigned, durationMs } = outcome;
	const unsigned = isSigned ? [] : ["Manifests are not signed: whoever can write to the store can forge one. Give `signing-key`."];
	const what = manifests.length === 0 ? "nothing new to ship" : `${countOf(manifests.length, "binary log")} shipped`;
	return [
		`## ${failure === void 0 ? "✅" : "❌"} ${escapeMarkdown(server)}: ${what} in ${formatDuration(durationMs)}`,
		failure === void 0 ? "" : `**${escapeMarkdown(failure.message)}**`,
		recovery(outcome),
		table(manifests),
		whereTheyLie(outcome),
		bullets([...warnings, ...unsigned])
	];
}
function recovery({ reach, chainStart, newest }) {
	const begins = chainStart === null || newest === void 0 ? "" : ` The unbroken chain begins with ${codeSpan(chainStart.name)}; ${codeSpan(newest)} is the newest shipped.`;
	if (reach === void 0) return `**Until when data can be recovered is not known:** no backup is known here to start from.${begins}`;
	const { anchor, until } = reach;
	const from = `backup ${codeSpan(anchor.backupId)} (${formatInstant(anchor.instant)}, ${codeSpan(`${anchor.file}:${anchor.position}`)})`;
	switch (reach.chain) {
		case "whole": return `**Recoverable until ${formatInstant(until)}**, from ${from} through every binary log after it.${begins}`;
		case "broken": return `**Recoverable until ${formatInstant(until)} only**, from ${from}: the chain does not reach back to it.${begins} Make a new dump.`;
		case "unknown": return `**Recoverable until ${formatInstant(until)} for certain**, from ${from}: whether the chain reaches back to it is not known here.${begins}`;
	}
}
function table(manifests) {
	if (manifests.length === 0) return "";
	const columns = [
		{ title: "Binary log" },
		{ title: "From" },
		{ title: "To" },
		{
			title: "Transactions",
			align: "right"
		},
		{
			title: "Size",
			align: "right"
		},
		{
			title: "Stored",
			align: "right"
		},
		{ title: "Closed by" }
	];
	const rows = manifests.slice(0, MAX_ROWS).map(({ binlog, object }) => [
		codeSpan(binlog.name),
		formatInstant(binlog.createdAt),
		formatInstant(binlog.closedAt),
		formatCount(binlog.transactions),
		formatBytes(binlog.sizeBytes),
		formatBytes(object.sizeBytes),
		binlog.closedBy
	]);
	const left = manifests.length - rows.length;
	return markdownTable(columns, rows) + (left > 0 ? `\n\nand ${countOf(left, "more")}` : "");
}
function whereTheyLie({ manifests: [first], storeLocation, purged }) {
	const folder = first?.object.parts[0]?.key.replace(/[^/]*$/, "") ?? "";
	return [...first === void 0 ? [] : [`They lie in ${codeSpan(`${storeLocation}/${folder}`)}.`], ...purged.length === 0 ? [] : [`Removed from the server, because an earlier run shipped them: ${names(purged)}.`]].join(" ");
}
function dryRunParts(server, { server: found, due, rotated, warnings }) {
	const { flavour, serverVersion } = found.source;
	return [
		`## ☑️ ${escapeMarkdown(server)}: ready to ship binary logs, nothing was written`,
		`Connection, version, rights and settings are in order: ${escapeMarkdown(`${flavour} ${serverVersion}`)}.`,
		due.length === 0 ? "No closed binary log is due." : `Would be shipped: ${names(due)}.`,
		rotated === void 0 ? "" : `Would be closed, and shipped too: ${codeSpan(rotated.name)}.`,
		bullets(warnings)
	];
}
function names(binlogs) {
	const shown = binlogs.slice(0, MAX_ROWS).map(({ name }) => codeSpan(name));
	const left = binlogs.length - shown.length;
	return [...shown, ...left > 0 ? [`and ${left} more`] : []].join(", ");
}
function bullets(warnings) {
	return warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`).join("\n");
}

// src/actions/ship-binlogs/chain.ts
/** Between the clocks of the store and of the database server when both are asked one after the other. */
const CLOCK_TOLERANCE_MS = 2e3;
/** As of the runner's clock: src/domain/stores/store-clock.ts. */
const MAX_SKEW_MS = 6e5;
const SKEW_WORTH_A_WARNING_MS = 6e4;
/**
* `headOf` is asked for the last shipped file only, where the server lists one of its name. One that cannot be read any more is not needed:
* whether it is the same shows in what continues it.
*/
async function chooseBinlogs(listed, state, source, headOf) {
	const { last } = state;
	const closed = listed.slice(0, -1);
	const [oldest] = listed;
	const passedOver = new Set(state.passedOver.map(({ name }) => name));
	const isNew = ({ name }) => !passedOver.has(name);
	if (last === null || oldest === void 0) return {
		wanted: closed.filter(isNew),
		previous: void 0,
		gap: void 0
	};
	const broken = (gap) => ({
		wanted: closed,
		previous: void 0,
		gap
	});
	if (!isSameSource(state.source, source)) return broken(`this is another database server (${nameServer(source)}) than the one whose binary logs were shipped before (${nameServer(state.source)})`);
	const index = listed.findIndex(({ name }) => name === last.name);
	const found = listed[index];
	if (found !== void 0) {
		if (index < closed.length && found.sizeBytes === last.sizeBytes && ((await headOf(last.name))?.createdAt ?? last.createdAt) === last.createdAt) return {
			wanted: closed.slice(index + 1).filter(isNew),
			previous: last,
			gap: void 0
		};
		return broken(`the binary logs were reset: ${last.name} is not the file of this name that was shipped`);
	}
	if (baseOf(oldest.name) !== baseOf(last.name)) return broken(`binary logs have another name now: ${last.name} was shipped, and ${oldest.name} is there`);
	if (numberOf(oldest.name) <= numberOf(last.name)) return broken(`the binary logs were reset: ${last.name} was shipped, and the server begins with ${oldest.name}`);
	return {
		wanted: closed.filter(isNew),
		previous: last,
		gap: void 0
	};
}
/** Only what is shipped shows that nothing was written: an idle server rotates once in this time, too. */
const IDLE_ROTATION_MS = 36e5;
/** Whether the active file is to be closed. `head`: undefined where it cannot be read. The file that a dump began is closed in any case. */
function isRotationDue(head, isOfDump, now) {
	if (head?.isEmpty !== true || isOfDump) return true;
	return now.getTime() - Date.parse(head.createdAt) >= IDLE_ROTATION_MS;
}
/** A chain that was to begin anew behind a damaged file or a gap begins with a certain file: why it is lost; undefined when it is not. */
function findLostBeginning({ gtidsAfter }, chainStart, first) {
	if (gtidsAfter !== null || chainStart === null) return void 0;
	if (chainStart.name === first.name && chainStart.createdAt === first.createdAt) return void 0;
	return `the server has removed ${chainStart.name}, not shipped by then, with which it would have begun again`;
}
/** A file that nothing closes is what a crash leaves, or has lost its end. Throws `binlog-damaged`. */
function judgeEnd(name, seen, successor) {
	const lost = successor.head.beginsAtStart ? findBreak({
		...seen,
		name,
		next: null
	}, successor.name, successor.head) : `${successor.name} was begun by a rotation, which would have closed it`;
	if (lost === void 0) return {
		...seen,
		name,
		closedBy: "crash"
	};
	throw new LifeboatError("binlog-damaged", `the binary log ${name} is damaged: its end is missing, for ${lost}`, { hint: "Make a new dump now: point-in-time recovery cannot get past this file. Then look at the disk of the database server." });
}
/** A warning: a lost end cannot be told from one that a crash left, where nothing counts transactions. */
function findUntoldEnds(binlogs) {
	const names = binlogs.filter(({ closedBy, gtidsAfter }) => closedBy === "crash" && gtidsAfter === "").map(({ name }) => name);
	return names.length === 0 ? void 0 : `nothing closes ${names.join(", ")}, and without GTIDs nothing tells whether transactions are missing at the end: switch GTIDs on, and make a new dump now`;
}
function nameServer({ flavour, serverUuid, serverId, hostName }) {
	return `${flavour} ${serverUuid ?? `with server_id ${serverId}`} on ${hostName}`;
}
/** Undefined where no anchor is known. */
function findReach(anchor, state, present) {
	if (anchor === void 0) return void 0;
	const { last, reach } = state;
	const chain = findChain(anchor, state, present);
	if (chain !== "whole") return {
		anchor,
		chain,
		until: reach?.backupId === anchor.backupId ? reach.until : anchor.instant
	};
	return {
		anchor,
		chain,
		until: last !== null && numberOf(last.name) >= numberOf(anchor.file) ? last.closedAt : anchor.instant
	};
}
function findChain(anchor, { source, last, chainStart }, { active, aheadMs }) {
	const number = numberOf(anchor.file);
	if (chainStart === null || !isSameSource(anchor.source, source)) return "broken";
	const newest = Math.max(numberOf(active), last === null ? 0 : numberOf(last.name) + 1);
	if (baseOf(anchor.file) !== baseOf(chainStart.name) || number > newest) return "broken";
	if (number < numberOf(chainStart.name)) return chainStart.isAfterBreak ? "broken" : "unknown";
	if (Date.parse(anchor.instant) + aheadMs + CLOCK_TOLERANCE_MS < Date.parse(chainStart.createdAt)) return "broken";
	if (last === null || numberOf(last.name) < number) return "whole";
	const holdsDump = last.gtidsAfter === null || hasExecuted(anchor.source, last.gtidsAfter, anchor.gtid ?? "");
	return last.serverId === anchor.source.serverId && holdsDump ? "whole" : "broken";
}
/** A finding, worth a failure or a warning; undefined for a clock that is about right. */
function judgeServerClock(aheadMs) {
	const said = `the database server's clock is ${Math.round(Math.abs(aheadMs) / 1e3)} s ${aheadMs > 0 ? "ahead of" : "behind"} the store's`;
	if (Math.abs(aheadMs) > MAX_SKEW_MS) return new LifeboatError("clock-skew", `${said}: which binary log belongs to a dump, and until when data can be recovered, cannot be told`, { hint: "What could be shipped was shipped. Set the clock of the database server (timedatectl set-ntp true), and make a dump then." });
	return Math.abs(aheadMs) > SKEW_WORTH_A_WARNING_MS ? `${said}; times of binary logs are those of the server` : void 0;
}
/** Of remembered files those that the server still has. */
function stillListed(remembered, listed) {
	const names = new Set(listed.map(({ name }) => name));
	return remembered.filter(({ name }) => names.has(name));
}
/** A warning when the server keeps files for less than two intervals between runs, given as the times at which runs began. */
function findTightExpiry(runs, expireMs) {
	const starts = runs.map((at) => Date.parse(at));
	const longest = Math.max(0, ...starts.slice(1).map((at, index) => at - (starts[index] ?? at)));
	if (expireMs === void 0 || expireMs >= 2 * longest) return void 0;
	return `the server removes binary logs after ${formatDuration(expireMs)}, and up to ${formatDuration(longest)} passed between two runs: after one missed run some could be gone. Run more often, or raise binlog_expire_logs_seconds`;
}
/** By their numbers. */
function isNewer(name, than) {
	return numberOf(name) > numberOf(than);
}

// src/actions/ship-binlogs/ledger.ts
/** A file that was damaged in so many runs is not read again. */
const MAX_DAMAGED_READS = 3;
var Ledger = class {
	#findReach;
	#state;
	/** Something broke what was there before the next file. */
	#isAfterBreak;
	/** `before` is as the run before left it; `findReach` says how far one gets with a state. */
	constructor(before, findReach) {
		this.#findReach = findReach;
		this.#state = before;
		this.#isAfterBreak = before.last !== null || before.passedOver.length > 0;
	}
	get state() {
		return this.#state;
	}
	change(changes) {
		this.#state = {
			...this.#state,
			...changes
		};
	}
	/** What of the memory counts for the files that are there now. */
	open({ previous, gap }, source, listed) {
		const { shipped, passedOver } = this.#state;
		if (gap !== void 0) this.#end();
		if (previous === void 0) this.change({ chainStart: null });
		this.change({
			source,
			last: previous ?? null,
			shipped: previous === void 0 ? [] : stillListed(shipped, listed),
			passedOver: gap === void 0 ? stillListed(passedOver, listed) : []
		});
	}
	/** The next file in the order of the log. Returns why it does not continue what was shipped. */
	link({ name, head }) {
		const { last, chainStart } = this.#state;
		const first = {
			name,
			createdAt: head.createdAt
		};
		const gap = last === null ? void 0 : findLostBeginning(last, chainStart, first) ?? findBreak(last, name, head);
		if (gap !== void 0) this.#end();
		if (this.#state.chainStart === null) this.change({ chainStart: {
			...first,
			isAfterBreak: this.#isAfterBreak
		} });
		return gap;
	}
	/** `closedAt` is what is believed of the manifest's. */
	noteShipped({ binlog }, sizeBytes, closedAt) {
		const { name, createdAt, serverId, next, gtidsAfter } = binlog;
		const shipped = {
			name,
			sizeBytes,
			createdAt,
			closedAt
		};
		this.change({
			last: {
				...shipped,
				...saidOf(binlog, closedAt),
				serverId,
				next,
				gtidsAfter
			},
			newest: name,
			shipped: [...this.#state.shipped, shipped]
		});
	}
	/** What comes after it is worth having: the next dump begins there. */
	passOver(name, isDamaged) {
		const { last, chainStart, passedOver } = this.#state;
		const ended = last !== null && last.gtidsAfter !== null && chainStart !== null ? {
			start: chainStart,
			last
		} : null;
		this.#end();
		this.change({ passedOver: [...passedOver, {
			name,
			damagedReads: isDamaged ? 1 : 0,
			ended
		}] });
	}
	/** Of those that earlier runs passed over: which are worth another look, newest first. */
	get hopeful() {
		return this.#state.passedOver.filter(({ damagedReads }) => damagedReads < MAX_DAMAGED_READS).toReversed();
	}
	noteDamagedAgain(name) {
		this.change({ passedOver: this.#state.passedOver.map((one) => one.name === name ? {
			...one,
			damagedReads: one.damagedReads + 1
		} : one) });
	}
	/** One that had been passed over was shipped after all. `next` is what the server lists behind it, where that can be read. */
	mend({ name, ended }, { binlog }, { sizeBytes, closedAt }, next) {
		const { last, shipped, newest, chainStart, passedOver } = this.#state;
		const { createdAt, serverId } = binlog;
		const start = ended !== null && findBreak(ended.last, name, binlog) === void 0 ? ended.start : {
			name,
			createdAt,
			isAfterBreak: true
		};
		const isContinued = next.head !== void 0 && findBreak(binlog, next.name, next.head) === void 0;
		const move = (old) => isContinued && old.name === next.name && old.createdAt === next.head.createdAt ? start : old;
		const one = {
			name,
			sizeBytes,
			createdAt,
			closedAt
		};
		const isNewest = last === null || isNewer(name, last.name);
		const { next: following, gtidsAfter } = binlog;
		const said = saidOf(binlog, closedAt);
		const asLast = {
			...one,
			...said,
			serverId,
			next: following,
			gtidsAfter
		};
		this.change({
			last: isNewest ? isContinued ? asLast : {
				...asLast,
				gtidsAfter: null
			} : last,
			newest: isNewest ? name : newest,
			shipped: [...shipped, one],
			chainStart: chainStart && move(chainStart),
			passedOver: passedOver.filter((other) => other.name !== name).map((other) => ({
				...other,
				ended: other.name === next.name ? {
					start,
					last: asLast
				} : other.ended && {
					...other.ended,
					start: move(other.ended.start)
				}
			}))
		});
	}
	/** What follows cannot be reached from any backup before; how far one got is kept. */
	#end() {
		const { last, reach: old } = this.#state;
		const reach = this.#findReach(this.#state);
		this.#isAfterBreak = true;
		this.change({
			chainStart: null,
			last: last && {
				...last,
				gtidsAfter: null
			},
			reach: reach === void 0 ? old : {
				backupId: reach.anchor.backupId,
				until: reach.until
			}
		});
	}
};
function saidOf({ closedAt }, believed) {
	return closedAt === believed ? {} : { saidClosedAt: closedAt };
}

// src/actions/ship-binlogs/purge.ts
/** A replica that was away for longer is expected to be made anew. */
const READER_MEMORY_MS = 7 * DAY_MS;
/** Between two looks at who is connected: once a day, as late as schedules may be. Who came and went in a longer time was seen by nobody. */
const MAX_UNWATCHED_MS = 936e5;
async function planPurge({ listed, state, listReaders, keepMs, now, serverNow }, headOf) {
	const shipped = new Map(state.shipped.map((binlog) => [binlog.name, binlog]));
	const removed = [];
	for (const binlog of listed.slice(0, -1)) {
		const known = shipped.get(binlog.name);
		if (known === void 0 || binlog.name === state.last?.name) break;
		if (serverNow.getTime() - Date.parse(known.closedAt) < keepMs) break;
		if ((known.sizeBytes === binlog.sizeBytes ? await headOf(binlog.name) : void 0)?.createdAt !== known.createdAt) break;
		removed.push(binlog);
	}
	const to = listed[removed.length]?.name;
	if (removed.length === 0 || to === void 0) return {
		to: void 0,
		removed: [],
		obstacle: void 0
	};
	const obstacle = findObstacle(state, await listReaders(), now);
	return obstacle === void 0 ? {
		to,
		removed,
		obstacle
	} : {
		to: void 0,
		removed: [],
		obstacle
	};
}
/** Where a replica that is away has stopped reading, only itself knows. */
function findObstacle(state, readers, now) {
	const away = state.readers.filter(({ name, seenAt }) => now.getTime() - Date.parse(seenAt) < READER_MEMORY_MS && !readers.includes(name));
	if (away.length > 0) return `${away.map(({ name }) => name).join(", ")} read binary logs within the last 7 days and is not connected now: how far it got is not known`;
	const watchedMs = state.watched === null ? 0 : now.getTime() - Date.parse(state.watched.since);
	return watchedMs < READER_MEMORY_MS ? `readers of the binary log have been watched without a break for ${formatDuration(watchedMs)}; a replica that is away now could need them. Purging begins after 7 days` : void 0;
}
/** What is known of readers after they were looked at. */
function watchReaders(state, readers, now) {
	const seenAt = now.toISOString();
	const sinceMs = (at) => now.getTime() - Date.parse(at);
	const old = state.readers.filter((one) => !readers.includes(one.name) && sinceMs(one.seenAt) < READER_MEMORY_MS);
	const isUnbroken = state.watched !== null && sinceMs(state.watched.last) <= 936e5;
	return {
		readers: [...old, ...readers.map((name) => ({
			name,
			seenAt
		}))],
		watched: {
			since: isUnbroken ? state.watched.since : seenAt,
			last: seenAt
		}
	};
}

// src/actions/ship-binlogs/ship-one.ts
/** `next` is what the server lists behind it. Throws `binlog-damaged`, `binlog-unreadable`, and whatever else keeps it from being stored. */
async function shipOne(shipment, binlog, next) {
	const { sealing, server, clock, startedAt, serverName } = shipment;
	const id = formatBinlogId(binlog.name, createRunId(startedAt));
	const keys = binlogKeys(serverName, id);
	const task = server.read(binlog);
	const { object, judgement } = await storeSealed(sealing, keys.data, task, async () => {
		const { closedBy, ...seen } = await task.see();
		if (closedBy !== void 0) return {
			...seen,
			name: binlog.name,
			closedBy
		};
		return judgeEnd(binlog.name, seen, await succeed(server, next, binlog.name));
	});
	const { source, format, rowImage } = server;
	const manifest = {
		schema: 1,
		type: "binlog",
		id,
		server: serverName,
		...shipment.set === void 0 ? {} : { set: shipment.set },
		source: identityOf(source, sealing.session),
		versions: {
			server: source.serverVersion,
			lifeboat: shipment.lifeboatVersion
		},
		startedAt: startedAt.toISOString(),
		finishedAt: clock.now().toISOString(),
		binlog: {
			...judgement,
			format,
			rowImage
		},
		object: {
			...object,
			plainBytes: judgement.sizeBytes
		}
	};
	await storeManifest(sealing, keys, serializeBinlogManifest(manifest));
	return manifest;
}
/** Throws `binlog-unreadable` of the file before it, which nothing closes. */
async function succeed(server, name, previous) {
	try {
		return {
			name,
			head: await server.head(name)
		};
	} catch (error) {
		if (!isOfOneBinlog(error)) throw error;
		throw new LifeboatError("binlog-unreadable", `whether the binary log ${previous} lost its end cannot be told: ${error.message}`, {
			...error.hint === void 0 ? {} : { hint: error.hint },
			cause: error
		});
	}
}
/** Whether it is one file that is to blame: the others can be shipped. */
function isOfOneBinlog(error) {
	return error instanceof LifeboatError && (error.code === "binlog-damaged" || error.code === "binlog-unreadable");
}

// src/actions/ship-binlogs/state.ts
const shippedFields = {
	name: filledText,
	sizeBytes: count,
	createdAt: instant,
	closedAt: instant
};
const lastShape = record({
	...shippedFields,
	saidClosedAt: optional(instant),
	serverId: count,
	next: nullable(filledText),
	gtidsAfter: nullable(anyText)
});
const chainStartShape = record({
	name: shippedFields.name,
	createdAt: shippedFields.createdAt,
	isAfterBreak: trueOrFalse
});
const stateShape = record({
	source: sourceShape,
	last: nullable(lastShape),
	newest: nullable(filledText),
	chainStart: nullable(chainStartShape),
	passedOver: list(record({
		name: filledText,
		damagedReads: count,
		ended: nullable(record({
			start: chainStartShape,
			last: lastShape
		}))
	})),
	shipped: list(record(shippedFields)),
	runs: list(instant),
	readers: list(record({
		name: anyText,
		seenAt: instant
	})),
	watched: nullable(record({
		since: instant,
		last: instant
	})),
	reach: nullable(record({
		backupId: filledText,
		until: instant
	}))
});
/** Undefined for what another release of Lifeboat may have left. */
function readBinlogState(value) {
	return stateShape.check(value, "", () => void 0) ? value : void 0;
}
/** Nothing is known yet. */
function emptyState(source) {
	return {
		source,
		last: null,
		newest: null,
		chainStart: null,
		passedOver: [],
		shipped: [],
		runs: [],
		readers: [],
		watched: null,
		reach: null
	};
}

// src/actions/ship-binlogs/run.ts
const ACTION = "ship-binlogs";
/** Binary logs compress well and are small; a higher level would keep a busy server busier. */
const COMPRESSION = {
	codec: "zstd",
	level: 3
};
var ShipRun = class {
	#inputs;
	#around;
	#keeper;
	#warnings;
	#manifests = [];
	/** As the run before left it. */
	#before;
	#ledger;
	#anchor;
	/** The file that the server writes to. */
	#active = "";
	/** By the server's clock: all but the active file were closed by then. */
	#listedAt;
	#failure;
	constructor(inputs, around) {
		this.#inputs = inputs;
		this.#around = around;
		const { session, server, clock } = around;
		this.#keeper = keepState(session, this.#secret(), this.#placeOf(ACTION));
		this.#warnings = [...clock.warning === void 0 ? [] : [clock.warning], ...server.warnings];
		this.#before = emptyState(identityOf(server.source, session));
		this.#listedAt = server.now();
		this.#ledger = this.#startLedger();
	}
	#startLedger() {
		return new Ledger(this.#before, (state) => this.#reach(state));
	}
	#secret() {
		return this.#inputs.stateKey ?? this.#inputs.sshKey;
	}
	#placeOf(action) {
		const { server, storeEndpoint } = this.#inputs;
		return {
			action,
			server,
			store: nameStore(this.#around.ports.store, storeEndpoint)
		};
	}
	/** Takes what earlier runs and the newest dump left on the target. What cannot be read is as good as nothing: all is shipped again. */
	async remember() {
		const { session, server, startedAt, ports } = this.#around;
		const found = await this.#keeper.read();
		const state = found === UNREADABLE ? void 0 : readBinlogState(found);
		if (found === void 0) ports.reporter.info("nothing is remembered on this target: everything that the server has is shipped");
		else if (state === void 0) this.#warnings.push("what was remembered on the target of shipped binary logs cannot be read (another key, damaged, or forged): everything that the server still has is shipped again");
		else {
			this.#before = state;
			this.#ledger = this.#startLedger();
		}
		const anchor = await keepState(session, this.#secret(), this.#placeOf(ANCHOR_ACTION)).read();
		this.#anchor = readAnchor(anchor);
		if (anchor === UNREADABLE) this.#warnings.push("what the newest dump left on the target cannot be read: give dump and ship-binlogs the same ssh-key, or the same state-key");
		const tight = findTightExpiry([...this.#before.runs, startedAt.toISOString()], server.expireMs);
		if (tight !== void 0) this.#warnings.push(tight);
	}
	async rehearse() {
		const { server } = this.#around;
		const listed = await server.list();
		const { wanted, gap } = await this.#choose(listed);
		const active = listed.at(-1);
		const isDue = active !== void 0 && await this.#isDue(active);
		const clock = judgeServerClock(this.#aheadMs());
		if (gap !== void 0) this.#warnings.push(gap);
		if (clock !== void 0) this.#warnings.push(typeof clock === "string" ? clock : clock.message);
		return {
			kind: "dry-run",
			server,
			due: wanted,
			rotated: isDue ? active : void 0,
			warnings: this.#warnings
		};
	}
	async ship() {
		const { server, ports, keys, session, startedAt } = this.#around;
		const ledger = this.#ledger;
		const listed = await ports.reporter.group("List binary logs", () => this.#listAfterRotation());
		this.#active = listed.at(-1)?.name ?? "";
		this.#listedAt = server.now();
		const choice = await this.#choose(listed);
		if (choice.gap !== void 0) this.#fail(gapError(choice.gap));
		ledger.open(choice, identityOf(server.source, session), listed);
		ledger.change({ runs: [...this.#before.runs, startedAt.toISOString()].slice(-5) });
		let purged = [];
		let stillOut = [];
		try {
			await this.#watchReaders();
			await this.#shipAll(choice.wanted, listed);
			stillOut = await this.#lookAgain(listed);
			this.#checkClock();
			if (this.#failure === void 0 && this.#inputs.purge === "shipped") purged = await this.#purge(listed);
			await this.#write();
		} catch (error) {
			if (!(error instanceof LifeboatError)) throw error;
			this.#failure = error;
		}
		const reach = this.#reach(ledger.state);
		this.#warnReach(reach);
		if (reach?.chain !== "whole") this.#warnings.push(...stillOut);
		const untold = findUntoldEnds(this.#manifests.map(({ binlog }) => binlog));
		if (untold !== void 0) this.#warnings.push(untold);
		if (this.#manifests.some(({ binlog }) => GtidSet.parse(binlog.gtidsAfter)?.hasTags === true)) this.#warnings.push("transactions have GTIDs with tags, which this release stores and does not replay: point-in-time recovery over these is by hand; a dump that is made after the last of them can be brought forward again");
		return {
			kind: "shipped",
			server,
			manifests: this.#manifests,
			storedBytes: this.#manifests.reduce((sum, { object }) => sum + object.sizeBytes, 0),
			storeLocation: ports.store.location,
			isSigned: keys.signingKey !== void 0,
			newest: ledger.state.newest ?? void 0,
			chainStart: ledger.state.chainStart,
			reach,
			purged,
			failure: this.#failure,
			warnings: this.#warnings
		};
	}
	async #listAfterRotation() {
		const { server, ports } = this.#around;
		const listed = await server.list();
		const active = listed.at(-1);
		if (active === void 0 || !this.#inputs.rotate) return listed;
		if (!await this.#isDue(active)) {
			ports.reporter.info(`nothing was written to ${active.name}: it is not rotated`);
			return listed;
		}
		await server.rotate();
		return server.list();
	}
	async #isDue({ name }) {
		if (!this.#inputs.rotate) return false;
		return isRotationDue(await this.#tryHead(name), this.#anchor?.file === name, this.#around.server.now());
	}
	#choose(listed) {
		const { server, session } = this.#around;
		const source = identityOf(server.source, session);
		return chooseBinlogs(listed, this.#before, source, (name) => this.#tryHead(name));
	}
	/** Undefined where the file is to blame. */
	async #tryHead(name) {
		try {
			return await this.#around.server.head(name);
		} catch (error) {
			if (!isOfOneBinlog(error)) throw error;
			return;
		}
	}
	/** In the order of the log, up to the active one, which only has to continue the others. */
	async #shipAll(wanted, listed) {
		const { server, ports } = this.#around;
		if (wanted.length === 0) ports.reporter.info("every closed binary log is shipped");
		for (const binlog of wanted) {
			const title = `Ship ${binlog.name}, ${formatBytes(binlog.sizeBytes)}`;
			await ports.reporter.group(title, () => this.#shipNext(binlog, listed));
		}
		const name = this.#active;
		try {
			this.#link({
				name,
				head: await this.#readTwice(() => server.head(name))
			});
		} catch (error) {
			if (!isOfOneBinlog(error)) throw error;
			this.#fail(error);
		}
	}
	async #shipNext(binlog, listed) {
		const { server } = this.#around;
		const { name } = binlog;
		try {
			this.#link({
				name,
				head: await this.#readTwice(() => server.head(name))
			});
			const manifest = await this.#readTwice(() => this.#shipOne(binlog, listed));
			this.#ledger.noteShipped(manifest, binlog.sizeBytes, this.#closingOf(manifest));
		} catch (error) {
			if (!isOfOneBinlog(error)) throw error;
			await this.#passOver(name, error);
		}
		await this.#write();
	}
	#link(successor) {
		const gap = this.#ledger.link(successor);
		if (gap !== void 0) this.#fail(gapError(gap));
	}
	async #shipOne(binlog, listed) {
		const { server, ports, signal, clock, startedAt, session, keys, program } = this.#around;
		const { encryptOn, server: serverName, set } = this.#inputs;
		const sealing = {
			inputs: {
				encryptOn,
				compression: COMPRESSION
			},
			keys,
			ports,
			session,
			signal
		};
		const { lifeboatVersion } = program;
		const manifest = await shipOne({
			sealing,
			server,
			clock,
			startedAt,
			serverName,
			set,
			lifeboatVersion
		}, binlog, nameBehind(binlog, listed));
		this.#manifests.push(manifest);
		return manifest;
	}
	/** What was read once and was bad may have been read badly: memory, disks and connections err, too. */
	async #readTwice(read) {
		try {
			return await read();
		} catch (error) {
			if (!isOfOneBinlog(error)) throw error;
			this.#around.ports.reporter.info(`${error.message}; it is read again`);
			const result = await read();
			this.#warnings.push(`${error.message}. Read again it was whole: look at the memory and the disk of the database server`);
			return result;
		}
	}
	async #passOver(name, error) {
		const isListed = (await this.#around.server.list()).some((one) => one.name === name);
		this.#fail(isListed ? error : gapError(`the server has removed ${name}, not shipped by then`));
		this.#ledger.passOver(name, error.code === "binlog-damaged");
	}
	/** At what earlier runs passed over. Returns what is to be said of those that are still not shipped. */
	async #lookAgain(listed) {
		const { server, ports } = this.#around;
		const earlier = new Set(this.#before.passedOver.map(({ name }) => name));
		const stillOut = [];
		for (const hole of this.#ledger.hopeful) {
			const binlog = listed.find(({ name }) => name === hole.name);
			if (binlog === void 0 || !earlier.has(hole.name)) continue;
			await ports.reporter.group(`Look at ${hole.name} again`, async () => {
				try {
					await server.head(hole.name);
					const manifest = await this.#shipOne(binlog, listed);
					const name = nameBehind(binlog, listed);
					const head = await this.#tryHead(name);
					const closedAt = this.#closingOf(manifest);
					const known = {
						sizeBytes: binlog.sizeBytes,
						closedAt
					};
					this.#ledger.mend(hole, manifest, known, {
						name,
						...head === void 0 ? {} : { head }
					});
				} catch (error) {
					if (!isOfOneBinlog(error)) throw error;
					ports.reporter.info(error.message);
					stillOut.push(error.message);
					if (error.code === "binlog-damaged") this.#ledger.noteDamagedAgain(hole.name);
				}
				await this.#write();
			});
		}
		return stillOut;
	}
	#closingOf({ binlog, finishedAt }) {
		return believeClosing(binlog.closedAt, this.#listedAt, new Date(finishedAt));
	}
	/** Remembers who is connected now, where something is to be purged. */
	async #watchReaders() {
		const { server, clock } = this.#around;
		if (this.#inputs.purge !== "shipped") {
			this.#ledger.change({ watched: null });
			return;
		}
		this.#ledger.change(watchReaders(this.#before, await server.listReaders(), clock.now()));
	}
	async #purge(listed) {
		const { server, clock, ports } = this.#around;
		const { readers, watched } = this.#ledger.state;
		const plan = await planPurge({
			listed,
			state: {
				...this.#before,
				readers,
				watched
			},
			listReaders: () => server.listReaders(),
			keepMs: this.#inputs.purgeKeep,
			now: clock.now(),
			serverNow: server.now()
		}, (name) => this.#tryHead(name));
		if (plan.obstacle !== void 0) this.#warnings.push(`nothing was purged: ${plan.obstacle}`);
		if (plan.to === void 0) return [];
		await server.purgeTo(plan.to);
		const left = new Set((await server.list()).map(({ name }) => name));
		const removed = plan.removed.filter(({ name }) => !left.has(name));
		ports.reporter.info(`purged ${countOf(removed.length, "binary log")} that an earlier run shipped`);
		return removed;
	}
	/** How far the server's clock is ahead of the store's. */
	#aheadMs() {
		const { server, clock } = this.#around;
		return server.now().getTime() - clock.now().getTime();
	}
	#checkClock() {
		const finding = judgeServerClock(this.#aheadMs());
		if (typeof finding === "string") this.#warnings.push(finding);
		else if (finding !== void 0) this.#fail(finding);
	}
	#reach(state) {
		return findReach(this.#anchor, state, {
			active: this.#active,
			aheadMs: this.#aheadMs()
		});
	}
	#warnReach(reach) {
		if (reach === void 0) this.#warnings.push("no backup is known on this target that point-in-time recovery could start from: run the dump action there, with the same ssh-key or state-key");
		else if (reach.chain === "broken") this.#warnings.push(`the chain of binary logs does not reach back to the newest backup, ${reach.anchor.backupId}: a new dump is needed`);
		else if (reach.chain === "unknown") this.#warnings.push(`whether the chain of binary logs reaches back to the newest backup, ${reach.anchor.backupId}, is not known here: nothing is remembered of what was shipped before ${this.#ledger.state.chainStart?.name ?? "now"}. A restore test with point-in-time knows; a new dump begins a chain that is known`);
	}
	/** The first failure is told in full; the others are in the log. */
	#fail(error) {
		this.#around.ports.reporter.info(error.message);
		this.#failure ??= error;
	}
	#write() {
		return this.#keeper.write(this.#ledger.state);
	}
};
function nameBehind(binlog, listed) {
	const next = listed[listed.indexOf(binlog) + 1];
	if (next === void 0) throw new TypeError("the active binary log is not shipped");
	return next.name;
}
function gapError(gap) {
	return new LifeboatError("binlog-gap", `the chain of binary logs is broken: ${gap}`, { hint: "Make a new dump now: recovery to a point in time after this needs one. What the server still has was shipped." });
}

// src/actions/ship-binlogs/ship-binlogs.ts
/** Throws a `LifeboatError` for what keeps a run from beginning; what goes wrong later is in the outcome, with what was done until then. */
async function shipBinlogs(inputs, keys, program, ports, signal) {
	const startedMs = performance.now();
	const { reporter, remote, engine } = ports;
	const clock = await readStoreClock(ports.store, signal);
	const startedAt = clock.now();
	const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () => remote.open({
		lockName: `${ACTION}-${inputs.server}`,
		holder: `${ACTION} of ${program.origin}, since ${startedAt.toISOString()}`,
		tools: toolsFor(inputs, engine),
		timeoutMs: inputs.timeout
	}, signal));
	try {
		const server = await reporter.group("Look at the database server", () => engine.open(session, requestOf(inputs)));
		const run = new ShipRun(inputs, {
			session,
			server,
			clock,
			startedAt,
			keys,
			ports,
			signal,
			program
		});
		await run.remember();
		const found = await (inputs.dryRun ? run.rehearse() : run.ship());
		return found.kind === "dry-run" ? found : {
			...found,
			durationMs: performance.now() - startedMs
		};
	} finally {
		await session.close();
	}
}

// src/entries/compose-ship-binlogs.ts
const shipBinlogsAction = defineAction(shipBinlogsDeclaration, {
	rules: sealingRules,
	checks: () => checkSealingKeys(shipBinlogsDeclaration.inputs),
	run: (inputs, keys, context) => {
		const { reporter, signal } = context;
		const engine = createBinlogEngine(inputs.engine);
		return runSealing(inputs, keys, context, (adapters, program) => shipBinlogs(inputs, keys, program, {
			...adapters,
			engine
		}, signal), (outcome) => {
			reporter.summary(renderShipSummary(inputs.server, outcome));
			if (outcome.kind !== "shipped") return;
			reporter.output("shipped", outcome.manifests.length);
			reporter.output("bytes", outcome.storedBytes);
			reporter.output("newest-binlog", outcome.newest ?? "");
			reporter.output("recoverable-until", outcome.reach?.until ?? "");
			if (outcome.failure !== void 0) throw outcome.failure;
		});
	}
});

export { shipBinlogsAction };