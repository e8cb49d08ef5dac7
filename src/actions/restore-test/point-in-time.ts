// Level 4: binlogs are replayed onto a backup in the sandbox, up to a moment, and what came of it.
import { randomInt } from 'node:crypto';
import type { ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import type { DumpManifest } from '../../domain/dumps/manifest.ts';
import type { ReplayTarget } from '../../domain/proofs/proof.ts';
import { countOf, formatInstant } from '../../domain/text/units.ts';
import type { BinlogSurvey, Replayed, RestoredServer, RestoreEngine } from '../../ports/restore-engine.ts';
import { describeDisorder, describeStatements } from '../restoring/describe-replay.ts';
import type { FetchContext } from '../restoring/fetch-backup.ts';
import { openBinlogs, type FetchedBinlog } from '../restoring/fetch-binlogs.ts';
import type { ReplayPlan } from '../restoring/plan-replay.ts';

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

export class Replay {
  readonly #plan: ReplayPlan;
  readonly #manifest: DumpManifest;
  readonly #binlogs: readonly FetchedBinlog[];
  readonly #survey: BinlogSurvey;

  private constructor(
    plan: ReplayPlan,
    manifest: DumpManifest,
    binlogs: readonly FetchedBinlog[],
    survey: BinlogSurvey,
  ) {
    this.#plan = plan;
    this.#manifest = manifest;
    this.#binlogs = binlogs;
    this.#survey = survey;
  }

  /** Fetches the binlogs and compares each with its manifest, from its first byte to its last. Throws `object-mismatch`, `binlog-invalid`, `binlog-chain`. */
  static async prepare(
    plan: ReplayPlan,
    manifest: DumpManifest,
    engine: RestoreEngine,
    context: FetchContext,
  ): Promise<Replay> {
    const chain = openBinlogs(plan, context);
    const survey = await engine.surveyBinlogs(manifest, chain, plan.at);
    const binlogs = chain.slice(0, survey.binlogs);
    const count = countOf(survey.transactions, 'transaction');
    context.reporter.info(`${countOf(binlogs.length, 'binlog')} with ${count} after the dump`);
    return new Replay(plan, manifest, binlogs, survey);
  }

  /** Throws `binlog-invalid`, `replay-failed`, `replay-differs`. */
  async run(server: RestoredServer, engine: RestoreEngine): Promise<ExaminedReplay> {
    const { target, recoverableUntil, gap } = this.#plan;
    const until = this.#chooseInstant();
    const replayed = await server.replay(this.#binlogs, this.#survey, until);
    for (const binlog of this.#binlogs) await binlog.remove();
    const used = this.#binlogs.slice(0, replayed.binlogs);
    return {
      ...replayed,
      target,
      recoverableUntil,
      recoveredTo:
        until === undefined ? recoverableUntil : engine.roundInstant(this.#manifest, until).toISOString(),
      replayed: used.map(({ copy }) => copy),
      limits: [
        gap !== undefined && `nothing later than ${formatInstant(recoverableUntil)} can be recovered: ${gap}`,
        target === 'random' &&
          until === undefined &&
          'there are no two transactions between which the replay could have ended',
        replayed.transactions === 0 && 'there was nothing to replay',
        describeDisorder(this.#survey),
        !replayed.isComparedById &&
          replayed.transactions > 0 &&
          'the transactions have no ids by which the sandbox could tell that it has all of them',
        describeStatements(used),
      ].filter((limit) => typeof limit === 'string'),
    };
  }

  /** Undefined: everything. */
  #chooseInstant(): Date | undefined {
    const { target, at, recoverableUntil } = this.#plan;
    const { span } = this.#survey;
    if (target !== 'random' || span === undefined) return at;
    // A session that set its own time may have left any.
    const from = Math.max(span.from.getTime(), Date.parse(this.#manifest.instant));
    const to = Math.min(span.to.getTime(), Date.parse(recoverableUntil));
    return from <= to ? new Date(randomInt(from, to + 1)) : undefined;
  }
}
