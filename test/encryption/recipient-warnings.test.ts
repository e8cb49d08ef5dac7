import { describe, expect, it } from 'vitest';
import { recipientWarnings, signingKeyWarnings } from '../../src/encryption/recipient-warnings.ts';

const now = new Date('2026-11-20T12:00:00Z');
const recipient = (encryptionKeyId: string, expires?: string) => ({
  encryptionKeyId,
  userId: 'Ops <ops@example.org>',
  expiresAt: expires === undefined ? undefined : new Date(expires),
});

describe('recipientWarnings', () => {
  it('has nothing to say of two keys that live on', () => {
    expect(recipientWarnings([recipient('A'), recipient('B', '2026-12-20T12:00:01Z')], now)).toEqual([]);
  });

  it('names the key that expires within 30 days', () => {
    expect(recipientWarnings([recipient('A'), recipient('B', '2026-12-20T12:00:00Z')], now)).toEqual([
      'The recipient B (Ops <ops@example.org>) expires on 2026-12-20: backups stop the day before.',
    ]);
  });

  it('asks for a second recipient', () => {
    expect(recipientWarnings([recipient('A')], now)).toEqual([expect.stringContaining('only one recipient')]);
  });
});

describe('signingKeyWarnings', () => {
  it('names the key that expires within 30 days', () => {
    const fingerprint = 'F'.repeat(24) + '0123456789ABCDEF';
    expect(signingKeyWarnings({ fingerprint, expiresAt: undefined }, now)).toEqual([]);
    expect(signingKeyWarnings({ fingerprint, expiresAt: new Date('2026-12-20T12:00:01Z') }, now)).toEqual([]);
    expect(signingKeyWarnings({ fingerprint, expiresAt: new Date('2026-12-01T00:00:00Z') }, now)).toEqual([
      'The signing key 0123456789ABCDEF expires on 2026-12-01: backups stop the day before.',
    ]);
  });
});
