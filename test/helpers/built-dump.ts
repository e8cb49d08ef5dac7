// Builds dumps in mariadb-dump's form whose tables are as large as a test wants them, with triggers, routines, events and views.

export interface BuiltTable {
  readonly name: string;
  /** Lines of rows, without the commas between them. */
  readonly rows: readonly string[];
  readonly triggers?: readonly string[];
  /** A system-versioned one: the dump sets a mode before its rows and takes it back behind them. */
  readonly hasHistory?: boolean;
  readonly hasLock?: boolean;
}

export interface BuiltDatabase {
  readonly name: string;
  readonly tables: readonly BuiltTable[];
  readonly routines?: readonly string[];
  readonly views?: readonly string[];
}

/** `11.8` wraps the rows of every table in a transaction, `10.11` does not. */
export type DumpStyle = '10.11' | '11.8';

const HEADER = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19
--
-- Host: localhost
/*!40101 SET NAMES utf8mb4 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

--
-- Alternately, following is the position of the binary logging
--

-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=28031;
`;
const FOOTER = `
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-11-20  3:05:12
`;

export function buildDump(databases: readonly BuiltDatabase[], style: DumpStyle = '10.11'): Buffer {
  const parts = [
    HEADER,
    ...databases.flatMap(({ name, tables, routines = [] }) => [
      title(`Current Database: ${quote(name)}`),
      `CREATE DATABASE /*!32312 IF NOT EXISTS*/ ${quote(name)};\n\nUSE ${quote(name)};\n`,
      ...tables.map((table) => tableText(table, style)),
      title(`Dumping events for database '${name}'`),
      title(`Dumping routines for database '${name}'`),
      ...routines.map((body) => bodyText(`CREATE PROCEDURE ${body}`)),
    ]),
    ...databases.flatMap(({ name, views = [] }) => [
      title(`Current Database: ${quote(name)}`),
      `USE ${quote(name)};\n`,
      ...views.map(
        (view) =>
          `${title(`Final view structure for view ${quote(view)}`)}/*!50001 VIEW ${quote(view)} AS select 1 */;\n`,
      ),
    ]),
    FOOTER,
  ];
  return Buffer.from(parts.join(''));
}

/** `count` rows of about so many bytes, none like another, with everything in them that must not be taken for an end. */
export function buildRows(count: number, rowBytes = 40): string[] {
  const lure = String.raw`\n--\n-- Dumping data for table \nUNLOCK TABLES;\r\nLOCK TABLES ;\n`;
  return Array.from({ length: count }, (_, row) => `(${row},'${lure}${'x'.repeat(rowBytes)}')`);
}

export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function tableText(table: BuiltTable, style: DumpStyle): string {
  const { rows, triggers = [], hasHistory = false, hasLock = true } = table;
  const name = quote(table.name);
  const isNew = style === '11.8';
  return [
    `${title(`Table structure for table ${name}`)}DROP TABLE IF EXISTS ${name};\nCREATE TABLE ${name} (\n  \`a\` int(11)\n);\n`,
    title(`Dumping data for table ${name}`),
    hasHistory
      ? '/*M!101100 SET @old_system_versioning_insert_history=@@session.system_versioning_insert_history, @@session.system_versioning_insert_history=1 */;\n'
      : '',
    isNew ? 'SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;\n' : '',
    hasLock ? `LOCK TABLES ${name} WRITE;\n` : '',
    `/*!40000 ALTER TABLE ${name} DISABLE KEYS */;\n`,
    rows.length === 0 ? '' : `INSERT INTO ${name} VALUES\n${rows.join(',\n')};\n`,
    `/*!40000 ALTER TABLE ${name} ENABLE KEYS */;\n`,
    hasLock ? 'UNLOCK TABLES;\n' : '',
    isNew ? 'COMMIT;\nSET AUTOCOMMIT=@OLD_AUTOCOMMIT;\n' : '',
    hasHistory
      ? '/*M!101100 SET system_versioning_insert_history=@old_system_versioning_insert_history */;\n'
      : '',
    ...triggers.map((body) =>
      bodyText(
        `/*!50003 CREATE*/ /*!50003 TRIGGER ${quote(`on ${table.name}`)} BEFORE INSERT ON ${name} FOR EACH ROW ${body}*/`,
      ),
    ),
  ].join('');
}

function bodyText(body: string): string {
  return `/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\nDELIMITER ;;\n${body}\n;;\nDELIMITER ;\n/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n`;
}

function title(text: string): string {
  return `\n--\n-- ${text}\n--\n\n`;
}
