import { Bt as countOf, P as binlogKeys, R as formatBinlogId, Vt as formatBytes, Wt as formatDuration, in as LifeboatError, it as createRunId, zt as DAY_MS } from "./proxy.js";
import { t as GtidSet } from "./gtid-set.js";
import { a as believeClosing, c as numberOf, i as baseOf, o as findBreak, r as isSameSource, s as hasExecuted } from "./binlog-timeline.js";
import { A as optional, C as count, E as list, O as nullable, P as trueOrFalse, S as anyText, T as instant, d as readStoreClock, j as record, u as excerpt, w as filledText } from "./store-settings.js";
import { a as sourceShape } from "./manifest-rules.js";
import { a as readFormat, d as parseGrants, g as readAnchor, i as readExpiry, m as ANCHOR_ACTION, n as findSettingWarnings, o as statusStatement, p as identityOf, s as checkBinlogRights, t as findFilterWarnings } from "./settings.js";
import { o as connectionOf, t as findClient } from "./find-client.js";
import { a as nameStore, i as keepState, l as SEALING_TOOLS, n as storeSealed, r as UNREADABLE, t as storeManifest } from "./store-sealed.js";
import { t as shellQuote } from "./shell.js";
import { r as serializeBinlogManifest } from "./binlog-manifest-text.js";
import { a as nameVersion, f as quoteSqlString, h as READ_CONTAINER, i as FLAVOURS, l as clientFunction, p as sqlStage, s as explainClientFailure } from "./versions.js";
import { n as isOn, o as withoutHashes } from "./catalogue.js";
import path from "node:path/posix";

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

