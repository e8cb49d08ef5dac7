// A store in which everything is as it should be, to be spoilt: the backup of the test vectors, two newer ones, two binlogs and the proof,
// behind a fake of a bucket, which says of itself and of what it keeps what a test wants.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { verifyDeclaration } from '../../src/actions/verify/inputs.ts';
import type { VerifyReport } from '../../src/actions/verify/report.ts';
import { verify } from '../../src/actions/verify/verify.ts';
import type { VerifyKeys } from '../../src/actions/verify/context.ts';
import type { BinlogFacts } from '../../src/domain/binlogs/binlog-manifest.ts';
import { serializeBinlogManifest } from '../../src/domain/binlogs/binlog-manifest-text.ts';
import type { DumpManifest } from '../../src/domain/dumps/manifest.ts';
import { parseManifest, serializeManifest } from '../../src/domain/dumps/manifest-text.ts';
import type { StoredMessage } from '../../src/domain/statements/stored-message.ts';
import { binlogKeys, dumpFolder, proofFolder, snapshotKeys } from '../../src/domain/stores/object-names.ts';
import { oldestOf } from '../../src/domain/proofs/proof-figures.ts';
import type { DumpProof, SampledStorage } from '../../src/domain/proofs/proof.ts';
import { serializeProof } from '../../src/domain/proofs/proof-text.ts';
import type { SnapshotManifest } from '../../src/domain/snapshots/snapshot.ts';
import {
  parseSnapshotManifest,
  serializeSnapshotManifest,
} from '../../src/domain/snapshots/snapshot-text.ts';
import { DAY_MS } from '../../src/domain/text/units.ts';
import { parseDumpProof } from './dump-proof.ts';
import { LifeboatError } from '../../src/errors.ts';
import type { Encryption } from '../../src/ports/encryption.ts';
import { gatherInputs } from '../../src/inputs/gather.ts';
import type { KeyVersions, StoreInspector, StoreReader, StoreSettings } from '../../src/ports/store.ts';
import { encryptBytes } from './encrypt-bytes.ts';
import {
  FormatStore,
  readVector,
  readVectorKeys,
  vectorBackup,
  vectorEncryption,
  vectorProof,
  type VectorKeys,
} from './format-store.ts';
import { silentReporter } from './silent-reporter.ts';

/** After everything that is in the store. */
export const NOW = new Date('2026-11-22T04:30:00.000Z');
export const DUMPS = {
  oldest: vectorBackup.id,
  middle: '20261121T030512Z-00000002-mariadb',
  newest: '20261122T030512Z-00000003-mariadb',
} as const;
export const BINLOGS = {
  first: 'binlog.000001.20261121T033001Z-000000b1',
  second: 'binlog.000002.20261122T040001Z-000000b2',
} as const;

export const GOOD_SETTINGS: StoreSettings = {
  keepsVersions: true,
  abortsUploads: true,
  locks: true,
  lockDays: 35,
  expiry: [{ id: 'old', prefix: '', days: 100, noncurrentDays: 35 }],
};
/** Of a service that tells nothing. */
export const UNKNOWN_SETTINGS: StoreSettings = {
  ...{ keepsVersions: undefined, abortsUploads: undefined, locks: undefined, expiry: undefined },
};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The same signatures are checked in every test: what came out once comes out again. */
const checked = new Map<string, ReturnType<Encryption['verifyDetached']>>();
const encryption: Encryption = {
  ...vectorEncryption,
  verifyDetached: (bytes, signature, signers, now) => {
    const by = signers.map(({ fingerprint }) => fingerprint).join();
    const name = `${sha256(bytes)} ${sha256(signature)} ${by} ${now.getTime()}`;
    const outcome = checked.get(name) ?? vectorEncryption.verifyDetached(bytes, signature, signers, now);
    checked.set(name, outcome);
    return outcome;
  },
};

