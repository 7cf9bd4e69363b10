import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lookIntoPdf } from '../../functions/filing/documents/active-pdf.ts';

const head =
  '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n';
const end = 'xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF\n';
const pdf = (...more: readonly (string | Buffer)[]) =>
  Buffer.concat(
    [head, ...more, end].map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
const stream = (dictionary: string, content: Buffer | string, number = 9) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`${number} 0 obj\n<<${dictionary}/Length ${bytes.length}>>\nstream\n`, 'latin1'),
    bytes,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
};
const packed = (objects: string, dictionary = '/Type/ObjStm/N 1/First 4/Filter/FlateDecode') =>
  stream(dictionary, deflateSync(Buffer.from(`7 0 ${objects}`, 'latin1')));
const found = (file: Buffer) => {
  const finding = lookIntoPdf(file);
  return 'flaw' in finding ? finding.flaw : finding.dataFiles;
};

const escaped = (name: string, upper = true) =>
  [...name]
    .map((letter) => {
      const hex = letter.charCodeAt(0).toString(16);
      return `#${upper ? hex.toUpperCase() : hex}`;
    })
    .join('');
type Spelling = readonly [string, (key: string, value: string) => string];
const spellings: readonly Spelling[] = [
  ['plainly', (key, value) => `/${key} ${value}`],
  ['without a blank', (key, value) => `/${key}${value.startsWith('/') ? '' : ' '}${value}`],
  ['behind a NUL', (key, value) => `/${key}\0${value}`],
  ['a line below', (key, value) => `/${key}\r\n\f\t${value}`],
  ['behind a remark', (key, value) => `/${key}%x\n${value}`],
  ['behind a remark that ends with CR', (key, value) => `/${key}%x\r${value}`],
  ['behind a remark that names a harmless one', (key, value) => `/${key} % /GoTo >> endobj\n ${value}`],
  ['behind a remark with an escape', (key, value) => `/${key}%#0a (\n${value}`],
  ['behind a long remark', (key, value) => `/${key}%${'x'.repeat(70_000)}\n${value}`],
  ['behind many remarks', (key, value) => `/${key}${'%\n'.repeat(5_000)}${value}`],
  ['with an escape', (key, value) => `/#${key.charCodeAt(0).toString(16)}${key.slice(1)} ${value}`],
  [
    'in escapes',
    (key, value) => `/${escaped(key)} ${value.replace(/^\/(\w+)/, (_, name) => `/${escaped(name)}`)}`,
  ],
  ['in small escapes', (key, value) => `/${escaped(key, false)}%x\n${value}`],
  ['behind a text with a percent sign', (key, value) => `/A(100%)/${key}%x\n${value}`],
  ['behind a text with brackets', (key, value) => `/A(\\)\\((()))/B(\\\\)/${key} ${value}`],
  ['behind a number in hexadecimal', (key, value) => `/A<3e3e>/${key} ${value}`],
  ['a second time', (key, value) => `/${key} /GoTo /${key} ${value}`],
  ['far behind', (key, value) => `/A(${'x'.repeat(40_000)})/${key} ${value}`],
  ['deep within', (key, value) => `/A[[<</B<</${key} ${value}>>>>]]`],
  ['without an end', (key, value) => `/${key} ${value} endobj`],
];

const dangers: readonly (readonly [string, string, string])[] = [
  ...['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'GoToR', 'GoToE', 'Rendition'].map(
    (name) => [name, 'S', `/${name}`] as const,
  ),
  ['a script', 'JS', '(app.alert\\(1\\))'],
  ['a script elsewhere', 'JS', '8 0 R'],
  ['actions by themselves', 'AA', '<</O 8 0 R>>'],
  ['a form with programs', 'XFA', '[(a) 8 0 R]'],
  ['a player', 'Subtype', '/RichMedia'],
  ['an opening elsewhere', 'OpenAction', '<</S/URI/URI(http://example.com)>>'],
  ['an opening that cannot be found', 'OpenAction', '99 0 R'],
  ['a file', 'EF', '<</F 8 0 R>>'],
];

