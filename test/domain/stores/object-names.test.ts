import { describe, expect, it } from 'vitest';
import {
  binlogKeys,
  dataStem,
  dumpFolder,
  formatBackupId,
  formatBinlogId,
  isBinlogId,
  isServerName,
  objectFileName,
  parseBackupId,
  partKey,
} from '../../../src/domain/stores/object-names.ts';

const runId = '20261120T030512Z-7f3a9c1e';

describe('backup ids', () => {
  it.each([
    [{ runId, engine: 'mariadb' }, `${runId}-mariadb`],
    [{ runId, engine: 'mysql', label: 'nightly' }, `${runId}-mysql-nightly`],
    [{ runId, engine: 'mysql', label: 'before-v2' }, `${runId}-mysql-before-v2`],
  ])('%o is written and read back', (parts, text) => {
    expect(formatBackupId(parts)).toBe(text);
    expect(parseBackupId(text)).toStrictEqual(parts);
  });

  it.each([
    { runId: '20261120', engine: 'mysql' },
    { runId, engine: 'My SQL' },
    { runId, engine: '' },
    { runId, engine: 'mysql', label: '' },
    { runId, engine: 'mysql', label: 'a/b' },
    { runId, engine: 'mysql', label: '-a' },
    { runId, engine: 'mysql', label: 'a'.repeat(33) },
  ])('refuses to write %o', (parts) => {
    expect(() => formatBackupId(parts)).toThrow(RangeError);
  });

  it.each([
    runId,
    `${runId}-`,
    `${runId}-MySQL`,
    `${runId}-mysql-`,
    `${runId}-mysql-../x`,
    `${runId}-mysql\n`,
    '20261320T030512Z-7f3a9c1e-mysql',
    '',
  ])('does not read %j', (text) => {
    expect(parseBackupId(text)).toBeUndefined();
  });
});

describe('dumpFolder', () => {
  it('sorts dumps by the day they began', () => {
    expect(dumpFolder('atlas.example', `${runId}-mariadb`)).toBe(
      `atlas.example/dumps/2026/11/20/${runId}-mariadb/`,
    );
  });

  it.each(['', 'Atlas', '.atlas', 'a/b', '-a', 'a'.repeat(64), 'a b', 'ä', 'a\n'])(
    'refuses the server %j',
    (server) => {
      expect(isServerName(server)).toBe(false);
      expect(() => dumpFolder(server, `${runId}-mariadb`)).toThrow(RangeError);
    },
  );

  it('refuses what is no backup id', () => {
    expect(() => dumpFolder('atlas', '../../etc')).toThrow(RangeError);
  });
});

describe('dataStem', () => {
  it.each(['shop', 'wp_1', '0day', '_x', 'a-b', 'x'.repeat(64)])('keeps %s', (name) => {
    expect(dataStem([name])).toBe(name);
  });

  // The hashes are part of the format: the first 16 digits of the SHA-256 of the name in UTF-8.
  it.each([
    ['Shop', 'shop.d00aae6b7fbf77a4'],
    ['my shop', 'my-shop.21e023186c79473d'],
    ['databases', 'databases.1d446138494b19b4'],
    ['accounts', 'accounts.bc62a3c14fec277e'],
    ['../../etc/passwd', 'etc-passwd.3754d6cb3a38e118'],
    ['日本語', 'database.77710aedc74ecfa3'],
    ['😀', 'database.f0443a342c5ef547'],
    ['-rf', 'rf.686c39acd6327bbd'],
    ['a`b$(x)\n"', 'a-b-x.662f2773f6bf45d3'],
    ['shop.8aa3c14a3a6bc0a7', 'shop-8aa3c14a3a6bc0a7.f9d69917cdb839ba'],
    ['X'.repeat(64), `${'x'.repeat(40)}.be4d3ed1fc5f5cfa`],
  ])('makes %j safe', (name, stem) => {
    expect(dataStem([name])).toBe(stem);
  });

  it('keeps names apart that differ in case only', () => {
    const stems = ['shop', 'Shop', 'SHOP'].map((name) => dataStem([name]).toLowerCase());
    expect(new Set(stems).size).toBe(3);
  });

  it('is one fixed word for several databases, which no single database has', () => {
    expect(dataStem(['shop', 'wiki'])).toBe('databases');
    expect(dataStem(['databases'])).not.toBe('databases');
  });

  it('refuses an object of no database', () => {
    expect(() => dataStem([])).toThrow(RangeError);
  });

  it('is short and made of safe characters whatever the name is', () => {
    for (let code = 0; code < 0x3000; code += 7) {
      const stem = dataStem([String.fromCodePoint(code).repeat(64)]);
      expect(stem).toMatch(/^[a-z0-9_][a-z0-9_.-]{0,63}$/);
    }
  });
});

describe('binlogs', () => {
  const runId = '20261120T040512Z-7f3a9c1e';

  it.each([
    ['mysql-bin.000042', `mysql-bin.000042.${runId}`],
    ['Binlog_1.1000000', `Binlog_1.1000000.${runId}`],
    ['log of db.000001', `log-of-db.5e610ed6f4d8b3dd.000001.${runId}`],
  ])('%s has the id %s', (name, id) => {
    expect(formatBinlogId(name, runId)).toBe(id);
    expect(isBinlogId(id)).toBe(true);
    expect(binlogKeys('atlas', id)).toEqual({
      data: `atlas/binlogs/${id}.zst.gpg`,
      signature: `atlas/binlogs/${id}.json.sig`,
      manifest: `atlas/binlogs/${id}.json`,
    });
  });

  it.each(['mysql-bin', 'mysql-bin.00042', '.000042', 'mysql-bin.000042\n'])('refuses %j', (name) => {
    expect(() => formatBinlogId(name, runId)).toThrow(RangeError);
  });

  it.each([
    'mysql-bin.000042',
    `mysql-bin.42.${runId}`,
    `a/b.000042.${runId}`,
    `x.000042.20261320T040512Z-7f3a9c1e`,
  ])('sees that %j is no id', (text) => {
    expect(isBinlogId(text)).toBe(false);
    expect(() => binlogKeys('atlas', text)).toThrow(RangeError);
  });
});

describe('objects and their parts', () => {
  it('have the documented names', () => {
    expect(objectFileName('data', 'shop')).toBe('shop.sql.zst.gpg');
    expect(objectFileName('accounts', 'accounts')).toBe('accounts.sql.zst.gpg');
    expect(objectFileName('inventory', 'inventory')).toBe('inventory.json.zst.gpg');
  });

  it('number the parts from the second on', () => {
    expect([1, 2, 10, 999, 1000].map((number) => partKey('a.gpg', number))).toEqual([
      'a.gpg',
      'a.gpg.002',
      'a.gpg.010',
      'a.gpg.999',
      'a.gpg.1000',
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('have no number %d', (number) => {
    expect(() => partKey('a.gpg', number)).toThrow(RangeError);
  });
});
