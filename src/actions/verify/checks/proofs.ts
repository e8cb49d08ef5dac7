// Whether backups were shown to restore: the newest proof that counts for the databases, and for each storage, how old it is, and those that
// do not count.
import { formatDuration, formatInstant } from '../../../domain/text/units.ts';
import { hasFilesAlone } from '../../catalog/inventory.ts';
import type { CheckContext } from '../context.ts';
import type { Finding } from '../finding.ts';
import { newestOfEach, type Judged, type ServerCheck } from '../judged.ts';
import { doubtProof } from '../proven.ts';

const FIX = 'Run `restore-test` (docs/restore-tests.md).';
const FILES_FIX =
  'Run `restore-test` (docs/restore-tests.md), without `storage-sample: 0%`. Where these files were given up, acknowledge this id.';

export const checkProofs: ServerCheck = (judged, context) => [
  ...tellDoubts(judged, context),
  // Whatever is left of dumps: no proof of files stands in for one of them.
  ...(hasFilesAlone(judged.inventory) ? [] : judgeDumps(judged, context)),
  ...newestOfEach(judged.inventory.snapshots).flatMap(({ name }) => judgeFiles(name, judged, context)),
];

function tellDoubts({ inventory }: Judged, context: CheckContext): Finding[] {
  return inventory.proofs.flatMap((proof, index): Finding[] => {
    const doubt = doubtProof(proof, inventory, context);
    // Tests by hand may be of anything: of those the last one is worth a line.
    if (doubt === undefined || (!doubt.isWrong && index > 0)) return [];
    const line = `the proof \`${proof.id}\` does not count: ${doubt.why}`;
    return [{ check: 'proof', severity: doubt.isWrong ? 'red' : 'note', line, subject: proof.id }];
  });
}

function judgeDumps({ proofs, mainProof }: Judged, context: CheckContext): Finding[] {
  return judgeNewest(mainProof?.startedAt, context, {
    never:
      proofs.length === 0
        ? 'never proven: nobody has seen a backup restore'
        : 'never proven: of all databases nobody has seen a backup restore, only of dumps that have a label, or leave out some',
    newest: 'the newest proof',
    fix: FIX,
  });
}

function judgeFiles(name: string, { filesProofs }: Judged, context: CheckContext): Finding[] {
  return judgeNewest(filesProofs.get(name)?.startedAt, context, {
    never: `files of \`${name}\` were never proven: no restore test has read any of them`,
    newest: `the newest proof that read files of \`${name}\``,
    fix: FILES_FIX,
    subject: `files-of-${name}`,
  });
}

function judgeNewest(
  startedAt: string | undefined,
  { now, limits: { maxProofAge } }: CheckContext,
  { never, newest, ...about }: Pick<Finding, 'fix' | 'subject'> & { never: string; newest: string },
): Finding[] {
  if (startedAt === undefined)
    return [
      { check: 'proof', severity: maxProofAge === undefined ? 'warning' : 'red', line: never, ...about },
    ];
  const ageMs = now.getTime() - Date.parse(startedAt);
  if (maxProofAge === undefined || ageMs <= maxProofAge) return [];
  return [
    {
      check: 'proof',
      severity: 'red',
      line: `${newest} is of ${formatInstant(startedAt)}, ${formatDuration(ageMs)} ago: more than \`max-proof-age\` (${formatDuration(maxProofAge)})`,
      ...about,
      since: new Date(Date.parse(startedAt) + maxProofAge).toISOString(),
    },
  ];
}
