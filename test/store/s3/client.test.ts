import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/store/s3/client.ts';
import { DEFAULT_LIMITS, type S3StoreOptions } from '../../../src/store/s3/options.ts';

function describeClient(overrides: Partial<S3StoreOptions>) {
  const { config } = createClient(
    {
      bucket: 'bucket',
      prefix: '',
      endpoint: undefined,
      region: undefined,
      credentials: undefined,
      ...overrides,
    },
    DEFAULT_LIMITS,
  );
  return config;
}
const endpoint = new URL('https://s3.eu-central-003.backblazeb2.com');

describe('createClient', () => {
  it('takes the region that is given, else the one that the endpoint names, else the usual one', async () => {
    expect(await describeClient({ endpoint, region: 'given-1' }).region()).toBe('given-1');
    expect(await describeClient({ endpoint }).region()).toBe('eu-central-003');
    expect(await describeClient({ endpoint: new URL('https://s3.example.com') }).region()).toBe('us-east-1');
  });

  it('speaks to Amazon by host name and with checksums, to others by path and without', async () => {
    const amazon = describeClient({ region: 'eu-central-1' });
    expect(amazon.forcePathStyle).toBe(false);
    expect(await amazon.requestChecksumCalculation()).toBe('WHEN_SUPPORTED');
    expect(await amazon.responseChecksumValidation()).toBe('WHEN_SUPPORTED');
    const other = describeClient({ endpoint });
    expect(other.forcePathStyle).toBe(true);
    expect(await other.requestChecksumCalculation()).toBe('WHEN_REQUIRED');
    expect(await other.responseChecksumValidation()).toBe('WHEN_REQUIRED');
  });
});
