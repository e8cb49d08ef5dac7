# Stands in the dump pipeline on the target: passes standard input through unchanged and writes down what went by.
#
#   perl inventory-filter.pl DIR WHAT HASHER...
#
# DIR/seen    one JSON line per object: kind, database, name, rows, dataSha256, ddlSha256, shapeSha256, plainBytes; no contents
# DIR/ddl     the same objects with their DDL text, as the members of a JSON array (for the encrypted inventory)
# DIR/facts   "name value" lines: bytes, trailer, open, rest (digest of all that is not rows), coordinates, complaints
# WHAT        rows: counts rows; digest: does not; structure: does not, and writes no DIR/ddl
# HASHER...   a command that prints the SHA-256 of its standard input, for large tables
#
# Rows stay out of memory: inside an INSERT only its end is searched for, in blocks. The dump tools escape every line break inside a
# value, so that after the heading ";\n" is the end of a statement and nothing else; mariadb-dump writes one row a line, mysqldump all
# rows of a statement in one. What is not
# rows is small and is looked at line by line: comment lines and blank lines do not count (they differ between two dumps of the
# same data), except inside a routine, between "DELIMITER ;;" and "DELIMITER ;". Names may hold line breaks and then anything that
# looks like a line of the dump tool's own; so may texts and comments in routines: quotes are followed across lines.
use strict;
use warnings;

