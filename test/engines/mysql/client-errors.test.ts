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

  const explain = (said: string) =>
    explainClientFailure(
      { label: 'dump', reports: [], statuses: new Map([['dump', 3]]), stderr: new Map([['dump', said]]) },
      'dump',
    );

  it.each([
    [
      'mariadb-dump: Error 2013: Lost connection to server during query when dumping table `t` at row: 1045',
      'db-unreachable',
      'ended the connection in the middle',
    ],
    [
      'mariadb-dump: Got error: 2002: "Can\'t connect to local server" when trying to connect',
      'db-unreachable',
      'cannot be reached',
    ],
    [
      'mariadb-dump: Got error: 1045: "Access denied for user" when trying to connect',
      'db-access-denied',
      'refused',
    ],
    [
      "Error: Couldn't read status information for table last ()\nmariadb-dump: Couldn't execute 'show create table `last`': Table 'd.last' doesn't exist (1146)",
      'catalogue-changed',
      "Table 'd.last' doesn't exist (1146)",
    ],
    [
      'mariadb-dump: Error 1412: Table definition has changed when dumping table `t` at row: 0',
      'catalogue-changed',
      '1412',
    ],
  ])('%s', (said, code, words) => {
    expect(explain(said)).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  it('is left to others when it holds no number of an error', () => {
    expect(explain('mariadb-dump: Got errno 32 on write')).toBeUndefined();
    expect(explain('mariadb-dump: something about table `1045` at row: 2013')).toBeUndefined();
  });
});
