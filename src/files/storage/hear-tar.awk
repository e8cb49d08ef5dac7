# From what tar said to lines `<why> <name>`: `stored`, what is in the archive; nothing for what is seen in the list afterwards, too; `attributes` when only
# those are missing; `content` for every other complaint. Fails when tar says something else, or fails without a word.
# Where a script stands before the program, it calls itself by its path.
{ sub(/^(\/usr)?\/bin\/tar: /, "tar: ") }
/^\// { print "stored " $0; next }
/^lifeboat-read: tar [0-9]+$/ { status = $3; isOver = 1; next }
/^tar: Removing leading .* from (member names|hard link targets)$/ { next }
/^tar: (Exiting with failure status due to previous errors|Error exit delayed from previous errors\.)$/ { next }
!match($0, /^tar: \/([^:\\]|\\.)*: /) { print | "cat >&2"; isForeign = 1; next }
{ isExplained = 1; name = substr($0, 6, RLENGTH - 7); what = substr($0, RLENGTH + 1); gsub(/\\:/, ":", name) }
what ~ /^Cannot (stat|open): (No such file or directory|Not a directory)$/ { next }
what ~ /^File shrank by [0-9]+ bytes?; padding with zeros$/ { next }
what ~ /^(file changed as we read it|File removed before we read it|socket ignored)$/ { next }
# A file system that has none lost none.
what ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)[a-z_]*: Operation not supported$/ { next }
{ print (what ~ /^Warning: Cannot [a-z_]*(xattr|acl|filecon)/ ? "attributes" : "content") " " name }
END { exit !isOver || isForeign || status > 2 || (status > 0 && !isExplained) }