my ($dir, $what, @hasher) = @ARGV;
my $count_rows = $what eq 'rows';
my $BLOCK    = 1 << 20;
my $IN_PLACE = 1 << 21;                     # tables up to 2 MiB of text are hashed here, larger ones by the hasher beside us
my $LONG_ROW = 200;                         # bytes; about where both ways of counting rows take the same time
my $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35
my $MAX_NAME_BYTES = 2 * 64 * 4;            # 64 characters (MySQL, "Identifier Length Limits"), every one a doubled backquote
my $ID     = qr/(?>`(?:[^`]++|``)++`)/;
my $COLUMN = qr/$ID|\w++/;                  # row_start and row_end stand there without quotes
my $NAME   = qr/$ID|(?>"(?:[^"]++|"")++")/; # sql_mode ORACLE and ANSI_QUOTES quote names of routines with "
my $QUOTED = qr/(?>`(?:[^`]++|``)*+`|'(?:[^'\\]++|''|\\.)*+')/s;
my $ACCOUNT = qr/$QUOTED(?:\@$QUOTED)?/;
# MySQL shows a character set that is implied by the collation only when both were written, as they are in its own dumps.
my $IMPLIED_CHARSET = qr/^  $ID \w+(?:\((?:[^()']++|'(?:[^'\\]++|''|\\.)*+')*+\))?\K CHARACTER SET \w+(?= COLLATE )/;
my $GAP = qr{(?>(?:\s++|/\*(?!M?!).*?\*/|--(?=[\s\x00-\x1f])[^\n]*+|\#[^\n]*+)++)}s; # a trigger stands there as it was typed
my $DEFINER = qr/DEFINER\s*+=\s*+(?:$NAME|$QUOTED|\w++)(?:\@(?:$NAME|$QUOTED|[\w.%-]++))?/i;
my $KIND = qr/TRIGGER|EVENT|PROCEDURE|FUNCTION|PACKAGE[ ]BODY|PACKAGE/;
my $HEAD = qr/\A\s*CREATE(?:\s+OR\s+REPLACE)?(?:\s*+$DEFINER)?(?:\s+AGGREGATE)?\s+($KIND)$GAP
  (?:IF${GAP}NOT${GAP}EXISTS$GAP)?(?:(?:$NAME|\w++)\s*+\.\s*+)?($NAME|[^\s(`"]++)/xi;
# In these character sets the second byte of a character may be a backslash or a quote.
my $UNSAFE_CHARSET = qr/\A(?:sjis|cp932|gbk|big5|gb18030)\z/;
# A character of several bytes (RFC 3629); Perl's own decoder takes surrogates too.
my $UTF8 = qr/[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]
  |\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/x;
my $has_digest = eval { require Digest::SHA; 1 };

open(my $seen,  '>', "$dir/seen")  or die "seen: $!\n";
open(my $ddl,   '>', $what eq 'structure' ? '/dev/null' : "$dir/ddl") or die "ddl: $!\n";
open(my $facts, '>', "$dir/facts") or die "facts: $!\n";
binmode $_ for (\*STDIN, \*STDOUT, $seen, $ddl, $facts);
eval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\*STDIN, \*STDOUT);
$SIG{PIPE} = 'DEFAULT';

my $buffer   = '';                          # what was read and not yet understood
my $consumed = 0;                           # bytes before the buffer
my $line_at  = 0;                           # where the line that is being read begins
my $database = '';
my $section  = '';                          # kind of the section we are in; '' before the first: accounts stand there
my $text     = '';                          # its canonical text
my ($body, $in_body, $in_head) = ('', 0, 0); # a routine, trigger or event between the two DELIMITER lines, and the SET lines in it
my $lead     = '';                          # the SET lines before it: its sql_mode and character sets
my $open     = '';                          # the quote that is open at the end of a line, as a pattern, or * for a comment
my $open_bytes = 0;                         # since then
my ($escapes, $can_follow) = (1, 1);        # a backslash escapes inside quotes; quotes can be told from halves of characters
my ($previous_line, $is_statement_open, $has_trailer, $objects) = ('', 0, 0, 0);
my ($in_insert, $data) = (0, undef);        # $data: the table whose rows are passing
my ($is_packed, $in_quote, $half) = (0, 0, ''); # all rows in one line; what a block ended in: inside quotes, or in a backslash
my $is_mysql = 0;                           # what the first line says
my %table;                                  # the table whose structure went by, until its rows (if any) have too
my $database_at = 0;                        # where the current database begins
my %per_database;
my ($statement, %accounts);                 # statements by account
my @rest = new_digest();

while (1) {
  my $read = sysread(STDIN, my $block, $BLOCK);
  die "read: $!\n" unless defined $read;
  last unless $read;
  write_all(\*STDOUT, $block, 'write');
  if ($in_insert && $buffer eq '') { $buffer = $block } else { $buffer .= $block }
  understand(0);
}
understand(1);
$line_at = $consumed;
end_section();
end_database();
$database = '';
object('account', $_, $accounts{$_}) for sort keys %accounts;
note('database', json($_), $per_database{$_}) for sort keys %per_database;
note('bytes', $consumed);
note('trailer', $has_trailer);
note('open', 1) if $in_insert || $in_body || $open ne '' || $is_statement_open;
note('rest', end_digest(@rest));
for ($seen, $ddl, $facts) { close($_) or die "close: $!\n" }
exit 0;

# Works off the buffer as far as it can be understood; at the end of input all of it.
sub understand {
  my ($at_end) = @_;
  my $at = 0;
  while ($at < length $buffer) {
    if ($in_insert) {
      my $end = index($buffer, ";\n", $at);
      # A block may end between ";" and "\n": the last byte waits.
      my $stop = $end >= 0 ? $end + 2 : $at_end ? length $buffer : length($buffer) - 1;
      if    ($at == 0 && $stop == length $buffer) { add_rows($buffer) }
      # A copy: what is handed on as substr() itself is cut out anew each time that it is looked at, which made minutes of seconds.
      elsif ($stop > $at) { my $rows = substr($buffer, $at, $stop - $at); add_rows($rows) }
      $at = $stop;
      if ($end >= 0) { end_insert() } else { last }
      next;
    }
    if (!$in_body && $open eq '' && substr($buffer, $at, 12) eq 'INSERT INTO ') {
      pos($buffer) = $at;
      if ($buffer =~ /\GINSERT INTO ($ID)(?: \((?:$COLUMN)(?:, (?:$COLUMN))*+\))? VALUES([\n ])/gc) {
        start_insert($1, substr($buffer, $at, $+[0] - $at), $2 eq ' ');
        $at = $+[0];
        next;
      }
      # The heading is not all there yet; it is at most 4096 columns of 64 characters.
      last if !$at_end && length($buffer) - $at < $BLOCK;
    }
    my $newline = index($buffer, "\n", $at);
    last if $newline < 0 && !$at_end;
    $newline = length($buffer) - 1 if $newline < 0;
    $line_at = $consumed + $at;
    read_line(substr($buffer, $at, $newline + 1 - $at));
    $at = $newline + 1;
  }
  $consumed += $at;
  $buffer = $at == length $buffer ? '' : substr($buffer, $at);
}

sub read_line {
  my ($line) = @_;
  if ($in_body) { read_body($line) }
  elsif ($open eq '' && substr($line, 0, 2) eq '--') {
    read_comment($line);
    $has_trailer = $previous_line eq "\n" && $line =~ /^-- Dump completed.*\n\z/ ? 1 : 0;
    $previous_line = $line;
    return;
  }
  elsif ($open eq '' && $line eq "\n") { $previous_line = $line; return }
  else {
    $is_statement_open = $line !~ /;\n\z/ && $line ne "DELIMITER ;\n";
    if ($open eq '' && $line eq "DELIMITER ;;\n") { start_body() }
    follow($line);
    check_open($line) if $open ne '';
    canon($line);
  }
  $has_trailer = 0;
  $previous_line = $line;
}

# Only names go on in the next line: text in what SHOW CREATE … prints has its line breaks escaped. Accounts have them anywhere.
sub check_open {
  my ($line) = @_;
  return if $section eq '';
  $open = '' if $open ne '`';
  # Inside a name backquotes are doubled.
  my $is_insert = $line =~ /^INSERT INTO (`+)/ && length($1) % 2;
  complain('a name that does not end', $line) if $open ne '' && ($open_bytes > $MAX_NAME_BYTES || $is_insert);
}

# Keeps $open: which quote or comment is open at the end of this line.
sub follow {
  my ($line) = @_;
  my $opened_at;
  pos($line) = 0;
  # The text of a routine in another language, as MySQL shows it.
  if ($in_body && $open eq '' && $line =~ /\GAS (\$\w*\$)/gc) { $open = quotemeta $1; $opened_at = pos $line }
  while (pos($line) < length $line) {
    if    ($open eq '*') { $line =~ /\G.*?\*\//gcs ? ($open = '') : last }
    elsif ($open ne '') {
      if ($escapes && $open =~ /\A['"]\z/) { $line =~ /\G(?:[^\\'"]++|\\.|(?!$open)['"])++/gcs }
      else                          { $line =~ /\G(?:(?!$open).)++/gcs }
      if ($line =~ /\G$open/gc) { $open = '' } elsif (pos($line) < length $line) { pos($line)++ }
    }
    elsif ($line =~ /\G[^'"`#\/-]++/gc) { }
    elsif ($line =~ /\G(?:#|--(?=[\s\x00-\x1f]))[^\n]*+/gc) { }
    elsif ($line =~ /\G\/\*(?!M?!)/gc) { $open = '*'; $opened_at = pos $line }
    elsif ($line =~ /\G(['"`])/gc) { $open = $1; $opened_at = pos $line }
    else { pos($line)++ }
  }
  $open_bytes = $open eq '' ? 0 : defined $opened_at ? length($line) - $opened_at : $open_bytes + length $line;
}

# Canonical text: counts towards the section and towards the digest of the rest.
sub canon {
  my ($line) = @_;
  $line =~ s/$IMPLIED_CHARSET// if $is_mysql && $section eq 'table';
  add_digest(@rest, $line);
  if    ($line =~ /^\/\*!50003 SET .*= \@saved_/) { $lead = '' }
  elsif ($line =~ /^\/\*!50003 SET /)            { $lead .= $line }
  return if $section eq 'data';
  if ($section eq '') {
    $statement .= $line;
    if ($open eq '') { read_account($statement); $statement = '' }
    return;
  }
  $text .= $line;
  # Triggers follow the rows; without rows they follow the structure, under the same heading.
  end_section() if $section eq 'table' && $line =~ /^\/\*!40101 SET character_set_client = \@saved_cs_client/
    || $section eq 'view' && $line =~ /^\/\*!50001 SET collation_connection      = \@saved_col_connection/;
}

# A dump of accounts has no sections: each statement belongs to the account that it names.
sub read_account {
  my ($line) = @_;
  return if $line =~ m{^/\*!80001 };       # the same once more, for MySQL
  my $name;
  if    ($line =~ /^(?:\/\*M!\d+ )?CREATE (?:USER|ROLE)(?: IF NOT EXISTS)? ($ACCOUNT)/) { $name = $1 }
  elsif ($line =~ /^(?:\/\*M!\d+ )?GRANT .* TO ($ACCOUNT)/s)                          { $name = $1 }
  elsif ($line =~ /^REVOKE .* FROM ($ACCOUNT)/s)                                      { $name = $1 }
  elsif ($line =~ /^(?:\/\*M!\d+ )?SET DEFAULT ROLE .* FOR ($ACCOUNT)/s)               { $name = $1 }
  else { return }
  $name = join '@', map { "'" . unquote_account($_) . "'" } $name =~ /$QUOTED/g;
  $accounts{$name} = '' unless defined $accounts{$name};
  $accounts{$name} .= $line;
}

# Titles stand between two lines "--"; the lines of a name with line breaks begin with "-- " too, so that what stands before decides.
sub read_comment {
  my ($line) = @_;
  chomp $line;
  if ($previous_line eq "--\n") {
    my %sections = ('Current Database: ' => 'database', 'Table structure for table ' => 'table', 'Final view structure for view ' => 'view',
      'Temporary table structure for view ' => 'other', 'Temporary view structure for view ' => 'other', 'Sequence structure for ' => 'sequence', 'Dumping data for table ' => 'data',
      'Dumping events for database ' => 'other', 'Dumping routines for database ' => 'other');
    my ($title) = grep { index($line, "-- $_") == 0 } keys %sections;
    if (defined $title) {
      end_section();
      $section = $sections{$title};
      start_database(substr($line, length "-- $title")) if $section eq 'database';
      return;
    }
  }
  return if $previous_line =~ /^-- /;
  if    ($line =~ /^-- CHANGE MASTER TO MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=(\d+);/) { note('file', $1); note('position', $2) }
  elsif ($line =~ /^-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='([^']+)', SOURCE_LOG_POS=(\d+);/) { note('file', $1); note('position', $2) }
  elsif ($line =~ /^-- MySQL dump (?!.*MariaDB)/ && $line_at == 0) { $is_mysql = 1 }
  elsif ($line =~ /^-- SET GLOBAL gtid_slave_pos='([^']*)'/) { note('gtid', $1) }
  elsif ($line =~ /^-- (?:insufficient privileges|failed on view|WARNING|Error|Couldn't)/i) { complain(substr($line, 3)) }
}

sub start_database {
  my ($name) = @_;
  end_database();
  # A name with a line break goes on in the next comment line; the CREATE DATABASE statement has it whole.
  $database = unquote($name);
}

sub end_database {
  flush_table();
  return if $database eq '';
  $per_database{$database} += $line_at - $database_at;
  $database_at = $line_at;
}

sub end_section {
  end_data();
  if ($section eq 'database' && $text =~ /^(?:CREATE DATABASE[^`]*|USE )($ID)/m) {
    $database = unquote($1);
    object('database', $database, $text) if $text =~ /^CREATE DATABASE/;
  }
  elsif ($section eq 'table')    { object('table', unquote($1), $text) if $text =~ /^CREATE TABLE ($ID)/m }
  elsif ($section eq 'view')     { object('view', unquote($1), $text) if $text =~ /^\/\*!50001 VIEW ($ID)/m }
  elsif ($section eq 'sequence') { object('sequence', unquote($1), $text) if $text =~ /^CREATE SEQUENCE ($ID)/m }
  ($text, $lead) = ('', '');
  $section = $section eq 'table' ? 'data' : 'other';
}

sub start_body {
  $in_body = 1;
  begin_body($lead);
}

# What the SET lines before a body say about the quotes in it. For events they stand between the DELIMITER lines.
sub begin_body {
  my ($lines) = @_;
  ($body, $in_head, $escapes, $can_follow) = ('', 1, 1, 1);
  read_head($_) for split /^/, $lines;
}

sub read_head {
  my ($line) = @_;
  if    ($line =~ /^\/\*!50003 SET sql_mode\s+= '([^']*)'/) { $escapes = $1 !~ /NO_BACKSLASH_ESCAPES/ }
  elsif ($line =~ /^\/\*!50003 SET character_set_client\s+= (\w+)/) { $can_follow = $1 !~ $UNSAFE_CHARSET }
  elsif ($line !~ /^\/\*!\d+ SET /) { $in_head = 0 }
}

sub read_body {
  my ($line) = @_;
  add_digest(@rest, $line);
  # Where quotes cannot be followed, the form of the end alone has to do.
  if ($open eq '' && $previous_line =~ /;;\n\z/) {
    if ($line eq "DELIMITER ;\n")  { end_body(); ($in_body, $escapes) = (0, 1); return }
    if ($line eq "DELIMITER ;;\n") { end_body(); begin_body(''); return }   # events follow each other without a way back
  }
  $body .= $line;
  read_head($line) if $in_head;
  follow($line) if $can_follow;
}

# One routine, trigger or event is complete.
sub end_body {
  $body =~ s/^\/\*!50106 DROP EVENT IF EXISTS [^\n]*;;\n\z//m;
  # Conditional comments stand between the words: /*!50003 CREATE*/ /*!50017 DEFINER=...*/ /*!50003 TRIGGER name ...
  (my $plain = $body) =~ s{\A(?:/\*!\d+ SET [^\n]*\n)+}{};
  $plain =~ s{\A/\*!\d+ }{};
  $plain =~ s{\A([^\n]*?)\*/ /\*!\d+ }{$1 } for 1, 2;
  if ($plain =~ $HEAD) {
    my ($kind, $name) = (lc $1, $2);
    $name = $name =~ s/\A"(.*)"\z/$1/s ? $name =~ s/""/"/gr : unquote($name);
    $kind =~ tr/ /-/;
    object($kind, $name, $lead . $body);
  }
  elsif ($body =~ /\S/) { complain('a routine, trigger or event of an unknown form', $body) }
  $body = '';
}

sub object {
  my ($kind, $name, $ddl_text) = @_;
  flush_table() if $kind ne 'trigger';
  # Counters move without anybody changing the structure.
  (my $shape = $ddl_text) =~ s/^(\) ENGINE=\S+) AUTO_INCREMENT=\d+/$1/m;
  $shape =~ s/^(?:DO|SELECT) SETVAL\([^\n]*\n//mg;
  my %object = (kind => $kind, database => $database, name => $name, ddl => $ddl_text,
                ddlSha256 => digest($ddl_text), shapeSha256 => digest($shape));
  if ($kind eq 'table') { %table = %object } else { emit(\%object) }
}

sub flush_table {
  return unless %table;
  $table{rows} = 0 if $count_rows && !defined $table{rows};
  $table{dataSha256} = digest('') unless defined $table{dataSha256};
  $table{plainBytes} = 0 unless defined $table{plainBytes};
  emit({%table});
  %table = ();
}

sub emit {
  my ($object) = @_;
  my @parts = map { '"' . $_ . '":' . json($object->{$_}) } qw(kind database name);
  push @parts, '"rows":' . $object->{rows} if defined $object->{rows};
  push @parts, map { '"' . $_ . '":"' . $object->{$_} . '"' } grep { defined $object->{$_} } qw(dataSha256 ddlSha256);
  print $ddl ($objects++ ? ",\n" : ''), '{', join(',', @parts), ',"ddl":', json($object->{ddl}), '}' or die "ddl: $!\n";
  push @parts, '"shapeSha256":"' . $object->{shapeSha256} . '"';
  push @parts, '"plainBytes":' . $object->{plainBytes} if defined $object->{plainBytes};
  print $seen '{', join(',', @parts), "}\n" or die "seen: $!\n";
}

sub start_insert {
  my ($name, $heading, $has_rows_behind) = @_;
  $name = unquote($name);
  if (!$data || $data->{name} ne $name) {
    end_data();
    $data = { name => $name, rows => 0, bytes => 0, pending => '' };
  }
  ($in_insert, $has_trailer, $is_statement_open, $previous_line) = (1, 0, 0, '');
  ($is_packed, $in_quote, $half) = ($has_rows_behind, 0, '');
  add_data($heading);
}

sub end_insert {
  $in_insert = 0;
  complain('rows that end inside quotes', json($data->{name})) if $in_quote || $half ne '';
}

# "VALUES\n(row),\n(row);\n": after the heading there is one line a row. "VALUES (row),\n(row);\n" and "VALUES (row),(row);\n": rows are
# counted by their parentheses.
sub add_rows {
  $data->{rows} += $is_packed ? count_packed($_[0]) : count_lines($_[0]) if $count_rows;
  add_data($_[0]);
}

# Outside quotes there is no parenthesis but those around rows. A backslash takes the byte behind it along, wherever the block ends.
sub count_packed {
  my $text = $half . $_[0];
  my $backslashes = 0;
  $backslashes++ while substr($text, -1 - $backslashes, 1) eq '\\';
  $half = $backslashes % 2 ? chop $text : '';
  # Half the time of taking every escaped byte away: of the others none matters.
  $text =~ s/\\\\//g if index($text, '\\\\') >= 0;
  $text =~ s/\\'//g if index($text, "\\'") >= 0;
  $text = "'" . $text if $in_quote;
  $text =~ s/'[^']*+'//g;
  my $quote_at = index($text, "'");
  $in_quote = $quote_at >= 0 ? 1 : 0;
  substr($text, $quote_at) = '' if $in_quote;
  return $text =~ tr/(//;
}

# Long rows are counted in half the time by hopping from one line break to the next, short ones by looking at every byte.
sub count_lines {
  return ($_[0] =~ tr/\n//) if $data->{bytes} < $LONG_ROW * $data->{rows};
  my ($lines, $at) = (0, 0);
  $lines++ while ($at = index($_[0], "\n", $at) + 1) > 0;
  return $lines;
}

sub add_data {
  $data->{bytes} += length $_[0];
  if ($data->{pipe}) { feed($data->{pipe}, $_[0]); return }
  $data->{pending} .= $_[0];
  return if $has_digest && length $data->{pending} < $IN_PLACE;
  $data->{pipe} = start_hasher("$dir/hash");
  feed($data->{pipe}, $data->{pending});
  $data->{pending} = '';
}

sub end_data {
  return unless $data;
  my $sha;
  if ($data->{pipe}) { $sha = end_hasher($data->{pipe}, "$dir/hash") } else { $sha = digest($data->{pending}) }
  if (%table && $table{name} eq $data->{name}) {
    @table{qw(dataSha256 plainBytes)} = ($sha, $data->{bytes});
    $table{rows} = $data->{rows} if $count_rows;
  }
  else { complain('rows of a table whose structure did not go by', json($data->{name})) }
  $data = undef;
}

# The hasher beside us; Perl keeps our other descriptors from it.
sub start_hasher {
  my ($file) = @_;
  my $pid = open(my $pipe, '|-') // die "fork: $!\n";
  if (!$pid) { open(STDOUT, '>', $file) or exit 71; exec { $hasher[0] } @hasher or exit 72 }
  binmode $pipe;
  eval { fcntl($pipe, $F_SETPIPE_SZ, $BLOCK) };
  return $pipe;
}

sub feed {
  local $SIG{PIPE} = 'IGNORE';
  write_all($_[0], $_[1], 'hasher');
}

# Past perl's own buffer, which would cut it into pieces of 8 KiB.
sub write_all {
  my ($to, undef, $whom) = @_;
  my $written = 0;
  while ($written < length $_[1]) {
    my $n = syswrite($to, $_[1], length($_[1]) - $written, $written);
    die "$whom: $!\n" unless defined $n;
    $written += $n;
  }
}

sub end_hasher {
  my ($pipe, $file) = @_;
  local $SIG{PIPE} = 'IGNORE';
  close($pipe) or die 'hasher: ', $! || "status $?", "\n";
  open(my $in, '<', $file) or die "hash: $!\n";
  my $out = lc join '', <$in>;
  # "0a1b…  -" or groups of digits on several lines.
  $out =~ tr/0-9a-f//cd;
  die "hasher printed no SHA-256\n" unless length $out == 64;
  return $out;
}

sub digest {
  return Digest::SHA::sha256_hex($_[0]) if $has_digest;
  my @state = new_digest();
  add_digest(@state, $_[0]);
  return end_digest(@state);
}

# A running digest: Digest::SHA where perl has it, else the hasher at the other end of a pipe.
sub new_digest {
  return (Digest::SHA->new(256)) if $has_digest;
  my $file = "$dir/hash" . ++(our $serial);
  return (start_hasher($file), $file);
}
sub add_digest { my $bytes = pop; if (@_ == 1) { $_[0]->add($bytes) } else { feed($_[0], $bytes) } }
sub end_digest {
  return $_[0]->hexdigest if @_ == 1;
  my $hash = end_hasher(@_);
  unlink $_[1];
  return $hash;
}

sub note { my ($name, @values) = @_; print $facts "$name @values\n" or die "facts: $!\n" }

sub complain {
  my ($words, $sample) = @_;
  my $complaint = defined $sample ? "$words: " . substr($sample, 0, 200) : $words;
  $complaint =~ s/[\x00-\x1f\x7f]+/ /g;
  note('complaint', $complaint);
}

sub unquote_account {
  my ($name) = @_;
  return unquote($name) if $name =~ /^`/;
  $name = substr($name, 1, -1);
  $name =~ s/''/'/g;
  $name =~ s/\\(.)/$1/gs;
  return $name;
}

sub unquote { my ($name) = @_; $name =~ s/^`//; $name =~ s/`\z//; $name =~ s/``/`/g; return $name }

sub json {
  my ($value) = @_;
  (my $left = $value) =~ s/$UTF8//g;
  $value =~ s/(["\\])/\\$1/g;
  $value =~ s/([\x00-\x1f\x7f])/sprintf('\\u%04x', ord $1)/ge;
  # Text that is not UTF-8 is shown byte by byte, so that the JSON stays valid.
  $value =~ s/([\x80-\xff])/sprintf('\\u%04x', ord $1)/ge if $left =~ /[\x80-\xff]/;
  return "\"$value\"";
}
