import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { poolClosed } from '../pools/pool.ts';
import { poolKey } from '../pools/pool-store.ts';
import type { Round } from './round.ts';

/** Statuses of a round that may still take money of its pool. */
const underWay: readonly Round['status'][] = ['open', 'frozen', 'planned', 'refused', 'approved'];

/**
 * The write that counts a pool's rounds under way when one begins or ends; none for other steps of a round. The count
 * stands beside the balances, so that rounds do not come between movements, and it is what keeps a round from being
 * opened while the year is ended.
 * The transaction fails with `not-in-this-state` when the pool's year has been ended before.
 */
export function countOpenRounds(table: string, from: Round | undefined, to: Round): GuardedWrite[] {
  const [before, after] = [from !== undefined && isUnderWay(from), isUnderWay(to)];
  if (before === after) return [];
  const count = { TableName: table, Key: countKey(to.poolId), UpdateExpression: 'ADD openRounds :step' };
  if (!after) return [{ item: { Update: { ...count, ExpressionAttributeValues: { ':step': -1 } } } }];
  return [
    {
      item: {
        Update: {
          ...count,
          ConditionExpression: 'attribute_not_exists(closedAt)',
          ExpressionAttributeValues: { ':step': 1 },
        },
      },
      onConditionFailed: poolClosed,
    },
  ];
}

/** The write that ends a pool's year, on condition that no round of it is under way; doing so again changes nothing. */
export function endRounds(table: string, poolId: string, at: string): GuardedWrite {
  return {
    item: {
      Update: {
        TableName: table,
        Key: countKey(poolId),
        UpdateExpression: 'SET closedAt = if_not_exists(closedAt, :at)',
        ConditionExpression: 'attribute_not_exists(openRounds) OR openRounds = :none',
        ExpressionAttributeValues: { ':at': at, ':none': 0 },
      },
    },
    onConditionFailed: roundsUnderWay,
  };
}

/** Refuses while a round of the pool is under way. @throws DomainError not-in-this-state */
export async function requireNoOpenRound(
  client: DynamoDBDocumentClient,
  table: string,
  poolId: string,
): Promise<void> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: countKey(poolId), ConsistentRead: true }),
  );
  const { openRounds } = z.object({ openRounds: z.int().default(0) }).parse(Item ?? {});
  if (openRounds !== 0) throw roundsUnderWay();
}

function isUnderWay({ status }: Round): boolean {
  return underWay.includes(status);
}

function roundsUnderWay(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: { zh: '该资金池尚有未结束的分配轮次', en: 'a round of the pool is still under way' },
  });
}

function countKey(poolId: string): { pk: string; sk: string } {
  return { pk: poolKey(poolId).pk, sk: 'ROUNDS' };
}
