// What a run leaves on the target for each pack that is in the store, in case it does not come to its end: sealed notes, on which the next
// run goes on. Each is true by itself, however many of them are lost.
import * as shape from '../../domain/statements/json-shape.ts';
import type { StoredMessage } from '../../domain/statements/stored-message.ts';
import { packIdOf } from '../../domain/stores/object-names.ts';
import { parseRunId } from '../../domain/run-id.ts';
import { openState, sealState, type StatePlace } from '../../domain/sealed-state.ts';
import { storedMessageFields } from '../../domain/statements/stored-object-rules.ts';
import { DAY_MS } from '../../domain/text/units.ts';

/** Longer than anybody leaves backups red. What no manifest names for longer may have been tidied away. */
const MAX_AGE_MS = 14 * DAY_MS;

/** `20261120T030512Z`; the rest of a run's id is chance. */
const TIME_LENGTH = 16;

export interface NotedPack {
  readonly sshHostKey: string;
  /** What was asked for: what another choice packed would look as if it were deleted. */
  readonly choice: string;
  /** SHA-256 of the records of what is in it. */
  readonly records: string;
  readonly stored: StoredMessage;
}

const noteShape = shape.record<NotedPack>({
  sshHostKey: shape.filledText,
  choice: shape.filledText,
  records: shape.sha256,
  stored: shape.record<StoredMessage>(storedMessageFields),
});

/** One line of text. */
export function sealNote(note: NotedPack, secret: string, place: StatePlace): string {
  return sealState({ sequence: 1, value: note }, secret, placeOfNotes(place));
}

/** Those that count for run `now`, the oldest first: made on this target, of the same choice, by runs after the one that left `snapshot`. */
export function openNotes(
  lines: readonly string[],
  secret: string,
  place: StatePlace,
  {
    sshHostKey,
    choice,
    snapshot,
    now,
  }: { sshHostKey: string; choice: string; snapshot: string | undefined; now: string },
): NotedPack[] {
  const notes = lines
    .map((line) => openState(line, secret, placeOfNotes(place))?.value)
    .filter((note) => noteShape.check(note, '', () => undefined));
  return notes
    .filter((note) => {
      const run = runOf(note);
      return (
        note.sshHostKey === sshHostKey &&
        note.choice === choice &&
        run !== snapshot &&
        run.slice(0, TIME_LENGTH) >= (snapshot ?? '').slice(0, TIME_LENGTH) &&
        run.slice(0, TIME_LENGTH) <= now.slice(0, TIME_LENGTH) &&
        startOf(run) >= startOf(now) - MAX_AGE_MS
      );
    })
    .sort((a, b) => (runOf(a) < runOf(b) ? -1 : runOf(a) > runOf(b) ? 1 : numberOf(a) - numberOf(b)));
}

/** A note is never taken for a state, nor a state for a note. */
function placeOfNotes(place: StatePlace): StatePlace {
  return { ...place, action: `${place.action}.pack` };
}

function runOf({ stored }: NotedPack): string {
  return packIdOf(stored).replace(/-\d+$/, '');
}

function numberOf({ stored }: NotedPack): number {
  return Number(packIdOf(stored).split('-').at(-1));
}

function startOf(run: string): number {
  return parseRunId(run)?.startedAt.getTime() ?? Number.NaN;
}
