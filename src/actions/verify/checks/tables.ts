// Whether tables went away: since the dump before, since a restore test counted them, or on their way back in that test. Names of tables
// are encrypted; how many a database has is not.
import type { DatabaseFigures } from '../../../domain/dumps/manifest.ts';
import { isOfDump, type DumpProof } from '../../../domain/proofs/proof.ts';
import { formatDay } from '../../../domain/text/units.ts';
import type { ReadBackup } from '../../restoring/backup.ts';
import { nameSome, type Finding } from '../finding.ts';
import { seriesOf, type ServerCheck } from '../judged.ts';

export const checkTables: ServerCheck = ({ series, proofs, inventory: { dumps } }) =>
  [...series].flatMap(([name, [newest, before]]) => {
    const proof = proofs.filter(isOfDump).find(({ backup }) => seriesOf(backup.id) === name);
    const sinceBefore = before === undefined ? [] : judgeSinceBefore(newest, before);
    return [
      ...sinceBefore,
      ...(proof === undefined
        ? []
        : [
            // One line for tables that went last night; from the next one on the test remembers them.
            ...(sinceBefore.length > 0 ? [] : judgeSinceProof(newest, proof)),
            ...judgeWayBack(
              dumps.find(({ manifestSha256 }) => manifestSha256 === proof.backup.manifestSha256),
              proof,
            ),
            ...tellLimits(proof),
          ]),
    ];
  });

function judgeSinceBefore({ id, manifest }: ReadBackup, before: ReadBackup): Finding[] {
  const gone = findFewer(before.manifest.databases, manifest.databases);
  if (gone.length === 0) return [];
  const line = `the dump \`${id}\` has fewer tables than the one before: gone are ${nameSome(gone)}`;
  return [{ check: 'size', severity: 'warning', line }];
}

function judgeSinceProof(
  { id, manifest }: ReadBackup,
  { id: proofId, startedAt, ...proof }: DumpProof,
): Finding[] {
  const gone = manifest.instant > proof.backup.instant ? findFewer(proof.databases, manifest.databases) : [];
  if (gone.length === 0) return [];
  const line = `the dump \`${id}\` has fewer tables than the restore test \`${proofId}\` brought back ${formatDay(startedAt)}: gone are ${nameSome(gone)}`;
  return [{ check: 'size', severity: 'warning', line }];
}

/** What no sandbox can hold was left out of the test: it is in the dump, and nobody has seen it come back. */
function judgeWayBack(tested: ReadBackup | undefined, { id, databases, notProvable }: DumpProof): Finding[] {
  const missing = findFewer(tested?.manifest.databases ?? [], databases);
  if (missing.length === 0) return [];
  const why = notProvable.map((one) => `${one.what}: ${one.why}`).join('; ');
  const line = `the restore test \`${id}\` did not bring back every table of its dump: missing are ${nameSome(missing)}${why === '' ? '' : ` (${why})`}`;
  const fix = 'Restore these once by hand, on a server like the source (docs/restore-by-hand.md).';
  return [{ check: 'proof', severity: 'warning', line, fix }];
}

function tellLimits({ id, notProvable, limits }: DumpProof): Finding[] {
  const open = [...notProvable.map(({ what, why }) => `${what} (${why})`), ...limits];
  if (open.length === 0) return [];
  return [
    { check: 'proof', severity: 'note', line: `what the proof \`${id}\` does not show: ${open.join('; ')}` },
  ];
}

/** `shop: 2 of 12`, for each database that has fewer, or is not there. */
function findFewer(before: readonly DatabaseFigures[], now: readonly DatabaseFigures[]): readonly string[] {
  return before.flatMap(({ name, tables }) => {
    const left = now.find((database) => database.name === name)?.tables ?? 0;
    return left < tables ? [`${name}: ${tables - left} of ${tables}`] : [];
  });
}
