// A stand-in for GitHub's token service and for AWS's service of roles: neither is to be had here. What is asked of neither goes to an
// S3 server, where there is one.
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { forwardRequest, readBody } from './forward-request.ts';

export const ROLE_ARN = 'arn:aws:iam::123456789012:role/lifeboat-writer';
export const REQUEST_TOKEN = 'request-token-canary';
export const ID_TOKEN = 'id-token-canary';
export const SESSION_TOKEN = 'session+canary/==';
const TOKEN_PATH = '/token';

export interface RoleKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: Readonly<Record<string, string>>;
}

export class RoleServices {
  readonly asked: Asked[] = [];
  /** By path: status and text of the first answers; after them what is usual. */
  answers: Record<string, [number, string][]> = {};
  /** How long keys are valid. */
  lifeMs = 3_600_000;
  /** Those that the role has, by how many there were before. */
  keys: (before: number) => RoleKeys;
  readonly #server: Server;
  readonly #upstream: URL | undefined;

  private constructor(keys: (before: number) => RoleKeys, upstream: URL | undefined) {
    this.keys = keys;
    this.#upstream = upstream;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(keys: (before: number) => RoleKeys, upstream?: URL): Promise<RoleServices> {
    const services = new RoleServices(keys, upstream);
    services.#server.listen(0, '127.0.0.1');
    await once(services.#server, 'listening');
    return services;
  }

  get endpoint(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** As GitHub gives it to a job. */
  get tokenUrl(): string {
    return `${this.endpoint.origin}${TOKEN_PATH}?api-version=2.0`;
  }

  /** How often the role was asked for. */
  get roleCount(): number {
    return this.asked.filter(({ form }) => 'Action' in form).length;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { pathname, search } = new URL(request.url ?? '', 'http://any');
    const isRole = request.method === 'POST' && pathname === '/';
    if (pathname !== TOKEN_PATH && !isRole && this.#upstream !== undefined) {
      const answer = await forwardRequest(this.#upstream, request, body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    const before = this.roleCount;
    const form = Object.fromEntries(new URLSearchParams(body.toString()));
    this.asked.push({ path: `${pathname}${search}`, headers: request.headers, form });
    const usual = isRole ? this.#renderKeys(before) : JSON.stringify({ value: ID_TOKEN });
    const [status, text] = this.answers[pathname]?.shift() ?? [200, usual];
    response.writeHead(status).end(text);
  }

  #renderKeys(before: number): string {
    const { accessKeyId, secretAccessKey } = this.keys(before);
    return `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
      <AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
      <SessionToken>${SESSION_TOKEN}</SessionToken>
      <Expiration>${new Date(Date.now() + this.lifeMs).toISOString()}</Expiration>
    </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
  }
}
