// What is taken out of files of MySQL and MariaDB that are made byte by byte, and every way in which one may not be what its manifest says.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BinlogFacts } from '../../../../src/domain/binlogs/binlog-manifest.ts';
import { LifeboatError } from '../../../../src/errors.ts';
import { BinlogCut, type CutRequest } from '../../../../src/engines/mysql/replay/cut-binlogs.ts';
import { EVENT, MAGIC } from '../../../../src/engines/mysql/replay/event-scanner.ts';
import { surveyBinlogs } from '../../../../src/engines/mysql/replay/replay.ts';
import type { ReplayableBinlog } from '../../../../src/ports/restore-engine.ts';
import { exampleBinlogManifest } from '../../../domain/binlogs/binlog-manifest-example.ts';
import { generateStream } from '../../../helpers/bytes.ts';
import {
  makeEvent,
  makeFormat,
  makeGtidList,
  makeMariadbGtid,
  makeMysqlGtid,
  makePreviousGtids,
  makeRotate,
} from './make-events.ts';

const UUID = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';
const BEGUN = Date.UTC(2026, 10, 20, 3) / 1_000;
const US = BEGUN * 1_000_000;
/** Larger than 48 bits. */
const FAR_US = 2 ** 50;

function binlogOf(events: readonly Buffer[], facts: Partial<BinlogFacts>): ReplayableBinlog {
  const bytes = Buffer.concat([MAGIC, ...events]);
  return {
    facts: {
      ...exampleBinlogManifest().binlog,
      ...{ serverId: 1, sizeBytes: bytes.length, createdAt: new Date(BEGUN * 1_000).toISOString() },
      ...{ sha256: createHash('sha256').update(bytes).digest('hex') },
      ...facts,
    },
    open: () => generateStream(bytes, 61),
  };
}

const format = makeFormat({ seconds: BEGUN });
const statement = (text: string) => makeEvent(2, Buffer.from(text));
const rotate = (number: number) => makeRotate(`b.00000${number}`);
const mysqlFile = {
  first: [
    format,
    makePreviousGtids([UUID, 1, 4]),
    makeMysqlGtid(UUID, 5, US),
    statement('in the dump'),
    makeMysqlGtid(UUID, 6, US + 1_500),
    statement('first'),
    rotate(2),
  ],
  second: [
    format,
    makePreviousGtids([UUID, 1, 6]),
    makeMysqlGtid(UUID, 7, US + 2_000),
    statement('second'),
    makeMysqlGtid(UUID, 8, US + 2_001),
    statement('third'),
    rotate(3),
  ],
};
const facts = {
  first: { name: 'b.000001', next: 'b.000002', gtidsBefore: `${UUID}:1-4`, gtidsAfter: `${UUID}:1-6` },
  second: { name: 'b.000002', next: 'b.000003', gtidsBefore: `${UUID}:1-6`, gtidsAfter: `${UUID}:1-8` },
};
const sizeOf = (events: readonly Buffer[]) => MAGIC.length + Buffer.concat(events).length;
/** Of the event with this index. */
const placeIn = (events: readonly Buffer[], index: number) => sizeOf(events.slice(0, index));
const position = placeIn(mysqlFile.first, 4);
const mysqlRequest = (changes: Partial<CutRequest> = {}): CutRequest => ({
  flavour: 'mysql',
  binlogs: [binlogOf(mysqlFile.first, facts.first), binlogOf(mysqlFile.second, facts.second)],
  position,
  gtid: undefined,
  until: undefined,
  ...changes,
});

async function cut(request: CutRequest) {
  const made = new BinlogCut(request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of made.read()) chunks.push(chunk);
  return { made, bytes: Buffer.concat(chunks) };
}

const refusal = async (request: CutRequest): Promise<string> => {
  const error: unknown = await cut(request).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LifeboatError);
  expect((error as LifeboatError).code).toBe('binlog-invalid');
  return (error as LifeboatError).message;
};

