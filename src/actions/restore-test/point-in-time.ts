// Level 4: which binlogs are replayed onto a backup, up to which moment, and what came of it.
import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  buildTimeline,
  type BinlogLink,
  type ShippedBinlog,
  type Timeline,
} from '../../domain/binlog-timeline.ts';
import type { DumpManifest } from '../../domain/manifest.ts';
import type { ReplayTarget } from '../../domain/proof.ts';
import { countOf, formatInstant } from '../../domain/units.ts';
import { LifeboatError } from '../../errors.ts';
import type { ReplayTo } from '../../inputs/names.ts';
import type {
  BinlogSurvey,
  ReplayableBinlog,
  Replayed,
  RestoredServer,
  RestoreEngine,
} from '../../ports/restore-engine.ts';
import type { FetchContext } from '../restoring/fetch-backup.ts';
import { fetchStored } from '../restoring/fetch-backup.ts';
import { openObject } from '../restoring/open-object.ts';

export interface ReplayPlan {
  readonly target: ReplayTarget;
  /** For the target `instant` only. */
  readonly at: Date | undefined;
  readonly chain: readonly BinlogLink[];
  readonly recoverableUntil: string;
  /** Not in the way of this moment, but of later ones. */
  readonly gap: string | undefined;
}

export interface FetchedBinlog {
  readonly copy: ShippedBinlog;
  readonly file: string;
}

/** What was replayed, and how far it leads. */
export interface ExaminedReplay extends Replayed {
  readonly target: ReplayTarget;
  /** By the clock of the database server. */
  readonly recoveredTo: string;
  /** The newest moment that the binlogs lead to. */
  readonly recoverableUntil: string;
  /** Those that were replayed, in their order. */
  readonly replayed: readonly ShippedBinlog[];
  readonly limits: readonly string[];
}

const HINT =
  'Make a new dump now: it begins a new chain. Then look at the runs that ship binlogs: since when have they failed, and does the server keep its binlogs longer than they pause?';

/** Throws `not-an-anchor`, `binlog-chain`. */
export function planReplay(
  manifest: DumpManifest,
  shipped: readonly ShippedBinlog[],
  wanted: ReplayTo,
): ReplayPlan {
  const { isAnchor, reasons } = manifest.pitrAnchor;
  if (!isAnchor || manifest.coordinates === null) {
    throw new LifeboatError(
      'not-an-anchor',
      `binlogs cannot be replayed onto the backup ${manifest.id}: ${reasons.join('; ')}`,
      {
        hint: 'Point-in-time recovery needs a dump of everything, at one moment, from a server with a binary log.',
      },
    );
  }
  const timeline = buildTimeline(manifest, shipped);
  const { chain, recoverableUntil, gap } = timeline;
  const problem = findProblem(timeline, wanted, manifest);
  if (problem !== undefined) {
    const still = `What can still be recovered is everything until ${formatInstant(recoverableUntil)}.`;
    throw new LifeboatError('binlog-chain', `${problem}.\n${still}`, { hint: HINT });
  }
  const at = wanted.kind === 'instant' ? wanted.at : undefined;
  return {
    ...{ target: wanted.kind, at, recoverableUntil, gap },
    chain: at === undefined ? chain : chain.slice(0, countNeeded(chain, at)),
  };
}

/** How many files may hold what was committed until then. A session that sets its own time can close a file in any future. */
function countNeeded(chain: Timeline['chain'], at: Date): number {
  const closedLater = chain.findIndex(({ facts }) => Date.parse(facts.closedAt) > at.getTime());
  const begunBefore = chain.findLastIndex(({ facts }) => Date.parse(facts.createdAt) <= at.getTime());
  return closedLater < 0 ? chain.length : Math.max(closedLater, begunBefore) + 1;
}

/** Without a full stop. */
function findProblem(
  { chain, recoverableUntil, gap, alarms }: Timeline,
  wanted: ReplayTo,
  { instant, id }: DumpManifest,
): string | undefined {
  if (alarms.length > 0) return alarms.join('; ');
  if (wanted.kind === 'instant') {
    const at = formatInstant(wanted.at.toISOString());
    if (wanted.at < new Date(instant)) return `the backup ${id} holds a later state than that of ${at}`;
    if (wanted.at < new Date(recoverableUntil)) return undefined;
    return gap ?? `the binlogs that were shipped do not reach ${at}`;
  }
  if (gap !== undefined) return gap;
  return chain.length === 0 ? `no binlog was shipped since the backup ${id}` : undefined;
}

