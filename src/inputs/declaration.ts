// An action as its users see it: name, inputs, outputs, and the rules that hold between inputs.
import type { Declaration, InputsOf } from './field.ts';
import type { Problem } from './problem.ts';

export interface OutputDeclaration {
  readonly description: string;
  /** What a value looks like. */
  readonly example: string;
  /** Completes "empty when …". */
  readonly emptyWhen: string;
}

/** What rules may know besides the inputs. */
export interface Surroundings {
  /** Whether the machine is one of GitHub's own and gone after the job. */
  readonly isHostedRunner: boolean;
  /** Whether a workflow runs the action as a step, and not a person or a script the command line. */
  readonly isWorkflow?: boolean;
  /** Whether the job may ask GitHub for a token that says which workflow it is. */
  readonly hasIdToken?: boolean;
  /** Whether there is somebody at a terminal who can be asked. */
  readonly canAsk?: boolean;
  /** Whether it is known which repository on GitHub the run belongs to. */
  readonly hasRepository?: boolean;
}

/** A rule between inputs; it is asked only when every input that it needs could be read. */
export interface Rule {
  readonly needs: readonly string[];
  check(inputs: object, surroundings: Surroundings): readonly Problem[];
}

/** Makes rules for inputs of a declaration: `check` gets exactly the inputs that it asked for. */
export function ruleFor<D extends Declaration, K extends keyof D & string>(
  _declaration: D,
  needs: readonly K[],
  check: (inputs: InputsOf<Pick<D, K>>, surroundings: Surroundings) => readonly Problem[],
): Rule {
  return { needs, check: (inputs, surroundings) => check(inputs as InputsOf<Pick<D, K>>, surroundings) };
}

export interface ActionDeclaration<D extends Declaration = Declaration> {
  /** The verb: `dump`. */
  readonly name: string;
  /** One sentence, below 125 characters. */
  readonly description: string;
  readonly inputs: D;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
  readonly rules: readonly Rule[];
  /** An input that the command line also takes without its flag: `lifeboat fetch latest`. */
  readonly positional?: string;
  /** No step of a workflow: there is no folder with an action.yml for it. */
  readonly isCommandLineOnly?: true;
}
