# What was found before and after is in the pack as it is; the rest is taken again, or given up. Reads hashes of the files, the list after, what could not be hashed,
# what is closed, what tar said, and the list before. escaped() is in tar-name.awk.
BEGIN { set_codes() }
FILENAME == ARGV[1] { hashes[substr($0, 67)] = substr($0, 1, 64); next }
FILENAME == ARGV[2] { at = index($0, "//"); after[substr($0, 1, at - 1)] = substr($0, at + 2); next }
FILENAME == ARGV[3] { if ($0 == "lifeboat-read: hurried") hurried = 1; next }
FILENAME == ARGV[4] { closed[$0]; next }
FILENAME == ARGV[5] {
  sub(/\/$/, "")
  at = index($0, " ")
  if (/^stored /) isStored[substr($0, at + 1)]
  else trouble[substr($0, at + 1)] = substr($0, 1, at - 1)
  next
}
{
  record[++count] = $0
  at = index($0, "//")
  path[count] = substr($0, 1, at - 1)
  was = substr($0, at + 2)
  now = after[path[count]]
  if (now == "") isIncomplete = 1
  split(was, f, " ")
  isFile = f[1] == "f"
  hash[count] = isFile ? hashes[path[count]] : path[count] in closed ? "" : "-"
  name = escaped(path[count])
  harm[count] = name in trouble ? trouble[name] : ""
  isThere[count] = name in isStored && harm[count] != "content"
  # A change in the same tick of the clock as the one before leaves no trace in the times; coarse clocks tick in seconds.
  isRacy = isFile && f[4] + 0 > begun - (f[4] ~ /\.0+$/ ? 2 : 0.1)
  # Nor does what a program writes into its memory of a file, until the kernel has written that to the disk.
  isFresh[count] = isFile && f[4] + 0 > begun - settled
  isSame[count] = now == was && hash[count] != ""
  isGood[count] = !void && isThere[count] && isSame[count] && !isRacy
  # Links in the first try: the one that has the content may be the one that is not kept.
  inode[count] = try == 1 && isFile && f[6] > 1 ? f[5] : ""
  if (!isGood[count] && inode[count] != "") isBroken[inode[count]]
}
function keep(attributes, hash) { print path[n] "//" attributes " " hash " " id >(work "/records." number) }
function store() {
  keep(after[path[n]], hash[n])
  counts["stored"]++
  if (harm[n] == "") return
  counts["harmed"]++
  print path[n] " (its attributes)" >>(work "/unreadable")
}
function repeat(wasDirectory) {
  print path[n] >>(work "/again")
  if (wasDirectory) print path[n] >>(work "/again.directories")
}
function doubt() { if (try == 1) print record[n] >>(work "/doubt") }
function lose(why) {
  print path[n] "//-" >>(work "/gone")
  counts[why]++
  if (why == "unreadable") print path[n] >>(work "/unreadable")
}
END {
  for (n = 1; n <= count; n++) {
    now = after[path[n]]
    wasDirectory = substr(record[n], length(path[n]) + 3, 1) == "d"
    if (isGood[n] && !(inode[n] in isBroken)) {
      store()
      print path[n] "//" now " " hash[n] " " id >(work "/noted." number)
      if (harm[n] == "" && !isFresh[n]) continue
      doubt()
      print path[n] "//!" >(work "/noted." number)
      continue
    }
    doubt()
    # What earlier packs have of what is below a directory can be below nothing else.
    if (now == "-" || (wasDirectory && now ~ /^[fl]/)) lose("vanished")
    else if (now == "?") lose("unreadable")
    else if (hash[n] == "" && substr(record[n], length(path[n]) + 3) == now && !hurried) lose("unreadable")
    else if (try < 3) { repeat(wasDirectory); counts["again"]++ }
    else if (!isThere[n] || substr(now, 1, 1) != substr(record[n], length(path[n]) + 3, 1)) lose("unreadable")
    # What changed of a directory are its times: each name that comes or goes changes them.
    else if (isSame[n] || substr(now, 1, 1) == "d") store()
    else { counts["unstable"]++; keep(now, "-"); print path[n] >>(work "/unstable") }
  }
  split("stored again unstable vanished unreadable harmed", names, " ")
  for (at = 1; at <= 6; at++) printf "%s %d\n", names[at], counts[names[at]]
  exit isIncomplete
}
