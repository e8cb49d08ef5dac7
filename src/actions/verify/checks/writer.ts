// Whether the key of the backup jobs can do more than it should: tried, on a small object that is stored for it.
import { createRunId } from '../../../domain/run-id.ts';
import { LifeboatError } from '../../../errors.ts';
import type { StoreInspector, StoreWriter } from '../../../ports/store.ts';
import {
  isReplaced,
  TRIAL,
  trialKey,
  tryWriter,
  tryWriterDelete,
  WRITER_POLICY,
  type Excess,
} from '../../store-trials.ts';
import type { Finding, Verdicts } from '../finding.ts';

export async function checkWriter(
  writer: StoreWriter,
  inspector: StoreInspector,
  server: string,
  now: Date,
  signal: AbortSignal,
): Promise<Verdicts> {
  const findings: Finding[] = [];
  const onExcess = (subject: Excess, what: string) => {
    const line = `the writer's key ${what}`;
    findings.push({ check: 'writer', severity: 'red', line, fix: WRITER_POLICY, subject });
  };
  const onLeftBehind = (key: string) =>
    findings.push({
      ...{
        check: 'writer',
        severity: 'warning',
        line: `what was tried with the writer's key left \`${key}\``,
      },
      fix: 'Delete it with a key that may.',
    });
  try {
    const stored = await writer.put(trialKey(server, createRunId(now)), TRIAL, { signal });
    if (await isReplaced(writer, stored, signal))
      onExcess('replace', 'may replace what is stored: whoever steals it can destroy backups');
    const trial = { writer, inspector, server, signal, onExcess, onLeftBehind };
    await tryWriter(trial, stored);
    await tryWriterDelete(trial, stored);
    return { findings, unchecked: [] };
  } catch (error) {
    const isRefusal =
      error instanceof LifeboatError && error.class === 'store' && error.code !== 'store-unreachable';
    if (!isRefusal || signal.aborted) throw error;
    const line = `the writer's key could not be tried: it could not store an object below \`${server}/\` (${error.message})`;
    findings.push({ check: 'writer', severity: 'red', line, fix: WRITER_POLICY });
    return { findings, unchecked: [] };
  }
}
