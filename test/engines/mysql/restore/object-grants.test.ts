// Rights on single tables and routines come after the databases, and only on what the backup holds; nothing else moves.
import { expect, it } from 'vitest';
import type { Inventory } from '../../../../src/domain/dumps/inventory.ts';
import { objectGrantsOf, withoutObjectGrants } from '../../../../src/engines/mysql/restore/object-grants.ts';
import { collect, generateStream } from '../../../helpers/bytes.ts';

const TABLE = 'GRANT SELECT (`a`), UPDATE ON `shop`.`item` TO `app`@`%`;';
const ODD = 'GRANT SELECT ON `o``d.d ⚓`.`t` TO `clerk`;';
const ROUTINE = 'GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `app`@`%`;';
const SYSTEM = 'GRANT SELECT ON `mysql`.`global_priv` TO `app`@`%`;';
/** As it was typed, on a server that folds the case of names. */
const FOLDED = 'GRANT SELECT ON `Shop`.`ITEM` TO `app`@`%`;';
const ELSEWHERE = 'GRANT SELECT ON `other`.`item` TO `app`@`%`;';
const HEADER = ['/*!40101 SET NAMES utf8mb4 */;', ''];
const TRAILER = ['', '-- Dump completed on 2026-11-20  3:05:12', ''];
const OTHERS = [
  "CREATE USER IF NOT EXISTS `app`@`%` IDENTIFIED BY PASSWORD '*7B';",
  "/*M!100005 CREATE ROLE IF NOT EXISTS 'clerk' WITH ADMIN mariadb_dump_import_role */;",
  'GRANT `clerk` TO `app`@`%`;',
  'GRANT SELECT ON `shop`.* TO `app`@`%`;',
  'GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION;',
];
const text = [...HEADER, ...OTHERS, TABLE, ODD, ROUTINE, SYSTEM, FOLDED, ELSEWHERE, ...TRAILER].join('\n');

const object = (kind: 'table' | 'procedure', database: string, name: string) => ({
  ...{ kind, database, name, ddl: '', ddlSha256: '' },
});
const inventory: Inventory = {
  ...{ schema: 1, type: 'inventory', id: '', server: '', variables: {}, rest: {} },
  ...{ brokenViews: [], notProvable: [] },
  objects: [
    object('table', 'shop', 'item'),
    object('table', 'o`d.d ⚓', 't'),
    object('procedure', 'shop', 'p'),
  ],
};

it.each([1, 7, 10_000])('are parted line by line, in chunks of %i bytes', async (chunkBytes) => {
  const stream = () => generateStream(Buffer.from(text), Math.min(chunkBytes, Buffer.byteLength(text)));
  const read = async (part: AsyncIterable<Uint8Array>) => Buffer.concat(await collect(part)).toString();
  expect(await read(withoutObjectGrants(stream()))).toBe([...HEADER, ...OTHERS, ...TRAILER].join('\n'));
  expect(await read(objectGrantsOf(stream(), inventory))).toBe(
    [...HEADER, TABLE, ODD, ROUTINE, SYSTEM, FOLDED, ...TRAILER].join('\n'),
  );
});
