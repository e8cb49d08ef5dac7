import { describe, expect, it } from 'vitest';
import { planReplay } from '../../../src/actions/restoring/plan-replay.ts';
import type { BinlogFacts } from '../../../src/domain/binlogs/binlog-manifest.ts';
import type { ShippedBinlog } from '../../../src/domain/binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../../../src/domain/dumps/manifest.ts';
import type { LifeboatError } from '../../../src/errors.ts';
import type { ReplayTo } from '../../../src/inputs/names.ts';
import { exampleBinlogManifest } from '../../domain/binlogs/binlog-manifest-example.ts';
import { exampleManifest } from '../../domain/dumps/manifest-example.ts';

const manifest: DumpManifest = {
  ...exampleManifest(),
  source: exampleBinlogManifest().source,
  instant: '2026-11-20T03:05:00.000Z',
  coordinates: { file: 'b.000001', position: 4, gtid: '' },
  pitrAnchor: { isAnchor: true, reasons: [] },
};
const at = (minute: number) => `2026-11-20T03:${minute}:00.000Z`;
const file = (number: number, changes: Partial<BinlogFacts> = {}): ShippedBinlog => {
  const example = exampleBinlogManifest();
  const binlog = {
    ...example.binlog,
    ...{ name: `b.00000${number}`, next: `b.00000${number + 1}` },
    ...{ gtidsBefore: `0-1-${number}`, gtidsAfter: `0-1-${number + 1}` },
    ...{ createdAt: at(10 * (number - 1) || 10), closedAt: at(10 * number) },
    ...changes,
  };
  return { manifest: { ...example, binlog }, manifestSha256: 'a'.repeat(64) };
};
const whole = [file(1, { createdAt: '2026-11-20T03:00:00.000Z' }), file(2), file(3)];
const plan = (to: ReplayTo, shipped: readonly ShippedBinlog[] = whole, of = manifest) => {
  const { chain, ...rest } = planReplay(of, shipped, to);
  return { ...rest, chain: chain.map(({ facts }) => facts.name) };
};
const instant = (minute: number, ms = 0): ReplayTo => ({
  kind: 'instant',
  at: new Date(Date.parse(at(minute)) + ms),
});
const refusal = (...args: Parameters<typeof plan>): Pick<LifeboatError, 'code' | 'message'> => {
  try {
    plan(...args);
  } catch (error) {
    return error as LifeboatError;
  }
  throw new Error('it was not refused');
};

describe('a plan', () => {
  it('takes everything for the newest moment and for a random one', () => {
    for (const kind of ['latest', 'random'] as const)
      expect(plan({ kind })).toEqual({
        ...{ target: kind, at: undefined, recoverableUntil: at(30), gap: undefined, alarms: [] },
        chain: ['b.000001', 'b.000002', 'b.000003'],
      });
  });

  it('takes all for an instant, too: where it lies only what they hold tells', () => {
    for (const at of [instant(15), instant(20), instant(30, -1)]) expect(plan(at).chain).toHaveLength(3);
  });

  it('on the real day goes to an instant before what should not be there, and nowhere behind it', () => {
    const two = [...whole, file(3, { sha256: 'e' })];
    const real = (to: ReplayTo) => planReplay(manifest, two, to, { isRealDay: true });
    expect(real(instant(15))).toMatchObject({
      ...{ recoverableUntil: at(20), alarms: [expect.stringContaining('different contents')] },
    });
    for (const to of [instant(25), { kind: 'latest' } as const])
      expect(() => real(to)).toThrow('with different contents');
    expect(() => planReplay(manifest, two, instant(15))).toThrow('with different contents');
  });

  it('goes on without what is missing behind an instant, and keeps it in mind', () => {
    expect(plan(instant(10, -1), [...whole.slice(0, 1), ...whole.slice(2)])).toMatchObject({
      ...{
        chain: ['b.000001'],
        recoverableUntil: at(10),
        gap: expect.stringContaining('is missing') as string,
      },
    });
  });
});

describe('there is no plan', () => {
  const gap = [...whole.slice(0, 1), ...whole.slice(2)];
  it.each<[string, ReplayTo, readonly ShippedBinlog[], string]>([
    ['over a gap', { kind: 'latest' }, gap, 'what followed b.000001 is missing'],
    ['over a gap', { kind: 'random' }, gap, 'what followed b.000001 is missing'],
    ['to an instant behind a gap', instant(15), gap, 'what followed b.000001 is missing'],
    ['without binlogs', { kind: 'latest' }, [], 'no binlog was shipped since the backup'],
    ['to what was not shipped', instant(30), whole, 'do not reach 20 Nov 2026, 03:30:00 UTC'],
    [
      'to what was before the dump',
      { kind: 'instant', at: new Date(0) },
      whole,
      'holds a later state than that of',
    ],
    [
      'to what was before the dump by the clock of the database server',
      { kind: 'instant', at: new Date('2026-11-20T03:05:30.000Z') },
      [file(1, { createdAt: '2026-11-20T03:05:40.000Z' }), file(2)],
      'holds a later state than that of',
    ],
    [
      'with two contents of a file',
      instant(10, -1),
      [...whole, file(3, { sha256: 'e' })],
      'with different contents',
    ],
  ])('%s', (_, to, shipped, says) => {
    const { code, message } = refusal(to, shipped);
    expect({ code, message }).toEqual({
      code: 'binlog-chain',
      message: expect.stringContaining(says) as string,
    });
    expect(message).toMatch(
      /\nWhat can still be recovered is everything until 20 Nov 2026, 03:\d\d:00 UTC\.$/,
    );
  });

  it('onto a dump that is no anchor', () => {
    const other = {
      ...manifest,
      pitrAnchor: { isAnchor: false, reasons: ['1 table left out', 'no accounts'] },
    };
    expect(refusal({ kind: 'latest' }, whole, other)).toMatchObject({
      code: 'not-an-anchor',
      message: expect.stringContaining('1 table left out; no accounts') as string,
    });
  });
});
