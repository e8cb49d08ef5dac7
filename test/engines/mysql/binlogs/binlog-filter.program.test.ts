// The filter on files that real servers wrote (MariaDB 10.11.19, MySQL 9.7.4): what it notes, and everything that must not pass.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHead, parseSeenBinlog } from '../../../../src/engines/mysql/binlogs/seen-facts.ts';

const FILTER = path.resolve(import.meta.dirname, '../../../../src/engines/mysql/binlogs/binlog-filter.pl');
const HELPERS = path.resolve(import.meta.dirname, '../../../helpers');
const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures/binlogs');

interface Options {
  readonly mode?: 'whole' | 'head';
  readonly from?: 'file' | 'server';
  readonly env?: Readonly<Record<string, string>>;
}

function filter(file: Uint8Array, { mode = 'whole', from = 'file', env = {} }: Options = {}) {
  const directory = mkdtempSync(path.join(tmpdir(), 'binlog-filter-'));
  try {
    const { status, stdout, stderr, error } = spawnSync(
      'perl',
      [
        ...['-I', HELPERS, '-MFilterHarness', FILTER, mode, from, directory],
        ...(mode === 'whole' ? ['sha256sum'] : []),
      ],
      { input: file, env: { PATH: process.env['PATH'], PEAK_FILE: path.join(directory, 'peak'), ...env } },
    );
    const notes = status === 0 ? readFileSync(path.join(directory, 'facts'), 'utf8') : '';
    const isWhole = notes.includes('\nclosed_by ');
    const sha256 = isWhole ? readFileSync(path.join(directory, 'sha256'), 'utf8').slice(0, 64) : '';
    return { status, stdout, stderr: stderr.toString(), error, notes, facts: `${notes}sha256 ${sha256}` };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const read = (name: string) => readFileSync(path.join(FIXTURES, `${name}.binlog`));

/** Where each event begins, and the end. */
function bordersOf(file: Buffer): number[] {
  const borders = [4];
  for (let at = 4; at < file.length; borders.push(at)) at += file.readUInt32LE(at + 9);
  return borders;
}

const UUID = 'babc57ba-e5b1-11f1-af63-02fc00000001';
const OTHER = '11111111-2222-3333-4444-555555555555';

describe('a whole file', () => {
  it.each([
    ['mariadb-first', 'rotate', 'crc32', '', '0-4711-2', 2],
    // Compressed rows, another domain and server, a prepared transaction.
    ['mariadb-rotated', 'rotate', 'crc32', '0-4711-2', '0-4711-5,7-99-1', 4],
    ['mariadb-unchecked', 'rotate', 'none', '0-4711-5,7-99-1', '0-4711-6,7-99-1', 1],
    ['mariadb-stopped', 'stop', 'crc32', '0-4711-6,7-99-1', '0-4711-7,7-99-1', 1],
    // A compressed transaction, and numbers that come out of order.
    ['mysql-rotated', 'rotate', 'crc32', `${UUID}:1-2`, `${OTHER}:5-7,${UUID}:1-3`, 4],
    ['mysql-unchecked', 'rotate', 'none', `${OTHER}:5-7,${UUID}:1-3`, `${OTHER}:5-7,${UUID}:1-4`, 1],
    ['mysql-tagged', 'rotate', 'crc32', `${OTHER}:5-7,${UUID}:1-4`, `${OTHER}:5-7,${UUID}:1-4:tag_one:1`, 1],
    [
      ...(['mysql-anonymous', 'rotate', 'crc32'] as const),
      ...[`${OTHER}:5-7,${UUID}:1-4:tag_one:1`, `${OTHER}:5-7,${UUID}:1-4:tag_one:1`, 1],
    ],
  ] as const)('%s is passed on and described', (name, closedBy, checksum, before, after, transactions) => {
    const file = read(name);
    // In small pieces, and without zlib: for one file of each flavour.
    const more = name.endsWith('-rotated') ? [{ PIECE_BYTES: '7' }, { HIDE_ZLIB: '1' }] : [];
    for (const env of [{}, ...more]) {
      const { status, stdout, stderr, facts } = filter(file, { env });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout.equals(file)).toBe(true);
      expect(parseSeenBinlog(facts)).toMatchObject({
        ...{ closedBy, checksum, transactions, gtidsBefore: before, gtidsAfter: after },
        sizeBytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
        next: closedBy === 'rotate' ? (expect.stringMatching(/^binlog\.\d{6}$/) as string) : null,
        createdAt: new Date(file.readUInt32LE(4) * 1_000).toISOString(),
      });
    }
  });

  it('that was never closed loses the mark of being in use, as the server itself sends it', () => {
    const file = read('mariadb-open');
    const { stdout, facts } = filter(file);
    expect(parseSeenBinlog(facts)).toMatchObject({ closedBy: undefined, next: null });
    file.writeUInt8(0, 21);
    expect(stdout.equals(file)).toBe(true);
  });

  it('that the server encrypts is told by its head; what the server sends is plain', () => {
    expect(parseHead(filter(read('mariadb-encrypted'), { mode: 'head' }).notes)).toBeUndefined();
    const mysql = Buffer.from(read('mysql-rotated'));
    mysql.write('\xfdbin', 'latin1');
    expect(parseHead(filter(mysql, { mode: 'head' }).notes)).toBeUndefined();
    const sent = filter(read('mariadb-decrypted'), { from: 'server' });
    expect(parseSeenBinlog(sent.facts)).toMatchObject({ closedBy: 'rotate', gtidsAfter: '0-4711-5' });
  });
});

describe('damage', () => {
  it('is told of a beginning, too, and whoever writes the file comes to its end', () => {
    // More than a pipe holds: a writer that lost its reader would get EPIPE.
    const { status, stderr, error } = filter(Buffer.alloc(3 << 20), { mode: 'head' });
    expect([status, stderr, error]).toEqual([3, 'does not begin like a binary log\n', undefined]);
  });

  it('of any byte is found', () => {
    const file = read('mysql-rotated');
    // Once in every kind of event.
    for (let at = 0; at < file.length; at += 127) {
      const flipped = Buffer.from(file);
      flipped.writeUInt8(file.readUInt8(at) ^ 2, at);
      expect([at, filter(flipped).status]).not.toEqual([at, 0]);
    }
  });

  it('by a cut is found anywhere but at the border of an event, where nothing closes the file', () => {
    const file = read('mariadb-rotated');
    const borders = bordersOf(file);
    for (let end = 0; end < file.length; end += 257) {
      if (!borders.includes(end)) expect([end, filter(file.subarray(0, end)).status]).toEqual([end, 3]);
    }
    const { status, facts } = filter(file.subarray(0, borders.at(-2)));
    expect([status, parseSeenBinlog(facts).closedBy]).toEqual([0, undefined]);
  });

  it('by what stands behind the closing event, or is no binary log, is found', () => {
    const file = read('mariadb-rotated');
    const event = file.subarray(bordersOf(file)[1], bordersOf(file)[2]);
    expect(filter(Buffer.concat([file, event]))).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('after its closing event') as string,
    });
    expect(filter(Buffer.from('#!/bin/sh\necho this is a file of another kind'))).toMatchObject({
      status: 3,
      stderr: 'does not begin like a binary log\n',
    });
    expect(filter(Buffer.alloc(0)).status).toBe(3);
  });

  it('is not a kind of file that is not known: that is said', () => {
    const file = read('mysql-rotated');
    file.writeUInt8(7, (bordersOf(file)[1] as number) - 5);
    expect(filter(file)).toMatchObject({ status: 4, stderr: 'has checksums of kind 7\n' });
  });
});

describe('a head', () => {
  it.each([
    ['mariadb-first', '', true],
    ['mariadb-rotated', '0-4711-2', false],
    ['mysql-rotated', `${UUID}:1-2`, false],
  ])(
    'of %s says what had been executed, and whether the server was started with it',
    (name, gtids, beginsAtStart) => {
      const head = parseHead(filter(read(name), { mode: 'head' }).notes);
      expect(head).toMatchObject({ gtidsBefore: gtids, beginsAtStart, isEmpty: false });
    },
  );

  it('of a file to which nothing was written is one of an empty file, also when the server is at it', () => {
    const file = read('mariadb-open');
    const borders = bordersOf(file);
    const end = borders[3] as number;
    const isEmpty = (bytes: Buffer) => parseHead(filter(bytes, { mode: 'head' }).notes)?.isEmpty;
    expect(isEmpty(file.subarray(0, end))).toBe(true);
    expect(isEmpty(file.subarray(0, end + 10))).toBe(false);
    expect(isEmpty(file.subarray(0, end + 30))).toBe(false);
  });
});
