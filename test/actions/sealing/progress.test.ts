import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withProgress } from '../../../src/actions/sealing/progress.ts';
import type { Reporter } from '../../../src/ports/reporter.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function reporter() {
  const said: string[] = [];
  const silent = () => undefined;
  const rest = {
    group: (_: string, body: () => Promise<never>) => body(),
    debug: silent,
    warning: silent,
    summary: silent,
    output: silent,
    mask: silent,
  };
  return {
    said,
    reporter: { ...rest, info: (message: string) => void said.push(message) } as unknown as Reporter,
  };
}

it('says every few seconds how much went by, and stops with the stream', async () => {
  const { said, reporter: to } = reporter();
  async function* source() {
    for (let seconds = 0; seconds < 12; seconds += 1) {
      vi.advanceTimersByTime(1000);
      yield await Promise.resolve(new Uint8Array(1_000_000));
    }
  }
  let bytes = 0;
  for await (const chunk of withProgress(source(), 'dump', to)) bytes += chunk.length;
  vi.advanceTimersByTime(60_000);
  expect(bytes).toBe(12_000_000);
  expect(said).toEqual(['dump: 4.0 MB so far, 800.0 kB/s, 5.0 s', 'dump: 9.0 MB so far, 1.0 MB/s, 10 s']);
  expect(vi.getTimerCount()).toBe(0);
});

it.each(['breaks', 'is given up'])('leaves no timer behind when the stream %s', async (how) => {
  const { reporter: to } = reporter();
  async function* source() {
    yield await Promise.resolve(new Uint8Array(1));
    throw new Error('broke');
  }
  const reading = async () => {
    for await (const chunk of withProgress(source(), 'dump', to))
      if (how === 'is given up' && chunk.length > 0) break;
  };
  if (how === 'breaks') await expect(reading()).rejects.toThrow('broke');
  else await reading();
  expect(vi.getTimerCount()).toBe(0);
});
