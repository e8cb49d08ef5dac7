// Storage when something on the target fails half-way: no snapshot says that it holds what it does not. The programs are this machine's own; where only a
// broken one shows a fault, one stands before it that breaks once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalStorage } from '../../helpers/local-storage.ts';

let place: LocalStorage;

beforeEach(async () => {
  place = await LocalStorage.make();
});

afterEach(() => {
  // Also what is too deep for a path.
  execFileSync('rm', ['-rf', place.directory]);
});

const MUCH = { 'max-deleted': '90%' };

function shell(script: string): void {
  execFileSync('sh', ['-euc', script], { cwd: place.data, env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
}

/** A program that does something first. `real` runs the machine's own. */
function before(program: string, script: string): string {
  const wrappers = mkdtempSync(path.join(place.directory, 'bin-'));
  const text = `#!/bin/sh\ndata='${place.data}' once='${wrappers}/once'\nreal() { PATH="\${PATH#*:}" "$@"; }\n${script}\nreal ${program} "$@"\n`;
  writeFileSync(path.join(wrappers, program), text, { mode: 0o755 });
  return wrappers;
}

/** What is left on the target of a run that is over. */
function leftovers(): string[] {
  const folder = path.join(place.home, '.lifeboat');
  return readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'work')));
}

describe('an index that is made complete', () => {
  const NO_SPACE = 'echo "sort: write failed: No space left on device" >&2; exit 2';
  // Only what puts the lines of several indexes in order numbers them.
  const newest = 'case "$*" in "-S 128M"*) cat >"$once"; if grep -q //1000000001 "$once"; then';
  const others = 'fi; real sort "$@" <"$once"; exit ;; esac';
  const faults: readonly [string, string, string][] = [
    ['cannot be sorted', `${newest} ${NO_SPACE}; ${others}`, 'target-stage-failed'],
    [
      'is written in part',
      `case "$*" in -z*) n=$(cat "$once" 2>/dev/null || echo 0); echo $((n + 1)) >"$once"; [ "$n" != 1 ] || { head -c 100; ${NO_SPACE}; } ;; esac`,
      'target-stage-failed',
    ],
    [
      'loses a line without a word',
      `${newest} real sort "$@" <"$once" | sed '$d'; exit 0; ${others}`,
      'storage-inconsistent',
    ],
  ];
  it.each(faults)('is none when it %s', async (_what, script, code) => {
    shell('echo 1 >f1; echo 2 >f2');
    await place.sync();
    shell('echo 3 >f3');
    await place.sync();
    shell('echo 4 >f4');
    const wrappers = before('sort', script);
    await expect(place.sync({ maxChain: 2, wrappers })).rejects.toMatchObject({ code });
    expect(leftovers()).toEqual([]);
    const { stored } = await place.sync({ maxChain: 2 });
    expect(stored?.manifest).toMatchObject({ index: { length: 1 }, holds: { files: 4 } });
    await place.expectWhole();
  });

  // Nothing real is known that does this: a record of one run's index is lost without a word, and nobody sees it until the index is to be complete.
  it('is none when what earlier runs left does not fit, and the run after that stores everything anew', async () => {
    shell('echo 1 >f1; echo 2 >f2');
    await place.sync();
    shell('echo 3 >f3');
    const script = `case "$*" in -z*) real sort "$@" | sed -z '/f3.* [0-9a-f]\\{64\\} /d'; exit 0 ;; esac`;
    await place.sync({ wrappers: before('sort', script) });
    shell('echo 4 >f4');
    await expect(place.sync({ maxChain: 2 })).rejects.toMatchObject({ code: 'storage-inconsistent' });
    const { stored, warnings } = await place.sync({ maxChain: 2 });
    expect(warnings.join()).toContain('Everything was stored anew');
    expect(stored?.manifest).toMatchObject({ index: { length: 1 }, holds: { files: 4 } });
    await place.expectWhole();
    expect((await place.sync({ maxChain: 2 })).warnings).toEqual([]);
  });

  it('is that of a full snapshot when the target lost what it is made of', async () => {
    shell('echo 1 >f1');
    await place.sync();
    shell('echo 2 >f2');
    await place.sync();
    shell('rm "$1"/.lifeboat/*/index.*'.replace('"$1"', place.home));
    const { warnings, stored } = await place.sync({ maxChain: 2 });
    expect(warnings.join()).toContain('Everything was stored anew');
    expect(stored?.manifest.index.length).toBe(1);
  });
});

