// Whether backups were shown to restore: the newest proof, how old it is, and proofs that nobody trusted signed.
import { formatDuration, formatInstant } from '../../../domain/units.ts';
import type { ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';
import { doubtProof } from '../proven.ts';

const FIX = 'Run `restore-test` (docs/restore-tests.md).';

export const checkProofs: ServerCheck = ({ inventory, proofs }, context) => {
  const { now, limits } = context;
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
  const doubtful = inventory.proofs.flatMap((proof, index): Finding[] => {
    const doubt = doubtProof(proof, inventory, context);
    // Tests by hand may be of anything: of those the last one is worth a line.
    if (doubt === undefined || (!doubt.isWrong && index > 0)) return [];
    const line = `the proof \`${proof.id}\` does not count: ${doubt.why}`;
    return [{ check: 'proof', severity: doubt.isWrong ? 'red' : 'note', line, subject: proof.id }];
  });
  const found = [...refused, ...doubtful];
  if (inventory.dumps.length === 0 && inventory.proofs.length === 0) return found;
  return [...found, ...judgeNewest(proofs[0]?.startedAt, limits.maxProofAge, now)];
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
