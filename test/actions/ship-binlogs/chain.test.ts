import { describe, expect, it } from 'vitest';
import {
  chooseBinlogs,
  findLostBeginning,
  findReach,
  findTightExpiry,
  findUntoldEnds,
  isRotationDue,
  judgeEnd,
  judgeServerClock,
} from '../../../src/actions/ship-binlogs/chain.ts';
import { emptyState, readBinlogState } from '../../../src/actions/ship-binlogs/state.ts';
import { exampleBinlogManifest } from '../../domain/binlogs/binlog-manifest-example.ts';
import { ANCHOR, at, headOf, LAST, listed, nameOf, SOURCE, STATE } from './examples.ts';

const head = () => Promise.resolve(headOf());

describe('the active file is closed', () => {
  const now = new Date(at('04:00:00'));
  const empty = (time: string) => ({ isEmpty: true, createdAt: at(time) });

  it('when there is something in it, when nobody can tell, and when a dump began it', () => {
    expect(isRotationDue({ ...empty('03:59:00'), isEmpty: false }, false, now)).toBe(true);
    expect(isRotationDue(undefined, false, now)).toBe(true);
    expect(isRotationDue(empty('03:59:00'), true, now)).toBe(true);
  });

  it('once an hour where nothing is written, so that it shows', () => {
    expect(isRotationDue(empty('03:00:01'), false, now)).toBe(false);
    expect(isRotationDue(empty('03:00:00'), false, now)).toBe(true);
  });
});

describe('what is wanted', () => {
  it('is all that is closed, as long as nothing is remembered', async () => {
    expect(await chooseBinlogs(listed(41, 42, 43), emptyState(SOURCE), SOURCE, head)).toEqual({
      wanted: listed(41, 42),
      previous: undefined,
      gap: undefined,
    });
  });

  it('is what is closed and newer than the last one', async () => {
    const choose = (numbers: number[]) => chooseBinlogs(listed(...numbers), STATE, SOURCE, head);
    expect(await choose([41, 42, 43, 44])).toEqual({ wanted: listed(43), previous: LAST, gap: undefined });
    expect((await choose([42, 43])).wanted).toEqual([]);
    // The last one is gone; whether one between is, too, shows in what continues what.
    expect(await choose([44, 45])).toEqual({ wanted: listed(44), previous: LAST, gap: undefined });
  });

  it.each([
    [
      'the name is that of another file',
      listed(42, 43),
      STATE,
      SOURCE,
      { createdAt: at('09:00:00') },
      /were reset/,
    ],
    [
      'the size is another',
      [{ name: nameOf(42), sizeBytes: 5 }, ...listed(43)],
      STATE,
      SOURCE,
      {},
      /were reset/,
    ],
    ['what was shipped is being written to', listed(41, 42), STATE, SOURCE, {}, /were reset/],
    ['numbers begin anew', listed(1, 2, 3), STATE, SOURCE, {}, /begins with mysql-bin.000001/],
    ['names are others', [{ name: 'binlog.000099', sizeBytes: 9 }], STATE, SOURCE, {}, /another name/],
    [
      'server_id is another',
      listed(42, 43),
      STATE,
      { ...SOURCE, serverId: 2 },
      {},
      /another database server/,
    ],
    [
      'the host is another',
      listed(42, 43),
      STATE,
      { ...SOURCE, hostName: 'b' },
      {},
      /another database server/,
    ],
    [
      'the SSH host key is another',
      listed(42, 43),
      STATE,
      { ...SOURCE, sshHostKey: `SHA256:${'b'.repeat(43)}` },
      {},
      /another database server/,
    ],
    [
      'the server has another uuid',
      listed(42, 43),
      { ...STATE, source: { ...SOURCE, flavour: 'mysql' as const, serverUuid: 'u-1' } },
      { ...SOURCE, flavour: 'mysql' as const, serverUuid: 'u-2' },
      {},
      /another database server/,
    ],
  ])('is everything, and the chain is broken, when %s', async (_, logs, state, source, changes, gap) => {
    const choice = await chooseBinlogs(logs, state, source, () => Promise.resolve(headOf(changes)));
    expect(choice).toMatchObject({ wanted: logs.slice(0, -1), previous: undefined });
    expect(choice.gap).toMatch(gap);
  });

  it('is not what was passed over: that is looked at on its own', async () => {
    const passedOver = [{ name: nameOf(43), damagedReads: 1, ended: null }];
    const state = { ...STATE, passedOver };
    const choose = (numbers: number[]) => chooseBinlogs(listed(...numbers), state, SOURCE, head);
    for (const numbers of [
      [42, 43, 44, 45],
      [43, 44, 45],
    ])
      expect((await choose(numbers)).wanted).toEqual(listed(44));
    expect((await chooseBinlogs(listed(43, 44, 45), { ...state, last: null }, SOURCE, head)).wanted).toEqual(
      listed(44),
    );
  });

  it('does not depend on what was shipped being readable still', async () => {
    const none = () => Promise.resolve(undefined);
    expect(await chooseBinlogs(listed(42, 43, 44), STATE, SOURCE, none)).toEqual({
      ...{ wanted: listed(43), previous: LAST, gap: undefined },
    });
  });

  it('does not depend on the name of a host where a server has a uuid', async () => {
    const source = { ...SOURCE, flavour: 'mysql' as const, serverUuid: 'u-1' };
    const moved = { ...source, hostName: 'elsewhere' };
    expect((await chooseBinlogs(listed(42, 43), { ...STATE, source }, moved, head)).gap).toBeUndefined();
  });
});

