// Fills the generated parts of pages that people write: what stands between `<!-- generated:NAME -->` and `<!-- /generated -->`.

const BLOCK = /<!-- generated:([a-z-]+) -->\n[^]*?<!-- \/generated -->/g;

/** The page with every block made anew. Throws for a block that nobody makes, and for a marker without its other end. */
export function fillMarkers(page: string, blocks: Readonly<Record<string, string>>): string {
  const filled = page.replace(BLOCK, (_, name: string) => {
    const block = Object.hasOwn(blocks, name) ? blocks[name] : undefined;
    if (block === undefined) throw new Error(`nothing makes the block "${name}"`);
    return `<!-- generated:${name} -->\n\n${block}\n\n<!-- /generated -->`;
  });
  const [begins, ends] = [/<!-- generated:/g, /<!-- \/generated -->/g].map(
    (marker) => filled.match(marker)?.length ?? 0,
  );
  const pairs = filled.match(BLOCK)?.length ?? 0;
  if (begins !== pairs || ends !== pairs) throw new Error('a generated block has no beginning or no end');
  return filled;
}
