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
  /** Whether it may have gaps. */
  readonly isDraft?: boolean;
}

/**
 * Checks content against the policy: the direction exists, the district does or is asked by a condition, the credit code is the organisation's own, and every
 * stated fact is one that the guide asks for. All faults are listed at once.
 * @throws DomainError uscc-check-digit (to be confirmed) or invalid-request.
 */
export function checkContent(stated: StatedContent): void {
  const { content, organisation, notice, opened, usccConfirmed, now, isDraft = false } = stated;
  const { enterprise } = content;
  const faults: FieldFault[] = isDraft ? [] : findGaps(content, opened);
  const isStated = (text: string) => text !== '';
  if (
    isStated(content.direction) &&
    !notice.directions.some((direction) => direction.id === content.direction)
  ) {
    const known = quoted(notice.directions.map((direction) => direction.id));
    faults.push({
      path: 'direction',
      rule: 'known-direction',
      message: { zh: `发展方向应为以下之一：${known.zh}`, en: `the direction is one of ${known.en}` },
      citation: '一',
    });
  }
  // Where a condition of the guide asks for the district, it is that condition's to answer, with all others.
  if (
    isStated(enterprise.district) &&
    !(enterprise.district in notice.districts) &&
    !asksForDistrict(opened)
  ) {
    faults.push({
      path: 'enterprise.district',
      rule: 'known-district',
      message: { zh: '登记所在区不是广州市的区', en: 'it is not the code of a district of Guangzhou' },
      citation: 'GB/T 2260',
    });
  }
  const registered = isStated(enterprise.registeredOn) && dayFault(enterprise.registeredOn, now);
  if (registered) faults.push({ path: 'enterprise.registeredOn', ...registered });
  faults.push(...checkPredecessors(enterprise));
  faults.push(...checkFacts(opened.item, opened.guide.version, content.facts, false));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  checkUsccs(enterprise, organisation, usccConfirmed);
}

/** What content cannot be submitted without and does not have, facts aside. */
export function findGaps(
  content: Content & { readonly enterprise: { readonly statedName?: string | undefined } },
  { item, guide }: Pick<OpenedItem, 'item' | 'guide'>,
): FieldFault[] {
  const { projectName, direction, enterprise, requestedFen } = content;
  const { name, statedName = name, district, registeredOn } = enterprise;
  const asksMoney = item.amount.kind !== 'none';
  const gaps = [
    [
      'projectName',
      isName(projectName),
      '请填写项目名称（至少 2 个字）',
      'name the project, in 2 characters or more',
    ],
    ['direction', direction !== '', '请选择发展方向', 'choose the direction'],
    [
      'enterprise.name',
      isName(statedName),
      '请填写单位名称（至少 2 个字）',
      'name the enterprise, in 2 characters or more',
    ],
    ['enterprise.district', district !== '', '请选择登记所在区', 'state the district of registration'],
    ['enterprise.registeredOn', registeredOn !== '', '请填写成立日期', 'state the day of registration'],
    [
      'requestedFen',
      !asksMoney || requestedFen > 0,
      '申请金额应大于零',
      'the amount requested is above zero',
    ],
  ] as const;
  const citation = `申报指南 ${guide.version} ${item.id}`;
  return gaps.flatMap(([path, isThere, zh, en]) =>
    isThere ? [] : [{ path, rule: 'missing', message: { zh, en }, citation }],
  );
}

function isName(text: string): boolean {
  return text.length >= 2;
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
