// What is remembered of shipped binary logs from run to run.
import * as shape from '../../domain/json-shape.ts';
import { sourceShape } from '../../domain/manifest-rules.ts';
import type { SourceIdentity } from '../../domain/manifest.ts';

export interface ShippedBinlog {
  readonly name: string;
  /** As the server lists it. */
  readonly sizeBytes: number;
  /** Times of the server's clock; tells the file from another of the same name. */
  readonly createdAt: string;
  readonly closedAt: string;
}

/** The newest one that was dealt with, and what has to follow it. */
export interface LastBinlog extends ShippedBinlog {
  readonly next: string | null;
  /** Null: the chain ends here, because it was damaged, or because what follows does not continue it. */
  readonly gtidsAfter: string | null;
}

export type ChainStart = Pick<ShippedBinlog, 'name' | 'createdAt'>;

export interface BinlogState {
  readonly source: SourceIdentity;
  readonly last: LastBinlog | null;
  /** Name of the newest one that was shipped. */
  readonly newest: string | null;
  /** First file of the unbroken chain that goes up to the active one; null before the first run. */
  readonly chainStart: ChainStart | null;
  /** Everything shipped that the server still had at the last run, oldest first. */
  readonly shipped: readonly ShippedBinlog[];
  /** The store's times at which the last runs began, oldest first. */
  readonly runs: readonly string[];
  /** Who was connected to be sent binary logs, and when last (the store's time). */
  readonly readers: readonly { readonly name: string; readonly seenAt: string }[];
  /** Since when readers are watched without a run that did not; null: they are not. */
  readonly watchedSince: string | null;
  /** How far recovery from an anchor got, kept for when the chain breaks. */
  readonly reach: { readonly backupId: string; readonly until: string } | null;
}

const shippedFields = {
  name: shape.filledText,
  sizeBytes: shape.count,
  createdAt: shape.instant,
  closedAt: shape.instant,
};

const stateShape = shape.record<BinlogState>({
  source: sourceShape,
  last: shape.nullable(
    shape.record<LastBinlog>({
      ...shippedFields,
      next: shape.nullable(shape.filledText),
      gtidsAfter: shape.nullable(shape.anyText),
    }),
  ),
  newest: shape.nullable(shape.filledText),
  chainStart: shape.nullable(
    shape.record<ChainStart>({
      name: shippedFields.name,
      createdAt: shippedFields.createdAt,
    }),
  ),
  shipped: shape.list(shape.record<ShippedBinlog>(shippedFields)),
  runs: shape.list(shape.instant),
  readers: shape.list(
    shape.record<BinlogState['readers'][number]>({ name: shape.anyText, seenAt: shape.instant }),
  ),
  watchedSince: shape.nullable(shape.instant),
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
    shipped: [],
    runs: [],
    readers: [],
    watchedSince: null,
    reach: null,
  };
}
