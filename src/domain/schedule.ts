// The minute of a schedule. GitHub is busiest at full hours and at minutes that people find round: runs start late there, or never.
import { randomInt } from 'node:crypto';

/** Odd, no multiple of five, and not beside a full hour. */
const QUIET_MINUTES = Array.from({ length: 60 }, (_, minute) => minute).filter(
  (minute) => minute % 2 === 1 && minute % 5 !== 0 && minute > 5 && minute < 55,
);

/** A minute of one's own, so that not everybody comes at the same one. */
export function chooseMinute(random: (max: number) => number = randomInt): number {
  return QUIET_MINUTES[random(QUIET_MINUTES.length)] ?? 17;
}

/** As many, no two the same: what is done for one server does not begin all at once. */
export function chooseMinutes(count: number, random: (max: number) => number = randomInt): number[] {
  const left = [...QUIET_MINUTES];
  return Array.from({ length: count }, () => left.splice(random(left.length), 1)[0] ?? 17);
}
