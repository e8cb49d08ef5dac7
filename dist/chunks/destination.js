import { $t as ruleFor, E as userName, It as port, Mt as line, Pt as password, Qt as group, Rt as text, T as targetPath, Zt as field, f as hostName, i as databaseRules, n as proxyRules, t as proxyInputs } from "./proxy.js";

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

export { destinationRules as n, destinationInputs as t };