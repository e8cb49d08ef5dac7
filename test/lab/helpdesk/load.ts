// Fills a server with the helpdesk database.
import { Readable } from 'node:stream';
import { query, type MariadbAddress } from '../mariadb.ts';
import { generateHelpdesk, type HelpdeskOptions } from './generate.ts';

export interface LoadOptions extends HelpdeskOptions {
  /** Whether the rows go through the binary log; they double the disk that is needed. */
  readonly isLogged?: boolean;
}

/** Makes the database; it must not be there yet. */
export async function loadHelpdesk(server: MariadbAddress, options: LoadOptions = {}): Promise<void> {
  const manner = `SET sql_log_bin = ${options.isLogged === true ? 1 : 0};\n`;
  await query(server, Readable.from(prefix(manner, generateHelpdesk(options))));
}

function* prefix(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}
