// What the reader makes of answers that a real gateway does not give on demand.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3StoreReader } from '../../../src/store/s3/reader.ts';
import { collect, generateBytes, readAll } from '../../helpers/bytes.ts';
import { refuse, S3Stub, type StubAnswer } from '../../helpers/s3-stub.ts';

const { signal } = new AbortController();
let stub: S3Stub;
let reader: S3StoreReader;

beforeAll(async () => {
  stub = await S3Stub.start();
});
afterAll(() => stub.stop());
beforeEach(() => {
  stub.requests.length = 0;
  reader = new S3StoreReader({
    bucket: 'bucket',
    prefix: 'prefix',
    endpoint: stub.endpoint,
    region: undefined,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    limits: { attempts: 3, baseDelayMs: 1, maxDelayMs: 2, idleTimeoutMs: 500 },
  });
});
afterEach(() => reader.close());

function answer(...answers: (StubAnswer | 'reset' | 'hang')[]): void {
  stub.script = ({ index }) => answers[index];
}
async function get(): Promise<Buffer> {
  return readAll(await reader.get('object', signal));
}

describe('get', () => {
  const body = generateBytes(10_000).toString('hex');

  it('asks again for what did not begin', async () => {
    answer('reset', refuse(503, 'SlowDown'), { body, headers: { 'content-length': String(body.length) } });
    expect((await get()).toString()).toBe(body);
  });

  it.each([
    ['a connection that breaks', { body, headers: { 'content-length': '30000' }, isCut: true }],
    ['a server that falls silent', { body, headers: { 'content-length': '30000' } }],
  ])('fails for %s in the middle', async (_what, broken) => {
    answer(broken);
    await expect(get()).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringMatching(
        /^s3:\/\/bucket\/prefix\/object broke off after \d+ of 30000 bytes$/,
      ) as string,
    });
  });

  it('fails without a length to compare with', async () => {
    answer({ body, headers: { 'transfer-encoding': 'chunked' } });
    await expect(get()).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('names what it may not read', async () => {
    answer(refuse(403, 'AccessDenied'));
    await expect(get()).rejects.toMatchObject({
      code: 'store-denied',
      message: expect.stringContaining('GetObject of s3://bucket/prefix/object') as string,
    });
  });
});

describe('list', () => {
  const entry = (key: string) =>
    `<Contents><Key>prefix/${key}</Key><Size>1</Size><LastModified>2026-11-20T03:05:12.000Z</LastModified></Contents>`;
  const page = (content: string) => ({ body: `<ListBucketResult>${content}</ListBucketResult>` });
  const list = async () => (await collect(reader.list('', signal))).map(({ key }) => key);

  it('goes from page to page', async () => {
    answer(
      page(`<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>${entry('a')}`),
      page(`<IsTruncated>false</IsTruncated>${entry('b')}`),
    );
    expect(await list()).toEqual(['a', 'b']);
    expect(stub.operations).toHaveLength(2);
  });

  it('decodes names only where the server says that it encoded them', async () => {
    answer(page(`<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${entry('a%2Bb+c')}`));
    expect(await list()).toEqual(['a+b c']);
    stub.requests.length = 0;
    answer(page(`<IsTruncated>false</IsTruncated>${entry('a%2Bb+c')}`));
    expect(await list()).toEqual(['a%2Bb+c']);
  });

  it.each([
    [
      'a page of a proxy',
      { headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' },
    ],
    [
      'a list that says that there is more, but not where',
      page(`<IsTruncated>true</IsTruncated>${entry('a')}`),
    ],
  ])('does not take %s for all that there is', async (_what, broken) => {
    answer(broken);
    await expect(list()).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('fails in the middle rather than end early', async () => {
    answer(
      page(`<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>${entry('a')}`),
      refuse(403, 'AccessDenied'),
    );
    await expect(list()).rejects.toMatchObject({ code: 'store-denied' });
  });
});
