// The store's own time, from the head of any answer. A put-only user gets a 403 here, and that has a date as well.
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { LifeboatError } from '../../errors.ts';
import type { S3Connection } from './connection.ts';
import { isTelling } from './explain.ts';
import { readFailure } from './failure.ts';

interface AnswerHead {
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Asks for a list of one object: unlike HEAD, its refusal says why. What is wrong with keys, bucket or region is thrown at once
 * (`store-denied`, `store-not-found`), a wrong clock is not: to find out is what this is for.
 */
export async function readClock(connection: S3Connection, abortSignal: AbortSignal): Promise<Date> {
  let date: string | undefined;
  const send = async () => {
    const command = new ListObjectsV2Command({
      Bucket: connection.bucket,
      Prefix: connection.prefix,
      MaxKeys: 1,
    });
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        date = (result.response as AnswerHead).headers?.['date'];
        return result;
      },
      // The innermost step: what is added here sees the answer before it is judged.
      { step: 'deserialize', priority: 'low' },
    );
    try {
      await connection.client.send(command, { abortSignal });
    } catch (error) {
      const { status, code } = readFailure(error) ?? { status: undefined, code: '' };
      const isJustRefused = status === 403 && (!isTelling(code) || code === 'RequestTimeTooSkewed');
      if (!isJustRefused) throw error;
    }
  };
  await connection.request({ operation: 'ListObjectsV2', key: undefined, isWrite: false }, send, abortSignal);
  const time = new Date(date ?? '');
  if (Number.isNaN(time.getTime())) {
    throw new LifeboatError(
      'store-unreachable',
      `${connection.location} answered without its time (no Date header)`,
    );
  }
  return time;
}
