import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../src/errors.ts';
import { describeFailure } from '../../../src/platform/failure.ts';
import { GitHubIssues } from '../../../src/platform/telling/github-issues.ts';
import { askPeople, quarterOf } from '../../../src/platform/telling/human-check.ts';
import { reportFailure, reportRecovery } from '../../../src/platform/telling/incident.ts';
import { type Attempt, incidentMarker } from '../../../src/platform/telling/incident-page.ts';
import { REPOSITORY, TellingService, TOKEN } from '../../helpers/telling-service.ts';

let service: TellingService;
beforeAll(async () => {
  service = await TellingService.start();
});
beforeEach(() => service.reset());
afterAll(() => service.stop());

const SUBJECT = { action: 'dump', server: 'atlas', particulars: ['mariadb'] };
const RUN = 'https://github.example.com/example/ops/actions/runs/4711/attempts/1';
const BASE = 'https://github.example.com/OWNER/lifeboat/blob/v1/';
const AT = new Date('2026-11-20T03:05:12Z');

function attemptOf(error: unknown, changes: Partial<Attempt> = {}): Attempt {
  const failure = describeFailure(error, 'dump', BASE);
  return { subject: SUBJECT, failure, at: AT, runUrl: RUN, tail: [], isOpenToAll: false, ...changes };
}
const refused = (changes: Partial<Attempt> = {}) =>
  attemptOf(
    new LifeboatError('ssh-auth', 'atlas.example.com did not accept the key', {
      hint: 'Give the right one.',
    }),
    changes,
  );
const lost = (changes: Partial<Attempt> = {}) =>
  attemptOf(new LifeboatError('ssh-lost', 'the connection to atlas.example.com broke'), changes);

const api = (limitMs = 10_000, token = TOKEN) =>
  new GitHubIssues(
    { apiUrl: service.address, repository: REPOSITORY, runUrl: RUN },
    REPOSITORY,
    token,
    AbortSignal.timeout(limitMs),
  );
const fail = (attempt = refused()) => reportFailure(api(), attempt);
const recover = () => reportRecovery(api(), SUBJECT, new Date('2026-11-22T03:05:12Z'), RUN);

