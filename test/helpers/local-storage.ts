// Backs up directories of this machine with the session's own shell, but without SSH, into a directory: the target's part of storage, quickly.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { syncStorageDeclaration } from '../../src/actions/sync-storage/inputs.ts';
import type { SyncStorageOutcome } from '../../src/actions/sync-storage/outcome.ts';
import { syncStorage } from '../../src/actions/sync-storage/sync-storage.ts';
import { listFiles } from '../../src/actions/restore-files/list-files.ts';
import {
  restoreFiles,
  type RestoreFilesKeys,
  type RestoreFilesOutcome,
} from '../../src/actions/restore-files/restore-files.ts';
import { PathPattern } from '../../src/domain/snapshots/path-pattern.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { storageLayer } from '../../src/files/storage-layer.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import type { SnapshotChoice } from '../../src/inputs/storage.ts';
import type { Remote } from '../../src/ports/remote.ts';
import type { Reporter } from '../../src/ports/reporter.ts';
import { createLocalMachine } from '../../src/remote/local-machine.ts';
import { DirectoryStoreReader } from '../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../src/store/directory/writer.ts';
import { describeTree } from './file-tree.ts';
import { openLocalShell } from './local-shell.ts';

const KEYS = path.resolve(import.meta.dirname, '../fixtures/format/keys');

export const silentReporter: Reporter = {
  group: (_title, body) => body(),
  info: () => undefined,
  debug: () => undefined,
  warning: () => undefined,
  summary: () => undefined,
  output: () => undefined,
  mask: () => undefined,
};

export interface LocalRun {
  /** By name, as a workflow gives them. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Stands first in PATH: a program put there comes before the machine's own. */
  readonly wrappers?: string;
  readonly hostKey?: string;
  /** The login shell and what starts it; the machine's own user and shell otherwise. */
  readonly shell?: readonly string[];
  readonly maxChain?: number;
  /** Default: 0, so that a test need not wait until its files are settled. */
  readonly settledSeconds?: number;
}

interface ListedOf {
  readonly snapshot?: SnapshotChoice;
  readonly pattern?: string;
}

