// How to bring back one snapshot of files with stock tools: the text of docs/restore-by-hand.md, and of the part of RECOVERY.md that is about files.

/**
 * For bash, where `SNAPSHOT` is an id, `get_storage` fetches an object of the storage into the working directory, the manifest is there and
 * checked, and gpg has the secret key. Everything comes below `files/`. It ends with a status other than 0 at the first thing that is wrong, whatever
 * the shell is set to; not as the left side of `&&`, where bash would go on.
 */
export const RESTORE_SNAPSHOT = String.raw`(
set -eo pipefail
# Hash and name of every object of a kind, in the order of the manifest.
objects() {
  awk -F'"' -v kind="/$1/" '$2 == "key" { key = $4 }
    $2 == "sha256" && index(key, kind) { n = split(key, path, "/"); print $4, path[n]; key = "" }' "$SNAPSHOT.json"
}
plain() { get_storage "$1/$3" && echo "$2  $3" | sha256sum --check --quiet >&2 && gpg --decrypt "$3" | zstd -dc && rm "$3"; }
# One record for each path, the last one that there is: a line, in which \n is a line break and \b a backslash.
objects snapshots | while read -r hash file; do plain snapshots "$hash" "$file" || exit 1; done |
  sed -z 's/\\/\\b/g; s/\n/\\n/g' | tr '\0' '\n' |
  LC_ALL=C awk '{ at = index($0, "//"); last[substr($0, 1, at - 1)] = substr($0, at + 2) }
    END { for (path in last) if (last[path] != "-") print path "//" last[path] }' >index.lines
# The names of each pack, without the slash at the beginning.
LC_ALL=C awk '{ print $NF "/" substr($0, 1, index($0, "//") - 1) }' index.lines | LC_ALL=C sort |
  LC_ALL=C awk '{ at = index($0, "/"); file = "names." substr($0, 1, at - 1)
    if (file != open) close(open); open = file; print substr($0, at + 2) >file }'
records() { tr '\n' '\0' | sed -z 's/\\n/\n/g; s/\\b/\\/g'; }
mkdir files
objects packs | while read -r hash file; do
  names="names.$(basename "$file" .tar.zst.gpg)"
  [ -e "$names" ] || continue
  records <"$names" >names
  plain packs "$hash" "$file" | LC_ALL=C tar -x -C files -p --numeric-owner --xattrs --xattrs-include='*' --acls \
    --delay-directory-restore --no-recursion --null -T names || exit 1
done
# What came into a directory later changed its time.
LC_ALL=C awk '{ at = index($0, "//"); split(substr($0, at + 2), f, " ")
  if (f[1] == "d") print "@" f[3] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' time && IFS= read -r -d '' path; do touch -d "$time" -- "files$path"; done
# Is every content what was read on the server?
LC_ALL=C awk '{ at = index($0, "//"); n = split(substr($0, at + 2), f, " ")
  if (f[1] == "f" && f[n - 1] != "-") print f[n - 1] "\n" substr($0, 1, at - 1) }' index.lines | records |
  while IFS= read -r -d '' hash && IFS= read -r -d '' path; do
    [ "$(sha256sum <"files$path")" = "$hash  -" ] || { echo "not what it was: $path" >&2; exit 1; }
  done
# As many as the manifest says?
found=$(LC_ALL=C awk '{ split(substr($0, index($0, "//") + 2), f, " "); n[f[1]]++ }
  END { printf "%d files, %d directories, %d links\n", n["f"], n["d"], n["l"] }' index.lines)
held=$(awk '$1 ~ /^"(files|directories|links)":$/ { n[$1] = $2 + 0 }
  END { printf "%d files, %d directories, %d links\n", n["\"files\":"], n["\"directories\":"], n["\"links\":"] }' "$SNAPSHOT.json")
[ "$found" = "$held" ] || { echo "there are $found; the manifest says $held" >&2; exit 1; }
echo "$found" && echo "All files are there."
)`;
