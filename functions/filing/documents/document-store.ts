import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { stateKey } from '../applications/application-store.ts';
import { type Document, type DocumentIn, DocumentSchema, documentLimit } from './document.ts';

/** Statuses of an application in which its applicant works on it. */
type OpenStatus = 'draft' | 'returned';

type DocumentId = Pick<Document, 'applicationId' | 'documentId'>;

/** Documents in DynamoDB, beside the application that they belong to. */
export class DocumentStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'applications'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The document, read consistently, or undefined. */
  async get(id: DocumentId): Promise<Document | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: documentKey(id), ConsistentRead: true }),
    );
    return Item && DocumentSchema.parse(Item['document']);
  }

  /** Every document of an application, read consistently, in the order they were asked for. */
  async list(applicationId: string): Promise<Document[]> {
    const { Items } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': stateKey(applicationId).pk, ':prefix': 'DOCUMENT#' },
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).map((item) => DocumentSchema.parse(item['document']));
  }

  /** The documents that were verified, which are the only ones a submission may count on. */
  async acceptedDocuments(applicationId: string): Promise<DocumentIn<'accepted'>[]> {
    const documents = await this.list(applicationId);
    return documents.filter((document) => document.status === 'accepted');
  }

  /**
   * Checks for a submission's transaction that its documents are still there and accepted, so that none can be removed
   * between reading them and submitting.
   */
  stillAccepted(documents: readonly DocumentId[]): GuardedWrite[] {
    return documents.map((document) => ({
      item: {
        ConditionCheck: {
          TableName: this.#table,
          Key: documentKey(document),
          ConditionExpression: '#document.#status = :accepted',
          ExpressionAttributeNames: { '#document': 'document', '#status': 'status' },
          ExpressionAttributeValues: { ':accepted': 'accepted' },
        },
      },
      onConditionFailed: () => new DomainError('concurrent-change'),
    }));
  }

  /**
   * Adds a document to an application that is still in a state in which its applicant works on it.
   * @throws DomainError not-in-this-state when it is not; invalid-request when it has as many as it may have.
   */
  async add(document: DocumentIn<'awaiting-upload'>, status: OpenStatus): Promise<void> {
    await writeAll(this.#client, [
      this.#stillIn(status, document.applicationId),
      this.#count(document.applicationId, 1),
      {
        item: {
          Put: {
            TableName: this.#table,
            Item: { ...documentKey(document), document },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      },
    ]);
  }

  /**
   * Takes a document out of a correction; it is kept as one that an earlier submission held, and makes room for another:
   * no later submission has to check it.
   * @throws DomainError not-in-this-state when the application is not returned any more.
   */
  async supersede(document: DocumentIn<'accepted'>): Promise<void> {
    await writeAll(this.#client, [
      this.#stillIn('returned', document.applicationId),
      {
        item: {
          Update: {
            TableName: this.#table,
            Key: documentKey(document),
            UpdateExpression: 'SET #document.#status = :superseded',
            ConditionExpression: '#document.#status = :accepted',
            ExpressionAttributeNames: { '#document': 'document', '#status': 'status' },
            ExpressionAttributeValues: { ':superseded': 'superseded', ':accepted': 'accepted' },
          },
        },
      },
      this.#count(document.applicationId, -1),
    ]);
  }

  /**
   * Takes a document out that no submission holds.
   * @throws DomainError not-in-this-state when the applicant does not work on it any more; not-found when there is no
   * such document.
   */
  async remove(id: DocumentId, status: OpenStatus): Promise<void> {
    await writeAll(this.#client, [
      this.#stillIn(status, id.applicationId),
      {
        item: {
          Delete: {
            TableName: this.#table,
            Key: documentKey(id),
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
        onConditionFailed: () => new DomainError('not-found'),
      },
      this.#count(id.applicationId, -1),
    ]);
  }

  /**
   * Settles a document that awaits its upload, once.
   * @returns false when it was settled or removed before: then nothing changed.
   */
  async settle(document: DocumentIn<'accepted' | 'refused'>): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: documentKey(document),
          UpdateExpression: 'SET #document = :document',
          ConditionExpression: '#document.#status = :awaiting',
          ExpressionAttributeNames: { '#document': 'document', '#status': 'status' },
          ExpressionAttributeValues: { ':document': document, ':awaiting': 'awaiting-upload' },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #stillIn(status: OpenStatus, applicationId: string): GuardedWrite {
    return {
      item: {
        ConditionCheck: {
          TableName: this.#table,
          Key: stateKey(applicationId),
          ConditionExpression: '#state.#status = :open',
          ExpressionAttributeNames: { '#state': 'state', '#status': 'status' },
          ExpressionAttributeValues: { ':open': status },
        },
      },
      onConditionFailed: () => new DomainError('not-in-this-state'),
    };
  }

  /** Counting by reading first would let requests at the same time pass the limit together. */
  #count(applicationId: string, change: 1 | -1): GuardedWrite {
    return {
      item: {
        Update: {
          TableName: this.#table,
          Key: { pk: stateKey(applicationId).pk, sk: 'DOCUMENT-COUNT' },
          UpdateExpression: 'ADD documents :change',
          ...(change === 1 && {
            ConditionExpression: 'attribute_not_exists(documents) OR documents < :limit',
          }),
          ExpressionAttributeValues: { ':change': change, ...(change === 1 && { ':limit': documentLimit }) },
        },
      },
      onConditionFailed: tooManyDocuments,
    };
  }
}

function documentKey(id: DocumentId): { pk: string; sk: string } {
  return { pk: stateKey(id.applicationId).pk, sk: `DOCUMENT#${id.documentId}` };
}

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
