// Reads what binlog-filter.pl noted.
import type { BinlogHead, SeenBinlog } from '../../../ports/binlog-engine.ts';

type Noted = ReadonlyMap<string, string>;

/** "name value" lines. */
function parseNotes(text: string): Noted {
  return new Map(
    text.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  );
}

function valueOf(noted: Noted, name: string): string {
  const value = noted.get(name);
  if (value === undefined) throw new TypeError(`the filter noted no ${name}`);
  return value;
}

/** Seconds of the server's clock. */
function instantOf(noted: Noted, name: string): string {
  return new Date(Number(valueOf(noted, name)) * 1_000).toISOString();
}

function common(noted: Noted) {
  return {
    serverId: Number(valueOf(noted, 'server_id')),
    serverVersion: valueOf(noted, 'server_version'),
    createdAt: instantOf(noted, 'created_at'),
    gtidsBefore: valueOf(noted, 'before'),
  };
}

/** Undefined for a file that only the server itself can read. */
export function parseHead(text: string): BinlogHead | undefined {
  const noted = parseNotes(text);
  if (noted.get('encrypted') === '1') return undefined;
  return {
    ...common(noted),
    beginsAtStart: valueOf(noted, 'started') === '1',
    isEmpty: valueOf(noted, 'content') === '0',
  };
}

export function parseSeenBinlog(text: string): SeenBinlog {
  const noted = parseNotes(text);
  const [closedBy, next] = [valueOf(noted, 'closed_by'), valueOf(noted, 'next')];
  return {
    ...common(noted),
    sizeBytes: Number(valueOf(noted, 'bytes')),
    sha256: valueOf(noted, 'sha256'),
    closedAt: instantOf(noted, 'closed_at'),
    closedBy: closedBy === 'rotate' || closedBy === 'stop' ? closedBy : undefined,
    next: next === '' ? null : next,
    checksum: valueOf(noted, 'checksum') === 'crc32' ? 'crc32' : 'none',
    gtidsAfter: valueOf(noted, 'after'),
    transactions: Number(valueOf(noted, 'transactions')),
  };
}
