// The stock ssh client and the stock dump client, as a careful person would call them: what the references begin with.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shellQuote, shellQuoteAll } from '../src/domain/text/shell.ts';
import type { Lab } from '../test/lab/lab.ts';
import { runOnTarget } from '../test/lab/target.ts';

export const DATABASE = 'helpdesk';
const OPTION_FILE = '.bench.cnf';

/** The options that Lifeboat gives too, as far as they are not defaults: the same text comes out, under the same locks. */
const DUMP_OPTIONS = [
  '--default-character-set=utf8mb4',
  '--routines',
  '--events',
  '--hex-blob',
  '--no-tablespaces',
  '--max-allowed-packet=1G',
  '--single-transaction',
  '--master-data=2',
  '--gtid',
  '--databases',
  DATABASE,
];

/** Leaves the dump user's password on the target, where the references read it. */
export async function installOptionFile({ ssh, mariadb }: Lab): Promise<void> {
  const password = mariadb.dumpPassword.replaceAll(/[\\"]/g, String.raw`\$&`);
  const text = `[client]\nuser=${mariadb.dumpUser}\npassword="${password}"\nsocket=${mariadb.socket}\n`;
  const { status, stderr } = await runOnTarget(ssh, `umask 077; cat > ~/${OPTION_FILE}`, text);
  if (status !== 0) throw new Error(`the option file could not be written: ${stderr}`);
}

/** Shell text of an ssh command that prints the dump, through `filter` on the target if one is given. */
export async function sshDump(lab: Lab, scratch: string, filter?: string): Promise<string> {
  const dump = `mariadb-dump --defaults-file="$HOME/${OPTION_FILE}" ${shellQuoteAll(DUMP_OPTIONS)}`;
  const remote = filter === undefined ? `exec ${dump}` : `set -o pipefail; ${dump} | ${filter}`;
  return shellQuoteAll(await sshCommand(lab, scratch, remote));
}

/** Words of a command; `remote` is for bash. The cipher is the fastest that OpenSSH has, ssh itself compresses nothing. */
export async function sshCommand({ ssh }: Lab, scratch: string, remote: string): Promise<readonly string[]> {
  const knownHosts = path.join(scratch, `known_hosts-${ssh.port}`);
  await writeFile(knownHosts, ssh.knownHosts);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'Ciphers=aes128-gcm@openssh.com',
    'Compression=no',
  ];
  return [
    ...['ssh', '-F', 'none', '-i', ssh.privateKeyPath, '-p', String(ssh.port)],
    ...options.flatMap((option) => ['-o', option]),
    `${ssh.user}@${ssh.host}`,
    `bash -c ${shellQuote(remote)}`,
  ];
}
