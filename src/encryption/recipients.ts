// Reads the public keys that backups are encrypted to, and refuses every key that would make a backup unreadable or stop the
// backups tomorrow. What comes out of a key is cut down to what encryption needs, so that gpg has one subkey to choose from.
import type { AnyPacket, Key } from 'openpgp';
import { armor, enums, PacketList, readKey, SignaturePacket } from 'openpgp';
import { DAY_MS } from '../domain/text/units.ts';
import { LifeboatError } from '../errors.ts';
import type { Recipient } from '../ports/encryption.ts';
import { chooseEncryptionKey, describeCurve, describeLength } from './encryption-subkey.ts';
import type { EncryptionKey } from './encryption-subkey.ts';
import { formatAlgorithm, formatDay, formatKeyId, formatUserId } from './key-text.ts';
import type { TransferableKey } from './transferable-key.ts';
import { readTransferableKeys } from './transferable-key.ts';

/** A run lasts hours and the next one follows in a day: a key must live that long. */
export const MIN_REMAINING_LIFE_MS = DAY_MS;

const KEY_VERSION = 4;

/** gpg 2.2 can check the self-signatures of these; of the newer Ed25519 (27) and Ed448 (28) it cannot. */
const PRIMARY_ALGORITHMS: ReadonlySet<number> = new Set([
  enums.publicKey.rsaEncryptSign,
  enums.publicKey.rsaSign,
  enums.publicKey.dsa,
  enums.publicKey.ecdsa,
  enums.publicKey.eddsaLegacy,
]);

/** A signature that only begins to count later counts now: a revocation must not depend on this machine's clock. */
const END_OF_TIME = new Date(8.64e15);

/** See `Encryption.readRecipients`. */
export async function readRecipients(armored: string, now: Date): Promise<Recipient[]> {
  const { keys, problems } = readTransferableKeys(armored);
  if (keys.some(({ isSecret }) => isSecret)) {
    throw new LifeboatError(
      'input-invalid',
      'recipients holds a secret key. Only public keys belong there.',
      {
        hint: 'Export with `gpg --export --armor`. The secret key was where a backup job can read it: consider it known.',
      },
    );
  }
  if (problems.length > 0)
    throw new LifeboatError('input-invalid', `recipients cannot be read: ${problems.join('; ')}.`);
  if (keys.length === 0) {
    throw new LifeboatError('input-invalid', 'recipients holds no public key.', {
      hint: 'It takes one or more blocks of `gpg --export --armor`, each with its line breaks.',
    });
  }
  const outcomes = await Promise.all(keys.map((key, index) => readRecipient(key, index + 1, now)));
  const recipients = outcomes.filter((outcome) => typeof outcome === 'object');
  const refused = [...outcomes.filter((outcome) => typeof outcome === 'string'), ...findRepeated(recipients)];
  if (refused.length > 0) {
    throw new LifeboatError('recipient-unusable', `Backups cannot be encrypted to ${refused.join('; ')}.`, {
      hint: 'A key that works everywhere: gpg --quick-gen-key "Backup <backup@example.org>" default default 5y',
    });
  }
  return recipients;
}

/** The recipient, or which key it is and what is wrong with it. */
async function readRecipient(raw: TransferableKey, number: number, now: Date): Promise<Recipient | string> {
  if (raw.version !== KEY_VERSION) {
    return `key ${number} of the text: it has version ${raw.version}, which gpg 2.2 and 2.4 cannot read`;
  }
  const key = await tryReadKey(raw.bytes);
  if (!key) return `key ${number} of the text: it cannot be read`;
  const userId = await nameKey(key, now);
  const refuse = (reason: string): string => `${formatKeyId(key.getKeyID())} (${userId}): it ${reason}`;

  const defect = await findPrimaryDefect(key, now);
  if (defect !== undefined) return refuse(defect);
  const chosen = await chooseEncryptionKey(key, now);
  if ('reason' in chosen) return refuse(chosen.reason);
  const expiresAt = earlier(await expiryOf(key), chosen.expiresAt);
  if (expiresAt !== undefined && expiresAt.getTime() - now.getTime() <= MIN_REMAINING_LIFE_MS) {
    return refuse(`expires within a day, on ${expiresAt.toISOString()}`);
  }
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    encryptionKeyId: chosen.keyId,
    userId,
    expiresAt,
    armored: armorMinimal(key, chosen),
  };
}

async function tryReadKey(bytes: Uint8Array): Promise<Key | undefined> {
  try {
    return await readKey({ binaryKey: bytes });
  } catch {
    return undefined;
  }
}

/** The user id that the key itself puts first, of those that hold; any other when none does. */
async function nameKey(key: Key, now: Date): Promise<string> {
  const primary = await key.getPrimaryUser(now).catch(() => undefined);
  return formatUserId(primary?.user.userID?.userID ?? key.getUserIDs()[0]);
}

async function findPrimaryDefect(key: Key, now: Date): Promise<string | undefined> {
  const { algorithm } = key.keyPacket;
  if (!PRIMARY_ALGORITHMS.has(algorithm)) {
    return `is of the kind ${formatAlgorithm(algorithm)}, which gpg 2.2 and 2.4 cannot read`;
  }
  const { bits, curve } = key.getAlgorithmInfo();
  const weakness =
    describeCurve(curve) ?? (algorithm === enums.publicKey.dsa ? undefined : describeLength(bits));
  if (weakness !== undefined) return weakness;
  if (await key.isRevoked(undefined, undefined, END_OF_TIME)) return 'is revoked';
  const created = key.getCreationTime();
  if (created > now) return `was made in the future, on ${created.toISOString()}`;
  const expires = await key.getExpirationTime(undefined);
  if (expires === null) return 'has no valid user id (none at all, revoked, or not signed by the key)';
  if (expires instanceof Date && expires <= now) return `expired on ${formatDay(expires)}`;
  try {
    await key.verifyPrimaryKey(now);
    return undefined;
  } catch {
    return 'has no user id that is valid now';
  }
}

async function expiryOf(key: Key): Promise<Date | undefined> {
  const expires = await key.getExpirationTime();
  return expires instanceof Date ? expires : undefined;
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

/** The primary key, its user ids as signed by itself, and the one subkey: no photographs, no third parties, no choice. */
function armorMinimal(key: Key, { subkey }: EncryptionKey): string {
  const packets = new PacketList<AnyPacket>();
  packets.push(key.keyPacket, ...key.toPacketList().filter(isDirectSignature));
  for (const { userID, revocationSignatures, selfCertifications } of key.users) {
    if (userID) packets.push(userID, ...revocationSignatures, ...selfCertifications);
  }
  if (subkey) packets.push(subkey.keyPacket, ...subkey.bindingSignatures);
  return armor(enums.armor.publicKey, packets.write(), undefined, undefined, undefined, true);
}

/** On the key as a whole; may hold its expiry. */
function isDirectSignature(packet: AnyPacket): boolean {
  return packet instanceof SignaturePacket && packet.signatureType === enums.signature.key;
}

function findRepeated(recipients: readonly Recipient[]): string[] {
  const seen = new Set<string>();
  return recipients.flatMap(({ encryptionKeyId, fingerprint, userId }) => {
    const isRepeated = seen.has(encryptionKeyId) || seen.has(fingerprint);
    seen.add(encryptionKeyId).add(fingerprint);
    return isRepeated ? [`${fingerprint.slice(-16)} (${userId}): it is given twice`] : [];
  });
}
