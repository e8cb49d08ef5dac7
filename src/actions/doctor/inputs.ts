// What the doctor takes: everything that a dump takes, so that a command line is checked by changing its verb, and who else to look at.
import { type ActionDeclaration, type Rule, ruleFor } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { proofInputs, proofRules, readingInputs } from '../../inputs/groups/reading.ts';
import { boolean, line, password, text } from '../../inputs/kinds.ts';
import { matchKind } from '../../inputs/kind.ts';
import { localPaths } from '../../inputs/names.ts';
import type { Problem } from '../../inputs/problem.ts';
import { dumpDeclaration } from '../dump/inputs.ts';

const fingerprint = {
  ...matchKind(
    'fingerprint',
    '40 hexadecimal digits, blanks between them do no harm',
    /^(?: *[0-9A-Fa-f]){40}$/,
    'is not the fingerprint of a key',
  ),
};

const ownInputs = group('Doctor', {
  probe: field(boolean, {
    description:
      "Store one small object below `<server>/doctor/` to see what the credentials of the store may do. A writer that is set up well cannot remove it again; the bucket's rules do. Also send one beat to `heartbeat-url`, and ask whether `github-token` may write issues. Without it nothing is written or sent.",
    default: 'false',
  }),
  'reader-access-key-id': field(line, {
    description:
      "Access key of those who restore. With it the bucket's settings are looked at too, and what the key may do.",
  }),
  'reader-secret-access-key': field(password, {
    description: 'Belongs to `reader-access-key-id`.',
    secret: true,
  }),
  'trusted-signers': readingInputs['trusted-signers'],
  'trusted-provers': proofInputs['trusted-provers'],
  'identity-fingerprint': field(fingerprint, {
    description:
      'Fingerprint of the key that restore tests decrypt with: backups must be encrypted to it. Where the key itself has no place this is enough.',
  }),
  identity: field(text, {
    description:
      'The key itself, on a machine where it is at home: something is encrypted to the recipients, and opened with it.',
    secret: true,
  }),
  'identity-passphrase': readingInputs['identity-passphrase'],
  'proof-signing-key': proofInputs['proof-signing-key'],
  'proof-signing-key-passphrase': proofInputs['proof-signing-key-passphrase'],
  workflow: field(localPaths, {
    description:
      'Workflow files on this machine to look at, one a line; what their steps do on the server is looked at there, too.',
    default: '',
  }),
});

const inputs = { ...dumpDeclaration.inputs, ...ownInputs };

export type DoctorInputs = InputsOf<typeof inputs>;

const ownRules: readonly Rule[] = [
  ruleFor(
    ownInputs,
    ['reader-access-key-id', 'reader-secret-access-key'],
    ({ readerAccessKeyId, readerSecretAccessKey }): Problem[] =>
      (readerAccessKeyId === undefined) === (readerSecretAccessKey === undefined)
        ? []
        : [{ input: 'reader-access-key-id', what: 'and `reader-secret-access-key` go together' }],
  ),
];

export const doctorDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'doctor',
  description:
    'Check server, database, store, keys and workflow files; name every fault with what to do about it',
  inputs,
  outputs: {},
  rules: [...dumpDeclaration.rules, ...proofRules, ...ownRules],
  isCommandLineOnly: true,
};
