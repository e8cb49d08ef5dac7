// A run whose time is over has no verdict, whatever it was doing: nothing that it did not get to see is called missing, or untold.
import { beforeEach, expect, it } from 'vitest';
import { verifyDeclaration } from '../../../src/actions/verify/inputs.ts';
import { LifeboatError } from '../../../src/errors.ts';
import { withTimeout } from '../../../src/entries/with-timeout.ts';
import { USUAL, useVerifyBench } from '../../helpers/use-verify-bench.ts';

const bench = useVerifyBench();
const TOO_SLOW = new LifeboatError('verify-too-slow', 'verify reached its timeout');

let time: AbortController;
beforeEach(() => {
  time = new AbortController();
});

/** Of a store that does not answer; meanwhile the time is over. */
const wait = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    time.abort(TOO_SLOW);
    // Others that were asked at once come after that.
    reject(signal.reason as Error);
  });

it.each<[string, () => void]>([
  [
    'a manifest does not come',
    () =>
      (bench().reader = {
        get: (key, signal) =>
          key.endsWith('manifest.json') ? wait(signal) : bench().store.reader.get(key, signal),
      }),
  ],
  [
    'an object does not come when it is read back',
    () =>
      (bench().reader = {
        get: (key, signal, maxBytes) =>
          key.endsWith('.gpg') && maxBytes === undefined
            ? wait(signal)
            : bench().store.reader.get(key, signal),
      }),
  ],
  ['nobody tells the lock', () => (bench().inspector = { readLock: (_, signal) => wait(signal) })],
  ['strangers are not answered', () => (bench().inspector = { isPublic: (_, signal) => wait(signal) })],
])('%s: the timeout ends it', async (_, spoil) => {
  spoil();
  const looked = bench().look({ ...USUAL, 'read-back': 'all' }, {}, true, time.signal);
  await expect(looked).rejects.toBe(TOO_SLOW);
});

it('fires when the time is over', async () => {
  const signal = withTimeout(new AbortController().signal, 5, TOO_SLOW);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  expect(signal.reason).toBe(TOO_SLOW);
});

it('stops for a signal before that, and leaves nothing that keeps the process', () => {
  const stop = new AbortController();
  const signal = withTimeout(stop.signal, 60_000, TOO_SLOW);
  const reason = new LifeboatError('cancelled', 'stop');
  stop.abort(reason);
  expect(signal.reason).toBe(reason);
});

it('is as long as everywhere, and a failure of the run, not a red verdict', () => {
  expect(verifyDeclaration.inputs.timeout.default).toBe('5h30m');
  expect(TOO_SLOW.class).toBe('store');
});
