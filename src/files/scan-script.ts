// Composes what lists the directories: one find for each, which prunes, notes what it leaves out, and prints a record of the rest.
import { shellQuote, shellQuoteAll } from '../domain/shell.ts';
import type { ExcludeRule, KeptFile, StorageBase, StorageRequest } from '../ports/storage.ts';
import { excludeTest } from './exclude.ts';

/** Path, then what two listings must agree in; docs/format.md, "Storage". */
export const RECORD_FORMAT = String.raw`%p//%y %s %T@ %C@ %i %n %m %U %G\0`;

/** Files that only the directory of a database server has: InnoDB, Aria, PostgreSQL, MongoDB. */
const DATABASE_FILES = ['ibdata1', 'aria_log_control', 'pg_control', 'WiredTiger.wt'];

export const SCAN_STAGES = ['list', 'sort', 'repeated', 'note', 'compare', 'lines', 'plan'] as const;

export function scanScript(
  { exclude, oneFileSystem }: StorageRequest,
  roots: readonly string[],
  base: StorageBase,
): string {
  const lists = roots.map((root, at) => {
    const nested = roots.filter(
      (other) => other !== root && other.startsWith(root === '/' ? '/' : `${root}/`),
    );
    return findRoot({ root, at, nested, exclude, oneFileSystem });
  });
  return [
    ...baseScript(base),
    `look_at_roots ${shellQuoteAll(roots)} >"$W/roots" || exit 1`,
    'to_lines <"$W/roots" >"$W/roots.lines"',
    `list_roots() { ${lists.join(' && ')}; }`,
    [
      'stage list list_roots',
      'stage sort sort_records',
      'stage repeated one_each',
      'stage note note_scan',
      'stage compare compare',
      'stage lines to_lines',
      'stage plan plan',
    ].join(' | '),
    `for stage in ${SCAN_STAGES.join(' ')}; do [ "$(cat "$D/status.$stage")" = 0 ] || exit 1; done`,
    'whole && plan_linked && tell_scan || exit 1',
  ].join('\n');
}

/** What is compared with. Lists of names that may be long stand in arguments of functions, which have no limit. */
function baseScript({ listing, chain, packed, renewed }: StorageBase): string[] {
  const sums = packed.map(({ packId, sha256 }) => `${sha256}  ${packId}\n`).join('');
  const packs = renewed.map((packId) => `${packId}\n`).join('');
  return [
    `begin ${shellQuoteAll([listing?.run ?? '', listing?.sha256 ?? '', ...chainArguments(chain)])} || exit 1`,
    ...(sums === '' ? [] : [`adopt ${shellQuote(sums)} || exit 1`]),
    ...(packs === '' ? [] : [`renew ${shellQuoteAll([packs, ...chainArguments(chain)])} || exit 1`]),
    ...(sums + packs === '' ? [] : ['join_base || exit 1']),
  ];
}

/** Index objects that the target kept, as its functions take them. */
export function chainArguments(chain: readonly KeptFile[]): string[] {
  return chain.map(({ run, sha256 }) => `${run}:${sha256}`);
}

interface Root {
  readonly root: string;
  readonly at: number;
  /** Other roots below it, which have lists of their own. */
  readonly nested: readonly string[];
  readonly exclude: readonly ExcludeRule[];
  readonly oneFileSystem: boolean;
}

/** What Lifeboat itself keeps on the target changes while it is read. */
const OWN_FOLDER = '-samefile "$HOME/.lifeboat" -prune';

/** A path of this length or more can be listed, but not opened (PATH_MAX, with its NUL). */
const TOO_LONG = 4096;

function findRoot({ root, at, nested, exclude, oneFileSystem }: Root): string {
  const rules = exclude.map(({ patterns }, rule) => {
    const tests = patterns.map(excludeTest).join(' -o ');
    return `\\( ${tests} \\) -fprintf "$W/excluded.${at}" ${shellQuote(`${rule} %y %s %F %p\\0`)} -prune`;
  });
  const database = DATABASE_FILES.map((name) => `-name ${name}`).join(' -o ');
  return [
    `list_root ${at} ${shellQuote(root)} -regextype posix-extended`,
    ...(oneFileSystem ? ['-xdev'] : []),
    // The root directory has no name that could stand in a record.
    ...(root === '/' ? ['-mindepth 1'] : []),
    [
      OWN_FOLDER,
      ...nested.map((other) => `-path ${shellQuote(other.replaceAll(/[*?[\\]/g, String.raw`\$&`))} -prune`),
      ...rules,
      `-path "$(printf %0${TOO_LONG}d 0 | tr 0 '?')*" -fprintf "$W/long.${at}" '%p\\0' -prune`,
      `-type f \\( ${database} \\) -fprintf "$W/databases.${at}" '%h\\0' -false`,
      `\\( -type f -o -type d -o -type l \\) -printf "$RECORD" -fprintf "$W/listed.${at}" . \\( ! -type d -o -fprintf "$W/directories.${at}" '%D:%i %p\\0' \\)`,
      `-fprintf "$W/special.${at}" '%p\\0'`,
    ].join(' -o '),
  ].join(' ');
}
