// The servers that all contestants work with, and what they cost: a target, its database, the store, all on this machine.
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { startTcpProxy } from '../test/helpers/tcp-proxy.ts';
import { createGpgHome, type GpgHome } from '../test/lab/gpg.ts';
import { startLab, type Lab, type LabOptions } from '../test/lab/lab.ts';
import type { S3Keys } from '../test/lab/s3.ts';
import { readLedger } from '../test/lab/ledger.ts';
import { readName } from './process-figures.ts';

export interface Servers {
  readonly lab: Lab;
  /** Holds the recipients' secret keys. */
  readonly gpg: GpgHome;
  /** For small files; below the lab's directory. */
  readonly scratch: string;
  /** Process ids of sshd (everything that a session runs descends from it) and of the database server. */
  readonly pids: { readonly sshd: number; readonly database: number };
  /** The same target, further away. */
  moveAway(roundTripMs: number): Promise<Lab>;
  stop(): Promise<void>;
}

export async function startServers(options: LabOptions = {}): Promise<Servers> {
  const running = await startLab(options);
  const { lab } = running;
  const proxies: AsyncDisposable[] = [];
  try {
    const gpg = await createGpgHome(lab);
    for (const key of lab.keys.recipients) await gpg.importSecretKey(key);
    const find = (name: string) =>
      readLedger(lab.directory).find((record) => readName(record.pid) === name)?.pid ?? 0;
    return {
      lab,
      gpg,
      scratch: await mkdtemp(path.join(lab.directory, 'bench-')),
      pids: { sshd: find('sshd'), database: find('mariadbd') },
      moveAway: async (roundTripMs) => {
        const proxy = await startTcpProxy(lab.ssh.port, { oneWayDelayMs: roundTripMs / 2 });
        proxies.push(proxy);
        return { ...lab, ssh: readdress(lab.ssh, proxy.port) };
      },
      stop: async () => {
        await gpg.close();
        for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
        await running.stop();
      },
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The same host key at another port; known_hosts lines and files name the port. */
function readdress(ssh: Lab['ssh'], port: number): Lab['ssh'] {
  return { ...ssh, port, knownHosts: ssh.knownHosts.replaceAll(`]:${ssh.port}`, `]:${port}`) };
}

/** The environment of programs that speak S3. */
export function awsEnv({ s3 }: Lab, keys: S3Keys, scratch: string): Record<string, string> {
  return {
    HOME: scratch,
    SCRATCH: scratch,
    ENDPOINT: s3.endpoint,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_DEFAULT_REGION: s3.region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

export function ownerEnv(lab: Lab, scratch: string): Record<string, string> {
  return awsEnv(lab, lab.s3.owner, scratch);
}
