// The issue that asks people, once in a quarter of a year, for what no program can look at.
import { findIssues, openOnce } from './incident.ts';
import type { GitHubIssues } from './github-issues.ts';

const MONTHS = 3;

/** Opens it unless this quarter has one, open or done. Returns a sentence for the log. Throws a `GitHubError`. */
export async function askPeople(issues: GitHubIssues, now: Date): Promise<string | undefined> {
  const { name, begin } = quarterOf(now);
  const marker = `<!-- lifeboat:human-check:${name} -->`;
  const found = await findIssues(issues, marker, { state: 'all', since: begin.toISOString() });
  if (found.length > 0) return undefined;
  const { url } = await openOnce(
    issues,
    marker,
    `Lifeboat: what only people can check, ${name}`,
    render(marker),
  );
  return `People are asked to check what programs cannot: ${url}`;
}

/** `2026-Q4`, in UTC. */
export function quarterOf(now: Date): { readonly name: string; readonly begin: Date } {
  const quarter = Math.floor(now.getUTCMonth() / MONTHS);
  return {
    name: `${now.getUTCFullYear()}-Q${quarter + 1}`,
    begin: new Date(Date.UTC(now.getUTCFullYear(), quarter * MONTHS)),
  };
}

function render(marker: string): string {
  return `${marker}

Restore tests show every week that the newest backup restores. They cannot show the following. Somebody who could have to do it one day looks, ticks, and closes this issue.

- [ ] The paper with the fingerprints of the keys is where it should be, and says what the keys say.
- [ ] The offline identity, the second key that backups are encrypted to, opens: decrypt one small object with it.
- [ ] A second person knows where keys and passphrases are, and can get at them without the first.
- [ ] On a machine that has nothing to do with the servers, one backup was restored with RECOVERY.md alone, without this repository and without GitHub.
- [ ] Every server and every database that matters is backed up; what was added since the last check is there too.
- [ ] Retention and locks of the bucket are what was agreed on, and nobody can delete backups who should not.
- [ ] Mails about failed runs, heartbeats and issues like this one reach somebody who reads them.
- [ ] SSH keys, access keys and tokens of people who left are gone.
`;
}
