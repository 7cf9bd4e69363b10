/** What browsers and programs run or draw when they open it: not data, though it is XML. */
const pages =
  /^(?:html|svg|xdp|stylesheet|transform|script|hta|application|package|scriptlet|component|job)$/i;
const pageNamespace = /(?:w3\.org\/(?:1999\/xhtml|2000\/svg|1999\/XSL\/|1999\/xlink)|ns\.adobe\.com\/xdp)/i;
const declaration = /^<\?xml\s[^<>]{1,200}\?>/;
const name = /^[\p{L}_:][\p{L}\p{N}_:.\-·]*/u;
const attributes = /^(?:\s+[\p{L}_:][\p{L}\p{N}_:.\-·]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*$/u;
const deepest = 500;

/**
 * Whether bytes are XML that is well-formed and nothing but data: without a document type, without instructions to programs
 * (of style, for one), and no page, drawing or form.
 */
export function isXmlData(bytes: Buffer): boolean {
  const text = decoded(bytes);
  if (text === undefined) return false;
  const [head = ''] = declaration.exec(text) ?? [];
  const open: string[] = [];
  let hasRoot = false;
  for (let at = head.length; at < text.length; ) {
    const begin = text.indexOf('<', at);
    const between = text.slice(at, begin === -1 ? undefined : begin);
    if (open.length === 0 && between.trim() !== '') return false;
    if (begin === -1) break;
    const [mark, end] = text.startsWith('<!--', begin)
      ? ['', behind(text, '-->', begin + 4)]
      : text.startsWith('<![CDATA[', begin) && open.length > 0
        ? ['', behind(text, ']]>', begin + 9)]
        : ['tag', endOfTag(text, begin)];
    if (end === -1) return false;
    at = end;
    if (mark === '') continue;
    const tag = text.slice(begin + 1, end - 1);
    if (tag.startsWith('/')) {
      if (open.pop() !== tag.slice(1).trimEnd()) return false;
      continue;
    }
    const [called = ''] = name.exec(tag) ?? [];
    const isAlone = tag.endsWith('/');
    const rest = tag.slice(called.length, isAlone ? -1 : undefined);
    if (called === '' || pages.test(called.replace(/^.*:/, '')) || pageNamespace.test(rest)) return false;
    if (!attributes.test(rest) || (hasRoot && open.length === 0)) return false;
    hasRoot = true;
    if (!isAlone) open.push(called);
    if (open.length > deepest) return false;
  }
  return hasRoot && open.length === 0;
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? -1 : at + mark.length;
}

/** Behind a tag, whose ends in quotes are none; -1 where there is none. */
function endOfTag(text: string, begin: number): number {
  const next = /["'>]/g;
  for (next.lastIndex = begin; ; ) {
    const found = next.exec(text);
    if (!found) return -1;
    if (found[0] === '>') return next.lastIndex;
    const end = text.indexOf(found[0], next.lastIndex);
    if (end === -1) return -1;
    next.lastIndex = end + 1;
  }
}

/** Bytes as text, in the encoding that they say; undefined where they are in none, or have what no XML has. */
function decoded(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 200).toString('latin1');
  const stated = /^<\?xml\s[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(start)?.[1] ?? 'utf-8';
  const encoding = /^(?:\xff\xfe|<\0)/.test(start)
    ? 'utf-16le'
    : /^(?:\xfe\xff|\0<)/.test(start)
      ? 'utf-16be'
      : stated;
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return /[\ufffe\uffff]|(?![\t\n\r\x80-\x9f])\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
