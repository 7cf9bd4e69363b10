import { docx, fileOf, ofd, partsOf, xlsx } from '../builders/document-file.ts';
import { zipPackage } from '../builders/zip-package.ts';
import type { DocumentOutcome, DocumentSample } from './pdf-files.ts';

const incomplete = { refused: 'incomplete', says: /不完整/ };
const encrypted = { refused: 'encrypted', says: /密码/ };
const mismatch = { refused: 'type-mismatch', says: /格式/ };
/** A package whose main part is called otherwise. */
const renamed = (type: typeof docx | typeof xlsx, from: string, to: string) =>
  zipPackage(
    partsOf(type).map((part) => ({
      name: part.name.replace(from, to),
      content: String(part.content).replaceAll(from, to),
    })),
  );
const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2040)]);
const encryptedOffice = Buffer.concat([
  compound,
  Buffer.from('E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0', 'latin1'),
]);

const jpeg = fileOf('image/jpeg');
/** A picture with a smaller one in its first segment, as cameras write them. */
const withSmallPicture = (picture: Buffer) => {
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1);
  segment.writeUInt16BE(picture.length + 2, 2);
  return Buffer.concat([picture.subarray(0, 2), segment, picture, picture.subarray(2)]);
};

const samples: readonly (readonly [string, string, () => Buffer, DocumentOutcome])[] = [
  ['plain.docx', docx, () => fileOf(docx), 'accepted'],
  ['of Word Online.docx', docx, () => renamed(docx, 'word/document.xml', 'word/document2.xml'), 'accepted'],
  ['of Excel Online.xlsx', xlsx, () => renamed(xlsx, 'xl/workbook.xml', 'xl/workbook22.xml'), 'accepted'],
  ['plain.xlsx', xlsx, () => fileOf(xlsx), 'accepted'],
  ['plain.ofd', ofd, () => fileOf(ofd), 'accepted'],
  ['plain.png', 'image/png', () => fileOf('image/png'), 'accepted'],
  ['plain.jpg', 'image/jpeg', () => fileOf('image/jpeg'), 'accepted'],
  ['with a password.docx', docx, () => encryptedOffice, encrypted],
  ['with a password.xlsx', xlsx, () => encryptedOffice, encrypted],
  [
    'with an encrypted part.docx',
    docx,
    () => zipPackage([...partsOf(docx), { name: 'a', flags: 1 }]),
    encrypted,
  ],
  ['of the old kind.docx', docx, () => compound, mismatch],
  ['cut off.docx', docx, () => fileOf(docx).subarray(0, -30), incomplete],
  ['cut off.xlsx', xlsx, () => fileOf(xlsx).subarray(0, 300), incomplete],
  ['cut off.ofd', ofd, () => fileOf(ofd).subarray(0, 100), incomplete],
  ['cut off.png', 'image/png', () => fileOf('image/png').subarray(0, -8), incomplete],
  ['of eight bytes.png', 'image/png', () => fileOf('image/png').subarray(0, 8), incomplete],
  ['cut off.jpg', 'image/jpeg', () => fileOf('image/jpeg').subarray(0, -2), incomplete],
  [
    'with blanks behind it.docx',
    docx,
    () => Buffer.concat([fileOf(docx), Buffer.from('\r\n\0')]),
    'accepted',
  ],
  [
    'cut off, with the end of a picture in its text.png',
    'image/png',
    () => Buffer.concat([fileOf('image/png').subarray(0, 40), Buffer.from('IEND\xae\x42\x60\x82', 'latin1')]),
    incomplete,
  ],
  [
    'without data.png',
    'image/png',
    () => Buffer.concat([fileOf('image/png').subarray(0, 33), fileOf('image/png').subarray(-12)]),
    incomplete,
  ],
  ['of a mark at each end.jpg', 'image/jpeg', () => Buffer.from('ffd8ffd9', 'hex'), incomplete],
  [
    'cut off, with a whole small picture in it.jpg',
    'image/jpeg',
    () => Buffer.concat([withSmallPicture(jpeg).subarray(0, -2), Buffer.alloc(3000, 0x41)]),
    incomplete,
  ],
  ['with a small picture in it.jpg', 'image/jpeg', () => withSmallPicture(jpeg), 'accepted'],
  [
    'with a film behind it, as telephones take.jpg',
    'image/jpeg',
    () => Buffer.concat([jpeg, Buffer.alloc(200_000, 0x41)]),
    'accepted',
  ],
  ['a workbook.docx', docx, () => fileOf(xlsx), mismatch],
  ['a page of the web.docx', docx, () => Buffer.from('<html/>'), mismatch],
];

export const officeFiles: readonly DocumentSample[] = samples.map(
  ([name, contentType, content, comesTo]) => ({
    ...{ name, contentType, content, comesTo },
  }),
);
