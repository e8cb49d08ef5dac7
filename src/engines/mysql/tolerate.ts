// What becomes of a fault that leaves more to be looked at: a dump ends with it, somebody who wants to know all of them goes on.
import { LifeboatError } from '../../errors.ts';
import type { Tolerate } from '../../ports/engine.ts';

/** As a dump does it. */
export function refuse(fault: LifeboatError): never {
  throw fault;
}

/** Hands what `check` throws to `tolerate`. */
export function checkWith(tolerate: Tolerate, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    tolerate(error);
  }
}
