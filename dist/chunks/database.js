import { $ as port, J as choice, Q as password, W as ruleFor, Z as line, dt as field, ft as group, h as hostName, x as targetPath } from "./target.js";

// src/inputs/groups/database.ts
const databaseInputs = group("Database", {
	engine: field(choice("mariadb", "mysql"), {
		description: "Kind of the database server. A server of another kind is refused.",
		default: "mariadb"
	}),
	"db-user": field(line, { description: "Database user that dumps. Default: the SSH user, by the socket, without password." }),
	"db-password": field(password, {
		description: "Password of `db-user`. It travels over standard input and never appears in a process list.",
		secret: true
	}),
	"db-password-file": field(targetPath, { description: "File on the target whose first line is the password of `db-user`. It must belong to the SSH user, who alone may read it." }),
	"db-defaults-file": field(targetPath, { description: "Option file of the database client on the target, with a `[client]` section. It must belong to the SSH user, who alone may read it. Excludes `db-user`, `db-password` and `db-password-file`." }),
	"db-host": field(hostName, { description: "Host of the database, seen from the target. Default: the local socket." }),
	"db-port": field(port, { description: "Port of the database, seen from the target." }),
	"db-socket": field(targetPath, { description: "Socket of the database on the target. Excludes `db-host` and `db-port`." })
});
/** The second input must not be given where the first is. */
function excludes(first, second) {
	return ruleFor(databaseInputs, [first, second], (inputs) => Object.values(inputs).every((value) => value !== void 0) ? [{
		input: second,
		what: `cannot be given together with \`${first}\``
	}] : []);
}
const databaseRules = [
	excludes("db-defaults-file", "db-user"),
	excludes("db-defaults-file", "db-password"),
	excludes("db-defaults-file", "db-password-file"),
	excludes("db-password", "db-password-file"),
	excludes("db-socket", "db-host"),
	excludes("db-socket", "db-port"),
	ruleFor(databaseInputs, [
		"db-user",
		"db-password",
		"db-password-file",
		"db-defaults-file"
	], ({ dbUser, dbPassword, dbPasswordFile, dbDefaultsFile }) => (dbPassword ?? dbPasswordFile) !== void 0 && (dbUser ?? dbDefaultsFile) === void 0 ? [{
		input: "db-user",
		what: `nothing is given, but \`${dbPassword === void 0 ? "db-password-file" : "db-password"}\` is`,
		fix: "Say whose password it is."
	}] : [])
];

export { databaseRules as n, databaseInputs as t };