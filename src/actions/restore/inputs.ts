// What the restore action takes and gives; action.yml, the tables and the command line's help are made from this.
import { type ActionDeclaration, ruleFor, type Rule } from '../../inputs/declaration.ts';
import { field, group, type InputsOf } from '../../inputs/field.ts';
import { choiceInputs, choiceRules } from '../../inputs/groups/choice.ts';
import { destinationInputs, destinationRules } from '../../inputs/groups/destination.ts';
import { readingInputs } from '../../inputs/groups/reading.ts';
import { readerStoreInputs, storeRules } from '../../inputs/groups/store.ts';
import { targetInputs } from '../../inputs/groups/target.ts';
import { logInputs } from '../../inputs/groups/telling.ts';
import { boolean, line } from '../../inputs/kinds.ts';
import { databaseName, databases, recoverTo, tableName } from '../../inputs/names.ts';
import type { Problem } from '../../inputs/problem.ts';
import { confirmationText } from './confirmation.ts';

const ownInputs = group('Restore', {
  ...choiceInputs(
    'Which backup to restore: the newest (with `to-time` the newest from before that moment), or one by its id.',
  ),
  databases: field(databases, {
    description: 'Databases of the backup to restore. Default: all of them.',
  }),
  table: field(tableName, {
    description:
      'One table to restore instead, into a database of its own: structure and rows, without its triggers.',
  }),
  into: field(databaseName, {
    description:
      'Name of the new database, where one database or one table is restored. Default: `<name>_restored_<time of the backup>`.',
  }),
  'same-names': field(boolean, {
    description:
      'Restore databases under their own names, events included. Only where there are none of these names, or with `replace`.',
    default: 'false',
  }),
  replace: field(boolean, {
    description:
      'Drop databases that are there already under the names that are restored to. They are gone then, also when the restore fails afterwards.',
    default: 'false',
  }),
  accounts: field(boolean, {
    description:
      'Load the accounts of the backup first. Every account has its old password then, also those that the server has already (MySQL: those keep theirs). Only with `same-names`.',
    default: 'false',
  }),
  'to-time': field(recoverTo, {
    description:
      'Also replay the binlogs that were shipped since, up to this moment, or `latest` for all there are. On MariaDB name the second before the mistake began. Only into a server without databases, with `same-names` and `accounts`.',
  }),
  'log-bin': field(boolean, {
    description:
      "Write what is loaded to the server's binary log, so that its replicas get it, too. Default: `sql_log_bin = 0`.",
    default: 'false',
  }),
  unsigned: field(boolean, {
    description:
      'Restore without `trusted-signers`: whoever can write to the store may have made the backup.',
    default: 'false',
  }),
  confirm: field(line, {
    description:
      'Typed by whoever starts it: exactly `restore <server> into <name>`, where `<name>` is `into`, or `same names`, or else `new names`. The command line asks for it only with `replace`.',
  }),
});

const inputs = {
  server: targetInputs.server,
  ...readerStoreInputs,
  ...readingInputs,
  ...ownInputs,
  ...destinationInputs,
  ...logInputs,
};

export type RestoreInputs = InputsOf<typeof inputs>;

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
  ruleFor(inputs, ['table', 'databases'], ({ table, databases: chosen }): Problem[] =>
    table !== undefined && chosen !== undefined
      ? [{ input: 'databases', what: 'cannot be given together with `table`' }]
      : [],
  ),
  ruleFor(inputs, ['same-names', 'table', 'into', 'accounts'], ({ sameNames, table, into, accounts }) => [
    ...(sameNames && table !== undefined
      ? [
          {
            input: 'same-names',
            what: 'cannot be given together with `table`',
            fix: 'Restore the table into a new database, and copy its rows from there.',
          },
        ]
      : []),
    ...(sameNames && into !== undefined
      ? [{ input: 'into', what: 'cannot be given together with `same-names`' }]
      : []),
    ...(accounts && !sameNames ? [{ input: 'accounts', what: 'only with `same-names`' }] : []),
  ]),
  ruleFor(
    inputs,
    ['to-time', 'same-names', 'accounts', 'databases', 'log-bin'],
    ({ toTime, sameNames, accounts, databases: chosen = '*', logBin }): Problem[] => {
      if (toTime === undefined) return [];
      const fix =
        'Binlogs hold what was done to every database and account, under its own name: they need all of them, in a server that has nothing else.';
      return [
        ...(sameNames && accounts
          ? []
          : [{ input: 'to-time' as const, what: 'only with `same-names` and `accounts`', fix }]),
        ...(chosen === '*'
          ? []
          : [{ input: 'databases' as const, what: 'cannot be given together with `to-time`', fix }]),
        ...(logBin
          ? [
              {
                input: 'log-bin' as const,
                what: 'cannot be given together with `to-time`',
                fix: "What is replayed has the old server's numbers of transactions. Make replicas of the new server afterwards, from a dump of it.",
              },
            ]
          : []),
      ];
    },
  ),
  ruleFor(
    inputs,
    ['confirm', 'server', 'into', 'same-names', 'replace'],
    ({ confirm, replace, ...names }, { isWorkflow = false, canAsk = false }): Problem[] => {
      const expected = confirmationText(names);
      const isNeeded = isWorkflow || (replace && !canAsk);
      if (confirm === expected || (confirm === undefined && !isNeeded)) return [];
      const what = confirm === undefined ? 'nothing is given' : 'is not what has to be typed';
      return [{ input: 'confirm', what, fix: `Type exactly: ${expected}` }];
    },
  ),
];

export const restoreDeclaration: ActionDeclaration<typeof inputs> = {
  name: 'restore',
  description:
    'Restore a backup, a database or a table into a server, under a new name unless told otherwise',
  inputs,
  outputs: {
    'backup-id': {
      description: 'The backup that was restored.',
      example: '20261120T030512Z-7f3a9c1e-mariadb',
      emptyWhen: 'nothing was restored',
    },
    databases: {
      description: 'Names of the databases that were made, separated by commas.',
      example: 'shop_restored_202611200305',
      emptyWhen: 'nothing was restored',
    },
    'recovered-to': {
      description: 'The moment whose state was restored.',
      example: '2026-11-20T03:05:12.000Z',
      emptyWhen: 'nothing was restored',
    },
    'duration-seconds': {
      description: 'Whole seconds from the first byte fetched to the last row counted.',
      example: '252',
      emptyWhen: 'nothing was restored',
    },
  },
  rules: [...storeRules, ...choiceRules, ...rules, ...destinationRules],
  positional: 'backup',
};
