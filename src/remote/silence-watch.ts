// Notices that a peer has gone silent. Counts bytes, not answered keepalives: over a slow line an answer waits behind megabytes of
// data that do arrive, and a connection that delivers is not dead.

/** Calls `onSilence` once when nothing has arrived during `count` whole intervals. Returns the way to stop watching. */
export function watchSilence(
  countBytes: () => number,
  intervalMs: number,
  count: number,
  onSilence: () => void,
): () => void {
  let seenBytes = countBytes();
  let silentIntervals = 0;
  // Intervals are counted rather than times compared: after a pause of this very process what has arrived is read before the next.
  const timer = setInterval(() => {
    const bytes = countBytes();
    silentIntervals = bytes === seenBytes ? silentIntervals + 1 : 0;
    seenBytes = bytes;
    if (silentIntervals < count) return;
    clearInterval(timer);
    onSilence();
  }, intervalMs);
  return () => clearInterval(timer);
}
