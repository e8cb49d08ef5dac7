// The user that logs in: an ordinary one, from whom whoever steals the key of the backup job gets nothing else.
import { formatBytes } from '../../domain/text/units.ts';
import type { TargetSession } from '../../ports/remote.ts';
import { readFreeBytes } from './check-disk.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

/** The names of objects, and what the filter notes of them, lie there during a dump. */
const MIN_PRIVATE_BYTES = 16 * 1024 ** 2;

/** Of Debian, Red Hat, Docker, LXD, Incus: whose members are root if they want to, some of them with their password. */
const POWERFUL_GROUPS = ['sudo', 'wheel', 'admin', 'docker', 'lxd', 'incus-admin', 'disk'];

/** All commands as root, as `sudo -l` of 1.9 lists it: `(ALL : ALL) NOPASSWD: ALL`. */
const EVERYTHING =
  /^\s+\((?:[^)]*[\s:,])?(?:ALL|root)\b[^)]*\) (?:[A-Z_]+: )*NOPASSWD: (?:[A-Z_]+: )*(?:[^,]*, )*ALL(?:,|$)/;

type Login = Pick<DoctorInputs, 'sshUser' | 'dbContainer'>;

export async function checkUser(session: TargetSession, login: Login, diagnosis: Diagnosis): Promise<void> {
  const { stdout } = await session.run({
    label: 'look at the user',
    script: `echo "id $(id -u)"; echo "groups $(id -Gn)"; echo "room $(df -Pk "$D" 2>/dev/null | tail -n 1)"
[ "$(id -u)" = 0 ] || LC_ALL=C sudo -n -l 2>/dev/null </dev/null || :`,
    stages: [],
  });
  judgeUser(stdout.toString().split('\n'), login, diagnosis);
}

export function judgeUser(
  lines: readonly string[],
  { sshUser, dbContainer }: Login,
  diagnosis: Diagnosis,
): void {
  const said = (word: string) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
  const separate =
    'Make a user of its own that owns nothing (docs/server-setup.md, The user that logs in), and give it as `ssh-user`.';
  if (said('id') === '0') {
    diagnosis.warn(
      'Server',
      `${sshUser} is root: whoever steals the key of the backup job owns the server`,
      separate,
    );
  } else {
    const groups = new Set(said('groups')?.split(' '));
    // The database's container cannot be entered without it.
    if (dbContainer !== undefined) groups.delete('docker');
    for (const group of POWERFUL_GROUPS.filter((one) => groups.has(one)))
      diagnosis.warn(
        'Server',
        `${sshUser} is in the group ${group}, and can become root with it`,
        `gpasswd --delete ${sshUser} ${group}`,
      );
    if (lines.some((line) => EVERYTHING.test(line)))
      diagnosis.warn(
        'Server',
        `${sshUser} may run everything as root, without a password (sudo -l)`,
        separate,
      );
  }
  const freeBytes = readFreeBytes(said('room') ?? '');
  if (freeBytes !== undefined && freeBytes < MIN_PRIVATE_BYTES)
    diagnosis.warn(
      'Server',
      `only ${formatBytes(freeBytes)} are free where a run keeps its private files (/dev/shm, or /tmp)`,
      'Make room there: a dump of many tables fails when it is full.',
    );
}
