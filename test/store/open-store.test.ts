import { describe, expect, it } from 'vitest';
import { parseStoreUrl } from '../../src/domain/store-url.ts';
import { openStoreReader, openStoreWriter } from '../../src/store/open-store.ts';

const settings = {
  endpoint: new URL('http://127.0.0.1:9'),
  region: undefined,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  allowUnversioned: false,
};

describe('openStore', () => {
  it.each([
    ['s3://bucket/fleet/', 's3://bucket/fleet'],
    ['s3://bucket', 's3://bucket'],
    ['file:///srv/backups/', 'file:///srv/backups'],
  ])('opens %s for writing and for reading', async (url, location) => {
    for (const open of [openStoreWriter, openStoreReader]) {
      const store = open(parseStoreUrl(url), settings);
      expect(store.location).toBe(location);
      await store.close();
    }
  });
});
