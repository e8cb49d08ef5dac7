// The dump engine for one flavour: finds the client, looks at the server, and plans a dump or refuses it.
import { LifeboatError } from '../../../errors.ts';
import type { DumpEngine, DumpPlan, DumpRequest, Tolerate } from '../../../ports/engine.ts';
import type { TargetSession } from '../../../ports/remote.ts';
import { advise } from './advice.ts';
import { readAccounts, readCatalogue, readViews } from '../catalogue.ts';
import { checkNotEmpty, choose, type Choice } from './choice.ts';
import { wantsCoordinates } from './dump-options.ts';
import { findClient } from '../find-client.ts';
import { checkWithoutPerl, findPerl } from './find-perl.ts';
import { namesOf } from './limits.ts';
import { SqlDumpPlan } from './dump-plan.ts';
import { inOrderOfViews } from './order-of-views.ts';
import { findStaleReplica, readReplication } from './replication.ts';
import { findRightsFaults, grantForReplicas, parseGrants } from '../rights.ts';
import { some } from './structure.ts';
import { checkWith, refuse } from '../tolerate.ts';
import type { Flavour } from '../versions.ts';

export function createDumpEngine(flavour: Flavour): DumpEngine {
  return {
    name: flavour,
    tools: ['grep', 'sed'],
    plan: (session, request, tolerate = refuse) => plan(flavour, session, request, tolerate),
    advise: (session, connection) => advise(flavour, session, connection),
  };
}

async function plan(
  flavour: Flavour,
  session: TargetSession,
  request: DumpRequest,
  tolerate: Tolerate,
): Promise<DumpPlan> {
  const { connection } = request;
  const client = await findClient(session, connection, flavour, tolerate);
  const hasPerl = await findPerl(session);
  const catalogue = await readCatalogue(session, connection, client.programs, flavour);
  const choice = choose(catalogue, request);
  const isOne = request.layout === 'one';
  const grants = parseGrants(catalogue.grants);
  const replicaGrant = grantForReplicas(flavour, grants, catalogue.account);
  const replication = await readReplication(session, connection, client, replicaGrant === undefined);
  const staleReplica = findStaleReplica(replication, request.maxReplicaLagMs);
  if (staleReplica !== undefined) tolerate(staleReplica);
  const coordinates = wantsCoordinates(catalogue, request);
  const locked = request.consistency === 'lock' ? choice.tables.filter(isUnsettled) : [];
  if (flavour === 'mysql' && coordinates && locked.length > 0) {
    tolerate(
      new LifeboatError(
        'db-not-transactional',
        `mysqldump cannot ask where the binary log stands while these tables are locked: ${namesOf(locked)}`,
        {
          hint: 'Convert them to InnoDB, or use consistency: snapshot, or layout: per-database, or coordinates: false.',
        },
      ),
    );
  }
  if (!hasPerl) checkWith(tolerate, () => checkWithoutPerl(choice, locked));
  const rightsFaults = findRightsFaults(
    flavour,
    grants,
    {
      databases: choice.databases,
      isAll: request.databases === '*',
      rotate: request.rotate && coordinates,
      coordinates,
      accounts: request.accounts,
      locked: [...new Set(locked.map(({ database }) => database))],
    },
    catalogue.account,
  );
  rightsFaults.forEach(tolerate);
  // What the account may not see looks as if it were not there.
  const seesAll = !rightsFaults.some(({ code }) => code === 'db-rights-missing');
  if (seesAll) checkWith(tolerate, () => checkNotEmpty(choice, request));
  const uncovered = locked.length > 0 ? [] : findUncovered(choice, request, tolerate);
  if (request.brokenViews === 'fail' && choice.brokenViews.length > 0) {
    tolerate(
      new LifeboatError(
        'inventory-mismatch',
        `these views cannot be dumped: ${namesOf(choice.brokenViews)}`,
        {
          hint: 'Repair or drop them, or set broken-views: exclude: their text is then kept in the inventory.',
        },
      ),
    );
  }
  const withLibraries = catalogue.withLibraries.filter((name) => choice.databases.includes(name));
  if (withLibraries.length > 0) {
    tolerate(
      new LifeboatError(
        'inventory-mismatch',
        `these databases hold libraries of code (CREATE LIBRARY), which this release cannot dump: ${some(withLibraries)}`,
        { hint: 'Leave these databases out, or keep the libraries elsewhere and drop them.' },
      ),
    );
  }
  const accounts =
    request.accounts && seesAll
      ? await readAccounts(session, connection, client.programs, flavour)
      : undefined;
  const databases = isOne
    ? choice.databases
    : inOrderOfViews(choice.databases, await readViews(session, connection, client.programs));
  return new SqlDumpPlan(session, request, {
    client,
    catalogue,
    grants,
    replication,
    replicaGrant,
    accounts,
    choice: { ...choice, databases },
    locked,
    uncovered,
    hasPerl,
  });
}

/** Whether a snapshot does not hold the table still. */
function isUnsettled({ isTransactional, isForeign }: Choice['tables'][number]): boolean {
  return !isTransactional && !isForeign;
}

/** Tables with rows that a snapshot does not hold still: a fault (`db-not-transactional`) with consistency auto. */
function findUncovered(choice: Choice, request: DumpRequest, tolerate: Tolerate): Choice['tables'] {
  const uncovered = choice.tables.filter((table) => isUnsettled(table) && table.rows > 0);
  if (uncovered.length === 0 || request.consistency !== 'auto') return uncovered;
  const named = uncovered.map((table) => `${table.database}.${table.name} (${table.engine})`);
  tolerate(
    new LifeboatError(
      'db-not-transactional',
      `a snapshot cannot dump these tables at one consistent point: ${some(named)}`,
      {
        hint: 'Convert them (ALTER TABLE … ENGINE=InnoDB), leave them out (exclude-tables), or lock them while they are dumped (consistency: lock), or accept rows that change meanwhile (consistency: snapshot).',
      },
    ),
  );
  return [];
}
