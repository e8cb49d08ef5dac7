// Globs for paths, as `exclude` and the list of a snapshot take them.
//
// A pattern without a slash is for names at any depth; with one at its beginning it is a path from the root; with one elsewhere it is the end
// of a path. `*` and `?` stop at slashes, `**` does not. A slash at the end: directories only.

const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\\?[\s\S]/g;

/** A regular expression, as POSIX and JavaScript read it alike but for what `bracket` makes of a set such as `[!a-z]`. */
export function globExpression(glob: string, bracket: (set: string) => string): string {
  return glob.replaceAll(TOKEN, (token) => {
    if (token === '**/') return '(.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 2 && token.startsWith('[')) return bracket(token);
    return token.replace(/^\\(?=.)/, '').replaceAll(/[.[\]{}()*+?^$|\\]/g, String.raw`\$&`);
  });
}

export class PathPattern {
  readonly text: string;
  readonly #itself: RegExp;
  readonly #below: RegExp;

  /** Throws `SyntaxError` for a set that is none, such as `[z-a]`. */
  constructor(text: string) {
    this.text = text;
    const body = text.replace(/\/$/, '');
    const expression = `^${text.startsWith('/') ? '' : '.*/'}${globExpression(body, bracketOf)}`;
    this.#itself = new RegExp(`${expression}$`, 'su');
    this.#below = new RegExp(`${expression}/`, 'su');
  }

  /** Also of all that is below a directory that fits. `path` is text. */
  fits(path: string, isDirectory: boolean): boolean {
    if (this.#below.test(path)) return true;
    return (isDirectory || !this.text.endsWith('/')) && this.#itself.test(path);
  }
}

/** In JavaScript a set may hold the slash, and has other characters that mean something. */
function bracketOf(set: string): string {
  const isNot = set.startsWith('[!');
  const members = set.slice(isNot ? 2 : 1, -1).replaceAll(/[\\[\]^]/g, String.raw`\$&`);
  return `(?!/)[${isNot ? '^' : ''}${members}]`;
}
