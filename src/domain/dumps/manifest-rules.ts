// What holds of every valid dump manifest, field by field and between the fields.
import * as shape from '../statements/json-shape.ts';
import type {
  DatabaseFigures,
  DumpManifest,
  ManifestObject,
  ManifestPlace,
  ReplicaSource,
  SourceIdentity,
} from './manifest.ts';
import {
  dataStem,
  dumpFolder,
  isLabel,
  isServerName,
  objectFileName,
  parseBackupId,
  SET_NAME,
} from '../stores/object-names.ts';
import type { Checked } from '../statements/statement.ts';
import { collectViolations } from '../statements/statement.ts';
import {
  checkPartKeys,
  checkSums,
  hasRepeated,
  storedMessageFields,
} from '../statements/stored-object-rules.ts';

const object = shape.record<ManifestObject>({
  role: shape.oneOf(['data', 'accounts', 'inventory']),
  name: shape.filledText,
  databases: shape.optional(shape.list(shape.filledText, 1)),
  ...storedMessageFields,
});

export const databaseShape = shape.record<DatabaseFigures>({
  name: shape.filledText,
  tables: shape.count,
  views: shape.count,
  rows: shape.nullable(shape.count),
  plainBytes: shape.nullable(shape.count),
});

/** In words and numbers. */
export const notProvableShape = shape.list(
  shape.record<DumpManifest['notProvable'][number]>({ what: shape.filledText, why: shape.filledText }),
);

