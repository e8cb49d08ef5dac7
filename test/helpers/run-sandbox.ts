// Makes a sandbox in a process of its own, which says so and then waits to be killed. Argument: JSON of engine, environment, image, user.
import { createFindSandboxHost } from '../../src/sandbox/find-host.ts';
import type { LabSandboxEngine } from '../lab/sandbox-engines.ts';

const { name, environment, image } = JSON.parse(process.argv[2] ?? '') as LabSandboxEngine;
const { signal } = new AbortController();
const host = await createFindSandboxHost(environment)(name, signal);
const sandbox = await host.create(
  {
    name: 'killed',
    image: await host.findImage([image], signal),
    user: 'mysql',
    volume: '/var/lib/mysql',
    command: ['sleep', '600'],
    memoryBytes: 100e6,
    lifetimeMs: 60_000,
  },
  signal,
);
const feed = async function* () {
  yield Buffer.from('ready\n');
  await new Promise(() => setInterval(() => undefined, 1_000));
};
// A restore is under way.
await sandbox.exec(['cat'], { signal, stdin: feed(), onStdout: (chunk) => void process.stdout.write(chunk) });
