// The part of init's page about the store: what is to be made there, ready to paste.
import { codeBlock, codeSpan } from '../../domain/text/markdown.ts';
import { bashWord } from '../../domain/recovery/stock-commands.ts';
import { profileOfEndpoint } from '../../domain/stores/store-profiles.ts';
import { b2Commands, proverPolicy, readerPolicy, writerPolicy } from '../../domain/stores/store-roles.ts';
import { PRINT_HOST_KEYS, ROLES, type Site } from './site.ts';
import { UNCOMPARED_STORE } from './workflows.ts';

/** As docs/store-setup.md has it; `refresh-after` of the files goes by it. */
const LOCK_DAYS = 35;

export function storeSteps({ inputs, keysDirectory }: Site): string[] {
  const { store, storeEndpoint, storeRegion, server } = inputs;
  if (store.kind === 'directory')
    return ['The directory must exist. Whoever runs Lifeboat there can also delete: keep a copy elsewhere.'];
  if (store.kind === 'sftp')
    return [
      'The account must exist, and let this key only add files and read them (docs/store-setup.md, “An SFTP account”):',
      codeBlock(
        `ssh-keygen -t ed25519 -N '' -C lifeboat -f ${bashWord(`${keysDirectory}/store-ssh-key`)}`,
        'sh',
      ),
      `Write the fingerprint of its host key into every workflow file and the doctor's command below, in place of ${codeSpan(UNCOMPARED_STORE)}. On the machine of the store, this prints it:`,
      codeBlock(PRINT_HOST_KEYS, 'sh'),
    ];
  const place = { bucket: store.bucket, prefix: store.prefix, server };
  const files = `The id and the secret of each lie beside the keys, as ${ROLES.flatMap((role) => [
    `${role}-id`,
    `${role}-secret`,
  ])
    .map(codeSpan)
    .join(', ')} (mode 600).`;
  if (profileOfEndpoint(storeEndpoint).name === 'Backblaze B2')
    return [
      'The bucket must keep versions, better with a lock (docs/store-setup.md). Then three keys:',
      codeBlock(b2Commands(place).join('\n'), 'sh'),
      `What they print has to be saved by hand. ${files}`,
    ];
  const policies = { writer: writerPolicy(place), reader: readerPolicy(place), prover: proverPolicy(place) };
  return [
    `The bucket, where there is none yet: nobody can delete what is stored in it for ${LOCK_DAYS} days, you neither; to try things out write fewer. What a run that died left behind goes after three days. For how long backups are kept then is a rule of yours (docs/store-setup.md, “What runs leave behind”).`,
    codeBlock(bucketCommands(store.bucket, storeEndpoint, storeRegion).join('\n'), 'sh'),
    'Three users, each with the policy of its name, which lies beside the keys:',
    ...ROLES.flatMap((role) => [
      `${codeSpan(`${role}.json`)}:`,
      codeBlock(JSON.stringify(policies[role], null, 2), 'json'),
    ]),
    'On Amazon, and where else there is IAM:',
    codeBlock(
      [
        `cd ${bashWord(keysDirectory)}`,
        'umask 077',
        `for role in ${ROLES.join(' ')}; do`,
        `  user=lifeboat-${server}-$role`,
        '  aws iam create-user --user-name "$user"',
        '  aws iam put-user-policy --user-name "$user" --policy-name "$role" --policy-document "file://$role.json"',
        `  aws iam create-access-key --user-name "$user" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text |`,
        '    while read -r id secret; do echo "$id" > "$role-id"; echo "$secret" > "$role-secret"; done',
        'done',
      ].join('\n'),
      'sh',
    ),
    files,
  ];
}

function bucketCommands(bucket: string, endpoint: URL | undefined, region: string | undefined): string[] {
  const json = (value: object) => bashWord(JSON.stringify(value));
  const named = `--bucket ${bashWord(bucket)}`;
  const place =
    region === undefined || region === 'us-east-1'
      ? ''
      : ` --create-bucket-configuration LocationConstraint=${bashWord(region)}`;
  const retention = { Mode: 'COMPLIANCE', Days: LOCK_DAYS };
  const abort = {
    ID: 'abort-incomplete-uploads',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
  };
  return [
    ...(endpoint === undefined ? [] : [`export AWS_ENDPOINT_URL=${endpoint.origin}`]),
    ...(region === undefined ? [] : [`export AWS_DEFAULT_REGION=${bashWord(region)}`]),
    `aws s3api create-bucket ${named} --object-lock-enabled-for-bucket${place}`,
    `aws s3api put-object-lock-configuration ${named} --object-lock-configuration ${json({ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: retention } })}`,
    `aws s3api put-bucket-lifecycle-configuration ${named} --lifecycle-configuration ${json({ Rules: [abort] })}`,
  ];
}
