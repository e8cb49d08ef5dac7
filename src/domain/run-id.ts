// A run's id: when it started and eight random digits. Every key that a run writes carries it, so that no key is written twice.
import { randomBytes } from 'node:crypto';

/** 32 bits: two runs of one server within one second meet once in four thousand million. */
const RANDOM_BYTES = 4;
const RUN_ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}$/;

/** As a regular expression's source, for patterns of which a run id is a part. */
export const RUN_ID_PATTERN = String.raw`\d{8}T\d{6}Z-[0-9a-f]{8}`;

/** `20261120T030512Z-7f3a9c1e`; `startedAt` is the store's time, cut to the second. */
export function createRunId(startedAt: Date, random: (count: number) => Uint8Array = randomBytes): string {
  const compact = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `${compact}-${Buffer.from(random(RANDOM_BYTES)).toString('hex')}`;
}

/** When the run with this id started, or `undefined` for text that is no run id. */
export function parseRunId(text: string): { readonly startedAt: Date } | undefined {
  const match = RUN_ID.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const startedAt = new Date(iso);
  // "20260231" and "T24" are read as other days, or not at all.
  const isReal = !Number.isNaN(startedAt.getTime()) && startedAt.toISOString() === iso;
  return isReal ? { startedAt } : undefined;
}
