// A dump of a server: the scripts that run on the target, and the judgement on what they let by.
import type { DatabaseFindings, DumpFindings, DumpPlan, DumpRequest } from '../../ports/engine.ts';
import type { SealedResult, TargetSession, TaskOutcome } from '../../ports/remote.ts';
import { isOn, readCatalogue } from './catalogue.ts';
import { choose } from './choice.ts';
import { explainClientFailure } from './client-errors.ts';
import { checkComplete, readWarnings } from './completeness.ts';
import {
  accountsScript,
  accountsStages,
  concludeScript,
  dataScript,
  dataStages,
  inventoryScript,
  inventoryStages,
  lockedIn,
  type DumpPart,
  type DumpScripts,
} from './dump-script.ts';
import { parseFacts, type DumpFacts } from './facts.ts';
import { explainLock, readLock } from './lock-script.ts';
import { findAnchorObstacles, findNotProvable, findWarnings, type Survey } from './limits.ts';
import {
  checkAccounts,
  checkAgainstCatalogue,
  checkStructure,
  listCatalogueDifferences,
  parseSeen,
  type SeenObject,
} from './structure.ts';

export class SqlDumpPlan implements DumpPlan {
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
  readonly #parts: readonly DumpPart[];
  #restOfData: readonly string[] = [];

  constructor(session: TargetSession, request: DumpRequest, survey: Survey) {
    const { client, catalogue, choice, uncovered, locked } = survey;
    this.#session = session;
    this.#request = request;
    this.#survey = survey;
    // Of no use to a dump that has no one moment.
    const writesBinlog = isOn(catalogue.variables['log_bin']) && request.layout === 'one';
    const { databases } = choice;
    const wholes = request.layout === 'one' ? [databases] : databases.map((name) => [name]);
    this.#parts = wholes.map((names, index) => ({ index, databases: names }));
    this.#scripts = {
      client,
      connection: request.connection,
      choice,
      countRows: request.inventory === 'rows',
      textOptions: request.textOptions,
      locked,
      maxLockMs: request.maxLockMs,
      rotate: request.rotate && writesBinlog,
      coordinates: writesBinlog,
    };
    const serverUuid = catalogue.variables['server_uuid'];
    this.source = {
      flavour: client.server.flavour,
      serverId: Number(catalogue.variables['server_id'] ?? 0),
      ...(serverUuid === undefined ? {} : { serverUuid }),
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
      explainLock(outcome, request.maxLockMs) ??
      explainClientFailure(outcome, 'dump') ??
      explainClientFailure(outcome, 'structure-before') ??
      explainClientFailure(outcome, 'query') ??
      explainClientFailure(outcome, 'structure-after');
    this.accounts = request.accounts
      ? {
          task: {
            label: 'dump of accounts',
            script: accountsScript(this.#scripts),
            stages: accountsStages(this.#scripts),
          },
          explain,
          check: (dumped) => void readWarnings(dumped, 'accounts'),
        }
      : undefined;
    this.data = this.#parts.map((part) => {
      const what = this.#nameOf(part);
      return {
        databases: part.databases,
        task: {
          label: `dump of ${what}`,
          script: dataScript(this.#scripts, part),
          stages: dataStages(this.#scripts, part),
        },
        explain,
        check: (dumped) => void readWarnings(dumped, what),
      };
    });
  }

  async conclude(dumped: readonly SealedResult[]): Promise<DumpFindings> {
    const parts = this.#parts;
    const warnings = dumped.flatMap((one, index) => readWarnings(one, this.#nameOf(parts[index])));
    const locks = parts
      .filter((part) => lockedIn(this.#scripts, part).length > 0)
      .map((part) => readLock(dumped[part.index]?.reports ?? [], `dump of ${this.#nameOf(part)}`));
    const { accounts } = this.#survey;
    const { stdout } = await this.#session.run({
      label: 'comparison with the catalogue',
      script: concludeScript(parts.length, accounts !== undefined),
      stages: [],
    });
    const texts = stdout.toString().split('\f');
    if (accounts) {
      const [facts = '', seen = ''] = texts.splice(0, 2);
      checkComplete('accounts', parseFacts(facts));
      checkAccounts(accounts, parseSeen(seen));
    }
    const looks = parts.map((part) => {
      const [facts = '', during = '', before = '', after = ''] = texts.splice(0, 4);
      const seen = { before: parseSeen(before), during: parseSeen(during), after: parseSeen(after) };
      return { part, facts: parseFacts(facts), seen };
    });
    for (const { part, facts } of looks) {
      const hasCoordinates = !this.#scripts.coordinates || facts.coordinates !== null;
      const more = hasCoordinates ? [] : ['it does not say where the binary log stood'];
      checkComplete(this.#nameOf(part), facts, more);
    }
    await this.#checkAgainstCatalogue(looks.flatMap(({ seen }) => seen.before));
    for (const { seen } of looks) checkStructure(seen.before, seen.during, seen.after);
    this.#restOfData = looks.map(({ facts }) => facts.restSha256);
    const coordinates = looks[0]?.facts.coordinates ?? null;
    return {
      databases: looks.flatMap(({ part, facts, seen }) =>
        part.databases.map((name) => figuresOf(name, seen.during, facts, this.#scripts.countRows)),
      ),
      plainBytes: looks.map(({ facts }) => facts.bytes),
      coordinates,
      anchorObstacles: findAnchorObstacles(this.#survey, this.#request, coordinates !== null),
      notProvable: findNotProvable(this.#survey).map(({ what, why }) => ({ what, why })),
      ...(locks.length === 0 ? {} : { lockedMs: locks.reduce((sum, { lockedMs }) => sum + lockedMs, 0) }),
      warnings: [...warnings, ...locks.flatMap((lock) => lock.warnings)],
    };
  }

  /**
   * A database whose turn came late may have changed since the catalogue was read. That is no fault of its dump, so that only what
   * the catalogue of now says, too, is one.
   */
  async #checkAgainstCatalogue(seen: readonly SeenObject[]): Promise<void> {
    const { client, catalogue, choice } = this.#survey;
    const differences = listCatalogueDifferences(catalogue, choice, seen);
    if (differences.length === 0 || this.#parts.length === 1) {
      checkAgainstCatalogue(differences);
      return;
    }
    const { connection } = this.#request;
    const now = await readCatalogue(this.#session, connection, client.programs, client.server.flavour);
    const still = listCatalogueDifferences(
      now,
      { ...choose(now, this.#request), databases: choice.databases },
      seen,
    );
    checkAgainstCatalogue(differences.filter((difference) => still.includes(difference)));
  }

  #nameOf(part: DumpPart | undefined): string {
    return this.#request.layout === 'one' ? 'databases' : `database ${part?.databases.join(', ') ?? ''}`;
  }

  inventory(head: Readonly<Record<string, unknown>>, stems: readonly string[]) {
    const { textOptions } = this.#scripts;
    const members = {
      ...head,
      variables: this.variables,
      rest: Object.fromEntries(stems.map((stem, index) => [stem, this.#restOfData[index]])),
      ...(textOptions.length === 0 ? {} : { dumpOptions: textOptions }),
      notProvable: findNotProvable(this.#survey).flatMap(({ why, tables }) =>
        tables.map(({ kind, database, name }) => ({ kind, database, name, why })),
      ),
    };
    const text = JSON.stringify(members).slice(0, -1);
    const task = {
      label: 'inventory',
      script: inventoryScript(this.#scripts, text, this.#parts.length, this.#request.accounts),
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
