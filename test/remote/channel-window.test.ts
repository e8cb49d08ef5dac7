import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_WINDOW_BYTES,
  enlargeWindow,
  MAX_WINDOW_BYTES,
  TESTED_SSH2_VERSION,
  windowFor,
} from '../../src/remote/channel-window.ts';

it('was tested with the ssh2 that is installed', () => {
  const { version } = createRequire(import.meta.url)('ssh2/package.json') as { version: string };
  // Another version? See that test/integration/ssh-connection.test.ts is green with it, then change the constant.
  expect(version).toBe(TESTED_SSH2_VERSION);
});

it.each([
  [0, DEFAULT_WINDOW_BYTES],
  [1, DEFAULT_WINDOW_BYTES],
  [50, 10_000_000],
  [100, 20_000_000],
  [300, MAX_WINDOW_BYTES],
  [Number.POSITIVE_INFINITY, MAX_WINDOW_BYTES],
])('a round trip of %d ms has a window of %d bytes', (roundTripMs, bytes) => {
  expect(windowFor(roundTripMs)).toBe(bytes);
});

// No installed ssh2 looks like this; these stand for one that keeps its fields elsewhere.
describe('a channel that is not as expected', () => {
  const protocol = { channelWindowAdjust: () => undefined };
  it.each([
    ['nothing', {}],
    ['no incoming state', { incoming: { window: 1 }, outgoing: { id: 0 }, _client: { _protocol: protocol } }],
    ['no window', { incoming: { state: 'open' }, outgoing: { id: 0 }, _client: { _protocol: protocol } }],
    [
      'no channel number',
      { incoming: { window: 1, state: 'open' }, outgoing: {}, _client: { _protocol: protocol } },
    ],
    ['no client', { incoming: { window: 1, state: 'open' }, outgoing: { id: 0 } }],
    [
      'no adjustment',
      { incoming: { window: 1, state: 'open' }, outgoing: { id: 0 }, _client: { _protocol: {} } },
    ],
  ])('is left alone: %s', (_what, fields) => {
    const channel = Object.assign(new Duplex(), fields);
    expect(enlargeWindow(channel as unknown as ClientChannel, 100)).toBeUndefined();
    expect(Object.keys(channel)).not.toContain('read');
  });
});
