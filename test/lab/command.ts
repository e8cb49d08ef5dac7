// Runs one program of the machine to its end. What it printed is in the error when it fails: the lab holds no secrets worth hiding.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Enough of standard error to see what went wrong. */
const STDERR_SHOWN_CHARS = 4_000;

export interface CommandOptions {
  /** Standard input; nothing when absent. */
  readonly input?: string | Uint8Array | Readable;
  /** The whole environment of the program; the lab's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a program and returns its status, whatever it is; throws only when it cannot be started. */
export async function tryCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
    stdio: 'pipe',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [status, stdout, stderr] = await Promise.all([
    ended,
    collect(child.stdout),
    collect(child.stderr),
    feed(child.stdin, options.input),
  ]);
  return { status, stdout, stderr: stderr.toString() };
}

/** Runs a program and returns its standard output as text; throws when it ends with anything but 0. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await tryCommand(file, args, options);
  if (status !== 0) {
    const said = stderr.trim().slice(-STDERR_SHOWN_CHARS);
    throw new Error(`${file} ended with ${status ?? 'a signal'}: ${said === '' ? 'it said nothing' : said}`);
  }
  return stdout.toString();
}

/** What must run as root goes through password-less sudo elsewhere; CONTAINERS_CONF and the like are to be given with env(1). */
export function asRoot(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
}

export async function runAsRoot(command: readonly [string, ...string[]]): Promise<string> {
  const [file, ...args] = asRoot(command);
  return runCommand(file, args);
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * What is said of a pipe whose reader has ended: the kernel, libuv of a write that was under way when Node.js saw the end, and Node.js of a
 * stream that it closed.
 */
const READER_ENDED = new Set(['EPIPE', 'ECONNRESET', 'ECANCELED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** A program that ends before it has read everything is judged by its status, not by our broken pipe. */
async function feed(stdin: NodeJS.WritableStream, input: CommandOptions['input']): Promise<void> {
  try {
    const chunks = typeof input === 'string' || input instanceof Uint8Array ? [input] : (input ?? []);
    await pipeline(chunks, stdin);
  } catch (error) {
    if (!READER_ENDED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
