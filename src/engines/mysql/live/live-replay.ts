// Replays binlogs into a server that somebody uses: one stream through the server's own program and one client, on the machine where that
// client is. Nothing is written to a disk there.
import { randomBytes } from 'node:crypto';
import { excerpt } from '../../../domain/text/excerpt.ts';
import { shellQuote } from '../../../domain/text/shell.ts';
import { LifeboatError } from '../../../errors.ts';
import type { Replayed } from '../../../ports/restore-engine.ts';
import { FLAVOURS } from '../flavours.ts';
import { BinlogCut, type CutRequest } from '../replay/cut-binlogs.ts';
import { findReplayTool, READ_STREAM, replayErrors, summarizeCut } from '../replay/replay.ts';
import { clientErrors } from '../restore/inside.ts';
import type { Flavour } from '../versions.ts';
import type { LiveClient } from './live-client.ts';

const RANDOM_BYTES = 12;
/** What the client prints: the beginning of the session and the answer at the end. */
const MAX_KEPT_CHARACTERS = 4096;
const MISSING_TOOL = 127;

interface Manner {
  /** An expression: 1 where the server would refuse the numbers of transactions that another server gave. */
  readonly isStrict: string;
  /** For the program that reads binlogs. */
  readonly options: readonly string[];
  readonly rights: string;
}

const MANNERS: Readonly<Record<Flavour, Manner>> = {
  mariadb: {
    isStrict: '@@GLOBAL.gtid_strict_mode AND @@GLOBAL.log_bin',
    options: [],
    rights: 'BINLOG REPLAY',
  },
  mysql: {
    isStrict: '0',
    // They are the old server's: this one would say that it had executed these, and none of those before.
    options: ['--skip-gtids'],
    rights: 'REPLICATION_APPLIER, SESSION_VARIABLES_ADMIN',
  },
};

/** Shell text that finds the program or ends. */
const findTool = (flavour: Flavour): string => `tool=$(${findReplayTool(flavour)}) || exit ${MISSING_TOOL}`;

/** Asks what would otherwise fail in the middle. Throws `target-tool-missing`, `db-rights-missing`, `restore-choice`. */
export async function checkLiveReplay(
  client: LiveClient,
  flavour: Flavour,
  signal: AbortSignal,
): Promise<void> {
  const { isStrict, rights } = MANNERS[flavour];
  // The last statement is complete nonsense to whoever may say it.
  const questions = `SELECT @@GLOBAL.event_scheduler; SELECT ${isStrict};\nSET SESSION pseudo_thread_id = 1;\nBINLOG '';\n`;
  const { exitCode, stdout, stderr } = await client.run(questions, { signal }, [], findTool(flavour));
  if (exitCode === MISSING_TOOL) {
    throw new LifeboatError(
      'target-tool-missing',
      `there is no ${FLAVOURS[flavour].binlogPrograms.join(' or ')} where the restore runs, so that binlogs cannot be replayed`,
      { hint: `On Debian and Ubuntu: apt-get install ${FLAVOURS[flavour].clientPackage}.` },
    );
  }
  if (/^ERROR 1227 /m.test(stderr)) {
    throw new LifeboatError(
      'db-rights-missing',
      `the database user may not replay binlogs: ${clientErrors(stderr)}`,
      { hint: `For the restore: GRANT ${rights} ON *.* TO the user.` },
    );
  }
  const [scheduler = '', strict] = stdout.split('\n');
  if (!/^ERROR (?:1149|1064) /m.test(stderr))
    throw new LifeboatError(
      'restore-failed',
      `the server cannot be asked whether it takes binlogs: ${clientErrors(stderr)}`,
    );
  if (scheduler === 'ON')
    throw unfit(
      'its event scheduler is on: events would do their work again while it is replayed',
      'SET GLOBAL event_scheduler = OFF;',
    );
  if (strict === '1')
    throw unfit(
      'it is strict about the numbers of transactions, and those in the binlogs are of another server',
      'SET GLOBAL gtid_strict_mode = OFF;',
    );
}

function unfit(why: string, statement: string): LifeboatError {
  return new LifeboatError('restore-choice', `the server cannot be brought to a point in time: ${why}`, {
    hint: `Nothing was changed. Say this first, and the opposite when you are content: ${statement}`,
  });
}

export interface ReplaySession {
  /** SQL that the session begins with. */
  readonly first: string;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/** Throws `binlog-invalid`, `restore-failed`. */
export async function replayIntoLive(
  client: LiveClient,
  request: CutRequest,
  { first, onStdout, signal }: ReplaySession,
): Promise<Replayed> {
  const { flavour, binlogs } = request;
  const mark = randomBytes(RANDOM_BYTES).toString('hex');
  const cut = new BinlogCut(request);
  // Behind everything else through the same client: its answer means that all of it was executed, and it has the program's status.
  const script = [
    findTool(flavour),
    `before_client() {`,
    `  printf '%s' ${shellQuote(first)}`,
    `  TZ=UTC "$tool" ${[READ_STREAM, ...MANNERS[flavour].options, '-'].join(' ')}`,
    `  printf "\\nSELECT '%s', %d;\\n" ${mark} $?`,
    `}`,
  ].join('\n');
  let printed = '';
  const { exitCode, stderr } = await client.run(
    cut.read(),
    {
      signal,
      onStdout: (chunk) => {
        onStdout(chunk);
        printed = (printed + Buffer.from(chunk).toString('latin1')).slice(-MAX_KEPT_CHARACTERS);
      },
    },
    [],
    script,
  );
  const status = new RegExp(`^${mark}\t(\\d+)$`, 'm').exec(printed)?.[1];
  // The status is 0 when the program stops at a damaged event in a file that a crash left open.
  if (exitCode !== 0 || status !== '0' || /^ERROR/m.test(stderr)) {
    throw new LifeboatError(
      'restore-failed',
      `the binlogs could not be replayed: the client ended with status ${exitCode} and mysqlbinlog with ${status ?? 'unknown'}:\n${excerpt(replayErrors(stderr))}`,
      {
        hint: 'The server quotes what it refused. Something that was written around the binary log, or that is on this server already, and a right that the database user lacks are the usual causes.',
      },
    );
  }
  return { ...summarizeCut(cut, binlogs), isComparedById: false };
}
