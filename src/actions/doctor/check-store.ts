// The store: whether it answers, and keeps what it gets. Writes nothing unless a probe is allowed.
import { createRunId } from '../../domain/run-id.ts';
import type { StoredObject } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import { isReplaced, TRIAL, trialKey } from '../store-trials.ts';
import { checkCredentials, type StoreCheck } from './check-credentials.ts';
import type { Diagnosis } from './diagnosis.ts';

export async function checkStore(check: StoreCheck, diagnosis: Diagnosis): Promise<void> {
  const { backup, signal } = check;
  const clock = await diagnosis.check(
    'Store',
    `${backup.writer.location} answers, and the clocks agree`,
    () => readStoreClock(backup.writer, signal),
  );
  if (clock === undefined) {
    diagnosis.skip('Store', 'what the credentials may do', 'the store cannot be used');
    return;
  }
  if (clock.warning !== undefined)
    diagnosis.warn('Store', clock.warning, 'Let the machine set its clock: timedatectl set-ntp true');
  const stored = await probe(check, createRunId(clock.now()), diagnosis);
  if (backup.inspector !== undefined) {
    await checkCredentials(check, backup.inspector, stored, diagnosis);
  } else {
    const why = 'this kind of store has no credentials that are limited to writing';
    diagnosis.skip('Store', 'what may be read and deleted there', why);
  }
}

async function probe(
  { backup: { writer }, server, mayProbe, signal }: StoreCheck,
  runId: string,
  diagnosis: Diagnosis,
): Promise<StoredObject | undefined> {
  if (!mayProbe) {
    diagnosis.skip(
      'Store',
      'what the credentials may put, replace, read and delete',
      'nothing is stored without `--probe`',
    );
    return undefined;
  }
  const key = trialKey(server, runId);
  const put = () => writer.put(key, TRIAL, { signal });
  const stored = await diagnosis.check('Store', 'an object can be stored, in a bucket that keeps it', put);
  // By the time that a bucket is known to keep no versions it has the object.
  if (stored !== undefined || diagnosis.findings.at(-1)?.code === 'store-unversioned')
    diagnosis.leftBehind.push(key);
  if (stored !== undefined) {
    const what = 'what is stored is not replaced, or kept as another version';
    await diagnosis.check('Store', what, async () => {
      if (!(await isReplaced(writer, stored, signal))) return;
      diagnosis.warn(
        'Store',
        "what is stored can be replaced, and is gone then: whoever steals the writer's key can destroy backups",
        'Let the bucket keep versions, or take a service that refuses to replace objects (docs/store-setup.md).',
      );
    });
  }
  return stored;
}
