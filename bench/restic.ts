// restic reading the dump from standard input, into a repository on the same S3 server. It compresses and encrypts on the runner.
// Needs Debian's restic.
import type { Lab } from '../test/lab/lab.ts';
import { createOpenBucket, emptyBucket, measureObjects } from './bucket.ts';
import type { Contestant, StoredDump } from './contestant.ts';
import { runScript, startScript } from './programs.ts';
import type { Servers } from './servers.ts';
import { SQL_DIGEST } from './sql-digest.ts';
import { sshDump } from './ssh-dump.ts';

/**
 * restic 0.14 sends a Content-Type that it has not signed, which Ceph 20 refuses. So it gets a bucket that needs no signature; that
 * only saves it work.
 */
const BUCKET = 'restic';
const FILE = 'helpdesk.sql';

/** Makes its bucket. */
export async function createRestic(servers: Servers, lab: Lab): Promise<Contestant> {
  const { s3 } = lab;
  const { scratch } = servers;
  await createOpenBucket(s3, BUCKET);
  const env = {
    HOME: scratch,
    SCRATCH: scratch,
    RESTIC_REPOSITORY: `s3:${s3.endpoint}/${BUCKET}/repository`,
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: `${scratch}/restic-cache`,
    // Ends its search for credentials at once; it would go on to ask the metadata service of a cloud.
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nonexistent',
  };
  const backup = `restic backup --quiet --stdin --stdin-filename ${FILE}`;
  const pipeline = `${await sshDump(lab, scratch)} | ${backup}`;
  return {
    name: 'ssh | restic',
    // A repository that holds the same data already would get next to nothing.
    prepare: async () => {
      await emptyBucket(s3, BUCKET);
      await runScript('rm -rf "$RESTIC_CACHE_DIR"; restic init --quiet', env);
    },
    start: () => {
      const { pid, ended } = startScript(pipeline, env);
      const stored = ended.then(async (): Promise<StoredDump> => ({
        sizeBytes: await measureObjects(s3, BUCKET, ''),
        restore: () =>
          runScript(`restic check --quiet >&2; restic dump --quiet latest ${FILE} | ${SQL_DIGEST}`, env),
      }));
      return { pid, ended: stored };
    },
  };
}
