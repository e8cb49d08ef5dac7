// The restore action: brings databases back onto a server that somebody uses. Nothing is there afterwards that is not whole: what this
// run made and could not finish, it takes away again.
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Inventory } from '../../domain/inventory.ts';
import { countOf, formatDuration } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { DatabaseConnection } from '../../ports/engine.ts';
import type { Encryption, Identity, TrustedSigner } from '../../ports/encryption.ts';
import type { ConnectLiveServer, LiveServer, PlanNotes, RestorePlan } from '../../ports/live-server.ts';
import type { Machine } from '../../ports/machine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreReader } from '../../ports/store.ts';
import { startProgressLog } from '../progress-log.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { fetchInventory, fetchObjects, type FetchContext } from '../restoring/fetch-backup.ts';
import type { ReadBackup } from '../restoring/backup.ts';
import { chooseBackup } from '../restoring/choose-backup.ts';
import { openObject } from '../restoring/open-object.ts';
import { confirmationText } from './confirmation.ts';
import type { RestoreInputs } from './inputs.ts';
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
  readonly replaced: readonly string[];
  readonly differences: readonly string[];
  readonly timings: { readonly fetchMs: number; readonly loadMs: number; readonly totalMs: number };
  readonly warnings: readonly string[];
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
  const { server: name, logBin, replace } = inputs;
  const clock = await readStoreClock(store, signal);
  const { trustedSigners } = keys;
  const reading = { store, encryption, server: name, trustedSigners, now: clock.now(), signal };
  const backup = await reporter.group('Look for the backup', () => chooseBackup(reading, inputs.backup));
  reporter.info(`${backup.id}, with the state of ${backup.manifest.instant}`);
  const plan = planRestore(backup.manifest, inputs);
  const server = await reporter.group(`Look at the database server of ${machine.name}`, () =>
    ports.connect(machine, backup.manifest, { connection: workplace.connection, logBin, signal }),
  );
  const names = plan.databases.map(({ to }) => to);
  const existing = await server.findExisting(names);
  if (existing.length > 0 && !replace) throw alreadyThere(existing);
  if (replace) await confirm(inputs, existing, ports);

  const directory = await mkdtemp(path.join(workplace.directory, 'backup-'));
  const fetching = { store, encryption, identity: keys.identity, reporter, directory, signal };
  const restoring = new Restoring({ inputs, backup, plan, server, existing, ports, fetching, signal });
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
      warnings: [
        ...(clock.warning === undefined ? [] : [clock.warning]),
        ...findWarnings(restored, server, inputs),
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface RestoringContext {
  readonly inputs: RestoreInputs;
  readonly backup: ReadBackup;
  readonly plan: RestorePlan;
  readonly server: LiveServer;
  readonly existing: readonly string[];
  readonly ports: RestorePorts;
  readonly fetching: FetchContext;
  readonly signal: AbortSignal;
}

type Restored = Pick<RestoreOutcome, 'notes' | 'inventory' | 'differences' | 'timings'>;

class Restoring {
  readonly #context: RestoringContext;
  /** Databases that this run made itself, and that are not whole yet. */
  readonly #made: string[] = [];

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
    const fetchMs = performance.now() - startedMs;
    const loadStartedMs = performance.now();
    try {
      await reporter.group('Load', () => this.#load(fetched, inventory));
      this.#made.length = 0;
    } catch (error) {
      throw await this.#undo(error);
    }
    const loadMs = performance.now() - loadStartedMs;
    const differences = await reporter.group('Compare with the inventory', () =>
      server.findDifferences(plan, inventory, signal),
    );
    return {
      notes,
      inventory,
      differences,
      timings: { fetchMs, loadMs, totalMs: performance.now() - startedMs },
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
    if (!(error instanceof LifeboatError) || this.#made.length === 0) return error;
    const became =
      left.length === 0 ? 'What was half loaded is dropped again' : 'Half loaded and still there';
    const names = (left.length === 0 ? this.#made : left).slice(0, MAX_NAMED).join(', ');
    const { code, message, hint, cause } = error;
    return new LifeboatError(code, `${message}\n${became}: ${names}.`, {
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
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
  { notes, differences }: Restored,
  { writesBinlog }: LiveServer,
  { logBin, unsigned, trustedSigners }: RestoreInputs,
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
    ...(differences.length === 0
      ? []
      : ['What was restored differs from the backup; it is left there to be looked at.']),
  ];
}
