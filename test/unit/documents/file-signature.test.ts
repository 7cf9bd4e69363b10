import { fileTypeFromBuffer } from 'file-type';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import { hasSignature, headBytes } from '../../../functions/documents/file-signature.ts';
import { fileOf, fileTypes } from '../../builders/document-file.ts';
import { compiled } from '../../support/rooms.ts';

describe('the signature of a file', () => {
  it('is known for every format that the guides ask for', () => {
    const formats = compiled.guides.flatMap((guide) =>
      guide.items.flatMap((item) => item.materials.flatMap((material) => material.formats)),
    );
    expect([...new Set(formats)].filter((format) => !fileTypes.includes(format))).toEqual([]);
  });

  it.each(fileTypes)(
    'of %s is told from its head, as a general detector tells it from the whole file',
    async (type) => {
      const file = fileOf(type);
      expect((await fileTypeFromBuffer(file))?.mime).toBe(type);
      const head = file.subarray(0, headBytes);
      expect(fileTypes.filter((candidate) => hasSignature(candidate, head))).toEqual([type]);
    },
  );

  it('is that of a PDF as a PDF library writes it', async () => {
    const document = await PDFDocument.create();
    document.addPage();
    expect(hasSignature('application/pdf', await document.save())).toBe(true);
  });

  it.each(fileTypes)('of %s is not there when the file ends before it', (type) => {
    expect(hasSignature(type, fileOf(type).subarray(0, 2))).toBe(false);
  });

  it.each(['text/html', '', 'constructor', '__proto__'])('of the unknown type %j no file has', (type) => {
    expect(hasSignature(type, fileOf('application/pdf'))).toBe(false);
  });
});
