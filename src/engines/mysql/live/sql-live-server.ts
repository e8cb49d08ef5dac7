// A server that somebody uses: makes databases, loads into them, compares them, and takes away again what it made.
import type { Inventory } from '../../../domain/dumps/inventory.ts';
import type { DumpManifest } from '../../../domain/dumps/manifest.ts';
import { LifeboatError } from '../../../errors.ts';
import type { LiveServer, PlanNotes, Renamed, RestorePlan } from '../../../ports/live-server.ts';
import type { MachineResult } from '../../../ports/machine.ts';
import type { BinlogSurvey, ReplayableBinlog, Replayed } from '../../../ports/restore-engine.ts';
import { quoteIdentifier } from '../client.ts';
import { replayRequest, surveyBinlogs } from '../replay/replay.ts';
import { roundInstant } from '../replay/transactions.ts';
import { clientErrors } from '../restore/inside.ts';
import { TrailerWatch, withInvalidDates } from '../restore/load-text.ts';
import { objectGrantsOf, withoutObjectGrants } from '../restore/object-grants.ts';
import {
  findCatalogueDifferences,
  LIST_SQL,
  readListed,
  rowsSql,
  SYSTEM,
  type CompareOptions,
} from './compare-live.ts';
import type { LiveClient } from './live-client.ts';
import { checkLiveReplay, replayIntoLive } from './live-replay.ts';
import { checkPlan } from './check-plan.ts';
import { createDatabaseSql, selectDump } from './select-dump.ts';

/** What is short and must have an answer is not interrupted; a server that hangs must not hang the run. */
const SHORT_MS = 60_000;
const SESSION_MARK = 'lifeboat-session ';

export interface ServerFacts {
  /** Of the backup that is restored. */
  readonly manifest: DumpManifest;
  readonly version: string;
  readonly writesBinlog: boolean;
  /** Whether names of databases and tables are compared without their case. */
  readonly ignoresCase: boolean;
  readonly logBin: boolean;
}

export class SqlLiveServer implements LiveServer {
  readonly version: string;
  readonly writesBinlog: boolean;
  readonly #client: LiveClient;
  readonly #facts: ServerFacts;
  /** Connection of the load or replay that is at work. */
  #session: string | undefined;

  constructor(client: LiveClient, facts: ServerFacts) {
    this.#client = client;
    this.#facts = facts;
    this.version = facts.version;
    this.writesBinlog = facts.writesBinlog;
  }

