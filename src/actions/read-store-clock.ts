// The time that a run goes by.
import { startStoreClock, type StoreClock } from '../domain/stores/store-clock.ts';

/** Asks the store once. Throws `clock-skew`, and whatever else is wrong with the way to the store. */
export async function readStoreClock(
  store: { readClock(signal: AbortSignal): Promise<Date> },
  signal: AbortSignal,
): Promise<StoreClock> {
  const askedAt = Date.now();
  const storeTime = await store.readClock(signal);
  const answeredAt = Date.now();
  return startStoreClock(storeTime, new Date((askedAt + answeredAt) / 2), () => performance.now());
}
