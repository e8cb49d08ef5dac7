// This machine, behind the same port as one that is reached by SSH.
import { spawn } from 'node:child_process';
import { LifeboatError } from '../errors.ts';
import type { Machine } from '../ports/machine.ts';
import { runOnChannel } from './run-on-channel.ts';
import { bootCommand, randomBoundary, type Channel, type ChannelEnd } from './session.ts';

export function createLocalMachine(): Machine {
  return {
    name: 'this machine',
    run: (task) => {
      const boundary = randomBoundary();
      return runOnChannel(startShell(boundary), boundary, task);
    },
    close: () => Promise.resolve(),
  };
}

function startShell(boundary: string): Channel {
  // A process group of its own: Ctrl-C on the terminal is for this program to answer, and one signal reaches all of it.
  const child = spawn('/bin/sh', ['-c', bootCommand(boundary)], { detached: true, stdio: 'pipe' });
  const { promise: closed, resolve } = Promise.withResolvers<ChannelEnd>();
  child.once('error', (error) => resolve({ exitCode: undefined, error: cannotStart(error) }));
  child.once('close', (code, signal) =>
    resolve(code === null ? { exitCode: undefined, error: ended(signal) } : { exitCode: code }),
  );
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed,
    destroy: () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    },
  };
}

function cannotStart(cause: Error): LifeboatError {
  return new LifeboatError('target-tool-missing', '/bin/sh cannot be started on this machine', { cause });
}

function ended(signal: NodeJS.Signals | null): LifeboatError {
  return new LifeboatError(
    'restore-failed',
    `the shell on this machine was ended by ${signal ?? 'a signal'}`,
    {
      hint: 'Was the machine out of memory? Run it again.',
    },
  );
}
