// What the restore-files action takes; the reference page and the command line's help are made from this.
import { type ActionDeclaration, type Rule, ruleFor } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { readingInputs } from '../../inputs/groups/reading.ts';
import { readerStoreInputs, storeRules } from '../../inputs/groups/store.ts';
import { targetInputs } from '../../inputs/groups/target.ts';
import { logInputs } from '../../inputs/groups/telling.ts';
import { boolean } from '../../inputs/kinds.ts';
import { localPath } from '../../inputs/names.ts';
import type { Problem } from '../../inputs/problem.ts';
import { pathPattern, snapshotChoice, storageName, storagePaths } from '../../inputs/storage.ts';

const inputs = {
  server: targetInputs.server,
  ...readerStoreInputs,
  ...readingInputs,
  ...group('Restore', {
    name: field(storageName, { description: 'Name of the files in the store.', required: true }),
    snapshot: field(snapshotChoice, {
      description:
        'Which snapshot to restore from: the newest, one by its id, or the one that belongs to a backup of the databases.',
      default: 'latest',
    }),
    paths: field(storagePaths, {
      description:
        'Files and directories to restore, one a line, as they are called on the server. Default: all of the snapshot.',
    }),
    to: field(localPath, {
      description:
        'Directory on this machine, empty or not there yet, below which everything gets its whole path. Owners come back only for root. Needed without `list`.',
    }),
    list: field(pathPattern, {
      description:
        "Restore nothing, and print what is in the snapshot: everything, or what fits this path or glob, with all below it. Permissions, owner and group as numbers, bytes, time of the last change, and the name, as bash reads it between `$'` and `'` where it holds anything unseen.",
      bare: '**',
    }),
    unsigned: field(boolean, {
      description:
        'Restore without `trusted-signers`: whoever can write to the store may have made the snapshot.',
      default: 'false',
    }),
  }),
  ...logInputs,
};

export type RestoreFilesInputs = InputsOf<typeof inputs>;

const rules: readonly Rule[] = [
  ruleFor(inputs, ['trusted-signers', 'unsigned'], ({ trustedSigners, unsigned }): Problem[] =>
    trustedSigners === undefined && !unsigned
      ? [
          {
            input: 'trusted-signers',
            what: 'nothing is given',
            fix: 'Give the public key of the signing key. `unsigned: true` restores what anybody may have written.',
          },
        ]
      : [],
  ),
  ruleFor(inputs, ['to', 'list', 'paths'], ({ to, list, paths }): Problem[] => {
    if (list !== undefined && (to !== undefined || paths !== undefined))
      return [{ input: 'list', what: 'cannot be given together with `to` or `paths`' }];
    if (list !== undefined || to !== undefined) return [];
    return [{ input: 'to', what: 'nothing is given', fix: 'Name a directory. `list` restores nothing.' }];
  }),
];

export const restoreFilesDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'restore-files',
  description: 'List the files of a snapshot, or restore them onto this machine',
  inputs,
  outputs: {},
  rules: [...storeRules, ...rules],
  positional: 'snapshot',
  isCommandLineOnly: true,
};
