// `ssh-known-hosts`: which host keys a target may show. Reads known_hosts lines and `type SHA256:…` lines, says what is wrong with
// the others by number (never by content: somebody will paste a private key here), and judges the key that a server shows. Pure.
import { timingSafeEqual } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { parseHostNames } from './host-names.ts';
import type { HostMatcher } from './host-names.ts';
import { digestKey, formatDigest, readString, readStrings } from './ssh-wire.ts';

export type HostKeyVerdict = 'ok' | 'unknown' | 'mismatch' | 'revoked';

/** What is known of one host. */
export interface HostKeys {
  /** To offer in the handshake, best first; empty when no usable key is known. Never `ssh-rsa`, which signs with SHA-1. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  /** `ssh-ed25519 SHA256:…`, for messages. */
  readonly expected: readonly string[];
  /**
   * Judges the raw public key that a server showed: `mismatch` when another key of its type is known, `unknown` when none is.
   * A revoked key stays revoked whatever else is listed.
   */
  check(key: Buffer): HostKeyVerdict;
}

export interface KnownHosts {
  /** As ssh does: `[host]:port` unless the port is 22; where that is not listed, the plain host name counts. */
  lookup(host: string, port: number): HostKeys;
}

export type ParsedKnownHosts =
  | { readonly ok: true; readonly knownHosts: KnownHosts }
  | { readonly ok: false; readonly problems: readonly string[] };

export const KNOWN_HOSTS_HELP =
  'Accepted are known_hosts lines (`HOST ssh-ed25519 AAAA…`, hashed ones too) and fingerprints (`ssh-ed25519 SHA256:…`). ' +
  'Get them with `ssh-keyscan -p PORT HOST`, and compare the fingerprint with what ' +
  '`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the server itself before you trust them.';

interface Entry {
  readonly matches: HostMatcher;
  readonly isRevoked: boolean;
  readonly type: string;
  /** SHA-256 of the key: two keys with the same one are the same key. */
  readonly digest: Buffer;
}

const PRIVATE_KEY_PASTED = 'this is a private key; it belongs into a secret of its own, and nowhere else';
const CUT_SHORT = 'has a key that is cut short';

const DEFAULT_PORT = 22;
const DIGEST_BYTES = 32;
const ED25519_KEY_BYTES = 32;

/** Types of key that can be checked, best first, and the signatures that are accepted from each. */
const ALGORITHMS: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** Every problem with the text, or the hosts in it. A line of a key type that cannot be checked is well-formed but worth nothing. */
export function parseKnownHosts(text: string): ParsedKnownHosts {
  if (text.includes('PRIVATE KEY-----')) return { ok: false, problems: [PRIVATE_KEY_PASTED] };
  const entries: Entry[] = [];
  const problems: string[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === '' || fields[0]?.startsWith('#') === true) continue;
    const parsed = parseLine(fields);
    if (typeof parsed === 'string') problems.push(`line ${index + 1} ${parsed}`);
    else entries.push(parsed);
  }
  if (problems.length > 0) return { ok: false, problems };
  const usable = entries.filter((entry) => ALGORITHMS.has(entry.type));
  if (!usable.some((entry) => !entry.isRevoked)) {
    return {
      ok: false,
      problems: [`no line holds a host key of a type that can be checked: ${listTypes()}`],
    };
  }
  return { ok: true, knownHosts: { lookup: (host, port) => lookupHost(usable, host, port) } };
}

/**
 * Everything that can be found wrong before the server is contacted: bad lines, or no key for this host. Empty when it is usable.
 * Show KNOWN_HOSTS_HELP with it.
 */
export function checkKnownHosts(text: string, host: string, port: number): readonly string[] {
  const parsed = parseKnownHosts(text);
  if (!parsed.ok) return parsed.problems;
  if (parsed.knownHosts.lookup(host, port).algorithms.length > 0) return [];
  const name = port === DEFAULT_PORT ? host : formatHostPort(host, port);
  return [`no line holds a host key for ${name} of a type that can be checked: ${listTypes()}`];
}

/** What a host may show, `ssh-ed25519 SHA256:…`; none of a text with a problem. */
export function listHostKeys(text: string, host: string, port: number): readonly string[] {
  const parsed = parseKnownHosts(text);
  return parsed.ok ? parsed.knownHosts.lookup(host, port).expected : [];
}

