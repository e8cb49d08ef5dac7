// What holds of every valid manifest of a binlog, field by field and between the fields.
import type { BinlogFacts, BinlogManifest } from './binlog-manifest.ts';
import * as shape from '../statements/json-shape.ts';
import { sourceShape } from '../dumps/manifest-rules.ts';
import type { StoredMessage } from '../statements/stored-message.ts';
import { binlogKeys, formatBinlogId, isServerName, SET_NAME } from '../stores/object-names.ts';
import { RUN_ID_PATTERN } from '../run-id.ts';
import type { Checked, DocumentPlace } from '../statements/statement.ts';
import { collectViolations } from '../statements/statement.ts';
import { checkPartKeys, checkSums, storedMessageFields } from '../statements/stored-object-rules.ts';

const factsShape = shape.record<BinlogFacts>({
  name: shape.filledText,
  serverId: shape.count,
  sizeBytes: shape.count,
  sha256: shape.sha256,
  serverVersion: shape.filledText,
  createdAt: shape.instant,
  closedAt: shape.instant,
  closedBy: shape.oneOf(['rotate', 'stop', 'crash']),
  next: shape.nullable(shape.filledText),
  checksum: shape.oneOf(['crc32', 'none']),
  gtidsBefore: shape.anyText,
  gtidsAfter: shape.anyText,
  transactions: shape.count,
  format: shape.text(/^[A-Z]+$/, 'a value in capitals'),
  rowImage: shape.text(/^[A-Z_]+$/, 'a value in capitals'),
});

const manifestShape = shape.record<BinlogManifest>({
  schema: shape.oneOf([1]),
  type: shape.oneOf(['binlog']),
  id: shape.filledText,
  server: shape.filledText,
  set: shape.optional(shape.text(SET_NAME, 'the name of a set')),
  source: sourceShape,
  versions: shape.record<BinlogManifest['versions']>({
    server: shape.filledText,
    lifeboat: shape.filledText,
  }),
  startedAt: shape.instant,
  finishedAt: shape.instant,
  binlog: factsShape,
  object: shape.record<StoredMessage>(storedMessageFields),
});

const RUN_AT_END = new RegExp(`${RUN_ID_PATTERN}$`);

/** The value as a manifest, or every violation, each as `field problem`. The caller has looked at the schema number. */
export function checkBinlogManifest(value: unknown, place: DocumentPlace): Checked<BinlogManifest> {
  const { violations, report } = collectViolations();
  // The rules between fields need every field to be there and of its form.
  if (!manifestShape.check(value, '', report)) return { violations };
  checkPlace(value, place, report);
  checkFacts(value, report);
  checkObject(value, report);
  return violations.length === 0 ? { value } : { violations };
}

/** Neither another server's manifest nor that of another file may stand in the place of this. */
function checkPlace(
  { server, id, binlog }: BinlogManifest,
  place: DocumentPlace,
  report: shape.Report,
): void {
  if (!isServerName(server)) report('server', 'is not the name of a server');
  else if (server !== place.server)
    report('server', `is ${server}, but the manifest stands under ${place.server}`);
  if (id !== place.id) report('id', `is ${id}, but the manifest stands under ${place.id}`);
  if (id !== idOf(binlog.name, id)) report('id', 'does not follow from the name of the binlog and a run id');
}

function idOf(name: string, id: string): string | undefined {
  try {
    return formatBinlogId(name, RUN_AT_END.exec(id)?.[0] ?? '');
  } catch {
    return undefined;
  }
}

function checkFacts({ startedAt, finishedAt, binlog }: BinlogManifest, report: shape.Report): void {
  // The form makes them sort as text.
  if (startedAt > finishedAt) report('finishedAt', 'is before startedAt');
  if ((binlog.closedBy === 'rotate') !== (binlog.next !== null)) {
    report('binlog.next', binlog.next === null ? 'is missing after a rotation' : 'belongs to a rotation');
  }
  if (binlog.next === binlog.name) report('binlog.next', 'is the binlog itself');
}

function checkObject({ server, id, object, binlog }: BinlogManifest, report: shape.Report): void {
  if (isServerName(server) && id === idOf(binlog.name, id))
    checkPartKeys(object, binlogKeys(server, id).data, 'object', report);
  if (object.plainBytes !== binlog.sizeBytes) report('object.plainBytes', 'is not the size of the binlog');
  checkSums(object, 'object', report);
}
