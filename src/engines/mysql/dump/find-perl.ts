// Whether the target has the perl that takes down what goes by; without it grep takes down names, and this says what cannot be done then.
import { LifeboatError } from '../../../errors.ts';
import type { TargetSession } from '../../../ports/remote.ts';
import type { Choice } from './choice.ts';
import { some } from './structure.ts';

export const PERL_PACKAGES =
  'Install perl on it: `perl-base` on Debian and Ubuntu, `perl` on Alpine, `perl-interpreter` on Fedora and its like';

/** A name takes more than one line in a dump. */
const LINE_BREAK = /[\n\r\f]/;

export async function findPerl(session: TargetSession): Promise<boolean> {
  const { stdout } = await session.run({
    label: 'search for perl',
    script: `perl -e 'use strict; use warnings; print "perl"' 2>/dev/null || :`,
    stages: [],
  });
  return stdout.toString() === 'perl';
}

/** Throws `target-tool-missing` for what cannot be done without perl. */
export function checkWithoutPerl({ databases, tables }: Choice, locked: Choice['tables']): void {
  const refuse = (why: string, otherwise: string): never => {
    throw new LifeboatError('target-tool-missing', `the target has no perl, and ${why}`, {
      hint: `${PERL_PACKAGES}; ${otherwise}.`,
    });
  };
  if (locked.length > 0)
    refuse(
      `without it nobody would end a lock that is held for longer than max-lock`,
      'or convert these tables to InnoDB, or use consistency: snapshot',
    );
  const broken = [...databases, ...tables.map(({ database, name }) => `${database}.${name}`)].filter((name) =>
    LINE_BREAK.test(name),
  );
  if (broken.length > 0)
    refuse(
      `without it these names, which have line breaks, cannot be found in a dump: ${some(broken)}`,
      'or leave them out',
    );
}
