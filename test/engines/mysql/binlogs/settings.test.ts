import { describe, expect, it } from 'vitest';
import { findSettingWarnings, readExpiry } from '../../../../src/engines/mysql/binlogs/settings.ts';

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
  });

  it.each([
    [{ binlog_format: 'MIXED' }, 'binlog_format is MIXED'],
    [{ binlog_row_image: 'minimal' }, 'binlog_row_image is MINIMAL'],
    [{ binlog_checksum: 'NONE' }, 'binlog_checksum is NONE'],
  ])('%j are warned of', (change, words) => {
    const warnings = findSettingWarnings(variables({ ...good, ...change }));
    expect(warnings).toEqual([expect.stringContaining(words)]);
  });
});