  async findExisting(names: readonly string[]): Promise<readonly string[]> {
    const there = new Set((await this.#listDatabases('')).map((name) => this.#fold(name)));
    return names.filter((name) => there.has(this.#fold(name)));
  }

  async findOthers(names: readonly string[]): Promise<readonly string[]> {
    const known = new Set(names.map((name) => this.#fold(name)));
    const there = await this.#listDatabases(` WHERE SCHEMA_NAME NOT IN ${SYSTEM}`);
    return there.filter((name) => !known.has(this.#fold(name)));
  }

  async #listDatabases(where: string): Promise<readonly string[]> {
    const answer = await this.#short(`SELECT HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA${where};`);
    this.#require(answer, 'its databases cannot be listed');
    const lines = answer.stdout.split('\n').filter((hex) => hex !== '');
    return lines.map((hex) => Buffer.from(hex, 'hex').toString());
  }

  #fold(name: string): string {
    return this.#facts.ignoresCase ? name.toLowerCase() : name;
  }

  checkPlan(plan: RestorePlan, inventory: Inventory): PlanNotes {
    return checkPlan(plan, inventory);
  }

  async dropDatabase(name: string, signal?: AbortSignal): Promise<void> {
    const sql = `${this.#log()}DROP DATABASE IF EXISTS ${quoteIdentifier(name)};\n`;
    const answer = await this.#client.run(sql, { signal: signal ?? new AbortController().signal });
    this.#require(answer, `the database ${name} cannot be dropped`);
  }

  async createDatabase({ from, to }: Renamed, { objects }: Inventory): Promise<void> {
    const found = objects.find(({ kind, name }) => kind === 'database' && name === from);
    const sql = found && createDatabaseSql(found, to);
    if (sql === undefined)
      throw new LifeboatError(
        'manifest-invalid',
        `the inventory does not say how the database ${from} is made`,
      );
    const answer = await this.#short(this.#log() + sql);
    if (/^ERROR 1007 /m.test(answer.stderr))
      throw new LifeboatError('restore-exists', `the database ${to} is there already`);
    this.#require(answer, `the database ${to} cannot be made`);
  }

  async loadAccounts(text: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    await this.#loadAccounts(text, withoutObjectGrants, signal);
  }

  async completeAccounts(
    text: AsyncIterable<Uint8Array>,
    inventory: Inventory,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#loadAccounts(text, (whole) => objectGrantsOf(whole, inventory), signal);
  }

  async #loadAccounts(
    text: AsyncIterable<Uint8Array>,
    select: (text: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const trailer = new TrailerWatch();
    const selected = withFirst(this.#sessionStart(undefined), select(trailer.watch(text)));
    await this.#load('accounts', selected, trailer, signal);
  }

  async loadDatabases(
    text: AsyncIterable<Uint8Array>,
    plan: RestorePlan,
    options: {
      readonly instant: Date;
      readonly onLoaded: (count: number) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const trailer = new TrailerWatch();
    const counted = count(withInvalidDates(trailer.watch(text)), options.onLoaded);
    const selected = plan.isWhole
      ? counted
      : selectDump(counted, {
          databases: new Map(plan.databases.map(({ from, to }) => [from, to])),
          table: plan.table,
          withEvents: plan.withEvents,
        });
    await this.#load(
      'databases',
      withFirst(this.#sessionStart(options.instant), selected),
      trailer,
      options.signal,
    );
  }

  checkReplay(signal: AbortSignal): Promise<void> {
    return checkLiveReplay(this.#client, this.#facts.manifest.source.flavour, signal);
  }

  surveyBinlogs(binlogs: readonly ReplayableBinlog[], until: Date | undefined): Promise<BinlogSurvey> {
    return surveyBinlogs({ ...replayRequest(this.#facts.manifest, binlogs), until });
  }

  roundInstant(instant: Date): Date {
    return roundInstant(this.#facts.manifest.source.flavour, instant);
  }

  async replay(
    binlogs: readonly ReplayableBinlog[],
    until: Date | undefined,
    signal: AbortSignal,
  ): Promise<Replayed> {
    const replayed = await replayIntoLive(
      this.#client,
      { ...replayRequest(this.#facts.manifest, binlogs), until },
      { first: this.#sessionStart(undefined), onStdout: this.#watchSession(), signal },
    );
    this.#session = undefined;
    return replayed;
  }

  async endLoad(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    await this.#short(`KILL ${session};\n`).catch(() => undefined);
  }

  async findDifferences(
    plan: RestorePlan,
    inventory: Inventory,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const options: CompareOptions = { plan, inventory, ignoresCase: this.#facts.ignoresCase };
    const listed = await this.#client.run(LIST_SQL, { signal });
    this.#require(listed, 'what was restored cannot be listed');
    const there = readListed(listed.stdout, options);
    const rows = await this.#client.run(rowsSql(there), { signal });
    this.#require(rows, 'the rows that were restored cannot be counted');
    return findCatalogueDifferences(there, rows.stdout, options);
  }

  async #load(
    what: string,
    text: AsyncIterable<Uint8Array>,
    trailer: TrailerWatch,
    signal: AbortSignal,
  ): Promise<void> {
    const onStdout = this.#watchSession();
    const { exitCode, stderr } = await this.#client.run(text, { signal, onStdout });
    if (exitCode !== 0) throw loadFailure(what, clientErrors(stderr));
    if (!trailer.hasTrailer) throw loadFailure(what, 'their text ends without the last line of a whole dump');
    this.#session = undefined;
  }

  /** Learns the session's number from what the client prints. */
  #watchSession(): (chunk: Uint8Array) => void {
    let said = '';
    return (chunk) => {
      if (this.#session !== undefined) return;
      said += Buffer.from(chunk).toString('latin1');
      this.#session = new RegExp(`^${SESSION_MARK}(\\d+)\n`, 'm').exec(said)?.[1];
    };
  }

  /** Rows stay out of the binary log unless told; events of the past must survive their creation. */
  #sessionStart(instant: Date | undefined): string {
    const time =
      instant === undefined ? '' : `SET SESSION timestamp = ${(instant.getTime() / 1000).toFixed(3)};\n`;
    return `${this.#log()}SELECT CONCAT('${SESSION_MARK}', CONNECTION_ID());\n${time}`;
  }

  #log(): string {
    return this.#facts.logBin ? '' : 'SET SESSION sql_log_bin = 0;\n';
  }

  #short(sql: string): Promise<MachineResult> {
    return this.#client.run(sql, { signal: AbortSignal.timeout(SHORT_MS) });
  }

  #require({ exitCode, stderr }: MachineResult, what: string): void {
    if (exitCode !== 0) throw new LifeboatError('restore-failed', `${what}: ${clientErrors(stderr)}`);
  }
}

function loadFailure(what: string, how: string): LifeboatError {
  return new LifeboatError('restore-failed', `the ${what} could not be loaded: ${how}`, {
    hint: 'The server quotes what it refused. Rows larger than its max_allowed_packet, a right that the database user lacks, and a full disk are the usual causes.',
  });
}

async function* withFirst(first: string, text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first);
  yield* text;
}

async function* count(
  text: AsyncIterable<Uint8Array>,
  onCounted: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of text) {
    onCounted(chunk.length);
    yield chunk;
  }
}
