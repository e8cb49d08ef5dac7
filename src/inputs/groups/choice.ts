// Inputs of actions that read one backup: which one, and what "the newest" means.
import { parseBackupId } from '../../domain/stores/object-names.ts';
import { ruleFor, type Rule } from '../declaration.ts';
import { field } from '../field.ts';
import { backupChoice, label } from '../names.ts';
import type { Problem } from '../problem.ts';

export function choiceInputs(description: string) {
  return {
    backup: field(backupChoice, { description, default: 'latest' }),
    label: field(label, {
      description:
        'Takes the newest backup with this label. Default: the newest without one, or of all, where each has a label.',
    }),
  };
}

export const choiceRules: readonly Rule[] = [
  ruleFor(
    choiceInputs('Which backup to read.'),
    ['backup', 'label'],
    ({ backup, label: wanted }): Problem[] =>
      wanted !== undefined && backup.kind === 'id' && parseBackupId(backup.id)?.label !== wanted
        ? [{ input: 'label', what: 'is not that of `backup`', fix: 'Leave it out: an id says it all.' }]
        : [],
  ),
];
