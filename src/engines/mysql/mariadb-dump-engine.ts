// The dump engine for MariaDB: plans from the catalogue, dumps with the target's own client, judges by what went by.
import { LifeboatError } from '../../errors.ts';
import type {
  DatabaseFindings,
  DumpEngine,
  DumpFindings,
  DumpPlan,
  DumpRequest,
  NotProvable,
} from '../../ports/engine.ts';
import type { SealedResult, TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { readAccounts, readCatalogue, type Accounts, type Catalogue } from './catalogue.ts';
import { checkNotEmpty, choose, type Choice } from './choice.ts';
import { classifyDumpStderr, explainClientFailure } from './client-errors.ts';
import {
  accountsScript,
  concludeAccountsScript,
  concludeScript,
  dataScript,
  dataStages,
  inventoryScript,
  inventoryStages,
  type DumpScripts,
} from './dump-script.ts';
import { parseFacts, type DumpFacts } from './facts.ts';
import { findClient, type Client } from './find-client.ts';
import { checkRights, parseGrants, seesEverything } from './rights.ts';
import {
  checkAccounts,
  checkAgainstCatalogue,
  checkStructure,
  parseSeen,
  PUBLIC_ROLE,
  type SeenObject,
} from './structure.ts';

export const mariadbDumpEngine: DumpEngine = {
  name: 'mariadb',
  tools: ['perl', 'zstd', 'gpg', 'sed'],

  async plan(session, request) {
    const client = await findClient(session, request.connection);
    const catalogue = await readCatalogue(session, request.connection, client.programs);
    const choice = choose(catalogue, request);
    const writesBinlog = isOn(catalogue.variables['log_bin']);
    checkRights(
      parseGrants(catalogue.grants),
      {
        databases: choice.databases,
        isAll: request.databases === '*',
        rotate: request.rotate && writesBinlog,
        coordinates: writesBinlog,
        accounts: request.accounts,
        routines: true,
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
    const accounts = request.accounts
      ? await readAccounts(session, request.connection, client.programs)
      : undefined;
    return new MariadbDumpPlan(session, request, client, { catalogue, accounts }, choice, uncovered);
  },
};

/** Tables with rows that a snapshot does not hold still. Throws `db-not-transactional` with consistency auto. */
function checkEngines(choice: Choice, request: DumpRequest): Choice['tables'] {
  const uncovered = choice.tables.filter(
    (table) => !table.isTransactional && !table.isForeign && table.rows > 0,
  );
  if (uncovered.length > 0 && request.consistency === 'auto') {
    const named = uncovered.map((table) => `${table.database}.${table.name} (${table.engine})`).join(', ');
    throw new LifeboatError(
      'db-not-transactional',
      `a snapshot cannot dump these tables at one consistent point: ${named}`,
      {
        hint: 'Convert them (ALTER TABLE … ENGINE=InnoDB), leave them out (exclude-tables), or accept rows that change during the dump with consistency: snapshot.',
      },
    );
  }
  return uncovered;
}

/** What the server said before the dump. */
interface Found {
  readonly catalogue: Catalogue;
  /** Undefined when accounts are not wanted. */
  readonly accounts: Accounts | undefined;
}

class MariadbDumpPlan implements DumpPlan {
  readonly source: DumpPlan['source'];
  readonly databases: readonly string[];
  readonly warnings: readonly string[];
  readonly excluded: DumpPlan['excluded'];
  readonly uncoveredTables: number;
  readonly accounts: DumpPlan['accounts'];
  readonly data: DumpPlan['data'];
  readonly variables: Readonly<Record<string, string>>;
  readonly #session: TargetSession;
  readonly #scripts: DumpScripts;
  readonly #found: Found;
  readonly #choice: Choice;
  readonly #request: DumpRequest;
  #restOfData = '';
  #seen: readonly SeenObject[] = [];

  constructor(
    session: TargetSession,
    request: DumpRequest,
    client: Client,
    found: Found,
    choice: Choice,
    uncovered: Choice['tables'],
  ) {
    const { catalogue } = found;
    this.#session = session;
    this.#request = request;
    this.#found = found;
    this.#choice = choice;
    const writesBinlog = isOn(catalogue.variables['log_bin']);
    this.#scripts = {
      client,
      connection: request.connection,
      choice,
      countRows: request.inventory === 'rows',
      rotate: request.rotate && writesBinlog,
      coordinates: writesBinlog,
    };
    this.source = {
      flavour: 'mariadb',
      serverId: Number(catalogue.variables['server_id'] ?? 0),
      hostName: catalogue.variables['hostname'] ?? '',
      serverVersion: client.server.text,
      dumpToolVersion: client.dumpTool.text,
    };
    this.variables = catalogue.variables;
    this.databases = choice.databases;
    this.uncoveredTables = uncovered.length;
    this.excluded = {
      databases: catalogue.databases.filter((name) => !choice.databases.includes(name)),
      tables: choice.excludedTables.length,
      brokenViews: choice.brokenViews.length,
    };
    this.warnings = [
      ...(choice.brokenViews.length > 0
        ? [
            `These views are broken and are kept apart, as text in the inventory: ${namesOf(choice.brokenViews)}.`,
          ]
        : []),
      ...(uncovered.length > 0
        ? [
            `Rows written during the dump may be torn apart in tables without transactions: ${namesOf(uncovered)}.`,
          ]
        : []),
      ...((found.accounts?.names ?? []).includes(PUBLIC_ROLE)
        ? [
            'Rights were granted to PUBLIC. The dump client leaves them out: keep what SHOW GRANTS FOR PUBLIC says with your notes.',
          ]
        : []),
      ...(choice.tables.some((table) => table.isVersioned) && !client.hasDumpHistory
        ? [
            `The dump client ${client.dumpTool.text} cannot dump the history of system-versioned tables; 10.11 and newer can.`,
          ]
        : []),
    ];
    const explain = (outcome: TaskOutcome) =>
      explainClientFailure(outcome, 'dump') ??
      explainClientFailure(outcome, 'structure-before') ??
      explainClientFailure(outcome, 'query');
    this.accounts = request.accounts
      ? {
          task: {
            label: 'dump of accounts',
            script: accountsScript(this.#scripts),
            stages: ['dump', 'filter'],
          },
          explain,
        }
      : undefined;
    this.data = {
      task: {
        label: 'dump of databases',
        script: dataScript(this.#scripts),
        stages: dataStages(this.#scripts),
      },
      explain,
    };
  }

  async concludeAccounts(dumped: SealedResult): Promise<void> {
    readDumpStderr(dumped, this.accounts?.task.label ?? '');
    const { stdout } = await this.#session.run({
      label: 'look at the accounts',
      script: concludeAccountsScript(),
      stages: [],
    });
    const [factsText = '', seen = ''] = stdout.toString().split('\f');
    checkComplete(parseFacts(factsText), 'dump of accounts');
    checkAccounts(this.#found.accounts?.names ?? [], parseSeen(seen));
  }

  async conclude(dumped: SealedResult): Promise<DumpFindings> {
    const warnings = readDumpStderr(dumped, this.data.task.label);
    const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'structure-after');
    const { stdout } = await this.#session.run(
      {
        label: 'comparison with the catalogue',
        script: concludeScript(this.#scripts),
        stages: ['structure-after', 'look-after'],
      },
      explain,
    );
    const [factsText = '', during = '', before = '', after = ''] = stdout.toString().split('\f');
    const facts = parseFacts(factsText);
    const seen = { before: parseSeen(before), during: parseSeen(during), after: parseSeen(after) };
    checkComplete(facts, this.data.task.label);
    checkAgainstCatalogue(this.#found.catalogue, this.#choice, seen.before);
    checkStructure(seen.before, seen.during, seen.after);
    this.#restOfData = facts.restSha256;
    this.#seen = seen.during;
    const obstacles = this.#anchorObstacles(facts);
    return {
      databases: this.#choice.databases.map((name) =>
        figuresOf(name, seen.during, facts, this.#scripts.countRows),
      ),
      plainBytes: facts.bytes,
      coordinates: facts.coordinates,
      anchorObstacles: obstacles,
      notProvable: this.#notProvable().map(({ what, why }) => ({ what, why })),
      warnings,
    };
  }

  inventory(head: Readonly<Record<string, unknown>>, stem: string) {
    const members = {
      ...head,
      variables: this.variables,
      rest: { [stem]: this.#restOfData },
      notProvable: this.#notProvable().flatMap(({ why, tables }) =>
        tables.map(({ kind, database, name }) => ({ kind, database, name, why })),
      ),
    };
    const text = JSON.stringify(members).slice(0, -1);
    const task = {
      label: 'inventory',
      script: inventoryScript(this.#scripts, text, this.#request.accounts),
      stages: inventoryStages(this.#scripts),
    };
    return { task, explain: (outcome: TaskOutcome) => explainClientFailure(outcome, 'query') };
  }

  #notProvable(): (NotProvable & { tables: Choice['tables'] })[] {
    const foreign = this.#choice.tables.filter((table) => table.isForeign);
    return [
      ...(foreign.length === 0
        ? []
        : [
            {
              what: count(foreign.length, 'table'),
              why: `engines that read their rows from elsewhere (${[...new Set(foreign.map((table) => table.engine))].join(', ')})`,
              tables: foreign,
            },
          ]),
      ...(this.#found.accounts === undefined || this.#found.accounts.foreign === 0
        ? []
        : [
            {
              what: count(this.#found.accounts.foreign, 'account'),
              why: 'log-in through a plug-in that a sandbox does not have',
              tables: [],
            },
          ]),
    ];
  }

  #anchorObstacles(facts: DumpFacts): string[] {
    const { choice, accounts } = { choice: this.#choice, accounts: this.#request.accounts };
    const left = choice.forgottenDatabases.length;
    return [
      ...(facts.coordinates === null ? ['the server writes no binary log'] : []),
      ...(left > 0
        ? [`${count(left, 'database')} with tables ${left === 1 ? 'is' : 'are'} not in the dump`]
        : []),
      ...(seesEverything(parseGrants(this.#found.catalogue.grants))
        ? []
        : ['the dump user does not see whether the server has other databases']),
      ...(choice.excludedTables.length > 0
        ? [`${count(choice.excludedTables.length, 'table')} left out`]
        : []),
      ...(accounts ? [] : ['accounts are not in the dump']),
      // Rows written during the dump can be in it already: a replay would write them twice.
      ...(this.uncoveredTables > 0
        ? [`${count(this.uncoveredTables, 'table')} without transactions may hold later rows`]
        : []),
    ];
  }
}

/** What the dump client wrote although it ended with 0: warnings are returned, anything else throws `dump-incomplete`. */
function readDumpStderr(dumped: SealedResult, label: string): string[] {
  const { errors, warnings } = classifyDumpStderr(dumped.stderr.get('dump') ?? '');
  if (errors.length === 0) return warnings;
  throw new LifeboatError(
    'dump-incomplete',
    `the ${label} ended with status 0, but said: ${errors.join('; ')}`,
    { hint: 'Nothing of this run counts: a dump that complains has left something out.' },
  );
}

function checkComplete(facts: DumpFacts, label: string): void {
  const wrong = [
    ...(facts.hasTrailer ? [] : ['its last line is missing']),
    ...(facts.isOpen ? ['it ends in the middle of a statement'] : []),
    ...facts.complaints,
  ];
  if (wrong.length === 0) return;
  throw new LifeboatError(
    'dump-incomplete',
    `the ${label} ended with status 0, but is not whole: ${wrong.join('; ')}`,
    {
      hint: 'Nothing of this run counts. Check the rights of the dump user and the free memory of the database server, then run it again.',
    },
  );
}

function figuresOf(
  name: string,
  seen: readonly SeenObject[],
  facts: DumpFacts,
  countRows: boolean,
): DatabaseFindings {
  const inside = seen.filter((object) => object.database === name);
  const tables = inside.filter((object) => object.kind === 'table');
  return {
    name,
    tables: tables.length,
    views: inside.filter((object) => object.kind === 'view').length,
    rows: countRows ? tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) : undefined,
    plainBytes: facts.databaseBytes.get(name) ?? 0,
  };
}

function namesOf(tables: Choice['tables']): string {
  return tables.map((table) => `${table.database}.${table.name}`).join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A switch among the server's variables, as text. */
function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'ON';
}
