import { t as GtidSet } from "./gtid-set.js";

// src/domain/binlogs/binlog-order.ts
/** A rotation closes a file and begins the next one. */
const ROTATION_MS = 6e4;
/** Times are told in whole seconds, and the clocks of the store and of the database server are asked one after the other. */
const CLOCK_PRECISION_MS = 2e3;
/** Why a file does not continue the one before it; undefined when it does, or when that one is known to be an end. */
function findBreak(previous, name, head) {
	if (previous.gtidsAfter === null) return void 0;
	const lost = numberOf(name) - numberOf(previous.name) - 1;
	if (lost > 0) return `the server has removed ${lost === 1 ? "a binary log" : `${lost} binary logs`} between ${previous.name} and ${name}, not shipped by then`;
	const isNamed = previous.next === null ? baseOf(previous.name) === baseOf(name) : previous.next === name;
	if (lost < 0 || !isNamed) return `${name} does not follow ${previous.name}, which names ${previous.next ?? "no other file"}`;
	if (previous.gtidsAfter !== head.gtidsBefore) return `${name} does not continue ${previous.name}: what had been executed when it began is not what had been executed at the end of the one before`;
	if (previous.serverId !== head.serverId) return `${name} was written under the server_id ${head.serverId}, and ${previous.name} under ${previous.serverId}`;
	if (previous.gtidsAfter === "" && !isInTime(previous, head)) return `${name} was begun at ${head.createdAt}, which is not when ${previous.name} was closed, and there are no GTIDs that would tie them together`;
}
/**
* Without transactions to compare only the clock tells it from a file of the same name after a reset. With them it does not count: a file
* begins at the time of the statement that filled the one before, which may have begun earlier than that one.
*/
function isInTime({ next, createdAt, closedAt, saidClosedAt = closedAt }, head) {
	if (next === null) return head.createdAt >= createdAt;
	return Math.abs(Date.parse(head.createdAt) - Date.parse(saidClosedAt)) <= ROTATION_MS;
}
/** When a file was closed: a session may have set its own time and rotated with it, and no clock is known to be right. */
function believeClosing(closedAt, ...bounds) {
	const latest = Math.min(...bounds.map((bound) => bound.getTime()));
	return Date.parse(closedAt) > latest + CLOCK_PRECISION_MS ? new Date(latest).toISOString() : closedAt;
}
/** Whether what a dump holds was in the log by the end of a file. MariaDB's numbers may go down: there only a replay knows. */
function hasExecuted({ flavour }, gtidsAfter, held) {
	if (flavour !== "mysql" || held === "") return true;
	const [after, before] = [GtidSet.parse(gtidsAfter), GtidSet.parse(held)];
	return after !== void 0 && before !== void 0 && after.contains(before);
}
/** The server counts on in these, and begins again with 1 after a reset. */
function numberOf(name) {
	return Number(/\d+$/.exec(name)?.[0] ?? 0);
}
function baseOf(name) {
	return name.replace(/\d+$/, "");
}

