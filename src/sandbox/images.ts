// Finds the image of a sandbox: one that is here, or else one that can be pulled.
import { excerpt } from '../domain/text/excerpt.ts';
import { LifeboatError } from '../errors.ts';
import type { SandboxImage } from '../ports/sandbox.ts';
import { runCli } from './engine-cli.ts';
import type { ContainerEngine } from './engine.ts';

/** Lines of what a failed pull said; the last ones give the reason. */
const REASON_LINES = 3;

/** Throws `sandbox-image` with what the engine said of each. */
export async function findImage(
  engine: ContainerEngine,
  references: readonly string[],
  signal: AbortSignal,
): Promise<SandboxImage> {
  for (const reference of references) {
    const { id } = await inspectImage(engine, reference, signal);
    if (id !== undefined) return { reference, id };
  }
  const reasons: string[] = [];
  for (const reference of references) {
    const pulled = await runCli(engine, ['pull', '--quiet', '--', reference], { signal });
    const { id, reason } = await inspectImage(engine, reference, signal);
    if (pulled.exitCode === 0 && id !== undefined) return { reference, id };
    reasons.push(`${reference}: ${lastLines(pulled.exitCode === 0 ? reason : pulled.stderr)}`);
  }
  throw new LifeboatError(
    'sandbox-image',
    `${engine.name} has no image for the sandbox, and cannot pull one:\n${excerpt(reasons.join('\n'))}`,
    {
      hint: 'Check that this machine reaches the registry of the image, or name one that is here or can be pulled in `sandbox-image`.',
    },
  );
}

async function inspectImage(
  engine: ContainerEngine,
  reference: string,
  signal: AbortSignal,
): Promise<{ readonly id?: string; readonly reason: string }> {
  const args = ['image', 'inspect', '--format', '{{.Id}}', '--', reference];
  const { exitCode, stdout, stderr } = await runCli(engine, args, { signal });
  // Podman leaves the kind of hash out.
  const hash = /^(?:sha256:)?([0-9a-f]{64})$/.exec(stdout.trim())?.[1];
  if (exitCode !== 0 || hash === undefined) return { reason: stderr };
  return { id: `sha256:${hash}`, reason: '' };
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-REASON_LINES).join('\n');
}
