// Which keys may be made after the rows, so that the table is as if they had always been there.
import { expect, it } from 'vitest';
import type { InventoryObject } from '../../../../src/domain/dumps/inventory.ts';
import { lateKeysOf } from '../../../../src/engines/mysql/restore/late-keys.ts';

const OPTIONS = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';

function table(lines: readonly string[], { name = 't', options = OPTIONS } = {}): InventoryObject {
  const ddl = `CREATE TABLE \`${name}\` (\n  ${lines.join(',\n  ')}\n${options};\n`;
  return { kind: 'table', database: 'd', name, ddl, ddlSha256: '' };
}

const find = (lines: readonly string[], options?: { name?: string; options?: string }) =>
  lateKeysOf([table(lines, options)])('d', options?.name ?? 't');
const COLUMNS = ['`id` int(11) NOT NULL AUTO_INCREMENT', '`a` int(11)', '`b``c` text', 'PRIMARY KEY (`id`)'];

it('takes plain keys and gives them back in their order', () => {
  const keys = ['KEY `a` (`a`)', 'KEY `two``fold` (`b``c`(10) DESC,`a`)'];
  expect(find([...COLUMNS, 'UNIQUE KEY `u` (`a`)', ...keys, 'FULLTEXT KEY `f` (`b``c`)'])).toEqual({
    drop: '\nALTER TABLE `t` DROP KEY `a`, DROP KEY `two``fold`;\n',
    add: `\nALTER TABLE \`t\` ADD ${keys.join(', ADD ')};\n`,
  });
});

it.each([
  ['a spatial key', 'SPATIAL KEY `g` (`g`)'],
  ['a key with a comment', "KEY `g` (`a`) COMMENT 'x'"],
  ['a key that is ignored', 'KEY `g` (`a`) IGNORED'],
  ['a key on an expression', 'KEY `g` ((`a` + 1))'],
])('%s stays, and what comes before it', (_what, line) => {
  expect(find([...COLUMNS, 'KEY `a` (`a`)', line, 'KEY `z` (`a`,`id`)'])?.drop).toBe(
    '\nALTER TABLE `t` DROP KEY `z`;\n',
  );
  expect(find([...COLUMNS, 'KEY `a` (`a`)', line])).toBeUndefined();
});

it.each([
  ['another engine', [], ') ENGINE=Aria DEFAULT CHARSET=utf8mb4'],
  ['history', [], `${OPTIONS} WITH SYSTEM VERSIONING`],
  ['partitions', [], `${OPTIONS}\n PARTITION BY HASH (\`id\`)`],
  ['a foreign key', ['CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`id`)'], OPTIONS],
] as const)('nothing is taken from a table with %s', (_what, lines, options) => {
  expect(find([...COLUMNS, 'KEY `a` (`a`)', ...lines], { options })).toBeUndefined();
});

it('keys that are needed before the rows stay: of what counts itself, is computed, or is referred to', () => {
  expect(find(['`id` int(11) NOT NULL AUTO_INCREMENT', '`a` int(11)', 'KEY `id` (`id`)'])).toBeUndefined();
  const computed = '`v` int(11) GENERATED ALWAYS AS (`a` + 1) VIRTUAL';
  expect(find([...COLUMNS, computed, 'KEY `v` (`v`)'])).toBeUndefined();
  const child = table([...COLUMNS, 'CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `d`.`t` (`a`)'], {
    name: 'child',
  });
  expect(lateKeysOf([table([...COLUMNS, 'KEY `a` (`a`)']), child])('d', 't')).toBeUndefined();
});
