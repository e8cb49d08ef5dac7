// Inputs that say where backups are kept, with which credentials, and what fits together.
import { parseStoreEndpoint, parseStoreUrl } from '../../domain/store-url.ts';
import { type Rule, ruleFor } from '../declaration.ts';
import { field, group } from '../field.ts';
import { lineKind, matchKind } from '../kind.ts';
import { boolean, line, password } from '../kinds.ts';
import type { Problem } from '../problem.ts';

const storeUrl = lineKind('URL', '`s3://bucket/prefix` or `file:///directory`', parseStoreUrl);
const endpoint = lineKind('URL', 'the address of the server alone, https', parseStoreEndpoint);
const region = matchKind(
  'name',
  'lower-case letters, digits and dashes, such as `eu-central-1`',
  /^[a-z0-9-]{1,64}$/,
  'is not the name of a region',
);

export const storeInputs = group('Store', {
  store: field(storeUrl, {
    description:
      'Where backups are kept: `s3://bucket/prefix` for Amazon S3, Backblaze B2 and other S3 services, or `file:///directory` on self-hosted runners and the command line.',
    required: true,
  }),
  'store-endpoint': field(endpoint, {
    description:
      'Address of an S3 service that is not Amazon, such as `https://s3.eu-central-003.backblazeb2.com`.',
  }),
  'store-region': field(region, {
    description:
      "Region of the bucket. Default: what the endpoint's name tells, or the environment of the AWS tools.",
  }),
  'store-access-key-id': field(line, {
    description:
      'Access key of the store. In backup jobs it may put objects below the prefix and nothing else; in jobs that restore it may get and list them. Default: the credentials that the AWS tools would find on the runner.',
  }),
  'store-secret-access-key': field(password, {
    description: 'Belongs to `store-access-key-id`.',
    secret: true,
  }),
  'allow-unversioned': field(boolean, {
    description:
      'Accept a bucket that keeps no versions. Whoever steals the access key can then overwrite backups.',
    default: 'false',
  }),
});

/** For actions that write nothing. */
export const readerStoreInputs = {
  store: storeInputs.store,
  'store-endpoint': storeInputs['store-endpoint'],
  'store-region': storeInputs['store-region'],
  'store-access-key-id': storeInputs['store-access-key-id'],
  'store-secret-access-key': storeInputs['store-secret-access-key'],
};

const S3_ONLY = ['store-endpoint', 'store-region', 'store-access-key-id', 'store-secret-access-key'] as const;

export const storeRules: readonly Rule[] = [
  ruleFor(
    storeInputs,
    ['store-access-key-id', 'store-secret-access-key'],
    ({ storeAccessKeyId, storeSecretAccessKey }): Problem[] => {
      if ((storeAccessKeyId === undefined) === (storeSecretAccessKey === undefined)) return [];
      const [missing, given] =
        storeAccessKeyId === undefined
          ? ['store-access-key-id', 'store-secret-access-key']
          : ['store-secret-access-key', 'store-access-key-id'];
      return [
        {
          input: missing,
          what: `nothing is given, but \`${given}\` is`,
          fix: 'Give both or neither. A secret that is not set, and every secret in a run that a fork started, looks exactly like this.',
        },
      ];
    },
  ),
  ruleFor(storeInputs, ['store'], ({ store }, { isHostedRunner }): Problem[] =>
    store.kind === 'directory' && isHostedRunner
      ? [
          {
            input: 'store',
            what: 'a directory of a hosted runner is gone when the job ends, and the backups with it',
            fix: 'Use `s3://bucket/prefix`; `file://` is for self-hosted runners and the command line.',
          },
        ]
      : [],
  ),
  ...S3_ONLY.map((name) =>
    ruleFor(storeInputs, ['store', name], ({ store, ...others }): Problem[] =>
      store.kind === 'directory' && Object.values(others).some((value) => value !== undefined)
        ? [{ input: name, what: 'only for `s3://` stores; `store` is a directory' }]
        : [],
    ),
  ),
  ruleFor(storeInputs, ['store', 'allow-unversioned'], ({ store, allowUnversioned }): Problem[] =>
    store.kind === 'directory' && allowUnversioned
      ? [{ input: 'allow-unversioned', what: 'only for `s3://` stores; `store` is a directory' }]
      : [],
  ),
];
