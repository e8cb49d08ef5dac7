// What GitHub's runner would obey in a log: `::name properties::message` at the beginning of a line, and its predecessor
// `##[name properties]message` anywhere in one. Written after the runner's own parser (ActionCommand.cs), not after our printer.

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: string;
  /** With the runner's own escapes undone. */
  readonly message: string;
}

export function findCommands(log: string): WorkflowCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => {
    const command = parseCurrent(line.trimStart()) ?? parseOld(line);
    return command === undefined ? [] : [command];
  });
}

function parseCurrent(line: string): WorkflowCommand | undefined {
  const end = line.startsWith('::') ? line.indexOf('::', 2) : -1;
  return end < 0 ? undefined : split(line.slice(2, end), line.slice(end + 2));
}

function parseOld(line: string): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  return end < 0 ? undefined : split(line.slice(start + 3, end), line.slice(end + 1));
}

function split(head: string, message: string): WorkflowCommand {
  const [name = '', ...properties] = head.split(' ');
  return { name, properties: properties.join(' '), message: unescape(message) };
}

function unescape(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}
