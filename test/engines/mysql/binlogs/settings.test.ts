import { describe, expect, it } from 'vitest';
import {
  findFilterWarnings,
  findSettingWarnings,
  readExpiry,
  statusStatement,
} from '../../../../src/engines/mysql/binlogs/settings.ts';

const variables = (values: Record<string, string>) => new Map(Object.entries(values));

describe('the time after which binary logs are removed', () => {
  it.each([
    [{ binlog_expire_logs_seconds: '2592000', binlog_expire_logs_auto_purge: 'ON' }, 30 * 86_400_000],
    [{ binlog_expire_logs_seconds: '2592000', binlog_expire_logs_auto_purge: 'OFF' }, undefined],
    [{ binlog_expire_logs_seconds: '0', expire_logs_days: '0.000000' }, undefined],
    [{ expire_logs_days: '10' }, 10 * 86_400_000],
    [{}, undefined],
  ])('follows from %j', (values: Record<string, string>, expected) => {
    expect(readExpiry(variables(values))).toBe(expected);
  });
});

describe('settings', () => {
  const good = { binlog_format: 'ROW', binlog_row_image: 'FULL', binlog_checksum: 'CRC32' };

  it('that keep everything need no warning', () => {
    expect(findSettingWarnings(variables(good))).toEqual([]);
    expect(findSettingWarnings(variables({ ...good, binlog_row_image: 'FULL_NODUP' }))).toEqual([]);
    // MariaDB's default, of a server that is no replica.
    const alone = { ...good, log_slave_updates: 'OFF', Slaves_running: '0' };
    expect(findSettingWarnings(variables(alone))).toEqual([]);
  });

  it.each([
    [{ binlog_format: 'MIXED' }, 'binlog_format is MIXED'],
    [{ binlog_row_image: 'minimal' }, 'binlog_row_image is MINIMAL'],
    [{ binlog_checksum: 'NONE' }, 'binlog_checksum is NONE'],
    [{ log_slave_updates: 'OFF', Slaves_running: '1' }, 'recovery loses it'],
    [{ log_replica_updates: 'OFF', log_slave_updates: 'OFF', server_uuid: 'u' }, 'recovery loses it'],
  ])('%j are warned of', (change, words) => {
    const warnings = findSettingWarnings(variables({ ...good, ...change }));
    expect(warnings).toEqual([expect.stringContaining(words)]);
  });
});

describe('what is left out of the binary log', () => {
  it.each([
    ['binlog.000001\t154\t\t', []],
    ['binlog.000001\t154\t\t\t0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0:1-5', []],
    [undefined, []],
    ['binlog.000001\t154\tshop\t', ['binlog_do_db is set (shop)']],
    ['binlog.000001\t154\t\tlogs,tmp\t', ['binlog_ignore_db is set (logs,tmp)']],
  ])('is told: %j', (status, words) => {
    expect(findFilterWarnings(status)).toEqual(words.map((text) => expect.stringContaining(text) as string));
  });

  it.each([
    ['mysql', [8, 0, 40], 'MASTER'],
    ['mysql', [8, 2, 0], 'BINARY LOG'],
    ['mysql', [26, 7, 0], 'BINARY LOG'],
    ['mariadb', [11, 8, 3], 'MASTER'],
  ] as const)('is asked for by name: %s %j', (flavour, numbers, name) => {
    expect(statusStatement({ flavour, numbers })).toBe(`SHOW ${name} STATUS;`);
  });
});
