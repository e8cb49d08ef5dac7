// Runs actions from a command line: `lifeboat <action> --<input> value`.
import { createInterface } from 'node:readline/promises';
import { exitCodeOf } from '../domain/exit-codes.ts';
import { showUnseen } from '../domain/text/visible.ts';
import { nearestName } from '../inputs/nearest.ts';
import type { ActionRegistry } from './action.ts';
import { readEnvironment, type Variables } from './environment.ts';
import { createFlagSource } from './flags.ts';
import { renderActionHelp, renderHelp } from './help.ts';
import { startRun } from './start.ts';
import { createTerminalPrinter } from './terminal-printer.ts';

/** Of a terminal that says 0, as some do over a serial line or in a pipe of their own. */
const DEFAULT_COLUMNS = 80;
const HELP_FLAGS = ['--help', '-h'];

/** `args` are those after the name of the program. */
export async function runOnCommandLine(
  registry: ActionRegistry,
  args: readonly string[],
  version: string,
): Promise<never> {
  const [command = '', ...rest] = args;
  const declarations = Object.values(registry).map(({ declaration }) => declaration);
  if (HELP_FLAGS.includes(command) || command === 'help') return leave(renderHelp(declarations));
  if (command === '--version') return leave(`lifeboat ${version}\n`);
  const entry = Object.hasOwn(registry, command) ? registry[command] : undefined;
  if (entry === undefined) return refuse(command, Object.keys(registry));
  if (rest.some((argument) => HELP_FLAGS.includes(argument)))
    return leave(renderActionHelp(entry.declaration));

  const environment = readEnvironment();
  const otherNames = declarations.flatMap(({ inputs }) => Object.keys(inputs));
  const { inputs, positional } = entry.declaration;
  const source = createFlagSource(rest, environment.variables, inputs, otherNames, positional);
  const printer = createTerminalPrinter({
    log: process.stderr,
    summary: process.stdout,
    hasColours: process.stderr.isTTY && !environment.variables['NO_COLOR'],
    columns: canRedraw(environment.variables) ? () => process.stderr.columns || DEFAULT_COLUMNS : undefined,
  });
  return startRun(entry, source, environment, printer, canAsk() ? { ask } : {});
}

function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  terminal.once('close', () => resolve(''));
  // The terminal hands Ctrl-C to whoever reads it.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}

function canRedraw({ TERM, GITHUB_ACTIONS }: Variables): boolean {
  return process.stderr.isTTY && TERM !== 'dumb' && GITHUB_ACTIONS !== 'true';
}

function leave(text: string): never {
  process.stdout.write(text);
  process.exit(exitCodeOf('good'));
}

function refuse(command: string, names: readonly string[]): never {
  const nearest = nearestName(command, names);
  const lines = [
    command === '' ? 'lifeboat: no action is given' : `lifeboat: there is no action "${showUnseen(command)}"`,
    nearest === undefined ? `Actions: ${names.join(', ')}` : `Did you mean "${nearest}"?`,
    'Try: lifeboat --help',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(exitCodeOf('configuration'));
}
