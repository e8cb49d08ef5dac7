// Backs up directories of this machine with the session's own shell, but without SSH, into a directory: the target's part of storage, quickly.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { syncStorageDeclaration } from '../../src/actions/sync-storage/inputs.ts';
import { syncStorage, type SyncStorageOutcome } from '../../src/actions/sync-storage/sync-storage.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import { storageLayer } from '../../src/files/storage-layer.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import type { Remote } from '../../src/ports/remote.ts';
import type { Reporter } from '../../src/ports/reporter.ts';
import { openStoreWriter } from '../../src/store/open-store.ts';
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
}

export class LocalStorage {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<LocalStorage> {
    return new LocalStorage(await mkdtemp(path.join(tmpdir(), 'storage-')));
  }

  get home(): string {
    return path.join(this.directory, 'home');
  }

  get store(): string {
    return path.join(this.directory, 'store');
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }

  async sync({ inputs: changes = {}, wrappers, hostKey }: LocalRun = {}): Promise<SyncStorageOutcome> {
    const texts: Readonly<Record<string, string>> = {
      server: 'atlas',
      name: 'files',
      'ssh-host': 'localhost',
      'ssh-user': 'deploy',
      'ssh-key': 'a key that nobody logs in with',
      'ssh-known-hosts': 'none',
      store: pathToFileURL(this.store).href,
      recipients: readFileSync(path.join(KEYS, 'recipient-public.asc'), 'utf8'),
      'signing-key': readFileSync(path.join(KEYS, 'signer-secret.asc'), 'utf8'),
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
        const { session } = await openLocalShell({ ...options, home: this.home, path: search, signal });
        return Object.assign(session, { hostKeyFingerprint: hostKey ?? `SHA256:${'a'.repeat(43)}` });
      },
    };
    const store = openStoreWriter(inputs.store, {
      allowUnversioned: true,
      onNotice: () => undefined,
    } as unknown as Parameters<typeof openStoreWriter>[1]);
    const program = { lifeboatVersion: '0.0.0', origin: 'a test' };
    const ports = { remote, store, encryption, storage: storageLayer, reporter: silentReporter };
    try {
      return await syncStorage(inputs, keys, program, ports, new AbortController().signal);
    } finally {
      await store.close();
    }
  }
}
