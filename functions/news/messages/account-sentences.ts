import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { DomainEvent } from '../domain-events/domain-event.ts';
import { type Sentences, said } from './sentences.ts';

/** An event of a change of an organisation's account. */
export type AccountMoved = Extract<DomainEvent, { readonly lastFour: string }>;

const notYours = {
  zh: '如非本单位所为，请立即否决，并检查登录账号是否被盗用。',
  en: 'If this is not of your enterprise, refuse it at once and see whether a login was stolen.',
};

/** What everybody of an enterprise is told of its account: of the account itself the last four digits alone. */
export function accountSentences(event: AccountMoved): Sentences {
  const { lastFour } = event;
  switch (event.type) {
    case 'AccountProposed':
      return said(
        '收款账户变更待确认',
        'An account waits to be confirmed',
        `已有人提出将收款账户设为尾号 ${lastFour} 的账户，${event.department === undefined ? '由本单位另一名企业管理员确认' : '由登记所在区的工信部门确认'}后进入冷静期。${notYours.zh}`,
        `The account that ends with ${lastFour} was proposed to be paid to. ${event.department === undefined ? 'Another administrator of your enterprise confirms it' : 'The district of registration confirms it'}; then it cools off. ${notYours.en}`,
      );
    case 'AccountConfirmed':
      return said(
        '收款账户变更已确认',
        'An account was confirmed',
        `尾号 ${lastFour} 的账户已确认，自 ${shanghaiTime(event.inForceFrom)} 起生效；此前仍付至原账户。${notYours.zh}`,
        `The account that ends with ${lastFour} was confirmed, and counts from ${shanghaiTime(event.inForceFrom)} (Shanghai); until then the earlier one does. ${notYours.en}`,
      );
    case 'AccountRefused':
      return said(
        '收款账户变更已否决',
        'An account was refused',
        `尾号 ${lastFour} 的账户已被否决，收款账户不变。`,
        `The account that ends with ${lastFour} was refused; what stood stands.`,
      );
    case 'AccountWithdrawn':
      return said(
        '收款账户变更已撤回',
        'An account was withdrawn',
        `提出人已撤回尾号 ${lastFour} 的账户，收款账户不变。`,
        `whoever proposed the account that ends with ${lastFour} withdrew it; what stood stands.`,
      );
  }
}
