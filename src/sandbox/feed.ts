// Writes a stream into the standard input of a program, no faster than the program reads.
import type { Writable } from 'node:stream';

/**
 * Ends `sink` when the source ends. Settles early, and lets go of the source, when nobody reads `sink` any more: that is for the
 * program's exit code to judge. Rejects with the source's own error, and with nothing else; `sink` is left open then.
 */
export async function feed(source: AsyncIterable<Uint8Array>, sink: Writable): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await unlessClosed(iterator.next(), sink);
    if (next?.done === true) break;
    // The chunk is written before the next is asked for: the source may use its memory again.
    if (next !== undefined && (await write(sink, next.value))) continue;
    // Not awaited: a generator that waits for something takes this only when it comes.
    void iterator.return?.().catch(() => undefined);
    return;
  }
  sink.end();
}

/** Undefined as soon as the sink is closed. Leaves nothing behind at the sink, which sees many chunks. */
function unlessClosed<T>(work: Promise<T>, sink: Writable): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    if (sink.destroyed) stop();
    sink.once('close', stop);
    void work.then(resolve, reject).finally(() => sink.off('close', stop));
  });
}

/** Whether it was written. */
function write(sink: Writable, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    sink.write(chunk, (error) => resolve(error === undefined || error === null));
  });
}
