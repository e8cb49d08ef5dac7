# Stands in the dump pipeline on the target: passes standard input through unchanged and writes down what went by.
#
#   perl inventory-filter.pl DIR COUNT_ROWS HASHER...
#
# DIR/seen    one JSON line per object: kind, database, name, rows, dataSha256, ddlSha256, shapeSha256, plainBytes; no contents
# DIR/ddl     the same objects with their DDL text, as the members of a JSON array (for the encrypted inventory)
# DIR/facts   "name value" lines: bytes, trailer, rest (digest of all that is not rows), coordinates, complaints
# COUNT_ROWS  1 counts rows, 0 leaves them out
# HASHER...   a command that prints the SHA-256 of its standard input, for large tables
#
# Rows stay out of memory: inside an INSERT only its end is searched for, in blocks. mariadb-dump writes one row a line and
# escapes every line break inside a value, so that ";\n" is the end of a statement and nothing else. What is not rows is small
# and is looked at line by line: comment lines and blank lines do not count (they differ between two dumps of the same data),
# except inside a routine, between "DELIMITER ;;" and "DELIMITER ;".
use strict;
use warnings;

my ($dir, $count_rows, @hasher) = @ARGV;
my $BLOCK    = 1 << 20;
my $IN_PLACE = 1 << 21;                     # tables up to 2 MiB of text are hashed here, larger ones by the hasher beside us
my $LONG_ROW = 200;                         # bytes; about where both ways of counting rows take the same time
my $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35
my $ID = qr/`(?:[^`]|``)+`/;
my $NAME = qr/`(?:[^`]|``)+`|"(?:[^"]|"")+"/;  # sql_mode ORACLE and ANSI_QUOTES quote names of routines with "
my $QUOTED = qr/`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'/s;
my $ACCOUNT = qr/(?:$QUOTED)(?:\@(?:$QUOTED))?/;
my $has_digest = eval { require Digest::SHA; 1 };

open(my $seen,  '>', "$dir/seen")  or die "seen: $!\n";
open(my $ddl,   '>', "$dir/ddl")   or die "ddl: $!\n";
open(my $facts, '>', "$dir/facts") or die "facts: $!\n";
binmode $_ for (\*STDIN, \*STDOUT, $seen, $ddl, $facts);
eval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\*STDIN, \*STDOUT);
$SIG{PIPE} = 'DEFAULT';

my $buffer   = '';                          # what was read and not yet understood
my $database = '';
my $section  = '';                          # kind of the section we are in: table, data, view, sequence, events, routines, other
my $text     = '';                          # its canonical text
my ($body, $in_body) = ('', 0);             # a routine, trigger or event between the two DELIMITER lines
my $lead     = '';                          # the SET lines before it: its sql_mode and character sets
my ($last_comment, $bytes, $objects) = ('', 0, 0);
my ($in_insert, $data) = (0, undef);        # $data: the table whose rows are passing
my $bytes_before = 0;                       # of the current database
my %per_database;
my %accounts;                               # statements by account
my @rest = new_digest();

while (1) {
  my $read = sysread(STDIN, my $block, $BLOCK);
  die "read: $!\n" unless defined $read;
  last unless $read;
  write_all(\*STDOUT, $block);
  $bytes += $read;
  if ($in_insert && $buffer eq '') { $buffer = $block } else { $buffer .= $block }
  understand(0);
}
understand(1);
end_section();
end_database();
$database = '';
object('account', $_, $accounts{$_}) for sort keys %accounts;
print $facts 'database ', json($_), " $per_database{$_}\n" for sort keys %per_database;
print $facts "bytes $bytes\n";
print $facts 'trailer ', ($last_comment =~ /^-- Dump completed/ ? 1 : 0), "\n";
print $facts 'rest ', end_digest(@rest), "\n";
print $facts "open 1\n" if $in_insert || $in_body;
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
      # A copy: what is handed on as substr() itself is cut out anew each time that it is looked at.
      elsif ($stop > $at) { my $rows = substr($buffer, $at, $stop - $at); add_rows($rows) }
      $at = $stop;
      if ($end >= 0) { $in_insert = 0 } else { last }
      next;
    }
    if (!$in_body && substr($buffer, $at, 12) eq 'INSERT INTO ') {
      pos($buffer) = $at;
      if ($buffer =~ /\GINSERT INTO ($ID)(?: \((?:(?:$ID|\w+)(?:, )?)+\))? VALUES(\n| )/gc) {
        start_insert($1, substr($buffer, $at, $+[0] - $at), $2);
        $in_insert = 1;
        next;
      }
      # The heading is not all there yet; it is at most 4096 columns of 64 characters.
      last if !$at_end && length($buffer) - $at < $BLOCK;
    }
    my $newline = index($buffer, "\n", $at);
    last if $newline < 0 && !$at_end;
    $newline = length($buffer) - 1 if $newline < 0;
    read_line(substr($buffer, $at, $newline + 1 - $at));
    $at = $newline + 1;
  }
  $buffer = $at == length $buffer ? '' : substr($buffer, $at);
}

sub read_line {
  my ($line) = @_;
  if ($in_body) {
    add_digest(@rest, $line);
    if    ($line eq "DELIMITER ;\n")  { $in_body = 0; end_body() }
    elsif ($line eq "DELIMITER ;;\n") { end_body() }              # events follow each other without a way back
    else                              { $body .= $line }
    return;
  }
  if (substr($line, 0, 2) eq '--') { read_comment($line); return }
  return if $line eq "\n";
  if ($line eq "DELIMITER ;;\n") { $in_body = 1; $body = ''; canon($line); return }
  canon($line);
}

# Canonical text: counts towards the section and towards the digest of the rest.
sub canon {
  my ($line) = @_;
  add_digest(@rest, $line);
  if    ($line =~ /^\/\*!50003 SET .*= \@saved_/) { $lead = '' }
  elsif ($line =~ /^\/\*!50003 SET /)            { $lead .= $line }
  return if $section eq 'data';
  if ($section eq '') { read_account($line); return }
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
  elsif ($line =~ /^(?:\/\*M!\d+ )?GRANT .* TO ($ACCOUNT)/)                           { $name = $1 }
  elsif ($line =~ /^(?:\/\*M!\d+ )?SET DEFAULT ROLE .* FOR ($ACCOUNT)/)                { $name = $1 }
  else { return }
  $name = join '@', map { "'" . unquote_account($_) . "'" } $name =~ /$QUOTED/g;
  $accounts{$name} = '' unless defined $accounts{$name};
  $accounts{$name} .= $line;
}

sub read_comment {
  my ($line) = @_;
  chomp $line;
  $last_comment = $line unless $line eq '--';
  if ($line =~ /^-- (?:Current Database: |Table structure for table |Temporary table structure for view |Final view structure for view |Sequence structure for |Dumping data for table |Dumping events for database |Dumping routines for database )/) {
    end_section();
    if    ($line =~ /^-- Current Database: (.*)/) { start_database($1) }
    elsif ($line =~ /^-- Table /)     { $section = 'table' }
    elsif ($line =~ /^-- Final /)     { $section = 'view' }
    elsif ($line =~ /^-- Sequence /)  { $section = 'sequence' }
    elsif ($line =~ /^-- Dumping data /) { $section = 'data' }
    elsif ($line =~ /events/)         { $section = 'event' }
    elsif ($line =~ /routines/)       { $section = 'routine' }
    else                              { $section = 'other' }
  }
  elsif ($line =~ /^-- CHANGE MASTER TO MASTER_LOG_FILE='([^']+)', MASTER_LOG_POS=(\d+);/) { print $facts "file $1\nposition $2\n" }
  elsif ($line =~ /^-- SET GLOBAL gtid_slave_pos='([^']*)'/) { print $facts "gtid $1\n" }
  elsif ($line =~ /^-- (?:insufficient privileges|failed on view|WARNING|Error|Couldn't)/i) { print $facts "complaint $line\n" }
}

sub start_database {
  my ($name) = @_;
  end_database();
  # A name with a line break goes on in the next comment line; the CREATE DATABASE statement has it whole.
  $database = unquote($name);
  $section  = 'database';
}

sub end_database {
  flush_table();
  return if $database eq '';
  $per_database{$database} += $bytes - length($buffer) - $bytes_before;
  $bytes_before = $bytes - length($buffer);
}

sub end_section {
  end_data();
  if    ($section eq 'database') { if ($text =~ /^(?:CREATE DATABASE[^`]*|USE )($ID)/m) { $database = unquote($1); object('database', $database, $text) if $text =~ /^CREATE DATABASE/ } }
  elsif ($section eq 'table')    { object('table', unquote($1), $text, waiting => 1) if $text =~ /^CREATE TABLE ($ID)/m }
  elsif ($section eq 'view')     { object('view', unquote($1), $text) if $text =~ /^\/\*!50001 VIEW ($ID)/m }
  elsif ($section eq 'sequence') { object('sequence', unquote($1), $text) if $text =~ /^CREATE SEQUENCE ($ID)/m }
  ($text, $lead) = ('', '');
  $section = $section eq 'table' ? 'data' : 'other';
}

