import type * as z from 'zod';
import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { DocumentIn } from '../../filing/documents/document.ts';
import type { DocumentFiles } from '../../filing/documents/document-files.ts';
import type { DocumentStore } from '../../filing/documents/document-store.ts';
import type { ExpertReview, GuideItem, materialFormats } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { InvitationId } from '../../shared/vocabulary.ts';
import { identifies } from './anonymity.ts';
import type { InvitationStore } from './invitation-store.ts';
import type { InvitationDetailSchema, ScoreViewSchema } from './invitation-view.ts';
import { expertBasis } from './scores.ts';
import { isStanding } from './stage.ts';

export interface ShowParts {
  readonly store: Pick<ApplicationStore, 'require'>;
  readonly invitations: Pick<InvitationStore, 'requireOwn'>;
  readonly documents: Pick<DocumentStore, 'acceptedDocuments'>;
  readonly files: Pick<DocumentFiles, 'presignDownload'>;
  readonly policy: Pick<PolicyBook, 'requireItem'>;
}

type Detail = z.input<typeof InvitationDetailSchema>;
type Shown = Pick<Detail, 'organisationName' | 'projectName' | 'facts' | 'documents' | 'contentHash'>;

/**
 * An invitation of the caller with exactly what the guide lets experts see: while the application is in sign-off and
 * the invitation stands, the facts and materials that it lists; before and after nothing of the application.
 * @throws DomainError not-found
 */
export async function showInvitation(
  parts: ShowParts,
  actor: Actor,
  invitationId: InvitationId,
): Promise<Detail> {
  const invitation = await parts.invitations.requireOwn(actor, invitationId);
  const application = await parts.store.require(invitation.applicationId);
  const opened = await parts.policy.requireItem(application.guide, application.content.item);
  const { experts } = opened.item;
  if (!experts) throw new Error(`guide ${application.guide} has no experts for ${opened.item.id}`);
  const shown =
    application.status === 'sign-off' && isStanding(invitation)
      ? await shownTo(parts, application, opened, experts)
      : { facts: [], documents: [] };
  const { status, invitedAt, comment } = invitation;
  return {
    ...{ invitationId, status, invitedAt, item: opened.item.id, title: opened.law.item.title },
    blind: experts.blind,
    criteria: experts.criteria,
    ...shown,
    ...scoreBy(actor.id, application, opened),
    ...(comment !== undefined && { comment }),
  };
}

/** Invitations of the caller, open ones first. */
export function listOwnInvitations(
  parts: { readonly invitations: InvitationStore },
  actor: Actor,
  page: { readonly limit: number; readonly cursor?: string | undefined },
) {
  return parts.invitations.ofExpert(actor.id, page.limit, page.cursor);
}

/** An expert's score as it is kept, and whether it is about what the application holds now. */
export function scoreBy(
  expert: string,
  application: Application,
  opened: OpenedItem,
): { readonly score?: z.input<typeof ScoreViewSchema> } {
  const score = 'scores' in application ? application.scores[expert] : undefined;
  if (!score || !('scores' in application)) return {};
  const { points, total, at, contentHash } = score;
  return { score: { points, total, at, standing: contentHash === expertBasis(application, opened) } };
}

async function shownTo(
  parts: ShowParts,
  application: ApplicationIn<'sign-off'>,
  opened: OpenedItem,
  experts: ExpertReview,
): Promise<Shown> {
  const { enterprise, projectName } = application.content;
  const tells = experts.blind ? identifies(enterprise) : () => false;
  const contentHash = expertBasis(application, opened);
  return {
    ...(!experts.blind && { organisationName: enterprise.name }),
    ...(!tells(projectName) && { projectName }),
    facts: factsFor(experts, opened.item, application, tells),
    documents: await documentsFor(parts, experts, application),
    ...(contentHash !== undefined && { contentHash }),
  };
}

function factsFor(
  { facts: listed }: ExpertReview,
  { facts }: GuideItem,
  { content }: ApplicationIn<'sign-off'>,
  tells: (text: string) => boolean,
): Detail['facts'] {
  return facts
    .filter(({ id }) => listed.includes(id))
    .map(({ id, title, type }) => {
      const value = content.facts[id];
      if (value === undefined) return { id, title, type };
      if ([value].flat().some((part) => tells(String(part)))) return { id, title, type, hidden: true };
      return { id, title, type, value };
    });
}

async function documentsFor(
  { documents, files }: ShowParts,
  { materials, blind }: ExpertReview,
  { applicationId, submission }: ApplicationIn<'sign-off'>,
): Promise<Detail['documents']> {
  const submitted = new Set(submission.documents.map(({ documentId }) => documentId));
  const accepted = await documents.acceptedDocuments(applicationId);
  const listed = accepted.filter(
    ({ documentId, material }) => submitted.has(documentId) && materials.includes(material),
  );
  return Promise.all(
    listed.map(async (document, index) => {
      const { material, contentType, bytes } = document;
      // Applicants call their files after themselves.
      const fileName = blind ? neutralName(document, index + 1) : document.fileName;
      const url = await files.presignDownload({ ...document, fileName });
      return { material, fileName, contentType, bytes, url };
    }),
  );
}

/** Endings of the formats that materials have. */
const endings: Readonly<Record<(typeof materialFormats)[number], string>> = {
  'application/pdf': 'pdf',
  'application/ofd': 'ofd',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
};

function neutralName({ material, contentType }: DocumentIn<'accepted'>, number: number): string {
  const known: Readonly<Record<string, string>> = endings;
  return `${material}-${number}.${known[contentType] ?? 'bin'}`;
}
