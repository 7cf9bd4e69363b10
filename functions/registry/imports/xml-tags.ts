/** Takes the tags of an XML text and the text between them, as they come. */
export interface TagHandler {
  /** @param selfClosing whether it has no content, as in `<v/>`. */
  open(name: string, attributes: string, selfClosing: boolean): void;
  close(name: string): void;
  text(text: string): void;
}

/** The longest tag or text between two tags: longer ones are no spreadsheet. */
const tokenLength = 4_000_000;

/**
 * Splits the XML of a spreadsheet's parts into tags: no document types, so no entities but the predefined ones. Names
 * come without their prefix. Keeps no more than a token between two chunks.
 * @throws Error for a document type or a token without an end.
 */
export class XmlTags {
  readonly #handler: TagHandler;
  #rest = '';

  constructor(handler: TagHandler) {
    this.#handler = handler;
  }

  /** Reads on; a part of a tag at the end waits for the next chunk. */
  write(chunk: string): void {
    const text = this.#rest + chunk;
    let place = 0;
    for (;;) {
      const start = text.indexOf('<', place);
      if (start === -1) break;
      if (start > place) this.#handler.text(text.slice(place, start));
      place = start;
      const end = this.#tag(text, start);
      if (end === undefined) break;
      place = end;
    }
    this.#rest = text.slice(place);
    if (this.#rest.length > tokenLength) throw new Error('a token without an end');
  }

  /** Reads the tag at a place. @returns where it ends, or undefined when it does not end yet. */
  #tag(text: string, start: number): number | undefined {
    if (text.startsWith('<!--', start)) return behind(text, '-->', start);
    if (text.startsWith('<?', start)) return behind(text, '?>', start);
    if (text.startsWith('<![CDATA[', start)) {
      const end = behind(text, ']]>', start);
      if (end !== undefined) this.#handler.text(escaped(text.slice(start + 9, end - 3)));
      return end;
    }
    let end = text.indexOf('>', start);
    while (end !== -1 && isQuoted(text, start, end)) end = text.indexOf('>', end + 1);
    if (end === -1) return undefined;
    if (text[start + 1] === '!') {
      // The beginning of a comment or of CDATA may be cut off.
      if (
        '<!--'.startsWith(text.slice(start, start + 4)) ||
        '<![CDATA['.startsWith(text.slice(start, start + 9))
      )
        return undefined;
      throw new Error('a document type');
    }
    if (text[start + 1] === '/') this.#handler.close(localName(text.slice(start + 2, end).trim()));
    else this.#open(text.slice(start + 1, end));
    return end + 1;
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

function behind(text: string, mark: string, from: number): number | undefined {
  const place = text.indexOf(mark, from);
  return place === -1 ? undefined : place + mark.length;
}

/** Whether a place in a tag stands inside the quotes of an attribute. */
function isQuoted(text: string, start: number, place: number): boolean {
  let quote = '';
  for (let index = start; index < place; index += 1) {
    const character = text[index] ?? '';
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  return quote !== '';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
