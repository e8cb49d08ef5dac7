// Looks for secrets in places where they must not be, in every form in which they could have got there. Shares no code with what
// hides them.

export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** A piece of a key or a password that stands nowhere by chance. */
const MIN_FORM_LENGTH = 10;

/** Names of the secrets that the text holds, each with the form in which it was found; empty when there is none. */
export function findCanaries(text: string, canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, value }) =>
    formsOf(value)
      .filter(({ form }) => text.includes(form))
      .map(({ how }) => `${name} (${how})`),
  );
}

interface Form {
  readonly how: string;
  readonly form: string;
}

function formsOf(value: string): Form[] {
  const lines = value.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const forms = [
    { how: 'as it is', form: value.trim() },
    ...lines.map((line) => ({ how: 'a line', form: line.trim() })),
    ...[value, value.trim(), ...lines].flatMap(encode),
  ];
  return forms.filter(({ form }) => form.length >= MIN_FORM_LENGTH);
}

function encode(text: string): Form[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return [
    { how: 'hex', form: hex },
    { how: 'hex', form: hex.toUpperCase() },
    { how: 'URL', form: encodeURIComponent(text) },
    { how: 'JSON', form: JSON.stringify(text).slice(1, -1) },
    { how: 'shell', form: text.replaceAll("'", `'\\''`) },
    { how: 'SQL', form: text.replaceAll('\\', '\\\\').replaceAll("'", "''") },
    { how: 'option file', form: text.replaceAll(/[\\"]/g, '\\$&') },
    // The bytes in the middle come out the same wherever in a longer text they stand: three alignments.
    ...[0, 1, 2].map((before) => ({ how: 'Base64', form: innerBase64(bytes, before) })),
  ];
}

function innerBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(before === 0 ? 0 : 4, -4);
}
