// Files that only root may read, with the machine's own sudo: the session is that of `nobody`, in a mount namespace with a sudoers file, a list of
// directories and the reading script of its own.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeTree } from '../../helpers/file-tree.ts';
import { LocalStorage } from '../../helpers/local-storage.ts';
import { asRoot, runAsRoot } from '../../lab/command.ts';

const READER = readFileSync(path.resolve(import.meta.dirname, '../../../src/files/read.sh'), 'utf8');
const SUDO = { become: 'sudo' };
const ENTER = `
  mount -t tmpfs none /usr/local/sbin
  mount -t tmpfs none /usr/local/etc
  printf '%s' "$2" >/usr/local/sbin/lifeboat-read
  chmod 755 /usr/local/sbin/lifeboat-read
  printf '%s\\n' "$3" >/usr/local/etc/lifeboat-read
  printf '%s\\n' 'nobody ALL=(root) NOPASSWD: /usr/local/sbin/lifeboat-read' >/usr/local/etc/sudoers
  chmod 440 /usr/local/etc/sudoers
  mount --bind /usr/local/etc/sudoers /etc/sudoers
  chown -R nobody "$1"
  # Only root may write to what is above the data.
  place=$(dirname "$1")
  mkdir /usr/local/etc/place
  mount --rbind "$place" /usr/local/etc/place
  mount -t tmpfs -o mode=755 none "$(dirname "$place")"
  mkdir -p "$1" "$place/data"
  for each in home data; do mount --rbind "/usr/local/etc/place/$each" "$place/$each"; done
  home=$1
  eval "$4"
  shift 4
  exec setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home" PATH="$PATH" "$@"`;

let place: LocalStorage;

interface Installed {
  readonly roots?: string;
  readonly reader?: string;
  /** Done as root when all is in place. */
  readonly then?: string;
}

/** What starts a shell of nobody. */
function enter({ roots = place.data, reader = READER, then = '' }: Installed = {}): readonly [
  string,
  ...string[],
] {
  const namespace = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', ENTER, 'sh'] as const;
  return asRoot([...namespace, place.home, reader, roots, then, '/bin/sh']);
}

