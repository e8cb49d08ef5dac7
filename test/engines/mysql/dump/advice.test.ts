import { expect, it } from 'vitest';
import { adviseOnBinlog } from '../../../../src/engines/mysql/dump/advice.ts';

const GOOD = {
  log_bin: '1',
  binlog_format: 'ROW',
  binlog_checksum: 'CRC32',
  binlog_expire_logs_seconds: '172800',
};

it('has nothing to say of a binary log that can be replayed, nor of one that is never deleted', () => {
  expect(adviseOnBinlog(GOOD)).toEqual([]);
  expect(adviseOnBinlog({ ...GOOD, binlog_expire_logs_seconds: '0' })).toEqual([]);
});

it.each([
  [{ log_bin: '0' }, 'writes no binary log', 'log_bin = binlog'],
  [{ binlog_format: 'MIXED' }, 'binlog_format is MIXED', 'binlog_format = ROW'],
  [{ binlog_checksum: 'NONE' }, 'binlog_checksum is NONE', 'binlog_checksum = CRC32'],
  [{ binlog_expire_logs_seconds: '172799' }, 'are deleted after', 'binlog_expire_logs_seconds = 172800'],
])('says of %j what it means, and what to set', (change, what, fix) => {
  const [advice, ...others] = adviseOnBinlog({ ...GOOD, ...change });
  expect(advice?.what).toContain(what);
  expect(advice?.fix).toContain(fix);
  expect(others).toEqual([]);
});
