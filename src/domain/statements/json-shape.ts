// Checks that a value read from JSON has exactly the fields and forms that a type says, and names everything that has not.
// A type guard per form; nothing is converted and nothing unknown is let through.

/** Takes one violation: where (`objects[0].parts[1].key`, empty for the whole) and what is wrong, as the rest of a sentence. */
export type Report = (path: string, problem: string) => void;

export interface Shape<T> {
  check(value: unknown, path: string, report: Report): value is T;
  /** The field may be absent (never null). */
  readonly isOptional?: boolean;
}

/** Unknown field names come from outside; this much of one is shown. */
const SHOWN_NAME_LENGTH = 40;

const simple = <T>(isGood: (value: unknown) => value is T, problem: string): Shape<T> => ({
  check(value, path, report): value is T {
    if (isGood(value)) return true;
    report(path, problem);
    return false;
  },
});

/** A string that matches; `what` completes "is not …". */
export function text(pattern: RegExp, what: string): Shape<string> {
  return simple(
    (value): value is string => typeof value === 'string' && pattern.test(value),
    `is not ${what}`,
  );
}

export const anyText: Shape<string> = simple((value) => typeof value === 'string', 'is not a string');

export const filledText: Shape<string> = text(/\S/, 'a string with something in it');

export const trueOrFalse: Shape<boolean> = simple(
  (value) => typeof value === 'boolean',
  'is not true or false',
);

/** Zero or more, and exact: no sum of bytes or rows may be rounded. */
export const count: Shape<number> = simple(
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  'is not a whole number from 0 to 2^53-1',
);

export const sha256: Shape<string> = text(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');

/** ISO 8601 in UTC with milliseconds, the one form that `Date.prototype.toISOString` writes. */
export const instant: Shape<string> = simple((value): value is string => {
  if (typeof value !== 'string') return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}, 'is not an instant like 2026-11-20T03:05:12.000Z');

export function oneOf<const T extends string | number>(values: readonly T[]): Shape<T> {
  const shown = values.map((value) => JSON.stringify(value)).join(', ');
  return simple(
    (value): value is T => values.includes(value as T),
    `is not ${shown}`.replace(/, (?=[^,]*$)/, ' or '),
  );
}

export function optional<T>(shape: Shape<T>): Shape<T> {
  return { check: (value, path, report): value is T => shape.check(value, path, report), isOptional: true };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    check: (value, path, report): value is T | null => value === null || shape.check(value, path, report),
  };
}

export function list<T>(shape: Shape<T>, minimum = 0): Shape<readonly T[]> {
  return {
    check(value, path, report): value is readonly T[] {
      if (!Array.isArray(value)) {
        report(path, 'is not a list');
        return false;
      }
      const isLongEnough = value.length >= minimum;
      if (!isLongEnough) report(path, `has fewer than ${minimum} entries`);
      const bad = value.filter((entry: unknown, index) => !shape.check(entry, `${path}[${index}]`, report));
      return isLongEnough && bad.length === 0;
    },
  };
}

/** An object whose keys are data: every value has the same shape. */
export function mapOf<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    check(value, path, report): value is Readonly<Record<string, T>> {
      if (!isObject(value)) return notAnObject(path, report);
      const bad = Object.entries(value).filter(
        ([key, entry]) => !shape.check(entry, join(path, shown(key)), report),
      );
      return bad.length === 0;
    },
  };
}

/** An object with exactly these fields. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries(fields));
  return {
    check(value, path, report): value is T {
      if (!isObject(value)) return notAnObject(path, report);
      let isGood = true;
      for (const [name, shape] of shapes) {
        if (Object.hasOwn(value, name)) {
          isGood = shape.check(value[name], join(path, name), report) && isGood;
        } else if (shape.isOptional !== true) {
          report(join(path, name), 'is missing');
          isGood = false;
        }
      }
      for (const name of Object.keys(value).filter((key) => !shapes.has(key))) {
        report(join(path, shown(name)), 'is not a field of this format');
        isGood = false;
      }
      return isGood;
    },
  };
}

/** One of several records; a field that each has tells which. */
export function variants<F extends string, T extends { readonly [K in F]: string }>(
  field: F,
  shapes: { readonly [K in T[F]]: Shape<Extract<T, { readonly [L in F]: K }>> },
): Shape<T> {
  const known = new Map<unknown, Shape<T>>(Object.entries<Shape<T>>(shapes));
  return {
    check(value, path, report): value is T {
      if (!isObject(value)) return notAnObject(path, report);
      const shape = known.get(value[field]);
      if (shape === undefined) {
        oneOf(Object.keys(shapes)).check(value[field], join(path, field), report);
        return false;
      }
      return shape.check(value, path, report);
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAnObject(path: string, report: Report): false {
  report(path, 'is not an object');
  return false;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_NAME_LENGTH));
}