describe('names of one file', () => {
  it('stay together when one of them moves with its directory, and when one is left out', async () => {
    shell('mkdir a1; echo content >a1/x; ln a1/x zlink; echo other >other');
    await place.sync();
    shell('mv a1 a2');
    const { scan } = await place.sync({ inputs: MUCH });
    expect(scan).toMatchObject({ added: 2, changed: 1, renewed: 1, deleted: 2 });
    await place.expectWhole();
    await place.sync({ inputs: { exclude: 'a2/' } });
    const { directory } = await place.restore();
    expect(readFileSync(path.join(directory + place.data, 'zlink'), 'utf8')).toBe('content\n');
  });
});

describe('what cannot be looked at', () => {
  it('is not taken for deleted: a disk that goes away after it was listed', async () => {
    shell('mkdir disk; for n in 1 2 3 4 5 6; do echo $n >disk/f$n; done; echo 1 >stays');
    const wrappers = before(
      'sha256sum',
      '[ "$1" != -z ] || [ ! -e "$data/disk/f1" ] || { mv "$data/disk" "$data/../away"; mkdir "$data/disk"; }',
    );
    await expect(place.sync({ wrappers })).rejects.toMatchObject({ code: 'storage-shrunk' });
    expect(leftovers()).toEqual([]);
    rmSync(path.join(place.data, 'disk'), { recursive: true });
    shell('mv ../away disk');
    const replaced = before(
      'sha256sum',
      '[ "$1" != -z ] || { mv "$data" "$data.old"; cp -a "$data.old" "$data"; }',
    );
    await expect(place.sync({ inputs: { 'max-deleted': '100%' }, wrappers: replaced })).rejects.toThrow();
  });

  it('is named, and makes the run red: a disk with errors', async () => {
    shell('echo 1 >bad; echo 2 >good');
    const wrappers = before(
      'find',
      'case "$*" in *"$data/bad "*-maxdepth*) echo "find: \'$data/bad\': Input/output error" >&2; for each in "$@"; do shift; [ "$each" = "$data/bad" ] || set -- "$@" "$each"; done ;; esac',
    );
    const { stored } = await place.sync({ wrappers });
    expect(stored?.manifest).toMatchObject({ complete: false, changes: { vanished: 0 } });
    expect(stored?.failure).toMatchObject({ code: 'storage-incomplete' });
    expect(stored?.unreadable).toContain(path.join(place.data, 'bad'));
  });

  it('is named, and makes the run red: a path that is too long to be opened', async () => {
    shell(
      `echo 1 >short; perl -e 'for (1..18) { mkdir "0" x 250; chdir "0" x 250 } open F, ">deep"; print F "deep"'`,
    );
    const { stored } = await place.sync();
    expect(stored?.manifest).toMatchObject({ complete: false, changes: { unreadable: 1, vanished: 0 } });
    expect(stored?.failure).toMatchObject({ code: 'storage-incomplete' });
  });

  it('is listed once, however often find says it, and packed again when it was said in two ways', async () => {
    shell('echo 1 >x; echo 2 >y');
    const wrappers = before(
      'find',
      `case "$*" in *-xdev*) real find "$@"; for name in x y; do real find "$data/$name" -printf '%p//%y %s %T@ %C@ %i %n %m %U %G\\0'; done
        real find "$data/y" -printf '%p//%y 7 %T@ %C@ %i %n %m %U %G\\0'; exit 0 ;; esac`,
    );
    const { scan } = await place.sync({ wrappers });
    expect(scan).toMatchObject({ scanned: 3, added: 3 });
    await place.expectWhole();
    const next = await place.sync();
    expect(next.scan).toMatchObject({ added: 0, deleted: 0, renewed: 1 });
    await place.expectWhole();
    // Where the list of the last run has one of them.
    const again = await place.sync({ wrappers });
    expect(again.scan).toMatchObject({ known: 3, scanned: 3, added: 0, changed: 1, deleted: 0, planned: 1 });
    expect((await place.sync()).scan).toMatchObject({ known: 3, scanned: 3, renewed: 1, planned: 1 });
    expect((await place.sync()).scan).toMatchObject({ known: 3, scanned: 3, planned: 0 });
    await place.expectWhole();
  });

  // Each of them is seen by something else; without a sign of it nobody looks for a second one.
  it.each([
    ['while its directory changes', 'real find "$@"; touch "$data/dir"; again', false],
    ['when its directory changed just before', 'touch "$data/dir"; real find "$@"; again', false],
    ['in other ways', 'real find "$@"; again; again 7; again 8', false],
    ['with its directory', 'real find "$@"; real find "$@"', false],
    ['as it did in the last run', 'real find "$@"; again', true],
  ])('is listed once when find says it again %s', async (_when, list, isEachRun) => {
    shell('mkdir dir; echo 1 >dir/x');
    const again = `again() { real find "$data/dir/x" -printf "%p//%y \${1:-%s} %T@ %C@ %i %n %m %U %G\\0"; }`;
    const wrappers = before('find', `${again}\ncase "$*" in *-xdev*) ${list}; exit 0 ;; esac`);
    await place.sync(isEachRun ? { wrappers } : {});
    // Longer ago than what may be a change of this moment.
    await sleep(200);
    const { scan } = await place.sync({ wrappers });
    expect(scan).toMatchObject({ known: 3, scanned: 3, added: 0, deleted: 0 });
    expect((await place.sync()).scan).toMatchObject({ known: 3, scanned: 3, added: 0, deleted: 0 });
    await place.expectWhole();
  });

  // No file system here has but seconds: a find that tells no more stands for it.
  it('is listed once when find says it again, where times have but seconds', async () => {
    const coarse = String.raw`coarse() { sed -z 's/[.][0-9]\{10\} /.0000000000 /g'; }
      again() { real find "$data/dir/x" -printf "%p//%y %s %T@ %C@ %i %n %m %U %G\\0"; }`;
    const finding = (first: string, then: string) =>
      before(
        'find',
        `${coarse}\n{ case "$*" in *-xdev*) ${first} real find "$@" 2>"$once"; ${then} coarse <"$once" >&2 ;; *) real find "$@" ;; esac; } | coarse\nexit 0`,
      );
    shell('mkdir dir; echo 1 >dir/x');
    // Seconds later nothing is in doubt any more.
    await sleep(2_100);
    await place.sync({ wrappers: finding('', '') });
    const wrappers = finding('touch "$data/dir";', 'again;');
    expect((await place.sync({ wrappers })).scan).toMatchObject({
      known: 3,
      scanned: 3,
      added: 0,
      deleted: 0,
    });
    await place.sync();
    await place.expectWhole();
  });

  it('is the same in another order, and never lost between two lists', async () => {
    shell('mkdir b d; for n in 1 2 3 4 5 6; do echo $n >b/f$n; echo $n >d/f$n; done');
    await place.sync();
    shell('echo 7 >b/f7; rm d/f4; echo more >>d/f1');
    const reversed = before('find', 'case "$*" in *-xdev*) real find "$@" | sort -rz; exit ;; esac');
    const losing = before('comm', 'case "$1" in -3) real comm "$@" | sed 1d; exit ;; esac');
    const { scan } = await place.sync({ wrappers: reversed });
    expect(scan).toMatchObject({ known: 15, scanned: 15, added: 1, deleted: 1, planned: 4 });
    expect((await place.sync()).scan).toMatchObject({ planned: 0 });
    shell('echo 8 >b/f8; rm d/f5');
    await expect(place.sync({ wrappers: losing })).rejects.toMatchObject({ code: 'storage-inconsistent' });
    // Nothing that was left is believed after that.
    expect((await place.sync()).scan).toMatchObject({ known: 0, planned: 15 });
    await place.expectWhole();
  });

  it('holds nobody up: a FIFO in the place of a file', async () => {
    shell('for n in 1 2 3 4 5 6; do echo $n >f$n; done');
    const swap = 'rm -f "$data/f1"; mkfifo "$data/f1"';
    const wrappers = before(
      'timeout',
      `[ "$1" != --foreground ] || { ${swap}; shift 4; set -- --foreground -k 1 1 "$@"; }`,
    );
    const { stored } = await place.sync({ wrappers });
    expect(stored?.manifest).toMatchObject({ complete: true, holds: { files: 5 }, changes: { vanished: 1 } });
  });
});

