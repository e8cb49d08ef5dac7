import { randomInt } from "node:crypto";

// src/domain/schedule.ts
/** Odd, no multiple of five, and not beside a full hour. */
const QUIET_MINUTES = Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => minute % 2 === 1 && minute % 5 !== 0 && minute > 5 && minute < 55);
/** A minute of one's own, so that not everybody comes at the same one. */
function chooseMinute(random = randomInt) {
	return QUIET_MINUTES[random(QUIET_MINUTES.length)] ?? 17;
}

export { chooseMinute as t };