// Which databases are restored, and what they are called afterwards: decided from the manifest alone, before anything is fetched.
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { LifeboatError } from '../../errors.ts';
import { isSystemDatabase } from '../../inputs/names.ts';
import type { RestorePlan } from '../../ports/live-server.ts';
import type { RestoreInputs } from './inputs.ts';

/** MariaDB, "Identifier Names". */
const MAX_NAME_CHARACTERS = 64;

export type PlanInputs = Pick<RestoreInputs, 'databases' | 'table' | 'into' | 'sameNames'>;

/** Throws `restore-choice`. */
export function planRestore(manifest: DumpManifest, inputs: PlanInputs): RestorePlan {
  const { table, into, sameNames } = inputs;
  const there = manifest.databases.map(({ name }) => name);
  const chosen = chooseNames(there, inputs);
  if (into !== undefined && chosen.length > 1) {
    throw new LifeboatError(
      'restore-choice',
      `\`into\` is one name, and ${chosen.length} databases are to be restored`,
      { hint: 'Name one with `databases`, or leave `into` out: each gets a name of its own then.' },
    );
  }
  const databases = chosen.map((from) => ({
    from,
    to: sameNames ? from : (into ?? restoredName(from, manifest.instant)),
  }));
  for (const { from, to } of databases) {
    if (isSystemDatabase(to))
      throw new LifeboatError(
        'restore-choice',
        `${to} is a database of the server's own and is never restored`,
      );
    if (Array.from(to).length > MAX_NAME_CHARACTERS) {
      throw new LifeboatError('restore-choice', `${to} is longer than a database's name can be`, {
        hint: `Give a shorter one for ${from} with \`into\`.`,
      });
    }
  }
  return {
    databases,
    table: table?.table,
    isWhole: sameNames && chosen.length === there.length,
    withEvents: sameNames,
  };
}

function chooseNames(there: readonly string[], { databases, table }: PlanInputs): readonly string[] {
  if (table === undefined && (databases === undefined || databases === '*')) return there;
  const wanted = table === undefined ? (databases as readonly string[]) : [table.database];
  const missing = wanted.filter((name) => !there.includes(name));
  if (missing.length === 0) return there.filter((name) => wanted.includes(name));
  throw new LifeboatError('restore-choice', `not in the backup: ${missing.join(', ')}`, {
    hint: `The backup holds: ${there.join(', ')}.`,
  });
}

/** `shop_restored_202611200305`. */
function restoredName(name: string, instant: string): string {
  return `${name}_restored_${instant.slice(0, 'YYYY-MM-DDTHH:MM'.length).replaceAll(/\D/g, '')}`;
}
