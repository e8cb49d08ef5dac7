import { describe, expect, it } from 'vitest';
import type { BinlogFacts } from '../../../src/domain/binlogs/binlog-manifest.ts';
import {
  buildTimeline,
  type Anchor,
  type ShippedBinlog,
} from '../../../src/domain/binlogs/binlog-timeline.ts';
import type { SourceIdentity } from '../../../src/domain/dumps/manifest.ts';
import { exampleBinlogManifest } from './binlog-manifest-example.ts';

const UUID = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';
const at = (minute: number, second = 0): string =>
  new Date(Date.UTC(2026, 10, 20, 3, minute, second)).toISOString();
const { source } = exampleBinlogManifest();
const anchor: Anchor = {
  source,
  instant: at(5),
  coordinates: { file: 'binlog.000002', position: 500, gtid: '' },
};

interface Changes extends Partial<BinlogFacts> {
  readonly source?: SourceIdentity;
  readonly copy?: string;
}

/** File `number` from minute 2n to 2n + 2, with the transactions 10n to 10n + 9. */
function file(number: number, { copy = '', source: from, ...changes }: Changes = {}): ShippedBinlog {
  const name = (n: number) => `binlog.${String(n).padStart(6, '0')}`;
  const manifest = exampleBinlogManifest();
  return {
    manifestSha256: `${number}${copy}`,
    manifest: {
      ...manifest,
      source: from ?? source,
      binlog: {
        ...manifest.binlog,
        name: name(number),
        sha256: `${number}`,
        createdAt: at(2 * number),
        closedAt: at(2 * number + 2),
        next: name(number + 1),
        gtidsBefore: `0-1-${10 * number}`,
        gtidsAfter: `0-1-${10 * number + 10}`,
        ...changes,
      },
    },
  };
}

const read = (shipped: readonly ShippedBinlog[], from: Anchor = anchor) => {
  const { chain, recoverableUntil, gap, alarms } = buildTimeline(from, shipped);
  return { chain: chain.map(({ facts }) => facts.name.slice(-1)).join(''), recoverableUntil, gap, alarms };
};
const whole = { gap: undefined, alarms: [] };

describe('the chain after a dump', () => {
  it('begins with the file of its position and ends with the newest', () => {
    expect(read([file(4), file(1), file(3), file(2)])).toEqual({
      ...{ chain: '234', recoverableUntil: at(10), ...whole },
    });
  });

  it('is empty while that file is not shipped, and the dump is what there is', () => {
    expect(read([])).toEqual({ chain: '', recoverableUntil: at(5), ...whole });
    expect(read([file(1)])).toEqual({ chain: '', recoverableUntil: at(5), ...whole });
  });

  it('goes on after a stop and after a crash', () => {
    const ended = { next: null, closedBy: 'stop' } as const;
    const shipped = [
      file(2, ended),
      file(3, { ...ended, closedBy: 'crash' }),
      file(4, { createdAt: at(59) }),
    ];
    expect(read(shipped)).toMatchObject({ chain: '234', ...whole });
  });

  it('takes what was shipped twice once, with both objects', () => {
    const [link] = buildTimeline(anchor, [file(2), file(2, { copy: 'again' })]).chain;
    expect(link?.copies.map(({ manifestSha256 }) => manifestSha256)).toEqual(['2', '2again']);
  });

  it('refuses a dump without coordinates', () => {
    expect(() => buildTimeline({ ...anchor, coordinates: null }, [])).toThrow(RangeError);
  });
});

