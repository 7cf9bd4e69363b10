import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { quoted } from '../../shared/text.ts';
import type { Application } from '../applications/application.ts';
import { requireOpenMaterial } from '../applications/correction-rules.ts';
import { requireNoDecider } from '../applications/duty-rules.ts';
import { type Document, type DocumentIn, isAwaited, materialsCitation } from './document.ts';
import type { DocumentFiles } from './document-files.ts';
import type { DocumentStore } from './document-store.ts';
import { documentView } from './document-view.ts';
import type { Upload } from './presigner.ts';

export interface RequestUploadDependencies {
  readonly documents: DocumentStore;
  readonly files: Pick<DocumentFiles, 'presignUpload'>;
  readonly policy: { readonly notice: Pick<Notice, 'applicants'> };
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What the caller declares of the file: it is verified when the file arrives. */
export type UploadRequest = Pick<Document, 'material' | 'fileName' | 'contentType' | 'bytes' | 'sha256'>;

/** What a document is for. */
export interface UploadContext {
  /** Already checked to belong to the caller. */
  readonly application: Application;
  /** The application's item under its own guide version. */
  readonly item: GuideItem;
  /** Who asks. */
  readonly actorId: string;
}

/**
 * Registers a document of a draft, or of a correction, and gives a presigned upload for exactly the declared file. Asked
 * again for the same file, it goes on with the document that there is: a form that is sent twice makes one.
 * @throws DomainError invalid-request with every fault against the guide, or for a material that was not returned;
 * not-in-this-state, deadline-passed; quota-exceeded; same-person for somebody who has decided on the application.
 */
export async function requestUpload(
  deps: RequestUploadDependencies,
  { application, item, actorId }: UploadContext,
  body: UploadRequest,
): Promise<{ document: ReturnType<typeof documentView>; upload: Upload }> {
  if (application.status !== 'draft' && application.status !== 'returned') {
    throw new DomainError('not-in-this-state');
  }
  requireNoDecider(application, actorId);
  const faults = faultsAgainstGuide(body, item, application.guide);
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  requireOpenMaterial(application, body.material, deps.clock());
  const { status } = application;
  const document = await decideAgainOnConflict(async () => {
    const file = { applicationId: application.applicationId, ...body };
    const before = await deps.documents.announced(file);
    const known = before && (await deps.documents.get({ ...file, documentId: before }));
    if (known && isContinued(known, status, deps.clock())) return known;
    const added: DocumentIn<'awaiting-upload'> = {
      status: 'awaiting-upload',
      documentId: deps.newId(),
      ...file,
      guide: application.guide,
      requestedAt: deps.clock().toISOString(),
      requestedBy: actorId,
    };
    const counted = deps.documents.counted(application.organisation, added, deps.policy.notice.applicants);
    await deps.documents.add(added, status, { before, counted });
    return added;
  });
  return { document: documentView(document, deps.clock()), upload: await deps.files.presignUpload(document) };
}

/**
 * Whether a document that the same file was announced as goes on: its upload may still come, it is being checked, or, in a draft, its file was
 * accepted. In a correction a file that was there before is a document of its own.
 */
function isContinued(document: Document, status: 'draft' | 'returned', now: Date): boolean {
  if (document.status === 'accepted') return status === 'draft';
  if (document.status === 'quarantined') return true;
  return isAwaited(document, now);
}

function faultsAgainstGuide(body: UploadRequest, item: GuideItem, guide: string): FieldFault[] {
  const citation = materialsCitation(guide);
  const material = item.materials.find((candidate) => candidate.id === body.material);
  if (!material) {
    const wanted = quoted(item.materials.map((candidate) => candidate.id));
    return [
      {
        path: 'material',
        rule: 'unknown-material',
        message: {
          zh: `指南不要求该材料；可提交：${wanted.zh}`,
          en: `the guide does not ask for this material; it asks for: ${wanted.en}`,
        },
        citation,
      },
    ];
  }
  const faults: FieldFault[] = [];
  const formats: readonly string[] = material.formats;
  if (!formats.includes(body.contentType)) {
    faults.push({
      path: 'contentType',
      rule: 'format',
      message: {
        zh: `${material.title.zh}的格式应为以下之一：${quoted(formats).zh}`,
        en: `${material.title.en} is accepted as: ${quoted(formats).en}`,
      },
      citation,
    });
  }
  if (body.bytes > material.maxBytes) {
    faults.push({
      path: 'bytes',
      rule: 'too-large',
      message: {
        zh: `${material.title.zh}不得超过 ${material.maxBytes} 字节`,
        en: `${material.title.en} has at most ${material.maxBytes} bytes`,
      },
      citation,
    });
  }
  return faults;
}
