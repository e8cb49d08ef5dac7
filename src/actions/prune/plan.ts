// What retention would remove of a server, and why; what it keeps, and why. Only what a believed manifest names is ever in a plan.
import type { ManifestPart } from '../../domain/statements/stored-message.ts';
import { isOfDump } from '../../domain/proofs/proof.ts';
import { parseBackupId, parsePackKey } from '../../domain/stores/object-names.ts';
import { planRetention, type Dated, type Decision, type KeepRules } from '../../domain/stores/retention.ts';
import { formatInstant } from '../../domain/text/units.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { StoreReader } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { gatherServer } from '../catalog/gather.ts';
import {
  isPackKey,
  keysOf,
  partsOf,
  snapshotId,
  type Kept,
  type ServerInventory,
} from '../catalog/inventory.ts';
import { groupByServer, holdsBackups, openListing } from '../catalog/list-servers.ts';
import { findWhole } from '../catalog/whole.ts';
import type { PruneInputs } from './inputs.ts';

export interface Planned {
  readonly kind: Kept['kind'] | 'pack';
  readonly id: string;
  /** When it was made, or for a binlog closed; ISO 8601. Empty for packs, which are of many moments. */
  readonly instant: string;
  /** Of the objects that only this needs. */
  readonly bytes: number;
  readonly why: string;
}

export interface ServerPlan {
  readonly server: string;
  readonly keep: readonly Planned[];
  readonly remove: readonly Planned[];
  /** Manifests that are not believed: nobody knows what they name. */
  readonly refused: number;
}

interface Item extends Dated {
  readonly kept: Kept;
  readonly complete: boolean;
  /** Of the night that it belongs to. */
  readonly set: string | undefined;
}

const PROVEN = 'the newest that is proven';
const TOO_OLD = 'not the newest of a day, week or month that is kept';
const NOT_WHOLE = 'not whole: look at it with `verify`';
/** A dump's instant is told a moment after its position in the binlogs was read. */
const TOLERANCE_MS = 10 * 60_000;

/** Reads; removes nothing. */
export async function planPruning(
  inputs: PruneInputs,
  keys: {
    readonly trustedSigners: readonly TrustedSigner[] | undefined;
    readonly trustedProvers: readonly TrustedSigner[] | undefined;
  },
  { store, encryption }: { readonly store: StoreReader; readonly encryption: Encryption },
  signal: AbortSignal,
): Promise<readonly ServerPlan[]> {
  const now = (await readStoreClock(store, signal)).now();
  const { list } = await openListing({ store, inspector: undefined }, inputs.server, signal);
  const rules = { daily: inputs.keepDaily, weekly: inputs.keepWeekly, monthly: inputs.keepMonthly };
  const context = { store, encryption, ...keys, now, signal, looksInside: false };
  const plans: ServerPlan[] = [];
  for await (const { server, keys: serverKeys } of groupByServer(list, inputs.server))
    if (holdsBackups(serverKeys))
      plans.push(planServer(await gatherServer(server, serverKeys, context), rules, now));
  return plans;
}

/** Whole backups only are counted as kept: one that cannot be restored must not take the place of one that can. */
export function planServer(inventory: ServerInventory, rules: KeepRules, now: Date): ServerPlan {
  const whole = findWhole(inventory, { now, hasStoreTimes: false });
  const dumps = decideDumps(inventory, whole, rules);
  const decisions = [...dumps, ...keepMates(decideSnapshots(inventory, whole, rules), dumps)];
  const binlogs = decideBinlogs(inventory, whole, dumps);
  const all = [...decisions, ...binlogs];
  const needed = new Set(
    all.filter(({ reasons }) => reasons.length > 0).flatMap(({ item }) => keysOf(item.kept)),
  );
  const removed = all.filter(({ reasons }) => reasons.length === 0);
  const plan = ({ item, reasons }: Decision<Item>): Planned => ({
    ...{ kind: item.kept.kind, id: item.id, instant: item.instant },
    bytes: sumOf(partsOf(item.kept).filter(({ key }) => !isPackKey(key))),
    why: reasons.length > 0 ? reasons.join(', ') : item.kept.kind === 'binlog' ? whyBinlog(dumps) : TOO_OLD,
  });
  return {
    server: inventory.server,
    keep: all.filter(({ reasons }) => reasons.length > 0).map(plan),
    remove: [...removed.map(plan), ...planPacks(inventory, removed, needed)],
    refused: inventory.refused.length,
  };
}

function decideDumps(
  inventory: ServerInventory,
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
): Decision<Item>[] {
  const items = inventory.dumps.flatMap(({ id, manifest: { instant, complete, set } }): Item[] => {
    const kept = inventory.kept.find((one) => one.kind === 'dump' && one.id === id);
    return kept === undefined ? [] : [{ id, instant, kept, complete, set }];
  });
  const tested = new Set(inventory.proofs.filter(isOfDump).map(({ backup }) => backup.id));
  const proven = items.find(({ id, kept }) => tested.has(id) && whole.has(kept))?.id;
  return inSeries(
    items,
    whole,
    rules,
    ({ id }) => parseBackupId(id)?.label ?? '',
    (item) => (item.id === proven ? PROVEN : undefined),
  );
}

