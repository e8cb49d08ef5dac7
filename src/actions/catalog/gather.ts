// Reads what is in the store: the list of keys first, then every manifest and proof, then the beginning of every object that one names.
import { listBinlogs, listDumps, listProofs } from '../../domain/stores/catalog.ts';
import type { ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import {
  binlogKeys,
  dumpFolder,
  isStorageName,
  MANIFEST_NAME,
  PROOF_NAME,
  SIGNATURE_NAME,
  snapshotKeys,
} from '../../domain/stores/object-names.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { parseRunId } from '../../domain/run-id.ts';
import { LifeboatError } from '../../errors.ts';
import type { Encryption, TrustedSigner } from '../../ports/encryption.ts';
import type { KeyVersions, ListedObject, StoreReader } from '../../ports/store.ts';
import { mapAtOnce } from '../at-once.ts';
import { readProof } from '../restoring/earlier-proofs.ts';
import { readCandidate, type Reading } from '../restoring/find-backups.ts';
import { readBinlog } from '../restoring/find-binlogs.ts';
import { findSnapshot } from '../restoring/find-snapshot.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import {
  partsOf,
  snapshotId,
  type Kept,
  type Refused,
  type ServerInventory,
  type SnapshotFacts,
} from './inventory.ts';
import { readStart, type Start } from './read-start.ts';
import { findStorages } from './storages.ts';
import { listUnnamed, lookInto } from './unnamed.ts';

/** Small requests mostly wait. */
export const READS_AT_ONCE = 8;
/** Two years of weekly tests. */
const MAX_PROOFS = 100;

export interface GatherContext {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
  readonly trustedProvers: readonly TrustedSigner[] | undefined;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Whether the beginning of every object is read. */
  readonly looksInside: boolean;
}

export async function gatherServer(
  server: string,
  keys: ReadonlyMap<string, KeyVersions>,
  context: GatherContext,
): Promise<ServerInventory> {
  const { store, encryption, trustedSigners, trustedProvers, now, signal } = context;
  const current = [...keys.values()].flatMap((versions) => versions.current ?? []);
  const reading = { store, encryption, server, trustedSigners, now, signal };
  const { dumps: found, unfinished } = listDumps(current, server);
  const refuse = (kind: Refused['kind'], id: string, key: string, failure: LifeboatError): Refused => {
    return { kind, id, key, failure, storedAt: keys.get(key)?.current?.lastModified ?? now };
  };

  const candidates = await mapAtOnce(found, READS_AT_ONCE, ({ id }) => readCandidate(reading, id));
  const dumps = candidates.flatMap((candidate) => ('backup' in candidate ? candidate.backup : []));
  const refusedDumps = candidates.flatMap((candidate) =>
    'failure' in candidate
      ? [refuse('dump', candidate.id, dumpFolder(server, candidate.id) + MANIFEST_NAME, candidate.failure)]
      : [],
  );
  const binlogs = await readAll(listBinlogs(current, server), async (id) => readBinlog(reading, id));
  const snapshots = await readSnapshots(reading, current);
  const proofs = await readAll(listProofs(current, server).slice(0, MAX_PROOFS), ({ runId, folder }) =>
    readProof({ store, encryption, server, trustedProvers, now, signal }, runId, folder),
  );

  const kept: Kept[] = [
    ...dumps.map(keptDump),
    ...binlogs.good.map((binlog) => keptBinlog(server, binlog)),
    ...snapshots.kept,
  ];
  const named = new Set(kept.flatMap((each) => partsOf(each).map(({ key }) => key)));
  const unnamed = listUnnamed(current, named, server);
  const refused: Refused[] = [
    ...refusedDumps,
    ...binlogs.bad.map(({ item: id, failure }) =>
      refuse('binlog', id, binlogKeys(server, id).manifest, failure),
    ),
    ...snapshots.refused.map(({ id, key, failure }) => refuse('snapshot', id, key, failure)),
    ...proofs.bad.map(({ item: { runId, folder }, failure }) =>
      refuse('proof', runId, folder + PROOF_NAME, failure),
    ),
  ];
  return {
    server,
    keys,
    dumps: dumps.toSorted(newestFirst(({ manifest }) => manifest.instant)),
    binlogs: binlogs.good.toSorted(newestFirst(({ manifest }) => manifest.finishedAt)),
    snapshots: snapshots.facts.toSorted(newestFirst(({ instant }) => instant)),
    proofs: proofs.good.toSorted(newestFirst(({ startedAt }) => startedAt)),
    kept,
    refused,
    storages: findStorages({ server, keys, snapshots: snapshots.facts, refused, proofs: proofs.good }, now),
    starts: context.looksInside ? await readStarts(kept, keys, context) : new Map(),
    unfinished: unfinished.length,
    unnamed: context.looksInside ? await lookInto(unnamed, READS_AT_ONCE, context) : unnamed,
  };
}