/** An entry, or what is wrong with the line. */
function parseLine(words: readonly string[]): Entry | string {
  const [marker, fields] =
    words[0]?.startsWith('@') === true ? [words[0], words.slice(1)] : [undefined, words];
  if (marker === '@cert-authority') {
    return 'trusts a certificate authority; host certificates are not supported, list the host key itself';
  }
  if (marker !== undefined && marker !== '@revoked') return 'begins with a marker other than @revoked';
  const isHostless = fields[1]?.startsWith('SHA256:') === true;
  const [names = '', type, material] = isHostless ? ['*', ...fields] : fields;
  const matches = parseHostNames(names);
  if (matches === undefined) return 'names its hosts in a way that ssh does not know';
  if (names.startsWith('SHA256:')) return 'is a fingerprint without its key type in front';
  if (ALGORITHMS.has(names)) return 'holds a key without the host name in front';
  if (type === undefined || material === undefined) return 'is not HOST TYPE KEY';
  const digest = material.startsWith('SHA256:') ? parseFingerprint(type, material) : parseKey(type, material);
  return typeof digest === 'string' ? digest : { matches, isRevoked: marker !== undefined, type, digest };
}

function parseFingerprint(type: string, material: string): Buffer | string {
  if (!ALGORITHMS.has(type)) return `has a fingerprint of an unknown key type; known are ${listTypes()}`;
  const digest = decodeBase64(material.slice('SHA256:'.length));
  return digest?.length === DIGEST_BYTES
    ? digest
    : 'has a fingerprint that is not SHA256: and 43 characters of base64';
}

function parseKey(type: string, material: string): Buffer | string {
  const key = decodeBase64(material);
  if (key === undefined) return 'has a key that is not base64';
  const [name, ...parts] = readStrings(key) ?? [];
  if (name === undefined) return CUT_SHORT;
  if (name.toString('latin1') !== type) return 'has a key of another type than the line says';
  return isWhole(type, parts) ? digestKey(key) : CUT_SHORT;
}

/** Ed25519: the key. ECDSA: curve and point. RSA: exponent and modulus. Of other types nothing is known, and nothing used. */
function isWhole(type: string, parts: readonly Buffer[]): boolean {
  if (type === 'ssh-ed25519') return parts.length === 1 && parts[0]?.length === ED25519_KEY_BYTES;
  return !ALGORITHMS.has(type) || (parts.length === 2 && parts.every((part) => part.length > 0));
}

/** Undefined when the text is not exactly what the bytes would be written as; Buffer.from skips whatever it does not know. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  const unpadded = (encoded: string) => encoded.replace(/=+$/, '');
  return bytes.length > 0 && unpadded(bytes.toString('base64')) === unpadded(text) ? bytes : undefined;
}

function lookupHost(entries: readonly Entry[], host: string, port: number): HostKeys {
  const named = port === DEFAULT_PORT ? host : formatHostPort(host, port);
  const isKnownAs = (name: string) => (entry: Entry) => !entry.isRevoked && entry.matches(name);
  const exact = entries.filter(isKnownAs(named));
  const known = exact.length > 0 ? exact : entries.filter(isKnownAs(host));
  const revoked = entries.filter((entry) => entry.isRevoked && (entry.matches(named) || entry.matches(host)));
  return {
    algorithms: [...ALGORITHMS]
      .filter(([type]) => known.some((entry) => entry.type === type))
      .flatMap(([, algorithms]) => algorithms),
    expected: known.map((entry) => `${entry.type} ${formatDigest(entry.digest)}`),
    check(key) {
      const digest = digestKey(key);
      const isThisKey = (entry: Entry) => timingSafeEqual(entry.digest, digest);
      if (revoked.some(isThisKey)) return 'revoked';
      if (known.some(isThisKey)) return 'ok';
      const type = readString(key, 0)?.toString('latin1');
      return known.some((entry) => entry.type === type) ? 'mismatch' : 'unknown';
    },
  };
}

export function formatHostPort(host: string, port: number): string {
  return `[${host}]:${port}`;
}

function listTypes(): string {
  return [...ALGORITHMS.keys()].join(', ');
}
