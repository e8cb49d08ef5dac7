// The action that ships binary logs: what is closed and not yet shipped, oldest first, each with a manifest of its own; then what that means
// for recovery, and what the server need not keep any more.
import { readStoreClock } from '../read-store-clock.ts';
import type { SealingKeys } from '../sealing/sealing.ts';
import type { ShipBinlogsInputs } from './inputs.ts';
import type { ShipOutcome } from './outcome.ts';
import { requestOf, toolsFor } from './request.ts';
import { ACTION, type ShipPorts, ShipRun } from './run.ts';

/** Throws a `LifeboatError` for what keeps a run from beginning; what goes wrong later is in the outcome, with what was done until then. */
export async function shipBinlogs(
  inputs: ShipBinlogsInputs,
  keys: SealingKeys,
  program: { readonly lifeboatVersion: string; readonly origin: string },
  ports: ShipPorts,
  signal: AbortSignal,
): Promise<ShipOutcome> {
  const startedMs = performance.now();
  const { reporter, remote, engine } = ports;
  const clock = await readStoreClock(ports.store, signal);
  const startedAt = clock.now();
  const session = await reporter.group(`Connect to ${inputs.sshUser}@${inputs.sshHost}`, () =>
    remote.open(
      {
        lockName: `${ACTION}-${inputs.server}`,
        holder: `${ACTION} of ${program.origin}, since ${startedAt.toISOString()}`,
        tools: toolsFor(inputs, engine),
        timeoutMs: inputs.timeout,
      },
      signal,
    ),
  );
  try {
    const server = await reporter.group('Look at the database server', () =>
      engine.open(session, requestOf(inputs)),
    );
    const run = new ShipRun(inputs, { session, server, clock, startedAt, keys, ports, signal, program });
    await run.remember();
    const found = await (inputs.dryRun ? run.rehearse() : run.ship());
    return found.kind === 'dry-run' ? found : { ...found, durationMs: performance.now() - startedMs };
  } finally {
    await session.close();
  }
}
