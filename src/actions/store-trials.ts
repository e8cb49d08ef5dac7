// What the credentials of backup jobs may do to a store beyond their task, found out by trying it on an object that is stored for that.
import { LifeboatError } from '../errors.ts';
import type { StoredObject, StoreInspector, StoreWriter } from '../ports/store.ts';

/** What is put where something has to be put. */
export const TRIAL = Buffer.from(
  'Lifeboat stored this to see what its credentials may do. Nothing reads it.\n',
);

export const WRITER_POLICY =
  'Give it the policy of docs/store-setup.md, "The writer": s3:PutObject and s3:AbortMultipartUpload below the prefix, and nothing below proofs/.';

/** One credential: what it writes with, and what it may ask. Without inspector: the store has no credentials of its own. */
export interface StoreAccess {
  readonly writer: StoreWriter;
  readonly inspector: StoreInspector | undefined;
}

/** What no backup job has to do. */
export type Excess = 'list' | 'read' | 'replace' | 'delete' | 'proofs';

export interface WriterTrial {
  readonly writer: StoreWriter;
  readonly inspector: StoreInspector;
  readonly server: string;
  readonly signal: AbortSignal;
  /** Told what the key may do and should not, as words that follow "the writer's key". */
  readonly onExcess: (excess: Excess, what: string) => void;
  /** Told of each key that stays in the store. */
  readonly onLeftBehind: (key: string) => void;
}

export function trialKey(server: string, runId: string): string {
  return `${server}/doctor/${runId}.txt`;
}

/** Whether a second write of the same object destroys the first. */
export async function isReplaced(
  writer: StoreWriter,
  { key, versionId }: StoredObject,
  signal: AbortSignal,
): Promise<boolean> {
  return !(await isRefused(writer.put(key, TRIAL, { signal }), 'store-exists')) && versionId === undefined;
}

/** Without an object that was stored less is known. */
export async function tryWriter(trial: WriterTrial, stored: StoredObject | undefined): Promise<void> {
  const { writer, inspector, server, signal, onExcess, onLeftBehind } = trial;
  if ((await inspector.mayList('', signal)) || (await inspector.mayList(server, signal)))
    onExcess('list', 'may list the store: whoever steals it learns which backups there are');
  if (stored === undefined) return;
  if (await inspector.mayGet(stored.key, signal))
    onExcess('read', 'may read objects: a backup job needs to read none');
  const proof = stored.key.replace(`${server}/doctor/`, `${server}/proofs/doctor-`);
  if (await isRefused(writer.put(proof, TRIAL, { signal }), 'store-denied')) return;
  onLeftBehind(proof);
  onExcess('proofs', 'may write proofs: who makes backups could say that they were tested');
}

/** After everything that reads the object: it may be gone then. */
export async function tryWriterDelete(
  { inspector, signal, onExcess }: Pick<WriterTrial, 'inspector' | 'signal' | 'onExcess'>,
  stored: StoredObject,
): Promise<void> {
  if (await inspector.mayDelete(stored, signal))
    onExcess('delete', 'may delete objects: whoever steals it can make backups disappear');
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
