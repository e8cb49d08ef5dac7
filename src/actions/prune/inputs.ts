// What the prune action takes; the reference page and the command line's help are made from this.
import { type ActionDeclaration, type Rule, ruleFor } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { proofInputs, readingInputs } from '../../inputs/groups/reading.ts';
import { readerStoreInputs, storeRules } from '../../inputs/groups/store.ts';
import { logInputs } from '../../inputs/groups/telling.ts';
import { boolean, integer } from '../../inputs/kinds.ts';
import { serverNames } from '../../inputs/names.ts';
import type { Problem } from '../../inputs/problem.ts';

const count = integer({ min: 0, max: 10_000 });

const ownInputs = group('Prune', {
  server: field(serverNames, {
    description: 'Servers to look at, by their names in the store. Default: all that are there.',
    default: '',
  }),
  plan: field(boolean, {
    description:
      'Show what would be removed, and why. Removing is not there yet: without this the command is refused.',
    default: 'false',
  }),
  'keep-daily': field(count, {
    description:
      'Of how many days, of those that have one, the newest dump and the newest snapshot of each storage are kept; with them the binlogs since.',
    default: '14',
  }),
  'keep-weekly': field(count, {
    description: 'Of how many weeks, which begin on Mondays, the newest is kept.',
    default: '8',
  }),
  'keep-monthly': field(count, { description: 'Of how many months the newest is kept.', default: '12' }),
});

const inputs = {
  ...readerStoreInputs,
  'trusted-signers': readingInputs['trusted-signers'],
  'trusted-provers': proofInputs['trusted-provers'],
  ...ownInputs,
  ...logInputs,
};

export type PruneInputs = InputsOf<typeof inputs>;

const ownRules: readonly Rule[] = [
  ruleFor(ownInputs, ['plan'], ({ plan }): Problem[] =>
    plan
      ? []
      : [
          {
            input: 'plan',
            what: 'nothing can be removed by this release; it only shows what would be',
            fix: 'Add `--plan`. Until then rules of the bucket are what removes old dumps and binary logs (docs/store-setup.md, What runs leave behind); never let one be about storage.',
          },
        ],
  ),
];

export const pruneDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'prune',
  description: 'Show which backups a retention would remove, and why; nothing is removed yet',
  inputs,
  outputs: {},
  rules: [...storeRules, ...ownRules],
  isCommandLineOnly: true,
};
