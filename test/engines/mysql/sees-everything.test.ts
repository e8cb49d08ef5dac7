import { expect, it } from 'vitest';
import { parseGrants, seesEverything } from '../../../src/engines/mysql/rights.ts';

it.each<[boolean, readonly string[]]>([
  [true, ['GRANT SELECT, RELOAD ON *.* TO `a`@`b`']],
  [true, ['GRANT ALL PRIVILEGES ON *.* TO `a`@`b` WITH GRANT OPTION']],
  [false, ['GRANT RELOAD, BINLOG MONITOR ON *.* TO `a`@`b`', 'GRANT SELECT ON `shop`.* TO `a`@`b`']],
  // It shows that a database is there, but not that it holds tables.
  [false, ['GRANT SHOW DATABASES ON *.* TO `a`@`b`']],
  [false, ['GRANT SELECT (`name`) ON `shop`.`item` TO `a`@`b`']],
  [false, []],
])('%s for %j', (expected, grants) => {
  expect(seesEverything(parseGrants(grants))).toBe(expected);
});
