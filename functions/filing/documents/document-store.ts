import type { Notice } from '../../policy/notice/notice-schema.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Key } from '../../shared/keys.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { DocumentIdSchema, type OrganisationCode } from '../../shared/vocabulary.ts';
import { quotaCitation } from '../applications/application-store.ts';
import { type Document, type DocumentIn, DocumentSchema, documentLimit } from './document.ts';

/** Statuses of an application in which its applicant works on it. */
type OpenStatus = 'draft' | 'returned';

type DocumentId = Pick<Document, 'applicationId' | 'documentId'>;

const { application, announcement, document: documents, documentCount, uploadDay } = applications.entities;

/** How many files, of how many MiB together, an organisation may announce in a day. */
export type DailyQuota = Pick<Notice['applicants'], 'dailyFiles' | 'dailyMebibytes'>;

/** What makes a file the same that was announced before. */
export type AnnouncedFile = Pick<
  Document,
  'applicationId' | 'material' | 'fileName' | 'contentType' | 'bytes' | 'sha256'
>;

/** Documents in DynamoDB, beside the application that they belong to. */
export class DocumentStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** The document, read consistently, or undefined. */
  async get(id: DocumentId): Promise<Document | undefined> {
    const item = await this.#table.get(documents.key(id));
    return item && DocumentSchema.parse(item['document']);
  }

  /** Every document of an application, read consistently, in the order they were asked for. */
  async list(applicationId: string): Promise<Document[]> {
    const { items } = await this.#table.page(documents.of({ applicationId }));
    return items.map((item) => DocumentSchema.parse(item['document']));
  }

  /** The documents that were verified, which are the only ones a submission may count on. */
  async acceptedDocuments(applicationId: string): Promise<DocumentIn<'accepted'>[]> {
    const all = await this.list(applicationId);
    return all.filter((document) => document.status === 'accepted');
  }

  /**
   * Checks for a submission's transaction that its documents are still there and accepted, so that none can be removed
   * between reading them and submitting.
   */
  stillAccepted(ids: readonly DocumentId[]): GuardedWrite[] {
    return ids.map((id) =>
      this.#table.check(documents.key(id), {
        ...isAccepted,
        otherwise: () => new DomainError('concurrent-change'),
      }),
    );
  }

  /** The id of the document that the same file was announced as before, read consistently, or undefined. */
  async announced(file: AnnouncedFile): Promise<string | undefined> {
    const item = await this.#table.get(announcementKey(file));
    return item && DocumentIdSchema.parse(item['documentId']);
  }

  /**
   * Adds a document to an application that is still in a state in which its applicant works on it.
   * @param before the document that the same file was announced as before, as it was read.
   * @param counted the write that counts it for its organisation's day.
   * @throws DomainError not-in-this-state when it is not; invalid-request when it has as many as it may have;
   * concurrent-change when the same file was announced meanwhile.
   */
  async add(
    document: DocumentIn<'awaiting-upload'>,
    status: OpenStatus,
    { before, counted }: { readonly before?: string | undefined; readonly counted?: GuardedWrite } = {},
  ): Promise<void> {
    const asRead = before
      ? { when: 'documentId = :before', values: { ':before': before } }
      : { when: 'attribute_not_exists(pk)' };
    await this.#table.transact([
      this.#stillIn(status, document.applicationId),
      this.#count(document.applicationId, 1),
      this.#table.putNew(documents.key(document), { document }),
      this.#table.put(announcementKey(document), { documentId: document.documentId }, asRead),
      ...(counted ? [counted] : []),
    ]);
  }

  /** The write that counts a file for its organisation's day. @throws when it is done, DomainError quota-exceeded */
  counted(
    organisation: OrganisationCode,
    { bytes, requestedAt }: Pick<Document, 'bytes' | 'requestedAt'>,
    { dailyFiles, dailyMebibytes }: DailyQuota,
  ): GuardedWrite {
    const at = new Date(requestedAt);
    return this.#table.update(uploadDay.key({ organisation, day: shanghaiDate(at) }), {
      set: 'SET expiresAt = :expiresAt ADD files :one, announced :bytes',
      when: 'attribute_not_exists(files) OR (files < :files AND announced <= :left)',
      values: {
        ...{ ':one': 1, ':bytes': bytes, ':expiresAt': Math.floor(at.getTime() / 1000) + 2 * 86_400 },
        ...{ ':files': dailyFiles, ':left': dailyMebibytes * 2 ** 20 - bytes },
      },
      otherwise: () => tooMuchForADay(dailyFiles, dailyMebibytes),
    });
  }

  /**
   * Takes a document out of a correction; it is kept as one that an earlier submission held, and makes room for another:
   * no later submission has to check it.
   * @throws DomainError not-in-this-state when the application is not returned any more.
   */
  async supersede(document: DocumentIn<'accepted'>): Promise<void> {
    await this.#table.transact([
      this.#stillIn('returned', document.applicationId),
      this.#table.update(documents.key(document), {
        set: 'SET #document.#status = :superseded',
        ...isAccepted,
        values: { ':superseded': 'superseded', ...isAccepted.values },
      }),
      this.#count(document.applicationId, -1),
    ]);
  }

  /**
   * Takes a document out that no submission holds.
   * @throws DomainError not-in-this-state when the applicant does not work on it any more; not-found when there is no
   * such document.
   */
  async remove(id: DocumentId, status: OpenStatus): Promise<void> {
    await this.#table.transact([
      this.#stillIn(status, id.applicationId),
      this.#table.remove(documents.key(id), {
        when: 'attribute_exists(pk)',
        otherwise: () => new DomainError('not-found'),
      }),
      this.#count(id.applicationId, -1),
    ]);
  }

  /**
   * The writes that take every document out, for the transaction that deletes their draft.
   * @param read all that there are: one that is added meanwhile is a conflict.
   */
  removeAll(applicationId: string, read: readonly Document[]): GuardedWrite[] {
    const count = { values: { ':read': read.length }, otherwise: () => new DomainError('concurrent-change') };
    const uncounted = read.length === 0 && 'attribute_not_exists(documents) OR ';
    return [
      ...read.map((document) => this.#table.remove(documents.key(document))),
      this.#table.remove(documentCount.key({ applicationId }), {
        ...count,
        when: `${uncounted || ''}documents = :read`,
      }),
    ];
  }

  /** The writes that take out a document whose file was never accepted, as it was read. */
  leftOver(document: Document): GuardedWrite[] {
    const asRead = {
      when: '#document.#status = :status',
      names,
      values: { ':status': document.status },
      otherwise: () => new DomainError('concurrent-change'),
    };
    return [this.#table.remove(documents.key(document), asRead), this.#count(document.applicationId, -1)];
  }

  /**
   * Settles a document that nothing was decided on, once.
   * @returns false when it was settled or removed before: then nothing changed.
   */
  async settle(document: DocumentIn<'accepted' | 'refused'>): Promise<boolean> {
    return this.#table.tryWrite(
      this.#table.update(documents.key(document), {
        set: 'SET #document = :document',
        when: '#document.#status IN (:awaiting, :quarantined)',
        names,
        values: {
          ':document': document,
          ':awaiting': 'awaiting-upload',
          ':quarantined': 'quarantined',
        },
      }),
    );
  }

  /**
   * Keeps a document that awaited its upload from everybody, until a scanner has seen its file.
   * @param asked the write by which the scanner is asked.
   * @returns false when it was settled or removed before: then nothing changed.
   */
  async quarantine(document: DocumentIn<'quarantined'>, asked: GuardedWrite): Promise<boolean> {
    return happened(this.#table.transact([this.changed(document, 'awaiting-upload'), asked]));
  }

  /** The write of a document's next status, for a transaction; bound to the one that it was read in. */
  changed(document: Document, from: Document['status']): GuardedWrite {
    return this.#table.update(documents.key(document), {
      set: 'SET #document = :document',
      when: '#document.#status = :from',
      names,
      values: { ':document': document, ':from': from },
      otherwise: () => new DomainError('concurrent-change'),
    });
  }

  #stillIn(status: OpenStatus, applicationId: string): GuardedWrite {
    return this.#table.check(application.key({ applicationId }), {
      when: '#state.#status = :open',
      names: { '#state': 'state', '#status': 'status' },
      values: { ':open': status },
      otherwise: () => new DomainError('not-in-this-state'),
    });
  }

  /** Counting by reading first would let requests at the same time pass the limit together. */
  #count(applicationId: string, change: 1 | -1): GuardedWrite {
    return this.#table.update(documentCount.key({ applicationId }), {
      set: 'ADD documents :change',
      ...(change === 1 && { when: 'attribute_not_exists(documents) OR documents < :limit' }),
      values: { ':change': change, ...(change === 1 && { ':limit': documentLimit }) },
      otherwise: tooManyDocuments,
    });
  }
}

