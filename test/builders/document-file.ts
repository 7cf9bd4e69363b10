import { createHash } from 'node:crypto';
import { materialFormats } from '../../functions/policy/guides/guide-schema.ts';
import { type PackagePart, zipPackage } from './zip-package.ts';

export type FileType = (typeof materialFormats)[number];
export const fileTypes: readonly FileType[] = materialFormats;

export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
export const ofd = 'application/ofd';
export type PackageType = typeof xlsx | typeof docx | typeof ofd;
export const packageTypes: readonly PackageType[] = [ofd, xlsx, docx];

const declarationOfXml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const openPackage = 'http://schemas.openxmlformats.org/package/2006';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006';

function officeParts(main: string, mainType: string, content: string): PackagePart[] {
  const types = `<Types xmlns="${openPackage}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="${mainType}.main+xml"/></Types>`;
  const relations = `<Relationships xmlns="${openPackage}/relationships"><Relationship Id="rId1" Type="${office}/relationships/officeDocument" Target="${main}"/></Relationships>`;
  return [
    { name: '[Content_Types].xml', content: declarationOfXml + types },
    { name: '_rels/.rels', content: declarationOfXml + relations },
    { name: main, content: declarationOfXml + content },
  ];
}

/** The parts of the smallest package of a type. */
export function partsOf(type: PackageType): PackagePart[] {
  switch (type) {
    case ofd:
      return [
        {
          name: 'OFD.xml',
          content: `${declarationOfXml}<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
        },
        {
          name: 'Doc_0/Document.xml',
          content: `${declarationOfXml}<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Pages/></ofd:Document>`,
        },
      ];
    case xlsx:
      return officeParts(
        'xl/workbook.xml',
        xlsx,
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
      );
    case docx:
      return officeParts(
        'word/document.xml',
        docx,
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p/></w:body></w:document>',
      );
  }
}

const plainFiles = {
  'application/pdf': Buffer.from(
    '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n',
  ),
  'image/png': Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  'image/jpeg': Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxD/2Q==',
    'base64',
  ),
} as const;

/** A file of a type, as small as it can be, or filled up to about the length asked for. */
export function fileOf(type: FileType, length = 0): Buffer {
  if (type === ofd || type === xlsx || type === docx) {
    const parts = partsOf(type);
    const filling = length - zipPackage(parts).length;
    if (filling <= 0) return zipPackage(parts);
    return zipPackage([
      ...parts,
      { name: 'docProps/filling.bin', content: Buffer.alloc(filling), method: 0 },
    ]);
  }
  const file = plainFiles[type];
  return Buffer.concat([file, Buffer.alloc(Math.max(0, length - file.length), 0x20)]);
}

/** What an applicant declares of a file before uploading it. */
export function declaration(bytes: Uint8Array, contentType: string, material = 'certificate') {
  return {
    material,
    fileName: 'DCMM 证书.pdf',
    contentType,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
