# Stands in the pipeline on the target that a binary log is read through, and writes down what it says of itself.
#
#   perl binlog-filter.pl whole FROM DIR HASHER...   passes the file through and looks at every event
#   perl binlog-filter.pl head FROM DIR              looks at the first events only and passes nothing on
#
# FROM         file: as it is on the disk; server: as the server sends it, which is never encrypted
# DIR/facts    "name value" lines
# DIR/sha256   what HASHER, a command, printed of the whole file
# Status       0: whole; 3: damaged; 4: of a kind that is not known here; the reason is on standard error
#
# A file is the magic and then events, each with a header of 19 bytes that holds its size (MySQL internals manual, "Binary Log"). Rows
# are never kept: of an event as large as it likes only its checksum is computed, in blocks.
use strict;
use warnings;

my ($mode, $from, $dir, @hasher) = @ARGV;
my $is_whole = $mode eq 'whole';
my $BLOCK = 1 << 20;
my $F_SETPIPE_SZ = 1031;                    # fcntl(2), Linux 2.6.35
my $HEADER = 19;
my $MAX_KEPT = 1 << 26;                     # a GTID set of two million intervals
my ($ROTATE, $STOP, $FORMAT, $GTID, $ANONYMOUS, $PREVIOUS, $TAGGED) = (4, 3, 15, 33, 34, 35, 42);
my ($MARIADB_CHECKPOINT, $MARIADB_GTID, $MARIADB_LIST, $MARIADB_ENCRYPTION) = (161, 162, 163, 164);
my $IN_USE = 1;                             # flag of the first event while the server writes the file
my $OWN = 0x20;                             # flag of an event that a server made up, and that is in no file
my %is_kept = map { $_ => 1 } $ROTATE, $FORMAT, $GTID, $PREVIOUS, $TAGGED, $MARIADB_GTID, $MARIADB_LIST;
my $UNTAGGED = 0;                           # in the list of what was executed before: no GTID has a tag
# What stands in a file before the first event that somebody caused.
my %is_head = map { $_ => 1 } $FORMAT, $PREVIOUS, $MARIADB_LIST, $MARIADB_CHECKPOINT, $MARIADB_ENCRYPTION;

open(my $facts, '>', "$dir/facts") or die "facts: $!\n";
binmode $_ for (\*STDIN, \*STDOUT);
eval { fcntl($_, $F_SETPIPE_SZ, $BLOCK) } for (\*STDIN, \*STDOUT);
$SIG{PIPE} = 'DEFAULT';

# Whoever writes to us is let come to its end: its own status then says whether the file came whole.
sub fail {
  my ($status, $why) = @_;
  print STDERR "$why\n";
  1 while sysread(STDIN, my $rest, $BLOCK);
  exit $status;
}
sub damaged { fail(3, $_[0]) }
sub unknown { fail(4, $_[0]) }

my ($hash, $hash_pid);
if ($is_whole) {
  $hash_pid = open($hash, '|-');
  die "fork: $!\n" unless defined $hash_pid;
  if ($hash_pid == 0) {
    open(STDOUT, '>', "$dir/sha256") or die "sha256: $!\n";
    exec @hasher or die "$hasher[0]: $!\n";
  }
  binmode $hash;
}

# --- bytes ----------------------------------------------------------------------------------------------------------------
my ($buffer, $at, $base, $passed) = ('', 0, 0, 0); # what was read, where we are in it, bytes before it, bytes passed on

sub write_all {
  my ($to, $from) = @_;
  for (my $done = 0; $done < length $$from;) {
    my $wrote = syswrite($to, $$from, length($$from) - $done, $done);
    die "write: $!\n" unless defined $wrote;
    $done += $wrote;
  }
}

sub pass_on {
  my ($from) = @_;
  return unless $is_whole;
  write_all(\*STDOUT, $from);
  write_all($hash, $from);
  $passed += length $$from;
}

# Reads on; false at the end.
sub more {
  if ($at > 0) { $base += $at; substr($buffer, 0, $at, ''); $at = 0 }
  my $read = sysread(STDIN, my $block, $BLOCK);
  die "read: $!\n" unless defined $read;
  return 0 unless $read;
  # Before the first event is there nothing is passed on, see below.
  pass_on(\$block) if $base > 0 || $passed > 0;
  $buffer .= $block;
  return 1;
}

