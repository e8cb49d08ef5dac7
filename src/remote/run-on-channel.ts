// Runs one piece of shell text in a channel: the text comes first on standard input, then whatever it is to read.
import type { Writable } from 'node:stream';
import { LifeboatError } from '../errors.ts';
import type { MachineResult, MachineTask } from '../ports/machine.ts';
import { randomBoundary, type Channel } from './session.ts';

/** Answers of a catalogue of 100,000 objects stay below. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;
const STDERR_HEAD_BYTES = 4 * 1024;
const STDERR_TAIL_BYTES = 8 * 1024;

/** The channel's command is `bootCommand(boundary)`. Throws as `Machine.run` does. */
export async function runOnChannel(
  channel: Channel,
  boundary: string,
  task: MachineTask,
): Promise<MachineResult> {
  const { script, stdin, signal, onStdout } = task;
  const stop = () => channel.destroy();
  channel.stdin.on('error', () => undefined);
  const stderr = keepEnds(channel);
  const stdout = readAnswer(channel, randomBoundary(), boundary, script, onStdout);
  // Judged below, by how the command ended.
  stdout.catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    if (stdin === undefined) channel.stdin.end();
    else await feed(stdin, channel.stdin);
    const { exitCode, error } = await channel.closed;
    signal.throwIfAborted();
    if (exitCode === undefined) {
      if (error !== undefined) throw error;
      throw new LifeboatError(
        'ssh-lost',
        'the shell ended without saying how: it was killed, or the connection broke',
      );
    }
    return { exitCode, stdout: await stdout.catch(() => ''), stderr: stderr() };
  } catch (error) {
    channel.destroy();
    // Before anybody undoes what it did.
    await channel.closed;
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Sends the script, and returns what it printed; start-up files of a login shell may print before it. */
async function readAnswer(
  { stdin, stdout }: Channel,
  mark: string,
  boundary: string,
  script: string,
  onStdout: ((chunk: Uint8Array) => void) | undefined,
): Promise<string> {
  stdin.write(`printf '%s\\n' ${mark}\n${script}\n${boundary}\n`);
  const end = Buffer.from(`${mark}\n`);
  let noise: Buffer | undefined = Buffer.alloc(0);
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    let answer = chunk;
    if (noise !== undefined) {
      noise = Buffer.concat([noise, chunk]);
      const at = noise.indexOf(end);
      if (at < 0) continue;
      answer = noise.subarray(at + end.length);
      noise = undefined;
    }
    onStdout?.(answer);
    bytes += answer.length;
    if (onStdout === undefined && bytes <= MAX_OUTPUT_BYTES) kept.push(answer);
  }
  return Buffer.concat(kept).toString();
}

function keepEnds({ stderr }: Channel): () => string {
  let [head, tail] = [Buffer.alloc(0), Buffer.alloc(0)];
  stderr.on('error', () => undefined);
  stderr.on('data', (chunk: Buffer) => {
    const room = STDERR_HEAD_BYTES - head.length;
    head = Buffer.concat([head, chunk.subarray(0, room)]);
    tail = Buffer.concat([tail, chunk.subarray(room)]).subarray(-STDERR_TAIL_BYTES);
  });
  return () => head.toString() + tail.toString();
}

/** Ends `sink` with the source. Settles early, and lets go of the source, when nobody reads `sink` any more. */
async function feed(source: AsyncIterable<Uint8Array>, sink: Writable): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await unlessClosed(sink, iterator.next());
    if (next?.done === true) {
      sink.end();
      return;
    }
    if (next === undefined || !(await write(sink, next.value))) break;
  }
  // Not awaited: a generator that waits for something takes this only when it comes.
  void iterator.return?.().catch(() => undefined);
}

/** Undefined when the sink is closed first. Nothing of it stays with the sink: a race against one promise for all pieces would grow with each. */
function unlessClosed<T>(sink: Writable, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    if (sink.destroyed) stop();
    sink.once('close', stop);
    promise.then(resolve, reject).finally(() => sink.off('close', stop));
  });
}

/** Whether it was written. */
function write(sink: Writable, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = () => resolve(false);
    sink.once('close', stop);
    sink.write(chunk, (error) => {
      sink.off('close', stop);
      resolve(error === undefined || error === null);
    });
  });
}
