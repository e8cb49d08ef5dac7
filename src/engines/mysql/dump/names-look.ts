// Reads what names-filter.sh wrote down on a target without perl: which objects went by, by their names, and how databases are made.
import { createHash } from 'node:crypto';
import { quoteIdentifier } from '../client.ts';
import { parseFacts, type DumpFacts } from './facts.ts';
import type { SeenObject } from './structure.ts';

/** Routines, triggers and events look alike from outside: they are counted. */
export const COUNTED_KIND = 'routine, trigger or event';

export interface NamesLook {
  readonly facts: DumpFacts;
  readonly seen: readonly SeenObject[];
  /** `user`@`host` or a role, as definitions name them. */
  readonly definers: readonly string[];
  /** Of all definitions, where it was asked for, else empty. */
  readonly structureSha256: string;
}

const TITLES: readonly (readonly [title: string, kind: string])[] = [
  ['Current Database: ', 'database'],
  ['Table structure for table ', 'table'],
  ['Final view structure for view ', 'view'],
  ['Sequence structure for ', 'sequence'],
];
const CREATE_DATABASE = 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ ';
const QUOTED = /^`((?:[^`]|``)+)`$/;
const COORDINATES = /^-- CHANGE .*_LOG_FILE='([^']+)', .*_LOG_POS=(\d+);/;
const GTID = /^-- SET GLOBAL gtid_slave_pos='([^']*)';$/;
const STRUCTURE = /^structure ([0-9a-f]{64})$/;
const EXCUSE = /^-- (?:insufficient privileges|failed on view|WARNING|Error|Couldn't)/i;

export function parseNamesLook(factsText: string, seenText: string): NamesLook {
  const found = new Map<string, SeenObject>();
  const definers = new Set<string>();
  const complaints: string[] = [];
  let [database, structureSha256, gtid, previous] = ['', '', '', ''];
  let [isInBody, counted] = [false, 0];
  let coordinates: DumpFacts['coordinates'] = null;
  const add = (kind: string, name: string, definition = {}) =>
    found.set(JSON.stringify([kind, database, name]), { kind, database, name, ...definition });
  for (const line of seenText.split('\n')) {
    if (line === 'account' || line === 'DELIMITER ;;') {
      counted += 1;
      add(line === 'account' ? line : COUNTED_KIND, `no. ${counted}`);
    }
    if (line.startsWith('DELIMITER ')) isInBody = line === 'DELIMITER ;;';
    if (line.startsWith('DEFINER=')) definers.add(line.slice('DEFINER='.length));
    structureSha256 = STRUCTURE.exec(line)?.[1] ?? structureSha256;
    // A title stands between two lines "--": what looks like one elsewhere is part of a name or of a text.
    const [title = '', kind = ''] =
      (!isInBody && previous === '--' && TITLES.find(([start]) => line.startsWith(`-- ${start}`))) || [];
    const name = QUOTED.exec(line.slice(`-- ${title}`.length))?.[1]?.replaceAll('``', '`');
    if (kind !== '' && name !== undefined) {
      if (kind === 'database') database = name;
      else add(kind, name);
    } else if (!isInBody && database !== '' && line.startsWith(CREATE_DATABASE + quoteIdentifier(database))) {
      const ddl = `${line}\nUSE ${quoteIdentifier(database)};\n`;
      add('database', database, { ddl, ddlSha256: createHash('sha256').update(ddl).digest('hex') });
    } else if (!isInBody && EXCUSE.test(line)) {
      complaints.push(line.slice('-- '.length));
    }
    const [, file, position] = COORDINATES.exec(line) ?? [];
    // They stand before everything that somebody else may have written.
    if (file !== undefined && database === '') coordinates = { file, position: Number(position), gtid };
    if (!isInBody) gtid = GTID.exec(line)?.[1] ?? gtid;
    previous = line;
  }
  return {
    facts: {
      ...parseFacts(factsText),
      complaints,
      coordinates: coordinates && { ...coordinates, gtid },
    },
    seen: [...found.values()],
    definers: [...definers],
    structureSha256,
  };
}
