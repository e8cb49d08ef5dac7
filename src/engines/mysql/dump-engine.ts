// The dump engine for one flavour: finds the client, looks at the server, and plans a dump or refuses it.
import { LifeboatError } from '../../errors.ts';
import type { DumpEngine, DumpPlan, DumpRequest } from '../../ports/engine.ts';
import type { TargetSession } from '../../ports/remote.ts';
import { isOn, readAccounts, readCatalogue } from './catalogue.ts';
import { checkNotEmpty, choose, type Choice } from './choice.ts';
import { findClient } from './find-client.ts';
import { namesOf } from './limits.ts';
import { SqlDumpPlan } from './dump-plan.ts';
import { checkRights, parseGrants } from './rights.ts';
import { some } from './structure.ts';
import type { Flavour } from './versions.ts';

export function createDumpEngine(flavour: Flavour): DumpEngine {
  return {
    name: flavour,
    tools: ['perl', 'sed'],
    plan: (session, request) => plan(flavour, session, request),
  };
}

async function plan(flavour: Flavour, session: TargetSession, request: DumpRequest): Promise<DumpPlan> {
  const { connection } = request;
  const client = await findClient(session, connection, flavour);
  const catalogue = await readCatalogue(session, connection, client.programs, flavour);
  const choice = choose(catalogue, request);
  const grants = parseGrants(catalogue.grants);
  const writesBinlog = isOn(catalogue.variables['log_bin']);
  checkRights(
    flavour,
    grants,
    {
      databases: choice.databases,
      isAll: request.databases === '*',
      rotate: request.rotate && writesBinlog,
      coordinates: writesBinlog,
      accounts: request.accounts,
    },
    catalogue.account,
  );
  checkNotEmpty(choice, request);
  const uncovered = checkEngines(choice, request);
  if (request.brokenViews === 'fail' && choice.brokenViews.length > 0) {
    throw new LifeboatError(
      'inventory-mismatch',
      `these views cannot be dumped: ${namesOf(choice.brokenViews)}`,
      {
        hint: 'Repair or drop them, or set broken-views: exclude: their text is then kept in the inventory.',
      },
    );
  }
  const withLibraries = catalogue.withLibraries.filter((name) => choice.databases.includes(name));
  if (withLibraries.length > 0) {
    throw new LifeboatError(
      'inventory-mismatch',
      `these databases hold libraries of code (CREATE LIBRARY), which this release cannot dump: ${some(withLibraries)}`,
      { hint: 'Leave these databases out, or keep the libraries elsewhere and drop them.' },
    );
  }
  const accounts = request.accounts
    ? await readAccounts(session, connection, client.programs, flavour)
    : undefined;
  return new SqlDumpPlan(session, request, { client, catalogue, grants, accounts, choice, uncovered });
}

/** Tables with rows that a snapshot does not hold still. Throws `db-not-transactional` with consistency auto. */
function checkEngines(choice: Choice, request: DumpRequest): Choice['tables'] {
  const uncovered = choice.tables.filter(
    (table) => !table.isTransactional && !table.isForeign && table.rows > 0,
  );
  if (uncovered.length > 0 && request.consistency === 'auto') {
    const named = uncovered.map((table) => `${table.database}.${table.name} (${table.engine})`);
    throw new LifeboatError(
      'db-not-transactional',
      `a snapshot cannot dump these tables at one consistent point: ${some(named)}`,
      {
        hint: 'Convert them (ALTER TABLE … ENGINE=InnoDB), leave them out (exclude-tables), or accept rows that change during the dump with consistency: snapshot.',
      },
    );
  }
  return uncovered;
}
