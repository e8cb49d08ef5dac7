// From a pattern of `exclude` to a rule of read.sh.
import { globExpression } from '../domain/snapshots/path-pattern.ts';

export function excludeRule(pattern: string): readonly [kind: string, pattern: string] {
  const isForDirectories = pattern.endsWith('/');
  const body = isForDirectories ? pattern.slice(0, -1) : pattern;
  const [kind, test] = body.includes('/') ? ['path', pathExpression(body)] : ['name', body];
  return [isForDirectories ? `${kind}-of-directory` : kind, test];
}

/** A POSIX extended regular expression for a whole path; find compares bytes. */
function pathExpression(glob: string): string {
  const body = globExpression(glob, (set) => set.replace('[!', '[^'));
  return glob.startsWith('/') ? body : `.*/${body}`;
}
