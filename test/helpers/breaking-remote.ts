// A target whose session breaks around a task that a test chooses: everything else is the real target's. A real connection cannot be
// made to break between two tasks.
import { LifeboatError } from '../../src/errors.ts';
import type { Remote } from '../../src/ports/remote.ts';

export type Moment = 'before' | 'after';

/** `decide` gets the label of every task but sealed ones; undefined lets it pass. */
export function breakAround(remote: Remote, decide: (label: string) => Moment | undefined): Remote {
  return {
    open: async (options, signal) => {
      const session = await remote.open(options, signal);
      const breakOff = async (): Promise<never> => {
        await session.close();
        throw new LifeboatError('ssh-lost', 'the connection broke');
      };
      return {
        hostKeyFingerprint: session.hostKeyFingerprint,
        run: async (task, explain) => {
          const moment = decide(task.label);
          if (moment === 'before') return breakOff();
          const result = await session.run(task, explain);
          return moment === 'after' ? breakOff() : result;
        },
        seal: (task, explain) => session.seal(task, explain),
        close: () => session.close(),
      };
    },
  };
}
