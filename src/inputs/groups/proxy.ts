// Inputs that say through which bastion an SSH server is reached. They stand beside those of that server, under its heading.
import { type Rule, ruleFor } from '../declaration.ts';
import { field } from '../field.ts';
import { password, port, text } from '../kinds.ts';
import { hostName, userName } from '../names.ts';

export const proxyInputs = {
  'ssh-proxy-host': field(hostName, {
    description:
      'Bastion (jump host) through which the SSH server is reached, as `ssh -J` does it: `ssh-host` is then a name or address as the bastion sees it. It must let its user forward connections; a shell is not needed there.',
  }),
  'ssh-proxy-port': field(port, { description: 'Port of the bastion.', default: '22' }),
  'ssh-proxy-user': field(userName, {
    description: 'User to log in as on the bastion. Default: `ssh-user`.',
  }),
  'ssh-proxy-key': field(text, {
    description: 'Private key of that user, in OpenSSH or PEM format. Default: `ssh-key`.',
    secret: true,
  }),
  'ssh-proxy-key-passphrase': field(password, {
    description: 'Passphrase of `ssh-proxy-key`, where it has one.',
    secret: true,
  }),
  'ssh-proxy-known-hosts': field(text, {
    description:
      'Host keys that the bastion may show, written as in `ssh-known-hosts`. Needed with `ssh-proxy-host`.',
  }),
};

const PROXY_ONLY = [
  'ssh-proxy-user',
  'ssh-proxy-key',
  'ssh-proxy-key-passphrase',
  'ssh-proxy-known-hosts',
] as const;

export const proxyRules: readonly Rule[] = [
  ...PROXY_ONLY.map((name) =>
    ruleFor(proxyInputs, ['ssh-proxy-host', name], ({ sshProxyHost, ...one }) =>
      sshProxyHost === undefined && Object.values(one)[0] !== undefined
        ? [{ input: name, what: 'only with `ssh-proxy-host`, for which nothing is given' }]
        : [],
    ),
  ),
  ruleFor(proxyInputs, ['ssh-proxy-host', 'ssh-proxy-known-hosts'], ({ sshProxyHost, sshProxyKnownHosts }) =>
    sshProxyHost !== undefined && sshProxyKnownHosts === undefined
      ? [{ input: 'ssh-proxy-known-hosts', what: 'nothing is given, but `ssh-proxy-host` is' }]
      : [],
  ),
  ruleFor(
    proxyInputs,
    ['ssh-proxy-key', 'ssh-proxy-key-passphrase'],
    ({ sshProxyKey, sshProxyKeyPassphrase }) =>
      sshProxyKey === undefined && sshProxyKeyPassphrase !== undefined
        ? [{ input: 'ssh-proxy-key', what: 'nothing is given, but `ssh-proxy-key-passphrase` is' }]
        : [],
  ),
];
