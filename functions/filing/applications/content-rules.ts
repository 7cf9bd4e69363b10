import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { dayFault } from '../../shared/stated-day.ts';
import { quoted } from '../../shared/text.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { Content } from './content.ts';

/** What an organisation states, and what it is checked against. */
export interface StatedContent {
  readonly content: Content;
  /** Whose content it is. */
  readonly organisation: OrganisationCode;
  readonly notice: Pick<PolicyBook['notice'], 'directions' | 'districts'>;
  readonly opened: OpenedItem;
  /** Whether codes with a check character that does not fit are meant so. */
  readonly usccConfirmed: boolean;
  /** When it is stated. */
  readonly now: Date;
}

/**
 * Checks content against the policy: the direction exists, the district does or is asked by a condition, the credit code is the organisation's own, and every
 * stated fact is one that the guide asks for. All faults are listed at once.
 * @throws DomainError uscc-check-digit (to be confirmed) or invalid-request.
 */
export function checkContent(stated: StatedContent): void {
  const { content, organisation, notice, opened, usccConfirmed, now } = stated;
  const { enterprise } = content;
  const faults: FieldFault[] = [];
  if (!notice.directions.some((direction) => direction.id === content.direction)) {
    const known = quoted(notice.directions.map((direction) => direction.id));
    faults.push({
      path: 'direction',
      rule: 'known-direction',
      message: { zh: `发展方向应为以下之一：${known.zh}`, en: `the direction is one of ${known.en}` },
      citation: '一',
    });
  }
  // Where a condition of the guide asks for the district, it is that condition's to answer, with all others.
  if (!(enterprise.district in notice.districts) && !asksForDistrict(opened)) {
    faults.push({
      path: 'enterprise.district',
      rule: 'known-district',
      message: { zh: '登记所在区不是广州市的区', en: 'it is not the code of a district of Guangzhou' },
      citation: 'GB/T 2260',
    });
  }
  const registered = dayFault(enterprise.registeredOn, now);
  if (registered) faults.push({ path: 'enterprise.registeredOn', ...registered });
  if (content.requestedFen === 0 && opened.item.amount.kind !== 'none') {
    faults.push({
      path: 'requestedFen',
      rule: 'positive',
      message: { zh: '申请金额应大于零', en: 'the amount requested is above zero' },
    });
  }
  faults.push(...checkPredecessors(enterprise));
  faults.push(...checkFacts(opened.item, opened.guide.version, content.facts, false));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  checkUsccs(enterprise, organisation, usccConfirmed);
}

function asksForDistrict({ item }: OpenedItem): boolean {
  return item.conditions.some(({ expression }) => /\benterprise\.district\b/.test(expression));
}

type Enterprise = Content['enterprise'];

function checkPredecessors({ uscc, predecessors }: Enterprise): FieldFault[] {
  return predecessors.flatMap((code, index) => {
    const path = `enterprise.predecessors.${index}`;
    if (code === uscc) {
      const message = { zh: '承继单位不能是本单位', en: 'an enterprise is not its own predecessor' };
      return [{ path, rule: 'own-predecessor', message }];
    }
    if (predecessors.indexOf(code) < index) {
      return [{ path, rule: 'repeated', message: { zh: '重复填写', en: 'it is named twice' } }];
    }
    return [];
  });
}

/** Codes with a wrong check character are in real use: all of them are put to the applicant, once. */
function checkUsccs(
  { uscc, predecessors }: Enterprise,
  organisation: OrganisationCode,
  confirmed: boolean,
): void {
  const stated = [
    { path: 'enterprise.uscc', code: uscc },
    ...predecessors.map((code, index) => ({ path: `enterprise.predecessors.${index}`, code })),
  ];
  const doubtful = stated.filter(({ code }) => !hasValidCheckCharacter(code));
  if (!confirmed && doubtful.length > 0) {
    throw new DomainError('uscc-check-digit', {
      faults: doubtful.map(({ path }) => ({
        path,
        rule: 'check-character',
        message: {
          zh: '校验位不符。若证照如此，请以 confirmUscc=true 再次提交',
          en: 'the check character does not fit; if the licence says so, send it again with confirmUscc: true',
        },
        citation: 'GB 32100-2015',
      })),
    });
  }
  if (uscc !== organisation) {
    throw new DomainError('invalid-request', {
      faults: [
        {
          path: 'enterprise.uscc',
          rule: 'own-organisation',
          message: {
            zh: '应为本单位的统一社会信用代码',
            en: "it must be your own organisation's credit code",
          },
        },
      ],
    });
  }
}
