import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { beatAddress, sendBeat } from '../../../src/platform/telling/heartbeat.ts';
import { CHECK, TellingService } from '../../helpers/telling-service.ts';

let service: TellingService;
beforeAll(async () => {
  service = await TellingService.start();
});
beforeEach(() => service.reset());
afterAll(() => service.stop());

const send = (limitMs = 5_000, url = service.heartbeatUrl) =>
  sendBeat(new URL(url), 'fail', 'lifeboat dump: failed (ssh-auth)', AbortSignal.timeout(limitMs));

it.each([
  ['https://hc.example.com/1', 'start', 'https://hc.example.com/1/start'],
  ['https://hc.example.com/1', 'success', 'https://hc.example.com/1'],
  ['https://hc.example.com/1/', 'fail', 'https://hc.example.com/1/fail'],
  ['https://hc.example.com/key/atlas?create=1#x', 'start', 'https://hc.example.com/key/atlas/start?create=1'],
] as const)('the address of %s for %s', (url, beat, expected) => {
  expect(beatAddress(new URL(url), beat).href).toBe(expected);
});

it('says to the service what happened', async () => {
  expect(await send()).toBeUndefined();
  expect(service.beats).toEqual([`POST /ping/${CHECK}/fail lifeboat dump: failed (ssh-auth)`]);
});

it.each([502, 429])('tries again after %i', async (status) => {
  service.fault = () => (service.beats.length < 2 ? { status } : undefined);
  expect(await send()).toBeUndefined();
  expect(service.beats).toHaveLength(2);
});

it.each([
  [{ status: 404 }, 'the answer was 404'],
  [{ status: 401 }, 'the answer was 401'],
  [
    { status: 302, headers: { location: '/somewhere' } },
    'the answer was 302: give the address that it leads to',
  ],
  [{ status: 200, body: 'OK (not found)' }, 'the answer was "not found"'],
  [{ status: 200, body: 'OK (rate limited)' }, 'the answer was "rate limited"'],
])('says what %j means, and does not insist', async (answer, problem) => {
  service.fault = () => answer;
  expect(await send()).toBe(problem);
  expect(service.beats).toHaveLength(1);
});

it('says it when the connection breaks each time', async () => {
  service.fault = () => 'break';
  expect(await send()).toMatch(/^the connection failed \([A-Z_]+\)$/);
  expect(service.beats).toHaveLength(3);
});

it.each(['hang', 'trickle'] as const)('does not wait for a service that does %s', async (fault) => {
  service.fault = () => fault;
  const start = performance.now();
  // What begins to answer has heard the beat, as far as it says.
  expect(await send(200)).toBe(fault === 'hang' ? 'there was no answer in time' : undefined);
  expect(performance.now() - start).toBeLessThan(3_000);
});

it('never tells the address, whatever goes wrong', async () => {
  const closed = await TellingService.start();
  const url = closed.heartbeatUrl;
  await closed.stop();
  expect(await send(5_000, url)).toBe('the connection failed (ECONNREFUSED)');
});
