import { describe, expect, it } from 'vitest';
import { LifeboatError } from '../../src/errors.ts';
import { describeFailure } from '../../src/platform/failure.ts';

const BASE = 'https://github.com/octo/lifeboat/blob/v1/';

describe('an error for the user', () => {
  const error = new LifeboatError('db-rights-missing', 'the user `dump` lacks rights\n- SELECT on *shop*', {
    hint: 'GRANT SELECT ON `shop`.* TO dump;\nGRANT EVENT ON `shop`.* TO dump;',
    cause: new Error('denied'),
  });

  it('becomes one annotation with code, hint and link', () => {
    const failure = describeFailure(error, 'dump', BASE);
    expect(failure).toMatchObject({
      exitCode: 1,
      title: 'Lifeboat dump: failed (db-rights-missing)',
      message: [error.message, error.hint, `See ${BASE}docs/troubleshooting.md#db-rights-missing`].join('\n'),
      isBug: false,
    });
    expect(failure.trace).toContain('denied');
  });

  it('becomes a summary whose first line is the verdict, and whose values are text', () => {
    expect(describeFailure(error, 'dump', BASE).summary).toBe(
      [
        '## Lifeboat dump: failed (db-rights-missing)',
        'the user `dump` lacks rights\n- SELECT on \\*shop\\*',
        '```text\nGRANT SELECT ON `shop`.* TO dump;\nGRANT EVENT ON `shop`.* TO dump;\n```',
        `[More about db-rights-missing](${BASE}docs/troubleshooting.md#db-rights-missing)`,
      ].join('\n\n'),
    );
  });

  it.each([
    ['input-invalid', 2, 'not configured'],
    ['target-busy', 5, 'busy'],
    ['cancelled', 130, 'cancelled'],
    ['store-denied', 1, 'failed'],
  ] as const)('of code %s ends with %d', (code, exitCode, verdict) => {
    const failure = describeFailure(new LifeboatError(code, 'x'), 'dump', '');
    expect(failure).toMatchObject({ exitCode, title: `Lifeboat dump: ${verdict} (${code})` });
    expect(failure.message).toBe(`x\nSee docs/troubleshooting.md#${code}`);
  });
});

describe('anything else', () => {
  it('is a bug and shows its stack with its causes', () => {
    const failure = describeFailure(
      new TypeError('x is not a function', { cause: new Error('below') }),
      'dump',
      '',
    );
    expect(failure).toMatchObject({ exitCode: 1, title: 'Lifeboat dump: failed by a bug', isBug: true });
    expect(failure.message).toContain('TypeError: x is not a function');
    expect(failure.trace).toMatch(/TypeError: x[^]*at [^]*Caused by: Error: below/);
  });

  it('may be no error at all', () => {
    expect(describeFailure('oops', 'dump', '').message).toContain('oops');
  });
});
