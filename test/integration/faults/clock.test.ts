// What is found out about the store before anything is dumped: its clock, and whether it keeps versions.
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../helpers/blobs.ts';
import { startDateProxy } from '../../helpers/date-proxy.ts';
import { expectFailure, findWarnings } from '../../helpers/expect-failure.ts';
import { Site } from '../../helpers/site.ts';
import { createS3Client } from '../../lab/s3.ts';
import { useLab } from '../../helpers/use-lab.ts';

const lab = useLab();
const MINUTE_MS = 60_000;
const chosen = { databases: 'clock_shop' };
const site = Site.on(lab, 'clock');

let good: string;
beforeAll(async () => {
  await makeShop(site, 'clock_shop');
  good = await site.makeGoodBackup(chosen);
});
afterEach(() => site.reset());

describe('a store whose clock differs', () => {
  it.each([
    [11, 'behind'],
    [-11, 'ahead of'],
  ])('by %d minutes is refused', async (minutes, direction) => {
    await using proxy = await startDateProxy(lab.s3.endpoint, minutes * MINUTE_MS);
    const run = await site.run({ ...chosen, 'store-endpoint': proxy.endpoint });
    expectFailure(site, run, {
      code: 'clock-skew',
      says: [new RegExp(`the runner's clock is 6[56]\\d s ${direction} the store's`), 'Set the clock'],
    });
    await site.expectBackups([good]);
  });

  it.each([
    [2, 'behind'],
    [-2, 'ahead of'],
  ])('by %d minutes is told about, and its time counts', async (minutes, direction) => {
    await using proxy = await startDateProxy(lab.s3.endpoint, minutes * MINUTE_MS);
    const other = Site.on(lab, `clock-${direction.slice(0, 5)}`);
    const startedAtMs = Date.now();
    const run = await other.run({ ...chosen, 'store-endpoint': proxy.endpoint });
    expect(run.exitCode).toBe(0);
    expect(findWarnings(run)).toEqual([
      expect.stringMatching(`clock is 1[12]\\d s ${direction} the store's`),
    ]);
    expect(run.summary).toContain(`${direction} the store's`);
    const [backup] = await other.expectBackups([run.outputs['backup-id'] ?? '']);
    const shiftMs = Date.parse(String(backup?.manifest['startedAt'])) - startedAtMs;
    // To the minute: starting takes a while, and the header has whole seconds.
    expect(Math.round(shiftMs / MINUTE_MS)).toBe(minutes);
  });
});

describe('a bucket without versions', () => {
  const bucket = 'lab-unversioned';
  const s3 = { ...lab.s3, bucket, writer: lab.s3.owner };
  const unversioned = Site.on({ ...lab, s3 }, 'clock');

  beforeAll(async () => {
    const client = createS3Client(lab.s3, lab.s3.owner);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
  });

  it('is refused, or accepted by those who say so', async () => {
    expectFailure(unversioned, await unversioned.run(chosen), {
      code: 'store-unversioned',
      says: [bucket, 'Turn versioning on', 'allow-unversioned: true'],
    });
    await unversioned.expectBackups([]);
    expect(await unversioned.findUnfinishedUploads()).toEqual([]);
    const accepted = await unversioned.makeGoodBackup({ ...chosen, 'allow-unversioned': 'true' });
    await unversioned.expectBackups([accepted]);
    await site.expectBackups([good]);
  });
});
