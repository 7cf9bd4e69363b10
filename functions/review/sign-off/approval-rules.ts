import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Content } from '../../filing/applications/content.ts';
import type { Ceiling } from '../../filing/applications/eligibility-result.ts';
import { limitLabels } from '../../filing/applications/labels.ts';
import { computeCeiling } from '../../filing/eligibility/ceiling.ts';
import { isUnconfirmed } from '../../filing/enterprise/identity.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { type Fen, FenSchema, fen } from '../../shared/money.ts';
import type { Bilingual } from '../../shared/text.ts';
import { yuanOf } from '../../shared/yuan.ts';

/** What a department approves; which figures it needs depends on the item. Amounts are in fen. */
export interface Approval {
  readonly amountFen?: Fen | undefined;
  readonly verifiedInputFen?: Fen | undefined;
  readonly reason?: unknown;
  /** Whether the name is right that the applicant states and the login does not give. */
  readonly confirmName?: boolean | undefined;
}

/** The figures of an approval that the item allows. */
interface ApprovedFigures {
  readonly amountFen: Fen;
  readonly verifiedInputFen?: Fen;
}

/**
 * Checks an approval against the kind of its item: money needs an amount above zero within what may be approved; a share
 * of the input needs the verified input, which alone counts from here on; recognition and referral take no figures.
 * @throws DomainError invalid-request with every figure that is missing or out of place; amount-too-high.
 */
export function checkApproval(opened: OpenedItem, content: Content, approval: Approval): ApprovedFigures {
  const faults = [...amountFaults(opened, approval), ...inputFaults(opened, content, approval)];
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  const { amountFen = fen(0), verifiedInputFen } = approval;
  if (opened.item.amount.kind === 'none') return { amountFen };
  const limit = computeCeiling(opened, content, { verifiedInputFen });
  if (amountFen === 0 || amountFen > limit.fen) throw tooHigh(limit);
  return { amountFen, ...(verifiedInputFen !== undefined && { verifiedInputFen }) };
}

/** The project input that the applicant states, in fen; undefined where the guide pays no share of it. */
export function claimedInput(opened: OpenedItem, content: Content): Fen | undefined {
  const { amount } = opened.item;
  if (amount.kind !== 'ratio') return undefined;
  return FenSchema.safeParse(content.facts[amount.claimed]).data ?? fen(0);
}

/**
 * The content with the name that an approval leaves it with: the stated one where the approval confirms it.
 * @throws DomainError invalid-request where nobody else vouches for the name, and it is not confirmed.
 */
export function withName(
  opened: OpenedItem,
  content: ApplicationIn<'sign-off'>['content'],
  { confirmName = false }: Approval,
): ApplicationIn<'sign-off'>['content'] {
  const { statedName, ...enterprise } = content.enterprise;
  if (statedName === undefined) return content;
  if (confirmName) return { ...content, enterprise: { ...enterprise, name: statedName } };
  if (!isUnconfirmed(content.enterprise)) return content;
  const message = {
    zh: `登录信息未提供单位名称，请核对证照后确认申报名称“${statedName}”`,
    en: `the login gives no name: see the licence and confirm the stated one, "${statedName}"`,
  };
  throw new DomainError('invalid-request', { faults: [fault(opened, 'confirmName', 'required', message)] });
}

function amountFaults(opened: OpenedItem, { amountFen }: Approval): FieldFault[] {
  const paid = opened.item.amount.kind !== 'none';
  if (paid && amountFen === undefined) {
    return [
      fault(opened, 'amountFen', 'required', {
        zh: '请填写核定金额',
        en: 'state the amount that is approved',
      }),
    ];
  }
  if (!paid && amountFen !== undefined) {
    return [
      fault(opened, 'amountFen', 'pays-nothing', {
        zh: '认定、推荐类事项不核定金额',
        en: 'this item recognises or refers and pays nothing: approve it without an amount',
      }),
    ];
  }
  return [];
}

function inputFaults(
  opened: OpenedItem,
  content: Content,
  { verifiedInputFen, reason }: Approval,
): FieldFault[] {
  const claimed = claimedInput(opened, content);
  if (claimed === undefined) {
    if (verifiedInputFen === undefined) return [];
    return [
      fault(opened, 'verifiedInputFen', 'no-share-of-input', {
        zh: '该事项不按投入比例奖补，无需核定投入',
        en: 'this item pays no share of the input: approve it without a verified input',
      }),
    ];
  }
  if (verifiedInputFen === undefined || verifiedInputFen === 0) {
    return [
      fault(opened, 'verifiedInputFen', 'required', {
        zh: '请填写核定投入（大于零）',
        en: 'state the input that was verified, above zero: the share is taken of it',
      }),
    ];
  }
  if (verifiedInputFen > claimed && reason === undefined) {
    return [
      fault(opened, 'reason', 'required-above-claimed', {
        zh: `核定投入高于申报投入 ${yuanOf(claimed)} 元，请说明理由`,
        en: `the verified input is above the ${yuanOf(claimed)} yuan that were claimed: give the reason`,
      }),
    ];
  }
  return [];
}

function fault(opened: OpenedItem, path: string, rule: string, message: Bilingual): FieldFault {
  return { path, rule, message, citation: `申报指南 ${opened.guide.version} ${opened.item.id}` };
}

function tooHigh(limit: Ceiling): DomainError {
  // The ceiling is cut down to the unit, so that none of the limits need be equal to it.
  const least = limit.limits.reduce((smallest, one) => (one.fen < smallest.fen ? one : smallest));
  const { zh, en } = limitLabels[least.source];
  return new DomainError('amount-too-high', {
    detail: {
      zh: `核定金额应大于零且不超过 ${yuanOf(limit.fen)} 元`,
      en: `the amount is above zero and at most ${yuanOf(limit.fen)} yuan`,
    },
    faults: [
      {
        path: 'amountFen',
        rule: `at-most-${limit.fen}`,
        message: { zh: `上限来自：${zh}`, en: `the limit comes from: ${en}` },
        ...(least.citation !== undefined && { citation: least.citation }),
      },
    ],
  });
}