describe('of MySQL', () => {
  it('everything from the position on is one stream', async () => {
    const { made, bytes } = await cut(mysqlRequest());
    expect(bytes).toEqual(Buffer.concat([MAGIC, format, ...mysqlFile.first.slice(4), ...mysqlFile.second]));
    expect(made).toMatchObject({ before: `${UUID}:1-5`, executed: `${UUID}:1-8`, transactions: 3 });
    expect(made).toMatchObject({
      first: { gtid: `${UUID}:6`, committedUs: US + 1_500 },
      last: { gtid: `${UUID}:8` },
      stop: undefined,
    });
  });

  it.each([
    [1, 0, `${UUID}:6`],
    [2, 2, `${UUID}:8`],
  ])('%i ms leave out the first transaction that committed after', async (ms, count, next) => {
    const { made, bytes } = await cut(mysqlRequest({ until: new Date(BEGUN * 1_000 + ms) }));
    expect(made).toMatchObject({ transactions: count, stop: { next: { gtid: next } } });
    expect(bytes.includes('third')).toBe(false);
    expect(bytes.includes('second')).toBe(count === 2);
    if (count === 2)
      expect(made.stop).toMatchObject({ name: 'b.000002', position: placeIn(mysqlFile.second, 4) });
  });

  it('times beyond 48 bits, and transactions without an id, are read', async () => {
    const events = [format, makePreviousGtids(), makeMysqlGtid(UUID, 0, FAR_US), statement('x'), rotate(2)];
    const none = { gtidsBefore: '', gtidsAfter: '' };
    const { made } = await cut(
      mysqlRequest({
        binlogs: [binlogOf(events, { ...facts.first, ...none })],
        position: placeIn(events, 2),
      }),
    );
    expect(made).toMatchObject({ transactions: 1, executed: '', last: { gtid: '', committedUs: FAR_US } });
  });

  it('tags of GTIDs from before the file are read', async () => {
    const number = (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes;
    };
    const uuid = Buffer.from(UUID.replaceAll('-', ''), 'hex');
    const tag = Buffer.from('\u000etag_one', 'latin1');
    const untagged = [uuid, Buffer.of(0), ...[1n, 1n, 5n].map(number)];
    const tagged = [uuid, tag, ...[1n, 1n, 2n].map(number)];
    const head = number((1n << 56n) | (2n << 8n) | 1n);
    const list = makeEvent(EVENT.previousGtids, Buffer.concat([head, ...untagged, ...tagged]));
    const events = [format, list, makeMysqlGtid(UUID, 5, US), rotate(2)];
    const between = { gtidsBefore: `${UUID}:1-4:tag_one:1`, gtidsAfter: `${UUID}:1-5:tag_one:1` };
    const binlogs = [binlogOf(events, { ...facts.first, ...between })];
    const { made } = await cut(mysqlRequest({ binlogs, position: placeIn(events, 2) }));
    expect(made).toMatchObject({ transactions: 1, executed: between.gtidsAfter });
  });

  it('a survey tells between which moments a replay may end', async () => {
    expect(await surveyBinlogs(mysqlRequest())).toEqual({
      ...{ binlogs: 2, transactions: 3, outOfOrder: 0, executedBefore: `${UUID}:1-5` },
      span: { from: new Date(BEGUN * 1_000 + 2), to: new Date(BEGUN * 1_000 + 2) },
    });
  });

  it('a survey reads up to the first transaction after an instant, whatever the files say of their times', async () => {
    const survey = (ms: number, binlogs = mysqlRequest().binlogs) =>
      surveyBinlogs(mysqlRequest({ binlogs, until: new Date(BEGUN * 1_000 + ms) }));
    // A session that set its own time had the first one closed and the second begun.
    const later = '2038-01-01T00:00:00.000Z';
    const [one, two] = mysqlFile.second.slice(1, 3);
    const second = [makeFormat({ seconds: Date.parse(later) / 1_000 }), one, two, rotate(3)] as Buffer[];
    const third = [format, makePreviousGtids([UUID, 1, 7]), makeMysqlGtid(UUID, 8, US + 2_001), rotate(4)];
    const files = [
      binlogOf(mysqlFile.first, { ...facts.first, closedAt: later }),
      binlogOf(second, { ...facts.second, createdAt: later, gtidsAfter: `${UUID}:1-7` }),
      binlogOf(third, {
        ...{ name: 'b.000003', next: 'b.000004' },
        ...{ gtidsBefore: `${UUID}:1-7`, gtidsAfter: `${UUID}:1-8` },
      }),
    ];
    expect(await survey(2, files)).toMatchObject({ binlogs: 3, transactions: 3, outOfOrder: 0 });
    expect(await survey(1, mysqlRequest().binlogs.slice(0, 1))).toMatchObject({ binlogs: 1 });
    expect(await survey(60_000)).toMatchObject({ binlogs: 2, transactions: 3 });
  });

  it('a survey counts what is left out behind a transaction of a later time', async () => {
    const events = [
      format,
      makePreviousGtids([UUID, 1, 5]),
      ...[makeMysqlGtid(UUID, 6, FAR_US * 2), makeMysqlGtid(UUID, 7, US), makeMysqlGtid(UUID, 8, US)],
      rotate(2),
    ];
    const between = { gtidsBefore: `${UUID}:1-5`, gtidsAfter: `${UUID}:1-8` };
    const binlogs = [binlogOf(events, { ...facts.first, ...between })];
    const request = mysqlRequest({
      ...{ binlogs, position: placeIn(events, 2), until: new Date(BEGUN * 1_000 + 1) },
    });
    expect(await surveyBinlogs(request)).toMatchObject({ binlogs: 1, transactions: 3, outOfOrder: 2 });
  });

  it('an instant before the last transaction in the dump is refused', async () => {
    const until = new Date(BEGUN * 1_000 - 1);
    for (const read of [cut, surveyBinlogs])
      await expect(read(mysqlRequest({ until }))).rejects.toMatchObject({
        code: 'binlog-chain',
        message: expect.stringContaining('holds a later state') as string,
      });
  });
});

