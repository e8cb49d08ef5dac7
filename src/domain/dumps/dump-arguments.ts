// Arguments that a user may add to those of the dump client. What is not known to be harmless is refused: an option that leaves
// something out of a dump, or changes its form, does so without an error.

export interface DumpArguments {
  /** How the clients reach the server: for each of them. */
  readonly connection: readonly string[];
  /** How the dump client writes rows: a restored server is dumped with the same ones, or every digest would differ. */
  readonly text: readonly string[];
}

const FLAG = undefined;
const PATH = /^\/[^\p{Cc}]+$/u;
const WORDS = /^[\w@:.,!+-]+$/;
/** `mariadb-dump --help`: a number of bytes, with a binary unit. */
const BYTES = /^[1-9]\d{0,8}[KMkm]?$/;

/** With what a value has to look like; a flag takes none. */
const CONNECTION: Readonly<Record<string, RegExp | typeof FLAG>> = {
  '--compress': FLAG,
  '--ssl': FLAG,
  '--skip-ssl': FLAG,
  '--ssl-ca': PATH,
  '--ssl-capath': PATH,
  '--ssl-cert': PATH,
  '--ssl-cipher': WORDS,
  '--ssl-crl': PATH,
  '--ssl-crlpath': PATH,
  '--ssl-key': PATH,
  '--ssl-mode': WORDS,
  '--ssl-verify-server-cert': FLAG,
  '--skip-ssl-verify-server-cert': FLAG,
  '--tls-version': WORDS,
};

const TEXT: Readonly<Record<string, RegExp | typeof FLAG>> = {
  '--complete-insert': FLAG,
  '--net-buffer-length': BYTES,
  '--order-by-primary': FLAG,
  '--skip-extended-insert': FLAG,
};

export const DUMP_ARGUMENT_NAMES: readonly string[] = [...Object.keys(TEXT), ...Object.keys(CONNECTION)];

export type RefusedArgument = 'unknown' | 'value';

/** An argument as the clients are given it, `_` being another way to write `-`; or what is wrong with it. */
export function readDumpArgument(argument: string): { readonly argument: string } | RefusedArgument {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/su.exec(argument) ?? [];
  const known = name.replaceAll('_', '-');
  const table = [TEXT, CONNECTION].find((each) => Object.hasOwn(each, known));
  if (table === undefined) return 'unknown';
  const form = table[known];
  if (form === FLAG ? value !== undefined : value === undefined || !form.test(value)) return 'value';
  return { argument: value === undefined ? known : `${known}=${value}` };
}

/** Of arguments that `readDumpArgument` gave. */
export function sortDumpArguments(given: readonly string[]): DumpArguments {
  const isText = (argument: string) => Object.hasOwn(TEXT, argument.replace(/=.*/s, ''));
  return { connection: given.filter((one) => !isText(one)), text: given.filter(isText) };
}

/** Whether all of them are arguments for the form of a dump's rows, and nothing else. */
export function areTextArguments(given: readonly string[]): boolean {
  return (
    given.every((one) => typeof readDumpArgument(one) === 'object') &&
    sortDumpArguments(given).connection.length === 0
  );
}