// src/domain/binlogs/binlog-timeline.ts
/** The dump's instant is of the store's clock, what is in a binlog of the database server's. */
const CLOCK_TOLERANCE_MS = 6e5;
/** Without GTIDs only clocks tell a file from one after a reset; who ships warns of a clock that is off by more. */
const UNTOLD_MS = 6e4;
/** Throws RangeError for a dump without coordinates. */
function buildTimeline(anchor, shipped) {
	const { coordinates, instant, source } = anchor;
	if (coordinates === null) throw new RangeError("a dump without coordinates has no timeline");
	const { files, alarms } = groupFiles(shipped.filter(({ manifest }) => isSameSource(manifest.source, source)));
	const first = findFirst(files, anchor, coordinates);
	const chain = typeof first === "object" ? followFrom(first, files) : [];
	const last = chain.at(-1);
	if (last === void 0 || endsBefore(last.facts, instant)) {
		const isLost = files.some(({ facts }) => facts.createdAt >= instant || facts.closedAt > instant);
		const why = typeof first === "string" ? first : `${coordinates.file}, where the dump was made, is missing`;
		return {
			chain: [],
			recoverableUntil: instant,
			gap: joinWhys(isLost ? why : void 0, describeStrangers(source, instant, shipped)),
			alarms
		};
	}
	const recoverableUntil = closingOf(last);
	const strangers = describeStrangers(source, recoverableUntil, shipped);
	return {
		chain,
		recoverableUntil,
		gap: joinWhys(describeGap(files, chain, last), strangers),
		alarms
	};
}
function followFrom(first, files) {
	const chain = [first];
	const byNumber = Map.groupBy(files, ({ facts }) => numberOf(facts.name));
	const aged = files.toSorted(byAge);
	for (let last = first; last !== void 0;) {
		last = findFollower(last.facts, byNumber.get(numberOf(last.facts.name) + 1) ?? [], aged);
		if (last !== void 0) chain.push(last);
	}
	return chain;
}
/** Then it adds nothing to the dump, and may be of before a reset. A crash leaves no event of its own: the last one may be old. */
function endsBefore({ closedAt, closedBy }, instant) {
	return closedBy !== "crash" && Date.parse(closedAt) < Date.parse(instant) - UNTOLD_MS;
}
/** A session may have set its own time and rotated with it: nothing was closed after it was shipped. */
function closingOf(file) {
	return believeClosing(file.facts.closedAt, new Date(shippingOf(file)));
}
/** Nor begun. */
function beginningOf(file) {
	return Math.min(Date.parse(file.facts.createdAt), shippingOf(file));
}
function shippingOf({ copies }) {
	return Math.min(...copies.map(({ manifest }) => Date.parse(manifest.finishedAt)));
}
/** MySQL has an id of its own for each server; elsewhere it takes what the server and its host say. */
function isSameSource(a, b) {
	if (a.flavour !== b.flavour) return false;
	if (a.serverUuid !== void 0 || b.serverUuid !== void 0) return a.serverUuid === b.serverUuid;
	return a.serverId === b.serverId && a.hostName === b.hostName && a.sshHostKey === b.sshHostKey;
}
/** Those that were closed after the end of a chain go on elsewhere; earlier ones are of a server that was replaced. */
function describeStrangers(source, end, shipped) {
	const [first] = shipped.filter(({ manifest }) => !isSameSource(manifest.source, source)).map((binlog) => ({
		facts: binlog.manifest.binlog,
		copies: [binlog]
	})).filter((file) => closingOf(file) > end).toSorted(byAge);
	return first && `${first.facts.name} was shipped by another database server than the one that was dumped`;
}
function joinWhys(...whys) {
	return whys.some((why) => why !== void 0) ? whys.filter((why) => why !== void 0).join("; ") : void 0;
}
function groupFiles(shipped) {
	const groups = /* @__PURE__ */ new Map();
	for (const binlog of shipped) {
		const { name, serverId, createdAt } = binlog.manifest.binlog;
		const key = JSON.stringify([
			name,
			serverId,
			createdAt
		]);
		const group = groups.get(key);
		if (group === void 0) groups.set(key, [binlog]);
		else group.push(binlog);
	}
	const [files, alarms] = [[], []];
	for (const copies of groups.values()) {
		const [{ manifest }] = copies;
		if (copies.every((copy) => copy.manifest.binlog.sha256 === manifest.binlog.sha256)) files.push({
			facts: manifest.binlog,
			copies
		});
		else alarms.push(`${manifest.binlog.name} was shipped ${copies.length} times, with different contents`);
	}
	return {
		files,
		alarms
	};
}
/**
* The file that the dump's position is in, or why it is not known. A reset counts from the beginning again: of the files of that name it is
* the newest that had begun when the dump was made, is long enough, and holds what the dump holds.
*/
function findFirst(files, { source, instant }, { file: name, position, gtid }) {
	const sinceDump = ({ facts }) => Date.parse(facts.createdAt) - Date.parse(instant);
	const named = files.filter(({ facts }) => facts.name === name && facts.serverId === source.serverId);
	const newest = named.filter((file) => sinceDump(file) <= CLOCK_TOLERANCE_MS).filter(({ facts }) => position <= facts.sizeBytes && hasExecuted(source, facts.gtidsAfter, gtid)).toSorted(byAge).at(-1);
	if (newest === void 0 && named.length > 0) return `${name}, where the dump was made, is missing: what is there of this name is another file, of before or after a reset`;
	if (newest === void 0 || gtid !== "" || sinceDump(newest) <= UNTOLD_MS) return newest;
	return `${name} was begun after the dump by the clock of the database server, and without GTIDs nothing else tells whether it is the file where the dump was made`;
}
/** `numbered`: those of the files that have the next number. `aged`: all, the oldest first. */
function findFollower(facts, numbered, aged) {
	const [next] = numbered.filter((file) => findBreak(facts, file.facts.name, file.facts) === void 0).toSorted(byAge);
	return next !== void 0 && !(facts.gtidsAfter === "" && wasReset(aged, facts, next.facts)) ? next : void 0;
}
/** Whether numbers began again between the two. */
function wasReset(aged, from, to) {
	for (let at = indexBehind(aged, from.createdAt); at < aged.length; at += 1) {
		const facts = aged[at]?.facts;
		if (facts === void 0 || facts.createdAt > to.createdAt) return false;
		if (numberOf(facts.name) <= numberOf(from.name)) return true;
	}
	return false;
}
/** Of the first that was begun later. */
function indexBehind(aged, createdAt) {
	let [from, to] = [0, aged.length];
	while (from < to) {
		const middle = Math.floor((from + to) / 2);
		if ((aged[middle]?.facts.createdAt ?? "") > createdAt) to = middle;
		else from = middle + 1;
	}
	return from;
}
/** One of the chain may have been begun in any future. */
function describeGap(files, chain, end) {
	const { facts: last } = end;
	const linked = new Set(chain);
	const [next] = files.filter((file) => !linked.has(file) && isLater(file, end)).toSorted(byAge).map(({ facts }) => facts);
	if (next === void 0) return void 0;
	const number = numberOf(last.name) + 1;
	if (numberOf(next.name) < number) return `the server's binlogs were reset after ${last.name}: they begin again with ${next.name}`;
	if (numberOf(next.name) > number) return `what followed ${last.name} is missing; ${next.name} is there`;
	return `${next.name} does not go on where ${last.name} ended`;
}
function isLater(file, last) {
	const byTime = beginningOf(file) - beginningOf(last);
	return byTime === 0 ? numberOf(file.facts.name) > numberOf(last.facts.name) : byTime > 0;
}
function byAge(a, b) {
	const byTime = Date.parse(a.facts.createdAt) - Date.parse(b.facts.createdAt);
	return byTime === 0 ? numberOf(a.facts.name) - numberOf(b.facts.name) : byTime;
}

export { believeClosing as a, numberOf as c, baseOf as i, closingOf as n, findBreak as o, isSameSource as r, hasExecuted as s, buildTimeline as t };