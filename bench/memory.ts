// Peak memory of Lifeboat at sources of different sizes, near and far: it must not grow with them.
import { emptyBucket } from './bucket.ts';
import { createGeneratedTable, GENERATED_DATABASE, setGeneratedSize } from './generated-source.ts';
import { measure } from './measure.ts';
import { createOurs } from './ours.ts';
import { startServers } from './servers.ts';

export interface MemoryFigure {
  readonly sourceBytes: number;
  readonly where: 'near' | 'far';
  readonly peakBytes: number;
  readonly storedBytes: number;
  readonly wallMs: number;
}

/** Three quarters of the source arrive; the store on disk has room for one of them and its metadata. */
const STORE_ROOM = 1.2;

/** Starts servers of its own, with a store on disk; `inputs` change the runs. Throws unless everything comes back whole. */
export async function measureMemory(
  sizesBytes: readonly number[],
  roundTripMs: number,
  inputs: Readonly<Record<string, string>>,
  tell: (line: string) => void,
): Promise<MemoryFigure[]> {
  const storeBytes = Math.ceil(Math.max(...sizesBytes) * STORE_ROOM) + 4e9;
  const servers = await startServers({ s3: { objectStore: 'bluestore', storeBytes } });
  try {
    await createGeneratedTable(servers.lab);
    const far = await servers.moveAway(roundTripMs);
    const figures: MemoryFigure[] = [];
    for (const where of ['near', 'far'] as const) {
      for (const sourceBytes of sizesBytes) {
        await setGeneratedSize(servers.lab, sourceBytes);
        const ours = createOurs(servers, where === 'near' ? servers.lab : far, {
          databases: GENERATED_DATABASE,
          ...inputs,
        });
        await ours.prepare();
        const { outcome, usage } = await measure(() => ours.start());
        await outcome.restore();
        figures.push({ sourceBytes, where, ...usage, storedBytes: outcome.sizeBytes });
        tell(`${where}, ${sourceBytes / 1e9} GB: ${(usage.peakBytes / 1e6).toFixed(0)} MB at most`);
      }
    }
    await emptyBucket(servers.lab.s3);
    return figures;
  } finally {
    await servers.stop();
  }
}
