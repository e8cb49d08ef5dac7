// Writers that note every commit they were told had succeeded, while a server is backed up and killed; and whether what was stored leads to
// exactly the transactions of a moment, in the words of the server's own mysqlbinlog.
import { expect } from 'vitest';
import type { BinlogManifest } from '../../src/domain/binlogs/binlog-manifest.ts';
import { buildTimeline } from '../../src/domain/binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../../src/domain/dumps/manifest.ts';
import { BinlogCut } from '../../src/engines/mysql/replay/cut-binlogs.ts';
import type { Lab } from '../lab/lab.ts';
import type { CommandResult } from '../lab/command.ts';
import type { BinlogSite } from './binlog-site.ts';
import { checkBucket, type CheckedBinlog } from './bucket-checker.ts';
import { dump } from './dumped.ts';

export interface WatchedServer {
  readonly flavour: 'mariadb' | 'mysql';
  /** Ships its binary logs. */
  readonly site: BinlogSite;
  /** Dumps it, as another user. */
  readonly dumpLab: Lab;
  readonly query: (sql: string) => Promise<string>;
  /** One session that prints what it is told at once; it may end with an error. */
  readonly runSession: (sql: string) => Promise<CommandResult>;
  /** Prints a binlog with its rows. */
  readonly decode: (binlog: Buffer) => Promise<string>;
  /** SIGKILL, and a new start on what was left. */
  readonly crash: () => Promise<void>;
}

/** By the server's clock, in milliseconds: when the session began it, and when it was told. */
interface Commit {
  readonly ids: readonly number[];
  readonly beganMs: number;
  readonly toldMs: number;
}

const SECOND_MS = 1_000;
/** Far more than there is time for: the writers are at work when the server is killed. */
const ENDLESS = 10_000;
/** What a binlog may have, at most; a transaction is in one as a whole. */
const MAX_BINLOG_BYTES = 131_072;
/** More than that. */
const LARGE_ROWS = 800;
const INSTANTS = 10;
const LARGE_COUNT = 3;
/** Those of large transactions begin here, and what the same session writes behind them. */
const [LARGE_ID, BEHIND_ID] = [1_000_000, 2_000_000];

/** Small transactions, each about a few milliseconds behind the other. */
function writeSmall(from: number, count: number): string {
  return Array.from({ length: count }, (_, index) =>
    commit(from + index, `INSERT INTO diary.entry VALUES (${from + index}, 'small');`),
  ).join('');
}

/** Each larger than a binlog may be, so that one ends behind it; and a change of tables behind each. Then small ones, too. */
function writeLarge(): string {
  const one = (index: number) => {
    const first = LARGE_ID + index * LARGE_ROWS;
    const rows = Array.from({ length: LARGE_ROWS }, (__, row) => `(${first + row}, REPEAT('x', 190))`);
    return `${commit(first, `BEGIN; INSERT INTO diary.entry VALUES ${rows.join(', ')}; COMMIT;`)}
      CREATE TABLE diary.behind_${index} (id INT); DO SLEEP(0.3);`;
  };
  return (
    Array.from({ length: LARGE_COUNT }, (_, index) => one(index)).join('') + writeSmall(BEHIND_ID, ENDLESS)
  );
}

function commit(id: number, statements: string): string {
  return `SET @began = SYSDATE(6); ${statements}
    SELECT CONCAT_WS(' ', 'told', ${id}, UNIX_TIMESTAMP(@began), UNIX_TIMESTAMP(SYSDATE(6))); DO SLEEP(0.01);\n`;
}

function isLarge(id: number): boolean {
  return id >= LARGE_ID && id < BEHIND_ID;
}

function readCommits({ stdout }: CommandResult): Commit[] {
  return [...stdout.toString().matchAll(/^told (\d+) ([\d.]+) ([\d.]+)$/gm)].map((match) => {
    const [first = 0, began = 0, told = 0] = match.slice(1).map(Number);
    const ids = Array.from({ length: isLarge(first) ? LARGE_ROWS : 1 }, (_, index) => first + index);
    return { ids, beganMs: began * SECOND_MS, toldMs: told * SECOND_MS };
  });
}

/**
 * Dumps, ships twice while two sessions write, kills the server under them, lets one go on, ships once more; then looks at what the store leads
 * to, at the end and at ten moments that nobody chose. `prelude` is what the second session begins with.
 */
