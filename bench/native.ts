// The pipeline that a careful person would write: dump and compress on the target, encrypt on the runner, upload with the AWS
// command line. Needs Debian's awscli.
import type { Lab } from '../test/lab/lab.ts';
import { emptyBucket, measureObjects } from './bucket.ts';
import type { Contestant, StoredDump } from './contestant.ts';
import { runScript, startScript } from './programs.ts';
import { awsEnv, ownerEnv, type Servers } from './servers.ts';
import { SQL_DIGEST } from './sql-digest.ts';
import { sshDump } from './ssh-dump.ts';

export async function createNative(servers: Servers, lab: Lab): Promise<Contestant> {
  const { s3, keys } = lab;
  const url = `s3://${s3.bucket}/${s3.prefix}/native/dump.sql.zst.gpg`;
  const dump = await sshDump(lab, servers.scratch, 'zstd -q -3 -c');
  const recipients = keys.recipients.map((key) => `--recipient-file '${key.publicKeyPath}'`).join(' ');
  const encrypt =
    `gpg --no-options --homedir "$GPG_HOME" --batch --no-tty --quiet --trust-model always ${recipients}` +
    ' --compress-algo none -z 0 --cipher-algo AES256 --encrypt --output -';
  const upload = `aws --endpoint-url "$ENDPOINT" s3 cp --only-show-errors - '${url}'`;
  return {
    name: 'ssh | gpg | aws',
    prepare: () => emptyBucket(s3),
    start: () => {
      const env = { ...awsEnv(lab, s3.writer, servers.scratch), GPG_HOME: servers.gpg.directory };
      const { pid, ended } = startScript(`${dump} | ${encrypt} | ${upload}`, env);
      const stored = ended.then(async (): Promise<StoredDump> => ({
        sizeBytes: await measureObjects(s3, s3.bucket, ''),
        restore: () => restore(servers, url),
      }));
      return { pid, ended: stored };
    },
  };
}

function restore({ lab, gpg, scratch }: Servers, url: string): Promise<string> {
  const script = `aws --endpoint-url "$ENDPOINT" s3 cp '${url}' - |
    gpg --homedir "$GPG_HOME" --batch --no-tty --quiet --decrypt | zstd -dc | ${SQL_DIGEST}`;
  return runScript(script, { ...ownerEnv(lab, scratch), GPG_HOME: gpg.directory });
}