// src/actions/ship-binlogs/ship-binlogs.ts
const ACTION = "ship-binlogs";
/** Binary logs compress well and are small; a higher level would keep a busy server busier. */
const COMPRESSION = {
	codec: "zstd",
	level: 3
};
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
function toolsFor({ encryptOn }, engine) {
	return [...engine.tools, ...SEALING_TOOLS[encryptOn]];
}
function requestOf(inputs) {
	return {
		connection: connectionOf(inputs),
		rotate: inputs.rotate,
		purge: inputs.purge === "shipped"
	};
}
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
		const isDue = this.#inputs.rotate && active !== void 0 && (await this.#tryHead(active.name))?.isEmpty !== true;
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
		if ((await this.#tryHead(active.name))?.isEmpty === true && this.#anchor?.file !== active.name) {
			ports.reporter.info(`nothing was written to ${active.name}: it is not rotated`);
			return listed;
		}
		await server.rotate();
		return server.list();
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

// src/engines/mysql/binlogs/binlog-filter.pl
const text = "# Stands in the pipeline on the target that a binary log is read through, and writes down what it says of itself.\n#\n#   perl binlog-filter.pl whole FROM DIR HASHER...   passes the file through and looks at every event\n#   perl binlog-filter.pl head FROM DIR              looks at the first events only and passes nothing on\n#\n# FROM         file: as it is on the disk; server: as the server sends it, which is never encrypted\n# DIR/facts    \"name value\" lines\n# DIR/sha256   what HASHER, a command, printed of the whole file\n# Status       0: whole; 3: damaged; 4: of a kind that is not known here; the reason is on standard error\n#\n# A file is the magic and then events, each with a header of 19 bytes that holds its size (MySQL internals manual, \"Binary Log\"). Rows\n# are never kept: of an event as large as it likes only its checksum is computed, in blocks.\nuse strict;\nuse warnings;\n\nmy ($mode, $from, $dir, @hasher) = @ARGV;\nmy $is_whole = $mode eq 'whole';\nmy $BLOCK = 1 << 20;\nmy $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35\nmy $HEADER = 19;\nmy $MAX_KEPT = 1 << 26;                     # a GTID set of two million intervals\nmy ($ROTATE, $STOP, $FORMAT, $GTID, $ANONYMOUS, $PREVIOUS, $TAGGED) = (4, 3, 15, 33, 34, 35, 42);\nmy ($MARIADB_CHECKPOINT, $MARIADB_GTID, $MARIADB_LIST, $MARIADB_ENCRYPTION) = (161, 162, 163, 164);\nmy $IN_USE = 1;                             # flag of the first event while the server writes the file\nmy $OWN = 0x20;                             # flag of an event that a server made up, and that is in no file\nmy %is_kept = map { $_ => 1 } $ROTATE, $FORMAT, $GTID, $PREVIOUS, $TAGGED, $MARIADB_GTID, $MARIADB_LIST;\nmy $UNTAGGED = 0;                           # in the list of what was executed before: no GTID has a tag\n# What stands in a file before the first event that somebody caused.\nmy %is_head = map { $_ => 1 } $FORMAT, $PREVIOUS, $MARIADB_LIST, $MARIADB_CHECKPOINT, $MARIADB_ENCRYPTION;\n\nopen(my $facts, '>', \"$dir/facts\") or die \"facts: $!\\n\";\nbinmode $_ for (\\*STDIN, \\*STDOUT);\neval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\\*STDIN, \\*STDOUT);\n$SIG{PIPE} = 'DEFAULT';\n\n# Whoever writes to us is let come to its end: its own status then says whether the file came whole.\nsub fail {\n  my ($status, $why) = @_;\n  print STDERR \"$why\\n\";\n  1 while sysread(STDIN, my $rest, $BLOCK);\n  exit $status;\n}\nsub damaged { fail(3, $_[0]) }\nsub unknown { fail(4, $_[0]) }\n\nmy ($hash, $hash_pid);\nif ($is_whole) {\n  $hash_pid = open($hash, '|-');\n  die \"fork: $!\\n\" unless defined $hash_pid;\n  if ($hash_pid == 0) {\n    open(STDOUT, '>', \"$dir/sha256\") or die \"sha256: $!\\n\";\n    exec @hasher or die \"$hasher[0]: $!\\n\";\n  }\n  binmode $hash;\n}\n\n# --- bytes ----------------------------------------------------------------------------------------------------------------\nmy ($buffer, $at, $base, $passed) = ('', 0, 0, 0); # what was read, where we are in it, bytes before it, bytes passed on\n\nsub write_all {\n  my ($to, $from) = @_;\n  for (my $done = 0; $done < length $$from;) {\n    my $wrote = syswrite($to, $$from, length($$from) - $done, $done);\n    die \"write: $!\\n\" unless defined $wrote;\n    $done += $wrote;\n  }\n}\n\nsub pass_on {\n  my ($from) = @_;\n  return unless $is_whole;\n  write_all(\\*STDOUT, $from);\n  write_all($hash, $from);\n  $passed += length $$from;\n}\n\n# Reads on; false at the end.\nsub more {\n  if ($at > 0) { $base += $at; substr($buffer, 0, $at, ''); $at = 0 }\n  my $read = sysread(STDIN, my $block, $BLOCK);\n  die \"read: $!\\n\" unless defined $read;\n  return 0 unless $read;\n  # Before the first event is there nothing is passed on, see below.\n  pass_on(\\$block) if $base > 0 || $passed > 0;\n  $buffer .= $block;\n  return 1;\n}\n\nsub have {\n  my ($bytes) = @_;\n  while (length($buffer) - $at < $bytes) { more() or return 0 }\n  return 1;\n}\n\n# --- CRC32 ----------------------------------------------------------------------------------------------------------------\n# perl-base, which is all that a small Debian has, comes without zlib: two tables of 65,536 numbers take four bytes at a time.\nmy $crc32 = eval { require Compress::Raw::Zlib; 1 } ? \\&Compress::Raw::Zlib::crc32 : own_crc32();\n\nsub own_crc32 {\n  my @byte = map { my $n = $_; $n = $n & 1 ? 0xedb88320 ^ ($n >> 1) : $n >> 1 for 1 .. 8; $n } 0 .. 255;\n  my @near = map { my $n = $byte[$_ & 255]; $byte[($n ^ ($_ >> 8)) & 255] ^ ($n >> 8) } 0 .. 65535;\n  my @far = map { my $n = $near[$_]; $near[$n & 65535] ^ ($n >> 16) } 0 .. 65535;\n  return sub {\n    my ($data, $crc) = @_;\n    $crc = ($crc // 0) ^ 0xffffffff;\n    my $words = length($data) >> 2;\n    for (unpack \"V$words\", $data) { $crc ^= $_; $crc = $far[$crc & 65535] ^ $near[$crc >> 16] }\n    for (unpack 'C*', substr($data, $words << 2)) { $crc = $byte[($crc ^ $_) & 255] ^ ($crc >> 8) }\n    return $crc ^ 0xffffffff;\n  };\n}\n\n# --- GTIDs ----------------------------------------------------------------------------------------------------------------\nmy (%intervals, %last); # MySQL: uuid and tag to first and last numbers, flat; MariaDB: domain to server to number\n\nsub add_mysql {\n  my ($uuid, $number) = @_;\n  my $of = $intervals{$uuid} //= [];\n  if (@$of && $of->[-1] + 1 == $number) { $of->[-1] = $number; return }\n  my $i = @$of;                             # transactions of several sessions come a little out of order\n  $i -= 2 while $i > 0 && $of->[$i - 2] > $number;\n  return if $i > 0 && $of->[$i - 1] >= $number;\n  splice @$of, $i, 0, $number, $number;\n  splice @$of, $i + 1, 2 if $i + 2 < @$of && $of->[$i + 2] == $number + 1;\n  splice @$of, $i - 1, 2 if $i > 0 && $of->[$i - 1] + 1 == $number;\n}\n\nsub uuid_of { join '-', unpack 'H8 H4 H4 H4 H12', $_[0] }\n\nsub gtids {\n  return join ',', map { my $domain = $_; map { \"$domain-$_-$last{$domain}{$_}\" } sort { $a <=> $b } keys %{$last{$domain}} }\n    sort { $a <=> $b } keys %last if %last;\n  my (@sets, $uuid);\n  for my $of (sort keys %intervals) {\n    my ($numbers, @parts) = ($intervals{$of});\n    for (my $i = 0; $i < @$numbers; $i += 2) {\n      my ($first, $end) = @$numbers[$i, $i + 1];\n      push @parts, $first == $end ? $first : \"$first-$end\";\n    }\n    # What has a tag stands behind what has none, all under one uuid.\n    my ($own, $tag) = split /:/, $of;\n    if (defined $uuid && $uuid eq $own) { $sets[-1] .= join ':', '', $tag, @parts }\n    else { push @sets, join ':', $of, @parts }\n    $uuid = $own;\n  }\n  return join ',', @sets;\n}\n\n# A number of variable length, at the position that is given and moved: as many ones as bytes follow, a zero, and the number.\nsub number {\n  my ($body, $p) = @_;\n  my $first = ord substr $$body, $$p, 1;\n  my $more = 0;\n  $more++ while $more < 8 && $first >> $more & 1;\n  my $number = $more == 8 ? unpack('Q<', substr $$body, $$p + 1, 8) : unpack('Q<', substr($$body, $$p, $more + 1) . \"\\0\" x 8) >> $more + 1;\n  $$p += $more + 1;\n  return $number;\n}\n\nsub text {\n  my ($body, $p) = @_;\n  my $length = number($body, $p);\n  my $text = substr $$body, $$p, $length;\n  $$p += $length;\n  return $text;\n}\n\nsub with_tag { my ($uuid, $tag) = @_; $tag eq '' ? $uuid : \"$uuid:$tag\" }\n\nsub read_previous {\n  my ($body) = @_;\n  my $p = 8;\n  # Whether there are tags stands in the number's first and last byte.\n  my $sources = unpack 'Q<', $body;\n  my $kind = $sources >> 56;\n  unknown(\"has a list of GTIDs of kind $kind\") if $kind > 1;\n  $sources = ($sources >> 8) & ((1 << 48) - 1) if $kind != $UNTAGGED;\n  for (1 .. $sources) {\n    my $uuid = uuid_of(substr $body, $p, 16);\n    $p += 16;\n    $uuid = with_tag($uuid, text(\\$body, \\$p)) if $kind != $UNTAGGED;\n    my $count = unpack 'Q<', substr $body, $p, 8;\n    $p += 8;\n    # Ends are exclusive.\n    my @of = unpack 'q<*', substr $body, $p, 16 * $count;\n    $p += 16 * $count;\n    damaged('has a list of GTIDs that ends too early') if @of != 2 * $count;\n    $intervals{$uuid} = [map { $_ & 1 ? $of[$_] - 1 : $of[$_] } 0 .. $#of];\n  }\n}\n\n# Version, size, last field that matters; then fields with their numbers: flags, bytes of the uuid, number of the transaction, tag. Signed\n# numbers have their sign in the lowest bit.\nsub read_tagged {\n  my ($body) = @_;\n  my $p = 0;\n  my ($version) = (number(\\$body, \\$p), number(\\$body, \\$p), number(\\$body, \\$p));\n  my ($flags_field, $flags, $uuid_field) = map { number(\\$body, \\$p) } 1 .. 3;\n  my $uuid = uuid_of(pack 'C*', map { number(\\$body, \\$p) & 255 } 1 .. 16);\n  my ($number_field, $number, $tag_field) = map { number(\\$body, \\$p) } 1 .. 3;\n  unknown('has a GTID with a tag that cannot be read')\n    if $version != 0 && $version != 1 || join(' ', $flags_field, $uuid_field, $number_field, $tag_field) ne '0 1 2 3' || $number & 1;\n  add_mysql(with_tag($uuid, text(\\$body, \\$p)), $number >> 1);\n}\n\nsub read_list {\n  my ($body) = @_;\n  my $count = unpack('V', $body) & 0x0fffffff;\n  damaged('has a list of GTIDs that ends too early') if length($body) < 4 + 16 * $count;\n  for (0 .. $count - 1) {\n    my ($domain, $server, $number) = unpack 'VVQ<', substr $body, 4 + 16 * $_, 16;\n    $last{$domain}{$server} = $number;\n  }\n}\n\n# --- events ---------------------------------------------------------------------------------------------------------------\nmy ($has_checksums, $before, $transactions, $closed_at, $closed_by, $next, $has_content) = (0, '', 0, 0, 'nothing', '', 0);\nsub note { my ($name, $value) = @_; print $facts \"$name $value\\n\" or die \"facts: $!\\n\" }\nsub ended_inside { my ($where) = @_; damaged(\"ends inside the event at byte $where\") }\n\n# Everything there is for the first event's flags; a whole file is longer.\nhave(4 + $HEADER);\nif (length($buffer) < 4 + $HEADER) { damaged('is shorter than one event') }\nmy $magic = substr $buffer, 0, 4;\n# MySQL's and, further below, MariaDB's sign of a file that only the server can read.\nif ($magic eq \"\\xfdbin\") { note(encrypted => 1); finish() }\ndamaged('does not begin like a binary log') if $magic ne \"\\xfebin\";\n# A server that was killed leaves the flag, and takes it away in what it sends to others; checksums are those without it. So a file is\n# the same bytes whichever way it was read.\nmy $is_in_use = ord(substr $buffer, 4 + 17, 1) & $IN_USE;\nsubstr($buffer, 4 + 17, 1) = chr(ord(substr $buffer, 4 + 17, 1) & ~$IN_USE);\n{ my $first = $buffer; pass_on(\\$first) }\n$at = 4;\n\nwhile (1) {\n  my $where = $base + $at;\n  if (!have($HEADER)) {\n    last if length($buffer) == $at;\n    $has_content = 1;\n    last unless $is_whole;                  # the server is writing it\n    ended_inside($where);\n  }\n  my ($time, $type, $server, $size, undef, $flags) = unpack 'VCVVVv', substr $buffer, $at, $HEADER;\n  if ($where == 4) {\n    damaged('does not begin with a format event') if $type != $FORMAT || $size < $HEADER + 57 + 5 || $size > $BLOCK;\n    have($size) or ended_inside($where);\n    $has_checksums = ord substr $buffer, $at + $size - 5, 1;\n    unknown(\"has checksums of kind $has_checksums\") if $has_checksums > 1;\n  }\n  damaged(\"has no event at byte $where\") if $size < $HEADER + 4 * $has_checksums;\n  damaged(\"goes on at byte $where, after its closing event\") if $closed_by ne 'nothing';\n  if ($type == $MARIADB_ENCRYPTION && $from eq 'file') { note(encrypted => 1); finish() }\n  if (!$is_whole && !$is_head{$type}) { $has_content = 1; last }\n  my $body = take($where, $type, $size);\n  last unless defined $body;\n  $closed_at = $time if $time > 0;\n  if ($type == $FORMAT) {\n    damaged(\"has a second format event at byte $where\") if $where != 4;\n    my ($version, $server_version, $started_at, $header) = unpack 'vZ50VC', $body;\n    unknown(\"has the binary log format $version\") if $version != 4 || $header != $HEADER;\n    note(server_id => $server);\n    note(server_version => $server_version);\n    note(created_at => $time);\n    note(started => $started_at > 0 ? 1 : 0);\n    note(checksum => $has_checksums ? 'crc32' : 'none');\n  }\n  elsif ($type == $PREVIOUS) { read_previous($body); $before = gtids() }\n  elsif ($type == $MARIADB_LIST) { read_list($body); $before = gtids() }\n  elsif ($type == $GTID) { $transactions++; add_mysql(uuid_of(substr $body, 1, 16), unpack 'q<', substr $body, 17, 8) }\n  elsif ($type == $ANONYMOUS) { $transactions++ }\n  elsif ($type == $TAGGED) { $transactions++; read_tagged($body) }\n  elsif ($type == $MARIADB_GTID) {\n    $transactions++;\n    my ($number, $domain) = unpack 'Q<V', $body;\n    $last{$domain}{$server} = $number;\n  }\n  elsif ($type == $STOP) { $closed_by = 'stop' }\n  elsif ($type == $ROTATE && !($flags & $OWN)) { $closed_by = 'rotate'; $next = substr $body, 8 }\n}\nnote(in_use => $is_in_use);\nnote(before => $before);\nnote(content => $has_content);\nif ($is_whole) {\n  note(bytes => $passed);\n  note(after => gtids());\n  note(transactions => $transactions);\n  note(closed_at => $closed_at);\n  note(closed_by => $closed_by);\n  note(next => $next);\n}\nfinish();\n\n# The body of an event, or '' for one that is not kept, when its checksum is right. Undefined at the end of what the server is writing.\nsub take {\n  my ($where, $type, $size) = @_;\n  my $checked = $size - 4 * $has_checksums;\n  my ($body, $crc) = ('', 0);\n  if ($is_kept{$type}) {\n    unknown(\"has an event of $size bytes at byte $where\") if $size > $MAX_KEPT;\n    if (!have($size)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n    $crc = $crc32->(substr $buffer, $at, $checked) if $has_checksums;\n    $body = substr $buffer, $at + $HEADER, $checked - $HEADER;\n    $at += $checked;\n  }\n  else {\n    for (my $left = $checked; $left > 0;) {\n      if ($at == length $buffer && !more()) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n      my $here = length($buffer) - $at;\n      $here = $left if $here > $left;\n      $crc = $crc32->(substr($buffer, $at, $here), $crc) if $has_checksums;\n      $at += $here;\n      $left -= $here;\n    }\n  }\n  if ($has_checksums) {\n    if (!have(4)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }\n    damaged(\"has an event at byte $where whose checksum does not match\") if $crc != unpack 'V', substr $buffer, $at, 4;\n    $at += 4;\n  }\n  return $body;\n}\n\nsub finish {\n  close($facts) or die \"facts: $!\\n\";\n  if ($is_whole) { close($hash) or die \"the hash of the file could not be computed\\n\" }\n  exit 0;\n}\n";

// src/engines/mysql/binlogs/binlog-script.ts
const READ_STAGE = "read";
const LOOK_STAGE = "look";
/** The filter's own text is written once a session. */
const PREPARATION = `[ -e "$D/binlog-filter.pl" ] || printf '%s' ${shellQuote(text)} >"$D/binlog-filter.pl"\nmkdir -p "$D/binlog"\n`;
/**
* Shell text of a pipeline: the file goes through the filter and then to `rest`.
*
* From a server it comes by way of its own program, which writes raw files only: here into a FIFO of the name that it will give the file,
* so that nothing of it is ever on a disk. When the program ends without having opened it, whoever waits at the other end would do so for ever:
* opened for both, it has had a writer.
*/
function pipeline(connection, way, name, mode, rest) {
	const from = way.kind === "server" ? "server" : "file";
	const look = `stage ${LOOK_STAGE} nice perl "$D/binlog-filter.pl" ${mode} ${from} "$D/binlog"${mode === "whole" ? " $HASHER" : ""}`;
	if (way.kind === "file") return `stage ${READ_STAGE} cat ${shellQuote(way.path)} | ${look}${rest}\n`;
	if (way.kind === "container") return `${READ_CONTAINER}\nstage ${READ_STAGE} "$ENGINE" exec "$CONTAINER" cat ${shellQuote(way.path)} | ${look}${rest}\n`;
	const options = ["--read-from-remote-server", "--raw"].join(" ");
	return `${clientFunction(connection)}
rm -rf "$D/raw" && mkdir "$D/raw" && mkfifo "$D/raw/"${shellQuote(name)} || exit 1
{ stage ${READ_STAGE} run_client ${shellQuote(way.program)} ${options} "--result-file=$D/raw/" -- ${shellQuote(name)}
  : <>"$D/raw/"${shellQuote(name)}
} >/dev/null &
reader=$!
${look} <"$D/raw/"${shellQuote(name)}${rest}
wait "$reader"
`;
}
function wholeScript(connection, way, name) {
	return PREPARATION + pipeline(connection, way, name, "whole", " | seal");
}
/** Prints what the filter noted. Who was not read to the end may have taken offence. */
function headScript(connection, way, name) {
	return `${PREPARATION}${pipeline(connection, way, name, "head", "")}
if grep -q '^content 1' "$D/binlog/facts"; then echo 0 >"$D/status.${READ_STAGE}"; fi
cat "$D/binlog/facts"
`;
}
/** Prints what was noted of a whole file, and its digest. */
const SEE_SCRIPT = `cat "$D/binlog/facts" && printf 'sha256 ' && tr -d ' \\n-' <"$D/binlog/sha256" | tr A-F a-f`;
/** Prints whether the SSH user can read this file, and whether it is on the machine that the server says it is on. */
function accessScript(path, hostName) {
	return `if [ "$(uname -n)" = ${shellQuote(hostName)} ] && [ -r ${shellQuote(path)} ]; then echo readable; fi\n`;
}

// src/engines/mysql/binlogs/readers.ts
/** Behind a host that came by TCP: of `10.0.0.7:50123`, `::1:50123`, `[::1]:50123`. A socket has none. */
const PORT = /:\d+$/;
const BRACKETS = /^\[(.*)\]$/;
/**
* @param rows user and host as the list of processes has them, with a tab between
* Two of one user on one host are two: `replica@10.0.0.7`, `replica@10.0.0.7 (2)`.
*/
function nameReaders(rows) {
	const counts = /* @__PURE__ */ new Map();
	return rows.map((row) => {
		const [user = "", host = ""] = row.split("	");
		const name = `${user}@${host.replace(PORT, "").replace(BRACKETS, "$1")}`;
		const count = (counts.get(name) ?? 0) + 1;
		counts.set(name, count);
		return count === 1 ? name : `${name} (${count})`;
	});
}

// src/engines/mysql/binlogs/seen-facts.ts
/** "name value" lines. */
function parseNotes(text) {
	return new Map(text.split("\n").map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
}
function valueOf(noted, name) {
	const value = noted.get(name);
	if (value === void 0) throw new TypeError(`the filter noted no ${name}`);
	return value;
}
/** Seconds of the server's clock. */
function instantOf(noted, name) {
	return (/* @__PURE__ */ new Date(Number(valueOf(noted, name)) * 1e3)).toISOString();
}
function common(noted) {
	return {
		serverId: Number(valueOf(noted, "server_id")),
		serverVersion: valueOf(noted, "server_version"),
		createdAt: instantOf(noted, "created_at"),
		gtidsBefore: valueOf(noted, "before")
	};
}
/** Undefined for a file that only the server itself can read. */
function parseHead(text) {
	const noted = parseNotes(text);
	if (noted.get("encrypted") === "1") return void 0;
	return {
		...common(noted),
		beginsAtStart: valueOf(noted, "started") === "1",
		isEmpty: valueOf(noted, "content") === "0"
	};
}
function parseSeenBinlog(text) {
	const noted = parseNotes(text);
	const [closedBy, next] = [valueOf(noted, "closed_by"), valueOf(noted, "next")];
	return {
		...common(noted),
		sizeBytes: Number(valueOf(noted, "bytes")),
		sha256: valueOf(noted, "sha256"),
		closedAt: instantOf(noted, "closed_at"),
		closedBy: closedBy === "rotate" || closedBy === "stop" ? closedBy : void 0,
		next: next === "" ? null : next,
		checksum: valueOf(noted, "checksum") === "crc32" ? "crc32" : "none",
		gtidsAfter: valueOf(noted, "after"),
		transactions: Number(valueOf(noted, "transactions"))
	};
}

// src/engines/mysql/binlogs/binlog-engine.ts
/** Asked of the server; those that it does not have are missing in its answer. */
const VARIABLES = [
	...[
		"log_bin",
		"log_bin_basename",
		"server_id",
		"server_uuid",
		"hostname"
	],
	...[
		"binlog_format",
		"binlog_row_image",
		"binlog_checksum",
		"binlog_storage_engine"
	],
	...["log_slave_updates", "log_replica_updates"],
	...[
		"expire_logs_days",
		"binlog_expire_logs_seconds",
		"binlog_expire_logs_auto_purge"
	]
];
/** Statuses from here on are the shell's: not started, or ended by a signal. */
const NOT_STARTED = 126;
const RESET_MODE = `SET SESSION sql_mode = '';`;
function createBinlogEngine(flavour) {
	return {
		tools: [
			"perl",
			"sed",
			"grep",
			"uname"
		],
		open: (session, request) => open(flavour, session, request)
	};
}
async function open(flavour, session, request) {
	const { connection } = request;
	const client = await findClient(session, connection, flavour);
	const askedMs = performance.now();
	const { variables, grants, account, now } = await askServer(session, connection, client);
	const clock = () => new Date(now.getTime() + performance.now() - askedMs);
	checkSettings(variables, client);
	checkBinlogRights(flavour, parseGrants(grants), request, account);
	const [status] = await ask(session, "question for what is left out of the binary log", clientFunction(connection) + sqlStage(client.programs, statusStatement(client.server)));
	const warnings = [...findSettingWarnings(variables), ...findFilterWarnings(status)];
	const server = new SqlBinlogServer(session, connection, client, variables, warnings, clock);
	await server.findWay();
	return server;
}
/** Throws `binlog-unavailable`. */
function checkSettings(variables, { server }) {
	if (!isOn(variables.get("log_bin"))) throw new LifeboatError("binlog-unavailable", "the database server writes no binary log (log_bin is OFF)", { hint: "Set log_bin in the [mysqld] section of its options and restart it, then make a dump: ship-binlogs/README.md says what else to set." });
	const storage = variables.get("binlog_storage_engine") ?? "";
	if (storage !== "") throw new LifeboatError("binlog-unavailable", `the database server (${nameVersion(server)}) keeps its binary log in ${storage} (binlog_storage_engine); this release ships binary log files only`, { hint: "Leave binlog_storage_engine empty, restart the server, and make a dump." });
}
async function askServer(session, connection, client) {
	const list = VARIABLES.map((name) => `'${name}'`).join(", ");
	const sql = `${RESET_MODE} SHOW GRANTS; SELECT CURRENT_USER(), UNIX_TIMESTAMP(); SHOW GLOBAL VARIABLES WHERE Variable_name IN (${list}); SHOW GLOBAL STATUS LIKE 'Slaves_running';`;
	const lines = await ask(session, "question for the binary log", clientFunction(connection) + withoutHashes(sqlStage(client.programs, sql)));
	const isGrant = (line) => /^(?:GRANT|REVOKE|SET DEFAULT ROLE) /.test(line);
	const [[account = "", seconds = ""] = [], ...values] = lines.filter((line) => !isGrant(line)).map((line) => line.split("	"));
	return {
		grants: lines.filter(isGrant),
		account,
		now: /* @__PURE__ */ new Date(Number(seconds) * 1e3),
		variables: new Map(values.map(([name = "", value = ""]) => [name, value]))
	};
}
async function ask(session, label, script) {
	const explain = (outcome) => explainClientFailure(outcome, "query");
	const { stdout } = await session.run({
		label,
		script,
		stages: ["query"]
	}, explain);
	return stdout.toString().split("\n").filter((line) => line !== "");
}
var SqlBinlogServer = class {
	source;
	format;
	rowImage;
	expireMs;
	now;
	warnings;
	#session;
	#connection;
	#client;
	/** Where the files are on the machine of the server. */
	#directory;
	#heads = /* @__PURE__ */ new Map();
	/** Files that only the server itself can read, because it encrypts them. */
	#encrypted = /* @__PURE__ */ new Set();
	#program;
	#readsFiles = false;
	constructor(session, connection, client, variables, warnings, now) {
		const serverUuid = variables.get("server_uuid");
		this.#session = session;
		this.#connection = connection;
		this.#client = client;
		this.#directory = path.dirname(variables.get("log_bin_basename") ?? "");
		this.now = now;
		this.source = {
			flavour: client.server.flavour,
			serverId: Number(variables.get("server_id") ?? 0),
			...serverUuid === void 0 ? {} : { serverUuid },
			hostName: variables.get("hostname") ?? "",
			serverVersion: client.server.text
		};
		({format: this.format, rowImage: this.rowImage} = readFormat(variables));
		this.expireMs = readExpiry(variables);
		this.warnings = warnings;
	}
	/** Finds out how files can be read. Throws `target-tool-missing`. */
	async findWay() {
		const { host, container } = this.#connection;
		if (container !== void 0) return;
		const { binlogPrograms, clientPackage } = FLAVOURS[this.source.flavour];
		const active = (await this.list()).at(-1)?.name ?? "";
		const access = host === void 0 || /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? accessScript(path.join(this.#directory, active), this.source.hostName) : "";
		const search = `for name in ${binlogPrograms.join(" ")}; do command -v "$name" 2>/dev/null && break; done\n`;
		const { stdout } = await this.#session.run({
			label: "search for a way to the binary logs",
			script: `${access}${search}:`,
			stages: []
		});
		const lines = stdout.toString().split("\n");
		this.#readsFiles = lines.includes("readable");
		this.#program = lines.find((line) => line.startsWith("/"));
		if (this.#program !== void 0 || this.#readsFiles) return;
		throw new LifeboatError("target-tool-missing", `the target has no ${binlogPrograms.join(" or ")} in its PATH`, { hint: `On Debian and Ubuntu: apt-get install ${clientPackage}. Without it the SSH user must be able to read the files in ${this.#directory}.` });
	}
	async list() {
		return (await this.#query("list of binary logs", "SHOW BINARY LOGS;")).map((line) => {
			const [name = "", size = "", encrypted] = line.split("	");
			if (encrypted === "Yes") this.#encrypted.add(name);
			return {
				name,
				sizeBytes: Number(size)
			};
		});
	}
	async head(name) {
		const known = this.#heads.get(name);
		if (known !== void 0) return known;
		const head = parseHead(await this.#readHead(name)) ?? await this.#headFromServer(name);
		if (!head.isEmpty) this.#heads.set(name, head);
		return head;
	}
	async #readHead(name) {
		const script = headScript(this.#connection, this.#wayTo(name), name);
		const task = {
			label: `beginning of ${name}`,
			script,
			stages: [READ_STAGE, LOOK_STAGE]
		};
		const { stdout } = await this.#session.run(task, (outcome) => this.#explain(name, outcome));
		return stdout.toString();
	}
	async #headFromServer(name) {
		this.#encrypted.add(name);
		const head = parseHead(await this.#readHead(name));
		if (head === void 0) throw new TypeError("what the server sends is not encrypted");
		return head;
	}
	read({ name, sizeBytes }) {
		const script = wholeScript(this.#connection, this.#wayTo(name), name);
		const label = `binary log ${name}`;
		return {
			task: {
				label,
				script,
				stages: [READ_STAGE, LOOK_STAGE]
			},
			explain: (outcome) => this.#explain(name, outcome),
			see: async () => {
				const { stdout } = await this.#session.run({
					label,
					script: SEE_SCRIPT,
					stages: []
				});
				const seen = parseSeenBinlog(stdout.toString());
				if (seen.sizeBytes !== sizeBytes && !this.#encrypted.has(name)) throw damaged(name, `it is ${seen.sizeBytes} bytes long, and the server lists it with ${sizeBytes}`);
				return seen;
			}
		};
	}
	async rotate() {
		await this.#query("rotation of the binary log", "SET SESSION lock_wait_timeout = 30; FLUSH BINARY LOGS;");
	}
	async listReaders() {
		return nameReaders(await this.#query("question for readers of the binary log", `SELECT USER, HOST FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%';`));
	}
	async purgeTo(name) {
		await this.#query("removal of shipped binary logs", `${RESET_MODE} PURGE BINARY LOGS TO ${quoteSqlString(name)};`);
	}
	#query(label, sql) {
		const script = clientFunction(this.#connection) + sqlStage(this.#client.programs, sql);
		return ask(this.#session, label, script);
	}
	#wayTo(name) {
		const file = path.join(this.#directory, name);
		const isReadable = !this.#encrypted.has(name);
		if (this.#connection.container !== void 0) {
			if (isReadable) return {
				kind: "container",
				path: file
			};
			throw new LifeboatError("binlog-unavailable", `the server in the container encrypts its binary logs, and ${name} cannot be read from outside`, { hint: `Publish the port of the database on 127.0.0.1 of the target, install ${FLAVOURS[this.source.flavour].clientPackage} there, give db-host and db-port, and leave db-container out.` });
		}
		if (this.#readsFiles && isReadable) return {
			kind: "file",
			path: file
		};
		if (this.#program !== void 0) return {
			kind: "server",
			program: this.#program
		};
		throw new LifeboatError("target-tool-missing", `${name} is encrypted, and the target has no ${FLAVOURS[this.source.flavour].binlogPrograms.join(" or ")} to read it with`);
	}
	#explain(name, outcome) {
		return explainClientFailure(outcome, "read") ?? explainReading(name, outcome);
	}
};
/** What keeps one file from being read; undefined when it is not the file that is to blame. */
function explainReading(name, { statuses, stderr }) {
	const read = statuses.get(READ_STAGE);
	const look = statuses.get(LOOK_STAGE);
	const said = (stage) => excerpt(stderr.get(stage) ?? "");
	if (read === void 0 || read >= NOT_STARTED) return void 0;
	if (read !== 0 && (look === 0 || look === 3)) return unreadable(name, `cannot be read: ${said("read") || `whoever read it ended with status ${read}`}`);
	if (look === 3) return damaged(name, `it ${said(LOOK_STAGE)}`);
	if (look === 4) return unreadable(name, said(LOOK_STAGE));
}
function unreadable(name, why) {
	return new LifeboatError("binlog-unreadable", `the binary log ${name} ${why}`, { hint: "It is tried again in the next run, as long as the server has it. Until it can be read recovery does not get past it: make a new dump." });
}
function damaged(name, why) {
	return new LifeboatError("binlog-damaged", `the binary log ${name} is damaged: ${why}`, { hint: "Make a new dump now: point-in-time recovery cannot get past this file. Then look at the disk of the database server." });
}

export { toolsFor as i, requestOf as n, shipBinlogs as r, createBinlogEngine as t };