// The store: whether it answers, what its writer and reader may do, and how it is set up. Writes nothing unless a probe is allowed.
import type { StoreClock } from '../../domain/store-clock.ts';
import { createRunId } from '../../domain/run-id.ts';
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, StoreInspector, StoreWriter } from '../../ports/store.ts';
import { readStoreClock } from '../read-store-clock.ts';
import type { Diagnosis } from './diagnosis.ts';

const TEXT = 'Lifeboat doctor stored this to see what its credentials may do. Nothing reads it.\n';
const WRITER_POLICY =
  'Give it the policy of docs/store-setup.md, "The writer": s3:PutObject and s3:AbortMultipartUpload below the prefix, and nothing below proofs/.';
const READER_POLICY = 'Give it the policy of docs/store-setup.md, "The reader".';

/** One credential: what it may ask, and what it may write. Undefined inspectors: the store has no credentials of its own. */
export interface StoreAccess {
  readonly writer: StoreWriter;
  readonly inspector: StoreInspector | undefined;
}

export interface StoreCheck {
  readonly server: string;
  readonly mayProbe: boolean;
  readonly backup: StoreAccess;
  /** Undefined when none is given. */
  readonly reader: StoreAccess | undefined;
  readonly isSameKey: boolean;
  readonly signal: AbortSignal;
}

/** Returns the store's clock, where it has one that counts. */
export async function checkStore(check: StoreCheck, diagnosis: Diagnosis): Promise<StoreClock | undefined> {
  const { backup, signal } = check;
  const clock = await diagnosis.check(
    'Store',
    `${backup.writer.location} answers, and the clocks agree`,
    () => readStoreClock(backup.writer, signal),
  );
  if (clock?.warning !== undefined)
    diagnosis.warn('Store', clock.warning, 'Let the machine set its clock: timedatectl set-ntp true');
  const isAway = clock === undefined && diagnosis.findings.at(-1)?.code !== 'clock-skew';
  if (isAway) {
    diagnosis.skip('Store', 'what the credentials may do', 'the store cannot be used with them');
    return undefined;
  }
  const stored = await probe(check, createRunId(clock?.now() ?? new Date()), diagnosis);
  if (backup.inspector === undefined) {
    const why = 'this kind of store has no credentials that are limited to writing';
    diagnosis.skip('Store', 'what may be read and deleted there', why);
    return clock;
  }
  await checkWriter(check, backup.inspector, stored, diagnosis);
  await checkReader(check, stored, diagnosis);
  return clock;
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
  const key = `${server}/doctor/${runId}.txt`;
  const put = () => writer.put(key, Buffer.from(TEXT), { signal });
  const stored = await diagnosis.check('Store', 'an object can be stored, in a bucket that keeps it', put);
  // By the time that a bucket is known to keep no versions it has the object.
  if (stored !== undefined || diagnosis.findings.at(-1)?.code === 'store-unversioned')
    diagnosis.leftBehind.push(key);
  if (stored !== undefined)
    await diagnosis.check('Store', 'what is stored is not replaced, or kept as another version', () =>
      refused(put(), 'store-exists'),
    );
  return stored;
}

async function checkWriter(
  { backup: { writer }, server, signal }: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  await diagnosis.check('Store', "the writer's key may do no more than put", async () => {
    const warn = (what: string) => diagnosis.warn('Store', `the writer's key ${what}`, WRITER_POLICY);
    if (await inspector.mayList(signal))
      warn('may list the store: whoever steals it learns which backups there are');
    if (stored === undefined) return;
    if (await inspector.mayGet(stored.key, signal)) warn('may read objects: a backup job needs to read none');
    const proof = stored.key.replace(`${server}/doctor/`, `${server}/proofs/doctor-`);
    if (!(await refused(writer.put(proof, Buffer.from(TEXT), { signal }), 'store-denied'))) {
      diagnosis.leftBehind.push(proof);
      warn('may write proofs: who makes backups could say that they were tested');
    }
    // Last: it may be gone then.
    if (await inspector.mayDelete(stored, signal))
      warn('may delete objects: whoever steals it can make backups disappear');
  });
}

async function checkReader(
  { reader, isSameKey, signal }: StoreCheck,
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  if (reader?.inspector === undefined) {
    diagnosis.skip('Store', "the bucket's settings", 'they are looked at with `reader-access-key-id`');
    return;
  }
  const { inspector, writer } = reader;
  await diagnosis.check('Store', "the reader's key may list and get, and write nothing", async () => {
    if (isSameKey)
      diagnosis.warn(
        'Store',
        "the reader's key is the writer's",
        'Make a user of its own for each (docs/store-setup.md).',
      );
    if (!(await inspector.mayList(signal)))
      diagnosis.fault(
        'Store',
        "the reader's key may not list the store: no restore could find a backup",
        READER_POLICY,
      );
    if (stored === undefined || isSameKey) return;
    if (!(await inspector.mayGet(stored.key, signal)))
      diagnosis.fault('Store', "the reader's key may not get what the writer stored", READER_POLICY);
    const key = stored.key.replace(/\.txt$/, '-reader.txt');
    if (!(await refused(writer.put(key, Buffer.from(TEXT), { signal }), 'store-denied'))) {
      diagnosis.leftBehind.push(key);
      diagnosis.warn('Store', "the reader's key may write, which no restore needs", READER_POLICY);
    }
    if (await inspector.mayDelete(stored, signal))
      diagnosis.warn('Store', "the reader's key may delete, which no restore needs", READER_POLICY);
  });
  await diagnosis.check('Store', "the bucket's settings could be read", async () => {
    const { keepsVersions, abortsUploads, locks } = await inspector.readSettings(signal);
    const judge = (is: boolean | undefined, right: string, what: string, fix: string) => {
      if (is === false) diagnosis.warn('Store', what, fix);
      if (is === undefined)
        diagnosis.skip('Store', what, `the reader may not see that, or the service does not say: ${right}`);
    };
    judge(
      keepsVersions,
      's3:GetBucketVersioning',
      'the bucket keeps no versions: whoever steals the writer’s key can replace backups',
      'aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled',
    );
    judge(
      abortsUploads,
      's3:GetLifecycleConfiguration',
      'no rule of the bucket removes uploads that were never completed: they are kept, and paid for, without end',
      'Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind).',
    );
    judge(
      locks,
      's3:GetBucketObjectLockConfiguration',
      'the bucket locks no objects: whoever takes over its account can delete every backup',
      'Set a default retention (docs/store-setup.md, Retention). Object Lock may have to be on since the bucket was made.',
    );
  });
}

/** Whether a write ends with this code; other errors are thrown. */
async function refused(work: Promise<unknown>, code: 'store-denied' | 'store-exists'): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof LifeboatError && error.code === code) return true;
    throw error;
  }
}
