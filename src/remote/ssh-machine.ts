// A machine that is reached by SSH: one connection, a channel for each piece of shell text, one after the other. What runs there ends
// when its standard input does, and that ends with the connection.
import type { Machine } from '../ports/machine.ts';
import { enlargeWindow } from './channel-window.ts';
import { runOnChannel } from './run-on-channel.ts';
import { bootCommand, randomBoundary } from './session.ts';
import { connectSsh, type SshConnection, type SshOptions } from './ssh-connection.ts';
import { adapt } from './ssh-remote.ts';

export function createSshMachine(options: SshOptions): Machine {
  let connection: SshConnection | undefined;
  const connect = async (signal: AbortSignal): Promise<SshConnection> => {
    // One that broke is made again: what was begun there has to be undone.
    if (connection === undefined || connection.lostError !== undefined)
      connection = await connectSsh(options, signal);
    return connection;
  };
  return {
    name: `${options.user}@${options.host}:${options.port}`,
    run: async (task) => {
      const current = await connect(task.signal);
      const boundary = randomBoundary();
      const channel = await current.exec(bootCommand(boundary));
      enlargeWindow(channel, current.roundTripMs);
      return runOnChannel(adapt(channel, current), boundary, task);
    },
    close: async () => {
      await connection?.end();
      connection = undefined;
    },
  };
}
