// What real servers do is in test/integration/ssh-connection.test.ts; this is what only hostile ones do.
import { describe, expect, it } from 'vitest';
import { explainFailure, quoteRemote } from '../../src/remote/ssh-errors.ts';
import type { FailedAttempt } from '../../src/remote/ssh-errors.ts';

const attempt: FailedAttempt = {
  hop: { name: 'SSH server db1:22', inputs: { key: 'ssh-key', knownHosts: 'ssh-known-hosts' } },
  user: 'backup',
  phase: 'handshake',
  expectedHostKeys: ['ssh-ed25519 SHA256:expected'],
  clientKey: 'ssh-ed25519 SHA256:ours',
  hello: { greeting: [], version: undefined, offer: undefined },
};

it('names a server that shows the right host key and cannot sign with it', () => {
  const error = explainFailure(new Error('Handshake failed: signature verification failed'), {
    ...attempt,
    hostKey: { verdict: 'ok', type: 'ssh-ed25519', fingerprint: 'SHA256:expected' },
  });
  expect(error.code).toBe('ssh-host-key');
  expect(error.message).toContain('could not prove that it holds it');
});

describe('what a server says', () => {
  const hostile = ['\r\n::error::pwned', '\u001b[2J', 'a\u2028b\u0000c\u202Ed', 'x'.repeat(10_000)];

  it('stays on one line, short and without control characters', () => {
    for (const text of hostile) {
      const quoted = quoteRemote(text);
      expect(quoted).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
      expect(quoted.length).toBeLessThanOrEqual(201);
    }
  });

  it.each([
    ['greeting', new Error('lost'), { hello: { ...attempt.hello, greeting: hostile } }],
    ['goodbye', Object.assign(new Error(hostile.join('')), { code: 2 }), { phase: 'login' as const }],
    [
      'offer',
      new Error('Handshake failed: no matching C->S cipher'),
      { hello: { ...attempt.hello, offer: { kex: [], hostKeys: [], ciphers: hostile, macs: [] } } },
    ],
    [
      'host key',
      new Error('Host denied (verification failed)'),
      { hostKey: { verdict: 'unknown' as const, type: hostile.join(''), fingerprint: 'SHA256:x' } },
    ],
  ])('is quoted: its %s', (_what, reason, known) => {
    const { message } = explainFailure(reason, { ...attempt, ...known });
    expect(message).toContain('::error::pwned');
    expect(message).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
    expect(message.length).toBeLessThan(1500);
  });
});