describe('of MariaDB', () => {
  const first = [
    format,
    makeGtidList([0, 1, 4], [7, 2, 9]),
    makeMariadbGtid(0, 5, BEGUN),
    statement('in the dump'),
    makeMariadbGtid(0, 6, BEGUN + 1),
    statement('first'),
    rotate(2),
  ];
  const second = [
    format,
    makeGtidList([0, 1, 6], [7, 2, 9]),
    makeMariadbGtid(1, 1, BEGUN + 3),
    statement('second'),
  ];
  const [gtidsBefore, between, gtidsAfter] = ['0-1-4,7-2-9', '0-1-6,7-2-9', '0-1-6,1-1-1,7-2-9'];
  const ofFirst = { ...facts.first, gtidsBefore, gtidsAfter: between };
  const crash = { ...facts.second, closedBy: 'crash', next: null } as const;
  const request = (after: string, changes: Partial<CutRequest> = {}): CutRequest => ({
    ...mysqlRequest(),
    flavour: 'mariadb',
    binlogs: [
      binlogOf(first, ofFirst),
      binlogOf(second, { ...crash, gtidsBefore: between, gtidsAfter: after }),
    ],
    position: placeIn(first, 4),
    gtid: '0-1-5,7-2-9',
    ...changes,
  });

  it('lists of GTIDs are left out, and both ends of a second count to it', async () => {
    const { made, bytes } = await cut(request(gtidsAfter));
    expect(bytes).toEqual(Buffer.concat([MAGIC, format, ...first.slice(4), format, ...second.slice(2)]));
    expect(made).toMatchObject({ before: '0-1-5,7-2-9', executed: gtidsAfter, transactions: 2 });
    for (const [ms, transactions] of [
      [999, 0],
      [1_000, 1],
      [2_999, 1],
      [3_000, 2],
    ] as const)
      expect((await cut(request(gtidsAfter, { until: new Date(BEGUN * 1_000 + ms) }))).made).toMatchObject({
        transactions,
      });
  });

  it('what a crash cut off does not count', async () => {
    expect((await cut(request(between))).made).toMatchObject({ executed: between, transactions: 1 });
  });

  it('the dump must have what the log has at its position', async () => {
    for (const gtid of ['0-1-4,7-2-9', '0-1-5,7-2-8', '3-1-1'])
      expect(await refusal(request(gtidsAfter, { gtid }))).toContain(`what the dump has, ${gtid}`);
  });

  it('MySQL: or less, for the dump asked a little earlier', async () => {
    for (const numbers of ['1-5', '1-3'])
      expect((await cut(mysqlRequest({ gtid: `${UUID}:${numbers}` }))).made).toMatchObject({
        transactions: 3,
      });
    for (const gtid of [`${UUID}:1-6`, `${UUID.replace('b', 'c')}:1`])
      expect(await refusal(mysqlRequest({ gtid }))).toContain(`what the dump has, ${gtid}`);
  });

  it('a file that the server encrypted is refused', async () => {
    const events = [format, makeEvent(EVENT.mariadbEncryption, Buffer.alloc(20))];
    expect(await refusal(request('', { binlogs: [binlogOf(events, ofFirst)] }))).toContain('encrypted');
  });

  it('one that the server encrypted and sent in clear is cut like any other, without the mark', async () => {
    const mark = makeEvent(EVENT.mariadbEncryption, Buffer.alloc(20), { flags: 0x80 });
    const marked = [format, mark, ...second.slice(1)];
    const binlogs = [
      binlogOf(first, ofFirst),
      binlogOf(marked, { ...crash, gtidsBefore: between, gtidsAfter }),
    ];
    const { made, bytes } = await cut(request(gtidsAfter, { binlogs }));
    expect(bytes).toEqual(Buffer.concat([MAGIC, format, ...first.slice(4), format, ...second.slice(2)]));
    expect(made).toMatchObject({ executed: gtidsAfter, transactions: 2 });
  });
});

