const decoder = new TextDecoder('gb18030');
let pairs: Map<string, Buffer> | undefined;

/** A text in GB18030; the table of an encoder is not part of Node: pairs are found by decoding. */
export function gb18030(text: string): Buffer {
  pairs ??= new Map(
    Array.from({ length: 0xfe - 0x81 + 1 }, (_, lead) => lead + 0x81).flatMap((lead) =>
      Array.from({ length: 0xfe - 0x40 + 1 }, (_, trail) => trail + 0x40).map((trail) => {
        const pair = Buffer.from([lead, trail]);
        return [decoder.decode(pair), pair] as const;
      }),
    ),
  );
  return Buffer.concat([...text].map((character) => pairs?.get(character) ?? Buffer.from(character)));
}
