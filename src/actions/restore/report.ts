// What a person reads after a restore: what is where, how to look at it, how to use it, how to be rid of it.
import {
  codeBlock,
  codeSpan,
  escapeMarkdown,
  formatSentence,
  markdownTable,
} from '../../domain/text/markdown.ts';
import { countOf, formatCount, formatDuration, formatInstant } from '../../domain/text/units.ts';
import { describeReplay } from '../restoring/describe-replay.ts';
import type { RestoreOutcome } from './restore.ts';

const MAX_DIFFERENCES = 50;

export function renderRestoreSummary(server: string, outcome: RestoreOutcome): string {
  const {
    backup,
    plan,
    replay,
    timings,
    machine,
    serverVersion,
    withAccounts,
    leftOut,
    differences,
    warnings,
    replaced,
  } = outcome;
  const isSame = plan.databases.every(({ from, to }) => from === to);
  const verdict = differences.length === 0 ? '✅' : '❌';
  const what = plan.table === undefined ? countOf(plan.databases.length, 'database') : '1 table';
  const signed =
    backup.signedBy === undefined
      ? 'Its signature was not checked.'
      : `It is signed by ${codeSpan(backup.signedBy)}.`;
  const parts = [
    `## ${verdict} ${escapeMarkdown(server)}: ${what} restored in ${formatDuration(timings.totalMs)}`,
    `Backup ${codeSpan(backup.id)} with the state of ${formatInstant(replay?.recoveredTo ?? backup.manifest.instant)}, on ${escapeMarkdown(machine)} (${escapeMarkdown(serverVersion)})${withAccounts ? ', with its accounts' : ''}. ${signed}`,
    leftOut === undefined ? '' : `⚠️ ${formatSentence(leftOut)}`,
    replay === undefined ? '' : describeReplay(replay, replay.used.length),
    differences.length === 0
      ? 'Every table, view, routine and trigger of it is there, and every table has as many rows as were dumped.' +
        (replay === undefined ? '' : ' The replay came after that.')
      : differences
          .slice(0, MAX_DIFFERENCES)
          .map((one) => `- ❌ ${escapeMarkdown(one)}`)
          .join('\n'),
    renderTable(outcome),
    `Fetched in ${formatDuration(timings.fetchMs)}, loaded in ${formatDuration(timings.loadMs)}${replay === undefined ? '' : `, replayed in ${formatDuration(timings.replayMs)}`}.${replaced.length === 0 ? '' : ` Replaced: ${replaced.map(codeSpan).join(', ')}.`}`,
    warnings.map((warning) => `- ⚠️ ${formatSentence(warning)}`).join('\n'),
    ...(isSame ? [] : ['### What next', codeBlock(renderNext(outcome), 'sql')]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function renderTable({ plan, inventory }: RestoreOutcome): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  return markdownTable(
    [{ title: 'From' }, { title: 'Is now' }, right('Tables'), right('Rows')],
    plan.databases.map(({ from, to }) => {
      const tables = inventory.objects.filter(
        ({ kind, database, name }) =>
          kind === 'table' && database === from && (plan.table === undefined || plan.table === name),
      );
      const isCounted = tables.every(({ rows }) => rows !== undefined);
      const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0);
      return [
        codeSpan(plan.table === undefined ? from : `${from}.${plan.table}`),
        codeSpan(to),
        formatCount(tables.length),
        isCounted ? formatCount(rows) : 'not counted',
      ];
    }),
  );
}

/** SQL with the real names, of the first database where there are several. */
function renderNext({ plan, inventory }: RestoreOutcome): string {
  const [{ from, to } = { from: '', to: '' }] = plan.databases;
  const first = inventory.objects.find(({ kind, database }) => kind === 'table' && database === from)?.name;
  const table = quote(plan.table ?? first ?? 'table');
  return [
    '-- Look at it:',
    `USE ${quote(to)}; SHOW TABLES; SELECT * FROM ${table} LIMIT 10;`,
    '-- Copy back the rows that are missing (say which):',
    `INSERT INTO ${quote(from)}.${table} SELECT * FROM ${quote(to)}.${table} WHERE …;`,
    '-- Or take the whole table in place of the old one, which moves to the new database (not for tables with triggers):',
    `RENAME TABLE ${quote(from)}.${table} TO ${quote(to)}.${quote(`${(plan.table ?? first ?? 'table').slice(0, 58)}_old`)}, ${quote(to)}.${table} TO ${quote(from)}.${table};`,
    '-- Be rid of it:',
    `DROP DATABASE ${quote(to)};`,
  ].join('\n');
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
