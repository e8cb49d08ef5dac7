import { expect, it } from 'vitest';
import { youngGarbageCollector } from '../../src/remote/young-garbage.ts';

it('collects once for every four MiB, and only what is young', () => {
  const calls: unknown[] = [];
  const note = youngGarbageCollector((options) => calls.push(options));
  for (let piece = 0; piece < 1000; piece++) note(32 * 1024);
  expect(calls).toEqual(Array.from({ length: 7 }, () => ({ type: 'minor' })));
});

it('finds the collector of the runtime, and memory of buffers that nobody has goes back', () => {
  const note = youngGarbageCollector();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let piece = 0; piece < 3000; piece++) {
    const buffer = Buffer.alloc(64 * 1024);
    note(buffer.length);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan(16 * 1024 * 1024);
});
