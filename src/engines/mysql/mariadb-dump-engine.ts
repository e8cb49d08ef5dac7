// The dump engine for MariaDB: plans from the catalogue, dumps with the target's own client, judges by what went by.
import { excerpt } from '../../domain/excerpt.ts';
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
  concludeScript,
  dataScript,
  dataStages,
  inventoryScript,
  inventoryStages,
  type DumpScripts,
} from './dump-script.ts';
import { parseFacts, type DumpFacts } from './facts.ts';
import { findClient, type Client } from './find-client.ts';
import { checkRights, hasPublicRights, parseGrants, seesEverything, type Grant } from './rights.ts';
import {
  checkAccounts,
  checkAgainstCatalogue,
  checkStructure,
  parseSeen,
  some,
  type SeenObject,
} from './structure.ts';
import { compareNumbers } from './versions.ts';

export const mariadbDumpEngine: DumpEngine = {
  name: 'mariadb',
  tools: ['perl', 'zstd', 'gpg', 'sed'],

  async plan(session, request) {
    const client = await findClient(session, request.connection);
    const catalogue = await readCatalogue(session, request.connection, client.programs);
    const choice = choose(catalogue, request);
    const grants = parseGrants(catalogue.grants);
    const writesBinlog = isOn(catalogue.variables['log_bin']);
    checkRights(
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
    const accounts = request.accounts
      ? await readAccounts(session, request.connection, client.programs)
      : undefined;
    return new MariadbDumpPlan(session, request, client, { catalogue, grants, accounts }, choice, uncovered);
  },
};

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

/** What the server said before the dump. */
interface Found {
  readonly catalogue: Catalogue;
  readonly grants: readonly Grant[];
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
      ...(choice.tables.some((table) => table.isVersioned) && !client.hasDumpHistory
        ? [
            `The dump client ${client.dumpTool.text} cannot dump the history of system-versioned tables; 10.11 and newer can.`,
          ]
        : []),
      ...(compareNumbers(seriesOf(client.dumpTool), seriesOf(client.server)) < 0
        ? [
            `The dump client ${client.dumpTool.text} is older than the server ${client.server.text}: it may not know everything that the server can hold.`,
          ]
        : []),
      ...(this.#isPublicLeftOut()
        ? ['The rights granted to PUBLIC are not in the dump of accounts: mariadb-dump leaves them out.']
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
          check: (dumped) => void readWarnings(dumped, 'accounts'),
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

  async conclude(dumped: SealedResult): Promise<DumpFindings> {
    const warnings = readWarnings(dumped, 'databases');
    const explain = (outcome: TaskOutcome) => explainClientFailure(outcome, 'structure-after');
    const { stdout } = await this.#session.run(
      {
        label: 'comparison with the catalogue',
        script: concludeScript(this.#scripts, this.#request.accounts),
        stages: ['structure-after', 'look-after'],
      },
      explain,
    );
    const [factsText = '', during = '', before = '', after = '', accountFacts = '', accountsSeen = ''] =
      stdout.toString().split('\f');
    const facts = parseFacts(factsText);
    const seen = { before: parseSeen(before), during: parseSeen(during), after: parseSeen(after) };
    checkComplete('databases', facts, [
      ...(this.#scripts.coordinates && facts.coordinates === null
        ? ['it does not say where the binary log stood']
        : []),
    ]);
    if (this.#found.accounts) {
      checkComplete('accounts', parseFacts(accountFacts));
      checkAccounts(this.#found.accounts, parseSeen(accountsSeen));
    }
    checkAgainstCatalogue(this.#found.catalogue, this.#choice, seen.before);
    checkStructure(seen.before, seen.during, seen.after);
    this.#restOfData = facts.restSha256;
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
      ...(this.#isPublicLeftOut()
        ? [{ what: 'the rights of PUBLIC', why: 'mariadb-dump leaves them out', tables: [] }]
        : []),
    ];
  }

  #isPublicLeftOut(): boolean {
    return this.#found.accounts !== undefined && hasPublicRights(this.#found.grants);
  }

  #anchorObstacles(facts: DumpFacts): string[] {
    const choice = this.#choice;
    const left = choice.forgottenDatabases.length;
    return [
      ...(facts.coordinates === null ? ['the server writes no binary log'] : []),
      ...(left > 0
        ? [`${count(left, 'database')} with tables ${left === 1 ? 'is' : 'are'} not in the dump`]
        : []),
      ...(seesEverything(this.#found.grants)
        ? []
        : ['the dump user may not read every database, so that others may exist']),
      ...(choice.excludedTables.length > 0
        ? [`${count(choice.excludedTables.length, 'table')} left out`]
        : []),
      ...(this.uncoveredTables > 0
        ? [`${count(this.uncoveredTables, 'table')} without transactions may have changed meanwhile`]
        : []),
      ...(this.#request.accounts ? [] : ['accounts are not in the dump']),
    ];
  }
}

/** What the dump tool wrote about itself and is no error. Throws `dump-incomplete` for everything else. */
function readWarnings({ stderr }: SealedResult, what: string): readonly string[] {
  const { errors, warnings } = classifyDumpStderr(stderr.get('dump') ?? '');
  if (errors.length === 0) return warnings;
  throw new LifeboatError(
    'dump-incomplete',
    `the dump of ${what} ended with status 0, but said:\n${excerpt(errors.join('\n'))}`,
    {
      hint: 'Nothing of this run counts: a dump that complains has left something out.',
    },
  );
}

function checkComplete(what: string, facts: DumpFacts, more: readonly string[] = []): void {
  const wrong = [
    ...more,
    ...(facts.hasTrailer ? [] : ['its last line is missing']),
    ...(facts.isOpen ? ['it ends in the middle of a statement'] : []),
    ...facts.complaints,
  ];
  if (wrong.length === 0) return;
  throw new LifeboatError(
    'dump-incomplete',
    `the dump of ${what} ended with status 0, but is not whole: ${excerpt(some(wrong))}`,
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
  return some(tables.map((table) => `${table.database}.${table.name}`));
}

/** Major and minor number; patches of one series are the same to a dump. */
function seriesOf({ numbers: [major, minor] }: Client['server']): [number, number] {
  return [major, minor];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A switch among the server's variables, as text. */
function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'ON';
}
