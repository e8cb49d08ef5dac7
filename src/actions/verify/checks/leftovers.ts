// What lies below a server and is no part of a backup: what runs left that failed, and what somebody else put there.
import { countOf } from '../../../domain/text/units.ts';
import { showUnseen } from '../../../domain/text/visible.ts';
import type { Unnamed } from '../../catalog/unnamed.ts';
import { nameSome, type Finding } from '../finding.ts';
import type { ServerCheck } from '../judged.ts';

export const checkLeftovers: ServerCheck = ({ inventory: { unfinished, unnamed } }) => {
  const own = unnamed.filter(({ isOwn }) => isOwn).length;
  return [
    // For people who wonder what takes the room.
    ...(unfinished === 0
      ? []
      : note(`${countOf(unfinished, 'run')} without a manifest: failed, or still at work; no backups`)),
    ...(own === 0 ? [] : note(`${countOf(own, 'object')} that no manifest names`)),
    ...unnamed.flatMap(judgePlain),
    ...judgeStrangers(unnamed.filter((one) => !one.isOwn && !isPlain(one))),
  ];
};

function note(line: string): Finding[] {
  return [{ check: 'object', severity: 'note', line }];
}

function isPlain({ start }: Unnamed): boolean {
  return start !== undefined && 'reason' in start;
}

function judgePlain({ key, start, lastModified }: Unnamed): Finding[] {
  if (start === undefined || !('reason' in start)) return [];
  // Names of others may hold anything; an id stands on one line.
  const name = showUnseen(key);
  return [
    {
      check: 'recipient',
      severity: 'red',
      line: `\`${name}\` belongs to no backup, and nothing shows that it is encrypted: ${start.reason}`,
      fix: 'Whoever may read the store may be able to read it: find out who put it there, and take it away. What is meant to lie there, acknowledge.',
      subject: name,
      since: lastModified.toISOString(),
    },
  ];
}

function judgeStrangers(strangers: readonly Unnamed[]): Finding[] {
  if (strangers.length === 0) return [];
  const line = `${countOf(strangers.length, 'encrypted object')} of somebody else among the backups: ${nameSome(strangers.map(({ key }) => key))}`;
  const fix = 'Find out who put that there. Nobody looks whether it is good: keep it elsewhere.';
  return [{ check: 'object', severity: 'warning', line, fix }];
}
