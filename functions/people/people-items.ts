import type { Delegation } from './delegation.ts';

/** Key of an item that `PeopleStore` keeps. */
export interface ItemKey extends Record<string, string> {
  readonly pk: string;
  readonly sk: string;
}

/** What attributes of interests begin with. */
export const interestPrefix = 'of:';

/** Attribute of the interests item that stands for an organisation. */
export function interestAttribute(organisation: string): string {
  return `${interestPrefix}${organisation}`;
}

/** Partition of a person. */
export function personKey(person: string): string {
  return `PERSON#${person}`;
}

/** Partition of a department. */
export function departmentKey(department: string): string {
  return `DEPARTMENT#${department}`;
}

/** Item of a person's interests. */
export function interestsKey(person: string): ItemKey {
  return { pk: personKey(person), sk: 'INTERESTS' };
}

/** Item of what a person has handed over. */
export function givenKey(person: string): ItemKey {
  return { pk: personKey(person), sk: 'DELEGATIONS' };
}

/** Item of a person's membership of a department. */
export function memberKey(department: string, person: string): ItemKey {
  return { pk: departmentKey(department), sk: `MEMBER#${person}` };
}

/** Item of a delegation for who stands in, by its last day, so that what is over is not read. */
export function standInKey({ to, until, delegationId }: Delegation): ItemKey {
  return { pk: personKey(to), sk: `STAND-IN#${until}#${delegationId}` };
}

/** The condition that an item is at the version it was read at; 0 when there was none. */
export function unchanged(version: number) {
  if (version === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}
