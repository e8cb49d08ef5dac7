// What says of itself that it is of a time that has not come: it would be the newest for ever, so that it does not count.
import { isFromTheFuture } from '../../domain/stores/store-clock.ts';

const MAX_NAMED = 5;

export interface Watch {
  /** The store's time. */
  readonly now: Date;
  /** Told in a sentence what is passed over, though it has a manifest. */
  readonly warn?: (sentence: string) => void;
}

/** Returns the others. `timeOf`: Unix time in milliseconds. */
export function passOverFuture<T extends { readonly id: string }>(
  found: readonly T[],
  timeOf: (one: T) => number,
  { now, warn }: Watch,
): readonly T[] {
  const isFuture = (one: T) => isFromTheFuture(new Date(timeOf(one)), now);
  const ids = found.filter(isFuture).map(({ id }) => id);
  if (ids.length === 0) return found;
  warn?.(
    `Of a time that has not come, and not counted: ${nameSome(ids)}. No run with a right clock wrote this: find out who did, and delete it.`,
  );
  return found.filter((one) => !isFuture(one));
}

/** `why`: a sentence that ids end. */
export function warnOf(ids: readonly string[], why: string, { warn }: Pick<Watch, 'warn'>): void {
  if (ids.length > 0) warn?.(`${why}: ${nameSome(ids)}.`);
}

function nameSome(ids: readonly string[]): string {
  const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : '';
  return ids.slice(0, MAX_NAMED).join(', ') + more;
}
