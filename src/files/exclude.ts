// From a pattern of `exclude` to a rule of read.sh.

/**
 * A pattern without a slash is for names at any depth; with one at its beginning it is a path from the root;
 * with one elsewhere it is the end of a path. `*` and `?` stop at slashes, `**` does not. A slash at the end: directories only.
 */
export function excludeRule(pattern: string): readonly [kind: string, pattern: string] {
  const isForDirectories = pattern.endsWith('/');
  const body = isForDirectories ? pattern.slice(0, -1) : pattern;
  const [kind, test] = body.includes('/') ? ['path', pathExpression(body)] : ['name', body];
  return [isForDirectories ? `${kind}-of-directory` : kind, test];
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
