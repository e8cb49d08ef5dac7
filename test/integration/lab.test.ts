// The lab itself: are its servers what the other integration tests take them for?
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from 'vitest';
import { queryRows } from '../lab/mariadb.ts';
import { createS3Client } from '../lab/s3.ts';
import { findTargetProcesses, runOnTarget } from '../lab/target.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();

describe('target', () => {
  it('runs a command as its user, in a home of its own', async () => {
    const { status, stdout } = await runOnTarget(lab.ssh, 'id -un; printf %s "$HOME"; test -O ~');
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(`${lab.ssh.user}\n${lab.ssh.home}`);
  });

  it('gives sessions nothing of the environment in which the lab was started', async () => {
    const { stdout } = await runOnTarget(lab.ssh, 'env | sed "s/=.*//" | sort | xargs');
    const own = ['LIFEBOAT_LAB_RUN', 'LIFEBOAT_LAB_TARGET'];
    const usual = [
      'HOME',
      'LOGNAME',
      'MAIL',
      'PATH',
      'PWD',
      'SHELL',
      'SHLVL',
      'SSH_CLIENT',
      'SSH_CONNECTION',
      'USER',
      '_',
    ];
    expect(stdout.toString().trim().split(' ').sort()).toEqual([...own, ...usual].sort());
  });

  it('refuses another key', async () => {
    const { status, stderr } = await runOnTarget(
      { ...lab.ssh, privateKeyPath: `${lab.ssh.privateKeyPath}.pub` },
      'true',
    );
    expect(status).toBe(255);
    expect(stderr).toContain('Permission denied');
  });

  it('finds what a session left behind', async () => {
    await runOnTarget(lab.ssh, 'setsid sleep 300 < /dev/null > /dev/null 2>&1 &');
    const left = findTargetProcesses(lab.ssh);
    expect(left).toHaveLength(1);
    left.forEach((pid) => process.kill(pid));
    await expect.poll(() => findTargetProcesses(lab.ssh)).toEqual([]);
  });
});

describe('MariaDB', () => {
  it('answers its administrator and writes row events to the binary log', async () => {
    expect(await queryRows(lab.mariadb, 'SELECT @@log_bin, @@binlog_format, @@server_id > 0')).toEqual([
      ['1', 'ROW', '1'],
    ]);
  });

  it('lets the dump user in with its password, over the target, and refuses it to write', async () => {
    const file = [
      '[client]',
      `user=${lab.mariadb.dumpUser}`,
      `password=${quoteOption(lab.mariadb.dumpPassword)}`,
      '',
    ];
    const client = `mariadb --defaults-file=/dev/stdin --socket=${lab.mariadb.socket} -N -e`;
    const asked = await runOnTarget(lab.ssh, `${client} 'SELECT CURRENT_USER()'`, file.join('\n'));
    expect(asked.stdout.toString()).toBe(`${lab.mariadb.dumpUser}@localhost\n`);
    const written = await runOnTarget(lab.ssh, `${client} 'CREATE DATABASE x'`, file.join('\n'));
    expect(written.stderr).toContain('Access denied');
  });

  it('keeps its administrator from the user of the target, where that is another person', async () => {
    const { adminUser, socket } = lab.mariadb;
    const client = `mariadb --no-defaults --user=${adminUser} --socket=${socket} --execute "SELECT 1"`;
    const { stderr } = await runOnTarget(lab.ssh, client);
    expect(stderr.includes('Access denied')).toBe(lab.ssh.user !== adminUser);
  });
});

describe('S3', () => {
  const { bucket, prefix } = lab.s3;
  const owner = createS3Client(lab.s3, lab.s3.owner);
  const writer = createS3Client(lab.s3, lab.s3.writer);
  const reader = createS3Client(lab.s3, lab.s3.reader);
  afterAll(() => [owner, writer, reader].forEach((client) => client.destroy()));

  const object = (key: string) => ({ Bucket: bucket, Key: key });
  const put = (client: S3Client, key: string) =>
    client.send(new PutObjectCommand({ ...object(key), Body: 'x' }));
  const get = (client: S3Client, key: string) => client.send(new GetObjectCommand(object(key)));
  // A page has a thousand names, and what other tests stored has more.
  const list = (client: S3Client) =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/lab/` }));
  const remove = (client: S3Client, key: string) => client.send(new DeleteObjectCommand(object(key)));
  const refused = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

  it('lets the writer put below the prefix, and keeps versions', async () => {
    expect((await put(writer, `${prefix}/lab/object`)).VersionId).toBeTypeOf('string');
  });

  it('refuses the writer to get, list and delete', async () => {
    await put(owner, `${prefix}/lab/there`);
    await expect(get(writer, `${prefix}/lab/there`)).rejects.toMatchObject(refused);
    await expect(list(writer)).rejects.toMatchObject(refused);
    await expect(remove(writer, `${prefix}/lab/there`)).rejects.toMatchObject(refused);
  });

  it('refuses the writer to put proofs, and anything outside the prefix', async () => {
    await expect(put(writer, `${prefix}/lab/proofs/x/proof.json`)).rejects.toMatchObject(refused);
    await expect(put(writer, 'elsewhere/object')).rejects.toMatchObject(refused);
  });

  it('lets the reader get and list, and refuses it to put and delete', async () => {
    await put(owner, `${prefix}/lab/read`);
    expect(await (await get(reader, `${prefix}/lab/read`)).Body?.transformToString()).toBe('x');
    expect((await list(reader)).Contents?.map(({ Key }) => Key)).toContain(`${prefix}/lab/read`);
    await expect(put(reader, `${prefix}/lab/read`)).rejects.toMatchObject(refused);
    await expect(remove(reader, `${prefix}/lab/read`)).rejects.toMatchObject(refused);
  });

  it('refuses a wrong secret', async () => {
    const client = createS3Client(lab.s3, { ...lab.s3.writer, secretAccessKey: 'wrong' });
    await expect(put(client, `${prefix}/lab/wrong`)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    client.destroy();
  });
});

function quoteOption(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
