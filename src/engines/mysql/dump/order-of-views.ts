// The order in which databases can be loaded one by one: a view can be made once the tables of another database that it shows are there.
import { LifeboatError } from '../../../errors.ts';
import type { ViewText } from '../catalogue.ts';

/** A name with something after it: the server writes databases, tables and aliases before what belongs to them. */
const QUALIFIER = /`((?:[^`]|``)*)`\./g;

/** The databases, each after those that its views show; otherwise in the given order. Throws `input-invalid` for a circle. */
export function inOrderOfViews(databases: readonly string[], views: readonly ViewText[]): string[] {
  const needs = new Map(databases.map((name) => [name, new Set<string>()]));
  for (const { database, text } of views) {
    for (const [, quoted = ''] of text.matchAll(QUALIFIER)) {
      const name = quoted.replaceAll('``', '`');
      if (name !== database && needs.has(name)) needs.get(database)?.add(name);
    }
  }
  const ordered = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.has(name)) return;
    if (path.includes(name)) throw circle([...path.slice(path.indexOf(name)), name]);
    for (const needed of needs.get(name) ?? []) visit(needed, [...path, name]);
    ordered.add(name);
  };
  for (const name of databases) visit(name, []);
  return [...ordered];
}

function circle(names: readonly string[]): LifeboatError {
  return new LifeboatError(
    'input-invalid',
    `\`layout\`: views of these databases show tables of the next one, in a circle: ${names.join(', ')}. With \`per-database\` none of them could be loaded first`,
    { hint: 'Dump with `layout: one`, or dump these databases in a run of their own with `layout: one`.' },
  );
}
