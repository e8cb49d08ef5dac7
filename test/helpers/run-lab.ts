// Runs a lab in a process of its own, for tests of how it ends: prints one line of JSON when everything is up, and stops it when
// standard input ends.
import { once } from 'node:events';
import { startLab } from '../lab/lab.ts';
import { readLedger } from '../lab/ledger.ts';
import { runOnTarget } from '../lab/target.ts';

const running = await startLab();
await runOnTarget(running.lab.ssh, 'setsid sleep 600 < /dev/null > /dev/null 2>&1 &');
const { directory, supervisorPid } = running.run;
process.stdout.write(`${JSON.stringify({ directory, supervisorPid, records: readLedger(directory) })}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await running.stop();
