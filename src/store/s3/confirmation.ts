// Whether an answer confirms that the store has exactly the bytes that were sent.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { StoreProfile } from '../../domain/stores/store-profiles.ts';

export interface StoredAnswer {
  readonly ETag?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

export interface SentBody {
  readonly bytes: Uint8Array;
  readonly md5: Buffer;
}

export type Confirmation =
  /** By its MD5, which is the ETag, or by its CRC32. */
  | 'md5'
  | 'crc32'
  /** Nothing in the answer depends on the bytes. */
  | 'none'
  | { readonly mismatch: string };

const MD5_ETAG = /^"?([0-9a-f]{32})"?$/i;
const PARTS_ETAG = /^"?([0-9a-f]{32}-\d+)"?$/i;

/** What the answer to this body shows. */
export function judgeAnswer(
  answer: StoredAnswer,
  { bytes, md5 }: SentBody,
  profile: StoreProfile,
): Confirmation {
  // Whatever answers 200 without an ETag is not S3: a proxy, a login page.
  if (answer.ETag === undefined) return { mismatch: 'no ETag' };
  const [, confirmed] = MD5_ETAG.exec(answer.ETag) ?? [];
  if (confirmed?.toLowerCase() === md5.toString('hex')) return 'md5';
  if (confirmed !== undefined && !isEncrypted(answer, profile)) {
    return { mismatch: 'an ETag that is not the MD5 of what was sent' };
  }
  if (answer.ChecksumCRC32 === undefined) return 'none';
  return answer.ChecksumCRC32 === encodeCrc32(bytes)
    ? 'crc32'
    : { mismatch: 'a CRC32 that is not the one of what was sent' };
}

/** What is wrong with the ETag of an object that was made of parts with these MD5s; undefined when nothing is. */
export function findPartsMismatch(etag: string, partMd5s: readonly Buffer[]): string | undefined {
  const [, found] = PARTS_ETAG.exec(etag) ?? [];
  const expected = `${createHash('md5').update(Buffer.concat(partMd5s)).digest('hex')}-${partMd5s.length}`;
  return found?.toLowerCase() === expected ? undefined : 'an ETag that is not that of the parts';
}

/** What of an ETag stands for the bytes, as they were sent: in one, or in parts. Undefined for one that may stand for anything. */
export function readMd5(etag = ''): string | undefined {
  return (MD5_ETAG.exec(etag) ?? PARTS_ETAG.exec(etag))?.[1]?.toLowerCase();
}

/** As S3 writes it: big-endian, in base64. */
function encodeCrc32(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString('base64');
}

/** Then the ETag is no MD5. */
function isEncrypted(answer: StoredAnswer, profile: StoreProfile): boolean {
  if (answer.SSECustomerAlgorithm !== undefined) return true;
  if (answer.ServerSideEncryption === undefined) return false;
  return !(profile.hasMd5EtagUnderAes256 === true && answer.ServerSideEncryption === 'AES256');
}
