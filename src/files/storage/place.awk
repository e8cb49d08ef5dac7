# place() puts a record into a list of a pack, tell_places() says in the end how many there are.
function place(record,   f, size, file) {
  split(substr(record, index(record, "//") + 2), f, " ")
  size = f[1] == "f" ? f[2] : 0
  planned++
  # All names of a file go into one pack.
  if (f[1] == "f" && f[6] > 1 && f[5] in home) {
    file = work "/pack." home[f[5]]
    print record >>file
    if (home[f[5]] != number) close(file)
    return
  }
  if (entries == 0 || weight + size > limit || entries >= most) {
    if (entries > 0) close(work "/pack." number)
    number++
    packs++
    weight = entries = 0
  }
  weight += size
  fresh += size
  entries++
  print record >>(work "/pack." number)
  if (f[1] == "f" && f[6] > 1) home[f[5]] = number
}
function tell_places() {
  print number >(work "/last-pack")
  printf "packs %d\nplanned %.0f\nfresh %.0f\n", packs, planned, fresh
}
