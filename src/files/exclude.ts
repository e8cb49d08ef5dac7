// From a pattern of `exclude` to a test of find.
import { shellQuoteAll } from '../domain/shell.ts';

/**
 * The test as shell words. A pattern without a slash is for names at any depth; with one at its beginning it is a path from the root;
 * with one elsewhere it is the end of a path. `*` and `?` stop at slashes, `**` does not. A slash at the end: directories only.
 */
export function excludeTest(pattern: string): string {
  const isForDirectories = pattern.endsWith('/');
  const body = isForDirectories ? pattern.slice(0, -1) : pattern;
  const test = body.includes('/') ? ['-regex', pathExpression(body)] : ['-name', body];
  return shellQuoteAll([...(isForDirectories ? ['-type', 'd'] : []), ...test]);
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\\?[\s\S]/g;

/** A POSIX extended regular expression for a whole path; find compares bytes. */
function pathExpression(glob: string): string {
  const body = glob.replaceAll(TOKEN, (token) => {
    if (token === '**/') return '(.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 2 && token.startsWith('[')) return token.replace('[!', '[^');
    return token.replace(/^\\(?=.)/, '').replaceAll(/[.[\]{}()*+?^$|\\]/g, String.raw`\$&`);
  });
  return glob.startsWith('/') ? body : `.*/${body}`;
}
