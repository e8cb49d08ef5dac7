import { describe, expect, it } from 'vitest';
import { checkSettings, explainReading } from '../../../../src/engines/mysql/binlogs/binlog-engine.ts';
import { parseServerVersion } from '../../../../src/engines/mysql/versions.ts';

describe('a server', () => {
  const server = parseServerVersion('12.3.1-MariaDB', 'mariadb');
  if (server === undefined) throw new Error('no version');
  const check = (values: Record<string, string>) => {
    checkSettings(new Map(Object.entries({ log_bin: 'ON', ...values })), { server });
  };

  it('with a binary log in files is good', () => {
    check({});
    // As the documentation of MariaDB 12.3 has the default; such a server was not at hand.
    check({ binlog_storage_engine: '' });
  });

  it('that keeps its binary log in InnoDB is refused, by what the documentation says that it shows', () => {
    expect(() => {
      check({ binlog_storage_engine: 'innodb' });
    }).toThrow(
      expect.objectContaining({
        code: 'binlog-unavailable',
        message: expect.stringMatching(/12\.3\.1.* keeps its binary log in innodb/) as string,
      }),
    );
  });
});

describe('when a file does not come through', () => {
  const explain = (read: number | undefined, look: number, said: Record<string, string> = {}) =>
    explainReading('binlog.000002', {
      label: 'a file',
      statuses: new Map([
        ['read', read],
        ['look', look],
      ]),
      reports: [],
      stderr: new Map(Object.entries(said)),
    });

  it.each([
    ['damaged', 0, 3, { look: 'has no event at byte 4' }, 'binlog-damaged', 'it has no event at byte 4'],
    ['of a kind that is not known', 0, 4, { look: 'has checksums of kind 7' }, 'binlog-unreadable', 'kind 7'],
    ['refused or gone', 1, 3, { read: 'No such file or directory' }, 'binlog-unreadable', 'No such file'],
    ['cut by an error of its disk behind an event', 1, 0, {}, 'binlog-unreadable', 'status 1'],
  ] as const)('it is %s', (_, read, look, said, code, says) => {
    expect(explain(read, look, said)).toMatchObject({
      code,
      message: expect.stringContaining(says) as string,
    });
  });

  it.each([
    ['whoever read it was ended', 137, 3],
    ['its reader ended first', 141, 141],
    ['the program is not there', 127, 3],
    ['nothing is known', undefined, 3],
  ])('it is nobody that is known where %s', (_, read, look) => {
    expect(explain(read, look)).toBeUndefined();
  });
});
