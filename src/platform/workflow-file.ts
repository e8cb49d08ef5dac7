// Reads workflow files: what their YAML says, as plain data.
import { readFile } from 'node:fs/promises';
import { parse, YAMLError } from 'yaml';
import { LifeboatError } from '../errors.ts';

/** Throws `input-invalid`. */
export async function readWorkflow(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLError)
      throw new LifeboatError('input-invalid', `${path} is not YAML: ${error.message.split('\n')[0] ?? ''}`, {
        hint: 'GitHub would not run it. Mind the indentation: blanks, no tabs.',
      });
    if (error instanceof Error && 'code' in error)
      throw new LifeboatError('input-invalid', `${path} cannot be read (${String(error.code)})`, {
        hint: 'Give the path as it is seen from here: .github/workflows/….yml',
      });
    throw error;
  }
}
