// The whole lab: a target, MariaDB, S3 and keys, as the integration tests, the demo and the benches use them.
import { randomBytes } from 'node:crypto';
import { createPgpKeys, type PgpKeys } from './keys.ts';
import {
  createDumpUser,
  startMariadb,
  type DumpUser,
  type MariadbAddress,
  type MariadbOptions,
} from './mariadb.ts';
import { LabRun } from './run.ts';
import { createS3User, renderProverPolicy, renderReaderPolicy, renderWriterPolicy } from './s3-users.ts';
import { createBucket, startS3, type S3Endpoint, type S3Keys, type S3Options } from './s3.ts';
import { startTarget, type TargetAddress } from './target.ts';

/** What the dump user needs for everything that a dump can hold, ON *.*. */
export const DUMP_GRANTS = [
  ...['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'BINLOG MONITOR', 'SLAVE MONITOR'],
] as const;

/** Plain data: it is handed to the processes that run the tests. */
export interface Lab {
  /** Throw-away directory of the run; tests may put their own below it. */
  readonly directory: string;
  readonly s3: LabStore;
  readonly ssh: TargetAddress;
  readonly mariadb: MariadbAddress & DumpUser;
  readonly keysDirectory: string;
  readonly keys: PgpKeys;
}

export interface LabStore extends S3Endpoint {
  /** With versions. */
  readonly bucket: string;
  readonly prefix: string;
  /** May do everything, also make users and buckets. */
  readonly owner: S3Keys;
  /** May only put below the prefix, except proofs. */
  readonly writer: S3Keys;
  /** May only get and list. */
  readonly reader: S3Keys;
  /** May only put proofs. */
  readonly prover: S3Keys;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each process that runs test files. */
    labs: readonly Lab[];
  }
}

export interface RunningLab {
  readonly lab: Lab;
  readonly run: LabRun;
  /** Ends every server and removes every file. */
  stop(): Promise<void>;
}

export interface LabOptions {
  readonly s3?: S3Options;
  readonly mariadb?: MariadbOptions;
}

/** Starts everything; ends what it started when something fails. */
export async function startLab(options: LabOptions = {}): Promise<RunningLab> {
  const run = await LabRun.start();
  try {
    const keysDirectory = run.path('keys');
    const [s3, ssh, mariadb, keys] = await Promise.all([
      startStore(run, options.s3),
      startTarget(run).then(({ address }) => address),
      startDatabase(run, options.mariadb),
      createPgpKeys(keysDirectory),
    ]);
    return {
      lab: { directory: run.directory, s3, ssh, mariadb, keysDirectory, keys },
      run,
      stop: () => run.stop(),
    };
  } catch (error) {
    await run.stop();
    throw error;
  }
}

async function startStore(run: LabRun, options: S3Options | undefined): Promise<LabStore> {
  const server = await startS3(run, options);
  const { endpoint, region, owner } = server;
  const bucket = 'lab-backups';
  const prefix = 'fleet';
  await createBucket(server, bucket);
  const writer = await createS3User(server, 'writer', renderWriterPolicy(bucket, prefix));
  const reader = await createS3User(server, 'reader', renderReaderPolicy(bucket, prefix));
  const prover = await createS3User(server, 'prover', renderProverPolicy(bucket, prefix));
  return { endpoint, region, bucket, prefix, owner, writer, reader, prover };
}

async function startDatabase(run: LabRun, options?: MariadbOptions): Promise<Lab['mariadb']> {
  const { address } = await startMariadb(run, options);
  const user = { dumpUser: 'lifeboat', dumpPassword: `canary#"\\'${randomBytes(12).toString('hex')}` };
  await createDumpUser(address, DUMP_GRANTS, user);
  return { ...address, ...user };
}
