// Kinds of columns: how each is declared and how its values look as SQL literals.
import type { Random } from './random.ts';

export interface RowContext {
  readonly random: Random;
  /** 1 for the first row of the table. */
  readonly number: number;
  /** Rows of another table, which a reference may point to. */
  readonly countRows: (table: string) => number;
}

interface ColumnKind {
  readonly type: string;
  readonly isIndexed?: true;
  readonly render: (context: RowContext, parameter: string) => string;
}

/** 2019-01-01 UTC; seven years of tickets follow. */
const FIRST_SECOND = 1_546_300_800;
const SECONDS = 7 * 365 * 86_400;

export const COLUMN_KINDS = {
  ref: {
    type: 'int unsigned NOT NULL',
    isIndexed: true,
    render: ({ random, countRows }, table) => String(1 + random.below(countRows(table))),
  },
  person: { type: 'varchar(128) NOT NULL', isIndexed: true, render: ({ random }) => text(random.person()) },
  mail: {
    type: 'varchar(190) NOT NULL',
    isIndexed: true,
    render: ({ random, number }) => `'${random.hex(6)}.${number}@${random.hex(2)}.example'`,
  },
  word: { type: "varchar(64) NOT NULL DEFAULT ''", render: ({ random }) => text(random.word()) },
  subject: { type: 'varchar(255) DEFAULT NULL', render: ({ random }) => text(random.sentence()) },
  note: { type: 'text DEFAULT NULL', render: orNull(({ random }) => text(random.letter(6))) },
  letter: { type: 'mediumtext NOT NULL', render: ({ random }) => text(random.letter(40)) },
  time: { type: 'datetime NOT NULL', isIndexed: true, render: ({ random }) => `'${instant(random)}'` },
  precise: {
    type: 'timestamp(6) NULL DEFAULT NULL',
    render: orNull(({ random }) => `'${instant(random)}.${random.hex(1)}00001'`.replace(/[a-f]/, '7')),
  },
  date: { type: 'date DEFAULT NULL', render: orNull(({ random }) => `'${instant(random).slice(0, 10)}'`) },
  duration: {
    type: "time NOT NULL DEFAULT '00:00:00'",
    render: ({ random }) => `'${10 + random.below(90)}:${10 + random.below(50)}:${10 + random.below(50)}'`,
  },
  unix: {
    type: 'int unsigned NOT NULL DEFAULT 0',
    isIndexed: true,
    render: ({ random }) => String(FIRST_SECOND + random.below(SECONDS)),
  },
  flag: { type: 'tinyint(1) NOT NULL DEFAULT 0', render: ({ random }) => String(random.below(2)) },
  bits: {
    type: "bit(16) NOT NULL DEFAULT b'0'",
    render: ({ random }) => `b'${random.below(65_536).toString(2)}'`,
  },
  small: {
    type: 'smallint NOT NULL DEFAULT 0',
    render: ({ random }) => String(random.below(60_000) - 30_000),
  },
  count: {
    type: 'bigint unsigned NOT NULL DEFAULT 0',
    render: ({ random }) => String(random.skewedBelow(4e9)),
  },
  money: {
    type: 'decimal(14,4) NOT NULL DEFAULT 0.0000',
    render: ({ random }) => `${random.below(2e6) - 1e6}.${1_000 + random.below(9_000)}`,
  },
  ratio: {
    type: 'double DEFAULT NULL',
    render: orNull(({ random }) => `${random.below(1e9)}e-${random.below(12)}`),
  },
  status: {
    type: "enum('open','waiting','closed','deleted') NOT NULL DEFAULT 'open'",
    isIndexed: true,
    render: ({ random }) => `'${random.pick(['open', 'waiting', 'closed', 'closed', 'closed', 'deleted'])}'`,
  },
  rights: {
    type: "set('read','reply','assign','merge','delete') NOT NULL DEFAULT 'read'",
    render: ({ random }) => `'${random.pick(['read', 'read,reply', 'read,reply,assign,merge', ''])}'`,
  },
  uuid: {
    type: 'char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL',
    render: ({ random }) =>
      `'${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}'`,
  },
  hash: { type: 'binary(20) NOT NULL', render: ({ random }) => `x'${random.hex(40)}'` },
  blob: {
    type: 'mediumblob DEFAULT NULL',
    render: orNull(({ random }) => `x'${random.hex(32 + 2 * random.below(200))}'`),
  },
  address: {
    type: 'inet6 DEFAULT NULL',
    render: orNull(({ random }) => `'2001:db8::${random.hex(4)}:${random.hex(4)}'`),
  },
  json: {
    type: 'longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(%))',
    render: ({ random }) =>
      text(
        JSON.stringify({
          tags: [random.word(), random.word()],
          score: random.below(100),
          by: random.person(),
        }),
      ),
  },
  latin: {
    type: 'varchar(120) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL',
    render: ({ random }) => `'Größe ${random.below(60)}, façade ${random.hex(4)}'`,
  },
} as const satisfies Record<string, ColumnKind>;

export type ColumnKindName = keyof typeof COLUMN_KINDS;

export function findColumnKind(name: string): ColumnKind {
  if (!Object.hasOwn(COLUMN_KINDS, name)) throw new Error(`no column kind ${name}`);
  return COLUMN_KINDS[name as ColumnKindName];
}

function orNull(render: ColumnKind['render']): ColumnKind['render'] {
  return (context, parameter) => (context.random.below(5) === 0 ? 'NULL' : render(context, parameter));
}

function instant(random: Random): string {
  const iso = new Date((FIRST_SECOND + random.below(SECONDS)) * 1_000).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** A literal under the default SQL mode, where the backslash escapes. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}
