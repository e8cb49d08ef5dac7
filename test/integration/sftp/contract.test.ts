// The SFTP store on real sshds: an account with a shell, and one that is locked into a directory with nothing but SFTP.
import path from 'node:path';
import { afterAll } from 'vitest';
import { describeStore } from '../../contracts/store-contract.ts';
import {
  findFiles,
  keepOpen,
  makeStoreDirectory,
  openSftpStore,
  plantFile,
  sftpOptionsOf,
} from '../../helpers/sftp-account.ts';
import { LabRun } from '../../lab/run.ts';
import { startTarget, type TargetAddress } from '../../lab/target.ts';
import { useLab } from '../../helpers/use-lab.ts';

const PART_SIZE_BYTES = 100_000;
const MAX_PARTS = 3;

const run = await LabRun.start();
const { address: jailed } = await startTarget(run, {
  isJailed: true,
  configuration: ['ForceCommand internal-sftp'],
});
afterAll(() => run.stop());

/** `parent` is on this machine what the account sees as `seen`. */
function describeAccount(name: string, target: TargetAddress, parent: string, seen: string): void {
  const { files, end } = keepOpen(sftpOptionsOf(target));
  afterAll(end);
  describeStore(name, async () => {
    const directory = await makeStoreDirectory(parent);
    const { writer, reader } = openSftpStore(
      files,
      path.join(seen, path.basename(directory)),
      PART_SIZE_BYTES * MAX_PARTS,
    );
    return {
      writer,
      reader,
      partSizeBytes: PART_SIZE_BYTES,
      maxParts: MAX_PARTS,
      findLeftovers: async () =>
        (await findFiles(directory)).filter((file) => path.basename(file).startsWith('.')),
      plant: (key, bytes) => plantFile(directory, key, bytes),
    };
  });
}

const { ssh } = useLab();
describeAccount('SFTP', ssh, ssh.home, ssh.home);
describeAccount('SFTP, locked in', jailed, path.join(jailed.jail, 'store'), '/store');
