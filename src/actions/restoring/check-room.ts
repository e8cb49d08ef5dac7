// Whether a disk has room for what is to be fetched.
import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../domain/text/units.ts';
import { LifeboatError } from '../../errors.ts';

/** Throws `sandbox-space`. */
export async function checkRoom(directory: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  if (freeBytes >= sizeBytes) return;
  throw new LifeboatError(
    'sandbox-space',
    `the backup has ${formatBytes(sizeBytes)}, and the disk of ${directory} has ${formatBytes(freeBytes)} left`,
    { hint: 'Use a machine with a larger disk, or remove what is not needed before.' },
  );
}
