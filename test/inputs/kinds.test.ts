import { describe, expect, it } from 'vitest';
import { type Kind, Refusal } from '../../src/inputs/kind.ts';
import {
  boolean,
  choice,
  duration,
  integer,
  line,
  lines,
  password,
  percent,
  port,
  size,
  text,
  url,
} from '../../src/inputs/kinds.ts';
import {
  compression,
  databases,
  excludedDatabases,
  hostName,
  dumpArguments,
  label,
  serverName,
  setName,
  tablePatterns,
  targetPath,
  userName,
} from '../../src/inputs/names.ts';

const items = lines({ accepts: 'items', parse: (item) => item });
const minutes = duration({ min: 60_000, max: 3_600_000 });

const GOOD: [string, Kind<unknown>, string, unknown][] = [
  ['text', text, '\n a\nb \n', 'a\nb'],
  ['line', line, ' a b ', 'a b'],
  ['password', password, ' p#"\\ß \n', ' p#"\\ß '],
  ['lines', items, '# comment\n a \n\nb\na\n#c', ['a', 'b']],
  ['integer', integer({ min: -1, max: 5 }), '-1', -1],
  ['port', port, '65535', 65_535],
  ['boolean', boolean, 'true', true],
  ['boolean', boolean, ' false\n', false],
  ['choice', choice('one', 'two'), 'two', 'two'],
  ['duration', minutes, '1h', 3_600_000],
  ['size', size, '16MiB', 16_777_216],
  ['percent', percent, '20%', 20],
  ['url', url, 'https://x.example/ping?a=b', new URL('https://x.example/ping?a=b')],
  ['serverName', serverName, 'a.b-1', 'a.b-1'],
  ['label', label, 'before-upgrade', 'before-upgrade'],
  [
    'arguments',
    dumpArguments,
    '--net_buffer_length=16K\n--ssl-ca=/etc/my ca.pem',
    ['--net-buffer-length=16K', '--ssl-ca=/etc/my ca.pem'],
  ],
  ['set', setName, 'Night_2026-11-20.1', 'Night_2026-11-20.1'],
  ['hostName', hostName, 'db_1.example.com', 'db_1.example.com'],
  ['hostName', hostName, '192.0.2.7', '192.0.2.7'],
  ['hostName', hostName, '2001:db8::7', '2001:db8::7'],
  ['userName', userName, 'backup', 'backup'],
  ['targetPath', targetPath, '/etc/my.cnf', '/etc/my.cnf'],
  ['targetPath', targetPath, '~/.my.cnf', '~/.my.cnf'],
  ['databases', databases, '*', '*'],
  ['databases', databases, '# all of shop\nshop\nwiki', ['shop', 'wiki']],
  ['excludedDatabases', excludedDatabases, '', []],
  ['tablePatterns', tablePatterns, 'shop.cache_*\n*.sessions', ['shop.cache_*', '*.sessions']],
  ['compression', compression, 'zstd:19', { codec: 'zstd', level: 19 }],
];

const BAD: [string, Kind<unknown>, string[]][] = [
  ['line', line, ['a\nb', 'a\0b', 'a\x1b[31m']],
  ['password', password, ['a\nb', 'a\tb']],
  ['integer', integer({ min: 0, max: 5 }), ['6', '-1', '1.5', '1e0', '0x1', 'five', '']],
  ['port', port, ['0', '65536', '22/tcp']],
  ['boolean', boolean, ['yes', 'True', '1', '']],
  ['choice', choice('one', 'two'), ['One', 'three', '']],
  ['duration', minutes, ['59s', '61m', '30', '1 h', 'PT1H']],
  ['size', size, ['1000', '1G', '-1MB']],
  ['percent', percent, ['20', '120%']],
  ['url', url, ['http://x.example', 'x.example', 'https://u:p@x.example', 'https://u@x.example']],
  ['serverName', serverName, ['', 'A', '-a', '.a', 'a/b', 'a b', 'a'.repeat(64), '..']],
  ['label', label, ['a.b', 'A', 'a'.repeat(33), '-a', 'a-']],
  [
    'arguments',
    dumpArguments,
    [
      ...[
        '--where=1',
        '--ignore-table=a.b',
        '--no-data',
        '--skip-triggers',
        '--result-file=/tmp/x',
        '--tab=/tmp',
      ],
      ...[
        '--compatible=ansi',
        '--xml',
        '--password=x',
        '--defaults-file=/x',
        '--force',
        '--skip-comments',
        '--compact',
      ],
      ...[
        '--single-transaction',
        '--skip-single-transaction',
        '--skip-hex-blob',
        '--databases',
        '-psecret',
        'shop',
        '--',
      ],
      ...[
        '--skip-quick',
        '--where',
        '--complete-insert=0',
        '--complete-insert x',
        '--net-buffer-length=',
        '--Ssl',
      ],
      ...['--net-buffer-length=-1', '--ssl-ca=~/ca.pem', '--tls-version=a b', '--net'],
    ],
  ],
  ['set', setName, ['-a', '..', 'a b', 'a/b', 'é', 'a'.repeat(65)]],
  [
    'hostName',
    hostName,
    ['root@x', 'x:22', '[2001:db8::7]:22', 'a b', '-x', 'x/y', '$(id)', 'a'.repeat(254)],
  ],
  ['userName', userName, ['-oProxyCommand', 'a b', '']],
  ['targetPath', targetPath, ['my.cnf', './my.cnf', '~root/my.cnf', '/', '//x', '$HOME/x']],
  ['databases', databases, ['*\nshop', '# nothing', 'a'.repeat(65)]],
  ['tablePatterns', tablePatterns, ['sessions', 'shop.', '.sessions', 'shop.a\nwiki']],
  ['compression', compression, ['zstd', 'zstd:0', 'zstd:20', 'gzip:3', 'zstd:03x']],
];

describe('a good value', () => {
  it.each(GOOD)('is read: %s', (_, kind, value, expected) => {
    expect(kind.parse(value)).toEqual(expected);
  });
});

describe('a bad value', () => {
  it.each(BAD)('is refused: %s', (_, kind, values) => {
    for (const value of values) expect(() => kind.parse(value), value).toThrow(Refusal);
  });

  it('is not quoted in the refusal', () => {
    for (const [, kind, values] of BAD) {
      for (const value of values.filter((one) => one.length > 12)) {
        expect(() => kind.parse(value)).not.toThrow(value);
      }
    }
  });
});
