// A store that has trouble while a dump is written to it: what passes is ridden out, what lasts ends the run, and either way the
// bucket holds whole backups and nothing else that counts. The requests go to a real gateway through a proxy that makes the faults.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeBlobs, makeShop } from '../../helpers/blobs.ts';
import { dumpInProcess } from '../../helpers/in-process.ts';
import { expectFailure, expectNoSecrets, findWarnings } from '../../helpers/expect-failure.ts';
import { S3FaultProxy, type S3Fault } from '../../helpers/s3-fault-proxy.ts';
import { Site } from '../../helpers/site.ts';
import { findCommands } from '../../helpers/workflow-commands.ts';
import { createS3Client } from '../../lab/s3.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const site = Site.on(lab, 'store');
/** Parts as small as S3 allows, and the patience of seconds. */
const LIMITS = {
  partSizeBytes: 5 * 1024 * 1024,
  attempts: 4,
  baseDelayMs: 1,
  maxDelayMs: 5,
  idleTimeoutMs: 700,
  answerTimeoutMs: 3_000,
  beginGraceMs: 500,
  abortTimeoutMs: 1_000,
};
/** In the order in which an undisturbed run sends them: clock; accounts; databases in two parts; inventory, signature, manifest. */
const OPERATIONS = [
  'ListObjectsV2',
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPart',
  'CompleteMultipartUpload',
  'PutObject',
  'PutObject',
  'PutObject',
];

let proxy: S3FaultProxy;
const good: string[] = [];

beforeAll(async () => {
  proxy = await S3FaultProxy.start(new URL(lab.s3.endpoint));
  await makeShop(site, 'store_shop');
  await makeBlobs(site, 'store_blobs', 6);
  // Parts of 16 MiB make two of it as well.
  await makeBlobs(site, 'store_big_blobs', 17.2);
});
beforeEach(() => {
  proxy.decide = () => undefined;
  proxy.operations.length = 0;
});
afterEach(async () => {
  await site.reset();
  await site.expectNothingNew(good);
});
afterAll(async () => {
  await site.expectBackups(good);
  await proxy.stop();
});

const throughProxy = (databases: string) => ({ databases, 'store-endpoint': proxy.endpoint.href });
const runInProcess = (limits = LIMITS) => dumpInProcess(site.inputs(throughProxy('store_blobs')), limits);

function keepGood(id: string | undefined): void {
  expect(id).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}-mariadb$/);
  good.push(id ?? '');
}

describe('inside this process', () => {
  const stored = ({ outcome }: Awaited<ReturnType<typeof runInProcess>>) =>
    outcome?.kind === 'stored' ? outcome.manifest.id : undefined;

  it('an undisturbed run sends just these requests', async () => {
    keepGood(stored(await runInProcess()));
    expect(proxy.operations).toEqual(OPERATIONS);
  });

  it.each<S3Fault>([
    'reset',
    'lose-answer',
    'cut-answer',
    'bad-gateway',
    'slow-down',
    'internal-error',
    'too-many-requests',
    'flip',
    'hang',
  ])('a burst of %s on every request is ridden out', async (fault) => {
    const attempts = new Map<string, number>();
    proxy.decide = ({ operation, url }) => {
      // An upload whose id was lost on the way would stay: that case has its own test.
      if (
        operation === 'CreateMultipartUpload' &&
        ['lose-answer', 'cut-answer', 'bad-gateway'].includes(fault)
      )
        return undefined;
      attempts.set(url, (attempts.get(url) ?? 0) + 1);
      return (attempts.get(url) ?? 0) <= 2 ? fault : undefined;
    };
    const run = await runInProcess();
    expect(run.error).toBeUndefined();
    keepGood(stored(run));
    expect(proxy.operations.length).toBeGreaterThan(OPERATIONS.length);
  });

  it('a server that takes a kilobyte a second is given up and asked again', async () => {
    proxy.decide = ({ number }) =>
      OPERATIONS[number - 1] === 'UploadPart' && number === 4 ? 'crawl' : undefined;
    const run = await runInProcess({ ...LIMITS, idleTimeoutMs: 60_000, answerTimeoutMs: 1_500 });
    expect(run.error).toBeUndefined();
    keepGood(stored(run));
    expect(proxy.operations).toHaveLength(OPERATIONS.length + 1);
  });

  const numbers = OPERATIONS.map((operation, index) => [index + 1, operation] as const);
  it.each([
    ...numbers.map(([number, operation]) => ['reset', number, operation] as const),
    ...numbers.map(([number, operation]) => ['slow-down', number, operation] as const),
    ...numbers
      .filter(([number]) => [1, 3, 5, 9].includes(number))
      .map(([number, operation]) => ['hang', number, operation] as const),
  ])('%s from request %d (%s) on fails clearly and leaves nothing', async (fault, from) => {
    proxy.decide = ({ number, operation }) =>
      number >= from && operation !== 'AbortMultipartUpload' ? fault : undefined;
    const run = await runInProcess();
    expect(run.error).toMatchObject({
      code: expect.stringMatching(/^store-(?:unreachable|upload-failed)$/) as string,
      message: expect.stringMatching(
        /^(?:ListObjectsV2|PutObject|\w*Upload\w*(?: \d)?) of s3:\S+ failed: .*, tried 4 times$/,
      ) as string,
    });
    expect(run.notices).toEqual([]);
  });
});

