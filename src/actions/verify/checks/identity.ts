// Whether one database server, and no other, was backed up under this name.
import { isSameSource } from '../../../domain/binlog-timeline.ts';
import type { SourceIdentity } from '../../../domain/manifest.ts';
import { countOf } from '../../../domain/units.ts';
import type { ServerCheck } from '../context.ts';
import type { Finding } from '../finding.ts';

interface Named {
  readonly id: string;
  readonly at: string;
  readonly source: SourceIdentity;
}

export const checkIdentity: ServerCheck = ({ inventory: { dumps, binlogs } }) => {
  const all: Named[] = [
    ...dumps.map(({ id, manifest }) => ({ id, at: manifest.finishedAt, source: manifest.source })),
    ...binlogs.map(({ manifest }) => ({ id: manifest.id, at: manifest.finishedAt, source: manifest.source })),
  ].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const [newest] = all;
  if (newest === undefined) return [];
  const groups: [Named, ...Named[]][] = [];
  for (const one of all) {
    const group = groups.find(([first]) => isSameSource(first.source, one.source));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups.slice(1).map(([first, ...others]): Finding => ({
    check: 'identity',
    severity: 'red',
    line: `${countOf(others.length + 1, 'backup')}, the newest \`${first.id}\`, of another database server (${describe(first.source)}) than the newest of all, \`${newest.id}\` (${describe(newest.source)})`,
    fix: 'Two servers must not share a name. Where the server was replaced or moved, acknowledge this id.',
    subject: first.id,
    since: newest.at,
  }));
};

function describe({ hostName, serverId, serverUuid, sshHostKey }: SourceIdentity): string {
  return `host ${hostName}, ${serverUuid === undefined ? `server_id ${serverId}, ${sshHostKey}` : `server_uuid ${serverUuid}`}`;
}
