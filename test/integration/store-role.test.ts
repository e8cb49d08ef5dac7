// A backup job that has no key of the store: the built action, a real store, and a stand-in for what gives it the keys of a role.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkBucket } from '../helpers/bucket-checker.ts';
import { dumpInputs } from '../helpers/dump-inputs.ts';
import { ID_TOKEN, REQUEST_TOKEN, ROLE_ARN, RoleServices, SESSION_TOKEN } from '../helpers/role-services.ts';
import { runAction } from '../helpers/runner.ts';
import { query } from '../lab/mariadb.ts';
import { useLab } from '../helpers/use-lab.ts';

const lab = useLab();
const SERVER = 'role';

let services: RoleServices;
beforeAll(async () => {
  services = await RoleServices.start(() => lab.s3.writer, new URL(lab.s3.endpoint));
  await query(
    lab.mariadb,
    'CREATE DATABASE by_role; CREATE TABLE by_role.t (a INT); INSERT INTO by_role.t VALUES (1)',
  );
});
afterAll(async () => {
  await query(lab.mariadb, 'DROP DATABASE by_role');
  await services.stop();
});

const inputs = () =>
  dumpInputs(lab, {
    server: SERVER,
    databases: 'by_role',
    'store-endpoint': services.endpoint.origin,
    'store-role-arn': ROLE_ARN,
    'store-access-key-id': '',
    'store-secret-access-key': '',
  });

it('dumps with the keys of a role, fetches them again before they expire, and shows none', async () => {
  services.lifeMs = 60_000;
  const run = await runAction('dump', inputs(), {
    ACTIONS_ID_TOKEN_REQUEST_URL: services.tokenUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
  });
  expect(run.log).not.toContain('::error');
  expect(run.exitCode).toBe(0);
  const { backups } = await checkBucket(lab, SERVER);
  expect(backups.map(({ id, faults }) => ({ id, faults }))).toEqual([
    { id: run.outputs['backup-id'], faults: [] },
  ]);
  expect(services.roleCount).toBeGreaterThan(1);
  for (const secret of [REQUEST_TOKEN, ID_TOKEN, SESSION_TOKEN, lab.s3.writer.secretAccessKey])
    expect(`${run.log}${run.summary}`).not.toContain(secret);
});

it('says which permission the job lacks, before anything is asked', async () => {
  const before = services.asked.length;
  const run = await runAction('dump', inputs());
  expect(run.exitCode).toBe(2);
  expect(run.log).toContain('`permissions: id-token: write`');
  expect(services.asked).toHaveLength(before);
});
