// script/getting-started: the servers, the way, and the time it took.
import { LabRun } from '../test/lab/run.ts';
import { startS3 } from '../test/lab/s3.ts';
import { followGettingStarted } from './follow-guide.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const run = await LabRun.start();
// The run also ends by itself when this process is killed; this is for a person's Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void run.stop().then(() => process.exit(130));
  });
}
try {
  await followGettingStarted(run, await startS3(run), say);
} finally {
  await run.stop();
}
