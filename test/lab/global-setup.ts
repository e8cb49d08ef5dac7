// Gives each process that runs integration tests a lab for the whole run: they share nothing but the machine.
import type { TestProject } from 'vitest/node';
import { startLab, type RunningLab } from './lab.ts';

let running: readonly RunningLab[] = [];

export async function setup(project: TestProject): Promise<void> {
  const { maxWorkers } = project.config;
  const starts = await Promise.allSettled(Array.from({ length: maxWorkers }, () => startLab()));
  running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = starts.find((start) => start.status === 'rejected');
  if (failure) {
    await teardown();
    throw failure.reason;
  }
  project.provide(
    'labs',
    running.map(({ lab }) => lab),
  );
}

export async function teardown(): Promise<void> {
  await Promise.all(running.map((lab) => lab.stop()));
}
