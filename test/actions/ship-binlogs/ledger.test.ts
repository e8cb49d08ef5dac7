// What is remembered, as files are linked, shipped, passed over and mended.
import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../src/actions/ship-binlogs/chain.ts';
import { Ledger } from '../../../src/actions/ship-binlogs/ledger.ts';
import { emptyState, type BinlogState } from '../../../src/actions/ship-binlogs/state.ts';
import type { BinlogManifest } from '../../../src/domain/binlogs/binlog-manifest.ts';
import { exampleBinlogManifest } from '../../domain/binlogs/binlog-manifest-example.ts';
import { ANCHOR, at, headOf, LAST, listed, nameOf, SOURCE, STATE } from './examples.ts';

const time = (number: number) => at(`${String(number - 40).padStart(2, '0')}:00:00`);
const gtids = (number: number) => `0-1-${number * 10 - 300}`;
const headIn = (number: number) => headOf({ createdAt: time(number), gtidsBefore: gtids(number) });
const successor = (number: number) => ({ name: nameOf(number), head: headIn(number) });
const manifestOf = (number: number): BinlogManifest => {
  const example = exampleBinlogManifest();
  const own = { createdAt: time(number), closedAt: time(number + 1), next: nameOf(number + 1) };
  const between = { gtidsBefore: gtids(number), gtidsAfter: gtids(number + 1) };
  return { ...example, binlog: { ...example.binlog, ...own, ...between, name: nameOf(number) } };
};
const BEFORE: BinlogState = { ...STATE, last: { ...LAST, gtidsAfter: gtids(43) } };
const start = (number: number, isAfterBreak = true) => ({
  ...{ name: nameOf(number), createdAt: time(number), isAfterBreak },
});

/** A run over the files from `first` to the active one; those in `bad` cannot be read. */
function run(before: BinlogState, first: number, active: number, bad: readonly number[] = []): Ledger {
  const ledger = new Ledger(before, () => undefined);
  const choice: Choice = { wanted: [], previous: before.last ?? undefined, gap: undefined };
  const numbers = Array.from({ length: active - 38 }, (_, index) => 39 + index);
  ledger.open(choice, SOURCE, listed(...numbers));
  for (let number = first; number < active; number += 1) {
    if (bad.includes(number)) {
      ledger.passOver(nameOf(number), true);
      continue;
    }
    if (before.passedOver.some(({ name }) => name === nameOf(number))) continue;
    expect(ledger.link(successor(number))).toBeUndefined();
    ledger.noteShipped(manifestOf(number), number * 100, time(number + 1));
  }
  expect(ledger.link(successor(active))).toBeUndefined();
  return ledger;
}

function mend(
  ledger: Ledger,
  number: number,
  next: Partial<ReturnType<typeof successor>> = successor(number + 1),
) {
  const hole = ledger.hopeful.find(({ name }) => name === nameOf(number));
  if (hole === undefined) throw new Error('it was not passed over');
  const known = { sizeBytes: number * 100, closedAt: time(number + 1) };
  ledger.mend(hole, manifestOf(number), known, { name: nameOf(number + 1), ...next });
}

describe('the chain', () => {
  it('goes on with what continues it', () => {
    const { state } = run(BEFORE, 43, 45);
    expect(state.chainStart).toEqual(BEFORE.chainStart);
    expect(state.last).toMatchObject({ name: nameOf(44), gtidsAfter: gtids(45) });
    expect(state.shipped.map(({ name }) => name)).toEqual([40, 41, 42, 43, 44].map(nameOf));
  });

  it('begins where nothing was remembered, which is no break', () => {
    expect(run(emptyState(SOURCE), 41, 43).state.chainStart).toEqual(start(41, false));
  });

  it('begins anew with what does not continue it, and says why', () => {
    const ledger = new Ledger(BEFORE, () => ({ anchor: ANCHOR, chain: 'whole', until: time(43) }));
    expect(ledger.link(successor(44))).toContain('has removed a binary log between');
    expect(ledger.state).toMatchObject({
      chainStart: start(44),
      last: { gtidsAfter: null },
      reach: { backupId: ANCHOR.backupId, until: time(43) },
    });
  });

  it('begins anew behind a gap that was seen before anything was read', () => {
    const ledger = new Ledger(BEFORE, () => undefined);
    ledger.open({ wanted: [], previous: undefined, gap: 'a reset' }, SOURCE, listed(1, 2));
    expect(ledger.link(successor(1))).toBeUndefined();
    expect(ledger.state).toMatchObject({ chainStart: start(1), shipped: [], passedOver: [] });
  });
});

