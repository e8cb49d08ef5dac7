// A real S3 server (Ceph RADOS Gateway) in a container, empty at every start, with versions, object lock, IAM users and policies.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
  type CreateBucketCommandInput,
} from '@aws-sdk/client-s3';
import { Container } from './podman.ts';
import { findFreePorts } from './ports.ts';
import { findRootFileSystem } from './root-file-system.ts';
import type { LabRun } from './run.ts';

const REGION = 'us-east-1';
/** First start on busy cores took 8 s. */
const START_TIMEOUT_MS = 90_000;
const POLL_MS = 100;
const DEFAULT_STORE_BYTES = 8 * 1024 ** 3;

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Endpoint {
  /** Path-style addressing: `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly region: string;
}

export interface S3Options {
  /** `memstore` keeps objects in memory, `bluestore` in a file below the run's directory (slower, for much data). */
  readonly objectStore?: 'memstore' | 'bluestore';
  readonly storeBytes?: number;
}

export interface S3Server extends S3Endpoint {
  /** Root of the account: may do everything, also through the IAM API. */
  readonly owner: S3Keys;
  /** A server that hangs: connections are accepted by the kernel, nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server and returns when it answers. */
export async function startS3(run: LabRun, options: S3Options = {}): Promise<S3Server> {
  const root = await findRootFileSystem();
  const ports = await findFreePorts('s3', 'monitor');
  const endpoint = `http://127.0.0.1:${ports.s3}`;
  const owner = {
    accessKeyId: `OWNER${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  };
  const objectStore = options.objectStore ?? 'memstore';
  const container = await Container.start(run, `s3-${ports.s3}`, {
    root,
    script: path.join(import.meta.dirname, 'ceph.sh'),
    env: {
      S3_PORT: String(ports.s3),
      MON_PORT: String(ports.monitor),
      REGION,
      OWNER_ACCESS_KEY_ID: owner.accessKeyId,
      OWNER_SECRET_ACCESS_KEY: owner.secretAccessKey,
      OBJECT_STORE: objectStore,
      OBJECT_STORE_BYTES: String(options.storeBytes ?? DEFAULT_STORE_BYTES),
    },
    // BlueStore uses io_uring, which the default filter refuses.
    options: objectStore === 'bluestore' ? ['--security-opt', 'seccomp=unconfined'] : [],
  });
  await waitForAnswer(endpoint, container);
  return {
    endpoint,
    region: REGION,
    owner,
    pause: () => container.pause(),
    resume: () => container.resume(),
    stop: () => container.stop(),
  };
}

export interface BucketOptions {
  /** Versions are on unless this is false. */
  readonly isVersioned?: boolean;
  /** Object lock can only be asked for when a bucket is made; it brings versions. */
  readonly hasObjectLock?: boolean;
}

/** Makes a bucket as the account's owner. */
export async function createBucket(
  server: S3Endpoint & Pick<S3Server, 'owner'>,
  name: string,
  options: BucketOptions = {},
): Promise<void> {
  const client = createS3Client(server, server.owner);
  try {
    const input: CreateBucketCommandInput = { Bucket: name };
    if (options.hasObjectLock === true) input.ObjectLockEnabledForBucket = true;
    await client.send(new CreateBucketCommand(input));
    if (options.isVersioned === false) return;
    const versioning = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: versioning }));
  } finally {
    client.destroy();
  }
}

/** A stock client, so that tests look at the store with other eyes than the product's. */
export function createS3Client(server: S3Endpoint, credentials: S3Keys): S3Client {
  return new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    credentials,
    forcePathStyle: true,
  });
}

async function waitForAnswer(endpoint: string, container: Container): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const isAnswering = await fetch(endpoint).then(
      (response) => response.ok,
      () => false,
    );
    if (isAnswering) return;
    const end = await container.describeEnd();
    if (end !== undefined) throw new Error(`the S3 server ended:\n${end}`);
    if (Date.now() > deadline)
      throw new Error(`the S3 server does not answer:\n${await container.readLog()}`);
    await sleep(POLL_MS);
  }
}
