// What is remembered of storage from run to run: which packs and index objects there are, and which list on the target belongs to them.
// Whatever is not right in it makes the next snapshot a full one; it never makes a file be skipped.
import * as shape from '../../domain/statements/json-shape.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { parseRunId } from '../../domain/run-id.ts';
import type { SnapshotFigures } from '../../domain/snapshots/snapshot-figures.ts';
import { storedMessageFields } from '../../domain/statements/stored-object-rules.ts';
import type { KeptFile } from '../../ports/storage.ts';
import { UNREADABLE } from '../target-state.ts';

const STATE_VERSION = 1;

export interface StorageState {
  readonly version: typeof STATE_VERSION;
  /** Of the target that left it. */
  readonly sshHostKey: string;
  /** What was asked for, to be compared as text. */
  readonly choice: string;
  /** Id of the newest snapshot. */
  readonly snapshot: string;
  readonly listing: KeptFile;
  /** What the list holds. */
  readonly listed: SnapshotFigures;
  readonly chain: readonly IndexObject[];
  readonly packs: readonly StoredMessage[];
}

export interface IndexObject {
  /** On the target. */
  readonly kept: KeptFile;
  readonly stored: StoredMessage;
}

const kept = shape.record<KeptFile>({
  run: shape.text(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/, 'the id of a run'),
  sha256: shape.sha256,
});
const stored = shape.record<StoredMessage>(storedMessageFields);
const stateShape = shape.record<StorageState>({
  version: shape.oneOf([STATE_VERSION]),
  sshHostKey: shape.filledText,
  choice: shape.filledText,
  snapshot: shape.filledText,
  listing: kept,
  listed: shape.record<SnapshotFigures>({
    files: shape.count,
    directories: shape.count,
    links: shape.count,
    bytes: shape.count,
  }),
  chain: shape.list(shape.record<IndexObject>({ kept, stored }), 1),
  packs: shape.list(stored),
});

export type RememberedState =
  | { readonly state: StorageState }
  /** Everything is new; `why` is undefined for a first run. */
  | { readonly state: undefined; readonly why: string | undefined };

/** `value` is what the keeper read. `now` is the id of this run. */
export function recallState(value: unknown, sshHostKey: string, now: string): RememberedState {
  const nothing = (why: string | undefined): RememberedState => ({ state: undefined, why });
  if (value === undefined) return nothing(undefined);
  if (value === UNREADABLE) return nothing('was sealed with another key, for another server, or was changed');
  if (!stateShape.check(value, '', () => undefined)) return nothing('is of another version of Lifeboat');
  if (value.sshHostKey !== sshHostKey) return nothing('is that of a server with another host key');
  const startedAt = parseRunId(value.snapshot)?.startedAt;
  const isLater = startedAt === undefined || startedAt > (parseRunId(now)?.startedAt ?? new Date(0));
  return isLater ? nothing('is that of a later run') : { state: value };
}
