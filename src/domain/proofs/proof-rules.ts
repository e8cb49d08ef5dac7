// What holds of every valid proof, field by field and between the fields.
import type { ObjectKind } from '../dumps/inventory.ts';
import * as shape from '../statements/json-shape.ts';
import { databaseShape, excludedShape, notProvableShape } from '../dumps/manifest-rules.ts';
import { isBinlogId, isPackId, isServerName, isStorageName, parseBackupId } from '../stores/object-names.ts';
import { oldestOf, rpoSeconds, rtoSeconds } from './proof-figures.ts';
import type { DumpProof, FilesProof, Proof, ProofTimings, SampledStorage } from './proof.ts';
import { parseRunId } from '../run-id.ts';
import type { Checked, DocumentPlace } from '../statements/statement.ts';
import { collectViolations } from '../statements/statement.ts';
import { hasRepeated } from '../statements/stored-object-rules.ts';

const kindCounts = shape.record<Record<ObjectKind, number>>({
  database: shape.count,
  table: shape.count,
  view: shape.count,
  sequence: shape.count,
  trigger: shape.count,
  function: shape.count,
  procedure: shape.count,
  package: shape.count,
  'package-body': shape.count,
  event: shape.count,
  account: shape.count,
});

const replayShape = shape.record<NonNullable<DumpProof['replay']>>({
  target: shape.oneOf(['latest', 'random', 'instant']),
  transactions: shape.count,
  binlogs: shape.list(shape.record({ id: shape.filledText, manifestSha256: shape.sha256 }), 1),
});

const storageShape = shape.record<SampledStorage>({
  name: shape.filledText,
  snapshot: shape.filledText,
  manifestSha256: shape.sha256,
  instant: shape.instant,
  isSigned: shape.trueOrFalse,
  share: shape.text(/^(?!0+(?:\.0+)?%)\d{1,3}(?:\.\d+)?%$/, 'a percentage above 0'),
  packs: shape.list(shape.filledText),
  files: shape.count,
  directories: shape.count,
  links: shape.count,
  bytes: shape.count,
});

/** What every proof has. */
const frame = {
  schema: shape.oneOf([1]),
  type: shape.oneOf(['proof']),
  id: shape.filledText,
  server: shape.filledText,
  startedAt: shape.instant,
  finishedAt: shape.instant,
  recoveredTo: shape.instant,
  rpoSeconds: shape.count,
  limits: shape.list(shape.filledText),
  recoverySha256: shape.sha256,
} as const;

const dumpProofShape = shape.record<DumpProof>({
  ...frame,
  kind: shape.oneOf(['dump']),
  backup: shape.record<DumpProof['backup']>({
    id: shape.filledText,
    manifestSha256: shape.sha256,
    instant: shape.instant,
    isSigned: shape.trueOrFalse,
  }),
  level: shape.oneOf([1, 2, 3, 4]),
  assertions: shape.count,
  replay: shape.optional(replayShape),
  storage: shape.optional(shape.list(storageShape, 1)),
  rtoSeconds: shape.count,
  timings: shape.record<ProofTimings>({
    fetchMs: shape.count,
    loadMs: shape.count,
    replayMs: shape.optional(shape.count),
    checksMs: shape.count,
    totalMs: shape.count,
  }),
  versions: shape.record<DumpProof['versions']>({
    server: shape.filledText,
    dumpTool: shape.filledText,
    sandboxServer: shape.filledText,
    sandboxDumpTool: shape.filledText,
    sandboxEngine: shape.oneOf(['docker', 'podman']),
    image: shape.filledText,
    imageId: shape.text(/^sha256:[0-9a-f]{64}$/, 'the id of an image'),
    lifeboat: shape.filledText,
  }),
  databases: shape.list(databaseShape, 1),
  excluded: excludedShape,
  counts: shape.optional(kindCounts),
  inventorySha256: shape.optional(shape.sha256),
  dataSha256: shape.optional(shape.sha256),
  notProvable: notProvableShape,
});

const filesProofShape = shape.record<FilesProof>({
  ...frame,
  kind: shape.oneOf(['files']),
  storage: shape.list(storageShape, 1),
  versions: shape.record<FilesProof['versions']>({ lifeboat: shape.filledText }),
});

const proofShape = shape.variants<'kind', Proof>('kind', { dump: dumpProofShape, files: filesProofShape });

