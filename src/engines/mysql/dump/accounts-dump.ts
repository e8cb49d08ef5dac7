// How each flavour's accounts become text, as shell: on the target and, to compare, in a sandbox.
//
// mariadb-dump writes a text that can be loaded. mysqldump knows accounts since 9 only, and what it writes cannot: CREATE USER fails where
// the account is there, or names a role that comes later. So MySQL's accounts are what SHOW CREATE USER and SHOW GRANTS say of each.
import { text as formatProgram } from './accounts-format.pl';
import { NOT_RESERVED } from '../catalogue.ts';
import type { Flavour } from '../versions.ts';

export type AccountsDump =
  /** The dump tool, with these options, prints the text. */
  | { readonly by: 'dump tool'; readonly options: readonly string[] }
  /** The SQL client is asked `question`, with LIST_OPTIONS; it runs the answer with `options`, and `format` makes the text of that. */
  | {
      readonly by: 'statements';
      readonly question: string;
      readonly options: readonly string[];
      /** Perl. */
      readonly format: string;
    };

const CHARSET = '--default-character-set=utf8mb4';

/** Names as they are: the answer is SQL. */
export const LIST_OPTIONS = ['--batch', '--raw', '--skip-column-names', CHARSET] as const;

const ACCOUNT = `QUOTE(User), '@', QUOTE(Host)`;
/** Roles that somebody has by default come first: CREATE USER names them. */
const IS_DEFAULT_ROLE = `EXISTS (SELECT 1 FROM mysql.default_roles AS d WHERE d.DEFAULT_ROLE_USER = user.User AND d.DEFAULT_ROLE_HOST = user.Host)`;

/** The format program knows the two marks. */
const MYSQL_QUESTION = `SET SESSION sql_mode = '';
SELECT 'SET SESSION sql_mode = '''', print_identified_with_as_hex = ON;';
SELECT CONCAT('SHOW CREATE USER ', ${ACCOUNT}, ';') FROM mysql.user WHERE ${NOT_RESERVED} ORDER BY ${IS_DEFAULT_ROLE} DESC, User, Host;
SELECT CONCAT('SELECT ''lifeboat-account''; SHOW GRANTS FOR ', ${ACCOUNT}, ';') FROM mysql.user WHERE ${NOT_RESERVED} ORDER BY User, Host;
SELECT 'SELECT ''lifeboat-end'';';
`;

export const ACCOUNTS_DUMPS: Readonly<Record<Flavour, AccountsDump>> = {
  mariadb: { by: 'dump tool', options: [CHARSET, '--comments', '--insert-ignore', '--system=users'] },
  mysql: {
    by: 'statements',
    question: MYSQL_QUESTION,
    // Line breaks escaped: one statement a line.
    options: ['--batch', '--skip-column-names', '--binary-mode', CHARSET],
    format: formatProgram,
  },
};
