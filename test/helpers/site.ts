// A server to back up in a test of faults: its target, its dump user, its name in the store, and what a run may have left of itself
// in any of them.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, vi } from 'vitest';
import { tryCommand } from '../lab/command.ts';
import { DUMP_GRANTS, type Lab } from '../lab/lab.ts';
import { createDumpUser, query, queryRows } from '../lab/mariadb.ts';
import type { LabRun } from '../lab/run.ts';
import { createS3Client } from '../lab/s3.ts';
import { findTargetProcesses, startTarget } from '../lab/target.ts';
import { checkBucket, type CheckedBackup } from './bucket-checker.ts';
import type { Canary } from './canaries.ts';
import { dumpInputs } from './dump-inputs.ts';
import { startAction, type ActionRun, type StartedAction } from './runner.ts';

/** What a run that was cut off may take to be gone from the target: three missed beats, and a little for the killing. */
export const PROMISED_MS = 60_000;
/** Programs of a session end within this when the session is told to end. */
const PROMPT_MS = 30_000;

export class Site {
  /** The lab with this site's own target and dump user in it. */
  readonly lab: Lab;
  /** The server's name in the store. */
  readonly server: string;
  readonly #runs = new Set<StartedAction>();

  private constructor(lab: Lab, server: string) {
    this.lab = lab;
    this.server = server;
  }

  /** On the lab's own target, with the lab's own dump user: for tests that run one after the other. */
  static on(lab: Lab, server: string): Site {
    return new Site(lab, server);
  }

  /** With a target and a dump user of its own: what it leaves behind can be told from what others do at the same time. */
  static async start(run: LabRun, lab: Lab, server: string): Promise<Site> {
    const { address: ssh } = await startTarget(run);
    const user = { dumpUser: `dump-${server}`, dumpPassword: `canary#'${randomBytes(12).toString('hex')}` };
    await createDumpUser(lab.mariadb, DUMP_GRANTS, user);
    return new Site({ ...lab, ssh, mariadb: { ...lab.mariadb, ...user } }, server);
  }

  inputs(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    return dumpInputs(this.lab, { server: this.server, ...changes });
  }

