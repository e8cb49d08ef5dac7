// Compares what was dumped with what a sandbox holds after the restore, object by object. Names and texts come from the databases
// and may hold anything: whoever shows them escapes them.
import type { Inventory, InventoryObject, ObjectKind } from './inventory.ts';
import { OBJECT_KINDS, objectKey } from './inventory.ts';
import { diffLines } from './line-diff.ts';
import { findGrantsElsewhere } from '../stores/object-grants.ts';

/** `rest`: what of the dump's text is neither rows nor the definition of an object, such as settings between them. */
export type DifferenceKind = ObjectKind | 'rest';
export type DifferenceWhat = 'missing' | 'rows' | 'data' | 'added' | 'definition';

export interface Difference {
  readonly kind: DifferenceKind;
  /** Empty for accounts and the rest. */
  readonly database: string;
  readonly name: string;
  readonly what: DifferenceWhat;
  /** Number of rows, in digits; absent where they were not counted. */
  readonly expected?: string;
  readonly found?: string;
  /** Definitions, of the first few and never of accounts: lines with `-` were dumped, lines with `+` came back. */
  readonly diff?: string;
}

/** What came back, as the engine reads it from the sandbox. */
export interface RestoredObjects {
  readonly objects: readonly InventoryObject[];
  readonly restSha256: string;
}

export interface CompareOptions {
  /** `rows`: objects and numbers of rows; `exact`: the rows themselves and every definition too. */
  readonly compare: 'exact' | 'rows';
  /** The sandbox's own, as `'user'@'host'`: they may be there although they were not dumped. */
  readonly ignoredAccounts: readonly string[];
}

/** The worst first. */
const SEVERITY: readonly DifferenceWhat[] = ['missing', 'rows', 'data', 'added', 'definition'];
const KIND_ORDER: readonly DifferenceKind[] = [...OBJECT_KINDS, 'rest'];
/** Each is work and many lines; after another version of the dump tool all definitions may differ. */
const MAX_DIFFS = 20;

/** Every difference, the worst first, then by kind, database and name. Empty: equal, as far as was asked. */
export function compareInventories(
  inventory: Inventory,
  restored: RestoredObjects,
  { compare: wanted, ignoredAccounts }: CompareOptions,
): readonly Difference[] {
  const compare = inventory.onlyNames === undefined ? wanted : 'rows';
  const isChosen = chooseObjects(inventory);
  const isCompared = (object: InventoryObject) =>
    isChosen(object) && (inventory.onlyNames === undefined || NAMED_KINDS.has(object.kind));
  const isElsewhere = findGrantsElsewhere(inventory);
  const expected = indexObjects(inventory.objects.filter(isCompared));
  const found = indexObjects(restored.objects.filter(isCompared));
  const differences: Difference[] = [];
  for (const [key, object] of expected) {
    const other = found.get(key);
    if (other === undefined) differences.push(differenceOf(object, 'missing'));
    else differences.push(...compareObjects(object, other, { compare, isElsewhere }));
  }
  const ignored = new Set(ignoredAccounts);
  for (const [key, object] of found) {
    const isIgnored = object.kind === 'account' && ignored.has(object.name);
    if (!expected.has(key) && !isIgnored) differences.push(differenceOf(object, 'added'));
  }
  if (compare === 'exact') differences.push(...compareRest(inventory, restored, differences));
  return addDiffs(differences.sort(worstFirst), expected, found);
}

/** What a proof counts of the sandbox's objects: those that are compared, without accounts that were not dumped. */
export function selectRestored(
  inventory: Inventory,
  objects: readonly InventoryObject[],
): readonly InventoryObject[] {
  const isCompared = chooseObjects(inventory);
  const dumped = indexObjects(inventory.objects);
  return objects.filter(
    (object) => isCompared(object) && (object.kind !== 'account' || dumped.has(objectKey(object))),
  );
}

/** Of other kinds the names in a dump are not known where only names were taken down. */
const NAMED_KINDS = new Set<ObjectKind>(['database', 'table', 'view', 'sequence']);

