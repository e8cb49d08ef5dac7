import { describe, expect, it } from 'vitest';
import { parseStoreUrl } from '../../src/domain/stores/store-url.ts';
import { localFiles } from '../../src/store/directory/local-files.ts';
import { openStoreReader, openStoreWriter } from '../../src/store/open-store.ts';

const settings = {
  endpoint: new URL('http://127.0.0.1:9'),
  region: undefined,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  allowUnversioned: false,
  // Opens nothing before it is used.
  openSftp: () => localFiles,
};

describe('openStore', () => {
  it.each([
    ['s3://bucket/fleet/', 's3://bucket/fleet'],
    ['s3://bucket', 's3://bucket'],
    ['file:///srv/backups/', 'file:///srv/backups'],
    ['sftp://backup@store.example.com:22//srv/backups/', 'sftp://backup@store.example.com/srv/backups'],
    ['sftp://backup@[2001:db8::1]:2222/backups', 'sftp://backup@[2001:db8::1]:2222/backups'],
  ])('opens %s for writing and for reading', async (url, location) => {
    for (const open of [openStoreWriter, openStoreReader]) {
      const store = open(parseStoreUrl(url), settings);
      expect(store.location).toBe(location);
      await store.close();
    }
  });
});
