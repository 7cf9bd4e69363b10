/** A name of a PDF with its escapes undone (ISO 32000-1, 7.3.5). */
export class PdfName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
/** A text of a PDF, a character for each byte. */
export class PdfText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** What stands elsewhere, by the number of its object. */
export class PdfReference {
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}
/** A dictionary, with all of its entries where a key comes twice: programs differ in which of them counts. */
export class PdfDictionary {
  readonly entries: [key: string, value: PdfValue][] = [];

  all(key: string): PdfValue[] {
    return this.entries.flatMap(([name, value]) => (name === key ? [value] : []));
  }
}
/** Undefined stands for a word of PDF, as `null` or `true`. */
export type PdfValue = PdfName | PdfText | PdfReference | PdfDictionary | PdfValue[] | number | undefined;

/** Thrown at what is nested or repeated beyond every sound file. */
export class PdfTooOdd extends Error {
  override readonly name = 'PdfTooOdd';
}

const deepest = 100;
/** Characters of a text that is kept: of longer ones nobody asks what they are. */
const longestName = 4_096;
const mostNames = 10_000;
/** In one object: the longest lists of sound files have some ten thousand. */
const mostValues = 1_048_576;
const blank = /[\0\t\n\f\r ]/;
const word = /[^\0\t\n\f\r ()<>[\]{}/%]*/y;
const bracket = /[()\\]/g;

/** Reads values of a PDF from wherever they begin. Work is bounded for all of them together. */
export class PdfReader {
  readonly text: string;
  at = 0;
  #stepsLeft: number;
  #valuesLeft = 0;
  readonly #names = new Map<string, PdfName>();

  /** @param steps characters that may be looked at */
  constructor(text: string, steps: number) {
    this.text = text;
    this.#stepsLeft = steps;
  }

  /** The value that begins at a place, or undefined where there is none. @throws PdfTooOdd */
  valueAt(place: number): PdfValue {
    this.at = place;
    this.#valuesLeft = mostValues;
    return this.#value(0);
  }

  /** Goes to the next character that is no blank and in no comment. @returns it, or an empty text at the end */
  next(): string {
    const start = this.at;
    for (;;) {
      const character = this.text.charAt(this.at);
      if (character === '%') {
        while (this.at < this.text.length && !/[\r\n]/.test(this.text.charAt(this.at))) this.at += 1;
      } else if (character !== '' && blank.test(character)) this.at += 1;
      else {
        this.#count(this.at - start);
        return character;
      }
    }
  }

  #value(depth: number): PdfValue {
    this.#valuesLeft -= 1;
    if (depth > deepest || this.#valuesLeft < 0) throw new PdfTooOdd('nested too deeply, or too long');
    this.#count(1);
    switch (this.next()) {
      case '/':
        this.at += 1;
        return this.#name(plainName(this.#word()));
      case '(':
        return this.#string();
      case '[':
        return this.#array(depth);
      case '<':
        return this.text.charAt(this.at + 1) === '<' ? this.#dictionary(depth) : this.#hexadecimal();
      default:
        return this.#other();
    }
  }

  /** The same names come again and again. */
  #name(name: string): PdfName {
    const known = this.#names.get(name) ?? new PdfName(name);
    if (this.#names.size < mostNames) this.#names.set(name, known);
    return known;
  }

  #dictionary(depth: number): PdfDictionary {
    const dictionary = new PdfDictionary();
    this.at += 2;
    for (;;) {
      const character = this.next();
      if (character === '') return dictionary;
      if (this.text.startsWith('>>', this.at)) {
        this.at += 2;
        return dictionary;
      }
      const key = this.#value(depth + 1);
      // What is no key is passed over, as programs do.
      if (!(key instanceof PdfName)) continue;
      if (this.next() !== '' && this.text.startsWith('>>', this.at)) continue;
      dictionary.entries.push([key.name, this.#value(depth + 1)]);
    }
  }

  #array(depth: number): PdfValue[] {
    const values: PdfValue[] = [];
    this.at += 1;
    for (;;) {
      const character = this.next();
      if (character === ']') this.at += 1;
      if (character === ']' || character === '') return values;
      values.push(this.#value(depth + 1));
    }
  }

  #string(): PdfText {
    const start = this.at + 1;
    let open = 0;
    do {
      bracket.lastIndex = this.at;
      const found = bracket.exec(this.text);
      const end = found?.index ?? this.text.length;
      this.#count(end - this.at + 1);
      this.at = end + (found?.[0] === '\\' ? 2 : 1);
      if (found?.[0] === '(') open += 1;
      else if (found?.[0] === ')') open -= 1;
      else if (!found) open = 0;
    } while (open > 0);
    const end = this.at - 1;
    return new PdfText(end - start > longestName ? '' : plainString(this.text.slice(start, end)));
  }

  #hexadecimal(): PdfText {
    const start = this.at + 1;
    const found = this.text.indexOf('>', start);
    const end = found === -1 ? this.text.length : found;
    this.#count(end - start);
    this.at = end + 1;
    // Signatures are long, and nobody asks for them.
    const digits = end - start > longestName ? '' : this.text.slice(start, end).replace(/[^0-9a-f]/gi, '');
    return new PdfText(Buffer.from(digits, 'hex').toString('latin1'));
  }

  /** A number, a reference or a word; of what is none of them a character is passed over. */
  #other(): PdfValue {
    const text = this.#word();
    if (text === '') this.at += 1;
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return undefined;
    const behind = this.at;
    if (/^\d+$/.test(text) && /\d/.test(this.next()) && /^\d+$/.test(this.#word())) {
      if (this.next() === 'R' && this.#word() === 'R') return new PdfReference(Number(text));
    }
    this.at = behind;
    return Number(text);
  }

  #word(): string {
    word.lastIndex = this.at;
    const [text = ''] = word.exec(this.text) ?? [];
    this.#count(text.length);
    this.at += text.length;
    return text;
  }

  #count(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new PdfTooOdd('too much to look at');
  }
}

function plainName(name: string): string {
  return name.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function plainString(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:([0-7]{1,3})|\r\n|([\s\S]))/g, (_, octal?: string, character?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return character === undefined || /[\r\n]/.test(character) ? '' : character;
  });
}
