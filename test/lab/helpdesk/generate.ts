// The helpdesk database as SQL text: the same seed and size give the same bytes.
import { findColumnKind, type RowContext } from './columns.ts';
import { EXTRA_DEFINITIONS, EXTRA_OPTIONS, STORED_OBJECTS } from './objects.ts';
import { Random } from './random.ts';
import { HELPDESK_TABLES, type HelpdeskTable } from './tables.ts';

export interface HelpdeskOptions {
  /** About the size of a dump of it, in millions of bytes. */
  readonly megabytes?: number;
  readonly seed?: number;
  readonly database?: string;
}

const DEFAULT_MEGABYTES = 20;
/** Long statements load faster; beyond this it makes no difference. */
const STATEMENT_CHARS = 256 * 1024;
/** Rows of each table that are rendered to learn how long they are. */
const SAMPLE_ROWS = 30;

/** Yields SQL for the `mariadb` client, in pieces of about a quarter of a megabyte. */
export function* generateHelpdesk(options: HelpdeskOptions = {}): Generator<string> {
  const { megabytes = DEFAULT_MEGABYTES, seed = 1, database = 'helpdesk' } = options;
  const countRows = planRows(megabytes * 1e6, new Random(seed));
  const random = new Random(seed);
  yield `SET NAMES utf8mb4; SET time_zone = '+00:00'; SET foreign_key_checks = 0;\n`;
  yield `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE \`${database}\`;\n`;
  for (const table of HELPDESK_TABLES) {
    yield renderDefinition(table);
    yield* renderRows(table, random, countRows);
  }
  yield STORED_OBJECTS;
}

/** Every table gets its share of the rows, such that their text adds up to the size. */
function planRows(bytes: number, random: Random): (table: string) => number {
  const bytesPerUnit = HELPDESK_TABLES.reduce(
    (sum, table) => sum + table.weight * measureRow(table, random),
    0,
  );
  const units = bytes / bytesPerUnit;
  const rows = new Map(
    HELPDESK_TABLES.map(({ name, weight }) => [name, Math.max(1, Math.round(weight * units))]),
  );
  return (name) => {
    const count = rows.get(name);
    if (count === undefined) throw new Error(`no table ${name}`);
    return count;
  };
}

function measureRow(table: HelpdeskTable, random: Random): number {
  let chars = 0;
  for (let row = 0; row < SAMPLE_ROWS; row += 1) {
    chars += renderRow(table, { random, number: 1_000_000, countRows: () => 1_000_000 }).length;
  }
  return chars / SAMPLE_ROWS;
}

function renderDefinition({ name, columns }: HelpdeskTable): string {
  const kinds = columns.map((column) => ({ ...column, ...findColumnKind(column.kind) }));
  const lines = [
    '`id` int unsigned NOT NULL AUTO_INCREMENT',
    ...kinds.map((column) => `\`${column.name}\` ${column.type.replace('%', `\`${column.name}\``)}`),
    'PRIMARY KEY (`id`)',
    ...kinds
      .filter(({ isIndexed }) => isIndexed)
      .map((column) => `KEY \`${column.name}\` (\`${column.name}\`)`),
    ...(EXTRA_DEFINITIONS[name] ?? []),
  ];
  return `CREATE TABLE \`${name}\` (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB ${EXTRA_OPTIONS[name] ?? ''};\n`;
}

function* renderRows(
  table: HelpdeskTable,
  random: Random,
  countRows: (table: string) => number,
): Generator<string> {
  const columns = ['id', ...table.columns.map(({ name }) => name)].map((name) => `\`${name}\``).join(',');
  const head = `INSERT INTO \`${table.name}\` (${columns}) VALUES\n`;
  const count = countRows(table.name);
  let statement = '';
  yield 'BEGIN;\n';
  for (let number = 1; number <= count; number += 1) {
    statement += `${statement === '' ? head : ',\n'}${renderRow(table, { random, number, countRows })}`;
    if (statement.length >= STATEMENT_CHARS) {
      yield `${statement};\n`;
      statement = '';
    }
  }
  yield `${statement === '' ? '' : `${statement};\n`}COMMIT;\n`;
}

function renderRow(table: HelpdeskTable, context: RowContext): string {
  let row = `(${context.number}`;
  for (const { kind, parameter } of table.columns)
    row += `,${findColumnKind(kind).render(context, parameter)}`;
  return `${row})`;
}