describe('a path', () => {
  it('is in its own list, or the run stops', async () => {
    shell('mkdir -p conf.d big/keep; echo 1 >conf.d/x; echo 2 >big/keep/y; echo 3 >big/left');
    const inputs = (changes: Record<string, string>) => ({
      inputs: { ...changes, 'allow-incomplete': 'true' },
    });
    const both = `${place.data}/conf.d\n${place.data}/big`;
    await expect(place.sync(inputs({ paths: both, exclude: '*.d/' }))).rejects.toMatchObject({
      code: 'storage-path',
      message: expect.stringContaining('conf.d') as string,
    });
    await expect(place.sync(inputs({ exclude: 'cache/[z-a]*' }))).rejects.toMatchObject({
      code: 'storage-path',
    });
    await expect(place.sync(inputs({ exclude: '*[a-z]' }))).rejects.toMatchObject({ code: 'storage-path' });
    const nested = `${place.data}\n${place.data}/big/keep`;
    const { stored } = await place.sync(inputs({ paths: nested, exclude: 'big/' }));
    expect(stored?.manifest).toMatchObject({ holds: { files: 2, directories: 3 } });
    const all = await place.sync(inputs({ paths: nested }));
    expect(all.stored?.manifest).toMatchObject({ holds: { files: 3, directories: 4 } });
  });

  // Where it is really, whatever link it was given by.
  it.each([false, true])(
    'is not left out, and not all below it: with an earlier snapshot %s',
    async (hasEarlier) => {
      shell('mkdir conf.d; echo 1 >conf.d/one; ln -s data ../link');
      const paths = `${place.directory}/link/conf.d`;
      if (hasEarlier) await place.sync({ inputs: { paths } });
      for (const [exclude, code] of [
        ['conf.?', 'storage-path'],
        [`${place.data}/**`, 'storage-path'],
        [`${place.data}/conf.d/**`, 'storage-shrunk'],
      ] as const)
        await expect(place.sync({ inputs: { paths, exclude } })).rejects.toMatchObject({ code });
    },
  );

  it('has files below it, also when nothing is known of earlier runs', async () => {
    await expect(place.sync()).rejects.toMatchObject({ code: 'storage-shrunk' });
    expect((await place.sync({ inputs: { 'max-deleted': '100%' } })).stored?.manifest.holds.files).toBe(0);
    shell('mkdir one two; echo 1 >one/x; for n in 1 2 3 4 5 6 7 8 9; do echo $n >two/f$n; done');
    const paths = `${place.data}/one\n${place.data}/two`;
    await place.sync({ inputs: { paths } });
    rmSync(path.join(place.data, 'one/x'));
    await expect(place.sync({ inputs: { paths } })).rejects.toMatchObject({
      code: 'storage-shrunk',
      message: `there is nothing below ${place.data}/one`,
    });
  });

  // In Linux /dev has file systems mounted in it wherever this runs.
  it('is named where something is mounted below it, and one below it is listed wherever it lies', async () => {
    const shared = mkdtempSync('/dev/shm/lifeboat-test-');
    try {
      writeFileSync(path.join(shared, 'file'), '1');
      const { scan, warnings } = await place.sync({
        inputs: { paths: `/dev\n${shared}`, 'dry-run': 'true' },
      });
      expect(scan.growth.files).toBeGreaterThan(0);
      expect(scan.mounts.names).toContain('/dev/pts');
      expect(warnings.join()).toContain('/dev/pts');
    } finally {
      rmSync(shared, { recursive: true });
    }
  });
});

