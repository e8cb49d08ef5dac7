// Makes dumps in mariadb-dump's form with names, values and routines that look like everything a reader of lines could fall for,
// together with what stands in them. The form is that of the recorded dumps in test/fixtures/dumps.
import { createHash } from 'node:crypto';
import { randomText, seededRandom } from './random-text.ts';

export interface ExpectedObject {
  readonly kind: string;
  readonly database: string;
  readonly name: string;
  readonly rows?: number;
  readonly dataSha256?: string;
  readonly plainBytes?: number;
}

export interface GeneratedDump {
  readonly text: Buffer;
  readonly objects: readonly ExpectedObject[];
  /** Of all that counts and is not rows. */
  readonly restSha256: string;
  readonly databaseBytes: ReadonlyMap<string, number>;
  /** Offsets at which no statement is open. */
  readonly borders: readonly number[];
}

export interface GeneratorOptions {
  /** Rows of a table, at most. */
  readonly maxRows?: number;
  /** Tables of a database, at most. */
  readonly maxTables?: number;
  /** What differs between two dumps of the same data. */
  readonly date?: string;
  /** Names without line breaks, and routines without titles. */
  readonly isUnambiguous?: boolean;
}

const NAME_PIECES = [
  ...[
    'a',
    'Z9',
    '_',
    ' x',
    'é',
    '⚓',
    '`',
    '``',
    "'",
    '"',
    '\\',
    '(',
    ')',
    ',',
    '.',
    '#',
    '/*',
    '*/',
    '--',
    '-- x',
  ],
  ...[
    ';',
    ';\nx',
    '\nx',
    '\n--\n-- x',
    ' VALUES\n(',
    ' VALUES (1',
    'INSERT INTO `',
    '\nINSERT INTO `',
    '\nDELIMITER ;\nx',
  ],
  ...[
    '\n-- Dump completed',
    '\n\n-- Dump completed on x',
    'Current Database: `',
    '\nTable structure for table `',
    '%',
    '$(id)',
  ],
];
const VALUE_PIECES = [
  ...[
    'a',
    'some words ',
    'é',
    '⚓',
    "'",
    '"',
    '\\',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u001a',
    ';',
    ';\n',
    '),(',
    ');\n',
    '),\n(',
  ],
  ...[
    'INSERT INTO `t` VALUES\n(1);\n',
    '\n-- Dump completed on 2026-11-20\n',
    '\nDELIMITER ;;\n',
    '-- Table structure for table `t`\n',
  ],
  ...['x'.repeat(3000), '`', '/*', '#'],
];
const BODY_PIECES = [
  ...[
    'SELECT 1;\n',
    '\n',
    '\n\n-- Dump completed\n',
    "/* it's\n;;\nDELIMITER ;\n*/\n",
    "-- it's ;;\n",
    '# "x` ;;\n',
    "'a\\'b;;\nDELIMITER ;\n'\n",
  ],
  ...[
    '"c""d\\"\n;;\nDELIMITER ;\n"\n',
    '`e``f`\n',
    '2--1\n',
    "x'27' \n",
    "''\n",
    'INSERT INTO `t` VALUES\n(1);\n',
  ],
  ...[
    '\n--\n-- Table structure for table `fake`\n--\n\n',
    '\n--\n-- Current Database: `fake`\n--\n\n',
    "/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */;\n",
  ],
];

