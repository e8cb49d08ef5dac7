// Outlives the process that runs the lab: reads standard input, which ends when that process does, and then removes the run.
import { removeRun } from './sweep.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: supervisor.ts DIRECTORY');
// The terminal's signals are for the process that we watch.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.on('error', () => undefined);
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('close', resolve));
await removeRun(directory);
