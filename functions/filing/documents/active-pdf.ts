import { inflateSync } from 'node:zlib';
import type { FileFlaw } from './file-flaw.ts';
import { isHugePdfPicture } from './picture-size.ts';

/** Characters at the end of a piece of a stream that are looked at again with the next, for the mark of its end. */
const overlap = 16;
/** The longest dictionary: so much is looked at again with the next chunk, so that nothing is missed between two. */
const dictionaryLimit = 16_384;
/** The most bytes of streams of objects, packed and unpacked. */
const packedLimit = 16 * 1_048_576;
const unpackedLimit = 64 * 1_048_576;

/** Entries of dictionaries by which a PDF runs something (ISO 32000-1, 12.6.4), and by which it carries other files (7.11.4). */
const running = /\/S\s*\/(?:JavaScript|Launch|ImportData)\b|\/JS\s*(?:[(<]|\d+\s+\d+\s+R\b)|\/RichMedia\b/;
const carrying = /\/EmbeddedFiles?\b|\/EF\s*(?:<<|\d+\s+\d+\s+R\b)/;
const objectStream = /\/Type\s*\/ObjStm\b/;
const streamBegin = /(?<!end)stream\r?\n/;

/**
 * Sees a PDF pass by, chunk after chunk, and tells whether it would run something when it is opened, or carries other files:
 * by entries of its dictionaries, names written in another way (`#4a`) and compressed streams of objects included. A stream of
 * objects that cannot be looked into is a flaw of its own, since it may hold anything. Work and memory are bounded.
 */
export class ActivePdf {
  #flaw: FileFlaw | undefined;
  #last = '';
  /** Pieces of the stream of objects that is passing by, or undefined outside of one. */
  #stream: string[] | undefined;
  #packed = 0;
  #unpacked = 0;

  /** Takes the next bytes, each as a character. */
  add(chunk: string): void {
    let text = this.#last + chunk;
    this.#last = '';
    for (;;) {
      if (this.#flaw) return;
      if (this.#stream) {
        const end = text.indexOf('endstream');
        const kept = end === -1 ? Math.max(0, text.length - overlap) : end;
        this.#take(text.slice(0, kept));
        text = text.slice(kept);
        if (end === -1) break;
        this.#look(this.#unpack());
        this.#stream = undefined;
      }
      const begin = streamBegin.exec(text);
      const before = plainNames(text.slice(0, begin?.index));
      this.#look(before);
      if (!begin) {
        text = text.slice(-dictionaryLimit);
        break;
      }
      text = text.slice(begin.index + begin[0].length);
      const dictionary = before.slice(before.lastIndexOf('endobj') + 1);
      if (isHugePdfPicture(dictionary)) this.#flaw = 'expanding';
      if (objectStream.test(dictionary)) this.#stream = [];
    }
    this.#last = text;
  }

  /** What is wrong with it; undefined when nothing is. */
  flaw(): FileFlaw | undefined {
    return this.#flaw ?? (this.#stream ? 'hidden' : undefined);
  }

  #take(piece: string): void {
    this.#packed += piece.length;
    if (this.#packed > packedLimit) this.#flaw = 'hidden';
    else this.#stream?.push(piece);
  }

  /** The objects of the stream that has passed by. */
  #unpack(): string {
    const packed = Buffer.from((this.#stream ?? []).join(''), 'latin1');
    try {
      const maxOutputLength = Math.max(1, unpackedLimit - this.#unpacked);
      const objects = inflateSync(packed, { maxOutputLength });
      this.#unpacked += objects.length;
      return plainNames(objects.toString('latin1'));
    } catch {
      // Packed in another way, broken, or larger than anybody's.
      this.#flaw = 'hidden';
      return '';
    }
  }

  #look(text: string): void {
    if (running.test(text)) this.#flaw ??= 'active';
    else if (carrying.test(text)) this.#flaw ??= 'carrying';
  }
}

/** A text in which no character of a name is written by its number (ISO 32000-1, 7.3.5). */
function plainNames(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
