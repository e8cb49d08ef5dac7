// What a failed request means to the person who has to act on it.
import { LifeboatError, type ErrorCode } from '../../errors.ts';
import type { Failure } from './failure.ts';

export interface FailedRequest {
  /** The operation by S3's own name, which policies use: PutObject, UploadPart … */
  readonly operation: string;
  readonly isWrite: boolean;
  /** Bucket and key: `s3://bucket/key`. */
  readonly what: string;
  readonly attempts: number;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly hint: string;
}

const OTHER_REGION: Meaning = {
  code: 'store-not-found',
  hint: 'The bucket is in another region: set `store-region` (and `store-endpoint`, where it names the region) to the one it was made in.',
};
const TEMPORARY_CREDENTIALS: Meaning = {
  code: 'store-denied',
  hint: 'The temporary credentials are no longer valid: take new ones, or ones that outlive the run.',
};
const FULL: Meaning = {
  code: 'store-upload-failed',
  hint: 'The quota or the spending limit of the bucket or the account is used up: raise it, or prune old backups.',
};
const CERTIFICATE: Meaning = {
  code: 'store-unreachable',
  hint: 'The server did not show a valid certificate for its name: check `store-endpoint`; a private authority is made known with NODE_EXTRA_CA_CERTS.',
};

/** By the provider's error code, or Node's. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  PermanentRedirect: OTHER_REGION,
  TemporaryRedirect: OTHER_REGION,
  AuthorizationHeaderMalformed: OTHER_REGION,
  IllegalLocationConstraintException: OTHER_REGION,
  RegionMissing: { code: 'input-invalid', hint: 'Set `store-region`, for example to eu-central-1.' },
  SignatureDoesNotMatch: {
    code: 'store-denied',
    hint: 'The secret access key does not belong to the access key id: check `store-secret-access-key` for missing or added characters.',
  },
  InvalidAccessKeyId: {
    code: 'store-denied',
    hint: 'The store does not know this access key id: check `store-access-key-id`, and that it belongs to the provider of `store-endpoint`.',
  },
  CredentialsProviderError: {
    code: 'store-denied',
    hint: 'Set `store-access-key-id` and `store-secret-access-key`, or give credentials the way AWS tools take them.',
  },
  ExpiredToken: TEMPORARY_CREDENTIALS,
  InvalidToken: TEMPORARY_CREDENTIALS,
  TokenRefreshRequired: TEMPORARY_CREDENTIALS,
  RequestTimeTooSkewed: {
    code: 'clock-skew',
    hint: 'Set the clock of the machine that runs this: the store refuses requests whose time is more than 15 minutes from its own.',
  },
  NoSuchBucket: {
    code: 'store-not-found',
    hint: 'There is no such bucket at this provider: check `store`, `store-endpoint` and `store-region`.',
  },
  NoSuchUpload: {
    code: 'store-upload-failed',
    hint: 'The unfinished upload was removed while it went on: a bucket rule that aborts incomplete uploads must wait for days.',
  },
  InvalidRequest: {
    code: 'store-upload-failed',
    hint: 'The provider does not take the request as it is: it may lack Object Lock, the storage class, or what `store-endpoint` leads to is not its S3 service.',
  },
  InvalidStorageClass: {
    code: 'store-upload-failed',
    hint: 'The provider does not have this `store-storage-class`.',
  },
  InsufficientCapacity: FULL,
  QuotaExceeded: FULL,
  ServiceQuotaExceeded: FULL,
  ServiceQuotaExceededException: FULL,
  StorageCapExceeded: FULL,
  ENOTFOUND: {
    code: 'store-unreachable',
    hint: 'This name is in no name server: check `store-endpoint` (or `store-region`).',
  },
  CERT_HAS_EXPIRED: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
};

/** Whether a code says by itself what is wrong; `AccessDenied` says only that something was not allowed. */
export function isTelling(code: string): boolean {
  return findMeaning(code) !== undefined;
}

/** Enough for AWS to name user, action and resource. */
const MAX_WORDS = 300;
/** Of error codes and regions. */
const MAX_NAME = 60;

/** The error to throw for a failed request. `hide` takes out of the provider's words what must not be shown. */
export function explainFailure(
  failure: Failure,
  request: FailedRequest,
  hide: (text: string) => string,
): LifeboatError {
  const meaning = findMeaning(failure.code) ?? judgeByStatus(failure, request);
  const clean = (text: string, maxLength: number) =>
    hide(text)
      .replaceAll(/[\p{Cc}\s]+/gu, ' ')
      .trim()
      .slice(0, maxLength);
  const code = clean(failure.code, MAX_NAME);
  const answer = failure.status === undefined ? code : `${failure.status} ${code}`;
  const words = clean(failure.message, MAX_WORDS);
  const tries = request.attempts > 1 ? `, tried ${request.attempts} times` : '';
  const region =
    failure.bucketRegion === undefined ? '' : ` The bucket says: ${clean(failure.bucketRegion, MAX_NAME)}.`;
  return new LifeboatError(
    meaning.code,
    `${request.operation} of ${request.what} failed: ${answer}${words === '' ? '' : ` (${words})`}${tries}`,
    meaning.hint === undefined ? {} : { hint: `${meaning.hint}${region}` },
  );
}

/** The code is the provider's: it may be the name of something that every object has. */
function findMeaning(code: string): Meaning | undefined {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
}

function judgeByStatus(
  { status }: Failure,
  { operation, isWrite }: FailedRequest,
): { code: ErrorCode; hint: string | undefined } {
  if (status === undefined) {
    return { code: 'store-unreachable', hint: 'Check `store-endpoint` and that this machine may reach it.' };
  }
  if (status === 401 || status === 403) {
    return {
      code: 'store-denied',
      hint: `The credentials may not do ${operation} there: check the policy of their user.`,
    };
  }
  if (status === 404) return { code: 'store-not-found', hint: undefined };
  if (status >= 300 && status < 400) return OTHER_REGION;
  if (isWrite) return { code: 'store-upload-failed', hint: undefined };
  if (status === 400 || status === 405 || status === 501)
    return { code: 'store-denied', hint: `The service does not offer ${operation} like this.` };
  return { code: 'store-unreachable', hint: undefined };
}
