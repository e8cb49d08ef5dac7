// Binlogs shipped by hand: closed files of a real server, described by what the server's own mysqlbinlog prints of them, encrypted by gpg,
// signed with the lab's key and stored as docs/format.md says.
import { createHash, randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type { BinlogFacts, BinlogManifest } from '../../src/domain/binlogs/binlog-manifest.ts';
import { serializeBinlogManifest } from '../../src/domain/binlogs/binlog-manifest-text.ts';
import { GtidSet, MariadbGtids } from '../../src/domain/binlogs/gtid-set.ts';
import type { DumpManifest } from '../../src/domain/dumps/manifest.ts';
import { binlogKeys, formatBinlogId } from '../../src/domain/stores/object-names.ts';
import { createRunId } from '../../src/domain/run-id.ts';
import type { Lab } from '../lab/lab.ts';
import { encrypt, sign } from './forge-backup.ts';
import { putStored } from './stored-objects.ts';

export interface ClosedBinlog {
  readonly name: string;
  readonly bytes: Buffer;
  /** What mysqlbinlog prints of it, with TZ=UTC. */
  readonly text: string;
}

export interface TransactionInText {
  readonly gtid: string;
  readonly position: number;
  /** Unix time in microseconds. */
  readonly committedUs: number;
}

export interface StoreOptions {
  /** Takes the place of what is stored; the manifest goes by the binlog unless it is changed too. */
  readonly bytes?: Buffer;
  readonly facts?: Partial<BinlogFacts>;
  readonly manifest?: Partial<BinlogManifest>;
  /** Of the run. */
  readonly at?: Date;
}

/** Describes a file and stores it. Returns the id. */
export async function storeBinlog(
  lab: Lab,
  server: string,
  { manifest: dump, binlog }: { readonly manifest: DumpManifest; readonly binlog: ClosedBinlog },
  options: StoreOptions = {},
): Promise<string> {
  const at = options.at ?? new Date();
  const id = formatBinlogId(options.facts?.name ?? binlog.name, createRunId(at));
  const bytes = options.bytes ?? binlog.bytes;
  const sealed = encrypt(lab, zstdCompressSync(bytes));
  const digest = { sizeBytes: sealed.length, sha256: sha256(sealed) };
  const keys = binlogKeys(server, id);
  await putStored(lab, keys.data, sealed);
  const facts = { ...describe(binlog, dump.source.flavour), sizeBytes: bytes.length, sha256: sha256(bytes) };
  const manifest = serializeBinlogManifest({
    ...{ id, server, source: dump.source },
    versions: { server: dump.versions.server, lifeboat: 'by hand' },
    startedAt: at.toISOString(),
    finishedAt: at.toISOString(),
    binlog: { ...facts, ...options.facts },
    object: {
      ...{ codec: 'zstd' as const, plainBytes: options.facts?.sizeBytes ?? bytes.length, ...digest },
      recipients: [randomBytes(8).toString('hex').toUpperCase()],
      parts: [{ key: keys.data, ...digest }],
    },
    ...options.manifest,
  });
  await putStored(lab, keys.signature, await sign(manifest, lab.keys.signing));
  await putStored(lab, keys.manifest, manifest);
  return id;
}

function describe({ name, bytes, text }: ClosedBinlog, flavour: 'mariadb' | 'mysql'): BinlogFacts {
  const lines = text.split('\n');
  const dated = readDates(text);
  const [, serverId = '', serverVersion = ''] =
    /^#\d{6} .* server id (\d+) .*\tStart: binlog v 4, server v (\S+) created/m.exec(text) ?? [];
  const next = / *Rotate to (\S+) +pos: 4/.exec(
    lines.findLast((line) => line.includes('\tRotate to ')) ?? '',
  );
  const gtids = readTransactions(text, flavour).map(({ gtid }) => gtid);
  const gtidsBefore =
    (flavour === 'mysql'
      ? readPreviousGtids(text)
      : /\tGtid list \[([^\]]*)\]/.exec(text)?.[1]?.replaceAll(/\n# /g, '')) ?? '';
  const instant = (ms = 0) => new Date(ms).toISOString();
  return {
    name,
    serverId: Number(serverId),
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    serverVersion,
    createdAt: instant(dated[0]),
    closedAt: instant(dated.at(-1)),
    closedBy: next !== null ? 'rotate' : /\tStop$/m.test(text) ? 'stop' : 'crash',
    next: next?.[1] ?? null,
    checksum: 'crc32',
    ...(flavour === 'mysql'
      ? {
          gtidsBefore: String(GtidSet.parse(gtidsBefore)),
          gtidsAfter: String(GtidSet.parse([gtidsBefore, ...gtids].filter((gtid) => gtid !== '').join(','))),
        }
      : {
          gtidsBefore: String(MariadbGtids.parse(gtidsBefore)),
          gtidsAfter: String(
            MariadbGtids.parse([gtidsBefore, ...gtids].filter((gtid) => gtid !== '').join(',')),
          ),
        }),
    transactions: gtids.length,
    format: 'ROW',
    rowImage: 'FULL',
  };
}

/** `# at N`, then the line of the event: `#261121 13:00:00 server id … GTID 0-1-5 trans`, or MySQL's. */
export function readTransactions(text: string, flavour: 'mariadb' | 'mysql'): TransactionInText[] {
  const found: TransactionInText[] = [];
  let position = 0;
  let committedUs = 0;
  for (const line of text.split('\n')) {
    position = Number(/^# at (\d+)$/.exec(line)?.[1] ?? position);
    committedUs = (readDate(line) ?? committedUs / 1_000) * 1_000;
    committedUs = Number(/^# immediate_commit_timestamp=(\d+)/.exec(line)?.[1] ?? committedUs);
    const gtid =
      flavour === 'mysql'
        ? /^SET @@SESSION.GTID_NEXT= '([^']+)'/.exec(line)?.[1]
        : /^#\d{6} .*\tGTID (\d+-\d+-\d+)/.exec(line)?.[1];
    if (gtid !== undefined && gtid !== 'AUTOMATIC')
      found.push({ gtid: gtid === 'ANONYMOUS' ? '' : gtid, position, committedUs });
  }
  return found;
}

function readPreviousGtids(text: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.endsWith('\tPrevious-GTIDs'));
  const listed = lines.slice(
    at + 1,
    lines.findIndex((line, index) => index > at && line.startsWith('# at')),
  );
  return listed
    .map((line) => line.replace(/^# /, ''))
    .join('')
    .replace('[empty]', '');
}

/** Of every event, in milliseconds. */
export function readDates(text: string): number[] {
  return text
    .split('\n')
    .map(readDate)
    .filter((time) => time !== undefined);
}

/** `#261121 13:00:00 server id …`: when the event was logged. */
function readDate(line: string): number | undefined {
  const match = /^#(\d\d)(\d\d)(\d\d) +(\d+):(\d\d):(\d\d) server id/.exec(line);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
