// Stands between the store adapter and a real S3 server and does to chosen requests what networks and servers do to them. The
// faults are made here because a real server does not show them on demand; everything else is the real server's.
import { once } from 'node:events';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nameOperation, renderS3Error } from './s3-operations.ts';

export type S3Fault =
  /** The connection breaks before the server hears of the request. */
  | 'reset'
  /** The server does what it was asked, and the connection breaks before its answer. */
  | 'lose-answer'
  /** Does it, and half of the answer arrives. */
  | 'cut-answer'
  /** Does it, and a gateway in between says 502. */
  | 'bad-gateway'
  /** 503 SlowDown, nothing done. */
  | 'slow-down'
  | 'internal-error'
  | 'too-many-requests'
  /** Never answers. */
  | 'hang'
  /** Takes a kilobyte of the request a second. */
  | 'crawl'
  /** 501 for conditional writes, as from a provider that does not know them; requests without a condition pass. */
  | 'no-conditions'
  /** One bit of an object's data is another when it arrives; requests without data pass. */
  | 'flip';

export interface ProxiedRequest {
  /** From 1, over all requests. */
  readonly number: number;
  readonly operation: string;
  /** Path and query: attempts of one request have the same. */
  readonly url: string;
}

const ANSWERS: Partial<Record<S3Fault, readonly [number, string]>> = {
  'slow-down': [503, 'SlowDown'],
  'internal-error': [500, 'InternalError'],
  'too-many-requests': [429, 'TooManyRequests'],
};

export class S3FaultProxy {
  /** Decides what happens to a request; undefined lets it pass. */
  decide: (request: ProxiedRequest) => S3Fault | undefined = () => undefined;
  /** Called when the server has done what it was asked, before anybody hears of it. */
  whenDone: (request: ProxiedRequest) => void = () => undefined;
  readonly operations: string[] = [];
  readonly #server: Server;
  readonly #upstream: URL;
  readonly #pending = new Set<Promise<unknown>>();

  private constructor(upstream: URL) {
    this.#upstream = upstream;
    this.#server = createServer((request, response) => {
      const handled = this.#handle(request, response).catch(() => response.destroy());
      this.#pending.add(handled);
      void handled.finally(() => this.#pending.delete(handled));
    });
  }

  static async start(upstream: URL): Promise<S3FaultProxy> {
    const proxy = new S3FaultProxy(upstream);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** Returns when nothing is under way to the server any more: also what was sent by somebody who is dead by now. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const operation = nameOperation(method, url);
    this.operations.push(operation);
    const proxied = { number: this.operations.length, operation, url };
    const fault = this.decide(proxied);
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault === 'crawl') return void crawl(request);
    const body = await readBody(request);
    if (fault === 'hang') return;
    if (fault === 'no-conditions' && request.headers['if-none-match'] !== undefined) {
      response.writeHead(501, { 'content-type': 'application/xml' }).end(renderS3Error('NotImplemented'));
      return;
    }
    const [status, code] = (fault === undefined ? undefined : ANSWERS[fault]) ?? [];
    if (status !== undefined && code !== undefined) {
      response.writeHead(status, { 'content-type': 'application/xml' }).end(renderS3Error(code));
      return;
    }
    if (fault === 'flip' && (operation === 'PutObject' || operation === 'UploadPart')) {
      body.writeUInt8(body.readUInt8(body.length >> 1) ^ 1, body.length >> 1);
    }
    const answer = await this.#ask(request, body);
    this.whenDone(proxied);
    this.#pass(answer, fault, request, response);
  }

  async #ask(request: IncomingMessage, body: Buffer): Promise<{ head: IncomingMessage; body: Buffer }> {
    const { hostname, port } = this.#upstream;
    const { method, url: path, headers } = request;
    const outgoing = forward({ hostname, port, method, path, headers: { ...headers } });
    outgoing.end(body);
    const [head] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { head, body: await readBody(head) };
  }

  #pass(
    { head, body }: { head: IncomingMessage; body: Buffer },
    fault: S3Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const { statusCode = 500, headers } = head;
    delete headers['transfer-encoding'];
    delete headers.connection;
    switch (fault) {
      case 'lose-answer':
        request.socket.resetAndDestroy();
        break;
      case 'bad-gateway':
        response
          .writeHead(502, { 'content-type': 'text/html' })
          .end('<html><body>Bad gateway<br></body></html>');
        break;
      case 'cut-answer':
        response.writeHead(statusCode, { ...headers, 'content-length': body.length + 100 });
        response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
        response.flushHeaders();
        break;
      default:
        response.writeHead(statusCode, { ...headers, 'content-length': body.length }).end(body);
    }
  }
}

/** Until the other side has had enough. */
async function crawl(request: IncomingMessage): Promise<void> {
  request.pause();
  while (!request.socket.destroyed) {
    request.read(1_000);
    await sleep(1_000);
  }
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
