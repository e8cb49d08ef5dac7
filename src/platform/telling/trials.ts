// Whether those whom runs tell can be told, found out before there is anything to tell.
import type { GitHubPlace } from '../environment.ts';
import { GitHubError, GitHubIssues } from './github-issues.ts';
import { BEAT_MS, sendBeat } from './heartbeat.ts';

/** For all calls to GitHub together. */
const ISSUES_MS = 20_000;

/** Returns what went wrong, without the address; undefined when a beat arrived. It never says that a backup was made. */
export async function tryHeartbeat(url: URL, signal: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(2 * BEAT_MS)]);
  const message = 'lifeboat doctor: a trial, no run';
  // Not every service notes a beat without taking it for a run; what every service of this kind knows is that one began.
  return (await sendBeat(url, 'log', message, limit)) && sendBeat(url, 'start', message, limit);
}

/** Returns what went wrong; undefined: issues can be read, and with `mayProbe` written, which an issue without a title shows and no more. */
export async function tryIssues(
  place: GitHubPlace,
  repository: string,
  token: string,
  { mayProbe, signal }: { readonly mayProbe: boolean; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ISSUES_MS)]);
  const issues = new GitHubIssues(place, repository, token, limit);
  try {
    await issues.list({ state: 'open' });
    if (mayProbe) await issues.tryToCreate();
    return undefined;
  } catch (error) {
    if (error instanceof GitHubError) return error.message;
    throw error;
  }
}
