// Storage directories through find, comm and tar of the target; what these do is in storage.sh.
import { EXCLUDE_PRESETS } from '../domain/exclude-presets.ts';
import { shellQuote, shellQuoteAll } from '../domain/shell.ts';
import type { SnapshotFigures } from '../domain/snapshot.ts';
import { LifeboatError } from '../errors.ts';
import type { TargetSession, Task, TaskReport, TaskResult } from '../ports/remote.ts';
import {
  type KeptFile,
  type PackTask,
  type StorageBase,
  type StorageConclusion,
  type StorageFacts,
  type StorageLayer,
  type StorageRequest,
  type StorageScan,
  type StorageWork,
} from '../ports/storage.ts';
import { chainArguments, SCAN_STAGES, scanScript } from './scan-script.ts';
import { text as reader } from './read.sh';
import { text as program } from './storage.sh';

/** A pack of empty files is full at some time, too. */
const MAX_PACK_ENTRIES = 20_000;

const TOOLS = 'find sort comm tar xargs sed awk tr cmp sha256sum readlink realpath zstd'.split(' ');
const GNU = { find: 'findutils', tar: 'GNU tar', sort: 'coreutils', comm: 'coreutils' } as const;

export const storageLayer: StorageLayer = { tools: TOOLS, open: openStorage };

async function openStorage(session: TargetSession, request: StorageRequest): Promise<StorageWork> {
  const settings = {
    FOLDER: request.folder,
    PACK_BYTES: String(request.packBytes),
    MOST: String(MAX_PACK_ENTRIES),
    BECOME: request.become ?? '',
    WEIGH: request.weighExcluded ? '1' : '0',
  };
  const library = [
    ...Object.entries(settings).map(([name, value]) => `${name}=${shellQuote(value)}`),
    program,
  ].join('\n');
  const look = task('look at the directories', `look ${shellQuoteAll(request.paths)}`);
  const looked = await session.run({
    ...look,
    script: [
      `printf '%s\\n' ${shellQuote(library)} >"$D/storage.sh"`,
      `printf '%s\\n' ${shellQuote(reader.replace(/^CONFINED=yes$/m, 'CONFINED=no'))} >"$D/read.sh"`,
      look.script,
    ].join('\n'),
  });
  return new Work(session, request, readFacts(looked.reports, request));
}

function task(label: string, script: string, stages: readonly string[] = []): Task {
  return { label, script: `. "$D/storage.sh"\n${script}`, stages };
}

class Work implements StorageWork {
  readonly facts: StorageFacts;
  readonly #session: TargetSession;
  readonly #request: StorageRequest;

  constructor(session: TargetSession, request: StorageRequest, facts: StorageFacts) {
    this.#session = session;
    this.#request = request;
    this.facts = facts;
  }

