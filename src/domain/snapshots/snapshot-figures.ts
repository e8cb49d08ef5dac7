// What a snapshot holds, counted; and the rule that no two ways of counting it may disagree.
import { LifeboatError } from '../../errors.ts';

export interface SnapshotFigures {
  readonly files: number;
  readonly directories: number;
  readonly links: number;
  /** Sizes of all files. */
  readonly bytes: number;
}

export const NO_FIGURES: SnapshotFigures = { files: 0, directories: 0, links: 0, bytes: 0 };

export function addFigures(a: SnapshotFigures, b: SnapshotFigures, sign: 1 | -1 = 1): SnapshotFigures {
  return {
    files: a.files + sign * b.files,
    directories: a.directories + sign * b.directories,
    links: a.links + sign * b.links,
    bytes: a.bytes + sign * b.bytes,
  };
}

/** Throws `storage-inconsistent`. */
export function expectEqual(what: string, found: number, expected: number): void {
  if (found === expected) return;
  throw inconsistent(`${what}: ${found} where there should be ${expected}`);
}

/** Throws `storage-inconsistent`. */
export function expectFigures(what: string, found: SnapshotFigures, expected: SnapshotFigures): void {
  for (const name of ['files', 'directories', 'links', 'bytes'] as const)
    expectEqual(`${name} ${what}`, found[name], expected[name]);
}

export function inconsistent(what: string): LifeboatError {
  return new LifeboatError(
    'storage-inconsistent',
    `what was listed and what was packed are not the same: ${what}`,
    {
      hint: 'No snapshot was made of it, and earlier ones are as they were. Is the disk of the home directory on the target full? Start it again: the next run compares with nothing and stores everything anew.',
    },
  );
}
