// A source of any size that lies nowhere: the target's dump client is replaced by one that calls the real one and, where the real
// one writes the only row of a table, writes as many gigabytes of rows as are asked for. A wrapper was chosen over tables that the
// server makes up (the SEQUENCE engine), because mariadb-dump never dumps those; everything else of the pipeline is real.
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { query } from '../test/lab/mariadb.ts';
import type { Lab } from '../test/lab/lab.ts';

export const GENERATED_DATABASE = 'generated';
const TABLE = 'flood';

/** Makes the table whose rows will be made up. */
export async function createGeneratedTable({ mariadb }: Lab): Promise<void> {
  await query(
    mariadb,
    `CREATE DATABASE ${GENERATED_DATABASE}; CREATE TABLE ${GENERATED_DATABASE}.${TABLE} (text longtext); INSERT INTO ${GENERATED_DATABASE}.${TABLE} VALUES ('');`,
  );
}

/** From now on a dump of the database has about this many bytes. */
export async function setGeneratedSize({ ssh }: Lab, sizeBytes: number): Promise<void> {
  const file = path.join(ssh.wrappersDirectory, 'mariadb-dump');
  await writeFile(file, renderWrapper(sizeBytes));
  await chmod(file, 0o755);
}

/**
 * 16 MiB of random base64 text are made once and written again and again, each time from another place. zstd looks back 2 MiB at
 * this level, so that it never sees a repetition: three quarters of the text remain.
 */
function renderWrapper(sizeBytes: number): string {
  return `#!/usr/bin/perl
use strict; use warnings; use MIME::Base64;
open(my $real, '-|', '/usr/bin/mariadb-dump', @ARGV) or die "$!";
while (my $line = <$real>) {
  if ($line =~ /^INSERT INTO \`${TABLE}\` VALUES/) { scalar(<$real>); flood() } else { print $line }
}
close($real);
exit($? >> 8);

sub flood {
  open(my $random, '<', '/dev/urandom') or die "$!";
  read($random, my $bytes, 12 << 20) == 12 << 20 or die "short read";
  my $text = encode_base64($bytes, '');
  my ($row, $at, $written) = (8000, 0, 0);
  while ($written < ${sizeBytes}) {
    my @rows;
    for (1 .. 100) {
      $at = ($at + $row) % (length($text) - $row);
      push @rows, "('" . substr($text, $at, $row) . "')";
    }
    my $statement = "INSERT INTO \`${TABLE}\` VALUES\\n" . join(",\\n", @rows) . ";\\n";
    print $statement;
    $written += length $statement;
  }
}
`;
}
