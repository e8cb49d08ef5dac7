// Every fault at every request: a passing one changes nothing, a lasting one leaves nothing. The requests go to a real gateway
// through a proxy that makes the faults.
import { createHash, randomBytes } from 'node:crypto';
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3StoreReader } from '../../src/store/s3/reader.ts';
import { S3StoreWriter } from '../../src/store/s3/writer.ts';
import { generateBytes, generateStream, readAll } from '../helpers/bytes.ts';
import { S3FaultProxy, type S3Fault } from '../helpers/s3-fault-proxy.ts';
import { createS3Client } from '../lab/s3.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab().s3;
const PART_SIZE_BYTES = 5 * 1024 * 1024;
const mark = `${lab.prefix}/faults-${randomBytes(4).toString('hex')}`;
const owner = createS3Client(lab, lab.owner);
const large = generateBytes(2 * PART_SIZE_BYTES + 1_000);
const small = generateBytes(1_000);

/** In the order in which an undisturbed upload of `large` sends them; parts go side by side. */
const LARGE_OPERATIONS = [
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPart',
  'UploadPart',
  'CompleteMultipartUpload',
];
const FAULTS: readonly S3Fault[] = [
  'reset',
  'lose-answer',
  'cut-answer',
  'bad-gateway',
  'slow-down',
  'internal-error',
  'too-many-requests',
  'hang',
  'flip',
];
/** After these the server may have done what it was asked. */
const DONE_UNHEARD: ReadonlySet<S3Fault> = new Set(['lose-answer', 'cut-answer', 'bad-gateway']);

const HURT_OPERATION = { flip: 'UploadPart', 'cut-answer': 'CreateMultipartUpload' } as const;

let proxy: S3FaultProxy;
let prefix: string;
let notices: string[];
let count = 0;

beforeAll(async () => {
  proxy = await S3FaultProxy.start(new URL(lab.endpoint));
});
afterAll(async () => {
  owner.destroy();
  await proxy.stop();
});
beforeEach(() => {
  proxy.decide = () => undefined;
  proxy.operations.length = 0;
  notices = [];
  prefix = `${mark}/${count++}`;
});

/** Busy machines are slow; only where nothing answers by intention is there no sense in waiting long. */
const IDLE_TIMEOUT_MS = 30_000;
const PATIENCE = { beginGraceMs: 30_000, abortTimeoutMs: 30_000 };
const HANG_TIMEOUT_MS = 1_000;

async function uploadAll(bytes: Buffer, fault?: S3Fault, signal = new AbortController().signal) {
  const idleTimeoutMs = fault === 'hang' ? HANG_TIMEOUT_MS : IDLE_TIMEOUT_MS;
  const writer = new S3StoreWriter({
    bucket: lab.bucket,
    prefix,
    endpoint: proxy.endpoint,
    region: lab.region,
    credentials: lab.writer,
    allowUnversioned: false,
    onNotice: (message) => void notices.push(message),
    limits: {
      ...PATIENCE,
      idleTimeoutMs,
      partSizeBytes: PART_SIZE_BYTES,
      attempts: 3,
      baseDelayMs: 1,
      maxDelayMs: 5,
    },
  });
  try {
    const [stored, ...more] = await writer.upload('object', generateStream(bytes), { signal });
    expect(more).toEqual([]);
    return stored;
  } finally {
    await writer.close();
  }
}

/** What the owner sees, past the proxy. */
async function findKeys(): Promise<string[]> {
  const { Contents = [] } = await owner.send(
    new ListObjectsV2Command({ Bucket: lab.bucket, Prefix: `${prefix}/` }),
  );
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1));
}
async function countUnfinished(): Promise<number> {
  const { Uploads = [] } = await owner.send(
    new ListMultipartUploadsCommand({ Bucket: lab.bucket, Prefix: `${prefix}/` }),
  );
  return Uploads.length;
}
async function readObject(): Promise<Buffer> {
  const reader = new S3StoreReader({
    bucket: lab.bucket,
    prefix,
    endpoint: new URL(lab.endpoint),
    region: lab.region,
    credentials: lab.reader,
  });
  try {
    return await readAll(await reader.get('object', new AbortController().signal));
  } finally {
    await reader.close();
  }
}

