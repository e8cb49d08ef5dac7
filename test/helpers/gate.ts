// Stops the dump of the data at a chosen byte, for as long as a test needs: a stand-in for the dump client that calls the real one
// and passes its output on. A fake only in when things happen; what happens is the real client's.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import type { Site } from './site.ts';

/** Which call of the client: the looks at the structure, or the dump of the rows. */
export type Call = 'before' | 'data' | 'after';

export interface Gate {
  /** Resolves when the dump has come to the gate. */
  reached(): Promise<void>;
  /** Lets it go on. */
  open(): void;
}

/** Enough for a run to get going on a busy machine. */
const REACH_TIMEOUT_MS = 60_000;

/**
 * Holds the call after its first `bytes` bytes of output; with 0 before the client is started at all. The client itself goes on
 * until the pipe is full.
 */
export function putGate(site: Site, call: Call, bytes: number): Gate {
  const [gate] = putGates(site, [call, bytes]);
  return gate as Gate;
}

/** Several gates for one run, at most one for each call. */
export function putGates(site: Site, ...gates: readonly (readonly [call: Call, bytes: number])[]): Gate[] {
  const directory = mkdtempSync(path.join(site.lab.ssh.home, 'gate-'));
  chmodSync(directory, 0o777);
  site.wrap('mariadb-dump', renderWrapper(directory));
  return gates.map(([call, bytes]) => {
    const [hold, reached] = ['hold', 'reached'].map((what) => path.join(directory, `${call}.${what}`)) as [
      string,
      string,
    ];
    writeFileSync(hold, '');
    writeFileSync(path.join(directory, `${call}.bytes`), String(bytes));
    return {
      reached: () =>
        vi.waitFor(() => expect(existsSync(reached), 'the gate was not reached').toBe(true), {
          timeout: REACH_TIMEOUT_MS,
          interval: 20,
        }),
      open: () => rmSync(hold),
    };
  });
}

function renderWrapper(directory: string): string {
  return `#!/bin/bash
set -o pipefail
real=/usr/bin/mariadb-dump
case " $* " in
*" --single-transaction "*) call=data ;;
*" --no-data "*) if [ -e ${directory}/looked ]; then call=after; else call=before; : >${directory}/looked; fi ;;
*) call=other ;;
esac
gate=${directory}/$call
[ -e "$gate.hold" ] || exec "$real" "$@"
wait_here() { : >"$gate.reached"; while [ -e "$gate.hold" ]; do sleep 0.02; done; }
bytes=$(cat "$gate.bytes")
if [ "$bytes" = 0 ]; then wait_here; exec "$real" "$@"; fi
"$real" "$@" | { head -c "$bytes"; wait_here; exec cat; }
`;
}
