// The general kinds of inputs: text, lists, numbers, units, choices.
import { formatDuration, parseDuration, parsePercent, parseSize } from '../domain/text/units.ts';
import { type Kind, lineKind, Refusal } from './kind.ts';

/** Any text; outer blank lines are dropped. */
export const text: Kind<string> = {
  type: 'text',
  accepts: undefined,
  isMultiline: true,
  parse: (value) => value.trim(),
};

export const line: Kind<string> = lineKind('text', undefined, (value) => value);

/** A password or passphrase: nothing is trimmed but the line end that pasting leaves behind. */
export const password: Kind<string> = {
  type: 'text',
  accepts: undefined,
  isMultiline: false,
  parse: (value) => {
    const secret = value.replace(/\n+$/, '');
    if (/\p{Cc}/u.test(secret)) throw new Refusal('has more than one line, or holds a control character');
    return secret;
  },
};

/** A list, one item a line; blank lines, lines that begin with `#` and repeated items are dropped. */
export function lines(items: {
  /** Begins with a plural: "names of databases". */
  readonly accepts: string;
  parse(item: string): string;
}): Kind<readonly string[]> {
  return {
    type: 'list',
    accepts: `${items.accepts}, one a line; lines that begin with # are comments`,
    isMultiline: true,
    parse: (value) => {
      const given = value
        .split('\n')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '' && !entry.startsWith('#'));
      return [...new Set(given)].map((entry) => items.parse(entry));
    },
  };
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export function integer({ min, max }: IntegerRange): Kind<number> {
  return lineKind('number', `a whole number from ${min} to ${max}`, (value) => {
    if (!/^-?\d{1,15}$/.test(value)) throw new Refusal('is not a whole number');
    const number = Number(value);
    if (number < min || number > max) throw new Refusal('is out of range');
    return number;
  });
}

export const port: Kind<number> = integer({ min: 1, max: 65_535 });

export const boolean: Kind<boolean> = lineKind('boolean', '`true` or `false`', (value) => {
  if (value !== 'true' && value !== 'false') throw new Refusal('is neither `true` nor `false`');
  return value === 'true';
});

export function choice<const T extends string>(...values: readonly [T, ...T[]]): Kind<T> {
  const accepts = values.map((value) => `\`${value}\``).join(', ');
  return lineKind('choice', values.length === 1 ? `only ${accepts}` : `one of ${accepts}`, (value) => {
    const chosen = values.find((candidate) => candidate === value);
    if (chosen === undefined) throw new Refusal('is not one of the choices');
    return chosen;
  });
}

/** Limits in milliseconds, both included. The value is in milliseconds too. */
export function duration({ min, max }: IntegerRange): Kind<number> {
  const accepts = `a duration such as \`90s\`, \`15m\`, \`5h30m\` or \`8d\`, from ${formatDuration(min)} to ${formatDuration(max)}`;
  return lineKind('duration', accepts, (value) => {
    const durationMs = parseDuration(value);
    if (durationMs === undefined) throw new Refusal('is not a duration');
    if (durationMs < min || durationMs > max) throw new Refusal('is out of range');
    return durationMs;
  });
}

/** The value is in bytes. */
export const size: Kind<number> = lineKind(
  'size',
  'a size with its unit: `1GB` is 10^9 bytes, `16MiB` is 2^20 times 16',
  (value) => {
    const sizeBytes = parseSize(value);
    if (sizeBytes === undefined) {
      throw new Refusal(/^\d+$/.test(value) ? 'has no unit' : 'is not a size');
    }
    return sizeBytes;
  },
);

/** The value is the number before the sign. */
export const percent: Kind<number> = lineKind('percentage', 'a percentage from `0%` to `100%`', (value) => {
  const number = parsePercent(value);
  if (number === undefined) throw new Refusal('is not a percentage');
  return number;
});

export const url: Kind<URL> = lineKind('URL', 'an https URL without user and password', (value) => {
  const parsed = URL.parse(value);
  if (parsed?.protocol !== 'https:') throw new Refusal('is not an https URL');
  if (parsed.username !== '' || parsed.password !== '') throw new Refusal('holds a user or a password');
  return parsed;
});
