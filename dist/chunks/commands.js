import { F as excerpt } from "./store-settings.js";
import { t as shellQuote } from "./shell.js";
import { in as LifeboatError } from "./proxy.js";

// src/actions/commands.ts
/** What the session needs for `after`. */
const COMMAND_TOOLS = ["setsid", "timeout"];
/** sh(1): 128 and the number of the signal; `timeout` ends what takes too long with KILL. */
const KILLED = 137;
function hasCommands({ before, after }) {
	return (before ?? after) !== void 0;
}
/** Programs that the target must have for them. */
function commandTools(inputs) {
	return hasCommands(inputs) ? COMMAND_TOOLS : [];
}
/** Returns what the work gave, and how `after` failed. Throws `before-failed`, and what the work throws. */
async function withCommands(commands, work) {
	try {
		await runBefore(commands);
		return {
			value: await work(),
			failure: await runAfter(commands)
		};
	} catch (error) {
		if (commands.after !== void 0) commands.reporter.info("the server runs `after` by itself now");
		throw error;
	}
}
/** Fails a run, and says what there is all the same: `what` is stored. */
function afterFailed(what, { code, message, hint, cause }) {
	const options = {
		...hint === void 0 ? {} : { hint },
		cause
	};
	return new LifeboatError(code, `${what} is stored and counts, but ${message}`, options);
}
async function handOverAfter({ after, session }) {
	if (after === void 0) return;
	const script = `printf '%s\n' ${shellQuote(after)} >"$D/after" && mkdir "$D/after_is_due"`;
	await session.run({
		label: "`after`, to be run later",
		script,
		stages: []
	});
}
/** From here on `after` is due: who does not come to `runAfter` leaves it to the end of the session. Throws `before-failed`. */
async function runBefore(commands) {
	const { before } = commands;
	await handOverAfter(commands);
	if (before === void 0) return;
	await run(commands, {
		label: "`before`",
		script: `printf '%s\n' ${shellQuote(before)} >"$D/before"; stage before run_before`,
		stages: ["before"]
	}, (how) => {
		return new LifeboatError("before-failed", `\`before\` ${how}`, { hint: "Nothing was stored. The lines above are what the commands said; `after` is run all the same." });
	});
}
/** Returns how it failed. */
async function runAfter(commands) {
	if (commands.after === void 0) return void 0;
	const script = "take_after && stage after run_after";
	try {
		await run(commands, {
			label: "`after`",
			script,
			stages: ["after"]
		}, (how) => {
			return new LifeboatError("after-failed", `\`after\` ${how}`, { hint: "Look at the server: what `before` stopped may still be stopped." });
		});
		return;
	} catch (error) {
		if (!(error instanceof LifeboatError)) throw error;
		if (error.code === "after-failed") return error;
		return new LifeboatError("after-failed", `\`after\` was not seen to end: ${error.message}`, {
			hint: "The server runs it by itself when its session ends. Look whether it did.",
			cause: error
		});
	}
}
async function run({ session, reporter }, task, fail) {
	const [stage = ""] = task.stages;
	const explain = (outcome) => {
		const status = outcome.statuses.get(stage);
		if (status === void 0 || status === 0) return void 0;
		const said = excerpt(outcome.stderr.get(stage) ?? "");
		return fail(`ended with status ${status}${status === KILLED ? " (killed)" : ""}${said === "" ? "" : `:\n${said}`}`);
	};
	await reporter.group(`Run ${task.label}`, async () => {
		const { stderr } = await session.run(task, explain);
		const said = (stderr.get(stage) ?? "").trimEnd();
		if (said !== "") reporter.info(said);
	});
}

export { runBefore as a, runAfter as i, commandTools as n, withCommands as o, hasCommands as r, afterFailed as t };