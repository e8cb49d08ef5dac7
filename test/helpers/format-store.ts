// The store of the test vectors, as a copy that a test may spoil, with the keys that belong to it.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { DumpManifest } from '../../src/domain/dumps/manifest.ts';
import { parseManifest, serializeManifest } from '../../src/domain/dumps/manifest-text.ts';
import { dumpFolder, parseBackupId } from '../../src/domain/stores/object-names.ts';
import { createOpenPgpEncryption } from '../../src/encryption/openpgp-encryption.ts';
import type { StoreReader } from '../../src/ports/store.ts';
import { DirectoryStoreReader } from '../../src/store/directory/reader.ts';
import { DirectoryStoreWriter } from '../../src/store/directory/writer.ts';
import { encryptBytes } from './encrypt-bytes.ts';

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

/** When the proof of the test vectors was made: all keys are valid then. */
export const VECTOR_TIME = new Date('2026-11-22T04:00:00.000Z');

export type VectorKeys = Awaited<ReturnType<typeof readVectorKeys>>;

export async function readVectorKeys() {
  const armored = (name: string) => readVector(`keys/${name}.asc`).toString();
  return {
    identity: await vectorEncryption.readIdentity(armored('recipient-secret'), undefined),
    recipients: await vectorEncryption.readRecipients(armored('recipient-public'), VECTOR_TIME),
    trustedSigners: await vectorEncryption.readTrustedSigners(armored('signer-public')),
    signingKey: await vectorEncryption.readSigningKey(armored('signer-secret'), undefined, VECTOR_TIME),
    trustedProvers: await vectorEncryption.readTrustedSigners(armored('prover-public')),
    proofSigningKey: await vectorEncryption.readSigningKey(armored('prover-secret'), undefined, VECTOR_TIME),
  };
}

/** A directory store; removed at the end of the block that holds it. */
export class FormatStore implements Disposable {
  readonly base = mkdtempSync(path.join(tmpdir(), 'lifeboat-vector-'));
  readonly directory = path.join(this.base, 'store');
  readonly reader = new DirectoryStoreReader({ directory: this.directory });
  readonly writer = new DirectoryStoreWriter({ directory: this.directory });

  /** A copy of the test vectors, or of another store. */
  constructor(source = path.join(FORMAT, 'store')) {
    cpSync(source, this.directory, { recursive: true });
  }

  pathOf(key: string): string {
    return path.join(this.directory, key);
  }

  /** The backup of the test vectors once more, under another id and with the state of another moment. */
  async addBackup(
    keys: VectorKeys,
    id: string,
    instant: string,
    {
      signedAt = VECTOR_TIME,
      isAnchor = true,
      excluded,
    }: { signedAt?: Date; isAnchor?: boolean; excluded?: Partial<DumpManifest['excluded']> } = {},
  ): Promise<void> {
    const folder = dumpFolder(vectorBackup.server, id);
    cpSync(this.pathOf(vectorBackup.folder), this.pathOf(folder), { recursive: true });
    const known = parseManifest(readVector(`store/${vectorBackup.folder}manifest.json`), vectorBackup);
    const inventory = readVector('plain/inventory.json').toString().replace(vectorBackup.id, id);
    const sealed = await encryptBytes(vectorEncryption, zstdCompressSync(inventory), keys.recipients);
    writeFileSync(this.pathOf(`${folder}inventory.json.zst.gpg`), sealed);
    const hash = { sizeBytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') };
    const objects = known.objects.map((object) => {
      const isInventory = object.role === 'inventory';
      const parts = object.parts.map((part) => ({
        ...part,
        ...(isInventory ? hash : {}),
        key: part.key.replace(vectorBackup.folder, folder),
      }));
      return { ...object, ...(isInventory ? hash : {}), parts };
    });
    const times = { startedAt: instant, instant, finishedAt: instant };
    const pitrAnchor = isAnchor ? known.pitrAnchor : { isAnchor, reasons: ['1 database left out'] };
    const label = parseBackupId(id)?.label;
    const manifest = serializeManifest({
      ...{ ...known, ...times, id, objects, pitrAnchor },
      ...(label === undefined ? {} : { label }),
      excluded: { ...known.excluded, ...excluded },
    });
    writeFileSync(this.pathOf(`${folder}manifest.json`), manifest);
    const signature = await keys.signingKey.sign(manifest, signedAt);
    writeFileSync(this.pathOf(`${folder}manifest.json.sig`), signature);
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
