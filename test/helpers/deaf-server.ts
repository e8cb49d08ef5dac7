// A server that is there but takes no connection: its thread sleeps and its queue is full, so that the kernel drops what asks
// for more. Made up, since no real server can be brought to do it on demand.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const SLEEPER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** Linux takes one connection more than the backlog says. */
const QUEUE_LENGTH = 2;

export class DeafServer {
  readonly endpoint: URL;
  readonly #worker: Worker;
  readonly #queue: Socket[];

  private constructor(port: number, worker: Worker, queue: Socket[]) {
    this.endpoint = new URL(`http://127.0.0.1:${port}`);
    this.#worker = worker;
    this.#queue = queue;
  }

  static async start(): Promise<DeafServer> {
    const worker = new Worker(SLEEPER, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    const queue = Array.from({ length: QUEUE_LENGTH }, () => connect(port, '127.0.0.1'));
    await Promise.all(queue.map((socket) => once(socket, 'connect')));
    return new DeafServer(port, worker, queue);
  }

  async stop(): Promise<void> {
    for (const socket of this.#queue) socket.destroy();
    await this.#worker.terminate();
  }
}
