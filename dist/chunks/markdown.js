import { nn as showUnseen } from "./proxy.js";

// src/domain/text/markdown.ts
const INLINE = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	$: "&#36;",
	"	": " ",
	"@": "@<wbr>",
	"#": "#<wbr>"
};
const SPECIAL = /[\\`*[\]|~!&<>$@#\t]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const AUTOMATIC = /:(?=\/\/|[\w+-]+:)|www(?=\.)|GH(?=-\d)/gi;
const BLOCK_START = /^( ?)([-+=]|\d{1,9}(?=[.)]))/;
/** Two or more blanks mean something at both ends of a line. */
const OUTER_SPACE = /^ (?= )|(?<= ) $/g;
/** Text that is shown as it is, at any place of a line and in table cells; unseen characters become visible escapes. */
function escapeMarkdown(text) {
	return showUnseen(text).replace(SPECIAL, (character) => INLINE[character] ?? `\\${character}`).replace(AUTOMATIC, "$&<wbr>").replace(BLOCK_START, (_, space, mark) => /\d/.test(mark) ? `${space}${mark}<wbr>` : `${space}\\${mark}`).replace(OUTER_SPACE, "&#32;");
}
/** Text in a fixed-width font, safe at any place of a line and in table cells. An empty text gives an empty string. */
function codeSpan(text) {
	const visible = showUnseen(text).replaceAll("	", " ");
	if (visible === "") return "";
	if (!/[`|\\]|^ | $/.test(visible)) return `\`${visible}\``;
	return `<code>${visible.replace(/[^\p{L}\p{N} ,/-]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`)}</code>`;
}
/** A sentence in which parts between backquotes are shown in a fixed-width font, and everything else as it is. */
function formatSentence(text) {
	const parts = text.split("`");
	if (!(parts.length % 2 === 1 && parts.slice(1, -1).every((part) => part !== ""))) return escapeMarkdown(text);
	return parts.map((part, index) => index % 2 === 1 ? codeSpan(part) : escapeMarkdown(part)).join("");
}
/** A fenced block; only line feeds and tabs of the text stay what they are. */
function codeBlock(text, language = "") {
	const lines = text.replace(/\n$/, "").split("\n").map(showUnseen);
	const longestFence = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
	const fence = "`".repeat(longestFence + 1);
	return [
		`${fence}${language}`,
		...lines,
		fence
	].join("\n");
}
/** A table; cells are Markdown without line feeds, already escaped. Short rows are filled with empty cells. */
function markdownTable(columns, rows) {
	const line = (cells) => `| ${columns.map((_, index) => cells[index] ?? "").join(" | ")} |`;
	return [
		line(columns.map(({ title }) => title)),
		line(columns.map(({ align }) => align === "right" ? "---:" : "---")),
		...rows.map(line)
	].join("\n");
}
/** A folded part of a summary; the title is plain text, the body Markdown. */
function foldedDetails(title, body) {
	return `<details><summary>${showUnseen(title).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</summary>\n\n${body}\n\n</details>`;
}

export { formatSentence as a, foldedDetails as i, codeSpan as n, markdownTable as o, escapeMarkdown as r, codeBlock as t };