// The expressions of workflows, as far as the examples use them: contexts, literals, `!`, `==`, `!=`, `&&`, `||`, parentheses, a few
// functions. Whatever else is written fails loudly, so that no example says what nobody has seen work.

export type Context = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(==|!=|&&|\|\||[!().,]))/y;
const LITERALS: Context = { true: true, false: false, null: null };

/** What stands between the double braces. `functions` are those that ask for the state of the run, such as `success`. */
export function evaluate(
  text: string,
  context: Context,
  functions: Readonly<Record<string, () => boolean>> = {},
): unknown {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[at];
  const take = (wanted?: string): string => {
    const token = tokens[at];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`"${text}": ${wanted ?? 'something'} is missing`);
    at += 1;
    return token;
  };
  const either = (): unknown => {
    let value = both();
    while (peek() === '||') {
      take();
      const other = both();
      value = isTrue(value) ? value : other;
    }
    return value;
  };
  const both = (): unknown => {
    let value = equal();
    while (peek() === '&&') {
      take();
      const other = equal();
      value = isTrue(value) ? other : value;
    }
    return value;
  };
  const equal = (): unknown => {
    const value = single();
    if (peek() !== '==' && peek() !== '!=') return value;
    const isWanted = take() === '==';
    // Texts are compared without regard to case; nothing is equal to an empty text.
    return (toText(value).toLowerCase() === toText(single()).toLowerCase()) === isWanted;
  };
  const single = (): unknown => {
    const token = take();
    if (token === '!') return !isTrue(single());
    if (token === '(') {
      const value = either();
      take(')');
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return Number(token);
    if (token in LITERALS) return LITERALS[token];
    if (peek() === '(') return call(token);
    if (!(token in context)) throw new Error(`"${text}": there is no ${token} here`);
    let value = context[token];
    while (peek() === '.') {
      take();
      value = property(value, take());
    }
    return value;
  };
  const call = (name: string): unknown => {
    take('(');
    const values: unknown[] = [];
    while (peek() !== ')') {
      values.push(either());
      if (peek() === ',') take();
    }
    take(')');
    const ask = functions[name];
    if (ask !== undefined) return ask();
    const [first, ...others] = values;
    if (name === 'fromJSON') return JSON.parse(toText(first));
    if (name === 'format')
      return toText(first).replaceAll(/\{(\d+)\}/g, (_, index: string) => toText(others[Number(index)]));
    throw new Error(`"${text}": the function ${name} is not known here`);
  };
  const value = either();
  if (at !== tokens.length) throw new Error(`"${text}": ${tokens[at] ?? ''} is too much`);
  return value;
}

/** A value of YAML with its expressions worked out; one that is nothing but an expression keeps its type. */
export function resolve(value: unknown, context: Context): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, context));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, context)]));
  if (typeof value !== 'string') return value;
  const [, only] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/.exec(value) ?? [];
  if (only !== undefined) return evaluate(only, context);
  return value.replaceAll(/\$\{\{(.*?)\}\}/g, (_, text: string) => toText(evaluate(text, context)));
}

export function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error('only texts, numbers and truth values can be written');
}

export function isTrue(value: unknown): boolean {
  return value !== false && value !== 0 && value !== '' && value !== null && value !== undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Context)[name]
    : null;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const whole = text.trimEnd();
  while (pattern.lastIndex < whole.length) {
    const match = pattern.exec(whole);
    if (match === null) throw new Error(`"${text}" cannot be read`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
