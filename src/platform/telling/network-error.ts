// Says why a request got no answer, without its address.

/** A few words: `ECONNREFUSED`, "no answer in time". */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'there was no answer in time';
  // Messages of `fetch` hold host names; their causes have codes.
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}
