// What the engine is asked for, of the inputs of an action.
import type { BinlogEngine, BinlogRequest } from '../../ports/binlog-engine.ts';
import { connectionOf } from '../database-connection.ts';
import { SEALING_TOOLS } from '../sealing/seal-object.ts';
import type { ShipBinlogsInputs } from './inputs.ts';

/** What it takes to look at the server. */
export type ShipRequestInputs = Parameters<typeof connectionOf>[0] &
  Pick<ShipBinlogsInputs, 'rotate' | 'purge' | 'encryptOn'>;

export function toolsFor(
  { encryptOn }: Pick<ShipRequestInputs, 'encryptOn'>,
  engine: BinlogEngine,
): string[] {
  return [...engine.tools, ...SEALING_TOOLS[encryptOn]];
}

export function requestOf(inputs: ShipRequestInputs): BinlogRequest {
  return {
    connection: connectionOf(inputs),
    rotate: inputs.rotate,
    purge: inputs.purge === 'shipped',
  };
}
