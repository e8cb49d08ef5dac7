// Which storages of a server were backed up once: told from what is believed, from what is not, and from what is left of them.
import type { Proof } from '../../domain/proofs/proof.ts';
import { kindOfKey } from '../../domain/stores/catalog.ts';
import { DAY_MS } from '../../domain/text/units.ts';
import type { KeyVersions } from '../../ports/store.ts';
import type { Refused, SnapshotFacts } from './inventory.ts';

/** The first run of a storage stores for hours before there is a manifest. */
const FIRST_RUN_MS = DAY_MS;

interface Traces {
  readonly server: string;
  readonly keys: ReadonlyMap<string, KeyVersions>;
  readonly snapshots: readonly Pick<SnapshotFacts, 'name'>[];
  readonly refused: readonly Pick<Refused, 'kind' | 'id'>[];
  readonly proofs: readonly Proof[];
}

export function findStorages(
  { server, keys, snapshots, refused, proofs }: Traces,
  now: Date,
): ReadonlySet<string> {
  return new Set([
    ...snapshots.map(({ name }) => name),
    ...refused.flatMap(({ kind, id }) => (kind === 'snapshot' ? (id.split('/')[0] ?? []) : [])),
    // Whoever takes away all of a storage leaves the proof that it was there.
    ...proofs.flatMap(({ storage = [] }) => storage.map(({ name }) => name)),
    ...[...keys.values()].flatMap((versions) => storageOfRemains(versions, server, now) ?? []),
  ]);
}

/** The storage that a key is of, unless it may be of a first run that is still at work. */
function storageOfRemains({ key, current }: KeyVersions, server: string, now: Date): string | undefined {
  const [, kind, name] = key.split('/');
  if (kind !== 'storage' || kindOfKey(key, server) === undefined) return undefined;
  const isYoung = current !== undefined && now.getTime() - current.lastModified.getTime() <= FIRST_RUN_MS;
  return isYoung ? undefined : name;
}
