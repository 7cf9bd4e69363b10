import { type Mapping, MappingSchema, ownMapping } from '../../functions/registry/imports/mapping.ts';
import { awardCsv } from '../builders/award-csv.ts';
import { publishedUscc } from '../builders/content.ts';
import { big5, gb18030 } from '../builders/gb18030.ts';
import { workbook } from '../builders/workbook.ts';
import type { AwardFile } from './read-award-file.ts';

const text = (content: string) => () => Buffer.from(content);
const mark = '\uFEFF';
const two = awardCsv({}, { award_id: 'A-002', project_name: '岭南古建筑数字化测绘' });
const [header = '', first = '', second = ''] = two.trimEnd().split('\n');
const both = {
  awards: [{ awardId: 'A-001' }, { awardId: 'A-002', projectName: '岭南古建筑数字化测绘' }],
  faults: [],
};
/** The file with other delimiters; none of its cells holds one. */
const delimited = (delimiter: string) => two.replaceAll(',', delimiter);
const inGb18030: Mapping = { ...ownMapping, encoding: 'gb18030' };

/** How departments name their columns. */
export const chineseMapping: Mapping = MappingSchema.parse({
  columns: {
    uscc: '统一社会信用代码',
    name: '企业名称',
    year: '年度',
    projectName: '项目名称',
    amount: '资金(万元)',
  },
  evidenceColumns: [{ kind: 'certificate', heading: '证书编号' }],
  level: 'municipal',
  matterKind: 'dcmm',
  amountUnit: 'wan-yuan',
});
const chinese = (headings: readonly string[], ...rows: readonly (readonly string[])[]) =>
  [headings, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
const headings = ['企业名称', '统一社会信用代码', '项目名称', '年度', '资金(万元)', '证书编号'];
const row = ['广州示例云帆软件有限公司', publishedUscc, '数据治理平台', '2024', '20', 'Z-1'];
const chineseAward = { uscc: publishedUscc, year: 2024, amountFen: 20_000_000, projectName: '数据治理平台' };

/** A file in GB18030 that is said to be in UTF-8, and the other way round. */
const encodings: AwardFile[] = [
  { name: 'UTF-8.csv', content: text(two), comesTo: both },
  { name: 'UTF-8 with its mark.csv', content: text(mark + two), comesTo: both },
  {
    name: 'UTF-8 with its mark, said to be GB18030.csv',
    content: text(mark + two),
    mapping: inGb18030,
    comesTo: both,
  },
  { name: 'GB18030.csv', content: () => gb18030(two), mapping: inGb18030, comesTo: both },
  {
    name: 'UTF-8 without a mark, said to be GB18030.csv',
    content: text(two),
    mapping: inGb18030,
    comesTo: { refused: ['encoding'], says: /应为 UTF-8.*award_id.*uscc/ },
  },
  {
    name: 'UTF-8 of a Latin name alone, said to be GB18030.csv',
    content: text(awardCsv({ name: 'Café Müller Ltd', project_name: 'Data' })),
    mapping: inGb18030,
    comesTo: { refused: ['encoding'], says: /应为 UTF-8/ },
  },
  {
    name: 'UTF-8 of Greek and Cyrillic letters, said to be GB18030.csv',
    content: text(awardCsv({ name: 'Δίκτυο данные', project_name: 'Data' })),
    mapping: inGb18030,
    comesTo: { refused: ['encoding'], says: /应为 UTF-8/ },
  },
  {
    name: 'GB18030 of a few characters.csv',
    content: () => gb18030(awardCsv({ name: 'A 耐', project_name: '模' })),
    mapping: inGb18030,
    comesTo: { awards: [{ name: 'A 耐', projectName: '模' }], faults: [] },
  },
  {
    name: 'GB18030, said to be UTF-8.csv',
    content: () => gb18030(chinese(headings, row)),
    mapping: chineseMapping,
    comesTo: { refused: ['encoding'], says: /应为 GB18030.*企业名称.*统一社会信用代码/ },
  },
  {
    name: 'GB18030 whose Chinese begins in the second row.csv',
    content: () => gb18030(two),
    comesTo: { refused: ['encoding'], says: /GB18030/ },
  },
  ...[ownMapping, inGb18030].map((mapping) => ({
    name: `Big5, said to be ${mapping.encoding}.csv`,
    content: () => big5(awardCsv({ name: '廣州示例雲帆軟件有限公司', project_name: '數據治理平台' })),
    mapping,
    comesTo: { refused: ['encoding'], says: /Big5/ },
  })),
  {
    name: 'GB18030 of traditional characters.csv',
    content: () => gb18030(awardCsv({ name: '廣州示例雲帆軟件有限公司', project_name: '數據治理平台' })),
    mapping: inGb18030,
    comesTo: { awards: [{ name: '廣州示例雲帆軟件有限公司', projectName: '數據治理平台' }], faults: [] },
  },
  {
    name: 'UTF-16 as "Unicode text".csv',
    content: () => Buffer.from(`${mark}${delimited('\t')}`, 'utf16le'),
    comesTo: { refused: ['utf-16'], says: /CSV UTF-8/ },
  },
  {
    name: 'UTF-16 without its mark.csv',
    content: () => Buffer.from(two, 'utf16le'),
    comesTo: { refused: ['utf-16'] },
  },
  {
    name: 'UTF-16 from the large end.csv',
    content: () => Buffer.from(`${mark}${two}`, 'utf16le').swap16(),
    comesTo: { refused: ['utf-16'] },
  },
  {
    name: 'UTF-16 of Chinese headings without its mark.csv',
    content: () => Buffer.from(chinese(headings, row), 'utf16le'),
    mapping: chineseMapping,
    comesTo: { refused: ['utf-16'] },
  },
  {
    name: 'UTF-8 that was read as Latin letters and saved.csv',
    content: () => Buffer.from(Buffer.from(two).toString('latin1')),
    comesTo: {
      awards: [],
      faults: ['2 name encoding', '2 project_name encoding', '3 name encoding', '3 project_name encoding'],
    },
  },
  {
    name: 'what is left of characters that were lost.csv',
    content: text(two.replace('数据管理', '锟斤拷锟斤拷')),
    comesTo: { awards: [{ awardId: 'A-002' }], faults: ['2 project_name encoding'] },
  },
  {
    name: 'one row in another encoding.csv',
    content: () => Buffer.concat([Buffer.from(`${header}\n${first}\n`), gb18030(second)]),
    comesTo: { awards: [{ awardId: 'A-001' }], faults: ['3 name encoding', '3 project_name encoding'] },
  },
];

const delimiters: AwardFile[] = [
  { name: 'tabs.csv', content: text(delimited('\t')), comesTo: both },
  { name: 'semicolons.csv', content: text(delimited(';')), comesTo: both },
  { name: 'sep= before semicolons.csv', content: text(`sep=;\r\n${delimited(';')}`), comesTo: both },
  { name: 'sep= behind a mark.csv', content: text(`${mark}sep=,\n${two}`), comesTo: both },
  {
    name: 'sep= with strokes.csv',
    content: text(`sep=|\n${delimited('|')}`),
    comesTo: { refused: ['delimiter'], says: /“\|”/ },
  },
  {
    name: 'strokes.csv',
    content: text(delimited('|')),
    comesTo: { refused: ['delimiter'], says: /“\|”/ },
  },
  {
    name: 'wide commas.csv',
    content: text(delimited('，')),
    comesTo: { refused: ['delimiter'], says: /“，”/ },
  },
  {
    name: 'tabs below two lines of titles.csv',
    content: text(`2024年安排表\n单位：元\n${delimited('\t')}`),
    comesTo: both,
  },
  {
    name: 'line ends of three kinds.csv',
    content: text(`${header}\r\n${first}\r${second}\n`),
    comesTo: both,
  },
  { name: 'a Ctrl-Z at the end.csv', content: text(`${two}\x1a`), comesTo: both },
  { name: 'zeros at the end.csv', content: text(`${two}${'\0'.repeat(500)}`), comesTo: both },
  {
    name: 'semicolons, in cells of which are commas.csv',
    content: text(delimited(';').replace('岭南古建筑数字化测绘', '测绘,建档')),
    comesTo: { awards: [{ awardId: 'A-001' }, { projectName: '测绘,建档' }], faults: [] },
  },
  {
    name: 'Windows line ends.csv',
    content: text(two.replaceAll('\n', '\r\n')),
    comesTo: both,
  },
  { name: 'old Macintosh line ends.csv', content: text(two.replaceAll('\n', '\r')), comesTo: both },
];

const asExcelWrites: AwardFile[] = [
  {
    name: 'empty columns behind the headings.csv',
    content: text(`${header},,,\n${first},,,\n${second},,,\n`),
    comesTo: both,
  },
  {
    name: 'an empty column between others.csv',
    content: text(two.replace(/^([^,]*,)/gm, '$1,')),
    comesTo: both,
  },
  {
    name: 'trailing cells that are missing.csv',
    content: text(chinese(headings, row.slice(0, 5))),
    mapping: chineseMapping,
    comesTo: { awards: [chineseAward], faults: [] },
  },
  {
    name: 'rows of commas.csv',
    content: text(`,,,,\n${header}\n${',,,,,,,,,,\n'.repeat(3)}${first}\n,\n${second}\n,,,,,,,,,,\n`),
    comesTo: both,
  },
  {
    name: 'a value without a heading.csv',
    content: text(`${header},\n${first},多出的值\n${second}\n`),
    comesTo: { awards: [{ awardId: 'A-002' }], faults: ['2  column-count'] },
  },
  {
    name: 'an unescaped quote in a cell.csv',
    content: text(`${header}\n${first.replace('成熟度', '"成熟度"')}\n${second}\n`),
    comesTo: { awards: [{ awardId: 'A-002' }], faults: ['2  csv'] },
  },
  {
    name: 'a quote that is never closed.csv',
    content: text(`${header}\n${first.replace('数据管理', '"数据管理')}\n${second}\n`),
    comesTo: { awards: [{ awardId: 'A-002' }], faults: ['2  csv'] },
  },
  {
    name: 'a quote that the next row seems to close.csv',
    content: text(
      `${header}\n${first.replace('数据管理', '"数据管理')}\n${second.replace(/岭南\S*?(?=,)/, '"岭南,""测绘"""')}\n`,
    ),
    comesTo: { awards: [{ awardId: 'A-002', projectName: '岭南,"测绘"' }], faults: ['2  csv'] },
  },
  {
    name: 'text behind a closing quote.csv',
    content: text(`${header}\n${first.replace('数据管理', '"数据"管理')}\n${second}\n`),
    comesTo: { awards: [{ awardId: 'A-002' }], faults: ['2  csv'] },
  },
  {
    name: 'headings with line breaks, blanks and wide brackets.csv',
    content: text(
      chinese(
        [
          '企业 名称',
          '"统一社会\n信用代码"',
          '项目名称 ',
          '年\u200B度',
          '资金（万元）',
          '證書編號'.replace('證書編號', '证书编号'),
        ],
        row,
      ),
    ),
    mapping: chineseMapping,
    comesTo: {
      awards: [{ ...chineseAward, evidence: [{ kind: 'certificate', number: 'Z-1' }] }],
      faults: [],
    },
  },
  {
    name: 'a title above the headings.csv',
    content: text(`2024年奖补资金安排表,,,,,\n${chinese(headings, row)}`),
    mapping: chineseMapping,
    comesTo: { awards: [chineseAward], faults: [] },
  },
  {
    name: 'titles and notes above the headings.csv',
    content: text(`奖补资金安排表,,\n填报单位：某局,,,\n\n单位：万元,,,,\n${chinese(headings, row)}`),
    mapping: chineseMapping,
    comesTo: { awards: [chineseAward], faults: [] },
  },
  {
    name: 'headings with marks, colons, other brackets and traditional characters.csv',
    content: text(
      chinese(
        ['*企業名稱：', '统一社会<br/>信用代码', '项目名称（必填）', '年\\n度', '资金〈万元〉', '證書編號'],
        row,
      ),
    ),
    mapping: chineseMapping,
    comesTo: { awards: [chineseAward], faults: [] },
  },
  {
    name: 'cells that are kept from being numbers.csv',
    content: text(
      [header, ...['="00123"', '"=""00124"""', "'00125"].map((id) => first.replace('A-001', id))]
        .join('\n')
        .replaceAll(publishedUscc, `="${publishedUscc}"`),
    ),
    comesTo: { awards: ['00123', '00124', '00125'].map((awardId) => ({ awardId })), faults: [] },
  },
  {
    name: 'evidence parted by commas and line breaks.csv',
    content: text(awardCsv({ evidence: 'certificate:Z-1、certificate:Z-2\ninvoice:0440，17' })),
    comesTo: {
      awards: [
        {
          evidence: [
            { kind: 'certificate', number: 'Z-1' },
            { kind: 'certificate', number: 'Z-2' },
            { kind: 'invoice', number: '0440，17' },
          ],
        },
      ],
      faults: [],
    },
  },
  {
    name: 'words where there is no certificate.csv',
    content: text(
      awardCsv(
        ...['certificate:无', 'certificate:/', 'certificate:N/A', 'certificate:详见附件;invoice:17'].map(
          (evidence, index) => ({ award_id: `A-${index}`, evidence }),
        ),
      ),
    ),
    comesTo: {
      awards: [
        ...Array.from({ length: 3 }, () => ({ evidence: [] })),
        { evidence: [{ kind: 'invoice', number: '17' }] },
      ],
      faults: [],
    },
  },
  {
    name: 'several certificates in a cell.csv',
    content: text(chinese(headings, [...row.slice(0, 5), '"Z-1，Z-2,Z-3；Z-4"'])),
    mapping: chineseMapping,
    comesTo: {
      awards: [{ evidence: ['Z-1', 'Z-2', 'Z-3', 'Z-4'].map((number) => ({ kind: 'certificate', number })) }],
      faults: [],
    },
  },
  {
    name: 'headings of the mapping in wide brackets.csv',
    content: text(chinese(headings, row)),
    mapping: { ...chineseMapping, columns: { ...chineseMapping.columns, amount: '资金【万元】' } },
    comesTo: { awards: [chineseAward] },
  },
  {
    name: 'a heading twice but for its brackets.csv',
    content: text(
      chinese([...headings.map((name) => name.replace('(万元)', '（万元）')), '资金[万元]'], [...row, '30']),
    ),
    mapping: chineseMapping,
    comesTo: { refused: ['repeated-column'] },
  },
  {
    name: 'two rows of headings.csv',
    content: text(
      chinese(
        ['企业信息', '', '项目名称', '年度', '资金', '', '证书编号'],
        ['企业名称', '统一社会信用代码', '', '', '申报', '核定', ''],
        [...row.slice(0, 4), '30', '20', 'Z-1'],
      ),
    ),
    mapping: { ...chineseMapping, columns: { ...chineseMapping.columns, amount: '资金/核定' } },
    comesTo: {
      awards: [{ ...chineseAward, evidence: [{ kind: 'certificate', number: 'Z-1' }] }],
      faults: [],
    },
  },
  {
    name: 'a heading that is missing.csv',
    content: text(chinese(headings.slice(1), row.slice(1), row.slice(1))),
    mapping: chineseMapping,
    comesTo: { refused: ['missing-column'], says: /企业名称/ },
  },
];

const values: AwardFile[] = [
  {
    name: 'years in every spelling.csv',
    content: text(
      awardCsv(
        ...['2024', '2024年度', '2024.5', '2024-05', '2024年5月', '2024-05-06 00:00:00', '2024/5/6 0:00'].map(
          (year, index) => ({ award_id: `A-${index}`, year }),
        ),
      ),
    ),
    comesTo: { awards: Array.from({ length: 7 }, () => ({ year: 2024 })), faults: [] },
  },
  {
    name: 'amounts in every spelling.csv',
    content: text(
      awardCsv(
        ...['1,234.56', '0.123456万元', '￥1234.56', '1234.56元', '1234.56000'].map((amount_yuan, index) => ({
          award_id: `A-${index}`,
          amount_yuan,
        })),
      ),
    ),
    comesTo: { awards: Array.from({ length: 5 }, () => ({ amountFen: 123_456 })), faults: [] },
  },
  {
    name: 'credit codes in every spelling.csv',
    content: text(
      awardCsv(
        { uscc: publishedUscc.toLowerCase() },
        {
          award_id: 'A-2',
          uscc: publishedUscc.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
        },
        { award_id: 'A-3', uscc: `\u200B${publishedUscc.slice(0, 8)} ${publishedUscc.slice(8)}` },
        { award_id: 'A-4', uscc: '440101000012345' },
      ),
    ),
    comesTo: {
      awards: Array.from({ length: 3 }, () => ({ uscc: publishedUscc })),
      faults: ['2 uscc normalised', '3 uscc normalised', '4 uscc normalised', '5 uscc registration-number'],
    },
  },
  {
    name: 'errors of a spreadsheet.csv',
    content: text(
      awardCsv(
        { matter_detail: '#N/A' },
        { award_id: 'A-2', evidence: 'certificate:#REF!' },
        { award_id: 'A-3', project_name: '#SPILL!' },
        { award_id: 'A-4', evidence: 'certificate:#####' },
        { award_id: 'A-5', project_name: 'Err:502' },
        { award_id: 'A-6', project_name: 'C#与.NET平台' },
      ),
    ),
    comesTo: {
      awards: [{ awardId: 'A-6' }],
      faults: [
        '2 matter_detail format',
        '3 evidence format',
        '4 project_name format',
        '5 evidence format',
        '6 project_name format',
      ],
    },
  },
  {
    name: 'characters that nobody sees, and that control.csv',
    content: text(
      awardCsv(
        { project_name: '云帆\u200B平台' },
        { award_id: 'A-2', name: '广州\u202E示例云帆软件有限公司' },
        { award_id: 'A-3', project_name: '云\0帆' },
        { award_id: 'A-4', project_name: '葛\u{E0100}城平台' },
      ),
    ),
    comesTo: {
      awards: [
        { projectName: '云帆平台' },
        { name: '广州示例云帆软件有限公司' },
        { projectName: '葛\u{E0100}城平台' },
      ],
      faults: ['2 project_name character', '3 name character', '4 project_name character'],
    },
  },
  {
    name: 'an amount whose separators are in the wrong place.csv',
    content: text(awardCsv({ amount_yuan: '12,34.56' })),
    comesTo: { awards: [], faults: ['2 amount_yuan format'] },
  },
  {
    name: 'a number that a spreadsheet shortened.csv',
    content: text(
      awardCsv(
        { evidence: 'certificate:2.02E+17' },
        { award_id: '2.02412E+17' },
        { award_id: 'A-3', matter_detail: '2e+17' },
        { award_id: 'A-4', evidence: 'certificate:2.02412E17' },
        { award_id: 'A-5', evidence: 'certificate:202.4E+15' },
        { award_id: 'A-6', evidence: 'certificate:２．０２４ E＋１７号' },
        { award_id: 'A-7', evidence: 'certificate:202412345678901000' },
        { award_id: 'A-8', evidence: 'certificate:GZ2E+17' },
      ),
    ),
    comesTo: {
      awards: [{ awardId: 'A-8' }],
      faults: [
        '2 evidence digits-lost',
        '3 award_id digits-lost',
        '4 matter_detail digits-lost',
        '5 evidence digits-lost',
        '6 evidence digits-lost',
        '7 evidence digits-lost',
        '8 evidence digits-lost',
      ],
    },
  },
];

const noTables: AwardFile[] = [
  { name: 'nothing.csv', content: text(''), comesTo: { refused: ['no-headings'] } },
  { name: 'blank lines.csv', content: text('\n \n\r\n'), comesTo: { refused: ['no-headings'] } },
  {
    name: 'a workbook under the name of CSV.csv',
    content: () => workbook([{ name: 'S', rows: [['a']] }]),
    comesTo: { refused: ['not-csv'], says: /\.xlsx/ },
  },
  {
    name: 'a web page under the name of CSV.csv',
    content: text('<html><body><table><tr><td>a</td></tr></table></body></html>'),
    comesTo: { refused: ['not-csv'], says: /HTML/ },
  },
  {
    name: 'a PDF under the name of CSV.csv',
    content: () => Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
    comesTo: { refused: ['not-csv'], says: /PDF/ },
  },
  {
    name: 'bytes of a picture.csv',
    content: () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    comesTo: { refused: ['not-csv'] },
  },
  {
    name: 'a line without an end.csv',
    content: () => Buffer.alloc(400_000, 'x'),
    comesTo: { refused: ['csv'] },
  },
];

/** Files of awards in CSV. */
export const csvFiles: readonly AwardFile[] = [
  ...encodings,
  ...delimiters,
  ...asExcelWrites,
  ...values,
  ...noTables,
];
