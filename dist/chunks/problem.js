import { in as LifeboatError, nn as showUnseen } from "./proxy.js";

// src/inputs/problem.ts
/** As much of a value as is quoted in a message. */
const MAX_QUOTED_CHARACTERS = 60;
const SECRET_LOOK = /PRIVATE KEY|-----BEGIN|:\/\/[^/\s]*:[^/\s]*@/i;
/** The value in quotation marks, shortened; "the value" when it may hold a secret that was put in the wrong place. */
function quoteValue(value) {
	if (SECRET_LOOK.test(value)) return "the value";
	const visible = showUnseen(value.trim());
	return `"${visible.length > MAX_QUOTED_CHARACTERS ? `${visible.slice(0, MAX_QUOTED_CHARACTERS).toWellFormed()}…` : visible}"`;
}
function formatProblem({ input, what, accepted, fix }) {
	const clause = what.startsWith(`\`${input}\``) ? what : `\`${input}\`: ${what}`;
	return [accepted === void 0 ? clause : `${clause}; accepted: ${accepted}`, fix].filter((sentence) => sentence !== void 0).map((sentence) => /[.!?]$/.test(sentence) ? sentence : `${sentence}.`).join(" ");
}
/** One error for all problems. `cause` is kept where there is a single one. */
function problemsError(action, problems, cause) {
	const heading = problems.length === 1 ? `An input of \`${action}\` cannot be used:` : `${problems.length} problems with the inputs of \`${action}\`:`;
	return new LifeboatError("input-invalid", [heading, ...problems.map((problem) => `- ${formatProblem(problem)}`)].join("\n"), {
		hint: `Every input of \`${action}\` is described in docs/reference/${action}.md.`,
		cause
	});
}

export { quoteValue as n, problemsError as t };