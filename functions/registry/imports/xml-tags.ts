/** Takes the tags of an XML text and the text between them, as they come. */
export interface TagHandler {
  /** @param selfClosing whether it has no content, as in `<v/>`. */
  open(name: string, attributes: string, selfClosing: boolean): void;
  close(name: string): void;
  text(text: string): void;
}

/** The longest tag or text between two tags: longer ones are no spreadsheet, whose cells hold 32,767 characters. */
const tokenLength = 1_048_576;

/**
 * Splits the XML of a spreadsheet's parts into tags: no document types, so no entities but the predefined ones. Names
 * come without their prefix. Keeps no more than a token between two chunks, and goes on in it where it has stopped.
 * @throws Error for a document type or a token without an end.
 */
export class XmlTags {
  readonly #handler: TagHandler;
  #rest = '';
  /** How much of the rest has no end of its token. */
  #seen = 0;
  /** The quote that is open there. */
  #quote = '';
  #steps = 0;

  constructor(handler: TagHandler) {
    this.#handler = handler;
  }

  /** Characters that were looked at for the ends of tokens: each is looked at once, and a few of a mark twice. */
  get steps(): number {
    return this.#steps;
  }

  /** Reads on; a part of a tag at the end waits for the next chunk. */
  write(chunk: string): void {
    const text = this.#rest + chunk;
    let place = 0;
    while (place < text.length) {
      const end = text[place] === '<' ? this.#tag(text, place) : this.#text(text, place);
      if (end === undefined) break;
      place = end;
      this.#seen = 0;
    }
    this.#rest = text.slice(place);
    if (this.#rest.length > tokenLength) throw new Error('a token without an end');
  }

  /** Reads the text at a place up to the next tag. @returns where that begins, or undefined when there is none yet. */
  #text(text: string, start: number): number | undefined {
    const end = this.#find(text, '<', start);
    if (end !== undefined) this.#handler.text(text.slice(start, end));
    return end;
  }

  /** Reads the tag at a place. @returns where it ends, or undefined when it does not end yet. */
  #tag(text: string, start: number): number | undefined {
    if (text.startsWith('<!--', start)) return this.#behind(text, '-->', start + 4);
    if (text.startsWith('<?', start)) return this.#behind(text, '?>', start + 2);
    if (text.startsWith('<![CDATA[', start)) {
      const end = this.#behind(text, ']]>', start + 9);
      if (end !== undefined) this.#handler.text(escaped(text.slice(start + 9, end - 3)));
      return end;
    }
    // The beginning of a comment or of CDATA may be cut off.
    const beginning = text.slice(start, start + 9);
    if (['<!--', '<![CDATA['].some((mark) => mark.startsWith(beginning))) return undefined;
    if (beginning.startsWith('<!')) throw new Error('a document type');
    const end = this.#endOfTag(text, start);
    if (end === undefined) return undefined;
    if (text[start + 1] === '/') this.#handler.close(localName(text.slice(start + 2, end).trim()));
    else this.#open(text.slice(start + 1, end));
    return end + 1;
  }

  /** Where a tag ends: behind its attributes, whose values may hold what looks like an end. */
  #endOfTag(text: string, start: number): number | undefined {
    let at = start + this.#seen;
    for (; at < text.length; at += 1) {
      this.#steps += 1;
      const character = text[at] ?? '';
      if (this.#quote !== '') {
        if (character === this.#quote) this.#quote = '';
      } else if (character === '"' || character === "'") this.#quote = character;
      else if (character === '>') return at;
    }
    this.#seen = at - start;
    return undefined;
  }

  /** Where a mark ends that closes the token whose content begins at a place. */
  #behind(text: string, mark: string, from: number): number | undefined {
    const place = this.#find(text, mark, from);
    return place === undefined ? undefined : place + mark.length;
  }

  #find(text: string, mark: string, from: number): number | undefined {
    const begin = from + this.#seen;
    const place = text.indexOf(mark, begin);
    this.#steps += (place === -1 ? text.length : place) - begin;
    if (place !== -1) return place;
    // What may be the beginning of the mark is looked at again.
    this.#seen = Math.max(this.#seen, text.length - from - (mark.length - 1), 0);
    return undefined;
  }

  #open(tag: string): void {
    const selfClosing = tag.endsWith('/');
    const body = selfClosing ? tag.slice(0, -1) : tag;
    const space = body.search(/\s/);
    const name = localName(space === -1 ? body : body.slice(0, space));
    this.#handler.open(name, space === -1 ? '' : body.slice(space), selfClosing);
    if (selfClosing) this.#handler.close(name);
  }
}

const patterns = new Map<string, RegExp>();

/** The value of an attribute among those of a tag, without its prefix; undefined when it is not there. */
export function attributeOf(attributes: string, name: string): string | undefined {
  let pattern = patterns.get(name);
  if (!pattern) {
    pattern = new RegExp(`\\s(?:\\w+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    patterns.set(name, pattern);
  }
  const match = pattern.exec(attributes);
  return match ? unescaped(match[1] ?? match[2] ?? '') : undefined;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its entities put in, and the `_x000D_` of spreadsheets. */
export function unescaped(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text;
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,6}));/g, (whole, decimal, hex, name) => {
      if (name !== undefined) return named[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;');
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
