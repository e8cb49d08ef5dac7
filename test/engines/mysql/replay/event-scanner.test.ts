// Binlogs made byte by byte, cut into chunks of every size.
import { describe, expect, it } from 'vitest';
import {
  EVENT,
  EventScanner,
  MAGIC,
  type BinlogEvent,
  type Decision,
} from '../../../../src/engines/mysql/replay/event-scanner.ts';
import { makeEvent, makeFormat } from './make-events.ts';

const events = [
  makeFormat({ seconds: 100, serverId: 7 }),
  makeEvent(EVENT.mariadbGtid, Buffer.alloc(19, 1)),
  makeEvent(2, Buffer.from('a statement')),
  makeEvent(30, Buffer.alloc(3000, 5)),
  makeEvent(EVENT.stop, Buffer.alloc(0)),
];
const file = Buffer.concat([MAGIC, ...events]);

function scan(bytes: Buffer, chunkBytes: number, decide: (event: BinlogEvent) => Decision = () => 'pass') {
  const seen: BinlogEvent[] = [];
  const scanner = new EventScanner((event) => {
    seen.push(event);
    return decide(event);
  });
  const passed: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    passed.push(...scanner.scan(bytes.subarray(at, at + chunkBytes)));
  if (!scanner.isStopped) scanner.end();
  return { seen, passed: Buffer.concat(passed) };
}

describe.each([1, 7, 19, 20, 64, 1000, 100_000])('in chunks of %i bytes', (chunkBytes) => {
  it('every event is seen once, at its place, and passed on', () => {
    const { seen, passed } = scan(file, chunkBytes);
    expect(seen.map(({ type, offset, sizeBytes }) => [type, offset, sizeBytes])).toEqual(
      events.map((event, index) => [
        event.readUInt8(4),
        4 + Buffer.concat(events.slice(0, index)).length,
        event.length,
      ]),
    );
    expect(seen[1]?.bytes).toEqual(events[1]);
    expect(seen[3]?.bytes).toHaveLength(19);
    expect(seen[0]).toMatchObject({ seconds: 100, serverId: 7 });
    expect(passed).toEqual(Buffer.concat(events));
  });

  it('what is dropped is left out, and nothing is read behind a stop', () => {
    const drop = scan(file, chunkBytes, ({ type }) => (type === 2 ? 'drop' : 'pass'));
    expect(drop.passed).toEqual(Buffer.concat(events.filter((_, index) => index !== 2)));
    const stop = scan(file, chunkBytes, ({ type }) => (type === 30 ? 'stop' : 'pass'));
    expect(stop.passed).toEqual(Buffer.concat(events.slice(0, 3)));
    expect(stop.seen).toHaveLength(4);
  });

  it('a flipped bit is seen by its checksum, wherever it is', () => {
    const start = 4 + (events[0]?.length ?? 0);
    for (const at of [start + 20, start + 60, file.length - 200, file.length - 30, file.length - 1]) {
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      expect(() => scan(flipped, chunkBytes), String(at)).toThrow('a binlog cannot be read');
    }
    // Without checksums nobody can tell.
    const bare = Buffer.concat([
      MAGIC,
      makeFormat({ seconds: 1, serverId: 1, hasChecksums: false }),
      ...events.slice(1),
    ]);
    bare[bare.length - 30] = 9;
    expect(() => scan(bare, chunkBytes)).not.toThrow();
  });
});

it.each([
  ['is empty', Buffer.alloc(0)],
  ['begins like something else', Buffer.from('not a binlog at all')],
  ['ends in an event', file.subarray(0, -30)],
  ['ends in the head of an event', file.subarray(0, -20)],
  ['has an event that is shorter than its head', Buffer.concat([MAGIC, Buffer.alloc(40)])],
])('a file that %s is refused', (_, bytes) => {
  expect(() => scan(bytes, 1000)).toThrow('a binlog cannot be read');
});
