// A fake of an S3 server, for answers that no real server gives on demand: it keeps nothing, checks nothing, and says what a
// test tells it to say; otherwise what a server says when all is well.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nameOperation, renderS3Error } from './s3-operations.ts';

export interface StubRequest {
  readonly operation: string;
  /** How many requests of this operation came before, from 0. */
  readonly index: number;
  /** `/bucket/key`. */
  readonly path: string;
  /** As it was sent: `prefix=store%2Fatlas%2F`. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection breaks after the body. */
  readonly isCut?: boolean;
}

export type Script = (request: StubRequest) => StubAnswer | 'reset' | 'hang' | undefined;

export class S3Stub {
  script: Script = () => undefined;
  readonly requests: StubRequest[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const operation = nameOperation(method, url);
        const known: StubRequest = {
          operation,
          index: this.requests.filter((other) => other.operation === operation).length,
          path: url.replace(/\?.*$/, ''),
          query: url.replace(/^[^?]*\??/, ''),
          headers,
          body: Buffer.concat(chunks),
        };
        this.requests.push(known);
        const scripted = this.script(known);
        if (scripted === 'reset') return void request.socket.resetAndDestroy();
        if (scripted === 'hang') return;
        const answer = { ...answerAsUsual(known), ...(scripted && { status: 200, ...scripted }) };
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/xml', ...answer.headers });
        if (answer.isCut !== true) return void response.end(answer.body);
        response.write(answer.body, () => request.socket.destroy());
      });
    });
  }

  static async start(): Promise<S3Stub> {
    const stub = new S3Stub();
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get endpoint(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  get operations(): string[] {
    return this.requests.map(({ operation }) => operation);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export function refuse(status: number, code: string, message = ''): StubAnswer {
  return { status, body: renderS3Error(code, message) };
}

function answerAsUsual({ operation, body }: StubRequest): StubAnswer {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  switch (operation) {
    case 'PutObject':
      return { headers: { etag, 'x-amz-version-id': 'version-1' } };
    case 'UploadPart':
      return { headers: { etag } };
    case 'CreateMultipartUpload':
      return {
        body: '<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>',
      };
    case 'CompleteMultipartUpload':
      return {
        headers: { 'x-amz-version-id': 'version-1' },
        body: '<CompleteMultipartUploadResult><ETag>"whole-2"</ETag></CompleteMultipartUploadResult>',
      };
    case 'AbortMultipartUpload':
      return { status: 204 };
    default:
      return refuse(403, 'AccessDenied');
  }
}
