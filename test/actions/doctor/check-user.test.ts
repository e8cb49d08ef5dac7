// Users as the target tells of them; what `sudo -l` prints is that of sudo 1.9.
import { expect, it } from 'vitest';
import { judgeUser } from '../../../src/actions/doctor/check-user.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';

function warningsOf(lines: readonly string[], dbContainer?: string): string[] {
  const diagnosis = new Diagnosis();
  judgeUser(lines, { sshUser: 'lifeboat', dbContainer }, diagnosis);
  expect(diagnosis.faults).toEqual([]);
  return diagnosis.warnings.map(({ what }) => what);
}

const GOOD = ['id 1001', 'groups lifeboat', 'room tmpfs 1000000 1 999999 1% /dev/shm'];
const HEAD = 'User lifeboat may run the following commands on atlas:';
const mayRun = (...rules: readonly string[]) => [...GOOD, HEAD, ...rules.map((rule) => `    ${rule}`)];

it('says nothing of an ordinary user', () => {
  expect(warningsOf(GOOD)).toEqual([]);
});

it.each(['sudo', 'wheel', 'admin', 'docker', 'lxd', 'incus-admin', 'disk'])('knows the group %s', (group) => {
  expect(warningsOf(['id 1001', `groups users ${group} backup`])).toEqual([
    `lifeboat is in the group ${group}, and can become root with it`,
  ]);
  expect(warningsOf(['id 1001', `groups users not-${group} ${group}-not`])).toEqual([]);
});

it('lets a user into the group docker who has to enter a container, and no other', () => {
  const lines = ['id 1001', 'groups docker sudo'];
  expect(warningsOf(lines, 'db')).toEqual(['lifeboat is in the group sudo, and can become root with it']);
  expect(warningsOf(lines)).toHaveLength(2);
});

it('says of root only that', () => {
  expect(warningsOf(['id 0', 'groups root sudo docker'])).toEqual([
    expect.stringContaining('lifeboat is root'),
  ]);
});

it.each([
  ['(ALL : ALL) NOPASSWD: ALL', 1],
  ['(ALL) NOPASSWD: SETENV: ALL', 1],
  ['(root) NOPASSWD: /usr/bin/true, ALL', 1],
  ['(backup, root) NOPASSWD: ALL', 1],
  ['(ALL : ALL) ALL', 0],
  ['(backup) NOPASSWD: ALL', 0],
  ['(root) NOPASSWD: /usr/local/sbin/lifeboat-read', 0],
  ['(root) NOPASSWD: /usr/bin/true, PASSWD: ALL', 0],
  ['(root) NOPASSWD: /opt/ALL', 0],
])('%s: %i', (rule, count) => {
  expect(warningsOf(mayRun('(root) NOPASSWD: /usr/local/sbin/lifeboat-read', rule))).toHaveLength(count);
});

it('misses room for private files', () => {
  expect(warningsOf(['id 1001', 'groups a', 'room tmpfs 20000 15000 5000 75% /dev/shm'])).toEqual([
    expect.stringContaining('are free where a run keeps its private files'),
  ]);
});