export const sourceShape = shape.record<SourceIdentity>({
  flavour: shape.oneOf(['mariadb', 'mysql']),
  serverId: shape.count,
  serverUuid: shape.optional(shape.text(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID')),
  hostName: shape.anyText,
  sshHostKey: shape.text(/^SHA256:[A-Za-z0-9+/]{43}$/, 'the SHA-256 fingerprint of a host key'),
});

const replicaSource = shape.record<ReplicaSource>({
  channel: shape.optional(shape.filledText),
  host: shape.anyText,
  port: shape.count,
  lagSeconds: shape.count,
  file: shape.anyText,
  position: shape.count,
  gtid: shape.anyText,
});

export const excludedShape = shape.record<DumpManifest['excluded']>({
  databases: shape.list(shape.filledText),
  tables: shape.count,
  brokenViews: shape.count,
});

const manifestShape = shape.record<DumpManifest>({
  schema: shape.oneOf([1]),
  type: shape.oneOf(['dump']),
  id: shape.filledText,
  server: shape.filledText,
  set: shape.optional(shape.text(SET_NAME, 'the name of a set')),
  label: shape.optional(shape.filledText),
  source: sourceShape,
  replicaOf: shape.optional(shape.list(replicaSource, 1)),
  versions: shape.record<DumpManifest['versions']>({
    server: shape.filledText,
    dumpTool: shape.filledText,
    lifeboat: shape.filledText,
  }),
  startedAt: shape.instant,
  instant: shape.instant,
  finishedAt: shape.instant,
  consistency: shape.record<DumpManifest['consistency']>({
    kind: shape.oneOf(['snapshot', 'lock']),
    uncoveredTables: shape.count,
    lockedMs: shape.optional(shape.count),
  }),
  coordinates: shape.nullable(
    shape.record<NonNullable<DumpManifest['coordinates']>>({
      file: shape.filledText,
      position: shape.count,
      gtid: shape.anyText,
    }),
  ),
  layout: shape.oneOf(['one', 'per-database']),
  complete: shape.trueOrFalse,
  pitrAnchor: shape.record<DumpManifest['pitrAnchor']>({
    isAnchor: shape.trueOrFalse,
    reasons: shape.list(shape.filledText),
  }),
  notProvable: notProvableShape,
  databases: shape.list(databaseShape, 1),
  excluded: excludedShape,
  objects: shape.list(object, 1),
});

/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
export function checkManifest(value: unknown, place: ManifestPlace): Checked<DumpManifest> {
  const { violations, report } = collectViolations();
  // The rules between fields need every field to be there and of its form.
  if (!manifestShape.check(value, '', report)) return { violations };
  checkPlace(value, place, report);
  checkClaims(value, report);
  checkDatabases(value, report);
  checkObjects(value, report);
  return violations.length === 0 ? { value } : { violations };
}

/** Neither another server's manifest nor an older one may stand in the place of this. */
function checkPlace(manifest: DumpManifest, place: ManifestPlace, report: shape.Report): void {
  const { server, id, label } = manifest;
  if (!isServerName(server)) report('server', 'is not the name of a server');
  else if (server !== place.server)
    report('server', `is ${server}, but the manifest stands under ${place.server}`);
  const parts = parseBackupId(id);
  if (!parts) report('id', 'is not a backup id');
  else if (id !== place.id) report('id', `is ${id}, but the manifest stands under ${place.id}`);
  else if (parts.label !== label) report('label', 'is not the label in the id');
  if (label !== undefined && !isLabel(label)) report('label', 'is not a label');
}

function checkClaims(manifest: DumpManifest, report: shape.Report): void {
  const { startedAt, instant, finishedAt, pitrAnchor, consistency } = manifest;
  // The form makes them sort as text.
  if (startedAt > instant) report('instant', 'is before startedAt');
  if (instant > finishedAt) report('finishedAt', 'is before instant');
  if (consistency.kind === 'lock' && consistency.uncoveredTables > 0) {
    report('consistency.uncoveredTables', 'is not 0 under a lock');
  }
  if ((consistency.kind === 'lock') !== (consistency.lockedMs !== undefined)) {
    report('consistency.lockedMs', consistency.kind === 'lock' ? 'is missing' : 'belongs to a lock');
  }
  if (pitrAnchor.isAnchor === pitrAnchor.reasons.length > 0) {
    report(
      'pitrAnchor.reasons',
      pitrAnchor.isAnchor ? 'is not empty' : 'is empty, but the dump is no anchor',
    );
  }
  if (!pitrAnchor.isAnchor) return;
  const refuse = (reason: string): void => report('pitrAnchor.isAnchor', `is true, but ${reason}`);
  if (manifest.layout !== 'one') refuse('the layout is not one');
  if (manifest.coordinates === null) refuse('there are no coordinates');
  if (!manifest.complete) refuse('the dump is not complete');
  if (manifest.excluded.tables > 0) refuse('tables are excluded');
  if (!manifest.objects.some(({ role }) => role === 'accounts')) refuse('the accounts are missing');
}

function checkDatabases(manifest: DumpManifest, report: shape.Report): void {
  const names = manifest.databases.map(({ name }) => name);
  if (hasRepeated([...names, ...manifest.excluded.databases])) {
    report('databases', 'names a database twice, or one that excluded.databases names too');
  }
  const data = manifest.objects.filter(({ role }) => role === 'data');
  if (data.length === 0) report('objects', 'has no object with the role data');
  if (manifest.layout === 'one' && data.length > 1)
    report('objects', 'has more than one data object, but the layout is one');
  if (manifest.layout === 'per-database' && data.some(({ databases }) => databases?.length !== 1)) {
    report('objects', 'has a data object without exactly one database, but the layout is per-database');
  }
  const held = data.flatMap(({ databases }) => databases ?? []);
  if (held.toSorted().join('\0') !== names.toSorted().join('\0')) {
    report('objects', 'does not hold each of the databases exactly once');
  }
  for (const role of ['accounts', 'inventory']) {
    if (manifest.objects.filter((each) => each.role === role).length > 1)
      report('objects', `has more than one ${role}`);
  }
}

function checkObjects(manifest: DumpManifest, report: shape.Report): void {
  const { server, id } = manifest;
  // Without these, which were reported, no key can be right.
  const folder = isServerName(server) && parseBackupId(id) ? dumpFolder(server, id) : undefined;
  for (const [index, object] of manifest.objects.entries()) {
    const path = `objects[${index}]`;
    const stem = checkName(object, path, report);
    if (folder !== undefined && stem !== undefined) {
      checkPartKeys(object, folder + objectFileName(object.role, stem), path, report);
    }
    checkSums(object, path, report);
  }
}

/** The stem that follows from the role and the databases. */
function checkName(
  { role, name, databases }: ManifestObject,
  path: string,
  report: shape.Report,
): string | undefined {
  if ((role === 'data') !== (databases !== undefined)) {
    report(`${path}.databases`, role === 'data' ? 'is missing' : `does not belong to ${role}`);
    return undefined;
  }
  const stem = databases === undefined ? role : dataStem(databases);
  if (name !== stem) report(`${path}.name`, `is not ${stem}`);
  return stem;
}
