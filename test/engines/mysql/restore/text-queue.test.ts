// Text that several put in and one takes out.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TextQueue } from '../../../../src/engines/mysql/restore/text-queue.ts';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x');

async function take(queue: TextQueue): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of queue) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a queue of text', () => {
  it('gives out what was put in, in this order, whenever it came', async () => {
    const queue = new TextQueue();
    void queue.put(Buffer.from('one '));
    const taken = take(queue);
    await setImmediate();
    await queue.put(Buffer.from('two '));
    await queue.put(Buffer.from('three'));
    queue.end();
    expect(await taken).toBe('one two three');
  });

  it('lets nobody go on who put in more than there is room for, until it was taken', async () => {
    const queue = new TextQueue();
    await queue.put(MEBIBYTE);
    let isThrough = false;
    const put = queue.put(Buffer.from('more')).then(() => (isThrough = true));
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(isThrough).toBe(false);
    queue.end();
    expect(await take(queue)).toHaveLength(MEBIBYTE.length + 4);
    await put;
  });

  it('throws what it failed with at those who wait, and at those who come', async () => {
    const queue = new TextQueue();
    const bug = new Error('lost');
    await queue.put(MEBIBYTE);
    const waiting = queue.put(Buffer.from('more'));
    queue.fail(bug);
    queue.fail(new Error('what follows from it'));
    await expect(waiting).rejects.toBe(bug);
    await expect(queue.put(Buffer.from('late'))).rejects.toBe(bug);
    await expect(take(queue)).rejects.toBe(bug);
    const empty = new TextQueue();
    const taken = take(empty);
    empty.fail(bug);
    await expect(taken).rejects.toBe(bug);
  });
});
