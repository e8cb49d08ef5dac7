// Which binlogs follow a dump, and how far they lead: derived from signed manifests, never from names alone (docs/format.md, "Binlogs").
import type { BinlogFacts, BinlogManifest } from './binlog-manifest.ts';
import { believeClosing, findBreak, hasExecuted, numberOf } from './binlog-order.ts';
import type { DumpManifest, SourceIdentity } from '../dumps/manifest.ts';

export interface ShippedBinlog {
  readonly manifest: BinlogManifest;
  readonly manifestSha256: string;
}

/** One file, and every object that it was shipped as: any of them that is whole serves. */
export interface BinlogLink {
  readonly facts: BinlogFacts;
  readonly copies: readonly [ShippedBinlog, ...ShippedBinlog[]];
}

export interface Timeline {
  /** What can be replayed, in its order. The first file holds the dump's position. */
  readonly chain: readonly BinlogLink[];
  /** Until when, by the clock of the database server; without binlogs the dump's instant. */
  readonly recoverableUntil: string;
  /** Why the chain ends although there are later binlogs; undefined where it ends with the newest. */
  readonly gap: string | undefined;
  /** What should not be in the store at all. */
  readonly alarms: readonly string[];
}

export type Anchor = Pick<DumpManifest, 'source' | 'instant' | 'coordinates'>;

/** The dump's instant is of the store's clock, what is in a binlog of the database server's. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;
/** Without GTIDs only clocks tell a file from one after a reset; who ships warns of a clock that is off by more. */
const UNTOLD_MS = 60_000;

/** Throws RangeError for a dump without coordinates. */
export function buildTimeline(anchor: Anchor, shipped: readonly ShippedBinlog[]): Timeline {
  const { coordinates, instant, source } = anchor;
  if (coordinates === null) throw new RangeError('a dump without coordinates has no timeline');
  const own = shipped.filter(({ manifest }) => isSameSource(manifest.source, source));
  const { files, alarms } = groupFiles(own);
  const first = findFirst(files, anchor, coordinates);
  const chain = typeof first === 'object' ? followFrom(first, files) : [];
  const last = chain.at(-1);
  if (last === undefined || endsBefore(last.facts, instant)) {
    const isLost = files.some(({ facts }) => facts.createdAt >= instant || facts.closedAt > instant);
    const why =
      typeof first === 'string' ? first : `${coordinates.file}, where the dump was made, is missing`;
    const gap = joinWhys(isLost ? why : undefined, describeStrangers(source, instant, shipped));
    return { chain: [], recoverableUntil: instant, gap, alarms };
  }
  const recoverableUntil = closingOf(last);
  const strangers = describeStrangers(source, recoverableUntil, shipped);
  return { chain, recoverableUntil, gap: joinWhys(describeGap(files, chain, last), strangers), alarms };
}

function followFrom(first: BinlogLink, files: readonly BinlogLink[]): BinlogLink[] {
  const chain = [first];
  // Of months of binlogs every few minutes nobody can look at all for each.
  const byNumber = Map.groupBy(files, ({ facts }) => numberOf(facts.name));
  const aged = files.toSorted(byAge);
  for (let last: BinlogLink | undefined = first; last !== undefined;) {
    last = findFollower(last.facts, byNumber.get(numberOf(last.facts.name) + 1) ?? [], aged);
    if (last !== undefined) chain.push(last);
  }
  return chain;
}

/** Then it adds nothing to the dump, and may be of before a reset. A crash leaves no event of its own: the last one may be old. */
function endsBefore({ closedAt, closedBy }: BinlogFacts, instant: string): boolean {
  return closedBy !== 'crash' && Date.parse(closedAt) < Date.parse(instant) - UNTOLD_MS;
}

/** A session may have set its own time and rotated with it: nothing was closed after it was shipped. */
export function closingOf(file: BinlogLink): string {
  return believeClosing(file.facts.closedAt, new Date(shippingOf(file)));
}

/** Nor begun. */
function beginningOf(file: BinlogLink): number {
  return Math.min(Date.parse(file.facts.createdAt), shippingOf(file));
}

function shippingOf({ copies }: BinlogLink): number {
  return Math.min(...copies.map(({ manifest }) => Date.parse(manifest.finishedAt)));
}

/** MySQL has an id of its own for each server; elsewhere it takes what the server and its host say. */
export function isSameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  if (a.flavour !== b.flavour) return false;
  if (a.serverUuid !== undefined || b.serverUuid !== undefined) return a.serverUuid === b.serverUuid;
  return a.serverId === b.serverId && a.hostName === b.hostName && a.sshHostKey === b.sshHostKey;
}

/** Those that were closed after the end of a chain go on elsewhere; earlier ones are of a server that was replaced. */
function describeStrangers(
  source: SourceIdentity,
  end: string,
  shipped: readonly ShippedBinlog[],
): string | undefined {
  const [first] = shipped
    .filter(({ manifest }) => !isSameSource(manifest.source, source))
    .map((binlog): BinlogLink => ({ facts: binlog.manifest.binlog, copies: [binlog] }))
    .filter((file) => closingOf(file) > end)
    .toSorted(byAge);
  return first && `${first.facts.name} was shipped by another database server than the one that was dumped`;
}

