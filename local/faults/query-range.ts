import * as z from 'zod';

const attributes = z.record(z.string(), z.record(z.string(), z.unknown()));
const querySchema = z.looseObject({
  KeyConditionExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: attributes,
  ExclusiveStartKey: attributes,
});

/** Whether a query begins where it does not look: DynamoDB refuses that, the engine takes it. */
export function outsideOfRange(query: unknown): boolean {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) return false;
  const { KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues, ExclusiveStartKey } =
    parsed.data;
  const startOf = (name: string) => ExclusiveStartKey[ExpressionAttributeNames[name] ?? name]?.['S'];
  const given = (name: string) => String(ExpressionAttributeValues[name]?.['S'] ?? '');
  // The AND of a BETWEEN has a value behind it.
  const terms = KeyConditionExpression.split(/\s+AND\s+(?!:)/i);
  return !terms.every((term) => holds(term.trim(), startOf, given));
}

/** Whether a condition holds of a start; one that is not of texts is not looked at. */
function holds(term: string, startOf: (name: string) => unknown, given: (name: string) => string): boolean {
  const prefix = /^begins_with\s*\(\s*([#\w]+)\s*,\s*(:\w+)\s*\)$/i.exec(term);
  const between = /^([#\w]+)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)$/i.exec(term);
  const compared = /^([#\w]+)\s*(=|<=|>=|<|>)\s*(:\w+)$/.exec(term);
  const start = startOf((prefix ?? between ?? compared)?.[1] ?? '');
  if (typeof start !== 'string') return true;
  if (prefix) return start.startsWith(given(prefix[2] ?? ''));
  if (between) return given(between[2] ?? '') <= start && start <= given(between[3] ?? '');
  const bound = given(compared?.[3] ?? '');
  const comparison = compared?.[2];
  if (comparison === '=') return start === bound;
  if (comparison === '<') return start < bound;
  if (comparison === '>') return start > bound;
  return comparison === '<=' ? start <= bound : start >= bound;
}
