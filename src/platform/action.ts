// What an entry hands to the platform: an action's declaration, and how it is put together and run.
import type { ActionDeclaration, Rule, Surroundings } from '../inputs/declaration.ts';
import type { Declaration, InputsOf } from '../inputs/field.ts';
import { type Checked, type Checks, gatherInputs } from '../inputs/gather.ts';
import type { InputSource } from '../inputs/source.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { AmbientCredentials, GitHubPlace, IdTokenRequest } from './environment.ts';

/** What a run may use besides its inputs. */
export interface RunContext {
  readonly reporter: Reporter;
  /** Lines of what was asked for, for standard output, cleaned as everything is; false when nobody reads them any more. */
  readonly print: (lines: readonly string[]) => Promise<boolean>;
  /** Fires when the run is to stop; everything must be undone within HARD_STOP_MS. */
  readonly signal: AbortSignal;
  /** Mode 0700, removed when the run ends. */
  readonly temporaryDirectory: string;
  readonly surroundings: Surroundings;
  /** For people who find a lock: the address of the run, or process and machine. */
  readonly origin: string;
  /** Taken out of the environment at the start; later code finds nothing there. */
  readonly ambientCredentials: AmbientCredentials | undefined;
  readonly idTokenRequest: IdTokenRequest | undefined;
  readonly github: GitHubPlace;
  /** Asks whoever sits at the terminal; undefined where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export interface RunnableAction {
  /** Throws a LifeboatError, or anything else for a bug. */
  run(source: InputSource, context: RunContext): Promise<void>;
}

export interface ActionEntry {
  readonly declaration: ActionDeclaration;
  /** Loads adapters and their vendors; called when secrets are hidden and out of the environment. */
  load(): Promise<RunnableAction>;
}

export type ActionRegistry = Readonly<Record<string, ActionEntry>>;

export interface Wiring<D extends Declaration, C extends Checks> {
  /** Rules that need an adapter to answer. */
  readonly rules?: readonly Rule[];
  readonly checks: (context: RunContext) => C;
  readonly run: (inputs: InputsOf<D>, checked: Checked<C>, context: RunContext) => Promise<void>;
}

/** Reads the inputs, tells all their problems at once, and only then runs. */
export function defineAction<D extends Declaration, C extends Checks>(
  declaration: ActionDeclaration<D>,
  wiring: Wiring<D, C>,
): RunnableAction {
  return {
    run: async (source, context) => {
      const { inputs, checked } = await gatherInputs(declaration, source, context.surroundings, {
        rules: wiring.rules ?? [],
        checks: wiring.checks(context),
      });
      await wiring.run(inputs, checked, context);
    },
  };
}
