// A dump of a MariaDB server: the scripts that run on the target, and the judgement on what they let by.
import type { DatabaseFindings, DumpFindings, DumpPlan, DumpRequest } from '../../ports/engine.ts';
import type { SealedResult, TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { isOn } from './catalogue.ts';
import { explainClientFailure } from './client-errors.ts';
import { checkComplete, readWarnings } from './completeness.ts';
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
import { findAnchorObstacles, findNotProvable, findWarnings, type Survey } from './limits.ts';
import {
  checkAccounts,
  checkAgainstCatalogue,
  checkStructure,
  parseSeen,
  type SeenObject,
} from './structure.ts';

export class MariadbDumpPlan implements DumpPlan {
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
  readonly #survey: Survey;
  readonly #request: DumpRequest;
  #restOfData = '';

  constructor(session: TargetSession, request: DumpRequest, survey: Survey) {
    const { client, catalogue, choice, uncovered } = survey;
    this.#session = session;
    this.#request = request;
    this.#survey = survey;
    const writesBinlog = isOn(catalogue.variables['log_bin']);
    this.#scripts = {
      client,
      connection: request.connection,
      choice,
      countRows: request.inventory === 'rows',
      textOptions: request.textOptions,
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
    this.warnings = findWarnings(survey);
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
    const { accounts, catalogue, choice } = this.#survey;
    if (accounts) {
      checkComplete('accounts', parseFacts(accountFacts));
      checkAccounts(accounts, parseSeen(accountsSeen));
    }
    checkAgainstCatalogue(catalogue, choice, seen.before);
    checkStructure(seen.before, seen.during, seen.after);
    this.#restOfData = facts.restSha256;
    return {
      databases: choice.databases.map((name) => figuresOf(name, seen.during, facts, this.#scripts.countRows)),
      plainBytes: facts.bytes,
      coordinates: facts.coordinates,
      anchorObstacles: findAnchorObstacles(this.#survey, this.#request, facts.coordinates !== null),
      notProvable: findNotProvable(this.#survey).map(({ what, why }) => ({ what, why })),
      warnings,
    };
  }

  inventory(head: Readonly<Record<string, unknown>>, stem: string) {
    const { textOptions } = this.#scripts;
    const members = {
      ...head,
      variables: this.variables,
      rest: { [stem]: this.#restOfData },
      ...(textOptions.length === 0 ? {} : { dumpOptions: textOptions }),
      notProvable: findNotProvable(this.#survey).flatMap(({ why, tables }) =>
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
