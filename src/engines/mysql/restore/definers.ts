// Accounts that views, routines, triggers and events belong to, found in their definitions.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';

const QUOTED = '`(?:[^`]|``)*`';
const DEFINER = new RegExp(String.raw`DEFINER\s*=\s*(${QUOTED})(?:@(${QUOTED}))?`, 'g');
/** No account and no role. */
const NOBODY = new Set(['``', '`CURRENT_USER`', '`CURRENT_ROLE`']);

/** SQL that makes every account and role that a definition names as its definer, with every right; `definers` are known without one. */
export function createDefinersSql(
  objects: readonly Pick<InventoryObject, 'kind' | 'ddl'>[],
  definers: readonly string[] = [],
): string {
  const found = new Set<string>();
  const others = { kind: 'view', ddl: definers.map((name) => `DEFINER=${name}\n`).join('') } as const;
  for (const { kind, ddl } of [...objects, others]) {
    if (kind === 'account' || kind === 'table') continue;
    for (const [, name = '', host] of ddl.matchAll(DEFINER)) {
      if (host !== undefined) found.add(`USER ${name}@${host}`);
      else if (!NOBODY.has(name)) found.add(`ROLE ${name}`);
    }
  }
  return [...found]
    .map((grantee) => {
      const name = grantee.replace(/^(?:USER|ROLE) /, '');
      return `CREATE ${grantee.replace(' ', ' IF NOT EXISTS ')};\nGRANT ALL ON *.* TO ${name};\n`;
    })
    .join('');
}
