import { D as targetPath, O as userName, X as ruleFor, _t as field, at as port, d as proxyInputs, et as choice, f as proxyRules, g as containerName, it as password, rt as line, st as text, vt as group, x as hostName } from "./target.js";

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
	"db-socket": field(targetPath, { description: "Socket of the database on the target. Excludes `db-host` and `db-port`." }),
	"db-container": field(containerName, { description: "Name or id of a Docker or Podman container on the target that the database runs in. The dump client of the container is used, nothing has to be published, and every other `db-…` input is meant inside it, `db-password-file` (`/run/secrets/…`) included." })
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

// src/inputs/groups/destination.ts
const destinationInputs = group("Where to", {
	"ssh-host": field(hostName, { description: "SSH server whose database is restored into, with the client program of that machine. Default: the machine that this runs on." }),
	"ssh-port": field(port, {
		description: "Port of the SSH server.",
		default: "22"
	}),
	"ssh-user": field(userName, { description: "User to log in as, who may start the database client." }),
	"ssh-key": field(text, {
		description: "Private key of that user, in OpenSSH or PEM format, with its line breaks.",
		secret: true
	}),
	"ssh-key-passphrase": field(password, {
		description: "Passphrase of `ssh-key`, where it has one.",
		secret: true
	}),
	"ssh-known-hosts": field(text, { description: "Host keys that the SSH server may show: lines of a `known_hosts` file, hashed ones too, or `ssh-ed25519 SHA256:…`." }),
	...proxyInputs,
	"db-user": field(line, { description: "Database user that restores: it may create and fill the new databases, not only read. Default: the user of the operating system, by the socket, without password." }),
	"db-password": field(password, {
		description: "Password of `db-user`. It travels over standard input and never appears in a process list.",
		secret: true
	}),
	"db-password-file": field(targetPath, { description: "File on that machine whose first line is the password of `db-user`. It must belong to the user that logs in, who alone may read it." }),
	"db-defaults-file": field(targetPath, { description: "Option file of the database client on that machine, with a `[client]` section. Excludes `db-user`, `db-password` and `db-password-file`." }),
	"db-host": field(hostName, { description: "Host of the database, seen from that machine. Default: the local socket." }),
	"db-port": field(port, { description: "Port of the database, seen from that machine." }),
	"db-socket": field(targetPath, { description: "Socket of the database on that machine. Excludes `db-host` and `db-port`." })
});
const NEEDED_WITH_HOST = [
	"ssh-user",
	"ssh-key",
	"ssh-known-hosts"
];
const SSH_ONLY = [
	...NEEDED_WITH_HOST,
	"ssh-key-passphrase",
	"ssh-proxy-host"
];
const destinationRules = [
	...databaseRules,
	...proxyRules,
	...NEEDED_WITH_HOST.map((name) => ruleFor(destinationInputs, ["ssh-host", name], ({ sshHost, ...one }) => sshHost !== void 0 && Object.values(one)[0] === void 0 ? [{
		input: name,
		what: "nothing is given, but `ssh-host` is"
	}] : [])),
	...SSH_ONLY.map((name) => ruleFor(destinationInputs, ["ssh-host", name], ({ sshHost, ...one }) => sshHost === void 0 && Object.values(one)[0] !== void 0 ? [{
		input: name,
		what: "only with `ssh-host`, for which nothing is given"
	}] : []))
];

export { databaseRules as i, destinationRules as n, databaseInputs as r, destinationInputs as t };