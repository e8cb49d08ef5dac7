// Both ways of sealing an object, with a real shell for the target and the gpg of this machine for the reader.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sealObject } from '../../../src/actions/sealing/seal-object.ts';
import type { Sealing } from '../../../src/actions/sealing/sealing.ts';
import { createOpenPgpEncryption } from '../../../src/encryption/openpgp-encryption.ts';
import type { Encryption, Recipient } from '../../../src/ports/encryption.ts';
import type { TargetSession } from '../../../src/ports/remote.ts';
import { GpgHome } from '../../encryption/gpg-home.ts';
import { makeKeyPair } from '../../encryption/make-key.ts';
import { readAll } from '../../helpers/bytes.ts';
import { openLocalShell } from '../../helpers/local-shell.ts';

// gpg imports keys and starts agents.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const encryption = createOpenPgpEncryption();
const TEXT = Array.from({ length: 20_000 }, (_, row) => `row ${row}\n`).join('');
const SCRIPT = `stage dump sh -c 'i=0; while [ $i -lt 20000 ]; do echo row $i; i=$((i+1)); done' | seal; report rows 20000`;

let home: string;
let gpg: GpgHome;
let recipients: Recipient[];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'seal-home-'));
  gpg = new GpgHome();
  const pairs = await Promise.all(['one', 'two'].map((name) => makeKeyPair(name)));
  gpg.import(pairs[1]?.privateKey ?? '');
  recipients = await encryption.readRecipients(
    pairs.map(({ publicKey }) => publicKey).join('\n'),
    new Date(),
  );
});
afterAll(() => {
  gpg[Symbol.dispose]();
  rmSync(home, { recursive: true });
});

/** Only what sealing an object looks at. */
function seal(session: TargetSession, encryptOn: string, script = SCRIPT, port: Partial<Encryption> = {}) {
  const sealing = {
    inputs: { encryptOn, compression: { codec: 'zstd', level: 3 } },
    keys: { recipients },
    ports: { encryption: { ...encryption, ...port } },
    session,
  } as unknown as Sealing;
  const task = { label: 'the task', script, stages: ['dump'] };
  return sealObject(sealing, { task, explain: () => undefined });
}

describe.each(['target', 'runner'])('encrypted on the %s', (encryptOn) => {
  let session: TargetSession;
  beforeAll(async () => {
    ({ session } = await openLocalShell({ home }));
  });
  afterAll(() => session.close());

  it('an object is a message for every recipient, with its hash', async () => {
    const sealed = seal(session, encryptOn);
    const message = await readAll(sealed.bytes);
    const { sha256, reports } = await sealed.result;
    expect(sha256).toBe(createHash('sha256').update(message).digest('hex'));
    expect(reports).toContainEqual({ name: 'rows', value: '20000' });
    expect(encryption.checkMessageStart(message, recipients)).toBe(true);
    const { stdout, status } = gpg.must(['--decrypt'], message);
    expect(status).toContain('GOODMDC');
    expect(execFileSync('zstd', ['-dc'], { input: stdout }).toString()).toBe(TEXT);
  });

  it('an object whose dump fails at its very end fails', async () => {
    const sealed = seal(session, encryptOn, SCRIPT.replace('done', 'done; exit 3'));
    await expect(readAll(sealed.bytes)).rejects.toThrow('dump ended with status 3');
    await expect(sealed.result).rejects.toThrow('dump ended with status 3');
  });
});

describe('a fault of the library, in its place,', () => {
  it('that hides a failure does not hide it', async () => {
    const { session } = await openLocalShell({ home });
    const hiding: Encryption['encrypt'] = (data, to) =>
      encryption.encrypt(
        (async function* () {
          try {
            yield* data;
          } catch {
            // A message that is whole, of a text that is not.
          }
        })(),
        to,
      );
    const sealed = seal(session, 'runner', SCRIPT.replace('done', 'done; exit 3'), { encrypt: hiding });
    await expect(readAll(sealed.bytes)).rejects.toThrow('dump ended with status 3');
    await expect(sealed.result).rejects.toThrow('dump ended with status 3');
    await session.close();
  });

  it.each<[string, Encryption['encrypt']]>([
    ['encrypts nothing', (data) => data],
    ['forgets a recipient', (data, to) => encryption.encrypt(data, to.slice(1))],
  ])('that %s is seen before a byte is passed on', async (_what, encrypt) => {
    const { session } = await openLocalShell({ home });
    const passed: unknown[] = [];
    const reading = async () => {
      for await (const chunk of seal(session, 'runner', SCRIPT, { encrypt }).bytes) passed.push(chunk);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'encryption-format' });
    expect(passed).toEqual([]);
    await session.close();
  });
});
