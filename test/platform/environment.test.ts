import { describe, expect, it } from 'vitest';
import { deleteSecrets, readEnvironment } from '../../src/platform/environment.ts';

describe('what is read', () => {
  it('names the run, the documentation and the machine on GitHub', () => {
    const environment = readEnvironment({
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_TEMP: '/tmp/runner',
      GITHUB_STEP_SUMMARY: '/tmp/summary',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'octo/ops',
      GITHUB_RUN_ID: '42',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_ACTION_REPOSITORY: 'octo/lifeboat',
      GITHUB_ACTION_REF: 'v1',
    });
    expect(environment).toMatchObject({
      isHostedRunner: true,
      temporaryBase: '/tmp/runner',
      summaryPath: '/tmp/summary',
      origin: 'https://github.com/octo/ops/actions/runs/42/attempts/2',
      documentationBase: 'https://github.com/octo/lifeboat/blob/v1/',
      ambientCredentials: undefined,
    });
  });

  it('does without all of it elsewhere', () => {
    const environment = readEnvironment({
      GITHUB_ACTION_REPOSITORY: 'x](y)',
      GITHUB_SERVER_URL: 'javascript:1',
    });
    expect(environment).toMatchObject({
      isHostedRunner: false,
      documentationBase: '',
      summaryPath: undefined,
    });
    expect(environment.origin).toMatch(/^process \d+ on ./);
  });

  it('takes out where the job may ask for a token', () => {
    const variables = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't',
    };
    expect(readEnvironment(variables).idTokenRequest).toEqual({ url: 'https://token.example/', token: 't' });
    for (const name of Object.keys(variables))
      expect(readEnvironment({ ...variables, [name]: '' }).idTokenRequest).toBeUndefined();
  });

  it('takes out the credentials of AWS', () => {
    const variables = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' };
    expect(readEnvironment(variables).ambientCredentials).toEqual({ accessKeyId: 'a', secretAccessKey: 's' });
    expect(readEnvironment({ ...variables, AWS_SESSION_TOKEN: 't' }).ambientCredentials).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 's',
      sessionToken: 't',
    });
    expect(readEnvironment({ AWS_ACCESS_KEY_ID: 'a' }).ambientCredentials).toBeUndefined();
  });
});

it('deletes inputs, tokens and copies of secrets, and nothing else', () => {
  const variables: Record<string, string | undefined> = {
    PATH: '/bin',
    USER: 'root',
    'INPUT_SSH-KEY': 'a',
    INPUT_SERVER: 'b',
    LIFEBOAT_DB_PASSWORD: 'c',
    AWS_SECRET_ACCESS_KEY: 'd',
    AWS_ACCESS_KEY_ID: 'd',
    AWS_SESSION_TOKEN: 'e',
    ACTIONS_RUNTIME_TOKEN: 'f',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'g',
    GITHUB_TOKEN: 'h',
    AWS_REGION: 'eu-central-1',
    MY_COPY: 'long secret\n',
    GITHUB_OUTPUT: '/tmp/out',
  };
  deleteSecrets(['long secret', 'root'], variables);
  expect(variables).toEqual({
    PATH: '/bin',
    USER: 'root',
    AWS_REGION: 'eu-central-1',
    GITHUB_OUTPUT: '/tmp/out',
  });
});
