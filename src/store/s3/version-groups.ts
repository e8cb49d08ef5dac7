// Puts the entries of a list of versions together, key by key: a page has versions and deletions apart, and may end between two of one key.
import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import type { KeyVersions, ListedVersion } from '../../ports/store.ts';
import { readMd5 } from './confirmation.ts';

interface Group {
  current: ListedVersion | undefined;
  deletedAt: Date | undefined;
  readonly hidden: ListedVersion[];
}

type Page = Pick<ListObjectVersionsCommandOutput, 'Versions' | 'DeleteMarkers' | 'EncodingType'>;

export class VersionGroups {
  readonly #readKey: (listed: string, encoding: string | undefined) => string;
  #groups = new Map<string, Group>();

  constructor(readKey: (listed: string, encoding: string | undefined) => string) {
    this.#readKey = readKey;
  }

  add({ Versions = [], DeleteMarkers = [], EncodingType }: Page): void {
    for (const { Key, Size, LastModified, IsLatest, ETag } of Versions) {
      if (Key === undefined || Size === undefined || LastModified === undefined) continue;
      const key = this.#readKey(Key, EncodingType);
      const md5 = readMd5(ETag);
      const listed = {
        ...{ key, sizeBytes: Size, lastModified: LastModified },
        ...(md5 === undefined ? {} : { md5 }),
      };
      if (IsLatest === true) this.#groupOf(key).current = listed;
      else this.#groupOf(key).hidden.push(listed);
    }
    for (const { Key, LastModified, IsLatest } of DeleteMarkers) {
      if (Key === undefined) continue;
      // A deletion that was undone, or written over, leaves what is behind it hidden all the same.
      const group = this.#groupOf(this.#readKey(Key, EncodingType));
      if (IsLatest === true) group.deletedAt = LastModified;
    }
  }

  /** Keys that are complete, sorted; all of them at the end of the list. */
  take(isEnd: boolean): KeyVersions[] {
    const groups = [...this.#groups].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const kept = isEnd ? undefined : groups.pop();
    this.#groups = new Map(kept === undefined ? [] : [kept]);
    return groups.map(([key, { current, deletedAt, hidden }]) => ({
      key,
      current,
      ...(deletedAt === undefined ? {} : { deletedAt }),
      hidden,
    }));
  }

  #groupOf(key: string): Group {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { current: undefined, deletedAt: undefined, hidden: [] };
    this.#groups.set(key, group);
    return group;
  }
}
