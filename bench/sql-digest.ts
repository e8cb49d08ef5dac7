// What all contestants have to end up with: the same SQL text, whole.

/**
 * Shell text that reads SQL and prints its SHA-256 without the comment lines, where each dump says when it was made. Fails
 * without the line that ends a whole dump. gpg takes a fifth of the time of Debian 12's sha256sum. Needs a directory in $SCRATCH.
 */
export const SQL_DIGEST = `{
  mkfifo "$SCRATCH/tail"
  tail -n 1 < "$SCRATCH/tail" > "$SCRATCH/last" & last=$!
  tee "$SCRATCH/tail" | grep -av '^--' | gpg --no-options --homedir "$SCRATCH" --batch --quiet --print-md SHA256
  wait $last
  rm "$SCRATCH/tail"
  grep -q '^-- Dump completed' "$SCRATCH/last"
}`;
