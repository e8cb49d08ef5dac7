// Keys of a role, with a stand-in for the services that give them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import { createRoleCredentials } from '../../../src/store/s3/role-credentials.ts';
import { S3StoreWriter } from '../../../src/store/s3/writer.ts';
import {
  ID_TOKEN,
  REQUEST_TOKEN,
  ROLE_ARN,
  RoleServices,
  SESSION_TOKEN,
} from '../../helpers/role-services.ts';
import { S3Stub } from '../../helpers/s3-stub.ts';

const LIMITS = { attempts: 3, baseDelayMs: 1, maxDelayMs: 2 };

let services: RoleServices;
let stub: S3Stub;
let secrets: string[];
beforeEach(async () => {
  secrets = [];
  stub = await S3Stub.start();
  services = await RoleServices.start(
    (before) => ({ accessKeyId: `ROLE${before + 1}`, secretAccessKey: `secret-canary-${before + 1}` }),
    stub.endpoint,
  );
});
afterEach(() => Promise.all([services.stop(), stub.stop()]));

const role = () => ({
  arn: ROLE_ARN,
  idToken: { url: services.tokenUrl, token: REQUEST_TOKEN },
  onSecret: (secret: string) => void secrets.push(secret),
});
const create = () =>
  createRoleCredentials(role(), { endpoint: services.endpoint, region: 'us-east-1' }, LIMITS);

async function fail(): Promise<LifeboatError> {
  const error: unknown = await create()().catch((thrown: unknown) => thrown);
  if (!(error instanceof LifeboatError)) throw new Error(`not refused: ${String(error)}`);
  expect(`${error.message} ${error.hint ?? ''}`).not.toContain('canary');
  return error;
}

describe('createRoleCredentials', () => {
  it("asks GitHub for a token for AWS, and the service for the role's keys with it", async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await create()();
    expect([accessKeyId, secretAccessKey, sessionToken]).toEqual(['ROLE1', 'secret-canary-1', SESSION_TOKEN]);
    expect(expiration.getTime()).toBeGreaterThan(Date.now());
    expect(services.asked.map(({ path }) => path)).toEqual([
      '/token?api-version=2.0&audience=sts.amazonaws.com',
      '/',
    ]);
    expect(services.asked[0]?.headers.authorization).toBe(`Bearer ${REQUEST_TOKEN}`);
    expect(services.asked[1]?.form).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE_ARN,
      RoleSessionName: 'lifeboat',
      WebIdentityToken: ID_TOKEN,
    });
    expect(secrets).toEqual([ID_TOKEN, 'secret-canary-1', SESSION_TOKEN]);
  });

  it('tries again what may pass', async () => {
    services.answers = {
      '/token': [[503, '']],
      '/': [
        [500, ''],
        [429, ''],
      ],
    };
    expect((await create()()).accessKeyId).toBe('ROLE3');
  });

  it('gives up in the end', async () => {
    services.answers = {
      '/': [
        [500, ''],
        [500, ''],
        [500, ''],
      ],
    };
    expect(await fail()).toMatchObject({ code: 'store-unreachable' });
    expect(services.asked).toHaveLength(4);
  });

  it('says what AWS says of a role that does not trust this workflow, at once', async () => {
    const text = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized\nto perform it</Message></Error></ErrorResponse>`;
    services.answers = { '/': [[403, text]] };
    expect(await fail()).toMatchObject({
      code: 'store-denied',
      message: `AssumeRoleWithWebIdentity of ${ROLE_ARN} was refused: 403 AccessDenied: Not authorized to perform it`,
      hint: expect.stringContaining('trust policy') as string,
    });
    expect(services.asked).toHaveLength(2);
  });

  it.each([
    ['a page without a token', '/token', '<html>'],
    ['an answer without a token', '/token', '{}'],
    ['an answer without keys', '/', '<html>Sign in</html>'],
  ])('does not take %s', async (_what, path, text) => {
    services.answers = { [path]: [[200, text]] };
    expect(await fail()).toMatchObject({ code: 'store-unreachable' });
  });
});

describe('a writer with a role', () => {
  async function putTwice(): Promise<string[]> {
    const writer = new S3StoreWriter({
      bucket: 'bucket',
      prefix: '',
      // A service that is not Amazon's answers for its roles itself.
      endpoint: services.endpoint,
      region: undefined,
      credentials: undefined,
      role: role(),
      allowUnversioned: false,
      limits: LIMITS,
    });
    const { signal } = new AbortController();
    for (const key of ['a', 'b']) await writer.put(key, Buffer.from(key), { signal });
    await writer.close();
    return stub.requests.map(({ headers }) => {
      expect(headers['x-amz-security-token']).toBe(SESSION_TOKEN);
      return /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
    });
  }

  it('asks for keys once as long as they are valid', async () => {
    expect(await putTwice()).toEqual(['ROLE1', 'ROLE1']);
  });

  it('asks again before they expire', async () => {
    services.lifeMs = 60_000;
    const [first, second] = await putTwice();
    expect(second).toMatch(/^ROLE\d+$/);
    expect(second).not.toBe(first);
  });
});
