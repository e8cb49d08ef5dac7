// The accounts that dump and that ship binary logs: how they are made, and exactly what they may do. The pages in docs/ and `init` have their statements from here.

/** An account name as SQL writes it, for those that `ssh-user` and `db-user` can be. */
export type Account = `${string}@${string}`;

const ON_EVERYTHING = {
  mariadb: ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'BINLOG MONITOR', 'SLAVE MONITOR'],
  mysql: ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'RELOAD', 'REPLICATION CLIENT'],
} as const;
/** Of these there is only one for the whole server. */
const ON_THE_SERVER = {
  mariadb: ['RELOAD', 'BINLOG MONITOR', 'SLAVE MONITOR'],
  mysql: ['RELOAD', 'REPLICATION CLIENT', 'SHOW_ROUTINE'],
} as const;
const ON_A_DATABASE = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT'];

type Flavour = keyof typeof ON_EVERYTHING;

/** What is written to every table, and no table itself. */
const BINLOGS = {
  mariadb: ['REPLICATION SLAVE', 'BINLOG MONITOR', 'RELOAD'],
  mysql: ['REPLICATION SLAVE', 'REPLICATION CLIENT', 'RELOAD'],
} as const;

/** `lifeboat@localhost`, quoted where SQL wants it. */
export function accountOf(user: string): Account {
  return /^[a-z][a-z0-9_]*$/.test(user) ? `${user}@localhost` : `${quoteName(user)}@localhost`;
}

/** Of the one that dumps, the account beside it: whoever ships binary logs needs to read no table. */
export function binlogAccountOf(user: string): { readonly user: string; readonly account: Account } {
  const name = `${user}_binlogs`;
  return { user: name, account: accountOf(name) };
}

/** Without a password the database server lets in the operating-system user of the same name, over the socket. */
export function createStatement(flavour: Flavour, account: Account, password?: string): string {
  const socket = flavour === 'mariadb' ? 'VIA unix_socket' : 'WITH auth_socket';
  const how = password === undefined ? socket : `BY '${password.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  return `CREATE USER ${account} IDENTIFIED ${how};`;
}

export function grantStatements(
  flavour: Flavour,
  account: Account,
  databases: '*' | readonly string[],
): string[] {
  if (databases === '*') return [`GRANT ${ON_EVERYTHING[flavour].join(', ')} ON *.* TO ${account};`];
  return [
    `GRANT ${ON_THE_SERVER[flavour].join(', ')} ON *.* TO ${account};`,
    ...databases.map((name) => {
      // In a grant the name of a database is a pattern.
      const pattern = quoteName(name.replaceAll(/[_%]/g, String.raw`\$&`));
      return `GRANT ${ON_A_DATABASE.join(', ')} ON ${pattern}.* TO ${account};`;
    }),
    `GRANT SELECT ON \`mysql\`.* TO ${account};`,
  ];
}

export function binlogGrantStatement(flavour: Flavour, account: Account): string {
  return `GRANT ${BINLOGS[flavour].join(', ')} ON *.* TO ${account};`;
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
