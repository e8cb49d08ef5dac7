// Finds the container that the database runs in, with Docker or Podman, whichever has it. Later tasks of the session enter it by what
// is written down in $D/container: the engine, and the container's id, so that one made anew under the name is never mistaken for it.
import { excerpt } from '../../domain/text/excerpt.ts';
import { shellQuote } from '../../domain/text/shell.ts';
import { LifeboatError } from '../../errors.ts';
import type { TargetSession, TaskOutcome } from '../../ports/remote.ts';

/** Shell text that sets ENGINE and CONTAINER. */
export const READ_CONTAINER = 'read -r ENGINE CONTAINER <"$D/container"';

interface Answer {
  readonly engine: string;
  readonly id?: string;
  readonly state?: string;
  readonly problem?: string;
}

/** Throws `db-container`. */
export async function findContainer(session: TargetSession, name: string): Promise<void> {
  const { stdout } = await session.run({
    label: 'search for the container',
    script: inspectScript(name),
    stages: [],
  });
  const { engine, id } = chooseContainer(name, parseAnswers(stdout.toString()));
  await session.run({
    label: 'choice of the container',
    script: `printf '%s\\n' ${shellQuote(`${engine} ${id}`)} >"$D/container"`,
    stages: [],
  });
}

/** Prints lines `engine id state`, or `engine problem` and what it said. */
function inspectScript(name: string): string {
  return `
running=
for engine in docker podman; do
  command -v "$engine" >/dev/null 2>&1 || continue
  # Asking Podman makes it set up shop for this user, and leaves a process of its own: not where it cannot matter.
  [ "$engine" = docker ] || [ -z "$running" ] || [ "$(id -u)" = 0 ] || [ -d "$HOME/.local/share/containers" ] || continue
  if found=$("$engine" container inspect --format '{{.Id}} {{.State.Status}}' -- ${shellQuote(name)} 2>"$D/inspect"); then
    echo "$engine $found"
    case $found in *' running') running=1 ;; esac
  else
    echo "$engine problem $(tr '\\n' ' ' <"$D/inspect" | head -c 500)"
  fi
done
rm -f "$D/inspect"
`;
}

function parseAnswers(stdout: string): Answer[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [engine = '', first = '', ...rest] = line.split(' ');
      return first === 'problem'
        ? { engine, problem: rest.join(' ').trim() }
        : { engine, id: first, state: rest.join(' ') };
    });
}

export function chooseContainer(
  name: string,
  answers: readonly Answer[],
): { readonly engine: string; readonly id: string } {
  if (answers.length === 0) {
    throw fail(`the target has neither docker nor podman in its PATH to enter the container ${name} with`, {
      hint: 'Install the engine that runs the container, or leave db-container out when the database is not in one.',
    });
  }
  const found = answers.filter(({ id = '' }) => /^[0-9a-f]{12,64}$/.test(id));
  const running = found.filter(({ state }) => state === 'running');
  // The package podman-docker gives Podman both names.
  const ids = new Set(running.map(({ id }) => id));
  const [one] = running;
  if (one?.id !== undefined && ids.size === 1) return { engine: one.engine, id: one.id };
  if (ids.size > 1) {
    throw fail(`docker and podman each have a running container ${name} on the target`, {
      hint: 'Give the id of the right one: docker ps --no-trunc, podman ps --no-trunc.',
    });
  }
  const [stopped] = found;
  if (stopped !== undefined) {
    throw fail(
      `the container ${name} does not run: ${stopped.engine} says that it is ${stopped.state ?? ''}`,
      {
        hint: `Start it (${stopped.engine} start ${name}), and see why it ended: ${stopped.engine} logs ${name}`,
      },
    );
  }
  const said = answers.map(({ engine, problem = '' }) => `${engine}: ${excerpt(problem)}`).join('\n');
  const mayNot = answers.find(({ problem = '' }) => /permission denied/i.test(problem));
  if (mayNot !== undefined) {
    throw fail(`the SSH user may not talk to ${mayNot.engine} on the target:\n${said}`, {
      hint: 'Put the SSH user into the group docker (usermod -aG docker USER) and log in anew: whoever is in it can become root. Without that, publish the port of the database on 127.0.0.1, give db-host and db-port, and leave db-container out.',
    });
  }
  throw fail(`there is no container ${name} on the target:\n${said}`, {
    hint: 'docker ps --all and podman ps --all, as the SSH user, show what there is. Podman shows everybody only their own containers: log in as the user who runs it.',
  });
}

/** What a failed attempt to start something in the container means; undefined when the container is not to blame. */
export function explainEntering(outcome: TaskOutcome, stage: string): Error | undefined {
  const status = outcome.statuses.get(stage);
  if (status !== 125 && status !== 126 && status !== 127) return undefined;
  return fail(`nothing can be run in the container: ${excerpt(outcome.stderr.get(stage) ?? '')}`, {
    hint: 'It must be running and have a shell (sh). Without one, publish the port of the database on 127.0.0.1, give db-host and db-port, and leave db-container out.',
  });
}

function fail(message: string, options: { readonly hint: string }): LifeboatError {
  return new LifeboatError('db-container', message, options);
}
