// Inputs that say how much a run tells, and whom besides its log.
import { type Rule, ruleFor, type Surroundings } from '../declaration.ts';
import { field, group } from '../field.ts';
import { lineKind, Refusal } from '../kind.ts';
import { boolean, choice, password } from '../kinds.ts';
import type { Problem } from '../problem.ts';

export const LOG_LEVELS = ['debug', 'info', 'warning'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const webAddress = lineKind('URL', 'an address that begins with https:// or http://', (text) => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Refusal('is not the address of a web page');
  if (url.username !== '' || url.password !== '') throw new Refusal('holds a user or a password');
  return url;
});

/** For what people run by hand. */
export const logInputs = group('Telling', {
  'log-level': field(choice(...LOG_LEVELS), {
    description: 'How much the log says. Secrets are never in it.',
    default: 'info',
  }),
});

/** For what runs by itself; the platform does what they say (src/platform/telling/). */
export const tellingInputs = group('Telling', {
  'heartbeat-url': field(webAddress, {
    description:
      'Address that hears when a run starts (with `/start` behind it), is good (as it is) or fails (`/fail`), so that a run that never began is noticed: a check of healthchecks.io, or of a service with the same addresses. It never fails a run. A dry run says nothing.',
    secret: true,
  }),
  'notify-issue': field(boolean, {
    description:
      'Open an issue in the repository when a run fails, bring it up to date with every attempt, and close it when a run is good again: one for each server and action. It never fails a run. A dry run says nothing.',
    default: 'false',
  }),
  'github-token': field(password, {
    description: 'Token for these issues. The one of the job does, when it has `issues: write`.',
    secret: true,
  }),
  'public-details': field(boolean, {
    description:
      'Write the whole message and the end of the log into issues although everybody can read the repository. Otherwise they have neither there, and names are shortened.',
    default: 'false',
  }),
  ...logInputs,
});

export const tellingRules: readonly Rule[] = [
  ruleFor(tellingInputs, ['notify-issue', 'github-token'], ({ notifyIssue, githubToken }, surroundings) =>
    notifyIssue ? findMissing('notify-issue', githubToken, surroundings) : [],
  ),
];

/** For restore tests: what no program can look at. */
export const humanCheckInputs = group('Telling', {
  'human-check': field(choice('never', 'quarterly'), {
    description:
      'Open an issue with what only people can check, once in a quarter of a year and repository: is the paper still there, who else has the keys, was a restore tried on another machine.',
    default: 'never',
  }),
});

const humanCheckDeclaration = { ...tellingInputs, ...humanCheckInputs };

export const humanCheckRules: readonly Rule[] = [
  ruleFor(
    humanCheckDeclaration,
    ['human-check', 'github-token'],
    ({ humanCheck, githubToken }, surroundings) =>
      humanCheck === 'never' ? [] : findMissing('human-check', githubToken, surroundings),
  ),
];

function findMissing(
  input: string,
  token: string | undefined,
  { isWorkflow = false, hasRepository = false }: Surroundings,
): Problem[] {
  return [
    ...(token === undefined
      ? [
          {
            input: 'github-token',
            what: `nothing is given, and \`${input}\` needs it`,
            fix: 'In a workflow: `github-token: ${{ secrets.GITHUB_TOKEN }}`, and `issues: write` below `permissions:`.',
          },
        ]
      : []),
    ...(isWorkflow || hasRepository
      ? []
      : [
          {
            input,
            what: 'outside of a workflow it is not known which repository has the issues',
            fix: 'Set the variable GITHUB_REPOSITORY to `owner/name`, and GITHUB_API_URL where it is not on github.com.',
          },
        ]),
  ];
}
