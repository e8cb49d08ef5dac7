// Reads the filter's `facts` file: what was noticed about the dump as a whole.

export interface DumpFacts {
  readonly bytes: number;
  readonly hasTrailer: boolean;
  /** The text ended inside a statement. */
  readonly isOpen: boolean;
  readonly restSha256: string;
  readonly coordinates: { readonly file: string; readonly position: number; readonly gtid: string } | null;
  readonly databaseBytes: ReadonlyMap<string, number>;
  /** Lines in which the dump tool excuses itself for something that is not in the dump. */
  readonly complaints: readonly string[];
}

export function parseFacts(text: string): DumpFacts {
  const lines = text.split('\n').filter((line) => line !== '');
  const all = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const one = (name: string) => all(name)[0];
  const file = one('file');
  const databaseBytes = all('database').map((value) => {
    const space = value.lastIndexOf(' ');
    return [JSON.parse(value.slice(0, space)) as string, Number(value.slice(space + 1))] as const;
  });
  return {
    bytes: Number(one('bytes') ?? 0),
    hasTrailer: one('trailer') === '1',
    isOpen: one('open') === '1',
    restSha256: one('rest') ?? '',
    coordinates:
      file === undefined ? null : { file, position: Number(one('position') ?? 0), gtid: one('gtid') ?? '' },
    databaseBytes: new Map(databaseBytes),
    complaints: all('complaint'),
  };
}
