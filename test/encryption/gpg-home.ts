// A private home for the real gpg: keys made in it, messages written and read by it. Ends its agent when it is closed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GpgResult {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Lines of --status-fd, without `[GNUPG:] `. */
  readonly status: readonly string[];
}

export class GpgHome implements Disposable {
  // The agent's socket lies in it, and the path of a socket is 107 bytes at most.
  readonly directory = mkdtempSync(join(tmpdir(), 'lifeboat-gpg-'));

  constructor() {
    // Few rounds of hashing for passphrases: it would measure how many make them slow, and then be slow.
    this.writeFile('gpg-agent.conf', 's2k-count 65536\n');
  }

  /** Runs gpg; does not throw when it fails. */
  run(args: readonly string[], input: Uint8Array | string = ''): GpgResult {
    const common = ['--no-options', '--homedir', this.directory, '--batch', '--no-tty', '--status-fd', '3'];
    const { status, stdout, stderr, output } = spawnSync('gpg', [...common, ...args], {
      input,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      maxBuffer: 64 * 2 ** 20,
    });
    const lines = (output[3] ?? Buffer.alloc(0)).toString('utf8').split('\n');
    return {
      exitCode: status,
      stdout,
      stderr: stderr.toString('utf8'),
      status: lines.filter((line) => line !== '').map((line) => line.replace('[GNUPG:] ', '')),
    };
  }

  /** Runs gpg and throws with what it said when it fails. */
  must(args: readonly string[], input: Uint8Array | string = ''): GpgResult {
    const result = this.run(args, input);
    if (result.exitCode !== 0) throw new Error(`gpg ${args.join(' ')}: ${result.exitCode}: ${result.stderr}`);
    return result;
  }

  /** Makes a key and returns its fingerprint. `time` is a moment like `20200101T000000`. */
  makeKey(
    userId: string,
    { algorithm = 'future-default', usage = 'default', expires = 'never', passphrase = '', time = '' } = {},
  ): string {
    const { status } = this.must([
      ...(time === '' ? [] : ['--faked-system-time', `${time}!`]),
      ...['--pinentry-mode', 'loopback', '--passphrase', passphrase],
      ...['--quick-gen-key', userId, algorithm, usage, expires],
    ]);
    const fingerprint = /^KEY_CREATED \S (\S+)/m.exec(status.join('\n'))?.[1];
    if (fingerprint === undefined) throw new Error('gpg did not say which key it made');
    return fingerprint;
  }

  import(armored: string | Uint8Array): void {
    this.must(['--import'], armored);
  }

  exportPublic(...fingerprints: readonly string[]): string {
    return this.must(['--armor', '--export', ...fingerprints]).stdout.toString('utf8');
  }

  exportSecret(fingerprint: string, { passphrase = '', subkeysOnly = false } = {}): string {
    const kind = subkeysOnly ? '--export-secret-subkeys' : '--export-secret-keys';
    const loopback = ['--pinentry-mode', 'loopback', '--passphrase', passphrase];
    return this.must([...loopback, '--armor', kind, fingerprint]).stdout.toString('utf8');
  }

  /** Key ids of the subkeys that gpg would encrypt to, in the order of the key. */
  encryptionSubkeys(fingerprint: string): string[] {
    const { stdout } = this.must(['--with-colons', '--list-keys', fingerprint]);
    const rows = stdout
      .toString('utf8')
      .split('\n')
      .map((line) => line.split(':'));
    return rows
      .filter(([type, , , , , , , , , , , usage]) => type === 'sub' && usage?.includes('e'))
      .map((row) => row[4] ?? '');
  }

  writeFile(name: string, content: string | Uint8Array): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    spawnSync('gpgconf', ['--homedir', this.directory, '--kill', 'all']);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
