// One issue for each server and action that fails: opened, brought up to date, closed.
import type { GitHubIssues, Issue } from './github-issues.ts';
import {
  type Attempt,
  incidentMarker,
  readState,
  reasonOf,
  renderBody,
  renderChange,
  renderRecovery,
  renderTitle,
  type Subject,
} from './incident-page.ts';

export const LABEL = 'lifeboat';

/**
 * Opens the incident's issue, or brings it up to date. Only a reason that changed is a comment: a text that is written anew sends
 * no mail, and an hourly run that fails all night is one incident. Throws a `GitHubError`. Returns a sentence for the log.
 */
export async function reportFailure(issues: GitHubIssues, attempt: Attempt): Promise<string> {
  const marker = incidentMarker(attempt.subject);
  const open = await findOpen(issues, marker);
  const [first] = open;
  if (first === undefined) return openIncident(issues, attempt, marker);
  const before = readState(first.body, attempt.at);
  const state = { ...before, attempts: before.attempts + 1, code: reasonOf(attempt.failure) };
  await issues.update(first, { body: renderBody(attempt, state) });
  if (before.code !== state.code) await issues.comment(first, renderChange(attempt));
  await closeDoubles(issues, open);
  return `The incident is ${first.url}`;
}

/** Closes the incident's issue, where there is one. Throws a `GitHubError`. */
export async function reportRecovery(
  issues: GitHubIssues,
  subject: Subject,
  at: Date,
  runUrl: string | undefined,
): Promise<string | undefined> {
  const open = await findOpen(issues, incidentMarker(subject));
  for (const issue of open) {
    // A conversation that somebody locked takes no comments; the issue is closed all the same.
    const [noted] = await Promise.allSettled([
      issues.comment(issue, renderRecovery(readState(issue.body, at), at, runUrl)),
    ]);
    await issues.update(issue, { state: 'closed', state_reason: 'completed' });
    if (noted.status === 'rejected') throw noted.reason;
  }
  return open[0] && `The incident is closed: ${open[0].url}`;
}

/** Those that are ours and begin with this line, oldest first. */
export async function findIssues(
  issues: GitHubIssues,
  marker: string,
  query: { readonly state: 'open' | 'all'; readonly since?: string },
): Promise<readonly Issue[]> {
  const isIt = ({ body, isOurs }: Issue) => isOurs && body.startsWith(marker);
  const labelled = (await issues.list({ ...query, label: LABEL })).filter(isIt);
  // Tokens may be refused the label, and people take labels off.
  const found = labelled.length > 0 ? labelled : (await issues.list(query)).filter(isIt);
  return found.toSorted((a, b) => a.number - b.number);
}

/** Makes an issue. Another run may have done the same meanwhile: then the older one stays, and is returned. */
export async function openOnce(
  issues: GitHubIssues,
  marker: string,
  title: string,
  body: string,
): Promise<Issue> {
  const created = await issues.create(title, body, LABEL);
  const others = (await findOpen(issues, marker)).filter(({ number }) => number !== created.number);
  const all = [...others, created].toSorted((a, b) => a.number - b.number);
  await closeDoubles(issues, all);
  return all[0] ?? created;
}

async function openIncident(issues: GitHubIssues, attempt: Attempt, marker: string): Promise<string> {
  const { subject, at, failure, isOpenToAll } = attempt;
  const state = { attempts: 1, since: at.toISOString(), code: reasonOf(failure) };
  const issue = await openOnce(issues, marker, renderTitle(subject, isOpenToAll), renderBody(attempt, state));
  return `An incident is open: ${issue.url}`;
}

function findOpen(issues: GitHubIssues, marker: string): Promise<readonly Issue[]> {
  return findIssues(issues, marker, { state: 'open' });
}

async function closeDoubles(issues: GitHubIssues, [, ...younger]: readonly Issue[]): Promise<void> {
  for (const issue of younger) await issues.update(issue, { state: 'closed', state_reason: 'not_planned' });
}