describe('tar', () => {
  const whileItReads = (script: string) => before('tar', `case " $* " in *" --create "*) ${script} ;; esac`);

  it('does not stop at what vanishes all the time', async () => {
    shell(
      'mkdir s; for n in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do echo $n >s/f$n; done',
    );
    const { stored } = await place.sync({ wrappers: whileItReads('rm "$(ls -d "$data"/s/* | head -n 1)"') });
    expect(stored?.manifest).toMatchObject({
      complete: true,
      changes: { vanished: 1 },
      holds: { files: 19 },
    });
    expect((await place.restore()).files).toBe(19);
  });

  it('says what it lacks: attributes, and content', async () => {
    shell('for n in 1 2 3 4 5 6; do echo $n >"f $n: x"; done');
    const complains = (what: string, status: number) =>
      whileItReads(`real tar "$@"; echo "tar: $data/f 1\\\\: x: ${what}" >&2; exit ${status}`);
    const first = await place.sync({
      wrappers: complains('Warning: Cannot llistxattrat: Operation not permitted', 0),
    });
    expect(first.stored).toMatchObject({ manifest: { complete: false, holds: { files: 6 } } });
    expect(first.stored?.failure).toMatchObject({ code: 'storage-incomplete' });
    const second = await place.sync({
      inputs: { 'allow-incomplete': 'true' },
      wrappers: complains('Read error at byte 0, while reading 2 bytes: Input/output error', 2),
    });
    expect(second.scan.renewed).toBe(1);
    expect(second.stored).toMatchObject({ manifest: { complete: false, holds: { files: 5 } } });
    const third = await place.sync();
    expect(third.stored?.manifest).toMatchObject({ complete: true, holds: { files: 6 } });
    await place.expectWhole();
  });
});

