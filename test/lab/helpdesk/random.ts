// A seeded source of numbers and of text that reads, repeats itself and compresses like the mail of a helpdesk.

const WORDS = (
  'the a we you your our this that and or but when after before please thanks hello regards order invoice payment account server ' +
  'printer password reset login error page screen update version install driver network cable office meeting customer ticket ' +
  'reply attached file document report screenshot button window browser email address phone number date time today tomorrow ' +
  'yesterday week month again still not cannot does works working broken slow fast new old first last next same other change ' +
  'check confirm receive send sent open close closed waiting urgent question answer problem issue solution contract renewal ' +
  'license domain certificate backup restore database shipment delivery warehouse refund credit price discount tax total ' +
  'naïve café Größe façade señor Ærø 東京 サポート Привет grüße'
).split(' ');

const FIRST_NAMES =
  'Ada Ben Chloé Dmitri Eva Farid Grace Hugo Ines Jonas Kavya Liam Mei Noor Olga Pál Rosa Sven Tomás Uma'.split(
    ' ',
  );
const LAST_NAMES =
  'Abel Berg Costa Diaz Evans Fischer García Haas Ito Jansen Kowalski Lund Moreau Novák Okafor Petrov'.split(
    ' ',
  );

/** How many different sentences there are: people write the same things over and over. */
const SENTENCES = 3_000;
const EMOJI = ['🙂', '🎉', '🚒', '❤️'];

export class Random {
  #state: number;
  readonly #sentences: string[];

  constructor(seed: number) {
    this.#state = seed >>> 0;
    this.#sentences = Array.from({ length: SENTENCES }, () => this.#composeSentence());
  }

  /** A whole number from 0 up to but without `limit` (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }

  /** Low numbers come more often than high ones. */
  skewedBelow(limit: number): number {
    return Math.floor((this.below(limit) * this.below(limit)) / limit);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  word(): string {
    return this.pick(WORDS);
  }

  sentence(): string {
    return this.pick(this.#sentences);
  }

  person(): string {
    return `${this.pick(FIRST_NAMES)} ${this.pick(LAST_NAMES)}`;
  }

  /** Some sentences, now and then with numbers, quotes, backslashes and line ends in them. */
  letter(maxSentences: number): string {
    let text = '';
    for (let left = 1 + this.skewedBelow(maxSentences); left > 0; left -= 1) {
      text += this.sentence();
      const seldom = this.below(24);
      if (seldom === 0)
        text += `\n\n> ${this.person()} wrote:\n> "#${this.below(1_000_000)}" isn't in C:\\temp\n`;
      else if (seldom === 1) text += ` ${this.pick(EMOJI)}\n`;
      else if (seldom < 6) text += ` (${this.hex(8)})\n`;
      else text += ' ';
    }
    return text;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.below(0x1_0000).toString(16).padStart(4, '0');
    return text.slice(0, digits);
  }

  #composeSentence(): string {
    const words = Array.from({ length: 5 + this.below(14) }, () => this.word());
    const text = words.join(' ');
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}${this.pick(['.', '.', '.', '?', '!'])}`;
  }
}
