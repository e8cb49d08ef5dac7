// The inventory, schema 1 (docs/format.md): what is in a dump, object by object, for comparing a restored database with it.
// Names, texts and password hashes stand in it, so that it exists in clear only where the dump does.
import * as shape from '../statements/json-shape.ts';
import type { ManifestPlace } from './manifest.ts';
import { collectViolations, readJson, refusal } from '../statements/statement.ts';

export const INVENTORY_SCHEMA = 1;

/** The DDL of 100,000 tables; must fit into one JavaScript string (512 Mi characters). */
export const MAX_INVENTORY_BYTES = 256 * 2 ** 20;

const MAX_NAMED_VIOLATIONS = 20;

export const OBJECT_KINDS = [
  ...(['database', 'table', 'view', 'sequence', 'trigger', 'function', 'procedure', 'package'] as const),
  ...(['package-body', 'event', 'account'] as const),
] as const;

export type ObjectKind = (typeof OBJECT_KINDS)[number];

export interface Inventory {
  readonly schema: typeof INVENTORY_SCHEMA;
  readonly type: 'inventory';
  /** The backup id. */
  readonly id: string;
  readonly server: string;
  /** Server variables that a sandbox takes over: name to value. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * There where nothing but names was taken down: what else is said of objects below is there of databases only, and `rest` is empty.
   * `definers` are the accounts and roles that definitions name, as `user`@`host` and `role`.
   */
  readonly onlyNames?: { readonly definers: readonly string[] };
  /** For each data object of the manifest, by its name: SHA-256 of the canonical text of all that is not rows. */
  readonly rest: Readonly<Record<string, string>>;
  /** Options of the dump tool that gave its rows another form than the usual one. */
  readonly dumpOptions?: readonly string[];
  readonly objects: readonly InventoryObject[];
  /** Views that the server could not show, kept out of the dump. */
  readonly brokenViews: readonly BrokenView[];
  /** What the manifest's `notProvable` counts, by name. */
  readonly notProvable: readonly NotProvable[];
}

export interface InventoryObject {
  readonly kind: ObjectKind;
  /** Empty for accounts; for a database its own name. */
  readonly database: string;
  /** For an account `'user'@'host'`. */
  readonly name: string;
  /** Tables only; absent when rows were not counted. */
  readonly rows?: number;
  /** Tables only: SHA-256 of the INSERT statements as they stand in the dump; of nothing for an empty table. */
  readonly dataSha256?: string;
  /** SHA-256 of `ddl`; absent with it. */
  readonly ddlSha256?: string;
  /** The canonical text that makes the object, for showing differences. Here empty where it is absent in the JSON. */
  readonly ddl: string;
}

export interface BrokenView {
  readonly database: string;
  readonly name: string;
  /** As the catalogue has it. */
  readonly text: string;
  /** What the server said. */
  readonly error: string;
}

export interface NotProvable {
  readonly kind: ObjectKind;
  readonly database: string;
  readonly name: string;
  readonly why: string;
}

/** As it stands in the JSON. */
type StoredObject = Omit<InventoryObject, 'ddl'> & { readonly ddl?: string };
type StoredInventory = Omit<Inventory, 'objects'> & { readonly objects: readonly StoredObject[] };

const inventoryObject = shape.record<StoredObject>({
  kind: shape.oneOf(OBJECT_KINDS),
  database: shape.anyText,
  name: shape.anyText,
  rows: shape.optional(shape.count),
  dataSha256: shape.optional(shape.sha256),
  ddlSha256: shape.optional(shape.sha256),
  ddl: shape.optional(shape.anyText),
});

const inventoryShape = shape.record<StoredInventory>({
  schema: shape.oneOf([INVENTORY_SCHEMA]),
  type: shape.oneOf(['inventory']),
  id: shape.filledText,
  server: shape.filledText,
  variables: shape.mapOf(shape.anyText),
  onlyNames: shape.optional(shape.record({ definers: shape.list(shape.filledText) })),
  rest: shape.mapOf(shape.sha256),
  dumpOptions: shape.optional(shape.list(shape.filledText, 1)),
  objects: shape.list(inventoryObject),
  brokenViews: shape.list(
    shape.record<BrokenView>({
      database: shape.anyText,
      name: shape.anyText,
      text: shape.anyText,
      error: shape.anyText,
    }),
  ),
  notProvable: shape.list(
    shape.record<NotProvable>({
      kind: shape.oneOf(OBJECT_KINDS),
      database: shape.anyText,
      name: shape.anyText,
      why: shape.filledText,
    }),
  ),
});

/**
 * Reads a decrypted inventory that belongs to the dump at `place`. Its bytes were compared with the manifest's before, so that
 * what is wrong here was written wrong: `manifest-invalid`, naming the violations by position, never by the objects' names.
 */
export function parseInventory(bytes: Uint8Array, place: ManifestPlace): Inventory {
  const { violations, report } = collectViolations();
  const value = readBounded(bytes, report);
  if (value !== undefined && inventoryShape.check(value, '', report)) {
    if (value.server !== place.server || value.id !== place.id) report('', 'belongs to another dump');
    checkObjects(value, report);
    if (violations.length === 0)
      return { ...value, objects: value.objects.map((object) => ({ ...object, ddl: object.ddl ?? '' })) };
  }
  throw refusal({
    noun: 'inventory',
    code: 'manifest-invalid',
    place,
    violations,
    maxNamed: MAX_NAMED_VIOLATIONS,
  });
}

/** How one object is told from all others; for maps, not for people. */
export function objectKey({
  kind,
  database,
  name,
}: Pick<InventoryObject, 'kind' | 'database' | 'name'>): string {
  return JSON.stringify([kind, database, name]);
}

const TAKEN_DOWN = ['rows', 'dataSha256', 'ddlSha256', 'ddl'] as const;

function checkObjects({ objects, onlyNames, rest }: StoredInventory, report: shape.Report): void {
  if (onlyNames !== undefined && Object.keys(rest).length > 0) report('rest', 'does not belong to onlyNames');
  const seen = new Set<string>();
  for (const [index, object] of objects.entries()) {
    const path = `objects[${index}]`;
    const { kind } = object;
    const isTable = kind === 'table';
    for (const field of TAKEN_DOWN) {
      const isThere = object[field] !== undefined;
      const isForTables = field === 'rows' || field === 'dataSha256';
      const isKept = onlyNames === undefined || (kind === 'database' && !isForTables);
      if (isThere && !isKept) report(`${path}.${field}`, 'does not belong to onlyNames');
      else if (isThere && isForTables && !isTable) report(`${path}.${field}`, 'belongs to tables only');
      else if (!isThere && isKept && field !== 'rows' && (isTable || !isForTables))
        report(`${path}.${field}`, 'is missing');
    }
    const key = objectKey(object);
    if (seen.has(key)) report(path, 'is there twice');
    seen.add(key);
  }
}

function readBounded(bytes: Uint8Array, report: shape.Report): unknown {
  if (bytes.length > MAX_INVENTORY_BYTES) {
    report('', `has more than ${MAX_INVENTORY_BYTES} bytes`);
    return undefined;
  }
  const value = readJson(bytes);
  if (value === undefined) report('', 'is not JSON in UTF-8');
  return value;
}
