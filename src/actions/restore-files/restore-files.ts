// The restore-files action: which entries are wanted, out of which packs, and whether what came out is what was put in.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { StoredMessage } from '../../domain/manifest.ts';
import { parsePackKey } from '../../domain/object-names.ts';
import { shellQuote } from '../../domain/shell.ts';
import {
  applyIndex,
  checkParents,
  IndexError,
  linkKey,
  type IndexEntry,
} from '../../domain/snapshot-index.ts';
import { selectMembers, TAR_END, TarError } from '../../domain/tar.ts';
import { formatBytes } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, Identity, TrustedSigner } from '../../ports/encryption.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { fetchObject } from '../restoring/fetch-object.ts';
import { findSnapshot, type ReadSnapshot } from '../restoring/find-snapshot.ts';
import { openObject } from '../restoring/open-object.ts';

export interface RestoreFilesRequest {
  readonly server: string;
  readonly name: string;
  readonly snapshot: 'latest' | { readonly id: string };
  /** As they are called on the target; undefined: everything. */
  readonly paths: readonly string[] | undefined;
  /** A directory on this machine, empty or not there. */
  readonly to: string;
  /** For ciphertext, removed at the end. */
  readonly temporaryDirectory: string;
  /** Whether owners and all attributes can be set. */
  readonly isRoot: boolean;
}

export interface RestoreFilesKeys {
  readonly identity: Identity;
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
}

export interface RestoreFilesPorts {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
  /** This one. */
  readonly machine: Machine;
}

export interface RestoreFilesOutcome extends ReadSnapshot {
  /** Absolute. */
  readonly directory: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that changed while they were backed up: there is nothing to compare them with. */
  readonly unproven: readonly string[];
  readonly warnings: readonly string[];
}

/** Paths are bytes as latin1 text. */
type Entries = ReadonlyMap<string, IndexEntry>;

interface Job {
  readonly request: RestoreFilesRequest;
  readonly keys: RestoreFilesKeys;
  readonly ports: RestoreFilesPorts;
  readonly signal: AbortSignal;
  readonly directory: string;
  /** For ciphertext. */
  readonly scratch: string;
}

