// Gives the integration tests one lab for the whole run.
import type { TestProject } from 'vitest/node';
import { startLab, type RunningLab } from './lab.ts';

let running: RunningLab | undefined;

export async function setup(project: TestProject): Promise<void> {
  running = await startLab();
  project.provide('lab', running.lab);
}

export async function teardown(): Promise<void> {
  await running?.stop();
}
