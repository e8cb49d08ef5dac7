// What YAML says, taken as what it should be: anything else is empty.
export type Mapping = Readonly<Record<string, unknown>>;

/** Tells what is wrong, and what to do about it. */
export type Tell = (what: string, fix: string) => void;

export function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
