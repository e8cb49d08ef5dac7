# What is to be taken once more, as it is now, to lists of packs, and figures. place() is in place.awk.
!/\/\/[-?]$/ { place($0); next }
{
  path = substr($0, 1, length($0) - 3)
  print path "//-" >>(work "/gone")
  if (/-$/) { vanished++; next }
  unreadable++
  print path >>(work "/unreadable")
}
END { tell_places(); printf "vanished %d\nunreadable %d\n", vanished, unreadable }
