import type { Bilingual } from '../../shared/text.ts';
import { yuanOf } from '../../shared/yuan.ts';

/** Why a candidate gets what it gets; one for all of a class that fare alike. Amounts in fen. */
export type Grounds =
  | { readonly kind: 'in-full' | 'exhausted' }
  | { readonly kind: 'in-proportion'; readonly left: number; readonly total: bigint }
  | { readonly kind: 'capped' | 'too-small'; readonly minimum: number };

/** The sentence about a share, from the ceiling and the share in fen. */
export function explainShare(grounds: Grounds, ceiling: number, share: number): Bilingual {
  switch (grounds.kind) {
    case 'in-full': {
      const amount = yuanOf(ceiling);
      return {
        zh: `资金充足，按上限 ${amount} 元全额安排`,
        en: `Paid in full: the ceiling of ${amount} yuan`,
      };
    }
    case 'in-proportion': {
      const { left, total } = grounds;
      const [a, b, c, d] = [yuanOf(ceiling), yuanOf(left), yuanOf(total), yuanOf(share)];
      return {
        zh: `资金不足，按比例安排：上限 ${a} 元 × 可用 ${b} 元 ÷ 上限合计 ${c} 元，取整后 ${d} 元`,
        en: `Short of money, so in proportion: ceiling ${a} × available ${b} ÷ all ceilings ${c}, rounded to ${d} yuan`,
      };
    }
    case 'capped': {
      const [a, b, c] = [yuanOf(ceiling), yuanOf(share), yuanOf(grounds.minimum)];
      return {
        zh: `资金不足，上限 ${a} 元按比例安排至 ${b} 元；其余资金留存，待足以使下一顺位达到最低拨付额 ${c} 元`,
        en: `Short of money: of the ceiling of ${a}, ${b} yuan; more is kept until it brings the next in line to the minimum payable of ${c}`,
      };
    }
    case 'too-small': {
      const amount = yuanOf(grounds.minimum);
      return {
        zh: `可安排金额低于最低拨付额 ${amount} 元，本轮不安排`,
        en: `What it could get is below the minimum payable of ${amount} yuan`,
      };
    }
    case 'exhausted':
      return {
        zh: '本轮已无可用资金，未安排',
        en: 'Nothing is left in this round for this candidate',
      };
  }
}