export class VerifyBench implements Disposable {
  readonly store: FormatStore;
  readonly keys: VectorKeys;
  settings: StoreSettings = GOOD_SETTINGS;
  /** What takes the place of what the bucket would say of a key. */
  readonly versions = new Map<string, Partial<KeyVersions>>();
  /** Folders whose versions the reader may not list. */
  readonly unlistable = new Set<string>();
  /** What the inspector says in place of what is good. */
  inspector: Partial<StoreInspector> = {};
  reader: Partial<StoreReader> = {};

  private constructor(keys: VectorKeys, store: FormatStore) {
    this.keys = keys;
    this.store = store;
  }

  static async make(): Promise<VerifyBench> {
    const bench = new VerifyBench(await readVectorKeys(), new FormatStore());
    await bench.addDump(DUMPS.middle, '2026-11-21T03:05:13.250Z');
    await bench.addDump(DUMPS.newest, '2026-11-22T03:05:13.250Z', (manifest) => ({
      ...manifest,
      coordinates: { file: 'binlog.000002', position: 500, gtid: '0-4711-20' },
    }));
    const second = { ...{ name: 'binlog.000002', next: 'binlog.000003' }, gtidsBefore: '0-4711-20' };
    await bench.addBinlog(BINLOGS.first, {});
    await bench.addBinlog(BINLOGS.second, {
      ...second,
      gtidsAfter: '0-4711-30',
      createdAt: '2026-11-21T03:30:00.000Z',
      closedAt: '2026-11-22T04:00:00.000Z',
    });
    return bench;
  }

  /** Another store with the same in it. */
  copy(): VerifyBench {
    return new VerifyBench(this.keys, new FormatStore(this.store.directory));
  }

