// Several sessions load one dump: each row once, nothing before what it needs, and an end whatever happens.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Inside } from '../../../../src/engines/mysql/restore/inside.ts';
import { loadInParallel } from '../../../../src/engines/mysql/restore/parallel-load.ts';
import { LifeboatError } from '../../../../src/errors.ts';
import { buildDump, buildRows, type BuiltDatabase } from '../../../helpers/built-dump.ts';
import { generateStream } from '../../../helpers/bytes.ts';
import { fakeClients, type FakeClientOptions, type SessionLine } from '../../../helpers/fake-sandbox.ts';

const { signal } = new AbortController();
const instant = new Date('2026-11-20T03:05:14.250Z');
/** Large tables have more than half a mebibyte. */
const ROWS = 560;
const large = (name: string, triggers: readonly string[] = []) => ({
  name,
  rows: buildRows(ROWS, 1_000),
  triggers,
});
const fleet: readonly BuiltDatabase[] = [
  {
    name: 'one',
    tables: [
      { name: 'small', rows: buildRows(3) },
      large('a', ['SET @a = 1 ']),
      { ...large('b'), hasHistory: true },
      large('c'),
    ],
    routines: ['`p`() SELECT 1'],
    views: ['v'],
  },
  { name: 'two', tables: [large('d', ['SET @d = 1 ']), { name: 'e', rows: buildRows(5) }] },
];
const text = buildDump(fleet);
const LARGE = ['a', 'b', 'c', 'd'];

interface LoadOptions extends FakeClientOptions {
  readonly workers?: number;
  readonly open?: () => AsyncIterable<Uint8Array>;
  readonly helloTimeoutMs?: number;
}

async function load({ workers = 2, open, helloTimeoutMs, ...client }: LoadOptions = {}) {
  const { sandbox, lines, countSessions } = fakeClients(client);
  let opened = 0;
  let loaded = 0;
  const failure = await loadInParallel(
    new Inside(sandbox, 'mariadb', signal),
    {
      // Each reads in chunks of its own, as they come out of a decompressor.
      open: open ?? (() => generateStream(text, 50_000 + 7_777 * (opened += 1))),
      plainBytes: text.length,
      instant,
      onLoaded: (count) => (loaded += count),
    },
    {
      workers,
      findLateKeys: (database, table) =>
        database === 'one' && table === 'b'
          ? { drop: '\nDROP KEYS OF b;\n', add: '\nADD KEYS OF b;\n' }
          : undefined,
      ...(helloTimeoutMs === undefined ? {} : { helloTimeoutMs }),
    },
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, lines, loaded, countSessions };
}

const indexOf = (lines: readonly SessionLine[], pattern: RegExp): number =>
  lines.findIndex(({ line }) => pattern.test(line));

/** Lines of one table's rows, with the sessions that loaded them. */
function rowsOf(lines: readonly SessionLine[], table: string) {
  const starts = lines.flatMap(({ session, line }, index) =>
    line === `INSERT INTO \`${table}\` VALUES` ? [{ session, index }] : [],
  );
  return starts.map(({ session, index }) => {
    const own = lines.slice(index + 1).filter((other) => other.session === session);
    const end = own.findIndex(({ line }) => !line.startsWith('('));
    return { session, rows: own.slice(0, end).map(({ line }) => line.replace(/[,;]$/, '')) };
  });
}

