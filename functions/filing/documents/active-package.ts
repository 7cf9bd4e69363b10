import { constants, inflateRawSync } from 'node:zlib';
import { ofdHazard } from './active-ofd.ts';
import type { FileFlaw } from './file-flaw.ts';
import type { PackageEntry } from './package-directory.ts';
import { isHuge, pictureSize } from './picture-size.ts';

/** Parts that say what the others are and what they are for; those of sound files take some kilobytes. */
const telling = /^\[content_types\]\.xml$|\.rels$/;
const tellingLimit = 4 * 1_048_576;
const tellingParts = 2_000;
/** Bytes that a package may unpack to: in all, and for each of its own where it is more than a small one. */
const unpackedLimit = 1_073_741_824;
const smallPackage = 104_857_600;
const expansionLimit = 200;
const localHeaderBytes = 30;
/** The largest part of an OFD: a page with a drawing in it. */
const drawingLimit = 64 * 1_048_576;
const pictures = /\.(?:png|jpe?g|gif|tiff?|webp)$/;
/** Packed bytes of a picture that its size stands in, behind what cameras write before it. */
const headBytes = 262_144;
/** Bytes between a part's header and the part: its name, and what writers add. */
const nameBytes = 4_096;

/** Files that run when they are opened, whatever they stand in. */
const programs = /\.(?:exe|dll|com|scr|pif|cpl|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|jar|lnk|reg|sh)$/;
/** What parts are by their types: macros, and controls that run (ECMA-376 part 1; MS-OFFMACRO). */
const activeTypes = /macroEnabled|vbaProject|vbaData|ms-office\.activeX|intlmacrosheet|macrosheet/i;
/** Relations to what runs or is carried. */
const activeRelations = /\/(?:vbaProject|control|activeXControlBinary|xlMacrosheet|xlIntlMacrosheet)["']/i;
const carryingRelations = /\/oleObject["']/i;
/** Relations to what is read when the file is opened. */
const fetching = /\/(?:attachedTemplate|frame|subDocument|oleObject|externalLinkPath|xlPathMissing)$/i;
const remote = /^(?:https?:|ftp:|\\\\|\/\/|file:\/\/(?!\/)|file:\/{4,}|mhtml:)/i;

/**
 * What makes a package of Office or OFD unsafe: that it unpacks to too much, holds programs, macros, controls or embedded
 * objects, or reads something from elsewhere when it is opened; by its content types and relations, whatever its parts are
 * called. Undefined when nothing does.
 * @param read the bytes of the file from a place up to another.
 */
export async function packageHazard(
  entries: ReadonlyMap<string, PackageEntry>,
  fileBytes: number,
  read: ReadPart,
): Promise<FileFlaw | undefined> {
  const unpacked = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const isExpanding = unpacked > smallPackage && unpacked > expansionLimit * fileBytes;
  if (unpacked > unpackedLimit || isExpanding) return 'expanding';
  if ([...entries.keys()].some((name) => programs.test(name))) return 'active';
  const told = [...entries].filter(([name]) => telling.test(name));
  if (told.length > tellingParts) return 'hidden';
  for (const [, entry] of told) {
    const text = await textOf(entry, read);
    if (text === undefined) return 'hidden';
    const flaw = hazardIn(text);
    if (flaw) return flaw;
  }
  return (await ofdFlaw(entries, read)) ?? (await pictureFlaw(entries, read));
}

type ReadPart = (from: number, to: number) => Promise<Buffer>;

/** What is unsafe in the parts of an OFD. */
async function ofdFlaw(
  entries: ReadonlyMap<string, PackageEntry>,
  read: ReadPart,
): Promise<FileFlaw | undefined> {
  if (!entries.has('ofd.xml')) return undefined;
  const parts = [...entries].filter(([name]) => name.endsWith('.xml'));
  if (parts.length > tellingParts) return 'hidden';
  for (const [name, entry] of parts) {
    const text = await textOf(entry, read, drawingLimit);
    const flaw = text === undefined ? 'hidden' : ofdHazard(name, text);
    if (flaw) return flaw;
  }
  return undefined;
}

/** Whether a picture in a package would fill the memory of whoever opens it. */
async function pictureFlaw(
  entries: ReadonlyMap<string, PackageEntry>,
  read: ReadPart,
): Promise<FileFlaw | undefined> {
  const parts = [...entries].filter(([name]) => pictures.test(name));
  if (parts.length > tellingParts) return 'expanding';
  for (const [, entry] of parts) {
    const size = pictureSize(await headOf(entry, read));
    if (size && isHuge(size)) return 'expanding';
  }
  return undefined;
}

function hazardIn(xml: string): FileFlaw | undefined {
  if (/<!DOCTYPE/i.test(xml)) return 'hidden';
  if (activeTypes.test(xml) || activeRelations.test(xml)) return 'active';
  for (const [tag] of xml.matchAll(/<[^<>]*Relationship\s[^<>]*>/g)) {
    const type = attribute(tag, 'Type');
    if (!/^external$/i.test(attribute(tag, 'TargetMode')) || !fetching.test(type)) continue;
    if (remote.test(attribute(tag, 'Target').trim())) return 'fetching';
  }
  return carryingRelations.test(xml) ? 'carrying' : undefined;
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return (value?.[1] ?? value?.[2] ?? '').replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (_, hex, decimal) =>
    String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
  );
}

/** The text of a part; undefined when it cannot be unpacked, or is larger than any. */
async function textOf(
  { offset, packedBytes, isDeflated }: PackageEntry,
  read: ReadPart,
  limit = tellingLimit,
): Promise<string | undefined> {
  if (packedBytes > limit) return undefined;
  const header = await read(offset, offset + localHeaderBytes);
  if (header.length < localHeaderBytes || header.readUInt32LE(0) !== 0x04034b50) return undefined;
  const start = offset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await read(start, start + packedBytes);
  try {
    const bytes = isDeflated ? inflateRawSync(packed, { maxOutputLength: limit }) : packed;
    const encoding = bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The first bytes of a part, as many as its first packed ones give. */
async function headOf({ offset, packedBytes, isDeflated }: PackageEntry, read: ReadPart): Promise<Buffer> {
  const wanted = Math.min(packedBytes, headBytes);
  const part = await read(offset, offset + localHeaderBytes + nameBytes + wanted);
  if (part.length < localHeaderBytes) return part;
  const begin = localHeaderBytes + part.readUInt16LE(26) + part.readUInt16LE(28);
  const packed = part.subarray(begin, begin + wanted);
  if (!isDeflated) return packed;
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: drawingLimit });
  } catch {
    return Buffer.alloc(0);
  }
}
