// Finds the container engine that sandboxes are made with.
import { excerpt } from '../domain/text/excerpt.ts';
import { LifeboatError } from '../errors.ts';
import type { FindSandboxHost } from '../ports/sandbox.ts';
import { createContainerHost } from './container-host.ts';
import { runCli } from './engine-cli.ts';
import { dockerEngine, podmanEngine, type ContainerEngine } from './engine.ts';

/** A daemon answers within a tenth of a second; one that was started by this very question needs some. */
const ANSWER_TIMEOUT_MS = 8_000;

/** `environment` is that of the engines' programs: this process's own when absent. */
export function createFindSandboxHost(environment?: ContainerEngine['environment']): FindSandboxHost {
  const engines = [dockerEngine(environment), podmanEngine(environment)];
  return async (choice, signal) => {
    const answers: string[] = [];
    for (const engine of engines) {
      if (choice !== 'auto' && choice !== engine.name) continue;
      const problem = await findProblem(engine, signal);
      if (problem === undefined) return createContainerHost(engine);
      answers.push(`${engine.name}: ${problem}`);
    }
    throw new LifeboatError(
      'sandbox-unavailable',
      `there is no container engine that a sandbox can be made with:\n${excerpt(answers.join('\n'))}`,
      { hint: HINTS[choice] },
    );
  };
}

const HINTS = {
  auto: 'Install Podman, or start Docker and let this user use it. GitHub-hosted Ubuntu runners have both.',
  docker: 'Start Docker and let this user use it, or choose `sandbox: podman`.',
  podman: 'Install Podman, or choose `sandbox: docker`.',
} as const;

/** Undefined when the engine can be used. */
async function findProblem(engine: ContainerEngine, signal: AbortSignal): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await runCli(engine, ['version'], {
    signal,
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  if (exitCode !== 0) {
    const said = stderr.trim();
    return said === '' ? `"${engine.name} version" ended with status ${exitCode}` : said;
  }
  // The package podman-docker.
  const isImitation = engine.name === 'docker' && /podman engine/i.test(stdout);
  return isImitation ? 'the program of this name is Podman' : undefined;
}
