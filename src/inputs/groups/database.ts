// Inputs that say how the database is reached from the target, and which of them exclude each other.
import { type Rule, ruleFor } from '../declaration.ts';
import { field, group } from '../field.ts';
import { choice, line, password, port } from '../kinds.ts';
import { containerName, hostName, targetPath } from '../names.ts';
import type { Problem } from '../problem.ts';

export const databaseInputs = group('Database', {
  engine: field(choice('mariadb', 'mysql'), {
    description: 'Kind of the database server. A server of another kind is refused.',
    default: 'mariadb',
  }),
  'db-user': field(line, {
    description: 'Database user that dumps. Default: the SSH user, by the socket, without password.',
  }),
  'db-password': field(password, {
    description: 'Password of `db-user`. It travels over standard input and never appears in a process list.',
    secret: true,
  }),
  'db-password-file': field(targetPath, {
    description:
      'File on the target whose first line is the password of `db-user`. It must belong to the SSH user, who alone may read it.',
  }),
  'db-defaults-file': field(targetPath, {
    description:
      'Option file of the database client on the target, with a `[client]` section. It must belong to the SSH user, who alone may read it. Excludes `db-user`, `db-password` and `db-password-file`.',
  }),
  'db-host': field(hostName, {
    description: 'Host of the database, seen from the target. Default: the local socket.',
  }),
  'db-port': field(port, {
    description: 'Port of the database, seen from the target.',
  }),
  'db-socket': field(targetPath, {
    description: 'Socket of the database on the target. Excludes `db-host` and `db-port`.',
  }),
  'db-container': field(containerName, {
    description:
      'Name or id of a Docker or Podman container on the target that the database runs in. The dump client of the container is used, nothing has to be published, and every other `db-…` input is meant inside it, `db-password-file` (`/run/secrets/…`) included.',
  }),
});

type DatabaseInput = keyof typeof databaseInputs;

/** The second input must not be given where the first is. */
function excludes(first: DatabaseInput, second: DatabaseInput): Rule {
  return ruleFor(databaseInputs, [first, second], (inputs): Problem[] =>
    Object.values(inputs).every((value) => value !== undefined)
      ? [{ input: second, what: `cannot be given together with \`${first}\`` }]
      : [],
  );
}

export const databaseRules: readonly Rule[] = [
  excludes('db-defaults-file', 'db-user'),
  excludes('db-defaults-file', 'db-password'),
  excludes('db-defaults-file', 'db-password-file'),
  excludes('db-password', 'db-password-file'),
  excludes('db-socket', 'db-host'),
  excludes('db-socket', 'db-port'),
  ruleFor(
    databaseInputs,
    ['db-user', 'db-password', 'db-password-file', 'db-defaults-file'],
    ({ dbUser, dbPassword, dbPasswordFile, dbDefaultsFile }): Problem[] =>
      (dbPassword ?? dbPasswordFile) !== undefined && (dbUser ?? dbDefaultsFile) === undefined
        ? [
            {
              input: 'db-user',
              what: `nothing is given, but \`${dbPassword === undefined ? 'db-password-file' : 'db-password'}\` is`,
              fix: 'Say whose password it is.',
            },
          ]
        : [],
  ),
];
