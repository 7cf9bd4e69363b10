const pairs = new Map<string, ReadonlyMap<string, Buffer>>();

/** The characters of two bytes in an encoding: the table of an encoder is not part of Node, so they are found by decoding. */
function pairsOf(encoding: 'gb18030' | 'big5'): ReadonlyMap<string, Buffer> {
  const known = pairs.get(encoding);
  if (known) return known;
  const decoder = new TextDecoder(encoding);
  const made = new Map(
    Array.from({ length: 0xfe - 0x81 + 1 }, (_, lead) => lead + 0x81).flatMap((lead) =>
      Array.from({ length: 0xfe - 0x40 + 1 }, (_, trail) => trail + 0x40).map((trail) => {
        const pair = Buffer.from([lead, trail]);
        return [decoder.decode(pair), pair] as const;
      }),
    ),
  );
  pairs.set(encoding, made);
  return made;
}

const encoded = (encoding: 'gb18030' | 'big5', text: string) =>
  Buffer.concat([...text].map((character) => pairsOf(encoding).get(character) ?? Buffer.from(character)));

/** A text in GB18030. */
export function gb18030(text: string): Buffer {
  return encoded('gb18030', text);
}

/** A text in Big5. */
export function big5(text: string): Buffer {
  return encoded('big5', text);
}
