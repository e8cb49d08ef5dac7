// Disks that are unmounted, or full, while a run is at work: real ones, in a mount namespace of their own, which sessions enter.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SyncStorageOutcome } from '../../../src/actions/sync-storage/outcome.ts';
import { describeTree } from '../../helpers/file-tree.ts';
import { LocalStorage } from '../../helpers/local-storage.ts';
import { asRoot, runAsRoot } from '../../lab/command.ts';

let place: LocalStorage;
let holder: ChildProcess;
let pid: string;

/** What is on the disk, to be compared with, since nobody outside sees it. */
const twin = () => path.join(place.directory, 'twin');
const disk = () => path.join(place.data, 'disk');
const SPARE = 'spare';
/** Of the disk with what runs keep. */
const SMALL = 4 * 2 ** 20;

/** A disk with few files beside many others, so that its loss is no sign of itself. */
beforeEach(async () => {
  place = await LocalStorage.make();
  const spare = path.join(place.directory, SPARE);
  const kept = path.join(place.home, '.lifeboat');
  for (const each of [twin(), disk(), spare, kept]) mkdirSync(each);
  for (let n = 0; n < 30; n += 1) writeFileSync(path.join(place.data, `file-${n}`), String(n));
  for (const name of ['precious', 'more']) writeFileSync(path.join(twin(), name), name.repeat(100_000));
  // Mounted twice: what is unmounted in one place lives on in the other, as a disk does.
  const script = `mount -t tmpfs none "$2" && cp -a "$1/." "$2" && mount --bind "$2" "$3" &&
    mount -t tmpfs -o size=${SMALL},mode=700 none "$4" && echo $$ && exec cat`;
  const names = [twin(), spare, disk(), kept];
  const [program, ...args] = asRoot([
    ...(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'] as const),
    ...names,
  ]);
  holder = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(holder.stdout ?? holder, 'data')) as [Buffer];
  pid = said.toString().trim();
});

afterEach(async () => {
  const ended = once(holder, 'close');
  holder.stdin?.end();
  await ended;
  await runAsRoot(['rm', '-rf', place.directory]);
});

/** What starts a program in the namespace. */
function inside(...command: string[]): readonly [string, ...string[]] {
  return asRoot(['nsenter', '--target', pid, '--mount', '--', ...command]);
}

function run(...command: string[]): void {
  const [program, ...args] = inside(...command);
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A run in whose middle something happens, once: when a program is started with these words. */
function sync(
  inputs: Readonly<Record<string, string>>,
  during?: { readonly program: string; readonly words: string; readonly script: string },
): Promise<SyncStorageOutcome> {
  const search = [process.env['PATH'] ?? ''];
  if (during !== undefined) {
    const { program, words, script } = during;
    const wrappers = path.join(place.directory, 'bin');
    mkdirSync(wrappers, { recursive: true });
    const text = `#!/bin/sh\ncase " $* " in *"${words}"*) [ -e '${wrappers}/once' ] || { : >'${wrappers}/once'; ${script}; } >&2 ;; esac\nPATH="\${PATH#*:}" exec ${program} "$@"\n`;
    writeFileSync(path.join(wrappers, program), text, { mode: 0o755 });
    search.unshift(wrappers);
  }
  return place.sync({
    inputs,
    shell: inside('env', `HOME=${place.home}`, `PATH=${search.join(':')}`, '/bin/sh'),
  });
}

async function expectWhole(id?: string): Promise<void> {
  const { directory } = await place.restore(id === undefined ? {} : { id });
  expect(describeTree(directory + disk())).toBe(describeTree(twin()));
}

const both = () => ({ paths: `${place.data}\n${disk()}` });
const through = () => ({ 'one-file-system': 'false' });

describe('a disk that is unmounted', () => {
  it.each([
    ['a path of its own, before its files are packed', both, 'tar', ' --create '],
    ['below a path, before its files are read', through, 'sha256sum', ' -z '],
  ] as const)('%s, makes the run red, and the next one is right', async (_what, inputs, program, words) => {
    const first = await sync(inputs());
    // Only a path of its own is counted by itself.
    writeFileSync(path.join(place.data, 'file-1'), 'changed');
    writeFileSync(path.join(twin(), 'precious'), 'changed');
    writeFileSync(path.join(twin(), 'comes'), 'new');
    run('cp', '-a', `${twin()}/.`, disk());
    const script = `umount --lazy '${disk()}'`;
    await expect(sync(inputs(), { program, words, script })).rejects.toMatchObject({
      code: 'storage-shrunk',
    });
    const old = await place.restore({ id: first.stored?.manifest.id ?? '' });
    expect(old.files).toBe(32);
    run('mount', '--bind', path.join(place.directory, SPARE), disk());
    const { stored, warnings } = await sync(inputs());
    expect({ warnings, manifest: stored?.manifest }).toMatchObject({
      warnings: [],
      manifest: { complete: true, holds: { files: 33 } },
    });
    await expectWhole();
  });
});

describe('a disk with too little room for what runs keep', () => {
  const filler = () => path.join(place.home, '.lifeboat/filler');
  const fill = () => `cat /dev/zero >'${filler()}' 2>/dev/null || :`;

  it('is told before anything is packed', async () => {
    for (let n = 0; n < 1_500; n += 1) writeFileSync(path.join(place.data, `${'n'.repeat(200)}-${n}`), '');
    const refused = {
      code: 'target-home',
      message: expect.stringMatching(
        /need about [5-9]\.\d MB below ~\/\.lifeboat .*, and [34]\.\d MB are free/,
      ) as string,
    };
    await expect(sync(both())).rejects.toMatchObject(refused);
    expect(existsSync(path.join(place.store, 'atlas'))).toBe(false);
    run('mount', '-o', `remount,size=${10 * SMALL}`, path.join(place.home, '.lifeboat'));
    await sync(both());
    run('sh', '-c', fill());
    await expect(sync(both())).rejects.toMatchObject({ code: 'target-home' });
    run('rm', filler());
    expect(await sync(both())).toMatchObject({ scan: { isCompared: true, added: 0 }, warnings: [] });
    await expectWhole();
  });

  it('makes every run red in which it fills up, whenever that is, and the next one is right', async () => {
    const first = await sync(both());
    writeFileSync(path.join(place.data, 'file-1'), 'changed');
    writeFileSync(path.join(place.data, 'comes'), 'new');
    for (const [program, words] of [
      ['find', '-xdev'],
      ['sha256sum', ' -z '],
      ['tar', ' --create '],
      ['find', 'records.*'],
      // Of the index, for the next run.
      ['zstd', ' -3 -q '],
    ] as const) {
      const failing = sync(both(), { program, words, script: fill() });
      await expect(failing).rejects.toMatchObject({ code: 'target-stage-failed' });
      rmSync(path.join(place.directory, 'bin'), { recursive: true });
      run('rm', filler());
    }
    expect((await place.restore()).manifest.id).toBe(first.stored?.manifest.id);
    const { scan, warnings, stored } = await sync(both());
    expect({ scan, warnings }).toMatchObject({ scan: { isCompared: true, deleted: 0 }, warnings: [] });
    expect(stored?.manifest).toMatchObject({ complete: true, holds: { files: 33 } });
    await expectWhole();
  });
});
