import * as z from 'zod';
import { SlugSchema } from '../../shared/schemas.ts';
import { both, lineOf, textOf } from '../../shared/text.ts';
import { levels } from '../../shared/vocabulary.ts';

// Headings of spreadsheets have line breaks.
const HeadingSchema = textOf(1, 100);
const WordSchema = lineOf(1, 60);
const mostWords = 200;

/** What words of a column stand for. All of a mapping stands in one item. */
function wordsFor<S extends z.ZodType>(meaning: S) {
  return z
    .record(WordSchema, meaning)
    .refine((words) => Object.keys(words).length <= mostWords, {
      error: both(`最多 ${mostWords} 个词`, `at most ${mostWords} words`),
    })
    .default({});
}

export const yearFormats = [
  'YYYY',
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'YYYY年MM月DD日',
  'serial',
] as const;

/** How the files of a scheme are to be read: which heading means what, and how its cells are written. */
export const MappingSchema = z
  .strictObject({
    encoding: z
      .enum(['utf-8', 'gb18030'])
      .default('utf-8')
      .meta({ description: 'Of CSV files without a mark of UTF-8' }),
    sheet: lineOf(1, 31)
      .optional()
      .meta({ description: 'Of workbooks; default: the only one that holds something' }),
    headerRow: z
      .int()
      .min(1)
      .max(50)
      .default(1)
      .meta({ description: 'The row that holds the headings, or the upper one of two' }),
    columns: z
      .strictObject({
        awardId: HeadingSchema.optional().meta({
          description: 'Without it, enterprise, year, matter and project together tell awards apart',
        }),
        uscc: HeadingSchema.optional().meta({
          description:
            'Without it, enterprises are matched by their names with those that the registry knows',
        }),
        name: HeadingSchema,
        level: HeadingSchema.optional(),
        year: HeadingSchema.optional(),
        matterKind: HeadingSchema.optional(),
        matterDetail: HeadingSchema.optional(),
        projectName: HeadingSchema.optional(),
        evidence: HeadingSchema.optional().meta({ description: 'kind:number, several by semicolons' }),
        amount: HeadingSchema,
        status: HeadingSchema.optional(),
      })
      .meta({ description: 'The heading of each column; other columns are not read' }),
    evidenceColumns: z
      .array(z.strictObject({ kind: SlugSchema, heading: HeadingSchema }))
      .max(10)
      .default([])
      .meta({ description: 'Columns that hold the numbers of one kind of evidence' }),
    level: z.enum(levels).optional().meta({ description: 'Of every award, where no column tells' }),
    matterKind: SlugSchema.optional().meta({ description: 'Of every award, where no column tells' }),
    year: z
      .union([z.int().min(2000).max(2099), z.literal('title')])
      .optional()
      .meta({ description: 'Of every award, where no column tells; title: as the rows above the table say' }),
    projectName: lineOf(1, 500).optional().meta({ description: 'Of every award, where no column tells' }),
    above: z
      .strictObject({ year: HeadingSchema.optional(), projectName: HeadingSchema.optional() })
      .default({})
      .meta({
        description: 'Labels outside the table, as 项目名称：, whose values hold for the table below',
      }),
    repeatDown: z.array(HeadingSchema).max(20).default([]).meta({
      description: 'Headings whose cells are merged down: a value holds for the rows that it covers',
    }),
    sums: z
      .array(z.strictObject({ total: HeadingSchema, parts: z.array(HeadingSchema).min(1).max(20) }))
      .max(10)
      .default([])
      .meta({ description: 'Amounts that have to add up across a row' }),
    sheets: z
      .array(lineOf(1, 31))
      .max(50)
      .default([])
      .meta({ description: 'Of workbooks: the sheets that are one list, in this order' }),
    ignoredSheets: z
      .array(lineOf(1, 31))
      .max(50)
      .default([])
      .meta({ description: 'Of workbooks: sheets not to ask about' }),
    levelWords: wordsFor(z.enum(levels)),
    matterWords: wordsFor(SlugSchema),
    amountUnit: z.enum(['yuan', 'wan-yuan', 'stated']).meta({
      description: 'wan-yuan: 10,000 yuan (万元); stated: as the heading or 单位：万元 in a cell says',
    }),
    yearFormat: z.enum(yearFormats).default('YYYY').meta({ description: 'Dates stand for their year' }),
    revokedWords: z.array(WordSchema).max(20).default(['revoked']),
    grantedWords: z.array(WordSchema).max(20).default(['granted']),
  })
  .refine(({ columns, level }) => (columns.level === undefined) !== (level === undefined), {
    path: ['level'],
    error: both(
      '请指定级别所在的列，或全部记录的级别',
      'name the column of the level, or the level of every award',
    ),
  })
  .refine(({ columns, matterKind }) => (columns.matterKind === undefined) !== (matterKind === undefined), {
    path: ['matterKind'],
    error: both(
      '请指定事项类型所在的列，或全部记录的事项类型',
      'name the column of the kind of matter, or the kind of every award',
    ),
  })
  .refine(
    ({ columns, year, above }) =>
      [columns.year, year, above.year].filter((told) => told !== undefined).length === 1,
    {
      path: ['year'],
      error: both(
        '请指定年度所在的列、全部记录的年度或表外的标签，三者取一',
        'name the column of the year, the year of every award, or its label outside the table: one of them',
      ),
    },
  )
  .refine(
    ({ columns, projectName, above }) =>
      [columns.projectName, projectName, above.projectName].filter((told) => told !== undefined).length <= 1,
    {
      path: ['projectName'],
      error: both(
        '项目名称的列、全部记录的项目名称、表外的标签，至多取一',
        'the column of the project, the project of every award and its label outside the table: at most one of them',
      ),
    },
  )
  .refine(
    ({ columns, evidenceColumns }) => {
      const used = [...Object.values(columns), ...evidenceColumns.map(({ heading }) => heading)];
      return new Set(used).size === used.length;
    },
    { path: ['columns'], error: both('同一列只能对应一项内容', 'a heading stands for one thing only') },
  )
  .meta({
    id: 'RegistryMapping',
    examples: [
      {
        columns: {
          uscc: '统一社会信用代码',
          name: '单位名称',
          year: '年度',
          projectName: '项目名称',
          amount: '金额（万元）',
        },
        ...{ level: 'municipal', matterKind: 'dcmm', amountUnit: 'wan-yuan' },
      },
    ],
  });
export type Mapping = z.output<typeof MappingSchema>;

/** How files are read for which no mapping is saved: the system's own form. */
export const ownMapping: Mapping = MappingSchema.parse({
  columns: {
    awardId: 'award_id',
    uscc: 'uscc',
    name: 'name',
    level: 'level',
    year: 'year',
    matterKind: 'matter_kind',
    matterDetail: 'matter_detail',
    projectName: 'project_name',
    evidence: 'evidence',
    amount: 'amount_yuan',
    status: 'status',
  },
  amountUnit: 'yuan',
});
