// A sandbox that runs nothing: what a command does is a function. For what a real one cannot be made to do: a client that ends at a
// certain statement, that answers late, that answers nothing.
import { setImmediate } from 'node:timers/promises';
import type { Sandbox, SandboxExecOptions, SandboxExecResult } from '../../src/ports/sandbox.ts';

export type FakeCommand = (
  command: readonly string[],
  options: SandboxExecOptions,
) => Promise<Partial<SandboxExecResult>>;

export function fakeSandbox(run: FakeCommand): Sandbox {
  return {
    exec: async (command, options) => ({ exitCode: 0, stderr: '', ...(await run(command, options)) }),
    describeEnd: () => undefined,
    destroy: () => Promise.resolve(),
  };
}

/** A command that reads all that it is given and then answers; keeps what it read. */
export function answering(answer: {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}) {
  const calls: { readonly command: readonly string[]; readonly stdin: string }[] = [];
  const sandbox = fakeSandbox(async (command, { stdin, onStdout }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin ?? []) chunks.push(chunk);
    calls.push({ command, stdin: Buffer.concat(chunks).toString() });
    void onStdout?.(Buffer.from(answer.stdout ?? ''));
    return { exitCode: answer.exitCode ?? 0, stderr: answer.stderr ?? '' };
  });
  return { sandbox, calls };
}

/** What a session did, in the order in which all sessions did it. */
export interface SessionLine {
  readonly session: number;
  readonly line: string;
}

export interface FakeClientOptions {
  /** How a line ends the session, if it does: like a client that the server refuses, it reads no more. */
  readonly endAt?: (line: string, session: number) => Partial<SandboxExecResult> | undefined;
  /** Awaited before a line is done. */
  readonly before?: (line: string, session: number) => Promise<unknown> | undefined;
  readonly isMute?: (session: number) => boolean;
}

/** SQL clients that write down their lines and print what `SELECT '…';` asks for. */
export function fakeClients({ endAt, before, isMute }: FakeClientOptions = {}) {
  const lines: SessionLine[] = [];
  let sessions = 0;
  const sandbox = fakeSandbox(async (_, { stdin, onStdout }) => {
    const session = sessions;
    sessions += 1;
    let rest = '';
    for await (const chunk of stdin ?? []) {
      const all = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
      rest = all.pop() ?? '';
      for (const line of all) {
        const waited = before?.(line, session);
        if (waited !== undefined) await waited;
        const end = endAt?.(line, session);
        if (end !== undefined) return end;
        lines.push({ session, line });
        const asked = /^SELECT '(.*)';$/.exec(line)?.[1];
        // In two pieces, as it may come from a pipe.
        if (asked !== undefined && isMute?.(session) !== true) {
          void onStdout?.(Buffer.from(asked.slice(0, 5)));
          void onStdout?.(Buffer.from(`${asked.slice(5)}\n`));
        }
      }
      // Others have their turn.
      await setImmediate();
    }
    return {};
  });
  return { sandbox, lines, countSessions: () => sessions };
}
