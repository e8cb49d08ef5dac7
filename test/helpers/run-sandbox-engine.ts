// Runs a container engine of the lab with a container in a process of its own, which says so and then waits to be killed. Argument:
// the name of the engine.
import path from 'node:path';
import { runCommand } from '../lab/command.ts';
import { readLedger } from '../lab/ledger.ts';
import { LabRun } from '../lab/run.ts';
import { startDockerForSandboxes, startPodmanForSandboxes } from '../lab/sandbox-engines.ts';

const run = await LabRun.start();
const start = process.argv[2] === 'docker' ? startDockerForSandboxes : startPodmanForSandboxes;
const { name, environment, image } = await start(run);
const options = ['--detach', '--network', 'none', '--entrypoint', 'sleep'];
await runCommand(path.join(environment['PATH'] ?? '', name), ['run', ...options, image, '600'], {
  env: environment,
});
const { directory, supervisorPid } = run;
process.stdout.write(`${JSON.stringify({ directory, supervisorPid, records: readLedger(directory) })}\n`);
setInterval(() => undefined, 1_000);
