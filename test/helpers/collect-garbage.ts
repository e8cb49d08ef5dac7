// What a piece of code keeps in memory: V8's own collector, as `node --expose-gc` would give it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of everything that something still points to. */
export function keptBytes(): number {
  // Buffers are given back by a thread of their own after a collection; the next one waits for it.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
