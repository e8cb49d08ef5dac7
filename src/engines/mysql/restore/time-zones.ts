// Time zones by name: a new server knows none, and what was created under one cannot be created without it.
import { LifeboatError } from '../../../errors.ts';
import type { Inventory } from '../../../domain/dumps/inventory.ts';
import { quoteSqlString } from '../client.ts';
import { clientErrors, type Inside } from './inside.ts';

const BY_NAME = /SET time_zone\s*=\s*'(?!SYSTEM'|[+-])/;
const NAME = /^[A-Za-z][\w+/-]*$/;

/** An event may have been made under any, where its text is not known. */
export function needsTimeZones({ variables, objects, onlyNames }: Inventory): boolean {
  return (
    zoneOf(variables) !== undefined ||
    objects.some(({ kind, ddl }) => kind === 'event' && (onlyNames !== undefined || BY_NAME.test(ddl)))
  );
}

/** Fills the server's tables from the image's zones, and takes over the source's own. Throws `sandbox-image`. */
export async function loadTimeZones(inside: Inside, variables: Inventory['variables']): Promise<void> {
  const client = inside.clientArguments('mysql').map((word) => `'${word}'`);
  const { exitCode, stderr } = await inside.shell(
    `T=$(command -v mariadb-tzinfo-to-sql || command -v mysql_tzinfo_to_sql) && [ -d /usr/share/zoneinfo ] || { echo 'no zones' >&2; exit 1; }\n` +
      `"$T" /usr/share/zoneinfo 2>/dev/null | ${inside.client} ${client.join(' ')}`,
  );
  if (exitCode !== 0) {
    throw new LifeboatError(
      'sandbox-image',
      `the image has no time zones that the server can load, and the backup needs them: ${stderr.trim()}`,
      { hint: 'Take an image with tzdata, as the official ones are.' },
    );
  }
  const zone = zoneOf(variables);
  if (zone === undefined) return;
  const set = await inside.sql(`SET GLOBAL time_zone = ${quoteSqlString(zone)};`);
  if (set.exitCode !== 0) {
    throw new LifeboatError(
      'sandbox-image',
      `the server of the image does not know the time zone ${zone}, which the backup needs: ${clientErrors(set.stderr)}`,
      { hint: 'Take an image with newer tzdata, as the official ones are.' },
    );
  }
}

function zoneOf({ time_zone: zone }: Inventory['variables']): string | undefined {
  return zone !== undefined && zone !== 'SYSTEM' && NAME.test(zone) ? zone : undefined;
}
