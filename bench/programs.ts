// Starts shell pipelines for the benches: Debian's own programs, an environment without anything of ours.
import { spawn } from 'node:child_process';
import type { Started } from './measure.ts';

/** Where Debian's packages put their programs; others of the same name elsewhere are not meant. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const MAX_SHOWN_CHARS = 4_000;

/** Runs a script with bash, where a pipeline fails when any part of it does. Resolves with its output; rejects unless it ends with 0. */
export function startScript(script: string, env: Readonly<Record<string, string>>): Started<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) {
        resolve(Buffer.concat(output).toString());
        return;
      }
      const said = Buffer.concat(complaints).toString().slice(-MAX_SHOWN_CHARS);
      reject(new Error(`a script ended with ${status ?? 'a signal'}: ${said}\n${script}`));
    });
  });
  return { pid: child.pid, ended };
}

export function runScript(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  return startScript(script, env).ended;
}
