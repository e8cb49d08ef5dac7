// The list of processes that a run started; it lies in the run's directory, for whoever has to end them.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProcessRecord } from './processes.ts';

const LEDGER_FILE = 'processes.jsonl';

export function appendToLedger(directory: string, record: ProcessRecord): void {
  appendFileSync(path.join(directory, LEDGER_FILE), `${JSON.stringify(record)}\n`);
}

export function readLedger(directory: string): ProcessRecord[] {
  const file = path.join(directory, LEDGER_FILE);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ProcessRecord);
}