/** Of several copies of a file the first that is whole. Throws `object-mismatch`. */
export async function fetchBinlogs(
  { chain }: ReplayPlan,
  context: FetchContext,
): Promise<readonly FetchedBinlog[]> {
  const fetched: FetchedBinlog[] = [];
  for (const { copies } of chain) {
    for (const [index, copy] of copies.entries()) {
      try {
        fetched.push({ copy, file: await fetchStored(copy.manifest.object, copy.manifest.id, context) });
        break;
      } catch (error) {
        const isDamaged = error instanceof LifeboatError && error.code === 'object-mismatch';
        if (!isDamaged || index === copies.length - 1) throw error;
        context.reporter.info(`${error.message}; another copy is taken`);
      }
    }
  }
  return fetched;
}

export class Replay {
  readonly #plan: ReplayPlan;
  readonly #manifest: DumpManifest;
  readonly #fetched: readonly FetchedBinlog[];
  readonly #binlogs: readonly ReplayableBinlog[];
  readonly #survey: BinlogSurvey;

  private constructor(
    plan: ReplayPlan,
    manifest: DumpManifest,
    {
      fetched,
      binlogs,
      survey,
    }: {
      readonly fetched: readonly FetchedBinlog[];
      readonly binlogs: readonly ReplayableBinlog[];
      readonly survey: BinlogSurvey;
    },
  ) {
    this.#plan = plan;
    this.#manifest = manifest;
    this.#fetched = fetched;
    this.#binlogs = binlogs;
    this.#survey = survey;
  }

  /** Fetches the binlogs and compares each with its manifest, from its first byte to its last. Throws `object-mismatch`, `binlog-invalid`. */
  static async prepare(
    plan: ReplayPlan,
    manifest: DumpManifest,
    engine: RestoreEngine,
    context: FetchContext,
  ): Promise<Replay> {
    const fetched = await fetchBinlogs(plan, context);
    const binlogs = fetched.map(({ copy, file }) => ({
      facts: copy.manifest.binlog,
      open: () => openObject(file, context),
    }));
    const survey = await engine.surveyBinlogs(manifest, binlogs);
    const count = countOf(survey.transactions, 'transaction');
    context.reporter.info(`${countOf(binlogs.length, 'binlog')} with ${count} after the dump`);
    return new Replay(plan, manifest, { fetched, binlogs, survey });
  }

  /** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
  async run(server: RestoredServer, engine: RestoreEngine): Promise<ExaminedReplay> {
    const { target, recoverableUntil, gap } = this.#plan;
    const until = this.#chooseInstant();
    const replayed = await server.replay(this.#binlogs, this.#survey, until);
    for (const { file } of this.#fetched) await rm(file);
    const used = this.#fetched.slice(0, replayed.binlogs).map(({ copy }) => copy);
    const statements = used.filter(({ manifest }) => manifest.binlog.format !== 'ROW').length;
    return {
      ...replayed,
      target,
      recoverableUntil,
      recoveredTo:
        until === undefined ? recoverableUntil : engine.roundInstant(this.#manifest, until).toISOString(),
      replayed: used,
      limits: [
        gap !== undefined && `nothing later than ${formatInstant(recoverableUntil)} can be recovered: ${gap}`,
        target === 'random' &&
          until === undefined &&
          'there are no two transactions between which the replay could have ended',
        !replayed.isComparedById &&
          replayed.transactions > 0 &&
          'the transactions have no ids by which the sandbox could tell that it has all of them',
        statements > 0 &&
          `${countOf(statements, 'binlog')} may hold statements, which were executed again, and not the rows that they changed`,
      ].filter((limit) => limit !== false),
    };
  }

  /** Undefined: everything. */
  #chooseInstant(): Date | undefined {
    const { target, at } = this.#plan;
    const { span } = this.#survey;
    if (target !== 'random' || span === undefined) return at;
    const lengthMs = span.to.getTime() - span.from.getTime();
    return new Date(span.from.getTime() + randomInt(lengthMs + 1));
  }
}