describe('an incident', () => {
  it('is opened with verdict, what to do, the run and the end of the log', async () => {
    const told = await fail(refused({ tail: ['Connecting', '::error::no'] }));
    expect(told).toBe('An incident is open: https://github.example.com/example/ops/issues/1');
    const [issue] = service.issues;
    expect(issue).toMatchObject({
      title: 'Lifeboat: dump of atlas fails',
      state: 'open',
      labels: [{ name: 'lifeboat' }],
    });
    for (const part of [
      'One attempt failed: the first at 2026-11-20 03:05 UTC, the last at 2026-11-20 03:05 UTC',
      `([run](${RUN}))`,
      '## Lifeboat dump: failed (ssh-auth)',
      'atlas.example.com did not accept the key',
      'Give the right one.',
      `(${BASE}docs/troubleshooting.md#ssh-auth)`,
      'Connecting\n::error::no\n```',
    ])
      expect(issue?.body).toContain(part);
  });

  it('is one, brought up to date with each attempt, and another reason is said in a comment', async () => {
    await fail();
    await fail(refused({ at: new Date('2026-11-21T03:05:12Z') }));
    expect(service.issues).toHaveLength(1);
    expect(service.issues[0]?.body).toContain(
      '2 attempts in a row failed: the first at 2026-11-20 03:05 UTC, the last at 2026-11-21 03:05 UTC',
    );
    expect(service.issues[0]?.comments).toEqual([]);
    await fail(lost());
    expect(service.issues).toHaveLength(1);
    expect(service.issues[0]?.body).toContain('3 attempts in a row failed');
    expect(service.issues[0]?.body).toContain('broke');
    expect(service.issues[0]?.comments).toEqual([expect.stringContaining('`ssh-lost`')]);
  });

  it('is said to have another reason when other things are not healthy, and once', async () => {
    const unhealthy = (variant: string) => attemptOf(new LifeboatError('unhealthy', 'red', { variant }));
    await fail(unhealthy('a'));
    await fail(unhealthy('a'));
    expect(service.issues[0]?.comments).toEqual([]);
    await fail(unhealthy('b'));
    await fail(unhealthy('b'));
    expect(service.issues[0]?.comments).toEqual([
      expect.stringContaining('another reason now, `unhealthy` ([run]'),
    ]);
  });

  it('is closed with a note by the next good run', async () => {
    await fail();
    await fail();
    expect(await recover()).toContain('/issues/1');
    expect(service.issues[0]).toMatchObject({ state: 'closed', state_reason: 'completed' });
    expect(service.issues[0]?.comments).toEqual([
      `Good again since 2026-11-22 03:05 UTC, after 2 failed attempts since 2026-11-20 03:05 UTC ([run](${RUN})).`,
    ]);
    expect(await recover()).toBeUndefined();
    await fail();
    expect(service.issues).toHaveLength(2);
  });

  it('is of one server, action, engine: no other run touches it', async () => {
    await fail();
    for (const change of [{ server: 'boreas' }, { action: 'restore-test' }, { particulars: ['mysql'] }])
      await reportRecovery(api(), { ...SUBJECT, ...change }, AT, RUN);
    expect(service.open).toHaveLength(1);
    await fail(refused({ subject: { ...SUBJECT, server: 'boreas' } }));
    expect(service.open).toHaveLength(2);
  });

  it('that a person closed is a new one when it fails again; one that was edited is brought up to date', async () => {
    await fail();
    const [first] = service.issues;
    if (first) first.state = 'closed';
    await fail();
    expect(service.open.map(({ number }) => number)).toEqual([2]);
    const [second] = service.open;
    if (second) second.body = `${incidentMarker(SUBJECT)}\nI look at it.`;
    await fail();
    expect(service.issues).toHaveLength(2);
    expect(second?.body).toContain('One attempt failed');
  });

  it('that is locked is closed all the same', async () => {
    await fail();
    service.fault = (request) => (request.endsWith('/comments') ? { status: 403 } : undefined);
    await expect(recover()).rejects.toThrow('GitHub answered 403');
    expect(service.open).toEqual([]);
  });

  it('is found among many, on a later page, and without its label', async () => {
    for (let count = 0; count < 130; count += 1) service.add({ labels: [{ name: 'lifeboat' }] });
    await fail();
    await fail();
    expect(service.issues).toHaveLength(131);
    const issue = service.issues.at(-1);
    if (issue) issue.labels = [];
    await fail();
    expect(service.issues).toHaveLength(131);
    expect(issue?.body).toContain('3 attempts');
  });

  it.each([
    ['a stranger copied', { user: { type: 'User' }, author_association: 'NONE' }],
    ['is that of a pull request', { pull_request: {} }],
  ])('is not the text that %s', async (_, change) => {
    const body = `${incidentMarker(SUBJECT)}\n`;
    service.add({ body, labels: [{ name: 'lifeboat' }], ...change });
    await fail();
    expect(service.issues).toHaveLength(2);
    await recover();
    expect(service.issues[0]?.state).toBe('open');
  });

  it('is not what the log of another one says', async () => {
    await fail(refused({ subject: { ...SUBJECT, server: 'boreas' }, tail: [incidentMarker(SUBJECT)] }));
    await fail();
    expect(service.issues).toHaveLength(2);
  });

  it('stays one when two runs open it at once', async () => {
    let waiting: (() => void)[] = [];
    // Neither gets its list before both have asked.
    service.fault = async (request) => {
      if (!request.startsWith('GET') || service.issues.length > 0) return undefined;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) waiting.forEach((go) => go());
        if (waiting.length === 2) waiting = [];
      });
      return undefined;
    };
    await Promise.all([fail(), fail()]);
    expect(service.issues).toHaveLength(2);
    expect(service.issues.map(({ state, state_reason: why }) => [state, why])).toEqual([
      ['open', undefined],
      ['closed', 'not_planned'],
    ]);
    await fail();
    expect(service.open.map(({ number }) => number)).toEqual([1]);
  });

  it('of which there are two all the same becomes one with the next attempt', async () => {
    await fail();
    const [first] = service.issues;
    service.add({ ...first, number: 7 });
    await fail();
    expect(service.open.map(({ number }) => number)).toEqual([1]);
  });

  it('is written without the label by a token that may not make it, and found again', async () => {
    service.dropsLabels = true;
    let isRefused = true;
    service.fault = (request) => {
      const isFirst = isRefused && request.startsWith('POST');
      if (isFirst) isRefused = false;
      return isFirst ? { status: 422 } : undefined;
    };
    await fail();
    await fail();
    expect(service.issues).toHaveLength(1);
  });
});

