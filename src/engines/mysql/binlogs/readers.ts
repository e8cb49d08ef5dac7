// Who is connected to be sent binary logs, by names that stay the same from connection to connection.

/** Behind a host that came by TCP: of `10.0.0.7:50123`, `::1:50123`, `[::1]:50123`. A socket has none. */
const PORT = /:\d+$/;
const BRACKETS = /^\[(.*)\]$/;

/**
 * @param rows user and host as the list of processes has them, with a tab between
 * Two of one user on one host are two: `replica@10.0.0.7`, `replica@10.0.0.7 (2)`.
 */
export function nameReaders(rows: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return rows.map((row) => {
    const [user = '', host = ''] = row.split('\t');
    const name = `${user}@${host.replace(PORT, '').replace(BRACKETS, '$1')}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
