// The few calls of GitHub's REST API that issues need, each limited in time.
import { VERSION } from '../../version.ts';
import type { GitHubPlace } from '../environment.ts';
import { describeNetworkError } from './network-error.ts';

export interface Issue {
  readonly number: number;
  /** Its page. */
  readonly url: string;
  readonly body: string;
  /** Whether somebody of the repository wrote it, or a program that was let in: strangers can copy a text. */
  readonly isOurs: boolean;
}

export interface IssueChange {
  readonly body?: string;
  readonly state?: 'closed';
  readonly state_reason?: 'completed' | 'not_planned';
}

export interface IssueQuery {
  readonly state: 'open' | 'all';
  readonly label?: string;
  /** ISO 8601: those that were changed since. */
  readonly since?: string;
}

/** GitHub, "Using pagination in the REST API". */
const PAGE_SIZE = 100;
/** A thousand incidents at once are not ours to sort. */
const MAX_PAGES = 10;
const MAX_ATTEMPTS = 2;
const REQUEST_MS = 6_000;

/** What GitHub's answers mean to whoever set up the workflow. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'is `github-token` a token?',
  403: 'does the job have `permissions:` with `issues: write`?',
  404: 'may `github-token` see this repository?',
  410: 'the repository has issues switched off',
};

export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export class GitHubIssues {
  readonly #base: string;
  readonly #token: string;
  readonly #limit: AbortSignal;

  /** Nothing is waited for any more when the signal fires. */
  constructor({ apiUrl }: GitHubPlace, repository: string, token: string, limit: AbortSignal) {
    this.#base = `${apiUrl}/repos/${repository}`;
    this.#token = token;
    this.#limit = limit;
  }

  /** False also when GitHub does not say. */
  async isPrivate(): Promise<boolean> {
    try {
      return asRecord(await this.#call('GET', ''))['private'] === true;
    } catch {
      return false;
    }
  }

  /** Every page, oldest first; without a label only the hundred that changed last, in no order. Pull requests are left out. */
  async list({ state, label, since }: IssueQuery): Promise<readonly Issue[]> {
    const query = new URLSearchParams({ state, per_page: String(PAGE_SIZE) });
    if (label === undefined) query.set('sort', 'updated');
    else {
      query.set('labels', label);
      query.set('direction', 'asc');
    }
    if (since !== undefined) query.set('since', since);
    const found: Issue[] = [];
    for (let page = 1; page <= (label === undefined ? 1 : MAX_PAGES); page += 1) {
      query.set('page', String(page));
      const entries = await this.#call('GET', `/issues?${query.toString()}`);
      if (!Array.isArray(entries)) throw new GitHubError('the answer is no list of issues');
      found.push(...entries.filter((entry) => !('pull_request' in asRecord(entry))).map(readIssue));
      if (entries.length < PAGE_SIZE) break;
    }
    return found;
  }

  /** A token that may not make the label makes the issue without. */
  async create(title: string, body: string, label: string): Promise<Issue> {
    try {
      return readIssue(await this.#call('POST', '/issues', { title, body, labels: [label] }));
    } catch (error) {
      if (!(error instanceof GitHubError && (error.status === 403 || error.status === 422))) throw error;
      return readIssue(await this.#call('POST', '/issues', { title, body }));
    }
  }

  /** Makes none: one without a title is refused, but only to those who may make any. Throws `GitHubError` for others. */
  async tryToCreate(): Promise<void> {
    try {
      await this.#call('POST', '/issues', {});
    } catch (error) {
      if (!(error instanceof GitHubError && error.status === 422)) throw error;
    }
  }

  async update({ number }: Issue, change: IssueChange): Promise<void> {
    await this.#call('PATCH', `/issues/${number}`, { ...change });
  }

  async comment({ number }: Issue, body: string): Promise<void> {
    await this.#call('POST', `/issues/${number}/comments`, { body });
  }

  async #call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown> {
    // What makes something is not asked for twice: the first may have been heard.
    for (let left = method === 'POST' ? 1 : MAX_ATTEMPTS; ; left -= 1) {
      try {
        return await this.#request(method, path, body);
      } catch (error) {
        const isPassing = error instanceof GitHubError && (error.status ?? 500) >= 500;
        if (left <= 1 || !isPassing || this.#limit.aborted) throw error;
      }
    }
  }

  async #request(method: string, path: string, body: object | undefined): Promise<unknown> {
    const answer = await fetch(this.#base + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'user-agent': `lifeboat/${VERSION}`,
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.#limit, AbortSignal.timeout(REQUEST_MS)]),
    })
      .then(async (response) => ({ response, text: await response.text() }))
      .catch((error: unknown) => {
        throw new GitHubError(describeNetworkError(error));
      });
    const { response, text } = answer;
    if (!response.ok) throw refusal(response);
    try {
      return JSON.parse(text);
    } catch {
      throw new GitHubError('the answer is not JSON');
    }
  }
}

function refusal({ status, headers }: Response): GitHubError {
  const isLimited =
    status === 429 || headers.get('x-ratelimit-remaining') === '0' || headers.get('retry-after') !== null;
  const advice = isLimited ? 'too many requests; the next run tries again' : ADVICE[status];
  return new GitHubError(`GitHub answered ${status}${advice === undefined ? '' : `: ${advice}`}`, status);
}

function readIssue(value: unknown): Issue {
  const { number, html_url: url, body, user, author_association: association } = asRecord(value);
  if (typeof number !== 'number') throw new GitHubError('the answer is no issue');
  return {
    number,
    url: typeof url === 'string' ? url : '',
    body: typeof body === 'string' ? body : '',
    isOurs:
      asRecord(user)['type'] === 'Bot' ||
      ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(typeof association === 'string' ? association : ''),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
