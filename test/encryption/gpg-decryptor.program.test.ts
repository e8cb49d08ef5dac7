// What only the way through gpg has: a program, a home for it, and a session key on its way to it.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasUsefulGpg, USUAL_PATH } from '../../src/encryption/gpg-program.ts';
import { createOpenPgpEncryption, type OpenPgpOptions } from '../../src/encryption/openpgp-encryption.ts';
import { LifeboatError } from '../../src/errors.ts';
import { readAll } from '../helpers/bytes.ts';
import { watchForLeaks } from '../helpers/leak-watch.ts';
import { GpgHome } from './gpg-home.ts';

// gpg makes keys and starts agents: seconds, when the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const NEVER = new AbortController().signal;
const GOOD_STATUS = ['PLAINTEXT 62 0 ', 'DECRYPTION_OKAY', 'GOODMDC'];

let gpg: GpgHome;
let armored: string;
let message: Buffer;
let sessionKey: string;
let temporary: string;

beforeAll(() => {
  gpg = new GpgHome();
  const fingerprint = gpg.makeKey('Alice <alice@example.org>');
  armored = gpg.exportSecret(fingerprint);
  const options = ['--trust-model', 'always', '--rfc4880', '-z0', '--cipher-algo', 'AES256'];
  message = gpg.must([...options, '-r', fingerprint, '--encrypt', '-o', '-'], Buffer.alloc(2 ** 20)).stdout;
  const { stderr } = gpg.must(['--show-session-key', '--decrypt'], message);
  sessionKey = /'9:([0-9A-F]{64})'/.exec(stderr)?.[1] ?? '';
  expect(sessionKey).toHaveLength(64);
});

afterAll(() => gpg[Symbol.dispose]());

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'lifeboat-decrypt-'));
  vi.stubEnv('TMPDIR', temporary);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

async function* download(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < message.length; at += 65_536)
    yield await Promise.resolve(message.subarray(at, at + 65_536));
}

async function decrypt(
  options: OpenPgpOptions,
  source: AsyncIterable<Uint8Array> = download(),
): Promise<Buffer> {
  const encryption = createOpenPgpEncryption(options);
  const identity = await encryption.readIdentity(armored, undefined);
  return readAll(encryption.decrypt(source, identity, NEVER));
}

/** A fake gpg: the real one cannot be made to lie. Its status goes to descriptor 4, as the real one's. */
function putGpg(script: string): string {
  const file = join(gpg.directory, 'gpg');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return `${gpg.directory}:${USUAL_PATH}`;
}

const report = (lines: readonly string[]): string =>
  lines.map((line) => `echo '[GNUPG:] ${line}' >&4\n`).join('');

