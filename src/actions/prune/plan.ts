// What retention would remove of a server, and why; what it keeps, and why. Only what a believed manifest names is ever in a plan.
import type { ManifestPart } from '../../domain/manifest.ts';
import { parseBackupId } from '../../domain/object-names.ts';
import { planRetention, type Dated, type Decision, type KeepRules } from '../../domain/retention.ts';
import { formatInstant } from '../../domain/units.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { StoreReader } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { gatherServer } from '../verify/gather.ts';
import { keysOf, partsOf, type Kept, type ServerInventory } from '../verify/inventory.ts';
import { groupByServer, holdsBackups, openListing } from '../verify/list-servers.ts';
import { findWhole } from '../verify/whole.ts';
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
}

const TOO_OLD = 'not the newest of a day, week or month that is kept';

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
  const { list } = await openListing({ store, inspector: undefined }, signal);
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
  const decisions = [...decideDumps(inventory, whole, rules), ...decideSnapshots(inventory, whole, rules)];
  const binlogs = decideBinlogs(inventory, decisions);
  const all = [...decisions, ...binlogs];
  const needed = new Set(
    all.filter(({ reasons }) => reasons.length > 0).flatMap(({ item }) => keysOf(item.kept)),
  );
  const removed = all.filter(({ reasons }) => reasons.length === 0);
  const plan = ({ item, reasons }: Decision<Item>): Planned => ({
    ...{ kind: item.kept.kind, id: item.id, instant: item.instant },
    bytes: sumOf(partsOf(item.kept).filter(({ key }) => !key.includes('/packs/'))),
    why:
      reasons.length > 0 ? reasons.join(', ') : item.kept.kind === 'binlog' ? whyBinlog(decisions) : TOO_OLD,
  });
  return {
    server: inventory.server,
    keep: all.filter(({ reasons }) => reasons.length > 0).map(plan),
    remove: [...removed.map(plan), ...planPacks(removed, needed)],
    refused: inventory.refused.length,
  };
}

function decideDumps(
  inventory: ServerInventory,
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
): Decision<Item>[] {
  const items = inventory.dumps.flatMap(({ id, manifest }): Item[] => {
    const kept = inventory.kept.find((one) => one.kind === 'dump' && one.id === id);
    return kept === undefined ? [] : [{ id, instant: manifest.instant, kept }];
  });
  const proven = inventory.proofs
    .map(({ backup }) => backup.id)
    .find((id) => items.some((item) => item.id === id && whole.has(item.kept)));
  return inSeries(
    items,
    whole,
    rules,
    ({ id }) => parseBackupId(id)?.label ?? '',
    (item) => (item.id === proven ? 'the newest that is proven' : undefined),
  );
}

function decideSnapshots(
  { kept }: ServerInventory,
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
): Decision<Item>[] {
  const items = kept
    .filter(({ kind }) => kind === 'snapshot')
    .map((one): Item => ({ id: one.id, instant: one.finishedAt, kept: one }));
  return inSeries(
    items,
    whole,
    rules,
    ({ id }) => id.split('/')[0] ?? '',
    () => undefined,
  );
}

/** Each series by itself; what cannot be restored is left for people to look at. */
function inSeries(
  items: readonly Item[],
  whole: ReadonlySet<Kept>,
  rules: KeepRules,
  seriesOf: (item: Item) => string,
  always: (item: Item) => string | undefined,
): Decision<Item>[] {
  const series = Map.groupBy(
    items.filter(({ kept }) => whole.has(kept)),
    seriesOf,
  );
  const broken = items.filter(({ kept }) => !whole.has(kept));
  return [
    ...[...series.values()].flatMap((one) => planRetention(one, rules, always)),
    ...broken.map((item) => ({ item, isDaily: false, reasons: ['not whole: look at it with `verify`'] })),
  ];
}

/** From the oldest dump that is kept as one of the days: older ones keep their own moment alone. */
function decideBinlogs(
  { binlogs, kept, dumps }: ServerInventory,
  decisions: readonly Decision<Item>[],
): Decision<Item>[] {
  const from = oldestDaily(decisions);
  const anchors = dumps.some(({ manifest }) => manifest.pitrAnchor.isAnchor);
  return binlogs.flatMap(({ manifest }): Decision<Item>[] => {
    const one = kept.find(({ kind, id }) => kind === 'binlog' && id === manifest.id);
    const { closedAt } = manifest.binlog;
    if (one === undefined) return [];
    const isNeeded = !anchors || from === undefined || closedAt >= from;
    const reasons = isNeeded ? ['closed after the oldest daily dump'] : [];
    return [{ item: { id: manifest.id, instant: closedAt, kept: one }, isDaily: false, reasons }];
  });
}

function oldestDaily(decisions: readonly Decision<Item>[]): string | undefined {
  return decisions
    .filter(({ isDaily, item }) => isDaily && item.kept.kind === 'dump')
    .map(({ item }) => item.instant)
    .toSorted()[0];
}

function whyBinlog(decisions: readonly Decision<Item>[]): string {
  return `closed before the oldest daily dump, of ${formatInstant(oldestDaily(decisions) ?? '')}`;
}

/** Those that only snapshots need that go. */
function planPacks(removed: readonly Decision<Item>[], needed: ReadonlySet<string>): Planned[] {
  const packs = new Map<string, ManifestPart>();
  for (const { item } of removed)
    for (const part of partsOf(item.kept))
      if (part.key.includes('/packs/') && !needed.has(part.key)) packs.set(part.key, part);
  return [...packs.values()].map(({ key, sizeBytes }) => ({
    ...{ kind: 'pack', id: key, instant: '', bytes: sizeBytes },
    why: 'no snapshot that is kept needs it',
  }));
}

function sumOf(parts: readonly ManifestPart[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
