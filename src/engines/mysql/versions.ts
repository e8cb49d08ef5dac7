// Flavours and versions of servers and clients: compared as (flavour, numbers), never by major number alone.

export type Flavour = 'mariadb' | 'mysql';

export interface Version {
  readonly flavour: Flavour;
  /** Major, minor, patch. */
  readonly numbers: readonly [number, number, number];
  /** As the program says it. */
  readonly text: string;
}

/** `VERSION()` and `@@version_comment` of a server. Undefined for text that is no version. */
export function parseServerVersion(version: string, comment: string): Version | undefined {
  const flavour = /mariadb/i.test(`${version} ${comment}`) ? 'mariadb' : 'mysql';
  // MariaDB behind old replication protocols calls itself 5.5.5-10.x.
  return build(flavour, version.replace(/^5\.5\.5-(?=1\d)/, ''), version);
}

/**
 * What a client prints for `--version`: "mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, …", "mariadb-dump from 11.8.3-MariaDB, …"
 * or "mysqldump  Ver 9.7.4 for Linux …".
 */
export function parseClientVersion(line: string): Version | undefined {
  const mariadb = /(?:Distrib|from) (\d+\.\d+\.\d+)[^,]*-MariaDB/i.exec(line);
  if (mariadb?.[1] !== undefined) return build('mariadb', mariadb[1], mariadb[1]);
  const mysql = /Ver (\d+\.\d+\.\d+)/.exec(line) ?? /Distrib (\d+\.\d+\.\d+)/.exec(line);
  return mysql?.[1] === undefined ? undefined : build('mysql', mysql[1], mysql[1]);
}

function build(flavour: Flavour, digits: string, text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(digits);
  if (!match) return undefined;
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
  return { flavour, numbers: [major, minor, patch], text };
}

/** Negative, zero or positive, as for sorting; only for versions of one flavour. */
export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