/** The value as a proof, or every violation, each as `field problem`. The caller has looked at the schema number. */
export function checkProof(value: unknown, place: DocumentPlace): Checked<Proof> {
  const { violations, report } = collectViolations();
  // The rules between fields need every field to be there and of its form.
  if (!proofShape.check(value, '', report)) return { violations };
  checkPlace(value, place, report);
  checkTimes(value, report);
  checkStorage(value, report);
  if (value.kind === 'dump') {
    checkRestore(value, report);
    checkDatabases(value, report);
    checkLevel(value, report);
  } else checkFiles(value, report);
  return violations.length === 0 ? { value } : { violations };
}

/** Neither another server's proof nor an older one may stand in the place of this. */
function checkPlace({ server, id }: Proof, place: DocumentPlace, report: shape.Report): void {
  if (!isServerName(server)) report('server', 'is not the name of a server');
  else if (server !== place.server)
    report('server', `is ${server}, but the proof stands under ${place.server}`);
  if (!parseRunId(id)) report('id', 'is not a run id');
  else if (id !== place.id) report('id', `is ${id}, but the proof stands under ${place.id}`);
}

/** The form makes them sort as text. */
function checkTimes(proof: Proof, report: shape.Report): void {
  const { startedAt, finishedAt, recoveredTo } = proof;
  if (recoveredTo > startedAt) report('recoveredTo', 'is after startedAt');
  if (startedAt > finishedAt) report('finishedAt', 'is before startedAt');
  if (proof.rpoSeconds !== rpoSeconds(proof)) report('rpoSeconds', 'is not startedAt minus recoveredTo');
}

function checkRestore(proof: DumpProof, report: shape.Report): void {
  const { backup, recoveredTo, timings, replay } = proof;
  if (!parseBackupId(backup.id)) report('backup.id', 'is not a backup id');
  if (replay === undefined && recoveredTo !== backup.instant) report('recoveredTo', 'is not backup.instant');
  if ((replay === undefined) !== (timings.replayMs === undefined))
    report('timings.replayMs', replay === undefined ? 'belongs to a replay' : 'is missing');
  const parts = timings.fetchMs + timings.loadMs + (timings.replayMs ?? 0) + timings.checksMs;
  if (parts > timings.totalMs) report('timings.totalMs', 'is less than its parts');
  if (proof.rtoSeconds !== rtoSeconds(timings)) report('rtoSeconds', 'is not timings.totalMs in seconds');
}

/** A restore of nothing proves nothing. */
function checkDatabases({ databases, counts }: DumpProof, report: shape.Report): void {
  if (new Set(databases.map(({ name }) => name)).size < databases.length)
    report('databases', 'names a database twice');
  const sum = (figure: 'tables' | 'views'): number =>
    databases.reduce((total, database) => total + database[figure], 0);
  if (sum('tables') === 0) report('databases', 'has no tables');
  else if (databases.every(({ rows }) => rows === 0)) report('databases', 'has no rows');
  if (counts !== undefined && counts.table !== sum('tables'))
    report('counts.table', 'is not the tables of the databases');
  if (counts !== undefined && counts.view !== sum('views'))
    report('counts.view', 'is not the views of the databases');
}

function checkStorage({ storage = [] }: Proof, report: shape.Report): void {
  for (const [at, { name, snapshot, packs }] of storage.entries()) {
    if (!isStorageName(name)) report(`storage[${at}].name`, 'is not the name of a storage');
    if (!parseRunId(snapshot)) report(`storage[${at}].snapshot`, 'is not the id of a run');
    if (!packs.every(isPackId)) report(`storage[${at}].packs`, 'names what is no pack');
  }
  if (hasRepeated(storage.map(({ name }) => name))) report('storage', 'names a storage twice');
}

/** A sample of nothing proves nothing. */
function checkFiles({ storage, startedAt, recoveredTo }: FilesProof, report: shape.Report): void {
  for (const [at, { files, directories, links }] of storage.entries())
    if (files + directories + links === 0) report(`storage[${at}]`, 'compares nothing');
  if (recoveredTo !== oldestOf(storage, startedAt))
    report('recoveredTo', 'is not the oldest storage.instant');
}

function checkLevel(proof: DumpProof, report: shape.Report): void {
  const { replay } = proof;
  if (proof.level === 4 && replay === undefined) report('replay', 'is missing at level 4');
  if (replay?.binlogs.some(({ id }) => !isBinlogId(id)) === true)
    report('replay.binlogs', 'names what is no binlog');
  if (proof.level === 1) return;
  for (const field of ['counts', 'inventorySha256', 'dataSha256'] as const) {
    if (proof[field] === undefined) report(field, `is missing at level ${proof.level}`);
  }
}
