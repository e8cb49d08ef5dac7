// The programs are scripts here: the real ones cannot be made to refuse in these ways. The contract runs on the real ones.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFindSandboxHost } from '../../src/sandbox/find-host.ts';

const WORKS = 'echo "Client: 28.0"';
const NO_DAEMON = 'echo "Cannot connect to the Docker daemon at unix:///x" >&2; exit 1';
/** The package podman-docker. */
const IMITATION = 'echo "Client:       Podman Engine"';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'programs-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function find(programs: Record<string, string>, choice: 'auto' | 'docker' | 'podman' = 'auto') {
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(directory, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(directory, name), 0o755);
  }
  const host = await createFindSandboxHost({ PATH: directory })(choice, new AbortController().signal);
  return host.name;
}

describe('the choice of a container engine', () => {
  it('is docker when both work', async () => {
    expect(await find({ docker: WORKS, podman: WORKS })).toBe('docker');
  });

  it('is podman when docker has no daemon, is not there, or is podman itself', async () => {
    expect(await find({ podman: WORKS })).toBe('podman');
    expect(await find({ docker: NO_DAEMON, podman: WORKS })).toBe('podman');
    expect(await find({ docker: IMITATION, podman: WORKS })).toBe('podman');
  });

  it('is what was asked for', async () => {
    expect(await find({ docker: WORKS, podman: WORKS }, 'podman')).toBe('podman');
    await expect(find({ docker: NO_DAEMON, podman: WORKS }, 'docker')).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      message: expect.stringMatching(/\ndocker: Cannot connect to the Docker daemon[^\n]*$/) as string,
      hint: expect.stringContaining('`sandbox: podman`') as string,
    });
  });

  it('says what each of them answered', async () => {
    await expect(find({ docker: NO_DAEMON, podman: 'exit 125' })).rejects.toMatchObject({
      message: expect.stringMatching(
        /Cannot connect[^]*\npodman: "podman version" ended with status 125/,
      ) as string,
    });
  });

  it('can be called off', async () => {
    const reason = new Error('the run was stopped');
    const search = createFindSandboxHost({ PATH: directory })('auto', AbortSignal.abort(reason));
    await expect(search).rejects.toBe(reason);
  });
});
