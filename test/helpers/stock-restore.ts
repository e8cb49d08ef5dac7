// A snapshot restored without Lifeboat: with the very commands of docs/restore-by-hand.md, which know nothing but what the format says.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { RESTORE_SNAPSHOT } from '../../src/domain/recovery/recovery-files.ts';
import { shellQuote } from '../../src/domain/text/shell.ts';

export interface StockRestore {
  /** A new directory; the files come below `files` in it. */
  readonly to: string;
  /** The folder of the storage, on this machine. */
  readonly storage: string;
  readonly snapshot: string;
  /** Home of a gpg that has the secret key. */
  readonly gpgHome: string;
}

/** Returns what was printed. Throws when any command fails. */
export function restoreByHand({ to, storage, snapshot, gpgHome }: StockRestore): string {
  mkdirSync(to);
  const script = [
    `SNAPSHOT=${shellQuote(snapshot)}`,
    `get_storage() { cp ${shellQuote(storage)}/"$1" .; }`,
    'get_storage "snapshots/$SNAPSHOT.json" || exit',
    RESTORE_SNAPSHOT,
  ].join('\n');
  const env = { PATH: process.env['PATH'], GNUPGHOME: gpgHome, LC_ALL: 'C.UTF-8' };
  return execFileSync('bash', { cwd: to, env, input: script, stdio: ['pipe', 'pipe', 'pipe'] }).toString();
}

export function restoredByHand({ to }: StockRestore, directory: string): string {
  return path.join(to, 'files', directory);
}
