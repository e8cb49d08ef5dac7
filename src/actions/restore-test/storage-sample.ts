// Files that belong to a backup, or are alone: which snapshot, which of its packs, and whether stock tar gets out of them what the index says.
//
// Nothing is written to a disk in the clear, and no container is asked: contents go from tar through a pipe, owners and modes are compared
// as they stand in the archive. A sandbox without rights could not give a file to its owner.
import { rm } from 'node:fs/promises';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { choosePacks, packsOf, type IdentifiedPack } from '../../domain/snapshots/packs.ts';
import type { ReadFiles } from '../../domain/recovery/recovery-files.ts';
import { addSize, readRecord, type IndexEntry } from '../../domain/snapshots/snapshot-index.ts';
import type { SnapshotFigures } from '../../domain/snapshots/snapshot-figures.ts';
import { countOf, DAY_MS, formatBytes, formatInstant } from '../../domain/text/units.ts';
import { showUnseen } from '../../domain/text/visible.ts';
import { LifeboatError } from '../../errors.ts';
import type { TrustedSigner } from '../../ports/encryption.ts';
import type { Machine } from '../../ports/machine.ts';
import type { FetchContext } from '../restoring/fetch-backup.ts';
import { fetchObject } from '../restoring/fetch-object.ts';
import {
  findSnapshotOf,
  listStorages,
  type ListedStorage,
  type ReadSnapshot,
} from '../restoring/find-snapshot.ts';
import { openObject } from '../restoring/open-object.ts';
import { FetchedIndex } from '../restoring/read-index.ts';
import type { Finding } from './examination.ts';
import { readPack, type UnpackedEntry } from './read-pack.ts';

/** What is backed up every week has a snapshot that is younger. */
const MAX_AGE_MS = 8 * DAY_MS;
/** That a sentence each is kept of. */
const MAX_TOLD = 100;

type Dump = Pick<DumpManifest, 'instant' | 'finishedAt' | 'set'>;

export interface SampleContext extends FetchContext {
  readonly server: string;
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  /** The store's time. */
  readonly now: Date;
  /** This one, with GNU tar. */
  readonly machine: Machine;
  /** Of the packs' bytes. */
  readonly percent: number;
  /** Faults that are known and meant, as verify calls them. */
  readonly acknowledge: readonly string[];
  /** Of the restore test: it decides the draw. */
  readonly testId: string;
}

export interface StorageExamination {
  readonly sampled: readonly ReadFiles[];
  readonly findings: readonly Finding[];
  /** What was not shown. */
  readonly limits: readonly string[];
}

/** Without a dump the newest complete snapshots. What is wrong with the files is a finding; throws what says nothing of them. */
export async function sampleStorage(
  dump: Dump | undefined,
  context: SampleContext,
): Promise<StorageExamination> {
  const [sampled, findings, limits]: [ReadFiles[], Finding[], string[]] = [[], [], []];
  if (context.percent === 0) return { sampled, findings, limits };
  const storages = await listStorages(context);
  for (const storage of storages) {
    const sample = new Sample(storage, dump, context);
    try {
      const outcome = await sample.run();
      if (outcome !== undefined) sampled.push(outcome);
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.class !== 'restore-test' || context.signal.aborted)
        throw error;
      findings.push({ code: error.code, sentence: `files ${storage.name}: ${error.message}` });
    }
    findings.push(...sample.findings);
    limits.push(...sample.limits);
  }
  return { sampled, findings, limits };
}

class Sample {
  readonly findings: Finding[] = [];
  readonly limits: string[] = [];
  readonly #storage: ListedStorage;
  readonly #dump: Dump | undefined;
  readonly #context: SampleContext;
  #untold = 0;
  #unproven = 0;
  #withAttributes = 0;

  constructor(storage: ListedStorage, dump: Dump | undefined, context: SampleContext) {
    this.#storage = storage;
    this.#dump = dump;
    this.#context = context;
  }