  start(changes: Readonly<Record<string, string>> = {}): StartedAction {
    const started = startAction('dump', this.inputs(changes));
    this.#runs.add(started);
    void started.ended.finally(() => this.#runs.delete(started));
    return started;
  }

  run(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
    return this.start(changes).ended;
  }

  /** Puts a program before the target's own of that name. */
  wrap(program: string, script: string): void {
    writeFileSync(path.join(this.lab.ssh.wrappersDirectory, program), script, { mode: 0o755 });
  }

  /** After a test, however it ended: no run of it goes on, no wrapper is left, and the target is clean. */
  async reset(): Promise<void> {
    for (const { child } of this.#runs) child.kill('SIGKILL');
    for (const name of readdirSync(this.lab.ssh.wrappersDirectory)) {
      rmSync(path.join(this.lab.ssh.wrappersDirectory, name));
    }
    await this.expectClean();
  }

  /** Every secret that a run of this site is given. */
  canaries(): Canary[] {
    const { ssh, mariadb, s3, keys } = this.lab;
    return [
      { name: 'the SSH key', value: readFileSync(ssh.privateKeyPath, 'utf8') },
      { name: 'the database password', value: mariadb.dumpPassword },
      { name: "the store's secret key", value: s3.writer.secretAccessKey },
      { name: 'the signing key', value: readFileSync(keys.signing.secretKeyPath, 'utf8') },
      { name: "the signing key's passphrase", value: keys.signing.passphrase },
    ];
  }

  /** What is on the target and its database server because of a run; empty when a run never was. */
  async findRemains(): Promise<string[]> {
    const { ssh, mariadb } = this.lab;
    const connections = await queryRows(
      mariadb,
      `SELECT ID, INFO FROM information_schema.PROCESSLIST WHERE USER = '${mariadb.dumpUser}'`,
    );
    return [
      ...findTargetProcesses(ssh).map((pid) => `process ${pid} ${readCommandLine(pid).join(' ')}`),
      ...readdirSync(ssh.sharedMemory)
        .filter((name) => name.startsWith('lifeboat.'))
        .map((name) => `/dev/shm/${name}`),
      ...connections.map(([id = '', statement = '']) => `database connection ${id}: ${statement}`),
      ...((await this.#isLocked()) ? ['the lock'] : []),
    ];
  }

  /** Waits until nothing of a run is left on the target. */
  async expectClean(timeoutMs = PROMPT_MS): Promise<void> {
    await vi.waitFor(async () => expect(await this.findRemains()).toEqual([]), {
      timeout: timeoutMs,
      interval: 50,
    });
  }

  /** Keys of uploads that were begun below this server's name and neither completed nor aborted. */
  async findUnfinishedUploads(): Promise<string[]> {
    return (await this.#eachUpload(() => Promise.resolve())).map(({ Key = '' }) => Key);
  }

  /** What the bucket's rule for incomplete uploads does after some days. */
  async removeUnfinishedUploads(): Promise<void> {
    await this.#eachUpload(({ Key, UploadId }, client) =>
      client.send(new AbortMultipartUploadCommand({ Bucket: this.lab.s3.bucket, Key, UploadId })),
    );
  }

  /** Waits until a multipart upload is under way. */
  async expectUpload(): Promise<void> {
    await vi.waitFor(async () => expect(await this.findUnfinishedUploads()).toHaveLength(1), {
      timeout: PROMPT_MS,
      interval: 50,
    });
  }

  /** Makes a backup for later: it must be there and whole after everything that follows. Returns its id. */
  async makeGoodBackup(changes: Readonly<Record<string, string>> = {}): Promise<string> {
    const run = await this.run(changes);
    expect(run.log).not.toContain('::error');
    expect(run.exitCode).toBe(0);
    return run.outputs['backup-id'] ?? '';
  }

  /** Backups that the store has a manifest of, by their ids: those of one second are in no order of time. */
  async listBackups(): Promise<string[]> {
    const { s3 } = this.lab;
    const client = createS3Client(s3, s3.owner);
    try {
      const Prefix = `${s3.prefix}/${this.server}/`;
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix }));
      const manifests = Contents.map(({ Key = '' }) => Key).filter((key) => key.endsWith('/manifest.json'));
      return manifests.map((key) => key.split('/').at(-2) ?? '');
    } finally {
      client.destroy();
    }
  }

  /** No manifest but those of these backups, and no upload that is under way: quicker than to read them all. */
  async expectNothingNew(ids: readonly string[]): Promise<void> {
    expect(await this.listBackups()).toEqual(ids.toSorted());
    expect(await this.findUnfinishedUploads()).toEqual([]);
  }

  /** What an independent reader finds in the store: exactly these backups, each whole. Returns them in this order. */
  async expectBackups(ids: readonly string[]): Promise<readonly CheckedBackup[]> {
    const { backups } = await checkBucket(this.lab, this.server);
    expect(backups.map(({ id, faults }) => ({ id, faults }))).toEqual(
      ids.toSorted().map((id) => ({ id, faults: [] })),
    );
    return backups.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  /** Processes of sessions on the target that run a program with these words among its arguments. */
  findProcesses(program: string, ...words: readonly string[]): number[] {
    return findTargetProcesses(this.lab.ssh).filter((pid) => {
      const [file = '', ...args] = readCommandLine(pid);
      return path.basename(file) === program && words.every((word) => args.includes(word));
    });
  }

  /** Runs SQL as the database server's administrator. */
  query(sql: string): Promise<string> {
    return query(this.lab.mariadb, sql);
  }

  async #eachUpload(act: (upload: MultipartUpload, client: S3Client) => Promise<unknown>) {
    const { s3 } = this.lab;
    const client = createS3Client(s3, s3.owner);
    try {
      const Prefix = `${s3.prefix}/${this.server}/`;
      const request = new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix });
      const { Uploads = [] } = await client.send(request);
      for (const upload of Uploads) await act(upload, client);
      return Uploads;
    } finally {
      client.destroy();
    }
  }

  async #isLocked(): Promise<boolean> {
    const lock = path.join(this.lab.ssh.home, '.lifeboat', `dump-${this.server}.lock`);
    if (!existsSync(lock)) return false;
    return (await tryCommand('flock', ['--nonblock', lock, 'true'])).status !== 0;
  }
}

function readCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
