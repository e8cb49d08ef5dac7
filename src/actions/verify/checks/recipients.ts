// For whom objects are encrypted: as their manifest says, and to keys that live on.
import type { StoredMessage } from '../../../domain/statements/stored-message.ts';
import { countOf, DAY_MS, formatDay } from '../../../domain/text/units.ts';
import type { Recipient } from '../../../ports/encryption.ts';
import { snapshotId, type Kept } from '../../catalog/inventory.ts';
import type { Start } from '../../catalog/read-start.ts';
import { nameSome, type Finding } from '../finding.ts';
import type { ServerCheck } from '../judged.ts';

/** Time to replace a key, and for more than one person to be on holiday. */
const EXPIRES_SOON_MS = 30 * DAY_MS;

export const checkRecipients: ServerCheck = (judged, { recipients }) => {
  const { inventory, currentDumps, wholeBinlogs, currentSnapshots } = judged;
  const ids = new Set([
    ...currentDumps.map(({ id }) => id),
    wholeBinlogs[0]?.manifest.id,
    ...currentSnapshots.map(snapshotId),
  ]);
  const newest = inventory.kept.filter(({ id }) => ids.has(id));
  return [
    ...inventory.kept.flatMap((kept) => judgeStarts(kept, inventory.starts)),
    ...(recipients === undefined ? [] : newest.flatMap((kept) => judgeChoice(kept, recipients))),
    ...(recipients === undefined ? [] : newest.flatMap((kept) => judgeEarlier(kept, recipients))),
    ...judgeNumber(newest),
  ];
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

function judgeChoice(kept: Kept, recipients: readonly Recipient[]): Finding[] {
  const { kind, id } = kept;
  const wanted = recipients.map(({ encryptionKeyId }) => encryptionKeyId);
  const own = ownMessages(kept);
  const found = [...new Set(own.flatMap((message) => message.recipients))];
  const missing = wanted.filter((keyId) => !own.every((message) => message.recipients.includes(keyId)));
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

/** What a snapshot needs of earlier runs: packed for all recipients again by the runs that come. */
function judgeEarlier(kept: Kept, recipients: readonly Recipient[]): Finding[] {
  const own = ownMessages(kept);
  const earlier = kept.messages.filter((message) => !own.includes(message));
  const isForAll = (message: StoredMessage) =>
    recipients.every(({ encryptionKeyId }) => message.recipients.includes(encryptionKeyId));
  const others = earlier.filter((message) => !isForAll(message)).length;
  if (others === 0) return [];
  const line = `the newest ${kept.kind} \`${kept.id}\` needs ${countOf(others, 'object')} of earlier runs that ${others === 1 ? 'is' : 'are'} not encrypted to all of \`recipients\`: whoever has one of the newer keys alone cannot restore it yet`;
  const fix = 'Keep the older secret keys: `sync-storage` stores these objects again, in 14 runs at most.';
  return [{ check: 'recipient', severity: 'warning', line, fix }];
}

/** One key can be lost. */
function judgeNumber(newest: readonly Kept[]): Finding[] {
  const alone = newest.filter(({ messages }) =>
    messages.some(({ recipients }) => new Set(recipients).size < 2),
  );
  if (alone.length === 0) return [];
  const line = `there is only one recipient of ${nameSome(alone.map(({ id }) => id))}: if its secret key is lost, so is all that is encrypted to it alone`;
  const fix = 'Add one that is kept offline (docs/keys.md, Another recipient).';
  return [{ check: 'recipient', severity: 'warning', line, fix }];
}

/** A snapshot also needs what earlier runs stored, for the recipients of their time. */
function ownMessages({ kind, id, messages }: Kept): readonly StoredMessage[] {
  return messages.filter(({ parts: [first] }) => kind !== 'snapshot' || isOfRun(first?.key ?? '', id));
}

/** `id` is that of a snapshot with its storage: `files/20261120T033500Z-7f3a9c1e`. */
function isOfRun(key: string, id: string): boolean {
  return (
    key
      .split('/')
      .at(-1)
      ?.startsWith(id.split('/')[1] ?? '') === true
  );
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