it('an undisturbed upload sends just these requests', async () => {
  await uploadAll(large);
  expect(proxy.operations).toEqual(LARGE_OPERATIONS);
});

describe.each(FAULTS)('one %s', (fault) => {
  it.each(LARGE_OPERATIONS.map((operation, index) => [index + 1, operation] as const))(
    'at request %d (%s) changes nothing',
    async (number, operation) => {
      proxy.decide = (request) => (request.number === number ? fault : undefined);
      const stored = await uploadAll(large, fault);
      expect(stored).toMatchObject({ sizeBytes: large.length, sha256: sha256(large) });
      expect(await findKeys()).toEqual(['object']);
      expect((await readObject()).equals(large)).toBe(true);
      // An upload whose id was lost on the way is known to nobody: the bucket's rule is for these.
      const isIdLost = operation === 'CreateMultipartUpload' && DONE_UNHEARD.has(fault);
      expect(await countUnfinished()).toBe(isIdLost ? 1 : 0);
      expect(notices).toEqual([]);
    },
  );

  it('at a single PUT changes nothing', async () => {
    proxy.decide = ({ number }) => (number === 1 ? fault : undefined);
    expect(await uploadAll(small, fault)).toMatchObject({ sizeBytes: small.length, sha256: sha256(small) });
    expect(await findKeys()).toEqual(['object']);
    expect((await readObject()).equals(small)).toBe(true);
  });
});

describe.each(FAULTS)('%s without end', (fault) => {
  const isAnswer = ['slow-down', 'internal-error', 'too-many-requests', 'bad-gateway', 'flip'].includes(
    fault,
  );
  const code = isAnswer ? 'store-upload-failed' : 'store-unreachable';
  const operations = [...new Set(LARGE_OPERATIONS)].filter(
    // Only data is flipped; and the head of an answer says all of a part, even if the rest is cut off.
    (operation) => !(fault === 'flip' || fault === 'cut-answer') || operation === HURT_OPERATION[fault],
  );

  it.each(operations)('of every %s fails, says so, and leaves nothing', async (broken) => {
    proxy.decide = ({ operation }) => (operation === broken ? fault : undefined);
    const error = await uploadAll(large, fault).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).toMatch(
      new RegExp(`${broken}[ \\d]* of s3://\\S+/object failed: .*, tried 3 times$`),
    );
    const isDone = broken === 'CompleteMultipartUpload' && DONE_UNHEARD.has(fault);
    expect(await findKeys()).toEqual(isDone ? ['object'] : []);
    const areIdsLost = broken === 'CreateMultipartUpload' && DONE_UNHEARD.has(fault);
    expect(await countUnfinished()).toBe(areIdsLost ? 3 : 0);
    expect(notices).toEqual([]);
  });
});

describe('when nothing works any more', () => {
  const after = LARGE_OPERATIONS.map((_operation, index) => index + 1);
  it.each(after)('from request %d on, the upload fails and tells what it may leave', async (number) => {
    proxy.decide = (request) => (request.number >= number ? 'reset' : undefined);
    await expect(uploadAll(large)).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(await findKeys()).toEqual([]);
    expect(await countUnfinished()).toBe(number === 1 ? 0 : 1);
    expect(notices).toEqual(number === 1 ? [] : [expect.stringContaining('unfinished upload may be left')]);
  });
});

describe('a run that is stopped', () => {
  const operations = LARGE_OPERATIONS.map((operation, index) => [index + 1, operation] as const);
  it.each(operations)('while request %d (%s) is under way leaves nothing', async (number) => {
    const stop = new AbortController();
    const reason = new Error('the run was stopped');
    proxy.decide = (request) => {
      if (request.number === number) stop.abort(reason);
      return undefined;
    };
    await expect(uploadAll(large, undefined, stop.signal)).rejects.toBe(reason);
    // The server may have made the object while it was told not to; without a manifest it counts for nothing.
    if (number < LARGE_OPERATIONS.length) expect(await findKeys()).toEqual([]);
    expect(await countUnfinished()).toBe(0);
    expect(notices).toEqual([]);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
