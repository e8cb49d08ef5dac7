// Makes an old S3 server of the lab's new one, for what Ceph 16 was seen to do otherwise; everything else is the real server's. A real
// one takes another minute of every run to build. It does not say what it is; it takes conditional writes and ignores the condition, in
// buckets with versions; it gives objects of parts an empty ETag; and it refuses bodies that are streamed with a checksum behind them.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompleteMultipartUploadCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { forwardRequest, readBody, type ForwardedAnswer } from './forward-request.ts';
import { renderS3Error } from './s3-operations.ts';

export class OldS3Proxy {
  readonly #server: Server;
  readonly #upstream: URL;
  readonly #owner: S3Client;

  private constructor(upstream: URL, owner: S3Client) {
    this.#upstream = upstream;
    this.#owner = owner;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** `owner` writes what the new server refuses. */
  static async start(upstream: URL, owner: S3Client): Promise<OldS3Proxy> {
    const proxy = new OldS3Proxy(upstream, owner);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.headers['x-amz-trailer'] !== undefined) {
      response.writeHead(411, { 'content-type': 'application/xml' });
      return void response.end(renderS3Error('MissingContentLength'));
    }
    const refused = await forwardRequest(this.#upstream, request, body);
    const isIgnored = refused.status === 412 && request.headers['if-none-match'] !== undefined;
    const answer = isIgnored ? await this.#write(request.url ?? '', body, refused) : refused;
    const text = answer.body.toString('latin1');
    const isCompletion = text.includes('<CompleteMultipartUploadResult');
    const shown = isCompletion ? Buffer.from(text.replace(/<ETag>.*<\/ETag>/, '<ETag></ETag>')) : answer.body;
    const headers = { ...answer.headers };
    Reflect.deleteProperty(headers, 'server');
    response.writeHead(answer.status, { ...headers, 'content-length': shown.length }).end(shown);
  }

  /** The same write without its condition. */
  async #write(url: string, body: Buffer, refused: ForwardedAnswer): Promise<ForwardedAnswer> {
    const { pathname, searchParams } = new URL(url, 'http://any');
    const [, Bucket = '', ...rest] = decodeURIComponent(pathname).split('/');
    const address = { Bucket, Key: rest.join('/') };
    const uploadId = searchParams.get('uploadId');
    const head = (versionId = '') => ({
      'x-amz-request-id': refused.headers['x-amz-request-id'],
      'x-amz-version-id': versionId,
      'content-type': 'application/xml',
      date: new Date().toUTCString(),
    });
    if (uploadId === null) {
      const { ETag, VersionId } = await this.#owner.send(new PutObjectCommand({ ...address, Body: body }));
      return { status: 200, headers: { ...head(VersionId), etag: ETag }, body: Buffer.alloc(0) };
    }
    const parts = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      PartNumber: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      ETag: /([0-9a-f]{32})/.exec(part)?.[1],
    }));
    const { VersionId } = await this.#owner.send(
      new CompleteMultipartUploadCommand({
        ...address,
        UploadId: uploadId,
        MultipartUpload: { Parts: parts },
      }),
    );
    const answer = '<CompleteMultipartUploadResult><ETag>any</ETag></CompleteMultipartUploadResult>';
    return { status: 200, headers: head(VersionId), body: Buffer.from(answer) };
  }
}
