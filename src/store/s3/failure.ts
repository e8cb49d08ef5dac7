// Reads what the SDK throws: was there an answer, which one, and is it worth another try. Knows nothing of what to tell users.
import { LifeboatError } from '../../errors.ts';

export interface Failure {
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The provider's error code, or the name that Node or the SDK gives to what went wrong. */
  readonly code: string;
  /** The provider's own words, may be empty. */
  readonly message: string;
  /** Where the bucket is, when the answer says so. */
  readonly bucketRegion: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Failures for now, before anything was sent. */
const UNSENT_CODES = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH']);
/** Failures for now, after which nothing is known of what the other side did. */
const BROKEN_CODES = new Set([
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'TimeoutError',
]);

/** Answers to a body that was damaged or cut short on its way. */
const DAMAGED_BODY_CODES = new Set([
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'XAmzContentSHA256Mismatch',
]);
/** 409: another request about the same object is under way, such as an attempt whose answer was lost. */
const PASSING_STATUSES = new Set([408, 409, 429, 500, 502, 503, 504]);
/** The one 5xx that says that nothing was done. */
const SLOW_DOWN = 'SlowDown';

/** What the SDK throws of itself without a code; any other error without an answer is a bug. */
const SDK_ERROR_NAMES = new Set(['CredentialsProviderError', 'TimeoutError', 'TokenProviderError']);

/** What the SDK puts where the provider says nothing. */
const UNKNOWN = 'UnknownError';

interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

/** Undefined for what is neither an answer nor a failed connection: ours already, or a bug. */
export function readFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || error instanceof LifeboatError) return undefined;
  const { $metadata, $response, name, message }: SdkError = error;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const headers = $response?.headers ?? {};
  const failureCode = status === undefined ? readLocalCode(error) : readAnswerCode(name);
  if (failureCode === undefined) return undefined;
  return {
    status,
    code: failureCode,
    message: message === UNKNOWN ? '' : message,
    bucketRegion: headers['x-amz-bucket-region'],
    retryAfterMs: readSeconds(headers['retry-after']),
  };
}

export function isPassing({ status, code }: Failure): boolean {
  return status === undefined
    ? UNSENT_CODES.has(code) || BROKEN_CODES.has(code)
    : PASSING_STATUSES.has(status) || DAMAGED_BODY_CODES.has(code);
}

/** Whether the store may have done what it was asked although it did not say so. */
export function mayHaveHappened({ status, code }: Failure): boolean {
  return status === undefined ? BROKEN_CODES.has(code) : status >= 500 && code !== SLOW_DOWN;
}

/** What a write that did happen hears when it is sent again. */
export function isAlreadyDone(failure: Failure): boolean {
  return failure.status === 412 || isUploadGone(failure);
}

export function isUploadGone({ code }: Failure): boolean {
  return code === 'NoSuchUpload';
}

function readLocalCode(error: SdkError): string | undefined {
  if (error instanceof TypeError || error instanceof RangeError) return undefined;
  if (typeof error.code === 'string') return error.code;
  if (error.message === 'Region is missing') return 'RegionMissing';
  return SDK_ERROR_NAMES.has(error.name) ? error.name : undefined;
}

/** The SDK says `Unknown` of an answer without a body, and throws a plain Error for a body that is not S3's. */
function readAnswerCode(name: string): string {
  return name === 'Unknown' || name === 'Error' ? 'an answer that is not of S3' : name;
}

function readSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,4}$/.test(header) ? Number(header) * 1000 : undefined;
}
