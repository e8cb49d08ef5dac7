// Brings the binlogs of a plan onto this machine, as ciphertext.
import type { ShippedBinlog } from '../../domain/binlog-timeline.ts';
import { LifeboatError } from '../../errors.ts';
import type { ReplayableBinlog } from '../../ports/restore-engine.ts';
import { fetchStored, type FetchContext } from './fetch-backup.ts';
import { openObject } from './open-object.ts';
import type { ReplayPlan } from './plan-replay.ts';

export interface FetchedBinlog {
  readonly copy: ShippedBinlog;
  readonly file: string;
}

/** Of several copies of a file the first that is whole. Throws `object-mismatch`. */
export async function fetchBinlogs(
  { chain }: ReplayPlan,
  context: FetchContext,
): Promise<readonly FetchedBinlog[]> {
  const fetched: FetchedBinlog[] = [];
  for (const { copies } of chain) {
    for (const [index, copy] of copies.entries()) {
      try {
        fetched.push({ copy, file: await fetchStored(copy.manifest.object, copy.manifest.id, context) });
        break;
      } catch (error) {
        const isDamaged = error instanceof LifeboatError && error.code === 'object-mismatch';
        if (!isDamaged || index === copies.length - 1) throw error;
        context.reporter.info(`${error.message}; another copy is taken`);
      }
    }
  }
  return fetched;
}

export function openBinlogs(
  fetched: readonly FetchedBinlog[],
  context: FetchContext,
): readonly ReplayableBinlog[] {
  return fetched.map(({ copy, file }) => ({
    facts: copy.manifest.binlog,
    open: () => openObject(file, context),
  }));
}
