// Typed rules catch floating promises; the fences say which layer may import which (docs/architecture.md).
import tseslint from 'typescript-eslint';
import { importX } from 'eslint-plugin-import-x';

const restrict = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const vendors = {
  actions: { group: ['@actions/*'], message: 'Only src/platform talks to the runner.' },
  ssh: { group: ['node-ssh', 'ssh2'], message: 'Only src/remote speaks SSH.' },
  aws: { group: ['@aws-sdk/*', '@smithy/*'], message: 'Only src/store speaks S3.' },
  openpgp: { group: ['openpgp', 'openpgp/*'], message: 'Only src/encryption knows OpenPGP.' },
  yaml: { group: ['yaml'], message: 'Only src/platform reads workflow files.' },
};
const allVendors = Object.values(vendors);
const layers = (names) => ({
  group: names.flatMap((name) => [`../${name}/*`, `../../${name}/*`, `../../../${name}/*`]),
  message: 'Layers import downwards only: entries, actions, (inputs, ports), domain, errors.',
});
const adapters = ['remote', 'engines', 'files', 'store', 'encryption', 'sandbox', 'platform'];
const without = (name) => adapters.filter((other) => other !== name);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.lab/', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'no-console': 'error',
    },
  },
  { files: ['*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
  restrict(
    ['src/errors.ts', 'src/domain/**'],
    [
      ...allVendors,
      layers(['actions', 'entries', 'inputs', 'ports', ...adapters]),
      { group: ['node:*', '!node:crypto', '!node:buffer'], message: 'The domain does no I/O.' },
    ],
  ),
  restrict(['src/ports/**'], [...allVendors, layers(['actions', 'entries', 'inputs', ...adapters])]),
  restrict(['src/inputs/**'], [...allVendors, layers(['actions', 'entries', ...adapters])]),
  restrict(['src/actions/**'], [...allVendors, layers(['entries', ...adapters])]),
  restrict(
    ['src/remote/**'],
    [
      vendors.actions,
      vendors.aws,
      vendors.openpgp,
      vendors.yaml,
      layers(['actions', 'entries', 'inputs', ...without('remote')]),
    ],
  ),
  restrict(
    ['src/store/**'],
    [
      vendors.actions,
      vendors.ssh,
      vendors.openpgp,
      vendors.yaml,
      layers(['actions', 'entries', 'inputs', ...without('store')]),
    ],
  ),
  restrict(
    ['src/encryption/**'],
    [
      vendors.actions,
      vendors.ssh,
      vendors.aws,
      vendors.yaml,
      layers(['actions', 'entries', 'inputs', ...without('encryption')]),
    ],
  ),
  restrict(
    ['src/engines/**'],
    [...allVendors, layers(['actions', 'entries', 'inputs', ...without('engines')])],
  ),
  restrict(
    ['src/sandbox/**'],
    [...allVendors, layers(['actions', 'entries', 'inputs', ...without('sandbox')])],
  ),
  restrict(
    ['src/platform/**'],
    [vendors.ssh, vendors.aws, vendors.openpgp, layers(['actions', 'entries', ...without('platform')])],
  ),
  restrict(['src/entries/**'], allVendors),
  {
    files: ['src/**'],
    ignores: ['src/platform/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/platform reads the environment.' },
      ],
    },
  },
);
