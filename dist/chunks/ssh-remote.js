import { n as connectSsh, u as enlargeWindow } from "./ssh-connection.js";
import { n as randomBoundary, r as startSession, t as bootCommand } from "./session.js";

// src/remote/ssh-remote.ts
function createSshRemote(options) {
	return { async open(sessionOptions, signal) {
		const connection = await connectSsh(options, signal);
		try {
			const boundary = randomBoundary();
			const channel = await connection.exec(bootCommand(boundary));
			enlargeWindow(channel, connection.roundTripMs);
			const fingerprint = connection.hostKeyFingerprint;
			return closingWith(await startSession(adapt(channel, connection), boundary, sessionOptions, fingerprint, signal), connection);
		} catch (error) {
			await connection.end();
			throw error;
		}
	} };
}
/** The session, and the end of the connection with it. */
function closingWith(session, connection) {
	return {
		hostKeyFingerprint: session.hostKeyFingerprint,
		run: (task, explain) => session.run(task, explain),
		seal: (task, explain) => session.seal(task, explain),
		close: async () => {
			await session.close();
			await connection.end();
		}
	};
}
function adapt(channel, connection) {
	const { promise: closed, resolve } = Promise.withResolvers();
	channel.once("close", (code) => {
		resolve({
			exitCode: code ?? void 0,
			...connection.lostError ? { error: connection.lostError } : {}
		});
	});
	connection.lost.then((error) => {
		resolve({
			exitCode: void 0,
			error
		});
	});
	return {
		stdin: channel,
		stdout: channel,
		stderr: channel.stderr,
		closed,
		destroy: () => {
			channel.destroy();
		}
	};
}

export { createSshRemote as n, adapt as t };