describe('a dump with large tables', () => {
  it.each([1, 2, 3, 4])('is loaded once, in order, by %i sessions for rows', async (workers) => {
    const { failure, lines, loaded, countSessions } = await load({ workers });
    expect(failure).toBeUndefined();
    expect(countSessions()).toBe(workers + 1);
    expect(loaded).toBeGreaterThan(text.length * 0.99);
    for (const table of LARGE) {
      const [first, ...more] = rowsOf(lines, table);
      expect(more).toEqual([]);
      expect(first?.session).not.toBe(0);
      expect(first?.rows).toEqual(buildRows(ROWS, 1_000));
      expect(indexOf(lines, new RegExp(`^CREATE TABLE \`${table}\``))).toBeLessThan(
        indexOf(lines, new RegExp(`^INSERT INTO \`${table}\``)),
      );
    }
    for (const table of ['small', 'e'])
      expect(rowsOf(lines, table).map(({ session }) => session)).toEqual([0]);
  });

  it('has keys made behind its rows, by the session that has these', async () => {
    const { lines } = await load({ workers: 2 });
    const session = rowsOf(lines, 'b')[0]?.session;
    const own = lines
      .filter((other) => other.session === session && other.line !== '')
      .map(({ line }) => line);
    const [dropped, first, added] = ['DROP KEYS OF b;', 'INSERT INTO `b` VALUES', 'ADD KEYS OF b;'].map(
      (line) => own.indexOf(line),
    ) as [number, number, number];
    expect(own[dropped - 1]).toBe('USE `one`;');
    expect(dropped).toBeLessThan(first);
    expect(own.slice(first + 1, added).filter((line) => line.startsWith('('))).toHaveLength(ROWS);
    expect(own[added + 1]).toMatch(/^SELECT 'lifeboat-mark-/);
    expect(lines.filter(({ line }) => line.includes('KEYS OF'))).toHaveLength(2);
  });

  it.each([1, 2, 4])('has its triggers made when all rows are there, with %i sessions', async (workers) => {
    const { lines } = await load({ workers });
    const lastRow = (table: string) =>
      lines.findLastIndex(({ line }) => line.includes(`ALTER TABLE \`${table}\` ENABLE`));
    const onA = indexOf(lines, /TRIGGER `on a`/);
    const onD = indexOf(lines, /TRIGGER `on d`/);
    for (const table of ['a', 'b', 'c']) expect(lastRow(table)).toBeLessThan(onA);
    expect(lastRow('d')).toBeLessThan(onD);
    // And routines and the next database come after them.
    expect(onA).toBeLessThan(indexOf(lines, /^CREATE PROCEDURE/));
    expect(onA).toBeLessThan(indexOf(lines, /^USE `two`/));
    expect([lines[onA]?.session, lines[onD]?.session]).toEqual([0, 0]);
  });

  it('gives each session what the first one has: time, no binary log, modes, database', async () => {
    const { lines, countSessions } = await load({ workers: 3 });
    for (let session = 0; session < countSessions(); session += 1) {
      const own = lines.filter((other) => other.session === session).map(({ line }) => line);
      expect(own.slice(0, 2)).toEqual([
        'SET SESSION sql_log_bin = 0;',
        'SET SESSION timestamp = 1795143914.250;',
      ]);
      expect(own.find((line) => line.includes('SQL_MODE='))).toContain(
        'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES',
      );
      const start = own.findIndex((line) => line.startsWith('INSERT INTO `d`'));
      if (start >= 0)
        expect(own.slice(0, start).findLast((line) => line.startsWith('USE '))).toBe('USE `two`;');
      // The mode that history needs is set where its rows are.
      const history = own.filter((line) => line.includes('system_versioning_insert_history'));
      expect(history).toHaveLength(own.some((line) => line.startsWith('INSERT INTO `b`')) ? 2 : 0);
    }
  });

  it('is read on by one session while another one is loading', async () => {
    const { promise: isCreated, resolve } = Promise.withResolvers<undefined>();
    const { failure } = await load({
      workers: 2,
      before: (line, session) => {
        if (line.startsWith('CREATE TABLE `c`')) resolve(undefined);
        // The rows of the first table wait until the last one was made.
        return session !== 0 && line.startsWith('INSERT INTO `a`') ? isCreated : undefined;
      },
    });
    expect(failure).toBeUndefined();
  });

  it('needs no large table', async () => {
    const small = buildDump([
      { name: 'one', tables: [{ name: 'small', rows: buildRows(3), triggers: ['SET @a = 1 '] }] },
    ]);
    const { failure, lines } = await load({ open: () => generateStream(small) });
    expect(failure).toBeUndefined();
    expect(indexOf(lines, /TRIGGER/)).toBeGreaterThan(indexOf(lines, /^INSERT INTO `small`/));
  });
});

describe('a failure', () => {
  it.each([
    ['in order', 0, /^CREATE TABLE `b`/],
    ['at the beginning', 0, /^SET SESSION timestamp/],
    ['among rows', undefined, /^\(300,/],
    ['at a trigger', 0, /TRIGGER `on a`/],
    ['at the end', 0, /^-- Dump completed/],
  ])('of one session %s ends all and is told', async (_, wanted, pattern) => {
    let failed = 0;
    const { failure } = await load({
      workers: 3,
      endAt: (line, session) => {
        if (failed > 0 || (wanted !== undefined && session !== wanted) || !pattern.test(line))
          return undefined;
        failed += 1;
        return {
          exitCode: 1,
          stderr: `--------------\nINSERT INTO secret rows\n--------------\nERROR 1062 (23000) at line 9: first`,
        };
      },
    });
    expect(failed).toBe(1);
    expect(failure).toBeInstanceOf(LifeboatError);
    expect(failure).toMatchObject({
      code: 'load-failed',
      message: expect.stringContaining('ERROR 1062') as string,
    });
    expect((failure as Error).message).not.toContain('secret rows');
  });

  it('is the first one, not what follows from it', async () => {
    const { failure } = await load({
      workers: 4,
      endAt: (line, session) => {
        if (session === 2 && line.startsWith('('))
          return { exitCode: 1, stderr: 'ERROR 1 (HY000) at line 1: first' };
        return undefined;
      },
    });
    expect((failure as Error).message).toContain('first');
  });

  it('of the sandbox is passed on as it is', async () => {
    const died = new LifeboatError('sandbox-died', 'it died');
    const { failure } = await load({
      before: (line) => (line.startsWith('INSERT INTO `b`') ? Promise.reject(died) : undefined),
    });
    expect(failure).toBe(died);
  });

  it('of the source is passed on as it is, whoever reads it', async () => {
    for (const broken of [1, 2]) {
      const bug = new LifeboatError('decryption-failed', 'the source broke');
      let opened = 0;
      const open = async function* () {
        opened += 1;
        const isBroken = opened === broken;
        let chunks = 0;
        for await (const chunk of generateStream(text)) {
          if (isBroken && (chunks += 1) === 5) throw bug;
          yield chunk;
        }
      };
      expect((await load({ open })).failure).toBe(bug);
    }
  });

  it('to open the source is passed on', async () => {
    const bug = new Error('no such file');
    const open = () => {
      throw bug;
    };
    expect((await load({ open })).failure).toBe(bug);
  });

  it('is a session that ends well but early, whichever it is', async () => {
    for (const early of [0, 1, 2]) {
      const { failure } = await load({
        endAt: (line, session) =>
          session === early && /^CREATE TABLE `c`|^\(100,/.test(line) ? { exitCode: 0 } : undefined,
      });
      expect(failure).toMatchObject({ code: 'load-failed' });
    }
  });

  it('is a session that does not answer', async () => {
    const plain = buildDump([{ name: 'one', tables: [large('a')] }]);
    for (const mute of [0, 1]) {
      const { failure } = await load({
        workers: 1,
        open: () => generateStream(plain),
        isMute: (session) => session === mute,
        helloTimeoutMs: 100,
      });
      expect(failure).toMatchObject({ code: 'load-failed' });
    }
  });

  it.each([
    ['before its last line', text.length - 30],
    ['among rows', text.indexOf('INSERT INTO `c`') + 600_000 / 2],
  ])('is a text that ends %s', async (_, end) => {
    const { failure } = await load({ workers: 3, open: () => generateStream(text.subarray(0, end)) });
    expect(failure).toMatchObject({ code: 'load-failed' });
  });
});

it('reads no further than its sessions are, however much there is', async () => {
  const [before, after] = [text.subarray(0, text.indexOf('(300,')), text.subarray(text.indexOf('(300,'))];
  const row = Buffer.from(`(0,'${'x'.repeat(60_000)}'),\n`);
  const { promise: isFree, resolve: free } = Promise.withResolvers<undefined>();
  const { promise: isStuck, resolve: stick } = Promise.withResolvers<undefined>();
  const read: number[] = [];
  const open = async function* () {
    const index = read.push(0) - 1;
    const count = (chunk: Buffer) => {
      read[index] = (read[index] ?? 0) + chunk.length;
      return chunk;
    };
    yield count(before);
    for (let rows = 0; rows < 100; rows += 1) yield await Promise.resolve(count(row));
    yield count(after);
  };
  const loading = load({
    workers: 1,
    open,
    before: (line, session) => {
      if (session !== 1 || !line.startsWith('(250,')) return undefined;
      stick(undefined);
      return isFree;
    },
  });
  await isStuck;
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  expect(read[0]).toBeLessThan(2_000_000);
  free(undefined);
  expect((await loading).failure).toBeUndefined();
  expect(read[0]).toBeGreaterThan(6_000_000);
});
