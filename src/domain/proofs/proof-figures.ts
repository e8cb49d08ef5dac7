// The figures of a proof that follow from others, and those that are counted in what was restored.
import { createHash } from 'node:crypto';
import type { InventoryObject, ObjectKind } from '../dumps/inventory.ts';
import { OBJECT_KINDS } from '../dumps/inventory.ts';
import type { DatabaseFigures, DumpManifest } from '../dumps/manifest.ts';
import type { DumpProof, Proof, ProofTimings, SampledStorage } from './proof.ts';

/** The whole restore, checks included, in seconds that have begun. */
export function rtoSeconds({ totalMs }: ProofTimings): number {
  return Math.ceil(totalMs / 1_000);
}

/** What would have been lost, had the server died when the test began. */
export function rpoSeconds({ startedAt, recoveredTo }: Pick<Proof, 'startedAt' | 'recoveredTo'>): number {
  return Math.ceil((Date.parse(startedAt) - Date.parse(recoveredTo)) / 1_000);
}

/** The moment to which files alone come back: all of them, so that the oldest snapshot counts. Of the future nothing is claimed. */
export function oldestOf(storage: readonly Pick<SampledStorage, 'instant'>[], startedAt: string): string {
  return [startedAt, ...storage.map(({ instant }) => instant)].toSorted()[0] ?? startedAt;
}

/** What a proof says of the restored objects (see `selectRestored`); the sizes of the texts are those of the manifest. */
export function describeRestored(
  objects: readonly InventoryObject[],
  manifest: Pick<DumpManifest, 'databases'>,
): Required<Pick<DumpProof, 'databases' | 'counts' | 'dataSha256'>> {
  const countKind = (kind: ObjectKind): number => objects.filter((object) => object.kind === kind).length;
  return {
    databases: manifest.databases.map(({ name, plainBytes }) => describeDatabase(objects, name, plainBytes)),
    counts: Object.fromEntries(OBJECT_KINDS.map((kind) => [kind, countKind(kind)])) as Record<
      ObjectKind,
      number
    >,
    dataSha256: digestData(objects),
  };
}

/**
 * One digest of the rows of all tables: the SHA-256 of one line of JSON for each table, `["<database>","<table>","<dataSha256>"]`,
 * sorted by database and then by table, both as bytes of UTF-8.
 */
export function digestData(objects: readonly InventoryObject[]): string {
  const hash = createHash('sha256');
  for (const { database, name, dataSha256 } of sortedTables(objects))
    hash.update(`${JSON.stringify([database, name, dataSha256])}\n`);
  return hash.digest('hex');
}

function sortedTables(objects: readonly InventoryObject[]): InventoryObject[] {
  return objects
    .filter(({ kind }) => kind === 'table')
    .sort((a, b) => compareBytes(a.database, b.database) || compareBytes(a.name, b.name));
}

function describeDatabase(
  objects: readonly InventoryObject[],
  name: string,
  plainBytes: number | null,
): DatabaseFigures {
  const inside = objects.filter(({ database }) => database === name);
  const tables = inside.filter(({ kind }) => kind === 'table');
  const rows = tables.reduce<number | null>(
    (sum, table) => (sum === null || table.rows === undefined ? null : sum + table.rows),
    0,
  );
  const views = inside.filter(({ kind }) => kind === 'view').length;
  return { name, tables: tables.length, views, rows, plainBytes };
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
