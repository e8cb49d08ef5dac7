import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import { wholeStream } from '../../src/store/whole-stream.ts';
import { readAll } from '../helpers/bytes.ts';

const { signal } = new AbortController();

describe('wholeStream', () => {
  it('passes on what is whole', async () => {
    const source = Readable.from([Buffer.from('ab'), Buffer.from('c')]);
    expect((await readAll(wholeStream(source, 3, 'object', signal))).toString()).toBe('abc');
  });

  it.each([2, 4])('fails when %d bytes were announced and 3 came', async (sizeBytes) => {
    const source = Readable.from([Buffer.from('abc')]);
    await expect(readAll(wholeStream(source, sizeBytes, 'object', signal))).rejects.toMatchObject({
      code: 'store-unreachable',
      message: `object ended after 3 of ${sizeBytes} bytes`,
    });
  });

  it('fails when the source breaks, or closes without an end', async () => {
    for (const cause of [new Error('reset'), undefined]) {
      const source = new PassThrough();
      source.write('ab');
      const whole = wholeStream(source, 3, 'object', signal);
      whole.once('data', () => source.destroy(cause));
      await expect(readAll(whole)).rejects.toMatchObject({
        code: 'store-unreachable',
        message: 'object broke off after 2 of 3 bytes',
      });
    }
  });

  it('says why the source broke where that was said to users', async () => {
    const source = new PassThrough();
    source.destroy(new LifeboatError('store-unreachable', 'the line was cut'));
    await expect(readAll(wholeStream(source, 3, 'object', signal))).rejects.toMatchObject({
      code: 'store-unreachable',
      message: 'object broke off after 0 of 3 bytes: the line was cut',
    });
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('stopped');
    const stop = new AbortController();
    const source = new PassThrough();
    const reading = readAll(wholeStream(source, 3, 'object', stop.signal));
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(source.destroyed).toBe(true);
    const late = wholeStream(new PassThrough(), 3, 'object', stop.signal);
    await expect(readAll(late)).rejects.toBe(reason);
  });

  it('destroys a silent source as soon as nobody wants it', async () => {
    const source = new PassThrough();
    const closed = once(source, 'close');
    wholeStream(source, 3, 'object', signal).destroy();
    await closed;
    expect(source.destroyed).toBe(true);
  });
});
