import { describe, expect, it } from 'vitest';
import { believeClosing, findBreak } from '../../../src/domain/binlogs/binlog-order.ts';
import { at, headOf, LAST, nameOf } from '../../actions/ship-binlogs/examples.ts';

/** Without GTIDs. */
const UNTOLD = { ...LAST, gtidsAfter: '' };

describe('a file continues another', () => {
  it('without GTIDs when it was begun as the other was closed, or later after a crash', () => {
    const first = headOf({ gtidsBefore: '', createdAt: at('03:00:59') });
    expect(findBreak(UNTOLD, nameOf(43), first)).toBeUndefined();
    const later = headOf({ gtidsBefore: '', createdAt: at('09:00:00') });
    expect(findBreak({ ...UNTOLD, next: null }, nameOf(43), later)).toBeUndefined();
  });

  it('that names it, with the same GTIDs', () => {
    expect(findBreak(LAST, nameOf(43), headOf())).toBeUndefined();
    expect(findBreak({ ...LAST, next: null }, nameOf(43), headOf())).toBeUndefined();
    expect(
      findBreak({ ...LAST, name: 'binlog.999999', next: null }, 'binlog.1000000', headOf()),
    ).toBeUndefined();
  });

  it.each([
    [LAST, nameOf(44), headOf(), /removed a binary log between/],
    [LAST, nameOf(46), headOf(), /removed 3 binary logs between/],
    [{ ...LAST, next: nameOf(44) }, nameOf(43), headOf(), /does not follow/],
    [LAST, nameOf(41), headOf(), /does not follow/],
    [{ ...LAST, next: null }, 'binlog.000043', headOf(), /names no other file/],
    [LAST, nameOf(43), headOf({ gtidsBefore: '0-1-121' }), /does not continue/],
    [LAST, nameOf(43), headOf({ serverId: 2 }), /under the server_id 2/],
    [UNTOLD, nameOf(43), headOf({ gtidsBefore: '', createdAt: at('03:01:01') }), /no GTIDs that would tie/],
    [
      { ...UNTOLD, next: null },
      nameOf(43),
      headOf({ gtidsBefore: '', createdAt: at('01:59:59') }),
      /no GTIDs/,
    ],
  ])('and otherwise does not (%#)', (previous, name, first, why) => {
    expect(findBreak(previous, name, first)).toMatch(why);
  });

  it('unless the one before is known to be an end', () => {
    expect(findBreak({ ...LAST, gtidsAfter: null }, nameOf(50), headOf())).toBeUndefined();
  });
});

describe('a file was closed', () => {
  const bounds = [new Date(at('08:00:00')), new Date(at('08:00:05'))];

  it('when it says so, but for the seconds that clocks differ', () => {
    for (const closedAt of [at('03:00:00'), at('08:00:01')])
      expect(believeClosing(closedAt, ...bounds)).toBe(closedAt);
  });

  it('never later than it was seen closed, whatever a session says the time is', () => {
    expect(believeClosing('2038-01-01T00:00:00.000Z', ...bounds)).toBe(at('08:00:00'));
    expect(believeClosing(at('08:00:03'), ...bounds)).toBe(at('08:00:00'));
  });
});