describe('as users run it', () => {
  it('bursts of 503 and 429 on every request are ridden out', async () => {
    const seen = new Set<string>();
    proxy.decide = ({ url, number }) => {
      if (seen.has(url)) return undefined;
      seen.add(url);
      return number % 2 === 0 ? 'slow-down' : 'too-many-requests';
    };
    keepGood(await site.makeGoodBackup(throughProxy('store_shop')));
  });

  it('a provider that does not know conditional writes gets plain ones, and the run says so once', async () => {
    proxy.decide = () => 'no-conditions';
    const run = await site.run(throughProxy('store_shop'));
    keepGood(run.outputs['backup-id']);
    expect(run.exitCode).toBe(0);
    expect(findWarnings(run)).toEqual([
      expect.stringContaining('does not know conditional writes (If-None-Match)'),
    ]);
    expect(run.summary).toContain('does not know conditional writes');
    expectNoSecrets(site, run);
  });

  it('wrong keys are told before anything is asked of the target', async () => {
    const run = await site.run({
      databases: 'store_shop',
      'store-secret-access-key': 'c2VjcmV0LWNhbmFyeS0xMjM0NTY3',
    });
    const message = expectFailure(site, run, {
      code: 'store-denied',
      says: ['SignatureDoesNotMatch', 'check `store-secret-access-key`'],
    });
    expect(message).not.toContain('c2VjcmV0LWNhbmFyeS0xMjM0NTY3');
    expect(run.log).not.toContain('Connect to');
  });
});

describe('a user that may only put', () => {
  let writer: S3Client;
  beforeAll(() => {
    writer = createS3Client(lab.s3, lab.s3.writer);
  });
  afterAll(() => writer.destroy());

  it('is enough for a dump, and may neither read, list nor delete it, nor write a proof', async () => {
    const run = await site.run({ databases: 'store_shop' });
    keepGood(run.outputs['backup-id']);
    const { bucket: Bucket, prefix } = lab.s3;
    const Key = `${prefix}/${run.outputs['manifest-key'] ?? ''}`;
    const refused = { $metadata: { httpStatusCode: 403 } };
    await expect(writer.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject(refused);
    await expect(
      writer.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}/store/` })),
    ).rejects.toMatchObject(refused);
    await expect(writer.send(new DeleteObjectCommand({ Bucket, Key }))).rejects.toMatchObject(refused);
    const proof = `${prefix}/store/proofs/20261120T030512Z-7f3a9c1e/proof.json`;
    await expect(writer.send(new PutObjectCommand({ Bucket, Key: proof, Body: '{}' }))).rejects.toMatchObject(
      refused,
    );
    await expect(
      writer.send(new PutObjectCommand({ Bucket, Key, Body: '{}', IfNoneMatch: '*' })),
    ).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  });
});

describe.each(['SIGTERM', 'SIGKILL'] as const)('a run that gets %s', (signal) => {
  it.each(OPERATIONS.map((operation, index) => [index + 1, operation] as const))(
    'at request %d (%s)',
    async (number) => {
      const run = site.start(throughProxy('store_big_blobs'));
      proxy.decide = (request) => {
        if (request.number === number) run.child.kill(signal);
        return undefined;
      };
      const ended = await run.ended;
      await proxy.settle();
      // The last request may have arrived all the same; then it made a backup of what was stored by then.
      const made = (await site.listBackups()).filter((id) => !good.includes(id));
      good.push(...made);
      expect(made.length).toBeLessThanOrEqual(number === OPERATIONS.length ? 1 : 0);
      if (signal === 'SIGKILL') {
        expect(ended.exitCode).toBeNull();
        await site.removeUnfinishedUploads();
      } else {
        // What was done before the signal was seen is done.
        if (made.length === 0 || ended.exitCode !== 0) {
          expect(ended.exitCode).toBe(130);
          expect(findCommands(ended.log).filter(({ name }) => name === 'error')).toMatchObject([
            { message: expect.stringContaining('The run was cancelled (SIGTERM)') as string },
          ]);
        }
        expectNoSecrets(site, ended);
      }
    },
  );
});
