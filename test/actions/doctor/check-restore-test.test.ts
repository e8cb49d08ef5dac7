// Keys of restore tests, with those of the test vectors, and the sandboxes of this machine, which a stand-in has or lacks.
import { beforeAll, expect, it } from 'vitest';
import type { DoctorKeys } from '../../../src/actions/doctor/check-keys.ts';
import { checkRestoreTest } from '../../../src/actions/doctor/check-restore-test.ts';
import type { Step } from '../../../src/actions/doctor/check-step.ts';
import { Diagnosis } from '../../../src/actions/doctor/diagnosis.ts';
import { LifeboatError } from '../../../src/errors.ts';
import type { FindSandboxHost } from '../../../src/ports/sandbox.ts';
import {
  readVectorKeys,
  vectorEncryption as encryption,
  type VectorKeys,
} from '../../helpers/format-store.ts';
import { makeKeyPair } from '../../encryption/make-key.ts';

let keys: VectorKeys;
beforeAll(async () => {
  keys = await readVectorKeys();
});

const NO_KEYS: DoctorKeys = {
  ...{ recipients: { value: [] }, signingKey: { value: undefined }, trustedSigners: { value: undefined } },
  ...{
    trustedProvers: { value: undefined },
    identity: { value: undefined },
    proofSigningKey: { value: undefined },
  },
  warnings: [],
};

async function look(
  given: Partial<DoctorKeys>,
  { steps = [], hosts = [] }: { readonly steps?: readonly Step[]; readonly hosts?: readonly string[] } = {},
): Promise<Diagnosis> {
  const diagnosis = new Diagnosis();
  const findSandboxHost: FindSandboxHost = (choice) =>
    hosts.includes(choice)
      ? Promise.resolve({} as Awaited<ReturnType<FindSandboxHost>>)
      : Promise.reject(new LifeboatError('sandbox-unavailable', 'no engine', { hint: 'Install Podman.' }));
  await checkRestoreTest(
    { ...NO_KEYS, ...given },
    keys.recipients,
    steps,
    { encryption, findSandboxHost },
    new AbortController().signal,
    diagnosis,
  );
  return diagnosis;
}

const said = (remarks: readonly { readonly what: string }[]) => remarks.map(({ what }) => what);

it('says nothing of what is not given', async () => {
  const { good, findings, unchecked } = await look({});
  expect([good, findings, unchecked]).toEqual([[], [], []]);
});

it('opens with the identity what is encrypted to the recipients', async () => {
  const { good, findings } = await look({ identity: { value: keys.identity } });
  expect({ good: said(good), findings }).toEqual({
    good: ['`identity` opens what is encrypted to the recipients'],
    findings: [],
  });
});

it('finds an identity that is no recipient, and one that cannot be read', async () => {
  const { privateKey } = await makeKeyPair('Somebody else');
  const other = await encryption.readIdentity(privateKey, undefined);
  const { faults, good } = await look({ identity: { value: other } });
  expect(faults).toMatchObject([{ area: 'Restore test', code: 'identity-unfit' }]);
  expect(good).toEqual([]);
  const error = new LifeboatError('input-invalid', 'a wrong passphrase');
  expect((await look({ identity: { error } })).faults).toMatchObject([{ what: 'a wrong passphrase' }]);
});

it('signs with the key for proofs, and asks who believes that', async () => {
  const proofSigningKey = { value: keys.proofSigningKey };
  const good = await look({ proofSigningKey, trustedProvers: { value: keys.trustedProvers } });
  expect(said(good.good)).toEqual(['`proof-signing-key` signs proofs that are believed']);
  expect(good.findings).toEqual([]);
  const unknown = await look({ proofSigningKey });
  expect(said(unknown.unchecked)).toEqual(['who believes its proofs: `trusted-provers` is not given']);
  const stranger = await look({ proofSigningKey, trustedProvers: { value: keys.trustedSigners } });
  expect(stranger.faults).toMatchObject([{ area: 'Restore test', code: 'signature-invalid' }]);
});

it('refuses the key of the backup jobs', async () => {
  const { faults } = await look({
    proofSigningKey: { value: keys.signingKey },
    signingKey: { value: keys.signingKey },
    trustedProvers: { value: keys.trustedSigners },
  });
  expect(said(faults)).toEqual([expect.stringContaining('`proof-signing-key` is the signing key')]);
});

it.each([
  ['restore-test', 'auto', false, ['auto'], ['this machine can make sandboxes (file, job test)'], 0],
  ['restore-test', 'podman', false, ['docker'], [], 1],
  // Of GitHub's machine this one knows nothing.
  ['restore-test', 'auto', true, [], [], 0],
  ['restore-test', undefined, false, [], [], 0],
  ['dump', 'auto', false, [], [], 0],
])(
  '%s with the sandbox %s, hosted: %s, here: %j',
  async (action, sandbox, isHostedRunner, hosts, good, count) => {
    const values = new Map(sandbox === undefined ? [] : [['sandbox', sandbox]]);
    const found = await look(
      {},
      { steps: [{ action, where: 'file, job test', values, isHostedRunner }], hosts },
    );
    expect(said(found.good)).toEqual(good);
    expect(found.warnings).toHaveLength(count);
    if (count > 0)
      expect(found.warnings).toMatchObject([
        {
          what: 'if this is the machine that tests run on (file, job test): no engine',
          fix: 'Install Podman.',
        },
      ]);
  },
);
