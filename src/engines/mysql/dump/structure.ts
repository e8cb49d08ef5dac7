// Compares what the dump tool showed before, during and after the dump: names and digests of every object's definition.
import { LifeboatError } from '../../../errors.ts';
import type { Accounts, Catalogue } from '../catalogue.ts';
import type { Choice } from './choice.ts';

/** One line of the filter's `seen` file. */
export interface SeenObject {
  readonly kind: string;
  readonly database: string;
  readonly name: string;
  readonly rows?: number;
  readonly dataSha256?: string;
  readonly ddlSha256?: string;
  /** Of the definition without what moves by itself: AUTO_INCREMENT, a sequence's next value; absent where only names were seen. */
  readonly shapeSha256?: string;
  readonly plainBytes?: number;
  /** Of databases, where only names were seen of all else. */
  readonly ddl?: string;
}

interface CountedKinds {
  readonly isCounted: (kind: string) => boolean;
  readonly noun: string;
}

/** A trigger stands in a dump as it was typed, so that its name cannot be relied on. */
const TRIGGERS: CountedKinds = { isCounted: (kind) => kind === 'trigger', noun: 'triggers' };
const NAMED_KINDS = new Set(['database', 'table', 'view', 'sequence']);
/** Where perl is missing. */
export const ALL_BODIES: CountedKinds = {
  isCounted: (kind) => !NAMED_KINDS.has(kind),
  noun: 'routines, triggers and events',
};

/** Differences that an error message names; the rest is counted. */
const MAX_NAMED = 20;

export function parseSeen(text: string): SeenObject[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeenObject);
}

function keyOf(object: Pick<SeenObject, 'kind' | 'database' | 'name'>): string {
  return JSON.stringify([object.kind, object.database, object.name]);
}

export function describeObject({
  kind,
  database,
  name,
}: Pick<SeenObject, 'kind' | 'database' | 'name'>): string {
  return kind === 'database' || database === '' ? `${kind} ${name}` : `${kind} ${database}.${name}`;
}

interface Words {
  readonly removed: string;
  readonly added: string;
  readonly changed: string;
}

const IN_TIME: Words = { removed: 'was removed', added: 'was added', changed: 'was changed' };
const IN_DUMP: Words = {
  removed: 'is missing in the dump',
  added: 'is only in the dump',
  changed: 'is another in the dump',
};

/** "table helpdesk.ticket was changed", … between two looks at the same databases; empty when they are the same. */
export function listChanges(
  earlier: readonly SeenObject[],
  later: readonly SeenObject[],
  words = IN_TIME,
): string[] {
  const before = new Map(earlier.map((object) => [keyOf(object), object]));
  const after = new Map(later.map((object) => [keyOf(object), object]));
  const removed = earlier.filter((object) => !after.has(keyOf(object)));
  const added = later.filter((object) => !before.has(keyOf(object)));
  const changed = later.filter(
    (object) => (before.get(keyOf(object))?.shapeSha256 ?? object.shapeSha256) !== object.shapeSha256,
  );
  return [
    ...removed.map((object) => `${describeObject(object)} ${words.removed}`),
    ...added.map((object) => `${describeObject(object)} ${words.added}`),
    ...changed.map((object) => `${describeObject(object)} ${words.changed}`),
  ];
}

/** Throws `inventory-mismatch` or `catalogue-changed` unless the three looks are the same. */
export function checkStructure(
  before: readonly SeenObject[],
  dumped: readonly SeenObject[],
  after: readonly SeenObject[],
): void {
  if (listChanges(before, after).length === 0) {
    const differences = listChanges(before, dumped, IN_DUMP);
    if (differences.length === 0) return;
    throw new LifeboatError(
      'inventory-mismatch',
      `the dump does not hold what is on the server: ${some(differences)}`,
      {
        hint: 'The structure on the server did not change, so the dump is wrong. Nothing of this run counts. Run it again, and report it if it stays.',
      },
    );
  }
  const changes = [...new Set([...listChanges(before, dumped), ...listChanges(dumped, after)])];
  throw new LifeboatError('catalogue-changed', `the structure changed while the dump ran: ${some(changes)}`, {
    hint: 'Nothing of this run counts, because a dump that overlaps such a change can lose a table. Run it again; if a program makes and drops tables all the time, name them in exclude-tables.',
  });
}

