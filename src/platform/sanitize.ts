// The one place through which everything that is printed goes. What comes out holds no known secret, no control character, no
// command that the runner would obey, and no endless line, whatever a server sent.
import { showUnseen } from '../domain/text/visible.ts';
import { secretForms } from './secret-forms.ts';

/** The runner cuts an annotation at 4,096 characters; a log line has no need for more either. */
export const MAX_LINE_CHARACTERS = 4_000;
const HIDDEN = '***';

export class Sanitizer {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Hides this secret from now on. Returns the forms that were not known before, longest first. */
  addSecret(secret: string): readonly string[] {
    const added = secretForms(secret).filter((form) => !this.#forms.has(form));
    for (const form of added) this.#forms.add(form);
    // A form that contains another one must be tried first.
    const ordered = [...this.#forms].sort((a, b) => b.length - a.length);
    if (ordered.length > 0) this.#pattern = new RegExp(ordered.map(escapePattern).join('|'), 'g');
    return added.toSorted((a, b) => b.length - a.length);
  }

  /** Only replaces secrets. */
  hide(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, HIDDEN);
  }

  /** One line, whatever the text holds. */
  line(text: string): string {
    return cut(this.value(text));
  }

  /** One line that is read by programs: nothing is cut. */
  value(text: string): string {
    return breakCommands(showUnseen(this.hide(text)));
  }

  /** One or more lines: line feeds stay. */
  lines(text: string): readonly string[] {
    return this.hide(text)
      .split('\n')
      .map((line) => cut(breakCommands(showUnseen(line.replace(/\r$/, '')))));
  }

  /** Markdown for a file: line feeds stay, nothing is cut, and there are no commands to break. */
  document(markdown: string): string {
    return this.hide(markdown).split('\n').map(showUnseen).join('\n');
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** `::` begins a command of the runner, `##[` one of its predecessor, the latter anywhere in a line. */
function breakCommands(text: string): string {
  return text.replace(/:(?=:)/g, ': ').replace(/##(?=\[)/g, '## ');
}

function cut(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line;
  const kept = line.slice(0, MAX_LINE_CHARACTERS).toWellFormed();
  return `${kept}… (${line.length - MAX_LINE_CHARACTERS} more characters)`;
}
