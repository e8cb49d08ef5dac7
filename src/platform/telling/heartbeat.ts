// Signs of life for a service that waits for them: a run began, was good, failed. What goes wrong here is told and changes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { describeNetworkError } from './network-error.ts';

/** `log` says nothing of a run; not every service has it. */
export type Beat = 'start' | 'success' | 'fail' | 'log';

/** For one request; such services answer in a fraction of a second. */
const REQUEST_MS = 3_000;
/** For all attempts of one beat. */
export const BEAT_MS = 6_000;
const MAX_ATTEMPTS = 3;
const PAUSE_MS = 250;
/** Of an answer: healthchecks.io says in it what its status does not. */
const MAX_ANSWER_BYTES = 200;

/** The address for a beat: its name behind the path, but for `success`, whatever stands behind that. */
export function beatAddress(url: URL, beat: Beat): URL {
  const address = new URL(url);
  address.hash = '';
  if (beat !== 'success') address.pathname = `${url.pathname.replace(/\/+$/, '')}/${beat}`;
  return address;
}

/**
 * Sends one beat, and again when nobody answers. Returns what went wrong, without the address, which is a secret; undefined when
 * it arrived. `message` is for people who look at the service.
 */
export async function sendBeat(
  url: URL,
  beat: Beat,
  message: string,
  limit: AbortSignal = AbortSignal.timeout(BEAT_MS),
): Promise<string | undefined> {
  let problem: string | undefined;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    try {
      const signal = AbortSignal.any([limit, AbortSignal.timeout(REQUEST_MS)]);
      // Followed, a redirect is a GET of some other page, which may be there whatever became of the beat.
      const response = await fetch(beatAddress(url, beat), {
        ...{ method: 'POST', body: message, signal, redirect: 'manual' },
      });
      problem = judge(response.status, await readBeginning(response));
      if (problem === undefined || (response.status < 500 && response.status !== 429)) return problem;
    } catch (error) {
      problem = describeNetworkError(error);
    }
    if (attempt < MAX_ATTEMPTS)
      await sleep(PAUSE_MS * attempt, undefined, { signal: limit }).catch(() => undefined);
    if (limit.aborted) break;
  }
  return problem;
}

/** healthchecks.io answers 200 also for a check that is not there, and for beats that it drops. */
function judge(status: number, answer: string): string | undefined {
  if (status >= 300 && status < 400) return `the answer was ${status}: give the address that it leads to`;
  if (status < 200 || status > 299) return `the answer was ${status}`;
  const [, but] = /^OK \((not found|rate limited)\)/.exec(answer) ?? [];
  return but === undefined ? undefined : `the answer was "${but}"`;
}

async function readBeginning({ body }: Response): Promise<string> {
  if (body === null) return '';
  for await (const chunk of body as ReadableStream<Uint8Array>)
    return Buffer.from(chunk.subarray(0, MAX_ANSWER_BYTES)).toString();
  return '';
}
