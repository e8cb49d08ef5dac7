// The bucket as its owner sees it: how much is in there, and emptying it between runs.
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LabStore } from '../test/lab/lab.ts';
import { createS3Client } from '../test/lab/s3.ts';

interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly sizeBytes: number;
}

/** Bytes of all objects whose keys begin like this, old versions included. */
export async function measureObjects(store: LabStore, bucket: string, prefix: string): Promise<number> {
  const client = createS3Client(store, store.owner);
  let sizeBytes = 0;
  for await (const page of listVersions(client, bucket, prefix)) {
    sizeBytes += page.reduce((sum, version) => sum + version.sizeBytes, 0);
  }
  client.destroy();
  return sizeBytes;
}

/** Removes every version of everything, so that a store in memory never holds more than one run. */
export async function emptyBucket(store: LabStore, bucket = store.bucket): Promise<void> {
  const client = createS3Client(store, store.owner);
  for await (const page of listVersions(client, bucket, '')) {
    const Objects = page.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
  client.destroy();
}

/** Makes a bucket that everybody who reaches it may use without credentials. */
export async function createOpenBucket(store: LabStore, bucket: string): Promise<void> {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const client = createS3Client(store, store.owner);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  client.destroy();
}

async function* listVersions(client: S3Client, bucket: string, prefix: string): AsyncGenerator<Version[]> {
  let markers: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> | undefined = {};
  while (markers !== undefined) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...markers }),
    );
    const versions = [
      ...(page.Versions ?? []),
      ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: 0 })),
    ];
    if (versions.length > 0) {
      yield versions.map(({ Key = '', VersionId = '', Size = 0 }) => ({ Key, VersionId, sizeBytes: Size }));
    }
    markers =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
  }
}
