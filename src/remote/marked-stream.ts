// Cuts one payload out of an endless stream: everything up to a marker, after which nothing comes until it is asked for.

/**
 * Yields the bytes before `marker`. The marker is the last thing in the stream at that moment, so only the tail is compared.
 * When the stream ends before it, throws what `whyEnded` says.
 */
export async function* readMarked(
  chunks: AsyncIterator<Buffer>,
  marker: string,
  whyEnded: () => Promise<Error>,
): AsyncGenerator<Buffer> {
  const end = Buffer.from(marker);
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    const next = await nextChunk(chunks);
    if (next === undefined) throw await whyEnded();
    // Nearly always nothing is held, and the chunk is passed on without a copy.
    const bytes = held.length === 0 ? next : Buffer.concat([held, next]);
    const ready = bytes.length - countMarkerBytes(bytes, end);
    if (ready > 0) yield bytes.subarray(0, ready);
    held = bytes.subarray(ready);
    if (held.length === end.length) return;
  }
}

/** How many bytes at the end of `bytes` are the marker, or may be the beginning of it. */
function countMarkerBytes(bytes: Buffer, marker: Buffer): number {
  for (let count = Math.min(bytes.length, marker.length); count > 0; count -= 1) {
    if (bytes.compare(marker, 0, count, bytes.length - count) === 0) return count;
  }
  return 0;
}

async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  try {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  } catch {
    // A destroyed stream throws; why it was destroyed is known elsewhere.
    return undefined;
  }
}
