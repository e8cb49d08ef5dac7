import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { checkPrivateKey, readPrivateKey } from '../../src/remote/private-key.ts';

const PASSPHRASE = 'correct horse';
// The library's Ed25519 keys are malformed once in some hundred times, which ssh-keygen says as well; its ECDSA keys are sound.
const plain = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
const locked = (cipher: 'aes256-ctr' | 'aes256-cbc' | 'aes256-gcm@openssh.com') =>
  ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256, passphrase: PASSPHRASE, cipher, rounds: 1 }).private;
const toPem = (passphrase?: string) =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
    ...(passphrase === undefined ? {} : { cipher: 'aes-128-cbc', passphrase }),
  }) as string;

describe('usable keys', () => {
  it.each([
    ['OpenSSH', plain.private, undefined],
    ['OpenSSH with Windows line ends', plain.private.replaceAll('\n', '\r\n'), undefined],
    ['OpenSSH with space around it', `\n  ${plain.private}\n\n`, undefined],
    ['OpenSSH with a passphrase that nobody asked for', plain.private, PASSPHRASE],
    ['OpenSSH with an empty passphrase', plain.private, ''],
    ['PEM', toPem(), undefined],
    ['PEM, encrypted', toPem(PASSPHRASE), PASSPHRASE],
    ['OpenSSH, encrypted with CTR', locked('aes256-ctr'), PASSPHRASE],
    ['OpenSSH, encrypted with CBC', locked('aes256-cbc'), PASSPHRASE],
    ['OpenSSH, encrypted with GCM', locked('aes256-gcm@openssh.com'), PASSPHRASE],
  ])('%s', (_what, text, passphrase) => {
    expect(checkPrivateKey(text, passphrase)).toBeUndefined();
    expect(readPrivateKey(text, passphrase)).toHaveProperty('type');
  });
});

describe('unusable keys', () => {
  const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const lines = plain.private.trim().split('\n');
  const cases: readonly (readonly [string, string, string | undefined, string])[] = [
    ['nothing', ' \n', undefined, 'the key is empty'],
    ['a word', 'hunter2', undefined, 'this is not a key'],
    ['a public key', plain.public, undefined, 'this is a public key'],
    ['PKCS#8', pkcs8, undefined, 'ssh-keygen -p'],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', undefined, 'puttygen'],
    ['lost line breaks', plain.private.replaceAll('\n', ' '), undefined, 'line breaks were lost'],
    ['line breaks as text', plain.private.replaceAll('\n', '\\n'), undefined, 'line breaks were lost'],
    ['no END line', lines.slice(0, -1).join('\n'), undefined, 'END line is missing'],
    ['a missing line', [lines[0], ...lines.slice(2)].join('\n'), undefined, 'cannot be read'],
    [
      'a line cut short',
      [...lines.slice(0, -2), lines.at(-2)?.slice(0, 8), lines.at(-1)].join('\n'),
      undefined,
      'cannot be read',
    ],
    ...(['aes256-ctr', 'aes256-cbc', 'aes256-gcm@openssh.com'] as const).flatMap((cipher) => [
      [`${cipher} without passphrase`, locked(cipher), undefined, 'there is no passphrase for it'] as const,
      [`${cipher} with an empty passphrase`, locked(cipher), '', 'there is no passphrase for it'] as const,
      [
        `${cipher} with another passphrase`,
        locked(cipher),
        'battery staple',
        'does not open the key',
      ] as const,
    ]),
    ['PEM without passphrase', toPem(PASSPHRASE), undefined, 'there is no passphrase for it'],
    ['PEM with another passphrase', toPem(PASSPHRASE), 'battery staple', 'does not open the key'],
  ];
  it.each(cases)('%s', (_what, text, passphrase, problem) => {
    const message = checkPrivateKey(text, passphrase) ?? '';
    expect(message).toContain(problem);
    expect(message).not.toContain('battery');
    expect(message).not.toContain('hunter2');
    for (const line of text.split('\n').filter((part) => part.length > 30))
      expect(message).not.toContain(line);
  });

  it('never throws, however it is damaged', () => {
    const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
    let unreadable = 0;
    for (let offset = 0; offset < bytes.length; offset++) {
      for (const value of [0, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[offset] = value;
        const message = checkPrivateKey(`${lines[0]}\n${damaged.toString('base64')}\n${lines.at(-1)}\n`);
        if (message !== undefined) unreadable++;
      }
    }
    expect(unreadable).toBeGreaterThan(bytes.length / 4);
  });
});
