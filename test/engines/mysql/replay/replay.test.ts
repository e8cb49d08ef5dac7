import { expect, it } from 'vitest';
import { replayErrors } from '../../../../src/engines/mysql/replay/replay.ts';

it('of what the programs print errors alone are shown: the rest may hold rows', () => {
  const row = "### INSERT INTO `shop`.`orders` SET @1='secret'";
  expect(replayErrors(`${row}\nERROR 1146 (42S02) at line 3: no\nmysqlbinlog: no\n`)).toBe(
    'ERROR 1146 (42S02) at line 3: no\nmysqlbinlog: no',
  );
  expect(replayErrors(row)).toBe('neither of them said why');
});