function decideSnapshots(
  { kept, snapshots, proofs }: ServerInventory,
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
): Decision<Item>[] {
  const items = snapshots.flatMap(({ name, id, instant, complete, set }): Item[] => {
    const one = kept.find((each) => each.kind === 'snapshot' && each.id === snapshotId({ name, id }));
    return one === undefined ? [] : [{ id: one.id, instant, kept: one, complete, set }];
  });
  const tested = new Set(
    proofs.flatMap(({ storage = [] }) =>
      storage.map(({ name, snapshot }) => snapshotId({ name, id: snapshot })),
    ),
  );
  // Of each storage; the newest come first.
  const proven = new Set(
    [
      ...Map.groupBy(
        items.filter(({ id, kept: one }) => tested.has(id) && whole.has(one)),
        ({ id }) => storageOf(id),
      ).values(),
    ].map(([newest]) => newest?.id),
  );
  return inSeries(
    items,
    whole,
    rules,
    ({ id }) => storageOf(id),
    ({ id }) => (proven.has(id) ? PROVEN : undefined),
  );
}

/** Of a snapshot, `uploads/20261120T030512Z-7f3a9c1e`. */
function storageOf(id: string): string {
  return id.split('/')[0] ?? '';
}

/** A dump without its files is half a backup, and midnight may lie between the two. */
function keepMates(snapshots: readonly Decision<Item>[], dumps: readonly Decision<Item>[]): Decision<Item>[] {
  const sets = new Set(dumps.flatMap(({ item, reasons }) => (reasons.length > 0 ? (item.set ?? []) : [])));
  return snapshots.map((decision) => {
    const { item, reasons } = decision;
    const isMate = reasons.length === 0 && item.set !== undefined && sets.has(item.set);
    return isMate ? { ...decision, reasons: ['belongs to a dump that is kept'] } : decision;
  });
}

/** Each series by itself, and what is not complete beside what is; what cannot be restored is left for people to look at. */
function inSeries(
  items: readonly Item[],
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
  seriesOf: (item: Item) => string,
  always: (item: Item) => string | undefined,
): Decision<Item>[] {
  const series = Map.groupBy(
    items.filter(({ kept }) => whole.has(kept)),
    (item) => `${seriesOf(item)} ${item.complete ? '' : 'not complete'}`,
  );
  const broken = items.filter(({ kept }) => !whole.has(kept));
  return [
    ...[...series.values()].flatMap((one) => planRetention(one, rules, always)),
    ...broken.map((item) => ({ item, isDaily: false, reasons: [NOT_WHOLE] })),
  ];
}

/**
 * From the oldest dump that is kept as one of the days: older ones keep their own moment alone. By when they were shipped, after which
 * nothing came into them: when one was closed is told by the server's clock, and after a crash by its last event.
 */
function decideBinlogs(
  { binlogs, kept, dumps }: ServerInventory,
  whole: ReadonlySet<Kept>,
  decisions: readonly Decision<Item>[],
): Decision<Item>[] {
  const from = oldestDaily(decisions);
  const anchors = new Set(dumps.filter(({ manifest }) => manifest.pitrAnchor.isAnchor).map(({ id }) => id));
  const hasAnchor = decisions.some(({ item, isDaily }) => isDaily && anchors.has(item.id));
  return binlogs.flatMap(({ manifest }): Decision<Item>[] => {
    const { id, binlog, finishedAt, set } = manifest;
    const one = kept.find((each) => each.kind === 'binlog' && each.id === id);
    if (one === undefined) return [];
    const isNeeded =
      !hasAnchor || from === undefined || Date.parse(finishedAt) >= Date.parse(from) - TOLERANCE_MS;
    const why = isNeeded ? ['shipped after the oldest daily dump'] : [];
    const item: Item = { id, instant: binlog.closedAt, kept: one, complete: true, set };
    return [{ item, isDaily: false, reasons: whole.has(one) ? why : [NOT_WHOLE] }];
  });
}

function oldestDaily(decisions: readonly Decision<Item>[]): string | undefined {
  return decisions
    .filter(({ isDaily, item }) => isDaily && item.kept.kind === 'dump')
    .map(({ item }) => item.instant)
    .toSorted()[0];
}

function whyBinlog(decisions: readonly Decision<Item>[]): string {
  return `shipped before the oldest daily dump, of ${formatInstant(oldestDaily(decisions) ?? '')}`;
}

/** Those that only snapshots need that go; none of a storage with a snapshot that is not believed, for nobody knows what that needs. */
function planPacks(
  { refused }: ServerInventory,
  removed: readonly Decision<Item>[],
  needed: ReadonlySet<string>,
): Planned[] {
  const unknown = new Set(refused.flatMap(({ kind, id }) => (kind === 'snapshot' ? id.split('/')[0] : [])));
  const packs = new Map<string, ManifestPart>();
  for (const { item } of removed)
    for (const part of partsOf(item.kept)) {
      const isFree = isPackKey(part.key) && !needed.has(part.key);
      if (isFree && !unknown.has(parsePackKey(part.key)?.name)) packs.set(part.key, part);
    }
  return [...packs.values()].map(({ key, sizeBytes }) => ({
    ...{ kind: 'pack', id: key, instant: '', bytes: sizeBytes },
    why: 'no snapshot that is kept needs it',
  }));
}

function sumOf(parts: readonly ManifestPart[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
