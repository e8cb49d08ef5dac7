// The restore action: brings databases back onto a server that somebody uses. Nothing is there afterwards that is not whole: what this
// run made and could not finish, it takes away again.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Inventory } from '../../domain/dumps/inventory.ts';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import { countOf, formatDuration } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { ReplayTo } from '../../inputs/names.ts';
import type { DatabaseConnection } from '../../ports/engine.ts';
import type { Encryption, Identity, TrustedSigner } from '../../ports/encryption.ts';
import type { ConnectLiveServer, LiveServer, PlanNotes, RestorePlan } from '../../ports/live-server.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { BinlogSurvey, ReplayableBinlog, Replayed } from '../../ports/restore-engine.ts';
import type { StoreReader } from '../../ports/store.ts';
import { startProgressLog } from '../progress-log.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { fetchInventory, fetchObjects, type FetchContext } from '../restoring/fetch-backup.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import { chooseBackup } from '../restoring/choose-backup.ts';
import { describeDisorder, describeStatements } from '../restoring/describe-replay.ts';
import { openBinlogs } from '../restoring/fetch-binlogs.ts';
import type { Reading } from '../restoring/find-backups.ts';
import { findBinlogs } from '../restoring/find-binlogs.ts';
import { openObject } from '../restoring/open-object.ts';
import { planReplay, type ReplayPlan } from '../restoring/plan-replay.ts';
import { confirmationText } from './confirmation.ts';
import type { RestoreInputs } from './inputs.ts';
import { describeLeftOut } from './left-out.ts';
import { planRestore } from './plan.ts';

export interface RestorePorts {
  readonly store: StoreReader;
  readonly encryption: Encryption;
  readonly machine: Machine;
  readonly connect: ConnectLiveServer;
  readonly reporter: Reporter;
  /** Where there is somebody at a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export interface RestoreKeys {
  readonly identity: Identity;
  /** Undefined only with `unsigned`. */
  readonly trustedSigners: readonly TrustedSigner[] | undefined;
}

export interface RestoreOutcome {
  readonly backup: ReadBackup;
  readonly plan: RestorePlan;
  readonly notes: PlanNotes;
  readonly inventory: Inventory;
  readonly machine: string;
  readonly serverVersion: string;
  readonly withAccounts: boolean;
  /** A sentence, where the backup is not all that there was. */
  readonly leftOut: string | undefined;
  readonly replaced: readonly string[];
  readonly differences: readonly string[];
  /** Undefined where none was asked for, or what was loaded differs. */
  readonly replay: LiveReplay | undefined;
  readonly timings: {
    readonly fetchMs: number;
    readonly loadMs: number;
    readonly replayMs: number;
    readonly totalMs: number;
  };
  readonly warnings: readonly string[];
}

/** What binlogs brought the dump to. */
export interface LiveReplay extends Replayed, Pick<BinlogSurvey, 'outOfOrder'> {
  /** By the clock of the database server that was dumped. */
  readonly recoveredTo: string;
  /** What was read, in its order. */
  readonly used: readonly ReplayableBinlog[];
}

const MAX_NAMED = 10;

