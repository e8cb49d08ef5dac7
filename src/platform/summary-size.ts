// Keeps a job summary far below the size at which GitHub drops it whole.

/** GitHub, "Adding a job summary": at most 1 MiB a step; a fifth of it leaves room and is more than anybody reads. */
export const MAX_SUMMARY_BYTES = 200 * 1_024;
const NOTE = 'This summary was cut; the log has the rest.';

/** The Markdown itself, or its beginning up to a line end with whatever was open closed, and a note. */
export function limitSummary(markdown: string, maxBytes = MAX_SUMMARY_BYTES): string {
  const bytes = Buffer.from(markdown);
  if (bytes.length <= maxBytes) return markdown;
  const head = bytes.subarray(0, maxBytes);
  const kept = head.subarray(0, head.lastIndexOf('\n') + 1).toString();
  return `${kept}${closeOpen(kept)}\n${NOTE}\n`;
}

function closeOpen(markdown: string): string {
  let fence: string | undefined;
  let details = 0;
  for (const line of markdown.split('\n')) {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (fence !== undefined) {
      if (mark === fence && line.trim() === fence) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else details += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
  }
  return `${fence === undefined ? '' : `${fence}\n`}${'\n</details>\n'.repeat(Math.max(0, details))}`;
}
