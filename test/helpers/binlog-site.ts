// A database server whose binary logs are shipped, and what an independent reader finds of them in the store.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { stateFileName } from '../../src/actions/target-state.ts';
import type { StatePlace } from '../../src/domain/sealed-state.ts';
import type { Lab } from '../lab/lab.ts';
import type { MariadbAddress } from '../lab/mariadb.ts';
import { query } from '../lab/mariadb.ts';
import type { TargetAddress } from '../lab/target.ts';
import { checkBucket, type CheckedBinlog } from './bucket-checker.ts';
import type { Canary } from './canaries.ts';
import { dumpInputs } from './dump-inputs.ts';
import { runAction, startAction, type ActionRun, type StartedAction } from './runner.ts';
import { listStored } from './stored-objects.ts';

/** As the guide has it; with `purge: shipped` two more. */
export const BINLOG_GRANTS = ['REPLICATION SLAVE', 'BINLOG MONITOR', 'RELOAD'] as const;
export const BINLOG_USER = 'binlogs';

/** A server in the store of its own: what others ship is not seen. */
export class BinlogSite {
  readonly lab: Lab;
  readonly server: string;

  constructor(lab: Lab, database: MariadbAddress, server: string, target: TargetAddress = lab.ssh) {
    this.lab = { ...lab, ssh: target, mariadb: { ...lab.mariadb, ...database, dumpUser: BINLOG_USER } };
    this.server = server;
  }

  inputs(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    return dumpInputs(this.lab, { server: this.server, ...changes });
  }

  start(changes: Readonly<Record<string, string>> = {}): StartedAction {
    return startAction('ship-binlogs', this.inputs(changes));
  }

  run(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
    return runAction('ship-binlogs', this.inputs(changes));
  }

  /** A run that must be good; returns what it shipped, by the names of the files. */
  async ship(changes: Readonly<Record<string, string>> = {}): Promise<{ run: ActionRun; names: string[] }> {
    const { run, names } = await this.attempt(changes);
    expect(run.log).not.toContain('::error');
    expect(run.exitCode).toBe(0);
    return { run, names };
  }

  /** A run that may fail; returns what got a manifest in it. */
  async attempt(
    changes: Readonly<Record<string, string>> = {},
  ): Promise<{ run: ActionRun; names: string[] }> {
    const before = new Set(await this.#manifests());
    const run = await this.run(changes);
    const added = (await this.#manifests()).filter((key) => !before.has(key));
    return { run, names: added.map(nameIn) };
  }

  /** Names of those that have a manifest. */
  async names(): Promise<string[]> {
    return (await this.#manifests()).map(nameIn);
  }

  async #manifests(): Promise<string[]> {
    return (await listStored(this.lab, `${this.server}/binlogs/`)).filter((key) => key.endsWith('.json'));
  }

  /** What is in the store, of which each must be whole, and nothing else. */
  async stored(): Promise<readonly CheckedBinlog[]> {
    const { binlogs, orphans } = await checkBucket(this.lab, this.server);
    expect(binlogs.flatMap(({ faults }) => faults)).toEqual([]);
    expect(orphans).toEqual([]);
    return binlogs.toSorted((a, b) => (a.manifest.binlog.name < b.manifest.binlog.name ? -1 : 1));
  }

  query(sql: string): Promise<string> {
    return query(this.lab.mariadb, sql);
  }

  /** Names of what the server lists. */
  async list(): Promise<string[]> {
    return (await this.query('SHOW BINARY LOGS'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0] ?? '');
  }

  /** A file as the server has it. */
  file(name: string): string {
    return path.join(this.lab.mariadb.dataDirectory, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  /** What a state is bound to. */
  get statePlace(): StatePlace {
    const { endpoint, bucket, prefix } = this.lab.s3;
    const store = `${new URL(endpoint).origin} s3://${bucket}/${prefix}`;
    return { action: 'ship-binlogs', server: this.server, store };
  }

  get stateFile(): string {
    return path.join(this.lab.ssh.home, '.lifeboat', stateFileName(this.statePlace));
  }

  readState(): string {
    return readFileSync(this.stateFile, 'utf8');
  }

  writeState(text: string): void {
    writeFileSync(this.stateFile, text);
  }

  /** What a run may have left in memory on the target. */
  remains(): string[] {
    const { sharedMemory } = this.lab.ssh;
    return existsSync(sharedMemory)
      ? readdirSync(sharedMemory).filter((name) => name.startsWith('lifeboat.'))
      : [];
  }

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
}

/** The keys of these tests begin with the file's own name. */
function nameIn(key: string): string {
  return path.basename(key).split('.').slice(0, 2).join('.');
}