/** The same seed gives the same dump. */
export function generateDump(seed: number, options: GeneratorOptions = {}): GeneratedDump {
  const { maxRows = 40, maxTables = 4, date = '2026-11-20  3:05:12', isUnambiguous = false } = options;
  const namePieces = NAME_PIECES.filter((piece) => !isUnambiguous || !piece.includes('\n'));
  const bodyPieces = BODY_PIECES.filter((piece) => !isUnambiguous || !piece.includes('\n--\n'));
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const parts: Buffer[] = [];
  const rest = createHash('sha256');
  const objects: ExpectedObject[] = [];
  const borders: number[] = [];
  const databaseBytes = new Map<string, number>();
  let sizeBytes = 0;
  const write = (text: string) => {
    const bytes = Buffer.from(text);
    parts.push(bytes);
    sizeBytes += bytes.length;
  };
  /** Lines that tools ignore. */
  const comment = (text: string) => {
    write(text);
    borders.push(sizeBytes);
  };
  /** Statements that count towards the digest of the rest. */
  const code = (text: string) => {
    write(text);
    rest.update(text);
    borders.push(sizeBytes);
  };
  const title = (text: string) => comment(`\n--\n-- ${text.replaceAll('\n', '\n-- ')}\n--\n\n`);
  const used = new Set<string>();
  const newName = (): string => {
    const name =
      Array.from(randomText(random, namePieces, 6))
        .slice(0, 60)
        .join('')
        .replace(/\s+$/, '') + String(below(100));
    if (used.has(name)) return newName();
    used.add(name);
    return name;
  };
  const value = (): string => {
    switch (below(6)) {
      case 0:
        return 'NULL';
      case 1:
        return `0x${below(2 ** 31)
          .toString(16)
          .toUpperCase()}`;
      case 2:
        return String(below(10 ** 6) - 5000);
      default:
        return `'${escapeValue(randomText(random, VALUE_PIECES, 5))}'`;
    }
  };

  comment(`/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n--\n-- Host: localhost\n\n`);
  rest.update('/*M!999999\\- enable the sandbox mode */ \n');
  code(`/*!40101 SET NAMES utf8mb4 */;\n`);
  comment(`\n-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000007', MASTER_LOG_POS=${344 + seed};\n`);
  const databases = Array.from({ length: 1 + below(3) }, newName);
  for (const [index, database] of databases.entries()) {
    // The lines of the title before the name belong to what went before.
    const startsAt = sizeBytes + '\n--\n'.length;
    title(`Current Database: ${quote(database)}`);
    const ends = databases[index - 1];
    const before = index === 0 ? 0 : [...databaseBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (ends !== undefined) databaseBytes.set(ends, startsAt - before);
    code(
      `CREATE DATABASE /*!32312 IF NOT EXISTS*/ ${quote(database)} /*!40100 DEFAULT CHARACTER SET latin1 */;\n`,
    );
    comment('\n');
    code(`USE ${quote(database)};\n`);
    objects.push({ kind: 'database', database, name: database });
    for (let tables = below(maxTables + 1); tables > 0; tables -= 1) writeTable(database, newName());
    writeRoutines(database, below(3));
  }
  const [last] = databases.slice(-1);
  comment(`\n-- SET GLOBAL gtid_slave_pos='0-1-${seed}';\n`);
  code(`/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n`);
  write(`\n-- Dump completed on ${date}\n`);
  const before = [...databaseBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (last !== undefined) databaseBytes.set(last, sizeBytes - before);
  return { text: Buffer.concat(parts), objects, restSha256: rest.digest('hex'), databaseBytes, borders };

  function writeTable(database: string, name: string): void {
    const columns = Array.from({ length: 1 + below(4) }, newName);
    title(`Table structure for table ${quote(name)}`);
    code(`DROP TABLE IF EXISTS ${quote(name)};\n`);
    code(`/*!40101 SET @saved_cs_client     = @@character_set_client */;\n`);
    const lines = columns.map(
      (column) => `  ${quote(column)} text DEFAULT 'it\\'s "\`' COMMENT ' AUTO_INCREMENT=5 \\n-- x'`,
    );
    code(
      `CREATE TABLE ${quote(name)} (\n${lines.join(',\n')}\n) ENGINE=InnoDB AUTO_INCREMENT=${below(1000)} DEFAULT CHARSET=latin1;\n`,
    );
    code(`/*!40101 SET character_set_client = @saved_cs_client */;\n`);
    title(`Dumping data for table ${quote(name)}`);
    code(`LOCK TABLES ${quote(name)} WRITE;\n/*!40000 ALTER TABLE ${quote(name)} DISABLE KEYS */;\n`);
    let inserts = '';
    let rows = 0;
    const heading = ['\n', below(3) === 0 ? ` (${[...columns.map(quote), 'row_start'].join(', ')})` : ''];
    const separator = heading[1] === '' ? '\n' : ' ';
    for (let statements = below(4); statements > 0; statements -= 1) {
      const count = 1 + below(maxRows);
      const tuples = Array.from({ length: count }, () => `(${columns.map(value).join(',')})`);
      const statement = `INSERT INTO ${quote(name)}${heading[1] ?? ''} VALUES${separator}${tuples.join(',\n')};\n`;
      write(statement);
      borders.push(sizeBytes);
      inserts += statement;
      rows += count;
    }
    code(`/*!40000 ALTER TABLE ${quote(name)} ENABLE KEYS */;\nUNLOCK TABLES;\n`);
    const triggers = Array.from({ length: below(2) }, newName);
    for (const trigger of triggers) {
      const body = randomText(random, bodyPieces, 4);
      writeBody(
        `/*!50003 CREATE*/ /*!50017 DEFINER=\`event x\`@\`%\`*/ /*!50003 TRIGGER ${quote(trigger)} BEFORE INSERT ON ${quote(name)} FOR EACH ROW BEGIN\n${body}END \n*/;;\n`,
      );
      objects.push({ kind: 'trigger', database, name: trigger });
    }
    objects.push({
      kind: 'table',
      database,
      name,
      rows,
      dataSha256: sha256(inserts),
      plainBytes: Buffer.byteLength(inserts),
    });
  }

  function writeRoutines(database: string, count: number): void {
    title(`Dumping routines for database '${database}'`);
    for (let left = count; left > 0; left -= 1) {
      const name = newName();
      const kind = ['procedure', 'function'][below(2)] ?? '';
      const returns = kind === 'function' ? ' RETURNS int(11)' : '';
      writeBody(
        `CREATE DEFINER=\`function y\`@\`localhost\` ${kind.toUpperCase()} ${quote(name)}()${returns}\nBEGIN\n${randomText(random, bodyPieces, 6)}END\n;;\n`,
      );
      objects.push({ kind, database, name });
    }
  }

  function writeBody(body: string): void {
    code(
      `/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\n/*!50003 SET sql_mode              = '' */ ;\n`,
    );
    const from = borders.length;
    code(`DELIMITER ;;\n${body}DELIMITER ;\n`);
    borders.splice(from, borders.length - from, sizeBytes);
    code(`/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n`);
  }
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** mysql_real_escape_string. */
function escapeValue(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\0': '\\0',
    '\u001a': '\\Z',
  };
  return text.replaceAll(/[\\'"\n\r\0\u001a]/g, (character) => escapes[character] ?? `\\${character}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