sub have {
  my ($bytes) = @_;
  while (length($buffer) - $at < $bytes) { more() or return 0 }
  return 1;
}

# --- CRC32 ----------------------------------------------------------------------------------------------------------------
# perl-base, which is all that a small Debian has, comes without zlib: two tables of 65,536 numbers take four bytes at a time.
my $crc32 = eval { require Compress::Raw::Zlib; 1 } ? \&Compress::Raw::Zlib::crc32 : own_crc32();

sub own_crc32 {
  my @byte = map { my $n = $_; $n = $n & 1 ? 0xedb88320 ^ ($n >> 1) : $n >> 1 for 1 .. 8; $n } 0 .. 255;
  my @near = map { my $n = $byte[$_ & 255]; $byte[($n ^ ($_ >> 8)) & 255] ^ ($n >> 8) } 0 .. 65535;
  my @far = map { my $n = $near[$_]; $near[$n & 65535] ^ ($n >> 16) } 0 .. 65535;
  return sub {
    my ($data, $crc) = @_;
    $crc = ($crc // 0) ^ 0xffffffff;
    my $words = length($data) >> 2;
    for (unpack "V$words", $data) { $crc ^= $_; $crc = $far[$crc & 65535] ^ $near[$crc >> 16] }
    for (unpack 'C*', substr($data, $words << 2)) { $crc = $byte[($crc ^ $_) & 255] ^ ($crc >> 8) }
    return $crc ^ 0xffffffff;
  };
}

# --- GTIDs ----------------------------------------------------------------------------------------------------------------
my (%intervals, %last); # MySQL: uuid and tag to first and last numbers, flat; MariaDB: domain to server to number

sub add_mysql {
  my ($uuid, $number) = @_;
  my $of = $intervals{$uuid} //= [];
  if (@$of && $of->[-1] + 1 == $number) { $of->[-1] = $number; return }
  my $i = @$of;                             # transactions of several sessions come a little out of order
  $i -= 2 while $i > 0 && $of->[$i - 2] > $number;
  return if $i > 0 && $of->[$i - 1] >= $number;
  splice @$of, $i, 0, $number, $number;
  splice @$of, $i + 1, 2 if $i + 2 < @$of && $of->[$i + 2] == $number + 1;
  splice @$of, $i - 1, 2 if $i > 0 && $of->[$i - 1] + 1 == $number;
}

sub uuid_of { join '-', unpack 'H8 H4 H4 H4 H12', $_[0] }

sub gtids {
  return join ',', map { my $domain = $_; map { "$domain-$_-$last{$domain}{$_}" } sort { $a <=> $b } keys %{$last{$domain}} }
    sort { $a <=> $b } keys %last if %last;
  my (@sets, $uuid);
  for my $of (sort keys %intervals) {
    my ($numbers, @parts) = ($intervals{$of});
    for (my $i = 0; $i < @$numbers; $i += 2) {
      my ($first, $end) = @$numbers[$i, $i + 1];
      push @parts, $first == $end ? $first : "$first-$end";
    }
    # What has a tag stands behind what has none, all under one uuid.
    my ($own, $tag) = split /:/, $of;
    if (defined $uuid && $uuid eq $own) { $sets[-1] .= join ':', '', $tag, @parts }
    else { push @sets, join ':', $of, @parts }
    $uuid = $own;
  }
  return join ',', @sets;
}

# A number of variable length, at the position that is given and moved: as many ones as bytes follow, a zero, and the number.
sub number {
  my ($body, $p) = @_;
  my $first = ord substr $$body, $$p, 1;
  my $more = 0;
  $more++ while $more < 8 && $first >> $more & 1;
  my $number = $more == 8 ? unpack('Q<', substr $$body, $$p + 1, 8) : unpack('Q<', substr($$body, $$p, $more + 1) . "\0" x 8) >> $more + 1;
  $$p += $more + 1;
  return $number;
}

sub text {
  my ($body, $p) = @_;
  my $length = number($body, $p);
  my $text = substr $$body, $$p, $length;
  $$p += $length;
  return $text;
}

sub with_tag { my ($uuid, $tag) = @_; $tag eq '' ? $uuid : "$uuid:$tag" }

sub read_previous {
  my ($body) = @_;
  my $p = 8;
  # Whether there are tags stands in the number's first and last byte.
  my $sources = unpack 'Q<', $body;
  my $kind = $sources >> 56;
  unknown("has a list of GTIDs of kind $kind") if $kind > 1;
  $sources = ($sources >> 8) & ((1 << 48) - 1) if $kind != $UNTAGGED;
  for (1 .. $sources) {
    my $uuid = uuid_of(substr $body, $p, 16);
    $p += 16;
    $uuid = with_tag($uuid, text(\$body, \$p)) if $kind != $UNTAGGED;
    my $count = unpack 'Q<', substr $body, $p, 8;
    $p += 8;
    # Ends are exclusive.
    my @of = unpack 'q<*', substr $body, $p, 16 * $count;
    $p += 16 * $count;
    damaged('has a list of GTIDs that ends too early') if @of != 2 * $count;
    $intervals{$uuid} = [map { $_ & 1 ? $of[$_] - 1 : $of[$_] } 0 .. $#of];
  }
}

# Version, size, last field that matters; then fields with their numbers: flags, bytes of the uuid, number of the transaction, tag. Signed
# numbers have their sign in the lowest bit.
sub read_tagged {
  my ($body) = @_;
  my $p = 0;
  my ($version) = (number(\$body, \$p), number(\$body, \$p), number(\$body, \$p));
  my ($flags_field, $flags, $uuid_field) = map { number(\$body, \$p) } 1 .. 3;
  my $uuid = uuid_of(pack 'C*', map { number(\$body, \$p) & 255 } 1 .. 16);
  my ($number_field, $number, $tag_field) = map { number(\$body, \$p) } 1 .. 3;
  unknown('has a GTID with a tag that cannot be read')
    if $version != 0 && $version != 1 || join(' ', $flags_field, $uuid_field, $number_field, $tag_field) ne '0 1 2 3' || $number & 1;
  add_mysql(with_tag($uuid, text(\$body, \$p)), $number >> 1);
}

sub read_list {
  my ($body) = @_;
  my $count = unpack('V', $body) & 0x0fffffff;
  damaged('has a list of GTIDs that ends too early') if length($body) < 4 + 16 * $count;
  for (0 .. $count - 1) {
    my ($domain, $server, $number) = unpack 'VVQ<', substr $body, 4 + 16 * $_, 16;
    $last{$domain}{$server} = $number;
  }
}

# --- events ---------------------------------------------------------------------------------------------------------------
my ($has_checksums, $before, $transactions, $closed_at, $closed_by, $next, $has_content) = (0, '', 0, 0, 'nothing', '', 0);
sub note { my ($name, $value) = @_; print $facts "$name $value\n" or die "facts: $!\n" }
sub ended_inside { my ($where) = @_; damaged("ends inside the event at byte $where") }

# Everything there is for the first event's flags; a whole file is longer.
have(4 + $HEADER);
if (length($buffer) < 4 + $HEADER) { damaged('is shorter than one event') }
my $magic = substr $buffer, 0, 4;
# MySQL's and, further below, MariaDB's sign of a file that only the server can read.
if ($magic eq "\xfdbin") { note(encrypted => 1); finish() }
damaged('does not begin like a binary log') if $magic ne "\xfebin";
# A server that was killed leaves the flag, and takes it away in what it sends to others; checksums are those without it. So a file is
# the same bytes whichever way it was read.
my $is_in_use = ord(substr $buffer, 4 + 17, 1) & $IN_USE;
substr($buffer, 4 + 17, 1) = chr(ord(substr $buffer, 4 + 17, 1) & ~$IN_USE);
{ my $first = $buffer; pass_on(\$first) }
$at = 4;

while (1) {
  my $where = $base + $at;
  if (!have($HEADER)) {
    last if length($buffer) == $at;
    $has_content = 1;
    last unless $is_whole;                  # the server is writing it
    ended_inside($where);
  }
  my ($time, $type, $server, $size, undef, $flags) = unpack 'VCVVVv', substr $buffer, $at, $HEADER;
  if ($where == 4) {
    damaged('does not begin with a format event') if $type != $FORMAT || $size < $HEADER + 57 + 5 || $size > $BLOCK;
    have($size) or ended_inside($where);
    $has_checksums = ord substr $buffer, $at + $size - 5, 1;
    unknown("has checksums of kind $has_checksums") if $has_checksums > 1;
  }
  damaged("has no event at byte $where") if $size < $HEADER + 4 * $has_checksums;
  damaged("goes on at byte $where, after its closing event") if $closed_by ne 'nothing';
  if ($type == $MARIADB_ENCRYPTION && $from eq 'file') { note(encrypted => 1); finish() }
  if (!$is_whole && !$is_head{$type}) { $has_content = 1; last }
  my $body = take($where, $type, $size);
  last unless defined $body;
  $closed_at = $time if $time > 0;
  if ($type == $FORMAT) {
    damaged("has a second format event at byte $where") if $where != 4;
    my ($version, $server_version, $started_at, $header) = unpack 'vZ50VC', $body;
    unknown("has the binary log format $version") if $version != 4 || $header != $HEADER;
    note(server_id => $server);
    note(server_version => $server_version);
    note(created_at => $time);
    note(started => $started_at > 0 ? 1 : 0);
    note(checksum => $has_checksums ? 'crc32' : 'none');
  }
  elsif ($type == $PREVIOUS) { read_previous($body); $before = gtids() }
  elsif ($type == $MARIADB_LIST) { read_list($body); $before = gtids() }
  elsif ($type == $GTID) { $transactions++; add_mysql(uuid_of(substr $body, 1, 16), unpack 'q<', substr $body, 17, 8) }
  elsif ($type == $ANONYMOUS) { $transactions++ }
  elsif ($type == $TAGGED) { $transactions++; read_tagged($body) }
  elsif ($type == $MARIADB_GTID) {
    $transactions++;
    my ($number, $domain) = unpack 'Q<V', $body;
    $last{$domain}{$server} = $number;
  }
  elsif ($type == $STOP) { $closed_by = 'stop' }
  elsif ($type == $ROTATE && !($flags & $OWN)) { $closed_by = 'rotate'; $next = substr $body, 8 }
}
note(in_use => $is_in_use);
note(before => $before);
note(content => $has_content);
if ($is_whole) {
  note(bytes => $passed);
  note(after => gtids());
  note(transactions => $transactions);
  note(closed_at => $closed_at);
  note(closed_by => $closed_by);
  note(next => $next);
}
finish();

# The body of an event, or '' for one that is not kept, when its checksum is right. Undefined at the end of what the server is writing.
sub take {
  my ($where, $type, $size) = @_;
  my $checked = $size - 4 * $has_checksums;
  my ($body, $crc) = ('', 0);
  if ($is_kept{$type}) {
    unknown("has an event of $size bytes at byte $where") if $size > $MAX_KEPT;
    if (!have($size)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }
    $crc = $crc32->(substr $buffer, $at, $checked) if $has_checksums;
    $body = substr $buffer, $at + $HEADER, $checked - $HEADER;
    $at += $checked;
  }
  else {
    for (my $left = $checked; $left > 0;) {
      if ($at == length $buffer && !more()) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }
      my $here = length($buffer) - $at;
      $here = $left if $here > $left;
      $crc = $crc32->(substr($buffer, $at, $here), $crc) if $has_checksums;
      $at += $here;
      $left -= $here;
    }
  }
  if ($has_checksums) {
    if (!have(4)) { $has_content = 1; return undef unless $is_whole; ended_inside($where) }
    damaged("has an event at byte $where whose checksum does not match") if $crc != unpack 'V', substr $buffer, $at, 4;
    $at += 4;
  }
  return $body;
}

sub finish {
  close($facts) or die "facts: $!\n";
  if ($is_whole) { close($hash) or die "the hash of the file could not be computed\n" }
  exit 0;
}
