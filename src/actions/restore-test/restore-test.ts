// The restore-test action: takes the newest backup, restores it where it can do no harm, and writes a proof when it is equal. Of a server
// that has files alone it reads a sample.
import type { Proof } from '../../domain/proofs/proof.ts';
import { createRunId } from '../../domain/run-id.ts';
import type { StoreClock } from '../../domain/stores/store-clock.ts';
import { formatDuration, formatInstant } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { findById, findNewest, type Candidate, type Reading } from '../restoring/find-backups.ts';
import { readEarlierProofs, type EarlierProofs } from '../restoring/earlier-proofs.ts';
import { recoverableUntil } from './examination.ts';
import type {
  Examination,
  Finding,
  RestoreTestAdapters,
  RestoreTestKeys,
  RestoreTestPorts,
  Workplace,
} from './examination.ts';
import type { RestoreTestInputs } from './inputs.ts';
import { proveBackup } from './prove-backup.ts';
import { checkFilesInputs, hasFilesAlone, proveFiles, type FilesExamination } from './prove-files.ts';
import { describeDumpTest, describeFilesTest } from './describe-test.ts';
import { writeProof, type DescribedTest, type TestRun, type WrittenProof } from './write-proof.ts';

/** One backup that was tried. */
export interface Tried {
  readonly id: string;
  /** Undefined when it did not come to a comparison. */
  readonly examination: Examination | undefined;
  /** Undefined for a backup that is proven. */
  readonly failure: LifeboatError | undefined;
}

