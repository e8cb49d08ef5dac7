// The doctor: everything that a dump needs, looked at in one run, whatever is wrong with it.
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import type { Encryption } from '../../ports/encryption.ts';
import type { DumpEngine } from '../../ports/engine.ts';
import type { Remote } from '../../ports/remote.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { StoreAccess } from '../store-trials.ts';
import { checkKeys, type DoctorKeys } from './check-keys.ts';
import { checkStore } from './check-store.ts';
import { checkTarget } from './check-target.ts';
import { checkWorkflow } from './check-workflow.ts';
import { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

export interface DoctorPorts {
  readonly remote: Remote;
  readonly engine: DumpEngine;
  readonly encryption: Encryption;
  readonly reporter: Reporter;
  readonly backup: StoreAccess;
  readonly reader: StoreAccess | undefined;
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
  await reporter.group(`Look at ${inputs.sshUser}@${inputs.sshHost} and its database`, () =>
    checkTarget({ inputs, recipients, ports, holder: `doctor of ${origin}`, signal }, diagnosis),
  );
  signal.throwIfAborted();
  for (const path of inputs.workflow) {
    const found = await diagnosis.check('Workflow', `${path} can be read`, async () => ({
      workflow: await ports.readWorkflow(path),
    }));
    if (found !== undefined) checkWorkflow(path, found.workflow, steps, inputs, diagnosis);
  }
  return diagnosis;
}
