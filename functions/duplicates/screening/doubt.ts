import type { Award } from '../../filing/applications/award.ts';
import type { Content } from '../../filing/applications/content.ts';
import { areOfTwoEnterprises } from '../../registry/awards/enterprise-name.ts';
import type { Bilingual } from '../../shared/text.ts';

/**
 * Why an award under an enterprise's code may be another one's: its name is another enterprise's, or its scheme has the
 * code under two names, so that nobody knows which rows have a wrong code.
 * @param awards every award under the code.
 * @returns undefined when there is no doubt; nobody says what the predecessors of an enterprise were called.
 */
export function doubtOf(
  award: Pick<Award, 'uscc' | 'name' | 'scheme'>,
  { uscc, name }: Pick<Content['enterprise'], 'uscc' | 'name'>,
  awards: readonly Pick<Award, 'name' | 'scheme'>[],
): Bilingual | undefined {
  if (award.uscc !== uscc) return undefined;
  if (areOfTwoEnterprises(award.name, name)) {
    return {
      zh: `台账中该代码的单位名称为“${award.name}”，与“${name}”不符：可能填错代码`,
      en: `the record names "${award.name}" under this code, not "${name}": the code may be wrong`,
    };
  }
  const other = awards.find(
    ({ scheme, name: named }) => scheme === award.scheme && areOfTwoEnterprises(named, award.name),
  );
  return (
    other && {
      zh: `${award.scheme} 中同一代码下有不同单位：“${award.name}”与“${other.name}”`,
      en: `${award.scheme} has two enterprises under one code: "${award.name}" and "${other.name}"`,
    }
  );
}
