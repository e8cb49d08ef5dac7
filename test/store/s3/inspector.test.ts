// What the inspector makes of answers that a real gateway does not give on demand: not known, not allowed, or no answer at all.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openListing } from '../../../src/actions/catalog/list-servers.ts';
import { S3StoreInspector } from '../../../src/store/s3/inspector.ts';
import { S3StoreReader } from '../../../src/store/s3/reader.ts';
import { refuse, S3Stub } from '../../helpers/s3-stub.ts';

const { signal } = new AbortController();
let stub: S3Stub;
let inspector: S3StoreInspector;
let store: S3StoreReader;

beforeAll(async () => {
  stub = await S3Stub.start();
});
afterAll(() => stub.stop());
beforeEach(() => {
  const options = {
    ...{ bucket: 'bucket', prefix: 'prefix', endpoint: stub.endpoint, region: undefined },
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    limits: { attempts: 2, baseDelayMs: 1, maxDelayMs: 2, idleTimeoutMs: 500 },
  };
  inspector = new S3StoreInspector(options);
  store = new S3StoreReader(options);
});
afterEach(async () => {
  await inspector.close();
  await store.close();
});

it.each([
  [403, 'AccessDenied'],
  [400, 'InvalidRequest'],
  [400, 'InvalidArgument'],
  [405, 'MethodNotAllowed'],
  [501, 'NotImplemented'],
])('%i %s: the service does not tell, and gives strangers nothing', async (status, code) => {
  stub.script = () => refuse(status, code);
  expect(await inspector.readLock('key', signal)).toBeUndefined();
  expect(await inspector.readSettings(signal)).toMatchObject({ keepsVersions: undefined, locks: undefined });
  expect(await inspector.isPublic(undefined, signal)).toBe(false);
  expect(await inspector.isPublic('key', signal)).toBe(false);
  const { hasVersions } = await openListing({ store, inspector }, [], signal);
  expect(hasVersions).toBe(false);
});

it('a store that does not answer is none that has no versions, locks or rules', async () => {
  stub.script = () => refuse(503, 'SlowDown');
  const unreachable = { code: 'store-unreachable' };
  await expect(inspector.readLock('key', signal)).rejects.toMatchObject(unreachable);
  await expect(inspector.readSettings(signal)).rejects.toMatchObject(unreachable);
  await expect(openListing({ store, inspector }, [], signal)).rejects.toMatchObject(unreachable);
});

it('may list what a policy gives for one folder alone, which is what a run would ask for', async () => {
  stub.script = ({ query }) =>
    query.includes('prefix=prefix%2Fatlas%2F')
      ? { body: '<ListBucketResult></ListBucketResult>' }
      : refuse(403, 'AccessDenied');
  expect(await inspector.mayList('', signal)).toBe(false);
  expect(await inspector.mayList('atlas', signal)).toBe(true);
});
