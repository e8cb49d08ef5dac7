# From what differs, as comm tells it with the old in the first column and the new in the second, to lists of packs, and figures. Reads the roots before. Files
# with several names wait: they go to `linked`. place() is in place.awk.
function count(attributes, sign,   f) {
  split(attributes, f, " ")
  kinds[f[1]] += sign
  if (f[1] == "f") bytes += sign * f[2]
  isLinked = f[1] == "f" && f[6] > 1
  if (isLinked) print f[5] >>(work "/linked")
}
function leave(   at, length_of_it, longest) {
  if (!leaving) return
  print lost "//-" >>(work "/gone")
  deleted++
  leaving = 0
  for (at in roots) {
    if (index(lost "/", roots[at]) != 1 || length(roots[at]) <= length_of_it) continue
    length_of_it = length(roots[at])
    longest = at
  }
  if (length_of_it > 0) below[longest]++
}
function change(old, new) { if (old != new " !") changed++ }
FILENAME == ARGV[1] { at = FNR - 1; $0 = substr($0, index($0, " ") + 1); roots[at] = $0 == "/" ? $0 : $0 "/"; next }
{
  isNew = substr($0, 1, 1) == "\t"
  record = isNew ? substr($0, 2) : $0
  at = index(record, "//")
  path = substr(record, 1, at - 1)
  attributes = substr(record, at + 2)
  if (leaving && path != lost) leave()
  count(attributes, isNew ? 1 : -1)
}
isNew {
  if (leaving) { change(before, attributes); leaving = 0 } else { added++; came = path; new = attributes }
  if (!isLinked) place(record)
  next
}
came == path && added > 0 { added--; change(attributes, new); next }
{ leaving = 1; lost = path; before = attributes }
END {
  leave()
  tell_places()
  printf "added %.0f\nchanged %.0f\ndeleted %.0f\n", added, changed, deleted
  printf "files %.0f\ndirectories %.0f\nlinks %.0f\nbytes %.0f\n", kinds["f"], kinds["d"], kinds["l"], bytes
  for (at in below) printf "deleted-below.%s %.0f\n", at, below[at]
}
