// Whether those whom the runs tell can be told. It never fails a run, so that nothing here is a fault.
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorInputs } from './inputs.ts';

export interface TellingTrials {
  /** Both return what went wrong, and undefined when nothing did. */
  beat(url: URL, signal: AbortSignal): Promise<string | undefined>;
  /** Undefined where it is not known whose issues are meant. */
  readonly issues:
    | {
        readonly repository: string;
        try(
          token: string,
          how: { readonly mayProbe: boolean; readonly signal: AbortSignal },
        ): Promise<string | undefined>;
      }
    | undefined;
}

const NO_PROBE = 'nothing is sent without `--probe`';

export async function checkTelling(
  {
    heartbeatUrl,
    githubToken,
    probe: mayProbe,
  }: Pick<DoctorInputs, 'heartbeatUrl' | 'githubToken' | 'probe'>,
  trials: TellingTrials,
  signal: AbortSignal,
  diagnosis: Diagnosis,
): Promise<void> {
  const tell = (problem: string | undefined, good: string, what: string, fix: string) => {
    if (problem === undefined) diagnosis.good.push({ area: 'Telling', what: good });
    else diagnosis.warn('Telling', `${what}: ${problem}`, fix);
  };
  if (heartbeatUrl !== undefined && !mayProbe) diagnosis.skip('Telling', '`heartbeat-url`', NO_PROBE);
  else if (heartbeatUrl !== undefined)
    tell(
      await trials.beat(heartbeatUrl, signal),
      'a beat arrived at `heartbeat-url`',
      'no beat arrived at `heartbeat-url`',
      'Copy the address of the check anew, as it is for a good run (docs/telling.md), and store it in the secret.',
    );
  if (githubToken === undefined) return;
  if (trials.issues === undefined) {
    diagnosis.skip(
      'Telling',
      '`github-token`',
      'the variable GITHUB_REPOSITORY does not say which repository',
    );
    return;
  }
  const { repository } = trials.issues;
  tell(
    await trials.issues.try(githubToken, { mayProbe, signal }),
    `\`github-token\` may ${mayProbe ? 'read and write' : 'read'} issues of ${repository}`,
    `issues of ${repository} cannot be written with \`github-token\``,
    'Of a job: permissions with issues: write. A token of yours: read and write access to issues of this repository.',
  );
  if (!mayProbe) diagnosis.skip('Telling', 'whether `github-token` may write issues', NO_PROBE);
}
