// The check of the shell scripts goes red for what it is there to find. It needs shellcheck, as the other tests here need servers.
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryCommand } from '../lab/command.ts';
import { useLab } from '../helpers/use-lab.ts';

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'script', 'lint-shell');
let project = '';

beforeEach(async () => {
  project = await mkdtemp(path.join(useLab().directory, 'project-'));
  for (const name of ['.ci', 'script', 'src', 'test']) await mkdir(path.join(project, name));
  await cp(SCRIPT, path.join(project, 'script', 'lint-shell'));
  await chmod(path.join(project, 'script', 'lint-shell'), 0o755);
});
afterEach(() => rm(project, { recursive: true }));

async function lint(file: string, text: string) {
  await writeFile(path.join(project, file), text);
  const { status, stdout } = await tryCommand(path.join(project, 'script', 'lint-shell'), []);
  return { status, said: stdout.toString() };
}

describe('script/lint-shell', () => {
  it('is content with sound scripts', async () => {
    expect(await lint('src/sound.sh', 'printf "%s\\n" "$1"\n')).toEqual({ status: 0, said: '' });
  });

  it.each([
    ['a script without suffix', '.ci/run', '#!/usr/bin/env bash\nrm -rf $1\n', 'SC2086'],
    ['a script with suffix', 'test/build.sh', '#!/bin/bash\ncd /tmp\n', 'SC2164'],
    ['bash in a text for POSIX shells', 'src/session.sh', '[[ -n $1 ]] && echo "$1"\n', 'SC3010'],
  ])('finds what is wrong in %s', async (_, file, text, code) => {
    const { status, said } = await lint(file, text);
    expect(said).toContain(code);
    expect(status).not.toBe(0);
  });
});
