import type { Content } from '../../filing/applications/content.ts';

type Enterprise = Pick<Content['enterprise'], 'name' | 'uscc' | 'predecessors'>;

/** What many organisations have in their names, so that it says nothing of the one. */
const commonParts =
  /广东省?|广州市?|有限责任公司|股份有限公司|有限公司|股份公司|集团|公司|研究院|研究所|中心|软件|科技|信息|技术|网络|数据|智能|智造|系统|服务|股份|实业|发展|控股|示例/gu;
/** Below that, what is left of a name stands in too many other words. */
const distinctiveLength = 2;

/**
 * Makes a test of whether a text tells whose application it is: by a credit code, by the name, or by what is left of
 * the name without the words that many have in theirs. Widths, spaces and punctuation make no difference.
 */
export function identifies({ name, uscc, predecessors }: Enterprise): (text: string) => boolean {
  const rest = folded(name.normalize('NFKC').replace(commonParts, ''));
  const marks = [uscc, name, ...predecessors].map(folded).filter((mark) => mark !== '');
  if (rest.length >= distinctiveLength) marks.push(rest);
  return (text) => {
    const within = folded(text);
    return text.includes(name) || marks.some((mark) => within.includes(mark));
  };
}

function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}\p{C}]/gu, '');
}
