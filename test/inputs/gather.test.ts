import { describe, expect, expectTypeOf, it } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import { type ActionDeclaration, ruleFor } from '../../src/inputs/declaration.ts';
import { field, group } from '../../src/inputs/field.ts';
import { checkFor, gatherInputs } from '../../src/inputs/gather.ts';
import { boolean, choice, duration, line, port, text } from '../../src/inputs/kinds.ts';
import { databases } from '../../src/inputs/names.ts';
import type { InputSource } from '../../src/inputs/source.ts';

const inputs = group('All', {
  'ssh-port': field(port, { description: 'Port.', default: '22' }),
  'ssh-key': field(text, { description: 'Key.', required: true, secret: true }),
  server: field(line, { description: 'Server.', required: true }),
  timeout: field(duration({ min: 1_000, max: 10_000 }), { description: 'Time.' }),
  databases: field(databases, { description: 'What.', default: '*' }),
  mode: field(choice('fast', 'slow'), { description: 'Mode.', default: 'fast' }),
  'dry-run': field(boolean, { description: 'Only look.', default: 'false' }),
});

const action: ActionDeclaration<typeof inputs> = {
  name: 'float',
  description: 'Float',
  inputs,
  outputs: {},
  rules: [
    ruleFor(inputs, ['mode', 'timeout'], ({ mode, timeout }) =>
      mode === 'fast' && timeout !== undefined ? [{ input: 'timeout', what: 'only for slow mode' }] : [],
    ),
    ruleFor(inputs, ['server'], ({ server }, { isHostedRunner }) =>
      isHostedRunner && server === 'local' ? [{ input: 'server', what: 'not on a hosted runner' }] : [],
    ),
  ],
};

function source(values: Record<string, string>, more: Partial<InputSource> = {}): InputSource {
  return {
    read: (name) => values[name],
    howToGive: (name) => `Give ${name}.`,
    problems: [],
    warnings: [],
    ...more,
  };
}

const NOWHERE = { isHostedRunner: false };
const GOOD = { 'ssh-key': 'the key', server: 'atlas' };

async function failure(promise: Promise<unknown>): Promise<LifeboatError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LifeboatError)) throw new Error('no LifeboatError', { cause: error });
  return error;
}

it('reads everything into one typed object', async () => {
  const gathered = await gatherInputs(action, source({ ...GOOD, 'ssh-key': 'a\r\nb\r\n' }), NOWHERE, {
    checks: {},
  });
  expect(gathered.inputs).toEqual({
    sshPort: 22,
    sshKey: 'a\nb',
    server: 'atlas',
    timeout: undefined,
    databases: '*',
    mode: 'fast',
    dryRun: false,
  });
  expectTypeOf(gathered.inputs).toEqualTypeOf<{
    readonly sshPort: number;
    readonly sshKey: string;
    readonly server: string;
    readonly timeout: number | undefined;
    readonly databases: '*' | readonly string[];
    readonly mode: 'fast' | 'slow';
    readonly dryRun: boolean;
  }>();
});

it('takes a blank value for none', async () => {
  const { inputs: read } = await gatherInputs(
    action,
    source({ ...GOOD, 'ssh-port': ' \n', timeout: '' }),
    NOWHERE,
    {
      checks: {},
    },
  );
  expect(read).toMatchObject({ sshPort: 22, timeout: undefined });
});