async function refusal(script: string): Promise<LifeboatError> {
  const error: unknown = await decrypt({ decryptor: 'gpg', path: putGpg(script) }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(LifeboatError);
  expect((error as LifeboatError).code).toBe('decryption-failed');
  expect(readdirSync(temporary)).toEqual([]);
  return error as LifeboatError;
}

describe('the real gpg', () => {
  it('gets nothing secret in arguments, environment or files, and a private home', async () => {
    const canaries = [
      { name: 'identity', value: armored },
      { name: 'session key', value: sessionKey },
    ];
    // What the tests' own gpg keeps is not in there.
    const watch = watchForLeaks({ canaries, directories: [temporary], initiated: new Set() });
    const homes = new Set<string>();
    const source = async function* () {
      for await (const chunk of download()) {
        yield chunk;
        await new Promise((resolve) => setTimeout(resolve, 30));
        for (const name of readdirSync(temporary)) {
          homes.add(name);
          expect(statSync(join(temporary, name)).mode & 0o777).toBe(0o700);
          expect(readdirSync(join(temporary, name)).filter((file) => /priv|key/.test(file))).toEqual([]);
        }
      }
    };
    expect((await decrypt({ decryptor: 'gpg' }, source())).length).toBe(2 ** 20);
    expect(watch.stop()).toEqual([]);
    expect(homes.size).toBe(1);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is watched by a watch that sees', async () => {
    const canaries = [{ name: 'session key', value: sessionKey }];
    const watch = watchForLeaks({ canaries, directories: [temporary], initiated: new Set() });
    const leak = `env LEAK=${sessionKey} sleep 0.3; cat`;
    await decrypt({ decryptor: 'gpg', path: putGpg(leak) }).catch(() => undefined);
    expect(watch.stop().join()).toContain('session key');
  });

  it('is what is used where it is of use', async () => {
    expect(await hasUsefulGpg(USUAL_PATH)).toBe(true);
    const path = putGpg(
      `[ "$2" = --dump-options ] && exec /usr/bin/gpg "$@"; echo used >"${temporary}/used"; exec /usr/bin/gpg "$@"`,
    );
    expect((await decrypt({ path })).length).toBe(2 ** 20);
    expect(readdirSync(temporary)).toEqual(['used']);
  });
});

describe('without a useful gpg', () => {
  it.each([
    ['none', undefined],
    ['one that is too old', 'echo --override-session-key; echo --decrypt'],
    ['one that fails', 'exit 1'],
  ])('the library decrypts: %s', async (_, script) => {
    const path = script === undefined ? '/nonexistent' : putGpg(script);
    expect(await hasUsefulGpg(path)).toBe(false);
    expect((await decrypt({ path })).length).toBe(2 ** 20);
  });
});

describe('a gpg that is not to be believed', () => {
  it('is believed when all is well', async () => {
    const path = putGpg(`cat >/dev/null; echo text; ${report(GOOD_STATUS)}`);
    expect((await decrypt({ decryptor: 'gpg', path })).toString()).toBe('text\n');
  });

  it.each(GOOD_STATUS)('does not say %s', async (missing) => {
    const status = report(GOOD_STATUS.filter((line) => line !== missing));
    expect((await refusal(`cat >/dev/null; ${status}`)).message).toContain('did not say that all is well');
  });

  it('says that there were two texts', async () => {
    await refusal(`cat >/dev/null; ${report([...GOOD_STATUS, 'PLAINTEXT 62 0 '])}`);
  });

  it('ends with another exit code, or by a signal', async () => {
    const status = report(GOOD_STATUS);
    expect((await refusal(`cat >/dev/null; ${status} exit 2`)).message).toContain('exit code 2');
    expect((await refusal(`cat >/dev/null; ${status} kill -TERM $$`)).message).toContain('SIGTERM');
  });

  it('does not read to the end', async () => {
    await refusal(`head -c 100 >/dev/null; ${report(GOOD_STATUS)}`);
  });

  it('hangs, and is ended with its consumer, or by the signal', async () => {
    const encryption = createOpenPgpEncryption({
      decryptor: 'gpg',
      path: putGpg('echo text; exec sleep 1000'),
    });
    const identity = await encryption.readIdentity(armored, undefined);
    for await (const chunk of encryption.decrypt(download(), identity, NEVER)) {
      expect(Buffer.from(chunk).toString()).toBe('text\n');
      break;
    }
    expect(readdirSync(temporary)).toEqual([]);

    const life = new AbortController();
    const reason = new Error('cancelled');
    const text = encryption.decrypt(download(), identity, life.signal)[Symbol.asyncIterator]();
    await text.next();
    setTimeout(() => life.abort(reason), 50);
    await expect(text.next()).rejects.toBe(reason);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('cannot be started', async () => {
    const error: unknown = await decrypt({ decryptor: 'gpg', path: '/nonexistent' }).catch((e: unknown) => e);
    expect((error as LifeboatError).message).toContain('could not be started');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('prints the session key, in any form, and much else', async () => {
    const error = await refusal(
      [
        'read -r key <&3; hex=${key#9:}; cat >/dev/null',
        'echo "gpg: DBG: seskey: $key" >&2',
        'echo "gpg: it is $hex" >&2; echo "gpg: $hex" | tr A-F a-f >&2',
        String.raw`printf 'gpg: bad \033[31m data\n' >&2`,
        'head -c 3000000 /dev/zero | tr "\\0" x >&2',
        'exit 2',
      ].join('\n'),
    );
    const shown = inspect(error, { depth: 10 });
    expect(shown.toUpperCase()).not.toContain(sessionKey);
    expect(error.message).toContain(String.raw`gpg ended with exit code 2: bad \x1b[31m data; xxx`);
    expect(error.message.length).toBeLessThan(4000);
  });
});
