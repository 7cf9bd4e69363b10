import { describe, expect, it } from 'vitest';
import type { ApplicationIn } from '../../../../functions/filing/applications/application.ts';
import { creditFactOf, lostCredit } from '../../../../functions/filing/credit/credit-decision.ts';
import type { CreditListing } from '../../../../functions/filing/credit/credit-listing.ts';
import type { OpenedItem } from '../../../../functions/policy/guides/policy-book.ts';
import { qualifyingContent } from '../../../builders/qualifying-contents.ts';
import { signedOffApplication } from '../../../builders/signed-off-application.ts';
import { policy } from '../../../support/rooms.ts';

const opened = await policy.requireItem('2026.1', 'new-company');
const fact = 'onDishonestyList';
const unasked: OpenedItem = {
  ...opened,
  item: { ...opened.item, facts: opened.item.facts.filter(({ id }) => id !== fact) },
};
const application = signedOffApplication(qualifyingContent('new-company'));
const listing: CreditListing = {
  uscc: application.organisation,
  listed: true,
  since: '2026-11-20',
  source: '信用广州',
  version: 1,
  at: '2026-11-24T02:00:00.000Z',
  by: 'operator',
};
const lenient: OpenedItem = {
  ...opened,
  item: {
    ...opened.item,
    conditions: opened.item.conditions.filter(({ inputs }) => !inputs.includes(`facts.${fact}`)),
  },
};

describe('the fact of credit', () => {
  it('is the one that the guide names, of items that ask for it', () => {
    expect(creditFactOf(opened)).toBe(fact);
    expect(creditFactOf(unasked)).toBeUndefined();
    expect(creditFactOf({ ...opened, guide: { ...opened.guide, creditFact: undefined } })).toBeUndefined();
  });
});

describe('credit', () => {
  it('that is lost is told with the condition, where it is published and since when', () => {
    const lost = lostCredit(application, opened, listing);
    const condition = opened.item.conditions.find(({ inputs }) => inputs.includes(`facts.${fact}`));
    for (const text of [lost?.zh, lost?.en]) {
      for (const part of [condition?.citation, '信用广州', '2026-11-20']) expect(text).toContain(part);
    }
    expect(lost?.zh).toContain(condition?.unmet.zh);
    expect(lost?.en).toContain(condition?.unmet.en);
  });

  it.each<[string, OpenedItem, CreditListing | undefined]>([
    ['of an enterprise that was never listed', opened, undefined],
    ['of one that is off the list again', opened, { ...listing, listed: false }],
    ['that no condition asks for', lenient, listing],
    ['that the item does not ask for', unasked, listing],
  ])('stands: %s', (_, item, listed) => {
    expect(lostCredit(application, item, listed)).toBeUndefined();
  });

  it('is all that is asked again: what else was stated counts no more', () => {
    const content = { ...application.content, facts: { ...application.content.facts, insuredStaff: 0 } };
    const changed: Pick<ApplicationIn<'noticed'>, 'content' | 'submission'> = { ...application, content };
    expect(lostCredit(changed, opened, { ...listing, listed: false })).toBeUndefined();
    expect(lostCredit(changed, opened, listing)).toEqual(lostCredit(application, opened, listing));
  });
});
