// The SQL client on a machine: credentials through a pipe of their own, SQL on standard input.
import { shellQuote, shellQuoteAll } from '../../../domain/text/shell.ts';
import type { DatabaseConnection } from '../../../ports/engine.ts';
import type { Machine, MachineResult, MachineTask } from '../../../ports/machine.ts';
import { clientFunction, LOAD_OPTIONS } from '../client.ts';

/**
 * A client that loses its connection must not go on in a new one, where neither the database nor the binary log is set as before.
 */
const CLIENT_OPTIONS = [...LOAD_OPTIONS, '--unbuffered', '--skip-reconnect'] as const;

/** Variables that the client library takes for options of its own. */
const CLIENT_VARIABLES =
  'MYSQL_HOST MYSQL_TCP_PORT MYSQL_UNIX_PORT MYSQL_PWD MYSQL_TEST_LOGIN_FILE MYSQL_HOME MARIADB_HOME';

export class LiveClient {
  readonly #machine: Machine;
  readonly #connection: DatabaseConnection;
  readonly #program: string;

  constructor(machine: Machine, connection: DatabaseConnection, program: string) {
    this.#machine = machine;
    this.#connection = connection;
    this.#program = program;
  }

  run(
    sql: string | AsyncIterable<Uint8Array>,
    options: Pick<MachineTask, 'signal' | 'onStdout'>,
    clientOptions: readonly string[] = [],
    /** Shell text that stands before; what is fed goes through the function `before_client`, where it defines that. */
    preparation = '',
  ): Promise<MachineResult> {
    const stdin = typeof sql === 'string' ? oneChunk(sql) : sql;
    return this.#machine.run({ script: this.#script(clientOptions, preparation), stdin, ...options });
  }

  /** A pipe is made of whatever standard input is: that can be opened again by its descriptor's name, a socket cannot. */
  #script(more: readonly string[], preparation: string): string {
    return [
      'before_client() { cat; }',
      preparation,
      `unset ${CLIENT_VARIABLES}`,
      clientFunction(this.#connection).trimEnd(),
      `before_client | { exec 8<&0; IN=/dev/fd/8; run_client ${shellQuote(this.#program)} ${shellQuoteAll([...CLIENT_OPTIONS, ...more])}; }`,
    ].join('\n');
  }
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
