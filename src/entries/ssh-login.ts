// From the inputs about SSH, those of a bastion included, to what the adapter takes; and what only the adapter can say against them.
import { ruleFor, type Rule } from '../inputs/declaration.ts';
import type { InputsOf } from '../inputs/field.ts';
import { destinationInputs } from '../inputs/groups/destination.ts';
import type { Problem } from '../inputs/problem.ts';
import { checkKnownHosts, KNOWN_HOSTS_HELP } from '../remote/known-hosts.ts';
import { checkPrivateKey } from '../remote/private-key.ts';
import type { SshOptions } from '../remote/ssh-connection.ts';

/** Also those of actions that cannot do without a server. */
const declared = destinationInputs;

export type SshInputs = Pick<
  InputsOf<typeof declared>,
  Extract<keyof InputsOf<typeof declared>, `ssh${string}`>
>;

export function keyProblem(
  input: string,
  key: string | undefined,
  passphrase: string | undefined,
): Problem[] {
  const what = key === undefined ? undefined : checkPrivateKey(key, passphrase);
  return what === undefined ? [] : [{ input, what }];
}

export function knownHostsProblems(
  input: string,
  knownHosts: string | undefined,
  host: string | undefined,
  port: number,
): Problem[] {
  return knownHosts === undefined || host === undefined
    ? []
    : checkKnownHosts(knownHosts, host, port).map((what) => ({ input, what, fix: KNOWN_HOSTS_HELP }));
}

export const sshRules: readonly Rule[] = [
  ruleFor(declared, ['ssh-key', 'ssh-key-passphrase'], ({ sshKey, sshKeyPassphrase }) =>
    keyProblem('ssh-key', sshKey, sshKeyPassphrase),
  ),
  ruleFor(declared, ['ssh-known-hosts', 'ssh-host', 'ssh-port'], ({ sshKnownHosts, sshHost, sshPort }) =>
    knownHostsProblems('ssh-known-hosts', sshKnownHosts, sshHost, sshPort),
  ),
  ruleFor(declared, ['ssh-proxy-key', 'ssh-proxy-key-passphrase'], (bastion) =>
    keyProblem('ssh-proxy-key', bastion.sshProxyKey, bastion.sshProxyKeyPassphrase),
  ),
  ruleFor(declared, ['ssh-proxy-known-hosts', 'ssh-proxy-host', 'ssh-proxy-port'], (bastion) =>
    knownHostsProblems(
      'ssh-proxy-known-hosts',
      bastion.sshProxyKnownHosts,
      bastion.sshProxyHost,
      bastion.sshProxyPort,
    ),
  ),
];

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };
export type NamedServer = Given<Pick<SshInputs, 'sshHost' | 'sshUser' | 'sshKey' | 'sshKnownHosts'>>;

/** Undefined when no server is named. */
export function sshOptionsOf(inputs: SshInputs & NamedServer): SshOptions;
export function sshOptionsOf(inputs: SshInputs): SshOptions | undefined;
export function sshOptionsOf(inputs: SshInputs): SshOptions | undefined {
  const {
    sshHost: host,
    sshPort: port,
    sshUser: user,
    sshKey: privateKey,
    sshKnownHosts: knownHosts,
  } = inputs;
  if (host === undefined || user === undefined || privateKey === undefined || knownHosts === undefined)
    return undefined;
  const login = { host, port, user, privateKey, passphrase: inputs.sshKeyPassphrase, knownHosts };
  const { sshProxyHost, sshProxyKey, sshProxyKnownHosts } = inputs;
  if (sshProxyHost === undefined || sshProxyKnownHosts === undefined) return login;
  const proxy = {
    host: sshProxyHost,
    port: inputs.sshProxyPort,
    user: inputs.sshProxyUser ?? user,
    privateKey: sshProxyKey ?? privateKey,
    passphrase: sshProxyKey === undefined ? inputs.sshKeyPassphrase : inputs.sshProxyKeyPassphrase,
    knownHosts: sshProxyKnownHosts,
  };
  return { ...login, proxy };
}