describe('a directory that is something else when it is packed', () => {
  const BECOMES = [
    ['a link', 'ln -s ../app.old app'],
    ['a file', 'echo file >app'],
  ] as const;
  const isNth = (nth: number) =>
    `n=$(cat ../calls 2>/dev/null || echo 0); echo $((n + 1)) >../calls; [ "$n" != ${nth} ] ||`;

  it.each(BECOMES)('has vanished, and takes nothing with it that was there: %s', async (_what, replace) => {
    shell('mkdir -m 700 app; echo a >app/a; for n in 1 2 3 4 5 6; do echo $n >f$n; done');
    await place.sync();
    shell('echo b >app/b');
    const wrappers = place.beforeTar(`${isNth(0)} { mv app ../app.old; ${replace}; }`);
    const { stored } = await place.sync({ inputs: MUCH, wrappers });
    expect(stored?.manifest).toMatchObject({ complete: true, changes: { vanished: 2 } });
    const { directory } = await place.restore();
    expect(readFileSync(`${directory}${place.data}/app/a`, 'utf8')).toBe('a\n');
    // Nothing says any more what rights it had: nobody gets more than it gave.
    expect(statSync(`${directory}${place.data}/app`).mode & 0o777).toBe(0o700);
    await place.sync({ inputs: MUCH });
    await place.expectWhole();
  });

  it('has vanished also when it is so before the second try', async () => {
    shell('mkdir app; echo a >app/a; for n in 1 2 3 4 5 6; do echo $n >f$n; done');
    await place.sync();
    shell('chmod 700 app; echo 7 >f7');
    // What is listed first behind tar has other rights, and what is listed next is no directory.
    const wrappers = place.beforeTar('[ -e ../once ] || { : >../once; chmod 750 app; }');
    const script = `#!/bin/sh\nPATH="\${PATH#*:}"\ncd '${place.data}'\ncase "$*" in *//%y*) [ ! -e ../once ] || ${isNth(1)} { mv app ../app.old; ln -s ../app.old app; } ;; esac\ncd "$OLDPWD"\nexec find "$@"\n`;
    writeFileSync(path.join(wrappers, 'find'), script, { mode: 0o755 });
    const { stored } = await place.sync({ inputs: MUCH, wrappers });
    expect(stored?.manifest).toMatchObject({ complete: true, changes: { vanished: 1 } });
    expect((await place.restore()).files).toBe(8);
    await place.sync({ inputs: MUCH });
    await place.expectWhole();
  });

  it('has vanished although parts of it are in an earlier pack of the same run', async () => {
    shell('mkdir app; head -c 1500000 /dev/urandom >app/.big; echo a >app/a; echo z >z');
    const wrappers = place.beforeTar(`${isNth(2)} { mv app ../app.old; echo file >app; }`);
    await place.sync({ inputs: { ...MUCH, 'pack-size': '1MB' }, wrappers });
    await place.restore();
    await place.sync({ inputs: MUCH });
    await place.expectWhole();
  });
});

it('packs again what changed so lately that a further change would not be seen', async () => {
  shell('echo 1 >new; echo 2 >old; sleep 1');
  await place.sync({ settledSeconds: 60 });
  expect((await place.sync()).scan).toMatchObject({ added: 0, changed: 0, renewed: 2 });
  expect((await place.sync()).scan).toMatchObject({ renewed: 0 });
  await place.expectWhole();
});

it('stops when it could not look for databases in the list', async () => {
  shell('echo 1 >ibdata1');
  const wrappers = before('grep', 'case "$*" in -azE*) cat >/dev/null; exit 2 ;; esac');
  await expect(place.sync({ wrappers })).rejects.toMatchObject({ code: 'target-stage-failed' });
  await expect(place.sync()).rejects.toMatchObject({ code: 'storage-database' });
});

it('refuses programs that are not GNU’s', async () => {
  const wrappers = before(
    'sort',
    '[ "$1" != --version ] || { echo "sort (uutils coreutils) 0.2.2"; exit 0; }',
  );
  await expect(place.sync({ wrappers })).rejects.toMatchObject({
    code: 'target-tool-missing',
    message: 'the target lacks GNU sort',
  });
});
