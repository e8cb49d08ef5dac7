// What writer and reader of a store may do, found out by trying it on an object that was stored for that, and how the bucket is set up.
import { LifeboatError } from '../../errors.ts';
import type { StoredObject, StoreInspector, StoreWriter } from '../../ports/store.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What is put where something has to be put. */
export const TRIAL = Buffer.from(
  'Lifeboat doctor stored this to see what its credentials may do. Nothing reads it.\n',
);

const WRITER_POLICY =
  'Give it the policy of docs/store-setup.md, "The writer": s3:PutObject and s3:AbortMultipartUpload below the prefix, and nothing below proofs/.';
const READER_POLICY = 'Give it the policy of docs/store-setup.md, "The reader".';

/** One credential: what it writes with, and what it may ask. Without inspector: the store has no credentials of its own. */
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

/** `stored` is the object to try it on; without it nothing is written, and less is known. */
export async function checkCredentials(
  check: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  await checkWriter(check, inspector, stored, diagnosis);
  const { reader } = check;
  if (reader?.inspector === undefined)
    diagnosis.skip('Store', "the bucket's settings", 'they are looked at with `reader-access-key-id`');
  else await checkReader(check, { ...reader, inspector: reader.inspector }, stored, diagnosis);
  if (stored !== undefined) await checkDeleting(check, inspector, stored, diagnosis);
}

async function checkWriter(
  { backup: { writer }, server, signal }: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  await diagnosis.check('Store', "the writer's key may put, and read nothing", async () => {
    const warn = (what: string) => diagnosis.warn('Store', `the writer's key ${what}`, WRITER_POLICY);
    if (await inspector.mayList(signal))
      warn('may list the store: whoever steals it learns which backups there are');
    if (stored === undefined) return;
    if (await inspector.mayGet(stored.key, signal)) warn('may read objects: a backup job needs to read none');
    const proof = stored.key.replace(`${server}/doctor/`, `${server}/proofs/doctor-`);
    if (await isRefused(writer.put(proof, TRIAL, { signal }), 'store-denied')) return;
    diagnosis.leftBehind.push(proof);
    warn('may write proofs: who makes backups could say that they were tested');
  });
}

async function checkReader(
  { isSameKey, signal }: StoreCheck,
  { writer, inspector }: StoreAccess & { readonly inspector: StoreInspector },
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  const fault = (what: string) => diagnosis.fault('Store', `the reader's key ${what}`, READER_POLICY);
  const warn = (what: string, fix = READER_POLICY) =>
    diagnosis.warn('Store', `the reader's key ${what}`, fix);
  await diagnosis.check('Store', "the reader's key may list and get, and put nothing", async () => {
    if (isSameKey) warn("is the writer's", 'Make a user of its own for each (docs/store-setup.md).');
    if (!(await inspector.mayList(signal))) fault('may not list the store: no restore could find a backup');
    if (stored === undefined || isSameKey) return;
    if (!(await inspector.mayGet(stored.key, signal))) fault('may not get what the writer stored');
    const key = stored.key.replace(/\.txt$/, '-reader.txt');
    if (await isRefused(writer.put(key, TRIAL, { signal }), 'store-denied')) return;
    diagnosis.leftBehind.push(key);
    warn('may write, which no restore needs');
  });
  await diagnosis.check('Store', 'versions, locks and the rule for unfinished uploads', () =>
    checkSettings(inspector, signal, diagnosis),
  );
}

async function checkSettings(
  inspector: StoreInspector,
  signal: AbortSignal,
  diagnosis: Diagnosis,
): Promise<void> {
  const { keepsVersions, abortsUploads, locks } = await inspector.readSettings(signal);
  const judge = (is: boolean | undefined, right: string, subject: string, what: string, fix: string) => {
    if (is === false) diagnosis.warn('Store', what, fix);
    if (is === undefined)
      diagnosis.skip('Store', subject, `the service does not say, or the reader lacks ${right}`);
  };
  // A fault already, where something was stored there.
  if (!diagnosis.faults.some(({ code }) => code === 'store-unversioned'))
    judge(
      keepsVersions,
      's3:GetBucketVersioning',
      'whether the bucket keeps versions',
      "the bucket keeps no versions: whoever steals the writer's key can replace backups",
      'aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled',
    );
  judge(
    abortsUploads,
    's3:GetLifecycleConfiguration',
    'whether unfinished uploads are removed',
    'no rule of the bucket removes uploads that were never completed: they are kept, and paid for, without end',
    'Add AbortIncompleteMultipartUpload after 3 days (docs/store-setup.md, What runs leave behind).',
  );
  judge(
    locks,
    's3:GetBucketObjectLockConfiguration',
    'whether new objects are locked',
    'the bucket locks no objects: whoever takes over its account can delete every backup',
    'Set a default retention (docs/store-setup.md, Retention). Object Lock may have to be on since the bucket was made.',
  );
}

/** After everything that reads the object: it may be gone then. To one that is gone the answers are the same. */
async function checkDeleting(
  { reader, isSameKey, signal }: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject,
  diagnosis: Diagnosis,
): Promise<void> {
  await diagnosis.check('Store', 'none of these keys may delete', async () => {
    if (await inspector.mayDelete(stored, signal)) {
      const what = "the writer's key may delete objects: whoever steals it can make backups disappear";
      diagnosis.warn('Store', what, WRITER_POLICY);
    }
    if (!isSameKey && (await reader?.inspector?.mayDelete(stored, signal)))
      diagnosis.warn('Store', "the reader's key may delete, which no restore needs", READER_POLICY);
  });
}

/** Whether a write ends with this code; other errors are thrown. */
export async function isRefused(
  work: Promise<unknown>,
  code: 'store-denied' | 'store-exists',
): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof LifeboatError && error.code === code) return true;
    throw error;
  }
}
