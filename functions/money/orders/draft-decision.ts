import type { ApplicationIn } from '../../filing/applications/application.ts';
import { isSameAccount, type SealedAccount } from '../../filing/bank-accounts/bank-account.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { type Fen, sumFen } from '../../shared/money.ts';
import type { ApplicationId, OrderId, OrganisationCode } from '../../shared/vocabulary.ts';
import { yuanOf } from '../../shared/yuan.ts';
import { involvedIn } from '../pools/duty-rules.ts';
import type { OrderIn, OrderLine } from './order.ts';

/** An award of which less is to be paid, and why. */
export interface LowerAmount {
  readonly applicationId: ApplicationId;
  readonly amountFen: Fen;
  readonly reason: string;
}

/** Accounts by their organisations. */
export type Accounts = ReadonlyMap<OrganisationCode, SealedAccount>;

/**
 * The lines of an order of awards.
 * @param lower awards of which less is to be paid.
 * @param accounts where they are paid to as it stands now.
 */
export function linesOf(
  orderId: OrderId,
  applications: readonly ApplicationIn<'noticed'>[],
  lower: readonly LowerAmount[],
  accounts: Accounts = new Map(),
): OrderLine[] {
  return applications.map((application) => ({
    ...lineOf(orderId, application, lower),
    ...accountOf(accounts.get(application.organisation)),
  }));
}

/** A draft whose lines are all written. */
export function listed(draft: OrderIn<'drafted'>, lines: readonly OrderLine[]): OrderIn<'drafted'> {
  return {
    ...draft,
    version: draft.version + 1,
    list: {
      lineCount: lines.length,
      totalFen: sumFen(lines.map(({ fen }) => fen)),
      contentHash: linesHash(lines),
    },
  };
}

/** Hash of what an order says of its lines, whatever became of them since. */
export function linesHash(lines: readonly OrderLine[]): string {
  return contentHash(
    lines
      .map(
        ({ applicationId, organisation, predecessors, item, awardFen, fen, reason, deciders, account }) => ({
          ...{ applicationId, organisation, predecessors, item, awardFen, fen, reason, deciders },
          // Not the ciphertext, which differs each time: what stands for the account.
          ...(account && {
            account: {
              ...{ fingerprint: account.fingerprint, lastFour: account.lastFour, version: account.version },
            },
          }),
        }),
      )
      .sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1)),
  );
}

/**
 * Refuses an order whose accounts have changed since they were listed: whoever approves it has not seen where it goes.
 * @throws DomainError basis-changed, with the awards.
 */
export function requireSameAccounts(lines: readonly OrderLine[], accounts: Accounts): void {
  const changed = lines.filter(({ organisation, account }) => {
    const now = accounts.get(organisation);
    return account && now ? !isSameAccount(account, now) : account !== now;
  });
  if (changed.length === 0) return;
  throw new DomainError('basis-changed', {
    detail: {
      zh: '拟定下达后收款账户已变更，请拒绝并重新拟定',
      en: 'accounts have changed since the order was drafted: refuse it, and have it drafted again',
    },
    faults: changed.slice(0, 100).map(({ applicationId, organisationName }) => ({
      ...{ path: applicationId, rule: 'account-changed' },
      message: {
        zh: `${organisationName} 的收款账户已变更`,
        en: `the account of ${organisationName} has changed`,
      },
    })),
  });
}

/**
 * Refuses amounts that cannot be ordered, each with its line.
 * @throws DomainError amount-too-high for more than the award or nothing; invalid-request for an award that is not among
 * them, or is given twice.
 */
export function requireAmounts(
  applications: readonly ApplicationIn<'noticed'>[],
  amounts: readonly LowerAmount[],
): void {
  const awards = new Map(applications.map(({ applicationId, award }) => [applicationId, award.fen]));
  const faults = amounts.flatMap(({ applicationId, amountFen }, index): FieldFault[] => {
    const path = `amounts.${index}`;
    const award = awards.get(applicationId);
    const named = { zh: `申报 ${applicationId}：`, en: `application ${applicationId}: ` };
    if (award === undefined || amounts.findIndex((one) => one.applicationId === applicationId) !== index) {
      const message = {
        zh: `${named.zh}不在可下达之列或重复`,
        en: `${named.en}cannot be ordered now, or is given twice`,
      };
      return [{ path: `${path}.applicationId`, rule: 'orderable', message }];
    }
    if (amountFen > 0 && amountFen <= award) return [];
    const message = {
      zh: `${named.zh}下达金额须大于零且不超过公示金额 ${yuanOf(award)} 元`,
      en: `${named.en}an order is more than nothing and at most the ${yuanOf(award)} yuan that were noticed`,
    };
    return [{ path: `${path}.amountFen`, rule: 'noticed-amount', message }];
  });
  if (faults.length === 0) return;
  const high = faults.some(({ rule }) => rule === 'noticed-amount');
  throw new DomainError(high ? 'amount-too-high' : 'invalid-request', { faults });
}

function accountOf(account: SealedAccount | undefined): Pick<OrderLine, 'account'> {
  if (!account) return {};
  const { ciphertext, lastFour, version, fingerprint } = account;
  return {
    account: { ciphertext, lastFour, version, ...(fingerprint !== undefined && { fingerprint }) },
  };
}

function lineOf(
  orderId: OrderId,
  application: ApplicationIn<'noticed'>,
  amounts: readonly LowerAmount[],
): OrderLine {
  const { applicationId, organisation, content, award } = application;
  const { predecessors } = content.enterprise;
  const lower = amounts.find((amount) => amount.applicationId === applicationId);
  return {
    status: 'drafted',
    ...{ orderId, applicationId, organisation, organisationName: content.enterprise.name },
    ...(predecessors.length > 0 && { predecessors }),
    item: content.item,
    awardFen: award.fen,
    fen: lower?.amountFen ?? award.fen,
    ...(lower && { reason: lower.reason }),
    deciders: involvedIn(application),
  };
}
