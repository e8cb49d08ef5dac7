// Reads what is in the store: the list of keys first, then every manifest and proof, then the beginning of every object that one names.
import { listBinlogs, listDumps, listProofs } from '../../domain/catalog.ts';
import type { ShippedBinlog } from '../../domain/binlog-timeline.ts';
import {
  binlogKeys,
  dumpFolder,
  isStorageName,
  MANIFEST_NAME,
  PROOF_NAME,
  SIGNATURE_NAME,
  snapshotKeys,
} from '../../domain/object-names.ts';
import type { StoredMessage } from '../../domain/manifest.ts';
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
  type Kept,
  type Refused,
  type ServerInventory,
  type SnapshotFacts,
  type Start,
} from './inventory.ts';

/** Small requests mostly wait. */
export const READS_AT_ONCE = 8;
/** Two years of weekly tests. */
const MAX_PROOFS = 100;
/** Session keys for three RSA keys of 4,096 bits, with room. */
const START_BYTES = 4_096;
/** For more recipients than anybody has; beyond that it is no message. */
const MAX_START_BYTES = 256 * 1_024;

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
  const storedAt = (key: string) => keys.get(key)?.current?.lastModified ?? now;

  const candidates = await mapAtOnce(found, READS_AT_ONCE, ({ id }) => readCandidate(reading, id));
  const dumps = candidates.flatMap((candidate) => ('backup' in candidate ? candidate.backup : []));
  const refusedDumps = candidates.flatMap((candidate): Refused[] =>
    'failure' in candidate
      ? [
          {
            kind: 'dump',
            id: candidate.id,
            failure: candidate.failure,
            storedAt: storedAt(dumpFolder(server, candidate.id) + MANIFEST_NAME),
          },
        ]
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
  return {
    server,
    keys,
    dumps: dumps.toSorted(newestFirst(({ manifest }) => manifest.instant)),
    binlogs: binlogs.good.toSorted(newestFirst(({ manifest }) => manifest.finishedAt)),
    snapshots: snapshots.facts.toSorted(newestFirst(({ instant }) => instant)),
    proofs: proofs.good.toSorted(newestFirst(({ startedAt }) => startedAt)),
    kept,
    refused: [
      ...refusedDumps,
      ...binlogs.bad.map(({ item: id, failure }): Refused => {
        return { kind: 'binlog', id, failure, storedAt: storedAt(binlogKeys(server, id).manifest) };
      }),
      ...snapshots.refused.map(({ key, ...refused }) => ({ ...refused, storedAt: storedAt(key) })),
      ...proofs.bad.map(({ item: { runId: id, folder }, failure }): Refused => {
        return { kind: 'proof', id, failure, storedAt: storedAt(folder + PROOF_NAME) };
      }),
    ],
    starts: context.looksInside ? await readStarts(kept, keys, context) : new Map(),
    unfinished: unfinished.length,
    unnamed: countUnnamed(current, kept),
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
    const { manifest } = await findSnapshot(reading, name, { id });
    const { instant, complete, set } = manifest;
    const facts: SnapshotFacts = { name, id, instant, complete, ...(set === undefined ? {} : { set }) };
    const keys = snapshotKeys(reading.server, name, id);
    const kept: Kept = {
      ...{ kind: 'snapshot', id: snapshotId(name, id), finishedAt: manifest.finishedAt },
      ...{ manifestKey: keys.manifest, signatureKey: keys.signature },
      messages: [...manifest.index, ...manifest.packs].map(share),
    };
    return { kept, facts };
  });
  return {
    kept: good.map(({ kept }) => kept),
    facts: good.map(({ facts }) => facts),
    refused: bad.map(({ item: { name, id }, failure }) => ({
      ...{ kind: 'snapshot' as const, id: snapshotId(name, id), failure },
      key: snapshotKeys(reading.server, name, id).manifest,
    })),
  };
}

function snapshotId(name: string, id: string): string {
  return `${name}/${id}`;
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
  { store, encryption, signal }: GatherContext,
): Promise<Map<string, Start>> {
  const firstKeys = new Set(
    kept.flatMap(({ messages }) => messages.flatMap(({ parts: [first] }) => first?.key ?? [])),
  );
  const present = [...firstKeys].filter((key) => keys.get(key)?.current !== undefined);
  const starts = await mapAtOnce(present, READS_AT_ONCE, async (key): Promise<[string, Start]> => {
    for (let maxBytes = START_BYTES; ; maxBytes *= 8) {
      try {
        const head = await readBeginning(store, key, maxBytes, signal);
        const keyIds = encryption.readMessageRecipients(head);
        if (keyIds !== undefined) return [key, { keyIds }];
        if (head.length < maxBytes || maxBytes >= MAX_START_BYTES)
          return [key, { reason: 'it ends before its encrypted data begins' }];
      } catch (error) {
        if (!(error instanceof LifeboatError) || error.code !== 'decryption-failed') throw error;
        return [key, { reason: error.message }];
      }
    }
  });
  return new Map(starts);
}

async function readBeginning(
  store: StoreReader,
  key: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of (await store.get(key, signal, maxBytes)) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

function countUnnamed(current: readonly ListedObject[], kept: readonly Kept[]): number {
  const named = new Set(kept.flatMap((each) => partsOf(each).map(({ key }) => key)));
  return current.filter(({ key }) => /\.gpg(?:\.\d{3,})?$/.test(key) && !named.has(key)).length;
}