  async run(): Promise<ReadFiles | undefined> {
    const snapshot = await this.#find();
    if (snapshot === undefined) return undefined;
    const { manifest, manifestSha256, signedBy } = snapshot;
    const { percent, testId, reporter } = this.#context;
    const chosen = choosePacks(packsOf(manifest), percent, testId);
    reporter.info(
      `files ${manifest.name}: ${chosen.length} of ${countOf(manifest.packs.length, 'pack')} of ${manifest.id}`,
    );
    this.#comparePresence(snapshot);
    const index = await FetchedIndex.fetch(manifest, this.#context);
    const recordBytes = await this.#count(index, snapshot);
    const compared = { files: 0, directories: 0, links: 0, bytes: 0 };
    for await (const { pack, entries } of index.entriesOf(chosen, recordBytes))
      await this.#comparePack(pack, entries, compared);
    if (this.#untold > 0) this.#differs(`and ${countOf(this.#untold, 'more difference')}`);
    if (this.#unproven > 0)
      this.limits.push(
        `files ${manifest.name}: ${countOf(this.#unproven, 'file')} changed while the backup read it, and cannot be compared`,
      );
    if (this.#withAttributes > 0)
      this.limits.push(
        `files ${manifest.name}: extended attributes and access control lists of ${countOf(this.#withAttributes, 'entry')} are in the packs, and were not compared: an index has none`,
      );
    return {
      name: manifest.name,
      snapshot: manifest.id,
      ...{ manifestSha256, signedBy },
      instant: manifest.instant,
      share: `${percent}%`,
      packs: chosen.map(({ packId }) => packId),
      ...compared,
    };
  }

  /** The snapshot that belongs to the dump; where there is none yet, the one before. */
  async #find(): Promise<ReadSnapshot | undefined> {
    const { name } = this.#storage;
    const { now, server, acknowledge } = this.#context;
    const dump = this.#dump ?? { instant: now.toISOString() };
    const { after, before, refused } = await findSnapshotOf(dump, this.#storage, this.#context, now);
    for (const each of refused) this.limits.push(`files ${name}: passed over: ${each}`);
    const found = after ?? before;
    if (found?.manifest.complete === false)
      this.limits.push(
        `files ${name}: no snapshot is complete; a sample of ${found.manifest.id} was read, which lacks files`,
      );
    if (after !== undefined) return after;
    const newest =
      before === undefined
        ? 'there is none at all'
        : `the newest one is of ${formatInstant(before.manifest.instant)}`;
    const since = this.#dump
      ? `no complete snapshot was begun since the dump of ${formatInstant(this.#dump.instant)}`
      : 'no complete snapshot was begun in the last eight days';
    const isOld = before === undefined || now.getTime() - Date.parse(before.manifest.instant) > MAX_AGE_MS;
    // The name that verify has for it.
    if (isOld && acknowledge.includes(`age:${server}:snapshot-of-${name}`)) {
      this.limits.push(
        `files ${name}: ${since}; ${newest}; that is acknowledged, and nothing of it was read`,
      );
      return undefined;
    }
    if (isOld)
      this.findings.push({ code: 'snapshot-missing', sentence: `files ${name}: ${since}; ${newest}` });
    else if (this.#dump)
      this.limits.push(`files ${name}: ${since} yet; ${newest}, and a sample of that was read`);
    return before;
  }

  /** Of all packs, not only of those that are read. */
  #comparePresence({ manifest }: ReadSnapshot): void {
    for (const { key, sizeBytes } of manifest.packs.flatMap(({ parts }) => parts)) {
      const found = this.#storage.packs.get(key);
      if (found === sizeBytes) continue;
      const what = found === undefined ? 'is missing' : `has ${found} bytes, not ${sizeBytes}`;
      this.#tell({ code: 'object-mismatch', sentence: `${key} ${what}` });
    }
  }

  /** Size of the records by pack. The index must hold what the manifest says. */
  async #count(index: FetchedIndex, { manifest }: ReadSnapshot): Promise<ReadonlyMap<string, number>> {
    const recordBytes = new Map<string, number>();
    const found = { files: 0, directories: 0, links: 0, bytes: 0 };
    for await (const batch of index.batches()) {
      for (const record of batch) {
        addSize(recordBytes, record);
        addTo(found, readRecord(record));
      }
    }
    const { holds } = manifest;
    if ((Object.keys(found) as (keyof SnapshotFigures)[]).some((figure) => found[figure] !== holds[figure])) {
      const say = (figures: SnapshotFigures) =>
        `${countOf(figures.files, 'file')}, ${figures.directories} directories, ${countOf(figures.links, 'link')} and ${figures.bytes} bytes`;
      this.#tell({
        code: 'manifest-invalid',
        sentence: `the index of ${manifest.id} holds ${say(found)}, its manifest says ${say(holds)}`,
      });
    }
    const known = new Set(packsOf(manifest).map(({ packId }) => packId));
    for (const packId of recordBytes.keys()) {
      if (!known.has(packId))
        this.#tell({
          code: 'manifest-invalid',
          sentence: `the index of ${manifest.id} names the pack ${packId}, and its manifest does not`,
        });
    }
    return recordBytes;
  }

  async #comparePack(
    pack: IdentifiedPack,
    entries: readonly IndexEntry[],
    compared: SnapshotFigures,
  ): Promise<void> {
    const unpacked = await this.#read(pack);
    for (const entry of entries) {
      const found = unpacked.get(entry.path.slice(1));
      const problem = problemOf(entry, found);
      if (problem !== undefined) this.#differs(`${showPath(entry.path)} ${problem}`);
      if (isUnproven(entry)) this.#unproven += 1;
      if (found?.hasAttributes === true) this.#withAttributes += 1;
      addTo(compared, entry);
    }
  }

  async #read({ packId, stored }: IdentifiedPack): Promise<ReadonlyMap<string, UnpackedEntry>> {
    const { reporter, machine, signal } = this.#context;
    reporter.info(`pack ${packId}: ${formatBytes(stored.sizeBytes)}`);
    const file = await fetchObject(stored, { ...this.#context, name: `${packId}.gpg` });
    try {
      return await readPack(openObject(file, this.#context), machine, signal);
    } finally {
      await rm(file, { force: true });
    }
  }

  #differs(sentence: string): void {
    this.#tell({ code: 'restore-differs', sentence: `files ${this.#storage.name}: ${sentence}` });
  }

  #tell(finding: Finding): void {
    if (this.findings.length < MAX_TOLD) this.findings.push(finding);
    else this.#untold += 1;
  }
}

