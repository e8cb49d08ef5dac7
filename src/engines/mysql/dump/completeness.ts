// Is what a dump tool printed with status 0 a whole dump?
import { excerpt } from '../../../domain/text/excerpt.ts';
import { LifeboatError } from '../../../errors.ts';
import type { SealedResult } from '../../../ports/remote.ts';
import { classifyDumpStderr } from '../client-errors.ts';
import type { DumpFacts } from './facts.ts';
import { some } from './structure.ts';

/** What the dump tool wrote about itself and is no error. Throws `dump-incomplete` for everything else. */
export function readWarnings({ stderr }: SealedResult, what: string): readonly string[] {
  const { errors, warnings } = classifyDumpStderr(stderr.get('dump') ?? '');
  if (errors.length === 0) return warnings;
  throw new LifeboatError(
    'dump-incomplete',
    `the dump of ${what} ended with status 0, but said:\n${excerpt(errors.join('\n'))}`,
    {
      hint: 'Nothing of this run counts: a dump that complains has left something out.',
    },
  );
}

/** Throws `dump-incomplete` unless the text of a dump was whole; `more` is what else is wrong with it. */
export function checkComplete(what: string, facts: DumpFacts, more: readonly string[] = []): void {
  const wrong = [
    ...more,
    ...(facts.hasTrailer ? [] : ['its last line is missing']),
    ...(facts.isOpen ? ['it ends in the middle of a statement'] : []),
    ...facts.complaints,
  ];
  if (wrong.length === 0) return;
  throw new LifeboatError(
    'dump-incomplete',
    `the dump of ${what} ended with status 0, but is not whole: ${excerpt(some(wrong))}`,
    {
      hint: 'Nothing of this run counts. Check the rights of the dump user and the free memory of the database server, then run it again.',
    },
  );
}
