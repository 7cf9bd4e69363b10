import type { Content } from '../applications/application.ts';
import type { GuideItem } from '../policy/schema.ts';

/** A piece of evidence by its kind, e.g. `certificate`, and its number. */
export interface Evidence {
  readonly kind: string;
  readonly number: string;
}

/**
 * Folds a number so that spellings of one number agree: full-width forms become plain, letters upper case; spaces,
 * invisible characters and every kind of hyphen go.
 */
export function foldNumber(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '');
}

/**
 * Key of what may be paid once only (domain §7): `<kind>:<uscc>:<values of the matter's facts joined by />`.
 * @throws Error when the content lacks a fact: the key would stand for another matter.
 */
export function matterKey(item: GuideItem, content: Content): string {
  const values = item.matter.facts.map((fact) => {
    const value = content.facts[fact];
    if (value === undefined || value === '') throw new Error(`the matter needs the fact ${fact}`);
    return String(value);
  });
  return matterKeyOf(item.matter.kind, content.enterprise.uscc, values.join('/'));
}

/** Key of a matter from its parts, as other schemes' records give them; `detail` is the values joined by `/`. */
export function matterKeyOf(kind: string, uscc: string, detail: string): string {
  return `${kind}:${uscc}:${foldNumber(detail)}`;
}

/** The evidence that an application's content names; facts that are empty name none. */
export function evidenceOf(item: GuideItem, content: Content): Evidence[] {
  return item.evidence
    .map(({ kind, fact }) => ({ kind, number: String(content.facts[fact] ?? '') }))
    .filter(({ number }) => foldNumber(number) !== '');
}

/** Partition of the registry that gathers a matter's awards and its claim (rule S1). */
export function matterPartition(key: string): string {
  return `MATTER#${key}`;
}

/** Partition of the registry that gathers the awards and the claim of a piece of evidence of one enterprise (S2). */
export function evidencePartition(evidence: Evidence, uscc: string): string {
  return `EVIDENCE#${evidence.kind}:${foldNumber(evidence.number)}:${uscc}`;
}
