import * as z from 'zod';
import { DocumentViewSchema } from '../filing/documents/document-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { IfMatchSchema, InstantSchema, SlugSchema } from '../shared/schemas.ts';
import { both, FileNameSchema, lineOf } from '../shared/text.ts';
import { ApplicationIdSchema, DocumentIdSchema } from '../shared/vocabulary.ts';

export const applicants = ['preparer', 'organisation-admin'] as const;

export const ApplicationParams = z.object({ applicationId: ApplicationIdSchema });
const DocumentParams = ApplicationParams.extend({ documentId: DocumentIdSchema });

const UploadRequestSchema = z.strictObject({
  material: SlugSchema,
  fileName: FileNameSchema,
  contentType: lineOf(0, 100),
  bytes: z.int().min(1, { error: both('不接受空文件', 'an empty file is not accepted') }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, {
    error: both(
      '应为文件的 SHA-256，64 位小写十六进制',
      'SHA-256 of the file in 64 lower-case hexadecimal digits',
    ),
  }),
});

const UploadSchema = z
  .object({
    document: DocumentViewSchema,
    upload: z.object({
      method: z.literal('PUT'),
      url: z.url(),
      headers: z
        .record(z.string(), z.string())
        .meta({ description: 'Send exactly these headers with the file' }),
      expiresAt: InstantSchema,
    }),
  })
  .meta({ id: 'Upload' });

/** Routes by which companies add documents to an application, and take them or a whole draft away. */
export const documentRoutes = {
  deleteDraft: {
    method: 'DELETE',
    path: '/v1/applications/{applicationId}',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '删除草稿及其材料；已提交的申报只能撤回',
      en: 'Delete a draft with its documents; what was submitted can be withdrawn instead',
    },
    params: ApplicationParams,
    headers: IfMatchSchema,
    response: { status: 204 },
    problems: [
      'not-found',
      'not-in-this-state',
      'precondition-required',
      'version-mismatch',
      'concurrent-change',
    ],
  },
  requestUpload: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/documents',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '申请上传材料；同一文件再次申请即继续原申请，PUT 答 412 表示文件已在',
      en: 'Ask for a presigned upload of a document; for the same file again, the same one. A PUT that is answered by 412 was done before',
    },
    params: ApplicationParams,
    body: UploadRequestSchema,
    response: { status: 201, body: UploadSchema },
    problems: [
      ...(['not-found', 'not-in-this-state', 'deadline-passed', 'same-person'] as const),
      ...(['concurrent-change', 'quota-exceeded'] as const),
    ],
  },
  listDocuments: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/documents',
    roles: applicants,
    owner: 'organisation',
    summary: { zh: '材料清单', en: 'Documents of an application' },
    params: ApplicationParams,
    response: { status: 200, body: z.object({ items: z.array(DocumentViewSchema) }) },
    problems: ['not-found'],
  },
  openDocument: {
    method: 'GET',
    path: '/v1/applications/{applicationId}/documents/{documentId}/link',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '打开已接收的材料（链接五分钟内有效）',
      en: 'A link to the file of an accepted document, good for five minutes',
    },
    params: DocumentParams,
    response: { status: 200, body: z.object({ url: z.url() }) },
    problems: ['not-found', 'not-in-this-state'],
  },
  removeDocument: {
    method: 'DELETE',
    path: '/v1/applications/{applicationId}/documents/{documentId}',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '移除草稿中或被退回补正的材料',
      en: 'Take a document out of a draft, or one that was returned for correction',
    },
    params: DocumentParams,
    response: { status: 204 },
    problems: ['not-found', 'not-in-this-state', 'deadline-passed', 'same-person'],
  },
} as const satisfies Record<string, RouteContract>;
