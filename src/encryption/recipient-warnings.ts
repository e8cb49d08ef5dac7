// What is not wrong with the keys yet. Each warning is a sentence for the summary.
import { DAY_MS } from '../domain/text/units.ts';
import type { Recipient, SigningKey } from '../ports/encryption.ts';
import { formatDay } from './key-text.ts';

/** Time to replace a key, and for more than one person to be on holiday. */
const WARNING_PERIOD_MS = 30 * DAY_MS;

/** One key can be lost. */
const WANTED_RECIPIENTS = 2;

/** Recipients that expire within 30 days; fewer than two of them. Empty when there is nothing to say. */
export function recipientWarnings(
  recipients: readonly Pick<Recipient, 'encryptionKeyId' | 'userId' | 'expiresAt'>[],
  now: Date,
): string[] {
  const warnings = recipients.flatMap(({ encryptionKeyId, userId, expiresAt }) =>
    isSoon(expiresAt, now)
      ? [
          `The recipient ${encryptionKeyId} (${userId}) expires on ${formatDay(expiresAt)}: backups stop the day before.`,
        ]
      : [],
  );
  if (recipients.length < WANTED_RECIPIENTS) {
    warnings.push(
      'There is only one recipient: if its secret key is lost, so are all backups. Add one that is kept offline.',
    );
  }
  return warnings;
}

/** A signing key that expires within 30 days. */
export function signingKeyWarnings(
  { fingerprint, expiresAt }: Pick<SigningKey, 'fingerprint' | 'expiresAt'>,
  now: Date,
): string[] {
  return isSoon(expiresAt, now)
    ? [
        `The signing key ${fingerprint.slice(-16)} expires on ${formatDay(expiresAt)}: backups stop the day before.`,
      ]
    : [];
}

function isSoon(expiresAt: Date | undefined, now: Date): expiresAt is Date {
  return expiresAt !== undefined && expiresAt.getTime() - now.getTime() <= WARNING_PERIOD_MS;
}
