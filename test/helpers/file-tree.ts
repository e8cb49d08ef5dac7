// Makes directories with everything that a file system allows, and says of any directory exactly what is in it.
import { execFileSync } from 'node:child_process';

/** Names and kinds that tools stumble over. Run with dash in an empty directory; what needs rights or programs is left out without them. */
const NASTY = String.raw`
umask 022
name() { printf "$1"; }
echo one >plain
echo quote >"$(name 'with " and '\'' and $(x) and %%s')"
echo break >"$(printf 'line\nbreak\n.')"
echo back >"$(printf 'back\\slash \\n \\b')"
echo bytes >"$(printf 'bad\377\376utf8')"
echo lead >"$(printf '\tlead')"
echo dash >./-rf
echo long >"$(printf '%0255d' 0)"
echo umlaut >'größe ⚓'
mkdir -p 'dir with blank/-deep/empty' "$(printf 'd\nir')" tilde~ 'a-b' 'a.b' a
echo x >"$(printf 'd\nir')/file"
echo y >a/b; echo y >a-b/c; echo y >a.b/c
: >empty-file
ln -s nowhere dangling
ln -s . loop
ln -s /etc/passwd outside
ln -s "$(printf 'to\nnew//line')" 'link to odd'
echo linked >links-1; ln links-1 links-2; mkdir zz; ln links-1 zz/links-3
truncate -s 20M sparse; printf tail >>sparse; truncate -s 30M sparse
echo s >setuid; chmod 4755 setuid; mkdir sticky; chmod 1777 sticky; echo r >readonly; chmod 400 readonly
mkdir -p closed; echo c >closed/file; chmod 500 closed
touch -d '1999-12-31 23:59:59.123456789' old; touch -d '2099-01-01' future
mkfifo fifo
echo n >noted; setfattr -n user.note -v hello noted; setfattr -n user.bytes -v 0x00ff0a3d noted; setfattr -n user.empty noted
setfattr -n user.dir -v 'of a directory' zz
echo l >listed; setfacl -m u:4242:rw,g:4343:r,m::r listed; mkdir shared; setfacl -m d:u:4242:rwx,u:4242:rx shared
mkdir setgid; chmod 2775 setgid; echo x >no-rights; chmod 0 no-rights
if [ "$(id -u)" = 0 ]; then
  setfattr -n trusted.note -v 'for root' noted
  echo o >owned; chown 4242:4343 owned; chmod 6755 owned; mkdir theirs; chown 4242:4343 theirs; ln -s owned theirs/link; chown -h 4242:4343 theirs/link
fi
`;

export function makeNastyTree(directory: string): void {
  execFileSync('sh', ['-euc', NASTY], { cwd: directory, env: { LC_ALL: 'C', PATH: process.env['PATH'] } });
}

/**
 * A line for each entry: name, type, mode, owner, size, time, link target, links; then hashes of all files, extended attributes, access
 * control lists, and what large files take on the disk.
 */
export function describeTree(directory: string): string {
  const script = `find . -mindepth 1 ! -type p -printf '%p|%y|%m|%U|%G|%T@|%n|%l|' \\( -type f -printf '%s' -o -true \\) -printf '\\0' | sort -z
    find . -type f -print0 | sort -z | xargs -0 sha256sum -z
    find . -mindepth 1 ! -type p -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex --
    find . -mindepth 1 ! -type p ! -type l -print0 | sort -z | xargs -0 getfacl -n -p --
    find . -type f -size +1M -printf '%p %b\n' | sort`;
  return execFileSync('sh', ['-euc', script], {
    cwd: directory,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  })
    .toString('latin1')
    .replaceAll('\0', '\n');
}
