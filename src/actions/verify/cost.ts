// How much is stored, how fast it grows, and about what that costs: from the list of what is there.
import { priceOfEndpoint, type StorePrice } from '../../domain/stores/store-prices.ts';
import { DAY_MS } from '../../domain/text/units.ts';
import type { ExpiryRule, KeyVersions } from '../../ports/store.ts';

/** What was stored in this time is taken for what goes on. */
const OBSERVED_DAYS = 30;
const YEAR_DAYS = 365;

/** Adds up while servers are looked at one after the other. */
export class Volume {
  currentBytes = 0;
  hiddenBytes = 0;
  #recentBytes = 0;
  #oldest: number;
  readonly #now: number;

  constructor(now: Date) {
    this.#now = this.#oldest = now.getTime();
  }

  add({ current, hidden }: KeyVersions): void {
    for (const version of [...(current === undefined ? [] : [current]), ...hidden]) {
      const storedAt = version.lastModified.getTime();
      if (version === current) this.currentBytes += version.sizeBytes;
      else this.hiddenBytes += version.sizeBytes;
      if (this.#now - storedAt <= OBSERVED_DAYS * DAY_MS) this.#recentBytes += version.sizeBytes;
      this.#oldest = Math.min(this.#oldest, storedAt);
    }
  }

  get bytes(): number {
    return this.currentBytes + this.hiddenBytes;
  }

  /** Undefined for what began less than a day ago: nothing can be told of it. */
  get bytesPerDay(): number | undefined {
    const days = Math.min(OBSERVED_DAYS, (this.#now - this.#oldest) / DAY_MS);
    return days < 1 ? undefined : this.#recentBytes / days;
  }
}

export interface Cost {
  readonly bytes: number;
  readonly hiddenBytes: number;
  readonly bytesPerDay: number | undefined;
  /** If it goes on like this; undefined where `bytesPerDay` is. */
  readonly bytesInAYear: number | undefined;
  /** After how many days a rule of the bucket removes everything; undefined: nothing does. */
  readonly removedAfterDays: number | undefined;
  readonly price: StorePrice | undefined;
}

export function estimateCost(
  volume: Volume,
  expiry: readonly ExpiryRule[],
  store: { readonly isBucket: boolean; readonly endpoint: URL | undefined },
): Cost {
  const all = expiry.filter((rule) => rule.prefix === '' && rule.days !== undefined);
  const days = all.map((rule) => (rule.days ?? 0) + (rule.noncurrentDays ?? 0));
  const removedAfterDays = days.length === 0 ? undefined : Math.min(...days);
  const { bytes, hiddenBytes, bytesPerDay } = volume;
  const bytesInAYear =
    bytesPerDay &&
    (removedAfterDays === undefined
      ? bytes + bytesPerDay * YEAR_DAYS
      : bytesPerDay * Math.min(YEAR_DAYS, removedAfterDays));
  const price = store.isBucket ? priceOfEndpoint(store.endpoint) : undefined;
  return { bytes, hiddenBytes, bytesPerDay, bytesInAYear, removedAfterDays, price };
}

/** US dollars a month. */
export function monthlyPrice(bytes: number, { perGigabyteMonth }: StorePrice): number {
  return (bytes / 1e9) * perGigabyteMonth;
}
