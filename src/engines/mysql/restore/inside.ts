// Runs commands in a sandbox next to its database server: the SQL client, and shell text of ours.
import { excerpt } from '../../../domain/text/excerpt.ts';
import { LifeboatError } from '../../../errors.ts';
import type { Sandbox } from '../../../ports/sandbox.ts';
import { LOAD_OPTIONS } from '../client.ts';
import { FLAVOURS } from '../flavours.ts';
import type { Flavour } from '../versions.ts';
import { FIRST_ACCOUNT, SET_PATH, SOCKET } from './sandbox-server.ts';

/** What a command printed; whoever asks for more than this asks for the wrong thing. */
const MAX_OUTPUT_BYTES = 512 * 2 ** 20;

const CLIENT_OPTIONS = ['--no-defaults', `--socket=${SOCKET}`, ...LOAD_OPTIONS] as const;

export interface InsideResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export class Inside {
  readonly #sandbox: Sandbox;
  readonly #signal: AbortSignal;
  readonly flavour: Flavour;
  /** Programs of the image. */
  readonly client: string;
  readonly dumpTool: string;
  /** Who the clients log in as. */
  account: string = FIRST_ACCOUNT;

  constructor(sandbox: Sandbox, flavour: Flavour, signal: AbortSignal) {
    this.#sandbox = sandbox;
    this.#signal = signal;
    this.flavour = flavour;
    const { sqlPrograms, dumpPrograms } = FLAVOURS[flavour];
    [this.client = '', this.dumpTool = ''] = [sqlPrograms[0], dumpPrograms[0]];
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Arguments for the SQL client, without its name. */
  clientArguments(...more: readonly string[]): string[] {
    return [...CLIENT_OPTIONS, `--user=${this.account}`, ...more];
  }

  /** How a client logs in, and nothing else. */
  logInArguments(): string[] {
    return ['--no-defaults', `--socket=${SOCKET}`, `--user=${this.account}`];
  }

  /** Runs SQL in a session of its own. Options go before those that are always given are read, so that they may not repeat them. */
  sql(text: string | AsyncIterable<Uint8Array>, ...options: readonly string[]): Promise<InsideResult> {
    const stdin = typeof text === 'string' ? oneChunk(text) : text;
    return this.run([this.client, ...this.clientArguments(...options)], stdin);
  }

  /** A session that is fed as it goes; `onLine` takes each line that it prints, as soon as it does. */
  async session(text: AsyncIterable<Uint8Array>, onLine: (line: string) => void): Promise<InsideResult> {
    let rest = '';
    const { exitCode, stderr } = await this.#sandbox.exec(
      [this.client, ...this.clientArguments('--unbuffered')],
      {
        signal: this.#signal,
        stdin: text,
        onStdout: (chunk) => {
          const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
          rest = lines.pop() ?? '';
          lines.forEach(onLine);
        },
      },
    );
    return { exitCode, stderr, stdout: Buffer.alloc(0) };
  }

  /** Hands on what shell text prints as fast as it is taken. Throws what the taker throws. */
  async pipe(
    script: string,
    take: (chunk: Uint8Array) => Promise<void>,
  ): Promise<Omit<InsideResult, 'stdout'>> {
    return this.#sandbox.exec(['/bin/sh', '-c', `${SET_PATH}\numask 077\n${script}`], {
      signal: this.#signal,
      onStdout: take,
    });
  }

  /** Runs shell text; `stdin` is that of the shell. */
  shell(script: string, stdin?: AsyncIterable<Uint8Array>): Promise<InsideResult> {
    return this.run(['/bin/sh', '-c', `${SET_PATH}\numask 077\n${script}`], stdin);
  }

  async run(command: readonly string[], stdin?: AsyncIterable<Uint8Array>): Promise<InsideResult> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const { exitCode, stderr } = await this.#sandbox.exec(command, {
      signal: this.#signal,
      ...(stdin === undefined ? {} : { stdin }),
      onStdout: (chunk) => {
        bytes += chunk.length;
        if (bytes <= MAX_OUTPUT_BYTES) chunks.push(Buffer.from(chunk));
      },
    });
    if (bytes > MAX_OUTPUT_BYTES) {
      throw new LifeboatError('restore-unreadable', `a program in the sandbox printed ${bytes} bytes`, {
        hint: 'That many were not expected. Does an assertion select whole tables?',
      });
    }
    return { exitCode, stderr, stdout: Buffer.concat(chunks) };
  }
}

/** What the SQL client complains of, without the statement that it repeats before: rows may stand in it. */
export function clientErrors(stderr: string): string {
  const errors = stderr.split('\n').filter((line) => /^(?:ERROR \d|ERROR at line|[\w-]+: )/.test(line));
  return excerpt(errors.length === 0 ? stderr : errors.join('\n'));
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
