/** What ties a person to an organisation, as the person declares it. */
export const declarableKinds = ['employment', 'holding', 'kinship', 'business', 'other'] as const;

/** Of an interest: as it was declared, or because the person abstained from a decision or declined to score. */
export const interestKinds = [...declarableKinds, 'abstention', 'expert-review'] as const;
export type InterestKind = (typeof interestKinds)[number];
