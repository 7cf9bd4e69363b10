import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { stateKey } from '../../filing/applications/application-store.ts';
import type { Actor } from '../../shared/actor.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Table } from '../../shared/table.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Invitation, InvitationSchema } from './invitation.ts';

/** Experts' invitations, beside their application. */
export class InvitationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'applications'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** The invitation, read consistently, or undefined. */
  async get(invitationId: string): Promise<Invitation | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: invitationKey(invitationId), ConsistentRead: true }),
    );
    return Item && InvitationSchema.parse(Item['invitation']);
  }

  /** An invitation of the caller. @throws DomainError not-found, for another expert's as for one that is not there. */
  async requireOwn(actor: Actor, invitationId: string): Promise<Invitation> {
    const invitation = await this.get(invitationId);
    if (invitation?.expert !== actor.id) throw new DomainError('not-found');
    return invitation;
  }

  /** Every invitation to an application, read consistently. */
  async ofApplication(applicationId: string): Promise<Invitation[]> {
    const { Items } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': stateKey(applicationId).pk, ':prefix': 'INVITATION#' },
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).map((item) => InvitationSchema.parse(item['invitation']));
  }

  /** A page of an expert's invitations, open ones first, the oldest of each first. */
  async ofExpert(expert: string, limit: number, cursor: string | undefined) {
    const scope = { partition: { invitedExpert: expert }, place: ['invitationSort', 'pk', 'sk'] };
    const { Items, LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'invitations',
        KeyConditionExpression: 'invitedExpert = :expert',
        ExpressionAttributeValues: { ':expert': expert },
        Limit: limit,
        ExclusiveStartKey: decodeCursor(cursor, scope),
      }),
    );
    return {
      items: (Items ?? []).map((item) => InvitationSchema.parse(item['invitation'])),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }

  /** The write of an invitation, on condition that it is still in the status it was read in, or not there. */
  put(before: Invitation | undefined, invitation: Invitation): GuardedWrite {
    const { invitationId, expert, status, invitedAt } = invitation;
    return {
      item: {
        Put: {
          TableName: this.#table,
          Item: {
            ...invitationKey(invitationId),
            invitedExpert: expert,
            invitationSort: `${status === 'open' ? 0 : 1}#${invitedAt}#${invitationId}`,
            invitation,
          },
          ...(before
            ? {
                ConditionExpression: '#invitation.#status = :before',
                ExpressionAttributeNames: { '#invitation': 'invitation', '#status': 'status' },
                ExpressionAttributeValues: { ':before': before.status },
              }
            : { ConditionExpression: 'attribute_not_exists(pk)' }),
        },
      },
      onConditionFailed: () => new DomainError('concurrent-change'),
    };
  }
}

function invitationKey(invitationId: string): { pk: string; sk: string } {
  const [applicationId = '', expert = ''] = invitationId.split('.');
  return { pk: stateKey(applicationId).pk, sk: `INVITATION#${expert}` };
}
