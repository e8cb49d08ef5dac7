import { expect, it } from 'vitest';
import { hasAbortRule, readExpiryRules } from '../../../src/store/s3/bucket-rules.ts';
import { VersionGroups } from '../../../src/store/s3/version-groups.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 4, minute));
const version = (Key: string, minute: number, IsLatest = true) => ({
  Key,
  Size: minute,
  LastModified: at(minute),
  IsLatest,
});

it('puts versions of a key together over the end of a page, and holds back the last key until it is whole', () => {
  const groups = new VersionGroups((key) => key);
  groups.add({ Versions: [version('a', 1), version('b', 2, false)], DeleteMarkers: [version('b', 3)] });
  expect(groups.take(false).map(({ key }) => key)).toEqual(['a']);
  groups.add({ Versions: [version('b', 1, false), version('c', 5)], DeleteMarkers: [] });
  expect(groups.take(false)).toEqual([
    {
      key: 'b',
      current: undefined,
      deletedAt: at(3),
      hidden: [
        { key: 'b', sizeBytes: 2, lastModified: at(2) },
        { key: 'b', sizeBytes: 1, lastModified: at(1) },
      ],
    },
  ]);
  expect(groups.take(true)).toEqual([
    { key: 'c', current: { key: 'c', sizeBytes: 5, lastModified: at(5) }, hidden: [] },
  ]);
});

it.each([
  [`"${'0A'.repeat(16)}"`, '0a'.repeat(16)],
  [`${'00'.repeat(16)}-3`, `${'00'.repeat(16)}-3`],
  ['"3-of-this-file"', undefined],
  ['', undefined],
])('takes %s for what stands for the bytes: %s', (ETag, md5) => {
  const groups = new VersionGroups((key) => key);
  groups.add({ Versions: [{ ...version('a', 1), ETag }] });
  expect(groups.take(true)[0]?.current?.md5).toBe(md5);
});

it('reads rules that are about the store, in any of their forms', () => {
  const on = { Status: 'Enabled' as const };
  const rules = [
    {
      ...on,
      ID: 'all',
      Filter: { Prefix: '' },
      Expiration: { Days: 100 },
      NoncurrentVersionExpiration: { NoncurrentDays: 35 },
    },
    { ...on, ID: 'above', Filter: { Prefix: 'fle' }, Expiration: { Days: 90 } },
    {
      ...on,
      ID: 'below',
      Filter: { And: { Prefix: 'fleet/atlas/', ObjectSizeGreaterThan: 5 } },
      Expiration: { Days: 80 },
    },
    { ...on, ID: 'older form', Prefix: 'fleet/', Expiration: { Days: 70 } },
    { ...on, ID: 'elsewhere', Filter: { Prefix: 'other/' }, Expiration: { Days: 1 } },
    { ...on, ID: 'tagged', Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { Days: 1 } },
    { Status: 'Disabled' as const, ID: 'off', Filter: {}, Expiration: { Days: 1 } },
    { ...on, ID: 'a date', Filter: {}, Expiration: { Date: at(0) } },
    {
      ...on,
      ID: 'uploads',
      Filter: { Prefix: 'fleet/atlas/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    },
  ];
  expect(readExpiryRules(rules, 'fleet')).toEqual([
    { id: 'all', prefix: '', days: 100, noncurrentDays: 35 },
    { id: 'above', prefix: '', days: 90 },
    { id: 'below', prefix: 'atlas/', days: 80, moreThanBytes: 5 },
    { id: 'older form', prefix: '', days: 70 },
    { id: 'a date', prefix: '', days: 0 },
  ]);
  // For a part of the store alone.
  expect(hasAbortRule(rules, 'fleet')).toBe(false);
  expect(hasAbortRule(rules, 'fleet/atlas')).toBe(true);
});
