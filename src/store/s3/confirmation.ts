// Whether an answer confirms that the store has exactly the bytes that were sent.

export interface StoredAnswer {
  readonly ETag?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

const MD5_ETAG = /^"?([0-9a-f]{32})"?$/i;

/** What is wrong with the answer to a body with this MD5; undefined when nothing is. */
export function findMismatch(answer: StoredAnswer, md5: Buffer, isAmazon: boolean): string | undefined {
  // Whatever answers 200 without an ETag is not S3: a proxy, a login page.
  if (answer.ETag === undefined) return 'no ETag';
  const [, confirmed] = MD5_ETAG.exec(answer.ETag) ?? [];
  if (confirmed === undefined || isEncrypted(answer, isAmazon)) return undefined;
  return confirmed.toLowerCase() === md5.toString('hex')
    ? undefined
    : 'an ETag that is not the MD5 of what was sent';
}

/** Then the ETag is no MD5. Amazon's own AES256, which it uses unasked, keeps it one. */
function isEncrypted(answer: StoredAnswer, isAmazon: boolean): boolean {
  if (answer.SSECustomerAlgorithm !== undefined) return true;
  if (answer.ServerSideEncryption === undefined) return false;
  return !(isAmazon && answer.ServerSideEncryption === 'AES256');
}
