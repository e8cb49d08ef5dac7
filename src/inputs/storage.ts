// Kinds of inputs that say which files are meant.
import { EXCLUDE_PRESETS, patternsOf, PRESET_MARK } from '../domain/snapshots/exclude-presets.ts';
import { PathPattern } from '../domain/snapshots/path-pattern.ts';
import {
  isPackId,
  isStorageName,
  parseBackupId,
  parsePackKey,
  parseSnapshotIndexKey,
} from '../domain/stores/object-names.ts';
import { parseRunId } from '../domain/run-id.ts';
import { type Kind, lineKind, Refusal } from './kind.ts';
import { lines } from './kinds.ts';

export const storageName: Kind<string> = lineKind(
  'name',
  'lower-case letters, digits and dashes, at most 32, no dash at either end',
  (value) => {
    if (!isStorageName(value)) throw new Refusal('is not a name for storage');
    return value;
  },
);

/** Directories and files on the target, without slashes at their ends. */
export const storagePaths: Kind<readonly string[]> = (() => {
  const paths = lines({
    accepts: 'paths of directories or files on the target that begin with `/`',
    parse: (path) => {
      if (!path.startsWith('/')) throw new Refusal('holds a path that does not begin with `/`');
      if (path.split('/').includes('..')) throw new Refusal('holds a path with `..` in it');
      return path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
    },
  });
  return {
    ...paths,
    parse: (text) => {
      const given = paths.parse(text);
      if (given.length === 0) throw new Refusal('lists nothing');
      return given;
    },
  };
})();

export const excludePatterns: Kind<readonly string[]> = lines({
  accepts: `globs such as \`*.tmp\`, \`cache/\` or \`/srv/app/uploads/**/thumbs\`, or ${Object.keys(
    EXCLUDE_PRESETS,
  )
    .map((name) => `\`${PRESET_MARK}${name}\``)
    .join(', ')}`,
  parse: (pattern) => {
    if (patternsOf(pattern) === undefined) throw new Refusal('names a preset that there is not');
    if (/^\/*$/.test(pattern)) throw new Refusal('leaves out everything');
    if (/\[[^\]]*\/|\[[^\]]*$/.test(pattern)) throw new Refusal('holds a bracket that is not closed');
    return pattern;
  },
});

/** Ids of packs, and keys of packs and of index objects. */
export const packNames: Kind<readonly string[]> = lines({
  accepts: 'packs, as `missing-packs` of verify lists them',
  parse: (name) => {
    if (!isPackId(name) && parsePackKey(name) === undefined && parseSnapshotIndexKey(name) === undefined)
      throw new Refusal('names something that is neither a pack nor an index');
    return name;
  },
});

/** `backup`: the snapshot that belongs to it. */
export type SnapshotChoice = 'latest' | { readonly id: string } | { readonly backup: string };

const OF_BACKUP = 'of:';

/** Which snapshot to read. */
export const snapshotChoice: Kind<SnapshotChoice> = lineKind(
  'snapshot',
  '`latest`, the id of a snapshot such as `20261120T030512Z-7f3a9c1e`, or `of:` and the id of a backup such as `of:20261120T030512Z-7f3a9c1e-mariadb`',
  (value) => {
    if (value === 'latest') return value;
    if (value.startsWith(OF_BACKUP)) {
      const backup = value.slice(OF_BACKUP.length);
      if (parseBackupId(backup) === undefined) throw new Refusal('does not name a backup by its id');
      return { backup };
    }
    if (parseRunId(value) === undefined) throw new Refusal('is not the id of a snapshot');
    return { id: value };
  },
);

/** Which entries of a snapshot are meant. */
export const pathPattern: Kind<PathPattern> = lineKind(
  'glob',
  'a path of the server such as `/srv/app/uploads`, or a glob such as `*.pdf`, `uploads/**/2026-*` or `cache/`',
  (value) => {
    try {
      return new PathPattern(value);
    } catch (error) {
      if (error instanceof SyntaxError) throw new Refusal('holds a set in brackets that is none');
      throw error;
    }
  },
);
