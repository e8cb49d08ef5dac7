// The doctor: everything that a dump, and the other jobs of a workflow, need, looked at in one run, whatever is wrong with it.
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import type { DumpEngine } from '../../ports/engine.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreAccess } from '../store-trials.ts';
import { checkJobs, type JobCheck } from './check-jobs.ts';
import { checkKeys, type DoctorKeys } from './check-keys.ts';
import { checkRestoreTest, type TestPorts } from './check-restore-test.ts';
import type { Step } from './check-step.ts';
import { checkStore } from './check-store.ts';
import { checkTarget } from './check-target.ts';
import { checkTelling, type TellingTrials } from './check-telling.ts';
import { checkWorkflow } from './check-workflow.ts';
import { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

type JobPorts = JobCheck['ports'];

export interface DoctorPorts extends JobPorts, TestPorts {
  readonly engine: DumpEngine;
  readonly reporter: Reporter;
  readonly backup: StoreAccess;
  readonly reader: StoreAccess | undefined;
  /** Of an SFTP store, as `TargetCheck` has them. */
  readonly storeHostKeys: readonly string[];
  readonly telling: TellingTrials;
  /** What the YAML of a file says. Throws `input-invalid`. */
  readWorkflow(path: string): Promise<unknown>;
}

/** Looks at all of it and returns what was found; throws only when the run is cancelled, or for a bug. */
export async function examine(
  inputs: DoctorInputs,
  keys: DoctorKeys,
  steps: readonly ActionDeclaration[],
  ports: DoctorPorts,
  { origin, signal }: { readonly origin: string; readonly signal: AbortSignal },
): Promise<Diagnosis> {
  const diagnosis = new Diagnosis();
  const { reporter } = ports;
  const recipients = checkKeys(keys, inputs.identityFingerprint, diagnosis);
  await reporter.group(`Look at the store ${ports.backup.writer.location}`, () =>
    checkStore(
      {
        server: inputs.server,
        mayProbe: inputs.probe,
        backup: ports.backup,
        reader: ports.reader,
        isSameKey: inputs.readerAccessKeyId === inputs.storeAccessKeyId,
        signal,
      },
      diagnosis,
    ),
  );
  signal.throwIfAborted();
  const used: Step[] = [];
  for (const path of inputs.workflow) {
    const found = await diagnosis.check('Workflow', `${path} can be read`, async () => ({
      workflow: await ports.readWorkflow(path),
    }));
    if (found !== undefined) used.push(...checkWorkflow(path, found.workflow, steps, inputs, diagnosis));
  }
  if (inputs.workflow.length === 0)
    diagnosis.skip(
      'Workflow',
      'what jobs besides the dump do',
      'they are found in the files that `workflow` names',
    );
  const holder = `doctor of ${origin}`;
  await reporter.group(`Look at ${inputs.sshUser}@${inputs.sshHost} and its database`, async () => {
    const { storeHostKeys } = ports;
    const target = { inputs, recipients, ports, storeHostKeys, holder, signal };
    const hasSession = await checkTarget(target, diagnosis);
    await checkJobs(used, hasSession, { inputs, ports, holder, signal }, diagnosis);
  });
  signal.throwIfAborted();
  await reporter.group('Look at what restore tests need', () =>
    checkRestoreTest(keys, recipients, used, ports, signal, diagnosis),
  );
  await checkTelling(inputs, ports.telling, signal, diagnosis);
  signal.throwIfAborted();
  return diagnosis;
}
