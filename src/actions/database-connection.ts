// From the inputs of the group "Database" to the connection that engines take.
import type { InputsOf } from '../inputs/field.ts';
import type { databaseInputs } from '../inputs/groups/database.ts';
import type { DatabaseConnection } from '../ports/engine.ts';

type DatabaseInputs = Omit<InputsOf<typeof databaseInputs>, 'engine'>;
/** Not every action reaches into containers. */
type ConnectionInputs = Omit<DatabaseInputs, 'dbContainer'> & Partial<DatabaseInputs>;

export function connectionOf(inputs: ConnectionInputs): DatabaseConnection {
  const { dbUser, dbPassword, dbPasswordFile, dbDefaultsFile, dbHost, dbPort, dbSocket, dbContainer } =
    inputs;
  return {
    ...(dbUser === undefined ? {} : { user: dbUser }),
    ...(dbPassword === undefined ? {} : { password: dbPassword }),
    ...(dbPasswordFile === undefined ? {} : { passwordFile: dbPasswordFile }),
    ...(dbDefaultsFile === undefined ? {} : { defaultsFile: dbDefaultsFile }),
    ...(dbHost === undefined ? {} : { host: dbHost }),
    ...(dbPort === undefined ? {} : { port: dbPort }),
    ...(dbSocket === undefined ? {} : { socket: dbSocket }),
    ...(dbContainer === undefined ? {} : { container: dbContainer }),
  };
}
