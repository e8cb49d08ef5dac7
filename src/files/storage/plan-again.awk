# What is to be taken once more, as it is now, to lists of packs, and figures. Reads which of it were directories, and the list. place() is in place.awk.
FILENAME == ARGV[1] { wasDirectory[$0]; next }
{
  at = index($0, "//")
  path = substr($0, 1, at - 1)
  now = substr($0, at + 2)
}
# A directory that is something else by now is gone, as in judge-pack.awk.
path in wasDirectory && now ~ /^[fl]/ { now = "-" }
now !~ /^[-?]$/ { place($0); next }
{
  print path "//-" >>(work "/gone")
  if (now == "-") { vanished++; next }
  unreadable++
  print path >>(work "/unreadable")
}
END { tell_places(); printf "vanished %d\nunreadable %d\n", vanished, unreadable }
