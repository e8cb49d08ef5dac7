// One stream of binlogs for `mysqlbinlog -`: from a position in the first to the first transaction that committed after an instant. On the
// way every file is compared with its manifest, and it is known in the end what must have been executed.
import { createHash } from 'node:crypto';
import type { BinlogFacts } from '../../../domain/binlogs/binlog-manifest.ts';
import { GtidSet } from '../../../domain/binlogs/gtid-set.ts';
import { LifeboatError } from '../../../errors.ts';
import type { ReplayableBinlog } from '../../../ports/restore-engine.ts';
import type { Flavour } from '../versions.ts';
import {
  damaged,
  EVENT,
  EventScanner,
  HEADER_BYTES,
  MAGIC,
  type BinlogEvent,
  type Decision,
} from './event-scanner.ts';
import { executedFrom, isAfter, type Executed, type Transaction } from './transactions.ts';

/** Where a replay may begin: between two transactions. */
const BETWEEN = new Set<number>([
  ...[EVENT.gtid, EVENT.anonymousGtid, EVENT.taggedGtid, EVENT.mariadbGtid],
  ...[EVENT.rotate, EVENT.stop, EVENT.mariadbCheckpoint, EVENT.mariadbGtidList],
]);

export interface CutRequest {
  readonly flavour: Flavour;
  readonly binlogs: readonly ReplayableBinlog[];
  /** In the first of them. */
  readonly position: number;
  /** What was executed up to there, as the dump says; undefined where it does not. MariaDB: the last of each domain; MySQL: or less. */
  readonly gtid: string | undefined;
  /** Undefined: to the end. */
  readonly until: Date | undefined;
}

export interface Stop {
  readonly name: string;
  readonly position: number;
  /** The first that is left out. */
  readonly next: Transaction;
}

export class BinlogCut {
  readonly #request: CutRequest;
  readonly #executed: Executed;
  /** In the order of the log, by domain: what MariaDB calls its position. */
  readonly #inDomains = new Map<string, string>();
  /** Has begun, and counts when it has ended. */
  #open: Transaction | undefined;
  #before: string | undefined;
  #file: FileState;
  #transactions = 0;
  #first: Transaction | undefined;
  #last: Transaction | undefined;
  #stop: Stop | undefined;
  /** Goes on behind the stop. */
  #isSurvey = false;
  #inDump: Transaction | undefined;
  #outOfOrder = 0;

  constructor(request: CutRequest) {
    const [first] = request.binlogs;
    if (first === undefined) throw new RangeError('there is nothing to replay');
    this.#request = request;
    this.#executed = executedFrom(request.flavour, first.facts.gtidsBefore);
    this.#file = new FileState(first.facts);
  }

  /** What had been executed at the position. */
  get before(): string {
    return this.#before ?? '';
  }

  /** What has been executed at the end. */
  get executed(): string {
    return this.#executed.toString();
  }

  get transactions(): number {
    return this.#transactions;
  }

  get first(): Transaction | undefined {
    return this.#first;
  }

