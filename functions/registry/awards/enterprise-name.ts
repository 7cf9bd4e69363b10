import { simplify } from '../matching/traditional.ts';

const organisationForms = /(?:有限责任|股份有限|有限)公司|分公司|公司|集团|[省市区县]/gu;
/** A shorter name stands in many others. */
const leastContained = 3;
const leastAlike = 0.75;

/** A name of an enterprise without what only differs in writing. */
export function plainName(name: string): string {
  return simplify(name.normalize('NFKC').toLowerCase()).replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Whether two names hardly belong to one enterprise. The form of its organisation, a region before it and a slip make no
 * difference; another region does, or another word.
 */
export function areOfTwoEnterprises(one: string, other: string): boolean {
  const [a, b] = [coreOf(one), coreOf(other)];
  if (a === b || a === '' || b === '') return false;
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter.length >= leastContained && longer.includes(shorter)) return false;
  return likeness(shorter, longer) < leastAlike;
}

/** What names of one enterprise have in common where its form and the region before it are left out or written otherwise. */
export function likeCore(name: string): string {
  return coreOf(name).replace(/^(?:中国)?(?:广东)?(?:广州)?/u, '') || coreOf(name);
}

function coreOf(name: string): string {
  const plain = plainName(name);
  return plain.replace(organisationForms, '') || plain;
}

/** Dice coefficient over pairs of characters. */
function likeness(one: string, other: string): number {
  const pairs = (text: string) =>
    new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
  const [a, b] = [pairs(one), pairs(other)];
  if (a.size + b.size === 0) return 0;
  const common = [...a].filter((pair) => b.has(pair)).length;
  return (2 * common) / (a.size + b.size);
}
