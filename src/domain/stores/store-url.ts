// The `store` and `store-endpoint` inputs: from text to a location, or a sentence that says what is accepted.
import { LifeboatError } from '../../errors.ts';
import { normalizePrefix } from './object-key.ts';

export type StoreLocation =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'directory'; readonly path: string }
  | SftpLocation;

export interface SftpLocation {
  readonly kind: 'sftp';
  readonly user: string;
  /** An IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Amazon S3, "Bucket naming rules": 3 to 63 lower-case letters, digits, dots and dashes; other providers accept no less. */
const BUCKET_NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

const SSH_PORT = 22;
/** Users, hosts and directories that no shell, no glob of `sftp` and no URL reads as anything else. */
const SFTP_SERVER =
  /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})@(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?)(?::(\d{1,5}))?$/;
const SFTP_DIRECTORY = /^(?:\/+[A-Za-z0-9_.+@=-]+)+\/*$/;
const MAX_PORT = 65_535;

const ACCEPTED = '`store` takes s3://bucket/prefix, sftp://user@host/directory or file:///directory';

/** Parses the `store` input. Throws `input-invalid`; what was given is quoted only where it cannot hold credentials. */
export function parseStoreUrl(text: string): StoreLocation {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text.trim());
  const [, scheme = '', rest = ''] = match ?? [];
  switch (scheme.toLowerCase()) {
    case 's3':
      return parseBucket(rest);
    case 'sftp':
      return parseSftp(rest);
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
  return { kind: 'directory', path: normalizeDirectory(decodePath(rest)) };
}

function parseSftp(rest: string): StoreLocation {
  const slash = rest.indexOf('/');
  const [, user, host = '', port = SSH_PORT] =
    SFTP_SERVER.exec(slash === -1 ? rest : rest.slice(0, slash)) ?? [];
  const isHost = !host.startsWith('[') || isIPv6(host.slice(1, -1));
  if (user === undefined || !isHost || Number(port) < 1 || Number(port) > MAX_PORT) {
    throw refuse(
      `${ACCEPTED}; before the directory stand a user and a host, and a port where it is not 22: sftp://backup@store.example.com:2222/backups. Keys and passphrases have inputs of their own`,
    );
  }
  const directory = slash === -1 ? '/' : rest.slice(slash);
  if (directory !== '/' && !SFTP_DIRECTORY.test(directory)) {
    throw refuse(
      `${ACCEPTED}; an SFTP directory is written with letters a-z A-Z, digits, and _ . + @ = - (a link with such a name does, too)`,
    );
  }
  return {
    kind: 'sftp',
    user,
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    path: normalizeDirectory(directory),
  };
}

function normalizeDirectory(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.length === 0) throw refuse(`${ACCEPTED}; the root of the file system is not a store`);
  if (segments.includes('.') || segments.includes('..')) {
    throw refuse(`${ACCEPTED}; the directory is written without . and ..`);
  }
  return `/${segments.join('/')}`;
}

/** As users write it, and as the store is called. */
export function formatSftpLocation({ user, host, port, path }: SftpLocation): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `sftp://${user}@${name}${port === SSH_PORT ? '' : `:${port}`}${path}`;
}

function isIPv6(host: string): boolean {
  return URL.canParse(`http://[${host}]/`);
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
