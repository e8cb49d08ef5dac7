// Runs dumps that must fail, next to one good backup of the same server, and checks after each what a failed run may leave: nothing.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import type { Lab } from '../lab/lab.ts';
import { query, quoteText } from '../lab/mariadb.ts';
import { findTargetProcesses } from '../lab/target.ts';
import { checkBucket, type CheckedBackup } from './bucket-checker.ts';
import { dumpInputs } from './dump-inputs.ts';
import { runAction, type ActionRun } from './runner.ts';

/** A session's last helper kills itself after a second; the rest is patience with a busy machine. */
const CLEAN_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

type Inputs = Readonly<Record<string, string>>;

export class DumpBench {
  readonly lab: Lab;
  /** Its name in the store; green runs use names of their own, so that the one good backup stays alone here. */
  readonly server: string;
  readonly #inputs: Inputs;
  #goodId = '';
  #greens = 0;

  private constructor(lab: Lab, server: string, inputs: Inputs) {
    this.lab = lab;
    this.server = server;
    this.#inputs = inputs;
  }

  /** Makes the good backup. `inputs` are those that every run of the bench has. */
  static async start(lab: Lab, server: string, inputs: Inputs): Promise<DumpBench> {
    const bench = new DumpBench(lab, server, inputs);
    // The real program, which also notes the private directories that sessions make: other labs use the same /dev/shm.
    bench.wrap('mktemp', '/usr/bin/mktemp "$@" | tee -a "$HOME/made-directories"');
    const run = await bench.run({ server });
    expect(run.log).not.toContain('::error');
    bench.#goodId = run.outputs['backup-id'] ?? '';
    await bench.#expectOnlyGoodBackup();
    return bench;
  }

  /** Puts a shell script before the target's own program of that name. */
  wrap(program: string, script: string): void {
    writeFileSync(path.join(this.lab.ssh.wrappersDirectory, program), `#!/bin/bash\n${script}\n`, {
      mode: 0o755,
    });
  }

  unwrap(program: string): void {
    rmSync(path.join(this.lab.ssh.wrappersDirectory, program), { force: true });
  }

  /** Nothing of the bench stays on the target. */
  stop(): void {
    for (const program of ['mktemp', 'mariadb-dump']) this.unwrap(program);
    rmSync(this.#madeDirectories, { force: true });
  }

  run(inputs: Inputs = {}): Promise<ActionRun> {
    return runAction('dump', dumpInputs(this.lab, { server: this.server, ...this.#inputs, ...inputs }));
  }

  /** Runs a dump that must be good, under a name of its own, and returns its run and the one backup in the store. */
  async expectGreen(inputs: Inputs = {}): Promise<{ run: ActionRun; backup: CheckedBackup }> {
    const server = `${this.server}-green-${(this.#greens += 1)}`;
    const run = await this.run({ ...inputs, server });
    expect(run.log).not.toContain('::error');
    expect(run.exitCode).toBe(0);
    const { backups } = await checkBucket(this.lab, server);
    expect(backups.map(({ faults }) => faults)).toEqual([[]]);
    return { run, backup: backups[0] as CheckedBackup };
  }

  /** Runs a dump that must fail with this code, checks that it left nothing, and returns its one error's text. */
  async expectRed(code: ErrorCode, inputs: Inputs = {}): Promise<string> {
    const run = await this.run(inputs);
    const errors = [...run.log.matchAll(/^::error(.*?)::(.*)$/gm)];
    expect(errors, run.log).toHaveLength(1);
    const [, properties = '', text = ''] = errors[0] ?? [];
    expect(properties, run.log).toContain(`(${code})`);
    expect(run.exitCode).toBe(1);
    expect(run.outputs).toEqual({});
    await this.#expectOnlyGoodBackup();
    await this.#expectClean(inputs['db-user'] ?? this.lab.mariadb.dumpUser);
    return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
  }

  async #expectOnlyGoodBackup(): Promise<void> {
    const { backups } = await checkBucket(this.lab, this.server);
    expect(backups.map(({ id, faults }) => ({ id, faults }))).toEqual([{ id: this.#goodId, faults: [] }]);
  }

  async #expectClean(user: string): Promise<void> {
    const made = readFileSync(this.#madeDirectories, 'utf8').trim().split('\n');
    expect(made.at(-1)).toMatch(/^\/dev\/shm\/lifeboat\./);
    const connections = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = ${quoteText(user)}`;
    const remains = async () => ({
      processes: findTargetProcesses(this.lab.ssh),
      directories: made.filter((directory) => existsSync(directory)),
      connections: Number(await query(this.lab.mariadb, connections)),
    });
    await vi.waitFor(
      async () => expect(await remains()).toEqual({ processes: [], directories: [], connections: 0 }),
      { timeout: CLEAN_TIMEOUT_MS, interval: POLL_MS },
    );
  }

  get #madeDirectories(): string {
    return path.join(this.lab.ssh.home, 'made-directories');
  }
}

/** The statements that an error offers to paste. */
export function statementsIn(message: string): string[] {
  return message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(?:GRANT|REVOKE) .*;$/.test(line));
}
