import { expect, it } from 'vitest';
import { parseFacts } from '../../../../src/engines/mysql/dump/facts.ts';

it('reads what the filter wrote', () => {
  const text = `file mysql bin.000042\nposition 1234\ngtid 0-1-99,2-3-4\ndatabase "a b\\n\\"c" 17\ndatabase "x" 3\ncomplaint one: two\ncomplaint three\nbytes 20\ntrailer 1\nopen 1\nrest ${'a'.repeat(64)}\n`;
  expect(parseFacts(text)).toEqual({
    bytes: 20,
    hasTrailer: true,
    isOpen: true,
    restSha256: 'a'.repeat(64),
    coordinates: { file: 'mysql bin.000042', position: 1234, gtid: '0-1-99,2-3-4' },
    databaseBytes: new Map([
      ['a b\n"c', 17],
      ['x', 3],
    ]),
    complaints: ['one: two', 'three'],
  });
});

it.each(['', 'bytes 5\n', 'trailer 0\n', 'trailer\n', 'xtrailer 1\n'])(
  'takes nothing for granted that is not said: %j',
  (text) => {
    expect(parseFacts(text)).toMatchObject({ hasTrailer: false, coordinates: null, complaints: [] });
  },
);

it('keeps to the first coordinates, which the dump tool wrote before any name of a table', () => {
  expect(parseFacts('file a\nposition 1\nfile b\nposition 2\n').coordinates).toEqual({
    file: 'a',
    position: 1,
    gtid: '',
  });
});
