import type { Bilingual } from '../../shared/text.ts';
import type { Objection, StatedProposal } from './objection.ts';

/** What a status of an objection is called, for whoever brought it up: what was proposed is still to be decided. */
export const objectionStatusLabels: Readonly<Record<Exclude<Objection['status'], 'proposed'>, Bilingual>> = {
  screening: { zh: '已收到，正在审查是否受理', en: 'Received, and looked at whether it is admitted' },
  received: { zh: '已受理，正在处理', en: 'Admitted, and to be decided' },
  decided: { zh: '已办结', en: 'Decided' },
};

/** What becomes of an objection. */
export const objectionOutcomeLabels: Readonly<Record<StatedProposal['outcome'], Bilingual>> = {
  dismissed: { zh: '异议不成立', en: 'It was dismissed' },
  upheld: { zh: '异议成立，取消支持', en: 'It was upheld: the award is taken back' },
  changed: { zh: '异议部分成立，金额调低', en: 'The award was lowered' },
  inadmissible: { zh: '不予受理', en: 'It was not admitted' },
  merged: { zh: '与同一内容的异议一并答复', en: 'It is answered with another one that says the same' },
};
