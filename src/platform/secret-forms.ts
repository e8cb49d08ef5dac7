// The forms in which one secret can turn up in printed text: as it is, line by line, and encoded.

/** Shorter ones would garble every log, and GitHub drops job outputs that contain a masked text. */
export const MIN_SECRET_CHARACTERS = 4;
/** Encoded forms are looked for from this length on; shorter pieces of Base64 match by chance. */
const MIN_ENCODED_CHARACTERS = 8;

/** `-----BEGIN … KEY-----` stands in every key and in our own messages. */
const ARMOR_LINE = /^-----(?:BEGIN|END) [A-Z ]+-----$/;

/** Every text that must not be printed because of this secret; empty for one that is too short. */
export function secretForms(secret: string): readonly string[] {
  const whole = secret.trim();
  const lines = secret.split(/\r\n|\r|\n/).map((line) => line.trim());
  const plain = [secret, whole, ...lines].filter((form) => form.length >= MIN_SECRET_CHARACTERS);
  const encoded = [secret, whole].flatMap(encodings).filter((form) => form.length >= MIN_ENCODED_CHARACTERS);
  return [...new Set([...plain, ...encoded])].filter((form) => !ARMOR_LINE.test(form));
}

function encodings(text: string): readonly string[] {
  if (text.length < MIN_SECRET_CHARACTERS) return [];
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  return [
    hex,
    hex.toUpperCase(),
    json,
    url,
    new URLSearchParams([['', text]]).toString().slice(1),
    url.replace(/%../g, (escape) => escape.toLowerCase()),
    text.replaceAll("'", `'\\''`),
    ...base64Forms(bytes),
  ].filter((form) => form !== text);
}

/** Base64 of the bytes wherever they stand in a longer text: three alignments, without the characters that neighbours decide. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const end = Math.floor((padded.length * 8) / 6);
    const start = Math.ceil((before * 8) / 6);
    const inner = padded.toString('base64').slice(start, end);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
