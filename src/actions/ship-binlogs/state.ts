// What is remembered of shipped binary logs from run to run.
import type { BinlogEnd } from '../../domain/binlogs/binlog-order.ts';
import * as shape from '../../domain/statements/json-shape.ts';
import { sourceShape } from '../../domain/dumps/manifest-rules.ts';
import type { SourceIdentity } from '../../domain/dumps/manifest.ts';

export interface ShippedBinlog {
  readonly name: string;
  /** As the server lists it. */
  readonly sizeBytes: number;
  /** Times of the server's clock; tells the file from another of the same name. */
  readonly createdAt: string;
  readonly closedAt: string;
}

/** The newest one that was shipped, and what has to follow it: nothing, where what follows was passed over, or does not continue it. */
export type LastBinlog = ShippedBinlog & BinlogEnd;

export interface ChainStart extends Pick<ShippedBinlog, 'name' | 'createdAt'> {
  /** Something broke the chain before it; otherwise what was shipped before is not remembered. */
  readonly isAfterBreak: boolean;
}

/** One that could not be read, or was damaged: looked at again as long as the server has it. */
export interface PassedOver {
  readonly name: string;
  /** Runs in which it was read and found damaged. */
  readonly damagedReads: number;
  /** The chain that it ended, where there was one: its first file, and its last one, which this has to continue. */
  readonly ended: { readonly start: ChainStart; readonly last: LastBinlog } | null;
}

export interface BinlogState {
  readonly source: SourceIdentity;
  readonly last: LastBinlog | null;
  /** Name of the newest one that was shipped. */
  readonly newest: string | null;
  /** First file of the unbroken chain that goes up to the active one; null: it begins with the next that can be read. */
  readonly chainStart: ChainStart | null;
  /** Oldest first. */
  readonly passedOver: readonly PassedOver[];
  /** Everything shipped that the server still had at the last run. */
  readonly shipped: readonly ShippedBinlog[];
  /** The store's times at which the last runs began, oldest first. */
  readonly runs: readonly string[];
  /** Who was connected to be sent binary logs, and when last (the store's time). */
  readonly readers: readonly { readonly name: string; readonly seenAt: string }[];
  /** Since when readers are watched without a hole, and when they were last looked at; null: they are not. */
  readonly watched: { readonly since: string; readonly last: string } | null;
  /** How far recovery from an anchor got, kept for when the chain breaks. */
  readonly reach: { readonly backupId: string; readonly until: string } | null;
}

const shippedFields = {
  name: shape.filledText,
  sizeBytes: shape.count,
  createdAt: shape.instant,
  closedAt: shape.instant,
};

const lastShape = shape.record<LastBinlog>({
  ...shippedFields,
  saidClosedAt: shape.optional(shape.instant),
  serverId: shape.count,
  next: shape.nullable(shape.filledText),
  gtidsAfter: shape.nullable(shape.anyText),
});

const chainStartShape = shape.record<ChainStart>({
  name: shippedFields.name,
  createdAt: shippedFields.createdAt,
  isAfterBreak: shape.trueOrFalse,
});

const stateShape = shape.record<BinlogState>({
  source: sourceShape,
  last: shape.nullable(lastShape),
  newest: shape.nullable(shape.filledText),
  chainStart: shape.nullable(chainStartShape),
  passedOver: shape.list(
    shape.record<PassedOver>({
      name: shape.filledText,
      damagedReads: shape.count,
      ended: shape.nullable(
        shape.record<NonNullable<PassedOver['ended']>>({ start: chainStartShape, last: lastShape }),
      ),
    }),
  ),
  shipped: shape.list(shape.record<ShippedBinlog>(shippedFields)),
  runs: shape.list(shape.instant),
  readers: shape.list(
    shape.record<BinlogState['readers'][number]>({ name: shape.anyText, seenAt: shape.instant }),
  ),
  watched: shape.nullable(
    shape.record<NonNullable<BinlogState['watched']>>({ since: shape.instant, last: shape.instant }),
  ),
  reach: shape.nullable(
    shape.record<NonNullable<BinlogState['reach']>>({ backupId: shape.filledText, until: shape.instant }),
  ),
});

/** Undefined for what another release of Lifeboat may have left. */
export function readBinlogState(value: unknown): BinlogState | undefined {
  return stateShape.check(value, '', () => undefined) ? value : undefined;
}

/** Nothing is known yet. */
export function emptyState(source: SourceIdentity): BinlogState {
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
    reach: null,
  };
}
