// The only reader of the environment. What a run needs from it is taken at the start; then everything secret in it is deleted,
// so that no program that is started later can inherit it.
import { tmpdir, hostname } from 'node:os';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Credentials that somebody put into the environment for the tools of AWS. */
export interface AmbientCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where a job may ask GitHub for a token that says which workflow it is; given to jobs with `id-token: write`. */
export interface IdTokenRequest {
  readonly url: string;
  readonly token: string;
}

/** Where the issues of the run's repository are. */
export interface GitHubPlace {
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string | undefined;
  /** The page of this run; undefined outside of a workflow. */
  readonly runUrl: string | undefined;
}

export interface Environment {
  /** As it was at the start, secrets included. */
  readonly variables: Variables;
  readonly isHostedRunner: boolean;
  /** Where a private directory can be made. */
  readonly temporaryBase: string;
  readonly summaryPath: string | undefined;
  /** For people who find a lock: which run this is. */
  readonly origin: string;
  /** Begins the address of a page of the documentation. */
  readonly documentationBase: string;
  readonly ambientCredentials: AmbientCredentials | undefined;
  readonly idTokenRequest: IdTokenRequest | undefined;
  readonly github: GitHubPlace;
}

/** Prefixes of variables that carry inputs. */
const INPUT_PREFIXES = ['INPUT_', 'LIFEBOAT_'];
/** Tokens that runners and workflows put into the environment; no action needs one of them there. */
const SECRET_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
];
/** Shorter values are equal by chance: a password `root` and a user of that name. */
const MIN_COPIED_SECRET_CHARACTERS = 8;

export function readEnvironment(variables: Variables = { ...process.env }): Environment {
  return {
    variables,
    isHostedRunner: variables['RUNNER_ENVIRONMENT'] === 'github-hosted',
    temporaryBase: variables['RUNNER_TEMP'] ?? tmpdir(),
    summaryPath: variables['GITHUB_STEP_SUMMARY'],
    origin: readRunUrl(variables) ?? `process ${process.pid} on ${hostname()}`,
    documentationBase: findDocumentation(variables),
    ambientCredentials: readAmbientCredentials(variables),
    idTokenRequest: readIdTokenRequest(variables),
    github: readGitHubPlace(variables),
  };
}

/** Deletes variables with inputs, known tokens, and whatever holds one of these secrets under any name. */
export function deleteSecrets(
  secrets: readonly string[],
  variables: Record<string, string | undefined> = process.env,
): void {
  const copies = new Set(
    secrets.map((secret) => secret.trim()).filter((secret) => secret.length >= MIN_COPIED_SECRET_CHARACTERS),
  );
  for (const [name, value] of Object.entries(variables)) {
    const carriesInput = INPUT_PREFIXES.some((prefix) => name.startsWith(prefix));
    if (carriesInput || SECRET_VARIABLES.includes(name) || copies.has(value?.trim() ?? '')) {
      Reflect.deleteProperty(variables, name);
    }
  }
}

function readAmbientCredentials(variables: Variables): AmbientCredentials | undefined {
  const accessKeyId = variables['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = variables['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = variables['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function readIdTokenRequest(variables: Variables): IdTokenRequest | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = variables;
  return url && token && URL.canParse(url) ? { url, token } : undefined;
}

function readRunUrl(variables: Variables): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = variables;
  if (!server || !repository || !run) return undefined;
  return `${server}/${repository}/actions/runs/${run}/attempts/${variables['GITHUB_RUN_ATTEMPT'] ?? '1'}`;
}

function readGitHubPlace(variables: Variables): GitHubPlace {
  const { GITHUB_API_URL: api = '', GITHUB_REPOSITORY: repository = '' } = variables;
  return {
    apiUrl: URL.canParse(api) ? api.replace(/\/+$/, '') : 'https://api.github.com',
    repository: /^[\w.-]+\/[\w.-]+$/.test(repository) ? repository : undefined,
    runUrl: readRunUrl(variables),
  };
}

/** The repository that the runner took the action from; a path where it does not say. */
function findDocumentation(variables: Variables): string {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_ACTION_REPOSITORY: repository,
    GITHUB_ACTION_REF: ref,
  } = variables;
  const isKnown = /^https?:\/\/[\w.:-]+$/.test(server ?? '') && /^[\w.-]+\/[\w.-]+$/.test(repository ?? '');
  return isKnown && /^[\w./-]+$/.test(ref ?? '')
    ? `${server ?? ''}/${repository ?? ''}/blob/${ref ?? ''}/`
    : '';
}
