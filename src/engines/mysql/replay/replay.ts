// Replays binlogs in a sandbox: one stream through mysqlbinlog and the SQL client, and then a look at which transactions are there.
import { randomBytes } from 'node:crypto';
import { excerpt } from '../../../domain/text/excerpt.ts';
import { GtidSet, MariadbGtids } from '../../../domain/binlogs/gtid-set.ts';
import type { DumpManifest } from '../../../domain/dumps/manifest.ts';
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import { countOf } from '../../../domain/text/units.ts';
import { LifeboatError } from '../../../errors.ts';
import type {
  BinlogSurvey,
  ReplayableBinlog,
  Replayed,
  ReplayedTransaction,
} from '../../../ports/restore-engine.ts';
import { quoteSqlString } from '../client.ts';
import { FLAVOURS } from '../flavours.ts';
import { clientErrors, type Inside } from '../restore/inside.ts';
import { HOME } from '../restore/sandbox-server.ts';
import { compareNumbers, type Flavour, type Version } from '../versions.ts';
import { BinlogCut, type CutRequest } from './cut-binlogs.ts';
import type { Transaction } from './transactions.ts';

interface Dialect {
  /** Forgets all transactions; then these were executed. */
  readonly begin: (executed: string, server: Version) => string;
  /** An expression: what has been executed, on one line. */
  readonly executed: string;
  readonly isEqual: (a: string, b: string) => boolean;
}

/** Before it the statement has MariaDB's name. */
const RESET_RENAMED = [8, 2, 0];
const RANDOM_BYTES = 12;
/** Options of the program that reads binlogs. */
export const READ_STREAM = '--no-defaults --verify-binlog-checksum';

const REPLAY_DIALECTS: Readonly<Record<Flavour, Dialect>> = {
  mariadb: {
    begin: (executed) => `RESET MASTER;\nSET GLOBAL gtid_binlog_state = ${quoteSqlString(executed)};\n`,
    executed: '@@GLOBAL.gtid_binlog_state',
    isEqual: (a, b) => MariadbGtids.parse(a)?.toString() === MariadbGtids.parse(b)?.toString(),
  },
  mysql: {
    begin: (executed, { numbers }) =>
      (compareNumbers(numbers, RESET_RENAMED) < 0 ? 'RESET MASTER' : 'RESET BINARY LOGS AND GTIDS') +
      `;\nSET GLOBAL gtid_purged = ${quoteSqlString(executed)};\n`,
    executed: String.raw`REPLACE(@@GLOBAL.gtid_executed, '\n', '')`,
    isEqual: (a, b) => GtidSet.parse(a)?.toString() === GtidSet.parse(b)?.toString(),
  },
};

/** Throws RangeError for a dump without coordinates. */
export function replayRequest(
  { source, coordinates }: DumpManifest,
  binlogs: readonly ReplayableBinlog[],
): Omit<CutRequest, 'until'> {
  if (coordinates === null) throw new RangeError('nothing can be replayed onto a dump without coordinates');
  const { position, gtid } = coordinates;
  return { flavour: source.flavour, binlogs, position, gtid: gtid === '' ? undefined : gtid };
}

/** Reads and compares all that an instant needs; nothing is executed. Throws `binlog-invalid`, `binlog-chain`. */
export async function surveyBinlogs(request: CutRequest): Promise<BinlogSurvey> {
  const cut = new BinlogCut(request);
  const binlogs = await cut.survey();
  const { transactions, before: executedBefore, outOfOrder } = cut;
  return { binlogs, transactions, outOfOrder, executedBefore, span: spanOf(request.flavour, cut) };
}

/** Instants have milliseconds; an instant counts as its whole second in MariaDB. */
function spanOf(flavour: Flavour, { inDump, first, last }: BinlogCut): BinlogSurvey['span'] {
  if (first === undefined || last === undefined) return undefined;
  const from = Math.ceil(Math.max(first.committedUs, inDump?.committedUs ?? 0) / 1_000);
  const to = Math.ceil(last.committedUs / 1_000) - (flavour === 'mysql' ? 1 : 1_000);
  return from <= to ? { from: new Date(from), to: new Date(to) } : undefined;
}

/** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
export async function replayBinlogs(
  inside: Inside,
  server: Version,
  request: CutRequest,
  survey: BinlogSurvey,
): Promise<Replayed> {
  const dialect = REPLAY_DIALECTS[inside.flavour];
  const begun = await inside.sql(dialect.begin(survey.executedBefore, server));
  if (begun.exitCode !== 0) throw failed(`the server could not be prepared:\n${clientErrors(begun.stderr)}`);
  const loggedBefore = await readLogBytes(inside);
  const cut = new BinlogCut(request);
  const mark = randomBytes(RANDOM_BYTES).toString('hex');
  const { exitCode, stdout, stderr } = await inside.shell(replayScript(inside, mark), cut.read());
  const lines = stdout.toString().split('\n');
  const [client, tool] = answer(lines, `${mark} ended `)?.split(' ') ?? [];
  // The status is 0 when it stops at a damaged event in a file that a crash left open.
  if (exitCode !== 0 || client !== '0' || tool !== '0' || /^ERROR/m.test(stderr))
    throw failed(
      `mysqlbinlog ended with status ${tool ?? 'unknown'} and the client with ${client ?? 'unknown'}:\n${excerpt(replayErrors(stderr))}`,
    );
  const executed = answer(lines, `${mark} executed\t`);
  if (executed === undefined) throw failed('the client did not come to the end');
  if (!dialect.isEqual(executed, cut.executed)) {
    throw differs(
      `the binlogs hold ${excerptOf(cut.executed)}, and the sandbox has executed ${excerptOf(executed)}`,
    );
  }
  const hasExecuted = (await readLogBytes(inside)) > loggedBefore;
  if (cut.transactions > 0 && !hasExecuted)
    throw differs(`nothing was executed of ${countOf(cut.transactions, 'transaction')}`);
  return {
    ...summarizeCut(cut, request.binlogs),
    isComparedById: cut.last !== undefined && cut.last.gtid !== '',
  };
}

/** What went by. */
export function summarizeCut(
  { transactions, last, stop }: BinlogCut,
  binlogs: readonly ReplayableBinlog[],
): Omit<Replayed, 'isComparedById'> {
  // A name is there once: what follows each other has different numbers.
  const stoppedIn = binlogs.findIndex(({ facts }) => facts.name === stop?.name);
  return {
    transactions,
    last: describeOne(last),
    next: describeOne(stop?.next),
    stopPosition: stop?.position,
    binlogs: stoppedIn < 0 ? binlogs.length : stoppedIn + 1,
  };
}

/** Shell text that prints the path of the program that reads binlogs, or fails. */
export function findReplayTool(flavour: Flavour): string {
  return FLAVOURS[flavour].binlogPrograms.map((name) => `command -v ${name}`).join(' || ');
}

/** The last statement goes through the same client behind all others: its answer means that they were executed. */
function replayScript(inside: Inside, mark: string): string {
  const { executed } = REPLAY_DIALECTS[inside.flavour];
  const directory = `${HOME}/replay`;
  const client = shellQuoteAll([inside.client, ...inside.clientArguments()]);
  const question = shellQuote(`\nSELECT '${mark} executed', ${executed};\n`);
  return [
    `mkdir -p ${directory} || exit 1`,
    `tool=$(${findReplayTool(inside.flavour)}) || exit 127`,
    // Its status is written down, for that of a pipeline is the client's.
    `{ TZ=UTC "$tool" ${READ_STREAM} - 2>${directory}/errors; echo $? >${directory}/status; printf '%s' ${question}; } |`,
    `  ${client}`,
    `client=$?`,
    `echo ${mark} ended "$client" "$(cat ${directory}/status)"`,
    `cat ${directory}/errors >&2`,
  ].join('\n');
}

function answer(lines: readonly string[], start: string): string | undefined {
  return lines.find((line) => line.startsWith(start))?.slice(start.length);
}

async function readLogBytes(inside: Inside): Promise<number> {
  const { exitCode, stdout, stderr } = await inside.sql('SHOW BINARY LOGS;');
  if (exitCode !== 0) throw failed(`the server does not list its binlogs:\n${clientErrors(stderr)}`);
  const sizes = stdout
    .toString()
    .split('\n')
    .map((line) => Number(line.split('\t')[1] ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function describeOne(transaction: Transaction | undefined): ReplayedTransaction | undefined {
  if (transaction === undefined) return undefined;
  const { gtid, committedUs } = transaction;
  return { gtid, committedAt: new Date(Math.floor(committedUs / 1_000)) };
}

/** Errors of the two programs; what else they print may hold rows. */
export function replayErrors(stderr: string): string {
  const errors = stderr
    .split('\n')
    .filter((line) => /^(?:ERROR|WARNING|mysqlbinlog:|mariadb-binlog:)/i.test(line));
  return errors.length === 0 ? 'neither of them said why' : errors.join('\n');
}

/** Sets may be long. */
function excerptOf(executed: string): string {
  return executed === '' ? 'nothing' : excerpt(executed);
}

function failed(how: string): LifeboatError {
  return new LifeboatError('replay-failed', `the binlogs could not be replayed: ${how}`, {
    hint: 'On the real day they would not go further either. Make a new dump now: it begins a new chain.',
  });
}

function differs(how: string): LifeboatError {
  return new LifeboatError('replay-differs', `the replay did not do what the binlogs hold: ${how}`, {
    hint: 'Make a new dump now: it begins a new chain. Until then the dump alone is what can be relied upon.',
  });
}
