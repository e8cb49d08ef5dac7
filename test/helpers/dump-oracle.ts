// Counts the rows of a dump the plain way: cuts the whole text into statements as the client that loads it does, and counts
// parentheses. Shares no code and no idea with inventory-filter.pl.

export interface CountedTable {
  readonly database: string;
  readonly table: string;
  rows: number;
  /** The INSERT statements as they stand in the dump. */
  text: string;
}

/** `dump` is read byte by byte (latin1), and so are the names in the result. */
export function countRows(dump: Buffer): Map<string, CountedTable> {
  const tables = new Map<string, CountedTable>();
  let database = '';
  for (const statement of cutStatements(dump.toString('latin1'))) {
    const use = /^USE (`(?:[^`]|``)+`)/.exec(statement);
    if (use) database = unquote(use[1] ?? '');
    const insert = /^INSERT INTO (`(?:[^`]|``)+`) /.exec(statement);
    if (!insert) continue;
    const table = unquote(insert[1] ?? '');
    const key = JSON.stringify([database, table]);
    const counted = tables.get(key) ?? { database, table, rows: 0, text: '' };
    counted.rows += countTuples(statement);
    counted.text += `${statement};\n`;
    tables.set(key, counted);
  }
  return tables;
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('``', '`');
}

/** Every kind of thing that can hold a delimiter without ending the statement, then any single character. */
const TOKENS =
  /`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|\/\*(?!M?!).*?\*\/|(?:--(?=\s)|#)[^\n]*|./gs;
const TOKENS_WITHOUT_ESCAPES = /`(?:[^`]|``)*`|'[^']*'|"[^"]*"|\/\*(?!M?!).*?\*\/|(?:--(?=\s)|#)[^\n]*|./gs;

function cutStatements(text: string): string[] {
  const statements: string[] = [];
  let [at, delimiter, hasEscapes] = [0, ';', true];
  while (at < text.length) {
    const command = /^DELIMITER (\S+)\n/.exec(text.slice(at, at + 20));
    if (command) {
      delimiter = command[1] ?? '';
      at += command[0].length;
      continue;
    }
    const start = at;
    const tokens = hasEscapes ? TOKENS : TOKENS_WITHOUT_ESCAPES;
    while (at < text.length && !text.startsWith(delimiter, at)) {
      tokens.lastIndex = at;
      at += tokens.exec(text)?.[0].length ?? 1;
    }
    const statement = text.slice(start, at).replace(/^(?:--[^\n]*\n|\s)+/, '');
    at += delimiter.length;
    if (text[at] === '\n') at += 1;
    while (/^(?:--[^\n]*)?\n/.test(text.slice(at, at + 4096))) at = text.indexOf('\n', at) + 1;
    const mode = /^\/\*!50003 SET sql_mode\s+= ('[^']*'|@saved)/.exec(statement)?.[1];
    if (mode !== undefined) hasEscapes = !mode.includes('NO_BACKSLASH_ESCAPES');
    statements.push(statement);
  }
  return statements;
}

/** Parentheses at the outermost level after VALUES. */
function countTuples(statement: string): number {
  let [rows, depth, isPastValues] = [0, 0, false];
  for (const [token] of statement.matchAll(new RegExp(`VALUES|${TOKENS.source}`, 'gs'))) {
    if (token === 'VALUES') isPastValues = true;
    else if (token === '(' && depth++ === 0 && isPastValues) rows += 1;
    else if (token === ')') depth -= 1;
  }
  return rows;
}
