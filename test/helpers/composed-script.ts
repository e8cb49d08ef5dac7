// Runs shell text as a task on the target would, with a client program in the database's place that only writes down what it was
// given: its arguments, its option file, its standard input, its environment.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The words of session.sh that tasks use, reduced to what an ordinary end needs. */
const SESSION = `set -u
stage() { name=$1; shift; "$@"; stage_status=$?; echo "$stage_status" >"$D/status.$name"; return "$stage_status"; }
seal() { cat; }
HASHER=sha256sum
`;

const CLIENT = `#!/bin/sh
n=$(ls "$RECORDS" | wc -l)
mkdir "$RECORDS/$n"
for word in "$@"; do printf '%s\\0' "$word"; done >"$RECORDS/$n/arguments"
cat >"$RECORDS/$n/stdin"
env >"$RECORDS/$n/environment"
case $1 in --defaults-file=*) cat "\${1#*=}" >"$RECORDS/$n/options";; esac
`;

export interface ClientCall {
  readonly args: readonly string[];
  readonly options: string;
  readonly stdin: string;
  readonly environment: string;
}

export interface Workshop {
  readonly home: string;
  /** Path of the recording client; it has a blank and a quote in it. */
  readonly client: string;
  run(script: string, shell?: string): ClientCall[];
  remove(): void;
}

export function openWorkshop(): Workshop {
  const home = mkdtempSync(path.join(tmpdir(), 'script-'));
  const client = path.join(home, "a client's");
  writeFileSync(client, CLIENT);
  chmodSync(client, 0o755);
  return {
    home,
    client,
    run: (script, shell = '/bin/dash') => {
      const [records, directory] = ['records', 'work'].map((name) => path.join(home, name)) as [
        string,
        string,
      ];
      for (const name of [records, directory]) {
        rmSync(name, { recursive: true, force: true });
        mkdirSync(name);
      }
      const [program = '', ...args] = shell.split(' ');
      const env = { PATH: process.env['PATH'], HOME: home, D: directory, RECORDS: records, LC_ALL: 'C' };
      execFileSync(program, args, { input: `${SESSION}${script}`, env, stdio: ['pipe', 'pipe', 'inherit'] });
      const read = (call: number, name: string) =>
        readFileSync(path.join(records, String(call), name), 'utf8');
      const calls = Number(execFileSync('sh', ['-c', 'ls "$0" | wc -l', records]).toString());
      return Array.from({ length: calls }, (_, call) => ({
        args: read(call, 'arguments').split('\0').slice(0, -1),
        options: read(call, 'options'),
        stdin: read(call, 'stdin'),
        environment: read(call, 'environment'),
      }));
    },
    remove: () => rmSync(home, { recursive: true }),
  };
}
