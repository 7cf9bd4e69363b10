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
const active = { refused: 'active-content', says: /宏/ };
const embedded = { refused: 'embedded-files', says: /嵌有/ };
const external = { refused: 'external-content', says: /其他地址/ };
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
/** A package with a part beside its own. */
const withPart = (type: typeof docx | typeof xlsx | typeof ofd, name: string, content: string | Buffer) =>
  zipPackage([...partsOf(type), { name, content }]);
const related = (kind: string, target: string, mode = ' TargetMode="External"') =>
  withPart(
    docx,
    'word/_rels/settings.xml.rels',
    `<Relationships><Relationship Id="r1" Type="${relations}/${kind}" Target="${target}"${mode}/></Relationships>`,
  );

const ofdNamespace = 'xmlns:ofd="http://www.ofdspec.org/2016"';
/** An OFD whose document has something more in it. */
const ofdOf = (more: string, before = '') =>
  zipPackage(
    partsOf(ofd).map((part) =>
      part.name === 'Doc_0/Document.xml'
        ? { ...part, content: `${before}<ofd:Document ${ofdNamespace}><ofd:Pages/>${more}</ofd:Document>` }
        : part,
    ),
  );
const action = (event: string, what: string) =>
  `<ofd:Actions><ofd:Action Event="${event}">${what}</ofd:Action></ofd:Actions>`;
const uri = '<ofd:URI URI="https://example.org/"/>';
const withAttachment = (name: string) =>
  zipPackage([
    ...partsOf(ofd),
    {
      name: 'Doc_0/Attachs/Attachments.xml',
      content: `<ofd:Attachments ${ofdNamespace}><ofd:Attachment ID="1" Name="a"><ofd:FileLoc>${name}</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`,
    },
    { name: `Doc_0/Attachs/${name}`, content: '<invoice/>' },
  ]);
const huge = { refused: 'expands-too-much', says: /过大/ };
const hugePng = (width: number, height: number) => {
  const png = Buffer.from(fileOf('image/png'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
};
const hugeJpeg = (() => {
  const picture = Buffer.from(fileOf('image/jpeg'));
  const frame = picture.indexOf(Buffer.from([0xff, 0xc2]));
  picture.writeUInt16BE(60_000, frame + 5);
  picture.writeUInt16BE(60_000, frame + 7);
  return picture;
})();
const hugeTiff = (() => {
  const tiff = Buffer.alloc(50);
  tiff.write('II*\0\x08\0\0\0\x02\0', 'latin1');
  for (const [entry, tag] of [256, 257].entries()) {
    tiff.writeUInt16LE(tag, 10 + entry * 12);
    tiff.writeUInt16LE(4, 12 + entry * 12);
    tiff.writeUInt32LE(60_000, 18 + entry * 12);
  }
  return tiff;
})();
const hugeWebp = (() => {
  const webp = Buffer.alloc(40);
  webp.write('RIFF\0\0\0\0WEBPVP8X', 'latin1');
  webp.writeUIntLE(60_000, 24, 3);
  webp.writeUIntLE(60_000, 27, 3);
  return webp;
})();

const samples: readonly (readonly [string, string, () => Buffer, DocumentOutcome])[] = [
  ['plain.docx', docx, () => fileOf(docx), 'accepted'],
  ['of Word Online.docx', docx, () => renamed(docx, 'word/document.xml', 'word/document2.xml'), 'accepted'],
  ['of Excel Online.xlsx', xlsx, () => renamed(xlsx, 'xl/workbook.xml', 'xl/workbook22.xml'), 'accepted'],
  ['with macros.docx', docx, () => withPart(docx, 'word/vbaProject.bin', ''), active],
  [
    'with macros under another name.xlsx',
    xlsx,
    () =>
      zipPackage(
        partsOf(xlsx).map((part) =>
          part.name === '[Content_Types].xml'
            ? {
                ...part,
                content:
                  '<Types><Override PartName="/a" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
              }
            : part,
        ),
      ),
    active,
  ],
  ['with macros by a relation.docx', docx, () => related('vbaProject', 'a.bin', ''), active],
  ['with a control.docx', docx, () => related('control', 'activeX1.xml', ''), active],
  ['with an object of OLE.docx', docx, () => related('oleObject', 'embeddings/a.bin', ''), embedded],
  [
    'with a template of the web.docx',
    docx,
    () => related('attachedTemplate', 'https://example.org/t.dotm'),
    external,
  ],
  ['with a template of a share.docx', docx, () => related('attachedTemplate', '\\\\host\\t.dotm'), external],
  [
    'with a template of its own disk.docx',
    docx,
    () => related('attachedTemplate', 'file:///C:/t.dotx'),
    'accepted',
  ],
  ['with a link.docx', docx, () => related('hyperlink', 'https://example.org/'), 'accepted'],
  ['with a program in it.ofd', ofd, () => withPart(ofd, 'Doc_0/Attachs/a.exe', 'MZ'), active],
  [
    'with the test virus in a part.docx',
    docx,
    () =>
      withPart(
        docx,
        'word/a.xml',
        ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
      ),
    { refused: 'harmful', says: /有害/ },
  ],
  ['of an invoice, with its data.ofd', ofd, () => withAttachment('original_invoice.xml'), 'accepted'],
  ['with a file in it.ofd', ofd, () => withAttachment('a.docx'), embedded],
  ['with a script in it.ofd', ofd, () => ofdOf('<ofd:Script>app.alert(1)</ofd:Script>'), active],
  [
    'that opens a file of its own.ofd',
    ofd,
    () => ofdOf(action('CLICK', '<ofd:GotoA AttachID="1"/>')),
    active,
  ],
  ['that plays a film.ofd', ofd, () => ofdOf(action('CLICK', '<ofd:Movie ResourceID="1"/>')), active],
  ['that opens an address by itself.ofd', ofd, () => ofdOf(action('DO', uri)), external],
  ['with a link.ofd', ofd, () => ofdOf(action('CLICK', uri)), 'accepted'],
  [
    'with a declaration of entities.ofd',
    ofd,
    () => ofdOf('', '<!DOCTYPE a []>'),
    { refused: 'unreadable-structure', says: /无法检查/ },
  ],
  ['of a huge size.png', 'image/png', () => hugePng(60_000, 60_000), huge],
  ['of a large size.png', 'image/png', () => hugePng(14_031, 9_921), 'accepted'],
  ['of a huge size.jpg', 'image/jpeg', () => hugeJpeg, huge],
  [
    'with a huge picture.docx',
    docx,
    () => withPart(docx, 'word/media/image1.png', hugePng(60_000, 60_000)),
    huge,
  ],
  ['with a huge jpeg.docx', docx, () => withPart(docx, 'word/media/image1.png', hugeJpeg), huge],
  ['with a huge tiff.ofd', ofd, () => withPart(ofd, 'Doc_0/Res/a.tif', hugeTiff), huge],
  ['with a huge webp.xlsx', xlsx, () => withPart(xlsx, 'xl/media/a.webp', hugeWebp), huge],
  [
    'with a picture.docx',
    docx,
    () => withPart(docx, 'word/media/image1.png', fileOf('image/png')),
    'accepted',
  ],
  [
    'that unpacks without end.xlsx',
    xlsx,
    () => zipPackage([...partsOf(xlsx), { name: 'xl/a.xml', content: Buffer.alloc(120_000_000) }]),
    { refused: 'expands-too-much', says: /过大/ },
  ],
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