  /** A copy of the backup of the test vectors, signed like it. */
  async addDump(
    id: string,
    instant: string,
    change: (manifest: DumpManifest) => DumpManifest = (manifest) => manifest,
  ): Promise<void> {
    const folder = dumpFolder(vectorBackup.server, id);
    cpSync(this.store.pathOf(vectorBackup.folder), this.store.pathOf(folder), { recursive: true });
    const known = parseManifest(readVector(`store/${vectorBackup.folder}manifest.json`), vectorBackup);
    const objects = known.objects.map((object) => ({
      ...object,
      parts: object.parts.map((part) => ({ ...part, key: part.key.replace(vectorBackup.folder, folder) })),
    }));
    const times = { startedAt: instant, instant, finishedAt: instant };
    await this.#sign(
      `${folder}manifest.json`,
      serializeManifest(change({ ...known, id, ...times, objects })),
    );
  }

  async addBinlog(id: string, facts: Partial<BinlogFacts>, finishedAt?: string): Promise<void> {
    const { source } = parseManifest(readVector(`store/${vectorBackup.folder}manifest.json`), vectorBackup);
    const keys = binlogKeys(vectorBackup.server, id);
    const sealed = await encryptBytes(vectorEncryption, Buffer.from(id), this.keys.recipients);
    this.write(keys.data, sealed);
    const digest = { sizeBytes: sealed.length, sha256: sha256(sealed) };
    const closedAt = facts.closedAt ?? '2026-11-21T03:30:00.000Z';
    const manifest = serializeBinlogManifest({
      ...{ id, server: vectorBackup.server, source },
      versions: { server: '10.11', lifeboat: '0.1.0' },
      ...{ startedAt: finishedAt ?? closedAt, finishedAt: finishedAt ?? closedAt },
      binlog: {
        ...{
          name: 'binlog.000001',
          serverId: source.serverId,
          // The dump of the vectors was made at byte 2,903; nobody looks inside.
          sizeBytes: 4_000,
          sha256: sha256(Buffer.from(id)),
        },
        ...{ serverVersion: '10.11', createdAt: '2026-11-20T00:00:00.000Z', closedAt },
        ...{ closedBy: 'rotate', next: 'binlog.000002', checksum: 'crc32' },
        ...{ gtidsBefore: '', gtidsAfter: '0-4711-20', transactions: 20, format: 'ROW', rowImage: 'FULL' },
        ...facts,
      },
      object: {
        ...{ codec: 'zstd', plainBytes: facts.sizeBytes ?? 4_000, ...digest },
        recipients: this.keys.recipients.map(({ encryptionKeyId }) => encryptionKeyId),
        parts: [{ key: keys.data, ...digest }],
      },
    });
    await this.#sign(keys.manifest, manifest);
  }

  /** Of files that nobody looks into, and the proof of a test that did, unless it says otherwise. */
  async addSnapshot(
    name: string,
    id: string,
    instant: string,
    {
      complete = true,
      isProven = true,
      set,
      pack,
      earlierIndex,
      ...change
    }: {
      complete?: boolean;
      isProven?: boolean;
      set?: string;
      pack?: string;
      earlierIndex?: string;
    } & Partial<Pick<SnapshotManifest, 'source' | 'holds'>> = {},
  ): Promise<void> {
    const { source } = parseManifest(readVector(`store/${vectorBackup.folder}manifest.json`), vectorBackup);
    const keys = snapshotKeys(vectorBackup.server, name, id);
    const seal = async (key: string): Promise<StoredMessage> => {
      if (!existsSync(this.store.pathOf(key)))
        this.write(key, await encryptBytes(vectorEncryption, Buffer.from(key), this.keys.recipients));
      const sealed = this.read(key);
      const digest = { sizeBytes: sealed.length, sha256: sha256(sealed) };
      const recipients = this.keys.recipients.map(({ encryptionKeyId }) => encryptionKeyId);
      return { codec: 'zstd', plainBytes: 100, ...digest, recipients, parts: [{ key, ...digest }] };
    };
    const files = pack === undefined ? 0 : 1;
    const manifest = serializeSnapshotManifest({
      ...{ id, name, server: vectorBackup.server, complete, ...(set === undefined ? {} : { set }) },
      source: { hostName: source.hostName, sshHostKey: source.sshHostKey },
      versions: { find: '4.9', tar: '1.34', lifeboat: '0.1.0' },
      ...{ startedAt: instant, instant, finishedAt: instant },
      ...{ paths: ['/srv'], exclude: [], oneFileSystem: false },
      holds: { files, directories: 0, links: 0, bytes: files },
      changes: {
        ...{ added: 0, changed: 0, deleted: 0, unstable: 0, vanished: 0 },
        ...{ unreadable: complete ? 0 : 1, special: 0 },
      },
      index: [...(earlierIndex === undefined ? [] : [await seal(earlierIndex)]), await seal(keys.index)],
      packs: pack === undefined ? [] : [await seal(pack)],
      ...change,
    });
    await this.#sign(keys.manifest, manifest);
    if (isProven) await this.addFilesProof(`20261122T041000Z-${id.slice(-8)}`, { name, snapshot: id });
  }

  /** Of a snapshot that is there; signed by a prover who is trusted. */
  async addFilesProof(
    id: string,
    { name, snapshot, ...changes }: Pick<SampledStorage, 'name' | 'snapshot'> & Partial<SampledStorage>,
    startedAt = '2026-11-22T04:10:00.000Z',
  ): Promise<void> {
    const { server } = vectorBackup;
    const bytes = this.read(snapshotKeys(server, name, snapshot).manifest);
    const { instant } = parseSnapshotManifest(bytes, { server, name, id: snapshot });
    const files = {
      ...{ name, snapshot, instant, manifestSha256: sha256(bytes), isSigned: true, share: '5%' },
      ...{ packs: [`${snapshot}-1`], files: 1, directories: 1, links: 0, bytes: 1, ...changes },
    };
    const proof = serializeProof({
      ...{ kind: 'files', id, server, startedAt, finishedAt: startedAt, storage: [files], limits: [] },
      recoveredTo: oldestOf([files], startedAt),
      versions: { lifeboat: '0.1.0' },
      recoverySha256: sha256(readVector(`store/${vectorProof.folder}RECOVERY.md`)),
    });
    await this.#putProof(id, proof);
  }

  /** The proof of the test vectors, changed; signed by a prover who is trusted. */
  async addProof(id: string, change: (proof: DumpProof) => Partial<DumpProof>): Promise<void> {
    const known = parseDumpProof(readVector(`store/${vectorProof.folder}proof.json`), {
      ...{ server: vectorBackup.server, id: vectorProof.id },
    });
    await this.#putProof(id, serializeProof({ ...known, id, ...change(known) }));
  }

  async #putProof(id: string, proof: Uint8Array): Promise<void> {
    const folder = proofFolder(vectorBackup.server, id);
    this.write(`${folder}RECOVERY.md`, readVector(`store/${vectorProof.folder}RECOVERY.md`));
    this.write(`${folder}proof.json`, proof);
    this.write(`${folder}proof.json.sig`, await this.keys.proofSigningKey.sign(proof, NOW));
  }

  read(key: string): Buffer {
    return readFileSync(this.store.pathOf(key));
  }

  write(key: string, bytes: Uint8Array): void {
    const file = this.store.pathOf(key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  remove(key: string): void {
    rmSync(this.store.pathOf(key), { recursive: true });
  }

  /** Removes what a reader gets, and leaves it behind a deletion. */
  delete(key: string, deletedAt: Date): void {
    const hidden = { key, sizeBytes: this.read(key).length, lastModified: storedAt(key) };
    this.remove(key);
    this.versions.set(key, { deletedAt, hidden: [hidden] });
  }

  /** `texts` are inputs by their names. */
  async look(
    texts: Readonly<Record<string, string>> = {},
    keys: Partial<VerifyKeys> = {},
    isBucket = true,
    signal = new AbortController().signal,
  ): Promise<VerifyReport> {
    const given: Readonly<Record<string, string>> = { store: 's3://example/fleet', ...texts };
    const source = { read: (name: string) => given[name], howToGive: () => '', problems: [], warnings: [] };
    const { inputs } = await gatherInputs(
      verifyDeclaration,
      source,
      { isHostedRunner: false },
      { checks: {} },
    );
    const { reader } = this.store;
    const store: StoreReader = {
      location: 's3://example/fleet',
      readClock: (stop) => reader.readClock(stop),
      get: (key, stop) => reader.get(key, stop),
      async *list(folder, signal) {
        for await (const listed of reader.list(folder, signal))
          yield { ...listed, lastModified: storedAt(listed.key) };
      },
      close: () => reader.close(),
      ...this.reader,
    };
    return verify(
      inputs,
      { ...this.keys, ...keys },
      {
        ...{ store, encryption, reporter: silentReporter, writer: undefined },
        inspector: isBucket ? this.#fakeInspector(store) : undefined,
      },
      signal,
    );
  }

  async #sign(key: string, bytes: Uint8Array): Promise<void> {
    this.write(key, bytes);
    this.write(`${key}.sig`, await this.keys.signingKey.sign(bytes, NOW));
  }

  #fakeInspector(store: StoreReader): StoreInspector {
    const { versions, unlistable } = this;
    return {
      location: store.location,
      readClock: (signal) => store.readClock(signal),
      close: () => Promise.resolve(),
      async *listVersions(folder, signal) {
        if (unlistable.has(folder)) throw new LifeboatError('store-denied', 'no');
        const keys = new Map<string, KeyVersions>();
        for await (const current of store.list(folder, signal))
          keys.set(current.key, { key: current.key, current, hidden: [] });
        for (const [key, change] of versions)
          keys.set(key, { key, hidden: [], current: undefined, ...keys.get(key), ...change });
        yield* [...keys.values()].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
      },
      listUploads: () => Promise.resolve([]),
      readLock: (key) => Promise.resolve(new Date(storedAt(key).getTime() + 35 * DAY_MS)),
      isPublic: () => Promise.resolve(false),
      mayList: () => Promise.resolve(true),
      mayGet: () => Promise.resolve(true),
      mayDelete: () => Promise.resolve(false),
      readSettings: () => Promise.resolve(this.settings),
      ...this.inspector,
    };
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

/** When the run of a key was over, about. */
export function storedAt(key: string): Date {
  const [, year, month, day, hour, minute, second] =
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(key) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
}
