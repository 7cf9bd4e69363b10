import type { FileFlaw } from './file-flaw.ts';
import { PdfFile, type PdfObject, plainBytes } from './pdf-file.ts';
import { PdfDictionary, PdfName, PdfReference, PdfText, PdfTooOdd, type PdfValue } from './pdf-objects.ts';
import { isHugePdfPicture } from './picture-size.ts';
import { isXmlData } from './xml-data.ts';

/** Actions that run something, send what was typed, or open another file (ISO 32000-1, 12.6.4). */
const running = /^(?:JavaScript|Launch|ImportData|SubmitForm|GoToR|GoToE|RichMediaExecute|Rendition)$/;
/** Actions that may come by themselves when a file is opened: they show a place in it. */
const harmless = /^(?:GoTo|Named|GoToDp)$/;
/** Entries that are there for something that runs: scripts, actions by themselves, forms with programs, players. */
const runningKeys = /^(?:JS|JavaScript|AA|XFA|RichMedia\w*)$/;
/** What a file of data is called, so that no program takes it for another one. */
const dataName = /^[^\\/:*?"<>|\p{Cc}\p{Cf}]{1,200}\.(?:xml|xbrl)$/iu;
/** Files that are carried, and dictionaries that speak of them: invoices have one or two. */
const mostCarried = 200;
/** How many actions may follow each other by themselves. */
const mostActions = 20;

/** What was found in a PDF: what makes it unsafe, or how many files of data it carries. */
export type PdfFinding = { readonly flaw: FileFlaw } | { readonly dataFiles: number };

/**
 * Looks for what makes a PDF unsafe: that it runs something, opens something else by itself, is locked, or carries other files
 * than XML data, which electronic invoices and vouchers have with them. Looks at every object, whatever leads there.
 */
export function lookIntoPdf(bytes: Buffer): PdfFinding {
  try {
    const file = new PdfFile(bytes);
    // What cannot be told before all objects are known.
    const later: PdfDictionary[] = [];
    const carried: PdfObject[] = [];
    for (const object of file.objects()) {
      const flaw = flawOf(object, later, carried);
      if (flaw) return { flaw };
    }
    for (const dictionary of later) {
      const flaw = referringFlaw(dictionary, file, carried);
      if (flaw) return { flaw };
    }
    return carried.every(isData) ? { dataFiles: new Set(carried.map(placeOf)).size } : { flaw: 'carrying' };
  } catch (error) {
    if (error instanceof PdfTooOdd) return { flaw: 'hidden' };
    throw error;
  }
}

/** What is wrong with an object by itself; adds what refers to others, and files that are carried. */
function flawOf(
  { value, stream }: PdfObject,
  later: PdfDictionary[],
  carried: PdfObject[],
): FileFlaw | undefined {
  if (value instanceof PdfDictionary) {
    if (stream && isHugePdfPicture(pictureOf(value))) return 'expanding';
    if (isNamed(value.all('Type'), /^EmbeddedFile$/)) carried.push({ value, ...(stream && { stream }) });
  }
  const left: PdfValue[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (Array.isArray(one)) for (const part of one) left.push(part);
    if (!(one instanceof PdfDictionary)) continue;
    for (const [key, part] of one.entries) {
      const flaw = entryFlaw(key, part);
      if (flaw) return flaw;
      left.push(part);
    }
    if (one.entries.some(([key, part]) => isReferring(key, part))) later.push(one);
    if (later.length + carried.length > mostCarried) return 'hidden';
  }
  return undefined;
}

/** What is wrong with an entry of a dictionary, wherever that stands. */
function entryFlaw(key: string, value: PdfValue): FileFlaw | undefined {
  if (key === 'S' && isNamed([value], running)) return 'active';
  if (key === 'Subtype' && isNamed([value], /^RichMedia$/)) return 'active';
  if (runningKeys.test(key) && !isEmpty(value)) return 'active';
  if (key === 'RF') return 'carrying';
  const isLock = value instanceof PdfReference || value instanceof PdfDictionary;
  return key === 'Encrypt' && isLock ? 'encrypted' : undefined;
}

function isReferring(key: string, value: PdfValue): boolean {
  const isElsewhere = value instanceof PdfReference && (key === 'S' || key === 'Subtype');
  return isElsewhere || key === 'OpenAction' || key === 'EF';
}

/** What is wrong with what a dictionary refers to; adds the files that it carries. */
function referringFlaw(dictionary: PdfDictionary, file: PdfFile, carried: PdfObject[]): FileFlaw | undefined {
  for (const [key, value] of dictionary.entries) {
    const isElsewhere = isReferring(key, value) && value instanceof PdfReference;
    const values = isElsewhere && (key === 'S' || key === 'Subtype') ? file.resolved(value) : [];
    for (const one of values) {
      const flaw = entryFlaw(key, one);
      if (flaw) return flaw;
    }
    const flaw = key === 'OpenAction' ? openingFlaw(value, file) : undefined;
    if (flaw) return flaw;
  }
  return carryingFlaw(dictionary, file, carried);
}

/** What is wrong with an action that comes by itself, and with those behind it. */
function openingFlaw(action: PdfValue, file: PdfFile, left = mostActions): FileFlaw | undefined {
  if (left === 0) return 'hidden';
  for (const one of file.resolved(action)) {
    if (one instanceof PdfReference || typeof one === 'number') return 'hidden';
    for (const each of [one].flat()) {
      if (!(each instanceof PdfDictionary)) continue;
      const kinds = each.all('S').flatMap((kind) => file.resolved(kind));
      if (!kinds.every((kind) => kind instanceof PdfName && harmless.test(kind.name))) {
        return isNamed(kinds, /^URI$/) ? 'fetching' : 'active';
      }
      for (const next of each.all('Next')) {
        const flaw = openingFlaw(next, file, left - 1);
        if (flaw) return flaw;
      }
    }
  }
  return undefined;
}

/** Whether a dictionary describes files that it carries and that are none of data by their names, or not to be found. */
function carryingFlaw(dictionary: PdfDictionary, file: PdfFile, carried: PdfObject[]): FileFlaw | undefined {
  const files = dictionary.all('EF').flatMap((value) => file.resolved(value));
  if (files.length === 0) return undefined;
  const names = ['F', 'UF', 'DOS', 'Mac', 'Unix'].flatMap((key) => dictionary.all(key));
  const areNamed = names.every((name) => name instanceof PdfText && dataName.test(plainText(name)));
  if (!areNamed || names.length === 0) return 'carrying';
  for (const one of files) {
    if (!(one instanceof PdfDictionary)) return 'carrying';
    for (const [, place] of one.entries) {
      const found = place instanceof PdfReference ? file.numbered(place.number) : [];
      if (found.length === 0) return 'carrying';
      carried.push(...found);
    }
  }
  return carried.length > mostCarried ? 'hidden' : undefined;
}

function isData({ value, stream }: PdfObject): boolean {
  const content = stream && value instanceof PdfDictionary ? plainBytes(value, stream) : undefined;
  return content !== undefined && isXmlData(content);
}

/** Where the bytes of a stream are, so that one that is named twice counts once. */
function placeOf({ stream }: PdfObject): number {
  return stream?.byteOffset ?? -1;
}

function pictureOf(dictionary: PdfDictionary) {
  const largest = (...keys: string[]) =>
    Math.max(0, ...keys.flatMap((key) => dictionary.all(key)).filter((value) => typeof value === 'number'));
  return {
    width: largest('Width', 'W'),
    height: largest('Height', 'H'),
    bits: largest('BitsPerComponent', 'BPC'),
  };
}

function isNamed(values: readonly PdfValue[], name: RegExp): boolean {
  return values.some((value) => value instanceof PdfName && name.test(value.name));
}

function isEmpty(value: PdfValue): boolean {
  if (value instanceof PdfDictionary) return value.entries.length === 0;
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** A text as people read it: in UTF-16 or UTF-8 behind their marks, else a character for each byte. */
function plainText({ text }: PdfText): string {
  const bytes = Buffer.from(text, 'latin1');
  if (text.startsWith('\xfe\xff')) return new TextDecoder('utf-16be').decode(bytes);
  return text.startsWith('\xef\xbb\xbf') ? bytes.toString('utf8').slice(1) : text;
}
