// What the bench can be asked for.
import { parseArgs } from 'node:util';
import { parseSize } from '../src/domain/text/units.ts';

export const COMPARISONS = ['near', 'far', 'restic', 'memory'] as const;
export type ComparisonName = (typeof COMPARISONS)[number];

export interface BenchOptions {
  readonly sizeBytes: number;
  readonly pairs: number;
  /** Into how many binary logs the size is divided. */
  readonly files: number;
  readonly only: readonly ComparisonName[];
  /** What InnoDB may keep in memory. */
  readonly bufferPoolBytes: number;
  readonly memorySizesBytes: readonly number[];
  /** As the input of the same name. */
  readonly encryptOn: 'target' | 'runner';
}

/** Throws Error for anything that it does not know. */
export function parseOptions(args: readonly string[], size = '1300MB'): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: size },
      pairs: { type: 'string', default: '5' },
      files: { type: 'string', default: '8' },
      only: { type: 'string', default: COMPARISONS.join(',') },
      'buffer-pool': { type: 'string', default: '512MB' },
      'memory-sizes': { type: 'string', default: '1GB,10GB' },
      'encrypt-on': { type: 'string', default: 'target' },
    },
  });
  const encryptOn = values['encrypt-on'];
  if (encryptOn !== 'target' && encryptOn !== 'runner')
    throw new Error(`--encrypt-on ${encryptOn}: there are target, runner`);
  return {
    sizeBytes: readSize('size', values.size),
    pairs: readCount('pairs', values.pairs),
    files: readCount('files', values.files),
    only: values.only.split(',').map(readComparison),
    bufferPoolBytes: readSize('buffer-pool', values['buffer-pool']),
    memorySizesBytes: values['memory-sizes'].split(',').map((text) => readSize('memory-sizes', text)),
    encryptOn,
  };
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`--${option} ${text} is not a number of ${option}`);
  return count;
}

function readSize(option: string, text: string): number {
  const sizeBytes = parseSize(text);
  if (sizeBytes === undefined) throw new Error(`--${option} ${text} is not a size such as 1300MB`);
  return sizeBytes;
}

function readComparison(text: string): ComparisonName {
  const name = COMPARISONS.find((known) => known === text);
  if (name === undefined) throw new Error(`--only ${text}: there are ${COMPARISONS.join(', ')}`);
  return name;
}
