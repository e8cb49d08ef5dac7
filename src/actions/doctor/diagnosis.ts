// What is found out, check by check: what is good, what is not, and what could not be looked at. A check that fails ends nothing.
import { LifeboatError, type ErrorCode } from '../../errors.ts';
import type { Tolerate } from '../../ports/engine.ts';

export const AREAS = [
  'Keys',
  'Store',
  'Server',
  'Database',
  'Binary logs',
  'Files',
  'Restore test',
  'Telling',
  'Workflow',
] as const;
export type Area = (typeof AREAS)[number];

export interface Finding {
  readonly area: Area;
  /** A fault fails a dump, or makes it worth less than it seems; anything else is a warning. */
  readonly isFault: boolean;
  readonly what: string;
  /** One sentence, or lines ready to paste; undefined where `what` says it all. */
  readonly fix: string | undefined;
  /** What a dump would fail with. */
  readonly code?: ErrorCode;
}

export interface Remark {
  readonly area: Area;
  readonly what: string;
}

export class Diagnosis {
  readonly findings: Finding[] = [];
  readonly good: Remark[] = [];
  /** With the reason. */
  readonly unchecked: Remark[] = [];
  /** What the checks left in the store, by key. */
  readonly leftBehind: string[] = [];

  get faults(): readonly Finding[] {
    return this.findings.filter(({ isFault }) => isFault);
  }

  get warnings(): readonly Finding[] {
    return this.findings.filter(({ isFault }) => !isFault);
  }

  /** The result of the check, or undefined when it failed: then that is a fault. `what` says what is good when nothing was found. */
  async check<T>(area: Area, what: string, work: () => Promise<T>): Promise<T | undefined> {
    const before = this.findings.length;
    try {
      const result = await work();
      if (this.findings.length === before) this.good.push({ area, what });
      return result;
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.code === 'cancelled') throw error;
      this.fail(area, error);
      return undefined;
    }
  }

  fail(area: Area, { message, hint, code }: LifeboatError): void {
    this.findings.push({ area, isFault: true, what: message, fix: hint, code });
  }

  /** For an engine that goes on after a fault. */
  failing(area: Area): Tolerate {
    return (fault) => this.fail(area, fault);
  }

  fault(area: Area, what: string, fix: string): void {
    this.findings.push({ area, isFault: true, what, fix });
  }

  warn(area: Area, what: string, fix?: string): void {
    this.findings.push({ area, isFault: false, what, fix });
  }

  skip(area: Area, what: string, why: string): void {
    this.unchecked.push({ area, what: `${what}: ${why}` });
  }
}
