// Whether what was restored can be used: every table and its indexes are checked, every view is opened.
import type { InventoryObject } from '../../../domain/dumps/inventory.ts';
import type { BrokenObject } from '../../../ports/restore-engine.ts';
import { quoteIdentifier } from '../client.ts';
import type { InsideResult } from './inside.ts';

type Checked = Pick<InventoryObject, 'kind' | 'database' | 'name'>;

/** Stands before the answer to each statement. */
const MARK = 'lifeboat-object-';
const GOOD = /^(?:OK|Table is already up to date|The storage engine for the table doesn't support check)$/;
const NO_DEFINER = /^(?:error 1449: )?The user specified as a definer \(('.*'@'.*')\) does not exist$/s;
const VERDICT = 'Corrupt';

const FIRST_LINE = "SET SESSION sql_mode = '';\n";

export function checkSql(objects: readonly Checked[]): string {
  return FIRST_LINE + objects.map(statementsFor).join('');
}

function statementsFor({ kind, database, name }: Checked, index: number): string {
  const quoted = `${quoteIdentifier(database)}.${quoteIdentifier(name)}`;
  const open = kind === 'view' ? `SELECT 1 FROM ${quoted} LIMIT 0;\n` : '';
  return `SELECT '${MARK}${index}';\nCHECK TABLE ${quoted};\n${open}`;
}

/**
 * Reads what `checkSql` printed, run with `--force` so that it goes on after an error. `dumpedAccounts` are those of the source, as
 * `'user'@'host'`; absent where they were not dumped.
 */
export function readChecks(
  objects: readonly Checked[],
  { stdout, stderr }: InsideResult,
  dumpedAccounts?: ReadonlySet<string>,
): BrokenObject[] {
  const answers = new Map<number, string[]>();
  let current = -1;
  for (const line of stdout.toString().split('\n')) {
    // In their order: a name with line breaks may look like one, but must not take the answer away from another object.
    if (line === `${MARK}${current + 1}`) answers.set((current += 1), []);
    else answers.get(current)?.push(line);
  }
  const errors = errorsByLine(stderr);
  let line = linesIn(FIRST_LINE);
  return objects.flatMap((object, index) => {
    const { kind, database, name } = object;
    // A name may hold line breaks: the client tells one of the lines of the statement that failed.
    const [first, last] = [line + 1, line + linesIn(statementsFor(object, index))];
    line = last;
    const problems = [
      ...problemsIn(answers.get(index)),
      ...errors.filter((error) => error.line >= first && error.line <= last).map(({ text }) => text),
    ];
    if (problems.length === 0) return [];
    return [
      {
        kind: kind === 'view' ? ('view' as const) : ('table' as const),
        database,
        name,
        problem: [...new Set(problems)].join('; '),
        ...(dumpedAccounts !== undefined && problems.every((problem) => isOfNobody(problem, dumpedAccounts))
          ? { isOfSource: true as const }
          : {}),
      },
    ];
  });
}

/** Whether a definer is missed that the source did not have; `Corrupt` says no more than that something was said before. */
function isOfNobody(problem: string, accounts: ReadonlySet<string>): boolean {
  const definer = NO_DEFINER.exec(problem)?.[1];
  return definer === undefined ? problem === VERDICT : !accounts.has(definer);
}

/** Rows of CHECK TABLE: table, `check`, type of message, text. The last one is the verdict. */
function problemsIn(answer: readonly string[] | undefined): string[] {
  const rows = (answer ?? []).map((row) => /\tcheck\t(\w+)\t(.*)$/i.exec(row)).filter((row) => row !== null);
  const told = rows
    .map(([, type = '', text = '']) => ({ type: type.toLowerCase(), text }))
    .filter(({ type, text }) => (type === 'status' || type === 'note' ? !GOOD.test(text) : true))
    .map(({ text }) => text);
  return rows.length === 0 ? ['CHECK TABLE did not answer'] : told;
}

function errorsByLine(stderr: string): { line: number; text: string }[] {
  return Array.from(
    stderr.matchAll(/^ERROR (\d+) \([0-9A-Z]{5}\) at line (\d+): (.*)$/gm),
    ([, code = '', line = '0', text = '']) => ({ line: Number(line), text: `error ${code}: ${text}` }),
  );
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