  async scan(base: StorageBase): Promise<StorageScan> {
    const script = scanScript(this.#request, this.facts.roots, base);
    const result = await this.#session.run(task('list of the directories', script, SCAN_STAGES));
    const figures = readFigures(result);
    const { reports } = result;
    return {
      isCompared: valuesOf(reports, 'compared').length > 0,
      hasLists: valuesOf(reports, 'left').length > 0,
      adopted: new Set(linesOf(result, 'adopted')),
      base: figures.has('known-figures') ? figuresOf(figures, 'known-figures') : undefined,
      known: figureOf(figures, 'known'),
      packs: figureOf(figures, 'packs'),
      added: figureOf(figures, 'added'),
      changed: figureOf(figures, 'changed'),
      renewed: figureOf(figures, 'renewed'),
      deleted: figureOf(figures, 'deleted'),
      freshBytes: figureOf(figures, 'fresh'),
      growth: {
        files: figureOf(figures, 'files'),
        directories: figureOf(figures, 'directories'),
        links: figureOf(figures, 'links'),
        bytes: figureOf(figures, 'bytes'),
      },
      special: namesOf(reports, 'special').count,
      unreadable: namesOf(reports, 'unreadable'),
      databases: namesOf(reports, 'database'),
      excluded: this.#request.exclude.map(({ text }, rule) => {
        const line = valuesOf(reports, 'excluded').find((value) => value.startsWith(`${rule} `)) ?? '';
        const [, entries = 0, bytes = 0] = line.split(' ').map(Number);
        return { rule: text, entries, bytes };
      }),
    };
  }

  pack(number: number, packId: string, attempt: number): PackTask {
    const script = [
      `prepare_pack ${number} || exit 1`,
      'stage tar write_tar | seal',
      `judge_pack ${number} ${shellQuote(packId)} ${attempt}`,
    ].join('\n');
    return {
      task: task(`pack ${number}`, script, ['tar']),
      explain: () => undefined,
      read: ({ reports }) => {
        const sum = (name: string) =>
          valuesOf(reports, name).reduce((total, value) => total + readCount(value), 0);
        return {
          stored: sum('stored'),
          again: sum('again'),
          records: valuesOf(reports, 'records')[0] ?? missing('a hash'),
          unstable: sum('unstable'),
          vanished: sum('vanished'),
          unreadable: sum('unreadable'),
        };
      },
    };
  }

  async notes(): Promise<readonly string[]> {
    const { stdout } = await this.#session.run(task('notes of runs that were cut off', 'print_notes'));
    return stdout.toString().split('\n').filter(Boolean);
  }

  async note(number: number, packId: string, note: string): Promise<void> {
    const script = `note_pack ${number} ${shellQuoteAll([packId, note])}`;
    await this.#session.run(task('note on the target', script));
  }

  async planAgain(after: number): Promise<{ packs: number; vanished: number }> {
    const figures = readFigures(
      await this.#session.run(task('list of what changed meanwhile', `plan_again ${after}`)),
    );
    return { packs: figureOf(figures, 'packs'), vanished: figureOf(figures, 'vanished') };
  }

  async conclude(found: SnapshotFigures): Promise<StorageConclusion> {
    const result = await this.#session.run(task('index', 'conclude || exit 1\ntell_troubled'));
    const figures = readFigures(result);
    const doubted = figuresOf(figures, 'doubted');
    const saved = figuresOf(figures, 'saved');
    return {
      holds: addFigures(addFigures(found, doubted, -1), saved, 1),
      records: figureOf(figures, 'changes'),
      unstable: valuesOf(result.reports, 'unstable'),
      unreadable: valuesOf(result.reports, 'unreadable'),
    };
  }

  async completeIndex(chain: readonly KeptFile[]): Promise<ReadonlySet<string> | undefined> {
    const script = `complete_index ${shellQuoteAll(chainArguments(chain))} || echo impossible`;
    const { stdout } = await this.#session.run(task('complete index', script));
    const ids = stdout.toString().split('\n').filter(Boolean);
    return ids.includes('impossible') ? undefined : new Set(ids);
  }

  index() {
    return {
      task: task('index', 'stage print cat "$W/delta" | seal', ['print']),
      explain: () => undefined,
    };
  }

  async keep(run: string, withIndex: boolean): Promise<{ listing: KeptFile; index?: KeptFile }> {
    const script = `keep ${shellQuote(run)} ${withIndex ? 1 : 0}`;
    const figures = readFigures(await this.#session.run(task('lists for the next run', script)));
    const kept = (name: string) => ({ run, sha256: figures.get(name) ?? missing(name) });
    return { listing: kept('listing'), ...(withIndex ? { index: kept('index') } : {}) };
  }

  async forget(listing: KeptFile, chain: readonly KeptFile[]): Promise<void> {
    const runs = [listing, ...chain].map(({ run }) => run);
    await this.#session.run(task('clearing up', `forget ${shellQuoteAll(runs)}`));
  }
}

const READER_VERSION = 'lifeboat-read 1';

