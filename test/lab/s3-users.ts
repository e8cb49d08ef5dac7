// The users of docs' security model, made through the IAM API: a writer that may only put, a reader that may only read.
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { S3Keys, S3Server } from './s3.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** Backup jobs: put below the prefix, never a proof; no get, list or delete. */
export function renderWriterPolicy(bucket: string, prefix: string): Statement[] {
  const objects = `arn:aws:s3:::${bucket}/${prefix}`;
  return [
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Resource: [`${objects}/*`] },
    { Effect: 'Deny', Action: ['s3:PutObject'], Resource: [`${objects}/*/proofs/*`] },
  ];
}

/** Verify and restore: get and list, versions too, and see how the bucket is set up; no put, no delete. */
export function renderReaderPolicy(bucket: string, prefix: string): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention'],
      Resource: [`arn:aws:s3:::${bucket}/${prefix}/*`],
    },
    {
      Effect: 'Allow',
      Action: [
        ...['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketVersioning'],
        ...['s3:GetLifecycleConfiguration', 's3:GetBucketObjectLockConfiguration'],
        's3:ListBucketMultipartUploads',
      ],
      Resource: [`arn:aws:s3:::${bucket}`],
    },
  ];
}

/** Restore tests write their proofs with it: put below proofs/, nothing else. */
export function renderProverPolicy(bucket: string, prefix: string): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: [`arn:aws:s3:::${bucket}/${prefix}/*/proofs/*`],
    },
  ];
}

/** Makes an IAM user with one policy and one access key. */
export async function createS3User(
  server: Pick<S3Server, 'endpoint' | 'region' | 'owner'>,
  name: string,
  statements: readonly Statement[],
): Promise<S3Keys> {
  const client = new IAMClient({
    endpoint: server.endpoint,
    region: server.region,
    credentials: server.owner,
  });
  try {
    await client.send(new CreateUserCommand({ UserName: name }));
    const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await client.send(
      new PutUserPolicyCommand({ UserName: name, PolicyName: name, PolicyDocument: document }),
    );
    const { AccessKey: key } = await client.send(new CreateAccessKeyCommand({ UserName: name }));
    if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined)
      throw new Error('no access key came back');
    return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  } finally {
    client.destroy();
  }
}
