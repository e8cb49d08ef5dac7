// Hands an HTTP request on to a server, whole, and brings its whole answer back: for what stands between the product and a real server.
import { once } from 'node:events';
import { request as forward, type IncomingMessage } from 'node:http';

export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export async function forwardRequest(
  upstream: URL,
  request: IncomingMessage,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const { hostname, port } = upstream;
  const { method, url: path, headers } = request;
  const outgoing = forward({ hostname, port, method, path, headers: { ...headers } });
  outgoing.end(body);
  const [head] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answered = { ...head.headers };
  for (const name of ['connection', 'transfer-encoding']) Reflect.deleteProperty(answered, name);
  return { status: head.statusCode ?? 500, headers: answered, body: await readBody(head) };
}

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
