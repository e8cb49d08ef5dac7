// A session that only notes what it is asked; real servers are in the integration tests.
import type { SFTPWrapper } from 'ssh2';
import { expect, it } from 'vitest';
import { SftpNewFile } from '../../src/remote/sftp-transfer.ts';
import type { SftpSession } from '../../src/remote/sftp-session.ts';

/** Of more, ssh2 sends the rest after an answer, from bytes that may be others by then. */
const MAX_SINGLE_WRITE_BYTES = 31_952;

it('no write is more than the library sends in one go to any server', async () => {
  const lengths: number[] = [];
  const sftp = {
    write: (_handle: Buffer, _bytes: Buffer, _offset: number, length: number) => lengths.push(length),
  };
  const session = {
    request: (_name: string, work: (sftp: SFTPWrapper, answer: () => void) => void) => {
      work(sftp as unknown as SFTPWrapper, () => undefined);
      return Promise.resolve();
    },
  };
  const file = new SftpNewFile(session as unknown as SftpSession, Buffer.alloc(4), (error) =>
    Promise.resolve(error),
  );
  await file.write(new Uint8Array(100_000));
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(100_000);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_SINGLE_WRITE_BYTES);
});
