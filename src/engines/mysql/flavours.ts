// What MariaDB and MySQL differ in as products: names, programs, versions. What they differ in as databases stands where it is used, as a
// table with one entry a flavour.
import type { Flavour, Version } from './versions.ts';

export interface FlavourFacts {
  /** For people. */
  readonly name: string;
  /** Programs on a target, the flavour's own name for them first. */
  readonly sqlPrograms: readonly string[];
  readonly dumpPrograms: readonly string[];
  /** What reads binary logs, from files and from servers. */
  readonly binlogPrograms: readonly string[];
  /** Package of Debian and Ubuntu that brings them. */
  readonly clientPackage: string;
  /** Oldest version of server and client. */
  readonly oldest: readonly [number, number, number];
  /** Major versions after this one have not been tried; undefined where their number says nothing. */
  readonly newestMajor: number | undefined;
  /** Both limits, for people. */
  readonly range: string;
  /** Official image, without tag. */
  readonly image: string;
}

export const FLAVOURS: Readonly<Record<Flavour, FlavourFacts>> = {
  mariadb: {
    name: 'MariaDB',
    sqlPrograms: ['mariadb', 'mysql'],
    dumpPrograms: ['mariadb-dump', 'mysqldump'],
    binlogPrograms: ['mariadb-binlog', 'mysqlbinlog'],
    clientPackage: 'mariadb-client',
    oldest: [10, 6, 0],
    newestMajor: 12,
    range: '10.6 to 12',
    image: 'docker.io/library/mariadb',
  },
  mysql: {
    name: 'MySQL',
    sqlPrograms: ['mysql'],
    dumpPrograms: ['mysqldump'],
    binlogPrograms: ['mysqlbinlog'],
    clientPackage: 'mysql-client',
    // The first with the right SHOW_ROUTINE: before it only an account that writes could read routines.
    oldest: [8, 0, 20],
    // After 9.7 numbers are years and months.
    newestMajor: undefined,
    range: '8.0.20 and newer',
    image: 'docker.io/library/mysql',
  },
};

/** `MariaDB 10.11.19`. */
export function nameVersion({ flavour, text }: Pick<Version, 'flavour' | 'text'>): string {
  return `${FLAVOURS[flavour].name} ${text}`;
}
