// Ssh2 decrypts every piece into a buffer of its own, and V8 gives the memory of buffers back only when it collects what points to
// them. Left alone it waits until they are many and then looks through everything, a hundred times a gigabyte; a look at what is
// young costs a tenth of that. Seen with Node 24: a fifth of the processor time of a run, and 20 MB of its peak memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of buffers that are garbage at most. */
const MAX_GARBAGE_BYTES = 4 * 1024 * 1024;

type CollectGarbage = (options: { readonly type: 'minor' }) => void;

/** Returns what wants to be told of every piece that comes in; `collect` is V8's own collector unless a test brings another. */
export function youngGarbageCollector(collect = exposeCollector()): (sizeBytes: number) => void {
  let garbageBytes = 0;
  return (sizeBytes) => {
    garbageBytes += sizeBytes;
    if (garbageBytes < MAX_GARBAGE_BYTES) return;
    garbageBytes = 0;
    collect({ type: 'minor' });
  };
}

/** As `node --expose-gc` would, which nobody can give to an action. */
function exposeCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as CollectGarbage;
}
