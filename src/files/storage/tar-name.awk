# escaped() turns the path of a line into what tar calls it, with --quoting-style=escape. set_codes() comes before.
function escaped(path,   at, byte, text) {
  if (path !~ /[^] -[^-~]/) return path
  for (at = 1; at <= length(path); at++) {
    byte = substr(path, at, 1)
    if (byte == "\\") text = text (substr(path, ++at, 1) == "n" ? "\\n" : "\\\\")
    else text = text (byte in codes ? codes[byte] : byte)
  }
  return text
}
function set_codes(   code, at) {
  for (code = 1; code < 256; code++) if (code < 32 || code > 126) codes[sprintf("%c", code)] = sprintf("\\%03o", code)
  for (at = 1; at <= 6; at++) codes[substr("\a\b\f\r\t\v", at, 1)] = "\\" substr("abfrtv", at, 1)
}
