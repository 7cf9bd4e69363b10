import type { GuardedWrite } from '../../shared/transaction.ts';

/** What a claim keeps of its holder. */
export interface ClaimHolder {
  readonly applicationId: string;
  readonly organisation: string;
}

/** Key of the claim on a matter or on a piece of evidence (`matter-key.ts` makes the keys). */
export function claimKey(key: string): { pk: string; sk: string } {
  return { pk: key, sk: 'CLAIM' };
}

/**
 * The write that takes a claim: of several applications at once exactly one succeeds. Taking it again is harmless.
 * @param onTaken makes the error when another application holds it.
 */
export function takeClaim(
  table: string,
  key: string,
  holder: ClaimHolder,
  onTaken: () => Error,
): GuardedWrite {
  return {
    item: {
      Put: {
        TableName: table,
        Item: { ...claimKey(key), ...holder },
        ConditionExpression: 'attribute_not_exists(pk) OR applicationId = :me',
        ExpressionAttributeValues: { ':me': holder.applicationId },
      },
    },
    onConditionFailed: onTaken,
  };
}

/** The write that releases a claim that the application holds; one that is not there any more is fine. */
export function releaseClaim(table: string, key: string, applicationId: string): GuardedWrite {
  return {
    item: {
      Delete: {
        TableName: table,
        Key: claimKey(key),
        ConditionExpression: 'attribute_not_exists(pk) OR applicationId = :me',
        ExpressionAttributeValues: { ':me': applicationId },
      },
    },
  };
}
