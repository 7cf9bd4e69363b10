import { inflateSync } from 'node:zlib';
import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib';

/** What a program that reads a printed document aloud would read: its words, line by line and page by page. */
export async function wordsOfPdf(bytes: Uint8Array): Promise<string[][]> {
  const document = await PDFDocument.load(bytes, { updateMetadata: false });
  return document.getPages().map(({ node }) => {
    const fonts = node.Resources()?.lookup(PDFName.of('Font'), PDFDict);
    const map = unpacked(fonts?.lookup(PDFName.of('F'), PDFDict).lookup(PDFName.of('ToUnicode')));
    const characters = new Map(
      [...map.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]+)>$/gm)].map(([, code = '', text = '']) => [
        code,
        Buffer.from(text, 'hex').swap16().toString('utf16le'),
      ]),
    );
    const content = node.Contents();
    const streams = content instanceof PDFArray ? content.asArray() : [content];
    return streams.flatMap((stream) =>
      [...unpacked(stream).matchAll(/<([0-9a-f]*)> Tj/g)].map(([, codes = '']) =>
        (codes.match(/.{4}/g) ?? []).map((code) => characters.get(code) ?? '�').join(''),
      ),
    );
  });
}

/** The font file that it embeds. */
export async function fontOfPdf(bytes: Uint8Array): Promise<Buffer> {
  const document = await PDFDocument.load(bytes, { updateMetadata: false });
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    if (object instanceof PDFRawStream && object.dict.has(PDFName.of('Length1')))
      return inflateSync(object.contents);
  }
  throw new Error('it embeds no font');
}

function unpacked(stream: unknown): string {
  if (!(stream instanceof PDFRawStream)) throw new Error('no stream');
  return inflateSync(stream.contents).toString('latin1');
}
