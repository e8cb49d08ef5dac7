// How much is stored, how fast it grows, and about what that costs: from the list of what is there.
import { priceOfEndpoint, type StorePrice } from '../../domain/stores/store-prices.ts';
import { DAY_MS } from '../../domain/text/units.ts';
import type { ExpiryRule, KeyVersions } from '../../ports/store.ts';
import { applies } from './rules.ts';

/** What was stored in this time is taken for what goes on. */
const OBSERVED_DAYS = 30;
const YEAR_DAYS = 365;

export interface VolumeSettings {
  readonly expiry: readonly ExpiryRule[];
  /** Undefined: the service does not tell, or has no such setting. */
  readonly keepsVersions: boolean | undefined;
}

/** What goes at the same age. */
interface Group {
  /** Undefined: never. */
  readonly removedAfterDays: number | undefined;
  bytes: number;
  recentBytes: number;
}

/** Adds up while servers are looked at one after the other. */
export class Volume {
  currentBytes = 0;
  hiddenBytes = 0;
  readonly #groups = new Map<number | undefined, Group>();
  readonly #settings: VolumeSettings;
  #oldest: number;
  readonly #now: number;

  constructor(now: Date, settings: VolumeSettings) {
    this.#now = this.#oldest = now.getTime();
    this.#settings = settings;
  }

  add({ key, current, hidden }: KeyVersions): void {
    for (const version of [...(current === undefined ? [] : [current]), ...hidden]) {
      const storedAt = version.lastModified.getTime();
      const group = this.#groupOf(key, version.sizeBytes);
      if (version === current) this.currentBytes += version.sizeBytes;
      else this.hiddenBytes += version.sizeBytes;
      group.bytes += version.sizeBytes;
      if (this.#now - storedAt <= OBSERVED_DAYS * DAY_MS) group.recentBytes += version.sizeBytes;
      this.#oldest = Math.min(this.#oldest, storedAt);
    }
  }

  get bytes(): number {
    return this.currentBytes + this.hiddenBytes;
  }

  /** Undefined for what began less than a day ago: nothing can be told of it. */
  get bytesPerDay(): number | undefined {
    const days = this.#observedDays;
    return days < 1 ? undefined : sumOf(this.#groups.values(), ({ recentBytes }) => recentBytes) / days;
  }

  /** Undefined where `bytesPerDay` is. */
  get bytesInAYear(): number | undefined {
    const days = this.#observedDays;
    if (days < 1) return undefined;
    return sumOf(this.#groups.values(), ({ bytes, recentBytes, removedAfterDays }) => {
      const perDay = recentBytes / days;
      const kept = bytes + perDay * YEAR_DAYS;
      return removedAfterDays === undefined ? kept : Math.min(kept, perDay * removedAfterDays);
    });
  }

  /** Of each group. */
  get removals(): readonly (number | undefined)[] {
    return [...this.#groups.keys()];
  }

  get #observedDays(): number {
    return Math.min(OBSERVED_DAYS, (this.#now - this.#oldest) / DAY_MS);
  }

  #groupOf(key: string, sizeBytes: number): Group {
    const removedAfterDays = findRemoval(key, sizeBytes, this.#settings);
    const known = this.#groups.get(removedAfterDays);
    const group = known ?? { removedAfterDays, bytes: 0, recentBytes: 0 };
    if (known === undefined) this.#groups.set(removedAfterDays, group);
    return group;
  }
}

export interface Cost {
  readonly bytes: number;
  readonly hiddenBytes: number;
  readonly bytesPerDay: number | undefined;
  /** If it goes on like this; undefined where `bytesPerDay` is. */
  readonly bytesInAYear: number | undefined;
  /** Whether rules of the bucket remove some of it for good. */
  readonly isAnyRemoved: boolean;
  /** After how many days nothing is left of what is stored today; undefined: something is left for ever. */
  readonly removedAfterDays: number | undefined;
  readonly price: StorePrice | undefined;
}

export function estimateCost(
  volume: Volume,
  store: { readonly isBucket: boolean; readonly endpoint: URL | undefined },
): Cost {
  const { bytes, hiddenBytes, bytesPerDay, bytesInAYear, removals } = volume;
  const days = removals.flatMap((removal) => removal ?? []);
  const price = store.isBucket ? priceOfEndpoint(store.endpoint) : undefined;
  return {
    ...{ bytes, hiddenBytes, bytesPerDay, bytesInAYear, price },
    isAnyRemoved: days.length > 0,
    removedAfterDays: days.length > 0 && days.length === removals.length ? Math.max(...days) : undefined,
  };
}

/** After how many days rules remove an object for good; undefined: none does. */
function findRemoval(
  key: string,
  sizeBytes: number,
  { expiry, keepsVersions }: VolumeSettings,
): number | undefined {
  const rules = expiry.filter((rule) => applies(rule, key, sizeBytes));
  const [days] = rules.flatMap((rule) => rule.days ?? []).toSorted((a, b) => a - b);
  const [noncurrentDays] = rules.flatMap((rule) => rule.noncurrentDays ?? []).toSorted((a, b) => a - b);
  // What only goes out of sight is paid for as before.
  const isHiddenForEver = noncurrentDays === undefined && keepsVersions === true;
  return days === undefined || isHiddenForEver ? undefined : days + (noncurrentDays ?? 0);
}

function sumOf<T>(all: Iterable<T>, valueOf: (one: T) => number): number {
  return [...all].reduce((sum, one) => sum + valueOf(one), 0);
}

/** US dollars a month. */
export function monthlyPrice(bytes: number, { perGigabyteMonth }: StorePrice): number {
  return (bytes / 1e9) * perGigabyteMonth;
}
