// Keeps a sealed state in `~/.lifeboat/` on the target.
import { createHash } from 'node:crypto';
import { openState, sealState, type StatePlace } from '../domain/sealed-state.ts';
import { shellQuote } from '../domain/text/shell.ts';
import type { TargetSession } from '../ports/remote.ts';

/** Far more than any state has; what is larger is none. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

/** Of the hash of a store in a name. */
const STORE_DIGITS = 12;

export interface StateKeeper {
  /** Undefined: there is none. `unreadable`: something is there that was not sealed with this secret for this place. */
  read(): Promise<unknown>;
  /** As a whole or not at all. `after` is a script for when that is done. */
  write(value: unknown, after?: string): Promise<void>;
}

export const UNREADABLE = Symbol('unreadable');

/** What is remembered below `~/.lifeboat/` is called: a server that is backed up into two stores has one for each. */
export function stateName({ action, server, store }: StatePlace): string {
  const digest = createHash('sha256').update(store).digest('hex').slice(0, STORE_DIGITS);
  return `${action}-${server}-${digest}`;
}

export function stateFileName(place: StatePlace): string {
  return `${stateName(place)}.state`;
}

/** Of the state of one action, for one server in one store. */
export function keepState(session: TargetSession, secret: string, place: StatePlace): StateKeeper {
  const file = `"$HOME/.lifeboat/"${shellQuote(stateFileName(place))}`;
  let sequence = 0;
  return {
    read: async () => {
      const script = `[ ! -e ${file} ] || head -c ${MAX_STATE_BYTES} ${file} || echo unreadable`;
      const { stdout } = await session.run({ label: 'what is remembered on the target', script, stages: [] });
      if (stdout.length === 0) return undefined;
      const opened = openState(stdout.toString(), secret, place);
      if (opened === undefined) return UNREADABLE;
      sequence = opened.sequence;
      return opened.value;
    },
    write: async (value, after = ':') => {
      sequence += 1;
      const text = shellQuote(sealState({ sequence, value }, secret, place));
      const script = `printf '%s\\n' ${text} >${file}.new && mv -f ${file}.new ${file} || exit 1\n${after}`;
      await session.run({ label: 'note on the target', script, stages: [] });
    },
  };
}

/** A store with the address of its service: two services may have buckets of one name. */
export function nameStore({ location }: { readonly location: string }, endpoint: URL | undefined): string {
  return `${endpoint?.origin ?? ''} ${location}`;
}
