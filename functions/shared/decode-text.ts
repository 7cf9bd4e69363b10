/** Bytes of text as people's programs write it: UTF-8, or UTF-16 with its mark, or else GB18030 (GBK, GB 2312); undefined for others. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes);
  const utf8 = decoded('utf-8', bytes);
  // Two bytes of GB18030 are those of a Greek or Cyrillic letter in UTF-8 now and then; Chinese has three in UTF-8.
  if (utf8 !== undefined && (isAscii(utf8) || /[\u0800-\u{10ffff}]/u.test(utf8))) return utf8;
  // Text of Taiwan and Hong Kong is valid GB18030 by its bytes, and other characters.
  if (looksLikeBig5(bytes)) return undefined;
  return decoded('gb18030', bytes) ?? utf8;
}

/** Characters by which two encodings are told apart: fewer may be anything. */
const tellingPairs = 6;

/**
 * Whether bytes that are no ASCII are likely to be Big5: nearly all of them are then its frequent characters, which stand
 * elsewhere than the frequent ones of GB 2312.
 */
export function looksLikeBig5(bytes: Uint8Array): boolean {
  let [pairs, big5, gb] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const [lead = 0, trail = 0] = [bytes[at], bytes[at + 1]];
    if (lead < 0x80) continue;
    at += 1;
    // Punctuation and signs of both.
    if (lead >= 0xa1 && lead <= 0xa3) continue;
    pairs += 1;
    if (lead >= 0xa4 && lead <= 0xc6 && ((trail >= 0x40 && trail <= 0x7e) || trail >= 0xa1)) big5 += 1;
    if (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) gb += 1;
  }
  return pairs >= tellingPairs && big5 >= 0.9 * pairs && gb < 0.6 * pairs;
}

/**
 * Whether a program has put a mark in the place of what it could not read, or has read UTF-8 in another encoding and saved
 * that: the mark read as GBK, or Chinese as letters of Western Europe.
 */
export function isMangled(text: string): boolean {
  if (/[\uFFFD]|锟斤拷/.test(text)) return true;
  const parts = text.match(/[\u0080-\u00ff]{3,}/g) ?? [];
  return parts.some((part) => /[\u0800-\uffff]/.test(decoded('utf-8', Buffer.from(part, 'latin1')) ?? ''));
}

/** Whether a text is the same in every encoding that is read here. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has control characters.
  return /^[\x00-\x7f]*$/.test(text);
}

function decoded(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
