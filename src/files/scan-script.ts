// Composes what lists the directories and compares them with what is known.
import { shellQuote, shellQuoteAll } from '../domain/text/shell.ts';
import type { KeptFile, StorageBase, StorageRequest } from '../ports/storage.ts';
import { excludeRule } from './exclude.ts';

export const SCAN_STAGES = ['list', 'note', 'compare', 'lines', 'sides'] as const;

export function scanScript(request: StorageRequest, roots: readonly string[], base: StorageBase): string {
  const lists = roots.map((_root, at) => listRoot(roots, at, request));
  return [
    ...baseScript(base),
    `begin_list ${shellQuoteAll(roots)} || exit 1`,
    `list_roots() { ${lists.join(' && ')}; }`,
    [
      'stage list list_roots',
      'stage note note_scan',
      'stage compare compare',
      'stage lines to_lines',
      'stage sides tell_sides',
    ].join(' | '),
    `for stage in ${SCAN_STAGES.join(' ')}; do [ "$(cat "$D/status.$stage")" = 0 ] || exit 1; done`,
    'whole && settle && plan_linked && tell_scan || exit 1',
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

function listRoot(roots: readonly string[], at: number, { exclude, oneFileSystem }: StorageRequest): string {
  const root = roots[at] ?? '';
  const nested = roots
    .filter((other) => other !== root && other.startsWith(root === '/' ? '/' : `${root}/`))
    .flatMap((other) => ['0', 'nested', other.replaceAll(/[*?[\\]/g, String.raw`\$&`)]);
  const rules = exclude.flatMap(({ patterns }, rule) =>
    patterns.flatMap((pattern) => [String(rule), ...excludeRule(pattern)]),
  );
  return `list_root ${at} ${shellQuoteAll([root, oneFileSystem ? '1' : '0', ...nested, ...rules])}`;
}
