// Runs two contestants in turn on the same servers, and looks at each pair: what disturbs the machine disturbs both.
import type { Contestant } from './contestant.ts';
import { measure, type Usage } from './measure.ts';
import type { Servers } from './servers.ts';

export interface Run extends Usage {
  readonly storedBytes: number;
}

export interface Pair {
  readonly ours: Run;
  readonly reference: Run;
}

/** One pair is thrown away first. Throws unless everything that anybody stored comes back as the same SQL text. */
export async function compare(
  ours: Contestant,
  reference: Contestant,
  pairCount: number,
  { pids }: Pick<Servers, 'pids'>,
  tell: (line: string) => void,
): Promise<Pair[]> {
  let expected: string | undefined;
  const run = async (contestant: Contestant): Promise<Run> => {
    await contestant.prepare();
    const { outcome, usage } = await measure(() => contestant.start(), [pids.sshd, pids.database]);
    const digest = await outcome.restore();
    expected ??= digest;
    if (digest !== expected) throw new Error(`what ${contestant.name} stored comes back as another text`);
    return { ...usage, storedBytes: outcome.sizeBytes };
  };
  const pairs: Pair[] = [];
  for (let number = 0; number <= pairCount; number += 1) {
    // Each begins every other time.
    const isOursFirst = number % 2 === 0;
    const first = await run(isOursFirst ? ours : reference);
    const second = await run(isOursFirst ? reference : ours);
    const pair = isOursFirst ? { ours: first, reference: second } : { ours: second, reference: first };
    const seconds = (pair.ours.wallMs / 1000).toFixed(2);
    tell(
      `${number === 0 ? 'warm-up' : `pair ${number} of ${pairCount}`}: ${seconds} s against ${(pair.reference.wallMs / 1000).toFixed(2)} s`,
    );
    if (number > 0) pairs.push(pair);
  }
  return pairs;
}