it('without GTIDs a file begins when the one before says that it was closed, whatever is believed of that', () => {
  const ledger = run(BEFORE, 43, 43);
  const none = { gtidsBefore: '', gtidsAfter: '' };
  const { binlog, ...rest } = manifestOf(43);
  const later = '2038-01-01T00:00:00.000Z';
  ledger.noteShipped({ ...rest, binlog: { ...binlog, ...none, closedAt: later } }, 4300, time(44));
  expect(ledger.state.last?.closedAt).toBe(time(44));
  const head = headOf({ createdAt: later, gtidsBefore: '' });
  expect(ledger.link({ name: nameOf(44), head })).toBeUndefined();
});

describe('a file that is passed over', () => {
  it('ends the chain, which begins anew behind it', () => {
    const { state } = run(BEFORE, 43, 46, [44]);
    expect(state.chainStart).toEqual(start(45));
    expect(state.last).toMatchObject({ name: nameOf(45), gtidsAfter: gtids(46) });
    expect(state.passedOver).toEqual([
      {
        name: nameOf(44),
        damagedReads: 1,
        ended: {
          start: BEFORE.chainStart,
          last: {
            ...{ name: nameOf(43), sizeBytes: 4_300, createdAt: time(43), closedAt: time(44) },
            ...{ serverId: 1, next: nameOf(44), gtidsAfter: gtids(44) },
          },
        },
      },
    ]);
  });

  it('mends the chain when it can be read after all', () => {
    const next = run(run(BEFORE, 43, 46, [44]).state, 46, 47);
    mend(next, 44);
    expect(next.state).toMatchObject({
      chainStart: BEFORE.chainStart,
      last: { name: nameOf(46), gtidsAfter: gtids(47) },
      newest: nameOf(46),
      passedOver: [],
    });
  });

  it('mends it where it was the newest that was closed, and the next run goes on behind it', () => {
    const next = run(run(BEFORE, 43, 45, [44]).state, 45, 45);
    mend(next, 44);
    expect(next.state.chainStart).toEqual(BEFORE.chainStart);
    expect(next.state.last).toMatchObject({ name: nameOf(44), gtidsAfter: gtids(45) });
    expect(run(next.state, 45, 46).state.chainStart).toEqual(BEFORE.chainStart);
  });

  it.each([
    ['in their order', [43, 44]],
    ['the other way round', [44, 43]],
  ])('mends it with its neighbour, %s', (_, order) => {
    let state = run(BEFORE, 43, 46, [43, 44]).state;
    for (const number of order) {
      const ledger = run(state, 46, 46);
      // The other one can still not be read.
      mend(ledger, number, number === 43 && order[0] === 43 ? {} : successor(number + 1));
      ({ state } = ledger);
    }
    expect(state.chainStart).toEqual(BEFORE.chainStart);
    expect(run(state, 46, 47).state.chainStart).toEqual(BEFORE.chainStart);
  });

  it('does not mend what it does not continue, or what does not continue it', () => {
    const holes = run(BEFORE, 43, 46, [44]).state;
    const other = run(holes, 46, 46);
    mend(other, 44, { name: nameOf(45), head: headOf({ createdAt: time(45), gtidsBefore: '0-1-7' }) });
    expect(other.state.chainStart).toEqual(start(45));
    const [hole] = holes.passedOver;
    const ended = hole?.ended && { ...hole.ended, last: { ...hole.ended.last, gtidsAfter: '0-1-7' } };
    const lost = run(
      { ...holes, passedOver: [{ name: nameOf(44), damagedReads: 1, ended: ended ?? null }] },
      46,
      46,
    );
    mend(lost, 44);
    expect(lost.state.chainStart).toEqual(start(44));
  });

  it('is forgotten when the server does not have it any more, and not read for ever', () => {
    const { state } = run(BEFORE, 43, 46, [44]);
    const ledger = new Ledger(state, () => undefined);
    ledger.open({ wanted: [], previous: state.last ?? undefined, gap: undefined }, SOURCE, listed(45, 46));
    expect(ledger.state.passedOver).toEqual([]);
    const again = run(state, 46, 46);
    again.noteDamagedAgain(nameOf(44));
    expect(again.hopeful).toHaveLength(1);
    again.noteDamagedAgain(nameOf(44));
    expect(again.hopeful).toEqual([]);
  });
});
