// One binary log on its way into the store: read, sealed, judged, and only then made to exist by its manifest.
import type { BinlogManifest } from '../../domain/binlogs/binlog-manifest.ts';
import { serializeBinlogManifest } from '../../domain/binlogs/binlog-manifest-text.ts';
import { binlogKeys, formatBinlogId } from '../../domain/stores/object-names.ts';
import { createRunId } from '../../domain/run-id.ts';
import type { StoreClock } from '../../domain/stores/store-clock.ts';
import { LifeboatError } from '../../errors.ts';
import type { BinlogServer, ListedBinlog } from '../../ports/binlog-engine.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { storeManifest, storeSealed } from '../sealing/store-sealed.ts';
import { identityOf } from '../source-identity.ts';
import { judgeEnd, type Successor } from './chain.ts';

/** What all binary logs of a run share. */
export interface Shipment {
  readonly sealing: Sealing;
  readonly server: BinlogServer;
  readonly clock: StoreClock;
  readonly startedAt: Date;
  /** In the store. */
  readonly serverName: string;
  readonly set: string | undefined;
  readonly lifeboatVersion: string;
}

/** `next` is what the server lists behind it. Throws `binlog-damaged`, `binlog-unreadable`, and whatever else keeps it from being stored. */
export async function shipOne(
  shipment: Shipment,
  binlog: ListedBinlog,
  next: string,
): Promise<BinlogManifest> {
  const { sealing, server, clock, startedAt, serverName } = shipment;
  // A key of its own for every attempt: what an earlier one left under another is in nobody's way.
  const id = formatBinlogId(binlog.name, createRunId(startedAt));
  const keys = binlogKeys(serverName, id);
  const task = server.read(binlog);
  const { object, judgement } = await storeSealed(sealing, keys.data, task, async () => {
    const { closedBy, ...seen } = await task.see();
    if (closedBy !== undefined) return { ...seen, name: binlog.name, closedBy };
    return judgeEnd(binlog.name, seen, await succeed(server, next, binlog.name));
  });
  const { source, format, rowImage } = server;
  const manifest = {
    schema: 1,
    type: 'binlog',
    id,
    server: serverName,
    ...(shipment.set === undefined ? {} : { set: shipment.set }),
    source: identityOf(source, sealing.session),
    versions: { server: source.serverVersion, lifeboat: shipment.lifeboatVersion },
    startedAt: startedAt.toISOString(),
    finishedAt: clock.now().toISOString(),
    binlog: { ...judgement, format, rowImage },
    object: { ...object, plainBytes: judgement.sizeBytes },
  } as const;
  await storeManifest(sealing, keys, serializeBinlogManifest(manifest));
  return manifest;
}

/** Throws `binlog-unreadable` of the file before it, which nothing closes. */
async function succeed(server: BinlogServer, name: string, previous: string): Promise<Successor> {
  try {
    return { name, head: await server.head(name) };
  } catch (error) {
    if (!isOfOneBinlog(error)) throw error;
    throw new LifeboatError(
      'binlog-unreadable',
      `whether the binary log ${previous} lost its end cannot be told: ${error.message}`,
      { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
    );
  }
}

/** Whether it is one file that is to blame: the others can be shipped. */
export function isOfOneBinlog(error: unknown): error is LifeboatError {
  return (
    error instanceof LifeboatError && (error.code === 'binlog-damaged' || error.code === 'binlog-unreadable')
  );
}