function readFacts(reports: readonly TaskReport[], { become }: StorageRequest): StorageFacts {
  const versionOf = (name: string) => valuesOf(reports, name)[0] ?? '';
  const said = versionOf('reader');
  if (said !== READER_VERSION) {
    throw new LifeboatError(
      'target-tool-missing',
      `sudo did not run ${READER_VERSION} on the target: ${said}`,
      {
        hint: 'docs/server-setup.md, "Files that only root may read", says how to install it, and what it needs in sudoers. After an update of Lifeboat install it anew.',
      },
    );
  }
  const others = Object.entries(GNU)
    .filter(([name, make]) => !versionOf(name).includes(make))
    .map(([name, make]) => `${name} of ${make}`);
  const lacking = [...others, ...valuesOf(reports, 'lacks')];
  if (lacking.length > 0) {
    throw new LifeboatError('target-tool-missing', `the target lacks ${lacking.join(', ')}`, {
      hint: 'Storage is listed and packed with the GNU programs (findutils 4.9, coreutils 8.26, tar 1.29 or newer); those of busybox cannot do it. On Alpine: apk add findutils coreutils tar sed.',
    });
  }
  const absent = valuesOf(reports, 'no-root');
  if (absent.length > 0) {
    throw new LifeboatError(
      'storage-path',
      `${absent.join(', ')}: there is no such directory on the target, or ${become === undefined ? 'the SSH user may not see it' : '/usr/local/etc/lifeboat-read does not list it'}`,
      { hint: 'Is the disk mounted? Nothing was written. Take out of `paths` what is gone for good.' },
    );
  }
  const roots = withoutNested(valuesOf(reports, 'root'));
  return {
    hostName: versionOf('host'),
    findVersion: numberIn(versionOf('find')),
    tarVersion: numberIn(versionOf('tar')),
    roots,
    uncovered: valuesOf(reports, 'top')
      .filter((top) => !MADE_BY_THE_SYSTEM.has(top) && !roots.some((root) => meets(root, top)))
      .toSorted(),
  };
}

/** What every server has and nobody backs up for itself; where it is not there, the system was not installed. */
const MADE_BY_THE_SYSTEM: ReadonlySet<string> = new Set([
  ...'bin boot lib lib32 lib64 libx32 sbin usr'.split(' ').map((name) => `/${name}`),
  ...EXCLUDE_PRESETS['linux-root'].map((pattern) => pattern.replace(/\/$/, '')),
]);

/** One is the other, or in it. */
function meets(root: string, top: string): boolean {
  return root === '/' || root === top || root.startsWith(`${top}/`);
}

/** What is below another root is found there. */
function withoutNested(roots: readonly string[]): readonly string[] {
  const unique = [...new Set(roots)];
  return unique.filter(
    (root) => !unique.some((other) => other !== root && root.startsWith(other === '/' ? other : `${other}/`)),
  );
}

function numberIn(text: string): string {
  return /\d[\d.]*/.exec(text)?.[0] ?? text;
}

function valuesOf(reports: readonly TaskReport[], wanted: string): string[] {
  return reports.filter(({ name }) => name === wanted).map(({ value }) => value);
}

function namesOf(reports: readonly TaskReport[], what: string) {
  return { count: readCount(valuesOf(reports, what)[0] ?? ''), names: valuesOf(reports, `${what}-name`) };
}

/** Lines of a name and a value. */
function readFigures({ stdout }: TaskResult): ReadonlyMap<string, string> {
  const lines = stdout.toString().split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}

/** Values of the lines with this name. */
function linesOf({ stdout }: TaskResult, name: string): string[] {
  const lines = stdout.toString().split('\n');
  return lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
}

function figureOf(figures: ReadonlyMap<string, string>, name: string): number {
  const value = Number(figures.get(name) ?? missing(name));
  return Number.isSafeInteger(value) ? value : missing(name);
}

function figuresOf(figures: ReadonlyMap<string, string>, name: string): SnapshotFigures {
  const [files, directories, links, bytes] = (figures.get(name) ?? missing(name)).split(' ').map(readCount);
  return { files: files ?? 0, directories: directories ?? 0, links: links ?? 0, bytes: bytes ?? 0 };
}

function readCount(text: string): number {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 ? value : missing('a number');
}

/** The target's own programs did not say what they say always. */
function missing(what: string): never {
  throw new LifeboatError('target-protocol', `the target did not tell ${what}`);
}

export function addFigures(a: SnapshotFigures, b: SnapshotFigures, sign: 1 | -1): SnapshotFigures {
  return {
    files: a.files + sign * b.files,
    directories: a.directories + sign * b.directories,
    links: a.links + sign * b.links,
    bytes: a.bytes + sign * b.bytes,
  };
}
