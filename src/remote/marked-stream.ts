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
    held = held.length === 0 ? next : Buffer.concat([held, next]);
    const isLast = held.length >= end.length && held.subarray(held.length - end.length).equals(end);
    // Up to a marker's length may be the beginning of the marker.
    const ready = held.subarray(0, Math.max(0, held.length - end.length));
    if (ready.length > 0) yield ready;
    if (isLast) return;
    held = held.subarray(ready.length);
  }
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
