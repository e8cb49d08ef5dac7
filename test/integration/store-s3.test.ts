// The S3 adapter on a real gateway, with the rights that backup jobs have: put below a prefix, and nothing else.
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { StoreReader } from '../../src/ports/store.ts';
import type { S3WriterOptions } from '../../src/store/s3/options.ts';
import { S3StoreReader } from '../../src/store/s3/reader.ts';
import { S3StoreWriter } from '../../src/store/s3/writer.ts';
import { describeStore, type StoreUnderTest } from '../contracts/store-contract.ts';
import { collect, generateBytes, generateStream, readAll } from '../helpers/bytes.ts';
import { OldS3Proxy } from '../helpers/old-s3-proxy.ts';
import { createS3Client } from '../lab/s3.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab().s3;
/** The smallest part that S3 takes, unless it is the last. */
const PART_SIZE_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 3;

/** Nothing is deleted, and buckets are everybody's: names of our own. */
const mark = `store-${randomBytes(4).toString('hex')}`;
const owner = createS3Client(lab, lab.owner);
const { signal } = new AbortController();
let count = 0;

afterAll(() => {
  owner.destroy();
});

function describeWriter(overrides: Partial<S3WriterOptions> = {}): S3WriterOptions {
  return {
    bucket: lab.bucket,
    prefix: `${lab.prefix}/${mark}/${count++}`,
    endpoint: new URL(lab.endpoint),
    region: lab.region,
    credentials: lab.writer,
    allowUnversioned: false,
    // Busy machines are slow.
    limits: {
      partSizeBytes: PART_SIZE_BYTES,
      maxParts: MAX_PARTS,
      beginGraceMs: 30_000,
      abortTimeoutMs: 30_000,
    },
    ...overrides,
  };
}

function openReader(options: S3WriterOptions, credentials = lab.reader): StoreReader {
  const { bucket, prefix, endpoint, region } = options;
  return new S3StoreReader({ bucket, prefix, endpoint, region, credentials });
}

async function findUnfinished(bucket: string, prefix: string): Promise<string[]> {
  const { Uploads = [] } = await owner.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `${prefix}/` }),
  );
  return Uploads.map(({ Key = '' }) => Key);
}

