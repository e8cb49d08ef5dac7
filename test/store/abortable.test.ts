import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { delaySignal, unlessAborted } from '../../src/store/abortable.ts';

const reason = new Error('stopped');

describe('unlessAborted', () => {
  it('gives what the work gives, and lets go of the signal', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
    await sleep(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('throws the reason of a signal that fires or has fired, and swallows what the work does later', async () => {
    const stop = new AbortController();
    let fail: ((error: Error) => void) | undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const waiting = unlessAborted(work, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(unlessAborted(work, stop.signal)).rejects.toBe(reason);
    fail?.(new Error('too late'));
    await sleep(0);
  });
});

describe('delaySignal', () => {
  it('fires after the other one, with its reason', async () => {
    const stop = new AbortController();
    const delayed = delaySignal(stop.signal, 5);
    stop.abort(reason);
    expect(delayed.aborted).toBe(false);
    await new Promise((resolve) => delayed.addEventListener('abort', resolve));
    expect(delayed.reason).toBe(reason);
  });

  it('fires for a signal that has fired before', async () => {
    const delayed = delaySignal(AbortSignal.abort(reason), 1);
    await new Promise((resolve) => delayed.addEventListener('abort', resolve));
    expect(delayed.reason).toBe(reason);
  });
});
