// Buckets of their own to be looked at, in the lab's store, and what puts backups, proofs and faults into them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import type { DumpManifest } from '../../src/domain/dumps/manifest.ts';
import { serializeProof } from '../../src/domain/proofs/proof-text.ts';
import { proofFolder } from '../../src/domain/stores/object-names.ts';
import { createRunId } from '../../src/domain/run-id.ts';
import { exampleProof } from '../domain/proofs/proof-example.ts';
import type { Lab } from '../lab/lab.ts';
import { createBucket, createS3Client } from '../lab/s3.ts';
import { createS3User, renderProverPolicy, renderReaderPolicy, renderWriterPolicy } from '../lab/s3-users.ts';
import { serializeUnchecked, sign } from './forge-backup.ts';
import { putStored } from './stored-objects.ts';

const ABORT: LifecycleRule = {
  ID: 'abort',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
};

/** The lab with another bucket, and users for it with the documented policies. */
export async function withBucket(
  lab: Lab,
  bucket: string,
  { lockDays, keepDays }: { readonly lockDays?: number; readonly keepDays: number },
): Promise<Lab> {
  const { s3 } = lab;
  await createBucket(s3, bucket, { hasObjectLock: lockDays !== undefined });
  const owner = createS3Client(s3, s3.owner);
  try {
    if (lockDays !== undefined)
      await owner.send(
        new PutObjectLockConfigurationCommand({
          Bucket: bucket,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: lockDays } },
          },
        }),
      );
  } finally {
    owner.destroy();
  }
  await expireAfter({ ...lab, s3: { ...s3, bucket } }, keepDays);
  const { prefix } = s3;
  return {
    ...lab,
    s3: {
      ...s3,
      bucket,
      writer: await createS3User(s3, `${bucket}-writer`, renderWriterPolicy(bucket, prefix)),
      reader: await createS3User(s3, `${bucket}-reader`, renderReaderPolicy(bucket, prefix)),
      prover: await createS3User(s3, `${bucket}-prover`, renderProverPolicy(bucket, prefix)),
    },
  };
}

/** As a workflow would give them; the writer's key is given to be tried. */
export function verifyInputs(
  { s3, keys }: Lab,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const read = (file: string) => readFileSync(file, 'utf8');
  return {
    store: `s3://${s3.bucket}/${s3.prefix}`,
    'store-endpoint': s3.endpoint,
    'store-region': s3.region,
    'store-access-key-id': s3.reader.accessKeyId,
    'store-secret-access-key': s3.reader.secretAccessKey,
    'writer-access-key-id': s3.writer.accessKeyId,
    'writer-secret-access-key': s3.writer.secretAccessKey,
    'trusted-signers': read(keys.signing.publicKeyPath),
    'trusted-provers': read(keys.proving.publicKeyPath),
    recipients: keys.recipients.map(({ publicKeyPath }) => read(publicKeyPath)).join('\n'),
    'max-proof-age': '1d',
    ...changes,
  };
}

/** What a restore test would have written, by the lab's proving key. `withStorage`: of the storage `files`, too. */
export async function putProof(
  lab: Lab,
  server: string,
  backup: DumpManifest,
  startedAt: Date,
  { withStorage = false } = {},
): Promise<void> {
  const id = createRunId(startedAt);
  const folder = proofFolder(server, id);
  const { storage = [], ...facts } = exampleProof();
  const { counts = {} as never } = facts;
  const recovery = Buffer.from('how to restore by hand');
  const sumOf = (figure: 'tables' | 'views') => backup.databases.reduce((sum, one) => sum + one[figure], 0);
  const earlier = new Date(Math.min(startedAt.getTime(), Date.parse(backup.instant))).toISOString();
  const bytes = serializeProof({
    ...facts,
    ...{ id, server, startedAt: startedAt.toISOString(), finishedAt: startedAt.toISOString() },
    backup: {
      ...{ id: backup.id, isSigned: true, instant: earlier },
      manifestSha256: createHash('sha256').update(serializeUnchecked(backup)).digest('hex'),
    },
    recoveredTo: earlier,
    recoverySha256: createHash('sha256').update(recovery).digest('hex'),
    ...(withStorage ? { storage: storage.map((files) => ({ ...files, instant: earlier })) } : {}),
    ...{ databases: backup.databases, notProvable: backup.notProvable, limits: [] },
    counts: { ...counts, table: sumOf('tables'), view: sumOf('views'), database: backup.databases.length },
  });
  await putStored(lab, `${folder}RECOVERY.md`, recovery);
  await putStored(lab, `${folder}proof.json.sig`, await sign(bytes, lab.keys.proving));
  await putStored(lab, `${folder}proof.json`, bytes);
}

/** In place of all other rules. */
export async function expireAfter({ s3 }: Lab, keepDays: number): Promise<void> {
  const expiry: LifecycleRule = {
    ID: 'old-backups',
    Status: 'Enabled',
    Filter: { Prefix: `${s3.prefix}/` },
    Expiration: { Days: keepDays },
  };
  const owner = createS3Client(s3, s3.owner);
  try {
    await owner.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: s3.bucket,
        LifecycleConfiguration: { Rules: [ABORT, expiry] },
      }),
    );
  } finally {
    owner.destroy();
  }
}

/** For good: without a version left. */
export async function destroyStored({ s3 }: Lab, key: string): Promise<void> {
  const owner = createS3Client(s3, s3.owner);
  const Key = `${s3.prefix}/${key}`;
  try {
    const { Versions = [] } = await owner.send(
      new ListObjectVersionsCommand({ Bucket: s3.bucket, Prefix: Key }),
    );
    for (const { Key: found, VersionId } of Versions)
      if (found === Key) await owner.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key, VersionId }));
  } finally {
    owner.destroy();
  }
}

/** Anybody may list the bucket and get what is in it. */
export async function publish({ s3 }: Lab): Promise<void> {
  const owner = createS3Client(s3, s3.owner);
  const Statement = [
    {
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:ListBucket', 's3:GetObject'],
      Resource: [`arn:aws:s3:::${s3.bucket}`, `arn:aws:s3:::${s3.bucket}/*`],
    },
  ];
  try {
    await owner.send(
      new PutBucketPolicyCommand({
        Bucket: s3.bucket,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
  } finally {
    owner.destroy();
  }
}
