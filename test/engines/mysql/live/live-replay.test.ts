// What a server says before binlogs are replayed into it. The answers are those of MariaDB 10.11 and MySQL 9.7; a fake stands for the client
// because the test's own user may do everything on real ones.
import { expect, it } from 'vitest';
import { LiveClient } from '../../../../src/engines/mysql/live/live-client.ts';
import { checkLiveReplay } from '../../../../src/engines/mysql/live/live-replay.ts';
import type { MachineResult } from '../../../../src/ports/machine.ts';

const NONSENSE = 'ERROR 1149 (42000) at line 3: You have an error in your SQL syntax';
const DENIED = 'ERROR 1227 (42000) at line 2: Access denied; you need (at least one of) the BINLOG REPLAY';

function check(result: Partial<MachineResult>): Promise<void> {
  const answer = { exitCode: 1, stdout: 'OFF\n0\n', stderr: NONSENSE, ...result };
  const machine = { name: 'here', run: () => Promise.resolve(answer), close: () => Promise.resolve() };
  const client = new LiveClient(machine, {}, 'mariadb');
  return checkLiveReplay(client, 'mariadb', new AbortController().signal);
}

it('takes a server that only minds the nonsense', async () => {
  await expect(check({})).resolves.toBeUndefined();
  await expect(check({ stdout: 'DISABLED\n0\n' })).resolves.toBeUndefined();
});

it.each<[string, Partial<MachineResult>, string, string]>([
  ['without the program', { exitCode: 127, stderr: '' }, 'target-tool-missing', 'mariadb-binlog'],
  ['without the right', { stderr: DENIED }, 'db-rights-missing', 'BINLOG REPLAY'],
  ['whose events run', { stdout: 'ON\n0\n' }, 'restore-choice', 'event scheduler'],
  ['that is strict', { stdout: 'OFF\n1\n' }, 'restore-choice', 'strict'],
  ['that went away', { stderr: 'ERROR 2013 (HY000): Lost connection' }, 'restore-failed', '2013'],
  ['that finds no fault', { exitCode: 0, stderr: '' }, 'restore-failed', 'cannot be asked'],
])('refuses a server %s', async (_, result, code, says) => {
  await expect(check(result)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says) as string,
  });
});
