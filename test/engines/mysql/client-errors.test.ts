import { describe, expect, it } from 'vitest';
import { explainClientFailure } from '../../../src/engines/mysql/client-errors.ts';

describe('what a client said about its failure', () => {
  it('is the line with the error, not the statement that the client repeats before it', () => {
    const said =
      "--------------\nSELECT 1 FROM mysql.proc\n--------------\n\nERROR 1142 (42000) at line 1: SELECT command denied to user 'dump'@'localhost' for table `mysql`.`proc`\n";
    const outcome = {
      label: 'question',
      reports: [],
      statuses: new Map([['query', 1]]),
      stderr: new Map([['query', said]]),
    };
    const error = explainClientFailure(outcome, 'query');
    expect(error).toMatchObject({ code: 'db-rights-missing' });
    expect(error?.message).toContain('question: the dump user lacks a right: ERROR 1142 (42000)');
  });
});