describe('the first file, where names were there before or came again', () => {
  const from = (flavour: 'mariadb' | 'mysql', gtid: string, position = 500): Anchor => ({
    ...{ source: { ...source, flavour }, instant: at(5) },
    coordinates: { file: 'binlog.000002', position, gtid },
  });
  const of = (flavour: 'mariadb' | 'mysql', changes: Changes) =>
    file(2, { source: { ...source, flavour }, ...changes });
  const MISSING = 'what is there of this name is another file';

  it.each([
    ['whose transactions are not those of the dump', { gtidsAfter: `${UUID}:1-20` }, `${UUID}:1-21`, MISSING],
    ['without any', { gtidsAfter: '' }, `${UUID}:1`, MISSING],
    ['that holds them', { gtidsAfter: `${UUID}:1-30` }, `${UUID}:1-21`, undefined],
    ['begun too late for no GTIDs to tell', { createdAt: at(6, 1) }, '', 'nothing else tells'],
    [
      'begun late, with GTIDs',
      { createdAt: at(6, 1), gtidsAfter: `${UUID}:1-30` },
      `${UUID}:1-21`,
      undefined,
    ],
    ['begun about then', { createdAt: at(6) }, '', undefined],
    ['that ends before the position', { sizeBytes: 499 }, '', MISSING],
  ])('is one of MySQL %s', (_, changes, gtid, gap) => {
    const found = read([of('mysql', { closedAt: at(9), ...changes })], from('mysql', gtid));
    expect(found.chain).toBe(gap === undefined ? '2' : '');
    if (gap === undefined) expect(found.gap).toBeUndefined();
    else expect(found.gap).toContain(gap);
  });

  it.each(['mysql', 'mariadb'] as const)('is none that was closed long before (%s)', (flavour) => {
    const old = of(flavour, { createdAt: '2026-11-20T00:00:00.000Z', closedAt: '2026-11-20T01:00:00.000Z' });
    const later = file(3, { source: old.manifest.source, gtidsBefore: '' });
    expect(read([old], from(flavour, ''))).toMatchObject({ chain: '', recoverableUntil: at(5), ...whole });
    expect(read([old, later], from(flavour, '')).gap).toContain('where the dump was made, is missing');
    // What a crash left says nothing of when it ended.
    const crashed = { ...old.manifest.binlog, closedBy: 'crash' as const, next: null };
    const left = { ...old, manifest: { ...old.manifest, binlog: crashed } };
    expect(read([left], from(flavour, '')).chain).toBe('2');
  });
});

it('nothing was closed after it was shipped, whatever a session said the time was', () => {
  const forged = file(2, { closedAt: '2038-01-01T00:00:00.000Z' });
  const { finishedAt } = forged.manifest;
  expect(read([forged]).recoverableUntil).toBe(finishedAt);
});

describe('a gap', () => {
  it('is not a file of the chain that a session began in some future', () => {
    const later = '2038-01-01T00:00:00.000Z';
    const forged = [file(2, { closedAt: later }), file(3, { createdAt: later }), file(4)];
    expect(read(forged)).toMatchObject({ chain: '234', recoverableUntil: at(10), ...whole });
    // Nothing was begun after it was shipped: what is missing behind such a one shows.
    const missing = file(5, { createdAt: '2026-11-20T04:06:00.000Z' });
    expect(read([...forged.slice(0, 2), missing])).toMatchObject({
      chain: '23',
      gap: 'what followed binlog.000003 is missing; binlog.000005 is there',
    });
  });

  it('is a missing file', () => {
    expect(read([file(2), file(4), file(5)])).toEqual({
      chain: '2',
      recoverableUntil: at(6),
      gap: 'what followed binlog.000002 is missing; binlog.000004 is there',
      alarms: [],
    });
  });

  it('is the missing file of the position', () => {
    expect(read([file(3)])).toMatchObject({
      chain: '',
      recoverableUntil: at(5),
      gap: 'binlog.000002, where the dump was made, is missing',
    });
  });

  it('is a file that begins with other transactions, or is not the one that was named', () => {
    const gap = 'binlog.000003 does not go on where binlog.000002 ended';
    expect(read([file(2), file(3, { gtidsBefore: '0-1-35' })])).toMatchObject({ chain: '2', gap });
    expect(read([file(2, { next: 'other.000003' }), file(3)])).toMatchObject({ chain: '2', gap });
    expect(read([file(2), file(3, { serverId: 2 })])).toMatchObject({ chain: '2', gap });
  });

  it('is a reset, whose files have names that were there before', () => {
    const reset = (number: number, minute: number) =>
      file(number, {
        createdAt: at(minute),
        closedAt: at(minute + 1),
        gtidsBefore: '',
        sha256: `${number} after`,
      });
    expect(read([file(2), reset(1, 30), reset(2, 31), reset(3, 32)])).toMatchObject({
      chain: '2',
      gap: "the server's binlogs were reset after binlog.000002: they begin again with binlog.000001",
    });
    // The dump is from before: the new file of its name is not meant.
    expect(read([reset(2, 31), reset(3, 32)])).toMatchObject({ chain: '' });
  });
});

