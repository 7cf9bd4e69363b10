import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { PackageEntry } from '../../filing/documents/package-directory.ts';
import { FileFault, fileFault } from './file-fault.ts';
import type { SourceFile } from './sheet-row.ts';
import { type TagHandler, XmlTags } from './xml-tags.ts';

const localHeaderBytes = 30;

/**
 * Reads a part of a workbook's package to its end; one that is not there is empty.
 * @param limit bytes that it may unpack to.
 * @throws FileFault when it is broken or too large.
 */
export async function readPart(
  file: SourceFile,
  entry: PackageEntry | undefined,
  limit: number,
  handler: Partial<TagHandler>,
): Promise<void> {
  if (!entry) return;
  const nothing = () => {};
  const tags = new XmlTags({ open: nothing, close: nothing, text: nothing, ...handler });
  for await (const { text } of unpack(file, entry, limit)) parse(tags, text);
}

/** Reads a piece of a part's text. @throws FileFault when it is broken. */
export function parse(tags: XmlTags, text: string): void {
  try {
    tags.write(text);
  } catch (error) {
    throw error instanceof FileFault ? error : broken(error);
  }
}

/** The text of a part as it is unpacked, with the place in the file up to which it was read. */
export async function* unpack(
  file: SourceFile,
  entry: PackageEntry,
  limit: number,
): AsyncGenerator<{ text: string; packed: number }> {
  const header = await gather(await file.read(entry.offset, entry.offset + localHeaderBytes));
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.byteLength < localHeaderBytes || view.getUint32(0, true) !== 0x04034b50) throw broken();
  const start = entry.offset + localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true);
  let read = start;
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      read += chunk.byteLength;
      yield chunk;
    }
  };
  const packed = Readable.from(count(await file.read(start, start + entry.packedBytes)));
  const bytes = entry.isDeflated ? pipeline(packed, createInflateRaw(), () => {}) : packed;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let total = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      total += chunk.byteLength;
      if (total > limit) {
        throw fileFault('too-large', {
          zh: `工作簿中的一个部件解压后超过 ${limit} 字节`,
          en: `a part of the workbook unpacks to more than ${limit} bytes`,
        });
      }
      // A part may be in UTF-16, which its mark tells (ECMA-376 part 2).
      decoder ??= new TextDecoder(encodingOf(chunk));
      yield { text: decoder.decode(chunk, { stream: true }), packed: read };
    }
  } catch (error) {
    const fault = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw fault ? broken(error) : error;
  } finally {
    packed.destroy();
  }
}

function encodingOf(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function broken(cause?: unknown): FileFault {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return fileFault('not-xlsx', { zh: '工作簿已损坏', en: `the workbook is broken${why}` });
}

/** All of the bytes, in memory. */
export async function gather(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
