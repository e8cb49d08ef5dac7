// The project's own workflows keep the rules that it gives to its users.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<
    Record<string, { 'timeout-minutes'?: number; permissions?: unknown; steps: readonly Step[] }>
  >;
}

const DIRECTORY = path.join(import.meta.dirname, '..', '..', '.github', 'workflows');
const names = readdirSync(DIRECTORY);

describe.each(names)('%s', (name) => {
  const text = readFileSync(path.join(DIRECTORY, name), 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it('grants nothing at the top, and each job says what it needs', () => {
    expect(workflow.permissions).toEqual({});
    expect(jobs.filter(({ permissions }) => permissions === undefined)).toEqual([]);
  });

  it('ends by itself, and makes way for newer runs', () => {
    expect(jobs.filter((job) => !(Number(job['timeout-minutes']) <= 30))).toEqual([]);
    expect(workflow.concurrency).toBeDefined();
  });

  it('pins every action to a commit, with its version beside it', () => {
    const lines = text.split('\n').filter((line) => line.includes('uses:'));
    expect(
      lines.filter((line) => !/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  it('keeps no credentials in the checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  it('puts no expression into a shell', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });
});