it('a chain that was to begin anew begins with the file that was named, or is broken again', () => {
  const start = { name: nameOf(43), createdAt: at('12:00:00'), isAfterBreak: true };
  const ended = { ...LAST, gtidsAfter: null };
  expect(findLostBeginning(ended, start, start)).toBeUndefined();
  expect(findLostBeginning(LAST, start, { ...start, name: nameOf(44) })).toBeUndefined();
  for (const first of [
    { ...start, name: nameOf(44) },
    { ...start, createdAt: at('12:00:01') },
  ])
    expect(findLostBeginning(ended, start, first)).toContain(`removed ${start.name}`);
});

describe('a file that nothing closes', () => {
  const seen = {
    ...headOf(),
    sizeBytes: 4_200,
    sha256: 'f'.repeat(64),
    closedAt: LAST.closedAt,
    next: null,
    checksum: 'crc32' as const,
    gtidsAfter: '0-1-120',
    transactions: 3,
  };
  const successor = (changes: Parameters<typeof headOf>[0]) => ({ name: nameOf(43), head: headOf(changes) });

  it('is what a crash left, when the server was started with the next one and nothing is missing', () => {
    const judged = judgeEnd(nameOf(42), seen, successor({ beginsAtStart: true }));
    expect(judged).toMatchObject({ name: nameOf(42), closedBy: 'crash' });
  });

  it.each([
    [{ beginsAtStart: false }, 'was begun by a rotation'],
    [{ beginsAtStart: true, gtidsBefore: '0-1-121' }, 'does not continue'],
  ])('has lost its end otherwise: %j', (changes, why) => {
    expect(() => judgeEnd(nameOf(42), seen, successor(changes))).toThrow(why);
  });
});