export async function expectEveryCommit(
  server: WatchedServer,
  inputs: Readonly<Record<string, string>>,
  prelude = '',
): Promise<void> {
  const { site, query } = server;
  await query(
    `DROP DATABASE IF EXISTS diary; CREATE DATABASE diary; CREATE TABLE diary.entry (id INT PRIMARY KEY, note VARCHAR(200) NOT NULL);
     SET GLOBAL max_binlog_size = ${MAX_BINLOG_BYTES}`,
  );
  const { manifest } = (await dump(server.dumpLab, site.server, { ...inputs, databases: '*' })).backup;
  const sessions = [writeSmall(1, ENDLESS), prelude + writeLarge()].map((sql) => server.runSession(sql));
  await site.ship(inputs);
  await site.ship(inputs);
  // What the crash leaves open is not one that has just been closed for its size.
  await query('SET GLOBAL max_binlog_size = DEFAULT; FLUSH BINARY LOGS; DO SLEEP(0.2)');
  await server.crash();
  const ended = await Promise.all(sessions);
  // Both were in the middle of it.
  expect(ended.map(({ status }) => status)).not.toContain(0);
  const before = ended.flatMap(readCommits);
  const survived = new Set(await readIds(server));
  expect(before.flatMap(({ ids }) => ids).filter((id) => !survived.has(id))).toEqual([]);
  const after = await server.runSession(writeSmall(ENDLESS + 1, 20));
  expect(after.status).toBe(0);
  await site.ship(inputs);
  const commits = [...before, ...readCommits(after)];
  const stored = await readStored(server);
  expect(stored.map(({ manifest: { binlog } }) => binlog.closedBy)).toContain('crash');
  const latest = await idsUntil(server, manifest, stored, undefined);
  expect(latest).toEqual(await readIds(server));
  const [from, to] = [commits[0]?.beganMs ?? 0, commits.at(-1)?.toldMs ?? 0];
  for (let count = 0; count < INSTANTS; count += 1) {
    const at = new Date(Math.floor(from + Math.random() * (to - from)));
    const ids = new Set(await idsUntil(server, manifest, stored, at));
    // MariaDB's binlogs tell seconds: the whole one counts.
    const endMs =
      server.flavour === 'mysql' ? at.getTime() : (Math.floor(at.getTime() / SECOND_MS) + 1) * SECOND_MS;
    const told = commits.filter(({ toldMs }) => toldMs < endMs);
    const later = commits.filter(({ beganMs }) => beganMs > endMs);
    const where = at.toISOString();
    expect(
      told.flatMap((each) => each.ids).filter((id) => !ids.has(id)),
      `missing at ${where}`,
    ).toEqual([]);
    expect(
      later.flatMap((each) => each.ids).filter((id) => ids.has(id)),
      `too early at ${where}`,
    ).toEqual([]);
    expect([...ids].filter(isLarge).length % LARGE_ROWS, `a part at ${where}`).toBe(0);
  }
}

async function readIds({ query }: WatchedServer): Promise<number[]> {
  return (await query('SELECT id FROM diary.entry ORDER BY id')).trim().split('\n').map(Number);
}

async function readStored({ site, dumpLab }: WatchedServer): Promise<readonly CheckedBinlog[]> {
  const { binlogs } = await checkBucket(dumpLab, site.server);
  expect(binlogs.flatMap(({ faults }) => faults)).toEqual([]);
  return binlogs;
}

/** What would be inserted behind the dump, sorted. */
async function idsUntil(
  { flavour, decode }: WatchedServer,
  dumped: Readonly<Record<string, unknown>>,
  stored: readonly CheckedBinlog[],
  until: Date | undefined,
): Promise<number[]> {
  const manifest = dumped as unknown as DumpManifest;
  const shipped = stored.map((each) => ({
    manifest: each.manifest as unknown as BinlogManifest,
    manifestSha256: each.id,
  }));
  const { chain, gap, alarms } = buildTimeline(manifest, shipped);
  expect({ gap, alarms }).toEqual({ gap: undefined, alarms: [] });
  const { position = 0, gtid } = manifest.coordinates ?? {};
  const binlogs = chain.map(({ facts, copies: [copy] }) => ({
    facts,
    open: () => readOf(stored.find(({ id }) => id === copy.manifest.id)),
  }));
  const cut = new BinlogCut({ flavour, binlogs, position, gtid, until });
  const chunks: Uint8Array[] = [];
  for await (const chunk of cut.read()) chunks.push(chunk);
  const text = await decode(Buffer.concat(chunks));
  const rows = text.matchAll(/^### INSERT INTO `diary`\.`entry`\n### SET\n###   @1=(\d+)/gm);
  return [...rows].map(([, id]) => Number(id)).toSorted((a, b) => a - b);
}

async function* readOf(binlog: CheckedBinlog | undefined): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(binlog?.bytes ?? Buffer.alloc(0));
}
