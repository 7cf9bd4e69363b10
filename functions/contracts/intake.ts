import * as z from 'zod';
import { ContactSchema, contactKinds } from '../publicity/objections/contact.ts';
import { ObjectorSchema, objectionKinds, StatedEvidenceSchema } from '../publicity/objections/objection.ts';
import { roles } from '../shared/actor.ts';
import type { RouteContract } from '../shared/route.ts';
import { IdempotencyKeySchema, InstantSchema } from '../shared/schemas.ts';
import { both, textOf } from '../shared/text.ts';
import { ApplicationIdSchema, ObjectionIdSchema } from '../shared/vocabulary.ts';

const stated = {
  applicationId: ApplicationIdSchema,
  kind: z.enum(objectionKinds).default('objection').meta({
    description:
      'Against an award under notice; of how it was handled; or of wrongdoing, whose author nobody who decides learns of',
  }),
  objector: ObjectorSchema,
  grounds: textOf(10, 4000),
  evidence: z.array(StatedEvidenceSchema).max(5).default([]),
};

const ConfirmationSchema = z.strictObject({
  via: z.enum(contactKinds).meta({ description: 'Which of the objector’s contacts the code came to' }),
  confirmationId: ObjectionIdSchema.meta({ description: 'As it was given when the code was asked for' }),
  code: z.string().regex(/^\d{6}$/, {
    error: both('确认码为 6 位数字', 'the code has six digits'),
  }),
});

const FiledSchema = z.object({
  objectionId: ObjectionIdSchema,
  receipt: z.string().meta({ description: 'Keep it: it alone shows how the objection stands' }),
  receivedAt: InstantSchema,
  dueAt: InstantSchema,
  uploads: z.array(
    z.object({
      fileName: z.string(),
      method: z.literal('PUT'),
      url: z.url(),
      headers: z.record(z.string(), z.string()),
      expiresAt: InstantSchema,
    }),
  ),
});

const problems = [
  ...(['not-found', 'deadline-passed', 'already-exists', 'too-many-requests'] as const),
  ...(['idempotency-key-reused', 'calendar-missing', 'concurrent-change'] as const),
] as const;

/** Routes by which anybody brings something up against an award; who they are nobody behind these doors can read. */
export const intakeRoutes = {
  requestConfirmation: {
    method: 'POST',
    path: '/v1/objection-confirmations',
    roles: [],
    owner: 'none',
    summary: {
      zh: '获取确认联系方式的确认码',
      en: 'Have a code sent to a phone or a mail address, which confirms it for ten minutes',
    },
    body: ContactSchema,
    response: {
      status: 201,
      body: z.object({ confirmationId: ObjectionIdSchema, expiresAt: InstantSchema }),
    },
    problems: ['too-many-requests', 'concurrent-change'],
  },
  fileObjection: {
    method: 'POST',
    path: '/v1/objections',
    roles: [],
    owner: 'none',
    summary: {
      zh: '对公示提出异议、投诉或举报（须实名并确认联系方式）',
      en: 'Object to an award, complain or report wrongdoing, by name and with a confirmed contact',
    },
    headers: IdempotencyKeySchema,
    body: z.strictObject({ ...stated, confirmation: ConfirmationSchema }),
    response: { status: 201, body: FiledSchema },
    problems,
  },
  fileObjectionSignedIn: {
    method: 'POST',
    path: '/v1/me/objections',
    roles,
    owner: 'none',
    summary: {
      zh: '登录后提出异议、投诉或举报',
      en: 'The same by somebody who is signed in, whose contact needs no code',
    },
    headers: IdempotencyKeySchema,
    body: z.strictObject(stated),
    response: { status: 201, body: FiledSchema },
    problems,
  },
} as const satisfies Record<string, RouteContract>;
