// The restore-test action: takes the newest backup, restores it where it can do no harm, and writes a proof when it is equal.
import type { Proof } from '../../domain/proof.ts';
import { createRunId } from '../../domain/run-id.ts';
import type { StoreClock } from '../../domain/store-clock.ts';
import { formatDuration, formatInstant } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { findById, findNewest, type Candidate } from '../restoring/find-backups.ts';
import { readEarlierProofs, type EarlierProofs } from '../restoring/earlier-proofs.ts';
import { recoverableUntil } from './examination.ts';
import type { Examination, Finding, RestoreTestKeys, RestoreTestPorts, Workplace } from './examination.ts';
import type { RestoreTestInputs } from './inputs.ts';
import { proveBackup } from './prove-backup.ts';
import { writeProof, type WrittenProof } from './write-proof.ts';

/** One backup that was tried. */
export interface Tried {
  readonly id: string;
  /** Undefined when it did not come to a comparison. */
  readonly examination: Examination | undefined;
  /** Undefined for a backup that is proven. */
  readonly failure: LifeboatError | undefined;
}

export interface TestOutcome {
  /** Newest state first; all but the last one failed. */
  readonly tried: readonly Tried[];
  /** Undefined when the test is red. */
  readonly written: WrittenProof | undefined;
  readonly earlierProofs: readonly Proof[];
  /** What makes the run red. */
  readonly failure: LifeboatError | undefined;
  readonly warnings: readonly string[];
  readonly isProofSigned: boolean;
}

/** Findings that a sentence of an error names; the summary has them all. */
const MAX_NAMED = 10;
/** Of a database server's or a person's making, not the backup's: an older one would fare no better. */
const PASSES_ON = new Set(['sandbox', 'store', 'configuration', 'cancelled', 'target', 'stale']);

/** Throws what keeps it from testing at all; a backup that fails its test is in the outcome. */
export async function restoreTest(
  inputs: RestoreTestInputs,
  keys: RestoreTestKeys,
  program: { readonly lifeboatVersion: string; readonly workplace: Workplace },
  ports: RestoreTestPorts,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { store, encryption, host, reporter } = ports;
  const clock = await readStoreClock(store, signal);
  const startedAt = clock.now();
  const runId = createRunId(startedAt);
  const swept = await host.sweep(signal);
  if (swept > 0) reporter.info(`removed ${swept} sandboxes that earlier runs had left`);
  const candidates = await reporter.group('Look for the backup', () =>
    findCandidates(inputs, keys, ports, startedAt, signal),
  );
  const context = { startedAt, inputs, keys, ports, workplace: program.workplace, runId, signal };
  const tried: Tried[] = [];
  for (const candidate of candidates) {
    const result = await tryBackup(candidate, signal, (backup) => proveBackup(backup, context));
    tried.push(result);
    if (result.failure === undefined) break;
    reporter.info(`${candidate.id} is not proven: ${result.failure.message}`);
  }
  const { server } = inputs;
  const { trustedProvers } = keys;
  const earlier = await readEarlierProofs({
    store,
    encryption,
    server,
    trustedProvers,
    now: startedAt,
    signal,
  });
  const examination = tried.length === 1 ? tried[0]?.examination : undefined;
  const failure = findFailure(inputs, tried, startedAt);
  const run = {
    server,
    runId,
    startedAt,
    finishedAt: clock.now(),
    lifeboatVersion: program.lifeboatVersion,
    storeEndpoint: inputs.storeEndpoint,
  };
  const written =
    examination !== undefined && failure === undefined
      ? await reporter.group('Write the proof', () => writeProof(examination, run, { ports, keys, signal }))
      : undefined;
  return {
    tried,
    written,
    earlierProofs: earlier.proofs,
    failure: failure ?? (trustedProvers === undefined ? undefined : earlier.failures[0]),
    warnings: findWarnings(keys, clock, earlier),
    isProofSigned: keys.proofSigningKey !== undefined,
  };
}

async function findCandidates(
  inputs: RestoreTestInputs,
  { trustedSigners }: RestoreTestKeys,
  { store, encryption, reporter }: RestoreTestPorts,
  now: Date,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const warn = (sentence: string) => reporter.warning(sentence);
  const reading = { store, encryption, server: inputs.server, trustedSigners, now, signal, warn };
  const { backup, pointInTime } = inputs;
  const latest = pointInTime.kind === 'instant' ? pointInTime.at : undefined;
  const candidates =
    backup.kind === 'id'
      ? [await findById(reading, backup.id)]
      : await findNewest(reading, inputs.walkBack, { latest, isAnchor: pointInTime.kind !== 'none' });
  reporter.info(`${backup.kind === 'id' ? 'asked for' : 'newest'}: ${candidates[0]?.id ?? ''}`);
  return candidates;
}

