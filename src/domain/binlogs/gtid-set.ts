// Sets of transactions by their global ids: MySQL's GTID sets, and MariaDB's lists of the last one of each domain and server. Each has
// one form as text, so that two that are equal look equal.

/** First and last number. */
interface Interval {
  readonly from: number;
  to: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const INTERVAL = /^([1-9]\d{0,15})(?:-([1-9]\d{0,15}))?$/;
const MARIADB_GTID = /^(\d{1,10})-(\d{1,10})-(\d{1,16})$/;

/** MySQL: `uuid:1-5:7,uuid:tag:1-3`. */
export class GtidSet {
  /** By `uuid`, or `uuid:tag`. Sorted, and with something missing between each two. */
  readonly #intervals = new Map<string, Interval[]>();

  /** Undefined for text that is no set; blanks and line breaks between its parts do not matter. */
  static parse(text: string): GtidSet | undefined {
    const set = new GtidSet();
    const parts = text.toLowerCase().replaceAll(/\s+/g, '').split(',');
    if (parts.length === 1 && parts[0] === '') return set;
    return parts.every((part) => set.#read(part)) ? set : undefined;
  }

  /** `source` is a uuid in lower case, with `:tag` behind it where there is one. Throws RangeError. */
  add(source: string, from: number, to: number = from): void {
    if (!(from >= 1 && to >= from && Number.isSafeInteger(to)))
      throw new RangeError(`not numbers of transactions: ${from} to ${to}`);
    const intervals = this.#intervals.get(source) ?? [];
    this.#intervals.set(source, intervals);
    const last = intervals.at(-1);
    // Nearly all come in order.
    if (last === undefined || from > last.to + 1) intervals.push({ from, to });
    else if (from >= last.from) last.to = Math.max(last.to, to);
    else this.#intervals.set(source, merge([...intervals, { from, to }]));
  }

  /** Whether any of its transactions has a tag (MySQL 8.3). */
  get hasTags(): boolean {
    return [...this.#intervals.keys()].some((source) => source.includes(':'));
  }

  union(other: GtidSet): GtidSet {
    const all = new GtidSet();
    for (const { source, from, to } of [...this.#list(), ...other.#list()]) all.add(source, from, to);
    return all;
  }

  contains(other: GtidSet): boolean {
    return other
      .#list()
      .every(({ source, from, to }) =>
        this.#intervals.get(source)?.some((own) => own.from <= from && to <= own.to),
      );
  }

  equals(other: GtidSet): boolean {
    return this.toString() === other.toString();
  }

  /** As the server prints it, without line breaks. */
  toString(): string {
    const byUuid = new Map<string, string[]>();
    for (const source of [...this.#intervals.keys()].toSorted()) {
      const [uuid = '', ...tag] = source.split(':');
      const intervals = this.#intervals.get(source) ?? [];
      const parts = [...tag, ...intervals.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))];
      byUuid.set(uuid, [...(byUuid.get(uuid) ?? []), ...parts]);
    }
    return [...byUuid].map(([uuid, parts]) => [uuid, ...parts].join(':')).join(',');
  }

  /** One uuid with all that belongs to it; a tag holds until the next one. */
  #read(part: string): boolean {
    const [uuid = '', ...rest] = part.split(':');
    if (!UUID.test(uuid) || rest.length === 0) return false;
    let source = uuid;
    return rest.every((word) => {
      const [, from, to = from] = INTERVAL.exec(word) ?? [];
      if (from === undefined) {
        source = `${uuid}:${word}`;
        return TAG.test(word);
      }
      if (Number(to) < Number(from) || !Number.isSafeInteger(Number(to))) return false;
      this.add(source, Number(from), Number(to));
      return true;
    });
  }

  #list(): { readonly source: string; readonly from: number; readonly to: number }[] {
    return [...this.#intervals].flatMap(([source, intervals]) =>
      intervals.map(({ from, to }) => ({ source, from, to })),
    );
  }
}

function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || next.from > last.to + 1) merged.push({ ...next });
    else last.to = Math.max(last.to, next.to);
  }
  return merged;
}

export interface MariadbGtid {
  readonly domain: number;
  readonly server: number;
  readonly number: number;
}

/** MariaDB: `0-1-99,0-2-7`, the last transaction of each domain and server. */
export class MariadbGtids {
  readonly #last = new Map<string, MariadbGtid>();

  /** Undefined for text that is no such list. */
  static parse(text: string): MariadbGtids | undefined {
    const list = new MariadbGtids();
    if (text.trim() === '') return list;
    for (const part of text.split(',')) {
      const numbers = MARIADB_GTID.exec(part.trim())?.slice(1).map(Number) ?? [];
      const [domain, server, number] = numbers;
      if (domain === undefined || server === undefined || number === undefined) return undefined;
      list.add({ domain, server, number });
    }
    return list;
  }

  /** A later one takes the place of an earlier one, whatever its number. */
  add(gtid: MariadbGtid): void {
    this.#last.set(`${gtid.domain}-${gtid.server}`, gtid);
  }

  has({ domain, server, number }: MariadbGtid): boolean {
    return this.#last.get(`${domain}-${server}`)?.number === number;
  }

  list(): readonly MariadbGtid[] {
    return [...this.#last.values()].toSorted((a, b) => a.domain - b.domain || a.server - b.server);
  }

  equals(other: MariadbGtids): boolean {
    return this.toString() === other.toString();
  }

  /** Sorted by domain and then by server. */
  toString(): string {
    return this.list().map(formatMariadbGtid).join(',');
  }
}

/** `0-1-99`. */
export function formatMariadbGtid({ domain, server, number }: MariadbGtid): string {
  return `${domain}-${server}-${number}`;
}
