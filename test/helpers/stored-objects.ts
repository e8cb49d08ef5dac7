// Objects of the lab's store, handled by its owner: what somebody could do to it who stole every key.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Lab } from '../lab/lab.ts';
import { createS3Client } from '../lab/s3.ts';

/** Keys without the store's prefix, sorted. */
export function listStored(lab: Lab, folder: string): Promise<string[]> {
  return withOwner(lab, async (client) => {
    const { bucket: Bucket, prefix } = lab.s3;
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: `${prefix}/${folder}` }),
    );
    return Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1)).toSorted();
  });
}

export function getStored(lab: Lab, key: string): Promise<Buffer> {
  return withOwner(lab, async (client) => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: lab.s3.bucket, Key: `${lab.s3.prefix}/${key}` }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  });
}

/** Also over one that is there. */
export async function putStored(lab: Lab, key: string, bytes: Uint8Array): Promise<void> {
  await withOwner(lab, (client) =>
    client.send(new PutObjectCommand({ Bucket: lab.s3.bucket, Key: `${lab.s3.prefix}/${key}`, Body: bytes })),
  );
}

export async function removeStored(lab: Lab, key: string): Promise<void> {
  await withOwner(lab, (client) =>
    client.send(new DeleteObjectCommand({ Bucket: lab.s3.bucket, Key: `${lab.s3.prefix}/${key}` })),
  );
}

async function withOwner<T>(lab: Lab, act: (client: S3Client) => Promise<T>): Promise<T> {
  const client = createS3Client(lab.s3, lab.s3.owner);
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}