/** Throws `restore-choice`, `object-mismatch`, `restore-differs`, and what reading throws. */
export async function restoreFiles(
  request: RestoreFilesRequest,
  keys: RestoreFilesKeys,
  ports: RestoreFilesPorts,
  signal: AbortSignal,
): Promise<RestoreFilesOutcome> {
  const { store, encryption, reporter } = ports;
  const clock = await readStoreClock(store, signal);
  const { server, name } = request;
  const reading = {
    store,
    encryption,
    server,
    trustedSigners: keys.trustedSigners,
    now: clock.now(),
    signal,
  };
  const snapshot = await findSnapshot(reading, name, request.snapshot);
  reporter.info(`${snapshot.manifest.id}, with the state of ${snapshot.manifest.instant}`);
  const directory = path.resolve(request.to);
  await makeEmpty(directory);
  const scratch = await mkdtemp(path.join(request.temporaryDirectory, 'restore-files-'));
  try {
    const job: Job = { request, keys, ports, signal, directory, scratch };
    const entries = await readIndex(job, snapshot);
    const wanted = choose(entries, request.paths);
    const helpers = linkedWith(entries, wanted);
    await unpack(job, snapshot, new Map([...wanted, ...helpers]));
    for (const helper of helpers.keys()) await unlink(placeOf(directory, helper));
    const unproven = await compare(directory, wanted, signal);
    const files = [...wanted.values()].filter(({ type }) => type === 'f');
    return {
      ...snapshot,
      directory,
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      unproven,
      warnings: [
        ...(clock.warning === undefined ? [] : [clock.warning]),
        ...(snapshot.manifest.complete ? [] : ['The snapshot is incomplete: some files could not be read.']),
        ...(request.isRoot ? [] : ['Everything belongs to you: only root can give files their owners back.']),
      ],
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Nothing is there that could be overwritten, or that leads anywhere else. */
async function makeEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await readdir(directory);
  if (found.length === 0) return;
  throw new LifeboatError('input-invalid', `\`to\`: ${directory} is not empty`, {
    hint: 'Files are restored into an empty directory, so that nothing is overwritten. Move them from there to where they belong.',
  });
}

async function readIndex(job: Job, { manifest }: ReadSnapshot): Promise<Entries> {
  const entries = new Map<string, IndexEntry>();
  try {
    for (const [at, object] of manifest.index.entries())
      await applyIndex(entries, openStored(job, object, `index-${at}`));
    checkParents(entries);
    return entries;
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    throw new LifeboatError(
      'manifest-invalid',
      `the index of ${manifest.id} cannot be used: ${error.message}`,
    );
  }
}

/** Fetches, compares with the manifest, decrypts and decompresses; the ciphertext is gone afterwards. */
async function* openStored(job: Job, stored: StoredMessage, name: string): AsyncGenerator<Uint8Array> {
  const { ports, keys, signal, scratch } = job;
  const file = await fetchObject(stored, { store: ports.store, directory: scratch, name, signal });
  yield* openObject(file, { encryption: ports.encryption, identity: keys.identity, signal });
  await rm(file);
}

function choose(entries: Entries, paths: readonly string[] | undefined): Entries {
  if (paths === undefined) return entries;
  const chosen = paths.map((given) => {
    const exact = Buffer.from(given, 'utf8').toString('latin1');
    return { given, exact, below: exact === '/' ? '/' : `${exact}/` };
  });
  const wanted = new Map<string, IndexEntry>();
  const missing = new Set(paths);
  for (const [name, entry] of entries) {
    for (const { given, exact, below } of chosen) {
      if (name !== exact && !name.startsWith(below)) continue;
      wanted.set(name, entry);
      missing.delete(given);
    }
  }
  if (missing.size === 0) return wanted;
  throw new LifeboatError('restore-choice', `not in the snapshot: ${[...missing].join(', ')}`, {
    hint: 'Names are those of the server, from the root. An older snapshot may have it.',
  });
}

/** Other names of wanted files, which have to come along: the content is with one of them. */
function linkedWith(entries: Entries, wanted: Entries): Entries {
  const keys = new Set([...wanted.values()].map(linkKey).filter((key) => key !== undefined));
  if (keys.size === 0) return new Map();
  return new Map([...entries].filter(([name, entry]) => !wanted.has(name) && keys.has(linkKey(entry) ?? '')));
}

/** One tar for all packs: it sets times and rights of directories, and makes links, after everything else. */
async function unpack(job: Job, { manifest }: ReadSnapshot, wanted: Entries): Promise<void> {
  const { request, ports, signal, directory } = job;
  const packs = new Map<string, Set<string>>();
  for (const [name, { packId }] of wanted) packs.set(packId, (packs.get(packId) ?? new Set()).add(name));
  const attributes = request.isRoot
    ? "--same-owner --numeric-owner --xattrs --xattrs-include='*' --acls"
    : '--no-same-owner --xattrs';
  async function* members(): AsyncGenerator<Uint8Array> {
    for (const stored of manifest.packs) {
      const id = parsePackKey(stored.parts[0]?.key ?? '')?.packId ?? '';
      const names = packs.get(id);
      if (names === undefined) continue;
      packs.delete(id);
      ports.reporter.info(`pack ${id}: ${formatBytes(stored.sizeBytes)}`);
      yield* selectMembers(openStored(job, stored, id), (name) => names.delete(`/${name}`));
      if (names.size > 0) throw lacking(id, names);
    }
    for (const [id, names] of packs) throw lacking(id, names);
    yield TAR_END;
  }
  const result = await ports.machine
    .run({
      script: `LC_ALL=C exec tar --extract --file=- --directory=${shellQuote(directory)} --same-permissions --delay-directory-restore ${attributes}`,
      stdin: members(),
      signal,
    })
    .catch((error: unknown) => {
      throw error instanceof TarError
        ? new LifeboatError('object-mismatch', `a pack is not the archive it should be: ${error.message}`)
        : error;
    });
  if (result.exitCode === 0) return;
  throw new LifeboatError(
    'restore-failed',
    `tar ended with status ${result.exitCode}:\n${result.stderr.trim()}`,
    {
      hint: `What was restored so far is in ${directory}. GNU tar is needed, and a file system that knows the attributes of the files.`,
    },
  );
}

function lacking(packId: string, names: ReadonlySet<string>): LifeboatError {
  const [first = ''] = names;
  return new LifeboatError(
    'object-mismatch',
    `pack ${packId} lacks ${bytesOf(first).toString('utf8')}${names.size > 1 ? ` and ${names.size - 1} more` : ''}`,
  );
}

/** What is on the disk now against the hashes taken on the target. Returns files that have none. */
async function compare(directory: string, wanted: Entries, signal: AbortSignal): Promise<string[]> {
  const unproven: string[] = [];
  const wrong: string[] = [];
  for (const [name, { type, size, sha256 }] of wanted) {
    const place = placeOf(directory, name);
    const found = await lstat(place).catch(() => undefined);
    const shown = bytesOf(name).toString('utf8');
    const isType =
      type === 'f' ? found?.isFile() : type === 'd' ? found?.isDirectory() : found?.isSymbolicLink();
    if (isType !== true) wrong.push(shown);
    else if (type === 'f' && sha256 === undefined) unproven.push(shown);
    else if (type === 'f' && (found?.size !== size || (await hashOf(place, signal)) !== sha256))
      wrong.push(shown);
  }
  if (wrong.length === 0) return unproven;
  throw new LifeboatError(
    'restore-differs',
    `not what was backed up: ${wrong.slice(0, 10).join(', ')}${wrong.length > 10 ? ` and ${wrong.length - 10} more` : ''}`,
    { hint: `Everything is left in ${directory} to be looked at. Try an older snapshot.` },
  );
}

async function hashOf(place: Buffer, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(place, { signal }) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

function placeOf(directory: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(directory === '/' ? '' : directory), bytesOf(name)]);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