async function tryBackup(
  candidate: Candidate,
  signal: AbortSignal,
  prove: (backup: Extract<Candidate, { backup: unknown }>['backup']) => Promise<Examination>,
): Promise<Tried> {
  const { id } = candidate;
  if ('failure' in candidate) return { id, examination: undefined, failure: candidate.failure };
  try {
    const examination = await prove(candidate.backup);
    return { id, examination, failure: describeFindings(id, examination.findings) };
  } catch (error) {
    // The end of the run's time has a code of the test's own class, and says nothing of the backup either.
    const isBackups = error instanceof LifeboatError && !PASSES_ON.has(error.class) && !signal.aborted;
    if (!isBackups) throw error;
    return { id, examination: undefined, failure: error };
  }
}

/** The first finding gives the code. */
function describeFindings(id: string, findings: readonly Finding[]): LifeboatError | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const named = findings.slice(0, MAX_NAMED).map(({ sentence }) => `- ${sentence}`);
  const more = findings.length - named.length;
  return new LifeboatError(
    first.code,
    [`the backup ${id} is not proven:`, ...named, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n'),
    {
      hint: 'This backup restores to something else than it should. Make a new one and test it; keep the last good one until then.',
    },
  );
}

/** What makes a run red: the first backup, even when an older one is good; else a limit that the user set. */
function findFailure(
  inputs: RestoreTestInputs,
  tried: readonly Tried[],
  startedAt: Date,
): LifeboatError | undefined {
  const [first] = tried;
  const last = tried.at(-1);
  if (first?.failure !== undefined) {
    if (inputs.backup.kind === 'id') return first.failure;
    const lastGood =
      last?.failure === undefined && last?.examination !== undefined
        ? `The last good backup is ${last.id}, with the state of ${formatInstant(last.examination.backup.manifest.instant)}.`
        : tried.length > 1
          ? `None of the ${tried.length} newest backups is good.`
          : 'Older backups were not tried.';
    const { code, message, hint, cause } = first.failure;
    return new LifeboatError(code, `${message}\n${lastGood}`, {
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
  return first?.examination === undefined ? undefined : checkLimits(inputs, first.examination, startedAt);
}

function checkLimits(
  { maxRestoreTime, maxDataLoss }: RestoreTestInputs,
  examination: Examination,
  startedAt: Date,
): LifeboatError | undefined {
  const { timings } = examination;
  if (maxRestoreTime !== undefined && timings.totalMs > maxRestoreTime) {
    return new LifeboatError(
      'restore-too-slow',
      `the restore took ${formatDuration(timings.totalMs)}, ${formatDuration(timings.totalMs - maxRestoreTime)} longer than max-restore-time (${formatDuration(maxRestoreTime)})`,
      {
        hint: `The backup itself is good. Fetching took ${formatDuration(timings.fetchMs)}, loading ${formatDuration(timings.loadMs)}, checks ${formatDuration(timings.checksMs)}.`,
      },
    );
  }
  const ageMs = startedAt.getTime() - Date.parse(recoverableUntil(examination));
  if (maxDataLoss !== undefined && ageMs > maxDataLoss) {
    return new LifeboatError(
      'data-loss-exceeded',
      `the newest state that can be restored is ${formatDuration(ageMs)} old, ${formatDuration(ageMs - maxDataLoss)} older than max-data-loss (${formatDuration(maxDataLoss)})`,
      { hint: 'The backup itself is good. Look at the runs of the backup job: since when have they failed?' },
    );
  }
  return undefined;
}

function findWarnings(keys: RestoreTestKeys, clock: StoreClock, { failures }: EarlierProofs): string[] {
  return [
    ...(clock.warning === undefined ? [] : [clock.warning]),
    ...(keys.trustedSigners === undefined
      ? [
          'Signatures were not checked: anybody who can write to the store could have made this backup. Give `trusted-signers`.',
        ]
      : []),
    ...failures.map(({ message }) => `An earlier proof does not count: ${message}`),
  ];
}
