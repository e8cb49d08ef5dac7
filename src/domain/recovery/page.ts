// What the pages of RECOVERY.md have in common: blocks for bash that stop at the first thing that is wrong, and fingerprints.
import { codeBlock } from '../text/markdown.ts';

const START = 'set -euo pipefail';
const FINGERPRINT = /^[0-9A-F]{40}(?:[0-9A-F]{24})?$/;

export function joinPage(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

export function block(...lines: readonly string[]): string {
  return codeBlock([START, ...lines].join('\n'), 'sh');
}

/** Throws RangeError for what is none. */
export function checkFingerprint(fingerprint: string | undefined): void {
  if (fingerprint !== undefined && !FINGERPRINT.test(fingerprint))
    throw new RangeError('not a fingerprint in upper-case hexadecimal digits');
}

/** As `gpg` prints it, and people compare it. */
export function inFours(fingerprint: string): string {
  return fingerprint.match(/.{4}/g)?.join(' ') ?? fingerprint;
}
