// Temporary keys of a role, for a token in which GitHub says which workflow this is. Nothing has to be kept as a secret for them.
// Two plain requests of our own: the token from GitHub, then AssumeRoleWithWebIdentity, which is not signed.
import { profileOfEndpoint } from '../../domain/stores/store-profiles.ts';
import { LifeboatError } from '../../errors.ts';
import type { S3Credentials, S3Limits, StoreRole } from './options.ts';
import { retry } from './retry.ts';

/** What AWS asks for in a token, and what its trust policies are written with. */
const AUDIENCE = 'sts.amazonaws.com';
/** Shown in the account's own log of who did what. */
const SESSION_NAME = 'lifeboat';
const STS_VERSION = '2011-06-15';
const TIMEOUT_MS = 10_000;
const MAX_WORDS = 300;

/** When the keys are no longer valid; whoever uses them asks again some minutes before. */
export interface RoleCredentials extends S3Credentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}

export interface RoleService {
  /** Undefined: Amazon's own, in the region. Another S3 service answers for its roles itself. */
  readonly endpoint: URL | undefined;
  readonly region: string;
}

/** Returns a function that fetches new keys each time. It throws `store-denied` and `store-unreachable`. */
export function createRoleCredentials(
  { arn, idToken, onSecret }: StoreRole,
  service: RoleService,
  limits: Pick<S3Limits, 'attempts' | 'baseDelayMs' | 'maxDelayMs'>,
): () => Promise<RoleCredentials> {
  const ask = (what: string, request: () => Promise<Response>) =>
    retry(
      () => exchange(what, request),
      (error) => ({ isPassing: error instanceof Passing, retryAfterMs: undefined }),
      limits,
      new AbortController().signal,
    ).catch((error: unknown) => {
      throw error instanceof Passing ? error.reason : error;
    });

  return async () => {
    const url = new URL(idToken.url);
    url.searchParams.set('audience', AUDIENCE);
    const headers = { authorization: `Bearer ${idToken.token}`, accept: 'application/json' };
    const token = readToken(await ask("GitHub's token for this job", () => send(url, { headers })));
    onSecret(token);
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: STS_VERSION,
      RoleArn: arn,
      RoleSessionName: SESSION_NAME,
      WebIdentityToken: token,
    });
    const answer = await ask(`AssumeRoleWithWebIdentity of ${arn}`, () =>
      send(findService(service), { method: 'POST', body }),
    );
    const credentials = readCredentials(answer);
    onSecret(credentials.secretAccessKey);
    onSecret(credentials.sessionToken);
    return credentials;
  };
}

/** Worth another try. */
class Passing extends Error {
  readonly reason: LifeboatError;
  constructor(reason: LifeboatError) {
    super(reason.message);
    this.reason = reason;
  }
}

function send(url: URL, options: RequestInit): Promise<Response> {
  return fetch(url, { ...options, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** The text of a good answer. */
async function exchange(what: string, request: () => Promise<Response>): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await request();
    text = await response.text();
  } catch (cause) {
    throw new Passing(
      new LifeboatError('store-unreachable', `${what} could not be fetched: nobody answered`, { cause }),
    );
  }
  if (response.ok) return text;
  const words = [readTag(text, 'Code'), readTag(text, 'Message')].filter((word) => word !== undefined);
  const said = words
    .join(': ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .slice(0, MAX_WORDS);
  const message = `${what} was refused: ${response.status}${said === '' ? '' : ` ${said}`}`;
  if (response.status >= 500 || response.status === 429)
    throw new Passing(new LifeboatError('store-unreachable', message));
  throw new LifeboatError('store-denied', message, {
    hint: 'Check `store-role-arn`, and the trust policy of the role: it must name the identity provider of GitHub, the audience sts.amazonaws.com, and this repository in `sub`.',
  });
}

/** Regional, so that a run does not depend on another region than its bucket's. */
function findService({ endpoint, region }: RoleService): URL {
  if (endpoint !== undefined && profileOfEndpoint(endpoint) !== profileOfEndpoint(undefined)) return endpoint;
  return new URL(`https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
}

function readToken(text: string): string {
  try {
    const { value } = JSON.parse(text) as { readonly value?: unknown };
    if (typeof value === 'string' && value !== '') return value;
  } catch {
    // Said below.
  }
  throw new LifeboatError('store-unreachable', 'GitHub was asked for a token and answered without one');
}

function readCredentials(text: string): RoleCredentials {
  const accessKeyId = readTag(text, 'AccessKeyId');
  const secretAccessKey = readTag(text, 'SecretAccessKey');
  const sessionToken = readTag(text, 'SessionToken');
  const expiration = new Date(readTag(text, 'Expiration') ?? '');
  if (
    accessKeyId === undefined ||
    secretAccessKey === undefined ||
    sessionToken === undefined ||
    Number.isNaN(expiration.getTime())
  ) {
    throw new LifeboatError('store-unreachable', 'AssumeRoleWithWebIdentity was answered without keys');
  }
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

/** Of the few tags that matter none holds others or appears twice. */
function readTag(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
}