it('a file may have begun by its clock before the one that it follows', () => {
  // Filled by a statement that began earlier than the file before it.
  const early = file(3, { createdAt: at(3) });
  expect(read([file(2), early, file(4)])).toMatchObject({ chain: '234', ...whole });
});

describe('without GTIDs', () => {
  const none = { gtidsBefore: '', gtidsAfter: '' };

  it('a rotation names the next file, which begins at once', () => {
    expect(read([file(2, none), file(3, none)])).toMatchObject({ chain: '23', ...whole });
    const five = [6, 4, 2, 5, 3].map((number) => file(number, none));
    expect(read(five)).toMatchObject({ chain: '23456', ...whole });
    expect(read([file(2, none), file(3, { ...none, createdAt: at(30) })])).toMatchObject({
      chain: '2',
      gap: 'binlog.000003 does not go on where binlog.000002 ended',
    });
  });

  it('a reset is seen by the numbers', () => {
    const ended = { ...none, next: null, closedBy: 'stop' } as const;
    const again = file(1, { ...none, createdAt: at(20), sha256: 'after' });
    expect(read([file(2, ended), again, file(3, { ...none, createdAt: at(22) })])).toMatchObject({
      chain: '2',
      gap: "the server's binlogs were reset after binlog.000002: they begin again with binlog.000001",
    });
  });
});

describe('an alarm', () => {
  it('is one file with two contents, which serves for nothing', () => {
    expect(read([file(2), file(3), file(3, { sha256: 'other' }), file(4)])).toMatchObject({
      chain: '2',
      gap: 'what followed binlog.000002 is missing; binlog.000004 is there',
      alarms: ['binlog.000003 was shipped 2 times, with different contents'],
    });
  });
});

describe('a stranger', () => {
  const gap = 'binlog.000003 was shipped by another database server than the one that was dumped';

  it.each<[string, SourceIdentity]>([
    ['another MySQL', { ...source, serverUuid: UUID.replace('0b', '1b') }],
    ['a server without a uuid', withoutUuid({})],
  ])('is %s that goes on under the same name', (_, other) => {
    expect(read([file(2), file(3, { source: other })])).toMatchObject({ chain: '2', gap, alarms: [] });
  });

  it('is another MariaDB, by its id, its host or the key of that', () => {
    const mariadb = { ...anchor, source: withoutUuid({}) };
    for (const change of [{ serverId: 7 }, { hostName: 'borg' }, { sshHostKey: 'SHA256:other' }]) {
      const shipped = [file(2, { source: withoutUuid({}) }), file(3, { source: withoutUuid(change) })];
      expect(read(shipped, mariadb)).toMatchObject({ chain: '2', gap });
    }
  });

  it('is in nobody’s way when it was there before: a server that was replaced', () => {
    const replaced = withoutUuid({ hostName: 'old' });
    const shipped = [file(1, { source: replaced }), file(2), file(3)];
    expect(read(shipped)).toMatchObject({ chain: '23', ...whole });
  });
});

function withoutUuid(changes: Partial<SourceIdentity>): SourceIdentity {
  const { flavour, serverId, hostName, sshHostKey } = source;
  return { flavour, serverId, hostName, sshHostKey, ...changes };
}
