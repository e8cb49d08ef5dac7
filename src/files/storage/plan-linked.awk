# All names of files that have several, by their inodes. Reads these, the records of what was found more than once, all that was found, and what stands for
# those. place() is in place.awk.
FILENAME == ARGV[1] { linked[$0]; next }
FILENAME == ARGV[2] { repeated[$0]; next }
FILENAME == ARGV[3] && $0 in repeated { next }
{ split(substr($0, index($0, "//") + 2), f, " ") }
f[1] == "f" && f[6] > 1 && f[5] in linked { place($0) }
END { tell_places() }
