// The Remote port over SSH: one connection, one channel and one session at a time.
import type { ClientChannel } from 'ssh2';
import type { Remote, SessionOptions, TargetSession } from '../ports/remote.ts';
import { enlargeWindow } from './channel-window.ts';
import { bootCommand, randomBoundary, startSession, type Channel, type ChannelEnd } from './session.ts';
import { connectSsh, type SshConnection, type SshOptions } from './ssh-connection.ts';

export function createSshRemote(options: SshOptions): Remote {
  return {
    async open(sessionOptions: SessionOptions, signal: AbortSignal): Promise<TargetSession> {
      const connection = await connectSsh(options, signal);
      try {
        const boundary = randomBoundary();
        const channel = await connection.exec(bootCommand(boundary));
        enlargeWindow(channel, connection.roundTripMs);
        const fingerprint = connection.hostKeyFingerprint;
        const session = await startSession(
          adapt(channel, connection),
          boundary,
          sessionOptions,
          fingerprint,
          signal,
        );
        return closingWith(session, connection);
      } catch (error) {
        await connection.end();
        throw error;
      }
    },
  };
}

/** The session, and the end of the connection with it. */
function closingWith(session: TargetSession, connection: SshConnection): TargetSession {
  return {
    hostKeyFingerprint: session.hostKeyFingerprint,
    run: (task, explain) => session.run(task, explain),
    seal: (task, explain) => session.seal(task, explain),
    close: async () => {
      await session.close();
      await connection.end();
    },
  };
}

export function adapt(channel: ClientChannel, connection: SshConnection): Channel {
  const { promise: closed, resolve } = Promise.withResolvers<ChannelEnd>();
  // Without a code (a signal, or a connection that broke) it is not known how the command ended: that is a failure.
  channel.once('close', (code: number | null | undefined) => {
    resolve({
      exitCode: code ?? undefined,
      ...(connection.lostError ? { error: connection.lostError } : {}),
    });
  });
  void connection.lost.then((error) => {
    resolve({ exitCode: undefined, error });
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    closed,
    destroy: () => {
      channel.destroy();
    },
  };
}
