// Reads objects again, whole, and compares them with their manifests: a slice of them, another one each day, or all.
import { createHash } from 'node:crypto';
import type { ManifestPart } from '../../domain/statements/stored-message.ts';
import { countOf, DAY_MS, formatBytes } from '../../domain/text/units.ts';
import type { StoreReader } from '../../ports/store.ts';
import { mapAtOnce } from '../at-once.ts';
import { partsOf, type Kept, type ServerInventory } from '../catalog/inventory.ts';
import type { Finding } from './finding.ts';
import { hashStored } from './hash-stored.ts';

/** A prime, so that a run every day, or every seventh, comes by every slice. */
export const SLICES = 31;
const READS_AT_ONCE = 4;

/** Of the objects that are there, each once. */
export function choosePart(key: string, mode: 'sample' | 'all', now: Date): boolean {
  if (mode === 'all') return true;
  const slice = createHash('sha256').update(key).digest().readUInt32BE() % SLICES;
  return slice === Math.floor(now.getTime() / DAY_MS) % SLICES;
}

export async function readBack(
  { kept, keys }: Pick<ServerInventory, 'kept' | 'keys'>,
  mode: 'sample' | 'all',
  { store, now, signal }: { readonly store: StoreReader; readonly now: Date; readonly signal: AbortSignal },
): Promise<readonly Finding[]> {
  const chosen = new Map<string, { readonly part: ManifestPart; readonly owner: Kept }>();
  for (const owner of kept)
    for (const part of partsOf(owner))
      if (keys.get(part.key)?.current !== undefined && choosePart(part.key, mode, now))
        chosen.set(part.key, { part, owner });
  const findings = await mapAtOnce([...chosen.values()], READS_AT_ONCE, async ({ part, owner }) => {
    const fault = await comparePart(part, owner, store, signal);
    return fault === undefined ? [] : [describe(part, owner, fault)];
  });
  const bytes = [...chosen.values()].reduce((sum, { part }) => sum + part.sizeBytes, 0);
  const what = mode === 'all' ? 'everything' : `the slice of today, 1 of ${SLICES}`;
  const line = `read back ${what}: ${countOf(chosen.size, 'object')}, ${formatBytes(bytes)}`;
  return [...findings.flat(), { check: 'read-back', severity: 'note', line }];
}

/** Undefined: it is what was stored, or its manifest went with it. */
async function comparePart(
  part: ManifestPart,
  owner: Kept,
  store: StoreReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await hashStored(part.key, store, signal);
  if (found === part.sha256) return undefined;
  if (found !== undefined) return `has the SHA-256 ${found}, not ${part.sha256}`;
  const isOwnerGone = (await hashStored(owner.manifestKey, store, signal)) === undefined;
  return isOwnerGone ? undefined : 'went away while it was read';
}

function describe({ key }: ManifestPart, { kind, id }: Kept, fault: string): Finding {
  const line = `the ${kind} \`${id}\` cannot be restored: \`${key}\` ${fault}`;
  const fix = 'It is not what was stored: look for older versions of it, and find out who wrote this one.';
  return { check: 'read-back', severity: 'red', line, fix, subject: id };
}
