// Whether one machine, and no other, was backed up under this name: one database server, and for each storage one host.
import { isSameSource } from '../../../domain/binlogs/binlog-timeline.ts';
import type { SourceIdentity } from '../../../domain/dumps/manifest.ts';
import { countOf } from '../../../domain/text/units.ts';
import { snapshotId, type SnapshotFacts } from '../../catalog/inventory.ts';
import type { Finding } from '../finding.ts';
import { newestOfEach, type ServerCheck } from '../judged.ts';

interface Named<S> {
  readonly id: string;
  readonly at: string;
  readonly source: S;
}

/** What is compared, in words, and how. */
interface Comparison<S> {
  readonly noun: string;
  readonly machine: string;
  readonly isSame: (a: S, b: S) => boolean;
  readonly describe: (source: S) => string;
}

const DATABASE_SERVER: Comparison<SourceIdentity> = {
  noun: 'backup',
  machine: 'database server',
  isSame: isSameSource,
  describe: ({ hostName, serverId, serverUuid, sshHostKey }) =>
    `host ${hostName}, ${serverUuid === undefined ? `server_id ${serverId}, ${sshHostKey}` : `server_uuid ${serverUuid}`}`,
};

/** Another storage of the same server may lie on a host of its own. */
const FILE_HOST: Comparison<SnapshotFacts['source']> = {
  noun: 'snapshot',
  machine: 'host',
  isSame: (a, b) => a.hostName === b.hostName && a.sshHostKey === b.sshHostKey,
  describe: ({ hostName, sshHostKey }) => `${hostName}, ${sshHostKey}`,
};

export const checkIdentity: ServerCheck = ({ inventory: { dumps, binlogs, snapshots } }) => [
  ...findOthers(DATABASE_SERVER, [
    ...dumps.map(({ id, manifest }) => ({ id, at: manifest.finishedAt, source: manifest.source })),
    ...binlogs.map(({ manifest }) => ({ id: manifest.id, at: manifest.finishedAt, source: manifest.source })),
  ]),
  ...newestOfEach(snapshots).flatMap(({ name }) =>
    findOthers(
      FILE_HOST,
      snapshots
        .filter((snapshot) => snapshot.name === name)
        .map((facts) => ({ id: snapshotId(facts), at: facts.instant, source: facts.source })),
    ),
  ),
];

function findOthers<S>(
  { noun, machine, isSame, describe }: Comparison<S>,
  named: readonly Named<S>[],
): readonly Finding[] {
  const all = named.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const [newest] = all;
  if (newest === undefined) return [];
  const groups: [Named<S>, ...Named<S>[]][] = [];
  for (const one of all) {
    const group = groups.find(([first]) => isSame(first.source, one.source));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.slice(1).map(([first, ...others]): Finding => ({
    check: 'identity',
    severity: 'red',
    line: `${countOf(others.length + 1, noun)}, the newest \`${first.id}\`, of another ${machine} (${describe(first.source)}) than the newest of all, \`${newest.id}\` (${describe(newest.source)})`,
    fix: 'Two machines must not share a name. Where it was replaced or moved, acknowledge this id.',
    subject: first.id,
    since: newest.at,
  }));
}
