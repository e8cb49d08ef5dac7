// Whom a run tells besides its log: a service that waits for signs of life, and issues of the repository. It changes nothing about the
// run: what goes wrong here is a warning, and everything is limited in time.
import type { Declaration, Field } from '../../inputs/field.ts';
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import type { InputSource } from '../../inputs/source.ts';
import type { Environment } from '../environment.ts';
import type { Failure } from '../failure.ts';
import type { RunReporter } from '../run-reporter.ts';
import { type Beat, sendBeat } from './heartbeat.ts';
import { askPeople } from './human-check.ts';
import { reportFailure, reportRecovery } from './incident.ts';
import type { Subject } from './incident-page.ts';
import { GitHubIssues } from './github-issues.ts';

export interface Telling {
  begin(): void;
  /** At the signal, while the run undoes its work: afterwards there is no time. */
  cancel(): void;
  /** `failure` is undefined after a good run. */
  end(failure: Failure | undefined): Promise<void>;
}

/** For all calls of a run to GitHub together. */
const ISSUES_MS = 20_000;
/** Less than a cancelled run has. */
const CANCEL_MS = 2_500;
/** Besides the server: inputs that make runs of one action different things, so that the good end of one says nothing of another. */
const PARTICULARS = ['engine', 'label', 'name', 'backup', 'point-in-time'];

/** Undefined where nobody is to be told. Inputs that cannot be read are not told about here; the run itself fails on them. */
export function createTelling(
  declaration: ActionDeclaration,
  source: InputSource,
  environment: Environment,
  reporter: RunReporter,
): Telling | undefined {
  // The doctor takes the inputs of a dump and makes no backup; nor does a dry run, and a good one must not pass for a backup.
  if (declaration.isCommandLineOnly === true) return undefined;
  const read = createReader(declaration.inputs, source);
  if (read('dry-run') === true) return undefined;
  const url = read('heartbeat-url');
  const token = read('github-token');
  const { repository } = environment.github;
  const isNotifying = read('notify-issue') === true;
  const isAsking = read('human-check') === 'quarterly';
  const hasIssues = (isNotifying || isAsking) && typeof token === 'string' && repository !== undefined;
  if (!(url instanceof URL) && !hasIssues) return undefined;

  const beat = createBeat(url instanceof URL ? url : undefined, declaration.name, reporter);
  const subject: Subject = {
    action: declaration.name,
    server: nameServers(read('server')),
    particulars: PARTICULARS.map(
      (name) => source.read(name)?.trim() || declaration.inputs[name]?.default || '',
    ),
  };

  const tellIssues = async (failure: Failure | undefined): Promise<void> => {
    if (!hasIssues) return;
    const issues = new GitHubIssues(environment.github, repository, token, AbortSignal.timeout(ISSUES_MS));
    const { runUrl } = environment.github;
    const at = new Date();
    const attempt = async (what: () => Promise<string | undefined>) => {
      try {
        const done = await what();
        if (done !== undefined) reporter.info(done);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        reporter.warning(`The issue in ${repository} could not be written (${reason}).`);
      }
    };
    // Before anything more is said in the log.
    const { tail } = reporter;
    if (isNotifying && failure === undefined)
      await attempt(() => reportRecovery(issues, subject, at, runUrl));
    if (isNotifying && failure !== undefined)
      await attempt(async () => {
        const isOpenToAll = read('public-details') !== true && !(await issues.isPrivate());
        const clean = { ...failure, summary: reporter.clean(failure.summary) };
        return reportFailure(issues, { subject, failure: clean, at, runUrl, tail, isOpenToAll });
      });
    if (isAsking) await attempt(() => askPeople(issues, at));
  };

  return {
    begin: () => void beat('start', 'begun'),
    cancel: () => void beat('fail', 'cancelled', AbortSignal.timeout(CANCEL_MS)),
    end: async (failure) => {
      // Busy: the run that is at work tells how that ends. Cancelled: told at the signal.
      if (failure?.outcome === 'busy' || failure?.outcome === 'cancelled') return beat();
      const beaten = failure === undefined ? beat('success', 'good') : beat('fail', describe(failure));
      await Promise.all([beaten, tellIssues(failure)]);
    },
  };
}

type BeatSender = (beat?: Beat, message?: string, limit?: AbortSignal) => Promise<void>;

/** One after the other, or their order would be lost; without a beat it waits for those that are on their way. */
function createBeat(url: URL | undefined, action: string, reporter: RunReporter): BeatSender {
  let last: Promise<void> = Promise.resolve();
  return (beat, message = '', limit) => {
    if (url !== undefined && beat !== undefined)
      last = last
        .then(() => sendBeat(url, beat, `lifeboat ${action}: ${message}`, limit))
        .then((problem) => {
          if (problem !== undefined) reporter.warning(`The heartbeat (${beat}) did not arrive: ${problem}.`);
        });
    return last;
  };
}

function describe({ outcome, code }: Failure): string {
  return `${outcome} (${code ?? 'bug'})`;
}

/** One, or a list of them in whatever order, of which none means all. */
function nameServers(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.toSorted().join(', ');
  return typeof value === 'string' ? value : undefined;
}

/** Values as the run will read them; undefined where it will refuse them. */
function createReader(declaration: Declaration, source: InputSource): (name: string) => unknown {
  return (name) => {
    const field: Field<unknown> | undefined = declaration[name];
    const text = source.read(name) ?? '';
    try {
      return text.trim() === '' ? field?.absent() : field?.parse(text);
    } catch {
      return undefined;
    }
  };
}
