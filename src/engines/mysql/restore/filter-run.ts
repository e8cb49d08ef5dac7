// Runs the filter over what a command in the sandbox prints: beside that command, or on this machine where the image has no perl.
import { shellQuote } from '../../../domain/text/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { Machine } from '../../../ports/machine.ts';
import { text as filterProgram } from '../dump/inventory-filter.pl';
import type { Inside } from './inside.ts';
import { HOME } from './sandbox-server.ts';
import { TextQueue } from './text-queue.ts';

export interface FilterTask {
  /** Shell text that prints a dump; its exit status counts. */
  readonly command: string;
  /** Perl between the command and the filter. */
  readonly format?: string;
  readonly mode: 'rows' | 'digest';
}

export interface FilterResult {
  /** 0 when the command, the format and the filter all ended with 0. */
  readonly exitCode: number;
  /** What the filter wrote down: facts, a form feed, objects as JSON. */
  readonly stdout: string;
  /** Complaints count even when everything ended with 0, as they do when a backup is made. */
  readonly stderr: string;
}

export type FilterRun = (task: FilterTask) => Promise<FilterResult>;

/** Fewer bytes leave the sandbox. The image must have perl and sha256sum. */
export function filterInside(inside: Inside): FilterRun {
  return async ({ command, ...how }) => {
    const directory = `${HOME}/filtered`;
    const script = [
      `rm -rf ${directory} && mkdir ${directory} || exit 1`,
      `cat >${directory}/filter.pl || exit 1`,
      `{ ( ${command}\n) 2>${directory}/errors </dev/null; echo "$?" >${directory}/status; } |`,
      ...filterLines(directory, how),
      `cat ${directory}/errors >&2`,
      `[ "$(cat ${directory}/status)" = 0 ]`,
    ].join('\n');
    const { exitCode, stdout, stderr } = await inside.shell(script, once(filterProgram));
    return { exitCode, stdout: stdout.toString(), stderr };
  };
}

/** The text goes through a pipe to perl on this machine; nothing of it is written to a disk where there is memory to write to. */
export function filterHere(inside: Inside, machine: Machine): FilterRun {
  return async ({ command, ...how }) => {
    const script = [
      // Standard output may be closed, and the directory is to go all the same.
      `trap '' PIPE`,
      `base=/dev/shm; [ -d $base ] && [ -w $base ] || base=\${TMPDIR:-/tmp}`,
      // Says whose it is: what is left after a power cut belongs to a process that is no more.
      `d=$(umask 077; mktemp -d "$base/lifeboat-filter.$PPID.XXXXXX") || exit 1`,
      `trap 'rm -rf "$d"' EXIT`,
      `printf '%s' ${shellQuote(filterProgram)} >"$d/filter.pl"`,
      ...filterLines('"$d"', how),
    ].join('\n');
    const queue = new TextQueue();
    // Never called off: the end of its input is its end, and it tidies up then.
    const filtering = machine.run({ script, stdin: queue, signal: new AbortController().signal });
    const ended = new Error('the filter has ended');
    filtering.then(
      () => queue.fail(ended),
      (error: unknown) => queue.fail(error),
    );
    const dumping = inside.pipe(command, (chunk) => queue.put(chunk)).finally(() => queue.end());
    const [dumped, filtered] = await Promise.allSettled([dumping, filtering]);
    if (filtered.status === 'rejected') throw filtered.reason;
    if (dumped.status === 'rejected') {
      if (dumped.reason !== ended) throw dumped.reason;
      return filtered.value;
    }
    return {
      exitCode: dumped.value.exitCode === 0 ? filtered.value.exitCode : dumped.value.exitCode,
      stdout: filtered.value.stdout,
      stderr: dumped.value.stderr + filtered.value.stderr,
    };
  };
}

/** Throws `sandbox-unavailable` unless this machine can run the filter. */
export async function checkFilterHere(machine: Machine, signal: AbortSignal): Promise<void> {
  const script = 'command -v perl >/dev/null && command -v sha256sum >/dev/null';
  if ((await machine.run({ script, signal })).exitCode === 0) return;
  throw new LifeboatError(
    'sandbox-unavailable',
    'this machine has no perl or no sha256sum, which the comparison needs: the image has no perl either',
    { hint: 'Install perl on the runner (apt-get install perl); those that GitHub hosts have it.' },
  );
}

/** Shell text at the end of a pipeline; `directory` is a word of shell and holds filter.pl. */
function filterLines(directory: string, { format, mode }: Omit<FilterTask, 'command'>): string[] {
  return [
    `${format === undefined ? '' : `perl -e ${shellQuote(format)} | `}perl ${directory}/filter.pl ${directory} ${mode} sha256sum >/dev/null || { echo 'the filter failed' >&2; exit 1; }`,
    `cat ${directory}/facts && printf '\\f[' && cat ${directory}/ddl && printf ']' || exit 1`,
  ];
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
