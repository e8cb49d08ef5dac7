// src/domain/text/shell.ts
/** One word of POSIX shell that stands for exactly these characters. Throws on NUL, which no shell word can hold. */
function shellQuote(text) {
	if (text.includes("\0")) throw new TypeError("a shell word cannot hold a NUL character");
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
/** Several words, separated by spaces. */
function shellQuoteAll(words) {
	return words.map(shellQuote).join(" ");
}

export { shellQuoteAll as n, shellQuote as t };