// A server whose binary logs 40 to 42 were shipped, for tests to change.
import type { BinlogState, LastBinlog } from '../../../src/actions/ship-binlogs/state.ts';
import type { Anchor } from '../../../src/actions/anchor.ts';
import type { BinlogHead, ListedBinlog } from '../../../src/ports/binlog-engine.ts';

export const SOURCE = {
  flavour: 'mariadb',
  serverId: 1,
  hostName: 'atlas',
  sshHostKey: `SHA256:${'a'.repeat(43)}`,
} as const;

export const nameOf = (number: number) => `mysql-bin.${String(number).padStart(6, '0')}`;
export const at = (time: string) => `2026-11-20T${time}.000Z`;

export function listed(...numbers: readonly number[]): ListedBinlog[] {
  return numbers.map((number) => ({ name: nameOf(number), sizeBytes: number * 100 }));
}

export const shipped = (number: number) => ({
  name: nameOf(number),
  sizeBytes: number * 100,
  createdAt: at(`0${number - 40}:00:00`),
  closedAt: at(`0${number - 39}:00:00`),
});

export const LAST: LastBinlog = { ...shipped(42), serverId: 1, next: nameOf(43), gtidsAfter: '0-1-120' };

export const STATE: BinlogState = {
  source: SOURCE,
  last: LAST,
  newest: nameOf(42),
  chainStart: { name: nameOf(40), createdAt: at('00:00:00'), isAfterBreak: true },
  passedOver: [],
  shipped: [40, 41, 42].map(shipped),
  runs: [],
  readers: [],
  watched: null,
  reach: null,
};

export const ANCHOR: Anchor = {
  backupId: '20261120T013000Z-7f3a9c1e-mariadb',
  instant: at('01:30:00'),
  source: SOURCE,
  file: nameOf(41),
  position: 4,
};

export function headOf(changes: Partial<BinlogHead> = {}): BinlogHead {
  return {
    serverId: 1,
    serverVersion: '10.11.19-MariaDB',
    createdAt: LAST.createdAt,
    gtidsBefore: '0-1-120',
    beginsAtStart: false,
    isEmpty: false,
    ...changes,
  };
}