/** Which objects are compared, on both sides. */
function chooseObjects(inventory: Inventory): (object: InventoryObject) => boolean {
  const left = new Set(inventory.notProvable.map(objectKey));
  // A dump without accounts was asked for as one.
  const hasAccounts = inventory.objects.some(({ kind }) => kind === 'account');
  return (object) => !left.has(objectKey(object)) && (object.kind !== 'account' || hasAccounts);
}

function indexObjects(objects: readonly InventoryObject[]): ReadonlyMap<string, InventoryObject> {
  return new Map(objects.map((object) => [objectKey(object), object]));
}

function compareObjects(
  expected: InventoryObject,
  found: InventoryObject,
  { compare, isElsewhere }: Pick<CompareOptions, 'compare'> & { isElsewhere: (line: string) => boolean },
): Difference[] {
  const differences: Difference[] = [];
  if (expected.rows !== undefined && expected.rows !== found.rows) {
    differences.push({
      ...differenceOf(expected, 'rows'),
      expected: String(expected.rows),
      ...(found.rows === undefined ? {} : { found: String(found.rows) }),
    });
  }
  if (compare === 'rows') return differences;
  // Another number of rows says it already.
  if (differences.length === 0 && expected.dataSha256 !== found.dataSha256)
    differences.push(differenceOf(expected, 'data'));
  if (!isSameDefinition(expected, found, isElsewhere)) differences.push(differenceOf(expected, 'definition'));
  return differences;
}

/** Servers list what is granted to an account in no particular order, another one after every restart. */
function isSameDefinition(
  expected: InventoryObject,
  found: InventoryObject,
  isElsewhere: (line: string) => boolean,
): boolean {
  if (expected.ddlSha256 === found.ddlSha256) return true;
  const [a, b] = [expected, found].map(({ ddl }) =>
    ddl
      .split('\n')
      .filter((line) => !isElsewhere(line))
      .toSorted()
      .join('\n'),
  );
  return expected.kind === 'account' && a === b;
}

/**
 * The rest is one text for the whole sandbox. It holds the definitions as well, so that it says something of its own only where
 * they are all equal, none was left out, and the dump was one text too. Accounts are in a text of their own.
 */
function compareRest(
  inventory: Inventory,
  { restSha256 }: RestoredObjects,
  differences: readonly Difference[],
): Difference[] {
  if (!isRestComparable(inventory)) return [];
  const isSaid = differences.some(
    ({ kind, what }) => kind !== 'account' && ['missing', 'added', 'definition'].includes(what),
  );
  const [expected] = Object.values(inventory.rest);
  return isSaid || expected === restSha256
    ? []
    : [{ kind: 'rest', database: '', name: '', what: 'definition' }];
}

/** Whether the digest of the rest can be compared at all; where it cannot, a proof says so among its limits. */
export function isRestComparable({ rest, notProvable }: Pick<Inventory, 'rest' | 'notProvable'>): boolean {
  return Object.keys(rest).length === 1 && notProvable.every(({ kind }) => kind === 'account');
}

function addDiffs(
  differences: readonly Difference[],
  expected: ReadonlyMap<string, InventoryObject>,
  found: ReadonlyMap<string, InventoryObject>,
): Difference[] {
  let count = 0;
  return differences.map((difference) => {
    const { kind, what, database, name } = difference;
    // The text of an account holds the hash of its password.
    if (what !== 'definition' || kind === 'rest' || kind === 'account' || count === MAX_DIFFS)
      return difference;
    count += 1;
    const key = objectKey({ kind, database, name });
    return { ...difference, diff: diffLines(expected.get(key)?.ddl ?? '', found.get(key)?.ddl ?? '') };
  });
}

function differenceOf({ kind, database, name }: InventoryObject, what: DifferenceWhat): Difference {
  return { kind, database, name, what };
}

function worstFirst(a: Difference, b: Difference): number {
  return (
    SEVERITY.indexOf(a.what) - SEVERITY.indexOf(b.what) ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    compareText(a.database, b.database) ||
    compareText(a.name, b.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
