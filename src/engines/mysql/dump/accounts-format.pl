# Makes a text that can be loaded of the accounts that a MySQL server shows: standard input to standard output.
#
# One statement a line, as the client prints them in batch mode: \n, \t, \0 and \\ are escaped. First the CREATE USER statements; then
# for each account a line "lifeboat-account" and its GRANT and REVOKE statements; "lifeboat-end" is the last line. The server shows rights in the
# order in which they were given: they are sorted, so that the same rights are always the same text. Without the last line the
# text has no trailer, and nobody takes it for whole.
use strict;
use warnings;

my $ID = qr/`(?>(?:[^`]++|``)*+)`/;
my %plain = (n => "\n", t => "\t", 0 => "\0");
my @rights;
my $is_whole = 0;

binmode $_ for (\*STDIN, \*STDOUT);
print "-- MySQL accounts\n\nSET NAMES utf8mb4;\nSET SESSION sql_mode = '';\n\n";
while (my $line = <STDIN>) {
  die "a line behind the last one\n" if $is_whole;
  chomp $line;
  if ($line eq 'lifeboat-account') { flush_rights(); next }
  if ($line eq 'lifeboat-end')     { flush_rights(); $is_whole = 1; next }
  $line =~ s/\\(.)/defined $plain{$1} ? $plain{$1} : $1/ge;
  if    ($line =~ s/\ACREATE USER /CREATE USER IF NOT EXISTS /) { print "$line;\n" }
  elsif ($line =~ /\A(?:GRANT|REVOKE) /)                        { push @rights, sort_columns($line) }
  else { die "neither CREATE USER nor GRANT nor REVOKE\n" }
}
my ($second, $minute, $hour, $day, $month, $year) = gmtime;
printf "\n-- Dump completed on %d-%02d-%02d %2d:%02d:%02d\n", $year + 1900, $month + 1, $day, $hour, $minute, $second if $is_whole;
close(STDOUT) or die "write: $!\n";

# What a GRANT gives, a REVOKE may take away in part, where the server is told that this can be: GRANT sorts first.
sub flush_rights {
  print "SET GLOBAL partial_revokes = ON;\n" if grep { /\AREVOKE / } @rights;
  print "$_;\n" for sort @rights;
  @rights = ();
}

sub sort_columns {
  my ($grant) = @_;
  $grant =~ s/\(($ID(?:, $ID)*)\)/'(' . join(', ', sort $1 =~ m{$ID}g) . ')'/ge;
  return $grant;
}