/** Standard output of a script of nobody; empty after an error. */
function asNobody(script: string, installed?: Installed): string {
  const [program, ...args] = enter(installed);
  try {
    return execFileSync(program, [...args, '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(
      'latin1',
    );
  } catch (error) {
    return String((error as { readonly stdout?: Buffer }).stdout ?? '');
  }
}

beforeEach(async () => {
  place = await LocalStorage.make();
  chmodSync(place.directory, 0o755);
  mkdirSync(path.join(place.data, 'private'), { mode: 0o700 });
  writeFileSync(path.join(place.data, 'private/secret'), 'of root\n', { mode: 0o600 });
  writeFileSync(path.join(place.data, 'public'), 'of everybody\n', { mode: 0o644 });
});

afterEach(async () => {
  await runAsRoot(['rm', '-rf', place.home]);
  await place.remove();
});

describe('with become: sudo', () => {
  it('stores what only root may read, and only what is new of it', async () => {
    const run = { shell: enter() };
    expect((await place.sync(run)).stored).toMatchObject({ failure: { code: 'storage-incomplete' } });
    const { stored } = await place.sync({ ...run, inputs: SUDO });
    expect(stored).toMatchObject({ failure: undefined, manifest: { complete: true } });
    writeFileSync(path.join(place.data, 'private/comes'), 'new\n', { mode: 0o600 });
    const next = await place.sync({ ...run, inputs: { ...SUDO, exclude: '*.tmp' } });
    expect(next.scan).toMatchObject({ isCompared: true, added: 1, changed: 1, deleted: 0 });
    const { directory, unproven } = await place.restore();
    expect([describeTree(directory + place.data), unproven]).toEqual([describeTree(place.data), []]);
  });

  it('reads what is mounted in a listed directory, when it is listed and asked for itself', async () => {
    const disk = path.join(place.data, 'a disk');
    mkdirSync(disk);
    const mounted = `mount -t tmpfs none '${disk}'; echo precious >'${disk}/file'; ln -s /etc '${disk}/link'`;
    const { stored } = await place.sync({
      shell: enter({ roots: `${disk}\n${place.data}`, then: mounted }),
      inputs: { ...SUDO, paths: `${place.data}\n${disk}` },
    });
    expect(stored).toMatchObject({ failure: undefined });
    const { directory } = await place.restore({ paths: [disk] });
    expect(readFileSync(`${directory}${disk}/file`, 'utf8')).toBe('precious\n');
    const alone = await place.sync({ shell: enter({ then: mounted }), inputs: SUDO });
    expect(alone.scan.mounts).toEqual({ count: 1, names: [disk] });
    const read = `printf '%s\\0' '${disk}/link/passwd' | sudo -n /usr/local/sbin/lifeboat-read pack 1`;
    expect(asNobody(read, { then: mounted })).not.toContain('root:');
  });

  it('stores a single file below a listed directory', async () => {
    const paths = path.join(place.data, 'private/secret');
    const { stored } = await place.sync({ shell: enter(), inputs: { ...SUDO, paths } });
    expect(stored?.manifest).toMatchObject({
      complete: true,
      paths: [paths],
      holds: { files: 1, directories: 0 },
    });
    const { directory } = await place.restore();
    expect(readFileSync(directory + paths, 'utf8')).toBe('of root\n');
  });

  it('says what is wrong with the installation, and stores nothing', async () => {
    const sync = (installed: Installed) => place.sync({ shell: enter(installed), inputs: SUDO });
    await expect(sync({ roots: '/srv' })).rejects.toMatchObject({
      code: 'storage-path',
      message: expect.stringContaining('/usr/local/etc/lifeboat-read does not list it') as string,
    });
    const refusals: readonly [Installed, string][] = [
      [{ reader: READER.replace('VERSION=2', 'VERSION=1') }, 'lifeboat-read 1'],
      [{ then: 'rm /usr/local/sbin/lifeboat-read' }, 'sudo'],
      [{ then: 'chmod 666 /usr/local/etc/lifeboat-read' }, 'others than root may write to it'],
      [{ then: 'chown nobody /usr/local/etc/lifeboat-read' }, 'others than root may write to it'],
      [{ roots: '/proc/self/cwd' }, 'is reached through a link'],
      [
        { then: `chmod 777 '${path.dirname(place.data)}'` },
        `others than root may write to ${place.directory}`,
      ],
      [{ then: `chown nobody '${place.directory}'` }, `others than root may write to ${place.directory}`],
    ];
    for (const [installed, said] of refusals) {
      await expect(sync(installed)).rejects.toMatchObject({
        code: 'target-tool-missing',
        message: expect.stringContaining(said) as string,
      });
    }
  });
});

describe('the script that root runs', () => {
  const READ = 'sudo -n /usr/local/sbin/lifeboat-read';
  /** Names as a shell word of printf. */
  const pack = (...names: string[]) =>
    asNobody(`printf '%s\\0' ${names.map((name) => `'${name}'`).join(' ')} | ${READ} pack 1`);

  it('reads below the listed directories', () => {
    expect(pack(`${place.data}/private/secret`)).toContain('of root');
    expect(asNobody(`${READ} list '${place.data}' 1 "$HOME/.lifeboat"`)).toBe('');
    expect(asNobody(`mkdir "$HOME/.lifeboat"; ${READ} list '${place.data}' 1 "$HOME/.lifeboat"`)).toContain(
      'secret//f 8',
    );
  });

  it('reads nothing else, whatever the names are', () => {
    symlinkSync('/etc', path.join(place.data, 'link'));
    const shadow = 'root:';
    expect(pack('/etc/passwd')).not.toContain(shadow);
    expect(pack(`${place.data}/../../../etc/passwd`)).not.toContain(shadow);
    // It is the kernel that follows no link here: the name itself is below.
    expect(pack(`${place.data}/link/passwd`)).not.toContain(shadow);
    expect(asNobody(`printf '%s\\0' '${place.data}/link/passwd' | ${READ} hash 300`)).toBe('');
    expect(pack(`${place.data}-beside`, `${place.data}/private/secret`)).not.toContain('of root');
    expect(asNobody(`mkdir "$HOME/.lifeboat"; ${READ} list /etc 1 "$HOME/.lifeboat"`)).toBe('');
    expect(asNobody(`${READ} list '${place.data}/link' 1 "$HOME/.lifeboat"`)).toBe('');
    expect(asNobody(`${READ} resolve '${place.data}/link'`)).toBe('');
  });

  it('runs nothing that it is handed', () => {
    const list = `mkdir "$HOME/.lifeboat"; ${READ} list '${place.data}' 1 "$HOME/.lifeboat"`;
    expect(asNobody(`${list} 0 -exec id`)).toBe('');
    expect(asNobody(`${list} '0 %p' name x`)).toBe('');
    expect(asNobody(`${READ} run 0 id; ${READ} refuse x; sudo -n id`)).toBe('');
    const taken = `TAR_OPTIONS='--checkpoint=1 --checkpoint-action=exec=id' printf '%s\\0' '${place.data}/private/secret'`;
    expect(asNobody(`export TAR_OPTIONS; ${taken} | ${READ} pack 1 | tr -d '\\0'`)).not.toContain('uid=');
  });
});