export interface TestOutcome {
  /** Newest state first; all but the last one failed. Empty for a server that has files alone. */
  readonly tried: readonly Tried[];
  /** Of a server that has files alone. */
  readonly files: FilesExamination | undefined;
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

/** What both kinds of tests need. */
interface Test {
  readonly inputs: RestoreTestInputs;
  readonly keys: RestoreTestKeys;
  readonly workplace: Workplace;
  readonly reading: Reading;
  readonly runId: string;
  /** The store's time. */
  readonly startedAt: Date;
  readonly signal: AbortSignal;
}

/** What came of it: the text of its page and its proof, where it is not red. */
type Tested = Pick<TestOutcome, 'tried' | 'files' | 'failure'> & {
  readonly describe: ((run: TestRun) => DescribedTest) | undefined;
};

/** Throws what keeps it from testing at all; a backup that fails its test is in the outcome. */
export async function restoreTest(
  inputs: RestoreTestInputs,
  keys: RestoreTestKeys,
  program: { readonly lifeboatVersion: string; readonly workplace: Workplace },
  adapters: RestoreTestAdapters,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { store, encryption, reporter } = adapters;
  const { server, acknowledge } = inputs;
  const { trustedProvers, trustedSigners } = keys;
  const clock = await readStoreClock(store, signal);
  const startedAt = clock.now();
  const runId = createRunId(startedAt);
  const earlier = await readEarlierProofs({
    store,
    encryption,
    server,
    trustedProvers,
    now: startedAt,
    signal,
  });
  const warn = (sentence: string) => reporter.warning(sentence);
  const reading = { store, encryption, server, trustedSigners, now: startedAt, signal, warn };
  const test: Test = { inputs, keys, workplace: program.workplace, reading, runId, startedAt, signal };
  const isOfFiles = await hasFilesAlone(reading, earlier, acknowledge);
  const tested = isOfFiles ? await testFiles(test, adapters) : await testDumps(test, adapters);
  const run: TestRun = {
    server,
    runId,
    startedAt,
    finishedAt: clock.now(),
    lifeboatVersion: program.lifeboatVersion,
    storeLocation: store.location,
    storeEndpoint: inputs.storeEndpoint,
  };
  const { tried, files, failure, describe } = tested;
  const written = await (describe &&
    reporter.group('Write the proof', () => writeProof(describe(run), { adapters, keys, signal })));
  return {
    tried,
    files,
    written,
    earlierProofs: earlier.proofs,
    failure: failure ?? (trustedProvers === undefined ? undefined : earlier.failures[0]),
    warnings: findWarnings(keys, clock, earlier),
    isProofSigned: keys.proofSigningKey !== undefined,
  };
}

async function testDumps(test: Test, { findHost, ...others }: RestoreTestAdapters): Promise<Tested> {
  const { inputs, startedAt, signal } = test;
  const { reporter } = others;
  const host = await findHost(signal);
  const ports: RestoreTestPorts = { ...others, host };
  const swept = await host.sweep(signal);
  if (swept > 0) reporter.info(`removed ${swept} sandboxes that earlier runs had left`);
  const candidates = await reporter.group('Look for the backup', () => findCandidates(test, ports));
  const tried: Tried[] = [];
  for (const candidate of candidates) {
    const result = await tryBackup(candidate, signal, (backup) => proveBackup(backup, { ...test, ports }));
    tried.push(result);
    if (result.failure === undefined) break;
    reporter.info(`${candidate.id} is not proven: ${result.failure.message}`);
  }
  const examination = tried.length === 1 ? tried[0]?.examination : undefined;
  const failure = findFailure(inputs, tried, startedAt);
  const describe =
    examination !== undefined && failure === undefined
      ? (run: TestRun) => describeDumpTest(examination, run, host.name)
      : undefined;
  return { tried, files: undefined, failure, describe };
}

async function testFiles(test: Test, adapters: RestoreTestAdapters): Promise<Tested> {
  const { inputs, keys, reading, runId, workplace, startedAt, signal } = test;
  const { server, acknowledge, storageSample: percent } = inputs;
  const { reporter, machine } = adapters;
  checkFilesInputs(inputs);
  reporter.info(`${server} has no dump: its files are tested alone`);
  const context = {
    ...reading,
    identity: keys.identity,
    reporter,
    machine,
    percent,
    acknowledge,
    testId: runId,
    signal,
  };
  const files = await reporter.group('Read a sample of the files', () => proveFiles(context, workplace));
  const failure =
    describeFindings(`the files of ${server} are not proven`, files.findings) ??
    checkDataLoss(inputs, files.recoveredTo, startedAt);
  const describe = failure === undefined ? (run: TestRun) => describeFilesTest(files, run) : undefined;
  return { tried: [], files, failure, describe };
}

async function findCandidates(
  { inputs, reading }: Test,
  { reporter }: RestoreTestPorts,
): Promise<readonly Candidate[]> {
  const { backup, label, pointInTime } = inputs;
  const latest = pointInTime.kind === 'instant' ? pointInTime.at : undefined;
  const candidates =
    backup.kind === 'id'
      ? [await findById(reading, backup.id)]
      : await findNewest(reading, inputs.walkBack, { latest, label, isAnchor: pointInTime.kind !== 'none' });
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
    return {
      id,
      examination,
      failure: describeFindings(`the backup ${id} is not proven`, examination.findings),
    };
  } catch (error) {
    // The end of the run's time has a code of the test's own class, and says nothing of the backup either.
    const isBackups = error instanceof LifeboatError && !PASSES_ON.has(error.class) && !signal.aborted;
    if (!isBackups) throw error;
    return { id, examination: undefined, failure: error };
  }
}

/** The first finding gives the code. */
function describeFindings(what: string, findings: readonly Finding[]): LifeboatError | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const named = findings.slice(0, MAX_NAMED).map(({ sentence }) => `- ${sentence}`);
  const more = findings.length - named.length;
  return new LifeboatError(
    first.code,
    [`${what}:`, ...named, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n'),
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
  return checkDataLoss({ maxDataLoss }, recoverableUntil(examination), startedAt);
}

function checkDataLoss(
  { maxDataLoss }: Pick<RestoreTestInputs, 'maxDataLoss'>,
  until: string,
  startedAt: Date,
): LifeboatError | undefined {
  const ageMs = startedAt.getTime() - Date.parse(until);
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
