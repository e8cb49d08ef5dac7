// Keys of a role, with a stand-in for GitHub's token service and for AWS's: neither is to be had here. The store is the stub.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import { createRoleCredentials } from '../../../src/store/s3/role-credentials.ts';
import { S3StoreWriter } from '../../../src/store/s3/writer.ts';
import { S3Stub } from '../../helpers/s3-stub.ts';

const ARN = 'arn:aws:iam::123456789012:role/lifeboat-writer';
const REQUEST_TOKEN = 'request-token-canary';
const ID_TOKEN = 'id-token-canary';
const LIMITS = { attempts: 3, baseDelayMs: 1, maxDelayMs: 2 };
const HOUR_MS = 3_600_000;

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Record<string, string>;
}

let server: Server;
let asked: Asked[];
let secrets: string[];
/** By path: status and text, for the first requests; after them what is usual. */
let answers: Record<string, [number, string][]>;
let lifeMs: number;

beforeEach(async () => {
  [asked, secrets, answers, lifeMs] = [[], [], {}, HOUR_MS];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      asked.push({ path: `${pathname}?${searchParams.toString()}`, headers: request.headers, form });
      const usual = pathname === '/token' ? JSON.stringify({ value: ID_TOKEN }) : keys(countRoles());
      const [status, text] = answers[pathname]?.shift() ?? [200, usual];
      response.writeHead(status).end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

const countRoles = () => asked.filter(({ form }) => 'Action' in form).length;
const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Numbered: those of later requests are others. */
function keys(number: number): string {
  const expiration = new Date(Date.now() + lifeMs).toISOString();
  return `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
    <AccessKeyId>ROLE${number}</AccessKeyId><SecretAccessKey>secret-canary-${number}</SecretAccessKey>
    <SessionToken>session+canary/${number}==</SessionToken><Expiration>${expiration}</Expiration>
  </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
}

const role = () => ({
  arn: ARN,
  idToken: { url: `${origin()}/token?api-version=2.0`, token: REQUEST_TOKEN },
  onSecret: (secret: string) => void secrets.push(secret),
});
const create = () =>
  createRoleCredentials(role(), { endpoint: new URL(origin()), region: 'us-east-1' }, LIMITS);

async function fail(): Promise<LifeboatError> {
  const error: unknown = await create()().catch((thrown: unknown) => thrown);
  if (!(error instanceof LifeboatError)) throw new Error(`not refused: ${String(error)}`);
  expect(`${error.message} ${error.hint ?? ''}`).not.toContain('canary');
  return error;
}

describe('createRoleCredentials', () => {
  it("asks GitHub for a token for AWS, and the service for the role's keys with it", async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await create()();
    expect([accessKeyId, secretAccessKey, sessionToken]).toEqual([
      'ROLE1',
      'secret-canary-1',
      'session+canary/1==',
    ]);
    expect(expiration.getTime()).toBeGreaterThan(Date.now());
    expect(asked.map(({ path }) => path)).toEqual([
      '/token?api-version=2.0&audience=sts.amazonaws.com',
      '/?',
    ]);
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${REQUEST_TOKEN}`);
    expect(asked[1]?.form).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ARN,
      RoleSessionName: 'lifeboat',
      WebIdentityToken: ID_TOKEN,
    });
    expect(secrets).toEqual([ID_TOKEN, 'secret-canary-1', 'session+canary/1==']);
  });

  it('tries again what may pass', async () => {
    answers = {
      '/token': [[503, '']],
      '/': [
        [500, ''],
        [429, ''],
      ],
    };
    expect((await create()()).accessKeyId).toBe('ROLE3');
  });

  it('gives up in the end', async () => {
    answers = {
      '/': [
        [500, ''],
        [500, ''],
        [500, ''],
      ],
    };
    expect(await fail()).toMatchObject({ code: 'store-unreachable' });
    expect(asked).toHaveLength(4);
  });

  it('says what AWS says of a role that does not trust this workflow, at once', async () => {
    const text = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized\nto perform it</Message></Error></ErrorResponse>`;
    answers = { '/': [[403, text]] };
    expect(await fail()).toMatchObject({
      code: 'store-denied',
      message: `AssumeRoleWithWebIdentity of ${ARN} was refused: 403 AccessDenied: Not authorized to perform it`,
      hint: expect.stringContaining('trust policy') as string,
    });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a page without a token', '/token', '<html>'],
    ['an answer without a token', '/token', '{}'],
    ['an answer without keys', '/', '<html>Sign in</html>'],
  ])('does not take %s', async (_what, path, text) => {
    answers = { [path]: [[200, text]] };
    expect(await fail()).toMatchObject({ code: 'store-unreachable' });
  });
});

describe('a writer with a role', () => {
  async function putTwice(): Promise<(string | undefined)[]> {
    const stub = await S3Stub.start();
    // A service that is not Amazon's answers for its roles itself.
    stub.script = ({ path, index }) => (path === '/' ? { body: keys(index + 1) } : undefined);
    const writer = new S3StoreWriter({
      bucket: 'bucket',
      prefix: '',
      endpoint: stub.endpoint,
      region: undefined,
      credentials: undefined,
      role: role(),
      allowUnversioned: false,
      limits: LIMITS,
    });
    try {
      const { signal } = new AbortController();
      for (const key of ['a', 'b']) await writer.put(key, Buffer.from(key), { signal });
      return stub.requests
        .filter(({ operation }) => operation === 'PutObject')
        .map(({ headers }) => {
          const id = /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1];
          return `${id ?? ''} ${String(headers['x-amz-security-token'])}`;
        });
    } finally {
      await writer.close();
      await stub.stop();
    }
  }

  it('asks for keys once as long as they are valid', async () => {
    expect(await putTwice()).toEqual(Array(2).fill('ROLE1 session+canary/1=='));
  });

  it('asks again before they expire', async () => {
    lifeMs = 60_000;
    const [first, second] = await putTwice();
    expect(second).toMatch(/^ROLE\d+ session/);
    expect(second).not.toBe(first);
  });
});
