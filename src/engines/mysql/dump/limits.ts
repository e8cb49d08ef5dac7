// What a dump does not hold, cannot prove, or cannot be the start of: said in the summary, the manifest and the inventory.
import type { DumpRequest, NotProvable } from '../../../ports/engine.ts';
import type { Accounts, Catalogue } from '../catalogue.ts';
import type { Choice } from './choice.ts';
import type { Client } from '../find-client.ts';
import { PERL_PACKAGES } from './find-perl.ts';
import type { Replication } from './replication.ts';
import { hasPublicRights, seesEverything, type Grant } from '../rights.ts';
import { some } from './structure.ts';
import { compareNumbers } from '../versions.ts';

/** What was found and chosen before the dump. */
export interface Survey {
  readonly client: Client;
  readonly catalogue: Catalogue;
  readonly grants: readonly Grant[];
  readonly replication: Replication;
  /** What lets the dump user see that; undefined when it does. */
  readonly replicaGrant: string | undefined;
  /** Undefined when accounts are not wanted. */
  readonly accounts: Accounts | undefined;
  readonly choice: Choice;
  /** Tables with rows that a snapshot does not hold still. */
  readonly uncovered: Choice['tables'];
  /** Tables that are locked while they are dumped. */
  readonly locked: Choice['tables'];
  /** Else only names can be taken down. */
  readonly hasPerl: boolean;
}

/** Sentences for the summary. */
export function findWarnings(survey: Survey): string[] {
  const { choice, uncovered, client } = survey;
  const { dumpTool, server } = client;
  const withSecondPassword = survey.accounts?.withSecondPassword ?? 0;
  return [
    !survey.hasPerl &&
      `The target has no perl: only the names of tables and views are taken down, and a restore test can reach level 1 only. ${PERL_PACKAGES}.`,
    choice.brokenViews.length > 0 &&
      `These views are broken and are kept apart, as text in the inventory: ${namesOf(choice.brokenViews)}. Repair or drop them.`,
    uncovered.length > 0 &&
      `Rows written during the dump may be torn apart in tables without transactions: ${namesOf(uncovered)}.`,
    choice.tables.some((table) => table.isVersioned) &&
      !client.knownOptions.has('dump-history') &&
      `The dump client ${dumpTool.text} cannot dump the history of system-versioned tables; 10.11 and newer can.`,
    compareNumbers(seriesOf(dumpTool), seriesOf(server)) < 0 &&
      `The dump client ${dumpTool.text} is older than the server ${server.text}: it may not know everything that the server can hold.`,
    survey.replicaGrant !== undefined &&
      `Whether this server is a replica that has stopped or is behind could not be looked at: the dump user may not see it. As an administrator of the database server: ${survey.replicaGrant}`,
    isPublicLeftOut(survey) &&
      'The rights granted to PUBLIC are not in the dump of accounts: mariadb-dump leaves them out.',
    withSecondPassword > 0 &&
      `The second password of ${count(withSecondPassword, 'account')} is not in the dump: MySQL shows it to nobody.`,
  ].filter((warning) => warning !== false);
}

/** What a restore cannot be compared with; `tables` are those that the inventory names. */
export function findNotProvable(survey: Survey): (NotProvable & { readonly tables: Choice['tables'] })[] {
  const { choice, accounts, hasPerl } = survey;
  const foreign = choice.tables.filter((table) => table.isForeign);
  const engines = [...new Set(foreign.map((table) => table.engine))].join(', ');
  return [
    !hasPerl && {
      what: 'rows and definitions',
      why: 'the target had no perl to take them down with',
      tables: [],
    },
    foreign.length > 0 && {
      what: count(foreign.length, 'table'),
      why: `engines that read their rows from elsewhere (${engines})`,
      tables: foreign,
    },
    accounts !== undefined &&
      accounts.foreign > 0 && {
        what: count(accounts.foreign, 'account'),
        why: 'log-in through a plug-in that a sandbox does not have',
        tables: [],
      },
    accounts !== undefined &&
      accounts.withSecondPassword > 0 && {
        what: `the second password of ${count(accounts.withSecondPassword, 'account')}`,
        why: 'MySQL shows it to nobody',
        tables: [],
      },
    isPublicLeftOut(survey) && {
      what: 'the rights of PUBLIC',
      why: 'mariadb-dump leaves them out',
      tables: [],
    },
  ].filter((limit) => limit !== false);
}

/** Why point-in-time recovery cannot start at this dump; empty when it can. */
export function findAnchorObstacles(
  { choice, grants, uncovered, replication }: Survey,
  { accounts, layout, coordinates }: Pick<DumpRequest, 'accounts' | 'layout' | 'coordinates'>,
  hasCoordinates: boolean,
): string[] {
  const left = choice.forgottenDatabases.length;
  return [
    layout === 'per-database' && 'each database has a moment of its own',
    layout === 'one' && !coordinates && 'it was not asked where the binary log stood (coordinates: false)',
    layout === 'one' && coordinates && !hasCoordinates && 'the server writes no binary log',
    hasCoordinates &&
      replication.isNotLogged &&
      'this replica does not write what it gets from its source into its own binary log (log_slave_updates)',
    left > 0 && `${count(left, 'database')} with tables ${left === 1 ? 'is' : 'are'} not in the dump`,
    !seesEverything(grants) && 'the dump user may not read every database, so that others may exist',
    choice.excludedTables.length > 0 && `${count(choice.excludedTables.length, 'table')} left out`,
    uncovered.length > 0 &&
      `${count(uncovered.length, 'table')} without transactions may have changed meanwhile`,
    !accounts && 'accounts are not in the dump',
  ].filter((obstacle) => obstacle !== false);
}

export function namesOf(tables: Choice['tables']): string {
  return some(tables.map((table) => `${table.database}.${table.name}`));
}

function isPublicLeftOut({ accounts, grants }: Survey): boolean {
  return accounts !== undefined && hasPublicRights(grants);
}

/** Major and minor number; patches of one series are the same to a dump. */
function seriesOf({ numbers: [major, minor] }: Client['server']): [number, number] {
  return [major, minor];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
