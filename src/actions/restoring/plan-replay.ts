// Which binlogs are replayed onto a backup, and up to which moment: decided from signed manifests, before anything is fetched.
import {
  buildTimeline,
  type BinlogLink,
  type ShippedBinlog,
  type Timeline,
} from '../../domain/binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import type { ReplayTarget } from '../../domain/proofs/proof.ts';
import { formatInstant } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { ReplayTo } from '../../inputs/names.ts';

export interface ReplayPlan {
  readonly target: ReplayTarget;
  /** For the target `instant` only. */
  readonly at: Date | undefined;
  /** All there are: in which of them an instant lies, only what they hold tells. A session that sets its own time can close one in any future. */
  readonly chain: readonly BinlogLink[];
  readonly recoverableUntil: string;
  /** Not in the way of this moment, but of later ones. */
  readonly gap: string | undefined;
  /** What should not be in the store, and is not in the way either. */
  readonly alarms: readonly string[];
}

const HINT =
  'Make a new dump now: it begins a new chain. Then look at the runs that ship binlogs: since when have they failed, and does the server keep its binlogs longer than they pause?';

/**
 * `isRealDay`: what should not be in the store counts as missing, so that nobody who can write there keeps one from an instant before it.
 * Throws `not-an-anchor`, `binlog-chain`.
 */
export function planReplay(
  manifest: DumpManifest,
  shipped: readonly ShippedBinlog[],
  wanted: ReplayTo,
  { isRealDay = false } = {},
): ReplayPlan {
  const { isAnchor, reasons } = manifest.pitrAnchor;
  if (!isAnchor || manifest.coordinates === null) {
    throw new LifeboatError(
      'not-an-anchor',
      `binlogs cannot be replayed onto the backup ${manifest.id}: ${reasons.join('; ')}`,
      {
        hint: 'Point-in-time recovery needs a dump of everything, at one moment, from a server with a binary log.',
      },
    );
  }
  const timeline = buildTimeline(manifest, shipped);
  const { chain, recoverableUntil, gap, alarms } = timeline;
  const obstacle = findObstacle(timeline, wanted, manifest);
  const isHarmless = isRealDay && wanted.kind === 'instant' && obstacle === undefined;
  const problem = [...(isHarmless ? [] : alarms), ...(obstacle === undefined ? [] : [obstacle])].join('; ');
  if (problem !== '') {
    const still = `What can still be recovered is everything until ${formatInstant(recoverableUntil)}.`;
    throw new LifeboatError('binlog-chain', `${problem}.\n${still}`, { hint: HINT });
  }
  const at = wanted.kind === 'instant' ? wanted.at : undefined;
  return { target: wanted.kind, at, chain, recoverableUntil, gap, alarms };
}

/** Without a full stop. */
function findObstacle(
  { chain, recoverableUntil, gap }: Timeline,
  wanted: ReplayTo,
  { instant, id }: DumpManifest,
): string | undefined {
  if (wanted.kind === 'instant') {
    const at = formatInstant(wanted.at.toISOString());
    // The one is of the store's clock, the other of the database server's, as what is asked for.
    const begun = chain[0]?.facts.createdAt ?? instant;
    if (wanted.at < new Date(instant) || wanted.at < new Date(begun))
      return `the backup ${id} holds a later state than that of ${at}`;
    if (wanted.at < new Date(recoverableUntil)) return undefined;
    return gap ?? `the binlogs that were shipped do not reach ${at}`;
  }
  if (gap !== undefined) return gap;
  return chain.length === 0 ? `no binlog was shipped since the backup ${id}` : undefined;
}
