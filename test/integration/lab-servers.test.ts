// Servers of the lab that the common set-up does not start, and what fills them.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readFile, writeFile } from 'node:fs/promises';
import { createMessage, encrypt, readKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGpgHome } from '../lab/gpg.ts';
import { loadHelpdesk } from '../lab/helpdesk/load.ts';
import { startMachine, type Machine } from '../lab/machine.ts';
import { query, queryRows, startMariadb } from '../lab/mariadb.ts';
import { LabRun } from '../lab/run.ts';
import { createBucket, createS3Client, startS3 } from '../lab/s3.ts';
import { runOnTarget, startTarget } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
let run: LabRun;
beforeAll(async () => {
  run = await LabRun.start();
});
afterAll(() => run.stop());

describe('the second machine', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine(run);
  });

  it('has newer versions than Debian 12, and takes logins', async () => {
    const { stdout } = await runOnTarget(
      machine.address,
      'id -un; gpg --version; mariadb-dump --version; zstd --version',
    );
    expect(stdout.toString()).toMatch(
      /^deploy\ngpg \(GnuPG\) 2\.[4-9][^]*mariadb-dump from 1[1-9]\.[^]*Zstandard/,
    );
  });

  it('runs a MariaDB with a binary log', async () => {
    expect(await machine.query('SELECT @@log_bin, @@binlog_format')).toBe('1\tROW\n');
  });

  it('says why a query fails', async () => {
    await expect(machine.query('SELEC')).rejects.toThrow('You have an error in your SQL syntax');
  });
});

describe('MariaDB', () => {
  it('can be started several times at once, each with a directory of its own for temporary tables', async () => {
    const servers = await Promise.all([startMariadb(run), startMariadb(run, { hasBinlog: false })]);
    const answers = await Promise.all(
      servers.map(({ address }) => queryRows(address, 'SELECT @@tmpdir, @@log_bin')),
    );
    expect(new Set(answers.map((rows) => rows[0]?.[0])).size).toBe(2);
    expect(answers.map((rows) => rows[0]?.[1])).toEqual(['1', '0']);
    await Promise.all(servers.map((server) => server.stop()));
  });
});

describe('the helpdesk database', () => {
  it('loads whole, with stored objects of every kind, and stays out of the binary log', async () => {
    const { address } = await startMariadb(run);
    await loadHelpdesk(address, { megabytes: 2 });
    const kinds = `SELECT table_type, COUNT(*) FROM information_schema.tables WHERE table_schema = 'helpdesk' GROUP BY 1 ORDER BY 1`;
    expect(await queryRows(address, kinds)).toEqual([
      ['BASE TABLE', '104'],
      ['SEQUENCE', '1'],
      ['VIEW', '4'],
    ]);
    const programs = `SELECT (SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = 'helpdesk'),
      (SELECT COUNT(*) FROM information_schema.events WHERE event_schema = 'helpdesk'),
      (SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = 'helpdesk')`;
    expect(await queryRows(address, programs)).toEqual([['3', '2', '3']]);
    const orphans =
      'SELECT COUNT(*) FROM message LEFT JOIN ticket ON ticket.id = ticket_id WHERE ticket.id IS NULL';
    expect(await query(address, orphans, 'helpdesk')).toBe('0\n');
    const [[, sizeBytes] = []] = await queryRows(address, 'SHOW BINARY LOGS');
    expect(Number(sizeBytes)).toBeLessThan(2_000);
  });
});

describe('S3', () => {
  it('locks objects in a bucket made for it, hangs when it is paused, and goes on', async () => {
    const s3 = await startS3(run);
    await createBucket(s3, 'locked', { hasObjectLock: true });
    const client = createS3Client(s3, s3.owner);
    const until = {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 60_000),
    } as const;
    await client.send(new PutObjectCommand({ Bucket: 'locked', Key: 'a', Body: 'a', ...until }));
    await s3.pause();
    const answer = client.send(new PutObjectCommand({ Bucket: 'locked', Key: 'b', Body: 'b', ...until }));
    const first = await Promise.race([
      answer.then(() => 'answer'),
      new Promise((resolve) => setTimeout(resolve, 500, 'silence')),
    ]);
    expect(first).toBe('silence');
    await s3.resume();
    expect((await answer).VersionId).toBeTypeOf('string');
    client.destroy();
    await s3.pause();
    await s3.stop();
  });
});

describe('a target of its own', () => {
  it('takes further sshd options, and prefers the programs in its wrappers directory', async () => {
    const target = await startTarget(run, { configuration: ['PermitTTY no'], maxSessions: 1 });
    await writeFile(`${target.address.wrappersDirectory}/gpg`, '#!/bin/sh\necho planted\n', { mode: 0o755 });
    expect((await runOnTarget(target.address, 'gpg')).stdout.toString()).toBe('planted\n');
    await target.stop();
    expect((await runOnTarget(target.address, 'true')).status).toBe(255);
  });
});

describe('keys', () => {
  it.each([0, 1] as const)(
    'recipient %i decrypts with stock gpg what is encrypted to both',
    async (index) => {
      const armors = await Promise.all(
        lab.keys.recipients.map(({ publicKeyPath }) => readFile(publicKeyPath, 'utf8')),
      );
      const encryptionKeys = await Promise.all(
        armors.map(async (armoredKey) => (await readKey({ armoredKey })).toPublic()),
      );
      const message = await createMessage({ text: 'hello' });
      const ciphertext = await encrypt({ message, encryptionKeys, format: 'binary' });
      const gpg = await createGpgHome(lab);
      await gpg.importSecretKey(lab.keys.recipients[index]);
      expect((await gpg.decrypt(ciphertext)).toString()).toBe('hello');
      await gpg.close();
    },
  );
});
