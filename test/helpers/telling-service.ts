// A stand-in for the two services that a run tells: one that waits for signs of life, and as much of GitHub's REST API as issues need.
// The real ones are on the internet, and cannot be made to fail.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const REPOSITORY = 'example/ops';
export const TOKEN = 'ghs_canary0123456789';
/** The path of a check is the secret. */
export const CHECK = 'd1665499-e827-441f-bf13-8f15e8f4c0b9';

export interface StoredIssue {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  state_reason?: string | null;
  labels: { name: string }[];
  user: { type: string };
  author_association: string;
  updated_at: string;
  html_url: string;
  pull_request?: object;
  comments: string[];
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a request gets instead of the usual answer: none at all, one that breaks off, one that begins and never ends. */
export type Fault = Answer | 'hang' | 'break' | 'trickle' | undefined;

export class TellingService {
  /** `POST /ping/…/start lifeboat dump: begun`, in the order of their arrival. */
  readonly beats: string[] = [];
  /** `GET /repos/example/ops/issues?…` */
  readonly requests: string[] = [];
  readonly issues: StoredIssue[] = [];
  visibility: 'public' | 'private' = 'private';
  /** Sees every request as it came. */
  onRequest: (request: IncomingMessage) => void = () => undefined;
  /** Asked before a request is answered; it may also change what is there. */
  fault: (request: string) => Fault | Promise<Fault> = () => undefined;
  /** Whether labels of new issues are dropped without a word, as for a token that may not set them. */
  dropsLabels = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TellingService> {
    const server = createServer();
    const service = new TellingService(server);
    server.on('request', (request, response) => void service.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get heartbeatUrl(): string {
    return `${this.address}/ping/${CHECK}`;
  }

  /** What a workflow has in its environment. */
  get variables(): Record<string, string> {
    return {
      GITHUB_API_URL: this.address,
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_SERVER_URL: 'https://github.example.com',
      GITHUB_RUN_ID: '4711',
    };
  }

  get open(): StoredIssue[] {
    return this.issues.filter(({ state }) => state === 'open');
  }

  /** Forgets everything, for the next test. */
  reset(): void {
    for (const list of [this.beats, this.requests, this.issues]) list.length = 0;
    this.visibility = 'private';
    this.fault = () => undefined;
    this.onRequest = () => undefined;
    this.dropsLabels = false;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  add(issue: Partial<StoredIssue>): StoredIssue {
    const number = this.issues.length + 1;
    const added: StoredIssue = {
      number,
      title: '',
      body: '',
      state: 'open',
      labels: [],
      user: { type: 'Bot' },
      author_association: 'NONE',
      updated_at: new Date().toISOString(),
      html_url: `https://github.example.com/${REPOSITORY}/issues/${number}`,
      comments: [],
      ...issue,
    };
    this.issues.push(added);
    return added;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.onRequest(request);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = '', url = '' } = request;
    const line = `${method} ${url}`;
    const isBeat = url.startsWith('/ping/');
    if (isBeat) this.beats.push(`${line} ${body}`);
    else this.requests.push(line);
    const fault = await this.fault(line);
    if (fault === 'hang') return;
    if (fault === 'break') return void request.socket.destroy();
    if (fault === 'trickle') return void response.writeHead(200, { 'content-length': '999' }).write('[');
    const answer = fault ?? (isBeat ? { status: 200, body: 'OK' } : this.#github(request, url, body));
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body ?? '{}');
  }

  #github({ method, headers }: IncomingMessage, url: string, text: string): Answer {
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401 };
    const { pathname, searchParams: query } = new URL(url, this.address);
    const [, path = ''] = /^\/repos\/example\/ops(.*)$/.exec(pathname) ?? [];
    const given = (text === '' ? {} : JSON.parse(text)) as Omit<Partial<StoredIssue>, 'labels'> & {
      labels?: string[];
    };
    if ((given.body ?? '').length > 65_536) return { status: 422 };
    if (path === '')
      return json(200, { private: this.visibility === 'private', visibility: this.visibility });
    if (path === '/issues' && method === 'GET') return json(200, this.#list(query));
    if (path === '/issues' && (given.title ?? '') === '') return { status: 422 };
    if (path === '/issues') {
      const labels = this.dropsLabels ? [] : (given.labels ?? []);
      return json(201, this.add({ ...given, labels: labels.map((name) => ({ name })) }));
    }
    const [, number = '', comments] = /^\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    const issue = this.issues.find((one) => one.number === Number(number));
    if (issue === undefined) return { status: 404 };
    if (comments === undefined) Object.assign(issue, given);
    else issue.comments.push(given.body ?? '');
    return json(comments === undefined ? 200 : 201, issue);
  }

  #list(query: URLSearchParams): StoredIssue[] {
    const [state, label, since, size, page] = ['state', 'labels', 'since', 'per_page', 'page'].map((name) =>
      query.get(name),
    );
    const found = this.issues
      .filter((issue) => state === 'all' || issue.state === state)
      .filter(({ labels }) => label === null || labels.some(({ name }) => name === label))
      .filter(({ updated_at: at }) => since === null || since === undefined || at >= since);
    if (query.get('direction') !== 'asc') found.reverse();
    return found.slice((Number(page) - 1) * Number(size), Number(page) * Number(size));
  }
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
