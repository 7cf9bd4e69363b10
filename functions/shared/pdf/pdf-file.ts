import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** A PDF file (ISO 32000) as numbered objects; one refers to another by its number. */
export class PdfFile {
  readonly #objects: (Buffer | undefined)[] = [];

  /** A number for an object that comes later. */
  reserve(): number {
    return this.#objects.push(undefined);
  }

  /** Adds an object. @param number that was reserved for it. Default: the next one. */
  add(body: string | Buffer, number = this.reserve()): number {
    this.#objects[number - 1] = Buffer.from(body);
    return number;
  }

  /** Adds a stream, compressed. @param entries of its dictionary, e.g. `/Length1 12`. */
  addStream(content: string | Uint8Array, entries = ''): number {
    const data = deflateSync(content, { level: 9 });
    const head = `<< ${entries} /Filter /FlateDecode /Length ${data.length} >>\nstream\n`;
    return this.add(Buffer.concat([Buffer.from(head), data, Buffer.from('\nendstream')]));
  }

  /** The file. @param root number of its catalogue. @param info number of what is said of it. */
  bytes(root: number, info: number): Buffer {
    // Bytes above 127 in the second line tell programs that this is no text.
    const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')];
    let length = pieces[0]?.length ?? 0;
    const places = this.#objects.map((body, index) => {
      if (!body) throw new Error(`object ${index + 1} was never added`);
      const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
      pieces.push(piece);
      length += piece.length;
      return length - piece.length;
    });
    const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
    const id = createHash('sha256').update(Buffer.concat(pieces)).digest('hex').slice(0, 32);
    const size = places.length + 1;
    const trailer = `<< /Size ${size} /Root ${root} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>] >>`;
    const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries}`;
    return Buffer.concat([
      ...pieces,
      Buffer.from(`${table}trailer\n${trailer}\nstartxref\n${length}\n%%EOF\n`),
    ]);
  }
}

/** A text of any characters in a dictionary. */
export function pdfText(text: string): string {
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}
