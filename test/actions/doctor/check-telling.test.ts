// Those whom runs tell, tried out: a stand-in plays both services.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkTelling } from '../../../src/actions/doctor/check-telling.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { tryHeartbeat, tryIssues } from '../../../src/platform/telling/trials.ts';
import { CHECK, REPOSITORY, TellingService, TOKEN } from '../../helpers/telling-service.ts';

let service: TellingService;
beforeAll(async () => {
  service = await TellingService.start();
});
beforeEach(() => service.reset());
afterAll(() => service.stop());

async function look({
  probe = true,
  heartbeat = false,
  token,
  repository = REPOSITORY,
}: {
  readonly probe?: boolean;
  readonly heartbeat?: boolean;
  readonly token?: string;
  readonly repository?: string | undefined;
}): Promise<Diagnosis> {
  const diagnosis = new Diagnosis();
  const place = { apiUrl: service.address, repository, runUrl: undefined };
  await checkTelling(
    { heartbeatUrl: heartbeat ? new URL(service.heartbeatUrl) : undefined, githubToken: token, probe },
    {
      beat: tryHeartbeat,
      issues:
        repository === ''
          ? undefined
          : { repository, try: (given, how) => tryIssues(place, repository, given, how) },
    },
    new AbortController().signal,
    diagnosis,
  );
  expect(diagnosis.faults).toEqual([]);
  expect(JSON.stringify(diagnosis)).not.toMatch(new RegExp(`${CHECK}|${TOKEN}`));
  return diagnosis;
}

const said = (remarks: readonly { readonly what: string }[]) => remarks.map(({ what }) => what);

it('says nothing where nobody is to be told', async () => {
  const { good, unchecked, findings } = await look({});
  expect([good, unchecked, findings]).toEqual([[], [], []]);
});

it('sends a beat that is no sign of life of any run', async () => {
  const { good, findings } = await look({ heartbeat: true });
  expect({ good: said(good), findings }).toEqual({
    good: ['a beat arrived at `heartbeat-url`'],
    findings: [],
  });
  expect(service.beats).toEqual([`POST /ping/${CHECK}/log lifeboat doctor: a trial, no run`]);
});

it('sends the beginning of a run where the service knows no other beat', async () => {
  service.fault = (request) => (request.endsWith('/log') ? { status: 404 } : undefined);
  expect((await look({ heartbeat: true })).findings).toEqual([]);
  expect(service.beats.map((beat) => beat.split(' ')[1])).toEqual([
    `/ping/${CHECK}/log`,
    `/ping/${CHECK}/start`,
  ]);
});

it.each([
  [{ status: 404 }, 'the answer was 404'],
  [{ status: 200, body: 'OK (not found)' }, 'the answer was "not found"'],
])('warns of an address that nobody knows: %j', async (answer, why) => {
  service.fault = () => answer;
  const { warnings, good } = await look({ heartbeat: true });
  expect(warnings).toMatchObject([{ area: 'Telling', what: `no beat arrived at \`heartbeat-url\`: ${why}` }]);
  expect(good).toEqual([]);
});

it('writes no issue to see whether it may', async () => {
  service.add({});
  const { good, findings } = await look({ token: TOKEN });
  expect({ good: said(good), findings }).toEqual({
    good: [`\`github-token\` may read and write issues of ${REPOSITORY}`],
    findings: [],
  });
  expect(service.requests.map((request) => request.split('?')[0])).toEqual([
    `GET /repos/${REPOSITORY}/issues`,
    `POST /repos/${REPOSITORY}/issues`,
  ]);
  expect(service.issues).toHaveLength(1);
});

it.each([
  ['wrong', 'GET', 401, 'is `github-token` a token?'],
  [TOKEN, 'GET', 404, 'may `github-token` see this repository?'],
  [TOKEN, 'GET', 410, 'issues switched off'],
  [TOKEN, 'POST', 403, 'does the job have `permissions:` with `issues: write`?'],
])('says what a token lacks: %s, %s %i', async (token, method, status, advice) => {
  service.fault = (request) => (token === TOKEN && request.startsWith(method) ? { status } : undefined);
  const { warnings, good } = await look({ token });
  expect(warnings).toMatchObject([
    {
      what: expect.stringContaining(`GitHub answered ${status}: `) as string,
      fix: expect.stringContaining('issues') as string,
    },
  ]);
  expect(warnings[0]?.what).toContain(advice);
  expect(good).toEqual([]);
});

it('sends nothing without leave, and says so', async () => {
  const { good, unchecked } = await look({ heartbeat: true, token: TOKEN, probe: false });
  expect(service.beats).toEqual([]);
  expect(service.requests.every((request) => request.startsWith('GET '))).toBe(true);
  expect(said(good)).toEqual([`\`github-token\` may read issues of ${REPOSITORY}`]);
  expect(said(unchecked)).toEqual([
    '`heartbeat-url`: nothing is sent without `--probe`',
    'whether `github-token` may write issues: nothing is sent without `--probe`',
  ]);
});

it('says that it does not know the repository', async () => {
  const { unchecked } = await look({ token: TOKEN, repository: '' });
  expect(said(unchecked)).toEqual([expect.stringContaining('GITHUB_REPOSITORY')]);
  expect(service.requests).toEqual([]);
});
