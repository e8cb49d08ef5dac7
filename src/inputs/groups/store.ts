// Inputs that say where backups are kept, with which credentials, and what fits together.
import { profileOfEndpoint, refuseStorageClass } from '../../domain/stores/store-profiles.ts';
import { parseStoreEndpoint, parseStoreUrl, type StoreLocation } from '../../domain/stores/store-url.ts';
import { type Rule, ruleFor } from '../declaration.ts';
import { field, group } from '../field.ts';
import { lineKind, matchKind } from '../kind.ts';
import { boolean, line, password, text } from '../kinds.ts';
import type { Problem } from '../problem.ts';

const storeUrl = lineKind(
  'URL',
  '`s3://bucket/prefix`, `sftp://user@host/directory` or `file:///directory`',
  parseStoreUrl,
);
const endpoint = lineKind('URL', 'the address of the server alone, https', parseStoreEndpoint);
const region = matchKind(
  'name',
  'lower-case letters, digits and dashes, such as `eu-central-1`',
  /^[a-z0-9-]{1,64}$/,
  'is not the name of a region',
);

const roleArn = matchKind(
  'ARN',
  'the ARN of a role, such as `arn:aws:iam::123456789012:role/lifeboat-writer`',
  /^arn:aws[a-z-]*:iam::[A-Za-z0-9]*:role\/[\w+=,.@/-]{1,512}$/,
  'is not the ARN of a role',
);
const storageClass = matchKind(
  'name',
  'upper-case letters, digits, dashes and underscores',
  /^[A-Z][A-Z0-9_-]{0,63}$/,
  'is not the name of a storage class',
);

export const storeInputs = group('Store', {
  store: field(storeUrl, {
    description:
      'Where backups are kept: `s3://bucket/prefix` for Amazon S3, Backblaze B2 and other S3 services, `sftp://user@host:port/directory` for an SFTP account, or `file:///directory` on self-hosted runners and the command line.',
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
  'store-role-arn': field(roleArn, {
    description:
      'Role whose temporary keys are used in place of an access key: `arn:aws:iam::123456789012:role/name`. The job needs `permissions: id-token: write`, with which GitHub says which workflow it is. The keys are fetched anew before they expire.',
  }),
  'store-ssh-key': field(text, {
    description:
      'Private key of the user of an `sftp://` store, in OpenSSH or PEM format, with its line breaks.',
    secret: true,
  }),
  'store-ssh-key-passphrase': field(password, {
    description: 'Passphrase of `store-ssh-key`, where it has one.',
    secret: true,
  }),
  'store-known-hosts': field(text, {
    description:
      'Host keys that the server of an `sftp://` store may show: lines of a `known_hosts` file, hashed ones too, or `ssh-ed25519 SHA256:…`. There is no switch to turn the check off.',
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
  'store-role-arn': storeInputs['store-role-arn'],
  'store-ssh-key': storeInputs['store-ssh-key'],
  'store-ssh-key-passphrase': storeInputs['store-ssh-key-passphrase'],
  'store-known-hosts': storeInputs['store-known-hosts'],
};

/** For actions that write backups, not only proofs: those have to be at hand. */
export const backupStoreInputs = {
  ...storeInputs,
  ...group('Store', {
    'store-storage-class': field(storageClass, {
      description:
        "Storage class of the objects, by the provider's name, such as `STANDARD_IA`. Default: the provider's, or the bucket's own. Classes that must be thawed before they can be read are refused.",
    }),
  }),
};

const S3_ONLY = [
  'store-endpoint',
  'store-region',
  'store-access-key-id',
  'store-secret-access-key',
  'store-role-arn',
  'store-storage-class',
] as const;

const SFTP_NEEDS = ['store-ssh-key', 'store-known-hosts'] as const;
const SFTP_ONLY = [...SFTP_NEEDS, 'store-ssh-key-passphrase'] as const;

const KINDS: Readonly<Record<StoreLocation['kind'], string>> = {
  s3: 'an S3 bucket',
  sftp: 'an SFTP account',
  directory: 'a directory',
};

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
            fix: 'Use `s3://bucket/prefix` or `sftp://user@host/directory`; `file://` is for self-hosted runners and the command line.',
          },
        ]
      : [],
  ),
  ruleFor(
    storeInputs,
    ['store-role-arn', 'store-access-key-id'],
    ({ storeRoleArn, storeAccessKeyId }, { hasIdToken = false }): Problem[] => {
      if (storeRoleArn === undefined) return [];
      if (storeAccessKeyId !== undefined)
        return [
          {
            input: 'store-role-arn',
            what: 'an access key is given as well: only one of the two can be used',
          },
        ];
      return hasIdToken
        ? []
        : [
            {
              input: 'store-role-arn',
              what: 'this run may not ask GitHub for a token that says which workflow it is',
              fix: 'Give the job `permissions: id-token: write`. Runs that a fork started never have it, and the command line has an access key instead.',
            },
          ];
    },
  ),
  ruleFor(
    backupStoreInputs,
    ['store-storage-class', 'store-endpoint'],
    ({ storeStorageClass, storeEndpoint }): Problem[] => {
      const what =
        storeStorageClass && refuseStorageClass(storeStorageClass, profileOfEndpoint(storeEndpoint));
      return what ? [{ input: 'store-storage-class', what }] : [];
    },
  ),
  ...S3_ONLY.map((name) =>
    ruleFor(backupStoreInputs, ['store', name], ({ store, ...others }): Problem[] =>
      store.kind !== 's3' && Object.values(others).some((value) => value !== undefined)
        ? [{ input: name, what: `only for \`s3://\` stores; \`store\` is ${KINDS[store.kind]}` }]
        : [],
    ),
  ),
  ...SFTP_ONLY.map((name) =>
    ruleFor(storeInputs, ['store', name], ({ store, ...others }): Problem[] =>
      store.kind !== 'sftp' && Object.values(others).some((value) => value !== undefined)
        ? [{ input: name, what: `only for \`sftp://\` stores; \`store\` is ${KINDS[store.kind]}` }]
        : [],
    ),
  ),
  ...SFTP_NEEDS.map((name) =>
    ruleFor(storeInputs, ['store', name], ({ store, ...others }): Problem[] =>
      store.kind === 'sftp' && Object.values(others).every((value) => value === undefined)
        ? [{ input: name, what: 'nothing is given, and an `sftp://` store needs it' }]
        : [],
    ),
  ),
  ruleFor(storeInputs, ['store', 'allow-unversioned'], ({ store, allowUnversioned }): Problem[] =>
    store.kind !== 's3' && allowUnversioned
      ? [{ input: 'allow-unversioned', what: `only for \`s3://\` stores; \`store\` is ${KINDS[store.kind]}` }]
      : [],
  ),
];
