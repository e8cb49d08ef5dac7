// What the restore-test action takes and gives; action.yml, the tables and the command line's help are made from this.
import type { ActionDeclaration } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { choiceInputs, choiceRules } from '../../inputs/groups/choice.ts';
import { proofInputs, proofRules, readingInputs } from '../../inputs/groups/reading.ts';
import { storeInputs, storeRules } from '../../inputs/groups/store.ts';
import { targetInputs } from '../../inputs/groups/target.ts';
import {
  humanCheckInputs,
  humanCheckRules,
  tellingInputs,
  tellingRules,
} from '../../inputs/groups/telling.ts';
import { choice, duration, integer, lines, percent } from '../../inputs/kinds.ts';
import { assertions, imageReference, pointInTime } from '../../inputs/names.ts';

const MINUTE_MS = 60_000;
const YEAR_MS = 366 * 86_400_000;
/** Each backup that is tried costs a whole restore. */
const MAX_WALK_BACK = 20;

const faults = lines({
  accepts: 'ids of faults as verify gives them, such as `age:atlas:snapshot-of-uploads`',
  parse: (fault) => fault,
});

const ownInputs = group('Restore test', {
  ...choiceInputs('Which backup to restore: the newest, or one by its id.'),
  'point-in-time': field(pointInTime, {
    description:
      'Up to which moment the binlogs that were shipped since are replayed onto the backup. `latest`: all of them. `random`: between two transactions, another one each time. An instant: the newest backup before it is taken, unless `backup` names one.',
    default: 'none',
  }),
  sandbox: field(choice('auto', 'docker', 'podman'), {
    description: 'What the sandbox is made with. `auto`: Docker when it answers, else Podman.',
    default: 'auto',
  }),
  'sandbox-image': field(imageReference, {
    description:
      'Image of the database server. Default: the official one of the very version that was backed up, else of the newest patch of its series.',
  }),
  'replay-image': field(imageReference, {
    description:
      'Image for tests with `point-in-time`, where the usual one has no `mysqlbinlog`: the official ones of MySQL have none.',
  }),
  compare: field(choice('exact', 'rows', 'none'), {
    description:
      'How the restored databases are compared with what was dumped. `exact`: every definition and every byte of every row. `rows`: objects and numbers of rows. `none`: only that the backup loads.',
    default: 'exact',
  }),
  assertions: field(assertions, {
    description:
      'What must hold of the restored data: SQL that gives one value, and that value. A line is `[database:] SQL => [operator] value`.',
    default: '',
  }),
  'walk-back': field(integer({ min: 0, max: MAX_WALK_BACK }), {
    description:
      'When the backup fails its test: how many older ones are tried, to find the last good one. The run is red all the same.',
    default: '3',
  }),
  'storage-sample': field(percent, {
    description:
      'How much of the files that belong to the backup is read and compared with what was on the server: so much of their packs, drawn anew each time. `0%`: files are not looked at; not for a server that has files alone.',
    default: '5%',
  }),
  acknowledge: field(faults, {
    description:
      'Storages that were given up, by the ids that verify gives for it: that their newest snapshot is older than eight days does not make the run red any more, and none of their files is read. Also `age:SERVER:no-dump`, for a server whose dumps were given up: its files are tested alone.',
    default: '',
  }),
  'max-restore-time': field(duration({ min: 1_000, max: YEAR_MS }), {
    description: 'The run is red when the restore takes longer: fetching, loading and checks together.',
  }),
  'max-data-loss': field(duration({ min: MINUTE_MS, max: YEAR_MS }), {
    description: 'The run is red when the newest state that can be restored is older.',
  }),
});

const inputs = {
  server: targetInputs.server,
  ...storeInputs,
  ...readingInputs,
  ...proofInputs,
  ...ownInputs,
  timeout: { ...targetInputs.timeout, group: 'Restore test' },
  ...humanCheckInputs,
  ...tellingInputs,
};

export type RestoreTestInputs = InputsOf<typeof inputs>;

export const restoreTestDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'restore-test',
  description: 'Restore the newest backup into a sandbox, compare it with what was dumped, and sign a proof',
  inputs,
  outputs: {
    passed: {
      description: 'Whether the backup that was asked for was proven.',
      example: 'true',
      emptyWhen: 'the test came to no verdict',
    },
    level: {
      description:
        'What was proven: 1 it loads, 2 it has every object and row, 3 it equals what was dumped, 4 binlogs lead from there to the moment that was asked for.',
      example: '3',
      emptyWhen: 'nothing was proven, or files alone',
    },
    'rto-seconds': {
      description: 'Whole seconds from the first byte fetched to the last check.',
      example: '252',
      emptyWhen: 'nothing was proven, or files alone',
    },
    'rpo-seconds': {
      description: 'Whole seconds between the state that was restored and the start of the test.',
      example: '11040',
      emptyWhen: 'nothing was proven',
    },
    'recovered-to': {
      description: 'The moment whose state was restored.',
      example: '2026-11-20T03:05:12.000Z',
      emptyWhen: 'nothing was proven',
    },
    'proof-key': {
      description: 'Key of the proof below the prefix of the store.',
      example: 'atlas/proofs/20261120T061500Z-0b1c2d3e/proof.json',
      emptyWhen: 'there is no proof: the test was red',
    },
  },
  rules: [...storeRules, ...choiceRules, ...proofRules, ...tellingRules, ...humanCheckRules],
};
