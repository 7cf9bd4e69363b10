import { deflateSync } from 'node:zlib';
import { fileOf } from '../builders/document-file.ts';
import type { SampleFile } from './sample-file.ts';

/** What becomes of a document: accepted, or refused with a code and a sentence that has these words. */
export type DocumentOutcome = 'accepted' | { readonly refused: string; readonly says: RegExp };
export interface DocumentSample extends SampleFile<DocumentOutcome> {
  readonly contentType: string;
}

const pdf = 'application/pdf';
const objects =
  '1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n';
/** A whole PDF with a table of references; more in its trailer, and what stands before and behind it. */
function pdfWith({
  trailer = '',
  before = '',
  behind = '',
  version = '1.7',
  /** The length that it says of itself, as those do that browsers show before they are there. */
  linearized = 0,
} = {}): Buffer {
  const first = linearized > 0 ? `9 0 obj\n<</Linearized 1/L ${linearized}/N 1>>\nendobj\n` : '';
  const body = `${before}%PDF-${version}\n${first}${objects}`;
  const end = `xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3/Root 1 0 R${trailer}>>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(`${body}${end}${behind}`.padEnd(linearized > 1000 ? 0 : linearized), 'latin1');
}
/** A whole PDF whose references are in a stream; more in its dictionary. */
function withStream(more = ''): Buffer {
  const body = `%PDF-1.5\n${objects}`;
  const stream = `9 0 obj\n<</Type/XRef/Size 10/W[1 2 1]/Root 1 0 R${more}/Length 4>>\nstream\nabcd\nendstream\nendobj\n`;
  return Buffer.from(`${body}${stream}startxref\n${body.length}\n%%EOF\n`, 'latin1');
}
const whole = pdfWith();
const incomplete = { refused: 'incomplete', says: /不完整/ };
const encrypted = { refused: 'encrypted', says: /密码/ };
const mismatch = { refused: 'type-mismatch', says: /application\/pdf/ };
const mark = '\xef\xbb\xbf';

const active = { refused: 'active-content', says: /脚本/ };
const embedded = { refused: 'embedded-files', says: /嵌有/ };
const hidden = { refused: 'unreadable-structure', says: /无法检查/ };
/** A PDF with more objects in it. */
const pdfOf = (...more: readonly (string | Buffer)[]) =>
  Buffer.concat([
    Buffer.from(`%PDF-1.7\n${objects}`, 'latin1'),
    ...more.map((one) => Buffer.from(one)),
    Buffer.from('xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF\n'),
  ]);
/** A stream of objects, packed, that holds a text. */
const objectStream = (text: string, type = '/Type/ObjStm', packed = deflateSync(text)) =>
  Buffer.concat([
    Buffer.from(`9 0 obj\n<<${type}/N 1/First 4/Filter/FlateDecode/Length ${packed.length}>>\nstream\n`),
    packed,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
const javaScript = '<</Type/Action/S/JavaScript/JS(app.alert(1))>>';

const samples: readonly (readonly [string, () => Buffer, DocumentOutcome])[] = [
  ['plain.pdf', () => whole, 'accepted'],
  ['that runs a script.pdf', () => pdfOf(`7 0 obj\n${javaScript}\nendobj\n`), active],
  [
    'that runs a script, written otherwise.pdf',
    () => pdfOf('7 0 obj\n<< /S /J#61vaScript /J#53 8 0 R >>\nendobj\n'),
    active,
  ],
  ['that starts a program.pdf', () => pdfOf('7 0 obj\n<</S\n/Launch/F(cmd.exe)>>\nendobj\n'), active],
  ['that runs a packed script.pdf', () => pdfOf(objectStream(`7 0 ${javaScript}`)), active],
  [
    'that runs a packed script behind another stream.pdf',
    () => pdfOf(objectStream('7 0 <<>>'), objectStream(`8 0 ${javaScript}`, '/Type /Obj#53tm')),
    active,
  ],
  ['with objects packed.pdf', () => pdfOf(objectStream('7 0 <</Type/Page>>')), 'accepted'],
  [
    'with objects that do not unpack.pdf',
    () => pdfOf(objectStream('', undefined, Buffer.from('7 0'))),
    hidden,
  ],
  [
    'with objects that unpack without end.pdf',
    () => pdfOf(objectStream('', undefined, deflateSync(Buffer.alloc(70_000_000)))),
    hidden,
  ],
  ['with a file in it.pdf', () => pdfOf('7 0 obj\n<</Type/EmbeddedFile/Length 0>>\nendobj\n'), embedded],
  [
    'an invoice with its data.pdf',
    () =>
      pdfOf(
        '7 0 obj\n<</Type/Filespec/F(invoice.xml)/EF<</F 8 0 R>>>>\nendobj\n',
        '8 0 obj\n<</Type/EmbeddedFile/Length 44>>\nstream\n<EInvoice><Total>106.00</Total></EInvoice>\nendstream\nendobj\n',
      ),
    'accepted',
  ],
  [
    'an invoice with a program called its data.pdf',
    () =>
      pdfOf(
        '7 0 obj\n<</Type/Filespec/F(invoice.xml)/EF<</F 8 0 R>>>>\nendobj\n',
        '8 0 obj\n<</Type/EmbeddedFile/Length 2>>\nstream\nMZ\nendstream\nendobj\n',
      ),
    embedded,
  ],
  [
    'with a huge picture.pdf',
    () =>
      pdfOf(
        '7 0 obj\n<</Subtype/Image/Width 200000/Height 200000/BitsPerComponent 8/Length 1>>\nstream\nx\nendstream\nendobj\n',
      ),
    { refused: 'expands-too-much', says: /过大/ },
  ],
  [
    'with a large picture.pdf',
    () =>
      pdfOf(
        '7 0 obj\n<</Subtype/Image/Width 19866/Height 28087/BitsPerComponent 1/Length 1>>\nstream\nx\nendstream\nendobj\n',
      ),
    'accepted',
  ],
  ['that opens at a page.pdf', () => pdfOf('7 0 obj\n<</OpenAction[3 0 R/Fit]>>\nendobj\n'), 'accepted'],
  ['that speaks of scripts.pdf', () => pdfOf('7 0 obj\n(JavaScript, Launch)\nendobj\n'), 'accepted'],
  [
    'with the test virus in it.pdf',
    () => pdfOf(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')),
    { refused: 'harmful', says: /有害/ },
  ],
  ['without references.pdf', () => fileOf(pdf), 'accepted'],
  ['of version 2.0.pdf', () => pdfWith({ version: '2.0' }), 'accepted'],
  ['behind a mark of UTF-8.pdf', () => pdfWith({ before: mark }), 'accepted'],
  ['behind blank lines.pdf', () => pdfWith({ before: '\r\n\r\n  \n' }), 'accepted'],
  ['behind a mark and a blank line.pdf', () => pdfWith({ before: `${mark}\r\n` }), 'accepted'],
  ['behind 1,024 bytes of a scanner.pdf', () => pdfWith({ before: 'S'.repeat(1024) }), 'accepted'],
  [
    'behind headers of a mail.pdf',
    () => pdfWith({ before: 'Content-Type: application/pdf\r\n\r\n' }),
    'accepted',
  ],
  ['with blanks behind it.pdf', () => pdfWith({ behind: ' \0'.repeat(5000) }), 'accepted'],
  ['with a line of a mail behind it.pdf', () => pdfWith({ behind: '--boundary--\r\n' }), 'accepted'],
  ['that speaks of encryption.pdf', () => pdfWith({ trailer: '/Info(/EncryptMetadata true)' }), 'accepted'],
  ['saved twice.pdf', () => Buffer.concat([whole, pdfWith().subarray(9)]), 'accepted'],
  ['behind 1,025 bytes.pdf', () => pdfWith({ before: 'S'.repeat(1025) }), mismatch],
  ['with a password.pdf', () => pdfWith({ trailer: '/Encrypt 5 0 R' }), encrypted],
  [
    'with a password in its trailer.pdf',
    () => pdfWith({ trailer: '/Encrypt<</Filter/Standard/V 4>>' }),
    encrypted,
  ],
  ['with a password a line below.pdf', () => pdfWith({ trailer: '/Encrypt\n5 0 R' }), encrypted],
  ['with a password behind a zero.pdf', () => pdfWith({ trailer: '/Encrypt\0 5 0 R' }), encrypted],
  ['with a password behind a remark.pdf', () => pdfWith({ trailer: '/Encrypt %5\n5 0 R' }), encrypted],
  ['with a password in escapes.pdf', () => pdfWith({ trailer: '/#45ncrypt 5 0 R' }), encrypted],
  ['with a password in a stream of references.pdf', () => withStream('/Encrypt 8 0 R'), encrypted],
  ['with a stream of references.pdf', () => withStream(), 'accepted'],
  [
    'saved again and cut off.pdf',
    () => Buffer.concat([whole, Buffer.from('3 0 obj\n<<>>\nendobj\nxref\n3 1\n0000')]),
    incomplete,
  ],
  ['for browsers.pdf', () => pdfWith({ linearized: 400 }), 'accepted'],
  ['for browsers, cut off behind its first page.pdf', () => pdfWith({ linearized: 40_000 }), incomplete],
  [
    'whose references are behind its end.pdf',
    () => Buffer.from(whole.toString('latin1').replace(/startxref\n\d+/, 'startxref\n99999'), 'latin1'),
    incomplete,
  ],
  ['of no version.pdf', () => pdfWith({ version: 'abc' }), mismatch],
  ['behind a program.pdf', () => pdfWith({ before: 'MZ\x90\0' }), mismatch],
  ['behind a picture.pdf', () => pdfWith({ before: 'GIF89a' }), mismatch],
  ['behind a drawing of the web.pdf', () => pdfWith({ before: '<svg onload="1">' }), mismatch],
  ['before a package.pdf', () => pdfWith({ behind: `PK\x05\x06${'\0'.repeat(18)}` }), mismatch],
  ['of five bytes.pdf', () => Buffer.from('%PDF-'), incomplete],
  ['of a header alone.pdf', () => Buffer.from('%PDF-1.7\n'), incomplete],
  ['cut off in the middle.pdf', () => whole.subarray(0, Math.floor(whole.length / 2)), incomplete],
  ['cut off before its end.pdf', () => whole.subarray(0, whole.lastIndexOf('%%EOF')), incomplete],
  [
    'cut off and filled with zeros.pdf',
    () => Buffer.concat([whole.subarray(0, 80), Buffer.alloc(5000)]),
    incomplete,
  ],
  [
    'whose middle is gone.pdf',
    () => Buffer.concat([whole.subarray(0, 40), whole.subarray(whole.indexOf('startxref'))]),
    incomplete,
  ],
  [
    'of zeros behind its header.pdf',
    () => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000)]),
    incomplete,
  ],
  [
    'a page of the web behind a header.pdf',
    () => Buffer.from('%PDF-1.4\n<html><body>登录已过期</body></html>'),
    mismatch,
  ],
  [
    'a page with all that a PDF has.pdf',
    () => pdfWith({ version: '1.4\n<!DOCTYPE html><script>1</script>' }),
    mismatch,
  ],
  ['a page of the web.pdf', () => Buffer.from('<!DOCTYPE html><html><body>404</body></html>'), mismatch],
  ['a text.pdf', () => Buffer.from('证书'), mismatch],
  ['a picture.pdf', () => fileOf('image/png'), mismatch],
];

export const pdfFiles: readonly DocumentSample[] = samples.map(([name, content, comesTo]) => ({
  ...{ name, content, comesTo, contentType: pdf },
}));
