import fc from 'fast-check';
import { fileTypeFromBuffer } from 'file-type';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { FileSignature } from '../../../../functions/filing/documents/file-signature.ts';
import { directoryBytes } from '../../../../functions/filing/documents/package-directory.ts';
import {
  docx,
  type FileType,
  fileOf,
  fileTypes,
  ofd,
  type PackageType,
  packageTypes,
  partsOf,
  xlsx,
} from '../../../builders/document-file.ts';
import { type PackageOptions, type PackagePart, zipPackage } from '../../../builders/zip-package.ts';

/** The types that a file is taken for, when it passes by in chunks of a size. */
function typesOf(file: Uint8Array, chunkBytes = 65_536): FileType[] {
  const signature = new FileSignature();
  for (let place = 0; place < file.length; place += chunkBytes) {
    signature.add(file.subarray(place, place + chunkBytes));
  }
  return fileTypes.filter((type) => signature.hasFormat(type));
}

const withPart = (type: PackageType, part: PackagePart, options?: PackageOptions) =>
  zipPackage([...partsOf(type), part], options);

describe('a file', () => {
  it.each(fileTypes)('of the type %s is taken for this type and no other', (type) => {
    expect(typesOf(fileOf(type))).toEqual([type]);
  });

  it.each(fileTypes.filter((type) => type !== ofd))(
    'of the type %s is one to a general detector too',
    async (type) => {
      expect((await fileTypeFromBuffer(fileOf(type)))?.mime).toBe(type);
    },
  );

  it('is a PDF as a PDF library writes it', async () => {
    const document = await PDFDocument.create();
    document.addPage();
    expect(typesOf(await document.save())).toEqual(['application/pdf']);
  });

  it.each(fileTypes)('of the type %s is nothing when it ends too early', (type) => {
    expect(typesOf(fileOf(type).subarray(0, 2))).toEqual([]);
  });

  it.each(fileTypes)('of the type %s is told however it is cut into pieces', (type) => {
    const file = fileOf(type, 3000);
    for (const chunkBytes of [1, 3, 7, 8, 9, 1024]) expect(typesOf(file, chunkBytes)).toEqual([type]);
  });

  it.each(['text/html', '', 'constructor', '__proto__'])('has no format of the unknown type %j', (type) => {
    const signature = new FileSignature();
    signature.add(fileOf('application/pdf'));
    expect(signature.hasFormat(type)).toBe(false);
  });
});

describe('a package', () => {
  it.each(packageTypes)('%s longer than what is kept is told by its end', (type) => {
    const file = fileOf(type, 3 * directoryBytes + 12_345);
    for (const chunkBytes of [10_007, 2 * directoryBytes, file.length]) {
      expect(typesOf(file, chunkBytes)).toEqual([type]);
    }
  });

  it.each(packageTypes)('%s may have a comment, sizes behind the data, and the larger records', (type) => {
    const parts = partsOf(type);
    for (const options of [{ comment: '公司' }, { streamed: true }, { larger: true }]) {
      expect(typesOf(zipPackage(parts, options))).toEqual([type]);
    }
  });

  it.each(packageTypes)('%s is told whatever the order and the case of its parts', (type) => {
    const parts = partsOf(type).map((part) => ({ ...part, name: part.name.toUpperCase() }));
    expect(typesOf(zipPackage(parts.toReversed()))).toEqual([type]);
  });

  it('with a workbook embedded in a text is the text', () => {
    const part = { name: 'word/embeddings/table.xlsx', content: fileOf(xlsx) };
    expect(typesOf(withPart(docx, part))).toEqual([docx]);
  });

  it.each<[string, Buffer]>([
    ['a plain ZIP', zipPackage([{ name: 'notes.txt', content: 'a' }])],
    ['an empty ZIP', zipPackage([])],
    ['a text without its list of types', zipPackage(partsOf(docx).slice(1))],
    ['a package of two formats', zipPackage([...partsOf(docx), ...partsOf(xlsx).slice(2)])],
    ['a text that also is an OFD', withPart(docx, { name: 'OFD.xml' })],
    ['a text with macros', withPart(docx, { name: 'word/vbaProject.bin' })],
    ['a workbook with macros', withPart(xlsx, { name: 'xl/vbaProject.bin' })],
    ['a workbook with macros in capitals', withPart(xlsx, { name: 'XL/VBAPROJECT.BIN' })],
    ['a workbook with macros behind a backslash', withPart(xlsx, { name: 'xl\\vbaProject.bin' })],
    ['a workbook with sheets of macros', withPart(xlsx, { name: 'xl/macrosheets/sheet1.xml' })],
    ['a text with an encrypted part', withPart(docx, { name: 'a', flags: 0x01 })],
    ['a text with a strongly encrypted part', withPart(docx, { name: 'a', flags: 0x41 })],
    ['a text with a hidden directory', withPart(docx, { name: 'a', flags: 0x2000 })],
    ['a text with an unusual compression', withPart(docx, { name: 'a', method: 14 })],
    ['a text with a part twice', withPart(docx, { name: 'Word/Document.xml' })],
    ['a text with a way out', withPart(docx, { name: '../../etc/passwd' })],
    ['a text with an absolute part', withPart(docx, { name: '/etc/passwd' })],
    ['a text behind other bytes', Buffer.concat([Buffer.from('PK\x03\x04'), fileOf(docx)])],
    ['a text with bytes after it', Buffer.concat([fileOf(docx), Buffer.from('a')])],
    ['a text without its end', fileOf(docx).subarray(0, -1)],
    ['two packages in a row', Buffer.concat([fileOf(xlsx), fileOf(docx)])],
    ['an encrypted workbook, which is no package', Buffer.from('d0cf11e0a1b11ae1'.padEnd(200, '0'), 'hex')],
  ])('is refused when it is %s', (_case, file) => {
    expect(typesOf(file)).toEqual([]);
  });

  it('is refused when its directory is longer than what is kept', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({ name: `${'a'.repeat(200)}${index}` }));
    expect(typesOf(zipPackage([...many, ...partsOf(docx)]))).toEqual([]);
  });

  it('is one type at most, and no fault, when some bytes are changed or its end is cut off', () => {
    const files = packageTypes.flatMap((type) => [
      fileOf(type),
      zipPackage(partsOf(type), { larger: true, comment: 'a' }),
    ]);
    const change = fc.record({ place: fc.nat(), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 4 }),
        fc.option(fc.nat(), { nil: undefined }),
        fc.integer({ min: 1, max: 300 }),
        (original, changes, cut, chunkBytes) => {
          const file = Buffer.from(original);
          for (const { place, value } of changes) file[file.length - 1 - (place % file.length)] = value;
          const rest = cut === undefined ? file : file.subarray(0, cut % file.length);
          expect(typesOf(rest, chunkBytes).length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is refused without a fault for any bytes behind the beginning of a package', () => {
    const record = fc.constantFrom('504b0506', '504b0102', '504b0606', '504b0607', 'ffffffff', '00000000');
    const piece = fc.oneof(
      record.map((hex) => Buffer.from(hex, 'hex')),
      fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(typesOf(Buffer.concat([Buffer.from('PK\x03\x04'), ...pieces]))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