describe('a file is refused', () => {
  const withFirst = (events: readonly Buffer[], changes: Partial<BinlogFacts> = {}) =>
    mysqlRequest({ binlogs: [binlogOf(events, { ...facts.first, ...changes })] });

  it.each<[string, CutRequest, string]>([
    ['without its end', withFirst(mysqlFile.first.slice(0, -1)), 'its end is missing'],
    ['with something behind its end', withFirst([...mysqlFile.first, format]), 'something follows its end'],
    [
      'closed in another way',
      withFirst(mysqlFile.first, { closedBy: 'stop', next: null }),
      'not closed by a stop',
    ],
    [
      'that names another next one',
      withFirst(mysqlFile.first, { next: 'b.000009' }),
      'the next file is b.000002',
    ],
    ['with another digest', withFirst(mysqlFile.first, { sha256: 'a'.repeat(64) }), 'another SHA-256'],
    ['with another size', withFirst(mysqlFile.first, { sizeBytes: 9 }), 'bytes, not 9'],
    ['of another server', withFirst(mysqlFile.first, { serverId: 3 }), 'its first event is not'],
    [
      'of another time',
      withFirst(mysqlFile.first, { createdAt: '2026-01-01T00:00:00.000Z' }),
      'not begun at',
    ],
    [
      'after other transactions',
      withFirst(mysqlFile.first, { gtidsBefore: `${UUID}:1-3` }),
      'had been executed before',
    ],
    [
      'with other transactions',
      withFirst(mysqlFile.first, { gtidsAfter: `${UUID}:1-7` }),
      'has been executed after it',
    ],
    [
      'with tagged GTIDs',
      withFirst([format, makeEvent(EVENT.taggedGtid, Buffer.alloc(60))]),
      'GTIDs with tags',
    ],
    [
      'with a GTID that is too short',
      withFirst([format, makeEvent(EVENT.gtid, Buffer.alloc(20))]),
      'no time of commit',
    ],
    [
      'at a position in a transaction',
      mysqlRequest({ position: placeIn(mysqlFile.first, 5) }),
      'is in a transaction',
    ],
    ['at a position in an event', mysqlRequest({ position: position + 1 }), 'the position of the dump'],
    ['at a position behind it', mysqlRequest({ position: 10_000 }), 'no event begins at the position'],
  ])('%s', async (_, request, says) => {
    const message = await refusal(request);
    expect(message).toContain('the binlog b.000001 cannot be replayed');
    expect(message).toContain(says);
  });
});
