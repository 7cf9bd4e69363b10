import type { Bilingual } from '../../shared/text.ts';
import type { CorruptionKind } from './corruption.ts';

/** What was found where two names were laid side by side. */
export type FeatureKind =
  | 'same'
  | 'moved'
  | 'left-out'
  | 'missing'
  | CorruptionKind
  | 'replaced'
  | 'number'
  | 'region'
  | 'unlike';

export interface Feature {
  readonly kind: FeatureKind;
  /** The pieces, as folded; an empty one is missing. */
  readonly left: string;
  readonly right: string;
  /** What it adds to the logarithm of the odds of a duplicate: never above zero. */
  readonly weight: number;
  /** For whoever decides. */
  readonly text: Bilingual;
}

/** Before it is put in words a feature knows only its pieces. */
export type Finding = Omit<Feature, 'text'>;

/** Puts a finding in words. */
export function inWords(finding: Finding): Feature {
  return { ...finding, text: describe(finding) };
}

/** A feature with its sides exchanged. */
export function turn({ text: _, ...finding }: Feature): Feature {
  return inWords({ ...finding, left: finding.right, right: finding.left });
}

function describe({ kind, left, right }: Pick<Feature, 'kind' | 'left' | 'right'>): Bilingual {
  const present = left || right;
  switch (kind) {
    case 'same':
      return { zh: '折叠后名称相同', en: 'the names are the same once folded' };
    case 'moved':
      return { zh: '各部分顺序不同', en: 'the parts stand in another order' };
    case 'left-out':
      return {
        zh: `“${left}”与“${right}”仅为年度、期次、地区、单位或通用词之别`,
        en: `"${left}" and "${right}" are only years, phases, regions, organisations or fillers`,
      };
    case 'missing':
      return { zh: `仅一方有“${present}”`, en: `only one has "${present}"` };
    case 'miswritten':
      return { zh: `“${left}”与“${right}”疑为笔误`, en: `"${left}" and "${right}" look like a slip` };
    case 'abbreviated':
      return {
        zh: `“${left}”与“${right}”疑为简称`,
        en: `"${left}" and "${right}" look like an abbreviation`,
      };
    case 'filled':
      return {
        zh: `“${left}”与“${right}”相差通用词`,
        en: `"${left}" and "${right}" differ by a word that says nothing`,
      };
    case 'reworded':
      return { zh: `“${left}”与“${right}”疑为同义`, en: `"${left}" and "${right}" may mean the same` };
    case 'replaced':
      return { zh: `“${left}”换成了“${right}”`, en: `"${right}" stands in place of "${left}"` };
    case 'number':
      return { zh: `数字不同：“${left}”与“${right}”`, en: `the numbers differ: "${left}" and "${right}"` };
    case 'region':
      return { zh: `地区不同：“${left}”与“${right}”`, en: `the regions differ: "${left}" and "${right}"` };
    case 'unlike':
      return { zh: '两个名称共同之处很少', en: 'the names have little in common' };
  }
}
