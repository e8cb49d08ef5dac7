// What writer and reader of a store may do, found out by trying it on an object that was stored for that, and how the bucket is set up.
import type { StoredObject, StoreInspector } from '../../ports/store.ts';
import { judgeSettings } from '../judge-settings.ts';
import {
  isRefused,
  TRIAL,
  tryWriter,
  tryWriterDelete,
  WRITER_POLICY,
  type Excess,
  type StoreAccess,
} from '../store-trials.ts';
import type { Diagnosis } from './diagnosis.ts';

const READER_POLICY = 'Give it the policy of docs/store-setup.md, "The reader".';

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
  check: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject | undefined,
  diagnosis: Diagnosis,
): Promise<void> {
  await diagnosis.check('Store', "the writer's key may put, and read nothing", () =>
    tryWriter(trialOf(check, inspector, diagnosis), stored),
  );
}

function trialOf(
  { backup: { writer }, server, signal }: StoreCheck,
  inspector: StoreInspector,
  diagnosis: Diagnosis,
) {
  return {
    ...{ writer, inspector, server, signal },
    onExcess: (_excess: Excess, what: string) =>
      diagnosis.warn('Store', `the writer's key ${what}`, WRITER_POLICY),
    onLeftBehind: (key: string) => void diagnosis.leftBehind.push(key),
  };
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
    if (!(await inspector.mayList('', signal)))
      fault('may not list the store: no restore could find a backup');
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
  // A fault already, where something was stored there.
  const isKnown = diagnosis.faults.some(({ code }) => code === 'store-unversioned');
  for (const verdict of judgeSettings(await inspector.readSettings(signal))) {
    const { setting, state, subject, what, fix, why } = verdict;
    if (setting === 'keepsVersions' && isKnown) continue;
    if (state === 'bad') diagnosis.warn('Store', what, fix);
    if (state === 'unknown') diagnosis.skip('Store', subject, why);
  }
}

/** After everything that reads the object: it may be gone then. To one that is gone the answers are the same. */
async function checkDeleting(
  check: StoreCheck,
  inspector: StoreInspector,
  stored: StoredObject,
  diagnosis: Diagnosis,
): Promise<void> {
  const { reader, isSameKey, signal } = check;
  await diagnosis.check('Store', 'none of these keys may delete', async () => {
    await tryWriterDelete(trialOf(check, inspector, diagnosis), stored);
    if (!isSameKey && (await reader?.inspector?.mayDelete(stored, signal)))
      diagnosis.warn('Store', "the reader's key may delete, which no restore needs", READER_POLICY);
  });
}
