// A session's shell without SSH between: the same boot line, run as sshd runs it (leader of a session of its own).
import { spawn } from 'node:child_process';
import {
  bootCommand,
  randomBoundary,
  startSession,
  type Channel,
  type ChannelEnd,
} from '../../src/remote/session.ts';
import type { SessionOptions, TargetSession } from '../../src/ports/remote.ts';

export interface LocalShell {
  readonly session: TargetSession;
  /** The shell's process id, which is its process group's too. */
  readonly pid: number;
  readonly channel: Channel;
}

export interface LocalShellOptions extends Partial<SessionOptions> {
  readonly home: string;
  readonly shell?: readonly string[];
  readonly path?: string;
  readonly signal?: AbortSignal;
}

export async function openLocalShell(options: LocalShellOptions): Promise<LocalShell> {
  const boundary = randomBoundary();
  const [program = 'sh', ...args] = options.shell ?? ['/bin/sh'];
  const child = spawn(program, [...args, '-c', bootCommand(boundary)], {
    detached: true,
    env: { HOME: options.home, PATH: options.path ?? process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = Promise.withResolvers<ChannelEnd>();
  child.once('close', (code) => {
    closed.resolve({ exitCode: code ?? undefined });
  });
  const channel: Channel = {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed: closed.promise,
    destroy: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
  const session = await startSession(
    channel,
    boundary,
    { lockName: `test-${boundary}`, holder: 'a test', tools: [], timeoutMs: 60_000, ...options },
    'SHA256:none',
    options.signal ?? new AbortController().signal,
  );
  return { session, pid: child.pid ?? 0, channel };
}
