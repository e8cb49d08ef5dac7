// Whether backups were shown to restore: the newest proof, how old it is, and proofs that nobody trusted signed.
import { formatDuration, formatInstant } from '../../../domain/units.ts';
import type { ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';

const FIX = 'Run `restore-test` (docs/restore-tests.md).';

export const checkProofs: ServerCheck = ({ inventory }, { now, limits }) => {
  const [newest] = inventory.proofs;
  const refused = inventory.refused
    .filter(({ kind }) => kind === 'proof')
    .map(({ id, failure, storedAt }): Finding => ({
      check: 'proof',
      severity: 'red',
      line: `the proof \`${id}\` does not count: ${failure.message}`,
      ...(failure.hint === undefined ? {} : { fix: failure.hint }),
      subject: id,
      since: storedAt.toISOString(),
    }));
  if (inventory.dumps.length === 0 && newest === undefined) return refused;
  return [...refused, ...judgeNewest(newest?.startedAt, limits.maxProofAge, now)];
};

function judgeNewest(startedAt: string | undefined, maxAgeMs: number | undefined, now: Date): Finding[] {
  if (startedAt === undefined) {
    const severity = maxAgeMs === undefined ? 'warning' : 'red';
    return [{ check: 'proof', severity, line: 'never proven: nobody has seen a backup restore', fix: FIX }];
  }
  const ageMs = now.getTime() - Date.parse(startedAt);
  if (maxAgeMs === undefined || ageMs <= maxAgeMs) return [];
  return [
    {
      check: 'proof',
      severity: 'red',
      line: `the newest proof is of ${formatInstant(startedAt)}, ${formatDuration(ageMs)} ago: more than \`max-proof-age\` (${formatDuration(maxAgeMs)})`,
      fix: FIX,
      since: new Date(Date.parse(startedAt) + maxAgeMs).toISOString(),
    },
  ];
}
