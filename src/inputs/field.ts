// One input of an action, declared once: the parser, action.yml, the tables and the command line's help are all made from it.
import type { Kind } from './kind.ts';

export interface Field<T> {
  /** One or more sentences, Markdown. */
  readonly description: string;
  readonly type: string;
  /** Completes "accepted: …"; undefined where the description says it all. */
  readonly accepts: string | undefined;
  readonly isMultiline: boolean;
  /** What a flag without a value means on the command line; undefined: it needs one. */
  readonly bare: string | undefined;
  readonly isRequired: boolean;
  /** As a user would write it. */
  readonly default: string | undefined;
  /** Never shown, never taken from a command line. */
  readonly isSecret: boolean;
  /** The heading under which tables and help list it. */
  readonly group: string;
  /** Reads what was given. Throws a `Refusal` or a LifeboatError. */
  parse(text: string): T;
  /** The value where nothing was given; undefined as well for a required field. */
  absent(): T | undefined;
}

interface Details {
  readonly description: string;
  readonly secret?: true;
  readonly bare?: string;
}

/** A required field, or one with a default, always has a value; any other may be undefined. */
export function field<T>(
  kind: Kind<T>,
  details: Details & ({ readonly required: true } | { readonly default: string }),
): Field<T>;
export function field<T>(kind: Kind<T>, details: Details): Field<T | undefined>;
export function field<T>(
  kind: Kind<T>,
  details: Details & { readonly required?: true; readonly default?: string },
): Field<T | undefined> {
  return {
    description: details.description,
    type: kind.type,
    accepts: kind.accepts,
    isMultiline: kind.isMultiline,
    bare: details.bare ?? (kind.type === 'boolean' ? 'true' : undefined),
    isRequired: details.required ?? false,
    default: details.default,
    isSecret: details.secret ?? false,
    group: '',
    parse: (text) => kind.parse(text.replaceAll('\r\n', '\n')),
    absent: () => (details.default === undefined ? undefined : kind.parse(details.default)),
  };
}

/** Description and what is accepted, in sentences. */
export function describeField({ description, accepts }: Field<unknown>): string {
  return accepts === undefined ? description : `${description} Accepted: ${accepts}.`;
}

/** Names in kebab case, as users write them. */
export type Declaration = Readonly<Record<string, Field<unknown>>>;

/** Puts fields under one heading. */
export function group<D extends Declaration>(title: string, fields: D): D {
  const entries = Object.entries(fields).map(([name, one]) => [name, { ...one, group: title }]);
  return Object.fromEntries(entries) as D;
}

export type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** What a declaration is read into: camel case, typed by the kinds. */
export type InputsOf<D extends Declaration> = {
  readonly [K in keyof D & string as CamelCase<K>]: D[K] extends Field<infer T> ? T : never;
};

/** `ssh-known-hosts` to `sshKnownHosts`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, character: string) => character.toUpperCase());
}
