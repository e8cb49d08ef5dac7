// The part of init's page about GitHub: environments with what each job is given, and the first runs.
import path from 'node:path';
import { codeBlock, codeSpan } from '../../domain/text/markdown.ts';
import { bashWord } from '../../domain/recovery/stock-commands.ts';
import type { ROLES } from './site.ts';
import { environmentsOf, workflowPaths, type Site } from './site.ts';

/** `program` is its absolute path: two folders above it is the clone. */
export function githubSteps(site: Site, program: string): string[] {
  const { backup, test, verify } = environmentsOf(site);
  const { directory, verifyDirectory, store } = site.inputs;
  const set = (kind: 'secret' | 'variable', name: string, environment: string, file: string) =>
    `gh ${kind} set ${name} --env ${bashWord(environment)} < ${bashWord(`${site.keysDirectory}/${file}`)}`;
  const make = (environment: string) =>
    `gh api --silent --method PUT ${bashWord(`repos/{owner}/{repo}/environments/${environment}`)}`;
  const storeKeys = (environment: string, ...roles: (typeof ROLES)[number][]) => {
    if (store.kind === 'directory') return [];
    if (store.kind === 'sftp') return [set('secret', 'STORE_SSH_KEY', environment, 'store-ssh-key')];
    return roles.flatMap((role) => [
      set('variable', `${role.toUpperCase()}_ID`, environment, `${role}-id`),
      set('secret', `${role.toUpperCase()}_SECRET`, environment, `${role}-secret`),
    ]);
  };
  const backups = [
    make(backup),
    set('secret', 'SSH_KEY', backup, 'ssh-key'),
    set('secret', 'SIGNING_KEY', backup, 'signing-key.asc'),
    set('variable', 'RECIPIENTS', backup, 'recipients.asc'),
    ...storeKeys(backup, 'writer'),
  ];
  const tests = [
    make(test),
    set('secret', 'IDENTITY', test, 'identity.asc'),
    set('secret', 'PROOF_SIGNING_KEY', test, 'proof-signing-key.asc'),
    set('variable', 'TRUSTED_SIGNERS', test, 'trusted-signers.asc'),
    set('variable', 'TRUSTED_PROVERS', test, 'trusted-provers.asc'),
    ...storeKeys(test, 'reader', 'prover'),
  ];
  const looks = [
    make(verify),
    set('variable', 'TRUSTED_SIGNERS', verify, 'trusted-signers.asc'),
    set('variable', 'TRUSTED_PROVERS', verify, 'trusted-provers.asc'),
    set('variable', 'RECIPIENTS', verify, 'recipients.asc'),
    ...storeKeys(verify, 'reader'),
  ];
  const files = Object.values(workflowPaths(site)).filter((file) => file !== undefined);
  return [
    `In the checkout of the repository. A private one has environments only with GitHub Pro or Team: otherwise make a private repository for each environment, with its workflow files and its secrets (without ${codeSpan('--env')}), and never two sets of secrets in one. An environment that only the main branch may use is better still (its settings on GitHub).`,
    codeBlock([enter(directory), ...backups, ...tests].join('\n'), 'sh'),
    verifyDirectory === undefined
      ? `The daily look is better in a repository of its own (${codeSpan('--verify-directory')}): whoever stops this one does not stop it with it.`
      : 'In the checkout of the second one:',
    codeBlock([enter(verifyDirectory ?? directory), ...looks].join('\n'), 'sh'),
    `Heartbeats are more secrets, for those who want them: ${codeSpan('HEARTBEAT_…')} in the workflow files (docs/telling.md).`,
    `In the workflow files, ${codeSpan('OWNER')} is the account that the repository of Lifeboat lives in: write it for ${codeSpan('ACCOUNT-HERE')}. As long as there is no release, the commit of your clone takes the place of ${codeSpan('v1')}:`,
    codeBlock(
      [
        `commit=$(git -C ${bashWord(path.resolve(path.dirname(program), '..'))} rev-parse HEAD)`,
        // Not every machine of people has a sed that takes -i without more.
        `perl -pi -e "s|OWNER/(lifeboat/.*)\\@v1|ACCOUNT-HERE/\\$1\\@$commit|" \\\n  ${files.map((file) => bashWord(file)).join(' \\\n  ')}`,
      ].join('\n'),
      'sh',
    ),
  ];
}

function enter(directory: string): string {
  return `cd ${bashWord(path.resolve(directory))}`;
}

export function firstRuns(site: Site): string[] {
  const { server, directory, verifyDirectory, binlogs } = site.inputs;
  const paths = workflowPaths(site);
  const run = (file: string) => `gh workflow run ${path.basename(file)}`;
  const push = (checkout: string) => [
    enter(checkout),
    'git add .github/workflows',
    `git commit --message ${bashWord(`Back up ${server}`)}`,
    'git push --set-upstream origin HEAD',
  ];
  const checkouts = [directory, ...(verifyDirectory === undefined ? [] : [verifyDirectory])];
  return [
    'When the doctor finds no fault, on the main branch, which GitHub takes schedules from:',
    codeBlock(checkouts.flatMap(push).join('\n'), 'sh'),
    `The first dump${binlogs ? ', and the first binary logs' : ''} (${codeSpan('gh run watch')} shows how it goes):`,
    codeBlock(
      [
        enter(directory),
        ...[paths.dump, paths.binlogs].flatMap((file) => (file === undefined ? [] : [run(file)])),
      ].join('\n'),
      'sh',
    ),
    'When that is done, the first proof:',
    codeBlock(`${run(paths.test)}${binlogs ? ' -f point-in-time=none' : ''}`, 'sh'),
    'And when that is done, the first look at all of it:',
    codeBlock(
      [...(verifyDirectory === undefined ? [] : [enter(verifyDirectory)]), run(paths.verify)].join('\n'),
      'sh',
    ),
  ];
}
