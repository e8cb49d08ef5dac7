// The two pieces of SSH's wire format that host keys need: length-prefixed strings (RFC 4251, 5) and the fingerprint that
// OpenSSH prints. Pure.
import { createHash } from 'node:crypto';

const LENGTH_BYTES = 4;

/** The strings that fill `bytes` exactly, or undefined when they do not: a truncated or padded blob. */
export function readStrings(bytes: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const string = readString(bytes, offset);
    if (string === undefined) return undefined;
    strings.push(string);
    offset += LENGTH_BYTES + string.length;
  }
  return strings;
}

/** The string that begins at `offset`, or undefined when `bytes` end before it does. */
export function readString(bytes: Buffer, offset: number): Buffer | undefined {
  if (bytes.length - offset < LENGTH_BYTES) return undefined;
  const start = offset + LENGTH_BYTES;
  const end = start + bytes.readUInt32BE(offset);
  return end > bytes.length ? undefined : bytes.subarray(start, end);
}

/** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. `key` is the raw public key. */
export function fingerprint(key: Buffer): string {
  return formatDigest(digestKey(key));
}

export function digestKey(key: Buffer): Buffer {
  return createHash('sha256').update(key).digest();
}

export function formatDigest(digest: Buffer): string {
  return `SHA256:${digest.toString('base64').replace(/=+$/, '')}`;
}
