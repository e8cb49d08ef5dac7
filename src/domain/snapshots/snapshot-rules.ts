// What holds of every valid manifest of a snapshot, field by field and between the fields.
import * as shape from '../statements/json-shape.ts';
import type { StoredMessage } from '../statements/stored-message.ts';
import {
  isServerName,
  isStorageName,
  parsePackKey,
  parseSnapshotIndexKey,
  SET_NAME,
} from '../stores/object-names.ts';
import { parseRunId } from '../run-id.ts';
import type { SnapshotChanges, SnapshotManifest, SnapshotPlace } from './snapshot.ts';
import type { SnapshotFigures } from './snapshot-figures.ts';
import type { Checked } from '../statements/statement.ts';
import { collectViolations } from '../statements/statement.ts';
import {
  checkPartKeys,
  checkSums,
  hasRepeated,
  storedMessageFields,
} from '../statements/stored-object-rules.ts';

const message = shape.record<StoredMessage>(storedMessageFields);
/** From the root, without doubled slashes or one at the end: the paths of the index begin with it. */
const path = shape.text(/^\/(?:[^/\0]+(?:\/[^/\0]+)*)?$/, 'a path from the root without a slash at its end');

const manifestShape = shape.record<SnapshotManifest>({
  schema: shape.oneOf([1]),
  type: shape.oneOf(['snapshot']),
  id: shape.filledText,
  server: shape.filledText,
  name: shape.filledText,
  set: shape.optional(shape.text(SET_NAME, 'the name of a set')),
  source: shape.record<SnapshotManifest['source']>({
    hostName: shape.filledText,
    sshHostKey: shape.filledText,
  }),
  versions: shape.record<SnapshotManifest['versions']>({
    find: shape.filledText,
    tar: shape.filledText,
    lifeboat: shape.filledText,
  }),
  startedAt: shape.instant,
  instant: shape.instant,
  finishedAt: shape.instant,
  paths: shape.list(path, 1),
  exclude: shape.list(shape.filledText),
  oneFileSystem: shape.trueOrFalse,
  complete: shape.trueOrFalse,
  holds: shape.record<SnapshotFigures>({
    files: shape.count,
    directories: shape.count,
    links: shape.count,
    bytes: shape.count,
  }),
  changes: shape.record<SnapshotChanges>({
    added: shape.count,
    changed: shape.count,
    deleted: shape.count,
    unstable: shape.count,
    vanished: shape.count,
    unreadable: shape.count,
    special: shape.count,
  }),
  index: shape.list(message, 1),
  packs: shape.list(message),
});

/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
export function checkSnapshotManifest(value: unknown, place: SnapshotPlace): Checked<SnapshotManifest> {
  const { violations, report } = collectViolations();
  // The rules between fields need every field to be there and of its form.
  if (!manifestShape.check(value, '', report)) return { violations };
  checkPlace(value, place, report);
  checkFacts(value, report);
  checkObjects(value, report);
  return violations.length === 0 ? { value } : { violations };
}

/** Neither another server's manifest nor that of another storage may stand in the place of this. */
function checkPlace(
  { server, name, id }: SnapshotManifest,
  place: SnapshotPlace,
  report: shape.Report,
): void {
  if (!isServerName(server)) report('server', 'is not the name of a server');
  else if (server !== place.server)
    report('server', `is ${server}, but the manifest stands under ${place.server}`);
  if (!isStorageName(name)) report('name', 'is not the name of a storage');
  else if (name !== place.name) report('name', `is ${name}, but the manifest stands under ${place.name}`);
  if (!parseRunId(id)) report('id', 'is not the id of a run');
  else if (id !== place.id) report('id', `is ${id}, but the manifest stands under ${place.id}`);
}

function checkFacts(
  { startedAt, instant, finishedAt, ...rest }: SnapshotManifest,
  report: shape.Report,
): void {
  // The form makes them sort as text.
  if (startedAt > instant) report('instant', 'is before startedAt');
  if (instant > finishedAt) report('finishedAt', 'is before instant');
  if (hasRepeated(rest.paths)) report('paths', 'names a path twice');
  if (rest.complete && rest.changes.unreadable + rest.changes.unstable > 0)
    report('complete', 'is true, although something could not be read as it was');
}

/** Every object is one of this storage, and of no later run. */
function checkObjects(manifest: SnapshotManifest, report: shape.Report): void {
  const { server, name, id } = manifest;
  for (const field of ['index', 'packs'] as const) {
    const parse = field === 'index' ? parseSnapshotIndexKey : parsePackKey;
    for (const [at, each] of manifest[field].entries()) {
      const where = `${field}[${at}]`;
      const key = each.parts[0]?.key ?? '';
      const parsed = parse(key);
      if (parsed?.server !== server || parsed.name !== name)
        report(`${where}.parts[0].key`, 'is not that of such an object of this storage');
      else if (parsed.runId.slice(0, 16) > id.slice(0, 16))
        report(`${where}.parts[0].key`, 'is that of a later run');
      checkPartKeys(each, key, where, report);
      checkSums(each, where, report);
    }
    if (hasRepeated(manifest[field].map(({ parts }) => parts[0]?.key ?? '')))
      report(field, 'names an object twice');
  }
}
