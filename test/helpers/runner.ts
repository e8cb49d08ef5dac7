// Runs the built dump action as GitHub's runner does: through action.yml, inputs in INPUT_*, files for outputs and summary.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { COMPILE_CACHE } from './step.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface ActionRun {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** Everything the action printed but the commands that tell the runner what to mask; nothing is masked here. */
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StartedAction {
  readonly child: ChildProcess;
  /** What was printed so far. */
  log(): string;
  readonly ended: Promise<ActionRun>;
}

/** Starts an action by the name of its folder. */
export function startAction(
  name: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): StartedAction {
  const directory = mkdtempSync(path.join(tmpdir(), 'runner-'));
  const [outputFile, summaryFile] = ['output', 'summary'].map((file) => path.join(directory, file)) as [
    string,
    string,
  ];
  writeFileSync(outputFile, '');
  writeFileSync(summaryFile, '');
  const metadata = parse(readFileSync(path.join(ROOT, name, 'action.yml'), 'utf8')) as ActionMetadata;
  const child = spawn(process.execPath, [path.join(ROOT, name, metadata.runs.main)], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      RUNNER_TEMP: directory,
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      ...inputVariables(metadata, inputs),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const log = () => withoutMasks(Buffer.concat(chunks).toString());
  const ended = new Promise<ActionRun>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const outputs = parseOutputs(readFileSync(outputFile, 'utf8'));
      const summary = readFileSync(summaryFile, 'utf8');
      rmSync(directory, { recursive: true });
      resolve({ exitCode, log: log(), summary, outputs });
    });
  });
  return { child, log, ended };
}

export function runAction(
  name: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ActionRun> {
  return startAction(name, inputs, env).ended;
}

/** The runner takes these lines out of the log; they hold the secrets themselves. */
function withoutMasks(text: string): string {
  return text.replaceAll(/^::add-mask::.*\n?/gm, '');
}

interface ActionMetadata {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string };
}

/** Every declared input is set, as the runner does it: with its default, or empty. */
function inputVariables(
  metadata: ActionMetadata,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = Object.keys(inputs).filter((name) => !(name in metadata.inputs));
  if (unknown.length > 0) throw new Error(`action.yml declares no ${unknown.join(', ')}`);
  const variables = Object.entries(metadata.inputs).map(([name, { default: value = '' }]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    inputs[name] ?? value,
  ]);
  return Object.fromEntries(variables) as Record<string, string>;
}

/** GITHUB_OUTPUT: `name<<delimiter`, lines, `delimiter`. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n\2$/gm))
    outputs[match[1] ?? ''] = match[3] ?? '';
  return outputs;
}
