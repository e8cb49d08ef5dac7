import { describe, expect, it } from 'vitest';
import { describeStatus, MainOutput, type MainEnd } from '../../src/sandbox/main-output.ts';

function read(chunks: readonly string[]) {
  const events: (MainEnd | string)[] = [];
  const output = new MainOutput('MARK', {
    onStarted: (pid) => events.push(pid),
    onEnded: (end) => events.push(end),
  });
  chunks.forEach((chunk) => output.pushStderr(Buffer.from(chunk)));
  return { events, log: output.readLog() };
}

describe('MainOutput', () => {
  const text =
    'half a\nMARK started 7\nnoise MARK ended 1 1\nlast words\nMARK ended 137 2\nlevel=error msg="x"\n';
  const expected = {
    events: ['7', { status: 137, memoryKills: 2 }],
    log: 'half a\nnoise MARK ended 1 1\nlast words',
  };

  it('tells our own lines from those of the command, and drops what the engine says after the last', () => {
    expect(read([text])).toEqual(expected);
  });

  it('does so wherever the chunks are cut', () => {
    for (let cut = 1; cut < text.length; cut++) {
      expect(read([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
    }
    expect(read(Array.from(text))).toEqual(expected);
  });

  it('holds back no more than the end of a text without lines', () => {
    const { events, log } = read(['x'.repeat(100_000), 'y'.repeat(1_000), '\nMARK started 7\nand']);
    expect(events).toEqual(['7']);
    expect(log).toMatch(/^x+y{1000}\nand$/);
    expect(log.length).toBeLessThan(20_000);
  });
});

describe('describeStatus', () => {
  it.each([
    [0, 'status 0'],
    [3, 'status 3'],
    [137, 'SIGKILL'],
    [139, 'SIGSEGV'],
    [255, 'status 255'],
  ])('calls %i "%s"', (status, text) => expect(describeStatus(status)).toBe(text));
});
