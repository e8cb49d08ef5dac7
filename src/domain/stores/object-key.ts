// What an object may be called. Keys become URLs, file names and lines of other people's tools, so they hold safe characters only.
import { LifeboatError } from '../../errors.ts';

/** Amazon S3: "The name for a key is a sequence of Unicode characters whose UTF-8 encoding is at most 1,024 bytes long". */
export const MAX_KEY_LENGTH = 1_024;
/** File systems take 255 bytes a name (NAME_MAX); continuation suffixes need room. */
export const MAX_KEY_SEGMENT_LENGTH = 240;

/** No leading dot: such names are a directory store's own temporary files, and `.` and `..` are no names at all. */
const SAFE_SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** For messages. */
export const SAFE_KEY_CHARACTERS =
  'letters a-z A-Z, digits, dots, dashes and underscores, not beginning with a dot or dash, with single slashes between';

/** Whether this can be the key of an object, or the folder that keys are below. */
export function isSafeKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && key.split('/').every(isSafeKeySegment);
}

export function isSafeKeySegment(segment: string): boolean {
  return segment.length <= MAX_KEY_SEGMENT_LENGTH && SAFE_SEGMENT.test(segment);
}

/**
 * The whole key of `key` below `prefix` (may be empty). A key that is not safe is a bug of the caller, who makes keys of run ids
 * and encoded names: a plain error, not one for users.
 */
export function joinKey(prefix: string, key: string): string {
  const joined = prefix === '' ? key : `${prefix}/${key}`;
  if (!isSafeKey(key) || joined.length > MAX_KEY_LENGTH) {
    throw new RangeError(`not a key that can be stored: ${JSON.stringify(key)}`);
  }
  return joined;
}

/** What all keys below `folder` begin with, without the slash; `folder` may be empty or end in a slash. */
export function joinFolder(prefix: string, folder: string): string {
  return folder === '' ? prefix : joinKey(prefix, folder.replace(/\/$/, ''));
}

/** A prefix as users write it: slashes at the ends and doubled ones are dropped. Throws `input-invalid`. */
export function normalizePrefix(text: string): string {
  const prefix = text.split('/').filter((segment) => segment !== '');
  const isSafe = prefix.every(isSafeKeySegment) && prefix.join('/').length <= MAX_KEY_LENGTH / 2;
  if (isSafe) return prefix.join('/');
  throw new LifeboatError(
    'input-invalid',
    `the prefix ${JSON.stringify(text)} cannot be used: it takes ${SAFE_KEY_CHARACTERS}, at most ${MAX_KEY_LENGTH / 2} characters`,
  );
}
