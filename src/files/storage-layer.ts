// Storage directories through find, comm and tar of the target; what these do is in storage/.
import { EXCLUDE_PRESETS } from '../domain/snapshots/exclude-presets.ts';
import { shellQuote, shellQuoteAll } from '../domain/text/shell.ts';
import { formatBytes } from '../domain/text/units.ts';
import { addFigures, expectEqual, type SnapshotFigures } from '../domain/snapshots/snapshot-figures.ts';
import { LifeboatError } from '../errors.ts';
import type { TargetSession, Task, TaskReport, TaskResult } from '../ports/remote.ts';
import {
  type CompleteIndex,
  type KeepTask,
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
import { installProgram, WITH_PROGRAM } from './storage-program.ts';

/** A pack of empty files is full at some time, too. */
const MAX_PACK_ENTRIES = 20_000;

const TOOLS = 'find xargs sort comm grep sha256sum timeout sed tar awk tr cmp readlink zstd'.split(' ');
/** For each entry of the last list: what sorting takes and the new one, and with a chain that is to be joined (measured). */
const LIST_BYTES = 250;
const JOINED_BYTES = 750;
/** Those that have to be GNU's. */
const GNU = ['find', 'xargs', 'sort', 'comm', 'grep', 'sha256sum', 'timeout', 'sed', 'tar'] as const;

export const storageLayer: StorageLayer = { tools: TOOLS, open: openStorage };

async function openStorage(session: TargetSession, request: StorageRequest): Promise<StorageWork> {
  const settings = {
    FOLDER: request.folder,
    PACK_BYTES: String(request.packBytes),
    MOST: String(MAX_PACK_ENTRIES),
    SETTLED: String(request.settledSeconds),
    BECOME: request.become ?? '',
    WEIGH: request.weighExcluded ? '1' : '0',
  };
  const look = task('look at the directories', `look ${shellQuoteAll(request.paths)}`);
  const looked = await session.run({
    ...look,
    script: [installProgram(settings), look.script, 'print_notes'].join('\n'),
  });
  const notes = looked.stdout.toString().split('\n').filter(Boolean);
  return new Work(session, request, readFacts(looked.reports, request), notes);
}

function task(label: string, script: string, stages: readonly string[] = []): Task {
  return { label, script: `${WITH_PROGRAM}\n${script}`, stages };
}

class Work implements StorageWork {
  readonly facts: StorageFacts;
  readonly notes: readonly string[];
  readonly #session: TargetSession;
  readonly #request: StorageRequest;
  /** What the next task does first: it has a round trip already. */
  #due: string[] = [];

  constructor(
    session: TargetSession,
    request: StorageRequest,
    facts: StorageFacts,
    notes: readonly string[],
  ) {
    this.#session = session;
    this.#request = request;
    this.facts = facts;
    this.notes = notes;
  }

  async scan(base: StorageBase): Promise<StorageScan> {
    const room = base.entries * (base.chain.length > 0 ? JOINED_BYTES : LIST_BYTES);
    expectRoom(await this.#session.run(this.#task('room for lists', `has_room ${room}`)));
    const script = scanScript(this.#request, this.facts.roots, base);
    const result = await this.#session.run(this.#task('list of the directories', script, SCAN_STAGES));
    expectRoom(result);
    const figures = readFigures(result);
    const { reports } = result;
    const { roots } = this.facts;
    const unlisted = valuesOf(reports, 'unlisted');
    if (unlisted.length > 0) throw notListed(unlisted, namesOf(reports, 'unreadable').names);
    const listed = roots.map((_root, at) => readCount(valuesOf(reports, `listed.${at}`)[0] ?? ''));
    const repeated = readCount(valuesOf(reports, 'repeated')[0] ?? '');
    const [known = missing('a number'), seen = missing('a number')] = (valuesOf(reports, 'counts')[0] ?? '')
      .split(' ')
      .map(readCount);
    const scanned = seen - repeated;
    const files = valuesOf(reports, 'file').map(readCount);
    // The root directory itself is not in its list; a file has nothing below it.
    const empty = roots.filter(
      (root, at) => !files.includes(at + 1) && (listed[at] ?? 0) <= (root === '/' ? 0 : 1),
    );
    const [added, changed] = [figureOf(figures, 'added'), figureOf(figures, 'changed')];
    const deleted = figureOf(figures, 'deleted');
    const planned = sumOf(result, 'planned');
    expectEqual('entries of the list', seen, sum(listed));
    expectEqual('entries that are known, or new, and not gone', known + added - deleted, scanned);
    return {
      isCompared: valuesOf(reports, 'compared').length > 0,
      hasLists: valuesOf(reports, 'left').length > 0,
      adopted: new Set(linesOf(result, 'adopted')),
      base: figures.has('known-figures') ? figuresOf(figures, 'known-figures') : undefined,
      known,
      scanned,
      packs: sumOf(result, 'packs'),
      planned,
      added,
      changed,
      renewed: planned - added - changed,
      deleted,
      empty,
      emptied: empty.filter((root) => figures.has(`deleted-below.${roots.indexOf(root)}`)),
      freshBytes: sumOf(result, 'fresh'),
      growth: {
        files: figureOf(figures, 'files'),
        directories: figureOf(figures, 'directories'),
        links: figureOf(figures, 'links'),
        bytes: figureOf(figures, 'bytes'),
      },
      special: namesOf(reports, 'special').count,
      unreadable: namesOf(reports, 'unreadable'),
      databases: namesOf(reports, 'database'),
      mounts: namesOf(reports, 'mount'),
      sqlite: namesOf(reports, 'sqlite'),
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
      `stage tar write_tar ${attempt} | seal`,
      `judge_pack ${number} ${shellQuote(packId)} ${attempt}`,
    ].join('\n');
    return {
      task: this.#task(`pack ${number}`, script, ['tar']),
      explain: () => undefined,
      read: ({ reports }) => {
        const count = (name: string) => readCount(valuesOf(reports, name)[0] ?? '');
        return {
          stored: count('stored'),
          harmed: count('harmed'),
          again: count('again'),
          records: valuesOf(reports, 'records')[0] ?? missing('a hash'),
          unstable: count('unstable'),
          vanished: count('vanished'),
          unreadable: count('unreadable'),
        };
      },
    };
  }

  note(number: number, packId: string, note: string): void {
    this.#due.push(`note_pack ${number} ${shellQuoteAll([packId, note])} || exit 1`);
  }

  async planAgain(): Promise<{ packs: number; vanished: number; unreadable: number }> {
    const figures = readFigures(
      await this.#session.run(this.#task('list of what changed meanwhile', 'plan_again')),
    );
    return {
      packs: figureOf(figures, 'packs'),
      vanished: figureOf(figures, 'vanished'),
      unreadable: figureOf(figures, 'unreadable'),
    };
  }

  async conclude(found: SnapshotFigures): Promise<StorageConclusion> {
    const result = await this.#session.run(
      this.#task('index', 'check_mounts && conclude || exit 1\ntell_troubled'),
    );
    const unmounted = valuesOf(result.reports, 'unmounted');
    if (unmounted.length > 0) throw goneMeanwhile(unmounted);
    const figures = readFigures(result);
    const doubted = figuresOf(figures, 'doubted');
    const saved = figuresOf(figures, 'saved');
    return {
      holds: addFigures(addFigures(found, doubted, -1), saved, 1),
      indexed: figuresOf(figures, 'indexed'),
      packed: figureOf(figures, 'packed'),
      lost: figureOf(figures, 'lost'),
      records: figureOf(figures, 'changes'),
      unstable: valuesOf(result.reports, 'unstable'),
      unreadable: valuesOf(result.reports, 'unreadable'),
    };
  }

  async completeIndex(chain: readonly KeptFile[]): Promise<CompleteIndex> {
    const script = `complete_index ${shellQuoteAll(chainArguments(chain))}`;
    const result = await this.#session.run(this.#task('complete index', script));
    return {
      indexed: figuresOf(readFigures(result), 'indexed'),
      needed: new Set(linesOf(result, 'needed')),
    };
  }

  index(run: string): KeepTask {
    const script = `stage print cat "$W/delta" | seal\nkeep ${shellQuote(run)} 1`;
    return {
      task: this.#task('index', script, ['print']),
      explain: () => undefined,
      read: ({ reports }) => ({
        listing: keptFile(reports, 'listing', run),
        index: keptFile(reports, 'index', run),
      }),
    };
  }

  async keep(run: string): Promise<{ readonly listing: KeptFile }> {
    const task = this.#task('lists for the next run', `keep ${shellQuote(run)} 0`);
    const { reports } = await this.#session.run(task);
    return { listing: keptFile(reports, 'listing', run) };
  }

  async discard(left: 'lists' | 'nothing'): Promise<void> {
    await this.#session.run(this.#task('clearing up', left === 'lists' ? 'discard' : 'forget ""'));
  }

  forgetting(listing: KeptFile, chain: readonly KeptFile[]): string {
    const runs = [listing, ...chain].map(({ run }) => run);
    return this.#task('clearing up', `forget ${shellQuoteAll(runs)}`).script;
  }

  #task(label: string, script: string, stages: readonly string[] = []): Task {
    return task(label, [...this.#due.splice(0), script].join('\n'), stages);
  }
}

function keptFile(reports: readonly TaskReport[], name: string, run: string): KeptFile {
  return { run, sha256: valuesOf(reports, name)[0] ?? missing(name) };
}

const READER_VERSION = 'lifeboat-read 2';

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
  const others = GNU.filter((name) => !versionOf(name).includes('GNU')).map((name) => `GNU ${name}`);
  const lacking = [...others, ...valuesOf(reports, 'lacks')];
  if (lacking.length > 0) {
    throw new LifeboatError('target-tool-missing', `the target lacks ${lacking.join(', ')}`, {
      hint: 'Storage is listed and packed with the GNU programs (findutils 4.9, coreutils 8.26, tar 1.29 or newer); those of busybox and uutils cannot do it. On Alpine: apk add findutils coreutils grep tar sed gawk.',
    });
  }
  const absent = valuesOf(reports, 'no-root');
  if (absent.length > 0) {
    throw new LifeboatError(
      'storage-path',
      `${absent.join(', ')}: there is no such directory or file on the target, or ${become === undefined ? 'the SSH user may not see it' : '/usr/local/etc/lifeboat-read does not list it'}`,
      { hint: 'Is the disk mounted? Nothing was written. Take out of `paths` what is gone for good.' },
    );
  }
  const roots = [...new Set(valuesOf(reports, 'root'))];
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

/** Of all lines with this name. */
function sumOf(result: TaskResult, name: string): number {
  return sum(linesOf(result, name).map(readCount));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function figuresOf(figures: ReadonlyMap<string, string>, name: string): SnapshotFigures {
  const [files, directories, links, bytes] = (figures.get(name) ?? missing(name)).split(' ').map(readCount);
  return { files: files ?? 0, directories: directories ?? 0, links: links ?? 0, bytes: bytes ?? 0 };
}

function readCount(text: string): number {
  const value = Number(text.trim());
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 ? value : missing('a number');
}

function notListed(roots: readonly string[], errors: readonly string[]): LifeboatError {
  return new LifeboatError(
    'storage-path',
    [`${roots.join(', ')}: the list of what is there does not begin with it`, ...errors].join('\n'),
    {
      hint: 'Does `exclude` leave it out, or is one of its patterns no pattern? Or the disk went away just now. Nothing was written.',
    },
  );
}

function expectRoom({ reports }: TaskResult): void {
  const [needed, free] = (valuesOf(reports, 'no-room')[0] ?? '').split(' ').map(Number);
  if (needed === undefined || free === undefined) return;
  throw new LifeboatError(
    'target-home',
    `the lists of this run need about ${formatBytes(needed)} below ~/.lifeboat on the target, and ${formatBytes(free)} are free there`,
    {
      hint: 'There is no new snapshot, and earlier ones are as they were. Make room in the home directory of the SSH user, or let ~/.lifeboat be a link to a directory on a larger disk.',
    },
  );
}

function goneMeanwhile(places: readonly string[]): LifeboatError {
  return new LifeboatError(
    'storage-shrunk',
    `${places.join(', ')}: the disk, or the directory, that was there when it was listed is not there any more`,
    {
      hint: 'There is no new snapshot, and earlier ones are as they were. Was it unmounted? Start it again.',
    },
  );
}

/** The target's own programs did not say what they say always. */
function missing(what: string): never {
  throw new LifeboatError('target-protocol', `the target did not tell ${what}`);
}
