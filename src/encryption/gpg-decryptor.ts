// Lets gpg decrypt the data of a message. gpg gets the session key of this one message through a pipe and never a secret key: no
// keyring, no agent, and an empty home that is gone afterwards.
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { excerpt } from '../domain/text/excerpt.ts';
import { showUnseen } from '../domain/text/visible.ts';
import type { DataDecryptor } from './decrypt.ts';
import { startGpg } from './gpg-program.ts';
import { refuseMessage } from './message-head.ts';

const SESSION_KEY_FD = 3;
const STATUS_FD = 4;

const OPTIONS = [
  ...['--batch', '--no-tty', '--quiet', '--no-autostart', '--no-keyring', '--lock-never'],
  ...['--override-session-key-fd', `${SESSION_KEY_FD}`, '--status-fd', `${STATUS_FD}`, '--decrypt'],
];

/** OpenPGP's number of AES-256 (RFC 9580, section 9.3). */
const AES_256 = 9;

/** gpg says a dozen lines; more than this is not kept. */
const MAX_TEXT_BYTES = 64 * 1024;

/** Each of these lines must be there, exactly once: two texts in one message are not what was encrypted. */
const NEEDED_STATUS = ['PLAINTEXT', 'DECRYPTION_OKAY', 'GOODMDC'];

/** `path` is where programs are looked for. */
export function createGpgDecryptor(path: string): DataDecryptor {
  return async function* (message, sessionKey, signal) {
    // Not the name of a run: nothing of it is in there.
    const home = await mkdtemp(join(tmpdir(), 'lifeboat-gpg-'));
    try {
      const child = startGpg(OPTIONS, path, home, ['pipe', 'pipe', 'pipe', 'pipe', 'pipe']);
      yield* converse(child, message, Buffer.from(sessionKey).toString('hex').toUpperCase(), signal);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  };
}

async function* converse(
  child: ChildProcess,
  message: AsyncIterable<Uint8Array>,
  keyHex: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [stdin, stdout, stderr, keyPipe, statusPipe] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Writable,
    Readable,
  ];
  const ended = waitForEnd(child);
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const said = collectText(stderr);
  const reported = collectText(statusPipe);
  // A gpg that ends early is judged by what it says, not by the pipe that broke.
  keyPipe.on('error', () => undefined).end(`${AES_256}:${keyHex}\n`);
  const fed = pipeline(message, stdin).catch(() => undefined);
  try {
    for await (const chunk of stdout) yield chunk as Uint8Array;
    const end = await ended;
    const status = (await reported).split('\n').map((line) => line.replace('[GNUPG:] ', ''));
    const isGood = NEEDED_STATUS.every(
      (word) => status.filter((line) => line.split(' ')[0] === word).length === 1,
    );
    if (end !== undefined || !isGood) throw refuseMessage(describeFailure(end, await said, keyHex));
    await fed;
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    for (const stream of [stdin, stdout, stderr, keyPipe, statusPipe]) stream.destroy();
    await ended;
  }
}

/** Resolves when it is gone: to how it ended, as a part of a sentence, or to nothing when its exit code was 0. */
async function waitForEnd(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('could not be started'));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`);
    });
  });
}

async function collectText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (bytes < MAX_TEXT_BYTES) chunks.push(chunk.subarray(0, MAX_TEXT_BYTES - bytes));
      bytes += chunk.length;
    }
  } catch {
    // What came is what there is.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** gpg prints the session key that it was given to its standard error (`DBG: seskey`). */
function describeFailure(end: string | undefined, said: string, keyHex: string): string {
  const lines = said
    .split('\n')
    .filter((line) => line !== '' && !line.includes('DBG:') && !line.toUpperCase().includes(keyHex))
    .map((line) => showUnseen(line.replace(/^gpg: /, '')));
  const how = `gpg ${end ?? 'did not say that all is well'}`;
  return lines.length === 0 ? how : `${how}: ${excerpt(lines.join('\n')).replaceAll('\n', '; ')}`;
}