function tooMuchForADay(files: number, mebibytes: number): DomainError {
  const message = {
    zh: `本单位今日申请上传的文件已达上限（${files} 个、共 ${mebibytes} 兆字节），请明日再传；已上传的不受影响`,
    en: `your organisation has announced as much as it may in a day (${files} files, ${mebibytes} MiB together): go on tomorrow; what was sent stays`,
  };
  return new DomainError('quota-exceeded', {
    detail: message,
    faults: [{ path: 'bytes', rule: 'uploads-of-day', message, citation: quotaCitation }],
  });
}

/** Whether a transaction went through, or another one was before it. */
async function happened(transaction: Promise<void>): Promise<boolean> {
  try {
    await transaction;
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'concurrent-change') return false;
    throw error;
  }
}

const names = { '#document': 'document', '#status': 'status' };
const isAccepted = { when: '#document.#status = :accepted', names, values: { ':accepted': 'accepted' } };

function tooManyDocuments(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'documents',
        rule: 'too-many',
        message: {
          zh: `每件申报最多 ${documentLimit} 份材料，请先移除不需要的`,
          en: `an application has at most ${documentLimit} documents: remove one first`,
        },
      },
    ],
  });
}

function announcementKey({ applicationId, material, ...file }: AnnouncedFile): Key<'applications'> {
  const { fileName, contentType, bytes, sha256 } = file;
  const hash = contentHash({ fileName, contentType, bytes, sha256 });
  return announcement.key({ applicationId, material, hash });
}