interface ReadResults<I, T> {
  readonly good: readonly T[];
  readonly bad: readonly { readonly item: I; readonly failure: LifeboatError }[];
}

/** Equal ones in the order of their keys, so that every run says the same. */
function newestFirst<T>(timeOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a));
}

/** In the order of the items. What is wrong with a document is a result; an answer that did not come from the store is thrown. */
async function readAll<I, T>(items: readonly I[], read: (item: I) => Promise<T>): Promise<ReadResults<I, T>> {
  const results = await mapAtOnce(items, READS_AT_ONCE, async (item) => {
    try {
      return { good: await read(item) };
    } catch (failure) {
      if (!(failure instanceof LifeboatError) || failure.class !== 'restore-test') throw failure;
      return { bad: { item, failure } };
    }
  });
  return {
    good: results.flatMap((result) => ('good' in result ? [result.good] : [])),
    bad: results.flatMap((result) => ('bad' in result ? [result.bad] : [])),
  };
}

function keptDump({ id, folder, manifest }: ReadBackup): Kept {
  return {
    ...{ kind: 'dump', id, finishedAt: manifest.finishedAt, messages: manifest.objects },
    ...{ manifestKey: folder + MANIFEST_NAME, signatureKey: folder + SIGNATURE_NAME },
  };
}

function keptBinlog(server: string, { manifest }: ShippedBinlog): Kept {
  const { manifest: manifestKey, signature: signatureKey } = binlogKeys(server, manifest.id);
  const { id, finishedAt, object } = manifest;
  return { kind: 'binlog', id, finishedAt, manifestKey, signatureKey, messages: [object] };
}

/** What manifests name is kept, each pack once. */
async function readSnapshots(reading: Reading, current: readonly ListedObject[]) {
  const places = current.flatMap(({ key }) => parseSnapshotKey(key));
  const messages = new Map<string, StoredMessage>();
  const share = (message: StoredMessage): StoredMessage => {
    const name = `${message.parts[0]?.key ?? ''} ${message.sha256}`;
    const known = messages.get(name);
    if (known === undefined) messages.set(name, message);
    return known ?? message;
  };
  const { good, bad } = await readAll(places, async ({ name, id }) => {
    const { manifest, manifestSha256 } = await findSnapshot(reading, name, { id });
    const { instant, complete, set, source, holds } = manifest;
    const facts: SnapshotFacts = {
      ...{ name, id, instant, complete, source, holds, manifestSha256 },
      ...(set === undefined ? {} : { set }),
    };
    const keys = snapshotKeys(reading.server, name, id);
    const kept: Kept = {
      ...{ kind: 'snapshot', id: snapshotId(facts), finishedAt: manifest.finishedAt },
      ...{ manifestKey: keys.manifest, signatureKey: keys.signature },
      messages: [...manifest.index, ...manifest.packs].map(share),
    };
    return { kept, facts };
  });
  return {
    kept: good.map(({ kept }) => kept),
    facts: good.map(({ facts }) => facts),
    refused: bad.map(({ item: { name, id }, failure }) => ({
      ...{ id: snapshotId({ name, id }), failure },
      key: snapshotKeys(reading.server, name, id).manifest,
    })),
  };
}

function parseSnapshotKey(key: string): { name: string; id: string }[] {
  const [, storage, name = '', snapshots, file = '', ...more] = key.split('/');
  const id = file.replace(/\.json$/, '');
  const isManifest = storage === 'storage' && snapshots === 'snapshots' && file.endsWith('.json');
  return isManifest && more.length === 0 && isStorageName(name) && parseRunId(id) ? [{ name, id }] : [];
}

/** Of those objects that are there: for whom each is encrypted. */
async function readStarts(
  kept: readonly Kept[],
  keys: ReadonlyMap<string, KeyVersions>,
  context: GatherContext,
): Promise<Map<string, Start>> {
  const firstKeys = new Set(
    kept.flatMap(({ messages }) => messages.flatMap(({ parts: [first] }) => first?.key ?? [])),
  );
  const present = [...firstKeys].filter((key) => keys.get(key)?.current !== undefined);
  return new Map(
    await mapAtOnce(present, READS_AT_ONCE, async (key) => [key, await readStart(key, context)] as const),
  );
}
