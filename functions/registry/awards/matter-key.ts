import type { Content } from '../../filing/applications/content.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import { placeOf } from '../../shared/keys.ts';
import { registry } from '../../shared/tables.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { splitAddresses } from './address-forms.ts';
import { foldNumber, isNumber, shapeOf } from './number-forms.ts';

/** A piece of evidence by its kind, e.g. `certificate`, and its number. */
export interface Evidence {
  readonly kind: string;
  readonly number: string;
}

/**
 * Key of what may be paid once only (glossary, "matter"): `<kind>:<uscc>:<values of the matter's facts joined by />`.
 * @throws Error when the content lacks a fact: the key would stand for another matter.
 */
export function matterKey(item: GuideItem, content: Content): string {
  const values = item.matter.facts.map((fact) => {
    const value = content.facts[fact] ?? '';
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (foldList(text) === '') throw new Error(`the matter needs the fact ${fact}`);
    return text;
  });
  return matterKeyOf(item.matter.kind, content.enterprise.uscc, values.join('/'));
}

/**
 * Key of a matter from its parts, as other schemes' records give them; `detail` is the values joined by `/`, those of a
 * list by commas: in what order, and how often one is named, makes no difference. Of an address its spellings are one.
 */
export function matterKeyOf(kind: string, uscc: OrganisationCode, detail: string): string {
  // An address stands for one value, though it has strokes of its own.
  const addresses: string[] = [];
  const pieces = splitAddresses(detail);
  const text = pieces
    .map((piece, index) => {
      if (piece.address !== undefined) return mark(addresses.push(piece.address) - 1);
      const isBetween = index > 0 && index < pieces.length - 1;
      return isBetween && !/[,/]/.test(piece.text) ? ',' : piece.text;
    })
    .join('');
  const values = text.split('/').map((list) => foldList(list, addresses));
  return `${kind}:${uscc}:${values.join('/')}`;
}

/** Stands for an address while a detail is split; no text has such a character. */
const mark = (index: number) => `\0${index}\0`;

function foldList(text: string, addresses: readonly string[] = []): string {
  const values = text
    .normalize('NFKC')
    .split(',')
    .map((value) => {
      const [, marked = ''] = value.split('\0');
      return addresses[Number(marked || -1)] ?? foldNumber(value);
    });
  return [...new Set(values.filter((value) => value !== ''))].sort().join(',');
}

/**
 * The evidence that an application's content names, each number once: of a list every value, of an empty fact none. That
 * something is so or not, or that there is none (无, N/A), is no number of anything.
 */
export function evidenceOf(item: GuideItem, content: Content): Evidence[] {
  const pieces = item.evidence.flatMap(({ kind, fact }) => {
    const value = content.facts[fact] ?? [];
    const numbers = typeof value === 'boolean' ? [] : [value].flat().map(String);
    return numbers.map((number) => [`${kind}:${foldNumber(number)}`, { kind, number }] as const);
  });
  return [...new Map(pieces).values()].filter(({ number }) => isNumber(number));
}

/** Partition of the registry that gathers a matter's awards and its claim (rule S1). */
export function matterPartition(key: string): string {
  return placeOf(registry, 'matter', { matter: key });
}

/** Partition of the registry that gathers the awards of evidence that looks like this, whoever got them (rule S2′). */
export function evidenceNumberPartition(evidence: Evidence): string {
  return placeOf(registry, 'evidenceNumber', { kind: evidence.kind, number: shapeOf(evidence.number) });
}

/** Partition of the registry that gathers the awards and the claim of a piece of evidence of one enterprise (S2). */
export function evidencePartition(evidence: Evidence, uscc: OrganisationCode): string {
  return placeOf(registry, 'evidence', { kind: evidence.kind, number: foldNumber(evidence.number), uscc });
}

/** Partition of the registry that gathers all awards of an enterprise. */
export function enterprisePartition(uscc: OrganisationCode): string {
  return placeOf(registry, 'enterprise', { uscc });
}
