// Statements that give rights on one table or routine. A server takes them only where that is: they come after the databases, and those on
// what a backup does not hold come not at all.
import type { Inventory } from '../dumps/inventory.ts';

/** A regular expression of sed as well as of JavaScript, for one line of an accounts dump. */
export const OBJECT_GRANT = '^GRANT .* ON .*`\\.`.* TO ';

const IS_OBJECT_GRANT = new RegExp(OBJECT_GRANT);
const NAME = '`((?:[^`]|``)+)`';
const OBJECT = new RegExp(`^GRANT .* ON (?:[A-Z]+ )*${NAME}\\.${NAME} TO `);
/** Every server has their tables. */
const SYSTEM_DATABASES = new Set(['mysql', 'sys', 'information_schema', 'performance_schema']);

export function isObjectGrant(line: string): boolean {
  return IS_OBJECT_GRANT.test(line);
}

/** Tells lines that give rights on what is not in the backup. */
export function findGrantsElsewhere({ objects }: Inventory): (line: string) => boolean {
  const here = new Set(objects.map(({ database, name }) => placeOf(database, name)));
  return (line) => {
    if (!isObjectGrant(line)) return false;
    const [, database, name] = OBJECT.exec(line) ?? [];
    if (database === undefined || name === undefined) return false;
    const [plainDatabase, plainName] = [unquote(database), unquote(name)];
    return !SYSTEM_DATABASES.has(plainDatabase) && !here.has(placeOf(plainDatabase, plainName));
  };
}

/** Servers that fold the case of names write them in rights as they were typed. */
function placeOf(database: string, name: string): string {
  return JSON.stringify([database, name]).toLowerCase();
}

function unquote(name: string): string {
  return name.replaceAll('``', '`');
}
