// The Debian root file system that the lab's containers share. It is built once and kept in a cache directory.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { asRoot } from './command.ts';

/**
 * Directory of the root file system; builds it when it is not there, which takes a minute or two and prints what it does.
 * LIFEBOAT_LAB_ROOT names one that is ready, LIFEBOAT_LAB_CACHE another place to keep it.
 */
export async function findRootFileSystem(): Promise<string> {
  const ready = process.env['LIFEBOAT_LAB_ROOT'];
  if (ready !== undefined && ready !== '') return ready;
  const base = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const cache = process.env['LIFEBOAT_LAB_CACHE'] ?? path.join(base, 'lifeboat-lab');
  const root = path.join(cache, 'root');
  await build(path.join(import.meta.dirname, 'build-root.sh'), root);
  if (!existsSync(root)) throw new Error(`${root} was not built`);
  return root;
}

/** The script does nothing when what it would build is there; it locks against other builds. */
async function build(script: string, root: string): Promise<void> {
  const [file, ...args] = asRoot([script, root]);
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0)
    throw new Error(`the root file system for the lab's containers could not be built, see above`);
}
