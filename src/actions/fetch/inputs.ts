// What the fetch action takes; the reference page and the command line's help are made from this.
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { choiceInputs, choiceRules } from '../../inputs/groups/choice.ts';
import { proofInputs, readingInputs } from '../../inputs/groups/reading.ts';
import { readerStoreInputs, storeRules } from '../../inputs/groups/store.ts';
import { targetInputs } from '../../inputs/groups/target.ts';
import { logInputs } from '../../inputs/groups/telling.ts';
import { localPath } from '../../inputs/names.ts';

const inputs = {
  server: targetInputs.server,
  ...readerStoreInputs,
  'trusted-signers': readingInputs['trusted-signers'],
  'trusted-provers': proofInputs['trusted-provers'],
  ...group('Fetch', {
    ...choiceInputs('Which backup to fetch: the newest, or one by its id.'),
    directory: field(localPath, {
      description:
        'Directory on this machine for the objects, which stay encrypted, and for their manifest. It is made where it is not there, for its owner alone. Nothing in it is overwritten, and parts that are there already are not fetched again.',
      required: true,
    }),
  }),
  ...logInputs,
};

export type FetchInputs = InputsOf<typeof inputs>;

export const fetchDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'fetch',
  description: 'Bring a backup onto this machine, still encrypted, and compare it with its manifest',
  inputs,
  outputs: {},
  rules: [...storeRules, ...choiceRules],
  positional: 'backup',
  isCommandLineOnly: true,
};
