// Puts init together: who makes keys, and who asks a server for its host key.
import path from 'node:path';
import { init } from '../actions/init/init.ts';
import { initDeclaration } from '../actions/init/inputs.ts';
import { makeKey } from '../encryption/make-key.ts';
import { ruleFor } from '../inputs/declaration.ts';
import { defineAction } from '../platform/action.ts';
import { fetchHostKey, isListed } from '../remote/host-key.ts';
import { checkKnownHosts, KNOWN_HOSTS_HELP } from '../remote/known-hosts.ts';
import { makeSshKey } from '../remote/make-ssh-key.ts';

export const initAction = defineAction(initDeclaration, {
  rules: [
    ruleFor(
      initDeclaration.inputs,
      ['ssh-known-hosts', 'ssh-host', 'ssh-port'],
      ({ sshKnownHosts, sshHost, sshPort }) =>
        sshKnownHosts === undefined || sshHost === undefined
          ? []
          : checkKnownHosts(sshKnownHosts, sshHost, sshPort).map((what) => ({
              input: 'ssh-known-hosts',
              what,
              fix: KNOWN_HOSTS_HELP,
            })),
    ),
  ],
  checks: () => ({}),
  run: async (inputs, _checked, { reporter, signal, ask }) => {
    const program = path.resolve(process.argv[1] ?? '');
    const ports = { reporter, makeKey, makeSshKey, fetchHostKey, isListed, program, ask };
    const page = await init(inputs, ports, signal);
    reporter.summary(page);
  },
});
