// The gpg of this machine: is it one that can help, and how it is started. It inherits no environment.
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/** Since gpg 2.1.15; without it the key would have to stand among the arguments. */
const NEEDED_OPTION = '--override-session-key-fd';

/** It prints a list and ends: longer means that something is wrong with it. */
const LIST_TIMEOUT_MS = 20_000;

/** Where programs are on most systems. */
export const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** `--no-options`: what somebody configured for themselves must not change what happens here. */
const COMMON_OPTIONS = ['--no-options'];

/** Whether there is a gpg that takes session keys from a file descriptor. Never throws. */
export async function hasUsefulGpg(path: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('gpg', [...COMMON_OPTIONS, '--dump-options'], {
      env: environmentFor(path, '/nonexistent'),
      timeout: LIST_TIMEOUT_MS,
    });
    return stdout.split('\n').includes(NEEDED_OPTION);
  } catch {
    return false;
  }
}

export function startGpg(
  args: readonly string[],
  path: string,
  home: string,
  stdio: StdioOptions,
): ChildProcess {
  return spawn('gpg', [...COMMON_OPTIONS, '--homedir', home, ...args], {
    stdio,
    env: environmentFor(path, home),
  });
}

function environmentFor(path: string, home: string): Record<string, string> {
  return { PATH: path, HOME: home, LC_ALL: 'C' };
}