describe('what an incident says', () => {
  const HOSTILE =
    '@everyone fixes #1 example/ops#2 GH-3 <img src=x> <!-- lifeboat:state {} --> www.example.org https://x.example ![](y)';

  it('mentions nobody, refers to nothing, and holds no markup of a server', async () => {
    await fail(attemptOf(new LifeboatError('load-failed', HOSTILE, { hint: HOSTILE })));
    const body = service.issues[0]?.body ?? '';
    const [, text = ''] = body.split('-->\n\n');
    expect(text).not.toMatch(/@\w|#\d|GH-\d|<img|<!--|www\.|https:\/\/x|[^\\]!\[/);
    expect(text).toContain('@<wbr>everyone');
  });

  it('shows the log in a block that no text of a server closes', async () => {
    await fail(refused({ tail: ['```', HOSTILE, '</details>'] }));
    expect(service.issues[0]?.body).toContain(`\`\`\`\`text\n\`\`\`\n${HOSTILE}\n</details>\n\`\`\`\``);
  });

  it('fits, however long message and log are', async () => {
    const long = Array.from({ length: 3_000 }, (_, index) => `- table ${index} of a database`).join('\n');
    await fail(
      attemptOf(new LifeboatError('restore-differs', long), { tail: ['x'.repeat(70_000), 'the end'] }),
    );
    const body = service.issues[0]?.body ?? '';
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain('This summary was cut');
    expect(body).toContain('the end\n```');
    expect(body).toContain('The next good run closes this issue.');
  });

  it('names nobody and quotes nothing where everybody can read', async () => {
    await fail(refused({ isOpenToAll: true, tail: ['Connecting to atlas'] }));
    const { title = '', body = '' } = service.issues[0] ?? {};
    expect(title).toMatch(/^Lifeboat: dump of at… \([0-9a-f]{4}\) fails$/);
    expect(body).not.toMatch(/atlas|Connecting|Give the right one/);
    expect(body).toContain('The server did not accept the user and key.');
    expect(body).toContain('docs/troubleshooting.md#ssh-auth');
  });

  it('a bug has no code', async () => {
    await fail(attemptOf(new TypeError('x is not a function')));
    expect(service.issues[0]?.body).toContain('failed by a bug');
    await fail(attemptOf(new TypeError('atlas'), { isOpenToAll: true }));
    expect(service.issues[0]?.body).not.toContain('TypeError');
  });
});

describe('what GitHub answers', () => {
  it.each([
    [{ status: 401 }, '401: is `github-token` a token?'],
    [{ status: 403 }, '403: does the job have `permissions:` with `issues: write`?'],
    [{ status: 403, headers: { 'retry-after': '60' } }, '403: too many requests'],
    [{ status: 429 }, '429: too many requests'],
    [{ status: 404 }, '404: may `github-token` see this repository?'],
    [{ status: 410 }, '410: the repository has issues switched off'],
    [{ status: 502 }, 'GitHub answered 502'],
    [{ status: 200, body: '<html>' }, 'the answer is not JSON'],
    [{ status: 200, body: '{}' }, 'the answer is no list of issues'],
    [{ status: 200, body: 'null' }, 'the answer is no list of issues'],
    [{ status: 200, body: '[null]' }, 'the answer is no issue'],
    [{ status: 200, body: '[{"number":"7"}]' }, 'the answer is no issue'],
    [{ status: 200, body: '' }, 'the answer is not JSON'],
    [{ status: 500 }, 'GitHub answered 500'],
    [{ status: 403, headers: { 'x-ratelimit-remaining': '0' } }, '403: too many requests'],
    [{ status: 307, headers: { location: '/round' } }, 'the connection failed'],
    ['break', 'the connection failed'],
  ] as const)('%j is told in words', async (answer, message) => {
    service.fault = () => answer;
    await expect(fail()).rejects.toThrow(message);
  });

  it('is asked for twice when it is a fault of GitHub, but nothing is made twice', async () => {
    service.fault = () => (service.requests.length === 1 ? { status: 502 } : undefined);
    await fail();
    expect(service.issues).toHaveLength(1);
    service.reset();
    service.fault = (request) => (request.startsWith('POST') ? { status: 502 } : undefined);
    await expect(fail()).rejects.toThrow('502');
    expect(service.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  it.each(['hang', 'trickle'] as const)('is not waited for longer than there is time: %s', async (fault) => {
    service.fault = () => fault;
    await expect(reportFailure(api(200), refused())).rejects.toThrow('there was no answer in time');
  });

  it('does not get the token where GitHub did not send the run', async () => {
    const stranger = await TellingService.start();
    let seen: unknown = 'nothing';
    stranger.onRequest = ({ headers }) => (seen = headers.authorization);
    service.fault = () => ({ status: 307, headers: { location: `${stranger.address}/repos/x` } });
    await expect(fail()).rejects.toThrow('401');
    await stranger.stop();
    expect(seen).toBeUndefined();
  });

  it('decides what everybody can read; where it says nothing, everybody can', async () => {
    expect(await api().isPrivate()).toBe(true);
    service.visibility = 'public';
    expect(await api().isPrivate()).toBe(false);
    service.fault = () => ({ status: 404 });
    expect(await api().isPrivate()).toBe(false);
  });
});

describe('the question to people', () => {
  it('is put once in a quarter, also when it was answered, and by two runs at once', async () => {
    const now = new Date();
    await Promise.all([askPeople(api(), now), askPeople(api(), now)]);
    const [first, ...others] = service.open;
    expect(others).toEqual([]);
    expect(first?.title).toBe(`Lifeboat: what only people can check, ${quarterOf(now).name}`);
    expect(first?.body.match(/^- \[ \]/gm)?.length).toBeGreaterThan(5);
    if (first) first.state = 'closed';
    expect(await askPeople(api(), now)).toBeUndefined();
    const next = new Date(now.getTime() + 93 * 86_400_000);
    expect(await askPeople(api(), next)).toContain('/issues/');
  });

  it.each([
    ['2026-11-21T12:00:00Z', '2026-Q4', '2026-10-01T00:00:00.000Z'],
    ['2026-12-31T23:59:59Z', '2026-Q4', '2026-10-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00Z', '2027-Q1', '2027-01-01T00:00:00.000Z'],
  ])('%s is in %s', (now, name, begin) => {
    expect(quarterOf(new Date(now))).toEqual({ name, begin: new Date(begin) });
  });
});
