// The first field of a known_hosts line: which hosts the key is for. Names, wildcards, negation, `[host]:port`, hashed names;
// sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Pure.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** `name` is `host` or `[host]:port`. */
export type HostMatcher = (name: string) => boolean;

/** HMAC-SHA1: salt and hash are 20 bytes each. */
const HASH_BYTES = 20;
const HASHED_NAME = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/;

/** Undefined when the field is not one that OpenSSH would understand. */
export function parseHostNames(field: string): HostMatcher | undefined {
  if (field.startsWith('|')) return parseHashedName(field);
  const patterns = field.toLowerCase().split(',');
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (wanted.length === 0 || [...wanted, ...excluded].includes('')) return undefined;
  return (name) => {
    const lowerCase = name.toLowerCase();
    const isListed = (pattern: string) => matchesWildcard(pattern, lowerCase);
    return wanted.some(isListed) && !excluded.some(isListed);
  };
}

function parseHashedName(field: string): HostMatcher | undefined {
  const [, saltText, hashText] = HASHED_NAME.exec(field) ?? [];
  if (saltText === undefined || hashText === undefined) return undefined;
  const salt = Buffer.from(saltText, 'base64');
  const hash = Buffer.from(hashText, 'base64');
  if (salt.length !== HASH_BYTES || hash.length !== HASH_BYTES) return undefined;
  const isHashOf = (name: string) => timingSafeEqual(createHmac('sha1', salt).update(name).digest(), hash);
  // ssh hashes the name in lower case; a tool that did not is not worth a failure.
  return (name) => isHashOf(name.toLowerCase()) || isHashOf(name);
}

/** `*` is any run of characters, `?` exactly one. Never worse than the product of the two lengths. */
function matchesWildcard(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let starAt = -1;
  let starTextAt = 0;
  while (textAt < text.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      starAt = patternAt++;
      starTextAt = textAt;
    } else if (wanted === '?' || wanted === text[textAt]) {
      patternAt++;
      textAt++;
    } else if (starAt >= 0) {
      // Let the last star swallow one character more and try again behind it.
      patternAt = starAt + 1;
      textAt = ++starTextAt;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(patternAt));
}
