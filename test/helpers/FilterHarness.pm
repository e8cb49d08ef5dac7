# Loaded before a filter (perl -MFilterHarness): decides how much each read gives, hides modules, tells the memory used.
# Pipes give what they hold at the moment, so that only a replaced sysread reads in pieces of an exact size.
package FilterHarness;
use strict;
use warnings;

BEGIN {
  my $piece = $ENV{PIECE_BYTES};
  no warnings 'once';
  *CORE::GLOBAL::sysread = sub (*\$$;$) { CORE::sysread(*STDIN, ${ $_[1] }, $piece) } if $piece;
  unshift @INC, sub { die "not here\n" if $_[1] eq 'Digest/SHA.pm'; return } if $ENV{HIDE_DIGEST_SHA};
  unshift @INC, sub { die "not here\n" if $_[1] eq 'Compress/Raw/Zlib.pm'; return } if $ENV{HIDE_ZLIB};
}

END {
  if (my $file = $ENV{PEAK_FILE}) {
    open(my $status, '<', '/proc/self/status') or die;
    my ($peak) = grep { defined } map { /^VmHWM:\s+(\d+) kB/ ? $1 : undef } <$status>;
    open(my $out, '>', $file) or die;
    print $out $peak;
  }
}

1;
