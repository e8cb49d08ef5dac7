// Lifeboat itself: the built action, run through dump/action.yml as a runner would run it.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { dumpInputs } from '../test/helpers/dump-inputs.ts';
import { startAction } from '../test/helpers/runner.ts';
import type { Lab } from '../test/lab/lab.ts';
import { createS3Client } from '../test/lab/s3.ts';
import { emptyBucket } from './bucket.ts';
import type { Contestant, StoredDump } from './contestant.ts';
import { runScript } from './programs.ts';
import { ownerEnv, type Servers } from './servers.ts';
import { SQL_DIGEST } from './sql-digest.ts';

interface Manifest {
  readonly objects: readonly {
    readonly role: string;
    readonly sha256: string;
    readonly parts: readonly { readonly key: string }[];
  }[];
}

/** `lab` says how the target is reached; `inputs` change the run. */
export function createOurs(
  servers: Servers,
  lab: Lab,
  inputs: Readonly<Record<string, string>> = {},
): Contestant {
  return {
    name: 'Lifeboat',
    prepare: () => emptyBucket(lab.s3),
    start: () => {
      const { child, ended } = startAction('dump', dumpInputs(lab, inputs));
      const stored = ended.then(({ exitCode, log, outputs }): StoredDump => {
        if (exitCode !== 0) throw new Error(`the action ended with ${exitCode ?? 'a signal'}:\n${log}`);
        return {
          sizeBytes: Number(outputs['bytes']),
          restore: () => restore(servers, outputs['manifest-key'] ?? ''),
        };
      });
      return { pid: child.pid, ended: stored };
    },
  };
}

/** What the manifest names, decrypted and decompressed, after its own SHA-256 was compared. */
async function restore({ lab, gpg, scratch }: Servers, manifestKey: string): Promise<string> {
  const { s3 } = lab;
  const client = createS3Client(s3, s3.owner);
  const Key = `${s3.prefix}/${manifestKey}`;
  const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key }));
  const manifest = JSON.parse((await Body?.transformToString()) ?? '') as Manifest;
  client.destroy();
  const data = manifest.objects.find(({ role }) => role === 'data');
  if (data === undefined) throw new Error('the manifest names no data');
  const script = `
    for url in $URLS; do aws --endpoint-url "$ENDPOINT" s3 cp "$url" -; done |
      { mkfifo "$SCRATCH/stored"; sha256sum < "$SCRATCH/stored" > "$SCRATCH/sha256" & tee "$SCRATCH/stored"; wait $!; rm "$SCRATCH/stored"; } |
      gpg --homedir "$GPG_HOME" --batch --no-tty --quiet --decrypt | zstd -dc | ${SQL_DIGEST}
    grep -q "^$SHA256 " "$SCRATCH/sha256"`;
  return runScript(script, {
    ...ownerEnv(lab, scratch),
    URLS: data.parts.map(({ key }) => `s3://${s3.bucket}/${s3.prefix}/${key}`).join(' '),
    GPG_HOME: gpg.directory,
    SHA256: data.sha256,
  });
}