/** The digests of all definitions together, where each of them was not looked at by itself. Throws `catalogue-changed`. */
export function checkSameDefinitions(before: string, after: string): void {
  if (before !== '' && before === after) return;
  throw new LifeboatError(
    'catalogue-changed',
    'the structure changed while the dump ran: the names are the same, a definition is not',
    {
      hint: 'Nothing of this run counts. Run it again. With perl on the target it would be said which definition it was.',
    },
  );
}

/** Where the dump tool does not show what information_schema lists, or the other way round. Of some kinds only the number is known. */
export function listCatalogueDifferences(
  catalogue: Catalogue,
  choice: Choice,
  before: readonly SeenObject[],
  { isCounted, noun } = TRIGGERS,
): string[] {
  const chosen = new Set(choice.databases);
  const listed = [
    ...choice.databases.map((name) => ({ kind: 'database', database: name, name })),
    ...choice.tables,
    ...catalogue.objects.filter(({ kind, database }) => chosen.has(database) && !isCounted(kind)),
  ];
  const seen = before.filter(({ kind }) => !isCounted(kind));
  const [listedKeys, seenKeys] = [new Set(listed.map(keyOf)), new Set(seen.map(keyOf))];
  return [
    ...listed
      .filter((object) => !seenKeys.has(keyOf(object)))
      .map((object) => `${describeObject(object)} is missing`),
    ...seen
      .filter((object) => !listedKeys.has(keyOf(object)))
      .map((object) => `${describeObject(object)} is not in the catalogue`),
    ...compareCounts(catalogue, choice, before, { isCounted, noun }),
  ];
}

/** Throws `inventory-mismatch` for any difference from the catalogue. */
export function checkAgainstCatalogue(differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new LifeboatError(
    'inventory-mismatch',
    `the dump tool does not show what the server's catalogue lists: ${some(differences)}`,
    {
      hint: 'Either the structure changed in that second (run it again), or the dump user lacks a right on these objects.',
    },
  );
}

/** Throws `inventory-mismatch` unless the dump of accounts holds exactly the accounts that the server had before it. */
export function checkAccounts(accounts: Accounts, seen: readonly SeenObject[]): void {
  const [listed, dumped] = [new Set(accounts.names), new Set(seen.map(({ name }) => name))];
  const differences = [
    ...[...listed].filter((name) => !dumped.has(name)).map((name) => `account ${name} is missing`),
    ...[...dumped].filter((name) => !listed.has(name)).map((name) => `account ${name} was not there before`),
  ];
  if (differences.length === 0) return;
  throw new LifeboatError(
    'inventory-mismatch',
    `the dump of accounts does not hold what the server lists: ${some(differences)}`,
    {
      hint: 'Either accounts were made or dropped in that second (run it again), or the dump user may not see them all.',
    },
  );
}

/** The same where names of accounts were not seen. */
export function checkNumberOfAccounts(accounts: Accounts, seen: readonly SeenObject[]): void {
  const dumped = seen.filter(({ kind }) => kind === 'account').length;
  if (dumped === accounts.names.length) return;
  throw new LifeboatError(
    'inventory-mismatch',
    `the dump of accounts holds ${dumped} accounts, the server lists ${accounts.names.length}`,
    {
      hint: 'Either accounts were made or dropped in that second (run it again), or the dump user may not see them all.',
    },
  );
}

function compareCounts(
  catalogue: Catalogue,
  choice: Choice,
  before: readonly SeenObject[],
  { isCounted, noun }: CountedKinds,
): string[] {
  const keyOfTable = (database: string, name: string) => JSON.stringify([database, name]);
  const leftOut = new Set(choice.excludedTables.map(({ database, name }) => keyOfTable(database, name)));
  const counted = catalogue.objects.filter(
    ({ kind, database, table }) => isCounted(kind) && !leftOut.has(keyOfTable(database, table ?? '')),
  );
  const listed = countByDatabase(counted);
  const seen = countByDatabase(before.filter(({ kind }) => isCounted(kind)));
  return choice.databases
    .filter((database) => (listed.get(database) ?? 0) !== (seen.get(database) ?? 0))
    .map(
      (database) =>
        `database ${database} has ${listed.get(database) ?? 0} ${noun}, the dump tool shows ${seen.get(database) ?? 0}`,
    );
}

function countByDatabase(objects: readonly { readonly database: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { database } of objects) counts.set(database, (counts.get(database) ?? 0) + 1);
  return counts;
}

/** At most twenty of the names, separated by semicolons, and how many more there are. */
export function some(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
