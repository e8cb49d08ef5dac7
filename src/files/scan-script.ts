// Composes what lists the directories: one find for each, which prunes, notes what it leaves out, and prints a record of the rest.
import { shellQuote, shellQuoteAll } from '../domain/shell.ts';
import type { ExcludeRule, KeptFile, StorageBase, StorageRequest } from '../ports/storage.ts';
import { excludeTest } from './exclude.ts';

/** Path, then what two listings must agree in; docs/format.md, "Storage". */
export const RECORD_FORMAT = String.raw`%p//%y %s %T@ %C@ %i %n %m %U %G\0`;

/** Files that only the directory of a database server has: InnoDB, Aria, PostgreSQL, MongoDB. */
const DATABASE_FILES = ['ibdata1', 'aria_log_control', 'pg_control', 'WiredTiger.wt'];

export function scanScript(
  { exclude, oneFileSystem }: StorageRequest,
  roots: readonly string[],
  base: StorageBase,
): string {
  const lists = roots.map((root, at) => findRoot({ root, at, exclude, oneFileSystem }));
  return [
    ...baseScript(base),
    `list_roots() { ${lists.join(' && ')}; }`,
    [
      'stage list list_roots',
      'stage sort sort -z -S 128M -T "$W"',
      'stage note note_scan',
      'stage compare compare',
      'stage plan plan_scan',
    ].join(' | '),
    '[ "$(cat "$D/status.list" "$D/status.sort" "$D/status.note" "$D/status.compare" "$D/status.plan" | tr -d "\\n")" = 00000 ] || exit 1',
    'tell_scan',
  ].join('\n');
}

/** What is compared with. Lists of names that may be long stand in arguments of functions, which have no limit. */
function baseScript({ listing, packed, renew }: StorageBase): string[] {
  const sums = packed.map(({ packId, sha256 }) => `${sha256}  ${packId}\n`).join('');
  const renewed = renew?.packIds.map((packId) => `${packId}\n`).join('') ?? '';
  return [
    `begin ${shellQuoteAll([listing?.run ?? '', listing?.sha256 ?? ''])} || exit 1`,
    ...(sums === '' ? [] : [`adopt ${shellQuote(sums)} || exit 1`]),
    ...(renewed === '' ? [] : [`renew ${shellQuoteAll([renewed, ...chainArguments(renew?.chain ?? [])])}`]),
    ...(sums + renewed === '' ? [] : ['join_base || exit 1']),
  ];
}

/** Index objects that the target kept, as its functions take them. */
export function chainArguments(chain: readonly KeptFile[]): string[] {
  return chain.map(({ run, sha256 }) => `${run}:${sha256}`);
}

export const SCAN_STAGES = ['list', 'sort', 'note', 'compare', 'plan'] as const;

interface Root {
  readonly root: string;
  readonly at: number;
  readonly exclude: readonly ExcludeRule[];
  readonly oneFileSystem: boolean;
}

/** What Lifeboat itself keeps on the target changes while it is read. */
const OWN_FOLDER = '-samefile "$HOME/.lifeboat" -prune';

function findRoot({ root, at, exclude, oneFileSystem }: Root): string {
  const rules = exclude.map(({ patterns }, rule) => {
    const tests = patterns.map(excludeTest).join(' -o ');
    return `\\( ${tests} \\) -fprintf "$W/excluded.${at}" ${shellQuote(`${rule} %y %s %F %p\\0`)} -prune`;
  });
  const database = DATABASE_FILES.map((name) => `-name ${name}`).join(' -o ');
  return [
    `list_root ${shellQuote(root)} -regextype posix-extended`,
    ...(oneFileSystem ? ['-xdev'] : []),
    // The root directory has no name that could stand in a record.
    ...(root === '/' ? ['-mindepth 1'] : []),
    [
      OWN_FOLDER,
      ...rules,
      `-type f \\( ${database} \\) -fprintf "$W/databases.${at}" '%h\\0' -false`,
      `\\( -type f -o -type d -o -type l \\) -printf "$RECORD"`,
      `-fprintf "$W/special.${at}" '%p\\0'`,
    ].join(' -o '),
  ].join(' ');
}
