import { expect, it } from 'vitest';
import { readFreeBytes } from '../../../src/actions/doctor/check-disk.ts';

it.each([
  [
    'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000000 990000 10000 99% /',
    10_240_000,
  ],
  ['//nas/a share 99 5000 100 4900 3% /srv/my disk', 4900 * 1024],
  ['', undefined],
  ["df: '/var/lib/mysql': Permission denied", undefined],
])('reads what df says of room: %j', (text, bytes) => {
  expect(readFreeBytes(text)).toBe(bytes);
});
