// What a run of ship-binlogs did, or would do.
import type { BinlogManifest } from '../../domain/binlogs/binlog-manifest.ts';
import type { LifeboatError } from '../../errors.ts';
import type { BinlogServer, ListedBinlog } from '../../ports/binlog-engine.ts';
import type { Reach } from './chain.ts';
import type { BinlogState } from './state.ts';

interface Found {
  readonly server: Pick<BinlogServer, 'source' | 'format' | 'rowImage'>;
  readonly warnings: readonly string[];
}

export type ShipOutcome =
  | (Found & {
      readonly kind: 'dry-run';
      readonly due: readonly ListedBinlog[];
      /** The active file, where the run would close it. */
      readonly rotated: ListedBinlog | undefined;
    })
  | (Found & {
      readonly kind: 'shipped';
      readonly manifests: readonly BinlogManifest[];
      readonly storedBytes: number;
      readonly durationMs: number;
      readonly storeLocation: string;
      readonly isSigned: boolean;
      /** The newest that is shipped, by this run or an earlier one. */
      readonly newest: string | undefined;
      readonly chainStart: BinlogState['chainStart'];
      readonly reach: Reach | undefined;
      readonly purged: readonly ListedBinlog[];
      /** What makes the run red although something may have been shipped. */
      readonly failure: LifeboatError | undefined;
    });