function openStore(overrides: Partial<S3WriterOptions> = {}): Promise<StoreUnderTest> {
  const options = describeWriter(overrides);
  const { bucket, prefix } = options;
  return Promise.resolve({
    writer: new S3StoreWriter(options),
    reader: openReader(options),
    partSizeBytes: PART_SIZE_BYTES,
    maxParts: MAX_PARTS,
    findLeftovers: () => findUnfinished(bucket, prefix),
    async plant(key, bytes) {
      await owner.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${key}`, Body: bytes }));
    },
  });
}

describeStore('S3, as a put-only user', () => openStore());

// What an old one does otherwise is the proxy's, see there; the whole suite passed on a real Ceph 16 as well.
const old = await OldS3Proxy.start(new URL(lab.endpoint), owner);
afterAll(() => old.stop());
describeStore('an old S3', () => openStore({ endpoint: old.endpoint }), { replaces: true });

it('an old S3 is told from a new one, and what it lacks is said', async () => {
  const tell = async (endpoint: URL) => {
    const notices: string[] = [];
    const writer = new S3StoreWriter({
      ...describeWriter({ onNotice: (notice) => void notices.push(notice) }),
      endpoint,
    });
    await writer.put('object', generateBytes(10), { signal });
    await writer.close();
    return notices;
  };
  expect(await tell(old.endpoint)).toEqual([expect.stringContaining('Gateway from before release 18')]);
  expect(await tell(new URL(lab.endpoint))).toEqual([]);
});

describe('the put-only user', () => {
  it('can put and upload, and gets the id of the version', async () => {
    const writer = new S3StoreWriter(describeWriter());
    const { versionId } = await writer.put('put', generateBytes(10), { signal });
    const [uploaded] = await writer.upload('upload', generateStream(generateBytes(PART_SIZE_BYTES + 1)), {
      signal,
    });
    expect(versionId).toMatch(/./);
    expect(uploaded?.versionId).toMatch(/./);
    expect(uploaded?.versionId).not.toBe(versionId);
    await writer.close();
  });

  it('can do nothing else', async () => {
    const options = describeWriter();
    const writer = new S3StoreWriter(options);
    await writer.put('object', generateBytes(10), { signal });
    const client = createS3Client(lab, lab.writer);
    const at = { Bucket: options.bucket, Key: `${options.prefix}/object` };
    const proof = { Bucket: options.bucket, Key: `${options.prefix}/atlas/proofs/run/proof.json` };
    const denied = { $metadata: expect.objectContaining({ httpStatusCode: 403 }) as unknown };
    await expect(client.send(new GetObjectCommand(at))).rejects.toMatchObject(denied);
    await expect(client.send(new ListObjectsV2Command({ Bucket: at.Bucket }))).rejects.toMatchObject(denied);
    await expect(client.send(new DeleteObjectCommand(at))).rejects.toMatchObject(denied);
    await expect(client.send(new PutObjectCommand({ ...proof, Body: 'x' }))).rejects.toMatchObject(denied);
    await expect(
      client.send(new PutObjectCommand({ Bucket: at.Bucket, Key: 'elsewhere/x', Body: 'x' })),
    ).rejects.toMatchObject(denied);
    client.destroy();

    const put = writer.put('atlas/proofs/run/proof.json', generateBytes(10), { signal });
    await expect(put).rejects.toMatchObject({
      code: 'store-denied',
      message: expect.stringMatching(/^PutObject of s3:\/\/.*proof\.json failed: 403/) as string,
    });
    const reader = openReader(options, lab.writer);
    await expect(reader.get('object', signal)).rejects.toMatchObject({ code: 'store-denied' });
    await expect(collect(reader.list('', signal))).rejects.toMatchObject({ code: 'store-denied' });
    await Promise.all([writer.close(), reader.close()]);
  });
});

it('lists names that others wrote, whatever is in them', async () => {
  const options = describeWriter();
  const names = ['a b', 'a+b', 'a%20b', 'a\nb', 'ä&<>"\'', 'x'];
  for (const name of names) {
    await owner.send(
      new PutObjectCommand({ Bucket: options.bucket, Key: `${options.prefix}/${name}`, Body: name }),
    );
  }
  const reader = openReader(options);
  const keys = (await collect(reader.list('', signal))).map(({ key }) => key);
  expect(keys.toSorted()).toEqual(names.toSorted());
  await reader.close();
});

it('lists more than a page', async () => {
  const options = describeWriter();
  const writer = new S3StoreWriter(options);
  const keys = Array.from({ length: 1_001 }, (_none, index) => `many/${String(index).padStart(4, '0')}`);
  for (let start = 0; start < keys.length; start += 50) {
    const some = keys.slice(start, start + 50);
    await Promise.all(some.map((key) => writer.put(key, generateBytes(1), { signal })));
  }
  const reader = openReader(options);
  expect((await collect(reader.list('many', signal))).map(({ key }) => key)).toEqual(keys);
  await Promise.all([writer.close(), reader.close()]);
});

describe('a bucket', () => {
  it('is refused when it keeps no versions', async () => {
    const bucket = `${mark}-unversioned`;
    await owner.send(new CreateBucketCommand({ Bucket: bucket }));
    const options = describeWriter({ bucket, prefix: '', credentials: lab.owner });
    const refusing = new S3StoreWriter(options);
    const refusal = {
      code: 'store-unversioned',
      hint: expect.stringContaining('allow-unversioned') as string,
    };
    await expect(refusing.put('put', generateBytes(1), { signal })).rejects.toMatchObject(refusal);
    const long = generateStream(generateBytes(PART_SIZE_BYTES + 1));
    await expect(refusing.upload('upload', long, { signal })).rejects.toMatchObject(refusal);
    expect(await findUnfinished(bucket, '')).toEqual([]);

    const notices: string[] = [];
    const onNotice = (message: string) => void notices.push(message);
    const accepting = new S3StoreWriter({ ...options, allowUnversioned: true, onNotice });
    const stored = await accepting.put('accepted', generateBytes(1), { signal });
    expect(stored).not.toHaveProperty('versionId');
    await accepting.put('accepted-too', generateBytes(1), { signal });
    expect(notices).toEqual([expect.stringContaining('keeps no versions')]);
    await Promise.all([refusing.close(), accepting.close()]);
  });

  it('takes objects under a default retention, which asks for Content-MD5', async () => {
    const bucket = `${mark}-locked`;
    await owner.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
    await owner.send(
      new PutObjectLockConfigurationCommand({
        Bucket: bucket,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
        },
      }),
    );
    const options = describeWriter({ bucket, credentials: lab.owner });
    const writer = new S3StoreWriter(options);
    const bytes = generateBytes(PART_SIZE_BYTES + 1);
    await writer.put('small', bytes.subarray(0, 10), { signal });
    await writer.upload('large', generateStream(bytes), { signal });
    const reader = openReader(options, lab.owner);
    expect((await readAll(await reader.get('large', signal))).equals(bytes)).toBe(true);
    await Promise.all([writer.close(), reader.close()]);
  });
});

describe('what users get wrong', () => {
  const cases: readonly [string, Partial<S3WriterOptions>, string, RegExp][] = [
    [
      'a wrong secret',
      { credentials: { ...lab.writer, secretAccessKey: 'wrong-secret-canary' } },
      'store-denied',
      /store-secret-access-key/,
    ],
    [
      'an unknown key id',
      { credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'wrong-secret-canary' } },
      'store-denied',
      /store-access-key-id/,
    ],
    [
      'a bucket that is not there',
      { bucket: `${mark}-missing`, credentials: lab.owner },
      'store-not-found',
      /no such bucket/,
    ],
    [
      'a server that is not there',
      { endpoint: new URL('http://127.0.0.1:9') },
      'store-unreachable',
      /store-endpoint/,
    ],
  ];
  it.each(cases)(
    'names %s at the first question and at the first write',
    async (_what, overrides, code, hint) => {
      const writer = new S3StoreWriter(
        describeWriter({ ...overrides, limits: { attempts: 2, baseDelayMs: 1, maxDelayMs: 1 } }),
      );
      const ask = () => writer.readClock(signal);
      const write = () => writer.put('object', generateBytes(1), { signal });
      for (const work of [ask, write]) {
        const error = await work().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
        expect(String(error)).not.toContain('canary');
      }
      await writer.close();
    },
  );
});

describe('the way Amazon is spoken to', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('sends CRC32 with everything and takes credentials from the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', lab.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', lab.owner.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', lab.owner.secretAccessKey);
    const options = describeWriter({ endpoint: undefined, credentials: undefined });
    const writer = new S3StoreWriter(options);
    const bytes = generateBytes(PART_SIZE_BYTES + 1);
    await writer.put('small', bytes.subarray(0, 10), { signal });
    await writer.upload('large', generateStream(bytes), { signal });
    const { prefix } = options;
    for (const key of ['small', 'large']) {
      const answer = await owner.send(
        new GetObjectCommand({ Bucket: lab.bucket, Key: `${prefix}/${key}`, ChecksumMode: 'ENABLED' }),
      );
      expect(answer.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==/);
      answer.Body?.transformToByteArray().catch(() => undefined);
    }
    const reader = new S3StoreReader(options);
    expect((await readAll(await reader.get('large', signal))).equals(bytes)).toBe(true);
    await Promise.all([writer.close(), reader.close()]);
  });
});