function addTo(figures: { -readonly [K in keyof SnapshotFigures]: number }, entry: IndexEntry): void {
  if (entry.type === 'd') figures.directories += 1;
  else if (entry.type === 'l') figures.links += 1;
  else {
    figures.files += 1;
    figures.bytes += entry.size;
  }
}

function isUnproven({ type, sha256 }: IndexEntry): boolean {
  return type === 'f' && sha256 === undefined;
}

const KINDS = { f: 'a file', d: 'a directory', l: 'a symbolic link' } as const;

/** The rest of a sentence that begins with the path; undefined when all is as it was on the server. */
function problemOf(entry: IndexEntry, found: UnpackedEntry | undefined): string | undefined {
  if (found === undefined) return 'is not in its pack';
  if (isUnproven(entry)) return undefined;
  if (found.type !== entry.type) return `is ${KINDS[found.type]}, and was ${KINDS[entry.type]}`;
  if (entry.type !== 'd' && found.size !== entry.size)
    return `has ${found.size} bytes, and had ${entry.size}`;
  if (found.sha256 !== entry.sha256) return 'has another content';
  const differing = [
    found.mode !== entry.mode && `mode ${found.mode.toString(8)}, and had ${entry.mode.toString(8)}`,
    found.uid !== entry.uid && `owner ${found.uid}, and had ${entry.uid}`,
    found.gid !== entry.gid && `group ${found.gid}, and had ${entry.gid}`,
    // A directory's changes with what is put into it, after it was listed, too.
    entry.type !== 'd' && found.mtimeNs !== entry.mtimeNs && 'another modification time',
  ].filter((each) => each !== false);
  return differing.length === 0 ? undefined : `has ${differing.join('; ')}`;
}

function showPath(path: string): string {
  return showUnseen(Buffer.from(path, 'latin1').toString('utf8'));
}