function joinWhys(...whys: readonly (string | undefined)[]): string | undefined {
  return whys.some((why) => why !== undefined)
    ? whys.filter((why) => why !== undefined).join('; ')
    : undefined;
}

function groupFiles(shipped: readonly ShippedBinlog[]): { files: BinlogLink[]; alarms: string[] } {
  const groups = new Map<string, [ShippedBinlog, ...ShippedBinlog[]]>();
  for (const binlog of shipped) {
    const { name, serverId, createdAt } = binlog.manifest.binlog;
    const key = JSON.stringify([name, serverId, createdAt]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [binlog]);
    else group.push(binlog);
  }
  const [files, alarms]: [BinlogLink[], string[]] = [[], []];
  for (const copies of groups.values()) {
    const [{ manifest }] = copies;
    const isOne = copies.every((copy) => copy.manifest.binlog.sha256 === manifest.binlog.sha256);
    if (isOne) files.push({ facts: manifest.binlog, copies });
    else alarms.push(`${manifest.binlog.name} was shipped ${copies.length} times, with different contents`);
  }
  return { files, alarms };
}

/**
 * The file that the dump's position is in, or why it is not known. A reset counts from the beginning again: of the files of that name it is
 * the newest that had begun when the dump was made, is long enough, and holds what the dump holds.
 */
function findFirst(
  files: readonly BinlogLink[],
  { source, instant }: Anchor,
  { file: name, position, gtid }: NonNullable<Anchor['coordinates']>,
): BinlogLink | string | undefined {
  const sinceDump = ({ facts }: BinlogLink) => Date.parse(facts.createdAt) - Date.parse(instant);
  const named = files.filter(({ facts }) => facts.name === name && facts.serverId === source.serverId);
  const newest = named
    .filter((file) => sinceDump(file) <= CLOCK_TOLERANCE_MS)
    .filter(({ facts }) => position <= facts.sizeBytes && hasExecuted(source, facts.gtidsAfter, gtid))
    .toSorted(byAge)
    .at(-1);
  if (newest === undefined && named.length > 0)
    return `${name}, where the dump was made, is missing: what is there of this name is another file, of before or after a reset`;
  if (newest === undefined || gtid !== '' || sinceDump(newest) <= UNTOLD_MS) return newest;
  return `${name} was begun after the dump by the clock of the database server, and without GTIDs nothing else tells whether it is the file where the dump was made`;
}

/** `numbered`: those of the files that have the next number. `aged`: all, the oldest first. */
function findFollower(
  facts: BinlogFacts,
  numbered: readonly BinlogLink[],
  aged: readonly BinlogLink[],
): BinlogLink | undefined {
  const [next] = numbered
    .filter((file) => findBreak(facts, file.facts.name, file.facts) === undefined)
    .toSorted(byAge);
  return next !== undefined && !(facts.gtidsAfter === '' && wasReset(aged, facts, next.facts))
    ? next
    : undefined;
}

/** Whether numbers began again between the two. */
function wasReset(aged: readonly BinlogLink[], from: BinlogFacts, to: BinlogFacts): boolean {
  for (let at = indexBehind(aged, from.createdAt); at < aged.length; at += 1) {
    const facts = aged[at]?.facts;
    if (facts === undefined || facts.createdAt > to.createdAt) return false;
    if (numberOf(facts.name) <= numberOf(from.name)) return true;
  }
  return false;
}

/** Of the first that was begun later. */
function indexBehind(aged: readonly BinlogLink[], createdAt: string): number {
  let [from, to] = [0, aged.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((aged[middle]?.facts.createdAt ?? '') > createdAt) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** One of the chain may have been begun in any future. */
function describeGap(
  files: readonly BinlogLink[],
  chain: readonly BinlogLink[],
  end: BinlogLink,
): string | undefined {
  const { facts: last } = end;
  const linked = new Set(chain);
  const later = files
    .filter((file) => !linked.has(file) && isLater(file, end))
    .toSorted(byAge)
    .map(({ facts }) => facts);
  const [next] = later;
  if (next === undefined) return undefined;
  const number = numberOf(last.name) + 1;
  if (numberOf(next.name) < number)
    return `the server's binlogs were reset after ${last.name}: they begin again with ${next.name}`;
  if (numberOf(next.name) > number) return `what followed ${last.name} is missing; ${next.name} is there`;
  return `${next.name} does not go on where ${last.name} ended`;
}

function isLater(file: BinlogLink, last: BinlogLink): boolean {
  const byTime = beginningOf(file) - beginningOf(last);
  return byTime === 0 ? numberOf(file.facts.name) > numberOf(last.facts.name) : byTime > 0;
}

function byAge(a: BinlogLink, b: BinlogLink): number {
  const byTime = Date.parse(a.facts.createdAt) - Date.parse(b.facts.createdAt);
  return byTime === 0 ? numberOf(a.facts.name) - numberOf(b.facts.name) : byTime;
}