const places: readonly (readonly [string, (dictionary: string) => Buffer])[] = [
  ['an object', (one) => pdf(`7 0 obj\n<<${one}>>\nendobj\n`)],
  ['a stream of objects', (one) => pdf(packed(`<<${one}>>`))],
  ['a stream of objects of no type', (one) => pdf(packed(`<<${one}>>`, '/N 1/First 4/Filter/FlateDecode'))],
  [
    'a stream of objects in escapes',
    (one) => pdf(packed(`<<${one}>>`, '/Type%x\n/O#62jStm/N 1/First 4/Filter[/Fl#61teDecode]')),
  ],
  [
    'a stream of objects whose type is elsewhere',
    (one) => pdf(packed(`<<${one}>>`, '/Type 8 0 R/N 1/First 4/Filter/FlateDecode')),
  ],
  [
    'the bytes of a picture',
    (one) => pdf(stream('/Subtype/Image', Buffer.from(`7 0 obj<<${one}>>endobj`, 'latin1'))),
  ],
  ['what a remark calls a stream', (one) => pdf(`% stream\n7 0 obj\n<<${one}>>\nendobj\n% endstream\n`)],
  ['a text that does not end', (one) => pdf(`6 0 obj\n(\nendobj\n7 0 obj\n<<${one}>>\nendobj\n`)],
  ['a trailer', (one) => pdf(`trailer\n<</Size 3/Root 1 0 R ${one}>>\n`)],
  ['no object', (one) => pdf(`<<${one}>>\n`)],
  ['a file without references', (one) => Buffer.from(`%PDF-1.7\n7%x\n0%y\nobj<<${one}>>`, 'latin1')],
];

