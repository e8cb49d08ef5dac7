// For whom objects are encrypted: as their manifest says, and to keys that live on.
import { formatDay } from '../../../domain/units.ts';
import type { Recipient } from '../../../ports/encryption.ts';
import type { ServerCheck } from '../context.ts';
import { nameSome, type Finding } from '../finding.ts';
import type { Kept, Start } from '../inventory.ts';

/** Time to replace a key, and for more than one person to be on holiday. */
const EXPIRES_SOON_MS = 30 * 86_400_000;

export const checkRecipients: ServerCheck = ({ inventory, currentDumps, wholeBinlogs }, { recipients }) => {
  const newest = new Set([...currentDumps.map(({ id }) => id), wholeBinlogs[0]?.manifest.id]);
  return inventory.kept.flatMap((kept) => [
    ...judgeStarts(kept, inventory.starts),
    ...(recipients === undefined || !newest.has(kept.id) ? [] : judgeChoice(kept, recipients)),
  ]);
};

/** The first object of a manifest that is not what it says. */
function judgeStarts({ kind, id, messages }: Kept, starts: ReadonlyMap<string, Start>): Finding[] {
  for (const { parts, recipients } of messages) {
    const key = parts[0]?.key ?? '';
    const start = starts.get(key);
    const fault = start && describeStart(start, recipients);
    if (fault === undefined) continue;
    const line = `the ${kind} \`${id}\`: \`${key}\` ${fault}`;
    const fix = 'It is not what was stored: look for older versions of it, and find out who wrote this one.';
    return [{ check: 'recipient', severity: 'red', line, fix, subject: id }];
  }
  return [];
}

function describeStart(start: Start, recipients: readonly string[]): string | undefined {
  if ('reason' in start) return `is no message for its recipients: ${start.reason}`;
  const missing = recipients.filter((keyId) => !start.keyIds.includes(keyId));
  const others = start.keyIds.filter((keyId) => !recipients.includes(keyId));
  if (others.length > 0) return `is encrypted to ${nameSome(others)}, which its manifest does not name`;
  return missing.length > 0
    ? `is not encrypted to ${nameSome(missing)}, which its manifest names`
    : undefined;
}

function judgeChoice({ kind, id, messages }: Kept, recipients: readonly Recipient[]): Finding[] {
  const wanted = recipients.map(({ encryptionKeyId }) => encryptionKeyId);
  const found = [...new Set(messages.flatMap((message) => message.recipients))];
  const missing = wanted.filter((keyId) => !found.includes(keyId));
  const others = found.filter((keyId) => !wanted.includes(keyId));
  if (missing.length === 0 && others.length === 0) return [];
  const what = [
    ...(missing.length === 0 ? [] : [`not encrypted to ${nameSome(missing)}, which \`recipients\` has`]),
    ...(others.length === 0 ? [] : [`encrypted to ${nameSome(others)}, which \`recipients\` has not`]),
  ];
  const line = `the newest ${kind} \`${id}\` is ${what.join(', and ')}`;
  const fix = 'Give backup jobs and `verify` the same recipients.';
  return [{ check: 'recipient', severity: 'red', line, fix, subject: id }];
}

/** Of the keys themselves; once, not for each server. */
export function checkExpiry(recipients: readonly Recipient[], now: Date): Finding[] {
  return recipients.flatMap(({ encryptionKeyId, userId, expiresAt }): Finding[] => {
    if (expiresAt === undefined || expiresAt.getTime() - now.getTime() > EXPIRES_SOON_MS) return [];
    const since = new Date(expiresAt.getTime() - EXPIRES_SOON_MS).toISOString();
    const line = `the recipient \`${encryptionKeyId}\` (${userId}) expires on ${formatDay(expiresAt.toISOString())}: backups stop the day before`;
    const fix = 'Extend it, and give the backup jobs the new public key (docs/keys.md, When a key expires).';
    return [{ check: 'recipient', severity: 'red', line, fix, since }];
  });
}
