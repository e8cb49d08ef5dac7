// A small line diff for definitions: what was dumped against what came back. Bounded in work and in size, whatever the texts are.

/** The table of the longest common subsequence has the square of this many cells: 2 MB. */
const MAX_COMPARED_LINES = 1_000;
const CONTEXT_LINES = 2;
const MAX_SHOWN_LINES = 40;
/** A view is one line of thousands of characters: of a changed line this much is shown, from a little before the change. */
const MAX_LINE_CHARACTERS = 160;
const LEAD_CHARACTERS = 40;

interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * Lines with `-` were expected, lines with `+` were found, lines with a space are around them; `…` stands for what is left out.
 * Empty when the texts are equal.
 */
export function diffLines(expected: string, found: string): string {
  if (expected === found) return '';
  const lines = shortenChanges(markLines(splitLines(expected), splitLines(found)));
  const shown = keepContext(lines);
  const more = shown.length - MAX_SHOWN_LINES;
  if (more <= 1) return shown.join('\n');
  return [...shown.slice(0, MAX_SHOWN_LINES), `… ${more} more lines`].join('\n');
}

/** A line feed at the end that only one of them has is a difference too. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}\\ no line break`];
}

function markLines(expected: readonly string[], found: readonly string[]): DiffLine[] {
  const isSame = (a: number, b: number): boolean => expected[a] === found[b];
  let start = 0;
  while (start < expected.length && start < found.length && isSame(start, start)) start += 1;
  let end = 0;
  while (
    end < expected.length - start &&
    end < found.length - start &&
    isSame(expected.length - 1 - end, found.length - 1 - end)
  ) {
    end += 1;
  }
  const middle = markMiddle(
    expected.slice(start, expected.length - end),
    found.slice(start, found.length - end),
  );
  return [
    ...withMark(' ', expected.slice(0, start)),
    ...middle,
    ...withMark(' ', expected.slice(expected.length - end)),
  ];
}

function markMiddle(expected: readonly string[], found: readonly string[]): DiffLine[] {
  if (expected.length > MAX_COMPARED_LINES || found.length > MAX_COMPARED_LINES)
    return [...withMark('-', expected), ...withMark('+', found)];
  const width = found.length + 1;
  // At [a, b]: the length of the longest common subsequence of what begins at a and at b.
  const lengths = new Uint16Array((expected.length + 1) * width);
  const lengthAt = (a: number, b: number): number => lengths[a * width + b] ?? 0;
  for (let a = expected.length - 1; a >= 0; a -= 1) {
    for (let b = found.length - 1; b >= 0; b -= 1) {
      lengths[a * width + b] =
        expected[a] === found[b]
          ? lengthAt(a + 1, b + 1) + 1
          : Math.max(lengthAt(a + 1, b), lengthAt(a, b + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < expected.length || b < found.length) {
    if (a < expected.length && b < found.length && expected[a] === found[b]) {
      lines.push({ mark: ' ', text: expected[a] ?? '' });
      [a, b] = [a + 1, b + 1];
    } else if (b === found.length || (a < expected.length && lengthAt(a + 1, b) >= lengthAt(a, b + 1))) {
      lines.push({ mark: '-', text: expected[a] ?? '' });
      a += 1;
    } else {
      lines.push({ mark: '+', text: found[b] ?? '' });
      b += 1;
    }
  }
  return lines;
}

function withMark(mark: DiffLine['mark'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ mark, text }));
}

/** Cuts long lines; one that was replaced by another is cut around the first place in which the two differ. */
function shortenChanges(lines: readonly DiffLine[]): DiffLine[] {
  const cut = (own: readonly DiffLine[], others: readonly DiffLine[]): DiffLine[] =>
    own.map(({ mark, text }, index) => ({
      mark,
      text: shorten(text, firstDifference(text, others[index]?.text ?? '')),
    }));
  const pieces: DiffLine[][] = [];
  let at = 0;
  while (at < lines.length) {
    const kept = runOf(' ', lines, at);
    const removed = runOf('-', lines, at + kept.length);
    const added = runOf('+', lines, at + kept.length + removed.length);
    pieces.push(
      kept.map(({ mark, text }) => ({ mark, text: shorten(text, 0) })),
      cut(removed, added),
      cut(added, removed),
    );
    at += kept.length + removed.length + added.length;
  }
  return pieces.flat();
}

function runOf(mark: DiffLine['mark'], lines: readonly DiffLine[], start: number): readonly DiffLine[] {
  let end = start;
  while (lines[end]?.mark === mark) end += 1;
  return lines.slice(start, end);
}

function firstDifference(text: string, other: string): number {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return at;
}

function shorten(text: string, interesting: number): string {
  if (text.length <= MAX_LINE_CHARACTERS) return text;
  const start = Math.max(0, Math.min(interesting - LEAD_CHARACTERS, text.length - MAX_LINE_CHARACTERS));
  const end = start + MAX_LINE_CHARACTERS;
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`.toWellFormed();
}

/** Changed lines and a few around them. */
function keepContext(lines: readonly DiffLine[]): string[] {
  const isKept = new Uint8Array(lines.length);
  for (const [index, { mark }] of lines.entries()) {
    if (mark !== ' ') isKept.fill(1, Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
  }
  const shown: string[] = [];
  for (const [index, { mark, text }] of lines.entries()) {
    if (isKept[index]) shown.push(`${mark} ${text}`);
    else if (index === 0 || isKept[index - 1]) shown.push('…');
  }
  return shown;
}
