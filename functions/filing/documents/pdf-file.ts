import { inflateSync } from 'node:zlib';
import { PdfDictionary, PdfName, PdfReader, PdfReference, PdfTooOdd, type PdfValue } from './pdf-objects.ts';

/** Characters that are looked at, for each of the file: parts of a sound one are looked at twice or thrice. */
const stepsEach = 8;
const leastSteps = 1_048_576;
/** The most bytes that streams of objects unpack to, all together; a stream of data by itself. */
const unpackedLimit = 64 * 1_048_576;
const dataLimit = 32 * 1_048_576;

const mostObjects = 1_048_576;

/** What stands in a file at some place, whether its table of references leads there or not. */
export interface PdfObject {
  readonly value: PdfValue;
  /** The bytes of what is a stream. */
  readonly stream?: Buffer;
}

interface Place {
  readonly reader: PdfReader;
  readonly at: number;
}

/**
 * A PDF as all that begins anywhere in its bytes, in comments, texts and streams too, and in its streams of objects. A program that
 * opens the file sees some of these objects and no other, however it reads a table of references that is damaged, or made to
 * mislead. None is kept: those that are asked for by their numbers are read again.
 */
export class PdfFile {
  readonly #bytes: Buffer;
  readonly #places = new Map<number, Place[]>();
  #objects = 0;
  #unpackedLeft = unpackedLimit;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Every object and trailer. @throws PdfTooOdd when the file cannot be looked through. */
  *objects(): Generator<PdfObject> {
    const reader = readerOf(this.#bytes);
    // Up to where what stands there belongs to an object.
    let known = 0;
    for (const { index, 0: mark } of reader.text.matchAll(/(?<!end)obj|trailer|<</g)) {
      if (mark === '<<' && index < known) continue;
      const at = mark === '<<' ? index : index + mark.length;
      this.#keep(mark === 'obj' ? numberBefore(reader.text, index) : undefined, { reader, at });
      const object = this.#objectAt({ reader, at });
      const end = object.stream
        ? object.stream.byteOffset - this.#bytes.byteOffset + object.stream.length
        : 0;
      known = Math.max(known, reader.at, end);
      yield object;
      if (object.stream && object.value instanceof PdfDictionary && holdsObjects(object.value)) {
        yield* this.#packed(object.value, object.stream);
      }
    }
  }

  /** All that have a number, several where it comes again; known once all objects were gone through. */
  numbered(number: number): PdfObject[] {
    return (this.#places.get(number) ?? []).map((place) => this.#objectAt(place));
  }

  /** A value, or what stands where it refers to; a reference that leads nowhere, or round and round, is itself. */
  resolved(value: PdfValue, hops = 8): PdfValue[] {
    const found = value instanceof PdfReference && hops > 0 ? this.numbered(value.number) : [];
    return found.length > 0 ? found.flatMap((one) => this.resolved(one.value, hops - 1)) : [value];
  }

  /** The objects of a stream of them: where its head says that each begins, and in their order. */
  *#packed(dictionary: PdfDictionary, stream: Buffer): Generator<PdfObject> {
    const unpacked = plainBytes(dictionary, stream, this.#unpackedLeft);
    if (!unpacked) throw new PdfTooOdd('objects that cannot be looked at');
    this.#unpackedLeft -= unpacked.length;
    const reader = readerOf(unpacked);
    const head: number[] = [];
    for (reader.at = 0; /\d/.test(reader.next()); ) {
      const value = reader.valueAt(reader.at);
      if (typeof value === 'number') head.push(value);
    }
    const [first] = dictionary.all('First');
    const begin = typeof first === 'number' ? first : reader.at;
    for (let place = 0; place + 1 < head.length; place += 2) {
      const at = begin + (head[place + 1] ?? 0);
      this.#keep(head[place], { reader, at });
      yield { value: reader.valueAt(at) };
    }
    for (reader.at = 0; reader.next() !== ''; ) yield { value: reader.valueAt(reader.at) };
  }

  #keep(number: number | undefined, place: Place): void {
    this.#objects += 1;
    if (this.#objects > mostObjects) throw new PdfTooOdd('too many objects');
    if (number === undefined) return;
    const known = this.#places.get(number);
    if (known) known.push(place);
    else this.#places.set(number, [place]);
  }

  #objectAt({ reader, at }: Place): PdfObject {
    const value = reader.valueAt(at);
    const stream = value instanceof PdfDictionary ? streamOf(reader, value) : undefined;
    return { value, ...(stream && { stream: this.#bytes.subarray(stream.from, stream.to) }) };
  }
}

function readerOf(bytes: Buffer): PdfReader {
  return new PdfReader(bytes.toString('latin1'), leastSteps + stepsEach * bytes.length);
}

/**
 * The bytes of a stream as they are once they are unpacked, or undefined: packed in another way than everybody's, broken, or
 * more than there may be.
 */
export function plainBytes(dictionary: PdfDictionary, packed: Buffer, limit = dataLimit): Buffer | undefined {
  const filters = [...dictionary.all('Filter'), ...dictionary.all('F')].flat();
  const parameters = [...dictionary.all('DecodeParms'), ...dictionary.all('DP')].flat();
  // A predictor is for pictures and tables: it makes other bytes of what is unpacked.
  const isPlain = parameters.every(
    (one) =>
      one === undefined ||
      (one instanceof PdfDictionary && one.all('Predictor').every((value) => value === 1)),
  );
  const [filter, ...others] = filters;
  if (!isPlain || others.length > 0 || limit < 1) return undefined;
  if (filter === undefined) return filters.length === 0 && packed.length <= limit ? packed : undefined;
  if (!(filter instanceof PdfName) || !/^(?:FlateDecode|Fl)$/.test(filter.name)) return undefined;
  try {
    return inflateSync(packed, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}

/** Whether a stream has objects in it: programs look at where the first of them is, and not at what it calls itself. */
function holdsObjects(dictionary: PdfDictionary): boolean {
  const types = dictionary.all('Type');
  const isOther = types.length === 1 && types[0] instanceof PdfName && types[0].name !== 'ObjStm';
  return dictionary.all('First').length > 0 || (!isOther && types.length > 0);
}

/** Where the bytes of a stream are whose dictionary was just read. */
function streamOf(
  reader: PdfReader,
  dictionary: PdfDictionary,
): { readonly from: number; readonly to: number } | undefined {
  reader.next();
  const { text, at } = reader;
  if (!text.startsWith('stream', at)) return undefined;
  const [, blanks = ''] = /^([ \t]*(?:\r\n|\r|\n)?)/.exec(text.slice(at + 6, at + 262)) ?? [];
  const from = at + 6 + blanks.length;
  const [length] = dictionary.all('Length');
  const stated = typeof length === 'number' ? from + length : text.length;
  if (/^[\0\s]{0,2}endstream/.test(text.slice(stated, stated + 12))) return { from, to: stated };
  const end = text.indexOf('endstream', from);
  return { from, to: end === -1 ? text.length : end };
}

function numberBefore(text: string, place: number): number | undefined {
  const [, number] =
    /(?<!\d)(\d{1,10})[\0\s]+\d{1,10}[\0\s]*$/.exec(text.slice(Math.max(0, place - 64), place)) ?? [];
  return number === undefined ? undefined : Number(number);
}