/** Throws when nothing was restored; databases that are there but not as they should be are in `differences`. */
export async function restore(
  inputs: RestoreInputs,
  keys: RestoreKeys,
  workplace: { readonly directory: string; readonly connection: DatabaseConnection },
  ports: RestorePorts,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  const { store, encryption, reporter, machine } = ports;
  const { server: name, label, logBin, replace, toTime } = inputs;
  const clock = await readStoreClock(store, signal);
  const { trustedSigners } = keys;
  const warn = (sentence: string) => reporter.warning(sentence);
  const reading = { store, encryption, server: name, trustedSigners, now: clock.now(), signal, warn };
  const latest = toTime?.kind === 'instant' ? toTime.at : undefined;
  const backup = await reporter.group('Look for the backup', () =>
    chooseBackup(reading, inputs.backup, { latest, label, isAnchor: toTime !== undefined }),
  );
  reporter.info(`${backup.id}, with the state of ${backup.manifest.instant}`);
  const plan = planRestore(backup.manifest, inputs);
  const leftOut = describeLeftOut(backup.manifest, inputs);
  if (leftOut !== undefined) reporter.warning(leftOut);
  const refused: string[] = [];
  const replayPlan =
    toTime &&
    (await reporter.group('Look for binlogs', () => findReplay(reading, backup.manifest, toTime, refused)));
  const server = await reporter.group(`Look at the database server of ${machine.name}`, () =>
    ports.connect(machine, backup.manifest, { connection: workplace.connection, logBin, signal }),
  );
  const names = namesOf(plan);
  const existing = await server.findExisting(names);
  if (existing.length > 0 && !replace) throw alreadyThere(existing);
  if (replayPlan !== undefined) await checkFitness(server, names, signal);
  if (replace) await confirm(inputs, existing, ports);

  const directory = await mkdtemp(path.join(workplace.directory, 'backup-'));
  const fetching = { store, encryption, identity: keys.identity, reporter, directory, signal };
  const restoring = new Restoring({
    ...{ inputs, backup, plan, replayPlan, server, existing, ports, fetching, signal },
  });
  try {
    const restored = await restoring.run();
    return {
      backup,
      plan,
      ...restored,
      machine: machine.name,
      serverVersion: server.version,
      withAccounts: inputs.accounts,
      replaced: existing,
      leftOut,
      warnings: [
        ...(clock.warning === undefined ? [] : [clock.warning]),
        ...refused,
        ...(replayPlan?.alarms ?? []),
        ...findWarnings(restored, server, inputs),
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Before an instant nothing that somebody left in the store is in the way, when the chain up to there is whole without it. */
async function findReplay(
  reading: Reading,
  manifest: DumpManifest,
  toTime: ReplayTo,
  refused: string[],
): Promise<ReplayPlan> {
  const onRefused = (id: string, { message }: LifeboatError) => {
    refused.push(`the binlog ${id} is refused and counts as missing: ${message}`);
    reading.warn?.(refused.at(-1) ?? '');
  };
  const shipped = await findBinlogs(
    reading,
    new Date(manifest.startedAt),
    toTime.kind === 'instant' ? onRefused : undefined,
  );
  return planReplay(manifest, shipped, toTime, { isRealDay: true });
}

interface RestoringContext {
  readonly inputs: RestoreInputs;
  readonly backup: ReadBackup;
  readonly plan: RestorePlan;
  readonly replayPlan: ReplayPlan | undefined;
  readonly server: LiveServer;
  readonly existing: readonly string[];
  readonly ports: RestorePorts;
  readonly fetching: FetchContext;
  readonly signal: AbortSignal;
}

interface PreparedReplay {
  readonly plan: ReplayPlan;
  readonly binlogs: readonly ReplayableBinlog[];
  readonly survey: BinlogSurvey;
}

type Restored = Pick<RestoreOutcome, 'notes' | 'inventory' | 'differences' | 'replay' | 'timings'>;

class Restoring {
  readonly #context: RestoringContext;
  /** Databases that this run made itself. */
  readonly #made: string[] = [];
  /** Others than those may be of the binlogs then, or of somebody else. */
  #hasReplayed = false;

  constructor(context: RestoringContext) {
    this.#context = context;
  }

  async run(): Promise<Restored> {
    const { backup, plan, server, ports, fetching, inputs, signal } = this.#context;
    const { reporter } = ports;
    const startedMs = performance.now();
    const { inventory } = await reporter.group('Fetch the inventory', () => fetchInventory(backup, fetching));
    const notes = server.checkPlan(plan, inventory);
    const wanted = backup.manifest.objects.filter(
      ({ role, databases = [] }) =>
        (role === 'accounts' && inputs.accounts) ||
        (role === 'data' && plan.databases.some(({ from }) => databases.includes(from))),
    );
    if (inputs.accounts && !wanted.some(({ role }) => role === 'accounts'))
      throw new LifeboatError('restore-choice', 'the backup holds no accounts');
    const fetched = await reporter.group('Fetch the backup', () => fetchObjects(wanted, fetching));
    reporter.info('every object is what the manifest says');
    const prepared = await this.#prepareReplay();
    const fetchMs = performance.now() - startedMs;
    const loadStartedMs = performance.now();
    try {
      await reporter.group('Load', () => this.#load(fetched, inventory));
      const loadMs = performance.now() - loadStartedMs;
      const differences = await reporter.group('Compare with the inventory', () =>
        server.findDifferences(plan, inventory, signal),
      );
      const replayStartedMs = performance.now();
      const replay =
        prepared === undefined || differences.length > 0
          ? undefined
          : await reporter.group('Replay binlogs', () => this.#replay(prepared));
      const endedMs = performance.now();
      const timings = { fetchMs, loadMs, replayMs: endedMs - replayStartedMs, totalMs: endedMs - startedMs };
      return { notes, inventory, differences, replay, timings };
    } catch (error) {
      throw await this.#undo(error);
    }
  }

  /** Each is compared with its manifest from its first byte to its last, before anything is changed on the server. */
  async #prepareReplay(): Promise<PreparedReplay | undefined> {
    const { replayPlan, server, ports, fetching } = this.#context;
    if (replayPlan === undefined) return undefined;
    return ports.reporter.group('Fetch the binlogs', async () => {
      const chain = openBinlogs(replayPlan, fetching);
      const survey = await server.surveyBinlogs(chain, replayPlan.at);
      const binlogs = chain.slice(0, survey.binlogs);
      const count = countOf(survey.transactions, 'transaction');
      ports.reporter.info(`${countOf(binlogs.length, 'binlog')} with ${count} after the dump`);
      return { plan: replayPlan, binlogs, survey };
    });
  }

  async #replay({ plan: { at, recoverableUntil }, binlogs, survey }: PreparedReplay): Promise<LiveReplay> {
    const { plan, server, signal } = this.#context;
    await refuseOthers(server, namesOf(plan), 'What binlogs hold could not be told from it.');
    this.#hasReplayed = true;
    const replayed = await server.replay(binlogs, at, signal);
    return {
      ...replayed,
      recoveredTo: at === undefined ? recoverableUntil : server.roundInstant(at).toISOString(),
      used: binlogs.slice(0, replayed.binlogs),
      outOfOrder: survey.outOfOrder,
    };
  }

  async #load(fetched: Awaited<ReturnType<typeof fetchObjects>>, inventory: Inventory): Promise<void> {
    const { backup, plan, server, existing, ports, fetching, signal } = this.#context;
    const { reporter } = ports;
    const accounts = fetched.find(({ object }) => object.role === 'accounts');
    if (accounts !== undefined) {
      await server.loadAccounts(openObject(accounts.file, fetching), signal);
      reporter.info('the accounts are loaded');
    }
    for (const name of existing) {
      signal.throwIfAborted();
      await server.dropDatabase(name, signal);
      reporter.info(`dropped what was there: ${name}`);
    }
    for (const database of plan.databases) {
      signal.throwIfAborted();
      await server.createDatabase(database, inventory);
      this.#made.push(database.to);
    }
    for (const { object, file } of fetched) {
      if (object.role !== 'data') continue;
      const progress = startProgressLog(`loaded ${object.name}`, object.plainBytes, reporter);
      const startedMs = performance.now();
      try {
        await server.loadDatabases(openObject(file, fetching), plan, {
          instant: new Date(backup.manifest.instant),
          onLoaded: (count) => progress.add(count),
          signal,
        });
      } finally {
        progress.end();
      }
      await rm(file);
      reporter.info(`${object.name}: loaded in ${formatDuration(performance.now() - startedMs)}`);
    }
    if (accounts !== undefined)
      await server.completeAccounts(openObject(accounts.file, fetching), inventory, signal);
  }

  /** Takes away what this run made. Returns the error with what became of it. */
  async #undo(error: unknown): Promise<unknown> {
    const { server, ports } = this.#context;
    await server.endLoad();
    const left: string[] = [];
    for (const name of this.#made) {
      try {
        await server.dropDatabase(name);
        ports.reporter.info(`dropped again what was half loaded: ${name}`);
      } catch {
        left.push(name);
        ports.reporter.warning(
          `The database ${name} is half loaded and could not be dropped: drop it yourself.`,
        );
      }
    }
    const others = this.#hasReplayed ? await this.#nameOthers() : undefined;
    if (others !== undefined) ports.reporter.warning(others);
    if (!(error instanceof LifeboatError) || this.#made.length === 0) return error;
    const became =
      left.length === 0 ? 'What was half loaded is dropped again' : 'Half loaded and still there';
    const names = (left.length === 0 ? this.#made : left).slice(0, MAX_NAMED).join(', ');
    const { code, message, hint, cause } = error;
    const sentences = [message, `${became}: ${names}.`, others].filter((each) => each !== undefined);
    return new LifeboatError(code, sentences.join('\n'), {
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }

  /** They came while the binlogs were replayed: who made them only people can tell. */
  async #nameOthers(): Promise<string | undefined> {
    const { server, plan } = this.#context;
    try {
      const others = await server.findOthers(namesOf(plan));
      if (others.length === 0) return undefined;
      return `Still there, made by the binlogs or by somebody else meanwhile: ${others.slice(0, MAX_NAMED).join(', ')}.`;
    } catch {
      return 'Whether the binlogs made other databases, which would still be there, could not be asked.';
    }
  }
}

/** Of a server that binlogs are to be replayed into. Throws `restore-choice`, and what asking for a replay throws. */
async function checkFitness(
  server: LiveServer,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await server.checkReplay(signal);
  await refuseOthers(server, names, 'Nothing was fetched and nothing changed.');
}

/** Throws `restore-choice`. */
async function refuseOthers(server: LiveServer, names: readonly string[], became: string): Promise<void> {
  const others = await server.findOthers(names);
  if (others.length === 0) return;
  throw new LifeboatError(
    'restore-choice',
    `the server holds more than what is restored: ${others.slice(0, MAX_NAMED).join(', ')}`,
    {
      hint: `Binlogs hold what was done to all databases and accounts, and go into an empty server only. ${became} Set up a new server, and copy from there what you need.`,
    },
  );
}

function namesOf({ databases }: RestorePlan): string[] {
  return databases.map(({ to }) => to);
}

/** Throws `input-invalid` when somebody at the terminal thinks better of it. */
async function confirm(
  inputs: RestoreInputs,
  existing: readonly string[],
  { ask, reporter }: RestorePorts,
): Promise<void> {
  if (inputs.confirm !== undefined || existing.length === 0) return;
  const expected = confirmationText(inputs);
  reporter.info(`these databases are dropped: ${existing.join(', ')}`);
  const typed = await ask?.(`Type "${expected}" to go on: `);
  if (typed?.trim() === expected) return;
  throw new LifeboatError('input-invalid', '`confirm`: what was typed is not what was asked for', {
    hint: 'Nothing was changed.',
  });
}

function alreadyThere(existing: readonly string[]): LifeboatError {
  return new LifeboatError(
    'restore-exists',
    `already there, and nothing is replaced: ${existing.slice(0, MAX_NAMED).join(', ')}`,
    {
      hint: 'Nothing was fetched and nothing changed. Give another name with `into`; or, when nobody needs what is there (a run that was killed may have left it), `replace: true`.',
    },
  );
}

function findWarnings(
  { notes, differences, replay }: Restored,
  { writesBinlog }: LiveServer,
  { logBin, unsigned, trustedSigners, toTime }: RestoreInputs,
): string[] {
  const { namesItself, leftOutEvents, leftOutTriggers } = notes;
  return [
    ...(unsigned && trustedSigners === undefined
      ? ['The backup is not checked for a signature: anybody who can write to the store could have made it.']
      : []),
    ...(namesItself.length === 0
      ? []
      : [
          `These definitions name their old database and still use that one: ${namesItself.slice(0, MAX_NAMED).join(', ')}${namesItself.length > MAX_NAMED ? ' and others' : ''}.`,
        ]),
    ...(leftOutEvents === 0
      ? []
      : [`Left out: ${countOf(leftOutEvents, 'event')}. Under a new name they would do their work twice.`]),
    ...(leftOutTriggers === 0 ? [] : [`Left out: ${countOf(leftOutTriggers, 'trigger')} of the table.`]),
    ...(writesBinlog && !logBin
      ? ['What was loaded is not in the binary log: replicas of this server do not have it.']
      : []),
    ...(replay === undefined
      ? []
      : [describeStatements(replay.used), describeDisorder(replay)].filter((one) => one !== undefined)),
    ...(differences.length === 0
      ? []
      : [
          `What was restored differs from the backup; it is left there to be looked at.${toTime === undefined ? '' : ' No binlog was replayed onto it.'}`,
        ]),
  ];
}
