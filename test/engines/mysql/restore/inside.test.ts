import { describe, expect, it } from 'vitest';
import { clientErrors, Inside } from '../../../../src/engines/mysql/restore/inside.ts';
import { generateStream } from '../../../helpers/bytes.ts';
import { answering, fakeSandbox } from '../../../helpers/fake-sandbox.ts';

const { signal } = new AbortController();

describe('a client in the sandbox', () => {
  it('reads its text as text, as the account that it is', async () => {
    const { sandbox, calls } = answering({ stdout: 'a\tb\n', stderr: 'note' });
    const inside = new Inside(sandbox, 'mariadb', signal);
    inside.account = 'lifeboat-1';
    const result = await inside.sql('SELECT 1;', '--force');
    expect({ ...result, stdout: result.stdout.toString() }).toEqual({
      exitCode: 0,
      stdout: 'a\tb\n',
      stderr: 'note',
    });
    expect(calls[0]?.stdin).toBe('SELECT 1;');
    const [program, ...options] = calls[0]?.command ?? [];
    expect(program).toBe('mariadb');
    expect(options[0]).toBe('--no-defaults');
    expect(options.at(-1)).toBe('--force');
    // Without binary-mode a dump could have the client run programs.
    expect(options).toEqual(
      expect.arrayContaining(['--binary-mode', '--local-infile=0', '--user=lifeboat-1']),
    );
    expect(inside.logInArguments()).toContain('--user=lifeboat-1');
  });

  it('may be given a stream', async () => {
    const { sandbox, calls } = answering({});
    await new Inside(sandbox, 'mariadb', signal).sql(generateStream(Buffer.from('SELECT 1;SELECT 2;'), 4));
    expect(calls[0]?.stdin).toBe('SELECT 1;SELECT 2;');
  });

  it('says each line as soon as it is whole', async () => {
    const lines: string[] = [];
    const sandbox = fakeSandbox((command, { onStdout }) => {
      expect(command).toContain('--unbuffered');
      for (const piece of ['o', 'ne\ntw', 'o\n\nthr', 'ee\n', 'open']) {
        void onStdout?.(Buffer.from(piece));
        if (piece === 'ne\ntw') expect(lines).toEqual(['one']);
      }
      return Promise.resolve({ exitCode: 3 });
    });
    const result = await new Inside(sandbox, 'mariadb', signal).session(
      generateStream(Buffer.from('x')),
      (line) => lines.push(line),
    );
    expect(lines).toEqual(['one', 'two', '', 'three']);
    expect(result.exitCode).toBe(3);
  });
});

describe('clientErrors', () => {
  it('keeps what the client complains of, and drops the statement', () => {
    const stderr =
      "--------------\nINSERT INTO t VALUES ('secret')\n--------------\n\nERROR 1062 (23000) at line 5: Duplicate entry\n";
    expect(clientErrors(stderr)).toBe('ERROR 1062 (23000) at line 5: Duplicate entry');
    expect(clientErrors('mariadb: unknown option\n')).toBe('mariadb: unknown option');
    expect(clientErrors('ERROR at line 1: Unknown command')).toBe('ERROR at line 1: Unknown command');
  });

  it('keeps everything of another form', () => {
    expect(clientErrors('out of memory')).toBe('out of memory');
    expect(clientErrors('')).toBe('');
  });
});
