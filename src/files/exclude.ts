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
  const body = globExpression(glob, bracketOf);
  return glob.startsWith('/') ? body : `.*/${body}`;
}

/** In POSIX a set may hold the slash, and can only be kept from it by its own members. A `]` or `-` that is one of them stays the first. */
function bracketOf(set: string): string {
  if (/^\[[!^]/.test(set)) return set.replace(/^\[.(\](?:-[^\]])?|-(?:-[^\]])?)?/s, '[^$1/');
  const members = set
    .slice(1, -1)
    .replaceAll(/(.)-(.)/gsu, (range, from: string, to: string) =>
      from < '/' && to > '/' ? `${from}-.0-${to}` : range,
    );
  return `[${members}]`;
}