# One routine, trigger or event is complete.
sub end_body {
  $body =~ s/^\/\*!50106 DROP EVENT IF EXISTS [^\n]*;;\n\z//m;
  # Conditional comments stand between the words: /*!50003 CREATE*/ /*!50017 DEFINER=...*/ /*!50003 TRIGGER name ...
  (my $plain = $body) =~ s{^/\*!\d+ SET [^\n]*\n}{}mg;
  $plain =~ s{^/\*!\d+ }{};
  $plain =~ s{\*/ /\*!\d+ }{ }g;
  if ($plain =~ /\A\s*CREATE\b.*?\b(TRIGGER|EVENT|PROCEDURE|FUNCTION|PACKAGE BODY|PACKAGE)\s+(?:IF NOT EXISTS\s+)?(?:(?:$NAME|\w+)\s*\.\s*)?($NAME|[^\s(`"]+)/si) {
    my ($kind, $name) = (lc $1, $2);
    $name = $name =~ s/\A"(.*)"\z/$1/s ? $name =~ s/""/"/gr : unquote($name);
    $kind =~ tr/ /-/;
    object($kind, $name, $lead . $body);
  }
  elsif ($body =~ /\S/) { print $facts 'complaint -- a routine, trigger or event of an unknown form: ', json(substr($body, 0, 200)), "\n" }
  $body = '';
}

my %table;                                  # the table whose structure went by, until its rows (if any) have too

sub object {
  my ($kind, $name, $ddl_text, %more) = @_;
  flush_table() if $kind ne 'trigger';
  # Counters move without anybody changing the structure.
  (my $shape = $ddl_text) =~ s/ AUTO_INCREMENT=\d+//;
  $shape =~ s/^DO SETVAL\([^\n]*\n//mg;
  my %object = (kind => $kind, database => $database, name => $name, ddl => $ddl_text,
                ddlSha256 => digest($ddl_text), shapeSha256 => digest($shape));
  if ($more{waiting}) { %table = %object } else { emit(\%object) }
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
  print $ddl ($objects++ ? ",\n" : ''), '{', join(',', @parts), ',"ddl":', json($object->{ddl}), '}';
  push @parts, '"shapeSha256":"' . $object->{shapeSha256} . '"';
  push @parts, '"plainBytes":' . $object->{plainBytes} if defined $object->{plainBytes};
  print $seen '{', join(',', @parts), "}\n";
}

sub start_insert {
  my ($name, $heading, $separator) = @_;
  $name = unquote($name);
  if (!$data || $data->{name} ne $name) {
    end_data();
    $data = { name => $name, rows => 0, bytes => 0, pending => '' };
  }
  # "VALUES\n(row),\n(row);\n" has one line more than rows; line breaks in names are not rows either.
  $data->{rows} -= ($heading =~ tr/\n//);
}

sub add_rows {
  $data->{rows} += count_lines($_[0]) if $count_rows;
  $data->{bytes} += length $_[0];
  if ($data->{pipe}) { write_all($data->{pipe}, $_[0]); return }
  $data->{pending} .= $_[0];
  return if $has_digest && length $data->{pending} < $IN_PLACE;
  start_hasher();
}

sub start_hasher {
  my $pid = open(my $pipe, '|-') // die "fork: $!\n";
  if (!$pid) {
    open(STDOUT, '>', "$dir/hash") or exit 71;
    exec { $hasher[0] } @hasher or exit 72;
  }
  binmode $pipe;
  eval { fcntl($pipe, $F_SETPIPE_SZ, $BLOCK) };
  $data->{pipe} = $pipe;
  write_all($pipe, $data->{pending});
  $data->{pending} = '';
}

# Long rows are counted in half the time by hopping from one line break to the next, short ones by looking at every byte.
sub count_lines {
  return ($_[0] =~ tr/\n//) if $data->{bytes} < $LONG_ROW * $data->{rows};
  my ($lines, $at) = (0, 0);
  $lines++ while ($at = index($_[0], "\n", $at) + 1) > 0;
  return $lines;
}

# Past perl's own buffer, which would cut it into pieces of 8 KiB.
sub write_all {
  my $written = 0;
  while ($written < length $_[1]) {
    my $n = syswrite($_[0], $_[1], length($_[1]) - $written, $written);
    die "write: $!\n" unless defined $n;
    $written += $n;
  }
}

sub end_data {
  return unless $data;
  my $sha;
  if ($data->{pipe}) { close($data->{pipe}) or die "hasher: status $?\n"; $sha = read_hash() }
  else { $sha = digest($data->{pending}) }
  if (%table && $table{name} eq $data->{name}) {
    @table{qw(dataSha256 plainBytes)} = ($sha, $data->{bytes});
    $table{rows} = $data->{rows} if $count_rows;
  }
  else { print $facts 'complaint -- rows of a table whose structure did not go by: ', json($data->{name}), "\n" }
  $data = undef;
}

sub read_hash {
  open(my $in, '<', "$dir/hash") or die "hash: $!\n";
  local $/;
  my $out = lc <$in>;
  $out =~ s/\s+(?![^\n]*-)//g;
  $out =~ /^([0-9a-f]{64})/ or die "hasher printed no SHA-256\n";
  return $1;
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
  my $pid = open(my $pipe, '|-') // die "fork: $!\n";
  if (!$pid) { open(STDOUT, '>', $file) or exit 71; exec { $hasher[0] } @hasher or exit 72 }
  binmode $pipe;
  return ($pipe, $file);
}
sub add_digest { my $text = pop; if (@_ == 1) { $_[0]->add($text) } else { print { $_[0] } $text or die "hasher: $!\n" } }
sub end_digest {
  return $_[0]->hexdigest if @_ == 1;
  close($_[0]) or die "hasher: status $?\n";
  rename($_[1], "$dir/hash") or die "hash: $!\n";
  return read_hash();
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
  my $is_utf8 = utf8::decode(my $copy = $value);
  $value =~ s/(["\\])/\\$1/g;
  $value =~ s/([\x00-\x1f\x7f])/sprintf('\\u%04x', ord $1)/ge;
  # Text that is not UTF-8 is shown byte by byte, so that the JSON stays valid.
  $value =~ s/([\x80-\xff])/sprintf('\\u%04x', ord $1)/ge unless $is_utf8;
  return "\"$value\"";
}
