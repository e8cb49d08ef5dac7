// The `store` and `store-endpoint` inputs: from text to a location, or a sentence that says what is accepted.
import { LifeboatError } from '../errors.ts';
import { normalizePrefix } from './object-key.ts';

export type StoreLocation =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'directory'; readonly path: string };

/** Amazon S3, "Bucket naming rules": 3 to 63 lower-case letters, digits, dots and dashes; other providers accept no less. */
const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

const ACCEPTED = '`store` takes s3://bucket/prefix or file:///directory';

/** Parses the `store` input. Throws `input-invalid`; what was given is quoted only where it cannot hold credentials. */
export function parseStoreUrl(text: string): StoreLocation {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text.trim());
  const [, scheme = '', rest = ''] = match ?? [];
  switch (scheme.toLowerCase()) {
    case 's3':
      return parseBucket(rest);
    case 'file':
      return parseDirectory(rest);
    case '':
      throw refuse(`${ACCEPTED}; this is not a URL`);
    case 'http':
    case 'https':
      throw refuse(`${ACCEPTED}; the address of the server goes into \`store-endpoint\``);
    default:
      throw refuse(`${ACCEPTED}; there is no ${scheme}:// store`);
  }
}

function parseBucket(rest: string): StoreLocation {
  if (/[@?#]/.test(rest)) {
    throw refuse(`${ACCEPTED}; credentials, options and fragments have no place in it`);
  }
  const slash = rest.indexOf('/');
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (!BUCKET_NAME.test(bucket) || IPV4.test(bucket)) {
    throw refuse(
      `${ACCEPTED}; ${JSON.stringify(bucket)} is no bucket name (3 to 63 lower-case letters, digits, dots and dashes)`,
    );
  }
  return { kind: 's3', bucket, prefix: slash === -1 ? '' : normalizePrefix(rest.slice(slash)) };
}

function parseDirectory(rest: string): StoreLocation {
  if (!rest.startsWith('/')) {
    throw refuse(`${ACCEPTED}; a directory is given from the root, with three slashes: file:///srv/backups`);
  }
  if (/[?#]/.test(rest)) throw refuse(`${ACCEPTED}; options and fragments have no place in it`);
  const segments = decodePath(rest)
    .split('/')
    .filter((segment) => segment !== '');
  if (segments.length === 0) throw refuse(`${ACCEPTED}; the root of the file system is not a store`);
  if (segments.includes('.') || segments.includes('..')) {
    throw refuse(`${ACCEPTED}; the directory is written without . and ..`);
  }
  return { kind: 'directory', path: `/${segments.join('/')}` };
}

function decodePath(path: string): string {
  const decoded = decodePercents(path);
  if (decoded === undefined) throw refuse(`${ACCEPTED}; a % in it is written %25`);
  if (/\p{Cc}/u.test(decoded)) throw refuse(`${ACCEPTED}; control characters have no place in it`);
  return decoded;
}

function decodePercents(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Parses the `store-endpoint` input: the server alone, by https unless it is this very machine. Throws `input-invalid`. */
export function parseStoreEndpoint(text: string): URL {
  const accepted =
    '`store-endpoint` takes the address of the server alone, such as https://s3.eu-central-003.example.com';
  const url = URL.parse(text.trim());
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw refuse(accepted);
  if (url.username !== '' || url.password !== '')
    throw refuse(`${accepted}; credentials have inputs of their own`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refuse(`${accepted}; bucket and prefix go into \`store\``);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse(`${accepted}; plain http is accepted for this machine only (localhost, 127.0.0.1, [::1])`);
  }
  return url;
}

/** `eu-central-003` of `s3.eu-central-003.backblazeb2.com`: most providers name the region so. Undefined for any other name. */
export function readRegion(endpoint: URL): string | undefined {
  return /^s3[.-]([a-z]{2,}-[a-z0-9-]*[a-z0-9])\.[^.]+\.[^.]+/.exec(endpoint.hostname)?.[1];
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|[^.]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function refuse(sentence: string): LifeboatError {
  return new LifeboatError('input-invalid', sentence);
}
