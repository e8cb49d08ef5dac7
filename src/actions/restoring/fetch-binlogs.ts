// Brings the binlogs of a plan onto this machine, as ciphertext, each when it is first read: how many are needed shows only then.
import { rm } from 'node:fs/promises';
import type { BinlogFacts } from '../../domain/binlogs/binlog-manifest.ts';
import type { BinlogLink, ShippedBinlog } from '../../domain/binlogs/binlog-timeline.ts';
import { LifeboatError } from '../../errors.ts';
import type { ReplayableBinlog } from '../../ports/restore-engine.ts';
import { fetchStored, type FetchContext } from './fetch-backup.ts';
import { openObject } from './open-object.ts';
import type { ReplayPlan } from './plan-replay.ts';

export class FetchedBinlog implements ReplayableBinlog {
  readonly facts: BinlogFacts;
  readonly #link: BinlogLink;
  readonly #context: FetchContext;
  #copy: ShippedBinlog;
  #file: string | undefined;

  constructor(link: BinlogLink, context: FetchContext) {
    this.facts = link.facts;
    this.#link = link;
    this.#context = context;
    this.#copy = link.copies[0];
  }

  /** Which of them was read. */
  get copy(): ShippedBinlog {
    return this.#copy;
  }

  /** Throws `object-mismatch` where no copy is whole. */
  async *open(): AsyncGenerator<Uint8Array> {
    this.#file ??= await this.#fetch();
    yield* openObject(this.#file, this.#context);
  }

  async remove(): Promise<void> {
    if (this.#file !== undefined) await rm(this.#file);
    this.#file = undefined;
  }

  /** Of several copies the first that is whole. */
  async #fetch(): Promise<string> {
    const { copies } = this.#link;
    for (const copy of copies) {
      try {
        const file = await fetchStored(copy.manifest.object, copy.manifest.id, this.#context);
        this.#copy = copy;
        return file;
      } catch (error) {
        const isDamaged = error instanceof LifeboatError && error.code === 'object-mismatch';
        if (!isDamaged || copy === copies.at(-1)) throw error;
        this.#context.reporter.info(`${error.message}; another copy is taken`);
      }
    }
    throw new TypeError('a file is there at least once');
  }
}

export function openBinlogs({ chain }: ReplayPlan, context: FetchContext): readonly FetchedBinlog[] {
  return chain.map((link) => new FetchedBinlog(link, context));
}
