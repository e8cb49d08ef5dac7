// A dump of a server: the scripts that run on the target, and the judgement on what they let by.
import type { DatabaseFindings, DumpFindings, DumpPlan, DumpRequest } from '../../../ports/engine.ts';
import type { SealedResult, TargetSession, TaskOutcome } from '../../../ports/remote.ts';
import { readCatalogue } from '../catalogue.ts';
import { choose } from './choice.ts';
import { explainClientFailure } from '../client-errors.ts';
import { checkComplete, readWarnings } from './completeness.ts';
import { wantsCoordinates } from './dump-options.ts';
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
import { parseNamesLook, type NamesLook } from './names-look.ts';
import {
  ALL_BODIES,
  checkAccounts,
  checkAgainstCatalogue,
  checkNumberOfAccounts,
  checkSameDefinitions,
  checkStructure,
  listCatalogueDifferences,
  parseSeen,
  type SeenObject,
} from './structure.ts';

export class SqlDumpPlan implements DumpPlan {
  readonly source: DumpPlan['source'];
  readonly replicaOf: DumpPlan['replicaOf'];
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
  /** Where only names were taken down. */
  #definers: readonly string[] = [];
  #seen: readonly SeenObject[] = [];

  constructor(session: TargetSession, request: DumpRequest, survey: Survey) {
    const { client, catalogue, replication, choice, uncovered, locked, hasPerl } = survey;
    this.#session = session;
    this.#request = request;
    this.#survey = survey;
    const coordinates = wantsCoordinates(catalogue, request);
    const { databases } = choice;
    const wholes = request.layout === 'one' ? [databases] : databases.map((name) => [name]);
    this.#parts = wholes.map((names, index) => ({ index, databases: names }));
    this.#scripts = {
      client,
      connection: request.connection,
      choice,
      countRows: hasPerl && request.inventory === 'rows',
      hasPerl,
      textOptions: request.textOptions,
      locked,
      maxLockMs: request.maxLockMs,
      rotate: request.rotate && coordinates,
      coordinates,
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
    this.replicaOf = (replication.sources ?? []).map(({ source, lagSeconds = 0 }) => ({
      ...source,
      lagSeconds,
    }));
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
      const look = this.#read(facts, seen);
      checkComplete('accounts', look.facts);
      if (this.#survey.hasPerl) checkAccounts(accounts, look.seen);
      else checkNumberOfAccounts(accounts, look.seen);
    }
    const looks = parts.map((part) => {
      const [facts = '', ...seenTexts] = texts.splice(0, 4);
      const [during = '', before = '', after = ''] = seenTexts;
      const read = {
        before: this.#read('', before),
        during: this.#read(facts, during),
        after: this.#read('', after),
      };
      const seen = { before: read.before.seen, during: read.during.seen, after: read.after.seen };
      return { part, facts: read.during.facts, seen, read };
    });
    for (const { part, facts } of looks) {
      const hasCoordinates = !this.#scripts.coordinates || facts.coordinates !== null;
      const more = hasCoordinates ? [] : ['it does not say where the binary log stood'];
      checkComplete(this.#nameOf(part), facts, more);
    }
    await this.#checkAgainstCatalogue(looks.flatMap(({ seen }) => seen.before));
    for (const { seen, read } of looks) {
      checkStructure(seen.before, seen.during, seen.after);
      if (!this.#survey.hasPerl)
        checkSameDefinitions(read.before.structureSha256, read.after.structureSha256);
    }
    this.#definers = [...new Set(looks.flatMap(({ read }) => read.during.definers))];
    this.#seen = looks.flatMap(({ seen }) => seen.during);
    this.#restOfData = looks.map(({ facts }) => facts.restSha256);
    const coordinates = this.#completeCoordinates(looks[0]?.facts.coordinates ?? null);
    return {
      databases: looks.flatMap(({ part, facts, seen }) =>
        part.databases.map((name) => figuresOf(name, part, seen.during, facts, this.#scripts.countRows)),
      ),
      plainBytes: looks.map(({ facts }) => facts.bytes),
      coordinates,
      anchorObstacles: findAnchorObstacles(this.#survey, this.#request, coordinates !== null),
      notProvable: findNotProvable(this.#survey).map(({ what, why }) => ({ what, why })),
      ...(locks.length === 0 ? {} : { lockedMs: locks.reduce((sum, { lockedMs }) => sum + lockedMs, 0) }),
      warnings: [...warnings, ...locks.flatMap((lock) => lock.warnings)],
    };
  }

  /** mysqldump does not say what had been executed there: what was logged when the catalogue was read is a part of it. */
  #completeCoordinates(coordinates: DumpFindings['coordinates']): DumpFindings['coordinates'] {
    return coordinates && { ...coordinates, gtid: coordinates.gtid || this.#survey.catalogue.logged };
  }

  /**
   * A database whose turn came late may have changed since the catalogue was read. That is no fault of its dump, so that only what
   * the catalogue of now says, too, is one.
   */
  async #checkAgainstCatalogue(seen: readonly SeenObject[]): Promise<void> {
    const { client, catalogue, choice, hasPerl } = this.#survey;
    const counted = hasPerl ? undefined : ALL_BODIES;
    const differences = listCatalogueDifferences(catalogue, choice, seen, counted);
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
      counted,
    );
    checkAgainstCatalogue(differences.filter((difference) => still.includes(difference)));
  }

  #nameOf(part: DumpPart | undefined): string {
    return this.#request.layout === 'one' ? 'databases' : `database ${part?.databases.join(', ') ?? ''}`;
  }

  #read(facts: string, seen: string): NamesLook {
    if (!this.#survey.hasPerl) return parseNamesLook(facts, seen);
    return { facts: parseFacts(facts), seen: parseSeen(seen), definers: [], structureSha256: '' };
  }

  /** What stands in for objects that were not taken down: names that were seen in the dump, else those of the catalogue. */
  #knownObjects() {
    const { choice, catalogue, accounts } = this.#survey;
    const chosen = new Set(choice.databases);
    return [
      ...(accounts?.names ?? []).map((name) => ({ kind: 'account', database: '', name })),
      ...this.#seen.filter(({ kind }) => !ALL_BODIES.isCounted(kind)),
      ...catalogue.objects
        .filter(({ database }) => chosen.has(database))
        .map(({ kind, database, name }) => ({ kind, database, name })),
    ];
  }

  inventory(head: Readonly<Record<string, unknown>>, stems: readonly string[]) {
    const { textOptions, hasPerl } = this.#scripts;
    const members = {
      ...head,
      variables: this.variables,
      ...(hasPerl ? {} : { onlyNames: { definers: this.#definers } }),
      rest: hasPerl ? Object.fromEntries(stems.map((stem, index) => [stem, this.#restOfData[index]])) : {},
      ...(textOptions.length === 0 ? {} : { dumpOptions: textOptions }),
      notProvable: findNotProvable(this.#survey).flatMap(({ why, tables }) =>
        tables.map(({ kind, database, name }) => ({ kind, database, name, why })),
      ),
    };
    const text = JSON.stringify(members).slice(0, -1);
    const task = {
      label: 'inventory',
      script: inventoryScript(
        this.#scripts,
        text,
        this.#parts.length,
        this.#request.accounts,
        hasPerl ? [] : this.#knownObjects(),
      ),
      stages: inventoryStages(this.#scripts),
    };
    return { task, explain: (outcome: TaskOutcome) => explainClientFailure(outcome, 'query') };
  }
}

function figuresOf(
  name: string,
  { databases }: DumpPart,
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
    plainBytes: facts.databaseBytes.get(name) ?? (databases.length === 1 ? facts.bytes : undefined),
  };
}
