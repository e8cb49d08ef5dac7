// A stock GnuPG with a home of its own below the run's directory: what users will decrypt and verify with.
import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand, tryCommand, type CommandOptions, type CommandResult } from './command.ts';
import type { PgpKey } from './keys.ts';
import { RUN_VARIABLE } from './processes.ts';

export interface GpgHome {
  /** For `--homedir` in command lines of one's own. */
  readonly directory: string;
  /** Takes over secret and public key, which must have no passphrase; trusts it fully. */
  importSecretKey(key: PgpKey): Promise<void>;
  /** Runs gpg and returns status and output, whatever they are. */
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Decrypts; throws unless gpg ends with 0. */
  decrypt(ciphertext: Uint8Array): Promise<Buffer>;
  /** Ends the agent. */
  close(): Promise<void>;
}

/** Makes an empty home. The agent carries the run's mark, so that it ends with the run at the latest. */
export async function createGpgHome(lab: { readonly directory: string }): Promise<GpgHome> {
  const directory = await mkdtemp(path.join(lab.directory, 'gpg-'));
  const env = { PATH: process.env['PATH'], HOME: directory, [RUN_VARIABLE]: path.basename(lab.directory) };
  const run = (args: readonly string[], options: CommandOptions = {}) =>
    tryCommand('gpg', ['--homedir', directory, '--batch', '--no-tty', '--trust-model', 'always', ...args], {
      env,
      ...options,
    });
  const require = async (args: readonly string[], options: CommandOptions) => {
    const { status, stdout, stderr } = await run(args, options);
    if (status !== 0) throw new Error(`gpg ${args.join(' ')} ended with ${status ?? 'a signal'}: ${stderr}`);
    return stdout;
  };
  return {
    directory,
    importSecretKey: async (key) => {
      await require(['--import'], { input: await readFile(key.secretKeyPath) });
    },
    run,
    decrypt: (ciphertext) => require(['--decrypt'], { input: ciphertext }),
    close: async () => {
      await runCommand('gpgconf', ['--homedir', directory, '--kill', 'all'], { env });
    },
  };
}
