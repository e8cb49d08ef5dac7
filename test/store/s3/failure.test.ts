import { describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import { isPassing, mayHaveHappened, readFailure, type Failure } from '../../../src/store/s3/failure.ts';

function answered(status: number | undefined, code: string): Failure {
  return { status, code, message: '', bucketRegion: undefined, retryAfterMs: undefined };
}

describe('mayHaveHappened', () => {
  it.each([
    [undefined, 'ECONNRESET'],
    [undefined, 'TimeoutError'],
    [undefined, 'EPIPE'],
    [500, 'InternalError'],
    [502, 'BadGateway'],
    [503, 'ServiceUnavailable'],
  ])('after %s %s', (status, code) => {
    expect(isPassing(answered(status, code))).toBe(true);
    expect(mayHaveHappened(answered(status, code))).toBe(true);
  });

  it.each([
    [undefined, 'ECONNREFUSED'],
    [undefined, 'EAI_AGAIN'],
    [503, 'SlowDown'],
    [429, 'TooManyRequests'],
    [409, 'OperationAborted'],
    [400, 'BadDigest'],
  ])('not after %s %s, though it passes', (status, code) => {
    expect(isPassing(answered(status, code))).toBe(true);
    expect(mayHaveHappened(answered(status, code))).toBe(false);
  });

  it.each([
    [undefined, 'ENOTFOUND'],
    [undefined, 'CERT_HAS_EXPIRED'],
    [403, 'AccessDenied'],
  ])('not after %s %s, which does not pass either', (status, code) => {
    expect(isPassing(answered(status, code))).toBe(false);
    expect(mayHaveHappened(answered(status, code))).toBe(false);
  });
});

describe('readFailure', () => {
  it.each([
    new TypeError('a bug'),
    Object.assign(new TypeError('a bug'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new RangeError('a bug'), { code: 'ERR_OUT_OF_RANGE' }),
    new Error('a bug'),
    new LifeboatError('store-exists', 'ours already'),
    'not even an error',
  ])('takes %s for no failure of the store', (error) => {
    expect(readFailure(error)).toBeUndefined();
  });

  it('knows the one thing that the SDK says without a code', () => {
    expect(readFailure(new Error('Region is missing'))).toMatchObject({ code: 'RegionMissing' });
  });
});
