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
  if (own.length < shipped.length) alarms.unshift(describeStrangers(source, shipped));
  const first = findFirst(files, anchor, coordinates);
  const chain = typeof first === 'object' ? followFrom(first, files) : [];
  const last = chain.at(-1);
  if (last === undefined || endsBefore(last.facts, instant)) {
    const isLost = files.some(({ facts }) => facts.createdAt >= instant || facts.closedAt > instant);
    const why =
      typeof first === 'string' ? first : `${coordinates.file}, where the dump was made, is missing`;
    return { chain: [], recoverableUntil: instant, gap: isLost ? why : undefined, alarms };
  }
  return { chain, recoverableUntil: closingOf(last), gap: describeGap(files, chain, last), alarms };
}

function followFrom(first: BinlogLink, files: readonly BinlogLink[]): BinlogLink[] {
  const chain = [first];
  for (let next = findFollower(files, first); next !== undefined; next = findFollower(files, next))
    chain.push(next);
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

function describeStrangers(source: SourceIdentity, shipped: readonly ShippedBinlog[]): string {
  const strangers = shipped.filter(({ manifest }) => !isSameSource(manifest.source, source));
  const names = [...new Set(strangers.map(({ manifest }) => manifest.binlog.name))];
  return `${names.join(', ')}: shipped by another database server than the one that was dumped`;
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

function findFollower(files: readonly BinlogLink[], { facts }: BinlogLink): BinlogLink | undefined {
  const candidates = files
    .filter((file) => findBreak(facts, file.facts.name, file.facts) === undefined)
    .toSorted(byAge);
  const [next] = candidates;
  return next !== undefined && !(facts.gtidsAfter === '' && wasReset(files, facts, next.facts))
    ? next
    : undefined;
}

/** Whether numbers began again between the two. */
function wasReset(files: readonly BinlogLink[], from: BinlogFacts, to: BinlogFacts): boolean {
  return files.some(
    ({ facts }) =>
      facts.createdAt > from.createdAt &&
      facts.createdAt <= to.createdAt &&
      numberOf(facts.name) <= numberOf(from.name),
  );
}

/** One of the chain may have been begun in any future. */
function describeGap(
  files: readonly BinlogLink[],
  chain: readonly BinlogLink[],
  end: BinlogLink,
): string | undefined {
  const { facts: last } = end;
  const later = files
    .filter((file) => !chain.includes(file) && isLater(file, end))
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