describe('how far recovery gets', () => {
  const PRESENT = { active: nameOf(43), aheadMs: 0 };
  const reach = (state = STATE, anchor = ANCHOR, present = PRESENT) => findReach(anchor, state, present);
  const begin = (number: number, time: string, isAfterBreak = true) => ({
    ...STATE,
    chainStart: { name: nameOf(number), createdAt: at(time), isAfterBreak },
  });

  it('is the rotation that closed the newest of the chain', () => {
    expect(reach()).toEqual({ anchor: ANCHOR, chain: 'whole', until: LAST.closedAt });
    expect(findReach(undefined, STATE, PRESENT)).toBeUndefined();
  });

  it('was that before the binary logs were reset', () => {
    expect(reach(STATE, ANCHOR, { ...PRESENT, active: nameOf(1) })).toMatchObject({
      ...{ chain: 'whole', until: LAST.closedAt },
    });
  });

  it("is the dump's own instant when it stands in the active file", () => {
    const anchor = { ...ANCHOR, file: nameOf(43), instant: at('03:30:00') };
    expect(reach(STATE, anchor)).toEqual({ anchor, chain: 'whole', until: at('03:30:00') });
    const begun = { ...begin(43, '03:00:00'), last: null };
    expect(reach(begun, anchor)).toMatchObject({ chain: 'whole', until: at('03:30:00') });
  });

  it("is the dump's own instant when a run broke off before it came to that file: nothing is lost", () => {
    const anchor = { ...ANCHOR, file: nameOf(45), instant: at('05:30:00') };
    const present = { ...PRESENT, active: nameOf(46) };
    expect(reach(STATE, anchor, present)).toEqual({ anchor, chain: 'whole', until: at('05:30:00') });
  });

  it.each([
    ['begins after it', begin(42, '02:00:00'), ANCHOR],
    ['is of another server', { ...STATE, source: { ...SOURCE, serverId: 2 } }, ANCHOR],
    ['has other names', STATE, { ...ANCHOR, file: 'binlog.000041' }],
    ['has not come so far', STATE, { ...ANCHOR, file: nameOf(44) }],
    ['began after a reset', begin(1, '01:31:00'), ANCHOR],
    ['was written under another server_id', { ...STATE, last: { ...LAST, serverId: 2 } }, ANCHOR],
    ['has no beginning', { ...STATE, chainStart: null }, ANCHOR],
    ['is not there yet', emptyState(SOURCE), ANCHOR],
  ])('is no more than the dump when the chain %s', (_, state, anchor) => {
    expect(reach(state, anchor)).toEqual({ anchor, chain: 'broken', until: anchor.instant });
  });

  it('is not known when nothing is remembered of what may have been shipped before', () => {
    expect(reach(begin(42, '02:00:00', false))).toEqual({
      ...{ anchor: ANCHOR, chain: 'unknown', until: ANCHOR.instant },
    });
  });

  it.each([
    ['u:1-20', '1-20', 'whole'],
    ['u:1-20', '1-9', 'whole'],
    ['u:1-20', '1-21', 'broken'],
    ['', '1-3', 'broken'],
  ])('is the dump when what it holds is not in the log: %s after %s (MySQL)', (after, before, chain) => {
    const uuid = 'babc57ba-e5b1-11f1-af63-02fc00000001';
    const source = { ...SOURCE, flavour: 'mysql' as const, serverUuid: uuid };
    const state = { ...STATE, source, last: { ...LAST, gtidsAfter: after.replace('u', uuid) } };
    const anchor = { ...ANCHOR, source, gtid: `${uuid}:${before}` };
    expect(reach(state, anchor)?.chain).toBe(chain);
  });

  it('stays what it was when the chain broke later', () => {
    const broken = {
      ...begin(43, '03:00:00'),
      reach: { backupId: ANCHOR.backupId, until: at('02:59:00') },
    };
    expect(reach(broken)).toMatchObject({ chain: 'broken', until: at('02:59:00') });
    expect(reach(broken, { ...ANCHOR, backupId: 'other' })).toMatchObject({ until: ANCHOR.instant });
  });

  it('counts with the difference of the clocks', () => {
    const state = begin(41, '01:31:00');
    expect(reach(state)?.chain).toBe('broken');
    expect(reach(state, ANCHOR, { ...PRESENT, aheadMs: 60_000 })?.chain).toBe('whole');
  });
});

it.each([
  [0, undefined],
  [-60_000, undefined],
  [61_000, '61 s ahead of'],
  [-600_000, '600 s behind'],
])("a database server's clock that is off by %i ms is no failure", (aheadMs, says) => {
  const finding = judgeServerClock(aheadMs);
  if (says === undefined) expect(finding).toBeUndefined();
  else expect(finding).toContain(says);
});

it.each([601_000, -601_000])('one that is off by %i ms is', (aheadMs) => {
  expect(judgeServerClock(aheadMs)).toMatchObject({
    code: 'clock-skew',
    message: expect.stringContaining('601 s') as string,
  });
});

it('is warned when the server keeps files for less than two intervals between runs', () => {
  const HOUR_MS = 3_600_000;
  const runs = [at('01:00:00'), at('02:00:00'), at('05:00:00'), at('06:00:00')];
  expect(findTightExpiry(runs, 6 * HOUR_MS)).toBeUndefined();
  expect(findTightExpiry(runs, undefined)).toBeUndefined();
  expect(findTightExpiry(runs.slice(0, 1), 1)).toBeUndefined();
  expect(findTightExpiry(runs, 6 * HOUR_MS - 1)).toMatch(/up to 3\D.*passed between two runs/);
});

it('what another release remembered in another form is nothing', () => {
  expect(readBinlogState(STATE)).toEqual(STATE);
  for (const value of [
    undefined,
    {},
    { ...STATE, more: 1 },
    { ...STATE, last: { ...LAST, closedAt: 'then' } },
  ])
    expect(readBinlogState(value)).toBeUndefined();
});

it('an end that nothing closes is worth a warning where there are no GTIDs', () => {
  const { binlog } = exampleBinlogManifest();
  const crashed = { ...binlog, name: nameOf(40), closedBy: 'crash', next: null } as const;
  expect(findUntoldEnds([crashed, { ...binlog, gtidsAfter: '' }])).toBeUndefined();
  expect(findUntoldEnds([{ ...crashed, gtidsAfter: '' }])).toContain(
    `nothing closes ${nameOf(40)}, and without`,
  );
});