export class LocalStorage {
  readonly directory: string;
  #runs = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<LocalStorage> {
    const made = new LocalStorage(await mkdtemp(path.join(tmpdir(), 'storage-')));
    for (const each of [made.home, made.store, made.data, made.scratch]) await mkdir(each);
    return made;
  }

  get home(): string {
    return path.join(this.directory, 'home');
  }

  /** What is backed up. */
  get data(): string {
    return path.join(this.directory, 'data');
  }

  get scratch(): string {
    return path.join(this.directory, 'scratch');
  }

  get store(): string {
    return path.join(this.directory, 'store');
  }

  /** Where the target keeps lists and indexes. */
  get stateFolder(): string {
    const folder = path.join(this.home, '.lifeboat');
    const lists =
      readdirSync(folder).find((name) => /^sync-storage\.files-atlas-[0-9a-f]+$/.test(name)) ?? '';
    return path.join(folder, lists);
  }

  /** Writes a file of what is backed up. */
  write(name: string, text: string): void {
    writeFileSync(path.join(this.data, name), text);
  }

  /** A directory with a `tar` that first does something to the files, for `wrappers`. */
  beforeTar(script: string): string {
    const wrappers = path.join(this.directory, 'bin');
    mkdirSync(wrappers, { recursive: true });
    const text = `#!/bin/sh\ncase " $* " in *" --create "*) cd '${this.data}' && { ${script}; } ;; esac\nexec /usr/bin/env PATH="\${PATH#*:}" tar "$@"\n`;
    writeFileSync(path.join(wrappers, 'tar'), text, { mode: 0o755 });
    return wrappers;
  }

  /** The newest snapshot holds the data as they are now. */
  async expectWhole(): Promise<void> {
    const { directory, unproven } = await this.restore();
    expect(unproven).toEqual([]);
    expect(describeTree(directory + this.data)).toBe(describeTree(this.data));
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  /** Into a new directory below this one, whose path is returned with the outcome. */
  async restore(
    changes: {
      readonly id?: string;
      readonly paths?: readonly string[];
      readonly isRoot?: boolean;
      readonly to?: string;
    } = {},
  ): Promise<RestoreFilesOutcome> {
    const encryption = createOpenPgpEncryption();
    const store = new DirectoryStoreReader({ directory: this.store });
    return restoreFiles(
      {
        server: 'atlas',
        name: 'files',
        snapshot: changes.id === undefined ? 'latest' : { id: changes.id },
        paths: changes.paths,
        to: changes.to ?? (await mkdtemp(path.join(this.directory, 'restored-'))),
        temporaryDirectory: this.scratch,
        isRoot: changes.isRoot ?? process.geteuid?.() === 0,
      },
      await this.#readKeys(),
      { store, encryption, machine: createLocalMachine(), reporter: silentReporter },
      new AbortController().signal,
    );
  }

  /** What is printed of a snapshot. */
  async list({ snapshot = 'latest', pattern }: ListedOf = {}): Promise<{
    readonly lines: readonly string[];
    readonly warnings: readonly string[];
  }> {
    const lines: string[] = [];
    const { warnings } = await listFiles(
      {
        ...{ server: 'atlas', name: 'files', snapshot, temporaryDirectory: this.scratch },
        pattern: pattern === undefined ? undefined : new PathPattern(pattern),
      },
      await this.#readKeys(),
      {
        store: new DirectoryStoreReader({ directory: this.store }),
        encryption: createOpenPgpEncryption(),
        reporter: silentReporter,
        print: (some) => Promise.resolve(lines.push(...some) > 0),
      },
      new AbortController().signal,
    );
    return { lines, warnings };
  }

  /** Armored, by its name without `.asc`. */
  readKey(name: string): string {
    return readFileSync(path.join(KEYS, `${name}.asc`), 'utf8');
  }

  async #readKeys(): Promise<RestoreFilesKeys> {
    const encryption = createOpenPgpEncryption();
    return {
      identity: await encryption.readIdentity(this.readKey('recipient-secret'), undefined),
      trustedSigners: await encryption.readTrustedSigners(this.readKey('signer-public')),
    };
  }

  async sync({
    inputs: changes = {},
    wrappers,
    hostKey,
    shell,
    maxChain,
    settledSeconds = 0,
  }: LocalRun = {}): Promise<SyncStorageOutcome> {
    const texts: Readonly<Record<string, string>> = {
      server: 'atlas',
      name: 'files',
      paths: this.data,
      'ssh-host': 'localhost',
      'ssh-user': 'deploy',
      'ssh-key': 'a key that nobody logs in with',
      'ssh-known-hosts': 'none',
      store: pathToFileURL(this.store).href,
      recipients: this.readKey('recipient-public'),
      'signing-key': this.readKey('signer-secret'),
      ...changes,
    };
    const source = { read: (name: string) => texts[name], howToGive: () => '', problems: [], warnings: [] };
    const surroundings = { isHostedRunner: false };
    const { inputs } = await gatherInputs(syncStorageDeclaration, source, surroundings, { checks: {} });
    const encryption = createOpenPgpEncryption();
    const now = new Date();
    const keys = {
      recipients: await encryption.readRecipients(inputs.recipients, now),
      signingKey:
        inputs.signingKey === undefined
          ? undefined
          : await encryption.readSigningKey(inputs.signingKey, undefined, now),
    };
    const remote: Remote = {
      open: async (options, signal) => {
        const search = [...(wrappers === undefined ? [] : [wrappers]), process.env['PATH'] ?? ''].join(':');
        const { session } = await openLocalShell({
          ...options,
          home: this.home,
          path: search,
          signal,
          ...(shell === undefined ? {} : { shell }),
        });
        return Object.assign(session, { hostKeyFingerprint: hostKey ?? `SHA256:${'a'.repeat(43)}` });
      },
    };
    const store = new DirectoryStoreWriter({ directory: this.store });
    // No two runs begin in the same second, however fast they are.
    const readClock = store.readClock.bind(store);
    this.#runs += 1;
    store.readClock = async (signal) => new Date((await readClock(signal)).getTime() + this.#runs * 1000);
    const program = {
      lifeboatVersion: '0.0.0',
      origin: 'a test',
      settledSeconds,
      ...(maxChain === undefined ? {} : { maxChain }),
    };
    const ports = { remote, store, encryption, storage: storageLayer, reporter: silentReporter };
    try {
      return await syncStorage(inputs, keys, program, ports, new AbortController().signal);
    } finally {
      await store.close();
    }
  }
}