  get last(): Transaction | undefined {
    return this.#last;
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** The last before the position. */
  get inDump(): Transaction | undefined {
    return this.#inDump;
  }

  /** After a survey: how many behind the stop say that they committed before it. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /**
   * Instead of `read`: every file with its whole contents, up to the first with a transaction that committed after the instant, and what was
   * begun by then. Returns how many files these are. Throws as `read`.
   */
  async survey(): Promise<number> {
    this.#isSurvey = true;
    const { binlogs, until } = this.#request;
    const begunBefore =
      until === undefined ? -1 : binlogs.findLastIndex(({ facts }) => new Date(facts.createdAt) <= until);
    for (const [index, binlog] of binlogs.entries()) {
      for await (const chunk of this.#readFile(binlog)) chunk satisfies Uint8Array;
      if (this.#stop !== undefined && index >= begunBefore) return index + 1;
    }
    return binlogs.length;
  }

  /** To be read once. Throws `binlog-invalid`, `binlog-chain` for an instant before the dump, and what opening a file throws. */
  async *read(): AsyncGenerator<Uint8Array> {
    yield MAGIC;
    for (const binlog of this.#request.binlogs) {
      yield* this.#readFile(binlog);
      if (this.#stop !== undefined) return;
    }
  }

  async *#readFile(binlog: ReplayableBinlog): AsyncGenerator<Uint8Array> {
    const { facts } = binlog;
    const file = (this.#file = new FileState(facts));
    const scanner = new EventScanner((event) => this.#decide(event));
    try {
      for await (const chunk of binlog.open()) {
        file.add(chunk);
        yield* scanner.scan(chunk);
        if (scanner.isStopped) return;
      }
      scanner.end();
      if (this.#before === undefined) this.#begin(facts.sizeBytes);
      this.#completeLast(facts);
      file.check();
    } catch (error) {
      if (error instanceof LifeboatError && error.code !== 'binlog-invalid') throw error;
      if (!(error instanceof LifeboatError) && !(error instanceof RangeError)) throw error;
      const how =
        error instanceof LifeboatError ? error.message.replace(/^.*?: /, '') : 'an event is too short';
      throw new LifeboatError('binlog-invalid', `the binlog ${facts.name} cannot be replayed: ${how}`, {
        hint: 'What was stored is not what the server closed. Make a new dump now: it begins a new chain.',
        cause: error,
      });
    }
  }

  #decide(event: BinlogEvent): Decision {
    const { type, offset } = event;
    const { flavour, binlogs, position, until } = this.#request;
    const file = this.#file;
    file.see(event);
    if (type === EVENT.formatDescription) return 'pass';
    const list = this.#executed.readList(event);
    if (list !== undefined) {
      const { gtidsBefore } = file.facts;
      if (list !== executedFrom(flavour, gtidsBefore).toString())
        throw damaged(`it says that ${list} had been executed before, and its manifest ${gtidsBefore}`);
    }
    if (file.facts === binlogs[0]?.facts && this.#before === undefined) {
      if (offset < position) {
        this.#advance(event);
        return 'drop';
      }
      if (!BETWEEN.has(type)) throw damaged(`the position of the dump, ${position}, is in a transaction`);
      this.#begin(offset);
    }
    const transaction = this.#advance(event);
    if (transaction !== undefined && until !== undefined) {
      const isLater = isAfter(flavour, transaction, until);
      if (!isLater && this.#stop !== undefined) this.#outOfOrder += 1;
      if (isLater) this.#stop ??= { name: file.facts.name, position: offset, next: transaction };
      if (isLater && !this.#isSurvey) {
        this.#open = undefined;
        return 'stop';
      }
    }
    // The replaying program would take the list for the end of its own log, and what follows the other for ciphertext.
    return type === EVENT.mariadbGtidList || type === EVENT.mariadbEncryption ? 'drop' : 'pass';
  }

  /** The transaction that this event begins; the one before has ended then. */
  #advance(event: BinlogEvent): Transaction | undefined {
    const transaction = this.#executed.read(event);
    if (transaction !== undefined || event.type === EVENT.rotate || event.type === EVENT.stop) {
      this.#complete();
      this.#open = transaction;
    }
    return transaction;
  }

  #complete(): void {
    const transaction = this.#open;
    if (transaction === undefined) return;
    this.#open = undefined;
    this.#executed.add(transaction);
    const domain = transaction.gtid.split('-')[0] ?? '';
    if (this.#before === undefined) {
      this.#inDomains.set(domain, transaction.gtid);
      this.#inDump = transaction;
      return;
    }
    this.#transactions += 1;
    this.#first ??= transaction;
    this.#last = transaction;
  }

  /** All before it is in the dump. */
  #begin(offset: number): void {
    const { flavour, position, gtid, until } = this.#request;
    this.#complete();
    if (offset !== position) throw damaged(`no event begins at the position of the dump, ${position}`);
    if (gtid !== undefined && gtid !== '' && !this.#isAt(gtid))
      throw damaged(`at the position of the dump it has not executed what the dump has, ${gtid}`);
    if (this.#inDump !== undefined && until !== undefined && isAfter(flavour, this.#inDump, until)) {
      const at = new Date(this.#inDump.committedUs / 1_000).toISOString();
      throw new LifeboatError(
        'binlog-chain',
        `the backup holds a later state than that of ${until.toISOString()}: what was committed at ${at} is in it`,
        { hint: 'Name a later moment, or an older backup. The clock is that of the database server.' },
      );
    }
    this.#before = this.#executed.toString();
  }

  #isAt(gtid: string): boolean {
    if (this.#request.flavour === 'mysql') return contains(this.#executed.toString(), gtid);
    const executed = new Set(this.#executed.toString().split(','));
    return gtid.split(',').every((each) => {
      const last = this.#inDomains.get(each.split('-')[0] ?? '');
      return last === undefined ? executed.has(each) : last === each;
    });
  }

  /** What a crash cut off was never committed: the server does not count it. */
  #completeLast({ closedBy, gtidsAfter }: BinlogFacts): void {
    const { flavour } = this.#request;
    const after = executedFrom(flavour, gtidsAfter).toString();
    if (closedBy === 'crash' && gtidsAfter !== '' && this.executed === after) this.#open = undefined;
    this.#complete();
    if (this.executed !== after)
      throw damaged(`${this.executed} has been executed after it, and its manifest says ${gtidsAfter}`);
  }
}

/** Of MySQL's sets. */
function contains(executed: string, gtids: string): boolean {
  const part = GtidSet.parse(gtids);
  return part !== undefined && GtidSet.parse(executed)?.contains(part) === true;
}

/** LOG_EVENT_IGNORABLE_F: MariaDB sets it on the mark of encryption in a log that it sends decrypted. */
function isIgnorable({ bytes }: BinlogEvent): boolean {
  return (bytes.readUInt16LE(HEADER_BYTES - 2) & 0x80) !== 0;
}

/** One file, as it goes by and as its manifest says. */
class FileState {
  readonly facts: BinlogFacts;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #hasBegun = false;
  #closedBy: BinlogFacts['closedBy'] = 'crash';
  #next: string | null = null;

  constructor(facts: BinlogFacts) {
    this.facts = facts;
  }

  add(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    this.#hash.update(chunk);
  }

  see(event: BinlogEvent): void {
    const { type, bytes, seconds, serverId, sizeBytes, checksumBytes, offset } = event;
    if (this.#closedBy !== 'crash') throw damaged(`something follows its end, at ${offset}`);
    if (type === EVENT.mariadbEncryption && !isIgnorable(event))
      throw damaged('it is encrypted by the server');
    if (!this.#hasBegun) {
      const { createdAt } = this.facts;
      if (type !== EVENT.formatDescription || serverId !== this.facts.serverId)
        throw damaged('its first event is not that of its manifest');
      if (seconds * 1_000 !== Date.parse(createdAt)) throw damaged(`it was not begun at ${createdAt}`);
      this.#hasBegun = true;
    }
    if (type === EVENT.stop) this.#closedBy = 'stop';
    if (type !== EVENT.rotate) return;
    this.#closedBy = 'rotate';
    this.#next = bytes.toString('utf8', HEADER_BYTES + 8, sizeBytes - checksumBytes);
  }

  check(): void {
    const { sizeBytes, sha256, closedBy, next } = this.facts;
    if (this.#sizeBytes !== sizeBytes) throw damaged(`it has ${this.#sizeBytes} bytes, not ${sizeBytes}`);
    if (this.#hash.digest('hex') !== sha256) throw damaged('it has another SHA-256 than in its manifest');
    if (this.#closedBy !== closedBy) throw damaged(`it is not closed by a ${closedBy}: its end is missing`);
    if (this.#next !== next) throw damaged(`the next file is ${this.#next ?? 'none'}, not ${next ?? 'none'}`);
  }
}
