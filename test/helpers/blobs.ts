// A small database that makes a large dump: random bytes, which nothing compresses.
import { queryRows } from '../lab/mariadb.ts';
import type { Site } from './site.ts';

/** Of one row. In a dump it is twice that, in hexadecimal, and about once that in the store. */
const ROW_BYTES = 4_096;

/** Makes a database with one table `blob` of about so many million bytes; one that is there already is kept. */
export async function makeBlobs(site: Site, database: string, megabytes: number): Promise<void> {
  const [known] = await queryRows(
    site.lab.mariadb,
    `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`,
  );
  if (known !== undefined) return;
  await site.query(`
    SET sql_log_bin = 0;
    CREATE DATABASE \`${database}\`; USE \`${database}\`;
    CREATE TABLE \`blob\` (id INT PRIMARY KEY AUTO_INCREMENT, bytes BLOB NOT NULL);
    INSERT INTO \`blob\` (bytes)
      SELECT CONCAT(RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024))
      FROM seq_1_to_${Math.ceil((megabytes * 1e6) / ROW_BYTES)};
  `);
}

/** Makes a database with one small table `item`. */
export async function makeShop(site: Site, database: string): Promise<void> {
  await site.query(`
    CREATE DATABASE IF NOT EXISTS \`${database}\`; USE \`${database}\`;
    CREATE TABLE IF NOT EXISTS item (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, price DECIMAL(10, 2) NOT NULL);
    INSERT IGNORE INTO item SELECT seq, CONCAT('item ', seq), seq * 1.1 FROM seq_1_to_100;
  `);
}
