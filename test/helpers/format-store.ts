// The store of the test vectors, as a copy that a test may spoil, with the keys that belong to it.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import type { StoreReader } from '../../src/ports/store.ts';
import { DirectoryStoreReader } from '../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../src/store/directory/writer.ts';

const FORMAT = path.resolve(import.meta.dirname, '../fixtures/format');

/** The library alone: no program is started. */
export const vectorEncryption = createOpenPgpEncryption({ decryptor: 'openpgp.js' });

export const vectorBackup = {
  server: 'atlas',
  id: '20261120T030512Z-7f3a9c1e-mariadb',
  folder: 'atlas/dumps/2026/11/20/20261120T030512Z-7f3a9c1e-mariadb/',
} as const;
export const vectorProof = {
  id: '20261122T040000Z-0badcafe',
  folder: 'atlas/proofs/20261122T040000Z-0badcafe/',
} as const;

export function readVector(name: string): Buffer {
  return readFileSync(path.join(FORMAT, name));
}

export async function readVectorKeys() {
  const armored = (name: string) => readVector(`keys/${name}.asc`).toString();
  return {
    identity: await vectorEncryption.readIdentity(armored('recipient-secret'), undefined),
    recipients: await vectorEncryption.readRecipients(armored('recipient-public'), new Date()),
    trustedSigners: await vectorEncryption.readTrustedSigners(armored('signer-public')),
    signingKey: await vectorEncryption.readSigningKey(armored('signer-secret'), undefined, new Date()),
    trustedProvers: await vectorEncryption.readTrustedSigners(armored('prover-public')),
    proofSigningKey: await vectorEncryption.readSigningKey(armored('prover-secret'), undefined, new Date()),
  };
}

/** A directory store; removed at the end of the block that holds it. */
export class FormatStore implements Disposable {
  readonly base = mkdtempSync(path.join(tmpdir(), 'lifeboat-vector-'));
  readonly directory = path.join(this.base, 'store');
  readonly reader = new DirectoryStoreReader({ directory: this.directory });
  readonly writer = new DirectoryStoreWriter({ directory: this.directory });

  constructor() {
    cpSync(path.join(FORMAT, 'store'), this.directory, { recursive: true });
  }

  pathOf(key: string): string {
    return path.join(this.directory, key);
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true });
  }
}

/** A store with some of its answers replaced. */
export function withAnswers(store: StoreReader, changes: Partial<StoreReader>): StoreReader {
  return {
    location: store.location,
    readClock: (signal) => store.readClock(signal),
    get: (key, signal) => store.get(key, signal),
    list: (folder, signal) => store.list(folder, signal),
    close: () => store.close(),
    ...changes,
  };
}
