// Composes what lists the directories and compares them with what is known.
import { shellQuote, shellQuoteAll } from '../domain/shell.ts';
import type { KeptFile, StorageBase, StorageRequest } from '../ports/storage.ts';
import { excludeRule } from './exclude.ts';

export function scanScript(request: StorageRequest, roots: readonly string[], base: StorageBase): string {
  const lists = roots.map((root) => listRoot(root, request));
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

function listRoot(root: string, { exclude, oneFileSystem }: StorageRequest): string {
  const rules = exclude.flatMap(({ patterns }, rule) =>
    patterns.flatMap((pattern) => [String(rule), ...excludeRule(pattern)]),
  );
  return `list_root ${shellQuoteAll([root, oneFileSystem ? '1' : '0', ...rules])}`;
}