describe('problems', () => {
  it('are told all at once, in the order of the declaration, with what is accepted', async () => {
    const error = await failure(
      gatherInputs(
        action,
        source(
          { 'ssh-port': 'abc', timeout: '3h', mode: 'fsat' },
          { problems: [{ input: 'sever', what: 'there is no such input', fix: 'Did you mean `server`?' }] },
        ),
        NOWHERE,
        { checks: {} },
      ),
    );
    expect(error.code).toBe('input-invalid');
    expect(error.message.split('\n')).toEqual([
      '6 problems with the inputs of `float`:',
      '- `sever`: there is no such input. Did you mean `server`?',
      '- `ssh-port`: "abc" is not a whole number; accepted: a whole number from 1 to 65535.',
      expect.stringMatching(
        /^- `ssh-key`: nothing is given\. .*fork.*looks exactly like this\. Give ssh-key\.$/,
      ),
      '- `server`: nothing is given. Give server.',
      expect.stringMatching(
        /^- `timeout`: "3h" is out of range; accepted: a duration such as .*1\.0 s to 10 s\.$/,
      ),
      '- `mode`: "fsat" is not one of the choices; accepted: one of `fast`, `slow`.',
    ]);
  });

  it('never quote a secret, nor what looks like one in the wrong place', async () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n';
    const secretPort = {
      ...inputs,
      'ssh-key': field(port, { description: 'x', required: true, secret: true }),
    };
    const error = await failure(
      gatherInputs(
        { ...action, inputs: secretPort, rules: [] },
        source({ server: key, 'ssh-key': 'hunter22' }),
        NOWHERE,
        {
          checks: {},
        },
      ),
    );
    expect(error.message).toContain('`server`: the value has more than one line');
    expect(error.message).toContain('`ssh-key`: the value is not a whole number');
    expect(error.message).not.toMatch(/hunter22|OPENSSH/);
  });

  it('show unseen characters of a value, and only its beginning', async () => {
    const error = await failure(
      gatherInputs(action, source({ ...GOOD, 'ssh-port': `1\u202e${'2'.repeat(500)}` }), NOWHERE, {
        checks: {},
      }),
    );
    expect(error.message).toContain('"1\\u202e222');
    expect(error.message.length).toBeLessThan(300);
  });

  it('of rules are found when the inputs of the rule can be read', async () => {
    const error = await failure(
      gatherInputs(
        action,
        source({ ...GOOD, timeout: '5s', server: 'local' }),
        { isHostedRunner: true },
        { checks: {} },
      ),
    );
    expect(error.message).toContain('- `timeout`: only for slow mode.');
    expect(error.message).toContain('- `server`: not on a hosted runner.');
    const other = await failure(
      gatherInputs(action, source({ ...GOOD, timeout: '5s', mode: 'x' }), NOWHERE, { checks: {} }),
    );
    expect(other.message).not.toContain('only for slow mode');
  });

  it('of the source stand for the input: nothing else is said about it', async () => {
    const problems = [{ input: 'ssh-key', what: 'given in plain sight' }];
    const error = await failure(
      gatherInputs(action, source({ server: 'a' }, { problems }), NOWHERE, { checks: {} }),
    );
    expect(error.message.match(/`ssh-key`/g)).toHaveLength(1);
  });
});

describe('checks', () => {
  const refuse = (code: 'recipient-unusable' | 'input-invalid', message: string) => () => {
    throw new LifeboatError(code, message, { hint: 'Make another.' });
  };

  it('hand over what they found', async () => {
    const { checked } = await gatherInputs(action, source(GOOD), NOWHERE, {
      checks: { length: checkFor(inputs, ['ssh-key'], ({ sshKey }) => Promise.resolve(sshKey.length)) },
    });
    expect(checked.length).toBe(7);
    expectTypeOf(checked).toEqualTypeOf<{ readonly length: number }>();
  });

  it('are told together with all other problems', async () => {
    const error = await failure(
      gatherInputs(action, source({ ...GOOD, mode: 'x' }), NOWHERE, {
        checks: {
          key: checkFor(inputs, ['ssh-key'], refuse('recipient-unusable', 'the key is expired')),
          name: checkFor(inputs, ['server'], refuse('input-invalid', '`server` takes another')),
        },
      }),
    );
    expect(error.code).toBe('input-invalid');
    expect(error.message).toContain('- `ssh-key`: the key is expired. Make another.');
    expect(error.message).toContain('- `server` takes another. Make another.');
    expect(error.message).toContain('- `mode`:');
  });

  it('keep their own code when theirs is the only problem', async () => {
    const error = await failure(
      gatherInputs(action, source(GOOD), NOWHERE, {
        checks: { key: checkFor(inputs, ['ssh-key'], refuse('recipient-unusable', 'the key is expired')) },
      }),
    );
    expect(error.code).toBe('recipient-unusable');
  });

  it('are not asked about inputs that could not be read', async () => {
    let asked = 0;
    const check = checkFor(inputs, ['mode', 'server'], () => (asked += 1));
    await failure(gatherInputs(action, source({ ...GOOD, mode: 'x' }), NOWHERE, { checks: { check } }));
    expect(asked).toBe(0);
  });

  it('that fail by a bug are no problem of the user', async () => {
    const check = checkFor(inputs, ['server'], () => {
      throw new TypeError('a bug');
    });
    await expect(gatherInputs(action, source(GOOD), NOWHERE, { checks: { check } })).rejects.toThrow(
      TypeError,
    );
  });
});
