import { Buffer } from 'node:buffer';
import type { Document } from '../documents/document.ts';
import { nameAs } from '../documents/presigner.ts';

/** Bytes of a name that every file system takes, behind the number and the material. */
const mostBytes = 120;

/**
 * The path of a document in a dossier: unlike every other by its number, and with nothing in it that leads out of the
 * folder, ends a line or is a name of its own on some system, whatever the file was called when it was uploaded.
 * @param place of the document among all, from 1.
 */
export function entryName(document: Document, place: number): string {
  const safe = document.fileName
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\\/:*?"<>|]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/gu, '');
  const { name, ending } = apart(nameAs(safe, document.contentType));
  let short = '';
  for (const character of name) {
    if (Buffer.byteLength(short + character) > mostBytes) break;
    short += character;
  }
  return `documents/${String(place).padStart(2, '0')}-${document.material}-${short}${ending}`;
}

function apart(fileName: string): { readonly name: string; readonly ending: string } {
  const point = fileName.lastIndexOf('.');
  return { name: fileName.slice(0, point), ending: fileName.slice(point).toLowerCase() };
}
