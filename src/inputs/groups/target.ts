// Inputs that say which server is worked on, and how it is reached by SSH.
import { DAY_MS } from '../../domain/text/units.ts';
import { field, group } from '../field.ts';
import { duration, password, port, text } from '../kinds.ts';
import { hostName, label, serverName, setName, userName } from '../names.ts';
import { proxyInputs } from './proxy.ts';

const MIN_TIMEOUT_MS = 10_000;
/** GitHub, "Actions limits": a job on a self-hosted runner may take 5 days. */
const MAX_TIMEOUT_MS = 5 * DAY_MS;

/** Nobody can write for so long. */
const MAX_LOCK_MS = 3_600_000;

/** For actions that lock nothing, and whose objects need no label. */
export const plainTargetInputs = group('Target', {
  server: field(serverName, {
    description:
      "The target's name in the store. All its backups lie in a folder of this name: never change it.",
    required: true,
  }),
  'ssh-host': field(hostName, {
    description: 'Host name or IP address of the SSH server.',
    required: true,
  }),
  'ssh-port': field(port, {
    description: 'Port of the SSH server.',
    default: '22',
  }),
  'ssh-user': field(userName, {
    description: 'User to log in as. It needs no rights beyond what the action reads; root is never needed.',
    required: true,
  }),
  'ssh-key': field(text, {
    description: 'Private key of that user, in OpenSSH or PEM format, with its line breaks.',
    required: true,
    secret: true,
  }),
  'ssh-key-passphrase': field(password, {
    description: 'Passphrase of `ssh-key`, where it has one.',
    secret: true,
  }),
  'ssh-known-hosts': field(text, {
    description:
      'Host keys that the server may show: lines of a `known_hosts` file, hashed ones too, or `ssh-ed25519 SHA256:…`. Print them with `ssh-keyscan` and compare them with the server once. There is no switch to turn the check off.',
    required: true,
  }),
  ...proxyInputs,
  timeout: field(duration({ min: MIN_TIMEOUT_MS, max: MAX_TIMEOUT_MS }), {
    description:
      'The work is ended after this time. The default leaves room below the six hours of a hosted job.',
    default: '5h30m',
  }),
  set: field(setName, {
    description:
      "Ties together what belongs to one night, such as dump, binary logs and files: it goes into the manifest. The number of the workflow's run is a good name.",
  }),
  'state-key': field(text, {
    description:
      'Seals the little that is remembered on the server from run to run: the newest backup, and which binary logs were shipped. Default: made from `ssh-key`. Give one, the same everywhere, when actions log in with different keys, or when keys change often.',
    secret: true,
  }),
});

export const targetInputs = {
  ...plainTargetInputs,
  ...group('Target', {
    'max-lock': field(duration({ min: 1_000, max: MAX_LOCK_MS }), {
      description:
        'No lock on tables is held for longer (`consistency: lock`). A dump that is not done by then fails.',
      default: '5m',
    }),
    label: field(label, {
      description:
        'Added to the names of the backups of this run, to tell them apart from others of the same server.',
    }),
  }),
};
