// The minute of a schedule. GitHub is busiest at full hours and at minutes that people find round: runs start late there, or never.
import { randomInt } from 'node:crypto';

const HOUR = 60;

/** Odd, and no multiple of five. */
const QUIET_MINUTES = Array.from({ length: HOUR }, (_, minute) => minute).filter(isQuietMinute);

export function isQuietMinute(minute: number): boolean {
  return minute % 2 === 1 && minute % 5 !== 0;
}

/** A minute of one's own, so that not everybody comes at the same one. */
export function chooseMinute(random: (max: number) => number = randomInt): number {
  return QUIET_MINUTES[random(QUIET_MINUTES.length)] ?? 17;
}