describe('a PDF that is dangerous', () => {
  it.each(places)('is none that anybody opens, however that is written in %s', (_, place) => {
    const passed = dangers.flatMap(([name, key, value]) =>
      spellings.flatMap(([spelling, write]) => {
        const flaw = found(place(write(key, value)));
        return flaw === 0 || typeof flaw === 'number' ? [`${name}, ${spelling}`] : [];
      }),
    );
    expect(passed).toEqual([]);
  });

  it.each(['/Encrypt 8 0 R', '/Encrypt%x\n8 0 R', '/#45ncrypt 8%y\n0 R', '/Encrypt<</Filter/Standard>>'])(
    'or locked is none in %j',
    (entry) => {
      expect(found(pdf(`trailer\n<</Root 1 0 R${entry}>>\n`))).toBe('encrypted');
      expect(found(pdf(stream(`/Type/XRef/Size 3/W[1 2 1]/Root 1 0 R${entry}`, 'abcd')))).toBe('encrypted');
    },
  );

  it.each<[string, Buffer]>([
    [
      'with a predictor',
      packed('<<>>', '/Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>'),
    ],
    ['packed twice', packed('<<>>', '/Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]')],
    ['from another file', packed('<<>>', '/Type/ObjStm/N 1/First 4/F(http://example.com)')],
    ['broken', stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', 'no')],
  ])('or has objects %s cannot be looked into', (_, objects) => {
    expect(found(pdf(objects))).toBe('hidden');
  });

  it.each<[string, string]>([
    ['texts that do not end', '1 0 obj('.repeat(40_000)],
    ['dictionaries that do not end', '1 0 obj<<'.repeat(40_000)],
    ['remarks', `1 0 obj<</S${'%/S'.repeat(100_000)}`],
    ['brackets', `1 0 obj${'['.repeat(200_000)}`],
    ['digits', `${'1 '.repeat(200_000)}obj`],
  ])('takes no more work for %s', (_, text) => {
    expect(found(pdf(text))).toBeOneOf([0, 'hidden']);
  });
});

describe('a sound PDF', () => {
  it.each<[string, string | Buffer]>([
    ['opens at a page', '7 0 obj\n<</OpenAction[2 0 R/Fit]>>\nendobj\n'],
    [
      'opens at a place of its own',
      '7 0 obj\n<</OpenAction 8 0 R>>\nendobj\n8 0 obj<</S/GoTo/D[2 0 R/Fit]>>endobj\n',
    ],
    ['has links', '7 0 obj\n<</Subtype/Link/A<</S/URI/URI(http://example.com)>>>>\nendobj\n'],
    ['speaks of scripts', '7 0 obj\n(/S /JavaScript /JS (x) /EF << /F 8 0 R >>)\nendobj\n'],
    ['has lists without anything', '7 0 obj\n<</AA<<>>/XFA null/JS[]>>\nendobj\n'],
    ['has an outline', '7 0 obj\n<</First 8 0 R/Last 8 0 R/Count 1>>\nendobj\n'],
    ['has a structure', '7 0 obj\n<</Type/StructElem/S/P/K[1 2 3]>>\nendobj\n'],
    ['is printed for browsers', '7 0 obj\n<</S 36/Length 0>>\nstream\n\nendstream\nendobj\n'],
    ['has objects packed', packed('<</Type/Page/S/Transparency>>')],
  ])('that %s is taken', (_, more) => {
    expect(found(pdf(more))).toBe(0);
  });
});

const invoice =
  '<?xml version="1.0" encoding="UTF-8"?>\n<EInvoice><Total>106.00</Total><!-- a > b --></EInvoice>\n';
const spec = (name = '(invoice.xml)', file = '8 0 R', more = '') =>
  `7 0 obj\n<</Type/Filespec/F${name}/UF${name}/EF<</F ${file}/UF ${file}>>${more}>>\nendobj\n`;
const carried = (content: Buffer | string, dictionary = '/Type/EmbeddedFile') =>
  stream(dictionary, content, 8);
const inUtf16 = (text: string) => `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;

describe('a PDF with files of data in it', () => {
  it.each<[string, (string | Buffer)[]]>([
    ['as XML', [spec(), carried(invoice)]],
    ['packed', [spec(), carried(deflateSync(invoice), '/Type/EmbeddedFile/Filter/FlateDecode')]],
    [
      'in a list of names',
      [spec(), carried(invoice), '6 0 obj<</Names<</EmbeddedFiles<</Names[(a) 7 0 R]>>>>>>endobj\n'],
    ],
    ['under a Chinese name', [spec(inUtf16('数电发票.xml')), carried(invoice)]],
    ['as XBRL', [spec('(voucher.XBRL)'), carried('<xbrl xmlns="http://www.xbrl.org/2003/instance"/>')]],
    [
      'in GBK',
      [
        spec(),
        carried(
          Buffer.concat([
            Buffer.from('<?xml version="1.0" encoding="GBK"?><a>'),
            Buffer.from([0xb7, 0xa2, 0xc6, 0xb1]),
            Buffer.from('</a>'),
          ]),
        ),
      ],
    ],
    ['behind a mark', [spec(), carried(`\ufeff${invoice}`)]],
    [
      'described in a stream of objects',
      [packed('<</Type/Filespec/F(i.xml)/EF<</F 8 0 R>>>>'), carried(invoice)],
    ],
    [
      'whose dictionary is elsewhere',
      ['7 0 obj<</F(i.xml)/EF 6 0 R>>endobj 6 0 obj<</F 8 0 R>>endobj\n', carried(invoice)],
    ],
    ['with another end of a stream in it', [spec(), carried('<a><![CDATA[\nendstream\n]]></a>')]],
  ])('is taken, and says how many: %s', (_, parts) => {
    expect(found(pdf(...parts))).toBe(1);
  });

  it.each<[string, (string | Buffer)[]]>([
    ['a program called XML', [spec(), carried(Buffer.from('MZ\x90\0\x03', 'latin1'))]],
    ['XML called a program', [spec('(invoice.hta)'), carried(invoice)]],
    ['XML with a second ending', [spec('(invoice.xml.exe)'), carried(invoice)]],
    ['XML with a way to elsewhere', [spec('(..\\\\..\\\\invoice.xml)'), carried(invoice)]],
    ['a name that is turned round', [spec(inUtf16('a\u202eexe.xml')), carried(invoice)]],
    ['a name of two kinds', ['7 0 obj<</F(i.xml)/UF(i.exe)/EF<</F 8 0 R>>>>endobj\n', carried(invoice)]],
    ['no name', ['7 0 obj<</EF<</F 8 0 R>>>>endobj\n', carried(invoice)]],
    ['nothing', [spec(), carried('')]],
    ['a text', [spec(), carried('invoice')]],
    ['a page of the web', [spec(), carried('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>')]],
    [
      'a page under another name',
      [spec(), carried('<a xmlns:h="http://www.w3.org/1999/xhtml"><h:body/></a>')],
    ],
    ['a drawing', [spec(), carried('<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>')]],
    [
      'XML with entities',
      [spec(), carried('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')],
    ],
    [
      'XML with a style',
      [spec(), carried('<?xml version="1.0"?><?xml-stylesheet href="http://example.com/a.xsl"?><a/>')],
    ],
    ['XML that does not end', [spec(), carried('<a><b></b>')]],
    ['XML that ends twice', [spec(), carried('<a/><b/>')]],
    ['XML before a program', [spec(), carried('<a/>MZ')]],
    [
      'data and a program',
      [spec(), carried(invoice), spec('(b.xml)', '5 0 R').replace('7 0', '6 0'), stream('', 'MZ', 5)],
    ],
    ['a second version of it that is none', [spec(), carried(invoice), stream('', 'MZ', 8)]],
    ['what cannot be found', [spec('(a.xml)', '99 0 R')]],
    ['what is no file', [spec('(a.xml)', '1 0 R')]],
    ['a file of no description', [carried(Buffer.from('PK\x03\x04', 'latin1'))]],
    ['what stands elsewhere', [spec(), carried(invoice, '/F(http://example.com/a.xml)')]],
    ['what is packed in another way', [spec(), carried('3c612f3e>', '/Filter/ASCIIHexDecode')]],
    ['what belongs to it', [spec('(a.xml)', '8 0 R', '/RF<</F[(b.exe) 5 0 R]>>'), carried(invoice)]],
  ])('is refused with %s', (_, parts) => {
    expect(found(pdf(...parts))).toBe('carrying');
  });
});
