// A registry on the loopback interface with one image, of one empty layer: there is none that tests could reach. It speaks as much of
// the protocol as a pull needs.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface ImageRegistry {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly reference: string;
  /** `sha256:…` of the image. */
  readonly id: string;
  close(): void;
}

/** The end of an archive. */
const EMPTY_TAR = Buffer.alloc(1_024);

export async function startImageRegistry(): Promise<ImageRegistry> {
  const layer = gzipSync(EMPTY_TAR);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: 'amd64', os: 'linux', config: {} },
      rootfs: { type: 'layers', diff_ids: [digest(EMPTY_TAR)] },
    }),
  );
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: bytes.length,
    digest: digest(bytes),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: type, config: describe('container.image.v1+json', config) },
      layers: [describe('image.rootfs.diff.tar.gzip', layer)],
    }),
  );
  const bodies: Readonly<Record<string, Buffer>> = {
    '/v2/': Buffer.from('{}'),
    '/v2/small/manifests/1': manifest,
    [`/v2/small/manifests/${digest(manifest)}`]: manifest,
    [`/v2/small/blobs/${digest(config)}`]: config,
    [`/v2/small/blobs/${digest(layer)}`]: layer,
  };
  const server = createServer((request, response) => {
    const body = bodies[request.url ?? ''];
    if (body === undefined) return void response.writeHead(404).end();
    const headers = { 'content-length': body.length, 'docker-content-digest': digest(body) };
    response.writeHead(200, { ...headers, 'content-type': body === manifest ? type : 'application/json' });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    reference: `${address}/small:1`,
    id: digest(config),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
