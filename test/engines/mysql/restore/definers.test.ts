import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Inventory } from '../../../../src/domain/dumps/inventory.ts';
import { createDefinersSql } from '../../../../src/engines/mysql/restore/definers.ts';

const object = (ddl: string, kind: 'view' | 'procedure' | 'table' | 'account' = 'view') => ({ kind, ddl });

it('makes each definer once, with every right', () => {
  const sql = createDefinersSql(
    [
      object('/*!50013 DEFINER=`ghost`@`nowhere` SQL SECURITY DEFINER */'),
      object('CREATE DEFINER=`ghost`@`nowhere` PROCEDURE `p`()', 'procedure'),
      object('CREATE DEFINER = `o``clock`@`%` PROCEDURE `q`()', 'procedure'),
    ],
    ['`ghost`@`nowhere`', '`auditors`'],
  );
  expect(sql.split('\n')).toEqual([
    'CREATE USER IF NOT EXISTS `ghost`@`nowhere`;',
    'GRANT ALL ON *.* TO `ghost`@`nowhere`;',
    'CREATE USER IF NOT EXISTS `o``clock`@`%`;',
    'GRANT ALL ON *.* TO `o``clock`@`%`;',
    'CREATE ROLE IF NOT EXISTS `auditors`;',
    'GRANT ALL ON *.* TO `auditors`;',
    '',
  ]);
});

it('makes nobody where nobody is named', () => {
  expect(createDefinersSql([])).toBe('');
  expect(createDefinersSql([object('CREATE DEFINER=`CURRENT_USER` …'), object('DEFINER=`` …')])).toBe('');
  // A comment of a table and the text of an account name nobody.
  expect(
    createDefinersSql([object("COMMENT='DEFINER=`x`@`y`'", 'table'), object('DEFINER=`x`@`y`', 'account')]),
  ).toBe('');
});

it('knows those of the test vectors', () => {
  const inventory = path.resolve(import.meta.dirname, '../../../fixtures/format/plain/inventory.json');
  const { objects } = JSON.parse(readFileSync(inventory, 'utf8')) as Inventory;
  expect(createDefinersSql(objects)).toBe(
    'CREATE USER IF NOT EXISTS `root`@`localhost`;\nGRANT ALL ON *.* TO `root`@`localhost`;\n',
  );
});
