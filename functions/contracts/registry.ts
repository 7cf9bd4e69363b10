import * as z from 'zod';
import { AwardSchema } from '../filing/applications/award.ts';
import { ImportFaultSchema, ImportReportSchema, ImportViewSchema } from '../registry/imports/import-view.ts';
import { MappingSchema } from '../registry/imports/mapping.ts';
import { OpenRowSchema, RowDecisionSchema } from '../registry/imports/open-row.ts';
import { csvType, xlsxType } from '../registry/imports/registry-import.ts';
import type { RouteContract } from '../shared/route.ts';
import { InstantSchema, PageQuerySchema, pageOf, ReasonTextSchema } from '../shared/schemas.ts';
import { both, FileNameSchema, lineOf } from '../shared/text.ts';
import { ImportIdSchema, OrganisationCodeSchema } from '../shared/vocabulary.ts';

const SchemeSchema = lineOf(2, 60)
  .regex(/^[^#/]*$/, { error: both('不含 # 和 /', 'it has no # and no /') })
  .meta({ description: 'Document number of the scheme' });
const SchemeParams = z.object({ scheme: SchemeSchema });
const ImportParams = z.object({ importId: ImportIdSchema });

const RowNumberSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31)
  .meta({ description: 'As `row` of the rows that are left for a person' });

const UploadSchema = z
  .object({
    method: z.literal('PUT'),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    expiresAt: InstantSchema,
  })
  .meta({ id: 'RegistryUpload' });

const SavedMappingSchema = z
  .object({ scheme: z.string(), mapping: MappingSchema, savedAt: InstantSchema, savedBy: z.string() })
  .meta({ id: 'SavedRegistryMapping' });

const MappingNameSchema = lineOf(1, 60)
  .regex(/^[^#/]*$/, { error: both('不含 # 和 /', 'it has no # and no /') })
  .meta({ description: 'Name of a mapping' });
const NamedMappingSchema = z
  .object({ name: z.string(), mapping: MappingSchema, savedAt: InstantSchema, savedBy: z.string() })
  .meta({ id: 'NamedRegistryMapping' });
/** How one file is read. */
const chosenMapping = {
  mapping: MappingNameSchema.optional().meta({
    description: "Name of a saved mapping, to be used instead of the scheme's",
  }),
  projectName: lineOf(1, 500).optional().meta({ description: 'Of every award of the file' }),
};

const RegisteredAwardSchema = AwardSchema.meta({ id: 'RegisteredAward' });

/** The upload of a file: apart from the rest, whose functions need no bucket. */
export const uploadRoutes = {
  requestImport: {
    method: 'POST',
    path: '/v1/registry/schemes/{scheme}/imports',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '上传奖补记录文件',
      en: "Ask for the upload of a file of a scheme's awards (CSV, XLSX); it is imported when it has arrived",
    },
    params: SchemeParams,
    body: z.strictObject({
      fileName: FileNameSchema,
      contentType: z.enum([csvType, xlsxType]),
      bytes: z.int().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      confirmUscc: z.boolean().default(false).meta({
        description: 'Takes credit codes whose check character does not fit',
      }),
      dryRun: z.boolean().default(false).meta({
        description: 'Tells what the import would do, and changes nothing',
      }),
      ...chosenMapping,
      year: z.int().min(2000).max(2099).optional().meta({ description: 'Of every award of the file' }),
      sheet: lineOf(1, 31).optional().meta({
        description: 'Of a workbook with several sheets, the one to import',
      }),
    }),
    response: { status: 201, body: z.object({ import: ImportViewSchema, upload: UploadSchema }) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;

/** Routes of operators who keep the registry of other schemes' awards, and of everybody who looks them up. */
export const registryRoutes = {
  importAwards: {
    method: 'POST',
    path: '/v1/registry/imports',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '导入少量奖补记录', en: "Import a small file of another scheme's awards (CSV) at once" },
    query: z.strictObject({
      scheme: SchemeSchema,
      confirmUscc: z.stringbool().optional(),
      dryRun: z.stringbool().optional().meta({ description: 'Tells what it would do, and changes nothing' }),
      ...chosenMapping,
      year: z.coerce
        .number()
        .int()
        .min(2000)
        .max(2099)
        .optional()
        .meta({ description: 'Of every award of the file' }),
    }),
    text: { contentType: 'text/csv', maxBytes: 4_000_000 },
    response: { status: 200, body: ImportReportSchema },
    problems: ['payload-too-large', 'unsupported-media-type'],
  },
  listImports: {
    method: 'GET',
    path: '/v1/registry/imports',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '导入记录', en: 'Imports, newest first' },
    query: PageQuerySchema,
    response: { status: 200, body: pageOf(ImportViewSchema) },
    problems: [],
  },
  getImport: {
    method: 'GET',
    path: '/v1/registry/imports/{importId}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '导入进度', en: 'An import with its progress, rate and remaining time' },
    params: ImportParams,
    response: { status: 200, body: ImportViewSchema },
    problems: ['not-found'],
  },
  listImportFaults: {
    method: 'GET',
    path: '/v1/registry/imports/{importId}/faults',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '导入问题', en: 'The faults of an import by rows; pages differ in length' },
    params: ImportParams,
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(ImportFaultSchema) },
    problems: ['not-found'],
  },
  getImportReport: {
    method: 'GET',
    path: '/v1/registry/imports/{importId}/report',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '下载问题清单', en: 'The faults of an import as a CSV file' },
    params: ImportParams,
    response: { status: 200, contentType: 'text/csv; charset=utf-8' },
    problems: ['not-found'],
  },
  listOpenRows: {
    method: 'GET',
    path: '/v1/registry/imports/{importId}/rows',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '待人工确认单位的行',
      en: 'Rows of an import that name an enterprise which a person has to find out, and what was decided',
    },
    params: ImportParams,
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(OpenRowSchema) },
    problems: ['not-found'],
  },
  decideOpenRow: {
    method: 'POST',
    path: '/v1/registry/imports/{importId}/rows/{row}/decision',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '确认一行所属单位',
      en: 'Decide whose the award of such a row is, or that it is not imported',
    },
    params: ImportParams.extend({ row: RowNumberSchema }),
    body: RowDecisionSchema,
    response: { status: 200, body: OpenRowSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  proposeUndo: {
    method: 'POST',
    path: '/v1/registry/imports/{importId}/undo',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '提请撤销导入',
      en: 'Ask for an import to be taken back; somebody else has to confirm it',
    },
    params: ImportParams,
    body: z.strictObject({ reason: ReasonTextSchema }),
    response: { status: 200, body: ImportViewSchema },
    problems: ['not-found', 'not-in-this-state', 'concurrent-change'],
  },
  decideUndo: {
    method: 'POST',
    path: '/v1/registry/imports/{importId}/undo/decision',
    roles: ['operator', 'budget-approver'],
    owner: 'none',
    summary: {
      zh: '确认或驳回撤销导入',
      en: 'Confirm or refuse that an import is taken back, by a second person; confirmed again until it is done',
    },
    params: ImportParams,
    body: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('confirm') }),
      z.strictObject({ outcome: z.literal('refuse'), reason: ReasonTextSchema }),
    ]),
    response: { status: 200, body: ImportViewSchema },
    problems: ['not-found', 'not-in-this-state', 'same-person', 'concurrent-change'],
  },
  getMapping: {
    method: 'GET',
    path: '/v1/registry/schemes/{scheme}/mapping',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '列映射', en: "How a scheme's files are read" },
    params: SchemeParams,
    response: { status: 200, body: SavedMappingSchema },
    problems: ['not-found'],
  },
  putMapping: {
    method: 'PUT',
    path: '/v1/registry/schemes/{scheme}/mapping',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '保存列映射', en: "Say how a scheme's files are to be read from now on" },
    params: SchemeParams,
    body: MappingSchema,
    response: { status: 200, body: SavedMappingSchema },
    problems: [],
  },
  listNamedMappings: {
    method: 'GET',
    path: '/v1/registry/mappings',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '已命名的列映射', en: 'Mappings that were saved under names, for lists of the same form' },
    query: PageQuerySchema.pick({ cursor: true }),
    response: { status: 200, body: pageOf(NamedMappingSchema) },
    problems: [],
  },
  getNamedMapping: {
    method: 'GET',
    path: '/v1/registry/mappings/{name}',
    roles: ['operator'],
    owner: 'none',
    summary: { zh: '已命名的列映射内容', en: 'A mapping by its name' },
    params: z.object({ name: MappingNameSchema }),
    response: { status: 200, body: NamedMappingSchema },
    problems: ['not-found'],
  },
  putNamedMapping: {
    method: 'PUT',
    path: '/v1/registry/mappings/{name}',
    roles: ['operator'],
    owner: 'none',
    summary: {
      zh: '按名称保存列映射',
      en: 'Save a mapping under a name, to be used by imports of any scheme',
    },
    params: z.object({ name: MappingNameSchema }),
    body: MappingSchema,
    response: { status: 200, body: NamedMappingSchema },
    problems: [],
  },
  searchAwards: {
    method: 'GET',
    path: '/v1/registry/awards',
    roles: ['operator', 'lead-reviewer', 'district-reviewer', 'adjudicator'],
    owner: 'none',
    summary: {
      zh: '检索其他政策的奖补记录',
      en: 'Awards of other schemes, of an enterprise or with a project named like this, most alike first',
    },
    query: PageQuerySchema.extend({
      q: lineOf(1, 500).optional().meta({ description: 'Name of a project' }),
      uscc: OrganisationCodeSchema.optional().meta({
        description: 'All awards of one enterprise, page by page',
      }),
    }),
    response: { status: 200, body: pageOf(RegisteredAwardSchema) },
    problems: [],
  },
} as const satisfies Record<string, RouteContract>;
