import * as z from 'zod';
import { DossierViewSchema } from '../filing/dossiers/dossier-view.ts';
import type { RouteContract } from '../shared/route.ts';
import { ApplicationParams, applicants } from './documents.ts';
import { reviewers, TaskParams } from './tasks.ts';

const response = { status: 200, body: DossierViewSchema } as const;
const query = z.strictObject({
  submission: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Number of the submission; default: the latest' }),
});

/** Routes by which those who may read an application take all that was submitted with them, as one file. */
export const dossierRoutes = {
  askForDossier: {
    method: 'POST',
    path: '/v1/applications/{applicationId}/dossier',
    roles: applicants,
    owner: 'organisation',
    summary: {
      zh: '索取申报档案（提交内容和全部材料的 ZIP）；重复索取不会重复生成',
      en: 'Ask for the dossier of a submission: a ZIP of what was stated, as PDF and JSON, and of all documents',
    },
    params: ApplicationParams,
    query,
    response,
    problems: ['not-found', 'not-in-this-state'],
  },
  askForTaskDossier: {
    method: 'POST',
    path: '/v1/tasks/{taskId}/dossier',
    roles: reviewers,
    owner: 'department',
    summary: { zh: '索取任务所涉申报的档案', en: 'Ask for the dossier of the application of a task' },
    params: TaskParams,
    response,
    personal: ['dossier'],
    problems: ['not-found', 'forbidden', 'not-in-this-state'],
  },
  askForAuditedDossier: {
    method: 'POST',
    path: '/v1/audit/applications/{applicationId}/dossier',
    roles: ['auditor'],
    owner: 'none',
    summary: { zh: '索取申报档案（审计）', en: 'Ask for the dossier of a submission, as an auditor' },
    params: ApplicationParams,
    query,
    response,
    personal: ['dossier'],
    problems: ['not-found', 'not-in-this-state'],
  },
} as const satisfies Record<string, RouteContract>;
