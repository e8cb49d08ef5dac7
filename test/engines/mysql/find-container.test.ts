// What Docker and Podman really answer is in test/integration/engine/container.test.ts; this is what they can answer together.
import { expect, it } from 'vitest';
import { chooseContainer } from '../../../src/engines/mysql/find-container.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const docker = { engine: 'docker', id: A, state: 'running' };
const podman = { engine: 'podman', id: B, state: 'running' };
const none = { engine: 'podman', problem: 'no such container' };

it('takes the one that runs', () => {
  expect(chooseContainer('db', [docker, none])).toEqual({ engine: 'docker', id: A });
  expect(chooseContainer('db', [{ ...docker, state: 'exited' }, podman])).toEqual({
    engine: 'podman',
    id: B,
  });
  // One engine under two names.
  expect(chooseContainer('db', [docker, { ...docker, engine: 'podman' }])).toEqual({
    engine: 'docker',
    id: A,
  });
});

it.each([
  ['two of them', [docker, podman], 'docker and podman each have a running container db'],
  ['no engine', [], 'neither docker nor podman'],
  ['nothing', [none], 'there is no container db on the target:\npodman: no such container'],
  ['a paused one', [{ ...docker, state: 'paused' }], 'docker says that it is paused'],
  ['no leave', [{ engine: 'docker', problem: 'permission denied' }, none], 'may not talk to docker'],
])('refuses %s', (_what, answers, message) => {
  expect(() => chooseContainer('db', answers)).toThrow(expect.objectContaining({ code: 'db-container' }));
  expect(() => chooseContainer('db', answers)).toThrow(message);
});
