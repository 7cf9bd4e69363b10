import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GuardedWrite } from './transaction.ts';

type Item = Record<string, unknown>;

/**
 * Whether a write may have been done although its condition failed: its client had sent it before, and the answer may
 * have been lost. Transactions are recognised by DynamoDB, writes alone are not.
 */
export function mayHaveBeenDone(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException && (error.$metadata.attempts ?? 1) > 1;
}

/** Whether an item stands as a write leaves it. What is added to a number does not tell; what is set beside it does. */
export function isResultOf(write: GuardedWrite, standing: Item | undefined): boolean {
  const { Put, Update, Delete } = GuardedWrite.itemOf(write);
  if (Put) return isDeepStrictEqual(standing, defined(Put.Item));
  if (Delete) return standing === undefined;
  if (!Update || !standing) return false;
  const {
    UpdateExpression = '',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = Update;
  const at = (path: string) =>
    path
      .split('.')
      .map((name) => names?.[name] ?? name)
      .reduce<unknown>((value, name) => Object(value)[name], standing);
  const assigned = [...UpdateExpression.matchAll(/([#\w.]+)\s*=\s*(:\w+)(?=\s*(?:,|$|ADD\b|REMOVE\b))/g)];
  return (
    assigned.length > 0 &&
    assigned.every(([, path = '', value = '']) => isDeepStrictEqual(at(path), defined(values?.[value])))
  );
}

/** A value as it is stored: without what is undefined. */
function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== undefined).map(defined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, defined(one)]])),
  );
}
