import { expect, it } from 'vitest';
import { nameReaders } from '../../../../src/engines/mysql/binlogs/readers.ts';

it.each([
  ['replica\t10.0.0.7:50123', 'replica@10.0.0.7'],
  ['replica\tdb-2.example.com:50123', 'replica@db-2.example.com'],
  ['replica\tlocalhost', 'replica@localhost'],
  ['replica\t::1:50123', 'replica@::1'],
  ['replica\t[::1]:50123', 'replica@::1'],
  ['replica\t2001:db8::7:50123', 'replica@2001:db8::7'],
  ['replica\t2001:db8:1:2:3:4:5:6:50123', 'replica@2001:db8:1:2:3:4:5:6'],
  ['replica\t[2001:db8::8]:50123', 'replica@2001:db8::8'],
])('%j is %s, without the port of its connection', (row, name) => {
  expect(nameReaders([row])).toEqual([name]);
});

it('two of one user on one host are two: one of them may be away later', () => {
  expect(nameReaders(['a\t10.0.0.7:1', 'b\t10.0.0.7:2', 'a\t10.0.0.7:3'])).toEqual([
    'a@10.0.0.7',
    'b@10.0.0.7',
    'a@10.0.0.7 (2)',
  ]);
});
