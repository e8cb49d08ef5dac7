// What all contestants have to end up with: the same SQL text, whole.

/**
 * Shell text that reads SQL and prints its SHA-256 without the comment lines, where each dump says when it was made. Fails
 * without the line that ends a whole dump. Needs a directory in $SCRATCH.
 */
export const SQL_DIGEST = `{
  mkfifo "$SCRATCH/tail"
  tail -n 1 < "$SCRATCH/tail" > "$SCRATCH/last" & last=$!
  tee "$SCRATCH/tail" | grep -av '^--' | sha256sum | head -c 64
  wait $last
  rm "$SCRATCH/tail"
  grep -q '^-- Dump completed' "$SCRATCH/last"
}`;
