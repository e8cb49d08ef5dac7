// The dump action: look, dump, compare, and only then write the manifest that makes a backup of it.
import { sortDumpArguments } from '../../domain/dumps/dump-arguments.ts';
import { storedBytesOf, type DumpManifest } from '../../domain/dumps/manifest.ts';
import { dumpFolder, formatBackupId } from '../../domain/stores/object-names.ts';
import { createRunId } from '../../domain/run-id.ts';
import { formatBytes } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { DumpEngine, DumpPlan, DumpRequest } from '../../ports/engine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { ANCHOR_ACTION, anchorOf } from '../anchor.ts';
import { afterFailed, commandTools, hasCommands, withCommands } from '../commands.ts';
import { connectionOf } from '../database-connection.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { SEALING_TOOLS } from '../sealing/seal-object.ts';
import type { SealingKeys } from '../sealing/sealing.ts';
import { keepState, nameStore } from '../target-state.ts';
import type { Backup, DumpPorts } from './backup.ts';
import type { DumpInputs } from './inputs.ts';
import { storeObjects } from './store-objects.ts';
import { describeBackup, writeManifest } from './write-manifest.ts';

export type DumpOutcome =
  | {
      readonly kind: 'dry-run';
      readonly plan: DumpPlan;
      /** Whether there is a `before` or `after`, which a dry run leaves alone. */
      readonly hasCommands: boolean;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'stored';
      readonly manifest: DumpManifest;
      readonly manifestKey: string;
      readonly storeLocation: string;
      readonly storedBytes: number;
      readonly durationMs: number;
      readonly isSigned: boolean;
      readonly encryptedOn: DumpInputs['encryptOn'];
      /** What makes the run red although there is a backup. */
      readonly failure: LifeboatError | undefined;
      readonly warnings: readonly string[];
    };

/**
 * Dumps the chosen databases of one target into the store. Throws a `LifeboatError` unless every stage ended with 0, the dump
 * has its trailer, the hashes agree, what was dumped is what the catalogue lists, and the manifest is stored. `origin` says to
 * others who find the lock whose run holds it.
 */
export async function dump(
  inputs: DumpInputs,
  keys: SealingKeys,
  program: { readonly lifeboatVersion: string; readonly origin: string },
  ports: DumpPorts,
  signal: AbortSignal,
): Promise<DumpOutcome> {
  const startedMs = performance.now();
  const { reporter, remote, engine } = ports;
  const clock = await readStoreClock(ports.store, signal);
  const startedAt = clock.now();
  const runId = createRunId(startedAt);
  const { label, before, after } = inputs;
  const id = formatBackupId({ runId, engine: engine.name, ...(label === undefined ? {} : { label }) });
  const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () =>
    remote.open(
      {
        lockName: `dump-${inputs.server}`,
        holder: `${id} of ${program.origin}, since ${startedAt.toISOString()}`,
        tools: toolsFor(inputs, engine),
        timeoutMs: inputs.timeout,
      },
      signal,
    ),
  );
  try {
    const plan = await reporter.group('Look at the database server', async () => {
      const found = await engine.plan(session, requestOf(inputs));
      describePlan(found, reporter);
      return found;
    });
    const warnings = [...(clock.warning === undefined ? [] : [clock.warning]), ...plan.warnings];
    if (inputs.dryRun) return { kind: 'dry-run', plan, hasCommands: hasCommands(inputs), warnings };
    const backup = { inputs, keys, ports, session, signal, id, folder: dumpFolder(inputs.server, id) };
    const { value: stored, failure } = await withCommands({ session, before, after, reporter }, () =>
      reporter.group('Dump', () => storeObjects(backup, plan, clock)),
    );
    checkMinimum(inputs.minSize, storedBytesOf(stored));
    const manifest = describeBackup(backup, plan, stored, {
      startedAt,
      finishedAt: clock.now(),
      lifeboatVersion: program.lifeboatVersion,
    });
    const manifestKey = await reporter.group('Write the manifest', async () => {
      const key = await writeManifest(backup, manifest);
      await leaveAnchor(backup, manifest).catch((error: unknown) => {
        if (!(error instanceof LifeboatError)) throw error;
        warnings.push(
          `the backup could not be noted on the target, so that ship-binlogs does not know of it: ${error.message}`,
        );
      });
      await session.close();
      return key;
    });
    return {
      kind: 'stored',
      manifest,
      manifestKey,
      storeLocation: ports.store.location,
      storedBytes: storedBytesOf(stored),
      durationMs: performance.now() - startedMs,
      isSigned: keys.signingKey !== undefined,
      encryptedOn: inputs.encryptOn,
      failure: failure && afterFailed(`the backup ${id}`, failure),
      warnings: [...warnings, ...stored.findings.warnings],
    };
  } finally {
    await session.close();
  }
}

/** For whoever ships binary logs: where they have to begin. */
async function leaveAnchor({ inputs, session, ports }: Backup, manifest: DumpManifest): Promise<void> {
  const anchor = anchorOf(manifest);
  if (anchor === undefined) return;
  const store = nameStore(ports.store, inputs.storeEndpoint);
  const place = { action: ANCHOR_ACTION, server: inputs.server, store };
  const keeper = keepState(session, inputs.stateKey ?? inputs.sshKey, place);
  await keeper.read();
  await keeper.write(anchor);
}

/** Programs that the target must have. */
export function toolsFor(inputs: DumpInputs, engine: DumpEngine): string[] {
  return [...engine.tools, ...SEALING_TOOLS[inputs.encryptOn], ...commandTools(inputs)];
}

export function requestOf(inputs: DumpInputs): DumpRequest {
  const { connection: options, text: textOptions } = sortDumpArguments(inputs.extraArgs);
  return {
    connection: { ...connectionOf(inputs), options },
    textOptions,
    databases: inputs.databases,
    excludeDatabases: inputs.excludeDatabases,
    excludeTables: inputs.excludeTables,
    layout: inputs.layout,
    consistency: inputs.consistency,
    maxLockMs: inputs.maxLock,
    accounts: inputs.accounts,
    inventory: inputs.inventory,
    rotate: inputs.rotate,
    coordinates: inputs.coordinates,
    brokenViews: inputs.brokenViews,
    maxReplicaLagMs: inputs.maxReplicaLag,
    allowEmpty: inputs.allowEmpty,
  };
}

function describePlan(plan: DumpPlan, reporter: Reporter): void {
  const { flavour, serverVersion, hostName, dumpToolVersion } = plan.source;
  reporter.info(`${flavour} ${serverVersion} on ${hostName}, dump client ${dumpToolVersion}`);
  reporter.info(`databases: ${plan.databases.join(', ') || 'none'}`);
  if (plan.excluded.databases.length > 0)
    reporter.info(`not in the dump: ${plan.excluded.databases.join(', ')}`);
}

function checkMinimum(minSize: number | undefined, storedBytes: number): void {
  if (minSize === undefined || storedBytes >= minSize) return;
  throw new LifeboatError(
    'too-small',
    `the dump is stored in ${formatBytes(storedBytes)}, less than min-size (${formatBytes(minSize)})`,
    {
      hint: 'No manifest was written. Is this the server you meant, and is all of its data still there?',
    },
  );
}
