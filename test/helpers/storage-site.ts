// Files of the lab's target that are backed up over real SSH into the real bucket, and an independent look at every snapshot that is there:
// restored with the commands of the documentation, and compared with the tree as it was.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { createGpgHome, type GpgHome } from '../lab/gpg.ts';
import type { Lab } from '../lab/lab.ts';
import { dumpInputs } from './dump-inputs.ts';
import { describeTree } from './file-tree.ts';
import { startAction, type ActionRun, type StartedAction } from './runner.ts';
import { restoreByHand, restoredByHand } from './stock-restore.ts';
import { getStored, listStored } from './stored-objects.ts';

const NAME = 'files';

export class StorageSite {
  readonly lab: Lab;
  readonly server: string;
  /** What is backed up, on the target; made anew. */
  readonly data: string;
  readonly #work = mkdtempSync(path.join(tmpdir(), 'storage-site-'));
  /** The tree of every good run, as it was, by the snapshot's id. */
  readonly #known = new Map<string, string>();
  #gpg: GpgHome | undefined;

  constructor(lab: Lab, server: string) {
    this.lab = lab;
    this.server = server;
    this.data = path.join(lab.ssh.home, `data-${server}`);
    mkdirSync(this.data);
  }

  inputs(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = { server: this.server, name: NAME, paths: this.data, 'pack-size': '1MB' };
    const all = dumpInputs(this.lab, { ...own, ...changes });
    return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('db-')));
  }

  start(changes: Readonly<Record<string, string>> = {}): StartedAction {
    return startAction('sync-storage', this.inputs(changes));
  }

  /** Waits for the lock of a run that was killed. */
  async run(changes: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
    let run = await this.start(changes).ended;
    for (let tries = 0; run.exitCode === 5 && tries < 20; tries += 1) run = await this.start(changes).ended;
    return run;
  }

  /** Shell text in the data; all of it belongs to the target's user then. */
  change(script: string): void {
    execFileSync('sh', ['-euc', script], { cwd: this.data, env: { LC_ALL: 'C', PATH: process.env['PATH'] } });
    const { uid, gid } = statSync(this.lab.ssh.home);
    if (process.geteuid?.() !== 0) return;
    // Of the rest not even the change time.
    const strangers = ['!', '-uid', String(uid), '-exec', 'chown', '-h', `${uid}:${gid}`, '{}', '+'];
    execFileSync('find', [this.data, ...strangers]);
  }

  /** Does something to the data whenever tar begins to pack; the script ends by itself when it was enough. */
  whilePacking(script: string): void {
    const text = `#!/bin/sh
case " $* " in *" --create "*) (cd '${this.data}' && { ${script}; }) >/dev/null 2>&1 ;; esac
PATH=\${PATH#*:} exec tar "$@"
`;
    writeFileSync(path.join(this.lab.ssh.wrappersDirectory, 'tar'), text, { mode: 0o755 });
  }

  standStill(): void {
    for (const name of readdirSync(this.lab.ssh.wrappersDirectory))
      rmSync(path.join(this.lab.ssh.wrappersDirectory, name));
  }

  /** The snapshot holds the data as they are now. */
  expectNow(id: string | undefined): void {
    expect(id).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    this.#known.set(id ?? '', describeTree(this.data));
  }

  /** A good snapshot of a moment that nobody saw: it has to come back, whatever it holds. */
  expectSomething(id: string | undefined): void {
    this.#known.set(id ?? '', '');
  }

  async listSnapshots(): Promise<string[]> {
    const keys = await listStored(this.lab, `${this.server}/storage/${NAME}/snapshots`);
    return keys.filter((key) => key.endsWith('.json')).map((key) => path.basename(key, '.json'));
  }

  /** Every snapshot that is there is known, and comes back as it was by hand. */
  async expectAll(): Promise<void> {
    expect(await this.listSnapshots()).toEqual([...this.#known.keys()].toSorted());
    await this.#mirror();
    for (const [id, tree] of this.#known) await this.#expectTree(id, tree);
  }

  async #expectTree(id: string, tree: string): Promise<void> {
    const restore = {
      to: path.join(this.#work, `restored-${id}`),
      storage: path.join(this.#work, 'store'),
      snapshot: id,
      gpgHome: (await this.#openGpg()).directory,
    };
    expect(restoreByHand(restore)).toContain('All files are there.');
    if (tree !== '') expect(describeTree(restoredByHand(restore, this.data))).toBe(tree);
    execFileSync('chmod', ['-R', 'u+rwX', restore.to], { stdio: 'ignore' });
    rmSync(restore.to, { recursive: true });
  }

  async #mirror(): Promise<void> {
    const folder = `${this.server}/storage/${NAME}/`;
    for (const key of await listStored(this.lab, folder)) {
      const file = path.join(this.#work, 'store', key.slice(folder.length));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, await getStored(this.lab, key));
    }
  }

  async #openGpg(): Promise<GpgHome> {
    if (this.#gpg !== undefined) return this.#gpg;
    this.#gpg = await createGpgHome(this.lab);
    for (const key of this.lab.keys.recipients) await this.#gpg.importSecretKey(key);
    return this.#gpg;
  }

  async close(): Promise<void> {
    this.standStill();
    await this.#gpg?.close();
    for (const directory of [this.data, this.#work]) {
      execFileSync('chmod', ['-R', 'u+rwX', directory], { stdio: 'ignore' });
      rmSync(directory, { recursive: true });
    }
  }
}
