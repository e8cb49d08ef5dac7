// The types of openpgp.js speak of a package that is not installed with it (it is bundled); without this they are all errors.
declare module '@openpgp/web-stream-tools' {
  import type { ReadableStream } from 'node:stream/web';
  export type WebStream<T> = ReadableStream<T>;
  export type NodeWebStream<T> = ReadableStream<T>;
}
